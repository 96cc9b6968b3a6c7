//! Who acts, in which role, through which door.

use crate::{AccountId, CandidateId, EffectId, InvitationId, OrganizationId};
use serde::{Deserialize, Serialize};

/// A language of screens and letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// Korean.
    Ko,
    /// English.
    En,
}

/// What an organization is to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrganizationKind {
    /// Develops devices and opens cases.
    Startup,
    /// Runs pathways: triages, matches, studies, approves, awards.
    Hospital,
    /// Advises startups on regulation and reimbursement.
    Consultancy,
    /// Runs the installation.
    Operator,
}

impl OrganizationKind {
    /// The role that manages the members of an organization of this kind.
    pub fn administering_role(self) -> Role {
        match self {
            Self::Startup => Role::StartupAdmin,
            Self::Hospital => Role::Director,
            Self::Consultancy => Role::ConsultancyAdmin,
            Self::Operator => Role::Operator,
        }
    }
}

macro_rules! roles {
    ($($(#[$doc:meta])* $role:ident $text:literal of $kind:ident;)*) => {
        /// What a member may do for an organization. One person may hold several.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Role { $($(#[$doc])* $role,)* }

        impl Role {
            /// Every role, in the order of the glossary.
            pub const ALL: &'static [Self] = &[$(Self::$role),*];

            /// The kind of organization that has this role.
            pub fn organization_kind(self) -> OrganizationKind {
                match self { $(Self::$role => OrganizationKind::$kind,)* }
            }

            /// The word used in pathway files, policies and the API.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$role => $text,)* }
            }
        }
    };
}

roles! {
    /// Manages a startup's members, and does everything its members do.
    StartupAdmin "startup_admin" of Startup;
    /// Registers devices, opens cases, fills forms, uploads, answers.
    StartupMember "startup_member" of Startup;
    /// The hospital's programme office: triages, matches, invites, completes.
    Coordinator "coordinator" of Hospital;
    /// The principal investigator.
    PrincipalInvestigator "principal_investigator" of Hospital;
    /// Runs the usability centre: plans studies, enters results.
    UsabilityManager "usability_manager" of Hospital;
    /// Gives clinical feedback.
    Clinician "clinician" of Hospital;
    /// Sits on the award committee: decides approvals, grants awards.
    AwardCommittee "award_committee" of Hospital;
    /// Directs the programme: manages the hospital's members, sees throughput, receives escalations.
    Director "director" of Hospital;
    /// Manages a consultancy's members, and does everything its consultants do.
    ConsultancyAdmin "consultancy_admin" of Consultancy;
    /// Advises on the cases the consultancy is engaged on.
    Consultant "consultant" of Consultancy;
    /// Reads the record of the whole installation, changes nothing.
    Auditor "auditor" of Operator;
    /// Registers organizations, issues tokens, retries incidents; reads no case.
    Operator "operator" of Operator;
}

impl Role {
    /// Whether holding this role is enough where `needed` is asked for.
    pub fn covers(self, needed: Self) -> bool {
        self == needed
            || matches!(
                (self, needed),
                (Self::StartupAdmin, Self::StartupMember)
                    | (Self::ConsultancyAdmin, Self::Consultant)
            )
    }
}

/// One role in one organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Membership {
    /// The organization.
    pub organization: OrganizationId,
    /// The role held there.
    pub role: Role,
}

impl Membership {
    /// Whether it gives `role`, or one that covers it, in `organization`.
    pub fn gives(&self, organization: OrganizationId, role: Role) -> bool {
        self.organization == organization && self.role.covers(role)
    }
}

/// The door a command came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The GraphQL API.
    Api,
    /// The web console.
    Console,
    /// A page opened from a letter.
    MailLink,
    /// The command line on the machine itself.
    CommandLine,
    /// The engine: a wake-up or a message from another aggregate.
    Engine,
}

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// A person with an account.
    Account(AccountId),
    /// A clinician who opened a feedback invitation's link.
    Guest(InvitationId),
    /// A proposed PI or clinician who opened a matching link.
    Candidate(CandidateId),
    /// Time passing.
    Clock,
    /// Another aggregate, by the effect that carries its message.
    Message(EffectId),
    /// Whoever administers the machine, before or beside any account.
    Machine,
}

/// Who acts, in which roles, for whom and through which door; stored with every event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Who.
    pub who: Who,
    /// The roles held at that moment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub memberships: Vec<Membership>,
    /// The person who is stood in for, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<AccountId>,
    /// The door.
    pub channel: Channel,
}

impl Actor {
    /// Time passing.
    pub fn clock() -> Self {
        Self {
            who: Who::Clock,
            memberships: Vec::new(),
            on_behalf_of: None,
            channel: Channel::Engine,
        }
    }

    /// A message from another aggregate.
    pub fn message(effect: EffectId) -> Self {
        Self {
            who: Who::Message(effect),
            memberships: Vec::new(),
            on_behalf_of: None,
            channel: Channel::Engine,
        }
    }

    /// Whoever administers the machine.
    pub fn machine() -> Self {
        Self {
            who: Who::Machine,
            memberships: Vec::new(),
            on_behalf_of: None,
            channel: Channel::CommandLine,
        }
    }

    /// The account that acts, if a person with an account does.
    pub fn account(&self) -> Option<AccountId> {
        match self.who {
            Who::Account(id) => Some(id),
            Who::Guest(_) | Who::Candidate(_) | Who::Clock | Who::Message(_) | Who::Machine => None,
        }
    }

    /// Whether the actor holds `role`, or one that covers it, in `organization`.
    pub fn holds(&self, organization: OrganizationId, role: Role) -> bool {
        self.memberships
            .iter()
            .any(|held| held.gives(organization, role))
    }

    /// Whether the actor runs the installation: a person with the operator's role, or whoever administers the machine.
    pub fn is_operator(&self) -> bool {
        match self.who {
            Who::Machine => true,
            Who::Account(_) => self.memberships.iter().any(|m| m.role == Role::Operator),
            Who::Guest(_) | Who::Candidate(_) | Who::Clock | Who::Message(_) => false,
        }
    }

    /// Whether the actor belongs to `organization` in any role.
    pub fn belongs_to(&self, organization: OrganizationId) -> bool {
        self.memberships
            .iter()
            .any(|m| m.organization == organization)
    }
}
