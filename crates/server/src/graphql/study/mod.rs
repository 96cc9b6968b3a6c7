//! Usability studies: protocol, sessions, and what they show.

pub mod results;
pub mod session;
pub mod verbs;

pub use results::StudyResultsNode;
pub use session::{RemovedSessionNode, SessionNode};
pub use verbs::StudyVerbs;

use super::account::{IntoId, Person};
use super::case::CaseNode;
use super::command::payload;
use super::device::DeviceNode;
use super::enums::{Locale, StudyStatus};
use super::organization::OrganizationNode;
use super::page::{Page, PageRequest, page_cost};
use super::pathway::{Choice, in_language};
use super::scalars::{DateTime, Long};
use super::viewer::{Held, viewer};
use async_graphql::{Context, ID, Object, Result};
use naru_domain::LongText;
use naru_domain::organization::Organization;
use naru_domain::pathway::StudyTask;
use naru_domain::study::{Study, StudyEnd};

/// A usability study (IEC 62366-1). Readable by the parties of its case. Participants are codes; nothing here names who was observed.
#[derive(Clone, Debug)]
pub struct StudyNode(Held<Study>);

impl From<Held<Study>> for StudyNode {
    fn from(held: Held<Study>) -> Self {
        Self(held)
    }
}

/// A usability study (IEC 62366-1). Readable by the parties of its case. Participants are codes; nothing here names who was observed.
#[Object(name = "Study")]
impl StudyNode {
    /// The study's id.
    pub(crate) async fn id(&self) -> Result<ID> {
        Ok(self.0.get()?.id.into_id())
    }

    /// How many changes it has seen; name it as `expectedVersion`.
    async fn version(&self) -> Long {
        self.0.version().into()
    }

    /// The case.
    async fn case(&self, ctx: &Context<'_>) -> Result<Option<CaseNode>> {
        Ok(viewer(ctx)?
            .see(self.0.get()?.case)
            .await?
            .map(CaseNode::from))
    }

    /// The stage of the case's pathway.
    async fn stage(&self) -> Result<&str> {
        Ok(self.0.get()?.stage.as_str())
    }

    /// Which time the stage opened, from 1.
    async fn round(&self) -> Result<u16> {
        Ok(self.0.get()?.round)
    }

    /// The hospital that runs it.
    async fn hospital(&self, ctx: &Context<'_>) -> Result<Option<OrganizationNode>> {
        let id = self.0.get()?.hospital;
        Ok(viewer(ctx)?.load::<Organization>(id).await?.map(Into::into))
    }

    /// The device that is tried.
    async fn device(&self, ctx: &Context<'_>) -> Result<Option<DeviceNode>> {
        let id = self.0.get()?.device;
        Ok(viewer(ctx)?.see(id).await?.map(DeviceNode::from))
    }

    /// Its title, in the reader's language or the one asked for.
    async fn title(&self, ctx: &Context<'_>, language: Option<Locale>) -> Result<&str> {
        in_language(ctx, &self.0.get()?.title, language)
    }

    /// Where it stands.
    async fn status(&self) -> Result<StudyStatus> {
        Ok(self.0.get()?.status().into())
    }

    /// When it opened.
    async fn opened_at(&self) -> Result<DateTime> {
        Ok(DateTime(self.0.get()?.opened_at))
    }

    /// Whether it is the summative evaluation (총괄평가), or a formative one (형성평가).
    async fn summative(&self) -> Result<bool> {
        Ok(self.0.get()?.summative)
    }

    /// At least so many participants in each user group.
    async fn participants_per_group(&self) -> Result<u16> {
        Ok(self.0.get()?.participants_per_group)
    }

    /// The distinct user groups.
    async fn groups(&self) -> Result<Vec<Choice>> {
        Ok(self.0.get()?.groups.iter().map(Into::into).collect())
    }

    /// The tasks that every participant attempts, in their order.
    #[graphql(complexity = "2 + 2 * child_complexity")]
    async fn tasks(&self) -> Result<Vec<StudyTaskNode>> {
        Ok(self.0.get()?.tasks.iter().map(Into::into).collect())
    }

    /// Whether sessions have begun, so that the tasks can no longer change.
    async fn protocol_fixed(&self) -> Result<bool> {
        Ok(self.0.get()?.protocol_is_fixed())
    }

    /// The sessions that count, by the participant's code. At most 100 a page, 20 unless told.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn sessions(
        &self,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<SessionNode>> {
        let sessions = self.0.get()?.sessions.values();
        let nodes = sessions.map(|recorded| SessionNode(recorded.clone()));
        PageRequest::new(first, after.as_deref())?.cut(nodes)
    }

    /// The session of one participant, if it counts.
    async fn session(&self, participant: String) -> Result<Option<SessionNode>> {
        let Ok(code) = participant.to_ascii_uppercase().parse() else {
            return Ok(None);
        };
        let recorded = self.0.get()?.sessions.get(&code);
        Ok(recorded.cloned().map(SessionNode))
    }

    /// The sessions left out of the results, in the order they were removed. At most 100 a page, 20 unless told.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn removed_sessions(
        &self,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<RemovedSessionNode>> {
        let removed = self.0.get()?.removed.iter();
        PageRequest::new(first, after.as_deref())?.cut(removed.cloned().map(RemovedSessionNode))
    }

    /// What the sessions that count show so far, over all and for each user group.
    #[graphql(complexity = "10 + child_complexity")]
    async fn results(&self) -> Result<StudyResultsNode> {
        Ok(StudyResultsNode::of(self.0.get()?))
    }

    /// What it showed, once it is closed.
    async fn conclusion(&self) -> Result<Option<&str>> {
        Ok(match &self.0.get()?.end {
            Some(StudyEnd::Closed { conclusion, .. }) => Some(conclusion.as_str()),
            Some(StudyEnd::Withdrawn { .. }) | None => None,
        })
    }

    /// The decision on the residual risk of what was found, once it is closed.
    async fn residual_risk(&self) -> Result<Option<&str>> {
        Ok(match &self.0.get()?.end {
            Some(StudyEnd::Closed { residual_risk, .. }) => {
                residual_risk.as_ref().map(LongText::as_str)
            }
            Some(StudyEnd::Withdrawn { .. }) | None => None,
        })
    }

    /// Why fewer participants than planned were enough, if they were fewer.
    async fn short_sample_reason(&self) -> Result<Option<&str>> {
        Ok(match &self.0.get()?.end {
            Some(StudyEnd::Closed {
                short_sample_reason,
                ..
            }) => short_sample_reason.as_ref().map(LongText::as_str),
            Some(StudyEnd::Withdrawn { .. }) | None => None,
        })
    }

    /// Who closed it.
    async fn closed_by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        match &self.0.get()?.end {
            Some(StudyEnd::Closed { by, .. }) => Ok(Some(viewer(ctx)?.person(*by).await?)),
            Some(StudyEnd::Withdrawn { .. }) | None => Ok(None),
        }
    }

    /// When it was closed or withdrawn.
    async fn ended_at(&self) -> Result<Option<DateTime>> {
        Ok(match &self.0.get()?.end {
            Some(StudyEnd::Closed { at, .. } | StudyEnd::Withdrawn { at, .. }) => {
                Some(DateTime(*at))
            }
            None => None,
        })
    }

    /// Why the case no longer needs it, if it was withdrawn.
    async fn withdrawn_because(&self) -> Result<Option<&str>> {
        Ok(match &self.0.get()?.end {
            Some(StudyEnd::Withdrawn { reason, .. }) => Some(reason.as_str()),
            Some(StudyEnd::Closed { .. }) | None => None,
        })
    }
}

/// A task of a usability study.
#[derive(Clone, Debug)]
pub struct StudyTaskNode(StudyTask);

impl From<&StudyTask> for StudyTaskNode {
    fn from(task: &StudyTask) -> Self {
        Self(task.clone())
    }
}

/// A task of a usability study.
#[Object(name = "StudyTask")]
impl StudyTaskNode {
    /// Its name within the study; sessions name it.
    async fn id(&self) -> &str {
        &self.0.id
    }

    /// What the participant does, in the reader's language or the one asked for.
    async fn title(&self, ctx: &Context<'_>, language: Option<Locale>) -> Result<&str> {
        in_language(ctx, &self.0.title, language)
    }

    /// Whether a use error could cause serious harm.
    async fn critical(&self) -> bool {
        self.0.critical
    }
}

payload! {
    /// The answer to a command on a usability study.
    StudyPayload,
    /// The study after the command; nothing if it was refused.
    study: StudyNode, Study
}
