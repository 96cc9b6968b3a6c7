use super::scene::*;
use crate::case::*;
use crate::given::id;
use crate::pathway::MatchRole::Clinician;
use crate::{Actor, InvitationId, Who};

fn everything() -> Vec<CaseCommand> {
    vec![
        draft("intake", good_answers()),
        submission("intake", good_answers()),
        submission("nowhere", good_answers()),
        recall("intake"),
        claim("intake"),
        CaseCommand::ReassignStage {
            stage: stage_id("intake"),
            to: id(99),
            to_holds_role: true,
            reason: why(),
        },
        decision("screening", approve()),
        decision_on("screening", "throne", approve()),
        invitation(Clinician, "doctor@hospital.kr"),
        CaseCommand::WithdrawCandidate {
            stage: stage_id("people"),
            candidate: id(1),
            reason: why(),
        },
        yes(),
        confirmation(),
        engagement(),
        grant(good_award(45_000_000)),
        preparation('c'),
        signature('c'),
        pause(),
        CaseCommand::Resume,
        cancel(),
        complete(),
    ]
}

#[test]
fn a_stranger_never_learns_that_the_case_exists_whatever_its_state() {
    let guest = Actor {
        who: Who::Guest(id::<InvitationId>(1)),
        ..Actor::clock()
    };
    let mut paused = until("screening");
    paused.ok(&coordinator(), &pause());
    let mut canceled = until("screening");
    canceled.ok(&coordinator(), &cancel());
    let scenes = [
        opened(),
        until("people"),
        until("usability"),
        until("agreement"),
        paused,
        canceled,
    ];
    for mut scene in scenes {
        for actor in [stranger(), guest.clone()] {
            for command in everything() {
                assert_eq!(scene.refused(&actor, &command), "NOT_FOUND", "{command:?}");
            }
        }
    }
}

#[test]
fn the_same_roles_in_the_right_organization_are_no_strangers() {
    let mut scene = until("people");
    for command in everything() {
        if let Err(refusal) = scene.by(&director(), &command) {
            assert_ne!(refusal.code(), "NOT_FOUND", "{command:?}");
        }
    }
}
