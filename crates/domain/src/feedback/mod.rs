//! Feedback rounds: clinicians are asked by mail, answer once, and are seen only in summary.

mod answer;
mod command;
mod decide;
mod effects;
mod event;
mod evolve;
mod file;
mod questionnaire;
mod rejection;
mod results;
mod schedule;

pub use answer::{Answer, AnswerMistake, AnswerProblem, AnswerProblems};
pub use command::{Consent, FeedbackCommand, InvitedClinician};
pub use event::{FeedbackEvent, NewInvitation};
pub use file::QuestionnaireProblem;
pub use questionnaire::{
    Anchors, ConsentText, Question, QuestionKind, Questionnaire, Questionnaires,
};
pub use rejection::FeedbackRejection;
pub use results::{
    ChoiceCount, FeedbackResults, QuestionResult, ScaleSummary, ScoreCount, SiteResults, Summary,
};

use crate::pathway::StageId;
use crate::{
    Aggregate, BrokenHistory, CaseId, Context, DeviceId, Effect, FeedbackRoundId, InvitationId,
    LongText, OrganizationId, Words,
};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// A round of questions to clinicians.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedbackRound {
    /// The round's id.
    pub id: FeedbackRoundId,
    /// The case.
    pub case: CaseId,
    /// The stage.
    pub stage: StageId,
    /// Which time the stage is passed, from 1.
    pub round: u16,
    /// Whose device it is.
    pub startup: OrganizationId,
    /// Who asks.
    pub hospital: OrganizationId,
    /// The device.
    pub device: DeviceId,
    /// The stage's title.
    pub title: Words,
    /// The name of the questionnaire.
    pub questionnaire: String,
    /// Results are shown once so many have answered.
    pub anonymity_threshold: u16,
    /// So many answers let the round close.
    pub answers_needed: u16,
    /// The working calendar.
    pub calendar: String,
    /// The day it opened.
    pub opened_on: Date,
    /// The last day on which answers are taken.
    pub closes_on: Date,
    /// The instant at which that day is over.
    pub closes_at: Timestamp,
    /// When those who have not answered are reminded, in working days after the invitation.
    pub remind_after_working_days: Vec<u16>,
    /// How far it is.
    pub phase: RoundPhase,
    /// Since when the case is paused, if it is.
    pub suspended_at: Option<Timestamp>,
    /// The invitations.
    pub invitations: BTreeMap<InvitationId, Invitation>,
}

/// How far a round is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoundPhase {
    /// It takes answers.
    Open,
    /// The closing day is over; the hospital has to close it.
    Ended,
    /// It was closed and reported.
    Closed {
        /// When.
        at: Timestamp,
        /// What was learned.
        conclusion: LongText,
        /// Why it closed with fewer answers than needed, if it did.
        short_reason: Option<LongText>,
    },
    /// The case was canceled or the stage superseded.
    Withdrawn {
        /// When.
        at: Timestamp,
        /// Why.
        reason: LongText,
    },
}

/// An invitation of one clinician.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// Who was invited.
    pub clinician: InvitedClinician,
    /// When.
    pub invited_at: Timestamp,
    /// The reminders still planned. INVARIANT: ascending, and empty unless an answer is awaited.
    pub reminders: Vec<Timestamp>,
    /// When the person was last reminded.
    pub reminded_at: Option<Timestamp>,
    /// What came of it.
    pub standing: Standing,
}

/// What came of an invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing yet.
    Waiting,
    /// The person answered.
    Answered {
        /// When.
        at: Timestamp,
        /// What was agreed to.
        consent: Consent,
        /// The answers by question.
        answers: BTreeMap<String, Answer>,
    },
    /// The person said no, and may still change their mind while the round is open.
    Declined {
        /// When.
        at: Timestamp,
        /// Why, if said.
        reason: Option<LongText>,
    },
    /// It was taken back.
    Revoked {
        /// When.
        at: Timestamp,
        /// Why.
        reason: LongText,
    },
}

impl Invitation {
    /// Whether nothing has come yet.
    pub fn is_waiting(&self) -> bool {
        matches!(self.standing, Standing::Waiting)
    }

    /// Whether the person answered.
    pub fn is_answered(&self) -> bool {
        matches!(self.standing, Standing::Answered { .. })
    }
}

impl FeedbackRound {
    /// How many have answered.
    pub fn answered(&self) -> usize {
        self.invitations
            .values()
            .filter(|i| i.is_answered())
            .count()
    }

    /// Whether an answer that comes at `now` is taken: the round is open and its closing day is not over, or waits while the case is paused.
    pub fn takes_answers(&self, now: Timestamp) -> bool {
        match self.phase {
            RoundPhase::Open => self.suspended_at.is_some() || now < self.closes_at,
            RoundPhase::Ended | RoundPhase::Closed { .. } | RoundPhase::Withdrawn { .. } => false,
        }
    }

    /// Whether the round can still change: it is neither closed nor withdrawn.
    pub fn is_live(&self) -> bool {
        match self.phase {
            RoundPhase::Open | RoundPhase::Ended => true,
            RoundPhase::Closed { .. } | RoundPhase::Withdrawn { .. } => false,
        }
    }
}

impl Aggregate for FeedbackRound {
    type Command = FeedbackCommand;
    type Event = FeedbackEvent;
    type Rejection = crate::Rejection;

    fn decide(
        state: Option<&Self>,
        command: &Self::Command,
        context: &Context<'_>,
    ) -> Result<Vec<Self::Event>, Self::Rejection> {
        decide::decide(state, command, context)
    }

    fn evolve(state: Option<Self>, event: &Self::Event) -> Result<Self, BrokenHistory> {
        evolve::evolve(state, event)
    }

    fn effects(&self, event: &Self::Event) -> Vec<Effect> {
        effects::effects(self, event)
    }

    fn next_wakeup(&self) -> Option<Timestamp> {
        match (&self.phase, self.suspended_at) {
            (RoundPhase::Open, None) => {
                let reminders = self
                    .invitations
                    .values()
                    .filter_map(|i| i.reminders.first());
                reminders.chain([&self.closes_at]).min().copied()
            }
            (
                RoundPhase::Open
                | RoundPhase::Ended
                | RoundPhase::Closed { .. }
                | RoundPhase::Withdrawn { .. },
                _,
            ) => None,
        }
    }
}

#[cfg(test)]
mod tests;
