//! How the stages of a hospital's cases go: time in stage, share in time, and who carries how much, in working days.
//!
//! Counted over the newest cases only, so that the page costs the same however many there are; it says how many it counted.

use super::Answer;
use super::case::view::pathway_of;
use super::chart;
use super::dates::Days;
use super::frame::{Frame, Place};
use super::reader::Reader;
use super::show;
use super::stop::Stop;
use askama::Template;
use axum::http::header;
use axum::response::IntoResponse;
use jiff::{SignedDuration, Timestamp};
use naru_domain::case::{Case, Outcome, Progress, Stage, Work};
use naru_domain::{AccountId, OrganizationId, OrganizationKind, Role};
use naru_store::CaseScope;
use std::collections::{BTreeMap, BTreeSet};

/// Cases that are counted, the newest.
const CASES: u32 = 200;
/// Votes of so many days back count as a reviewer's.
const VOTES_DAYS: i64 = 90;

#[derive(Debug, Template)]
#[template(path = "console/work/figures.html")]
struct FiguresPage {
    frame: Frame,
    counted: String,
    stats: Vec<(String, String, String)>,
    pathways: Vec<PathwayTable>,
    people: Vec<PersonRow>,
}

/// The stages of one pathway.
#[derive(Debug)]
struct PathwayTable {
    title: String,
    rows: Vec<StageRow>,
}

/// One stage over all cases.
#[derive(Clone, Debug)]
struct StageRow {
    title: String,
    over: usize,
    median: Option<f64>,
    quarter: Option<f64>,
    three_quarters: Option<f64>,
    dated: usize,
    in_time: usize,
    open: usize,
    late: usize,
    chart: String,
}

/// What one person carries.
#[derive(Clone, Debug)]
struct PersonRow {
    name: String,
    open: usize,
    late: usize,
    votes: usize,
    chart: String,
}

/// What is known of one stage over all cases.
#[derive(Debug, Default)]
struct Tally {
    days: Vec<u32>,
    dated: usize,
    in_time: usize,
    open: usize,
    late: usize,
}

/// What is known of one person.
#[derive(Clone, Copy, Debug, Default)]
struct Load {
    open: usize,
    late: usize,
    votes: usize,
}

/// Everything that was counted.
#[derive(Debug, Default)]
struct Counted {
    cases: usize,
    /// Per pathway and stage: their places, titles and tallies.
    stages: BTreeMap<(String, usize), (String, Tally)>,
    people: BTreeMap<AccountId, Load>,
}

impl StageRow {
    fn share(&self) -> Option<f64> {
        (0 < self.dated).then(|| chart::number(self.in_time) / chart::number(self.dated))
    }

    fn days(value: Option<f64>) -> String {
        value.map_or_else(|| "–".to_owned(), |days| format!("{days:.1}"))
    }

    fn median(&self) -> String {
        Self::days(self.median)
    }

    fn middle(&self) -> String {
        match (self.quarter, self.three_quarters) {
            (Some(low), Some(high)) => format!("{low:.1}–{high:.1}"),
            _ => "–".to_owned(),
        }
    }

    fn on_time(&self) -> String {
        self.share().map_or_else(
            || "–".to_owned(),
            |share| format!("{:.0} % ({}/{})", share * 100.0, self.in_time, self.dated),
        )
    }
}

/// Whether the reader answers for the cases of a hospital.
pub(super) fn may_see(reader: &Reader) -> bool {
    reader.is_any(&[Role::Director, Role::Coordinator])
}

/// Answers `GET /figures`.
pub(super) async fn page(reader: Reader) -> Answer {
    let words = reader.words;
    let counted = counted(&reader).await?;
    let pathways = tables(&counted);
    let people = people(&reader, &counted).await?;
    let rows = pathways.iter().flat_map(|table| &table.rows);
    let (mut dated, mut in_time, mut open, mut late) = (0, 0, 0, 0);
    for row in rows {
        dated += row.dated;
        in_time += row.in_time;
        open += row.open;
        late += row.late;
    }
    let share = if dated == 0 {
        "–".to_owned()
    } else {
        format!(
            "{:.0} %",
            chart::number(in_time) / chart::number(dated) * 100.0
        )
    };
    let of = [("count", dated.into())];
    let stats = vec![
        (
            words.say("figures.on-time"),
            share,
            words.with("figures-of", of),
        ),
        (
            words.say("figures.open"),
            open.to_string(),
            words.say("figures.open-note"),
        ),
        (
            words.say("figures.late"),
            late.to_string(),
            words.say("figures.late-note"),
        ),
    ];
    let page = FiguresPage {
        frame: reader
            .frame(words.say("figures.title"), Some(Place::Figures))
            .await?,
        counted: words.with("figures-counted", [("count", counted.cases.into())]),
        stats,
        pathways,
        people,
    };
    show(&page)
}

/// Answers `GET /figures.csv`: the same rows for a spreadsheet.
pub(super) async fn csv(reader: Reader) -> Answer {
    let words = reader.words;
    let counted = counted(&reader).await?;
    let heads = [
        "figures.pathway",
        "figures.stage",
        "figures.over",
        "figures.median",
        "figures.quarter",
        "figures.three-quarters",
        "figures.dated",
        "figures.in-time",
        "figures.open",
        "figures.late",
    ];
    let mut lines = vec![line(heads.iter().map(|key| words.say(key)))];
    for table in tables(&counted) {
        for row in &table.rows {
            let figure = |value: Option<f64>| value.map_or_else(String::new, |n| format!("{n:.2}"));
            lines.push(line(
                [
                    table.title.clone(),
                    row.title.clone(),
                    row.over.to_string(),
                    figure(row.median),
                    figure(row.quarter),
                    figure(row.three_quarters),
                    row.dated.to_string(),
                    row.in_time.to_string(),
                    row.open.to_string(),
                    row.late.to_string(),
                ]
                .into_iter(),
            ));
        }
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"naru-figures.csv\"",
        ),
    ];
    // Spreadsheets take a file for Unicode by its first character.
    Ok((headers, format!("\u{feff}{}", lines.concat())).into_response())
}

/// One line; a cell that a spreadsheet would compute is text.
fn line(cells: impl Iterator<Item = String>) -> String {
    let cells = cells.map(|cell| {
        let computed = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
        let text = cell.replace('"', "\"\"");
        let mark = if computed { "'" } else { "" };
        format!("\"{mark}{text}\"")
    });
    format!("{}\r\n", cells.collect::<Vec<_>>().join(","))
}

async fn counted(reader: &Reader) -> Result<Counted, Stop> {
    let hospitals: BTreeSet<OrganizationId> = reader
        .viewer
        .actor()
        .memberships
        .iter()
        .filter(|held| matches!(held.role, Role::Director | Role::Coordinator))
        .map(|held| held.organization)
        .collect();
    if hospitals.is_empty() {
        return Err(Stop::NotFound);
    }
    let scope = CaseScope::Organizations(hospitals);
    let store = reader.app().store();
    let mut counted = Counted::default();
    for summary in store.cases_of(&scope, &[], None, CASES).await? {
        if let Some(held) = reader.viewer.see::<Case>(summary.case).await? {
            counted.count(reader, held.get()?);
        }
    }
    Ok(counted)
}

impl Counted {
    fn count(&mut self, reader: &Reader, case: &Case) {
        self.cases += 1;
        let locale = reader.viewer.locale;
        let days = Days::in_calendar(reader.app(), reader.words.0, &case.calendar);
        let Some(pathway) = pathway_of(reader, case) else {
            return;
        };
        for (place, planned) in pathway.stages.iter().enumerate() {
            let Some(stage) = case.stages.get(&planned.id) else {
                continue;
            };
            // What was still open when a case was given up waits for nobody.
            if case.status.is_over() && stage.is_open() {
                continue;
            }
            let key = (pathway.title.in_locale(locale).to_owned(), place);
            let entry = self.stages.entry(key).or_default();
            stage.title.in_locale(locale).clone_into(&mut entry.0);
            entry.1.count(&days, stage, reader.app().clock().now());
            self.count_people(stage, reader.app().clock().now());
        }
    }

    fn count_people(&mut self, stage: &Stage, now: Timestamp) {
        let of_hospital = stage.owner.organization_kind() == OrganizationKind::Hospital;
        if let Some(account) = stage.claimed_by.filter(|_| stage.is_open() && of_hospital) {
            let load = self.people.entry(account).or_default();
            load.open += 1;
            load.late += usize::from(is_late(stage, now));
        }
        if let Work::Approval(work) = &stage.work {
            let since = now - SignedDuration::from_hours(24 * VOTES_DAYS);
            for vote in work.votes.values().filter(|vote| since < vote.at) {
                self.people.entry(vote.by).or_default().votes += 1;
            }
        }
    }
}

fn is_late(stage: &Stage, now: Timestamp) -> bool {
    let schedule = stage.schedule.as_ref();
    schedule.is_some_and(|schedule| schedule.due_at <= now)
}

impl Tally {
    fn count(&mut self, days: &Days<'_>, stage: &Stage, now: Timestamp) {
        match stage.progress {
            Progress::Open => {
                self.open += 1;
                self.late += usize::from(is_late(stage, now));
            }
            Progress::Over { outcome, at } if outcome != Outcome::Skipped => {
                let spent = days.working_days_since(stage.opened_at, at);
                self.days.push(u32::try_from(spent).unwrap_or(0));
                if let Some(schedule) = &stage.schedule {
                    self.dated += 1;
                    self.in_time += usize::from(at <= schedule.due_at);
                }
            }
            Progress::Waiting | Progress::Over { .. } => {}
        }
    }
}

fn tables(counted: &Counted) -> Vec<PathwayTable> {
    let mut tables: Vec<PathwayTable> = Vec::new();
    let longest = counted
        .stages
        .values()
        .filter_map(|(_, tally)| median(tally));
    let longest = longest.fold(1.0, f64::max);
    for ((pathway, _), (title, tally)) in &counted.stages {
        if tally.days.is_empty() && tally.open == 0 {
            continue;
        }
        let values: Vec<f64> = tally.days.iter().copied().map(f64::from).collect();
        let quarters = naru_domain::stats::quartiles(&values);
        let row = StageRow {
            title: title.clone(),
            over: tally.days.len(),
            median: median(tally),
            quarter: quarters.map(|quarters| quarters.lower),
            three_quarters: quarters.map(|quarters| quarters.upper),
            dated: tally.dated,
            in_time: tally.in_time,
            open: tally.open,
            late: tally.late,
            chart: median(tally).map_or_else(String::new, |days| chart::bar(days / longest)),
        };
        match tables.last_mut() {
            Some(table) if table.title == *pathway => table.rows.push(row),
            Some(_) | None => tables.push(PathwayTable {
                title: pathway.clone(),
                rows: vec![row],
            }),
        }
    }
    tables
}

fn median(tally: &Tally) -> Option<f64> {
    let values: Vec<f64> = tally.days.iter().copied().map(f64::from).collect();
    naru_domain::stats::median(&values)
}

async fn people(reader: &Reader, counted: &Counted) -> Result<Vec<PersonRow>, Stop> {
    let most = counted.people.values().map(|load| load.open).max();
    let most = chart::number(most.unwrap_or(1).max(1));
    let mut rows = Vec::new();
    for (account, load) in &counted.people {
        rows.push(PersonRow {
            name: reader.name_of(*account).await?,
            open: load.open,
            late: load.late,
            votes: load.votes,
            chart: chart::bar(chart::number(load.open) / most),
        });
    }
    rows.sort_by(|one, other| (other.open, &one.name).cmp(&(one.open, &other.name)));
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_computed_and_never_breaks_its_line() {
        let cells = ["=1+1", "a \"b\", c", "두 줄\n입니다"];
        let written = line(cells.into_iter().map(str::to_owned));
        assert_eq!(
            written,
            "\"'=1+1\",\"a \"\"b\"\", c\",\"두 줄\n입니다\"\r\n"
        );
    }

    #[test]
    fn a_share_needs_something_that_had_a_date() {
        let mut row = StageRow {
            title: String::new(),
            over: 4,
            median: Some(2.5),
            quarter: Some(1.0),
            three_quarters: Some(4.0),
            dated: 0,
            in_time: 0,
            open: 0,
            late: 0,
            chart: String::new(),
        };
        assert_eq!(row.on_time(), "–");
        (row.dated, row.in_time) = (4, 3);
        assert_eq!(row.on_time(), "75 % (3/4)");
        assert_eq!(
            (row.median().as_str(), row.middle().as_str()),
            ("2.5", "1.0–4.0")
        );
    }
}
