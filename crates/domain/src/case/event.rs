//! What happened to a case. Stored forever: changes are additive, a change of meaning is a new variant.

use super::{
    Award, ConflictOfInterest, DocumentVersion, Requested, Schedule, StageReport, Verdict,
};
use crate::pathway::{
    ConsultationKind, MatchRole, Option_, PathwayHash, PathwayId, StageId, StudyTask, Value,
};
use crate::{
    AccountId, CandidateId, CaseId, ConsultationId, DeviceId, EmailAddress, FeedbackRoundId,
    Locale, LongText, OrganizationId, PersonName, Role, ShortText, StudyId, Words,
};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// An event of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum CaseEvent {
    /// A device was put on a pathway.
    Opened {
        /// The case.
        case: CaseId,
        /// The startup.
        startup: OrganizationId,
        /// The hospital.
        hospital: OrganizationId,
        /// The device.
        device: DeviceId,
        /// The pathway's name.
        pathway: PathwayId,
        /// The pathway's content, pinned.
        pathway_hash: PathwayHash,
        /// The pathway's calendar.
        calendar: String,
        /// What the case is called.
        title: ShortText,
        /// When.
        at: Timestamp,
    },
    /// A stage opened: it is somebody's move.
    StageOpened {
        /// The stage.
        stage: StageId,
        /// 1 the first time, one more after each send-back.
        round: u16,
        /// Its title, as the letter says it.
        title: Words,
        /// Whose move it is.
        owner: Role,
        /// When.
        at: Timestamp,
        /// When it is due and who hears of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        schedule: Option<Schedule>,
        /// What it asks for.
        work: OpenedWork,
        /// Whether the owner need not be told, being the one whose act opened it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        quiet: bool,
    },
    /// The stage's condition does not hold: the case passes it by.
    StageSkipped {
        /// The stage.
        stage: StageId,
        /// Its title.
        title: Words,
        /// When.
        at: Timestamp,
    },
    /// Answers were kept.
    DraftSaved {
        /// The form.
        stage: StageId,
        /// The answers so far.
        values: BTreeMap<String, Value>,
    },
    /// A form was handed in.
    FormSubmitted {
        /// The form.
        stage: StageId,
        /// The answers.
        values: BTreeMap<String, Value>,
        /// The documents they name, pinned to what was current.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        documents: Vec<DocumentVersion>,
        /// By whom.
        by: AccountId,
        /// The person who was stood in for, if any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_behalf_of: Option<AccountId>,
        /// When.
        at: Timestamp,
    },
    /// A form was taken back before anybody acted on it.
    SubmissionRecalled {
        /// The form.
        stage: StageId,
        /// The stages that had opened because of it and wait again.
        closed: BTreeSet<StageId>,
    },
    /// Somebody works on a stage.
    StageClaimed {
        /// The stage.
        stage: StageId,
        /// Who.
        by: AccountId,
    },
    /// A stage was handed to a colleague.
    StageReassigned {
        /// The stage.
        stage: StageId,
        /// To whom.
        to: AccountId,
        /// Why.
        reason: LongText,
    },
    /// A seat decided.
    SeatDecided {
        /// The approval.
        stage: StageId,
        /// The seat.
        seat: String,
        /// Who sat on it.
        by: AccountId,
        /// The person who was stood in for, if any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_behalf_of: Option<AccountId>,
        /// What they decided.
        verdict: Verdict,
        /// When.
        at: Timestamp,
    },
    /// Somebody stepped back from an approval; the seat is free for another person.
    SeatRecused {
        /// The approval.
        stage: StageId,
        /// Who stepped back.
        by: AccountId,
        /// The person who was stood in for, if any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_behalf_of: Option<AccountId>,
        /// Why.
        reason: LongText,
    },
    /// An approval was decided.
    ApprovalDecided {
        /// The approval.
        stage: StageId,
        /// Whether it was approved; if not, the case ends.
        approved: bool,
        /// When.
        at: Timestamp,
    },
    /// An approval sent a form back with requests.
    SentBack {
        /// The approval.
        stage: StageId,
        /// The form.
        to: StageId,
        /// What is asked for.
        requests: Vec<Requested>,
        /// Decisions in between that must be made again, and skipped stages whose condition is looked at again.
        reset: BTreeSet<StageId>,
        /// By whom.
        by: AccountId,
        /// When.
        at: Timestamp,
    },
    /// A PI or clinician was asked to take part.
    CandidateInvited {
        /// The matching stage.
        stage: StageId,
        /// The candidate.
        candidate: CandidateId,
        /// As what.
        role: MatchRole,
        /// Who.
        name: PersonName,
        /// Where to.
        email: EmailAddress,
        /// In which language.
        locale: Locale,
        /// The department.
        department: ShortText,
        /// What is known of conflicts of interest.
        conflict: ConflictOfInterest,
        /// The last day to answer.
        answer_by: Date,
        /// The end of that day.
        lapses_at: Timestamp,
    },
    /// An invitation was taken back.
    CandidateWithdrawn {
        /// The matching stage.
        stage: StageId,
        /// The candidate.
        candidate: CandidateId,
        /// Why.
        reason: LongText,
    },
    /// A candidate answered.
    CandidateAnswered {
        /// The matching stage.
        stage: StageId,
        /// The candidate.
        candidate: CandidateId,
        /// Whether they take part.
        accepted: bool,
        /// A conflict of interest they know of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        conflict: Option<LongText>,
        /// When.
        at: Timestamp,
    },
    /// A candidate did not answer in time.
    CandidateLapsed {
        /// The matching stage.
        stage: StageId,
        /// The candidate.
        candidate: CandidateId,
    },
    /// A matching was closed with those who accepted.
    MatchingConfirmed {
        /// The matching stage.
        stage: StageId,
        /// By whom.
        by: AccountId,
        /// When.
        at: Timestamp,
    },
    /// A consultancy was engaged.
    ConsultancyEngaged {
        /// The consultation stage.
        stage: StageId,
        /// The consultancy.
        consultancy: OrganizationId,
        /// The consultation.
        consultation: ConsultationId,
    },
    /// A study, round or consultation has closed.
    StageReported {
        /// The stage.
        stage: StageId,
        /// What it found.
        report: StageReport,
        /// When.
        at: Timestamp,
    },
    /// An award was granted.
    AwardGranted {
        /// The award stage.
        stage: StageId,
        /// The award.
        award: Award,
        /// By whom.
        by: AccountId,
        /// When.
        at: Timestamp,
    },
    /// A document was laid out for signing; earlier signatures are void.
    AgreementPrepared {
        /// The agreement stage.
        stage: StageId,
        /// The document.
        document: DocumentVersion,
    },
    /// Somebody signed.
    AgreementSigned {
        /// The agreement stage.
        stage: StageId,
        /// Which signer of the pathway.
        signer: String,
        /// Who.
        by: AccountId,
        /// The name printed with the signature.
        printed_name: PersonName,
        /// What the signature means.
        meaning: Words,
        /// The hash of the document signed.
        document: crate::Sha256Hex,
        /// When.
        at: Timestamp,
        /// Whether it was the last signature.
        last: bool,
    },
    /// Reminders and escalations went out.
    NoticesSent {
        /// The stage.
        stage: StageId,
        /// Those planned up to here are done.
        through: Timestamp,
        /// Whether the owner was reminded.
        remind: bool,
        /// The roles above that were told.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        escalate: BTreeSet<Role>,
    },
    /// Notices were due outside working time and wait for it.
    NoticesDeferred {
        /// The stage.
        stage: StageId,
        /// Those planned up to here.
        through: Timestamp,
        /// Until when.
        until: Timestamp,
    },
    /// Every clock stopped.
    Paused {
        /// Why.
        reason: LongText,
        /// When.
        at: Timestamp,
    },
    /// The clocks go on.
    Resumed {
        /// The schedules that moved, by stage.
        schedules: BTreeMap<StageId, Schedule>,
        /// The invitations to candidates that lapse later, too.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        answer_by: BTreeMap<CandidateId, AnswerBy>,
        /// The working days that were lost.
        working_days: u32,
        /// When.
        at: Timestamp,
    },
    /// The case ended without a result.
    Canceled {
        /// Why.
        reason: LongText,
        /// When.
        at: Timestamp,
    },
    /// The case ended with its result.
    Completed {
        /// What came of it.
        summary: LongText,
        /// When.
        at: Timestamp,
    },
}

/// Until when a candidate can answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerBy {
    /// The last day.
    pub day: Date,
    /// The end of that day.
    pub lapses_at: Timestamp,
}

/// What an opened stage asks for, with what its letters and child aggregates need to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum OpenedWork {
    /// Fields to fill.
    Form,
    /// A decision.
    Approval {
        /// The seats.
        seats: Vec<OpenedSeat>,
        /// So many approvals decide.
        approvals_needed: u16,
    },
    /// People to find.
    Matching,
    /// A usability study.
    UsabilityStudy {
        /// The study.
        study: StudyId,
        /// Whether it is the summative evaluation.
        summative: bool,
        /// Participants in each group.
        participants_per_group: u16,
        /// The groups.
        groups: Vec<Option_>,
        /// The tasks.
        tasks: Vec<StudyTask>,
    },
    /// A feedback round.
    FeedbackRound {
        /// The round.
        feedback_round: FeedbackRoundId,
        /// The questionnaire.
        questionnaire: String,
        /// Results are shown from so many answers on.
        anonymity_threshold: u16,
        /// So many answers let it close.
        answers_needed: u16,
        /// The day it opened.
        opened_on: Date,
        /// The last day to answer.
        closes_on: Date,
        /// When those who have not answered are reminded.
        remind_after_working_days: Vec<u16>,
    },
    /// A consultation.
    Consultation {
        /// About what.
        about: ConsultationKind,
        /// What it must answer.
        asks: Vec<Words>,
    },
    /// An award.
    Award,
    /// Signatures.
    Agreement {
        /// The signers, in order.
        signers: Vec<OpenedSeat>,
    },
}

/// A seat or signer, by name and role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenedSeat {
    /// Its name.
    pub id: String,
    /// The role that takes it.
    pub role: Role,
}
