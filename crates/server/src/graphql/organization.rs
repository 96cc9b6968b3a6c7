//! Organizations and who does what for them.

use super::account::{IntoId, Person};
use super::command::{Call, Prepared, Preparing, id, maybe_text, payload, text};
use super::enums::{Locale, OrganizationKind, Role};
use super::scalars::Long;
use super::viewer::{Held, Viewer, viewer};
use crate::authz::{Action, Thing};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use naru_domain::organization::{Organization, OrganizationCommand};
use naru_domain::{BothNames, Command, OrganizationId};

/// A startup, hospital, consultancy or the installation's operator. Hospitals and consultancies are listed to everybody; a startup is
/// known to its own people, and to others through a case they take part in.
#[derive(Clone, Debug)]
pub struct OrganizationNode(Held<Organization>);

impl From<Held<Organization>> for OrganizationNode {
    fn from(held: Held<Organization>) -> Self {
        Self(held)
    }
}

/// A startup, hospital, consultancy or the installation's operator. Hospitals and consultancies are listed to everybody; a startup is
/// known to its own people, and to others through a case they take part in.
#[Object(name = "Organization")]
impl OrganizationNode {
    /// The organization's id.
    pub(crate) async fn id(&self) -> Result<ID> {
        Ok(self.0.get()?.id.into_id())
    }

    /// How many changes it has seen; name it as `expectedVersion`.
    async fn version(&self) -> Long {
        self.0.version().into()
    }

    /// What it is to a case.
    async fn kind(&self) -> Result<OrganizationKind> {
        Ok(self.0.get()?.kind.into())
    }

    /// How it is called, in the reader's language or the one asked for.
    async fn name(&self, ctx: &Context<'_>, language: Option<Locale>) -> Result<String> {
        let locale = language.map_or(viewer(ctx)?.locale, Into::into);
        Ok(self.0.get()?.name.in_locale(locale).as_str().to_owned())
    }

    /// Its business registration number, if it has told. Right: its members, operator, auditor.
    async fn business_number(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let organization = self.0.get()?;
        let visible = self.members_visible(viewer(ctx)?, organization);
        let number = organization.business_number.as_ref().filter(|_| visible);
        Ok(number.map(ToString::to_string))
    }

    /// Who does what for it. Right: its members, operator, auditor; others get an empty list.
    async fn members(&self, ctx: &Context<'_>) -> Result<Vec<MemberNode>> {
        let viewer = viewer(ctx)?;
        let organization = self.0.get()?;
        if !self.members_visible(viewer, organization) {
            return Ok(Vec::new());
        }
        let mut nodes = Vec::with_capacity(organization.members.len());
        for member in &organization.members {
            nodes.push(MemberNode {
                person: viewer.person(member.account).await?,
                role: member.role.into(),
            });
        }
        Ok(nodes)
    }
}

impl OrganizationNode {
    #[expect(
        clippy::unused_self,
        reason = "reads as a question to the organization"
    )]
    fn members_visible(&self, viewer: &Viewer, organization: &Organization) -> bool {
        let thing = Thing::organization(organization.id, organization.kind);
        viewer.allows(Action::ViewMembers, &thing)
    }
}

/// One person in one role.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Member")]
pub struct MemberNode {
    /// The person.
    person: Person,
    /// The role.
    role: Role,
}

payload! {
    /// The answer to a command on an organization.
    OrganizationPayload,
    /// The organization after the command; nothing if it was refused.
    organization: OrganizationNode, Organization
}

/// Registers an organization.
#[derive(Debug, InputObject)]
pub struct RegisterOrganizationInput {
    /// A UUID you choose; the same id again gives the first answer.
    command_id: ID,
    /// What it is to a case.
    kind: OrganizationKind,
    /// Its Korean name.
    name_ko: String,
    /// Its English name.
    name_en: String,
    /// Its business registration number.
    business_number: Option<String>,
}

/// Changes an organization's names.
#[derive(Debug, InputObject)]
pub struct RenameOrganizationInput {
    /// A UUID you choose; the same id again gives the first answer.
    command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    expected_version: Option<u32>,
    /// The organization.
    organization_id: ID,
    /// Its Korean name.
    name_ko: String,
    /// Its English name.
    name_en: String,
}

/// Gives a role to a person, or takes it away.
#[derive(Debug, InputObject)]
pub struct MemberInput {
    /// A UUID you choose; the same id again gives the first answer.
    command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    expected_version: Option<u32>,
    /// The organization.
    organization_id: ID,
    /// The person.
    account_id: ID,
    /// The role.
    role: Role,
}

/// Commands on organizations.
#[derive(Clone, Copy, Debug, Default)]
pub struct OrganizationVerbs;

/// Commands on organizations.
#[Object]
impl OrganizationVerbs {
    /// Registers an organization. Right: operator.
    async fn register_organization(
        &self,
        ctx: &Context<'_>,
        input: RegisterOrganizationInput,
    ) -> Result<OrganizationPayload> {
        let viewer = viewer(ctx)?;
        let call = Call::new(&input.command_id, None)?;
        let prepared = (|| {
            viewer.require_of_installation(Action::RegisterOrganization)?;
            let organization: OrganizationId = call.creates(viewer.session.account);
            Ok(Prepared {
                aggregate: organization.into(),
                command: Command::Organization(OrganizationCommand::Register {
                    kind: input.kind.into(),
                    name: names(&input.name_ko, &input.name_en)?,
                    business_number: maybe_text("businessNumber", input.business_number.as_ref())?,
                }),
            })
        })();
        viewer.carry_out(call, prepared).await.map(Into::into)
    }

    /// Changes an organization's names. Right: its administrator, operator.
    async fn rename_organization(
        &self,
        ctx: &Context<'_>,
        input: RenameOrganizationInput,
    ) -> Result<OrganizationPayload> {
        let viewer = viewer(ctx)?;
        let call = Call::new(&input.command_id, input.expected_version)?;
        let prepared = async {
            let command = OrganizationCommand::Rename {
                name: names(&input.name_ko, &input.name_en)?,
            };
            let action = Action::RenameOrganization;
            on_organization(viewer, &input.organization_id, action, command).await
        };
        viewer.carry_out(call, prepared.await).await.map(Into::into)
    }

    /// Gives a person a role. Right: its administrator, operator.
    async fn add_member(
        &self,
        ctx: &Context<'_>,
        input: MemberInput,
    ) -> Result<OrganizationPayload> {
        let viewer = viewer(ctx)?;
        let call = Call::new(&input.command_id, input.expected_version)?;
        let prepared = async {
            let account = id(&input.account_id)?;
            // A person nobody has opened an account for cannot be given a role.
            if viewer
                .load::<naru_domain::account::Account>(account)
                .await?
                .is_none()
            {
                return Err(naru_domain::CommonRejection::NotFound.into());
            }
            let command = OrganizationCommand::AddMember {
                account,
                role: input.role.into(),
            };
            let action = Action::AddMember;
            on_organization(viewer, &input.organization_id, action, command).await
        };
        viewer.carry_out(call, prepared.await).await.map(Into::into)
    }

    /// Takes a role from a person. Right: its administrator, operator.
    async fn remove_member(
        &self,
        ctx: &Context<'_>,
        input: MemberInput,
    ) -> Result<OrganizationPayload> {
        let viewer = viewer(ctx)?;
        let call = Call::new(&input.command_id, input.expected_version)?;
        let prepared = async {
            let command = OrganizationCommand::RemoveMember {
                account: id(&input.account_id)?,
                role: input.role.into(),
            };
            let action = Action::RemoveMember;
            on_organization(viewer, &input.organization_id, action, command).await
        };
        viewer.carry_out(call, prepared.await).await.map(Into::into)
    }
}

fn names(ko: &str, en: &str) -> Preparing<BothNames> {
    Ok(BothNames {
        ko: text("nameKo", ko)?,
        en: text("nameEn", en)?,
    })
}

async fn on_organization(
    viewer: &Viewer,
    id: &ID,
    action: Action,
    command: OrganizationCommand,
) -> Preparing {
    let organization = viewer.target::<Organization>(id, action).await?;
    Ok(Prepared {
        aggregate: organization.get()?.id.into(),
        command: Command::Organization(command),
    })
}
