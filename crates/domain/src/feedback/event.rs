//! What happened in a feedback round. Stored forever: additions only.

use super::{Answer, Consent, InvitedClinician};
use crate::pathway::StageId;
use crate::{CaseId, DeviceId, FeedbackRoundId, InvitationId, LongText, OrganizationId, Words};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Events of a feedback round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum FeedbackEvent {
    /// The round opened.
    Opened {
        /// The round's id.
        id: FeedbackRoundId,
        /// The case.
        case: CaseId,
        /// The stage.
        stage: StageId,
        /// Which time the stage is passed, from 1.
        round: u16,
        /// Whose device it is.
        startup: OrganizationId,
        /// Who asks.
        hospital: OrganizationId,
        /// The device.
        device: DeviceId,
        /// The stage's title.
        title: Words,
        /// The name of the questionnaire.
        questionnaire: String,
        /// Results are shown once so many have answered.
        anonymity_threshold: u16,
        /// So many answers let the round close.
        answers_needed: u16,
        /// The working calendar.
        calendar: String,
        /// The day it opened.
        opened_on: Date,
        /// The last day on which answers are taken.
        closes_on: Date,
        /// The instant at which that day is over.
        closes_at: Timestamp,
        /// When those who have not answered are reminded, in working days after the invitation.
        remind_after_working_days: Vec<u16>,
    },
    /// Clinicians were invited.
    Invited {
        /// When.
        at: Timestamp,
        /// Who, with the reminders planned for each.
        invitations: Vec<NewInvitation>,
    },
    /// One clinician was reminded by hand.
    Reminded {
        /// When.
        at: Timestamp,
        /// Whom.
        invitation: InvitationId,
    },
    /// Planned reminders were due and went out.
    RemindersSent {
        /// When.
        at: Timestamp,
        /// To whom.
        invitations: Vec<InvitationId>,
    },
    /// Planned reminders were due outside working hours.
    RemindersDeferred {
        /// When that was noticed.
        at: Timestamp,
        /// When people work again.
        until: Timestamp,
    },
    /// An invitation was taken back.
    InvitationRevoked {
        /// When.
        at: Timestamp,
        /// Which.
        invitation: InvitationId,
        /// Why.
        reason: LongText,
    },
    /// A clinician answered.
    Answered {
        /// When.
        at: Timestamp,
        /// By which invitation.
        invitation: InvitationId,
        /// What was agreed to.
        consent: Consent,
        /// The version of the questionnaire that was answered.
        questionnaire_version: u32,
        /// The answers by question.
        answers: BTreeMap<String, Answer>,
    },
    /// A clinician said no.
    Declined {
        /// When.
        at: Timestamp,
        /// By which invitation.
        invitation: InvitationId,
        /// Why, if said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<LongText>,
    },
    /// The closing day is over; no more answers are taken.
    RoundEnded {
        /// When that was noticed.
        at: Timestamp,
    },
    /// The round was closed and reported.
    Closed {
        /// When.
        at: Timestamp,
        /// What was learned.
        conclusion: LongText,
        /// Why it closed with fewer answers than needed, if it did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        short_reason: Option<LongText>,
    },
    /// The case was canceled or the stage superseded.
    Withdrawn {
        /// When.
        at: Timestamp,
        /// Why.
        reason: LongText,
    },
    /// The case was paused: nobody is reminded and the closing day waits.
    Suspended {
        /// When.
        at: Timestamp,
    },
    /// The case goes on: what was planned moved by the working days lost.
    Resumed {
        /// When.
        at: Timestamp,
        /// The new last day on which answers are taken.
        closes_on: Date,
        /// The instant at which that day is over.
        closes_at: Timestamp,
        /// The reminders still planned, for each invitation that has any.
        reminders: BTreeMap<InvitationId, Vec<Timestamp>>,
    },
}

/// An invitation as it went out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewInvitation {
    /// Its id.
    pub id: InvitationId,
    /// Who was invited.
    pub clinician: InvitedClinician,
    /// When the person will be reminded, unless an answer comes first.
    pub reminders: Vec<Timestamp>,
}
