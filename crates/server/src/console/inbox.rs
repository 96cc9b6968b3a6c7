//! The inbox: what waits for the reader, the most urgent first, and whose move the rest is.

use super::Answer;
use super::address::Query;
use super::advice::short;
use super::case::view::{Waiting, stage_address, tone_of};
use super::dates::{Days, Due};
use super::frame::{Frame, Place};
use super::reader::Reader;
use super::show;
use super::stop::Stop;
use super::tone::Tone;
use crate::graphql::Held;
use crate::graphql::inbox::{cursor_of, text_of};
use askama::Template;
use jiff::ToSpan;
use naru_domain::AggregateId;
use naru_domain::case::{Case, Stage};
use naru_domain::consultation::Consultation;
use naru_store::{CaseScope, Task};
use serde::Deserialize;
use std::collections::BTreeSet;

/// Tasks on one page.
const TASKS: u32 = 50;
/// Cases that are looked at for what others do.
const OTHERS_LOOKED_AT: u32 = 30;
/// Rows of what others do.
const OTHERS_SHOWN: usize = 8;
/// Days off that are shown.
const HOLIDAYS: usize = 5;

/// Where the page begins.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    after: String,
}

#[derive(Debug, Template)]
#[template(path = "console/inbox.html")]
struct InboxPage {
    frame: Frame,
    counts: String,
    first: Option<Row>,
    groups: Vec<Group>,
    next: Option<String>,
    others: Vec<Row>,
    holidays: Vec<(String, String)>,
    empty: Option<String>,
}

/// Tasks that are due at about the same time.
#[derive(Debug)]
struct Group {
    title: String,
    tone: Tone,
    rows: Vec<Row>,
}

/// One task, or one move of somebody else.
#[derive(Clone, Debug)]
struct Row {
    tone: Tone,
    title: String,
    sub: String,
    due: Option<Due>,
    href: String,
    act: String,
}

/// Answers `GET /inbox`.
pub(super) async fn page(reader: Reader, Query(asked): Query<Asked>) -> Answer {
    let words = reader.words;
    let days = Days::of(reader.app(), words.0);
    let after = match asked.after.as_str() {
        "" => None,
        text => Some(cursor_of(text).map_err(|_| Stop::NotFound)?),
    };
    // What the page listens for is read first, so that nothing that happens between is missed.
    let title = words.say("inbox.title");
    let frame = reader.frame(title, Some(Place::Inbox)).await?;
    let memberships = &reader.viewer.actor().memberships;
    let store = reader.app().store();
    let mut tasks = store.inbox(memberships, after.as_ref(), TASKS + 1).await?;
    let more = usize::try_from(TASKS).is_ok_and(|shown| shown < tasks.len());
    if more {
        tasks.pop();
    }
    let next = tasks.last().filter(|_| more).map(|last| {
        let cursor = text_of(&last.cursor());
        format!("/inbox?after={}", super::address::encoded(&cursor))
    });
    let mut rows = Vec::new();
    for task in &tasks {
        rows.extend(row(&reader, &days, task).await?);
    }
    let counts = counts(&reader, &rows, more);
    // The first task of all stands above the list and not in it again.
    let first = (after.is_none() && !rows.is_empty()).then(|| rows.remove(0));
    let newest = newest(&reader).await?;
    let questions = match &after {
        None => questions(&reader, &days, &newest).await?,
        Some(_) => Vec::new(),
    };
    let others = others(&reader, &days, &newest)?;
    let empty_of_mine = first.is_none() && rows.is_empty() && questions.is_empty();
    let empty = empty_of_mine.then(|| match others.len() {
        0 => words.say("inbox.empty-all"),
        count => words.with("inbox-empty", [("count", count.into())]),
    });
    let page = InboxPage {
        frame,
        counts,
        groups: question_group(&reader, questions)
            .into_iter()
            .chain(grouped(&reader, rows))
            .collect(),
        first,
        next,
        others,
        holidays: holidays(&reader, &days),
        empty,
    };
    show(&page)
}

fn counts(reader: &Reader, rows: &[Row], more: bool) -> String {
    let late = rows.iter().filter(|row| is_late(row)).count();
    let today = rows.iter().filter(|row| is_today(row)).count();
    let key = if more {
        "inbox-counts-more"
    } else {
        "inbox-counts"
    };
    let values = [
        ("all", rows.len().into()),
        ("late", late.into()),
        ("today", today.into()),
    ];
    reader.words.with(key, values)
}

fn is_late(row: &Row) -> bool {
    row.due.as_ref().is_some_and(|due| due.late)
}

fn is_today(row: &Row) -> bool {
    row.due.as_ref().is_some_and(|due| due.today && !due.late)
}

/// The questions under a heading of their own.
fn question_group(reader: &Reader, rows: Vec<Row>) -> Option<Group> {
    let late = rows.iter().any(is_late);
    (!rows.is_empty()).then(|| Group {
        title: reader
            .words
            .with("inbox-questions", [("count", rows.len().into())]),
        tone: if late { Tone::Late } else { Tone::Mine },
        rows,
    })
}

/// The rows under the headings of their due days.
fn grouped(reader: &Reader, rows: Vec<Row>) -> Vec<Group> {
    let heading = |row: &Row| match &row.due {
        None => ("inbox-undated", Tone::Wait),
        Some(due) if due.late => ("inbox-late", Tone::Late),
        Some(due) if due.today => ("inbox-today", Tone::Mine),
        Some(_) => ("inbox-later", Tone::Wait),
    };
    let mut groups: Vec<(&str, Tone, Vec<Row>)> = Vec::new();
    for row in rows {
        let (key, tone) = heading(&row);
        match groups.last_mut() {
            Some((last, _, rows)) if *last == key => rows.push(row),
            Some(_) | None => groups.push((key, tone, vec![row])),
        }
    }
    let titled = groups.into_iter().map(|(key, tone, rows)| Group {
        title: reader.words.with(key, [("count", rows.len().into())]),
        tone,
        rows,
    });
    titled.collect()
}

/// A task as a row; nothing if its case can no longer be seen.
async fn row(reader: &Reader, days: &Days<'_>, task: &Task) -> Result<Option<Row>, Stop> {
    let Some(held) = reader.viewer.see::<Case>(task.case).await? else {
        return Ok(None);
    };
    let case = held.get()?;
    let startup = reader.organization_name(case.startup).await?;
    let mut sub = vec![case.title.as_str().to_owned(), startup, case.id.reference()];
    if 1 < task.round {
        let round = [("round", i64::from(task.round).into())];
        sub.push(reader.words.with("round", round));
    }
    if task.claimed_by == Some(reader.account()) {
        sub.push(reader.words.say("inbox.claimed"));
    }
    let due = task.due_at.map(|at| days.due(at));
    let late = due.as_ref().is_some_and(|due| due.late);
    Ok(Some(Row {
        tone: if late { Tone::Late } else { Tone::Mine },
        title: task.title.in_locale(reader.viewer.locale).to_owned(),
        sub: sub.join(" · "),
        due,
        href: stage_address(task.case, &task.stage),
        act: reader
            .words
            .say(&format!("act.{}", task.kind.replace('_', "-"))),
    }))
}

/// The reader's newest cases that are under way.
async fn newest(reader: &Reader) -> Result<Vec<Held<Case>>, Stop> {
    let organizations: BTreeSet<_> = reader
        .viewer
        .actor()
        .memberships
        .iter()
        .map(|held| held.organization)
        .collect();
    let scope = CaseScope::Organizations(organizations);
    let store = reader.app().store();
    let cases = store
        .cases_of(&scope, &["running", "paused"], None, OTHERS_LOOKED_AT)
        .await?;
    let mut seen = Vec::new();
    for summary in cases {
        seen.extend(reader.viewer.see::<Case>(summary.case).await?);
    }
    Ok(seen)
}

/// The questions that consultations of these cases ask of the reader's side, the most urgent first.
async fn questions(
    reader: &Reader,
    days: &Days<'_>,
    cases: &[Held<Case>],
) -> Result<Vec<Row>, Stop> {
    let mut rows = Vec::new();
    for held in cases {
        let case = held.get()?;
        let open = case.stages.values().filter(|stage| stage.is_open());
        for child in open.filter_map(Stage::child) {
            let AggregateId::Consultation(id) = child else {
                continue;
            };
            let Some(held) = reader.viewer.see::<Consultation>(id).await? else {
                continue;
            };
            let consultation = held.get()?;
            let own = consultation.writes_for(reader.viewer.actor());
            let asked = consultation.visible_questions(reader.viewer.actor());
            let asked = asked.into_iter().filter(|question| {
                consultation.is_live() && question.is_waiting() && own.contains(&question.to)
            });
            for question in asked {
                let due = question.due_on.map(|day| days.due_on(day));
                let late = due.as_ref().is_some_and(|due| due.late);
                let from = consultation.organization(question.from);
                let from = reader.organization_name(from).await?;
                let row = Row {
                    tone: if late { Tone::Late } else { Tone::Mine },
                    title: short(&question.text),
                    sub: format!("{} · {from} · {}", case.title.as_str(), case.id.reference()),
                    due,
                    href: format!("/consultations/{id}#{}", question.id),
                    act: reader.words.say("act.answer"),
                };
                rows.push((question.due_on, row));
            }
        }
    }
    rows.sort_by_key(|(due_on, _)| (due_on.is_none(), *due_on));
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// What others do in these cases, the most urgent first.
fn others(reader: &Reader, days: &Days<'_>, cases: &[Held<Case>]) -> Result<Vec<Row>, Stop> {
    let mut rows = Vec::new();
    for held in cases {
        let case = held.get()?;
        for waiting in Waiting::all(reader, case) {
            if waiting.mine {
                continue;
            }
            let due = waiting.due_at.map(|at| days.due(at));
            let row = Row {
                tone: tone_of(case, &waiting, reader),
                title: format!("{} · {}", waiting.title, case.title.as_str()),
                sub: format!("{} · {}", waiting.role, case.id.reference()),
                due,
                href: format!("/cases/{}", case.id),
                act: reader.words.say("act.look"),
            };
            rows.push((waiting.due_at, row));
        }
    }
    rows.sort_by_key(|(due_at, _)| (due_at.is_none(), *due_at));
    let rows = rows.into_iter().map(|(_, row)| row);
    Ok(rows.take(OTHERS_SHOWN).collect())
}

/// The next days off of the calendar: they are not counted, and nothing is sent on them.
fn holidays(reader: &Reader, days: &Days<'_>) -> Vec<(String, String)> {
    let Some(calendar) = reader.app().reference().calendars.get("kr") else {
        return Vec::new();
    };
    let today = days.today();
    let until = today.saturating_add(3.months());
    calendar
        .holidays()
        .filter(|(date, _)| today <= *date && *date <= until)
        .take(HOLIDAYS)
        .map(|(date, holiday)| {
            let name = holiday.name.in_locale(reader.viewer.locale);
            (days.day(date), name.to_owned())
        })
        .collect()
}
