//! Feedback rounds: clinicians are invited, answer once by their link, and are seen only in summary.

use super::account::IntoId;
use super::case::CaseNode;
use super::command::{Call, Prepared, Preparing, id, maybe_text, payload, text};
use super::enums::Locale;
use super::page::{Page, PageRequest, page_cost};
use super::scalars::{Date, DateTime, Long, count};
use super::study::Choice;
use super::viewer::{Held, Viewer, viewer};
use crate::authz::Action;
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use naru_domain::Command;
use naru_domain::feedback::{
    FeedbackCommand, FeedbackRound, Invitation, InvitedClinician, Question, QuestionKind,
    QuestionResult, Questionnaire, RoundPhase, ScaleSummary, Standing, Summary,
};

/// A round of questions to clinicians. Readable by whoever may read its case; who was invited is seen by the hospital only, and what a
/// single person answered by nobody.
#[derive(Clone, Debug)]
pub struct FeedbackRoundNode(Held<FeedbackRound>);

impl From<Held<FeedbackRound>> for FeedbackRoundNode {
    fn from(held: Held<FeedbackRound>) -> Self {
        Self(held)
    }
}

/// How far a feedback round is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum FeedbackStatus {
    /// It takes answers.
    Open,
    /// The closing day is over; the hospital has to close it.
    Ended,
    /// It was closed and reported.
    Closed,
    /// The case was canceled or the stage superseded.
    Withdrawn,
}

/// What came of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum InvitationStatus {
    /// Nothing yet.
    Waiting,
    /// The person answered.
    Answered,
    /// The person said no.
    Declined,
    /// It was taken back.
    Revoked,
}

impl FeedbackRoundNode {
    fn questionnaire<'a>(&self, viewer: &'a Viewer) -> Result<Option<&'a Questionnaire>> {
        let name = &self.0.get()?.questionnaire;
        Ok(viewer.app.reference().questionnaires.get(name))
    }
}

#[Object(name = "FeedbackRound")]
impl FeedbackRoundNode {
    /// The round's id.
    pub(crate) async fn id(&self) -> Result<ID> {
        Ok(self.0.get()?.id.into_id())
    }

    /// How many changes it has seen; name it as `expectedVersion`.
    async fn version(&self) -> Long {
        self.0.version().into()
    }

    /// The case.
    async fn case(&self, ctx: &Context<'_>) -> Result<Option<CaseNode>> {
        Ok(viewer(ctx)?
            .see(self.0.get()?.case)
            .await?
            .map(CaseNode::from))
    }

    /// The stage of the case's pathway.
    async fn stage(&self) -> Result<&str> {
        Ok(self.0.get()?.stage.as_str())
    }

    /// The stage's title.
    async fn title(&self, ctx: &Context<'_>) -> Result<&str> {
        Ok(self.0.get()?.title.in_locale(viewer(ctx)?.locale))
    }

    /// How far it is.
    async fn status(&self) -> Result<FeedbackStatus> {
        Ok(match self.0.get()?.phase {
            RoundPhase::Open => FeedbackStatus::Open,
            RoundPhase::Ended => FeedbackStatus::Ended,
            RoundPhase::Closed { .. } => FeedbackStatus::Closed,
            RoundPhase::Withdrawn { .. } => FeedbackStatus::Withdrawn,
        })
    }

    /// The last day on which answers are taken.
    async fn closes_on(&self) -> Result<Date> {
        Ok(Date(self.0.get()?.closes_on))
    }

    /// So many answers let the round close.
    async fn answers_needed(&self) -> Result<i32> {
        Ok(i32::from(self.0.get()?.answers_needed))
    }

    /// Results are shown once so many have answered, so that nobody is recognized.
    async fn anonymity_threshold(&self) -> Result<i32> {
        Ok(i32::from(self.0.get()?.anonymity_threshold))
    }

    /// The invitations, oldest first. Right: the hospital's people; others get an empty page. At most 100 a page, 20 unless told.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn invitations(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<InvitationNode>> {
        let round = self.0.get()?;
        let inside = viewer(ctx)?.actor().belongs_to(round.hospital);
        let shown = round.invitations.values().filter(|_| inside);
        PageRequest::new(first, after.as_deref())?.cut(shown.map(InvitationNode::from))
    }

    /// What was found so far, as far as it may be shown.
    #[graphql(complexity = "5 + 3 * child_complexity")]
    async fn results(&self, ctx: &Context<'_>) -> Result<Option<FeedbackResultsNode>> {
        let viewer = viewer(ctx)?;
        let Some(questionnaire) = self.questionnaire(viewer)? else {
            return Ok(None);
        };
        let results = self.0.get()?.results(questionnaire);
        let node = |results: &[QuestionResult]| -> Vec<QuestionResultNode> {
            results
                .iter()
                .map(|result| question_result(questionnaire, result, viewer.locale))
                .collect()
        };
        Ok(Some(FeedbackResultsNode {
            invited: count(results.invited),
            answered: count(results.answered),
            declined: count(results.declined),
            questions: results.questions.as_deref().map(node),
            sites: results
                .sites
                .iter()
                .map(|site| SiteResultsNode {
                    site: site.site.as_str().to_owned(),
                    answered: count(site.answered),
                    questions: site.questions.as_deref().map(node),
                })
                .collect(),
        }))
    }

    /// What was learned, once it is closed.
    async fn conclusion(&self) -> Result<Option<&str>> {
        Ok(match &self.0.get()?.phase {
            RoundPhase::Closed { conclusion, .. } => Some(conclusion.as_str()),
            RoundPhase::Withdrawn { reason, .. } => Some(reason.as_str()),
            RoundPhase::Open | RoundPhase::Ended => None,
        })
    }
}

/// An invitation of one clinician. It does not say what was answered.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Invitation")]
pub struct InvitationNode {
    /// Its id.
    id: ID,
    /// Who was invited.
    name: String,
    /// Where the invitation went.
    email: String,
    /// The hospital or site the person works at.
    site: String,
    /// The person's field, where known.
    specialty: Option<String>,
    /// When.
    invited_at: DateTime,
    /// When the person was last reminded.
    reminded_at: Option<DateTime>,
    /// What came of it.
    status: InvitationStatus,
}

impl From<&Invitation> for InvitationNode {
    fn from(invitation: &Invitation) -> Self {
        let clinician = &invitation.clinician;
        Self {
            id: invitation.id.into_id(),
            name: clinician.name.as_str().to_owned(),
            email: clinician.email.as_str().to_owned(),
            site: clinician.site.as_str().to_owned(),
            specialty: clinician.specialty.as_ref().map(|s| s.as_str().to_owned()),
            invited_at: DateTime(invitation.invited_at),
            reminded_at: invitation.reminded_at.map(DateTime),
            status: match invitation.standing {
                Standing::Waiting => InvitationStatus::Waiting,
                Standing::Answered { .. } => InvitationStatus::Answered,
                Standing::Declined { .. } => InvitationStatus::Declined,
                Standing::Revoked { .. } => InvitationStatus::Revoked,
            },
        }
    }
}

/// What a feedback round found so far.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "FeedbackResults")]
pub struct FeedbackResultsNode {
    /// How many were invited and not revoked.
    invited: i32,
    /// How many answered.
    answered: i32,
    /// How many said no.
    declined: i32,
    /// What was answered; nothing until enough have answered.
    questions: Option<Vec<QuestionResultNode>>,
    /// The same by site, comments left out.
    sites: Vec<SiteResultsNode>,
}

/// What one site answered.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "SiteResults")]
pub struct SiteResultsNode {
    /// The site.
    site: String,
    /// How many answered there.
    answered: i32,
    /// What was answered; nothing while it could give somebody away.
    questions: Option<Vec<QuestionResultNode>>,
}

/// What was answered to one question.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "QuestionResult")]
pub struct QuestionResultNode {
    /// The question's name.
    id: String,
    /// What it asks.
    label: String,
    /// How many answered it.
    answered: i32,
    /// Of a scale: the summary of its scores.
    scale: Option<ScaleNode>,
    /// Of a choice: every option with how often it was chosen.
    choices: Option<Vec<ChoiceCountNode>>,
    /// Of free text: the comments, in an order that says nothing about who wrote what.
    comments: Option<Vec<String>>,
}

/// Scores in summary.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Scale")]
pub struct ScaleNode {
    /// How often each score was given, from the lowest.
    distribution: Vec<ScoreCountNode>,
    /// The median.
    median: Option<f64>,
    /// The lower quartile.
    lower_quartile: Option<f64>,
    /// The upper quartile.
    upper_quartile: Option<f64>,
    /// The share, from 0 to 1, of the two highest scores.
    top_two_box: Option<f64>,
    /// The net promoter score from −100 to 100, for a question of that kind.
    net_promoter: Option<f64>,
}

/// How often a score was given.
#[derive(Clone, Copy, Debug, SimpleObject)]
#[graphql(name = "ScoreCount")]
pub struct ScoreCountNode {
    /// The score.
    score: Long,
    /// How often.
    count: i32,
}

/// How often an option was chosen.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "ChoiceCount")]
pub struct ChoiceCountNode {
    /// The option.
    option: Choice,
    /// How often.
    count: i32,
}

fn question_result(
    questionnaire: &Questionnaire,
    result: &QuestionResult,
    locale: naru_domain::Locale,
) -> QuestionResultNode {
    let question = questionnaire.question(&result.question);
    let mut node = QuestionResultNode {
        id: result.question.clone(),
        label: question.map_or_else(String::new, |q| q.label.in_locale(locale).to_owned()),
        answered: count(result.answered),
        scale: None,
        choices: None,
        comments: None,
    };
    match &result.summary {
        Summary::Scale(scale) => node.scale = Some(scale_node(scale)),
        Summary::Choice(counts) => {
            let counted = counts.iter().map(|counted| ChoiceCountNode {
                option: option_named(question, &counted.value, locale),
                count: count(counted.count),
            });
            node.choices = Some(counted.collect());
        }
        Summary::Comments(comments) => {
            let texts = comments.iter().map(|text| text.as_str().to_owned());
            node.comments = Some(texts.collect());
        }
    }
    node
}

fn scale_node(scale: &ScaleSummary) -> ScaleNode {
    ScaleNode {
        distribution: scale
            .distribution
            .iter()
            .map(|counted| ScoreCountNode {
                score: Long(counted.score),
                count: count(counted.count),
            })
            .collect(),
        median: scale.median,
        lower_quartile: scale.lower_quartile,
        upper_quartile: scale.upper_quartile,
        top_two_box: scale.top_two_box,
        net_promoter: scale.net_promoter.as_ref().map(|nps| nps.score),
    }
}

fn option_named(question: Option<&Question>, value: &str, locale: naru_domain::Locale) -> Choice {
    let label = question.and_then(|question| match &question.kind {
        QuestionKind::Choice(options) => options.iter().find(|option| option.value == value),
        QuestionKind::Likert(_)
        | QuestionKind::Seq(_)
        | QuestionKind::Nps(_)
        | QuestionKind::Text { .. } => None,
    });
    match label {
        Some(option) => Choice::new(value, &option.label, locale),
        None => {
            let same = naru_domain::Words {
                en: value.to_owned(),
                ko: value.to_owned(),
            };
            Choice::new(value, &same, locale)
        }
    }
}

payload! {
    /// The answer to a command on a feedback round.
    FeedbackRoundPayload,
    /// The round after the command; nothing if it was refused.
    feedback_round: FeedbackRoundNode, FeedbackRound
}

/// A clinician to invite.
#[derive(Debug, InputObject)]
pub struct ClinicianInput {
    /// Where to write.
    email: String,
    /// Whom to greet.
    name: String,
    /// In which language.
    locale: Locale,
    /// The hospital or site the person works at.
    site: String,
    /// The person's field, where known.
    specialty: Option<String>,
}

/// Invites clinicians by mail.
#[derive(Debug, InputObject)]
pub struct InviteCliniciansInput {
    /// A UUID you choose; the same id again gives the first answer.
    command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    expected_version: Option<u32>,
    /// The round.
    feedback_round_id: ID,
    /// Whom.
    clinicians: Vec<ClinicianInput>,
}

/// Names an invitation.
#[derive(Debug, InputObject)]
pub struct RemindClinicianInput {
    /// A UUID you choose; the same id again gives the first answer.
    command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    expected_version: Option<u32>,
    /// The round.
    feedback_round_id: ID,
    /// The invitation.
    invitation_id: ID,
}

/// Takes an invitation back; its link stops working.
#[derive(Debug, InputObject)]
pub struct RevokeInvitationInput {
    /// A UUID you choose; the same id again gives the first answer.
    command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    expected_version: Option<u32>,
    /// The round.
    feedback_round_id: ID,
    /// The invitation.
    invitation_id: ID,
    /// Why.
    reason: String,
}

/// Ends a feedback round and reports to its case.
#[derive(Debug, InputObject)]
pub struct CloseFeedbackRoundInput {
    /// A UUID you choose; the same id again gives the first answer.
    command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    expected_version: Option<u32>,
    /// The round.
    feedback_round_id: ID,
    /// What was learned.
    conclusion: String,
    /// Why it closes with fewer answers than needed, if it does.
    short_reason: Option<String>,
}

/// Hands a command on a feedback round over.
macro_rules! on_round {
    ($ctx:ident, $input:ident, $action:ident, $command:expr) => {{
        let viewer = viewer($ctx)?;
        let call = Call::new(&$input.command_id, $input.expected_version)?;
        let prepared = async {
            let round = viewer
                .target::<FeedbackRound>(&$input.feedback_round_id, Action::$action)
                .await?;
            let command: FeedbackCommand = $command;
            Ok(Prepared {
                aggregate: round.get()?.id.into(),
                command: Command::FeedbackRound(command),
            })
        };
        let done = viewer.carry_out(call, prepared.await).await;
        done.map(FeedbackRoundPayload::from)
    }};
}

/// Commands on feedback rounds.
#[derive(Clone, Copy, Debug, Default)]
pub struct FeedbackVerbs;

#[Object]
impl FeedbackVerbs {
    /// Invites clinicians to a feedback round by mail. Right: coordinator, principal investigator.
    async fn invite_clinicians(
        &self,
        ctx: &Context<'_>,
        input: InviteCliniciansInput,
    ) -> Result<FeedbackRoundPayload> {
        on_round!(
            ctx,
            input,
            InviteClinicians,
            FeedbackCommand::Invite {
                invitations: invited(&input.clinicians)?,
            }
        )
    }

    /// Reminds an invited clinician now, beside the planned reminders. Right: coordinator, principal investigator.
    async fn remind_clinician(
        &self,
        ctx: &Context<'_>,
        input: RemindClinicianInput,
    ) -> Result<FeedbackRoundPayload> {
        on_round!(
            ctx,
            input,
            RemindClinician,
            FeedbackCommand::Remind {
                invitation: id(&input.invitation_id)?,
            }
        )
    }

    /// Takes a clinician's invitation back; its link stops working. Right: coordinator, principal investigator.
    async fn revoke_invitation(
        &self,
        ctx: &Context<'_>,
        input: RevokeInvitationInput,
    ) -> Result<FeedbackRoundPayload> {
        on_round!(
            ctx,
            input,
            RevokeInvitation,
            FeedbackCommand::RevokeInvitation {
                invitation: id(&input.invitation_id)?,
                reason: text("reason", &input.reason)?,
            }
        )
    }

    /// Ends a feedback round and reports to its case. Right: coordinator, principal investigator.
    async fn close_feedback_round(
        &self,
        ctx: &Context<'_>,
        input: CloseFeedbackRoundInput,
    ) -> Result<FeedbackRoundPayload> {
        on_round!(
            ctx,
            input,
            CloseFeedbackRound,
            FeedbackCommand::Close {
                conclusion: text("conclusion", &input.conclusion)?,
                short_reason: maybe_text("shortReason", input.short_reason.as_ref())?,
            }
        )
    }
}

fn invited(given: &[ClinicianInput]) -> Preparing<Vec<InvitedClinician>> {
    given
        .iter()
        .map(|clinician| {
            Ok(InvitedClinician {
                email: text("clinicians.email", &clinician.email)?,
                name: text("clinicians.name", &clinician.name)?,
                locale: clinician.locale.into(),
                site: text("clinicians.site", &clinician.site)?,
                specialty: maybe_text("clinicians.specialty", clinician.specialty.as_ref())?,
            })
        })
        .collect()
}
