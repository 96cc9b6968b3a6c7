use super::scene::*;
use crate::case::*;
use crate::given::{id, person};
use crate::{OrganizationKind, Role, Who};

#[test]
fn a_member_of_the_startup_opens_a_case_with_its_first_stage() {
    let mut scene = nothing();
    let events = scene.ok(&member(), &open_command());
    let [
        CaseEvent::Opened {
            case,
            pathway_hash: pinned,
            calendar,
            ..
        },
        CaseEvent::StageOpened {
            stage, round: 1, ..
        },
    ] = events.as_slice()
    else {
        panic!("{events:?}");
    };
    assert_eq!(*case, id(7));
    assert_eq!(pinned, &pathway_hash());
    assert_eq!(calendar, "kr");
    assert_eq!(stage, &stage_id("intake"));
}

#[test]
fn nobody_else_opens_a_case_for_a_startup() {
    for actor in [stranger(), coordinator(), crate::Actor::machine()] {
        assert_eq!(nothing().refused(&actor, &open_command()), "NOT_ALLOWED");
    }
    let member_elsewhere = person(11, &[(org(98), Role::StartupMember)]);
    assert_eq!(
        nothing().refused(&member_elsewhere, &open_command()),
        "NOT_ALLOWED"
    );
}

#[test]
fn the_device_belongs_to_the_startup() {
    let mut command = open_command();
    if let CaseCommand::Open { device_owner, .. } = &mut command {
        *device_owner = org(98);
    }
    assert_eq!(nothing().refused(&member(), &command), "DEVICE_NOT_OWNED");
}

#[test]
fn a_hospital_runs_the_pathway() {
    let mut command = open_command();
    if let CaseCommand::Open { hospital_kind, .. } = &mut command {
        *hospital_kind = OrganizationKind::Consultancy;
    }
    assert_eq!(nothing().refused(&member(), &command), "NOT_A_HOSPITAL");
}

#[test]
fn the_pathway_exists() {
    let mut command = open_command();
    if let CaseCommand::Open { pathway, .. } = &mut command {
        *pathway = crate::pathway::PathwayHash(hash('b'));
    }
    assert_eq!(nothing().refused(&member(), &command), "PATHWAY_UNKNOWN");
}

#[test]
fn a_case_is_opened_once() {
    assert_eq!(
        opened().refused(&member(), &open_command()),
        "ALREADY_EXISTS"
    );
}

#[test]
fn before_the_opening_there_is_nothing() {
    for command in [claim("intake"), cancel(), complete(), CaseCommand::Wake] {
        assert_eq!(nothing().refused(&member(), &command), "NOT_FOUND");
    }
}

#[test]
fn a_case_keeps_its_pathway_when_a_newer_version_is_published() {
    let mut scene = opened();
    let mut newer = pathway();
    newer.version = 2;
    newer.stages.truncate(1);
    let mut catalog = crate::pathway::Catalog::default();
    catalog.publish(pathway_hash(), pathway());
    catalog.publish(crate::pathway::PathwayHash(hash('b')), newer);
    scene.case = scene.case.with(catalog);
    scene.submit(&member(), "intake", good_answers());
    assert!(scene.is_open("screening"));
}

#[test]
fn only_the_clock_wakes_and_only_a_message_reports() {
    let mut scene = until("usability");
    let report = scene.report_of("usability");
    for actor in [member(), coordinator(), crate::Actor::machine()] {
        assert_eq!(scene.refused(&actor, &CaseCommand::Wake), "NOT_ALLOWED");
        assert_eq!(scene.refused(&actor, &report), "NOT_ALLOWED");
    }
    assert_eq!(
        scene.refused(&crate::Actor::clock(), &report),
        "NOT_ALLOWED"
    );
    let message = scene.messenger("usability");
    assert!(matches!(message.who, Who::Message(_)));
    scene.ok(&message, &report);
}
