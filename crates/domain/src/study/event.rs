//! What happened to a usability study. Stored forever: fields are only ever added, and those are optional.

use super::Session;
use crate::pathway::{Option_, StageId, StudyTask};
use crate::{AccountId, CaseId, DeviceId, LongText, OrganizationId, ShortText, StudyId, Words};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What happened to a usability study.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum StudyEvent {
    /// The study began to be planned.
    Opened {
        /// The study.
        id: StudyId,
        /// The case.
        case: CaseId,
        /// The stage of the case's pathway.
        stage: StageId,
        /// Which time the stage opened, from 1.
        round: u16,
        /// Whose device it is.
        startup: OrganizationId,
        /// Who runs the study.
        hospital: OrganizationId,
        /// The device.
        device: DeviceId,
        /// The stage's title.
        title: Words,
        /// Whether it is the summative evaluation, or a formative one.
        summative: bool,
        /// At least so many participants in each user group.
        participants_per_group: u16,
        /// The distinct user groups.
        groups: Vec<Option_>,
        /// The tasks that every participant attempts.
        tasks: Vec<StudyTask>,
        /// When.
        at: Timestamp,
    },
    /// A task joined the protocol.
    TaskAdded {
        /// The task.
        task: StudyTask,
        /// By whom.
        by: AccountId,
        /// When.
        at: Timestamp,
    },
    /// A participant's session was entered.
    SessionRecorded {
        /// What was observed.
        session: Session,
        /// By whom it was entered.
        by: AccountId,
        /// When.
        at: Timestamp,
    },
    /// A participant's session was replaced; the event before it that names the participant holds the old one.
    SessionCorrected {
        /// What was observed, as corrected.
        session: Session,
        /// Why the old entry was wrong.
        reason: LongText,
        /// By whom.
        by: AccountId,
        /// When.
        at: Timestamp,
    },
    /// A participant's session no longer counts.
    SessionRemoved {
        /// The participant's code.
        participant: ShortText,
        /// Why.
        reason: LongText,
        /// By whom.
        by: AccountId,
        /// When.
        at: Timestamp,
    },
    /// The study ended with a conclusion.
    Closed {
        /// What the study shows.
        conclusion: LongText,
        /// The decision on the residual risk of what was found.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        residual_risk: Option<LongText>,
        /// Why fewer participants than planned were enough.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        short_sample_reason: Option<LongText>,
        /// By whom.
        by: AccountId,
        /// When.
        at: Timestamp,
    },
    /// The case no longer needs the study.
    Withdrawn {
        /// Why.
        reason: LongText,
        /// When.
        at: Timestamp,
    },
    /// The case was paused.
    Suspended {
        /// When.
        at: Timestamp,
    },
    /// The case went on.
    Resumed {
        /// When.
        at: Timestamp,
    },
}
