//! The page of a usability study: what it shows so far with its intervals, who took part, what went wrong, and how it is closed.

mod results;
mod send;
pub(super) mod session;

use super::Answer;
use super::ask::{Control, Input, Sent, seen};
use super::dates::Days;
use super::frame::{Frame, Place};
use super::posted::Posted;
use super::reader::Reader;
use super::show;
use super::step::{Step, stage_due};
use super::stop::Stop;
use super::tone::Tone;
use crate::authz::Action;
use crate::graphql::{Held, Noun};
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use naru_domain::case::Case;
use naru_domain::device::Device;
use naru_domain::study::{Outcome, RootCause, Study, StudyEnd, StudyStatus};
use results::{FindingRow, Results};

#[derive(Debug, Template)]
#[template(path = "console/work/study.html")]
struct StudyPage {
    frame: Frame,
    address: String,
    case: Option<(String, String)>,
    heads: Vec<String>,
    chip: (Tone, String),
    step: Step,
    errors: Vec<(String, String)>,
    results: Results,
    tasks: Vec<(String, bool)>,
    participants: Vec<ParticipantRow>,
    removed: Vec<(String, String)>,
    ended: Option<Ended>,
    can: bool,
    add: Option<Vec<Input>>,
    critical: bool,
    close: Option<Vec<Input>>,
}

/// One participant in the list.
#[derive(Debug)]
struct ParticipantRow {
    code: String,
    group: String,
    day: String,
    reached: String,
    trouble: String,
    sus: String,
    corrected: bool,
    href: String,
}

/// How the study ended.
#[derive(Debug)]
struct Ended {
    note: String,
    parts: Vec<(String, String)>,
}

/// The word of forms and translations for what was observed.
pub(super) fn outcome_word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Success => "success",
        Outcome::SuccessWithDifficulty => "difficulty",
        Outcome::CloseCall => "close-call",
        Outcome::UseError => "use-error",
        Outcome::NotAttempted => "not-attempted",
        Outcome::TestArtefact => "artefact",
    }
}

/// Every observation, in the order of the forms.
pub(super) const OUTCOMES: [Outcome; 6] = [
    Outcome::Success,
    Outcome::SuccessWithDifficulty,
    Outcome::CloseCall,
    Outcome::UseError,
    Outcome::NotAttempted,
    Outcome::TestArtefact,
];

/// The word of forms and translations for why something went wrong.
pub(super) fn cause_word(cause: RootCause) -> &'static str {
    match cause {
        RootCause::UserInterface => "interface",
        RootCause::User => "user",
        RootCause::Environment => "environment",
        RootCause::TestArtefact => "test",
    }
}

/// Every cause, in the order of the forms.
pub(super) const CAUSES: [RootCause; 4] = [
    RootCause::UserInterface,
    RootCause::User,
    RootCause::Environment,
    RootCause::TestArtefact,
];

/// Answers `GET /studies/{id}`.
pub(super) async fn page(reader: Reader, Path(id): Path<String>) -> Answer {
    let held = seen::<Study>(&reader, &id).await?;
    study_page(&reader, &held, &Sent::default()).await
}

/// Answers `POST /studies/{id}`: the button says which command is meant.
pub(super) async fn act(reader: Reader, Path(id): Path<String>, posted: Posted) -> Answer {
    let held = seen::<Study>(&reader, &id).await?;
    let (done, prepared) = send::prepared(&reader, &id, &posted).await?;
    let carried = reader.carry_out(&posted, prepared).await?;
    if carried.errors.is_empty() {
        return Ok(Redirect::to(&format!("/studies/{id}?done={done}")).into_response());
    }
    let sent = Sent::refused(posted, carried.errors);
    let mut answer = study_page(&reader, &held, &sent).await?;
    *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(answer)
}

/// How a study stands, in a word.
fn chip(reader: &Reader, study: &Study) -> (Tone, String) {
    let status = study.status();
    let tone = match status {
        StudyStatus::Planned | StudyStatus::Recording => Tone::Wait,
        StudyStatus::Suspended => Tone::Blocked,
        StudyStatus::Closed => Tone::Done,
        StudyStatus::Withdrawn => Tone::Skipped,
    };
    let word = reader
        .words
        .say(&format!("study-status.{}", status.as_str()));
    (tone, word)
}

async fn study_page(reader: &Reader, held: &Held<Study>, sent: &Sent) -> Answer {
    let study = held.get()?;
    let words = reader.words;
    let locale = reader.viewer.locale;
    let case = reader.viewer.see::<Case>(study.case).await?;
    let case = case.as_ref().map(Held::get).transpose()?;
    let days = case.map_or_else(
        || Days::of(reader.app(), words.0),
        |case| Days::in_calendar(reader.app(), words.0, &case.calendar),
    );
    let thing = study.thing(&reader.viewer).await?;
    let runs = study.end.is_none() && !study.suspended;
    let can = runs && reader.viewer.allows(Action::RecordSession, &thing);
    let title = study.title.in_locale(locale).to_owned();
    let results = Results::of(reader, study);
    let page = StudyPage {
        frame: reader.frame(title, Some(Place::Cases)).await?,
        address: format!("/studies/{}", study.id),
        case: case.map(|case| {
            (
                format!("/cases/{}", case.id),
                case.title.as_str().to_owned(),
            )
        }),
        heads: heads(reader, study).await?,
        chip: chip(reader, study),
        step: step(reader, study, can, &results.findings)
            .due(stage_due(&days, case, &study.stage).filter(|_| runs)),
        errors: sent.summary(|field| !matches!(field, "results" | "task")),
        tasks: study
            .tasks
            .iter()
            .map(|task| (task.title.in_locale(locale).to_owned(), task.critical))
            .collect(),
        participants: participants(reader, study, &days),
        removed: removed(reader, study, &days).await?,
        ended: ended(reader, study, &days).await?,
        add: (can && !study.protocol_is_fixed()).then(|| add_form(reader, sent)),
        critical: sent
            .posted("task", "")
            .is_some_and(|posted| !posted.one("critical").is_empty()),
        close: (can && study.protocol_is_fixed()).then(|| close_form(reader, sent)),
        can,
        results,
    };
    show(&page)
}

async fn heads(reader: &Reader, study: &Study) -> Result<Vec<String>, Stop> {
    let words = reader.words;
    let kind = if study.summative {
        "summative"
    } else {
        "formative"
    };
    let planned = [
        ("groups", study.groups.len().into()),
        ("each", i64::from(study.participants_per_group).into()),
    ];
    let mut heads = vec![
        words.say(&format!("study.{kind}")),
        words.with("study-planned", planned),
    ];
    if let Some(device) = reader.viewer.see::<Device>(study.device).await? {
        let name = device.get()?.name.in_locale(reader.viewer.locale);
        heads.insert(0, name.to_owned());
    }
    heads.push(reader.organization_name(study.hospital).await?);
    Ok(heads)
}

/// How many took part of how many that are planned, group by group.
fn progress(reader: &Reader, study: &Study) -> String {
    let groups = study.groups.iter().map(|group| {
        let values = [
            (
                "group",
                group
                    .label
                    .in_locale(reader.viewer.locale)
                    .to_owned()
                    .into(),
            ),
            ("found", study.sessions_of(&group.value).count().into()),
            ("planned", i64::from(study.participants_per_group).into()),
        ];
        reader.words.with("study-group", values)
    });
    groups.collect::<Vec<_>>().join(" · ")
}

fn step(reader: &Reader, study: &Study, can: bool, findings: &[FindingRow]) -> Step {
    let words = reader.words;
    let so_far = progress(reader, study);
    if !can {
        let (tone, title) = chip(reader, study);
        return Step::told(tone, title, so_far);
    }
    let enter = (
        format!("/studies/{}/sessions/new", study.id),
        words.say("study.enter"),
    );
    if study.tasks.is_empty() {
        let go = ("#task".to_owned(), words.say("study.add-task"));
        return Step::to_do(
            words.say("study.no-task"),
            words.say("study.no-task-note"),
            go,
        );
    }
    let each = usize::from(study.participants_per_group);
    let missing: usize = study
        .groups
        .iter()
        .map(|group| each.saturating_sub(study.sessions_of(&group.value).count()))
        .sum();
    if 0 < missing {
        let title = words.with("study-missing", [("count", missing.into())]);
        return Step::to_do(title, so_far, enter);
    }
    let open = findings.iter().filter(|finding| finding.cause.is_none());
    let mut open = open.map(|finding| finding.href.clone());
    if let Some(href) = open.next().filter(|_| study.summative) {
        let title = words.with("study-causes", [("count", (1 + open.count()).into())]);
        let go = (href, words.say("study.cause-go"));
        return Step::to_do(title, words.say("study.causes-note"), go);
    }
    let go = ("#close".to_owned(), words.say("study.close-go"));
    Step::to_do(words.say("study.to-close"), so_far, go)
}

fn group_label(reader: &Reader, study: &Study, value: &str) -> String {
    let group = study.groups.iter().find(|group| group.value == value);
    group.map_or_else(
        || value.to_owned(),
        |group| group.label.in_locale(reader.viewer.locale).to_owned(),
    )
}

fn participants(reader: &Reader, study: &Study, days: &Days<'_>) -> Vec<ParticipantRow> {
    let sessions = study.sessions.values().map(|recorded| {
        let session = &recorded.session;
        let reached = session
            .results
            .iter()
            .filter(|result| result.outcome.is_success() && !result.assisted)
            .count();
        let attempts = session.results.iter();
        let attempts = attempts
            .filter(|result| result.outcome.is_attempt())
            .count();
        let trouble = session.results.iter();
        let trouble = trouble.filter(|result| result.outcome.is_finding()).count();
        let sus = session.sus.as_deref();
        let sus = sus.and_then(|answers| naru_domain::stats::sus(answers).ok());
        ParticipantRow {
            code: session.participant.as_str().to_owned(),
            group: group_label(reader, study, &session.group),
            day: days.day(session.moderated_on),
            reached: format!("{reached} / {attempts}"),
            trouble: trouble.to_string(),
            sus: sus.map_or_else(|| "–".to_owned(), |score| format!("{score:.1}")),
            corrected: !recorded.corrections.is_empty(),
            href: format!("/studies/{}/sessions/{}", study.id, session.participant),
        }
    });
    sessions.collect()
}

async fn removed(
    reader: &Reader,
    study: &Study,
    days: &Days<'_>,
) -> Result<Vec<(String, String)>, Stop> {
    let mut rows = Vec::new();
    for removed in &study.removed {
        let values = [
            ("name", reader.name_of(removed.by).await?.into()),
            ("day", days.day_of(removed.at).into()),
            ("reason", removed.reason.as_str().to_owned().into()),
        ];
        let code = removed.recorded.session.participant.as_str().to_owned();
        rows.push((code, reader.words.with("study-removed", values)));
    }
    Ok(rows)
}

async fn ended(reader: &Reader, study: &Study, days: &Days<'_>) -> Result<Option<Ended>, Stop> {
    let words = reader.words;
    Ok(match &study.end {
        None => None,
        Some(StudyEnd::Closed {
            conclusion,
            residual_risk,
            short_sample_reason,
            by,
            at,
        }) => {
            let values = [
                ("name", reader.name_of(*by).await?.into()),
                ("day", days.day_of(*at).into()),
            ];
            let mut parts = vec![(
                words.say("study.conclusion"),
                conclusion.as_str().to_owned(),
            )];
            for (key, text) in [
                ("study.residual-risk", residual_risk),
                ("study.short-sample", short_sample_reason),
            ] {
                if let Some(text) = text {
                    parts.push((words.say(key), text.as_str().to_owned()));
                }
            }
            Some(Ended {
                note: words.with("study-closed-by", values),
                parts,
            })
        }
        Some(StudyEnd::Withdrawn { reason, at }) => Some(Ended {
            note: days.day_of(*at),
            parts: vec![(words.say("study.withdrawn"), reason.as_str().to_owned())],
        }),
    })
}

fn add_form(reader: &Reader, sent: &Sent) -> Vec<Input> {
    let words = reader.words;
    let form = sent.form("task", "");
    let id = form.field("task.id", words.say("study.task-id"), Control::Line);
    vec![
        form.field("titleKo", words.say("study.task-ko"), Control::Line),
        form.field("titleEn", words.say("study.task-en"), Control::Line),
        id.hint(words.say("study.task-id-hint")),
    ]
}

fn close_form(reader: &Reader, sent: &Sent) -> Vec<Input> {
    let words = reader.words;
    let form = sent.form("close", "");
    let lines = |name: &str, key: &str| form.field(name, words.say(key), Control::Lines(4));
    vec![
        lines("conclusion", "study.conclusion"),
        lines("residual_risk", "study.residual-risk")
            .hint(words.say("study.residual-hint"))
            .optional(),
        lines("short_sample_reason", "study.short-sample")
            .hint(words.say("study.short-hint"))
            .optional(),
    ]
}
