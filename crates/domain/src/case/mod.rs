//! Placeholder of the case aggregate.

use crate::{Aggregate, BrokenHistory, Context, Effect, rejections};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// State.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {}

/// Commands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum CaseCommand {
    /// A child aggregate closed and reports to its stage. Only the engine sends it.
    ReportStage {
        /// The stage.
        stage: crate::pathway::StageId,
        /// Which time the stage opened, from 1.
        round: u16,
        /// What came of it.
        summary: StageReport,
    },
    /// It is now later than it was.
    Wake,
}

/// What a child aggregate reports to its stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageReport {
    /// What came of it.
    pub conclusion: crate::LongText,
    /// The aggregate that holds the evidence.
    pub evidence: crate::AggregateId,
}

/// Events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum CaseEvent {
    /// Placeholder.
    Opened,
}

rejections! {
    /// Why it refuses a command.
    pub enum CaseRejection {
        /// Placeholder.
        Placeholder = "PLACEHOLDER" at None, en "x", ko "x";
    }
}

impl Aggregate for Case {
    type Command = CaseCommand;
    type Event = CaseEvent;
    type Rejection = crate::Rejection;

    fn decide(
        _state: Option<&Self>,
        _command: &Self::Command,
        _context: &Context<'_>,
    ) -> Result<Vec<Self::Event>, Self::Rejection> {
        Ok(Vec::new())
    }
    fn evolve(_state: Option<Self>, _event: &Self::Event) -> Result<Self, BrokenHistory> {
        Ok(Self {})
    }
    fn effects(&self, _event: &Self::Event) -> Vec<Effect> {
        Vec::new()
    }
    fn next_wakeup(&self) -> Option<Timestamp> {
        None
    }
}
