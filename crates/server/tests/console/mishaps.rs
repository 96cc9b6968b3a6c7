//! What goes wrong on a working day: nothing that was written is lost, and no address is a dead end.

use super::advice::consultation;
use super::work::{fill, stage};
use super::world::{World, id};
use axum::http::StatusCode;
use naru_domain::DeviceId;

#[tokio::test]
async fn addresses_that_only_take_forms_lead_back_to_their_page() {
    let world = World::new().await;
    let case = world.case().await;
    let device: DeviceId = id(50);
    let mut owner = world.signed_in("owner").await;
    for (address, page) in [
        ("/settings/password".to_owned(), "/settings".to_owned()),
        ("/settings/passkeys".to_owned(), "/settings".to_owned()),
        ("/settings/sessions".to_owned(), "/settings".to_owned()),
        ("/cases/bulk".to_owned(), "/cases".to_owned()),
        ("/cases/views".to_owned(), "/cases".to_owned()),
        (format!("/cases/{case}/turn"), format!("/cases/{case}")),
        (
            format!("/devices/{device}/documents"),
            format!("/devices/{device}"),
        ),
        (
            format!("/devices/{device}/documents/document_1/retire"),
            format!("/devices/{device}"),
        ),
        ("/sign-out".to_owned(), "/inbox".to_owned()),
        ("/preferences".to_owned(), "/inbox".to_owned()),
        ("/sign-in/visit".to_owned(), "/sign-in".to_owned()),
    ] {
        let answer = owner.get(&address).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{address}");
        assert_eq!(answer.leads_to(), page);
    }
    let refused = owner
        .fill("/settings", "/settings/password", &[("password", "short")])
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let back = refused.hidden("back");
    let page = owner.get(&back).await;
    assert_eq!(page.leads_to(), "/settings", "another language leads on");
}

#[tokio::test]
async fn an_address_that_cannot_be_read_is_answered_with_a_page() {
    let world = World::new().await;
    let mut operator = world.signed_in("operator").await;
    for address in [
        "/operations?before=zzz",
        "/operations?before=-5",
        "/live?after=x",
        "/cases?after=x",
        "/inbox?after=x",
    ] {
        let answer = operator.get(address).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{address}");
        assert!(answer.html.contains("<h1"), "{address}: {}", answer.html);
        assert!(!answer.html.contains("deserialize"), "{}", answer.html);
    }
}

#[tokio::test]
async fn a_refused_decision_keeps_every_request_that_was_pinned() {
    let world = World::new().await;
    let case = world.case().await;
    let triage = stage(case, "triage");
    let mut owner = world.signed_in("owner").await;
    let summary = [("a-summary", "무선 청진기입니다.")];
    fill(&mut owner, &stage(case, "intake"), "submit", &summary).await;

    let mut coordinator = world.signed_in("coordinator").await;
    let typed = [
        ("act", "decide"),
        ("to", "intake"),
        ("pin-intake-target_disease", "어떤 판막인지 적어 주세요."),
        ("request", "요약도"),
        ("recusal", "친척입니다."),
    ];
    let undecided = coordinator.fill(&triage, &triage, &typed).await;
    assert_eq!(undecided.status, StatusCode::UNPROCESSABLE_ENTITY);
    let kept = &undecided.html;
    for text in [
        "어떤 판막인지 적어 주세요.</textarea>",
        "요약도</textarea>",
        "친척입니다.</textarea>",
        "<details class=\"more\" open>",
        "href=\"#decide\"",
    ] {
        assert!(kept.contains(text), "{text}\n{kept}");
    }
    assert!(!kept.contains("decision”"), "no name of the program's own");

    let approve = [("act", "decide"), ("decision", "approve")];
    coordinator.fill(&triage, &triage, &approve).await;
    let late = [&typed[..], &[("decision", "send-back")]].concat();
    let late = coordinator.fill("/inbox", &triage, &late).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    for text in [
        "어떤 판막인지 적어 주세요.",
        "<p class=\"prose\">요약도</p>",
    ] {
        assert!(late.html.contains(text), "{text}\n{}", late.html);
    }
}

#[tokio::test]
async fn a_draft_keeps_what_can_be_kept_and_says_what_cannot() {
    let world = World::new().await;
    let case = world.case().await;
    let intake = stage(case, "intake");
    let mut owner = world.signed_in("owner").await;
    let wrong = [
        ("a-business_number", "220-81-62518"),
        ("a-summary", "무선 청진기입니다."),
    ];
    let answer = fill(&mut owner, &intake, "draft", &wrong).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.html.contains("나머지는 임시 저장했습니다."));
    assert!(answer.html.contains("value=\"220-81-62518\""));
    let named = ">사업자등록번호: ";
    assert!(answer.html.contains(named), "{}", answer.html);
    let again = owner.page(&intake).await.html;
    assert!(again.contains("무선 청진기입니다.") && !again.contains("220-81-62518"));
}

#[tokio::test]
async fn a_question_that_is_open_when_its_consultation_closes_is_nobodys_move() {
    let world = World::new().await;
    let case = world.case().await;
    let page = consultation(&world, case).await;
    let mut consultant = world.signed_in("consultant").await;
    let ask = [
        ("act", "ask"),
        ("text", "구동부가 같나요?"),
        ("to", "startup"),
        ("dueOn", "9999-12-31"),
    ];
    consultant.fill(&page, &page, &ask).await;
    let mut owner = world.signed_in("owner").await;
    let asked = owner.page(&page).await.html;
    assert!(asked.contains("내 차례") && !asked.contains("오늘까지"));
    let close = [
        ("act", "close"),
        ("answers.0", "2등급입니다."),
        ("answers.1", "생물학적 안전성입니다."),
        ("recommendation", "인증으로 가세요."),
    ];
    let closed = consultant.fill(&page, &page, &close).await;
    assert_eq!(closed.status, StatusCode::SEE_OTHER);
    let over = owner.page(&page).await.html;
    assert!(over.contains("답변 없음") && over.contains("구동부가 같나요?"));
    assert!(!over.contains("내 차례"), "{over}");
}

#[tokio::test]
async fn what_is_to_be_said_of_many_cases_is_asked_for_before_anything_is_done() {
    let world = World::new().await;
    let case = world.case().await.to_string();
    let mut coordinator = world.signed_in("coordinator").await;
    let hasty = [("case", case.as_str()), ("do", "pause"), ("sure", "yes")];
    let asked = coordinator.fill("/cases", "/cases/bulk", &hasty).await;
    let ready = "1건 중 1건을 처리할 수 있습니다.";
    assert!(asked.html.contains(ready), "{}", asked.html);
    assert!(asked.html.contains("name=\"handing\""));
    let paused = coordinator.page("/cases?view=paused").await.html;
    assert!(!paused.contains(&case), "nothing was done");
}
