//! The authorization matrix: every action, every role, in an organization that is a party and in one that is not, with and without the
//! scope the action needs. The answers equal `authorization.txt`, which people review.
#![expect(
    clippy::unwrap_used,
    reason = "the allowances for tests do not reach the functions they share"
)]

use naru_domain::account::Scope;
use naru_domain::{
    AccountId, Actor, Channel, Membership, OrganizationId, OrganizationKind, Role, TypedId, Who,
};
use naru_server::authz::{Action, Asker, Gate, POLICIES, Parties, Thing, ThingKind};
use std::collections::BTreeSet;
use std::fmt::Write;
use uuid::Uuid;

fn id<T: TypedId>(number: u128) -> T {
    T::from_uuid(Uuid::from_u128(number))
}

fn organization(kind: OrganizationKind) -> OrganizationId {
    match kind {
        OrganizationKind::Startup => id(1),
        OrganizationKind::Hospital => id(2),
        OrganizationKind::Consultancy => id(3),
        OrganizationKind::Operator => id(4),
    }
}

fn actor(memberships: Vec<Membership>) -> Actor {
    Actor {
        who: Who::Account(id::<AccountId>(9)),
        memberships,
        on_behalf_of: None,
        channel: Channel::Api,
    }
}

/// The things an action is asked about: one, or for organizations one of each kind, or for accounts one's own and another's.
fn things(action: Action) -> Vec<(String, Thing)> {
    let all = Parties {
        startups: vec![id(1)],
        hospitals: vec![id(2)],
        consultancies: vec![id(3)],
    };
    let name = action.as_str();
    match action.thing() {
        ThingKind::Installation => vec![(name.to_owned(), Thing::installation())],
        ThingKind::Account => vec![
            (format!("{name} (own)"), Thing::account(id(9))),
            (format!("{name} (another's)"), Thing::account(id(8))),
        ],
        ThingKind::Organization => [
            ("startup", OrganizationKind::Startup),
            ("hospital", OrganizationKind::Hospital),
            ("consultancy", OrganizationKind::Consultancy),
            ("operator", OrganizationKind::Operator),
        ]
        .map(|(word, kind)| {
            (
                format!("{name} ({word})"),
                Thing::organization(organization(kind), kind),
            )
        })
        .to_vec(),
        kind @ (ThingKind::Device
        | ThingKind::Case
        | ThingKind::Study
        | ThingKind::FeedbackRound
        | ThingKind::Consultation) => vec![(name.to_owned(), Thing::of(kind, all))],
    }
}

/// For one role: `#` wherever it is held, `+` in a party only, `-` nowhere, `!` elsewhere only.
fn cell(gate: &Gate, role: Role, action: Action, thing: &Thing) -> char {
    let scopes = Scope::ALL.iter().copied().collect();
    let allowed = |organization| {
        let actor = actor(vec![Membership { organization, role }]);
        let asker = Asker {
            actor: &actor,
            scopes: &scopes,
        };
        gate.allows(asker, action, thing)
    };
    match (
        allowed(organization(role.organization_kind())),
        allowed(id(77)),
    ) {
        (true, true) => '#',
        (true, false) => '+',
        (false, true) => '!',
        (false, false) => '-',
    }
}

fn table(gate: &Gate) -> String {
    let mut table = String::from(
        "# What each role may do. + where its organization is a party to the thing, # wherever the role is held, - not at all.\n# Columns:",
    );
    for (number, role) in Role::ALL.iter().enumerate() {
        write!(table, " {number} {}", role.as_str()).unwrap();
    }
    table.push('\n');
    for action in Action::ALL {
        for (name, thing) in things(*action) {
            let cells: String = Role::ALL
                .iter()
                .map(|role| cell(gate, *role, *action, &thing))
                .collect();
            writeln!(table, "{cells}  {name}").unwrap();
        }
    }
    table
}

#[test]
fn every_answer_equals_the_written_table() {
    let found = table(&Gate::shipped().unwrap());
    let written = include_str!("authorization.txt");
    assert_eq!(found, written, "the policies and the table differ");
}

#[test]
fn nobody_without_a_role_may_do_anything_but_keep_their_own_account() {
    let gate = Gate::shipped().unwrap();
    let scopes = Scope::ALL.iter().copied().collect();
    let nobody = actor(Vec::new());
    let asker = Asker {
        actor: &nobody,
        scopes: &scopes,
    };
    for action in Action::ALL {
        for (name, thing) in things(*action) {
            let own = name.ends_with("(own)") && *action != Action::CloseAccount;
            let listed = *action == Action::ViewOrganization
                && (name.ends_with("(hospital)") || name.ends_with("(consultancy)"));
            assert_eq!(gate.allows(asker, *action, &thing), own || listed, "{name}");
        }
    }
}

/// The text of one policy.
fn text_of(id: &str) -> &'static str {
    POLICIES
        .iter()
        .find_map(|(_, text)| {
            text.split("@id(")
                .find(|part| part.starts_with(&format!("\"{id}\"")))
        })
        .unwrap()
}

#[test]
fn taking_any_one_policy_away_changes_the_table() {
    let shipped = Gate::shipped().unwrap();
    assert!(shipped.permits().len() > 25);
    for gone in shipped.permits() {
        let gate = Gate::new(POLICIES, |id| id != gone).unwrap();
        let text = text_of(&gone);
        let named = Action::ALL
            .iter()
            .filter(|action| text.contains(&format!("\"{}\"", action.as_str())));
        let differs = named
            .flat_map(|action| {
                things(*action)
                    .into_iter()
                    .map(move |(_, thing)| (*action, thing))
            })
            .any(|(action, thing)| {
                Role::ALL.iter().any(|role| {
                    cell(&gate, *role, action, &thing) != cell(&shipped, *role, action, &thing)
                })
            });
        assert!(differs, "{gone} permits nothing of its own");
    }
}

#[test]
fn a_token_does_nothing_outside_its_scopes() {
    let gate = Gate::shipped().unwrap();
    let everything: Vec<Membership> = Role::ALL
        .iter()
        .map(|role| Membership {
            organization: organization(role.organization_kind()),
            role: *role,
        })
        .collect();
    let mut asked = 0;
    for action in Action::ALL {
        for (name, thing) in things(*action) {
            for mask in 0..8_u8 {
                let scopes: BTreeSet<Scope> = Scope::ALL
                    .iter()
                    .enumerate()
                    .filter(|(bit, _)| mask & (1 << bit) != 0)
                    .map(|(_, scope)| *scope)
                    .collect();
                let whole = actor(everything.clone());
                let asker = Asker {
                    actor: &whole,
                    scopes: &scopes,
                };
                if gate.allows(asker, *action, &thing) {
                    assert!(scopes.contains(&action.scope()), "{name} with {scopes:?}");
                }
                asked += 1;
            }
        }
    }
    assert!(asked > 500);
}

#[test]
fn a_policy_that_speaks_of_what_is_not_there_stops_the_start() {
    for bad in [
        r#"@id("x") permit (principal, action == Naru::Action::"flyAway", resource);"#,
        r#"@id("x") permit (principal, action == Naru::Action::"viewCase", resource) when { principal.wizard.containsAny(resource.startups) };"#,
        r#"@id("x") permit (principal, action == Naru::Action::"viewCase", resource) when { principal == 3 };"#,
        r"permit (principal, action, resource);",
        "permit it",
    ] {
        assert!(Gate::new(&[("bad.cedar", bad)], |_| true).is_err(), "{bad}");
    }
}
