//! The life of a case as a whole: pausing, going on, ending.

use super::super::Answer;
use super::super::posted::Posted;
use super::super::reader::Reader;
use super::super::stop::Stop;
use super::{case_page, seen};
use crate::authz::{Action, Thing};
use crate::graphql::{Prepared, Preparing, checked_text};
use async_graphql::ID;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect};
use naru_domain::Command;
use naru_domain::case::{Case, CaseCommand, CaseStatus};

/// What can be done to a case as a whole, as addresses name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::console) enum Turn {
    Complete,
    Pause,
    Resume,
    Cancel,
}

impl Turn {
    const ALL: [Self; 4] = [Self::Complete, Self::Pause, Self::Resume, Self::Cancel];

    pub(in crate::console) fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Cancel => "cancel",
        }
    }

    fn action(self) -> Action {
        match self {
            Self::Complete => Action::CompleteCase,
            Self::Pause => Action::PauseCase,
            Self::Resume => Action::ResumeCase,
            Self::Cancel => Action::CancelCase,
        }
    }

    fn done(self) -> &'static str {
        match self {
            Self::Complete => "completed",
            Self::Pause => "paused",
            Self::Resume => "resumed",
            Self::Cancel => "canceled",
        }
    }

    /// Whether the case as it stands can take this turn at all.
    fn fits(self, status: &CaseStatus) -> bool {
        match status {
            CaseStatus::Running => self != Self::Resume,
            CaseStatus::Paused { .. } => matches!(self, Self::Resume | Self::Cancel),
            CaseStatus::Completed { .. }
            | CaseStatus::Rejected { .. }
            | CaseStatus::Canceled { .. } => false,
        }
    }

    /// The command with the words that were written.
    fn command(self, posted: &Posted) -> Preparing<CaseCommand> {
        let field = format!("{}-words", self.as_str());
        let said = posted.one(&field).replace("\r\n", "\n");
        Ok(match self {
            Self::Complete => CaseCommand::Complete {
                summary: checked_text("summary", &said)?,
            },
            Self::Pause => CaseCommand::Pause {
                reason: checked_text("reason", &said)?,
            },
            Self::Resume => CaseCommand::Resume,
            Self::Cancel => CaseCommand::Cancel {
                reason: checked_text("reason", &said)?,
            },
        })
    }
}

/// A turn that is offered.
#[derive(Clone, Debug)]
pub(super) struct TurnView {
    pub(super) name: &'static str,
    pub(super) title: String,
    pub(super) note: String,
    /// What must be written, if anything must.
    pub(super) asks: Option<String>,
    pub(super) stops: bool,
}

/// The turns that the reader may take.
pub(super) fn offered(reader: &Reader, case: &Case, thing: &Thing) -> Vec<TurnView> {
    let words = reader.words;
    let turns = Turn::ALL
        .into_iter()
        .filter(|turn| turn.fits(&case.status) && reader.viewer.allows(turn.action(), thing));
    let views = turns.map(|turn| {
        let name = turn.as_str();
        TurnView {
            name,
            title: words.say(&format!("turn.{name}")),
            note: words.say(&format!("turn-note.{name}")),
            asks: match turn {
                Turn::Complete => Some(words.say("turn.summary")),
                Turn::Pause | Turn::Cancel => Some(words.say("turn.reason")),
                Turn::Resume => None,
            },
            stops: turn == Turn::Cancel,
        }
    });
    views.collect()
}

/// Answers `POST /cases/{case}/turn`.
pub(in crate::console) async fn take(
    reader: Reader,
    Path(case): Path<String>,
    posted: Posted,
) -> Answer {
    let held = seen(&reader, &case).await?;
    let turn = Turn::ALL
        .into_iter()
        .find(|turn| turn.as_str() == posted.one("turn"))
        .ok_or(Stop::NotFound)?;
    let prepared = prepared(&reader, &case, turn, &posted).await;
    let done = reader.carry_out(&posted, prepared).await?;
    if done.errors.is_empty() {
        let next = format!("/cases/{case}?done={}", turn.done());
        return Ok(Redirect::to(&next).into_response());
    }
    case_page(&reader, &held, false, &done.errors).await
}

async fn prepared(reader: &Reader, case: &str, turn: Turn, posted: &Posted) -> Preparing {
    let command = turn.command(posted)?;
    let named = ID(case.to_owned());
    let target = reader.viewer.target::<Case>(&named, turn.action()).await?;
    Ok(Prepared {
        aggregate: target.get()?.id.into(),
        command: Command::Case(command),
    })
}
