//! Usability studies and what they show.

use super::account::{IntoId, Person};
use super::case::CaseNode;
use super::command::{Call, Prepared, Preparing, maybe_text, payload, text};
use super::enums::{RootCause, StudyStatus, TaskOutcome};
use super::page::{Page, PageRequest, page_cost};
use super::scalars::{Date, DateTime, Long, count};
use super::viewer::{Held, viewer};
use crate::authz::Action;
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use naru_domain::stats::{CompletionRate, Interval, SusSummary};
use naru_domain::study::{
    GroupResults, RecordedSession, Study, StudyCommand, StudyEnd, TaskResult, TaskSummary,
};
use naru_domain::{Command, Words};

/// A usability study (IEC 62366-1). Readable by whoever may read its case.
#[derive(Clone, Debug)]
pub struct StudyNode(Held<Study>);

impl From<Held<Study>> for StudyNode {
    fn from(held: Held<Study>) -> Self {
        Self(held)
    }
}

#[Object(name = "Study")]
impl StudyNode {
    /// The study's id.
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

    /// Where it stands.
    async fn status(&self) -> Result<StudyStatus> {
        Ok(self.0.get()?.status().into())
    }

    /// Whether it is the summative evaluation (총괄평가), or a formative one (형성평가).
    async fn summative(&self) -> Result<bool> {
        Ok(self.0.get()?.summative)
    }

    /// At least so many participants in each user group.
    async fn participants_per_group(&self) -> Result<i32> {
        Ok(i32::from(self.0.get()?.participants_per_group))
    }

    /// The distinct user groups.
    async fn groups(&self, ctx: &Context<'_>) -> Result<Vec<Choice>> {
        let locale = viewer(ctx)?.locale;
        let groups = self.0.get()?.groups.iter();
        Ok(groups
            .map(|group| Choice::new(&group.value, &group.label, locale))
            .collect())
    }

    /// The tasks that every participant attempts.
    async fn tasks(&self, ctx: &Context<'_>) -> Result<Vec<StudyTaskNode>> {
        let locale = viewer(ctx)?.locale;
        let tasks = self.0.get()?.tasks.iter();
        Ok(tasks
            .map(|task| StudyTaskNode {
                id: task.id.clone(),
                title: task.title.in_locale(locale).to_owned(),
                critical: task.critical,
            })
            .collect())
    }

    /// The sessions that count, by the participant's code. At most 100 a page, 20 unless told.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn sessions(
        &self,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<SessionNode>> {
        let sessions = self.0.get()?.sessions.values();
        PageRequest::new(first, after.as_deref())?.cut(sessions.map(|s| SessionNode(s.clone())))
    }

    /// How many sessions were left out of the results, with their reasons in the timeline.
    async fn removed_sessions(&self) -> Result<i32> {
        Ok(count(self.0.get()?.removed.len()))
    }

    /// What the sessions show so far.
    #[graphql(complexity = "5 + 3 * child_complexity")]
    async fn results(&self) -> Result<StudyResultsNode> {
        let results = self.0.get()?.results();
        Ok(StudyResultsNode {
            overall: (&results.overall).into(),
            groups: results.groups.iter().map(Into::into).collect(),
        })
    }

    /// What the study shows, once it is closed.
    async fn conclusion(&self) -> Result<Option<&str>> {
        Ok(match &self.0.get()?.end {
            Some(StudyEnd::Closed { conclusion, .. }) => Some(conclusion.as_str()),
            Some(StudyEnd::Withdrawn { reason, .. }) => Some(reason.as_str()),
            None => None,
        })
    }
}

/// One option of a choice.
#[derive(Clone, Debug, SimpleObject)]
pub struct Choice {
    /// What is stored and compared.
    value: String,
    /// What is shown.
    label: String,
}

impl Choice {
    /// An option in one language.
    pub(crate) fn new(value: &str, label: &Words, locale: naru_domain::Locale) -> Self {
        Self {
            value: value.to_owned(),
            label: label.in_locale(locale).to_owned(),
        }
    }
}

/// A task of a study.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "StudyTask")]
pub struct StudyTaskNode {
    /// Its name within the study.
    id: String,
    /// What the participant does.
    title: String,
    /// Whether a use error could cause serious harm.
    critical: bool,
}

/// What was observed of one participant, as it counts now.
#[derive(Clone, Debug)]
pub struct SessionNode(RecordedSession);

#[Object(name = "Session")]
impl SessionNode {
    /// The participant's code, such as `P01`; never a name.
    async fn participant(&self) -> &str {
        self.0.session.participant.as_str()
    }

    /// The user group.
    async fn group(&self) -> &str {
        &self.0.session.group
    }

    /// The day of the session.
    async fn moderated_on(&self) -> Date {
        Date(self.0.session.moderated_on)
    }

    /// One entry a task.
    async fn results(&self) -> Vec<TaskResultNode> {
        self.0.session.results.iter().map(Into::into).collect()
    }

    /// The ten answers to the System Usability Scale, if it was asked.
    async fn sus(&self) -> Option<Vec<i32>> {
        let answers = self.0.session.sus.as_ref()?;
        Some(answers.iter().copied().map(i32::from).collect())
    }

    /// Who entered it first.
    async fn recorded_by(&self, ctx: &Context<'_>) -> Result<Person> {
        viewer(ctx)?.person(self.0.by).await
    }

    /// When it was entered first.
    async fn recorded_at(&self) -> DateTime {
        DateTime(self.0.at)
    }

    /// How often it was corrected; every earlier entry stays in the record.
    async fn corrections(&self) -> i32 {
        count(self.0.corrections.len())
    }
}

/// One participant at one task.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "TaskResult")]
pub struct TaskResultNode {
    /// The task.
    task: String,
    /// What was observed.
    outcome: TaskOutcome,
    /// Whether the moderator helped; a run with help is no success.
    assisted: bool,
    /// Time on the task, if it was measured.
    seconds: Option<u32>,
    /// What the moderator saw; names nobody.
    note: Option<String>,
    /// Why it went wrong, once known.
    root_cause: Option<RootCause>,
}

impl From<&TaskResult> for TaskResultNode {
    fn from(result: &TaskResult) -> Self {
        Self {
            task: result.task.clone(),
            outcome: result.outcome.into(),
            assisted: result.assisted,
            seconds: result.seconds,
            note: result.note.as_ref().map(|note| note.as_str().to_owned()),
            root_cause: result.root_cause.map(Into::into),
        }
    }
}

/// What a study shows.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "StudyResults")]
pub struct StudyResultsNode {
    /// Over all participants.
    overall: GroupResultsNode,
    /// One for each user group.
    groups: Vec<GroupResultsNode>,
}

/// What the participants of one user group show, or all of them.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "GroupResults")]
pub struct GroupResultsNode {
    /// The user group; nothing for all of them.
    group: Option<String>,
    /// At least so many participants were planned.
    planned: u32,
    /// So many have a session.
    participants: u32,
    /// One for each task.
    tasks: Vec<TaskSummaryNode>,
    /// The System Usability Scale, if anyone answered it.
    sus: Option<SusNode>,
}

impl From<&GroupResults> for GroupResultsNode {
    fn from(results: &GroupResults) -> Self {
        Self {
            group: results.group.clone(),
            planned: results.planned,
            participants: results.participants,
            tasks: results.tasks.iter().map(Into::into).collect(),
            sus: results.sus.as_ref().map(Into::into),
        }
    }
}

/// What participants show at one task.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "TaskSummary")]
pub struct TaskSummaryNode {
    /// The task.
    task: String,
    /// Whether a use error at it could cause serious harm.
    critical: bool,
    /// The observations that count: the denominator of every rate.
    attempts: u32,
    /// Participants who never came to the task; left out of `attempts`.
    not_attempted: u32,
    /// Observations that the test itself spoiled; left out of `attempts`.
    test_artefacts: u32,
    /// Attempts with the moderator's help: in `attempts`, never in `successes`.
    assisted: u32,
    /// Attempts that reached the intended result without help.
    successes: u32,
    /// `successes` of `attempts` with its intervals; nothing without attempts.
    completion: Option<CompletionNode>,
    /// Attempts that ended in a use error.
    use_errors: u32,
    /// Attempts with a close call.
    close_calls: u32,
    /// Attempts that succeeded with difficulty.
    difficulties: u32,
    /// When there was no use error: the rate of use errors that the sample cannot exclude (one-sided 95 %).
    use_error_upper_bound: Option<f64>,
}

impl From<&TaskSummary> for TaskSummaryNode {
    fn from(task: &TaskSummary) -> Self {
        Self {
            task: task.task.clone(),
            critical: task.critical,
            attempts: task.attempts,
            not_attempted: task.not_attempted,
            test_artefacts: task.test_artefacts,
            assisted: task.assisted,
            successes: task.successes,
            completion: task.completion.as_ref().map(Into::into),
            use_errors: task.use_errors,
            close_calls: task.close_calls,
            difficulties: task.difficulties,
            use_error_upper_bound: task.use_error_upper_bound,
        }
    }
}

/// A 95 % interval.
#[derive(Clone, Copy, Debug, SimpleObject)]
#[graphql(name = "Interval")]
pub struct IntervalNode {
    /// Its lower end.
    lower: f64,
    /// Its upper end.
    upper: f64,
}

impl From<Interval> for IntervalNode {
    fn from(interval: Interval) -> Self {
        Self {
            lower: interval.lower,
            upper: interval.upper,
        }
    }
}

/// A completion rate with its 95 % intervals.
#[derive(Clone, Copy, Debug, SimpleObject)]
#[graphql(name = "Completion")]
pub struct CompletionNode {
    /// The share of successes, from 0 to 1.
    rate: f64,
    /// Adjusted Wald.
    adjusted_wald: IntervalNode,
    /// Wilson.
    wilson: IntervalNode,
    /// Clopper–Pearson, the exact one.
    clopper_pearson: IntervalNode,
}

impl From<&CompletionRate> for CompletionNode {
    fn from(rate: &CompletionRate) -> Self {
        Self {
            rate: rate.rate,
            adjusted_wald: rate.adjusted_wald.into(),
            wilson: rate.wilson.into(),
            clopper_pearson: rate.clopper_pearson.into(),
        }
    }
}

/// The System Usability Scale over the participants who answered it.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "SystemUsability")]
pub struct SusNode {
    /// How many answered.
    n: u32,
    /// The mean, from 0 to 100.
    mean: f64,
    /// The standard deviation, from two answers on.
    standard_deviation: Option<f64>,
    /// The 95 % interval of the mean, from two answers on.
    interval: Option<IntervalNode>,
    /// The grade of Sauro and Lewis, such as `B+`.
    grade: String,
}

impl From<&SusSummary> for SusNode {
    fn from(sus: &SusSummary) -> Self {
        Self {
            n: sus.n,
            mean: sus.mean,
            standard_deviation: sus.standard_deviation,
            interval: sus.interval.map(Into::into),
            grade: sus.grade.as_str().to_owned(),
        }
    }
}

payload! {
    /// The answer to a command on a study.
    StudyPayload,
    /// The study after the command; nothing if it was refused.
    study: StudyNode, Study
}

/// Adds a task to the protocol, before the first session.
#[derive(Debug, InputObject)]
pub struct AddStudyTaskInput {
    /// A UUID you choose; the same id again gives the first answer.
    command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    expected_version: Option<u32>,
    /// The study.
    study_id: ID,
    /// Its name within the study: lower-case letters, digits, - and _.
    task: String,
    /// What the participant does, in Korean.
    title_ko: String,
    /// What the participant does, in English.
    title_en: String,
    /// Whether a use error could cause serious harm.
    critical: bool,
}

/// One participant at one task.
#[derive(Debug, InputObject)]
pub struct TaskResultInput {
    /// The task.
    task: String,
    /// What was observed.
    outcome: TaskOutcome,
    /// Whether the moderator helped.
    #[graphql(default)]
    assisted: bool,
    /// Time on the task, if it was measured.
    seconds: Option<u32>,
    /// What the moderator saw; name nobody.
    note: Option<String>,
    /// Why it went wrong, once known.
    root_cause: Option<RootCause>,
}

/// What was observed of one participant.
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
    /// The user group.
    group: String,
    /// One entry a task.
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
    /// The user group.
    group: String,
    /// One entry a task.
    results: Vec<TaskResultInput>,
    /// The ten answers to the System Usability Scale, from 1 to 5, if it was asked.
    sus: Option<Vec<i32>>,
    /// The day of the session.
    moderated_on: Date,
    /// Why it was wrong.
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
    /// The decision on the residual risk; a summative study with findings needs it.
    residual_risk: Option<String>,
    /// Why fewer participants than planned are enough.
    short_sample_reason: Option<String>,
}

/// Hands a command on a study over.
macro_rules! on_study {
    ($ctx:ident, $input:ident, $action:ident, $command:expr) => {{
        let viewer = viewer($ctx)?;
        let call = Call::new(&$input.command_id, $input.expected_version)?;
        let prepared = async {
            let study = viewer
                .target::<Study>(&$input.study_id, Action::$action)
                .await?;
            let command: StudyCommand = $command;
            Ok(Prepared {
                aggregate: study.get()?.id.into(),
                command: Command::Study(command),
            })
        };
        viewer
            .carry_out(call, prepared.await)
            .await
            .map(StudyPayload::from)
    }};
}

/// Commands on studies.
#[derive(Clone, Copy, Debug, Default)]
pub struct StudyVerbs;

#[Object]
impl StudyVerbs {
    /// Adds a task to a study's protocol, before the first session. Right: coordinator, usability manager.
    async fn add_study_task(
        &self,
        ctx: &Context<'_>,
        input: AddStudyTaskInput,
    ) -> Result<StudyPayload> {
        on_study!(
            ctx,
            input,
            AddStudyTask,
            StudyCommand::AddTask {
                task: naru_domain::pathway::StudyTask {
                    id: input.task.clone(),
                    title: Words {
                        ko: checked("titleKo", &input.title_ko)?,
                        en: checked("titleEn", &input.title_en)?,
                    },
                    critical: input.critical,
                },
            }
        )
    }

    /// Enters what was observed of one participant. Right: coordinator, usability manager.
    async fn record_session(
        &self,
        ctx: &Context<'_>,
        input: RecordSessionInput,
    ) -> Result<StudyPayload> {
        on_study!(
            ctx,
            input,
            RecordSession,
            StudyCommand::RecordSession {
                participant: text("participant", &input.participant)?,
                group: input.group.clone(),
                results: results(&input.results)?,
                sus: sus(input.sus.as_deref()),
                moderated_on: input.moderated_on.0,
            }
        )
    }

    /// Replaces what was entered of one participant. Right: coordinator, usability manager.
    async fn correct_session(
        &self,
        ctx: &Context<'_>,
        input: CorrectSessionInput,
    ) -> Result<StudyPayload> {
        on_study!(
            ctx,
            input,
            CorrectSession,
            StudyCommand::CorrectSession {
                participant: text("participant", &input.participant)?,
                group: input.group.clone(),
                results: results(&input.results)?,
                sus: sus(input.sus.as_deref()),
                moderated_on: input.moderated_on.0,
                reason: text("reason", &input.reason)?,
            }
        )
    }

    /// Leaves one participant out of the results. Right: coordinator, usability manager.
    async fn remove_session(
        &self,
        ctx: &Context<'_>,
        input: RemoveSessionInput,
    ) -> Result<StudyPayload> {
        on_study!(
            ctx,
            input,
            RemoveSession,
            StudyCommand::RemoveSession {
                participant: text("participant", &input.participant)?,
                reason: text("reason", &input.reason)?,
            }
        )
    }

    /// Ends a study and reports to its case. Right: coordinator, usability manager.
    async fn close_study(&self, ctx: &Context<'_>, input: CloseStudyInput) -> Result<StudyPayload> {
        on_study!(
            ctx,
            input,
            CloseStudy,
            StudyCommand::Close {
                conclusion: text("conclusion", &input.conclusion)?,
                residual_risk: maybe_text("residualRisk", input.residual_risk.as_ref())?,
                short_sample_reason: maybe_text(
                    "shortSampleReason",
                    input.short_sample_reason.as_ref()
                )?,
            }
        )
    }
}

fn checked(field: &str, value: &str) -> Preparing<String> {
    let text: naru_domain::ShortText = text(field, value)?;
    Ok(text.into())
}

fn results(given: &[TaskResultInput]) -> Preparing<Vec<TaskResult>> {
    given
        .iter()
        .map(|result| {
            Ok(TaskResult {
                task: result.task.clone(),
                outcome: result.outcome.into(),
                assisted: result.assisted,
                seconds: result.seconds,
                note: maybe_text("results.note", result.note.as_ref())?,
                root_cause: result.root_cause.map(Into::into),
            })
        })
        .collect()
}

/// The answers as small numbers; one that is far out stays out of the scale, and the study says so.
fn sus(given: Option<&[i32]>) -> Option<Vec<u8>> {
    let answers = given?.iter();
    Some(
        answers
            .map(|answer| u8::try_from(*answer).unwrap_or(u8::MAX))
            .collect(),
    )
}
