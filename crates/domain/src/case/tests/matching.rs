use super::scene::*;
use crate::case::*;
use crate::given::id;
use crate::pathway::MatchRole::{Clinician, PrincipalInvestigator};
use crate::{Actor, Who};

fn candidate_of(actor: &Actor) -> crate::CandidateId {
    let Who::Candidate(candidate) = actor.who else {
        panic!("{actor:?}");
    };
    candidate
}

#[test]
fn what_is_known_of_conflicts_is_kept_with_the_invitation() {
    let mut scene = until("people");
    let mut command = invitation(PrincipalInvestigator, "pi@hospital.kr");
    let known = ConflictOfInterest::Declared {
        what: why(),
        handling: why(),
    };
    if let CaseCommand::InviteCandidate { conflict, .. } = &mut command {
        *conflict = known.clone();
    }
    scene.ok(&coordinator(), &command);
    assert_eq!(scene.letters(), ["match_invitation → pi@hospital.kr"]);
    let Work::Matching(candidates) = &scene.stage("people").work else {
        panic!("no matching");
    };
    assert!(
        candidates
            .values()
            .all(|candidate| candidate.conflict == known)
    );
}

#[test]
fn a_person_is_asked_once_until_they_say_no() {
    let mut scene = until("people");
    let candidate = scene.invite(Clinician, "doctor@hospital.kr");
    let again = invitation(Clinician, "Doctor@hospital.kr");
    assert_eq!(scene.refused(&coordinator(), &again), "ALREADY_INVITED");
    scene.ok(&candidate, &no());
    scene.ok(&coordinator(), &again);
}

#[test]
fn only_wanted_roles_are_invited_by_the_owner_while_the_stage_is_open() {
    let command = invitation(Clinician, "doctor@hospital.kr");
    let mut scene = until("people");
    assert_eq!(scene.refused(&director(), &command), "NOT_YOUR_MOVE");
    assert_eq!(
        until("screening").refused(&coordinator(), &command),
        "STAGE_NOT_OPEN"
    );
    assert_eq!(
        until("usability").refused(&coordinator(), &command),
        "STAGE_DECIDED"
    );
}

#[test]
fn an_invitation_lapses_at_the_end_of_the_answer_day() {
    // Invited on Tuesday 3 March, five working days: Tuesday 10 March.
    let mut scene = until("people");
    let candidate = scene.invite(Clinician, "doctor@hospital.kr");
    assert!(scene.next_wakeup().unwrap() <= seoul("2026-03-11T00:00:00"));
    assert_eq!(scene.wake("2026-03-10T23:59:59"), []);
    let mut in_time = until("people");
    let early = in_time.invite(Clinician, "doctor@hospital.kr");
    in_time.now("2026-03-10T23:59:59");
    in_time.ok(&early, &yes());

    scene.now("2026-03-11T00:00:00");
    assert_eq!(scene.refused(&candidate, &yes()), "INVITATION_OVER");
    let events = scene.wake("2026-03-11T00:00:00");
    assert_eq!(
        events,
        [CaseEvent::CandidateLapsed {
            stage: stage_id("people"),
            candidate: candidate_of(&candidate)
        }]
    );
    assert_eq!(scene.wake("2026-03-11T00:00:00"), []);
    assert_eq!(scene.refused(&candidate, &yes()), "INVITATION_OVER");
}

#[test]
fn a_candidate_answers_once() {
    let mut scene = until("people");
    let candidate = scene.invite(Clinician, "doctor@hospital.kr");
    scene.ok(&candidate, &yes());
    assert_eq!(scene.refused(&candidate, &no()), "CANDIDATE_ANSWERED");
}

#[test]
fn nobody_answers_for_a_candidate() {
    let mut scene = until("people");
    scene.invite(Clinician, "doctor@hospital.kr");
    assert_eq!(scene.refused(&coordinator(), &yes()), "NOT_ALLOWED");
    let unknown = Actor {
        who: Who::Candidate(id(4_711)),
        ..Actor::clock()
    };
    assert_eq!(scene.refused(&unknown, &yes()), "NOT_FOUND");
}

#[test]
fn a_candidate_can_do_nothing_else() {
    let mut scene = until("people");
    let candidate = scene.invite(Clinician, "doctor@hospital.kr");
    for command in [confirmation(), cancel(), complete(), CaseCommand::Resume] {
        assert_eq!(scene.refused(&candidate, &command), "NOT_ALLOWED");
    }
}

#[test]
fn a_withdrawn_invitation_is_over() {
    let mut scene = until("people");
    let candidate = scene.invite(Clinician, "doctor@hospital.kr");
    let withdraw = CaseCommand::WithdrawCandidate {
        stage: stage_id("people"),
        candidate: candidate_of(&candidate),
        reason: why(),
    };
    scene.ok(&coordinator(), &withdraw);
    assert_eq!(scene.refused(&coordinator(), &withdraw), "INVITATION_OVER");
    assert_eq!(scene.refused(&candidate, &yes()), "INVITATION_OVER");
    let unknown = CaseCommand::WithdrawCandidate {
        stage: stage_id("people"),
        candidate: id(4_711),
        reason: why(),
    };
    assert_eq!(scene.refused(&coordinator(), &unknown), "CANDIDATE_UNKNOWN");
}

#[test]
fn a_matching_closes_with_a_principal_investigator_and_enough_clinicians() {
    let mut scene = until("people");
    let doctor = scene.invite(Clinician, "doctor@hospital.kr");
    scene.ok(&doctor, &yes());
    assert_eq!(
        scene.refused(&coordinator(), &confirmation()),
        "NOT_ENOUGH_ACCEPTED"
    );
    let pi = scene.invite(PrincipalInvestigator, "pi@hospital.kr");
    assert_eq!(
        scene.refused(&coordinator(), &confirmation()),
        "NOT_ENOUGH_ACCEPTED"
    );
    scene.ok(&pi, &yes());
    assert_eq!(scene.refused(&director(), &confirmation()), "NOT_YOUR_MOVE");
    scene.ok(&coordinator(), &confirmation());
    assert_eq!(scene.outcome("people"), Some(Outcome::Matched));
}

#[test]
fn an_invitation_still_unanswered_ends_with_the_matching() {
    let mut scene = until("people");
    let late = scene.invite(Clinician, "late@hospital.kr");
    for (role, email) in [
        (PrincipalInvestigator, "pi@hospital.kr"),
        (Clinician, "doctor@hospital.kr"),
    ] {
        let candidate = scene.invite(role, email);
        scene.ok(&candidate, &yes());
    }
    scene.ok(&coordinator(), &confirmation());
    assert_eq!(scene.refused(&late, &yes()), "INVITATION_OVER");
    assert_eq!(scene.wake("2027-01-01T00:00:00"), []);
}

#[test]
fn a_pause_gives_candidates_the_working_days_that_were_lost() {
    let mut scene = until("people");
    let candidate = scene.invite(Clinician, "doctor@hospital.kr");
    scene.ok(&coordinator(), &pause());
    assert_eq!(scene.refused(&candidate, &yes()), "CASE_PAUSED");
    // Two working days: from Tuesday to Thursday; the answer day moves from 10 to 12 March.
    scene.now("2026-03-05T10:00:00");
    scene.ok(&coordinator(), &CaseCommand::Resume);
    let (_, found) = scene
        .case
        .state()
        .candidate(candidate_of(&candidate))
        .unwrap();
    assert_eq!(found.answer_by, "2026-03-12".parse().unwrap());
    assert_eq!(scene.wake("2026-03-12T23:59:59"), []);
    scene.ok(&candidate, &yes());
}
