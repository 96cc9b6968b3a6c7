//! Feedback rounds: invitations, reminders, what may be seen of them, results, and closing.

use super::advice::{case_speaks, words};
use super::world::{World, id};
use axum::http::StatusCode;
use naru_domain::feedback::{Answer, Consent, FeedbackCommand, Question, QuestionKind};
use naru_domain::{Actor, CaseId, Channel, Command, FeedbackRoundId, InvitationId, Locale, Who};
use std::collections::BTreeMap;

/// A round of the case that shows its results from two answers, and its page.
pub(crate) async fn round(world: &World, case: CaseId) -> String {
    let command = FeedbackCommand::Open {
        case,
        stage: "feedback".parse().unwrap(),
        round: 1,
        startup: id(11),
        hospital: id(13),
        device: id(50),
        title: words("의료진 피드백", "Clinician feedback"),
        questionnaire: "clinician-feedback".to_owned(),
        anonymity_threshold: 2,
        answers_needed: 2,
        calendar: "kr".to_owned(),
        opened_on: "2026-03-03".parse().unwrap(),
        closes_on: "2026-03-17".parse().unwrap(),
        remind_after_working_days: vec![3],
    };
    let round: FeedbackRoundId = id(42);
    world
        .submit(round, case_speaks(case), Command::FeedbackRound(command))
        .await;
    format!("/feedback-rounds/{round}")
}

fn given(question: &Question) -> Answer {
    match &question.kind {
        QuestionKind::Likert(_) | QuestionKind::Seq(_) | QuestionKind::Nps(_) => Answer::Score(4),
        QuestionKind::Choice(options) => Answer::Choice(options[0].value.clone()),
        QuestionKind::Text { .. } => Answer::Text("소리가 또렷합니다.".parse().unwrap()),
    }
}

/// A clinician answers by the link of an invitation.
async fn answers(world: &World, page: &str, invitation: &str) {
    let asked = world
        .app
        .reference()
        .questionnaires
        .get("clinician-feedback");
    let asked = asked.unwrap();
    let invitation: InvitationId = invitation.parse().unwrap();
    let command = FeedbackCommand::Answer {
        consent: Consent {
            version: asked.consent.version.clone(),
            text_hash: asked.consent_hash(Locale::Ko).unwrap(),
            locale: Locale::Ko,
        },
        answers: asked
            .questions
            .iter()
            .map(|question| (question.id.clone(), given(question)))
            .collect::<BTreeMap<_, _>>(),
    };
    let actor = Actor {
        who: Who::Guest(invitation),
        memberships: Vec::new(),
        on_behalf_of: None,
        channel: Channel::MailLink,
    };
    let round: FeedbackRoundId = page.rsplit('/').next().unwrap().parse().unwrap();
    world
        .submit(round, actor, Command::FeedbackRound(command))
        .await;
}

const INVITED: [(&str, &str); 9] = [
    ("act", "invite"),
    ("invitations.0.name", "이하은"),
    ("invitations.0.email", "haeun@clinic.example"),
    ("invitations.0.site", "한빛병원"),
    ("invitations.0.specialty", "심장내과"),
    ("invitations.0.locale", "ko"),
    ("invitations.2.name", "Peter Hall"),
    ("invitations.2.email", "peter@clinic.example"),
    ("invitations.2.locale", "en"),
];

#[tokio::test]
async fn clinicians_are_invited_and_only_the_hospital_knows_who_they_are() {
    let world = World::new().await;
    let case = world.case().await;
    let page = round(&world, case).await;
    let mut coordinator = world.signed_in("coordinator").await;
    let nobody = coordinator.fill(&page, &page, &[("act", "invite")]).await;
    assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
    let refused = coordinator.fill(&page, &page, &INVITED).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let beside = "id=\"invite-invitations.2.site-error\"";
    assert!(refused.html.contains(beside), "{}", refused.html);
    assert!(refused.html.contains("value=\"이하은\"") && refused.html.contains("Peter Hall"));
    let mut good = INVITED.to_vec();
    good.push(("invitations.2.site", "한빛병원"));
    let invited = coordinator.fill(&page, &page, &good).await;
    assert_eq!(invited.leads_to(), format!("{page}?done=round-invited"));
    let shown = coordinator.page(&page).await.html;
    assert!(shown.contains("이하은") && shown.contains("haeun@clinic.example"));
    assert!(shown.contains("3월 6일"), "the next reminder\n{shown}");

    let mut director = world.signed_in("director").await;
    let seen = director.page(&page).await.html;
    assert!(!seen.contains("haeun@") && !seen.contains("value=\"remind\""));
    let mut owner = world.signed_in("owner").await;
    let seen = owner.page(&page).await.html;
    assert!(!seen.contains("이하은") && !seen.contains("clinic.example"));
    assert!(seen.contains("누구를 초대했는지는 병원만 압니다"), "{seen}");

    let waits = coordinator.page(&page).await.hidden("on");
    let remind = [("act", "remind"), ("on", waits.as_str())];
    let soon = coordinator.fill(&page, &page, &remind).await;
    assert_eq!(soon.status, StatusCode::UNPROCESSABLE_ENTITY);
    let beside = format!("id=\"remind-{waits}-error\"");
    assert!(soon.html.contains(&beside), "invited today\n{}", soon.html);
    let tomorrow = world.clock.now() + jiff::SignedDuration::from_hours(24);
    world.clock.advance_to(tomorrow);
    let mut coordinator = world.signed_in("coordinator").await;
    let reminded = coordinator.fill(&page, &page, &remind).await;
    assert_eq!(reminded.leads_to(), format!("{page}?done=round-reminded"));
    let silent = [("act", "revoke"), ("on", waits.as_str()), ("reason", "")];
    let refused = coordinator.fill(&page, &page, &silent).await;
    assert!(
        refused
            .html
            .contains(&format!("id=\"revoke-{waits}-reason-error\""))
    );
    let revoke = [silent[0], silent[1], ("reason", "소속이 바뀌었습니다.")];
    let revoked = coordinator.fill(&page, &page, &revoke).await;
    assert_eq!(revoked.leads_to(), format!("{page}?done=round-revoked"));
}

#[tokio::test]
async fn results_are_hidden_until_enough_have_answered_and_then_the_round_closes() {
    let world = World::new().await;
    let case = world.case().await;
    let page = round(&world, case).await;
    let mut coordinator = world.signed_in("coordinator").await;
    let mut good = INVITED.to_vec();
    good.push(("invitations.2.site", "한빛병원"));
    coordinator.fill(&page, &page, &good).await;
    let shown = coordinator.page(&page).await.html;
    let ids: std::collections::BTreeSet<&str> = shown
        .split("name=\"on\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    let ids: Vec<&str> = ids.into_iter().collect();
    answers(&world, &page, ids[0]).await;
    let one = coordinator.page(&page).await.html;
    assert!(one.contains("2명이 응답하기 전에는") && !one.contains("소리가 또렷합니다."));
    let closing = [("act", "close"), ("conclusion", "쓸 만합니다.")];
    let refused = coordinator.fill(&page, &page, &closing).await;
    assert!(
        refused.html.contains("id=\"close-shortReason-error\""),
        "{}",
        refused.html
    );
    answers(&world, &page, ids[1]).await;
    let mut owner = world.signed_in("owner").await;
    let both = owner.page(&page).await.html;
    assert!(
        both.contains("소리가 또렷합니다.") && both.contains("class=\"d4\""),
        "{both}"
    );
    let closed = coordinator.fill(&page, &page, &closing).await;
    assert_eq!(closed.leads_to(), format!("{page}?done=round-closed"));
    let shown = coordinator.page(&page).await.html;
    assert!(shown.contains("쓸 만합니다.") && !shown.contains("<textarea"));
}
