//! Usability studies: sessions entered, corrected and left out, results with intervals, and closing.

use super::advice::{case_speaks, words};
use super::world::{World, id};
use axum::http::StatusCode;
use naru_domain::pathway::{Option_, StudyTask};
use naru_domain::study::StudyCommand;
use naru_domain::{CaseId, Command, StudyId};

/// A study of the case with two groups of one participant each, and its page.
pub(crate) async fn study(world: &World, case: CaseId, tasks: &[&str]) -> String {
    let group = |value: &str, ko: &str, en: &str| Option_ {
        value: value.to_owned(),
        label: words(ko, en),
    };
    let task = |name: &&str| StudyTask {
        id: (*name).to_owned(),
        title: words(&format!("{name} 과제"), &format!("Task {name}")),
        critical: *name == "alarm",
    };
    let command = StudyCommand::Open {
        case,
        stage: "usability".parse().unwrap(),
        round: 1,
        startup: id(11),
        hospital: id(13),
        device: id(50),
        title: words("사용적합성 총괄평가", "Summative evaluation"),
        summative: true,
        participants_per_group: 1,
        groups: vec![
            group("nurse", "간호사", "Nurses"),
            group("carer", "보호자", "Carers"),
        ],
        tasks: tasks.iter().map(task).collect(),
    };
    let study: StudyId = id(41);
    world
        .submit(study, case_speaks(case), Command::Study(command))
        .await;
    format!("/studies/{study}")
}

const SUS: [(&str, &str); 10] = [
    ("sus.1", "5"),
    ("sus.2", "1"),
    ("sus.3", "5"),
    ("sus.4", "2"),
    ("sus.5", "4"),
    ("sus.6", "2"),
    ("sus.7", "5"),
    ("sus.8", "1"),
    ("sus.9", "4"),
    ("sus.10", "2"),
];

fn session<'a>(
    code: &'a str,
    group: &'a str,
    more: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("act", "record"),
        ("participant", code),
        ("group", group),
        ("moderated_on", "2026-03-02"),
        ("outcome.0", "success"),
        ("seconds.0", "42"),
        ("outcome.1", "success"),
    ];
    fields.extend(SUS);
    fields.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    fields.extend(more);
    fields
}

#[tokio::test]
async fn what_is_wrong_with_a_session_stands_beside_its_field() {
    let world = World::new().await;
    let case = world.case().await;
    let page = study(&world, case, &["rate", "alarm"]).await;
    let new = format!("{page}/sessions/new");
    let mut coordinator = world.signed_in("coordinator").await;
    let shown = coordinator.page(&page).await.html;
    assert!(
        shown.contains("입력할 세션이 2건") && shown.contains(&new),
        "{shown}"
    );

    for (wrong, beside, also) in [
        (
            session("홍길동", "nurse", &[]),
            "record-participant-error",
            "홍길동",
        ),
        (
            session("P01", "nurse", &[("outcome.1", "")]),
            "outcome-1-error",
            "42",
        ),
        (
            session("P01", "nurse", &[("seconds.0", "자정")]),
            "record-seconds.0-error",
            "자정",
        ),
        (
            session("P01", "nurse", &[("sus.3", "")]),
            "sus-error",
            "P01",
        ),
        (
            session("P01", "nurse", &[("moderated_on", "2026-04-01")]),
            "record-moderated_on-error",
            "2026-04-01",
        ),
    ] {
        let refused = coordinator.fill(&new, &new, &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{beside}");
        let id = format!("id=\"{beside}\"");
        assert!(refused.html.contains(&id), "{beside}\n{}", refused.html);
        assert!(
            refused.html.contains(also),
            "what was typed is kept: {also}"
        );
    }
}

#[tokio::test]
async fn sessions_are_entered_and_shown_with_intervals() {
    let world = World::new().await;
    let case = world.case().await;
    let page = study(&world, case, &["rate", "alarm"]).await;
    let new = format!("{page}/sessions/new");
    let mut coordinator = world.signed_in("coordinator").await;
    let entered = coordinator
        .fill(&new, &new, &session("p01", "nurse", &[]))
        .await;
    assert_eq!(entered.leads_to(), format!("{page}?done=session-recorded"));
    let trouble = session(
        "P02",
        "carer",
        &[
            ("outcome.1", "use-error"),
            ("note.1", "경보를 껐다고 여김"),
            ("cause.1", "interface"),
        ],
    );
    let entered = coordinator.fill(&new, &new, &trouble).await;
    assert_eq!(entered.leads_to(), format!("{page}?done=session-recorded"));
    let mut owner = world.signed_in("owner").await;
    owner.speaks("en");
    let results = owner.page(&page).await.html;
    for said in [
        "1 of 1",
        "17–100 %",
        "87.5",
        "P01",
        "Use error",
        "User interface",
        "42 s (2 timed)",
    ] {
        assert!(results.contains(said), "{said}\n{results}");
    }
    assert!(results.contains("class=\"ci\"") && results.contains("role=\"img\""));
    assert!(!results.contains("<textarea"), "a company only reads");
    assert_eq!(owner.get(&new).await.status, StatusCode::NOT_FOUND);
    let refused = owner.post(&new, &[("act", "record")]).await;
    assert_eq!(
        refused.status,
        StatusCode::FORBIDDEN,
        "without a form of ours"
    );
    let mut stranger = world.signed_in("stranger").await;
    assert_eq!(stranger.get(&page).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_entry_is_corrected_or_left_out_with_a_reason_and_the_study_closes() {
    let world = World::new().await;
    let case = world.case().await;
    let page = study(&world, case, &["rate", "alarm"]).await;
    let new = format!("{page}/sessions/new");
    let mut coordinator = world.signed_in("coordinator").await;
    for (code, group, outcome) in [
        ("P01", "nurse", "close-call"),
        ("P02", "carer", "success"),
        ("P03", "carer", "success"),
    ] {
        let fields = session(code, group, &[("outcome.1", outcome)]);
        coordinator.fill(&new, &new, &fields).await;
    }
    let first = format!("{page}/sessions/P01");
    let shown = coordinator.page(&page).await.html;
    assert!(
        shown.contains("근본 원인이 없는 발견이 1건") && shown.contains(&format!("{first}#task-1"))
    );
    let closing = [("act", "close"), ("conclusion", "안전하게 쓸 수 있습니다.")];
    let refused = coordinator.fill(&page, &page, &closing).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);

    let correct = session(
        "P01",
        "nurse",
        &[
            ("act", "correct"),
            ("outcome.1", "close-call"),
            ("cause.1", "interface"),
        ],
    );
    let silent = coordinator.fill(&first, &first, &correct).await;
    assert!(silent.html.contains("id=\"correct-reason-error\""));
    let mut told = correct;
    told.push(("reason", "원인을 확인했습니다."));
    let answer = coordinator.fill(&first, &first, &told).await;
    assert_eq!(answer.leads_to(), format!("{page}?done=session-corrected"));
    let seen = coordinator.page(&first).await.html;
    assert!(seen.contains("원인을 확인했습니다.") && seen.contains("value=\"2026-03-02\""));
    let third = format!("{page}/sessions/P03");
    let out = [("act", "remove"), ("reason", "시험이 중단되었습니다.")];
    let answer = coordinator.fill(&third, &third, &out).await;
    assert_eq!(answer.leads_to(), format!("{page}?done=session-removed"));
    assert!(
        coordinator
            .page(&page)
            .await
            .html
            .contains("시험이 중단되었습니다.")
    );
    assert_eq!(coordinator.get(&third).await.status, StatusCode::NOT_FOUND);

    let refused = coordinator.fill(&page, &page, &closing).await;
    assert!(refused.html.contains("id=\"close-residual_risk-error\""));
    let closing = [
        closing[0],
        closing[1],
        ("residual_risk", "받아들일 수 있습니다."),
    ];
    let answer = coordinator.fill(&page, &page, &closing).await;
    assert_eq!(answer.leads_to(), format!("{page}?done=study-closed"));
    let closed = coordinator.page(&page).await.html;
    assert!(closed.contains("안전하게 쓸 수 있습니다.") && !closed.contains("<textarea"));
}

#[tokio::test]
async fn tasks_are_added_before_the_first_session() {
    let world = World::new().await;
    let case = world.case().await;
    let page = study(&world, case, &[]).await;
    let mut coordinator = world.signed_in("coordinator").await;
    let task = [
        ("act", "task"),
        ("titleKo", "속도를 정한다"),
        ("titleEn", "Set the rate"),
        ("task.id", "Set Rate"),
        ("critical", "yes"),
    ];
    let refused = coordinator.fill(&page, &page, &task).await;
    assert!(
        refused.html.contains("id=\"task-task.id-error\""),
        "{}",
        refused.html
    );
    assert!(refused.html.contains("value=\"속도를 정한다\""));
    let task = [task[0], task[1], task[2], ("task.id", "set-rate"), task[4]];
    let added = coordinator.fill(&page, &page, &task).await;
    assert_eq!(added.leads_to(), format!("{page}?done=task-added"));
    let shown = coordinator.page(&page).await.html;
    assert!(shown.contains("속도를 정한다") && shown.contains("핵심 과제"));
}
