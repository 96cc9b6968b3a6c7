//! Feedback rounds: clinicians are asked by mail, answer once, and are seen only in summary.

mod answer;
mod questionnaire;

pub use answer::{Answer, AnswerMistake, AnswerProblem, AnswerProblems};
pub use questionnaire::{
    Anchors, ConsentText, Question, QuestionKind, Questionnaire, QuestionnaireProblem,
    Questionnaires,
};

use crate::{Aggregate, BrokenHistory, Context, Effect, rejections};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// State.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedbackRound {}

/// Commands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum FeedbackCommand {
    /// It is now later than it was.
    Wake,
}

/// Events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum FeedbackEvent {
    /// Placeholder.
    Opened,
}

rejections! {
    /// Why it refuses a command.
    pub enum FeedbackRejection {
        /// Placeholder.
        Placeholder = "PLACEHOLDER" at None, en "x", ko "x";
    }
}

impl Aggregate for FeedbackRound {
    type Command = FeedbackCommand;
    type Event = FeedbackEvent;
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
