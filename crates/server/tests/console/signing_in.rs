//! Signing in and out, sessions, and forms that come from elsewhere.

use super::world::{World, account_of};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use jiff::SignedDuration;

const PASSWORD: &str = "강 건너 나루터에서";

#[tokio::test]
async fn whoever_is_not_signed_in_is_led_to_the_sign_in_page_and_back() {
    let world = World::new().await;
    let case = world.case().await;
    let mut browser = world.browser();
    assert_eq!(browser.get("/inbox").await.leads_to(), "/sign-in");
    let path = format!("/cases/{case}?trail=all");
    let answer = browser.get(&path).await;
    assert_eq!(
        answer.leads_to(),
        format!("/sign-in?next=/cases/{case}%3Ftrail%3Dall")
    );
    let unknown = browser.get("/cases/case_1").await;
    assert_eq!(
        unknown.leads_to(),
        "/sign-in?next=/cases/case_1",
        "nobody learns which cases there are"
    );
    let sign_in = browser.page(answer.leads_to()).await;
    assert_eq!(sign_in.hidden("next"), path);
    let mut owner = world.signed_in("owner").await;
    assert_eq!(owner.get("/sign-in?next=/cases").await.leads_to(), "/cases");
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    for (base_url, name, secure) in [
        ("http://127.0.0.1", "naru-session=", false),
        ("https://naru.example", "__Host-naru-session=", true),
    ] {
        let world = World::with(true, base_url).await;
        let mut browser = world.browser();
        let account = super::world::id::<naru_domain::AccountId>(100).to_string();
        let answer = browser
            .post("/sign-in/visit", &[("account", &account)])
            .await;
        let cookie = answer.said("set-cookie");
        assert!(cookie.starts_with(name), "{cookie}");
        assert!(cookie.contains("; HttpOnly; SameSite=Lax"), "{cookie}");
        assert!(cookie.contains("; Path=/;"), "{cookie}");
        assert_eq!(cookie.contains("; Secure"), secure, "{cookie}");
        assert!(browser.page("/inbox").await.html.contains("김하늘"));
    }
}

#[tokio::test]
async fn nobody_walks_in_where_the_house_is_not_open() {
    let world = World::with(false, "http://127.0.0.1").await;
    let mut browser = world.browser();
    let account = super::world::id::<naru_domain::AccountId>(100).to_string();
    let answer = browser
        .post("/sign-in/visit", &[("account", &account)])
        .await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(browser.cookie("naru-session").is_none());
    let page = browser.page("/sign-in").await;
    assert!(!page.html.contains("김하늘") && !page.html.contains("/sign-in/visit"));
}

#[tokio::test]
async fn a_password_lets_in_and_ends_every_other_session() {
    let world = World::new().await;
    let mut other = world.signed_in("owner").await;
    let mut here = world.signed_in("owner").await;
    let short = here
        .fill(
            "/settings",
            "/settings/password",
            &[("new-password", "짧은 암호")],
        )
        .await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(short.html.contains("new-password-error"));
    let set = here
        .fill(
            "/settings",
            "/settings/password",
            &[("new-password", PASSWORD)],
        )
        .await;
    assert_eq!(set.leads_to(), "/settings?done=password-set");
    assert!(
        here.page(set.leads_to())
            .await
            .html
            .contains("role=\"status\"")
    );
    assert_eq!(other.get("/inbox").await.leads_to(), "/sign-in");

    let mut browser = world.browser();
    let email = "OWNER@people.example";
    let wrong = browser
        .post(
            "/sign-in",
            &[("email", email), ("password", "아무거나 적은 암호")],
        )
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.html.contains("role=\"alert\"") && wrong.html.contains("owner@people.example"));
    assert!(!wrong.html.contains("아무거나"));
    let good = [("email", email), ("password", PASSWORD), ("next", "/cases")];
    assert_eq!(browser.post("/sign-in", &good).await.leads_to(), "/cases");
    browser.page("/inbox").await;

    // A new password needs the present one.
    let refused = here
        .fill(
            "/settings",
            "/settings/password",
            &[
                ("current-password", "아닌 암호"),
                ("new-password", "새로 정한 긴 암호입니다"),
            ],
        )
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    browser.page("/inbox").await;
}

#[tokio::test]
async fn guessing_gets_slower_and_says_nothing_about_who_has_an_account() {
    let world = World::new().await;
    let mut browser = world.browser();
    let mut pages = Vec::new();
    for email in ["owner@people.example", "nobody@people.example"] {
        let mut last = None;
        for _ in 0..5 {
            let answer = browser
                .post("/sign-in", &[("email", email), ("password", "x")])
                .await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{email}");
            last = Some(answer.apart_from_commands().replace(email, "X"));
        }
        pages.push(last.unwrap());
        let answer = browser
            .post("/sign-in", &[("email", email), ("password", "x")])
            .await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "{email}");
    }
    assert_eq!(pages[0], pages[1]);
    world
        .clock
        .advance_to(world.clock.now() + SignedDuration::from_secs(5));
    let answer = browser
        .post(
            "/sign-in",
            &[("email", "owner@people.example"), ("password", "x")],
        )
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn sessions_are_listed_and_ended_and_end_by_themselves() {
    let world = World::new().await;
    let mut other = world.signed_in("owner").await;
    let mut here = world.signed_in("owner").await;
    let mut somebody = world.signed_in("coordinator").await;
    let page = here.page("/settings").await;
    assert_eq!(
        page.html.matches("Firefox").count(),
        3,
        "both, and the button of the other"
    );
    let (_, button) = page.html.split_once("name=\"session\" value=\"").unwrap();
    let session = button.split('"').next().unwrap();
    let ended = here
        .fill("/settings", "/settings/sessions", &[("session", session)])
        .await;
    assert_eq!(ended.leads_to(), "/settings?done=session-ended");
    assert_eq!(other.get("/inbox").await.leads_to(), "/sign-in");

    let out = here.fill("/inbox", "/sign-out", &[]).await;
    assert_eq!(out.leads_to(), "/sign-in");
    assert!(here.cookie("naru-session").is_none());

    let later = |hours: i64| world.clock.now() + SignedDuration::from_hours(hours);
    world.clock.advance_to(later(11));
    somebody.page("/inbox").await;
    world.clock.advance_to(later(11));
    somebody.page("/inbox").await;
    world.clock.advance_to(later(12));
    assert_eq!(somebody.get("/inbox").await.leads_to(), "/sign-in");

    let mut daily = world.signed_in("coordinator").await;
    for _ in 0..16 {
        world.clock.advance_to(later(10));
        daily.page("/inbox").await;
    }
    world.clock.advance_to(later(10));
    assert_eq!(
        daily.get("/inbox").await.leads_to(),
        "/sign-in",
        "a week is enough"
    );
}

#[tokio::test]
async fn a_form_from_elsewhere_does_nothing() {
    let world = World::new().await;
    let mut browser = world.signed_in("owner").await;
    let page = browser.page("/settings").await;
    let token = page.hidden("form-token");
    let request = |site: &str, token: &str| {
        Request::post("/sign-out")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", site)
            .body(Body::from(format!("form-token={token}")))
            .unwrap()
    };
    for (site, token) in [
        ("cross-site", token.as_str()),
        ("same-site", &token),
        ("same-origin", "guessed"),
        ("same-origin", ""),
    ] {
        let answer = browser.send(request(site, token)).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{site} {token}");
        browser.page("/inbox").await;
    }
    let other = world
        .signed_in("coordinator")
        .await
        .page("/inbox")
        .await
        .hidden("form-token");
    assert_eq!(
        browser.send(request("same-origin", &other)).await.status,
        StatusCode::FORBIDDEN
    );
    let answer = browser.send(request("same-origin", &token)).await;
    assert_eq!(answer.leads_to(), "/sign-in");
}

#[tokio::test]
async fn a_visitor_reads_on_in_the_language_in_which_they_chose() {
    let world = World::new().await;
    let mut browser = world.browser();
    let visit = Request::post("/sign-in/visit")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT_LANGUAGE, "en-US,en;q=0.9")
        .header("sec-fetch-site", "same-origin");
    let chosen = Body::from(format!("account={}", account_of("owner")));
    let answer = browser.send(visit.body(chosen).unwrap()).await;
    assert_eq!(answer.leads_to(), "/inbox");
    let inbox = browser.page("/inbox").await;
    assert!(inbox.html.contains("<html lang=\"en\""), "{}", inbox.html);
}
