//! The state of a case, and what commands and events carry.

use super::{OpenedSeat, Schedule};
use crate::pathway::{ConsultationKind, MatchRole, PathwayHash, PathwayId, StageId, Value};
use crate::{
    AccountId, AggregateId, CandidateId, CaseId, ConsultationId, DeviceId, DocumentId,
    EmailAddress, Locale, LongText, OrganizationId, PersonName, RequestId, Role, Sha256Hex,
    ShortText, Words,
};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The state of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// The startup.
    pub startup: OrganizationId,
    /// The hospital.
    pub hospital: OrganizationId,
    /// The device.
    pub device: DeviceId,
    /// The pathway's name.
    pub pathway: PathwayId,
    /// The pathway's content, pinned.
    pub pathway_hash: PathwayHash,
    /// The pathway's calendar.
    pub calendar: String,
    /// What it is called.
    pub title: ShortText,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Where it stands.
    pub status: CaseStatus,
    /// The stages that have opened or were passed by; the others wait.
    pub stages: BTreeMap<StageId, Stage>,
    /// The answers handed in, by `stage.field`.
    pub answers: BTreeMap<String, Value>,
    /// The consultancies engaged.
    pub consultancies: BTreeSet<OrganizationId>,
}

/// Where a case stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaseStatus {
    /// On its way.
    Running,
    /// Every clock stands still.
    Paused {
        /// Since when.
        since: Timestamp,
        /// Why.
        reason: LongText,
    },
    /// Ended with its result.
    Completed {
        /// When.
        at: Timestamp,
        /// What came of it.
        summary: LongText,
    },
    /// Ended by an approval that refused.
    Rejected {
        /// When.
        at: Timestamp,
        /// At which stage.
        stage: StageId,
    },
    /// Ended without a result.
    Canceled {
        /// When.
        at: Timestamp,
        /// Why.
        reason: LongText,
    },
}

impl CaseStatus {
    /// The word used in lists and the API.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused { .. } => "paused",
            Self::Completed { .. } => "completed",
            Self::Rejected { .. } => "rejected",
            Self::Canceled { .. } => "canceled",
        }
    }

    /// Whether nothing more can happen.
    pub fn is_over(&self) -> bool {
        match self {
            Self::Running | Self::Paused { .. } => false,
            Self::Completed { .. } | Self::Rejected { .. } | Self::Canceled { .. } => true,
        }
    }
}

/// A stage of a case that has opened or was passed by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// Its title.
    pub title: Words,
    /// Whose move it is while it is open.
    pub owner: Role,
    /// 1 the first time, one more after each send-back.
    pub round: u16,
    /// When this round opened.
    pub opened_at: Timestamp,
    /// When it is due and who hears of it.
    pub schedule: Option<Schedule>,
    /// How far it is.
    pub progress: Progress,
    /// Who works on it.
    pub claimed_by: Option<AccountId>,
    /// Whether anybody has acted on this round.
    pub touched: bool,
    /// What it asks for and what has come.
    pub work: Work,
}

/// How far a stage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It waits for a stage before it, again.
    Waiting,
    /// It is somebody's move.
    Open,
    /// It is over. INVARIANT: a stage that is over changes only by a send-back or a recall, which open a new round or reopen it.
    Over {
        /// How it ended.
        outcome: Outcome,
        /// When.
        at: Timestamp,
    },
}

/// How a stage ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A form was handed in.
    Submitted,
    /// An approval was given.
    Approved,
    /// An approval was refused.
    Rejected,
    /// People were found.
    Matched,
    /// A study, round or consultation closed.
    Reported,
    /// Money was granted.
    Granted,
    /// Everyone signed.
    Signed,
    /// The case passed it by.
    Skipped,
}

impl Outcome {
    /// The word used in lists and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Matched => "matched",
            Self::Reported => "reported",
            Self::Granted => "granted",
            Self::Signed => "signed",
            Self::Skipped => "skipped",
        }
    }
}

/// What a stage asks for and what has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Work {
    /// Fields.
    Form(FormWork),
    /// A decision.
    Approval(ApprovalWork),
    /// People.
    Matching(BTreeMap<CandidateId, Candidate>),
    /// A usability study or a feedback round of its own.
    Child {
        /// The study or round.
        child: AggregateId,
        /// What it found, once closed.
        report: Option<StageReport>,
    },
    /// A consultancy's engagement.
    Consultation(ConsultationWork),
    /// Money.
    Award(Option<GrantedAward>),
    /// Signatures.
    Agreement(AgreementWork),
    /// Nothing: the case passed the stage by.
    Nothing,
}

/// The work of a form stage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormWork {
    /// Answers kept but not handed in.
    pub draft: Option<BTreeMap<String, Value>>,
    /// The last submission.
    pub submitted: Option<Submission>,
    /// The one before, to show the difference.
    pub previous: Option<Submission>,
    /// What the last send-back asked for.
    pub requests: Vec<Requested>,
    /// Everyone who ever submitted it, or was stood in for.
    pub submitters: BTreeSet<AccountId>,
}

/// A form as handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// The answers.
    pub values: BTreeMap<String, Value>,
    /// The documents they name.
    pub documents: Vec<DocumentVersion>,
    /// By whom.
    pub by: AccountId,
    /// The person who was stood in for, if any.
    pub on_behalf_of: Option<AccountId>,
    /// When.
    pub at: Timestamp,
}

/// A document in one version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentVersion {
    /// The document of the device's dossier.
    pub document: DocumentId,
    /// Its version, from 1.
    pub version: u32,
    /// The hash of its content.
    pub sha256: Sha256Hex,
}

/// A change that a send-back asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requested {
    /// Its id.
    pub request: RequestId,
    /// The field it is pinned to; without one it is about the whole form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What is asked for.
    pub text: LongText,
}

/// The work of an approval stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalWork {
    /// The seats.
    pub seats: Vec<OpenedSeat>,
    /// So many approvals decide.
    pub approvals_needed: u16,
    /// What was decided, by seat. INVARIANT: one person, one seat, standing in for others included.
    pub votes: BTreeMap<String, Vote>,
    /// Who stepped back.
    pub recused: BTreeSet<AccountId>,
}

/// One seat's decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vote {
    /// By whom.
    pub by: AccountId,
    /// The person who was stood in for, if any.
    pub on_behalf_of: Option<AccountId>,
    /// What.
    pub verdict: Verdict,
    /// When.
    pub at: Timestamp,
}

/// A seat's yes or no, as stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// Yes.
    Approve {
        /// A remark.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        comment: Option<LongText>,
    },
    /// No.
    Reject {
        /// Why.
        reason: LongText,
    },
}

/// What a seat can decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "decision", rename_all = "snake_case")]
pub enum Decision {
    /// Yes.
    Approve {
        /// A remark.
        #[serde(default)]
        comment: Option<LongText>,
    },
    /// Ask for changes; the form opens again with the work kept.
    SendBack {
        /// The form.
        to: StageId,
        /// What is asked for.
        requests: Vec<ChangeRequest>,
    },
    /// No; enough of them end the case.
    Reject {
        /// Why.
        reason: LongText,
    },
    /// Step back; the seat is free for another person.
    Recuse {
        /// Why.
        reason: LongText,
    },
}

/// A change asked for, as a decider writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeRequest {
    /// The field it is about; without one it is about the whole form.
    #[serde(default)]
    pub field: Option<String>,
    /// What is asked for.
    pub text: LongText,
}

/// What is known of a conflict of interest before somebody is invited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "conflict", rename_all = "snake_case")]
pub enum ConflictOfInterest {
    /// It was looked for and none is known.
    NoneKnown,
    /// There is one, and this is how it is handled.
    Declared {
        /// What it is.
        what: LongText,
        /// How it is handled.
        handling: LongText,
    },
}

/// A PI or clinician asked to take part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// As what.
    pub role: MatchRole,
    /// Who.
    pub name: PersonName,
    /// Where to.
    pub email: EmailAddress,
    /// In which language.
    pub locale: Locale,
    /// The department.
    pub department: ShortText,
    /// What was known of conflicts of interest at the invitation.
    pub conflict: ConflictOfInterest,
    /// The last day to answer.
    pub answer_by: Date,
    /// Where the invitation stands.
    pub answer: CandidateAnswer,
}

/// Where an invitation to a candidate stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CandidateAnswer {
    /// No answer yet.
    Invited {
        /// When the invitation lapses.
        lapses_at: Timestamp,
    },
    /// Takes part.
    Accepted {
        /// A conflict of interest the candidate told of.
        conflict: Option<LongText>,
        /// When.
        at: Timestamp,
    },
    /// Does not take part.
    Declined {
        /// When.
        at: Timestamp,
    },
    /// Did not answer in time.
    Lapsed,
    /// The invitation was taken back.
    Withdrawn,
}

/// What a study, round or consultation tells its case when it closes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageReport {
    /// The conclusion.
    pub conclusion: LongText,
    /// Where the evidence is.
    pub evidence: AggregateId,
}

/// The work of a consultation stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsultationWork {
    /// About what.
    pub about: ConsultationKind,
    /// What it must answer.
    pub asks: Vec<Words>,
    /// The engagement, once there is one.
    pub engaged: Option<Engagement>,
    /// The recommendation, once closed.
    pub report: Option<StageReport>,
}

/// A consultancy's engagement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Engagement {
    /// The consultancy.
    pub consultancy: OrganizationId,
    /// The consultation.
    pub consultation: ConsultationId,
}

/// An award.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Award {
    /// How much, in won.
    pub amount_krw: i64,
    /// What must be reached, and by when.
    pub milestones: Vec<Milestone>,
    /// The day the report is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report_due_on: Option<Date>,
}

/// Something an award's receiver must reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Milestone {
    /// What.
    pub title: ShortText,
    /// By when.
    pub due_on: Date,
    /// The tranche paid for it, in won.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_krw: Option<i64>,
}

/// An award that was granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantedAward {
    /// The award.
    pub award: Award,
    /// By whom.
    pub by: AccountId,
    /// When.
    pub at: Timestamp,
}

/// The work of an agreement stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreementWork {
    /// The signers, in order.
    pub signers: Vec<OpenedSeat>,
    /// What is to be signed.
    pub document: Option<DocumentVersion>,
    /// The signatures so far, in order.
    pub signatures: Vec<Signature>,
}

/// A signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Which signer of the pathway.
    pub signer: String,
    /// Who.
    pub by: AccountId,
    /// The name printed with it.
    pub printed_name: PersonName,
    /// What it means.
    pub meaning: Words,
    /// The hash of the document signed.
    pub document: Sha256Hex,
    /// When.
    pub at: Timestamp,
}

/// Somebody's move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// The stage.
    pub stage: StageId,
    /// The role that is waited for.
    pub role: Role,
    /// The organization that is waited for.
    pub organization: OrganizationId,
    /// Since when.
    pub since: Timestamp,
    /// The end of the due day.
    pub due_at: Option<Timestamp>,
}
