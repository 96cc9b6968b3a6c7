//! A usability study (IEC 62366-1): one session a participant, every task observed, and a conclusion.
//!
//! ```text
//! planned ──record──▶ recording ──close──▶ closed       (reports to the case)
//!    └───────────────────┴──────withdraw─▶ withdrawn    (the case no longer needs it)
//! ```
//!
//! While the case is paused the study is suspended: nothing is recorded. Entries are never overwritten: a correction and a removal
//! give a reason, and the old entry stays. A participant is a code; nothing here names a person who was observed.

mod check;
mod command;
mod decide;
mod event;
mod evolve;
mod rejection;
mod results;
#[cfg(test)]
mod tests;

pub use command::StudyCommand;
pub use event::StudyEvent;
pub use rejection::StudyRejection;
pub use results::{GroupResults, StudyResults, TaskSummary};

use crate::case::{CaseCommand, StageReport};
use crate::pathway::{Option_, StageId, StudyTask};
use crate::{
    AccountId, Aggregate, BrokenHistory, CaseId, Command, Context, DeviceId, Effect, LongText,
    OrganizationId, ShortText, StudyId, Words,
};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What was observed of one participant at one task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The intended result, without trouble.
    Success,
    /// The intended result after struggle, hesitation or a workaround.
    SuccessWithDifficulty,
    /// Nearly an error, or an error that could have caused harm, recovered by the participant.
    CloseCall,
    /// A result other than the maker intended or the user expected; giving up counts.
    UseError,
    /// The participant never came to the task; not counted.
    NotAttempted,
    /// The test itself spoiled the observation; not counted.
    TestArtefact,
}

impl Outcome {
    /// Whether the observation says something about the device at all.
    pub fn is_attempt(self) -> bool {
        match self {
            Self::Success | Self::SuccessWithDifficulty | Self::CloseCall | Self::UseError => true,
            Self::NotAttempted | Self::TestArtefact => false,
        }
    }

    /// Whether the intended result was reached.
    pub fn is_success(self) -> bool {
        matches!(self, Self::Success | Self::SuccessWithDifficulty)
    }

    /// Whether a summative study must state its root cause.
    pub fn is_finding(self) -> bool {
        matches!(
            self,
            Self::SuccessWithDifficulty | Self::CloseCall | Self::UseError
        )
    }
}

/// Why something went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RootCause {
    /// The device's user interface.
    UserInterface,
    /// The participant.
    User,
    /// The surroundings.
    Environment,
    /// The way the test was set up or moderated.
    TestArtefact,
}

/// One participant at one task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskResult {
    /// The task.
    pub task: String,
    /// What was observed.
    pub outcome: Outcome,
    /// Whether the moderator helped; a run with help is no success.
    #[serde(default)]
    pub assisted: bool,
    /// Time on the task, if it was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
    /// What the moderator saw; names nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<LongText>,
    /// Why it went wrong, once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_cause: Option<RootCause>,
}

/// What was observed of one participant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The participant's code, such as `P01`, in upper case.
    pub participant: ShortText,
    /// The user group.
    pub group: String,
    /// One entry a task, in the order of the study's tasks.
    pub results: Vec<TaskResult>,
    /// The ten answers to the System Usability Scale, if it was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sus: Option<Vec<u8>>,
    /// The day of the session.
    pub moderated_on: Date,
}

/// A session as it counts now, with what it was before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedSession {
    /// What was observed.
    pub session: Session,
    /// Who entered it first.
    pub by: AccountId,
    /// When it was entered first.
    pub at: Timestamp,
    /// Its corrections, oldest first.
    pub corrections: Vec<Correction>,
}

/// One correction of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// The entry before it.
    pub before: Session,
    /// Why that was wrong.
    pub reason: LongText,
    /// By whom.
    pub by: AccountId,
    /// When.
    pub at: Timestamp,
}

/// A session that no longer counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemovedSession {
    /// What it was.
    pub recorded: RecordedSession,
    /// Why it was left out.
    pub reason: LongText,
    /// By whom.
    pub by: AccountId,
    /// When.
    pub at: Timestamp,
}

/// How a study ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StudyEnd {
    /// With a conclusion.
    Closed {
        /// What the study shows.
        conclusion: LongText,
        /// The decision on the residual risk of what was found.
        residual_risk: Option<LongText>,
        /// Why fewer participants than planned were enough.
        short_sample_reason: Option<LongText>,
        /// By whom.
        by: AccountId,
        /// When.
        at: Timestamp,
    },
    /// The case no longer needs it.
    Withdrawn {
        /// Why.
        reason: LongText,
        /// When.
        at: Timestamp,
    },
}

/// Where a study stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StudyStatus {
    /// The protocol may still change.
    Planned,
    /// Sessions are being entered.
    Recording,
    /// The case is paused.
    Suspended,
    /// It has a conclusion.
    Closed,
    /// The case no longer needs it.
    Withdrawn,
}

impl StudyStatus {
    /// The word used in the index and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Recording => "recording",
            Self::Suspended => "suspended",
            Self::Closed => "closed",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// A usability study.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Study {
    /// Its id.
    pub id: StudyId,
    /// The case.
    pub case: CaseId,
    /// The stage of the case's pathway.
    pub stage: StageId,
    /// Which time the stage opened, from 1.
    pub round: u16,
    /// Whose device it is.
    pub startup: OrganizationId,
    /// Who runs the study.
    pub hospital: OrganizationId,
    /// The device.
    pub device: DeviceId,
    /// The stage's title.
    pub title: Words,
    /// Whether it is the summative evaluation, or a formative one.
    pub summative: bool,
    /// At least so many participants in each user group.
    pub participants_per_group: u16,
    /// The distinct user groups.
    pub groups: Vec<Option_>,
    /// The tasks that every participant attempts.
    pub tasks: Vec<StudyTask>,
    /// The sessions that count, by the participant's code. INVARIANT: each has every task once.
    pub sessions: BTreeMap<ShortText, RecordedSession>,
    /// The sessions that no longer count, in the order they were removed.
    pub removed: Vec<RemovedSession>,
    /// Whether the case is paused.
    pub suspended: bool,
    /// How it ended, once it has.
    pub end: Option<StudyEnd>,
    /// When it opened.
    pub opened_at: Timestamp,
}

impl Study {
    /// Where it stands.
    pub fn status(&self) -> StudyStatus {
        match &self.end {
            Some(StudyEnd::Closed { .. }) => StudyStatus::Closed,
            Some(StudyEnd::Withdrawn { .. }) => StudyStatus::Withdrawn,
            None if self.suspended => StudyStatus::Suspended,
            None if self.protocol_is_fixed() => StudyStatus::Recording,
            None => StudyStatus::Planned,
        }
    }

    /// Whether sessions have begun, so that the tasks can no longer change.
    pub fn protocol_is_fixed(&self) -> bool {
        !self.sessions.is_empty() || !self.removed.is_empty()
    }

    /// The sessions of one user group.
    pub fn sessions_of<'a>(&'a self, group: &'a str) -> impl Iterator<Item = &'a Session> {
        self.sessions
            .values()
            .map(|recorded| &recorded.session)
            .filter(move |session| session.group == group)
    }
}

impl Aggregate for Study {
    type Command = StudyCommand;
    type Event = StudyEvent;
    type Rejection = crate::Rejection;

    fn decide(
        state: Option<&Self>,
        command: &StudyCommand,
        context: &Context<'_>,
    ) -> Result<Vec<StudyEvent>, crate::Rejection> {
        decide::decide(state, command, context)
    }

    fn evolve(state: Option<Self>, event: &StudyEvent) -> Result<Self, BrokenHistory> {
        evolve::evolve(state, event)
    }

    fn effects(&self, event: &StudyEvent) -> Vec<Effect> {
        match event {
            StudyEvent::Closed { conclusion, .. } => vec![Effect::Deliver {
                to: self.case.into(),
                command: Box::new(Command::Case(CaseCommand::ReportStage {
                    stage: self.stage.clone(),
                    round: self.round,
                    summary: StageReport {
                        conclusion: conclusion.clone(),
                        evidence: self.id.into(),
                    },
                })),
            }],
            StudyEvent::Opened { .. }
            | StudyEvent::TaskAdded { .. }
            | StudyEvent::SessionRecorded { .. }
            | StudyEvent::SessionCorrected { .. }
            | StudyEvent::SessionRemoved { .. }
            | StudyEvent::Withdrawn { .. }
            | StudyEvent::Suspended { .. }
            | StudyEvent::Resumed { .. } => Vec::new(),
        }
    }

    fn next_wakeup(&self) -> Option<Timestamp> {
        None
    }
}
