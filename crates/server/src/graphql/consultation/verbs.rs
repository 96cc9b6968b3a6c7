//! Commands on consultations.

use super::super::command::{Call, Prepared, Preparing, text};
use super::super::enums::Audience;
use super::super::scalars::Date;
use super::super::viewer::{Viewer, viewer};
use super::ConsultationPayload;
use crate::authz::Action;
use crate::fault::Fault;
use async_graphql::{Context, ID, InputObject, Object, Result};
use naru_domain::consultation::{
    Audience as Side, Consultation, ConsultationCommand, ConsultationRejection, MENTIONS_MAX,
};
use naru_domain::{AccountId, Command, QuestionId, Rejection};
use std::collections::{BTreeMap, BTreeSet};

/// Leaves a note.
#[derive(Debug, InputObject)]
pub struct AddNoteInput {
    /// A UUID you choose; the same id again gives the first answer.
    command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    expected_version: Option<u32>,
    /// The consultation.
    consultation_id: ID,
    /// The sides that may read it, your own among them. Nobody else ever does.
    audience: Vec<Audience>,
    /// What it says.
    text: String,
    /// The accounts of those who are to look at it, at most 20. Each may read the note and gets a letter that says they are mentioned.
    #[graphql(default)]
    mentions: Vec<ID>,
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

/// Answers a question that was put to one's own side.
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

/// Takes back a question of one's own side.
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

/// Ends a consultation with a recommendation and reports to its case.
#[derive(Debug, InputObject)]
pub struct CloseConsultationInput {
    /// A UUID you choose; the same id again gives the first answer.
    command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    expected_version: Option<u32>,
    /// The consultation.
    consultation_id: ID,
    /// What the consultancy recommends.
    recommendation: String,
    /// An answer to each of `asks`, in their order.
    answers: Vec<String>,
}

/// Commands on consultations.
#[derive(Clone, Copy, Debug, Default)]
pub struct ConsultationVerbs;

/// Commands on consultations.
#[Object]
impl ConsultationVerbs {
    /// Leaves a note for the sides it names. Right: member of the startup; the hospital's coordinator, principal investigator, director;
    /// consultant of the engaged consultancy.
    async fn add_note(
        &self,
        ctx: &Context<'_>,
        input: AddNoteInput,
    ) -> Result<ConsultationPayload> {
        let viewer = viewer(ctx)?;
        let call = Call::new(&input.command_id, input.expected_version)?;
        let prepared = note(viewer, &input).await;
        viewer.carry_out(call, prepared).await.map(Into::into)
    }

    /// Asks another side a question. Right: as for a note.
    async fn ask_question(
        &self,
        ctx: &Context<'_>,
        input: AskQuestionInput,
    ) -> Result<ConsultationPayload> {
        let viewer = viewer(ctx)?;
        let call = Call::new(&input.command_id, input.expected_version)?;
        let command = ask(&input);
        let id = &input.consultation_id;
        let prepared = on_consultation(viewer, id, Action::AskQuestion, command).await;
        viewer.carry_out(call, prepared).await.map(Into::into)
    }

    /// Answers a question that was put to one's own side. Right: as for a note.
    async fn answer_question(
        &self,
        ctx: &Context<'_>,
        input: AnswerQuestionInput,
    ) -> Result<ConsultationPayload> {
        let viewer = viewer(ctx)?;
        let call = Call::new(&input.command_id, input.expected_version)?;
        let command = answer(&input);
        let id = &input.consultation_id;
        let prepared = on_consultation(viewer, id, Action::AnswerQuestion, command).await;
        viewer.carry_out(call, prepared).await.map(Into::into)
    }

    /// Takes back a question of one's own side. Right: as for a note.
    async fn withdraw_question(
        &self,
        ctx: &Context<'_>,
        input: WithdrawQuestionInput,
    ) -> Result<ConsultationPayload> {
        let viewer = viewer(ctx)?;
        let call = Call::new(&input.command_id, input.expected_version)?;
        let command = withdraw(&input);
        let id = &input.consultation_id;
        let prepared = on_consultation(viewer, id, Action::WithdrawQuestion, command).await;
        viewer.carry_out(call, prepared).await.map(Into::into)
    }

    /// Ends a consultation with a recommendation and reports to its case. Right: consultant of the engaged consultancy.
    async fn close_consultation(
        &self,
        ctx: &Context<'_>,
        input: CloseConsultationInput,
    ) -> Result<ConsultationPayload> {
        let viewer = viewer(ctx)?;
        let call = Call::new(&input.command_id, input.expected_version)?;
        let command = close(&input);
        let id = &input.consultation_id;
        let prepared = on_consultation(viewer, id, Action::CloseConsultation, command).await;
        viewer.carry_out(call, prepared).await.map(Into::into)
    }
}

/// Whether the viewer may is answered before whether the input is good.
async fn on_consultation(
    viewer: &Viewer,
    id: &ID,
    action: Action,
    command: Preparing<ConsultationCommand>,
) -> Preparing {
    let consultation = viewer.target::<Consultation>(id, action).await?;
    Ok(Prepared {
        aggregate: consultation.get()?.id.into(),
        command: Command::Consultation(command?),
    })
}

/// Text that is no id is a question that nobody can see.
fn question(id: &ID) -> Preparing<QuestionId> {
    id.parse()
        .map_err(|_| Rejection::from(ConsultationRejection::UnknownQuestion).into())
}

async fn note(viewer: &Viewer, input: &AddNoteInput) -> Preparing {
    let id = &input.consultation_id;
    let consultation = viewer.target::<Consultation>(id, Action::AddNote).await?;
    let consultation = consultation.get()?;
    let called = input.mentions.iter().map(|id| id.as_str());
    let command = ConsultationCommand::AddNote {
        audience: input.audience.iter().map(|side| (*side).into()).collect(),
        text: text("text", &input.text)?,
        mentions: mentions(viewer, consultation, called).await?,
    };
    Ok(Prepared {
        aggregate: consultation.id.into(),
        command: Command::Consultation(command),
    })
}

/// Accounts with the sides of a consultation that each reads for: none for whoever is of elsewhere, or nobody.
pub(crate) async fn mentions(
    viewer: &Viewer,
    consultation: &Consultation,
    called: impl Iterator<Item = &str>,
) -> Preparing<BTreeMap<AccountId, BTreeSet<Side>>> {
    let mut mentions = BTreeMap::new();
    for id in called {
        let unknown = || Rejection::from(ConsultationRejection::MentionedCannotRead);
        let account: AccountId = id.parse().map_err(|_| unknown())?;
        // More than a note may mention need not be looked up to be refused.
        let sides = if mentions.len() <= MENTIONS_MAX {
            let found = viewer.app.store().memberships_of(account).await;
            consultation.read_by(&found.map_err(Fault::from)?)
        } else {
            BTreeSet::new()
        };
        mentions.insert(account, sides);
    }
    Ok(mentions)
}

fn ask(input: &AskQuestionInput) -> Preparing<ConsultationCommand> {
    Ok(ConsultationCommand::AskQuestion {
        to: input.to.into(),
        text: text("text", &input.text)?,
        due_on: input.due_on.as_ref().map(|day| day.0),
    })
}

fn answer(input: &AnswerQuestionInput) -> Preparing<ConsultationCommand> {
    Ok(ConsultationCommand::AnswerQuestion {
        question: question(&input.question_id)?,
        text: text("text", &input.text)?,
    })
}

fn withdraw(input: &WithdrawQuestionInput) -> Preparing<ConsultationCommand> {
    Ok(ConsultationCommand::WithdrawQuestion {
        question: question(&input.question_id)?,
        reason: text("reason", &input.reason)?,
    })
}

fn close(input: &CloseConsultationInput) -> Preparing<ConsultationCommand> {
    let answers = input.answers.iter().enumerate();
    Ok(ConsultationCommand::Close {
        recommendation: text("recommendation", &input.recommendation)?,
        answers: answers
            .map(|(n, answer)| text(&format!("answers.{n}"), answer))
            .collect::<Preparing<_>>()?,
    })
}
