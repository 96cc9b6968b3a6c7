//! What has come of a stage, by its kind.

use super::super::account::{IntoId, Person};
use super::super::consultation::ConsultationNode;
use super::super::enums::{CandidateStatus, ConsultationKind, MatchRole, Role};
use super::super::feedback::FeedbackRoundNode;
use super::super::scalars::{Date, DateTime, Long};
use super::super::study::StudyNode;
use super::super::viewer::{Viewer, viewer};
use super::answers::{FieldAnswer, answers};
use async_graphql::{ComplexObject, Context, ID, Result, SimpleObject, Union};
use naru_domain::case::{
    AgreementWork, ApprovalWork, Candidate, Case, ConflictOfInterest, ConsultationWork,
    DocumentVersion, FormWork, GrantedAward, Stage, StageReport, Submission, Verdict, Work,
    differences,
};
use naru_domain::{AccountId, AggregateId, CandidateId};
use std::collections::BTreeMap;

/// What has come of a stage, by its kind.
#[derive(Clone, Debug, Union)]
pub enum StageWork {
    /// Of a form.
    Form(FormWorkNode),
    /// Of an approval.
    Approval(ApprovalWorkNode),
    /// Of a matching.
    Matching(MatchingWorkNode),
    /// Of a usability study.
    Study(StudyWorkNode),
    /// Of a feedback round.
    Feedback(FeedbackWorkNode),
    /// Of a consultation.
    Consultation(ConsultationWorkNode),
    /// Of an award.
    Award(AwardWorkNode),
    /// Of an agreement.
    Agreement(AgreementWorkNode),
}

/// What has come of a stage, as far as the viewer may see it.
pub(super) fn work_of(viewer: &Viewer, case: &Case, stage: &Stage) -> Option<StageWork> {
    match &stage.work {
        Work::Form(work) => Some(StageWork::Form(form(viewer, case, stage, work))),
        Work::Approval(work) => Some(StageWork::Approval(approval(work))),
        Work::Matching(candidates) => Some(StageWork::Matching(matching(viewer, case, candidates))),
        Work::Child { child, report } => child_work(*child, report.as_ref()),
        Work::Consultation(work) => Some(StageWork::Consultation(consultation(viewer, work))),
        Work::Award(granted) => Some(StageWork::Award(AwardWorkNode {
            granted: granted.as_ref().map(AwardNode::from),
        })),
        Work::Agreement(work) => Some(StageWork::Agreement(agreement(work))),
        Work::Nothing => None,
    }
}

/// The answers of a form, what was asked to change, and what changed.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "FormWork")]
pub struct FormWorkNode {
    /// Answers kept but not handed in; only the side that fills the form sees them.
    draft: Option<Vec<FieldAnswer>>,
    /// The last submission.
    submitted: Option<SubmissionNode>,
    /// What the last send-back asked for.
    requests: Vec<ChangeRequestNode>,
    /// What changed since the submission before, field by field.
    differences: Vec<DifferenceNode>,
}

/// A form as handed in.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Submission", complex)]
pub struct SubmissionNode {
    /// The answers.
    values: Vec<FieldAnswer>,
    /// The documents they name, in the versions that were current.
    documents: Vec<PinnedDocument>,
    /// When.
    at: DateTime,
    #[graphql(skip)]
    by: AccountId,
}

#[ComplexObject]
impl SubmissionNode {
    /// By whom.
    async fn by(&self, ctx: &Context<'_>) -> Result<Person> {
        viewer(ctx)?.person(self.by).await
    }
}

/// A document in the version that was current.
#[derive(Clone, Debug, SimpleObject)]
pub struct PinnedDocument {
    /// The document of the device's dossier.
    document_id: ID,
    /// Its version.
    version: u32,
    /// The hash of its content.
    sha256: String,
}

impl From<&DocumentVersion> for PinnedDocument {
    fn from(document: &DocumentVersion) -> Self {
        Self {
            document_id: document.document.into_id(),
            version: document.version,
            sha256: document.sha256.as_str().to_owned(),
        }
    }
}

/// A change that a send-back asks for.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "ChangeRequest")]
pub struct ChangeRequestNode {
    /// Its id.
    id: ID,
    /// The field it is pinned to; nothing when it is about the whole form.
    field: Option<String>,
    /// What is asked for.
    text: String,
}

/// One field whose answer changed.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Difference")]
pub struct DifferenceNode {
    /// The field.
    field: String,
    /// The answer before.
    before: Option<FieldAnswer>,
    /// The answer now.
    after: Option<FieldAnswer>,
}

fn form(viewer: &Viewer, case: &Case, stage: &Stage, work: &FormWork) -> FormWorkNode {
    let filling = case.organization_of(stage.owner, stage);
    let draft = work
        .draft
        .as_ref()
        .filter(|_| viewer.actor().belongs_to(filling));
    let changed = match (&work.previous, &work.submitted) {
        (Some(before), Some(after)) => differences(&before.values, &after.values),
        (None, _) | (_, None) => Vec::new(),
    };
    FormWorkNode {
        draft: draft.map(answers),
        submitted: work.submitted.as_ref().map(submission),
        requests: work
            .requests
            .iter()
            .map(|request| ChangeRequestNode {
                id: request.request.into_id(),
                field: request.field.clone(),
                text: request.text.as_str().to_owned(),
            })
            .collect(),
        differences: changed
            .into_iter()
            .map(|difference| DifferenceNode {
                before: difference
                    .before
                    .map(|value| FieldAnswer::new(&difference.field, &value)),
                after: difference
                    .after
                    .map(|value| FieldAnswer::new(&difference.field, &value)),
                field: difference.field,
            })
            .collect(),
    }
}

fn submission(submission: &Submission) -> SubmissionNode {
    SubmissionNode {
        values: answers(&submission.values),
        documents: submission.documents.iter().map(Into::into).collect(),
        at: DateTime(submission.at),
        by: submission.by,
    }
}

/// The seats of an approval and what they decided.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "ApprovalWork")]
pub struct ApprovalWorkNode {
    /// So many approvals decide.
    approvals_needed: i32,
    /// The seats.
    seats: Vec<SeatNode>,
}

/// One seat.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Seat", complex)]
pub struct SeatNode {
    /// Its name; `decideApproval` may name it.
    id: String,
    /// The role that takes it.
    role: Role,
    /// Whether it approved; nothing while it is free.
    approved: Option<bool>,
    /// The remark or reason.
    comment: Option<String>,
    /// When it decided.
    at: Option<DateTime>,
    #[graphql(skip)]
    account: Option<AccountId>,
}

#[ComplexObject]
impl SeatNode {
    /// Who sat on it.
    async fn by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        match self.account {
            Some(account) => Ok(Some(viewer(ctx)?.person(account).await?)),
            None => Ok(None),
        }
    }
}

fn approval(work: &ApprovalWork) -> ApprovalWorkNode {
    let seats = work.seats.iter().map(|seat| {
        let vote = work.votes.get(&seat.id);
        let (approved, comment) = match vote.map(|vote| &vote.verdict) {
            Some(Verdict::Approve { comment }) => (Some(true), comment.as_ref()),
            Some(Verdict::Reject { reason }) => (Some(false), Some(reason)),
            None => (None, None),
        };
        SeatNode {
            id: seat.id.clone(),
            role: seat.role.into(),
            approved,
            comment: comment.map(|text| text.as_str().to_owned()),
            at: vote.map(|vote| DateTime(vote.at)),
            account: vote.map(|vote| vote.by),
        }
    });
    ApprovalWorkNode {
        approvals_needed: i32::from(work.approvals_needed),
        seats: seats.collect(),
    }
}

/// The people asked to take part.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "MatchingWork")]
pub struct MatchingWorkNode {
    /// The candidates. Outside the hospital only those who accepted are seen, without their address.
    candidates: Vec<CandidateNode>,
}

/// A PI or clinician asked to take part.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Candidate")]
pub struct CandidateNode {
    /// The candidate's id.
    id: ID,
    /// As what.
    role: MatchRole,
    /// How they are called.
    name: String,
    /// Where the invitation went; seen by the hospital only.
    email: Option<String>,
    /// The department.
    department: String,
    /// The conflict of interest that was known at the invitation, and how it is handled; seen by the hospital only.
    conflict: Option<String>,
    /// The last day to answer.
    answer_by: Date,
    /// Where the invitation stands.
    status: CandidateStatus,
}

fn matching(
    viewer: &Viewer,
    case: &Case,
    candidates: &BTreeMap<CandidateId, Candidate>,
) -> MatchingWorkNode {
    let inside = viewer.actor().belongs_to(case.hospital)
        || viewer.holds_anywhere(naru_domain::Role::Auditor);
    let nodes = candidates.iter().map(|(id, candidate)| CandidateNode {
        id: id.into_id(),
        role: candidate.role.into(),
        name: candidate.name.as_str().to_owned(),
        email: inside.then(|| candidate.email.as_str().to_owned()),
        department: candidate.department.as_str().to_owned(),
        conflict: match &candidate.conflict {
            ConflictOfInterest::Declared { what, handling } if inside => {
                Some(format!("{} → {}", what.as_str(), handling.as_str()))
            }
            ConflictOfInterest::Declared { .. } | ConflictOfInterest::NoneKnown => None,
        },
        answer_by: Date(candidate.answer_by),
        status: (&candidate.answer).into(),
    });
    MatchingWorkNode {
        candidates: nodes
            .filter(|node| inside || node.status == CandidateStatus::Accepted)
            .collect(),
    }
}

/// A usability study.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "StudyWork", complex)]
pub struct StudyWorkNode {
    /// What it found, once closed.
    conclusion: Option<String>,
    #[graphql(skip)]
    id: naru_domain::StudyId,
}

#[ComplexObject]
impl StudyWorkNode {
    /// The study.
    async fn study(&self, ctx: &Context<'_>) -> Result<Option<StudyNode>> {
        Ok(viewer(ctx)?.see(self.id).await?.map(StudyNode::from))
    }
}

/// A feedback round.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "FeedbackWork", complex)]
pub struct FeedbackWorkNode {
    /// What it found, once closed.
    conclusion: Option<String>,
    #[graphql(skip)]
    id: naru_domain::FeedbackRoundId,
}

#[ComplexObject]
impl FeedbackWorkNode {
    /// The round.
    async fn feedback_round(&self, ctx: &Context<'_>) -> Result<Option<FeedbackRoundNode>> {
        Ok(viewer(ctx)?
            .see(self.id)
            .await?
            .map(FeedbackRoundNode::from))
    }
}

fn child_work(child: AggregateId, report: Option<&StageReport>) -> Option<StageWork> {
    let conclusion = report.map(|report| report.conclusion.as_str().to_owned());
    match child {
        AggregateId::Study(id) => Some(StageWork::Study(StudyWorkNode { conclusion, id })),
        AggregateId::FeedbackRound(id) => {
            Some(StageWork::Feedback(FeedbackWorkNode { conclusion, id }))
        }
        AggregateId::Account(_)
        | AggregateId::Organization(_)
        | AggregateId::Device(_)
        | AggregateId::Case(_)
        | AggregateId::Consultation(_) => None,
    }
}

/// A consultancy's engagement.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "ConsultationWork", complex)]
pub struct ConsultationWorkNode {
    /// About what.
    about: ConsultationKind,
    /// What the recommendation must answer.
    asks: Vec<String>,
    /// The recommendation, once closed.
    recommendation: Option<String>,
    #[graphql(skip)]
    id: Option<naru_domain::ConsultationId>,
}

#[ComplexObject]
impl ConsultationWorkNode {
    /// The consultation, once a consultancy is engaged.
    async fn consultation(&self, ctx: &Context<'_>) -> Result<Option<ConsultationNode>> {
        match self.id {
            Some(id) => Ok(viewer(ctx)?.see(id).await?.map(ConsultationNode::from)),
            None => Ok(None),
        }
    }
}

fn consultation(viewer: &Viewer, work: &ConsultationWork) -> ConsultationWorkNode {
    ConsultationWorkNode {
        about: work.about.into(),
        asks: work
            .asks
            .iter()
            .map(|words| words.in_locale(viewer.locale).to_owned())
            .collect(),
        recommendation: work
            .report
            .as_ref()
            .map(|report| report.conclusion.as_str().to_owned()),
        id: work.engaged.map(|engagement| engagement.consultation),
    }
}

/// Money.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "AwardWork")]
pub struct AwardWorkNode {
    /// The award, once granted.
    granted: Option<AwardNode>,
}

/// An award that was granted.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Award", complex)]
pub struct AwardNode {
    /// How much, in won.
    amount_krw: Long,
    /// What must be reached, and by when.
    milestones: Vec<MilestoneNode>,
    /// The day the report is due.
    report_due_on: Option<Date>,
    /// When it was granted.
    at: DateTime,
    #[graphql(skip)]
    account: AccountId,
}

#[ComplexObject]
impl AwardNode {
    /// Who granted it.
    async fn by(&self, ctx: &Context<'_>) -> Result<Person> {
        viewer(ctx)?.person(self.account).await
    }
}

/// Something an award's receiver must reach.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Milestone")]
pub struct MilestoneNode {
    /// What.
    title: String,
    /// By when.
    due_on: Date,
    /// The tranche paid for it, in won.
    amount_krw: Option<Long>,
}

impl From<&GrantedAward> for AwardNode {
    fn from(granted: &GrantedAward) -> Self {
        let award = &granted.award;
        Self {
            amount_krw: Long(award.amount_krw),
            milestones: award
                .milestones
                .iter()
                .map(|milestone| MilestoneNode {
                    title: milestone.title.as_str().to_owned(),
                    due_on: Date(milestone.due_on),
                    amount_krw: milestone.amount_krw.map(Long),
                })
                .collect(),
            report_due_on: award.report_due_on.map(Date),
            at: DateTime(granted.at),
            account: granted.by,
        }
    }
}

/// A document and who signed it.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "AgreementWork")]
pub struct AgreementWorkNode {
    /// What is to be signed; `signAgreement` names its hash.
    document: Option<PinnedDocument>,
    /// Who signs, in order.
    signers: Vec<SignerNode>,
}

/// One signer.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Signer")]
pub struct SignerNode {
    /// Its name in the pathway.
    id: String,
    /// The role that signs.
    role: Role,
    /// The name printed with the signature; nothing before it is signed.
    printed_name: Option<String>,
    /// When it was signed.
    at: Option<DateTime>,
}

fn agreement(work: &AgreementWork) -> AgreementWorkNode {
    let signers = work.signers.iter().map(|signer| {
        let signature = work
            .signatures
            .iter()
            .find(|signature| signature.signer == signer.id);
        SignerNode {
            id: signer.id.clone(),
            role: signer.role.into(),
            printed_name: signature.map(|given| given.printed_name.as_str().to_owned()),
            at: signature.map(|given| DateTime(given.at)),
        }
    });
    AgreementWorkNode {
        document: work.document.as_ref().map(Into::into),
        signers: signers.collect(),
    }
}
