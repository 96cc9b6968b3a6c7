//! The commands that the forms of a study stand for.

use super::super::ask::{ACT, maybe_written, on, read, written};
use super::super::posted::Posted;
use super::super::reader::Reader;
use super::super::stop::Stop;
use super::{CAUSES, OUTCOMES, cause_word, outcome_word};
use crate::authz::Action;
use crate::graphql::Preparing;
use naru_domain::pathway::StudyTask;
use naru_domain::study::{Study, StudyCommand, TaskResult};
use naru_domain::{Command, ShortText, Words};

/// Items of the System Usability Scale.
pub(super) const SUS_ITEMS: usize = 10;

/// What is done in a word, and the command past the gate, of the study's own page.
pub(super) async fn prepared(
    reader: &Reader,
    id: &str,
    posted: &Posted,
) -> Result<(&'static str, Preparing), Stop> {
    let (done, action, command) = match posted.one(ACT) {
        "task" => ("task-added", Action::AddStudyTask, task(posted)),
        "close" => ("study-closed", Action::CloseStudy, close(posted)),
        _ => return Err(Stop::NotFound),
    };
    let command = command.map(Command::Study);
    Ok((done, on::<Study>(reader, id, action, command).await))
}

/// The same of the page of one session; `known` is the participant whose session is there.
pub(super) async fn prepared_session(
    reader: &Reader,
    study: &Study,
    known: Option<&ShortText>,
    posted: &Posted,
) -> Result<(&'static str, Preparing), Stop> {
    let (done, action, command) = match (posted.one(ACT), known) {
        ("record", None) => {
            let command = record(study, posted);
            ("session-recorded", Action::RecordSession, command)
        }
        ("correct", Some(participant)) => {
            let command = correct(study, participant, posted);
            ("session-corrected", Action::CorrectSession, command)
        }
        ("remove", Some(participant)) => {
            let command = remove(participant, posted);
            ("session-removed", Action::RemoveSession, command)
        }
        _ => return Err(Stop::NotFound),
    };
    let id = study.id.to_string();
    let command = command.map(Command::Study);
    Ok((done, on::<Study>(reader, &id, action, command).await))
}

fn task(posted: &Posted) -> Preparing<StudyCommand> {
    Ok(StudyCommand::AddTask {
        task: StudyTask {
            title: Words {
                ko: written::<ShortText>(posted, "titleKo")?.into(),
                en: written::<ShortText>(posted, "titleEn")?.into(),
            },
            id: posted.one("task.id").to_owned(),
            critical: !posted.one("critical").is_empty(),
        },
    })
}

fn close(posted: &Posted) -> Preparing<StudyCommand> {
    Ok(StudyCommand::Close {
        conclusion: written(posted, "conclusion")?,
        residual_risk: maybe_written(posted, "residual_risk")?,
        short_sample_reason: maybe_written(posted, "short_sample_reason")?,
    })
}

fn record(study: &Study, posted: &Posted) -> Preparing<StudyCommand> {
    Ok(StudyCommand::RecordSession {
        participant: written(posted, "participant")?,
        group: posted.one("group").to_owned(),
        moderated_on: read(posted, "moderated_on")?,
        results: results(study, posted)?,
        sus: sus(posted),
    })
}

fn correct(study: &Study, participant: &ShortText, posted: &Posted) -> Preparing<StudyCommand> {
    Ok(StudyCommand::CorrectSession {
        participant: participant.clone(),
        group: posted.one("group").to_owned(),
        moderated_on: read(posted, "moderated_on")?,
        results: results(study, posted)?,
        sus: sus(posted),
        reason: written(posted, "reason")?,
    })
}

fn remove(participant: &ShortText, posted: &Posted) -> Preparing<StudyCommand> {
    Ok(StudyCommand::RemoveSession {
        participant: participant.clone(),
        reason: written(posted, "reason")?,
    })
}

/// The tasks for which something was chosen; the study says what is missing.
fn results(study: &Study, posted: &Posted) -> Preparing<Vec<TaskResult>> {
    let mut results = Vec::new();
    for (n, task) in study.tasks.iter().enumerate() {
        let word = posted.one(&format!("outcome.{n}"));
        let chosen = OUTCOMES
            .into_iter()
            .find(|outcome| outcome_word(*outcome) == word);
        let Some(outcome) = chosen else { continue };
        let cause = posted.one(&format!("cause.{n}"));
        results.push(TaskResult {
            task: task.id.clone(),
            outcome,
            assisted: !posted.one(&format!("assisted.{n}")).is_empty(),
            // What is no number of seconds is as impossible as zero, which the study refuses with a reason.
            seconds: posted
                .some(&format!("seconds.{n}"))
                .map(|seconds| seconds.parse().unwrap_or(0)),
            note: maybe_written(posted, &format!("note.{n}"))?,
            root_cause: CAUSES.into_iter().find(|known| cause_word(*known) == cause),
        });
    }
    Ok(results)
}

/// The ten answers, or none where not one was given; one that is missing is off the scale, which the study refuses with a reason.
fn sus(posted: &Posted) -> Option<Vec<u8>> {
    let answers: Vec<Option<u8>> = (1..=SUS_ITEMS)
        .map(|item| posted.one(&format!("sus.{item}")).parse().ok())
        .collect();
    let given = answers.iter().any(Option::is_some);
    given.then(|| answers.into_iter().map(Option::unwrap_or_default).collect())
}
