//! An organization and who does what for it.

use crate::{
    AccountId, Aggregate, AggregateId, BothNames, BrokenHistory, BusinessNumber, CommonRejection,
    Context, Effect, OrganizationId, OrganizationKind, Rejection, Role, Who, rejections,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

#[cfg(test)]
mod tests;

/// One person in one role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Member {
    /// The person.
    pub account: AccountId,
    /// The role.
    pub role: Role,
}

/// A startup, hospital, consultancy or the installation's operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// What it is to a case.
    pub kind: OrganizationKind,
    /// How it is called.
    pub name: BothNames,
    /// Its business registration number, if it has told.
    pub business_number: Option<BusinessNumber>,
    /// Who does what for it.
    pub members: BTreeSet<Member>,
}

impl Organization {
    /// The roles of one person, in the order of the glossary.
    pub fn roles_of(&self, account: AccountId) -> impl Iterator<Item = Role> {
        self.members
            .iter()
            .filter(move |member| member.account == account)
            .map(|member| member.role)
    }

    /// Everyone who holds the role, or one that covers it; a person who holds both comes once.
    pub fn holders_of(&self, role: Role) -> BTreeSet<AccountId> {
        self.members
            .iter()
            .filter(|member| member.role.covers(role))
            .map(|member| member.account)
            .collect()
    }
}

/// What someone wants of an organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum OrganizationCommand {
    /// Register it.
    Register {
        /// What it is to a case.
        kind: OrganizationKind,
        /// How it is called.
        name: BothNames,
        /// Its business registration number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        business_number: Option<BusinessNumber>,
    },
    /// Give a person a role.
    AddMember {
        /// The person.
        account: AccountId,
        /// The role.
        role: Role,
    },
    /// Take a role from a person.
    RemoveMember {
        /// The person.
        account: AccountId,
        /// The role.
        role: Role,
    },
    /// Call it by another name.
    Rename {
        /// How it is called.
        name: BothNames,
    },
    /// It is now later than it was.
    Wake,
}

/// What happened to an organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum OrganizationEvent {
    /// It was registered.
    Registered {
        /// Its id.
        organization: OrganizationId,
        /// What it is to a case.
        kind: OrganizationKind,
        /// How it is called.
        name: BothNames,
        /// Its business registration number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        business_number: Option<BusinessNumber>,
    },
    /// A person was given a role.
    MemberAdded {
        /// The person.
        account: AccountId,
        /// The role.
        role: Role,
    },
    /// A role was taken from a person.
    MemberRemoved {
        /// The person.
        account: AccountId,
        /// The role.
        role: Role,
    },
    /// It is called by another name.
    Renamed {
        /// How it is called.
        name: BothNames,
    },
}

rejections! {
    /// Why an organization refuses a command.
    pub enum OrganizationRejection {
        /// Organizations of this kind do not have the role.
        RoleDoesNotFit = "ROLE_DOES_NOT_FIT" at Some("role"),
            en "An organization of this kind does not have this role. Choose one of its own roles.",
            ko "이 종류의 기관에는 없는 역할입니다. 기관에 맞는 역할을 선택해 주세요.";
        /// The person holds the role already.
        MemberExists = "MEMBER_EXISTS" at Some("account"),
            en "This person already holds this role here. Choose another role or another person.",
            ko "이미 이 역할을 맡고 있는 구성원입니다. 다른 역할이나 다른 사람을 선택해 주세요.";
        /// The person does not hold the role.
        MemberUnknown = "MEMBER_UNKNOWN" at Some("account"),
            en "This person does not hold this role here. Check the list of members.",
            ko "이 역할을 맡고 있지 않은 사람입니다. 구성원 목록을 확인해 주세요.";
        /// Nobody would be left to manage the members.
        LastAdministrator = "LAST_ADMINISTRATOR" at Some("account"),
            en "This is the organization's last administrator. Give the role to somebody else first.",
            ko "기관의 마지막 관리자입니다. 먼저 다른 구성원에게 관리자 역할을 부여해 주세요.";
        /// The operator may not let themselves into an organization.
        OperatorCannotJoin = "OPERATOR_CANNOT_JOIN" at Some("account"),
            en "An operator cannot give themselves a role in another organization. Ask its administrator.",
            ko "운영자는 다른 기관의 역할을 스스로에게 부여할 수 없습니다. 해당 기관의 관리자에게 요청해 주세요.";
    }
}

impl Aggregate for Organization {
    type Command = OrganizationCommand;
    type Event = OrganizationEvent;
    type Rejection = Rejection;

    fn decide(
        state: Option<&Self>,
        command: &OrganizationCommand,
        context: &Context<'_>,
    ) -> Result<Vec<OrganizationEvent>, Rejection> {
        match (state, command) {
            (
                None,
                OrganizationCommand::Register {
                    kind,
                    name,
                    business_number,
                },
            ) => register(*kind, name, business_number.as_ref(), context),
            (Some(_), OrganizationCommand::Register { .. }) => {
                Err(CommonRejection::AlreadyExists.into())
            }
            (None, _) => Err(CommonRejection::NotFound.into()),
            (Some(organization), OrganizationCommand::AddMember { account, role }) => {
                organization.add_member(*account, *role, context)
            }
            (Some(organization), OrganizationCommand::RemoveMember { account, role }) => {
                organization.remove_member(*account, *role, context)
            }
            (Some(organization), OrganizationCommand::Rename { name }) => {
                organization.rename(name, context)
            }
            (Some(_), OrganizationCommand::Wake) if context.actor.who == Who::Clock => {
                Ok(Vec::new())
            }
            (Some(_), OrganizationCommand::Wake) => Err(CommonRejection::NotAllowed.into()),
        }
    }

    fn evolve(state: Option<Self>, event: &OrganizationEvent) -> Result<Self, BrokenHistory> {
        match (state, event) {
            (
                None,
                OrganizationEvent::Registered {
                    organization,
                    kind,
                    name,
                    business_number,
                },
            ) => Ok(Self {
                id: *organization,
                kind: *kind,
                name: name.clone(),
                business_number: business_number.clone(),
                members: BTreeSet::new(),
            }),
            (None, event) => Err(BrokenHistory::new(None, format!("{event:?}"))),
            (Some(organization), event) => organization.after(event),
        }
    }

    fn effects(&self, _event: &OrganizationEvent) -> Vec<Effect> {
        Vec::new()
    }

    fn next_wakeup(&self) -> Option<Timestamp> {
        None
    }
}

fn register(
    kind: OrganizationKind,
    name: &BothNames,
    business_number: Option<&BusinessNumber>,
    context: &Context<'_>,
) -> Result<Vec<OrganizationEvent>, Rejection> {
    let AggregateId::Organization(organization) = context.aggregate else {
        return Err(CommonRejection::NotFound.into());
    };
    if !context.actor.is_operator() {
        return Err(CommonRejection::NotAllowed.into());
    }
    Ok(vec![OrganizationEvent::Registered {
        organization,
        kind,
        name: name.clone(),
        business_number: business_number.cloned(),
    }])
}

impl Organization {
    /// Whether the actor holds the role that manages this organization's members.
    fn is_administered_by(&self, context: &Context<'_>) -> bool {
        context.actor.holds(self.id, self.kind.administering_role())
    }

    fn may_be_managed_in(&self, context: &Context<'_>) -> Result<(), Rejection> {
        if self.is_administered_by(context) || context.actor.is_operator() {
            Ok(())
        } else {
            Err(CommonRejection::NotAllowed.into())
        }
    }

    fn add_member(
        &self,
        account: AccountId,
        role: Role,
        context: &Context<'_>,
    ) -> Result<Vec<OrganizationEvent>, Rejection> {
        self.may_be_managed_in(context)?;
        if role.organization_kind() != self.kind {
            return Err(OrganizationRejection::RoleDoesNotFit.into());
        }
        // An operator runs the installation and reads no case; joining a hospital unasked would open every one of its cases.
        if context.actor.account() == Some(account) && !self.is_administered_by(context) {
            return Err(OrganizationRejection::OperatorCannotJoin.into());
        }
        if self.members.contains(&Member { account, role }) {
            return Err(OrganizationRejection::MemberExists.into());
        }
        Ok(vec![OrganizationEvent::MemberAdded { account, role }])
    }

    fn remove_member(
        &self,
        account: AccountId,
        role: Role,
        context: &Context<'_>,
    ) -> Result<Vec<OrganizationEvent>, Rejection> {
        // Everyone may leave by themselves.
        let holds_it = self.members.contains(&Member { account, role });
        if !(holds_it && context.actor.account() == Some(account)) {
            self.may_be_managed_in(context)?;
        }
        if !holds_it {
            return Err(OrganizationRejection::MemberUnknown.into());
        }
        let administering = self.kind.administering_role();
        if role == administering && self.holders_of(administering).len() == 1 {
            return Err(OrganizationRejection::LastAdministrator.into());
        }
        Ok(vec![OrganizationEvent::MemberRemoved { account, role }])
    }

    fn rename(
        &self,
        name: &BothNames,
        context: &Context<'_>,
    ) -> Result<Vec<OrganizationEvent>, Rejection> {
        self.may_be_managed_in(context)?;
        if self.name == *name {
            return Ok(Vec::new());
        }
        Ok(vec![OrganizationEvent::Renamed { name: name.clone() }])
    }

    fn after(mut self, event: &OrganizationEvent) -> Result<Self, BrokenHistory> {
        let folds = match event {
            OrganizationEvent::Registered { .. } => false,
            OrganizationEvent::MemberAdded { account, role } => self.members.insert(Member {
                account: *account,
                role: *role,
            }),
            OrganizationEvent::MemberRemoved { account, role } => self.members.remove(&Member {
                account: *account,
                role: *role,
            }),
            OrganizationEvent::Renamed { name } => {
                self.name = name.clone();
                true
            }
        };
        if folds {
            Ok(self)
        } else {
            Err(BrokenHistory::new(
                AggregateId::from(self.id),
                format!("{event:?}"),
            ))
        }
    }
}
