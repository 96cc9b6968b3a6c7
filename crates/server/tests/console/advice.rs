//! Consultations: who sees what, questions and answers, and the recommendation.

use super::world::{Browser, World, id};
use axum::http::StatusCode;
use naru_domain::consultation::ConsultationCommand;
use naru_domain::pathway::ConsultationKind;
use naru_domain::{Actor, CaseId, Command, ConsultationId, EffectId, OrganizationId, Words};

pub(crate) fn words(ko: &str, en: &str) -> Words {
    Words {
        ko: ko.to_owned(),
        en: en.to_owned(),
    }
}

/// The messages by which a case opens what its stages are made of.
pub(crate) fn case_speaks(case: CaseId) -> Actor {
    Actor::message(EffectId {
        aggregate: case.into(),
        version: 2,
        position: 0,
    })
}

/// A consultation of the case, and its page.
pub(crate) async fn consultation(world: &World, case: CaseId) -> String {
    let organization = |number: u128| id::<OrganizationId>(number);
    let command = ConsultationCommand::Open {
        case,
        stage: "regulatory".parse().unwrap(),
        round: 1,
        startup: organization(11),
        hospital: organization(13),
        consultancy: organization(14),
        device: id(50),
        title: words("인허가 자문", "Regulatory advice"),
        about: ConsultationKind::Regulatory,
        asks: vec![
            words("몇 등급입니까?", "Which class?"),
            words("무엇이 빠졌습니까?", "What is missing?"),
        ],
    };
    let consultation: ConsultationId = id(43);
    world
        .submit(
            consultation,
            case_speaks(case),
            Command::Consultation(command),
        )
        .await;
    format!("/consultations/{consultation}")
}

async fn send(browser: &mut Browser<'_>, page: &str, fields: &[(&str, &str)], done: &str) {
    let answer = browser.fill(page, page, fields).await;
    assert_eq!(answer.leads_to(), format!("{page}?done={done}"));
}

#[tokio::test]
async fn a_note_says_who_sees_it_before_it_is_posted_and_nobody_else_ever_does() {
    let world = World::new().await;
    let case = world.case().await;
    let page = consultation(&world, case).await;
    let mut consultant = world.signed_in("consultant").await;
    consultant.speaks("en");
    let shown = consultant.page(&page).await;
    for said in [
        "Seen by 1 of your own (임수아). Not by Sorilab or Hanbit, who do not learn that it is there.",
        "Seen by 1 person of Sorilab and 1 of your own (임수아). Not by Hanbit, who do not learn that it is there.",
        "Seen by 1 person of Sorilab, 3 people of Hanbit and 1 of your own (임수아).",
    ] {
        assert!(shown.html.contains(said), "{said}\n{}", shown.html);
    }
    let refused = consultant
        .fill(
            &page,
            &page,
            &[("act", "note"), ("text", "<i>기술문서</i>")],
        )
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.html.contains("id=\"note-audience-error\""));
    assert!(refused.html.contains("href=\"#note-audience\""));
    assert!(
        refused.html.contains("&#60;i&#62;기술문서"),
        "what was typed"
    );
    let note = [
        ("act", "note"),
        ("text", "기술문서 6장을 고치세요."),
        ("audience", "consultancy+startup"),
    ];
    send(&mut consultant, &page, &note, "noted").await;
    for (who, sees) in [("owner", true), ("coordinator", false), ("director", false)] {
        let mut browser = world.signed_in(who).await;
        let seen = browser.page(&page).await.html;
        assert_eq!(seen.contains("기술문서 6장을"), sees, "{who}");
    }
    for who in ["stranger", "operator"] {
        let mut browser = world.signed_in(who).await;
        assert_eq!(browser.get(&page).await.status, StatusCode::NOT_FOUND);
    }
}

const ASK: [(&str, &str); 4] = [
    ("act", "ask"),
    ("text", "동등성을 주장할 수 있나요?"),
    ("to", "consultancy"),
    ("dueOn", "2026-03-06"),
];

const CLOSE: [(&str, &str); 4] = [
    ("act", "close"),
    ("answers.0", "2등급입니다."),
    ("answers.1", "생물학적 안전성입니다."),
    ("recommendation", "인증으로 가세요."),
];

/// The company asks two things, the one with a date first.
async fn two_questions(owner: &mut Browser<'_>, page: &str) {
    send(owner, page, &ASK, "asked").await;
    let second = [ASK[0], ("text", "없던 일로 할 질문"), ASK[2]];
    send(owner, page, &second, "asked").await;
}

#[tokio::test]
async fn questions_wait_for_their_side_and_are_hidden_from_the_third() {
    let world = World::new().await;
    let case = world.case().await;
    let page = consultation(&world, case).await;
    let mut owner = world.signed_in("owner").await;
    let late = [ASK[0], ASK[1], ASK[2], ("dueOn", "2026-02-01")];
    let refused = owner.fill(&page, &page, &late).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.html.contains("id=\"ask-dueOn-error\""));
    two_questions(&mut owner, &page).await;
    let mut consultant = world.signed_in("consultant").await;
    let list = consultant.page("/engagements").await.html;
    assert!(
        list.contains("소리랩") && list.contains("답할 질문 2건"),
        "{list}"
    );
    let shown = consultant.page(&page).await.html;
    assert!(shown.contains("동등성을 주장할 수 있나요?") && shown.contains("3월 6일"));
    let refused = consultant.fill(&page, &page, &CLOSE).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.html.contains("href=\"#close\""), "questions wait");
    let mut coordinator = world.signed_in("coordinator").await;
    let other = coordinator.page(&page).await.html;
    assert!(!other.contains("동등성을") && !other.contains("답할 차례"));
    assert_eq!(
        owner.get("/engagements").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn whoever_asked_reads_that_the_answer_is_waited_for() {
    let world = World::new().await;
    let case = world.case().await;
    let page = consultation(&world, case).await;
    let mut consultant = world.signed_in("consultant").await;
    let nothing = consultant.page(&page).await.html;
    assert!(
        nothing.contains("답을 기다리는 질문이 없습니다.") && nothing.contains("href=\"#close\"")
    );
    let ask = [ASK[0], ("text", "구동부가 같나요?"), ("to", "startup")];
    send(&mut consultant, &page, &ask, "asked").await;
    let shown = consultant.page(&page).await.html;
    assert!(
        shown.contains("소리랩의 답을 기다리는 질문이 있습니다."),
        "{shown}"
    );
    assert!(
        !shown.contains("답을 기다리는 질문이 없습니다.") && !shown.contains("href=\"#close\"")
    );
}

#[tokio::test]
async fn questions_are_answered_and_taken_back_and_then_the_consultation_closes() {
    let world = World::new().await;
    let case = world.case().await;
    let page = consultation(&world, case).await;
    let mut owner = world.signed_in("owner").await;
    two_questions(&mut owner, &page).await;
    let mut consultant = world.signed_in("consultant").await;
    let shown = consultant.page(&page).await.html;
    let ids: Vec<&str> = shown
        .split("name=\"on\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    let (first, last) = (ids[0], ids[1]);
    let empty = [("act", "answer"), ("on", first), ("text", " ")];
    let refused = consultant.fill(&page, &page, &empty).await;
    let beside = format!("id=\"answer-{first}-text-error\"");
    assert!(refused.html.contains(&beside), "{}", refused.html);
    let said = ("text", "구동부가 같아 가능합니다.");
    let answer = [("act", "answer"), ("on", first), said];
    send(&mut consultant, &page, &answer, "answered").await;
    let why = ("reason", "알아냈습니다.");
    let back = [("act", "take-back"), ("on", last), why];
    send(&mut owner, &page, &back, "taken-back").await;
    assert!(owner.page(&page).await.html.contains("구동부가 같아"));

    let half = [CLOSE[0], CLOSE[1], CLOSE[3]];
    let refused = consultant.fill(&page, &page, &half).await;
    assert!(refused.html.contains("id=\"close-answers.1-error\""));
    assert!(refused.html.contains("인증으로 가세요."));
    send(&mut consultant, &page, &CLOSE, "advised").await;
    let closed = owner.page(&page).await.html;
    assert!(closed.contains("인증으로 가세요.") && closed.contains("생물학적 안전성입니다."));
    assert!(!closed.contains("<textarea"), "nothing can change any more");
    let list = consultant.page("/engagements?view=over").await.html;
    assert!(list.contains("소리랩"));
    let open = consultant.page("/engagements").await.html;
    assert!(!open.contains("소리랩"));
}

#[tokio::test]
async fn the_pages_of_consultations_studies_and_rounds_are_whole_in_both_languages() {
    let world = World::new().await;
    let case = world.case().await;
    let advice = consultation(&world, case).await;
    let study = super::studies::study(&world, case, &["rate", "alarm"]).await;
    let round = super::rounds::round(&world, case).await;
    for language in ["ko", "en"] {
        for who in ["owner", "coordinator", "director", "auditor"] {
            let mut browser = world.signed_in(who).await;
            browser.speaks(language);
            for path in [&advice, &study, &round] {
                let page = browser.page(path).await;
                super::look::assert_good(&page, language, &format!("{path} of {who}"));
            }
        }
        let mut consultant = world.signed_in("consultant").await;
        consultant.speaks(language);
        for path in [advice.as_str(), "/engagements", "/engagements?view=over"] {
            let page = consultant.page(path).await;
            super::look::assert_good(&page, language, path);
        }
        let mut coordinator = world.signed_in("coordinator").await;
        coordinator.speaks(language);
        let new = coordinator.page(&format!("{study}/sessions/new")).await;
        super::look::assert_good(&new, language, "a new session");
        for (path, act) in [(&advice, "note"), (&study, "task"), (&round, "invite")] {
            let refused = coordinator.fill(path, path, &[("act", act)]).await;
            super::look::assert_good(&refused, language, &format!("{path} refused"));
        }
    }
}
