//! Cases: one device on one pathway.

pub mod answers;
pub mod inputs;
pub mod stage;
pub mod verbs;
pub mod work;

pub use stage::{StageNode, Waiting};
pub use verbs::CaseVerbs;

use super::account::IntoId;
use super::command::payload;
use super::device::DeviceNode;
use super::enums::CaseStatus;
use super::organization::OrganizationNode;
use super::page::{Page, PageRequest, page_cost};
use super::pathway::PathwayNode;
use super::scalars::{DateTime, Long};
use super::timeline::{TimelineEntry, timeline};
use super::viewer::{Held, Viewer, viewer};
use async_graphql::{Context, ID, Object, Result};
use naru_domain::case::{Case, CaseStatus as DomainCaseStatus};
use naru_domain::organization::Organization;
use naru_domain::pathway::{Pathway, StageId};
use std::sync::Arc;

/// One device on one pathway. Readable by its startup, its hospital, the consultancies engaged on it, and auditors; to everybody else it
/// does not exist.
#[derive(Clone, Debug)]
pub struct CaseNode(Held<Case>);

impl From<Held<Case>> for CaseNode {
    fn from(held: Held<Case>) -> Self {
        Self(held)
    }
}

impl CaseNode {
    fn pathway<'a>(&self, viewer: &'a Viewer) -> Result<Option<&'a Arc<Pathway>>> {
        let hash = &self.0.get()?.pathway_hash;
        Ok(viewer.app.reference().pathways.by_hash(hash))
    }

    /// The stage of that name, whether the pathway has it or not.
    pub(crate) fn stage_named(&self, id: &StageId) -> StageNode {
        self.stage_node(id)
    }

    fn stage_node(&self, id: &StageId) -> StageNode {
        StageNode {
            case: self.0.clone(),
            id: id.clone(),
        }
    }
}

/// One device on one pathway. Readable by its startup, its hospital, the consultancies engaged on it, and auditors; to everybody else it
/// does not exist.
#[Object(name = "Case")]
impl CaseNode {
    /// The case's id.
    pub(crate) async fn id(&self) -> Result<ID> {
        Ok(self.0.get()?.id.into_id())
    }

    /// How many changes it has seen; name it as `expectedVersion`.
    async fn version(&self) -> Long {
        self.0.version().into()
    }

    /// A short reference that people can read aloud, such as `N-7K3F-9Q2M`.
    async fn reference(&self) -> Result<String> {
        Ok(self.0.get()?.id.reference())
    }

    /// What it is called.
    async fn title(&self) -> Result<&str> {
        Ok(self.0.get()?.title.as_str())
    }

    /// Where it stands.
    async fn status(&self) -> Result<CaseStatus> {
        Ok((&self.0.get()?.status).into())
    }

    /// Why it is paused or was canceled, or what came of it.
    async fn status_reason(&self) -> Result<Option<&str>> {
        Ok(match &self.0.get()?.status {
            DomainCaseStatus::Running | DomainCaseStatus::Rejected { .. } => None,
            DomainCaseStatus::Paused { reason, .. } | DomainCaseStatus::Canceled { reason, .. } => {
                Some(reason.as_str())
            }
            DomainCaseStatus::Completed { summary, .. } => Some(summary.as_str()),
        })
    }

    /// When it was opened.
    async fn opened_at(&self) -> Result<DateTime> {
        Ok(DateTime(self.0.get()?.opened_at))
    }

    /// The startup.
    async fn startup(&self, ctx: &Context<'_>) -> Result<Option<OrganizationNode>> {
        let id = self.0.get()?.startup;
        Ok(viewer(ctx)?.load::<Organization>(id).await?.map(Into::into))
    }

    /// The hospital that runs the pathway.
    async fn hospital(&self, ctx: &Context<'_>) -> Result<Option<OrganizationNode>> {
        let id = self.0.get()?.hospital;
        Ok(viewer(ctx)?.load::<Organization>(id).await?.map(Into::into))
    }

    /// The consultancies engaged.
    async fn consultancies(&self, ctx: &Context<'_>) -> Result<Vec<OrganizationNode>> {
        let viewer = viewer(ctx)?;
        let mut nodes = Vec::new();
        for id in &self.0.get()?.consultancies {
            nodes.extend(viewer.load::<Organization>(*id).await?.map(Into::into));
        }
        Ok(nodes)
    }

    /// The device.
    async fn device(&self, ctx: &Context<'_>) -> Result<Option<DeviceNode>> {
        let id = self.0.get()?.device;
        Ok(viewer(ctx)?.see(id).await?.map(DeviceNode::from))
    }

    /// The pathway in the version that this case started with.
    #[graphql(name = "pathway")]
    async fn pinned_pathway(&self, ctx: &Context<'_>) -> Result<Option<PathwayNode>> {
        let case = self.0.get()?;
        let pathway = self.pathway(viewer(ctx)?)?;
        Ok(pathway.map(|pathway| PathwayNode::new(&case.pathway_hash, pathway)))
    }

    /// Every stage of the pathway in its order, as far as the case has come.
    #[graphql(complexity = "2 + 4 * child_complexity")]
    async fn stages(&self, ctx: &Context<'_>) -> Result<Vec<StageNode>> {
        let case = self.0.get()?;
        Ok(match self.pathway(viewer(ctx)?)? {
            Some(pathway) => pathway
                .stages
                .iter()
                .map(|stage| self.stage_node(&stage.id))
                .collect(),
            None => case.stages.keys().map(|id| self.stage_node(id)).collect(),
        })
    }

    /// The stage of this name.
    async fn stage(&self, ctx: &Context<'_>, id: String) -> Result<Option<StageNode>> {
        let Ok(id) = id.parse::<StageId>() else {
            return Ok(None);
        };
        let pathway = self.pathway(viewer(ctx)?)?;
        let known = pathway.is_some_and(|pathway| pathway.stage(&id).is_some())
            || self.0.get()?.stages.contains_key(&id);
        Ok(known.then(|| self.stage_node(&id)))
    }

    /// Whose move it is: every open stage, with the role and organization that is waited for.
    #[graphql(complexity = "2 + 2 * child_complexity")]
    async fn whose_move(&self) -> Result<Vec<Waiting>> {
        let moves = self.0.get()?.moves();
        Ok(moves
            .into_iter()
            .map(|waits| Waiting {
                stage: self.stage_node(&waits.stage),
                waits,
            })
            .collect())
    }

    /// The earliest due instant of an open stage.
    async fn next_due_at(&self) -> Result<Option<DateTime>> {
        Ok(self.0.get()?.next_due_at().map(DateTime))
    }

    /// What happened, in words, oldest first. At most 100 a page, 20 unless told.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn timeline(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<TimelineEntry>> {
        let page = PageRequest::new(first, after.as_deref())?;
        timeline(viewer(ctx)?, self.0.get()?, &page).await
    }
}

payload! {
    /// The answer to a command on a case.
    CasePayload,
    /// The case after the command; nothing if it was refused.
    case: CaseNode, Case
}
