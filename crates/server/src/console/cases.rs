//! The cases that the reader may see, as a list with views, search and pages.

use super::Answer;
use super::address::Query;
use super::board::Board;
use super::bulk::{ACTING, Deed};
use super::case::view::{Waiting, pathway_of, stage_title, status_tone, tone_of};
use super::dates::{Days, Due};
use super::filter::{Column, Filter, View};
use super::frame::{Frame, Place};
use super::posted::Posted;
use super::reader::Reader;
use super::show;
use super::stop::Stop;
use super::tone::Tone;
use super::views;
use crate::graphql::Held;
use askama::Template;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect};
use naru_domain::case::{Case, CaseStatus};
use naru_domain::{CaseId, OrganizationId, Role};
use naru_store::{CaseScope, CaseSummary};
use std::collections::BTreeSet;

/// Cases on one page.
const ROWS: usize = 25;
/// Cases on one board.
const CARDS: usize = 100;
/// Tasks that are looked at to find where it is the reader's move.
const TASKS_MAX: u32 = 500;
/// Cases that are read at once.
const READ_AT_ONCE: u32 = 100;
/// Cases that one request looks at to fill a page; a search goes on from there on the next page.
const LOOKED_AT_MAX: usize = 2_000;

#[derive(Debug, Template)]
#[template(path = "console/cases.html")]
struct CasesPage {
    frame: Frame,
    filter: Filter,
    views: Vec<ViewLink>,
    /// The views that the reader keeps.
    kept: Vec<ViewLink>,
    /// Whether this view is one of them.
    is_kept: bool,
    address: String,
    layouts: [ViewLink; 2],
    /// What narrows the list, each with the address without it.
    pills: Vec<ViewLink>,
    pathways: Vec<(String, String)>,
    parties: Vec<(String, String)>,
    columns: Vec<(Column, String)>,
    rows: Vec<Row>,
    board: Option<Board>,
    next: Option<String>,
    can_open: bool,
    can_act: bool,
    deeds: Vec<Deed>,
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
    case: CaseId,
    href: String,
    title: String,
    number: String,
    startup: String,
    pathway: String,
    stages: String,
    tone: Tone,
    whose: String,
    since: Option<i64>,
    due: Option<Due>,
    opened: String,
}

/// Answers `GET /cases`.
pub(super) async fn page(
    reader: Reader,
    headers: HeaderMap,
    Query(asked): Query<Vec<(String, String)>>,
) -> Answer {
    let words = reader.words;
    let asked = Posted::new(asked);
    let filter = Filter::of(&asked);
    if let Some(found) = by_reference(&reader, &filter.q).await? {
        return Ok(Redirect::to(&format!("/cases/{found}")).into_response());
    }
    let after = match asked.one("after") {
        "" => None,
        text => Some(text.parse().map_err(|_| Stop::NotFound)?),
    };
    let shown = if filter.board { CARDS } else { ROWS };
    let (found, next) = found(&reader, &filter, after, shown).await?;
    let days = Days::of(reader.app(), words.0);
    let mut seen = Vec::new();
    for summary in found {
        seen.extend(reader.viewer.see::<Case>(summary.case).await?);
    }
    let (rows, board) = rows_or_board(&reader, &days, &filter, &seen).await?;
    let address = filter.address();
    let kept = views::kept(&reader, &headers);
    let page = CasesPage {
        frame: reader
            .frame(words.say("cases.title"), Some(Place::Cases))
            .await?,
        views: View::ALL
            .into_iter()
            .map(|known| ViewLink {
                href: filter.but(|filter| filter.view = known),
                label: words.say(&format!("view.{}", known.as_str())),
                current: known == filter.view,
            })
            .collect(),
        is_kept: kept.iter().any(|(_, kept)| *kept == address),
        kept: kept
            .into_iter()
            .map(|(label, href)| ViewLink {
                current: href == address,
                label,
                href,
            })
            .collect(),
        layouts: layouts(&reader, &filter),
        pills: pills(&reader, &filter).await?,
        pathways: pathways(&reader),
        parties: parties(&reader).await?,
        columns: Column::ALL
            .into_iter()
            .map(|column| (column, words.say(&format!("column.{}", column.as_str()))))
            .collect(),
        next: next.map(|last| format!("{address}&after={last}")),
        can_open: reader.is_any(&[Role::StartupMember]),
        can_act: reader.is_any(ACTING),
        deeds: Deed::ALL
            .into_iter()
            .filter(|deed| reader.is_any(deed.by()))
            .collect(),
        empty: empty(&reader, &filter),
        address,
        filter,
        rows,
        board,
    };
    show(&page)
}

async fn rows_or_board(
    reader: &Reader,
    days: &Days<'_>,
    filter: &Filter,
    seen: &[Held<Case>],
) -> Result<(Vec<Row>, Option<Board>), Stop> {
    if filter.board {
        let cases: Vec<&Case> = seen.iter().map(Held::get).collect::<Result<_, _>>()?;
        let board = Board::of(reader, days, filter, &cases).await?;
        return Ok((Vec::new(), Some(board)));
    }
    let mut rows = Vec::new();
    for held in seen {
        rows.push(row(reader, days, held.get()?).await?);
    }
    Ok((rows, None))
}

/// The list and the board, each as a link.
fn layouts(reader: &Reader, filter: &Filter) -> [ViewLink; 2] {
    [false, true].map(|board| ViewLink {
        href: filter.but(|filter| filter.board = board),
        label: reader.words.say(if board {
            "cases.as-board"
        } else {
            "cases.as-list"
        }),
        current: filter.board == board,
    })
}

/// What narrows the list.
async fn pills(reader: &Reader, filter: &Filter) -> Result<Vec<ViewLink>, Stop> {
    let mut pills = Vec::new();
    let pill = |label: String, href: String| ViewLink {
        href,
        label,
        current: true,
    };
    if !filter.q.is_empty() {
        let label = format!("“{}”", filter.q);
        pills.push(pill(label, filter.but(|filter| filter.q.clear())));
    }
    if filter.mine {
        let label = reader.words.say("whose.you");
        pills.push(pill(label, filter.but(|filter| filter.mine = false)));
    }
    if let Some(id) = &filter.pathway {
        let newest = reader.app().reference().pathways.newest(id);
        let label = newest.map_or_else(
            || id.to_string(),
            |(_, pathway)| pathway.title.in_locale(reader.viewer.locale).to_owned(),
        );
        pills.push(pill(label, filter.but(|filter| filter.pathway = None)));
    }
    if let Some(party) = filter.party {
        let label = match parties(reader).await? {
            known if known.iter().any(|(id, _)| *id == party.to_string()) => {
                reader.organization_name(party).await?
            }
            _ => reader.words.say("cases.party-unknown"),
        };
        pills.push(pill(label, filter.but(|filter| filter.party = None)));
    }
    Ok(pills)
}

fn pathways(reader: &Reader) -> Vec<(String, String)> {
    let pathways = &reader.app().reference().pathways;
    pathways
        .all_newest()
        .map(|(_, pathway)| {
            let title = pathway.title.in_locale(reader.viewer.locale);
            (pathway.id.to_string(), title.to_owned())
        })
        .collect()
}

/// The other sides of the reader's newest cases.
async fn parties(reader: &Reader) -> Result<Vec<(String, String)>, Stop> {
    let actor = reader.viewer.actor();
    let store = reader.app().store();
    let rows = store
        .cases_of(&scope(reader), &[], None, READ_AT_ONCE)
        .await?;
    let all: BTreeSet<OrganizationId> = rows
        .iter()
        .flat_map(|row| [row.startup, row.hospital])
        .filter(|party| !actor.belongs_to(*party))
        .collect();
    let mut parties = Vec::new();
    for party in all {
        parties.push((party.to_string(), reader.organization_name(party).await?));
    }
    parties.sort_by(|one, other| one.1.cmp(&other.1));
    Ok(parties)
}

fn scope(reader: &Reader) -> CaseScope {
    if reader.viewer.holds_anywhere(Role::Auditor) {
        return CaseScope::All;
    }
    let held = reader.viewer.actor().memberships.iter();
    CaseScope::Organizations(held.map(|held| held.organization).collect())
}

fn empty(reader: &Reader, filter: &Filter) -> String {
    let words = reader.words;
    if !filter.q.is_empty() {
        words.with("cases-none-found", [("q", filter.q.clone().into())])
    } else if filter.narrows() {
        words.say("cases.none-fits")
    } else {
        words.say(&format!("cases-empty.{}", filter.view.as_str()))
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
    filter: &Filter,
    mut after: Option<CaseId>,
    shown: usize,
) -> Result<(Vec<CaseSummary>, Option<CaseId>), Stop> {
    let scope = scope(reader);
    let now = reader.app().clock().now();
    let mine = if filter.mine {
        Some(mine(reader).await?)
    } else {
        None
    };
    let mut rows: Vec<CaseSummary> = Vec::new();
    let mut looked_at = 0_usize;
    loop {
        let store = reader.app().store();
        let read = store
            .cases_of(&scope, filter.view.statuses(), after, READ_AT_ONCE)
            .await?;
        let Some(last) = read.last() else {
            return Ok((rows, None));
        };
        after = Some(last.case);
        looked_at += read.len();
        for summary in read {
            let own = mine
                .as_ref()
                .is_none_or(|mine| mine.contains(&summary.case));
            if !own || !filter.fits(&summary, now) {
                continue;
            }
            if rows.len() == shown {
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

/// The cases where it is the reader's move.
async fn mine(reader: &Reader) -> Result<BTreeSet<CaseId>, Stop> {
    let memberships = &reader.viewer.actor().memberships;
    let store = reader.app().store();
    let tasks = store.inbox(memberships, None, TASKS_MAX).await?;
    Ok(tasks.into_iter().map(|task| task.case).collect())
}

async fn row(reader: &Reader, days: &Days<'_>, case: &Case) -> Result<Row, Stop> {
    let words = reader.words;
    let waiting = Waiting::all(reader, case);
    let now = reader.app().clock().now();
    let startup = reader.organization_name(case.startup).await?;
    let mut stages: Vec<String> = match case.status {
        // It stands where it stood, though it is nobody's move.
        CaseStatus::Paused { .. } => {
            let open = case.stages.iter().filter(|(_, stage)| stage.is_open());
            open.map(|(id, _)| stage_title(reader, case, id)).collect()
        }
        CaseStatus::Running
        | CaseStatus::Completed { .. }
        | CaseStatus::Rejected { .. }
        | CaseStatus::Canceled { .. } => waiting.iter().map(|waits| waits.title.clone()).collect(),
    };
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
    let pathway = pathway_of(reader, case);
    Ok(Row {
        case: case.id,
        pathway: pathway.map_or_else(String::new, |pathway| {
            pathway.title.in_locale(reader.viewer.locale).to_owned()
        }),
        href: format!("/cases/{}", case.id),
        title: case.title.as_str().to_owned(),
        number: case.id.reference(),
        startup,
        stages: stages.join(", "),
        tone,
        whose,
        since: shown.map(|waits| days.working_days_since(waits.since, now)),
        due: case.next_due_at().map(|at| days.due(at)),
        opened: days.day_of(case.opened_at),
    })
}
