//! What someone wants of a feedback round.

use super::Answer;
use crate::pathway::StageId;
use crate::{
    CaseId, DeviceId, EmailAddress, InvitationId, Locale, LongText, OrganizationId, PersonName,
    Sha256Hex, ShortText, Words,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Commands to a feedback round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum FeedbackCommand {
    /// Open the round of a stage; the case sends it.
    Open {
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
        /// The day it opens.
        opened_on: Date,
        /// The last day on which answers are taken.
        closes_on: Date,
        /// When those who have not answered are reminded, in working days after the invitation.
        remind_after_working_days: Vec<u16>,
    },
    /// Invite clinicians by mail.
    Invite {
        /// Whom.
        invitations: Vec<InvitedClinician>,
    },
    /// Remind one invited clinician now, beside the planned reminders.
    Remind {
        /// Whom.
        invitation: InvitationId,
    },
    /// Take an invitation back; its link stops working.
    RevokeInvitation {
        /// Which.
        invitation: InvitationId,
        /// Why.
        reason: LongText,
    },
    /// Answer, by the link of one's invitation.
    Answer {
        /// What was agreed to.
        consent: Consent,
        /// The answers by question.
        answers: BTreeMap<String, Answer>,
    },
    /// Say no, by the link of one's invitation.
    Decline {
        /// Why, if one wants to say.
        reason: Option<LongText>,
    },
    /// Close the round and report to the case.
    Close {
        /// What was learned.
        conclusion: LongText,
        /// Why it closes with fewer answers than needed, if it does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        short_reason: Option<LongText>,
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

/// A clinician to invite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitedClinician {
    /// Where to write.
    pub email: EmailAddress,
    /// Whom to greet.
    pub name: PersonName,
    /// In which language.
    pub locale: Locale,
    /// The hospital or site the person works at.
    pub site: ShortText,
    /// The person's field, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub specialty: Option<ShortText>,
}

/// What a clinician agreed to, stored with the answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// The version of the consent text.
    pub version: ShortText,
    /// The SHA-256 of the text that was shown.
    pub text_hash: Sha256Hex,
    /// The language it was shown in.
    pub locale: Locale,
}
