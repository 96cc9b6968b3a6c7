use super::scene::*;
use crate::case::*;

#[test]
fn opening_tells_the_hospital_but_not_the_one_who_opened() {
    let mut scene = nothing();
    scene.ok(&member(), &open_command());
    assert_eq!(scene.letters(), ["case_opened → coordinator"]);
}

#[test]
fn an_approval_that_opens_is_told_to_every_seat() {
    let mut scene = opened();
    scene.submit(&member(), "intake", good_answers());
    assert_eq!(
        scene.letters(),
        [
            "stage_opened → coordinator",
            "stage_opened → award_committee",
            "stage_opened → director",
            "stage_opened → principal_investigator"
        ]
    );
}

#[test]
fn an_approval_is_told_to_its_seats_also_when_a_colleague_of_theirs_opens_it() {
    let mut scene = until("report");
    let both = crate::given::person(
        24,
        &[
            (org(HOSPITAL), crate::Role::Coordinator),
            (org(HOSPITAL), crate::Role::AwardCommittee),
        ],
    );
    scene.submit(&both, "report", one_answer("Fine"));
    assert_eq!(
        scene.letters(),
        ["stage_opened → award_committee", "stage_opened → director"]
    );
}

#[test]
fn who_opens_their_own_next_stage_gets_no_letter() {
    let mut scene = until("decision");
    scene.decide(&committee_a(), "decision", approve());
    scene.decide(&committee_b(), "decision", approve());
    assert_eq!(scene.letters(), ["stage_decided → startup_member"]);
}

#[test]
fn both_sides_hear_of_a_pause_and_its_end() {
    let mut scene = opened();
    for (command, word) in [
        (pause(), "case_paused"),
        (CaseCommand::Resume, "case_resumed"),
        (cancel(), "case_canceled"),
    ] {
        scene.ok(&coordinator(), &command);
        let expected = ["startup_member", "coordinator"].map(|role| format!("{word} → {role}"));
        assert_eq!(scene.letters(), expected);
    }
}

#[test]
fn an_award_is_told_to_the_startup() {
    let mut scene = until("award");
    scene.ok(&committee_a(), &grant(good_award(45_000_000)));
    assert_eq!(
        scene.letters(),
        [
            "award_granted → startup_member",
            "stage_opened → coordinator"
        ]
    );
}
