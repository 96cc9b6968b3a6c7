//! The days of those who keep the whole going: the operator, whom a letter that reached nobody waits for, and the director with the figures.

use super::demo::Demo;
use super::window::{Look, Window};
use std::time::Duration;

/// The operator reads why a letter stopped, gives somebody the role that nobody had, and tries again until nothing waits.
async fn operator(look: Look) {
    let demo = Demo::start().await;
    let window = Window::open(&demo, look).await;
    window.sign_in("송가람", "Song Garam").await;
    window.go("/operations").await;
    let incident = "section[aria-labelledby='incidents'] article";
    let said = window.find(incident).await.text().await.unwrap();
    let (role, hospital) = if look.korean {
        ("‘센터장’", "새봄의료원")
    } else {
        ("“Director”", "Saebom Medical Center")
    };
    assert!(said.contains(role), "{said}");
    let log = window
        .find("section[aria-labelledby='letters'] table")
        .await;
    let log = log.text().await.unwrap();
    assert!(log.contains('@') && !log.contains("yujin@"), "{log}");

    window.go("/organizations").await;
    let link = format!("//main//a[normalize-space()='{hospital}']");
    window.click_at(&link).await;
    window.wait_for_path("/organizations/organization_").await;
    window
        .write("#add [name='email']", "hyerin@saebom.example")
        .await;
    window.choose("#add [name='role']", "director").await;
    window.click("#add button[value='add']").await;
    window.find("[role='status'].toast").await;

    window.go("/operations").await;
    let deadline = tokio::time::Instant::now() + Duration::from_mins(1);
    while window.has(incident).await {
        assert!(
            tokio::time::Instant::now() < deadline,
            "{}",
            window.text().await
        );
        if window.has(&format!("{incident} button")).await {
            window.click(&format!("{incident} button")).await;
            window.find("[role='status'].toast").await;
        }
        window.go("/operations").await;
    }
    window.close().await;
}

/// The director reads the figures and takes them along as a file.
async fn director(look: Look) {
    let demo = Demo::start().await;
    let window = Window::open(&demo, look).await;
    window.sign_in("서지훈", "Seo Jihun").await;
    window.go("/figures").await;
    let rows = "return document.querySelectorAll(\"section[aria-labelledby^='pathway-'] tbody tr\").length";
    let rows = window.ask(rows).await.as_u64().unwrap();
    assert!(5 < rows, "{rows} stages");
    let numbers = window.text().await;
    assert!(numbers.contains('%'), "{numbers}");
    let charts = window.ask("return document.querySelectorAll('main svg.ch').length");
    assert!(rows <= charts.await.as_u64().unwrap());
    assert!(window.has("a[href='/figures.csv'][download]").await);
    let file = "const done = arguments[arguments.length - 1];
fetch('/figures.csv').then(async a => done([a.headers.get('content-type'), await a.text()]));";
    let file = window.client.execute_async(file, Vec::new()).await.unwrap();
    assert!(file[0].as_str().unwrap().starts_with("text/csv"), "{file}");
    let lines = file[1].as_str().unwrap().trim_end().lines().count();
    assert_eq!(u64::try_from(lines).unwrap(), rows + 1);
    window.close().await;
}

#[tokio::test]
async fn an_operators_day_in_korean_on_a_laptop() {
    operator(Look::LAPTOP).await;
}

#[tokio::test]
async fn an_operators_day_in_english_on_a_phone() {
    let look = Look {
        korean: false,
        phone: true,
        ..Look::LAPTOP
    };
    operator(look).await;
}

#[tokio::test]
async fn a_directors_day_in_korean_on_a_phone() {
    let look = Look {
        phone: true,
        ..Look::LAPTOP
    };
    director(look).await;
}

#[tokio::test]
async fn a_directors_day_in_english_on_a_laptop() {
    let look = Look {
        korean: false,
        ..Look::LAPTOP
    };
    director(look).await;
}
