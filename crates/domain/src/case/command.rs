//! What people and other aggregates can ask of a case.

use super::{Award, ConflictOfInterest, Decision, DocumentVersion, StageReport};
use crate::pathway::{MatchRole, PathwayHash, StageId, Value};
use crate::{
    AccountId, CandidateId, DeviceId, EmailAddress, Locale, LongText, OrganizationId,
    OrganizationKind, PersonName, Sha256Hex, ShortText,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A command to a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum CaseCommand {
    /// Put a device on a pathway.
    Open {
        /// The startup whose device it is.
        startup: OrganizationId,
        /// The hospital that runs the pathway.
        hospital: OrganizationId,
        /// What kind of organization `hospital` is, looked up by the caller.
        hospital_kind: OrganizationKind,
        /// The device.
        device: DeviceId,
        /// Who owns the device, looked up by the caller.
        device_owner: OrganizationId,
        /// The pathway's content.
        pathway: PathwayHash,
        /// What the case is called.
        title: ShortText,
    },
    /// Keep answers without handing them in.
    SaveDraft {
        /// The form.
        stage: StageId,
        /// The answers so far, by field.
        values: BTreeMap<String, Value>,
    },
    /// Hand a form in.
    SubmitForm {
        /// The form.
        stage: StageId,
        /// The answers, by field.
        values: BTreeMap<String, Value>,
        /// The device's documents that the answers name, in their current versions, looked up by the caller.
        #[serde(default)]
        documents: Vec<DocumentVersion>,
    },
    /// Take a form back before anybody has acted on it.
    RecallSubmission {
        /// The form.
        stage: StageId,
    },
    /// Say that one is working on a stage.
    ClaimStage {
        /// The stage.
        stage: StageId,
    },
    /// Hand a stage to a colleague.
    ReassignStage {
        /// The stage.
        stage: StageId,
        /// The colleague.
        to: AccountId,
        /// Whether the colleague holds the stage's role, looked up by the caller.
        to_holds_role: bool,
        /// Why.
        reason: LongText,
    },
    /// Take a seat at an approval and decide.
    DecideApproval {
        /// The approval.
        stage: StageId,
        /// The seat; without one, the first free seat of the actor's role.
        #[serde(default)]
        seat: Option<String>,
        /// The decision.
        decision: Decision,
    },
    /// Ask a PI or clinician to take part.
    InviteCandidate {
        /// The matching stage.
        stage: StageId,
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
        /// What is known of conflicts of interest; it is known before anyone is invited.
        conflict: ConflictOfInterest,
    },
    /// Take an invitation to a candidate back.
    WithdrawCandidate {
        /// The matching stage.
        stage: StageId,
        /// The candidate.
        candidate: CandidateId,
        /// Why.
        reason: LongText,
    },
    /// Accept or decline, by the candidate's own link.
    AnswerMatchInvitation {
        /// Whether the candidate takes part.
        accept: bool,
        /// A conflict of interest the candidate knows of.
        #[serde(default)]
        conflict: Option<LongText>,
    },
    /// Close the matching with those who accepted.
    ConfirmMatching {
        /// The matching stage.
        stage: StageId,
    },
    /// Engage a consultancy on a consultation stage.
    EngageConsultancy {
        /// The consultation stage.
        stage: StageId,
        /// The consultancy.
        consultancy: OrganizationId,
        /// What kind of organization it is, looked up by the caller.
        consultancy_kind: OrganizationKind,
    },
    /// Grant an award.
    GrantAward {
        /// The award stage.
        stage: StageId,
        /// The award.
        award: Award,
    },
    /// Lay a document out for signing; signatures on an earlier one are void.
    PrepareAgreement {
        /// The agreement stage.
        stage: StageId,
        /// The document, in its current version, looked up by the caller.
        document: DocumentVersion,
    },
    /// Sign what was shown.
    SignAgreement {
        /// The agreement stage.
        stage: StageId,
        /// The hash of the document that was shown to the signer.
        shown: Sha256Hex,
        /// The signer's name as it is printed with the signature.
        printed_name: PersonName,
    },
    /// Stop every clock of the case.
    Pause {
        /// Why.
        reason: LongText,
    },
    /// Let the clocks go on; due days move by the working days that were lost.
    Resume,
    /// End the case without a result.
    Cancel {
        /// Why.
        reason: LongText,
    },
    /// End the case with its result.
    Complete {
        /// What came of it.
        summary: LongText,
    },
    /// A study, round or consultation of this case has closed. Only that aggregate can say so.
    ReportStage {
        /// The stage.
        stage: StageId,
        /// The stage's round when it was opened.
        round: u16,
        /// What it found.
        summary: StageReport,
    },
    /// It is now later than it was.
    Wake,
}
