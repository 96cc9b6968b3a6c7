//! What someone wants of a consultation.

use super::Audience;
use crate::pathway::{ConsultationKind, StageId};
use crate::{AccountId, CaseId, DeviceId, LongText, OrganizationId, QuestionId, Words};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Commands to a consultation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum ConsultationCommand {
    /// Open the consultation of a stage; the case sends it.
    Open {
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
    /// Leave a note.
    AddNote {
        /// Who may read it; one's own side is always among them.
        audience: BTreeSet<Audience>,
        /// What it says.
        text: LongText,
        /// Who is to look at it, each with the sides that person reads for, which the record knows and the consultation does not.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        mentions: BTreeMap<AccountId, BTreeSet<Audience>>,
    },
    /// Ask another side something.
    AskQuestion {
        /// The side that is asked.
        to: Audience,
        /// The question.
        text: LongText,
        /// By when an answer is wanted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due_on: Option<Date>,
    },
    /// Answer a question that was put to one's own side.
    AnswerQuestion {
        /// Which.
        question: QuestionId,
        /// The answer.
        text: LongText,
    },
    /// Take back a question of one's own side.
    WithdrawQuestion {
        /// Which.
        question: QuestionId,
        /// Why.
        reason: LongText,
    },
    /// Close with a recommendation and report to the case.
    Close {
        /// What the consultancy recommends.
        recommendation: LongText,
        /// An answer to each of `asks`, in their order.
        answers: Vec<LongText>,
    },
    /// The case was canceled or the stage is superseded.
    Withdraw {
        /// Why.
        reason: LongText,
    },
    /// The case is paused.
    Suspend,
    /// The case goes on.
    Resume,
    /// It is now later than it was.
    Wake,
}
