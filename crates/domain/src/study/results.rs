//! What a study shows: computed from the sessions whenever it is asked for, never stored.

use super::{Outcome, Session, Study, TaskResult};
use crate::stats::{
    CompletionRate, SusSummary, Times, completion_rate, sus, sus_summary, time_on_task,
    upper_bound_when_none,
};

/// What a study shows.
#[derive(Clone, Debug, PartialEq)]
pub struct StudyResults {
    /// Over all participants.
    pub overall: GroupResults,
    /// One for each user group, in the order of the study.
    pub groups: Vec<GroupResults>,
}

/// What the participants of one user group show, or all of them.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupResults {
    /// The user group; none for all of them.
    pub group: Option<String>,
    /// At least so many participants were planned.
    pub planned: u32,
    /// So many have a session.
    pub participants: u32,
    /// One for each task, in the order of the study.
    pub tasks: Vec<TaskSummary>,
    /// The System Usability Scale, if anyone answered it.
    pub sus: Option<SusSummary>,
}

/// What participants show at one task.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskSummary {
    /// The task.
    pub task: String,
    /// Whether a use error at it could cause serious harm.
    pub critical: bool,
    /// The observations that count: the denominator of every rate. Left out are the next two.
    pub attempts: u32,
    /// Participants who never came to the task; left out of `attempts`.
    pub not_attempted: u32,
    /// Observations that the test itself spoiled; left out of `attempts`.
    pub test_artefacts: u32,
    /// Attempts with the moderator's help: in `attempts`, never in `successes`.
    pub assisted: u32,
    /// Attempts that reached the intended result without help, with or without difficulty.
    pub successes: u32,
    /// `successes` of `attempts` with its intervals; none without attempts.
    pub completion: Option<CompletionRate>,
    /// Attempts that ended in a use error.
    pub use_errors: u32,
    /// Attempts with a close call.
    pub close_calls: u32,
    /// Attempts that succeeded with difficulty, with or without help.
    pub difficulties: u32,
    /// When there was no use error: the rate of use errors that the sample still cannot exclude (one-sided 95 %).
    pub use_error_upper_bound: Option<f64>,
    /// The times of the runs in `successes` that were timed; none without one.
    pub time: Option<Times>,
}

impl Study {
    /// What the sessions that count show so far, per group and over all.
    pub fn results(&self) -> StudyResults {
        let planned = u32::from(self.participants_per_group);
        let all: Vec<&Session> = self.sessions.values().map(|entry| &entry.session).collect();
        let groups: Vec<GroupResults> = self
            .groups
            .iter()
            .map(|group| {
                let sessions: Vec<&Session> = self.sessions_of(&group.value).collect();
                self.group_results(Some(group.value.clone()), planned, &sessions)
            })
            .collect();
        let planned = groups.iter().map(|group| group.planned).sum();
        StudyResults {
            overall: self.group_results(None, planned, &all),
            groups,
        }
    }

    fn group_results(
        &self,
        group: Option<String>,
        planned: u32,
        sessions: &[&Session],
    ) -> GroupResults {
        let tasks = self.tasks.iter().map(|task| {
            let results: Vec<&TaskResult> = sessions
                .iter()
                .flat_map(|session| &session.results)
                .filter(|result| result.task == task.id)
                .collect();
            task_summary(&task.id, task.critical, &results)
        });
        let scores: Vec<f64> = sessions
            .iter()
            .filter_map(|session| sus(session.sus.as_ref()?).ok())
            .collect();
        GroupResults {
            group,
            planned,
            participants: counted(sessions.len()),
            tasks: tasks.collect(),
            sus: sus_summary(&scores),
        }
    }
}

fn task_summary(task: &str, critical: bool, results: &[&TaskResult]) -> TaskSummary {
    let having =
        |outcome: Outcome| counted(results.iter().filter(|r| r.outcome == outcome).count());
    let attempts = counted(results.iter().filter(|r| r.outcome.is_attempt()).count());
    let assisted = |r: &&&TaskResult| r.outcome.is_attempt() && r.assisted;
    let succeeded: Vec<&&TaskResult> = results
        .iter()
        .filter(|r| r.outcome.is_success() && !r.assisted)
        .collect();
    let seconds: Vec<u32> = succeeded.iter().filter_map(|r| r.seconds).collect();
    let successes = counted(succeeded.len());
    let use_errors = having(Outcome::UseError);
    TaskSummary {
        task: task.to_owned(),
        critical,
        attempts,
        not_attempted: having(Outcome::NotAttempted),
        test_artefacts: having(Outcome::TestArtefact),
        assisted: counted(results.iter().filter(assisted).count()),
        successes,
        completion: completion_rate(successes, attempts),
        use_errors,
        close_calls: having(Outcome::CloseCall),
        difficulties: having(Outcome::SuccessWithDifficulty),
        use_error_upper_bound: if use_errors == 0 {
            upper_bound_when_none(attempts)
        } else {
            None
        },
        time: time_on_task(&seconds),
    }
}

/// A number of people; more than four thousand million do not occur.
fn counted(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
