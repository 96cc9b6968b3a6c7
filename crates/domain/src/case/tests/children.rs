use super::scene::*;
use crate::case::*;
use crate::given::id;
use crate::{AggregateId, Effect, OrganizationKind, StudyId};

#[test]
fn a_study_and_a_round_open_together_and_each_is_told_to_open() {
    let mut scene = until("people");
    let pi = scene.invite(
        crate::pathway::MatchRole::PrincipalInvestigator,
        "pi@hospital.kr",
    );
    scene.ok(&pi, &yes());
    let doctor = scene.invite(crate::pathway::MatchRole::Clinician, "doctor@hospital.kr");
    scene.ok(&doctor, &yes());
    scene.ok(&coordinator(), &confirmation());
    assert_eq!(scene.messages(), ["study open", "feedback_round open"]);
    for effect in &scene.case.effects {
        if let Effect::Deliver { to, .. } = effect {
            let children: Vec<AggregateId> =
                scene.case.state().children().map(|(_, id)| id).collect();
            assert!(children.contains(to));
        }
    }
}

#[test]
fn a_consultation_opens_with_the_consultancy_that_is_engaged() {
    let mut scene = until("usability");
    assert_eq!(
        scene.stage("advice").waiting_for(),
        [crate::Role::Coordinator]
    );
    scene.ok(&member(), &engagement());
    assert_eq!(scene.messages(), ["consultation open"]);
    assert_eq!(
        scene.stage("advice").waiting_for(),
        [crate::Role::Consultant]
    );
    let moves = scene.case.state().moves();
    let waiting = moves
        .iter()
        .find(|m| m.stage == stage_id("advice"))
        .unwrap();
    assert_eq!(waiting.organization, org(CONSULTANCY));
    assert_eq!(
        scene.refused(&coordinator(), &engagement()),
        "ALREADY_ENGAGED"
    );
}

#[test]
fn only_a_consultancy_is_engaged_by_the_startup_or_the_office() {
    let mut scene = until("usability");
    assert_eq!(scene.refused(&director(), &engagement()), "NOT_ALLOWED");
    let mut command = engagement();
    if let CaseCommand::EngageConsultancy {
        consultancy_kind, ..
    } = &mut command
    {
        *consultancy_kind = OrganizationKind::Hospital;
    }
    assert_eq!(scene.refused(&coordinator(), &command), "NOT_A_CONSULTANCY");
    let mut command = engagement();
    if let CaseCommand::EngageConsultancy { stage, .. } = &mut command {
        *stage = stage_id("usability");
    }
    assert_eq!(scene.refused(&coordinator(), &command), "WRONG_STAGE_KIND");
}

#[test]
fn an_engaged_consultancy_is_a_party_and_before_it_is_a_stranger() {
    let mut scene = until("usability");
    assert_eq!(scene.refused(&consultant(), &cancel()), "NOT_FOUND");
    scene.ok(&coordinator(), &engagement());
    assert_eq!(scene.refused(&consultant(), &cancel()), "NOT_ALLOWED");
    scene.ok(&consultant(), &claim("advice"));
}

#[test]
fn a_stage_is_over_when_its_child_reports() {
    let mut scene = until("usability");
    let report = scene.report_of("usability");
    let message = scene.messenger("usability");
    scene.ok(&message, &report);
    assert_eq!(scene.outcome("usability"), Some(Outcome::Reported));
    assert!(!scene.is_open("report"));
    assert_eq!(scene.by(&message, &report), Ok(Vec::new()));
}

#[test]
fn a_report_is_of_the_right_round_and_of_the_stages_own_child() {
    let mut scene = until("usability");
    let message = scene.messenger("usability");
    let mut wrong_round = scene.report_of("usability");
    if let CaseCommand::ReportStage { round, .. } = &mut wrong_round {
        *round = 2;
    }
    let mut wrong_child = scene.report_of("usability");
    if let CaseCommand::ReportStage { summary, .. } = &mut wrong_child {
        summary.evidence = id::<StudyId>(4_711).into();
    }
    for command in [wrong_round, wrong_child] {
        assert_eq!(scene.refused(&message, &command), "REPORT_OUTDATED");
    }
}

#[test]
fn a_late_report_to_a_case_that_ended_changes_nothing() {
    let mut scene = until("usability");
    let report = scene.report_of("usability");
    let message = scene.messenger("usability");
    scene.ok(&coordinator(), &cancel());
    assert_eq!(scene.by(&message, &report), Ok(Vec::new()));
}

#[test]
fn a_report_during_a_pause_counts_and_what_follows_opens_on_resuming() {
    let mut scene = until_with("usability", &{
        let mut answers = good_answers();
        answers.insert("overseas".to_owned(), crate::pathway::Value::Boolean(false));
        answers
    });
    scene.ok(&coordinator(), &pause());
    for stage in ["usability", "feedback"] {
        let (report, message) = (scene.report_of(stage), scene.messenger(stage));
        scene.ok(&message, &report);
    }
    assert!(!scene.is_open("report"));
    scene.now("2026-03-10T10:00:00");
    scene.ok(&coordinator(), &CaseCommand::Resume);
    assert!(scene.is_open("report"));
    assert_eq!(
        scene.stage("report").opened_at,
        seoul("2026-03-10T10:00:00")
    );
}
