//! What a study shows: success with its intervals, the System Usability Scale, times, and what went wrong.

use super::super::chart::{self, Scored, Whisker, group_class};
use super::super::reader::Reader;
use super::{cause_word, group_label, outcome_word};
use naru_domain::stats::{Acceptability, Adjective, CompletionRate};
use naru_domain::study::{GroupResults, Study, TaskSummary};

/// What a study shows.
#[derive(Debug)]
pub(super) struct Results {
    /// Whether anything was observed.
    pub(super) any: bool,
    pub(super) groups: Vec<(&'static str, String)>,
    pub(super) tasks: Vec<TaskRow>,
    pub(super) sus: Option<SusView>,
    pub(super) findings: Vec<FindingRow>,
}

/// One task.
#[derive(Debug)]
pub(super) struct TaskRow {
    pub(super) title: String,
    pub(super) critical: bool,
    /// Per group: its name, how many succeeded, and the interval.
    pub(super) cells: Vec<(String, String, String)>,
    pub(super) chart: String,
    pub(super) use_errors: u32,
    pub(super) close_calls: u32,
    pub(super) difficulties: u32,
    pub(super) assisted: u32,
    pub(super) left_out: u32,
    pub(super) time: String,
    /// What the sample cannot exclude where there was no use error.
    pub(super) bound: Option<String>,
}

/// The System Usability Scale.
#[derive(Debug)]
pub(super) struct SusView {
    pub(super) chart: String,
    pub(super) rows: Vec<SusRow>,
}

/// One group's scores.
#[derive(Debug)]
pub(super) struct SusRow {
    pub(super) group: String,
    pub(super) n: u32,
    pub(super) mean: String,
    pub(super) interval: String,
    pub(super) deviation: String,
    pub(super) grade: String,
    pub(super) words: String,
}

/// Something that went wrong or nearly did.
#[derive(Debug)]
pub(super) struct FindingRow {
    pub(super) participant: String,
    pub(super) group: String,
    pub(super) task: String,
    pub(super) outcome: String,
    pub(super) note: String,
    pub(super) cause: Option<String>,
    pub(super) href: String,
}

impl Results {
    /// What the sessions that count show so far.
    pub(super) fn of(reader: &Reader, study: &Study) -> Self {
        let results = study.results();
        let named = |group: &GroupResults| {
            let value = group.group.as_deref().unwrap_or_default();
            group_label(reader, study, value)
        };
        let groups: Vec<(&GroupResults, String)> = results
            .groups
            .iter()
            .map(|group| (group, named(group)))
            .collect();
        let tasks = study.tasks.iter().enumerate().map(|(n, task)| {
            let summaries: Vec<(&TaskSummary, &str)> = groups
                .iter()
                .filter_map(|(group, label)| Some((group.tasks.get(n)?, label.as_str())))
                .collect();
            let title = task.title.in_locale(reader.viewer.locale).to_owned();
            task_row(reader, title, results.overall.tasks.get(n), &summaries)
        });
        Self {
            any: 0 < results.overall.participants,
            tasks: tasks.collect(),
            sus: sus(reader, study, &groups),
            findings: findings(reader, study),
            groups: groups
                .iter()
                .enumerate()
                .map(|(n, (_, label))| (group_class(n), label.clone()))
                .collect(),
        }
    }
}

fn percents(interval: naru_domain::stats::Interval) -> String {
    format!(
        "{:.0}–{:.0} %",
        interval.lower * 100.0,
        interval.upper * 100.0
    )
}

fn whisker(rate: &CompletionRate) -> Whisker {
    Whisker {
        from: rate.adjusted_wald.lower,
        to: rate.adjusted_wald.upper,
        value: rate.rate,
    }
}

fn task_row(
    reader: &Reader,
    title: String,
    overall: Option<&TaskSummary>,
    groups: &[(&TaskSummary, &str)],
) -> TaskRow {
    let words = reader.words;
    let cells = groups.iter().map(|(summary, label)| {
        let values = [
            ("successes", i64::from(summary.successes).into()),
            ("attempts", i64::from(summary.attempts).into()),
        ];
        let interval = summary
            .completion
            .as_ref()
            .map_or_else(String::new, |rate| percents(rate.adjusted_wald));
        let reached = words.with("study-reached", values);
        ((*label).to_owned(), reached, interval)
    });
    let rows: Vec<Option<Whisker>> = groups
        .iter()
        .map(|(summary, _)| summary.completion.as_ref().map(whisker))
        .collect();
    let count = |of: fn(&TaskSummary) -> u32| overall.map_or(0, of);
    let time = overall.and_then(|summary| summary.time.as_ref());
    let time = time.map_or_else(
        || "–".to_owned(),
        |time| {
            let values = [
                ("seconds", format!("{:.0}", time.typical).into()),
                ("count", i64::from(time.n).into()),
            ];
            words.with("study-time", values)
        },
    );
    let bound = overall.and_then(|summary| summary.use_error_upper_bound);
    TaskRow {
        title,
        critical: overall.is_some_and(|summary| summary.critical),
        cells: cells.collect(),
        chart: chart::whiskers(&rows),
        use_errors: count(|summary| summary.use_errors),
        close_calls: count(|summary| summary.close_calls),
        difficulties: count(|summary| summary.difficulties),
        assisted: count(|summary| summary.assisted),
        left_out: count(|summary| summary.not_attempted + summary.test_artefacts),
        time,
        bound: bound.map(|bound| {
            let percent = format!("{:.0}", bound * 100.0);
            words.with("study-bound", [("percent", percent.into())])
        }),
    }
}

fn sus(reader: &Reader, study: &Study, groups: &[(&GroupResults, String)]) -> Option<SusView> {
    let words = reader.words;
    let mut scored = Vec::new();
    let mut rows = Vec::new();
    for (group, label) in groups {
        let Some(summary) = &group.sus else { continue };
        let value = group.group.as_deref().unwrap_or_default();
        let scores = study
            .sessions_of(value)
            .filter_map(|session| naru_domain::stats::sus(session.sus.as_deref()?).ok());
        scored.push(Scored {
            label: label.clone(),
            scores: scores.collect(),
            mean: summary.mean,
            interval: summary.interval.map(|i| (i.lower, i.upper)),
        });
        let (from, to) = summary.grade.percentiles();
        rows.push(SusRow {
            group: label.clone(),
            n: summary.n,
            mean: format!("{:.1}", summary.mean),
            interval: summary.interval.map_or_else(
                || "–".to_owned(),
                |i| format!("{:.1}–{:.1}", i.lower, i.upper),
            ),
            deviation: summary
                .standard_deviation
                .map_or_else(|| "–".to_owned(), |deviation| format!("{deviation:.1}")),
            grade: format!("{} ({from}–{to})", summary.grade.as_str()),
            words: format!(
                "{} · {}",
                words.say(&format!("sus-adjective.{}", adjective(summary.adjective))),
                words.say(&format!("sus-accept.{}", accept(summary.acceptability)))
            ),
        });
    }
    (!rows.is_empty()).then(|| SusView {
        chart: chart::sus(&scored, &words.say("study.sus-label")),
        rows,
    })
}

fn adjective(adjective: Adjective) -> &'static str {
    match adjective {
        Adjective::WorstImaginable => "worst",
        Adjective::Awful => "awful",
        Adjective::Poor => "poor",
        Adjective::Ok => "ok",
        Adjective::Good => "good",
        Adjective::Excellent => "excellent",
        Adjective::BestImaginable => "best",
    }
}

fn accept(acceptability: Acceptability) -> &'static str {
    match acceptability {
        Acceptability::NotAcceptable => "no",
        Acceptability::Marginal => "marginal",
        Acceptability::Acceptable => "yes",
    }
}

fn findings(reader: &Reader, study: &Study) -> Vec<FindingRow> {
    let words = reader.words;
    let mut rows = Vec::new();
    for recorded in study.sessions.values() {
        let session = &recorded.session;
        for (n, result) in session.results.iter().enumerate() {
            if !result.outcome.is_finding() {
                continue;
            }
            let task = study.tasks.iter().find(|task| task.id == result.task);
            let task = task.map(|task| task.title.in_locale(reader.viewer.locale).to_owned());
            let note = result.note.as_ref();
            rows.push(FindingRow {
                participant: session.participant.as_str().to_owned(),
                group: group_label(reader, study, &session.group),
                task: task.unwrap_or_default(),
                outcome: words.say(&format!("observed.{}", outcome_word(result.outcome))),
                note: note.map_or_else(String::new, |note| note.as_str().to_owned()),
                cause: result
                    .root_cause
                    .map(|cause| words.say(&format!("cause.{}", cause_word(cause)))),
                href: format!(
                    "/studies/{}/sessions/{}#task-{n}",
                    study.id, session.participant
                ),
            });
        }
    }
    rows
}
