//! The commands that the forms of a consultation's page stand for.

use super::super::ask::{ON, on, read, written};
use super::super::posted::Posted;
use super::super::reader::Reader;
use super::super::stop::Stop;
use super::audience::{audience_of, side_of};
use crate::authz::Action;
use crate::graphql::Preparing;
use crate::graphql::consultation::verbs::mentions;
use naru_domain::consultation::{Consultation, ConsultationCommand, ConsultationRejection};
use naru_domain::{Command, CommonRejection, QuestionId, Rejection, TextProblem};

/// What is done in a word, and the command past the gate.
pub(super) async fn prepared(
    reader: &Reader,
    consultation: &Consultation,
    posted: &Posted,
) -> Result<(&'static str, Preparing), Stop> {
    let (done, action, command) = match posted.one(super::super::ask::ACT) {
        "note" => {
            let command = note(reader, consultation, posted).await;
            ("noted", Action::AddNote, command)
        }
        "ask" => ("asked", Action::AskQuestion, ask(posted)),
        "answer" => ("answered", Action::AnswerQuestion, answer(posted)),
        "take-back" => ("taken-back", Action::WithdrawQuestion, take_back(posted)),
        "close" => {
            let command = close(consultation, posted);
            ("advised", Action::CloseConsultation, command)
        }
        _ => return Err(Stop::NotFound),
    };
    let id = consultation.id.to_string();
    let command = command.map(Command::Consultation);
    let prepared = on::<Consultation>(reader, &id, action, command).await;
    Ok((done, prepared))
}

async fn note(
    reader: &Reader,
    consultation: &Consultation,
    posted: &Posted,
) -> Preparing<ConsultationCommand> {
    let called = posted.all(super::MENTIONS).into_iter();
    Ok(ConsultationCommand::AddNote {
        audience: audience_of(posted.one("audience")),
        text: written(posted, "text")?,
        mentions: mentions(&reader.viewer, consultation, called).await?,
    })
}

fn ask(posted: &Posted) -> Preparing<ConsultationCommand> {
    let to = side_of(posted.one("to")).ok_or_else(|| CommonRejection::BadText {
        field: "to".to_owned(),
        problem: TextProblem::Empty,
    })?;
    Ok(ConsultationCommand::AskQuestion {
        to,
        text: written(posted, "text")?,
        due_on: match posted.some("dueOn") {
            Some(_) => Some(read(posted, "dueOn")?),
            None => None,
        },
    })
}

fn question(posted: &Posted) -> Preparing<QuestionId> {
    let unknown = || Rejection::from(ConsultationRejection::UnknownQuestion);
    posted.one(ON).parse().map_err(|_| unknown().into())
}

fn answer(posted: &Posted) -> Preparing<ConsultationCommand> {
    Ok(ConsultationCommand::AnswerQuestion {
        question: question(posted)?,
        text: written(posted, "text")?,
    })
}

fn take_back(posted: &Posted) -> Preparing<ConsultationCommand> {
    Ok(ConsultationCommand::WithdrawQuestion {
        question: question(posted)?,
        reason: written(posted, "reason")?,
    })
}

fn close(consultation: &Consultation, posted: &Posted) -> Preparing<ConsultationCommand> {
    let answers = (0..consultation.asks.len()).map(|n| written(posted, &format!("answers.{n}")));
    Ok(ConsultationCommand::Close {
        answers: answers.collect::<Preparing<_>>()?,
        recommendation: written(posted, "recommendation")?,
    })
}
