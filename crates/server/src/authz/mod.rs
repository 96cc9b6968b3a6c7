//! The one gate: who may do what to which thing, decided by the policies in `policies/`.
//!
//! A decision depends only on the action, the scopes of the token, and for each role whether it is held in an organization that is a
//! party to the thing or elsewhere. These few bits are the key under which a decision is kept, so the policies are evaluated once for
//! each combination and a command pays for a look-up.

mod action;
mod gate;

pub use action::Action;
pub use gate::{Gate, POLICIES, PolicyFault, SCHEMA};

use naru_domain::account::Scope;
use naru_domain::{AccountId, Actor, OrganizationId, OrganizationKind};
use std::collections::BTreeSet;

/// The kinds of thing that something can be done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ThingKind {
    /// The installation as a whole.
    Installation,
    /// A person's account.
    Account,
    /// An organization.
    Organization,
    /// A device dossier.
    Device,
    /// A case.
    Case,
    /// A usability study.
    Study,
    /// A feedback round.
    FeedbackRound,
    /// A consultation.
    Consultation,
}

impl ThingKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::Installation,
        Self::Account,
        Self::Organization,
        Self::Device,
        Self::Case,
        Self::Study,
        Self::FeedbackRound,
        Self::Consultation,
    ];

    /// Its name in the policies.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Installation => "Installation",
            Self::Account => "Account",
            Self::Organization => "Organization",
            Self::Device => "Device",
            Self::Case => "Case",
            Self::Study => "Study",
            Self::FeedbackRound => "FeedbackRound",
            Self::Consultation => "Consultation",
        }
    }
}

/// Who asks, and what their token is good for.
#[derive(Clone, Copy, Debug)]
pub struct Asker<'a> {
    /// The actor with the memberships of this moment.
    pub actor: &'a Actor,
    /// The scopes of the token.
    pub scopes: &'a BTreeSet<Scope>,
}

/// What something is to be done to: its kind and its parties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thing {
    /// Its kind.
    pub kind: ThingKind,
    /// The organizations that are a party to it, in the part they play.
    pub parties: Parties,
    /// The person it belongs to, for an account.
    pub person: Option<AccountId>,
}

/// The organizations that are a party to a thing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parties {
    /// Startups: who owns the device.
    pub startups: Vec<OrganizationId>,
    /// Hospitals: who runs the pathway.
    pub hospitals: Vec<OrganizationId>,
    /// Consultancies: who is engaged.
    pub consultancies: Vec<OrganizationId>,
}

impl Parties {
    /// Whether an organization of that kind is a party.
    pub fn contains(&self, kind: OrganizationKind, organization: OrganizationId) -> bool {
        match kind {
            OrganizationKind::Startup => self.startups.contains(&organization),
            OrganizationKind::Hospital => self.hospitals.contains(&organization),
            OrganizationKind::Consultancy => self.consultancies.contains(&organization),
            // The installation has one operator, and is a party to everything in it; what that means, the policies say.
            OrganizationKind::Operator => true,
        }
    }
}

impl Thing {
    /// The installation as a whole.
    pub fn installation() -> Self {
        Self {
            kind: ThingKind::Installation,
            parties: Parties::default(),
            person: None,
        }
    }

    /// A person's account.
    pub fn account(id: AccountId) -> Self {
        Self {
            kind: ThingKind::Account,
            parties: Parties::default(),
            person: Some(id),
        }
    }

    /// An organization, which is the one party to itself.
    pub fn organization(id: OrganizationId, kind: OrganizationKind) -> Self {
        let mut parties = Parties::default();
        match kind {
            OrganizationKind::Startup => parties.startups.push(id),
            OrganizationKind::Hospital => parties.hospitals.push(id),
            OrganizationKind::Consultancy => parties.consultancies.push(id),
            OrganizationKind::Operator => {}
        }
        Self {
            kind: ThingKind::Organization,
            parties,
            person: None,
        }
    }

    /// A thing of that kind with these parties.
    pub fn of(kind: ThingKind, parties: Parties) -> Self {
        Self {
            kind,
            parties,
            person: None,
        }
    }
}
