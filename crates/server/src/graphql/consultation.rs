//! Consultations: notes with a stated audience, questions between two sides, and a recommendation at the end.

use super::account::{IntoId, Person};
use super::case::CaseNode;
use super::command::{Call, Prepared, Preparing, id, payload, text};
use super::enums::{Audience, ConsultationKind};
use super::organization::OrganizationNode;
use super::page::{Page, PageRequest, page_cost};
use super::scalars::{Date, DateTime, Long};
use super::viewer::{Held, viewer};
use crate::authz::Action;
use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use naru_domain::consultation::{
    Consultation, ConsultationCommand, ConsultationPhase, Note, Question, QuestionStanding,
};
use naru_domain::organization::Organization;
use naru_domain::{AccountId, Command};

/// A consultancy's engagement on a case. Readable by its three sides and auditors, each seeing the notes whose audience it belongs to.
#[derive(Clone, Debug)]
pub struct ConsultationNode(Held<Consultation>);

impl From<Held<Consultation>> for ConsultationNode {
    fn from(held: Held<Consultation>) -> Self {
        Self(held)
    }
}

/// How far a consultation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ConsultationStatus {
    /// Work is under way.
    Open,
    /// It was closed with a recommendation.
    Closed,
    /// The case was canceled or the stage superseded.
    Withdrawn,
}

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

    /// The consultancy.
    async fn consultancy(&self, ctx: &Context<'_>) -> Result<Option<OrganizationNode>> {
        let id = self.0.get()?.consultancy;
        Ok(viewer(ctx)?.load::<Organization>(id).await?.map(Into::into))
    }

    /// What it is about.
    async fn about(&self) -> Result<ConsultationKind> {
        Ok(self.0.get()?.about.into())
    }

    /// What the recommendation must answer.
    async fn asks(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        let locale = viewer(ctx)?.locale;
        let asks = self.0.get()?.asks.iter();
        Ok(asks
            .map(|words| words.in_locale(locale).to_owned())
            .collect())
    }

    /// How far it is.
    async fn status(&self) -> Result<ConsultationStatus> {
        Ok(match self.0.get()?.phase {
            ConsultationPhase::Open => ConsultationStatus::Open,
            ConsultationPhase::Closed { .. } => ConsultationStatus::Closed,
            ConsultationPhase::Withdrawn { .. } => ConsultationStatus::Withdrawn,
        })
    }

    /// What the consultancy recommends, once it is closed.
    async fn recommendation(&self) -> Result<Option<&str>> {
        Ok(match &self.0.get()?.phase {
            ConsultationPhase::Closed { recommendation, .. } => Some(recommendation.as_str()),
            ConsultationPhase::Open | ConsultationPhase::Withdrawn { .. } => None,
        })
    }

    /// An answer to each of `asks`, in their order, once it is closed.
    async fn answers(&self) -> Result<Option<Vec<&str>>> {
        Ok(match &self.0.get()?.phase {
            ConsultationPhase::Closed { answers, .. } => {
                Some(answers.iter().map(|answer| answer.as_str()).collect())
            }
            ConsultationPhase::Open | ConsultationPhase::Withdrawn { .. } => None,
        })
    }

    /// The notes whose audience you belong to, oldest first. At most 100 a page, 20 unless told.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn notes(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<NoteNode>> {
        let notes = self.0.get()?.visible_notes(viewer(ctx)?.actor());
        PageRequest::new(first, after.as_deref())?.cut(notes.into_iter().map(NoteNode::from))
    }

    /// The questions between your side and another, oldest first. At most 100 a page, 20 unless told.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn questions(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<QuestionNode>> {
        let questions = self.0.get()?.visible_questions(viewer(ctx)?.actor());
        PageRequest::new(first, after.as_deref())?.cut(
            questions
                .into_iter()
                .map(<QuestionNode as From<&Question>>::from),
        )
    }
}

/// A note with a stated audience.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Note", complex)]
pub struct NoteNode {
    /// Its id.
    id: ID,
    /// When it was left.
    at: DateTime,
    /// The side that left it.
    side: Audience,
    /// Who may read it.
    audience: Vec<Audience>,
    /// What it says.
    text: String,
    #[graphql(skip)]
    account: AccountId,
}

#[ComplexObject]
impl NoteNode {
    /// Who left it.
    async fn by(&self, ctx: &Context<'_>) -> Result<Person> {
        viewer(ctx)?.person(self.account).await
    }
}

impl From<&Note> for NoteNode {
    fn from(note: &Note) -> Self {
        Self {
            id: note.id.into_id(),
            at: DateTime(note.at),
            side: note.side.into(),
            audience: note.audience.iter().map(|side| (*side).into()).collect(),
            text: note.text.as_str().to_owned(),
            account: note.by,
        }
    }
}

/// What came of a question.
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
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Question", complex)]
pub struct QuestionNode {
    /// Its id.
    id: ID,
    /// When it was asked.
    at: DateTime,
    /// The side that asks.
    from: Audience,
    /// The side that is asked.
    to: Audience,
    /// What is asked.
    text: String,
    /// By when an answer is wanted.
    due_on: Option<Date>,
    /// What came of it.
    status: QuestionStatus,
    /// The answer, or why it was taken back.
    answer: Option<String>,
    /// When it was answered or taken back.
    answered_at: Option<DateTime>,
    #[graphql(skip)]
    account: AccountId,
}

#[ComplexObject]
impl QuestionNode {
    /// Who asked.
    async fn by(&self, ctx: &Context<'_>) -> Result<Person> {
        viewer(ctx)?.person(self.account).await
    }
}

impl From<&Question> for QuestionNode {
    fn from(question: &Question) -> Self {
        let (status, answer, answered_at) = match &question.standing {
            QuestionStanding::Waiting => (QuestionStatus::Waiting, None, None),
            QuestionStanding::Answered { text, at, .. } => {
                (QuestionStatus::Answered, Some(text), Some(*at))
            }
            QuestionStanding::Withdrawn { reason, at } => {
                (QuestionStatus::Withdrawn, Some(reason), Some(*at))
            }
        };
        Self {
            id: question.id.into_id(),
            at: DateTime(question.at),
            from: question.from.into(),
            to: question.to.into(),
            text: question.text.as_str().to_owned(),
            due_on: question.due_on.map(Date),
            status,
            answer: answer.map(|text| text.as_str().to_owned()),
            answered_at: answered_at.map(DateTime),
            account: question.by,
        }
    }
}

payload! {
    /// The answer to a command on a consultation.
    ConsultationPayload,
    /// The consultation after the command; nothing if it was refused.
    consultation: ConsultationNode, Consultation
}

/// Leaves a note.
#[derive(Debug, InputObject)]
pub struct AddNoteInput {
    /// A UUID you choose; the same id again gives the first answer.
    command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    expected_version: Option<u32>,
    /// The consultation.
    consultation_id: ID,
    /// Who may read it; your own side is always among them.
    audience: Vec<Audience>,
    /// What it says.
    text: String,
}

/// Asks another side something.
#[derive(Debug, InputObject)]
pub struct AskQuestionInput {
    /// A UUID you choose; the same id again gives the first answer.
    command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    expected_version: Option<u32>,
    /// The consultation.
    consultation_id: ID,
    /// The side that is asked.
    to: Audience,
    /// The question.
    text: String,
    /// By when an answer is wanted.
    due_on: Option<Date>,
}

/// Answers a question that was put to your side.
#[derive(Debug, InputObject)]
pub struct AnswerQuestionInput {
    /// A UUID you choose; the same id again gives the first answer.
    command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    expected_version: Option<u32>,
    /// The consultation.
    consultation_id: ID,
    /// The question.
    question_id: ID,
    /// The answer.
    text: String,
}

/// Takes back a question of your side.
#[derive(Debug, InputObject)]
pub struct WithdrawQuestionInput {
    /// A UUID you choose; the same id again gives the first answer.
    command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    expected_version: Option<u32>,
    /// The consultation.
    consultation_id: ID,
    /// The question.
    question_id: ID,
    /// Why.
    reason: String,
}

/// Ends a consultation and reports to its case.
#[derive(Debug, InputObject)]
pub struct CloseConsultationInput {
    /// A UUID you choose; the same id again gives the first answer.
    command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    expected_version: Option<u32>,
    /// The consultation.
    consultation_id: ID,
    /// What you recommend.
    recommendation: String,
    /// An answer to each of `asks`, in their order.
    answers: Vec<String>,
}

/// Hands a command on a consultation over.
macro_rules! on_consultation {
    ($ctx:ident, $input:ident, $action:ident, $command:expr) => {{
        let viewer = viewer($ctx)?;
        let call = Call::new(&$input.command_id, $input.expected_version)?;
        let prepared = async {
            let consultation = viewer
                .target::<Consultation>(&$input.consultation_id, Action::$action)
                .await?;
            let command: ConsultationCommand = $command;
            Ok(Prepared {
                aggregate: consultation.get()?.id.into(),
                command: Command::Consultation(command),
            })
        };
        let done = viewer.carry_out(call, prepared.await).await;
        done.map(ConsultationPayload::from)
    }};
}

/// Commands on consultations.
#[derive(Clone, Copy, Debug, Default)]
pub struct ConsultationVerbs;

#[Object]
impl ConsultationVerbs {
    /// Leaves a note that only its audience can read. Right: the sides of the consultation.
    async fn add_note(
        &self,
        ctx: &Context<'_>,
        input: AddNoteInput,
    ) -> Result<ConsultationPayload> {
        on_consultation!(
            ctx,
            input,
            AddNote,
            ConsultationCommand::AddNote {
                audience: input.audience.iter().map(|side| (*side).into()).collect(),
                text: text("text", &input.text)?,
            }
        )
    }

    /// Asks another side something. Right: the sides of the consultation.
    async fn ask_question(
        &self,
        ctx: &Context<'_>,
        input: AskQuestionInput,
    ) -> Result<ConsultationPayload> {
        on_consultation!(
            ctx,
            input,
            AskQuestion,
            ConsultationCommand::AskQuestion {
                to: input.to.into(),
                text: text("text", &input.text)?,
                due_on: input.due_on.as_ref().map(|date| date.0),
            }
        )
    }

    /// Answers a question that was put to your side. Right: the side that is asked.
    async fn answer_question(
        &self,
        ctx: &Context<'_>,
        input: AnswerQuestionInput,
    ) -> Result<ConsultationPayload> {
        on_consultation!(
            ctx,
            input,
            AnswerQuestion,
            ConsultationCommand::AnswerQuestion {
                question: id(&input.question_id)?,
                text: text("text", &input.text)?,
            }
        )
    }

    /// Takes back a question of your side. Right: the side that asked.
    async fn withdraw_question(
        &self,
        ctx: &Context<'_>,
        input: WithdrawQuestionInput,
    ) -> Result<ConsultationPayload> {
        on_consultation!(
            ctx,
            input,
            WithdrawQuestion,
            ConsultationCommand::WithdrawQuestion {
                question: id(&input.question_id)?,
                reason: text("reason", &input.reason)?,
            }
        )
    }

    /// Ends a consultation with a recommendation and reports to its case. Right: consultant.
    async fn close_consultation(
        &self,
        ctx: &Context<'_>,
        input: CloseConsultationInput,
    ) -> Result<ConsultationPayload> {
        on_consultation!(
            ctx,
            input,
            CloseConsultation,
            ConsultationCommand::Close {
                recommendation: text("recommendation", &input.recommendation)?,
                answers: input
                    .answers
                    .iter()
                    .map(|answer| text("answers", answer))
                    .collect::<Preparing<Vec<_>>>()?,
            }
        )
    }
}
