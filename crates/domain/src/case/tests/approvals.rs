use super::scene::*;
use crate::case::*;
use crate::given::id;
use crate::{AccountId, Actor};

fn for_somebody(actor: Actor, account: u128) -> Actor {
    Actor {
        on_behalf_of: Some(id::<AccountId>(account)),
        ..actor
    }
}

#[test]
fn two_of_three_seats_approve() {
    let mut scene = until("screening");
    scene.decide(&coordinator(), "screening", approve());
    assert!(scene.is_open("screening"));
    scene.decide(&committee_a(), "screening", approve());
    assert_eq!(scene.outcome("screening"), Some(Outcome::Approved));
}

#[test]
fn one_refusal_of_three_leaves_the_decision_to_the_others() {
    let mut scene = until("screening");
    scene.decide(&coordinator(), "screening", reject());
    assert!(scene.is_open("screening"));
    scene.decide(&director(), "screening", approve());
    scene.decide(&committee_a(), "screening", approve());
    assert_eq!(scene.outcome("screening"), Some(Outcome::Approved));
}

#[test]
fn the_case_ends_when_enough_approvals_cannot_come_any_more() {
    let mut scene = until("screening");
    scene.decide(&coordinator(), "screening", reject());
    scene.decide(&director(), "screening", reject());
    let status = &scene.case.state().status;
    assert!(
        matches!(status, CaseStatus::Rejected { stage, .. } if *stage == stage_id("screening"))
    );
    assert_eq!(
        scene.refused(&committee_a(), &decision("screening", approve())),
        "CASE_OVER"
    );
    assert_eq!(scene.next_wakeup(), None);
    assert!(scene.case.state().moves().is_empty());
}

#[test]
fn one_person_has_one_vote_also_with_two_roles() {
    let mut scene = until("screening");
    scene.decide(&two_hats(), "screening", approve());
    for command in [
        decision("screening", approve()),
        decision_on("screening", "director", approve()),
    ] {
        assert_eq!(scene.refused(&two_hats(), &command), "ALREADY_DECIDED");
    }
}

#[test]
fn standing_in_for_somebody_gives_no_second_vote() {
    let mut scene = until("decision");
    scene.decide(&committee_a(), "decision", approve());
    let command = decision("decision", approve());
    let same_person = for_somebody(committee_a(), 25);
    assert_eq!(scene.refused(&same_person, &command), "ALREADY_DECIDED");
    let for_who_voted = for_somebody(committee_b(), 24);
    assert_eq!(scene.refused(&for_who_voted, &command), "ALREADY_DECIDED");

    let mut scene = until("decision");
    scene.ok(&for_somebody(committee_a(), 25), &command);
    assert_eq!(scene.refused(&committee_b(), &command), "ALREADY_DECIDED");
}

#[test]
fn who_handed_in_does_not_decide_not_even_through_another_person() {
    let mut scene = until("report");
    scene.submit(&two_hats(), "report", one_answer("Fine"));
    let command = decision_on("decision", "director", approve());
    assert_eq!(
        scene.refused(&two_hats(), &command),
        "SUBMITTER_CANNOT_DECIDE"
    );
    let through_another = for_somebody(director(), 29);
    assert_eq!(
        scene.refused(&through_another, &command),
        "SUBMITTER_CANNOT_DECIDE"
    );
    scene.ok(&director(), &command);
}

#[test]
fn in_whose_name_it_was_handed_in_does_not_decide() {
    let mut scene = until("report");
    scene.submit(
        &for_somebody(coordinator(), 29),
        "report",
        one_answer("Fine"),
    );
    let command = decision_on("decision", "director", approve());
    assert_eq!(
        scene.refused(&two_hats(), &command),
        "SUBMITTER_CANNOT_DECIDE"
    );
}

#[test]
fn who_handed_in_an_earlier_version_does_not_decide() {
    let mut scene = until("report");
    scene.submit(&two_hats(), "report", one_answer("Fine"));
    scene.decide(&committee_a(), "decision", back_to("report", None));
    scene.submit(&coordinator(), "report", one_answer("Finer"));
    let command = decision_on("decision", "director", approve());
    assert_eq!(
        scene.refused(&two_hats(), &command),
        "SUBMITTER_CANNOT_DECIDE"
    );
}

#[test]
fn a_seat_decides_once() {
    let mut scene = until("screening");
    scene.ok(
        &coordinator(),
        &decision_on("screening", "office", approve()),
    );
    let again = decision_on("screening", "office", approve());
    assert_eq!(scene.refused(&second_coordinator(), &again), "SEAT_TAKEN");
    let no_seat_left = decision("screening", approve());
    assert_eq!(
        scene.refused(&second_coordinator(), &no_seat_left),
        "NOT_YOUR_MOVE"
    );
}

#[test]
fn a_seat_is_taken_by_its_role() {
    let mut scene = until("screening");
    let wrong_role = decision_on("screening", "director", approve());
    assert_eq!(scene.refused(&coordinator(), &wrong_role), "NOT_YOUR_MOVE");
    let unknown = decision_on("screening", "throne", approve());
    assert_eq!(scene.refused(&coordinator(), &unknown), "SEAT_UNKNOWN");
    let no_role = decision("screening", approve());
    assert_eq!(scene.refused(&member(), &no_role), "NOT_YOUR_MOVE");
}

#[test]
fn who_steps_back_stays_out_and_the_seat_is_free() {
    let mut scene = until("screening");
    scene.decide(
        &coordinator(),
        "screening",
        Decision::Recuse { reason: why() },
    );
    assert_eq!(
        scene.refused(&coordinator(), &decision("screening", approve())),
        "RECUSED"
    );
    let instead = for_somebody(second_coordinator(), 21);
    assert_eq!(
        scene.refused(&instead, &decision("screening", approve())),
        "RECUSED"
    );
    scene.ok(
        &second_coordinator(),
        &decision_on("screening", "office", approve()),
    );
}

#[test]
fn only_people_with_an_account_decide() {
    let mut scene = until("screening");
    for actor in [Actor::clock(), Actor::machine(), scene_message()] {
        assert_eq!(
            scene.refused(&actor, &decision("screening", approve())),
            "NOT_ALLOWED"
        );
    }
}

fn scene_message() -> Actor {
    until("usability").messenger("usability")
}

#[test]
fn an_approval_waits_for_the_roles_of_its_free_seats() {
    let mut scene = until("screening");
    scene.decide(&director(), "screening", approve());
    let roles: Vec<&str> = scene
        .case
        .state()
        .moves()
        .iter()
        .filter(|found| found.stage == stage_id("screening"))
        .map(|found| found.role.as_str())
        .collect();
    assert_eq!(roles, ["coordinator", "award_committee"]);
}
