//! What happened in a consultation. Stored forever: additions only.

use super::Audience;
use crate::pathway::{ConsultationKind, StageId};
use crate::{
    AccountId, CaseId, ConsultationId, DeviceId, LongText, NoteId, OrganizationId, QuestionId,
    Words,
};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Events of a consultation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum ConsultationEvent {
    /// The consultation opened.
    Opened {
        /// The consultation's id.
        id: ConsultationId,
        /// When.
        at: Timestamp,
        /// The case.
        case: CaseId,
        /// The stage.
        stage: StageId,
        /// Which time the stage is passed, from 1.
        round: u16,
        /// Whose device it is.
        startup: OrganizationId,
        /// Who runs the case.
        hospital: OrganizationId,
        /// Who advises.
        consultancy: OrganizationId,
        /// The device.
        device: DeviceId,
        /// The stage's title.
        title: Words,
        /// What it is about.
        about: ConsultationKind,
        /// What the recommendation must answer.
        asks: Vec<Words>,
    },
    /// A note was left.
    NoteAdded {
        /// When.
        at: Timestamp,
        /// The note.
        note: NoteId,
        /// By whom.
        by: AccountId,
        /// For which side.
        side: Audience,
        /// Who may read it.
        audience: BTreeSet<Audience>,
        /// What it says.
        text: LongText,
        /// Who is to look at it.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        mentions: BTreeSet<AccountId>,
    },
    /// A question was asked.
    QuestionAsked {
        /// When.
        at: Timestamp,
        /// The question.
        question: QuestionId,
        /// By whom.
        by: AccountId,
        /// The side that asks.
        from: Audience,
        /// The side that is asked.
        to: Audience,
        /// What is asked.
        text: LongText,
        /// By when an answer is wanted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due_on: Option<Date>,
    },
    /// A question was answered.
    QuestionAnswered {
        /// When.
        at: Timestamp,
        /// The question.
        question: QuestionId,
        /// By whom.
        by: AccountId,
        /// The answer.
        text: LongText,
    },
    /// A question was taken back.
    QuestionWithdrawn {
        /// When.
        at: Timestamp,
        /// The question.
        question: QuestionId,
        /// Why.
        reason: LongText,
    },
    /// The consultation was closed and reported.
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
    /// The case was paused.
    Suspended {
        /// When.
        at: Timestamp,
    },
    /// The case goes on.
    Resumed {
        /// When.
        at: Timestamp,
    },
}
