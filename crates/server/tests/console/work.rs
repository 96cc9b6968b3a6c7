//! What people do on the pages of a case.

use super::world::{Browser, World};
use axum::http::StatusCode;
use naru_domain::CaseId;

/// Answers that make the application complete but for one.
const ANSWERS: &[(&str, &str)] = &[
    ("a-business_number", "220-81-62517"),
    ("a-device_class", "class_2"),
    ("a-technology_field", "digital_health"),
    ("a-site", "severance"),
    ("a-intended_use", "심음을 기록하고 잡음을 표시합니다."),
    ("a-target_disease", "판막 질환"),
    ("a-procedure_link", "심음 청진 진단에 더하여 씁니다."),
    (
        "a-cooperation_goals",
        "사용적합성 총괄평가와 의료진 피드백을 진행합니다.",
    ),
    ("a-needs_regulatory", "yes"),
    ("a-needs_reimbursement", "no"),
    ("a-needs_overseas", "no"),
];

pub(crate) fn stage(case: CaseId, stage: &str) -> String {
    format!("/cases/{case}/stages/{stage}")
}

pub(crate) async fn fill(
    browser: &mut Browser<'_>,
    path: &str,
    act: &str,
    more: &[(&str, &str)],
) -> super::world::Answer {
    let page = browser.page(path).await;
    let (_, option) = page.html.split_once("<option value=\"document_").unwrap();
    let document = format!("document_{}", option.split('"').next().unwrap());
    let mut fields = vec![("act", act), ("a-usability_file", document.as_str())];
    fields.extend(ANSWERS);
    fields.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    fields.extend(more);
    browser.fill(path, path, &fields).await
}

#[tokio::test]
async fn a_form_keeps_its_draft_shows_what_is_wrong_beside_the_field_and_is_handed_in() {
    let world = World::new().await;
    let case = world.case().await;
    let path = stage(case, "intake");
    let mut owner = world.signed_in("owner").await;
    let inbox = owner.page("/inbox").await;
    assert_eq!(
        inbox.html.matches(&format!("\"{path}\"")).count(),
        1,
        "the first task stands above the list and not in it again"
    );

    let kept = fill(&mut owner, &path, "draft", &[("a-summary", "")]).await;
    assert_eq!(kept.leads_to(), format!("{path}?done=draft-saved"));
    assert!(owner.page(&path).await.html.contains("판막 질환"));

    let refused = fill(
        &mut owner,
        &path,
        "submit",
        &[
            ("a-business_number", "220-81-62518"),
            ("a-summary", "<b>요약</b>"),
        ],
    )
    .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.html.contains("href=\"#a-business_number\""));
    assert!(refused.html.contains("id=\"a-business_number-error\""));
    assert!(
        refused.html.contains("&#60;b&#62;요약"),
        "what was typed is still there"
    );

    let sent = fill(
        &mut owner,
        &path,
        "submit",
        &[("a-summary", "무선 청진기입니다.")],
    )
    .await;
    assert_eq!(sent.leads_to(), format!("/cases/{case}?done=submitted"));
    let page = owner.page(&path).await;
    assert!(page.html.contains("220-81-62517") && !page.html.contains("<textarea"));
    let mut coordinator = world.signed_in("coordinator").await;
    assert!(
        coordinator
            .page("/inbox")
            .await
            .html
            .contains(&stage(case, "triage"))
    );
}

#[tokio::test]
async fn a_form_sent_twice_is_carried_out_once() {
    let world = World::new().await;
    let case = world.case().await;
    let path = stage(case, "intake");
    let mut owner = world.signed_in("owner").await;
    let page = owner.page(&path).await;
    let (token, command) = (page.hidden("form-token"), page.hidden("command"));
    let mut fields = vec![
        ("form-token", token.as_str()),
        ("command", &command),
        ("act", "claim"),
    ];
    for _ in 0..2 {
        let answer = owner.post(&path, &fields).await;
        assert_eq!(answer.leads_to(), format!("{path}?done=claimed"));
    }
    let events = world.app.store().events_of(case.into()).await.unwrap();
    let claims = events
        .iter()
        .filter(|event| format!("{:?}", event.event).contains("StageClaimed"));
    assert_eq!(claims.count(), 1);
    fields.retain(|(name, _)| *name != "command");
    assert_eq!(
        owner.post(&path, &fields).await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn what_is_sent_back_is_pinned_to_its_field_and_the_difference_is_shown_on_return() {
    let world = World::new().await;
    let case = world.case().await;
    let (intake, triage) = (stage(case, "intake"), stage(case, "triage"));
    let mut owner = world.signed_in("owner").await;
    fill(
        &mut owner,
        &intake,
        "submit",
        &[("a-summary", "무선 청진기입니다.")],
    )
    .await;

    let mut coordinator = world.signed_in("coordinator").await;
    let page = coordinator.page(&triage).await;
    assert!(page.html.contains("판막 질환") && page.html.contains("name=\"decision\""));
    let back = coordinator
        .fill(
            &triage,
            &triage,
            &[
                ("act", "decide"),
                ("decision", "send-back"),
                ("to", "intake"),
                (
                    "pin-intake-target_disease",
                    "어떤 판막 질환인지 적어 주세요.",
                ),
            ],
        )
        .await;
    assert_eq!(back.leads_to(), format!("/cases/{case}?done=sent-back"));
    assert!(
        coordinator
            .page("/inbox")
            .await
            .html
            .contains("기업 담당자")
    );

    let asked = owner.page(&intake).await;
    assert!(asked.html.contains("id=\"a-target_disease-requests\""));
    assert!(asked.html.contains("어떤 판막 질환인지 적어 주세요."));
    assert!(
        asked.html.contains("지난번에 제출한 답: 판막 질환"),
        "the old answer stands beside the new one"
    );
    assert_eq!(asked.html.matches("지난번에 제출한 답").count(), 1);
    let again = [
        ("a-summary", "무선 청진기입니다."),
        ("a-target_disease", "대동맥판 협착증"),
    ];
    fill(&mut owner, &intake, "submit", &again).await;

    let page = coordinator.page(&triage).await;
    assert!(
        page.html
            .contains("<del data-l=\"1차\"><span class=\"prose\">판막 질환</span></del>")
    );
    assert!(page.html.contains("대동맥판 협착증"));
    let approved = coordinator
        .fill(
            &triage,
            &triage,
            &[("act", "decide"), ("decision", "approve")],
        )
        .await;
    assert_eq!(approved.leads_to(), format!("/cases/{case}?done=approved"));
    let page = coordinator.page(&stage(case, "matching")).await;
    assert!(page.html.contains("name=\"department\""));
}

#[tokio::test]
async fn people_are_asked_and_the_asking_is_taken_back() {
    let world = World::new().await;
    let case = world.case().await;
    let (triage, matching) = (stage(case, "triage"), stage(case, "matching"));
    let mut owner = world.signed_in("owner").await;
    let summary = [("a-summary", "무선 청진기입니다.")];
    fill(&mut owner, &stage(case, "intake"), "submit", &summary).await;
    let mut coordinator = world.signed_in("coordinator").await;
    let nothing = [
        ("act", "decide"),
        ("decision", "send-back"),
        ("to", "intake"),
    ];
    let refused = coordinator.fill(&triage, &triage, &nothing).await;
    assert_eq!(
        refused.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "something must be asked for"
    );
    let approve = [("act", "decide"), ("decision", "approve")];
    coordinator.fill(&triage, &triage, &approve).await;

    let mut invitation = vec![
        ("act", "invite"),
        ("role", "principal-investigator"),
        ("name", "최민호"),
        ("email", "minho@hospital.example"),
        ("locale", "ko"),
        ("department", "심장내과"),
    ];
    let refused = coordinator.fill(&matching, &matching, &invitation).await;
    assert_eq!(
        refused.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "a conflict of interest is known before"
    );
    assert!(refused.html.contains("value=\"최민호\""));
    invitation.push(("conflict", "none"));
    let asked = coordinator.fill(&matching, &matching, &invitation).await;
    assert_eq!(asked.leads_to(), format!("{matching}?done=invited"));
    let page = coordinator.page(&matching).await;
    assert!(page.html.contains("심장내과") && page.html.contains("name=\"withdrawal\""));
    let seen = owner.page(&matching).await;
    assert!(
        !seen.html.contains("name=\"withdrawal\""),
        "it is not the startup's move"
    );
    let refused = owner
        .fill(&matching, &matching, &[("act", "confirm")])
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let candidate = page.hidden("candidate");
    let back = [
        ("act", "withdraw"),
        ("candidate", &candidate),
        ("withdrawal", "일정이 겹칩니다."),
    ];
    let answer = coordinator.fill(&matching, &matching, &back).await;
    assert_eq!(answer.leads_to(), format!("{matching}?done=withdrawn"));
}

#[tokio::test]
async fn a_case_is_opened_paused_and_canceled_by_whoever_may() {
    let world = World::new().await;
    let device = world.device().await.to_string();
    let mut owner = world.signed_in("owner").await;
    let hospital = super::world::id::<naru_domain::OrganizationId>(13).to_string();
    let chosen = [
        ("device", device.as_str()),
        ("hospital", &hospital),
        ("pathway", "yonsei-medtech-validation-support"),
    ];
    let refused = owner.fill("/cases/new", "/cases", &chosen).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut titled = chosen.to_vec();
    titled.push(("title", "청진기 실증"));
    let opened = owner.fill("/cases/new", "/cases", &titled).await;
    let (case, done) = opened.leads_to().split_once('?').unwrap();
    let case = case.to_owned();
    assert_eq!(done, "done=opened");
    let page = owner.page(&case).await;
    assert!(page.html.contains("청진기 실증") && page.html.contains("class=\"halo\""));
    assert!(page.html.contains("value=\"cancel\"") && !page.html.contains("value=\"pause\""));

    let mut coordinator = world.signed_in("coordinator").await;
    let turn = format!("{case}/turn");
    let nothing = coordinator
        .fill(&case, &turn, &[("turn", "pause"), ("pause-words", "")])
        .await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    let paused = [("turn", "pause"), ("pause-words", "협약을 기다립니다.")];
    let answer = coordinator.fill(&case, &turn, &paused).await;
    assert_eq!(answer.leads_to(), format!("{case}?done=paused"));
    assert!(owner.page(&case).await.html.contains("협약을 기다립니다."));
    let refused = owner.fill(&case, &turn, &[("turn", "resume")]).await;
    assert_eq!(
        refused.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "a company cannot let clocks go on"
    );
    coordinator.fill(&case, &turn, &[("turn", "resume")]).await;
    let canceled = [("turn", "cancel"), ("cancel-words", "다른 길로 갑니다.")];
    let answer = owner.fill(&case, &turn, &canceled).await;
    assert_eq!(answer.leads_to(), format!("{case}?done=canceled"));
    assert!(
        owner
            .page("/cases?view=over")
            .await
            .html
            .contains("청진기 실증")
    );
}
