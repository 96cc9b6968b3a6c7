//! Every page in both languages: complete, labelled, with nothing written inside that a strict policy would refuse.

use super::world::{Answer, World};
use axum::http::StatusCode;
use std::collections::BTreeSet;

/// The values of an attribute, in the order of the page.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    let parts = html.split(start.as_str()).skip(1);
    parts.map(|part| part.split('"').next().unwrap()).collect()
}

/// The tags of a name, with their attributes.
fn tags<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!("<{name} ");
    let parts = html.split(start.as_str()).skip(1);
    parts.map(|part| part.split('>').next().unwrap()).collect()
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let padded = tag.split_once(&format!("{name}=\""))?;
    padded.1.split('"').next()
}

/// What is wrong with a page, in words.
fn wrong(html: &str, language: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if !html.contains(&format!("<html lang=\"{language}\"")) {
        wrong.push("another language".to_owned());
    }
    for forbidden in [
        "⟦",
        "<style",
        " style=\"",
        " onclick",
        " onload",
        "javascript:",
        "http://",
        "https://",
    ] {
        if let Some((_, rest)) = html.split_once(forbidden) {
            let rest: String = rest.chars().take(30).collect();
            wrong.push(format!("`{forbidden}` before `{rest}`"));
        }
    }
    for script in tags(html, "script") {
        if !script.starts_with("type=\"module\" src=\"/assets/") {
            wrong.push(format!("a script: {script}"));
        }
    }
    let ids = values(html, "id");
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    if unique.len() != ids.len() {
        wrong.push(format!("an id twice in {ids:?}"));
    }
    for referred in ["aria-labelledby", "aria-describedby", "for", "form"] {
        for ids in values(html, referred) {
            for id in ids.split(' ') {
                if !unique.contains(id) {
                    wrong.push(format!("{referred} of `{id}`, which is not there"));
                }
            }
        }
    }
    let labelled: BTreeSet<&str> = values(html, "for").into_iter().collect();
    for kind in ["input", "select", "textarea"] {
        for tag in tags(html, kind) {
            let hidden = attribute(tag, "type") == Some("hidden");
            // A choice stands inside its label.
            let choice = matches!(attribute(tag, "type"), Some("radio" | "checkbox"));
            let named = attribute(tag, "id").is_some_and(|id| labelled.contains(id));
            if !hidden && !choice && !named {
                wrong.push(format!("a field without a label: {tag}"));
            }
        }
    }
    if 1 < html.matches("class=\"btn go").count() {
        wrong.push("more than one filled button".to_owned());
    }
    if 100_000 < html.len() {
        wrong.push(format!("{} bytes", html.len()));
    }
    wrong
}

pub(crate) fn assert_good(answer: &Answer, language: &str, what: &str) {
    assert_eq!(
        wrong(&answer.html, language),
        Vec::<String>::new(),
        "{what} in {language}"
    );
    let policy = answer.said("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"),
        "{what}"
    );
    assert!(!policy.contains("unsafe"), "{what}");
    assert_eq!(answer.said("cache-control"), "no-store", "{what}");
    assert_eq!(answer.said("x-frame-options"), "DENY", "{what}");
}

#[test]
fn a_page_that_is_wrong_is_noticed() {
    let page = "<html lang=\"ko\"><p id=\"a\" style=\"x\"></p><p id=\"a\">⟦x⟧</p><input name=\"b\"><label for=\"c\">";
    assert_eq!(wrong(page, "ko").len(), 5, "{:?}", wrong(page, "ko"));
}

#[tokio::test]
async fn every_page_says_everything_in_both_languages() {
    let world = World::new().await;
    let case = world.case().await;
    let stages = [
        "intake",
        "triage",
        "matching",
        "ethics",
        "usability",
        "feedback",
        "regulatory",
        "award",
        "trial_agreement",
    ];
    for language in ["ko", "en"] {
        let mut nobody = world.browser();
        nobody.speaks(language);
        assert_good(&nobody.page("/sign-in").await, language, "/sign-in");
        for who in [
            "owner",
            "coordinator",
            "director",
            "consultant",
            "operator",
            "auditor",
        ] {
            let mut browser = world.signed_in(who).await;
            browser.speaks(language);
            for path in [
                "/inbox",
                "/cases",
                "/cases?view=all",
                "/cases?q=nothing",
                "/devices",
                "/settings",
            ] {
                assert_good(
                    &browser.page(path).await,
                    language,
                    &format!("{path} of {who}"),
                );
            }
            if who == "owner" {
                assert_good(&browser.page("/cases/new").await, language, "/cases/new");
                let device = super::world::id::<naru_domain::DeviceId>(50);
                let page = browser.page(&format!("/devices/{device}")).await;
                assert_good(&page, language, "the device");
            }
            let missing = browser.get("/nowhere").await;
            assert_eq!(missing.status, StatusCode::NOT_FOUND);
            assert_good(&missing, language, "/nowhere");
        }
        for who in ["owner", "coordinator", "auditor"] {
            let mut browser = world.signed_in(who).await;
            browser.speaks(language);
            let page = browser.page(&format!("/cases/{case}")).await;
            assert_good(&page, language, &format!("the case of {who}"));
            assert!(
                page.html.contains("AI 전자청진기 &#60;실증&#62;"),
                "{}",
                page.html
            );
            for stage in stages {
                let page = browser.page(&format!("/cases/{case}/stages/{stage}")).await;
                assert_good(&page, language, &format!("{stage} of {who}"));
            }
        }
    }
}

#[tokio::test]
async fn lists_boards_pathways_and_dossiers_say_everything_in_both_languages() {
    let world = World::new().await;
    let case = world.case().await.to_string();
    let device = super::world::id::<naru_domain::DeviceId>(50);
    for language in ["ko", "en"] {
        let mut browser = world.signed_in("owner").await;
        browser.speaks(language);
        for path in [
            "/devices/new",
            &format!("/devices/{device}/edit"),
            "/cases?as=board",
            "/cases?as=board&mine=yes&q=nothing",
            "/cases?col=pathway&col=due&mine=yes",
            "/pathways/yonsei-medtech-validation-support",
            "/pathways/asan-validation-platform",
        ] {
            assert_good(&browser.page(path).await, language, path);
        }
        for deed in ["claim", "reassign"] {
            let chosen = [("do", deed), ("case", case.as_str())];
            let page = browser.fill("/cases", "/cases/bulk", &chosen).await;
            assert_good(&page, language, deed);
        }
    }
}

#[tokio::test]
async fn what_one_may_not_see_looks_like_what_is_not_there() {
    let world = World::new().await;
    let case = world.case().await;
    let mut stranger = world.signed_in("stranger").await;
    let unknown = super::world::id::<naru_domain::CaseId>(999);
    let shown = |answer: Answer, id: String| {
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        answer.html.replace(&id, "X")
    };
    for rest in ["", "/stages/intake"] {
        let hidden = stranger.get(&format!("/cases/{case}{rest}")).await;
        let missing = stranger.get(&format!("/cases/{unknown}{rest}")).await;
        assert_eq!(
            shown(hidden, case.to_string()),
            shown(missing, unknown.to_string())
        );
    }
    let device = super::world::id::<naru_domain::DeviceId>(50);
    assert_eq!(
        stranger.get(&format!("/devices/{device}")).await.status,
        StatusCode::NOT_FOUND
    );
    let list = stranger.page("/cases?view=all").await;
    assert!(!list.html.contains("전자청진기"));
    let found = stranger
        .get(&format!("/cases?q={}", case.reference()))
        .await;
    assert_eq!(found.status, StatusCode::OK);
    let mut owner = world.signed_in("owner").await;
    let found = owner
        .get(&format!("/cases?q={}", case.reference().to_lowercase()))
        .await;
    assert_eq!(found.leads_to(), format!("/cases/{case}"));
    let found = owner.get(&format!("/cases/{}", case.reference())).await;
    assert_eq!(found.leads_to(), format!("/cases/{case}"));
    assert!(
        owner
            .page("/cases?q=%EC%B2%AD%EC%A7%84%EA%B8%B0")
            .await
            .html
            .contains(&case.to_string())
    );
}

#[tokio::test]
async fn style_and_script_are_kept_for_good_under_the_address_of_their_content() {
    let world = World::new().await;
    let mut browser = world.browser();
    let page = browser.page("/sign-in").await;
    for (start, kind) in [
        ("rel=\"stylesheet\" href=\"", "text/css"),
        ("type=\"module\" src=\"", "text/javascript"),
    ] {
        let (_, rest) = page.html.split_once(start).unwrap();
        let address = rest.split('"').next().unwrap();
        let asset = browser.page(address).await;
        assert!(asset.said("cache-control").contains("immutable"));
        assert!(asset.said("content-type").starts_with(kind));
        let (name, extension) = address.rsplit_once('.').unwrap();
        let other = browser.get(&format!("{name}0.{extension}")).await;
        assert_eq!(other.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn language_and_theme_are_kept_and_lead_back_to_the_page() {
    let world = World::new().await;
    let mut browser = world.browser();
    assert!(browser.page("/sign-in").await.html.contains("들어가기"));
    let answer = browser
        .post("/preferences", &[("language", "en"), ("back", "/sign-in")])
        .await;
    assert_eq!(answer.leads_to(), "/sign-in");
    assert!(browser.page("/sign-in").await.html.contains("Sign in"));
    let answer = browser
        .post(
            "/preferences",
            &[("theme", "dark"), ("back", "//evil.example")],
        )
        .await;
    assert_eq!(answer.leads_to(), "/inbox");
    assert!(
        browser
            .page("/sign-in")
            .await
            .html
            .contains("data-theme=\"dark\"")
    );
}
