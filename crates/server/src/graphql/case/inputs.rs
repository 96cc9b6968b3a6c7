//! What the verbs of a case are told.

use super::answers::FieldAnswerInput;
use crate::graphql::enums::{Locale, MatchRole};
use crate::graphql::scalars::{Date, Long};
use async_graphql::{ID, InputObject, OneofObject};

/// Puts a device of your startup on a pathway.
#[derive(Debug, InputObject)]
pub struct OpenCaseInput {
    /// A UUID you choose; the same id again gives the first answer.
    pub(super) command_id: ID,
    /// Your startup.
    pub(super) startup_id: ID,
    /// The hospital that runs the pathway.
    pub(super) hospital_id: ID,
    /// The device.
    pub(super) device_id: ID,
    /// The pathway's name; the newest version is pinned.
    pub(super) pathway: String,
    /// What the case is called.
    pub(super) title: String,
}

/// Answers to a form.
#[derive(Debug, InputObject)]
pub struct FormInput {
    /// A UUID you choose; the same id again gives the first answer.
    pub(super) command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    pub(super) expected_version: Option<u32>,
    /// The case.
    pub(super) case_id: ID,
    /// The stage.
    pub(super) stage: String,
    /// The answers.
    pub(super) values: Vec<FieldAnswerInput>,
}

/// Names a stage of a case.
#[derive(Debug, InputObject)]
pub struct StageInput {
    /// A UUID you choose; the same id again gives the first answer.
    pub(super) command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    pub(super) expected_version: Option<u32>,
    /// The case.
    pub(super) case_id: ID,
    /// The stage.
    pub(super) stage: String,
}

/// Hands a stage to a colleague.
#[derive(Debug, InputObject)]
pub struct ReassignStageInput {
    /// A UUID you choose; the same id again gives the first answer.
    pub(super) command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    pub(super) expected_version: Option<u32>,
    /// The case.
    pub(super) case_id: ID,
    /// The stage.
    pub(super) stage: String,
    /// The colleague's account.
    pub(super) to: ID,
    /// Why.
    pub(super) reason: String,
}

/// A change asked for.
#[derive(Debug, InputObject)]
pub struct ChangeRequestInput {
    /// The field it is about; leave it out for the whole form.
    pub(super) field: Option<String>,
    /// What is asked for.
    pub(super) text: String,
}

/// Yes, with a remark if you like.
#[derive(Debug, InputObject)]
pub struct ApproveInput {
    /// A remark.
    pub(super) comment: Option<String>,
}

/// Asks for changes.
#[derive(Debug, InputObject)]
pub struct SendBackInput {
    /// The form that opens again; its answers are kept.
    pub(super) to: String,
    /// What is asked for; at least one.
    pub(super) requests: Vec<ChangeRequestInput>,
}

/// A reason.
#[derive(Debug, InputObject)]
pub struct BecauseInput {
    /// Why.
    pub(super) reason: String,
}

/// A decision: exactly one of these.
#[derive(Debug, OneofObject)]
pub enum DecisionInput {
    /// Yes.
    Approve(ApproveInput),
    /// Ask for changes; the form opens again with the work kept.
    SendBack(SendBackInput),
    /// No; enough of them end the case.
    Reject(BecauseInput),
    /// Step back; the seat is free for another person.
    Recuse(BecauseInput),
}

/// Decides at an approval.
#[derive(Debug, InputObject)]
pub struct DecideApprovalInput {
    /// A UUID you choose; the same id again gives the first answer.
    pub(super) command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    pub(super) expected_version: Option<u32>,
    /// The case.
    pub(super) case_id: ID,
    /// The stage.
    pub(super) stage: String,
    /// The seat; leave it out to take the first free one of your role.
    pub(super) seat: Option<String>,
    /// The decision.
    pub(super) decision: DecisionInput,
}

/// A conflict of interest, and how it is handled.
#[derive(Debug, InputObject)]
pub struct DeclaredConflictInput {
    /// What it is.
    pub(super) what: String,
    /// How it is handled.
    pub(super) handling: String,
}

/// What is known of conflicts of interest: exactly one of these.
#[derive(Debug, OneofObject)]
pub enum ConflictInput {
    /// It was looked for and none is known; write `true`.
    NoneKnown(bool),
    /// There is one.
    Declared(DeclaredConflictInput),
}

/// Asks a PI or clinician to take part, by mail.
#[derive(Debug, InputObject)]
pub struct InviteCandidateInput {
    /// A UUID you choose; the same id again gives the first answer.
    pub(super) command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    pub(super) expected_version: Option<u32>,
    /// The case.
    pub(super) case_id: ID,
    /// The stage.
    pub(super) stage: String,
    /// As what.
    pub(super) role: MatchRole,
    /// Who.
    pub(super) name: String,
    /// Where to.
    pub(super) email: String,
    /// In which language.
    pub(super) locale: Locale,
    /// The department.
    pub(super) department: String,
    /// What is known of conflicts of interest; it is known before anyone is invited.
    pub(super) conflict: ConflictInput,
}

/// Takes an invitation to a candidate back.
#[derive(Debug, InputObject)]
pub struct WithdrawCandidateInput {
    /// A UUID you choose; the same id again gives the first answer.
    pub(super) command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    pub(super) expected_version: Option<u32>,
    /// The case.
    pub(super) case_id: ID,
    /// The stage.
    pub(super) stage: String,
    /// The candidate.
    pub(super) candidate_id: ID,
    /// Why.
    pub(super) reason: String,
}

/// Engages a consultancy.
#[derive(Debug, InputObject)]
pub struct EngageConsultancyInput {
    /// A UUID you choose; the same id again gives the first answer.
    pub(super) command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    pub(super) expected_version: Option<u32>,
    /// The case.
    pub(super) case_id: ID,
    /// The stage.
    pub(super) stage: String,
    /// The consultancy.
    pub(super) consultancy_id: ID,
}

/// Something an award's receiver must reach.
#[derive(Debug, InputObject)]
pub struct MilestoneInput {
    /// What.
    pub(super) title: String,
    /// By when.
    pub(super) due_on: Date,
    /// The tranche paid for it, in won; give all of them or none.
    pub(super) amount_krw: Option<Long>,
}

/// Grants an award.
#[derive(Debug, InputObject)]
pub struct GrantAwardInput {
    /// A UUID you choose; the same id again gives the first answer.
    pub(super) command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    pub(super) expected_version: Option<u32>,
    /// The case.
    pub(super) case_id: ID,
    /// The stage.
    pub(super) stage: String,
    /// How much, in won; inside the programme's bounds.
    pub(super) amount_krw: Long,
    /// What must be reached, and by when.
    pub(super) milestones: Vec<MilestoneInput>,
    /// The day the report is due.
    pub(super) report_due_on: Option<Date>,
}

/// Lays a document out for signing.
#[derive(Debug, InputObject)]
pub struct PrepareAgreementInput {
    /// A UUID you choose; the same id again gives the first answer.
    pub(super) command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    pub(super) expected_version: Option<u32>,
    /// The case.
    pub(super) case_id: ID,
    /// The stage.
    pub(super) stage: String,
    /// The document of the device's dossier; its newest version is laid out.
    pub(super) document_id: ID,
}

/// Signs what was shown.
#[derive(Debug, InputObject)]
pub struct SignAgreementInput {
    /// A UUID you choose; the same id again gives the first answer.
    pub(super) command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    pub(super) expected_version: Option<u32>,
    /// The case.
    pub(super) case_id: ID,
    /// The stage.
    pub(super) stage: String,
    /// The hash of the document that was shown to you.
    pub(super) shown_sha256: String,
    /// Your name as it is printed with the signature.
    pub(super) printed_name: String,
}

/// Names a case and a reason.
#[derive(Debug, InputObject)]
pub struct CaseReasonInput {
    /// A UUID you choose; the same id again gives the first answer.
    pub(super) command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    pub(super) expected_version: Option<u32>,
    /// The case.
    pub(super) case_id: ID,
    /// Why.
    pub(super) reason: String,
}

/// Names a case.
#[derive(Debug, InputObject)]
pub struct CaseInput {
    /// A UUID you choose; the same id again gives the first answer.
    pub(super) command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    pub(super) expected_version: Option<u32>,
    /// The case.
    pub(super) case_id: ID,
}

/// Ends a case with its result.
#[derive(Debug, InputObject)]
pub struct CompleteCaseInput {
    /// A UUID you choose; the same id again gives the first answer.
    pub(super) command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    pub(super) expected_version: Option<u32>,
    /// The case.
    pub(super) case_id: ID,
    /// What came of it.
    pub(super) summary: String,
}
