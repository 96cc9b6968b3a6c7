//! Feedback rounds: what clinicians are asked, who was invited, and what was found. Answers come by the link in the letter, never here.

pub mod questionnaire;
pub mod results;
pub mod verbs;

pub use questionnaire::QuestionnaireNode;
pub use results::FeedbackResultsNode;
pub use verbs::FeedbackVerbs;

use super::account::IntoId;
use super::case::CaseNode;
use super::command::payload;
use super::device::DeviceNode;
use super::enums::Locale;
use super::organization::OrganizationNode;
use super::page::{Page, PageRequest, page_cost};
use super::pathway::in_language;
use super::scalars::{Date, DateTime, Long};
use super::viewer::{Held, Viewer, viewer};
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use naru_domain::feedback::{FeedbackRound, Invitation, Questionnaire, RoundPhase, Standing};
use naru_domain::organization::Organization;
use naru_domain::{LongText, Role};

/// Where a feedback round stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum FeedbackStatus {
    /// It takes answers.
    Open,
    /// The case is paused.
    Suspended,
    /// The last day for answers is over; the hospital has to close it.
    Ended,
    /// It has a conclusion.
    Closed,
    /// The case no longer needs it.
    Withdrawn,
}

/// What came of an invitation. What a person answered is seen only in summary.
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

impl From<&Standing> for InvitationStatus {
    fn from(standing: &Standing) -> Self {
        match standing {
            Standing::Waiting => Self::Waiting,
            Standing::Answered { .. } => Self::Answered,
            Standing::Declined { .. } => Self::Declined,
            Standing::Revoked { .. } => Self::Revoked,
        }
    }
}

/// How much of an invitation a viewer sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sight {
    /// Whoever runs the round for the hospital: names and addresses.
    Full,
    /// Other people of the hospital: that there is an invitation, with name and address masked.
    Masked,
    /// Everybody else: counts.
    Counts,
}

/// How much of the invitations of a round the viewer sees.
pub(crate) fn sight(viewer: &Viewer, round: &FeedbackRound) -> Sight {
    const HOSTS: [Role; 3] = [
        Role::Coordinator,
        Role::PrincipalInvestigator,
        Role::UsabilityManager,
    ];
    let actor = viewer.actor();
    if HOSTS.iter().any(|role| actor.holds(round.hospital, *role)) {
        Sight::Full
    } else if actor.belongs_to(round.hospital) {
        Sight::Masked
    } else {
        Sight::Counts
    }
}

/// A round of questions to clinicians. Readable by the parties of its case; who was invited is known to the hospital only.
#[derive(Clone, Debug)]
pub struct FeedbackRoundNode(Held<FeedbackRound>);

impl From<Held<FeedbackRound>> for FeedbackRoundNode {
    fn from(held: Held<FeedbackRound>) -> Self {
        Self(held)
    }
}

impl FeedbackRoundNode {
    fn asked<'a>(&self, viewer: &'a Viewer) -> Result<Option<&'a Questionnaire>> {
        let id = &self.0.get()?.questionnaire;
        Ok(viewer.app.reference().questionnaires.get(id))
    }
}

/// A round of questions to clinicians. Readable by the parties of its case; who was invited is known to the hospital only.
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

    /// Which time the stage opened, from 1.
    async fn round(&self) -> Result<u16> {
        Ok(self.0.get()?.round)
    }

    /// The hospital that asks.
    async fn hospital(&self, ctx: &Context<'_>) -> Result<Option<OrganizationNode>> {
        let id = self.0.get()?.hospital;
        Ok(viewer(ctx)?.load::<Organization>(id).await?.map(Into::into))
    }

    /// The device that is asked about.
    async fn device(&self, ctx: &Context<'_>) -> Result<Option<DeviceNode>> {
        let id = self.0.get()?.device;
        Ok(viewer(ctx)?.see(id).await?.map(DeviceNode::from))
    }

    /// Its title, in the reader's language or the one asked for.
    async fn title(&self, ctx: &Context<'_>, language: Option<Locale>) -> Result<&str> {
        in_language(ctx, &self.0.get()?.title, language)
    }

    /// Where it stands.
    async fn status(&self) -> Result<FeedbackStatus> {
        let round = self.0.get()?;
        Ok(match &round.phase {
            RoundPhase::Closed { .. } => FeedbackStatus::Closed,
            RoundPhase::Withdrawn { .. } => FeedbackStatus::Withdrawn,
            RoundPhase::Open | RoundPhase::Ended if round.suspended_at.is_some() => {
                FeedbackStatus::Suspended
            }
            RoundPhase::Open => FeedbackStatus::Open,
            RoundPhase::Ended => FeedbackStatus::Ended,
        })
    }

    /// The day it opened.
    async fn opened_on(&self) -> Result<Date> {
        Ok(Date(self.0.get()?.opened_on))
    }

    /// The last day on which answers are taken. While the case is paused it waits.
    async fn closes_on(&self) -> Result<Date> {
        Ok(Date(self.0.get()?.closes_on))
    }

    /// The instant at which that day is over.
    async fn closes_at(&self) -> Result<DateTime> {
        Ok(DateTime(self.0.get()?.closes_at))
    }

    /// What was answered is shown once so many have answered, so that nobody is recognized.
    async fn anonymity_threshold(&self) -> Result<u16> {
        Ok(self.0.get()?.anonymity_threshold)
    }

    /// So many answers let the round close.
    async fn answers_needed(&self) -> Result<u16> {
        Ok(self.0.get()?.answers_needed)
    }

    /// When those who have not answered are reminded, in working days after the invitation.
    async fn remind_after_working_days(&self) -> Result<&[u16]> {
        Ok(&self.0.get()?.remind_after_working_days)
    }

    /// What is asked.
    async fn questionnaire(&self, ctx: &Context<'_>) -> Result<Option<QuestionnaireNode>> {
        Ok(self.asked(viewer(ctx)?)?.map(Into::into))
    }

    /// The invitations, oldest first, to the hospital only: whoever runs the round sees names and addresses, its other people see
    /// them masked, everybody else gets an empty list and sees the counts in `results`. At most 100 a page, 20 unless told.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn invitations(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<InvitationNode>> {
        let round = self.0.get()?;
        let sight = sight(viewer(ctx)?, round);
        let shown = round.invitations.values();
        let nodes = shown
            .filter(|_| sight != Sight::Counts)
            .map(|invitation| InvitationNode::of(invitation, sight));
        PageRequest::new(first, after.as_deref())?.cut(nodes)
    }

    /// What was found so far, in summary. Answers are hidden until so many have come that nobody is recognized.
    #[graphql(complexity = "10 + child_complexity")]
    async fn results(&self, ctx: &Context<'_>) -> Result<Option<FeedbackResultsNode>> {
        let round = self.0.get()?;
        let questionnaire = self.asked(viewer(ctx)?)?;
        Ok(questionnaire.map(|asked| FeedbackResultsNode::of(round, asked)))
    }

    /// What was learned, once it is closed.
    async fn conclusion(&self) -> Result<Option<&str>> {
        Ok(match &self.0.get()?.phase {
            RoundPhase::Closed { conclusion, .. } => Some(conclusion.as_str()),
            RoundPhase::Open | RoundPhase::Ended | RoundPhase::Withdrawn { .. } => None,
        })
    }

    /// Why it closed with fewer answers than needed, if it did.
    async fn short_reason(&self) -> Result<Option<&str>> {
        Ok(match &self.0.get()?.phase {
            RoundPhase::Closed { short_reason, .. } => short_reason.as_ref().map(LongText::as_str),
            RoundPhase::Open | RoundPhase::Ended | RoundPhase::Withdrawn { .. } => None,
        })
    }

    /// When it was closed or withdrawn.
    async fn ended_at(&self) -> Result<Option<DateTime>> {
        Ok(match &self.0.get()?.phase {
            RoundPhase::Closed { at, .. } | RoundPhase::Withdrawn { at, .. } => Some(DateTime(*at)),
            RoundPhase::Open | RoundPhase::Ended => None,
        })
    }

    /// Why the case no longer needs it, if it was withdrawn.
    async fn withdrawn_because(&self) -> Result<Option<&str>> {
        Ok(match &self.0.get()?.phase {
            RoundPhase::Withdrawn { reason, .. } => Some(reason.as_str()),
            RoundPhase::Open | RoundPhase::Ended | RoundPhase::Closed { .. } => None,
        })
    }
}

/// An invitation of one clinician, as far as the reader may see it. When somebody answered is not told, nor what.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Invitation")]
pub struct InvitationNode {
    /// Its id.
    id: ID,
    /// Who was invited; masked for those who do not run the round.
    name: String,
    /// Where the letter went; masked for those who do not run the round.
    email: String,
    /// The language of the letter.
    locale: Locale,
    /// The hospital or site the person works at; for those who run the round.
    site: Option<String>,
    /// The person's field, where known; for those who run the round.
    specialty: Option<String>,
    /// What came of it.
    status: InvitationStatus,
    /// When it was sent.
    invited_at: DateTime,
    /// When the person was last reminded.
    reminded_at: Option<DateTime>,
    /// When the person will be reminded next; nothing once they answered or said no.
    reminder_at: Option<DateTime>,
    /// Why the person said no, or why it was taken back; for those who run the round.
    reason: Option<String>,
}

impl InvitationNode {
    fn of(invitation: &Invitation, sight: Sight) -> Self {
        let clinician = &invitation.clinician;
        let full = sight == Sight::Full;
        let reason = match &invitation.standing {
            Standing::Waiting | Standing::Answered { .. } => None,
            Standing::Declined { reason, .. } => reason.as_ref(),
            Standing::Revoked { reason, .. } => Some(reason),
        };
        Self {
            id: invitation.id.into_id(),
            name: if full {
                clinician.name.as_str().to_owned()
            } else {
                clinician.name.masked()
            },
            email: if full {
                clinician.email.as_str().to_owned()
            } else {
                clinician.email.masked()
            },
            locale: clinician.locale.into(),
            site: full.then(|| clinician.site.to_string()),
            specialty: clinician
                .specialty
                .as_ref()
                .filter(|_| full)
                .map(ToString::to_string),
            status: (&invitation.standing).into(),
            invited_at: DateTime(invitation.invited_at),
            reminded_at: invitation.reminded_at.map(DateTime),
            reminder_at: invitation.reminders.first().copied().map(DateTime),
            reason: reason.filter(|_| full).map(ToString::to_string),
        }
    }
}

payload! {
    /// The answer to a command on a feedback round.
    FeedbackRoundPayload,
    /// The round after the command; nothing if it was refused.
    feedback_round: FeedbackRoundNode, FeedbackRound
}
