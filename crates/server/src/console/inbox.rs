//! The inbox: what waits for the reader, the most urgent first, and whose move the rest is.

use super::Answer;
use super::case::view::{Waiting, stage_address, tone_of};
use super::dates::{Days, Due};
use super::frame::{Frame, Place};
use super::reader::Reader;
use super::show;
use super::stop::Stop;
use super::tone::Tone;
use crate::graphql::inbox::{cursor_of, text_of};
use askama::Template;
use axum::extract::Query;
use jiff::ToSpan;
use naru_domain::case::Case;
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
    let empty_of_mine = rows.is_empty();
    // The first task of all stands above the list and not in it again.
    let first = (after.is_none() && !empty_of_mine).then(|| rows.remove(0));
    let others = others(&reader, &days).await?;
    let empty = empty_of_mine.then(|| match others.len() {
        0 => words.say("inbox.empty-all"),
        count => words.with("inbox-empty", [("count", count.into())]),
    });
    let page = InboxPage {
        frame,
        counts,
        groups: grouped(&reader, rows),
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

/// What others do in the reader's cases, the newest cases first.
async fn others(reader: &Reader, days: &Days<'_>) -> Result<Vec<Row>, Stop> {
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
    let mut rows = Vec::new();
    for summary in cases {
        let Some(held) = reader.viewer.see::<Case>(summary.case).await? else {
            continue;
        };
        let case = held.get()?;
        for waiting in Waiting::all(reader, case) {
            if waiting.mine || rows.len() == OTHERS_SHOWN {
                continue;
            }
            let due = waiting.due_at.map(|at| days.due(at));
            rows.push(Row {
                tone: tone_of(case, &waiting, reader),
                title: format!("{} · {}", waiting.title, case.title.as_str()),
                sub: format!("{} · {}", waiting.role, case.id.reference()),
                due,
                href: format!("/cases/{}", case.id),
                act: reader.words.say("act.look"),
            });
        }
    }
    Ok(rows)
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
