//! What can be read.

use super::account::AccountNode;
use super::case::CaseNode;
use super::consultation::ConsultationNode;
use super::device::DeviceNode;
use super::enums::{CaseStatus, OrganizationKind};
use super::feedback::FeedbackRoundNode;
use super::inbox::{InboxItem, inbox};
use super::incident::IncidentNode;
use super::organization::OrganizationNode;
use super::page::{Page, PageRequest, bad_input, page_cost};
use super::pathway::PathwayNode;
use super::study::StudyNode;
use super::viewer::{Viewer, viewer};
use crate::authz::{Action, Thing};
use crate::fault::Fault;
use async_graphql::{Context, Error, ID, Interface, Object, Result};
use naru_domain::account::Account;
use naru_domain::case::Case;
use naru_domain::consultation::Consultation;
use naru_domain::device::Device;
use naru_domain::feedback::FeedbackRound;
use naru_domain::organization::Organization;
use naru_domain::study::Study;
use naru_domain::{AggregateId, CaseId, DeviceId, OrganizationId, Role};
use naru_store::CaseScope;
use std::collections::BTreeSet;
use std::str::FromStr;

/// Anything with an id.
#[derive(Clone, Debug, Interface)]
#[graphql(field(
    name = "id",
    ty = "ID",
    desc = "The thing's id, unique over everything."
))]
pub enum Node {
    /// A person's account.
    Account(AccountNode),
    /// An organization.
    Organization(OrganizationNode),
    /// A device.
    Device(DeviceNode),
    /// A case.
    Case(CaseNode),
    /// A usability study.
    Study(StudyNode),
    /// A feedback round.
    FeedbackRound(FeedbackRoundNode),
    /// A consultation.
    Consultation(ConsultationNode),
}

/// What can be read. What you may not read is answered like what is not there.
#[derive(Clone, Copy, Debug, Default)]
pub struct Query;

/// What can be read. What you may not read is answered like what is not there.
#[Object]
impl Query {
    /// Your own account.
    async fn me(&self, ctx: &Context<'_>) -> Result<AccountNode> {
        let viewer = viewer(ctx)?;
        let account = viewer.load::<Account>(viewer.session.account).await?;
        account
            .map(AccountNode::from)
            .ok_or_else(|| Fault::Unexpected("a session without an account").into())
    }

    /// The thing with this id, if you may see it.
    async fn node(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Node>> {
        let viewer = viewer(ctx)?;
        let Ok(id) = id.parse::<AggregateId>() else {
            return Ok(None);
        };
        Ok(match id {
            AggregateId::Account(id) => see(viewer.see::<Account>(id).await?, Node::Account),
            AggregateId::Organization(id) => {
                see(viewer.see::<Organization>(id).await?, Node::Organization)
            }
            AggregateId::Device(id) => see(viewer.see::<Device>(id).await?, Node::Device),
            AggregateId::Case(id) => see(viewer.see::<Case>(id).await?, Node::Case),
            AggregateId::Study(id) => see(viewer.see::<Study>(id).await?, Node::Study),
            AggregateId::FeedbackRound(id) => {
                see(viewer.see::<FeedbackRound>(id).await?, Node::FeedbackRound)
            }
            AggregateId::Consultation(id) => {
                see(viewer.see::<Consultation>(id).await?, Node::Consultation)
            }
        })
    }

    /// The device with this id, if you may see it.
    async fn device(&self, ctx: &Context<'_>, id: ID) -> Result<Option<DeviceNode>> {
        let device = viewer(ctx)?.see_text::<Device>(&id).await?;
        Ok(device.map(Into::into))
    }

    /// The devices of a startup you belong to. At most 100 a page, 20 unless told.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn devices(
        &self,
        ctx: &Context<'_>,
        startup_id: ID,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<DeviceNode>> {
        let viewer = viewer(ctx)?;
        let page = PageRequest::new(first, after.as_deref())?;
        let after: Option<DeviceId> = cursor(&page)?;
        let mut rows = Vec::new();
        // Whoever may not see the startup sees an empty list, as for a startup that is not there.
        if let Ok(startup) = startup_id.parse::<OrganizationId>()
            && viewer.see::<Organization>(startup).await?.is_some()
        {
            let devices = viewer.app.store().devices_of(startup, after, page.limit());
            for device in devices.await.map_err(Fault::from)? {
                if let Some(held) = viewer.see::<Device>(device.device).await? {
                    rows.push((device.device.to_string(), held.into()));
                }
            }
        }
        Ok(page.of_rows(rows))
    }

    /// The case with this id, or with the reference that people read aloud, if you may see it.
    async fn case(
        &self,
        ctx: &Context<'_>,
        id: Option<ID>,
        reference: Option<String>,
    ) -> Result<Option<CaseNode>> {
        let viewer = viewer(ctx)?;
        if let Some(id) = id {
            return Ok(viewer.see_text::<Case>(&id).await?.map(Into::into));
        }
        let Some(reference) = reference else {
            return Err(bad_input(
                "ID_OR_REFERENCE",
                "name the case by `id` or by `reference`",
            ));
        };
        let reference = reference.trim().to_uppercase();
        let found = viewer.app.store().cases_by_reference(&reference).await;
        for id in found.map_err(Fault::from)? {
            if let Some(case) = viewer.see::<Case>(id).await? {
                return Ok(Some(case.into()));
            }
        }
        Ok(None)
    }

    /// The cases you may see, newest first. At most 100 a page, 20 unless told.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn cases(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only cases that stand so.")] status: Option<Vec<CaseStatus>>,
        #[graphql(desc = "Only cases of this device.")] device_id: Option<ID>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<CaseNode>> {
        let viewer = viewer(ctx)?;
        let page = PageRequest::new(first, after.as_deref())?;
        let before: Option<CaseId> = cursor(&page)?;
        let scope = match device_id.map(|id| id.parse::<DeviceId>()) {
            Some(Ok(device)) => CaseScope::Device(device),
            Some(Err(_)) => return Ok(page.of_rows(Vec::new())),
            None if viewer.holds_anywhere(Role::Auditor) => CaseScope::All,
            None => CaseScope::Organizations(organizations_of(viewer)),
        };
        let statuses: Vec<&str> = status
            .unwrap_or_default()
            .into_iter()
            .map(CaseStatus::as_str)
            .collect();
        let store = viewer.app.store();
        let found = store
            .cases_of(&scope, &statuses, before, page.limit())
            .await;
        let mut rows = Vec::new();
        for case in found.map_err(Fault::from)? {
            if let Some(held) = viewer.see::<Case>(case.case).await? {
                rows.push((case.case.to_string(), held.into()));
            }
        }
        Ok(page.of_rows(rows))
    }

    /// What waits for you, the most urgent first. At most 100 a page, 20 unless told.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn inbox(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<InboxItem>> {
        inbox(viewer(ctx)?, &PageRequest::new(first, after.as_deref())?).await
    }

    /// The newest version of every pathway.
    #[graphql(complexity = "2 + 3 * child_complexity")]
    async fn pathways(&self, ctx: &Context<'_>) -> Result<Vec<PathwayNode>> {
        let pathways = &viewer(ctx)?.app.reference().pathways;
        Ok(pathways
            .all_newest()
            .map(|(hash, pathway)| PathwayNode::new(hash, pathway))
            .collect())
    }

    /// The newest version of a pathway.
    async fn pathway(&self, ctx: &Context<'_>, id: ID) -> Result<Option<PathwayNode>> {
        let pathways = &viewer(ctx)?.app.reference().pathways;
        let newest = id.parse().ok().and_then(|id| pathways.newest(&id));
        Ok(newest.map(|(hash, pathway)| PathwayNode::new(hash, pathway)))
    }

    /// The organizations you may know of: your own, and every hospital and consultancy. At most 100 a page, 20 unless told.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn organizations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only organizations of this kind.")] kind: Option<OrganizationKind>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<OrganizationNode>> {
        let viewer = viewer(ctx)?;
        let page = PageRequest::new(first, after.as_deref())?;
        let mut after: Option<OrganizationId> = cursor(&page)?;
        let wanted = kind.map(naru_domain::OrganizationKind::from);
        let mut rows = Vec::new();
        // What may not be seen leaves no gap: the next rows are read until the page is full.
        while rows.len() <= page.first {
            let found = viewer.app.store().organizations(after, 200).await;
            let found = found.map_err(Fault::from)?;
            let Some(last) = found.last() else { break };
            after = Some(last.organization);
            for row in &found {
                let thing = Thing::organization(row.organization, row.kind);
                let listed = wanted.is_none_or(|kind| kind == row.kind)
                    && viewer.allows(Action::ViewOrganization, &thing);
                if listed && let Some(held) = viewer.load(row.organization).await? {
                    rows.push((row.organization.to_string(), held.into()));
                }
            }
        }
        rows.truncate(page.first.saturating_add(1));
        Ok(page.of_rows(rows))
    }

    /// Every account. Right: operator; others get an empty page. At most 100 a page, 20 unless told.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn accounts(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<AccountNode>> {
        let viewer = viewer(ctx)?;
        let page = PageRequest::new(first, after.as_deref())?;
        let mut rows = Vec::new();
        if viewer.holds_anywhere(Role::Operator) {
            let after = cursor(&page)?;
            let found = viewer.app.store().accounts(after, page.limit()).await;
            for account in found.map_err(Fault::from)? {
                if let Some(held) = viewer.see::<Account>(account.account).await? {
                    rows.push((account.account.to_string(), held.into()));
                }
            }
        }
        Ok(page.of_rows(rows))
    }

    /// The consultations of the consultancies you belong to, newest first. At most 100 a page, 20 unless told.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn consultations(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<ConsultationNode>> {
        let viewer = viewer(ctx)?;
        let page = PageRequest::new(first, after.as_deref())?;
        let before = cursor(&page)?;
        let mut found = Vec::new();
        for organization in organizations_of(viewer) {
            let store = viewer.app.store();
            let some = store.consultations_of(organization, &[], before, page.limit());
            found.extend(some.await.map_err(Fault::from)?);
        }
        found.sort_by_key(|row| std::cmp::Reverse(row.consultation));
        found.truncate(page.first.saturating_add(1));
        let mut rows = Vec::new();
        for row in found {
            if let Some(held) = viewer.see::<Consultation>(row.consultation).await? {
                rows.push((row.consultation.to_string(), held.into()));
            }
        }
        Ok(page.of_rows(rows))
    }

    /// What the engine could not do and a person must look at. Right: operator, auditor; others get an empty page.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn incidents(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<IncidentNode>> {
        let viewer = viewer(ctx)?;
        let page = PageRequest::new(first, after.as_deref())?;
        let open = if viewer.allows(Action::ViewIncidents, &Thing::installation()) {
            viewer.app.store().incidents().await.map_err(Fault::from)?
        } else {
            Vec::new()
        };
        page.cut(open.into_iter().map(IncidentNode::from))
    }
}

fn see<T, N: From<T>>(held: Option<T>, node: fn(N) -> Node) -> Option<Node> {
    held.map(|held| node(held.into()))
}

fn organizations_of(viewer: &Viewer) -> BTreeSet<OrganizationId> {
    let memberships = viewer.actor().memberships.iter();
    memberships.map(|held| held.organization).collect()
}

fn cursor<T: FromStr>(page: &PageRequest) -> Result<Option<T>, Error> {
    page.after
        .as_deref()
        .map(|text| {
            text.parse()
                .map_err(|_| bad_input("BAD_CURSOR", "`after` is not a cursor of this list"))
        })
        .transpose()
}
