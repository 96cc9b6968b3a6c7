//! The cases that the reader may see, as a list with views, search and pages.

use super::Answer;
use super::address::encoded;
use super::case::view::{Waiting, status_tone, tone_of};
use super::dates::{Days, Due};
use super::frame::{Frame, Place};
use super::reader::Reader;
use super::show;
use super::stop::Stop;
use super::tone::Tone;
use askama::Template;
use axum::extract::Query;
use axum::response::{IntoResponse, Redirect};
use naru_domain::case::{Case, CaseStatus};
use naru_domain::{CaseId, Role};
use naru_store::{CaseScope, CaseSummary};
use serde::Deserialize;

/// Cases on one page.
const ROWS: usize = 25;
/// Cases that are read at once.
const READ_AT_ONCE: u32 = 100;
/// Cases that one request looks at to fill a page; a search goes on from there on the next page.
const LOOKED_AT_MAX: usize = 2_000;

/// A view of the list, as addresses name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum View {
    Running,
    Late,
    Paused,
    Over,
    All,
}

impl View {
    const ALL: [Self; 5] = [
        Self::Running,
        Self::Late,
        Self::Paused,
        Self::Over,
        Self::All,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Late => "late",
            Self::Paused => "paused",
            Self::Over => "over",
            Self::All => "all",
        }
    }

    fn statuses(self) -> &'static [&'static str] {
        match self {
            Self::Running | Self::Late => &["running"],
            Self::Paused => &["paused"],
            Self::Over => &["completed", "rejected", "canceled"],
            Self::All => &[],
        }
    }
}

/// Which cases are wanted.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    view: String,
    #[serde(default)]
    q: String,
    #[serde(default)]
    after: String,
}

#[derive(Debug, Template)]
#[template(path = "console/cases.html")]
struct CasesPage {
    frame: Frame,
    views: Vec<ViewLink>,
    view: &'static str,
    q: String,
    rows: Vec<Row>,
    next: Option<String>,
    can_open: bool,
    empty: String,
}

/// A view as a link.
#[derive(Debug)]
struct ViewLink {
    href: String,
    label: String,
    current: bool,
}

/// One case.
#[derive(Debug)]
struct Row {
    href: String,
    title: String,
    sub: String,
    stages: String,
    tone: Tone,
    whose: String,
    since: Option<i64>,
    due: Option<Due>,
    opened: String,
}

/// Answers `GET /cases`.
pub(super) async fn page(reader: Reader, Query(asked): Query<Asked>) -> Answer {
    let words = reader.words;
    let q = asked.q.trim();
    if let Some(found) = by_reference(&reader, q).await? {
        return Ok(Redirect::to(&format!("/cases/{found}")).into_response());
    }
    let everything = if q.is_empty() {
        View::Running
    } else {
        View::All
    };
    let view = View::ALL
        .into_iter()
        .find(|view| view.as_str() == asked.view)
        .unwrap_or(everything);
    let after = match asked.after.as_str() {
        "" => None,
        text => Some(text.parse().map_err(|_| Stop::NotFound)?),
    };
    let (found, next) = found(&reader, view, q, after).await?;
    let days = Days::of(reader.app(), words.0);
    let mut rows = Vec::new();
    for summary in found {
        if let Some(held) = reader.viewer.see::<Case>(summary.case).await? {
            rows.push(row(&reader, &days, held.get()?).await?);
        }
    }
    let suffix = |view: &str| {
        let q = if q.is_empty() {
            String::new()
        } else {
            format!("&q={}", encoded(q))
        };
        format!("/cases?view={view}{q}")
    };
    let page = CasesPage {
        frame: reader
            .frame(words.say("cases.title"), Some(Place::Cases))
            .await?,
        views: View::ALL
            .into_iter()
            .map(|known| ViewLink {
                href: suffix(known.as_str()),
                label: words.say(&format!("view.{}", known.as_str())),
                current: known == view,
            })
            .collect(),
        next: next.map(|last| format!("{}&after={last}", suffix(view.as_str()))),
        view: view.as_str(),
        can_open: reader.is_any(&[Role::StartupMember]),
        empty: empty(&reader, view, q),
        q: q.to_owned(),
        rows,
    };
    show(&page)
}

fn empty(reader: &Reader, view: View, q: &str) -> String {
    if q.is_empty() {
        reader.words.say(&format!("cases-empty.{}", view.as_str()))
    } else {
        reader
            .words
            .with("cases-none-found", [("q", q.to_owned().into())])
    }
}

/// The case with the reference that was typed, if the reader may see it.
async fn by_reference(reader: &Reader, typed: &str) -> Result<Option<CaseId>, Stop> {
    let reference = typed.to_uppercase();
    if !reference.starts_with("N-") {
        return Ok(None);
    }
    for id in reader.app().store().cases_by_reference(&reference).await? {
        if reader.viewer.see::<Case>(id).await?.is_some() {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// A page of the cases that fit, and after which the next page begins.
async fn found(
    reader: &Reader,
    view: View,
    q: &str,
    mut after: Option<CaseId>,
) -> Result<(Vec<CaseSummary>, Option<CaseId>), Stop> {
    let viewer = &reader.viewer;
    let scope = if viewer.holds_anywhere(Role::Auditor) {
        CaseScope::All
    } else {
        let held = viewer.actor().memberships.iter();
        CaseScope::Organizations(held.map(|held| held.organization).collect())
    };
    let now = reader.app().clock().now();
    let wanted = q.to_lowercase();
    let mut rows: Vec<CaseSummary> = Vec::new();
    let mut looked_at = 0_usize;
    loop {
        let store = reader.app().store();
        let read = store
            .cases_of(&scope, view.statuses(), after, READ_AT_ONCE)
            .await?;
        let Some(last) = read.last() else {
            return Ok((rows, None));
        };
        after = Some(last.case);
        looked_at += read.len();
        for summary in read {
            let fits = summary.title.to_lowercase().contains(&wanted)
                && (view != View::Late || summary.next_due_at.is_some_and(|due| due <= now));
            if !fits {
                continue;
            }
            if rows.len() == ROWS {
                let last = rows.last().map(|row| row.case);
                return Ok((rows, last));
            }
            rows.push(summary);
        }
        if LOOKED_AT_MAX <= looked_at {
            return Ok((rows, after));
        }
    }
}

async fn row(reader: &Reader, days: &Days<'_>, case: &Case) -> Result<Row, Stop> {
    let words = reader.words;
    let waiting = Waiting::all(reader, case);
    let now = reader.app().clock().now();
    let startup = reader.organization_name(case.startup).await?;
    let mut stages: Vec<&str> = waiting.iter().map(|waits| waits.title.as_str()).collect();
    stages.dedup();
    // The reader's own move says more than those of others.
    let shown = waiting.iter().find(|waits| waits.mine).or(waiting.first());
    let (tone, whose) = match (&case.status, shown) {
        (CaseStatus::Running, Some(waits)) => {
            let tone = tone_of(case, waits, reader);
            let whose = if waits.mine {
                words.say("whose.you")
            } else {
                waits.role.clone()
            };
            (tone, whose)
        }
        (status, _) => (
            status_tone(status),
            words.say(&format!("status.{}", status.as_str())),
        ),
    };
    Ok(Row {
        href: format!("/cases/{}", case.id),
        title: case.title.as_str().to_owned(),
        sub: format!("{} · {startup}", case.id.reference()),
        stages: stages.join(", "),
        tone,
        whose,
        since: shown.map(|waits| days.working_days_since(waits.since, now)),
        due: case.next_due_at().map(|at| days.due(at)),
        opened: days.day_of(case.opened_at),
    })
}
