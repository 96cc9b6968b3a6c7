//! The people: two startups, a hospital, a consultancy and the operator, always the same.

use naru_domain::account::AccountCommand;
use naru_domain::organization::OrganizationCommand;
use naru_domain::{
    AccountId, Actor, AggregateId, BothNames, Channel, Command, CommandId, Locale, Membership,
    OrganizationId, OrganizationKind, Role, TypedId, Who,
};
use naru_store::Submission;
use uuid::Uuid;

/// One of the organizations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum House {
    /// The startup most devices belong to.
    Startup,
    /// Another startup, which must never learn of the first one's cases.
    OtherStartup,
    /// The hospital.
    Hospital,
    /// The consultancy.
    Consultancy,
    /// Whoever runs the installation.
    Operator,
}

impl House {
    const ALL: [(Self, OrganizationKind, &'static str, &'static str); 5] = [
        (
            Self::Startup,
            OrganizationKind::Startup,
            "나루심전도",
            "Naru ECG",
        ),
        (
            Self::OtherStartup,
            OrganizationKind::Startup,
            "다른기술",
            "Other Tech",
        ),
        (
            Self::Hospital,
            OrganizationKind::Hospital,
            "한강병원",
            "Han River Hospital",
        ),
        (
            Self::Consultancy,
            OrganizationKind::Consultancy,
            "길잡이",
            "Wayfinder",
        ),
        (
            Self::Operator,
            OrganizationKind::Operator,
            "운영팀",
            "Operations",
        ),
    ];

    /// Its id.
    pub fn id(self) -> OrganizationId {
        let n = match self {
            Self::Startup => 1,
            Self::OtherStartup => 2,
            Self::Hospital => 3,
            Self::Consultancy => 4,
            Self::Operator => 5,
        };
        OrganizationId::from_uuid(Uuid::from_u128(0x1000 + n))
    }
}

/// A person with one role.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    n: u128,
    /// The name.
    pub name: &'static str,
    /// The organization.
    pub house: House,
    /// The role there.
    pub role: Role,
}

macro_rules! people {
    ($($n:literal $name:literal $house:ident $role:ident;)*) => {
        /// Everybody.
        pub const PEOPLE: &[Person] = &[$(Person { n: $n, name: $name, house: House::$house, role: Role::$role }),*];
    };
}

people! {
    1 "김하늘" Startup StartupAdmin;
    2 "이도윤" Startup StartupMember;
    3 "박서연" Startup StartupMember;
    4 "최지우" OtherStartup StartupAdmin;
    5 "정하준" OtherStartup StartupMember;
    6 "강민서" Hospital Coordinator;
    7 "조은우" Hospital Coordinator;
    8 "윤지호" Hospital PrincipalInvestigator;
    9 "장수아" Hospital UsabilityManager;
    10 "임시우" Hospital Clinician;
    11 "한유진" Hospital AwardCommittee;
    12 "오예준" Hospital AwardCommittee;
    13 "서다은" Hospital AwardCommittee;
    14 "신지안" Hospital AwardCommittee;
    15 "Dr. Alex Morgan" Hospital Director;
    16 "Sam O'Neil" Consultancy ConsultancyAdmin;
    17 "황서준" Consultancy Consultant;
    18 "안소율" Operator Operator;
    19 "송우진" Operator Auditor;
}

impl Person {
    /// The account.
    pub fn account(&self) -> AccountId {
        AccountId::from_uuid(Uuid::from_u128(0x2000 + self.n))
    }

    /// The person acting through the API.
    pub fn actor(&self) -> Actor {
        Actor {
            who: Who::Account(self.account()),
            memberships: vec![Membership {
                organization: self.house.id(),
                role: self.role,
            }],
            on_behalf_of: None,
            channel: Channel::Api,
        }
    }
}

/// Every organization.
pub fn houses() -> impl Iterator<Item = AggregateId> {
    House::ALL.iter().map(|(house, ..)| house.id().into())
}

/// Everybody who holds the role, or one that covers it, in the organization.
pub fn holders(organization: OrganizationId, role: Role) -> Vec<&'static Person> {
    PEOPLE
        .iter()
        .filter(|person| person.house.id() == organization && person.role.covers(role))
        .collect()
}

/// The commands that register the organizations, open the accounts and give everybody their role.
pub fn setup() -> Vec<Submission> {
    let mut n = 0;
    let mut by_machine = |aggregate: AggregateId, command| {
        n += 1;
        Submission {
            command_id: CommandId::from_uuid(Uuid::from_u128(0x3000 + n)),
            aggregate,
            expected_version: None,
            actor: Actor::machine(),
            command,
        }
    };
    let mut script = Vec::new();
    for (house, kind, ko, en) in House::ALL {
        let name = BothNames {
            ko: ko.parse().expect("a name"),
            en: en.parse().expect("a name"),
        };
        let register = OrganizationCommand::Register {
            kind,
            name,
            business_number: None,
        };
        script.push(by_machine(
            house.id().into(),
            Command::Organization(register),
        ));
    }
    for person in PEOPLE {
        let open = AccountCommand::Open {
            email: format!("person{}@example.org", person.n)
                .parse()
                .expect("an address"),
            name: person.name.parse().expect("a name"),
            name_en: None,
            locale: if person.name.is_ascii() {
                Locale::En
            } else {
                Locale::Ko
            },
        };
        script.push(by_machine(person.account().into(), Command::Account(open)));
        let join = OrganizationCommand::AddMember {
            account: person.account(),
            role: person.role,
        };
        script.push(by_machine(
            person.house.id().into(),
            Command::Organization(join),
        ));
    }
    script
}
