//! Those who run the installation and its organizations: what failed, letters, people, accounts and tokens.

use super::look::assert_good;
use super::world::{World, id};
use axum::http::StatusCode;
use naru_domain::{OrganizationId, Sha256Hex};

#[tokio::test]
async fn the_operator_sees_letters_with_masked_addresses_and_nobody_else_does() {
    let world = World::new().await;
    world.case().await;
    let mut operator = world.signed_in("operator").await;
    let page = operator.page("/operations").await.html;
    assert!(
        page.contains("‘건이 열림’ 메일") || page.contains("‘차례 알림’ 메일"),
        "{page}"
    );
    assert!(!page.contains("people.example\n") && !page.contains("owner@"));
    let unknown = [("act", "retry"), ("on", "999")];
    let refused = operator.fill("/operations", "/sign-out", &[]).await;
    assert_eq!(refused.status, StatusCode::SEE_OTHER, "the frame's form");
    let mut operator = world.signed_in("operator").await;
    let token = operator.page("/settings").await.hidden("form-token");
    let mut fields = vec![("form-token", token.as_str())];
    fields.extend(unknown);
    let refused = operator.post("/operations", &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut auditor = world.signed_in("auditor").await;
    auditor.page("/operations").await;
    for who in ["owner", "coordinator", "consultant"] {
        let mut browser = world.signed_in(who).await;
        let answer = browser.get("/operations").await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{who}");
    }
}

#[tokio::test]
async fn accounts_are_opened_and_roles_given_and_taken_away_by_those_who_may() {
    let world = World::new().await;
    let mut operator = world.signed_in("operator").await;
    let account = [
        ("act", "open"),
        ("email", "new@people.example"),
        ("name", "한새벽"),
        ("locale", "ko"),
    ];
    let wrong = [account[0], ("email", "누구"), account[2], account[3]];
    let refused = operator
        .fill("/organizations", "/organizations", &wrong)
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.html.contains("id=\"open-email-error\"") && refused.html.contains("한새벽"));
    let opened = operator
        .fill("/organizations", "/organizations", &account)
        .await;
    assert_eq!(opened.leads_to(), "/organizations?done=account-opened");

    let hospital = format!("/organizations/{}", id::<OrganizationId>(13));
    let mut director = world.signed_in("director").await;
    assert!(
        director
            .page("/organizations")
            .await
            .html
            .contains(&hospital)
    );
    let unknown = [
        ("act", "add"),
        ("email", "nobody@people.example"),
        ("role", "clinician"),
    ];
    let refused = director.fill(&hospital, &hospital, &unknown).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let add = [unknown[0], ("email", "new@people.example"), unknown[2]];
    let added = director.fill(&hospital, &hospital, &add).await;
    assert_eq!(added.leads_to(), format!("{hospital}?done=member-added"));
    let again = director.fill(&hospital, &hospital, &add).await;
    assert!(
        again.html.contains("id=\"add-email-error\""),
        "{}",
        again.html
    );
    let shown = director.page(&hospital).await.html;
    let (before, _) = shown.split_once(" clinician\"").unwrap();
    let member = before.rsplit('"').next().unwrap();
    let on = format!("{member} clinician");
    let take = [("act", "remove"), ("on", on.as_str())];
    let mut coordinator = world.signed_in("coordinator").await;
    let seen = coordinator.page(&hospital).await.html;
    assert!(seen.contains("한새벽") && !seen.contains("value=\"remove\""));
    let refused = coordinator.fill("/settings/tokens", &hospital, &take).await;
    assert_eq!(
        refused.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "not hers to do"
    );
    let taken = director.fill(&hospital, &hospital, &take).await;
    assert_eq!(taken.leads_to(), format!("{hospital}?done=member-removed"));
    let mut owner = world.signed_in("owner").await;
    assert_eq!(owner.get(&hospital).await.status, StatusCode::NOT_FOUND);
}

/// Whether the API would know this secret.
async fn is_known(world: &World, secret: &str) -> bool {
    let hash = Sha256Hex::of(secret.as_bytes());
    world
        .app
        .store()
        .token_by_hash(&hash)
        .await
        .unwrap()
        .is_some()
}

#[tokio::test]
async fn a_token_is_shown_once_works_and_is_revoked() {
    let world = World::new().await;
    let mut owner = world.signed_in("owner").await;
    let path = "/settings/tokens";
    let none = [
        ("act", "issue"),
        ("label", "측정 장비"),
        ("expiresAt", "30"),
    ];
    let refused = owner.fill(path, path, &none).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.html.contains("id=\"issue-scopes-error\""),
        "{}",
        refused.html
    );
    let mut wanted = none.to_vec();
    wanted.push(("scopes", "read"));
    let made = owner.fill(path, path, &wanted).await;
    assert_eq!(made.status, StatusCode::OK);
    let (_, rest) = made.html.split_once("<code>").unwrap();
    let secret = rest.split_once("</code>").unwrap().0.to_owned();
    assert!(is_known(&world, &secret).await);
    let listed = owner.page(path).await;
    assert!(listed.html.contains("측정 장비") && !listed.html.contains(&secret));
    let token = listed.hidden("on");
    let revoked = owner
        .fill(path, path, &[("act", "revoke"), ("on", &token)])
        .await;
    assert_eq!(revoked.leads_to(), format!("{path}?done=token-revoked"));
    assert!(!is_known(&world, &secret).await);
}

#[tokio::test]
async fn their_pages_are_whole_in_both_languages() {
    let world = World::new().await;
    world.case().await;
    let hospital = format!("/organizations/{}", id::<OrganizationId>(13));
    for language in ["ko", "en"] {
        for who in ["operator", "auditor"] {
            let mut browser = world.signed_in(who).await;
            browser.speaks(language);
            for path in [
                "/operations",
                "/organizations",
                &hospital,
                "/settings/tokens",
            ] {
                let page = browser.page(path).await;
                assert_good(&page, language, &format!("{path} of {who}"));
            }
        }
    }
}

#[tokio::test]
async fn a_director_sees_how_long_stages_take_and_takes_the_figures_along() {
    let world = World::new().await;
    let case = world.case_on("award-and-agreement").await;
    let award = format!("/cases/{case}/stages/award");
    let mut coordinator = world.signed_in("coordinator").await;
    coordinator.fill(&award, &award, &[("act", "claim")]).await;
    let mut director = world.signed_in("director").await;
    let shown = director.page("/figures").await;
    assert_good(&shown, "ko", "the figures");
    assert!(
        shown.html.contains("현금 지원") && shown.html.contains("정유진"),
        "{}",
        shown.html
    );
    let grant = [
        ("act", "grant"),
        ("amount", "45000000"),
        ("title-1", "시제품 시험"),
        ("due-1", "2026-06-30"),
        ("report", "2026-12-31"),
    ];
    // Four working days later, a weekend between.
    let later = world.clock.now() + jiff::SignedDuration::from_hours(24 * 6);
    world.clock.advance_to(later);
    let mut coordinator = world.signed_in("coordinator").await;
    let granted = coordinator.fill(&award, &award, &grant).await;
    assert_eq!(granted.status, StatusCode::SEE_OTHER, "{}", granted.html);
    let mut director = world.signed_in("director").await;
    director.speaks("en");
    let shown = director.page("/figures").await;
    assert_good(&shown, "en", "the figures");
    assert!(
        shown.html.contains("<b>4.0</b>") && shown.html.contains("100 % (1/1)"),
        "{}",
        shown.html
    );
    let csv = director.page("/figures.csv").await;
    assert!(csv.said("content-type").starts_with("text/csv"));
    let row = "\"Award and agreement\",\"Cash award\",\"1\",\"4.00\",\"4.00\",\"4.00\",\"1\",\"1\",\"0\",\"0\"";
    assert!(csv.html.contains(row), "{}", csv.html);
    let mut owner = world.signed_in("owner").await;
    for path in ["/figures", "/figures.csv"] {
        assert_eq!(
            owner.get(path).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}
