//! What someone wants of a usability study.

use super::TaskResult;
use crate::pathway::{Option_, StageId, StudyTask};
use crate::{CaseId, DeviceId, LongText, OrganizationId, ShortText, Words};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What someone wants of a usability study.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum StudyCommand {
    /// The case reached the stage: begin to plan. Only the engine sends it.
    Open {
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
    },
    /// Add a task to the protocol, before the first session.
    AddTask {
        /// The task.
        task: StudyTask,
    },
    /// Enter what was observed of one participant.
    RecordSession {
        /// The participant's code, such as `P01`; never a name.
        participant: ShortText,
        /// The user group.
        group: String,
        /// What was observed, one entry a task.
        results: Vec<TaskResult>,
        /// The ten answers to the System Usability Scale, from 1 to 5, if it was asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sus: Option<Vec<u8>>,
        /// The day of the session.
        moderated_on: Date,
    },
    /// Replace what was entered of one participant; the old entry stays in the trail.
    CorrectSession {
        /// The participant's code.
        participant: ShortText,
        /// The user group.
        group: String,
        /// What was observed, one entry a task.
        results: Vec<TaskResult>,
        /// The ten answers to the System Usability Scale, from 1 to 5, if it was asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sus: Option<Vec<u8>>,
        /// The day of the session.
        moderated_on: Date,
        /// Why it was wrong.
        reason: LongText,
    },
    /// Leave one participant out of the results; the entry stays in the trail.
    RemoveSession {
        /// The participant's code.
        participant: ShortText,
        /// Why.
        reason: LongText,
    },
    /// End the study and report to the case.
    Close {
        /// What the study shows.
        conclusion: LongText,
        /// The decision on the residual risk of what was found; a summative study with findings needs it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        residual_risk: Option<LongText>,
        /// Why fewer participants than planned are enough.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        short_sample_reason: Option<LongText>,
    },
    /// The case was canceled or the stage superseded. Only the engine sends it.
    Withdraw {
        /// Why.
        reason: LongText,
    },
    /// The case was paused. Only the engine sends it.
    Suspend,
    /// The case goes on. Only the engine sends it.
    Resume,
    /// It is now later than it was.
    Wake,
}
