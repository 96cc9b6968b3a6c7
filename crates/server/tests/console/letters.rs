//! Signing in by a link in a letter.

use super::look::assert_good;
use super::world::{Answer, Browser, World};
use axum::http::StatusCode;
use jiff::SignedDuration;
use mail_parser::MessageParser;
use std::time::Duration;

const EMAIL: &str = "owner@people.example";
const PASSWORD: &str = "강 건너 나루터에서";

async fn ask(browser: &mut Browser<'_>, email: &str) -> Answer {
    browser.post("/sign-in/link", &[("email", email)]).await
}

/// The path of the link in the letter of this number, once it is there.
async fn link(world: &World, number: usize) -> String {
    let limit = Duration::from_secs(20);
    let posts = tokio::time::timeout(limit, world.mailbox.at_least(number)).await;
    let posts = posts.unwrap();
    let letter = MessageParser::default().parse(posts[number - 1].bytes());
    let text = letter.unwrap().body_text(0).unwrap().into_owned();
    let (_, rest) = text.split_once("http://127.0.0.1").unwrap();
    rest.split_whitespace().next().unwrap().to_owned()
}

#[tokio::test]
async fn a_link_lets_its_person_in_once_and_looking_at_it_decides_nothing() {
    let world = World::with(false, "http://127.0.0.1").await;
    let mut browser = world.browser();
    let sign_in = browser.page("/sign-in").await;
    assert!(sign_in.html.contains("formaction=\"/sign-in/link\""));
    let answer = ask(&mut browser, "OWNER@people.example").await;
    assert_eq!(answer.leads_to(), "/sign-in/link");
    for language in ["ko", "en"] {
        browser.speaks(language);
        let sent = browser.page("/sign-in/link").await;
        assert_good(&sent, language, "a letter is on its way");
    }
    let path = link(&world, 1).await;
    for language in ["ko", "en"] {
        browser.speaks(language);
        let page = browser.page(&path).await;
        assert!(page.html.contains("김하늘"), "{}", page.html);
        assert_good(&page, language, "the page of a link");
    }
    let entered = browser.post(&path, &[]).await;
    assert_eq!(entered.leads_to(), "/inbox");
    browser.page("/inbox").await;
    // A button pressed twice, and the letter opened again.
    assert_eq!(browser.post(&path, &[]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.get(&path).await.leads_to(), "/inbox");

    let mut thief = world.browser();
    for language in ["ko", "en"] {
        thief.speaks(language);
        let refused = thief.post(&path, &[]).await;
        assert_eq!(refused.status, StatusCode::GONE);
        assert_good(&refused, language, "a link that was used");
        assert!(refused.html.contains("href=\"/sign-in\""));
    }
    assert!(thief.cookie("naru-session").is_none());
}

#[tokio::test]
async fn a_link_that_is_old_or_not_ours_says_what_to_do() {
    let world = World::with(false, "http://127.0.0.1").await;
    let mut browser = world.browser();
    ask(&mut browser, EMAIL).await;
    let path = link(&world, 1).await;
    let later = world.clock.now() + SignedDuration::from_mins(15);
    world.clock.advance_to(later);
    for language in ["ko", "en"] {
        browser.speaks(language);
        for (path, status) in [
            (path.as_str(), StatusCode::GONE),
            ("/sign-in/link/AQx_-9", StatusCode::NOT_FOUND),
        ] {
            let shown = browser.get(path).await;
            assert_eq!(shown.status, status, "{path}");
            assert_good(&shown, language, path);
            assert_eq!(browser.post(path, &[]).await.status, status, "{path}");
        }
    }
    assert!(browser.cookie("naru-session").is_none());
    // The page of guests' links does not open it either.
    let token = path.strip_prefix("/sign-in/link/").unwrap();
    let elsewhere = browser.get(&format!("/l/{token}")).await;
    assert_eq!(elsewhere.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn nobody_learns_who_has_an_account_and_asking_often_has_to_wait() {
    let world = World::with(false, "http://127.0.0.1").await;
    let mut browser = world.browser();
    let mut pages = Vec::new();
    for email in ["nobody@people.example", EMAIL] {
        for _ in 0..5 {
            let answer = ask(&mut browser, email).await;
            assert_eq!(answer.leads_to(), "/sign-in/link", "{email}");
            assert_eq!(answer.html, "");
        }
        let answer = ask(&mut browser, email).await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "{email}");
        pages.push(answer.apart_from_commands().replace(email, "X"));
    }
    assert_eq!(pages[0], pages[1]);
    let refused = ask(&mut browser, "not an address").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    // Three letters are on their way at most, and nobody waits with a password because of them.
    link(&world, 3).await;
    let wrong = [("email", EMAIL), ("password", "x")];
    let answer = browser.post("/sign-in", &wrong).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let later = world.clock.now() + SignedDuration::from_mins(16);
    world.clock.advance_to(later);
    ask(&mut browser, EMAIL).await;
    link(&world, 4).await;
    assert_eq!(world.mailbox.posts().len(), 4);
}

#[tokio::test]
async fn whoever_forgot_a_password_sets_a_new_one_after_coming_in_by_a_link() {
    let world = World::new().await;
    let mut before = world.signed_in("owner").await;
    let set = [("new-password", PASSWORD)];
    before.fill("/settings", "/settings/password", &set).await;

    let mut browser = world.browser();
    ask(&mut browser, EMAIL).await;
    let path = link(&world, 1).await;
    let to_settings = [("next", "/settings#password-title")];
    let entered = browser.post(&path, &to_settings).await;
    assert_eq!(entered.leads_to(), "/settings#password-title");
    let page = browser.page("/settings").await;
    assert!(!page.html.contains("current-password"));
    let later = world.clock.now() + SignedDuration::from_mins(31);
    let changed = [("new-password", "나룻배를 타고 건넌다")];
    let answer = browser
        .fill("/settings", "/settings/password", &changed)
        .await;
    assert_eq!(answer.leads_to(), "/settings?done=password-set");
    assert_eq!(before.get("/inbox").await.leads_to(), "/sign-in");
    let mut other = world.browser();
    let good = [("email", EMAIL), ("password", "나룻배를 타고 건넌다")];
    assert_eq!(other.post("/sign-in", &good).await.leads_to(), "/inbox");

    world.clock.advance_to(later);
    let late = browser.fill("/settings", "/settings/password", &set).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.html.contains("current-password"));
}

#[tokio::test]
async fn a_browser_with_the_cookie_of_a_session_that_ended_signs_in_again() {
    let world = World::new().await;
    let mut browser = world.signed_in("owner").await;
    let set = [("new-password", PASSWORD)];
    browser.fill("/settings", "/settings/password", &set).await;
    let later = world.clock.now() + SignedDuration::from_hours(12);
    world.clock.advance_to(later);
    assert_eq!(browser.get("/inbox").await.leads_to(), "/sign-in");
    assert!(browser.cookie("naru-session").is_some());
    let good = [("email", EMAIL), ("password", PASSWORD)];
    let answer = browser.fill("/sign-in", "/sign-in", &good).await;
    assert_eq!(answer.leads_to(), "/inbox");
}
