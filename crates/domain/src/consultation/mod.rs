//! Consultations: a consultancy advises on a case. Notes have a stated audience, questions stand between two sides, and neither ever
//! changes the case; the recommendation at the end does.

mod command;
mod decide;
mod effects;
mod event;
mod evolve;
mod rejection;

pub use command::ConsultationCommand;
pub use event::ConsultationEvent;
pub use rejection::ConsultationRejection;

use crate::pathway::{ConsultationKind, StageId};
use crate::{
    AccountId, Actor, Aggregate, BrokenHistory, CaseId, ConsultationId, Context, DeviceId, Effect,
    LongText, Membership, NoteId, OrganizationId, QuestionId, Role, Words,
};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The most people that one note mentions.
pub const MENTIONS_MAX: usize = 20;

/// A side of a case: who may read a note, who is asked a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// The startup whose device it is.
    Startup,
    /// The hospital that runs the case.
    Hospital,
    /// The consultancy that advises.
    Consultancy,
}

impl Audience {
    /// Every side.
    pub const ALL: [Self; 3] = [Self::Startup, Self::Hospital, Self::Consultancy];

    /// The roles that write for this side.
    fn writers(self) -> &'static [Role] {
        match self {
            Self::Startup => &[Role::StartupMember],
            Self::Hospital => &[
                Role::Coordinator,
                Role::PrincipalInvestigator,
                Role::Director,
            ],
            Self::Consultancy => &[Role::Consultant],
        }
    }

    /// The roles that read beside them what is meant for this side.
    fn further_readers(self) -> &'static [Role] {
        match self {
            Self::Startup | Self::Consultancy => &[],
            Self::Hospital => &[Role::UsabilityManager, Role::AwardCommittee],
        }
    }

    /// The roles that read what is meant for this side.
    pub fn readers(self) -> impl Iterator<Item = &'static Role> {
        self.writers().iter().chain(self.further_readers())
    }
}

/// A consultancy's engagement on a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consultation {
    /// The consultation's id.
    pub id: ConsultationId,
    /// When it opened.
    pub opened_at: Timestamp,
    /// The case.
    pub case: CaseId,
    /// The stage.
    pub stage: StageId,
    /// Which time the stage is passed, from 1.
    pub round: u16,
    /// Whose device it is.
    pub startup: OrganizationId,
    /// Who runs the case.
    pub hospital: OrganizationId,
    /// Who advises.
    pub consultancy: OrganizationId,
    /// The device.
    pub device: DeviceId,
    /// The stage's title.
    pub title: Words,
    /// What it is about.
    pub about: ConsultationKind,
    /// What the recommendation must answer.
    pub asks: Vec<Words>,
    /// How far it is.
    pub phase: ConsultationPhase,
    /// Since when the case is paused, if it is.
    pub suspended_at: Option<Timestamp>,
    /// Every note, oldest first; private, because readers get [`Consultation::visible_notes`].
    notes: Vec<Note>,
    /// Every question, oldest first; private, because readers get [`Consultation::visible_questions`].
    questions: Vec<Question>,
}

/// How far a consultation is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConsultationPhase {
    /// Work is under way.
    Open,
    /// It was closed with a recommendation.
    Closed {
        /// When.
        at: Timestamp,
        /// By whom.
        by: AccountId,
        /// What the consultancy recommends.
        recommendation: LongText,
        /// An answer to each of `asks`, in their order.
        answers: Vec<LongText>,
    },
    /// The case was canceled or the stage superseded.
    Withdrawn {
        /// When.
        at: Timestamp,
        /// Why.
        reason: LongText,
    },
}

/// A note with a stated audience.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Its id.
    pub id: NoteId,
    /// When it was left.
    pub at: Timestamp,
    /// By whom.
    pub by: AccountId,
    /// For which side.
    pub side: Audience,
    /// Who may read it.
    pub audience: BTreeSet<Audience>,
    /// What it says.
    pub text: LongText,
    /// Who is to look at it.
    pub mentions: BTreeSet<AccountId>,
}

/// A question between two sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Its id.
    pub id: QuestionId,
    /// When it was asked.
    pub at: Timestamp,
    /// By whom.
    pub by: AccountId,
    /// The side that asks.
    pub from: Audience,
    /// The side that is asked.
    pub to: Audience,
    /// What is asked.
    pub text: LongText,
    /// By when an answer is wanted.
    pub due_on: Option<Date>,
    /// What came of it.
    pub standing: QuestionStanding,
}

/// What came of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QuestionStanding {
    /// It waits for an answer.
    Waiting,
    /// It was answered.
    Answered {
        /// When.
        at: Timestamp,
        /// By whom.
        by: AccountId,
        /// The answer.
        text: LongText,
    },
    /// It was taken back.
    Withdrawn {
        /// When.
        at: Timestamp,
        /// Why.
        reason: LongText,
    },
}

impl Question {
    /// Whether it waits for an answer.
    pub fn is_waiting(&self) -> bool {
        matches!(self.standing, QuestionStanding::Waiting)
    }

    fn is_between(&self, sides: &BTreeSet<Audience>) -> bool {
        sides.contains(&self.from) || sides.contains(&self.to)
    }
}

impl Consultation {
    /// The organization on a side.
    pub fn organization(&self, side: Audience) -> OrganizationId {
        match side {
            Audience::Startup => self.startup,
            Audience::Hospital => self.hospital,
            Audience::Consultancy => self.consultancy,
        }
    }

    /// The sides an actor writes for; usually one or none.
    pub fn writes_for(&self, actor: &Actor) -> BTreeSet<Audience> {
        self.sides(&actor.memberships, |side| side.writers().iter())
    }

    /// The sides whose notes and questions an actor reads.
    pub fn reads_for(&self, actor: &Actor) -> BTreeSet<Audience> {
        self.read_by(&actor.memberships)
    }

    /// The sides whose notes and questions are read by whoever has these memberships.
    pub fn read_by(&self, memberships: &[Membership]) -> BTreeSet<Audience> {
        self.sides(memberships, Audience::readers)
    }

    fn sides<I: Iterator<Item = &'static Role>>(
        &self,
        memberships: &[Membership],
        roles: impl Fn(Audience) -> I,
    ) -> BTreeSet<Audience> {
        let holds = |side, role| {
            let mut held = memberships.iter();
            held.any(|held| held.gives(self.organization(side), role))
        };
        let on = |side| roles(side).any(|role| holds(side, *role));
        Audience::ALL.into_iter().filter(|side| on(*side)).collect()
    }

    /// The notes whose audience `reader` belongs to, oldest first.
    pub fn visible_notes(&self, reader: &Actor) -> Vec<&Note> {
        let sides = self.reads_for(reader);
        self.notes
            .iter()
            .filter(|note| !note.audience.is_disjoint(&sides))
            .collect()
    }

    /// The questions that stand between `reader`'s side and another, oldest first.
    pub fn visible_questions(&self, reader: &Actor) -> Vec<&Question> {
        let sides = self.reads_for(reader);
        self.questions
            .iter()
            .filter(|question| question.is_between(&sides))
            .collect()
    }

    /// How many questions wait for an answer by `side`.
    pub fn questions_waiting_for(&self, side: Audience) -> usize {
        let waiting = |question: &&Question| question.to == side && question.is_waiting();
        self.questions.iter().filter(waiting).count()
    }

    /// How many questions of one side wait for an answer by another.
    pub fn questions_waiting_between(&self, from: Audience, to: Audience) -> usize {
        let waiting =
            |asked: &&Question| asked.from == from && asked.to == to && asked.is_waiting();
        self.questions.iter().filter(waiting).count()
    }

    /// Whether the consultation can still change.
    pub fn is_live(&self) -> bool {
        match self.phase {
            ConsultationPhase::Open => true,
            ConsultationPhase::Closed { .. } | ConsultationPhase::Withdrawn { .. } => false,
        }
    }
}

impl Aggregate for Consultation {
    type Command = ConsultationCommand;
    type Event = ConsultationEvent;
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

    /// Nothing in a consultation happens by itself: the case's stage has the due date.
    fn next_wakeup(&self) -> Option<Timestamp> {
        None
    }
}

#[cfg(test)]
mod tests;
