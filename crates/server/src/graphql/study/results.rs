//! What a study shows: rates with their intervals, times, and the System Usability Scale.

use async_graphql::{Enum, SimpleObject};
use naru_domain::stats;
use naru_domain::study::{GroupResults, Study, TaskSummary};

/// What a study shows so far.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "StudyResults")]
pub struct StudyResultsNode {
    /// Over all participants.
    overall: GroupResultsNode,
    /// One for each user group, in the order of the protocol.
    #[graphql(complexity = "2 + 2 * child_complexity")]
    groups: Vec<GroupResultsNode>,
}

impl StudyResultsNode {
    pub(super) fn of(study: &Study) -> Self {
        let results = study.results();
        let groups = results.groups.iter();
        Self {
            overall: (&results.overall).into(),
            groups: groups.map(Into::into).collect(),
        }
    }
}

/// What the participants of one user group show, or all of them.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "GroupResults")]
pub struct GroupResultsNode {
    /// The value of the user group; nothing for all participants together.
    group: Option<String>,
    /// At least so many participants were planned.
    planned: u32,
    /// So many have a session.
    participants: u32,
    /// One for each task, in the order of the protocol.
    #[graphql(complexity = "2 + 2 * child_complexity")]
    tasks: Vec<TaskSummaryNode>,
    /// The System Usability Scale, if anyone answered it.
    sus: Option<SusSummaryNode>,
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
    /// The name of the task.
    task: String,
    /// Whether a use error at it could cause serious harm.
    critical: bool,
    /// The observations that count: the denominator of every rate. Left out are the next two.
    attempts: u32,
    /// Participants who never came to the task.
    not_attempted: u32,
    /// Observations that the test itself spoiled.
    test_artefacts: u32,
    /// Attempts with the moderator's help; never a success.
    assisted: u32,
    /// Attempts that reached the intended result without help, with or without difficulty.
    successes: u32,
    /// Successes out of attempts with the intervals in use; nothing without attempts.
    completion: Option<CompletionRateNode>,
    /// Attempts that ended in a use error.
    use_errors: u32,
    /// Attempts with a close call.
    close_calls: u32,
    /// Attempts that succeeded with difficulty, with or without help.
    difficulties: u32,
    /// When there was no use error: the rate, from 0 to 1, that the sample still cannot exclude (one-sided 95 %).
    use_error_upper_bound: Option<f64>,
    /// The times of the successes that were timed; nothing without one.
    time: Option<TimesNode>,
}

impl From<&TaskSummary> for TaskSummaryNode {
    fn from(summary: &TaskSummary) -> Self {
        Self {
            task: summary.task.clone(),
            critical: summary.critical,
            attempts: summary.attempts,
            not_attempted: summary.not_attempted,
            test_artefacts: summary.test_artefacts,
            assisted: summary.assisted,
            successes: summary.successes,
            completion: summary.completion.as_ref().map(Into::into),
            use_errors: summary.use_errors,
            close_calls: summary.close_calls,
            difficulties: summary.difficulties,
            use_error_upper_bound: summary.use_error_upper_bound,
            time: summary.time.as_ref().map(Into::into),
        }
    }
}

/// A 95 % confidence interval.
#[derive(Clone, Copy, Debug, SimpleObject)]
#[graphql(name = "Interval")]
pub struct IntervalNode {
    /// Its lower end.
    lower: f64,
    /// Its upper end.
    upper: f64,
}

impl From<stats::Interval> for IntervalNode {
    fn from(interval: stats::Interval) -> Self {
        Self {
            lower: interval.lower,
            upper: interval.upper,
        }
    }
}

/// A completion rate with the three intervals in use.
#[derive(Clone, Copy, Debug, SimpleObject)]
#[graphql(name = "Completion")]
pub struct CompletionRateNode {
    /// How many completed.
    successes: u32,
    /// Out of how many.
    attempts: u32,
    /// The share, from 0 to 1.
    rate: f64,
    /// The interval to report for usability tests (Agresti & Coull).
    adjusted_wald: IntervalNode,
    /// The score interval (Wilson).
    wilson: IntervalNode,
    /// The “exact” interval (Clopper & Pearson); it never covers less than 95 %.
    clopper_pearson: IntervalNode,
}

impl From<&stats::CompletionRate> for CompletionRateNode {
    fn from(rate: &stats::CompletionRate) -> Self {
        Self {
            successes: rate.successes,
            attempts: rate.attempts,
            rate: rate.rate,
            adjusted_wald: rate.adjusted_wald.into(),
            wilson: rate.wilson.into(),
            clopper_pearson: rate.clopper_pearson.into(),
        }
    }
}

/// Times on a task, in seconds.
#[derive(Clone, Copy, Debug, SimpleObject)]
#[graphql(name = "TaskTimes")]
pub struct TimesNode {
    /// How many were timed.
    n: u32,
    /// The geometric mean.
    geometric_mean: f64,
    /// The median.
    median: f64,
    /// The mean.
    mean: f64,
    /// The one to report: the geometric mean of a small sample, the median of a large one.
    typical: f64,
}

impl From<&stats::Times> for TimesNode {
    fn from(times: &stats::Times) -> Self {
        Self {
            n: times.n,
            geometric_mean: times.geometric_mean,
            median: times.median,
            mean: times.mean,
            typical: times.typical,
        }
    }
}

/// How people describe a device with about this SUS score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "stats::Adjective")]
pub enum SusAdjective {
    /// Worst imaginable.
    WorstImaginable,
    /// Awful.
    Awful,
    /// Poor.
    Poor,
    /// OK.
    Ok,
    /// Good.
    Good,
    /// Excellent.
    Excellent,
    /// Best imaginable.
    BestImaginable,
}

/// How acceptable a device with this SUS score is held to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "stats::Acceptability")]
pub enum SusAcceptability {
    /// Below 50.
    NotAcceptable,
    /// From 50 to 70.
    Marginal,
    /// Above 70.
    Acceptable,
}

/// The System Usability Scale over several participants.
#[derive(Clone, Copy, Debug, SimpleObject)]
#[graphql(name = "SystemUsability")]
pub struct SusSummaryNode {
    /// How many answered.
    n: u32,
    /// The mean score, from 0 to 100.
    mean: f64,
    /// The standard deviation of the sample; from two participants.
    standard_deviation: Option<f64>,
    /// The 95 % interval of the mean; from two participants.
    interval: Option<IntervalNode>,
    /// The grade of the mean on the curved scale, such as `B+`.
    grade: &'static str,
    /// The first percentile of that grade among published studies.
    grade_from_percentile: u8,
    /// The last percentile of that grade.
    grade_to_percentile: u8,
    /// The adjective nearest to the mean.
    adjective: SusAdjective,
    /// How acceptable the mean is.
    acceptability: SusAcceptability,
}

impl From<&stats::SusSummary> for SusSummaryNode {
    fn from(summary: &stats::SusSummary) -> Self {
        let (from, to) = summary.grade.percentiles();
        Self {
            n: summary.n,
            mean: summary.mean,
            standard_deviation: summary.standard_deviation,
            interval: summary.interval.map(Into::into),
            grade: summary.grade.as_str(),
            grade_from_percentile: from,
            grade_to_percentile: to,
            adjective: summary.adjective.into(),
            acceptability: summary.acceptability.into(),
        }
    }
}
