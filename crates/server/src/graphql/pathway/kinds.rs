//! What a stage asks for, by its kind.

use super::super::enums::{ConsultationKind, Locale, MatchRole, Role};
use super::super::scalars::Long;
use super::super::study::StudyTaskNode;
use super::field::{Choice, PathwayFieldNode, PathwayRuleNode};
use super::{DaysNode, in_language};
use async_graphql::{Context, Object, Result, SimpleObject, Union};
use naru_domain::Words;
use naru_domain::pathway::{
    AgreementStage, ApprovalStage, AwardStage, ConsultationStage, FeedbackStage, FormStage,
    MatchingStage, Pathway, Seat, Signer, StageId, StageKind, UsabilityStage,
};
use std::sync::Arc;

/// What a stage asks for, by its kind.
#[derive(Clone, Debug, Union)]
pub enum PathwayStageWork {
    /// Fields to fill and documents to hand in.
    Form(PathwayFormNode),
    /// A decision by named seats.
    Approval(PathwayApprovalNode),
    /// Finding a PI and clinicians.
    Matching(PathwayMatchingNode),
    /// A usability study.
    Study(PathwayStudyNode),
    /// A round of questions to clinicians.
    Feedback(PathwayFeedbackNode),
    /// A consultant's engagement.
    Consultation(PathwayConsultationNode),
    /// Money within bounds.
    Award(PathwayAwardNode),
    /// Signatures in order.
    Agreement(PathwayAgreementNode),
}

/// What a stage of this kind asks for.
pub(super) fn work(pathway: &Arc<Pathway>, kind: &StageKind) -> PathwayStageWork {
    match kind {
        StageKind::Form(form) => PathwayStageWork::Form(PathwayFormNode {
            pathway: Arc::clone(pathway),
            form: form.clone(),
        }),
        StageKind::Approval(approval) => PathwayStageWork::Approval(approval.into()),
        StageKind::Matching(matching) => PathwayStageWork::Matching(matching.into()),
        StageKind::UsabilityStudy(study) => PathwayStageWork::Study(study.into()),
        StageKind::FeedbackRound(round) => PathwayStageWork::Feedback(round.into()),
        StageKind::Consultation(consultation) => {
            PathwayStageWork::Consultation(PathwayConsultationNode(consultation.clone()))
        }
        StageKind::Award(award) => PathwayStageWork::Award(award.into()),
        StageKind::Agreement(agreement) => PathwayStageWork::Agreement(agreement.into()),
    }
}

/// Fields to fill and documents to hand in.
#[derive(Clone, Debug)]
pub struct PathwayFormNode {
    pathway: Arc<Pathway>,
    form: FormStage,
}

/// Fields to fill and documents to hand in.
#[Object(name = "PathwayForm")]
impl PathwayFormNode {
    /// The fields, in the order they are asked.
    #[graphql(complexity = "2 + 2 * child_complexity")]
    async fn fields(&self) -> Vec<PathwayFieldNode> {
        let fields = self.form.fields.iter();
        fields
            .map(|field| PathwayFieldNode::new(&self.pathway, field))
            .collect()
    }

    /// What the answers must satisfy together before the form can be handed in.
    async fn rules(&self) -> Vec<PathwayRuleNode> {
        let rules = self.form.rules.iter();
        rules
            .map(|rule| PathwayRuleNode {
                pathway: Arc::clone(&self.pathway),
                rule: rule.clone(),
            })
            .collect()
    }
}

/// A decision by named seats. Whoever handed in what is decided sits on none of them.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "PathwayApproval")]
pub struct PathwayApprovalNode {
    /// Who decides; one person takes one seat.
    seats: Vec<PathwaySeatNode>,
    /// So many approvals decide.
    approvals_needed: u16,
    /// The form stages a decider may send back to.
    send_back_to: Vec<String>,
}

impl From<&ApprovalStage> for PathwayApprovalNode {
    fn from(stage: &ApprovalStage) -> Self {
        Self {
            seats: stage.seats.iter().cloned().map(PathwaySeatNode).collect(),
            approvals_needed: stage.approvals_needed,
            send_back_to: stage.send_back_to.iter().map(StageId::to_string).collect(),
        }
    }
}

/// One seat at an approval, as it is planned.
#[derive(Clone, Debug)]
pub struct PathwaySeatNode(Seat);

/// One seat at an approval, as it is planned.
#[Object(name = "PathwaySeat")]
impl PathwaySeatNode {
    /// Its name within the stage.
    async fn id(&self) -> &str {
        &self.0.id
    }

    /// What it is called, in the reader's language or the one asked for.
    async fn title(&self, ctx: &Context<'_>, language: Option<Locale>) -> Result<&str> {
        in_language(ctx, &self.0.title, language)
    }

    /// The role that may take it.
    async fn role(&self) -> Role {
        self.0.role.into()
    }
}

/// Finding people. Conflicts of interest are declared before anyone is invited.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "PathwayMatching")]
pub struct PathwayMatchingNode {
    /// Who is wanted, and how many.
    wanted: Vec<WantedNode>,
    /// How long an invited person has to answer.
    answer_within: DaysNode,
}

/// So many people of one kind.
#[derive(Clone, Copy, Debug, SimpleObject)]
#[graphql(name = "Wanted")]
pub struct WantedNode {
    /// As what.
    role: MatchRole,
    /// At least so many who accepted.
    count: u16,
}

impl From<&MatchingStage> for PathwayMatchingNode {
    fn from(stage: &MatchingStage) -> Self {
        let wanted = stage.wanted.iter().map(|wanted| WantedNode {
            role: wanted.role.into(),
            count: wanted.count,
        });
        Self {
            wanted: wanted.collect(),
            answer_within: stage.answer_within.into(),
        }
    }
}

/// A usability study, as it is planned.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "PathwayStudy")]
pub struct PathwayStudyNode {
    /// Whether it is the summative evaluation (총괄평가), or a formative one (형성평가).
    summative: bool,
    /// At least so many participants in each user group.
    participants_per_group: u16,
    /// The distinct user groups.
    groups: Vec<Choice>,
    /// The tasks every participant attempts; a study may add to them before the first session.
    tasks: Vec<StudyTaskNode>,
}

impl From<&UsabilityStage> for PathwayStudyNode {
    fn from(stage: &UsabilityStage) -> Self {
        Self {
            summative: stage.summative,
            participants_per_group: stage.participants_per_group,
            groups: stage.groups.iter().map(Into::into).collect(),
            tasks: stage.tasks.iter().map(Into::into).collect(),
        }
    }
}

/// A round of questions to clinicians, as it is planned.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "PathwayFeedback")]
pub struct PathwayFeedbackNode {
    /// The name of the questionnaire.
    questionnaire: String,
    /// Results are shown once so many have answered, so that nobody is recognized.
    anonymity_threshold: u16,
    /// So many answers let the round close.
    answers_needed: u16,
    /// How long it stays open.
    open_for: DaysNode,
    /// When those who have not answered are reminded, in working days after the invitation.
    remind_after_working_days: Vec<u16>,
}

impl From<&FeedbackStage> for PathwayFeedbackNode {
    fn from(stage: &FeedbackStage) -> Self {
        Self {
            questionnaire: stage.questionnaire.clone(),
            anonymity_threshold: stage.anonymity_threshold,
            answers_needed: stage.answers_needed,
            open_for: stage.open_for.into(),
            remind_after_working_days: stage.remind_after_working_days.clone(),
        }
    }
}

/// A consultant's engagement, as it is planned.
#[derive(Clone, Debug)]
pub struct PathwayConsultationNode(ConsultationStage);

/// A consultant's engagement, as it is planned.
#[Object(name = "PathwayConsultation")]
impl PathwayConsultationNode {
    /// What it is about.
    async fn about(&self) -> ConsultationKind {
        self.0.about.into()
    }

    /// What the recommendation must answer, in the reader's language or the one asked for.
    async fn asks(&self, ctx: &Context<'_>, language: Option<Locale>) -> Result<Vec<&str>> {
        let asks = self.0.asks.iter();
        asks.map(|words: &Words| in_language(ctx, words, language))
            .collect()
    }
}

/// Money within bounds.
#[derive(Clone, Copy, Debug, SimpleObject)]
#[graphql(name = "PathwayAward")]
pub struct PathwayAwardNode {
    /// The least that may be granted, in won.
    min_krw: Long,
    /// The most that may be granted, in won.
    max_krw: Long,
    /// At least so many milestones.
    milestones_min: u16,
    /// Whether a report must be promised, with its day.
    report_required: bool,
}

impl From<&AwardStage> for PathwayAwardNode {
    fn from(stage: &AwardStage) -> Self {
        Self {
            min_krw: Long(stage.min_krw),
            max_krw: Long(stage.max_krw),
            milestones_min: stage.milestones_min,
            report_required: stage.report_required,
        }
    }
}

/// Signatures in order on one document.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "PathwayAgreement")]
pub struct PathwayAgreementNode {
    /// Who signs, in order.
    signers: Vec<PathwaySignerNode>,
}

impl From<&AgreementStage> for PathwayAgreementNode {
    fn from(stage: &AgreementStage) -> Self {
        Self {
            signers: stage
                .signers
                .iter()
                .cloned()
                .map(PathwaySignerNode)
                .collect(),
        }
    }
}

/// One signer, as it is planned.
#[derive(Clone, Debug)]
pub struct PathwaySignerNode(Signer);

/// One signer, as it is planned.
#[Object(name = "PathwaySigner")]
impl PathwaySignerNode {
    /// Its name within the stage.
    async fn id(&self) -> &str {
        &self.0.id
    }

    /// The role that signs.
    async fn role(&self) -> Role {
        self.0.role.into()
    }

    /// What the signature means, in the reader's language or the one asked for.
    async fn meaning(&self, ctx: &Context<'_>, language: Option<Locale>) -> Result<&str> {
        in_language(ctx, &self.0.meaning, language)
    }
}
