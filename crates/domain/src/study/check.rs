//! Checks of what someone enters of one participant.

use super::{Session, Study, StudyRejection, TaskResult};
use crate::{Context, Rejection, ShortText};
use jiff::civil::Date;
use jiff::tz::Offset;
use std::collections::BTreeSet;

/// The longest time on a task: a day.
const SECONDS_MAX: u32 = 86_400;

/// What someone enters of one participant, before it is checked.
pub(super) struct Entry<'a> {
    pub(super) participant: &'a ShortText,
    group: &'a str,
    results: &'a [TaskResult],
    sus: Option<&'a [u8]>,
    moderated_on: Date,
}

impl<'a> Entry<'a> {
    pub(super) fn new(
        participant: &'a ShortText,
        group: &'a str,
        results: &'a [TaskResult],
        sus: Option<&'a [u8]>,
        moderated_on: Date,
    ) -> Self {
        Self {
            participant,
            group,
            results,
            sus,
            moderated_on,
        }
    }
}

/// The code in upper case, if it is one to four Latin letters and one to six digits: no name looks like that.
pub(super) fn participant_code(text: &ShortText) -> Result<ShortText, Rejection> {
    let code = text.as_str().to_ascii_uppercase();
    let letters = code.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = code.len() - letters.len();
    let good = (1..=4).contains(&letters.len())
        && letters.bytes().all(|b| b.is_ascii_uppercase())
        && (1..=6).contains(&digits);
    match code.parse() {
        Ok(code) if good => Ok(code),
        Ok(_) | Err(_) => Err(StudyRejection::BadParticipantCode.into()),
    }
}

pub(super) fn checked_session(
    study: &Study,
    participant: ShortText,
    entry: &Entry<'_>,
    context: &Context<'_>,
) -> Result<Session, StudyRejection> {
    if !study.groups.iter().any(|group| group.value == entry.group) {
        return Err(StudyRejection::UnknownGroup {
            group: shortened(entry.group),
            known: listed(study.groups.iter().map(|group| group.value.as_str())),
        });
    }
    let results = checked_results(study, entry.results)?;
    if let Some(answers) = entry.sus
        && crate::stats::sus(answers).is_err()
    {
        return Err(StudyRejection::BadSus);
    }
    check_date(study, entry.moderated_on, context)?;
    Ok(Session {
        participant,
        group: entry.group.to_owned(),
        results,
        sus: entry.sus.map(<[u8]>::to_vec),
        moderated_on: entry.moderated_on,
    })
}

/// The results in the order of the tasks, if every task has exactly one.
fn checked_results(
    study: &Study,
    results: &[TaskResult],
) -> Result<Vec<TaskResult>, StudyRejection> {
    if study.tasks.is_empty() {
        return Err(StudyRejection::NoTasks);
    }
    let mut seen = BTreeSet::new();
    for result in results {
        let task = || shortened(&result.task);
        if !study.tasks.iter().any(|known| known.id == result.task) {
            let known = listed(study.tasks.iter().map(|task| task.id.as_str()));
            let task = task();
            return Err(StudyRejection::UnknownTask { task, known });
        }
        if !seen.insert(result.task.as_str()) {
            return Err(StudyRejection::TaskTwice { task: task() });
        }
        if result
            .seconds
            .is_some_and(|seconds| !(1..=SECONDS_MAX).contains(&seconds))
        {
            return Err(StudyRejection::BadTime { task: task() });
        }
    }
    let missing: Vec<&str> = study
        .tasks
        .iter()
        .map(|task| task.id.as_str())
        .filter(|id| !seen.contains(id))
        .collect();
    if !missing.is_empty() {
        let tasks = listed(missing.into_iter());
        return Err(StudyRejection::TasksMissing { tasks });
    }
    let place = |result: &TaskResult| study.tasks.iter().position(|task| task.id == result.task);
    let mut ordered = results.to_vec();
    ordered.sort_by_key(place);
    Ok(ordered)
}

/// A day is still to come when it has begun nowhere on Earth: the first place is fourteen hours ahead of UTC.
fn check_date(study: &Study, date: Date, context: &Context<'_>) -> Result<(), StudyRejection> {
    let today = Offset::constant(14).to_datetime(context.now).date();
    let opened = Offset::UTC.to_datetime(study.opened_at).date();
    if today < date {
        let date = date.to_string();
        return Err(StudyRejection::DateInFuture { date });
    }
    if i32::from(date.year()) < i32::from(opened.year()) - 10 {
        let date = date.to_string();
        return Err(StudyRejection::DateTooOld { date });
    }
    Ok(())
}

/// A name given from outside, cut to a length that fits into a sentence.
pub(super) fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}

/// The first ten names, and how many more there are.
pub(super) fn listed<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let count = names.len();
    let mut text = names.take(10).collect::<Vec<_>>().join(", ");
    if let Some(more) = count.checked_sub(10).filter(|more| *more != 0) {
        text = format!("{text} (+{more})");
    }
    text
}
