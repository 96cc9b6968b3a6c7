//! Consultations: notes with a stated audience, questions between two sides, and the recommendation.

pub mod verbs;

pub use verbs::ConsultationVerbs;

use super::account::{IntoId, Person};
use super::case::CaseNode;
use super::command::payload;
use super::device::DeviceNode;
use super::enums::{Audience, ConsultationKind, Locale};
use super::organization::OrganizationNode;
use super::page::{Page, PageRequest, page_cost};
use super::pathway::in_language;
use super::scalars::{Date, DateTime, Long, count};
use super::viewer::{Held, Viewer, viewer};
use async_graphql::{Context, Enum, ID, Object, Result};
use naru_domain::consultation::{
    Audience as Side, Consultation, ConsultationPhase, Note, Question, QuestionStanding,
};
use naru_domain::organization::Organization;
use naru_domain::{AccountId, Locale as DomainLocale, OrganizationId, Words};
use std::collections::BTreeSet;

/// Where a consultation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ConsultationStatus {
    /// Work is under way.
    Open,
    /// The case is paused.
    Suspended,
    /// It has a recommendation.
    Closed,
    /// The case no longer needs it.
    Withdrawn,
}

/// A consultancy's engagement on a case. Readable by the startup, the hospital and the consultancy that is engaged; notes and questions
/// are shown to those they are meant for.
#[derive(Clone, Debug)]
pub struct ConsultationNode(Held<Consultation>);

impl From<Held<Consultation>> for ConsultationNode {
    fn from(held: Held<Consultation>) -> Self {
        Self(held)
    }
}

/// A consultancy's engagement on a case. Readable by the startup, the hospital and the consultancy that is engaged; notes and questions
/// are shown to those they are meant for.
#[Object(name = "Consultation")]
impl ConsultationNode {
    /// The consultation's id.
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

    /// The startup whose device it is.
    async fn startup(&self, ctx: &Context<'_>) -> Result<Option<OrganizationNode>> {
        organization(viewer(ctx)?, self.0.get()?.startup).await
    }

    /// The hospital that runs the case.
    async fn hospital(&self, ctx: &Context<'_>) -> Result<Option<OrganizationNode>> {
        organization(viewer(ctx)?, self.0.get()?.hospital).await
    }

    /// The consultancy that advises.
    async fn consultancy(&self, ctx: &Context<'_>) -> Result<Option<OrganizationNode>> {
        organization(viewer(ctx)?, self.0.get()?.consultancy).await
    }

    /// The device.
    async fn device(&self, ctx: &Context<'_>) -> Result<Option<DeviceNode>> {
        let id = self.0.get()?.device;
        Ok(viewer(ctx)?.see(id).await?.map(DeviceNode::from))
    }

    /// Its title, in the reader's language or the one asked for.
    async fn title(&self, ctx: &Context<'_>, language: Option<Locale>) -> Result<&str> {
        in_language(ctx, &self.0.get()?.title, language)
    }

    /// What it is about.
    async fn about(&self) -> Result<ConsultationKind> {
        Ok(self.0.get()?.about.into())
    }

    /// What the recommendation must answer, in the reader's language or the one asked for.
    async fn asks(&self, ctx: &Context<'_>, language: Option<Locale>) -> Result<Vec<&str>> {
        let asks = self.0.get()?.asks.iter();
        asks.map(|words| in_language(ctx, words, language))
            .collect()
    }

    /// Where it stands.
    async fn status(&self) -> Result<ConsultationStatus> {
        let consultation = self.0.get()?;
        Ok(match &consultation.phase {
            ConsultationPhase::Closed { .. } => ConsultationStatus::Closed,
            ConsultationPhase::Withdrawn { .. } => ConsultationStatus::Withdrawn,
            ConsultationPhase::Open if consultation.suspended_at.is_some() => {
                ConsultationStatus::Suspended
            }
            ConsultationPhase::Open => ConsultationStatus::Open,
        })
    }

    /// When it opened.
    async fn opened_at(&self) -> Result<DateTime> {
        Ok(DateTime(self.0.get()?.opened_at))
    }

    /// The sides the reader writes for; usually one or none.
    async fn writes_for(&self, ctx: &Context<'_>) -> Result<Vec<Audience>> {
        let sides = self.0.get()?.writes_for(viewer(ctx)?.actor());
        Ok(sides.into_iter().map(Into::into).collect())
    }

    /// Who would read a note with this audience, in words: to be shown before it is posted.
    async fn readers(
        &self,
        ctx: &Context<'_>,
        audience: Vec<Audience>,
        language: Option<Locale>,
    ) -> Result<String> {
        let sides = audience.into_iter().map(Into::into).collect();
        readers(viewer(ctx)?, self.0.get()?, &sides, language).await
    }

    /// The notes whose audience the reader belongs to, oldest first. At most 100 a page, 20 unless told.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn notes(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<NoteNode>> {
        let notes = self.0.get()?.visible_notes(viewer(ctx)?.actor());
        let shown = notes.into_iter().map(|note| NoteNode {
            held: self.0.clone(),
            note: note.clone(),
        });
        PageRequest::new(first, after.as_deref())?.cut(shown)
    }

    /// The questions that stand between the reader's side and another, oldest first; with `waiting` only those without an answer. At
    /// most 100 a page, 20 unless told.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn questions(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        #[graphql(default)] waiting: bool,
    ) -> Result<Page<QuestionNode>> {
        let questions = self.0.get()?.visible_questions(viewer(ctx)?.actor());
        let shown = questions
            .into_iter()
            .filter(|question| !waiting || question.is_waiting());
        PageRequest::new(first, after.as_deref())?.cut(shown.cloned().map(QuestionNode))
    }

    /// How many questions wait for an answer by the reader's side.
    async fn questions_waiting(&self, ctx: &Context<'_>) -> Result<i32> {
        let consultation = self.0.get()?;
        let sides = consultation.reads_for(viewer(ctx)?.actor());
        let waiting = sides
            .into_iter()
            .map(|side| consultation.questions_waiting_for(side))
            .sum();
        Ok(count(waiting))
    }

    /// What the consultancy recommends, once it is closed.
    async fn recommendation(&self) -> Result<Option<RecommendationNode>> {
        Ok(match &self.0.get()?.phase {
            ConsultationPhase::Closed {
                at,
                by,
                recommendation,
                answers,
            } => Some(RecommendationNode {
                text: recommendation.as_str().to_owned(),
                asks: self.0.get()?.asks.clone(),
                answers: answers.iter().map(ToString::to_string).collect(),
                by: *by,
                at: *at,
            }),
            ConsultationPhase::Open | ConsultationPhase::Withdrawn { .. } => None,
        })
    }

    /// Why the case no longer needs it, if it was withdrawn.
    async fn withdrawn_because(&self) -> Result<Option<&str>> {
        Ok(match &self.0.get()?.phase {
            ConsultationPhase::Withdrawn { reason, .. } => Some(reason.as_str()),
            ConsultationPhase::Open | ConsultationPhase::Closed { .. } => None,
        })
    }
}

async fn organization(viewer: &Viewer, id: OrganizationId) -> Result<Option<OrganizationNode>> {
    Ok(viewer.load::<Organization>(id).await?.map(Into::into))
}

/// An audience in words: each organization with the part it plays.
async fn readers(
    viewer: &Viewer,
    consultation: &Consultation,
    audience: &BTreeSet<Side>,
    language: Option<Locale>,
) -> Result<String> {
    let locale = language.map_or(viewer.locale, Into::into);
    let mut named = Vec::with_capacity(audience.len());
    for side in audience {
        let id = consultation.organization(*side);
        let part = part_played(*side, locale);
        named.push(match viewer.load::<Organization>(id).await? {
            Some(found) => format!("{} ({part})", found.get()?.name.in_locale(locale)),
            None => part.to_owned(),
        });
    }
    Ok(match (named.is_empty(), locale) {
        (true, DomainLocale::En) => "Nobody can read it.".to_owned(),
        (true, DomainLocale::Ko) => "볼 수 있는 사람이 없습니다.".to_owned(),
        (false, DomainLocale::En) => format!("Can be read by {}.", named.join(", ")),
        (false, DomainLocale::Ko) => format!("공개 대상: {}", named.join(", ")),
    })
}

fn part_played(side: Side, locale: DomainLocale) -> &'static str {
    match (side, locale) {
        (Side::Startup, DomainLocale::En) => "startup",
        (Side::Startup, DomainLocale::Ko) => "스타트업",
        (Side::Hospital, DomainLocale::En) => "hospital",
        (Side::Hospital, DomainLocale::Ko) => "병원",
        (Side::Consultancy, DomainLocale::En) => "consultancy",
        (Side::Consultancy, DomainLocale::Ko) => "컨설팅 기관",
    }
}

/// A note with a stated audience.
#[derive(Clone, Debug)]
pub struct NoteNode {
    held: Held<Consultation>,
    note: Note,
}

/// A note with a stated audience.
#[Object(name = "Note")]
impl NoteNode {
    /// Its id.
    async fn id(&self) -> ID {
        self.note.id.into_id()
    }

    /// When it was left.
    async fn at(&self) -> DateTime {
        DateTime(self.note.at)
    }

    /// By whom.
    async fn by(&self, ctx: &Context<'_>) -> Result<Person> {
        viewer(ctx)?.person(self.note.by).await
    }

    /// For which side.
    async fn side(&self) -> Audience {
        self.note.side.into()
    }

    /// The sides that may read it.
    async fn audience(&self) -> Vec<Audience> {
        self.note
            .audience
            .iter()
            .map(|side| (*side).into())
            .collect()
    }

    /// Who may read it, in words, in the reader's language or the one asked for.
    async fn readers(&self, ctx: &Context<'_>, language: Option<Locale>) -> Result<String> {
        readers(
            viewer(ctx)?,
            self.held.get()?,
            &self.note.audience,
            language,
        )
        .await
    }

    /// What it says.
    async fn text(&self) -> &str {
        self.note.text.as_str()
    }

    /// Who is to look at it.
    async fn mentions(&self, ctx: &Context<'_>) -> Result<Vec<Person>> {
        let viewer = viewer(ctx)?;
        let mut people = Vec::with_capacity(self.note.mentions.len());
        for account in &self.note.mentions {
            people.push(viewer.person(*account).await?);
        }
        Ok(people)
    }
}

/// Where a question stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum QuestionStatus {
    /// It waits for an answer.
    Waiting,
    /// It was answered.
    Answered,
    /// It was taken back.
    Withdrawn,
}

/// A question between two sides.
#[derive(Clone, Debug)]
pub struct QuestionNode(Question);

/// A question between two sides.
#[Object(name = "Question")]
impl QuestionNode {
    /// Its id.
    async fn id(&self) -> ID {
        self.0.id.into_id()
    }

    /// When it was asked.
    async fn at(&self) -> DateTime {
        DateTime(self.0.at)
    }

    /// By whom.
    async fn by(&self, ctx: &Context<'_>) -> Result<Person> {
        viewer(ctx)?.person(self.0.by).await
    }

    /// The side that asks.
    async fn from(&self) -> Audience {
        self.0.from.into()
    }

    /// The side that is asked.
    async fn to(&self) -> Audience {
        self.0.to.into()
    }

    /// What is asked.
    async fn text(&self) -> &str {
        self.0.text.as_str()
    }

    /// By when an answer is wanted.
    async fn due_on(&self) -> Option<Date> {
        self.0.due_on.map(Date)
    }

    /// Where it stands.
    async fn status(&self) -> QuestionStatus {
        match &self.0.standing {
            QuestionStanding::Waiting => QuestionStatus::Waiting,
            QuestionStanding::Answered { .. } => QuestionStatus::Answered,
            QuestionStanding::Withdrawn { .. } => QuestionStatus::Withdrawn,
        }
    }

    /// The answer, once there is one.
    async fn answer(&self) -> Option<QuestionAnswerNode> {
        match &self.0.standing {
            QuestionStanding::Answered { at, by, text } => Some(QuestionAnswerNode {
                text: text.as_str().to_owned(),
                by: *by,
                at: *at,
            }),
            QuestionStanding::Waiting | QuestionStanding::Withdrawn { .. } => None,
        }
    }

    /// Why it was taken back, if it was.
    async fn withdrawn_because(&self) -> Option<&str> {
        match &self.0.standing {
            QuestionStanding::Withdrawn { reason, .. } => Some(reason.as_str()),
            QuestionStanding::Waiting | QuestionStanding::Answered { .. } => None,
        }
    }
}

/// The answer to a question.
#[derive(Clone, Debug)]
pub struct QuestionAnswerNode {
    text: String,
    by: AccountId,
    at: jiff::Timestamp,
}

/// The answer to a question.
#[Object(name = "QuestionAnswer")]
impl QuestionAnswerNode {
    /// What it says.
    async fn text(&self) -> &str {
        &self.text
    }

    /// By whom.
    async fn by(&self, ctx: &Context<'_>) -> Result<Person> {
        viewer(ctx)?.person(self.by).await
    }

    /// When.
    async fn at(&self) -> DateTime {
        DateTime(self.at)
    }
}

/// What the consultancy recommends.
#[derive(Clone, Debug)]
pub struct RecommendationNode {
    text: String,
    asks: Vec<Words>,
    answers: Vec<String>,
    by: AccountId,
    at: jiff::Timestamp,
}

/// What the consultancy recommends.
#[Object(name = "Recommendation")]
impl RecommendationNode {
    /// What it says.
    async fn text(&self) -> &str {
        &self.text
    }

    /// An answer to each point that was asked, in their order.
    async fn answers(&self) -> Vec<PointAnswerNode> {
        let points = self.asks.iter().zip(&self.answers);
        points
            .map(|(ask, answer)| PointAnswerNode {
                ask: ask.clone(),
                answer: answer.clone(),
            })
            .collect()
    }

    /// By whom.
    async fn by(&self, ctx: &Context<'_>) -> Result<Person> {
        viewer(ctx)?.person(self.by).await
    }

    /// When.
    async fn at(&self) -> DateTime {
        DateTime(self.at)
    }
}

/// The answer to one point that the recommendation must answer.
#[derive(Clone, Debug)]
pub struct PointAnswerNode {
    ask: Words,
    answer: String,
}

/// The answer to one point that the recommendation must answer.
#[Object(name = "PointAnswer")]
impl PointAnswerNode {
    /// The point, in the reader's language or the one asked for.
    async fn ask(&self, ctx: &Context<'_>, language: Option<Locale>) -> Result<&str> {
        in_language(ctx, &self.ask, language)
    }

    /// The answer.
    async fn answer(&self) -> &str {
        &self.answer
    }
}

payload! {
    /// The answer to a command on a consultation.
    ConsultationPayload,
    /// The consultation after the command; nothing if it was refused.
    consultation: ConsultationNode, Consultation
}
