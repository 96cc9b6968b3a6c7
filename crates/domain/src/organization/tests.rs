use super::*;
use crate::given::{Given, given, id, person, text};
use crate::{Actor, EffectId, Locale};
use proptest::prelude::*;

const HANA: u128 = 1;
const DURI: u128 = 2;
const OPS: u128 = 9;

fn hospital() -> OrganizationId {
    id(80)
}

fn name() -> BothNames {
    BothNames {
        ko: text("나루병원"),
        en: text("Naru Hospital"),
    }
}

fn registered(kind: OrganizationKind) -> OrganizationEvent {
    OrganizationEvent::Registered {
        organization: hospital(),
        kind,
        name: name(),
        business_number: Some(text("220-81-62517")),
    }
}

fn register_command(kind: OrganizationKind) -> OrganizationCommand {
    OrganizationCommand::Register {
        kind,
        name: name(),
        business_number: Some(text("2208162517")),
    }
}

fn added(account: u128, role: Role) -> OrganizationEvent {
    OrganizationEvent::MemberAdded {
        account: id(account),
        role,
    }
}

fn add(account: u128, role: Role) -> OrganizationCommand {
    OrganizationCommand::AddMember {
        account: id(account),
        role,
    }
}

fn remove(account: u128, role: Role) -> OrganizationCommand {
    OrganizationCommand::RemoveMember {
        account: id(account),
        role,
    }
}

fn director() -> Actor {
    person(HANA, &[(hospital(), Role::Director)])
}

fn operator() -> Actor {
    person(OPS, &[(id(90), Role::Operator)])
}

fn after(events: &[OrganizationEvent]) -> Given<Organization> {
    let mut all = vec![registered(OrganizationKind::Hospital)];
    all.extend_from_slice(events);
    given(hospital(), &all)
}

fn refused(rejection: impl Into<Rejection>) -> Result<Vec<OrganizationEvent>, Rejection> {
    Err(rejection.into())
}

#[test]
fn only_the_operator_and_the_machine_register_an_organization() {
    let nothing = given::<Organization>(hospital(), &[]);
    let command = register_command(OrganizationKind::Hospital);
    for actor in [operator(), Actor::machine()] {
        assert_eq!(
            nothing.when(&command, &actor),
            Ok(vec![registered(OrganizationKind::Hospital)])
        );
    }
    let auditor = person(OPS, &[(id(90), Role::Auditor)]);
    let message: EffectId = text(&format!("{}.1.0", hospital()));
    for actor in [director(), auditor, Actor::clock(), Actor::message(message)] {
        assert_eq!(
            nothing.when(&command, &actor),
            refused(CommonRejection::NotAllowed)
        );
    }
}

#[test]
fn an_organization_is_registered_once_and_does_not_exist_before() {
    assert_eq!(
        after(&[]).when(&register_command(OrganizationKind::Startup), &operator()),
        refused(CommonRejection::AlreadyExists)
    );
    assert_eq!(
        given::<Organization>(hospital(), &[]).when(&add(DURI, Role::Clinician), &operator()),
        refused(CommonRejection::NotFound)
    );
    let misdirected = given::<Organization>(id::<crate::CaseId>(1), &[]);
    assert_eq!(
        misdirected.when(&register_command(OrganizationKind::Startup), &operator()),
        refused(CommonRejection::NotFound)
    );
}

#[test]
fn members_are_added_by_the_administering_role_the_operator_and_the_machine_only() {
    let organization = after(&[added(HANA, Role::Director)]);
    let command = add(DURI, Role::Coordinator);
    for actor in [director(), operator(), Actor::machine()] {
        assert_eq!(
            organization.when(&command, &actor),
            Ok(vec![added(DURI, Role::Coordinator)])
        );
    }
    let coordinator = person(DURI, &[(hospital(), Role::Coordinator)]);
    let director_elsewhere = person(3, &[(id(81), Role::Director)]);
    for actor in [coordinator, director_elsewhere, Actor::clock()] {
        assert_eq!(
            organization.when(&command, &actor),
            refused(CommonRejection::NotAllowed)
        );
    }
}

#[test]
fn each_kind_of_organization_has_its_own_roles_and_one_that_administers_it() {
    for kind in [
        OrganizationKind::Startup,
        OrganizationKind::Hospital,
        OrganizationKind::Consultancy,
        OrganizationKind::Operator,
    ] {
        let organization = given::<Organization>(hospital(), &[registered(kind)]);
        for role in Role::ALL {
            let answer = organization.when(&add(DURI, *role), &Actor::machine());
            if role.organization_kind() == kind {
                assert_eq!(answer, Ok(vec![added(DURI, *role)]));
            } else {
                assert_eq!(answer, refused(OrganizationRejection::RoleDoesNotFit));
            }
        }
        assert_eq!(kind.administering_role().organization_kind(), kind);
        let administrator = person(HANA, &[(hospital(), kind.administering_role())]);
        let rename = OrganizationCommand::Rename {
            name: BothNames {
                ko: text("새 이름"),
                en: text("New name"),
            },
        };
        assert!(organization.when(&rename, &administrator).is_ok());
    }
}

#[test]
fn a_person_holds_a_role_once_but_may_hold_several() {
    let organization = after(&[added(HANA, Role::Director)]);
    assert_eq!(
        organization.when(&add(HANA, Role::Director), &director()),
        refused(OrganizationRejection::MemberExists)
    );
    assert_eq!(
        organization.when(&add(HANA, Role::Coordinator), &director()),
        Ok(vec![added(HANA, Role::Coordinator)])
    );
}

#[test]
fn an_operator_cannot_let_themselves_into_a_hospital() {
    assert_eq!(
        after(&[]).when(&add(OPS, Role::Coordinator), &operator()),
        refused(OrganizationRejection::OperatorCannotJoin)
    );
}

#[test]
fn the_last_administrator_cannot_be_removed_by_anyone() {
    let organization = after(&[
        added(HANA, Role::Director),
        added(HANA, Role::Coordinator),
        added(DURI, Role::Coordinator),
    ]);
    for actor in [director(), operator(), Actor::machine()] {
        assert_eq!(
            organization.when(&remove(HANA, Role::Director), &actor),
            refused(OrganizationRejection::LastAdministrator)
        );
    }
    assert!(
        organization
            .when(&remove(HANA, Role::Coordinator), &director())
            .is_ok()
    );
    let two = after(&[added(HANA, Role::Director), added(DURI, Role::Director)]);
    assert!(two.when(&remove(HANA, Role::Director), &director()).is_ok());
}

#[test]
fn a_member_may_leave_but_not_remove_somebody_else() {
    let organization = after(&[
        added(HANA, Role::Director),
        added(DURI, Role::Clinician),
        added(3, Role::Clinician),
    ]);
    let duri = person(DURI, &[(hospital(), Role::Clinician)]);
    assert_eq!(
        organization.when(&remove(DURI, Role::Clinician), &duri),
        Ok(vec![OrganizationEvent::MemberRemoved {
            account: id(DURI),
            role: Role::Clinician
        }])
    );
    assert_eq!(
        organization.when(&remove(3, Role::Clinician), &duri),
        refused(CommonRejection::NotAllowed)
    );
    assert_eq!(
        organization.when(&remove(7, Role::Clinician), &person(7, &[])),
        refused(CommonRejection::NotAllowed)
    );
}

#[test]
fn who_does_not_hold_a_role_cannot_lose_it() {
    assert_eq!(
        after(&[added(DURI, Role::Clinician)]).when(&remove(DURI, Role::Coordinator), &director()),
        refused(OrganizationRejection::MemberUnknown)
    );
}

#[test]
fn the_same_name_again_changes_nothing() {
    assert_eq!(
        after(&[]).when(&OrganizationCommand::Rename { name: name() }, &director()),
        Ok(Vec::new())
    );
}

#[test]
fn holders_of_a_role_include_those_whose_role_covers_it() {
    let startup = given::<Organization>(
        hospital(),
        &[
            registered(OrganizationKind::Startup),
            added(HANA, Role::StartupAdmin),
            added(DURI, Role::StartupMember),
            added(HANA, Role::StartupMember),
        ],
    );
    let both = BTreeSet::from([id(HANA), id(DURI)]);
    assert_eq!(startup.state().holders_of(Role::StartupMember), both);
    assert_eq!(
        startup.state().holders_of(Role::StartupAdmin),
        BTreeSet::from([id(HANA)])
    );
    assert!(
        startup
            .state()
            .roles_of(id(HANA))
            .eq([Role::StartupAdmin, Role::StartupMember])
    );
}

#[test]
fn only_the_clock_wakes_an_organization_and_nothing_happens() {
    let organization = after(&[]);
    assert_eq!(
        organization.when(&OrganizationCommand::Wake, &Actor::clock()),
        Ok(Vec::new())
    );
    assert_eq!(
        organization.when(&OrganizationCommand::Wake, &Actor::machine()),
        refused(CommonRejection::NotAllowed)
    );
    assert_eq!(organization.state().next_wakeup(), None);
}

#[test]
fn a_damaged_history_is_told_and_not_folded() {
    let twice = added(HANA, Role::Director);
    assert!(Organization::evolve(None, &twice).is_err());
    let state = after(std::slice::from_ref(&twice)).state;
    assert!(Organization::evolve(state.clone(), &twice).is_err());
    assert!(Organization::evolve(state.clone(), &registered(OrganizationKind::Hospital)).is_err());
    let removed = OrganizationEvent::MemberRemoved {
        account: id(DURI),
        role: Role::Director,
    };
    assert!(Organization::evolve(state, &removed).is_err());
}

#[test]
fn stored_events_read_as_they_were_written() {
    let organization = "organization_00000000000000000000000000000050";
    let account = "account_00000000000000000000000000000001";
    for (event, json) in [
        (
            registered(OrganizationKind::Hospital),
            format!(
                r#"{{"event":"registered","organization":"{organization}","kind":"hospital","name":{{"ko":"나루병원","en":"Naru Hospital"}},"business_number":"220-81-62517"}}"#
            ),
        ),
        (
            added(HANA, Role::PrincipalInvestigator),
            format!(
                r#"{{"event":"member_added","account":"{account}","role":"principal_investigator"}}"#
            ),
        ),
        (
            OrganizationEvent::MemberRemoved {
                account: id(HANA),
                role: Role::StartupAdmin,
            },
            format!(r#"{{"event":"member_removed","account":"{account}","role":"startup_admin"}}"#),
        ),
        (
            OrganizationEvent::Renamed { name: name() },
            r#"{"event":"renamed","name":{"ko":"나루병원","en":"Naru Hospital"}}"#.to_owned(),
        ),
    ] {
        assert_eq!(serde_json::to_string(&event).unwrap(), json);
        assert_eq!(
            serde_json::from_str::<OrganizationEvent>(&json).unwrap(),
            event
        );
    }
}

#[test]
fn a_refusal_names_the_field_and_what_to_do_in_both_languages() {
    let refusal = after(&[])
        .when(&add(HANA, Role::StartupAdmin), &operator())
        .unwrap_err();
    assert_eq!(refusal.code(), "ROLE_DOES_NOT_FIT");
    assert_eq!(refusal.field().as_deref(), Some("role"));
    assert!(
        refusal
            .words(Locale::En)
            .ends_with("Choose one of its own roles.")
    );
    assert!(refusal.words(Locale::Ko).ends_with("선택해 주세요."));
}

fn any_command() -> impl Strategy<Value = OrganizationCommand> {
    let role = || prop::sample::select(Role::ALL);
    prop_oneof![
        1 => Just(register_command(OrganizationKind::Hospital)),
        6 => (0_u128..5, role()).prop_map(|(account, role)| add(account, role)),
        6 => (0_u128..5, role()).prop_map(|(account, role)| remove(account, role)),
        1 => prop::sample::select(vec!["나루병원", "새 나루병원"]).prop_map(|ko| {
            OrganizationCommand::Rename { name: BothNames { ko: text(ko), en: text("Naru") } }
        }),
        1 => Just(OrganizationCommand::Wake),
    ]
}

fn any_actor() -> impl Strategy<Value = Actor> {
    prop::sample::select(vec![
        director(),
        operator(),
        person(DURI, &[(hospital(), Role::Coordinator)]),
        Actor::machine(),
        Actor::clock(),
    ])
}

proptest! {
    #[test]
    fn what_decide_allows_evolve_accepts_and_an_administrator_always_remains(
        steps in prop::collection::vec((any_command(), any_actor()), 1..80)
    ) {
        let first = [registered(OrganizationKind::Hospital), added(HANA, Role::Director)];
        let mut organization = given::<Organization>(hospital(), &first);
        let mut stored: Vec<_> = first.iter().map(|e| serde_json::to_string(e).unwrap()).collect();
        for (command, actor) in steps {
            for event in organization.submit(&command, &actor).unwrap_or_default() {
                stored.push(serde_json::to_string(&event).unwrap());
            }
            prop_assert!(!organization.state().holders_of(Role::Director).is_empty());
        }
        let events: Vec<OrganizationEvent> =
            stored.iter().map(|json| serde_json::from_str(json).unwrap()).collect();
        prop_assert_eq!(given::<Organization>(hospital(), &events).state, organization.state);
    }
}
