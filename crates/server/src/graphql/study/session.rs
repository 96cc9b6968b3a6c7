//! Sessions: what was observed of one participant, what it was before, and why it changed.

use super::super::account::Person;
use super::super::enums::{RootCause, TaskOutcome};
use super::super::scalars::{Date, DateTime};
use super::super::viewer::viewer;
use async_graphql::{Context, Object, Result, SimpleObject};
use naru_domain::study::{Correction, RecordedSession, RemovedSession, Session, TaskResult};

/// The session of one participant.
#[derive(Clone, Debug)]
pub struct SessionNode(pub(super) RecordedSession);

/// The session of one participant.
#[Object(name = "Session")]
impl SessionNode {
    /// The participant's code, such as `P01`.
    async fn participant(&self) -> &str {
        self.0.session.participant.as_str()
    }

    /// The value of the user group.
    async fn group(&self) -> &str {
        &self.0.session.group
    }

    /// What was observed, one entry a task, in the order of the tasks.
    #[graphql(complexity = "2 + 2 * child_complexity")]
    async fn results(&self) -> Vec<TaskResultNode> {
        self.0.session.results.iter().map(Into::into).collect()
    }

    /// The ten answers to the System Usability Scale, from 1 to 5, if it was asked.
    async fn sus(&self) -> Option<&[u8]> {
        self.0.session.sus.as_deref()
    }

    /// The score of these answers, from 0 to 100. It is no percentage.
    async fn sus_score(&self) -> Option<f64> {
        sus_score(&self.0.session)
    }

    /// The day of the session.
    async fn moderated_on(&self) -> Date {
        Date(self.0.session.moderated_on)
    }

    /// Who entered it first.
    async fn recorded_by(&self, ctx: &Context<'_>) -> Result<Person> {
        viewer(ctx)?.person(self.0.by).await
    }

    /// When it was entered first.
    async fn recorded_at(&self) -> DateTime {
        DateTime(self.0.at)
    }

    /// Its corrections, oldest first.
    #[graphql(complexity = "1 + 2 * child_complexity")]
    async fn corrections(&self) -> Vec<CorrectionNode> {
        self.0
            .corrections
            .iter()
            .cloned()
            .map(CorrectionNode)
            .collect()
    }
}

fn sus_score(session: &Session) -> Option<f64> {
    naru_domain::stats::sus(session.sus.as_deref()?).ok()
}

/// What was entered of one participant before a correction.
#[derive(Clone, Debug)]
pub struct EntryNode(Session);

/// What was entered of one participant before a correction.
#[Object(name = "SessionEntry")]
impl EntryNode {
    /// The value of the user group.
    async fn group(&self) -> &str {
        &self.0.group
    }

    /// What was observed, one entry a task, in the order of the tasks.
    #[graphql(complexity = "2 + 2 * child_complexity")]
    async fn results(&self) -> Vec<TaskResultNode> {
        self.0.results.iter().map(Into::into).collect()
    }

    /// The ten answers to the System Usability Scale, from 1 to 5, if it was asked.
    async fn sus(&self) -> Option<&[u8]> {
        self.0.sus.as_deref()
    }

    /// The score of these answers, from 0 to 100. It is no percentage.
    async fn sus_score(&self) -> Option<f64> {
        sus_score(&self.0)
    }

    /// The day of the session.
    async fn moderated_on(&self) -> Date {
        Date(self.0.moderated_on)
    }
}

/// One participant at one task.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "TaskResult")]
pub struct TaskResultNode {
    /// The task's name.
    task: String,
    /// What was observed.
    outcome: TaskOutcome,
    /// Whether the moderator helped; a run with help is no success.
    assisted: bool,
    /// Time on the task, if it was measured.
    seconds: Option<u32>,
    /// What the moderator saw.
    note: Option<String>,
    /// Why it went wrong, once known.
    root_cause: Option<RootCause>,
}

impl From<&TaskResult> for TaskResultNode {
    fn from(result: &TaskResult) -> Self {
        Self {
            task: result.task.clone(),
            outcome: result.outcome.into(),
            assisted: result.assisted,
            seconds: result.seconds,
            note: result.note.as_ref().map(ToString::to_string),
            root_cause: result.root_cause.map(Into::into),
        }
    }
}

/// One correction of a session.
#[derive(Clone, Debug)]
pub struct CorrectionNode(Correction);

/// One correction of a session.
#[Object(name = "SessionCorrection")]
impl CorrectionNode {
    /// The entry before it.
    async fn before(&self) -> EntryNode {
        EntryNode(self.0.before.clone())
    }

    /// Why that was wrong.
    async fn reason(&self) -> &str {
        self.0.reason.as_str()
    }

    /// By whom.
    async fn by(&self, ctx: &Context<'_>) -> Result<Person> {
        viewer(ctx)?.person(self.0.by).await
    }

    /// When.
    async fn at(&self) -> DateTime {
        DateTime(self.0.at)
    }
}

/// A session that no longer counts.
#[derive(Clone, Debug)]
pub struct RemovedSessionNode(pub(super) RemovedSession);

/// A session that no longer counts.
#[Object(name = "RemovedSession")]
impl RemovedSessionNode {
    /// What it was.
    async fn session(&self) -> SessionNode {
        SessionNode(self.0.recorded.clone())
    }

    /// Why it was left out.
    async fn reason(&self) -> &str {
        self.0.reason.as_str()
    }

    /// By whom.
    async fn by(&self, ctx: &Context<'_>) -> Result<Person> {
        viewer(ctx)?.person(self.0.by).await
    }

    /// When.
    async fn at(&self) -> DateTime {
        DateTime(self.0.at)
    }
}
