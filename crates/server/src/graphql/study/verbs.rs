//! Commands on usability studies.

use super::super::command::{Call, Prepared, Preparing, maybe_text, text};
use super::super::enums::{RootCause, TaskOutcome};
use super::super::scalars::Date;
use super::super::viewer::{Viewer, viewer};
use super::StudyPayload;
use crate::authz::Action;
use async_graphql::{Context, ID, InputObject, Object, Result};
use naru_domain::pathway::StudyTask;
use naru_domain::study::{Study, StudyCommand, TaskResult};
use naru_domain::{Command, ShortText, Words};

/// Adds a task to the protocol, before the first session.
#[derive(Debug, InputObject)]
pub struct AddStudyTaskInput {
    /// A UUID you choose; the same id again gives the first answer.
    command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    expected_version: Option<u32>,
    /// The study.
    study_id: ID,
    /// Its name within the study: up to 64 lower-case letters, digits, - and _, starting with a letter.
    task: String,
    /// What the participant does, in Korean.
    title_ko: String,
    /// What the participant does, in English.
    title_en: String,
    /// Whether a use error could cause serious harm.
    #[graphql(default)]
    critical: bool,
}

/// What was observed of one participant at one task.
#[derive(Debug, InputObject)]
pub struct TaskResultInput {
    /// The task's name.
    task: String,
    /// What was observed.
    outcome: TaskOutcome,
    /// Whether the moderator helped; a run with help is no success.
    #[graphql(default)]
    assisted: bool,
    /// Time on the task from 1 to 86,400 seconds, if it was measured.
    seconds: Option<i32>,
    /// What the moderator saw. Name nobody.
    note: Option<String>,
    /// Why it went wrong, once known.
    root_cause: Option<RootCause>,
}

/// Enters what was observed of one participant.
#[derive(Debug, InputObject)]
pub struct RecordSessionInput {
    /// A UUID you choose; the same id again gives the first answer.
    command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    expected_version: Option<u32>,
    /// The study.
    study_id: ID,
    /// The participant's code, such as `P01`; never a name.
    participant: String,
    /// The value of the user group.
    group: String,
    /// What was observed, one entry for every task.
    results: Vec<TaskResultInput>,
    /// The ten answers to the System Usability Scale, from 1 to 5, if it was asked.
    sus: Option<Vec<i32>>,
    /// The day of the session.
    moderated_on: Date,
}

/// Replaces what was entered of one participant; the old entry stays in the record.
#[derive(Debug, InputObject)]
pub struct CorrectSessionInput {
    /// A UUID you choose; the same id again gives the first answer.
    command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    expected_version: Option<u32>,
    /// The study.
    study_id: ID,
    /// The participant's code.
    participant: String,
    /// The value of the user group.
    group: String,
    /// What was observed, one entry for every task.
    results: Vec<TaskResultInput>,
    /// The ten answers to the System Usability Scale, from 1 to 5, if it was asked.
    sus: Option<Vec<i32>>,
    /// The day of the session.
    moderated_on: Date,
    /// Why the entry was wrong.
    reason: String,
}

/// Leaves one participant out of the results; the entry stays in the record.
#[derive(Debug, InputObject)]
pub struct RemoveSessionInput {
    /// A UUID you choose; the same id again gives the first answer.
    command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    expected_version: Option<u32>,
    /// The study.
    study_id: ID,
    /// The participant's code.
    participant: String,
    /// Why.
    reason: String,
}

/// Ends a study and reports to its case.
#[derive(Debug, InputObject)]
pub struct CloseStudyInput {
    /// A UUID you choose; the same id again gives the first answer.
    command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    expected_version: Option<u32>,
    /// The study.
    study_id: ID,
    /// What the study shows.
    conclusion: String,
    /// The decision on the residual risk of what was found; a summative study with findings needs it.
    residual_risk: Option<String>,
    /// Why fewer participants than planned are enough.
    short_sample_reason: Option<String>,
}

/// Commands on usability studies.
#[derive(Clone, Copy, Debug, Default)]
pub struct StudyVerbs;

/// Commands on usability studies.
#[Object]
impl StudyVerbs {
    /// Adds a task to a study's protocol, before the first session. Right: the hospital's usability manager, coordinator.
    async fn add_study_task(
        &self,
        ctx: &Context<'_>,
        input: AddStudyTaskInput,
    ) -> Result<StudyPayload> {
        let viewer = viewer(ctx)?;
        let call = Call::new(&input.command_id, input.expected_version)?;
        let command = task(&input);
        let prepared = on_study(viewer, &input.study_id, Action::AddStudyTask, command).await;
        viewer.carry_out(call, prepared).await.map(Into::into)
    }

    /// Enters what was observed of one participant. Right: the hospital's usability manager, coordinator.
    async fn record_session(
        &self,
        ctx: &Context<'_>,
        input: RecordSessionInput,
    ) -> Result<StudyPayload> {
        let viewer = viewer(ctx)?;
        let call = Call::new(&input.command_id, input.expected_version)?;
        let command = record(&input);
        let prepared = on_study(viewer, &input.study_id, Action::RecordSession, command).await;
        viewer.carry_out(call, prepared).await.map(Into::into)
    }

    /// Replaces what was entered of one participant. Right: the hospital's usability manager, coordinator.
    async fn correct_session(
        &self,
        ctx: &Context<'_>,
        input: CorrectSessionInput,
    ) -> Result<StudyPayload> {
        let viewer = viewer(ctx)?;
        let call = Call::new(&input.command_id, input.expected_version)?;
        let command = correct(&input);
        let prepared = on_study(viewer, &input.study_id, Action::CorrectSession, command).await;
        viewer.carry_out(call, prepared).await.map(Into::into)
    }

    /// Leaves one participant out of the results. Right: the hospital's usability manager, coordinator.
    async fn remove_session(
        &self,
        ctx: &Context<'_>,
        input: RemoveSessionInput,
    ) -> Result<StudyPayload> {
        let viewer = viewer(ctx)?;
        let call = Call::new(&input.command_id, input.expected_version)?;
        let command = remove(&input);
        let prepared = on_study(viewer, &input.study_id, Action::RemoveSession, command).await;
        viewer.carry_out(call, prepared).await.map(Into::into)
    }

    /// Ends a study and reports to its case. Right: the hospital's usability manager, coordinator.
    async fn close_study(&self, ctx: &Context<'_>, input: CloseStudyInput) -> Result<StudyPayload> {
        let viewer = viewer(ctx)?;
        let call = Call::new(&input.command_id, input.expected_version)?;
        let command = close(&input);
        let prepared = on_study(viewer, &input.study_id, Action::CloseStudy, command).await;
        viewer.carry_out(call, prepared).await.map(Into::into)
    }
}

/// Whether the viewer may is answered before whether the input is good.
async fn on_study(
    viewer: &Viewer,
    id: &ID,
    action: Action,
    command: Preparing<StudyCommand>,
) -> Preparing {
    let study = viewer.target::<Study>(id, action).await?;
    Ok(Prepared {
        aggregate: study.get()?.id.into(),
        command: Command::Study(command?),
    })
}

fn task(input: &AddStudyTaskInput) -> Preparing<StudyCommand> {
    Ok(StudyCommand::AddTask {
        task: StudyTask {
            id: input.task.clone(),
            title: Words {
                ko: text::<ShortText>("titleKo", &input.title_ko)?.into(),
                en: text::<ShortText>("titleEn", &input.title_en)?.into(),
            },
            critical: input.critical,
        },
    })
}

fn record(input: &RecordSessionInput) -> Preparing<StudyCommand> {
    Ok(StudyCommand::RecordSession {
        participant: text("participant", &input.participant)?,
        group: input.group.clone(),
        results: results(&input.results)?,
        sus: sus(input.sus.as_deref()),
        moderated_on: input.moderated_on.0,
    })
}

fn correct(input: &CorrectSessionInput) -> Preparing<StudyCommand> {
    Ok(StudyCommand::CorrectSession {
        participant: text("participant", &input.participant)?,
        group: input.group.clone(),
        results: results(&input.results)?,
        sus: sus(input.sus.as_deref()),
        moderated_on: input.moderated_on.0,
        reason: text("reason", &input.reason)?,
    })
}

fn remove(input: &RemoveSessionInput) -> Preparing<StudyCommand> {
    Ok(StudyCommand::RemoveSession {
        participant: text("participant", &input.participant)?,
        reason: text("reason", &input.reason)?,
    })
}

fn close(input: &CloseStudyInput) -> Preparing<StudyCommand> {
    Ok(StudyCommand::Close {
        conclusion: text("conclusion", &input.conclusion)?,
        residual_risk: maybe_text("residualRisk", input.residual_risk.as_ref())?,
        short_sample_reason: maybe_text("shortSampleReason", input.short_sample_reason.as_ref())?,
    })
}

fn results(given: &[TaskResultInput]) -> Preparing<Vec<TaskResult>> {
    let result = |(n, given): (usize, &TaskResultInput)| {
        Ok(TaskResult {
            task: given.task.clone(),
            outcome: given.outcome.into(),
            assisted: given.assisted,
            // A time below zero is as impossible as zero, which the study refuses with a reason.
            seconds: given.seconds.map(|s| u32::try_from(s).unwrap_or(0)),
            note: maybe_text(&format!("results.{n}.note"), given.note.as_ref())?,
            root_cause: given.root_cause.map(Into::into),
        })
    };
    given.iter().enumerate().map(result).collect()
}

/// An answer that is no small number is off the scale, which the study refuses with a reason, as it does 0.
fn sus(given: Option<&[i32]>) -> Option<Vec<u8>> {
    let answers = given?.iter();
    Some(answers.map(|n| u8::try_from(*n).unwrap_or(0)).collect())
}
