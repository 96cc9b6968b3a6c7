//! A pathway before a case is opened on it: its stages with whose move each is, and the days they take if nothing is late.

use super::Answer;
use super::address::Query;
use super::case::map;
use super::case::view::StageView;
use super::dates::Days;
use super::frame::{Frame, Place};
use super::reader::Reader;
use super::show;
use super::stop::Stop;
use super::tone::Tone;
use askama::Template;
use axum::extract::Path;
use jiff::civil::Date;
use naru_domain::Role;
use naru_domain::pathway::{Due, Pathway, Stage, StageId};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Which device the case is to be for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    device: String,
}

#[derive(Debug, Template)]
#[template(path = "console/pathway.html")]
struct PathwayPage {
    frame: Frame,
    heads: Vec<String>,
    summary: String,
    open: Option<String>,
    back: String,
    lasting: String,
    map: String,
    rows: Vec<Row>,
    facts: Vec<String>,
}

/// A stage.
#[derive(Debug)]
struct Row {
    id: StageId,
    title: String,
    kind: String,
    role: String,
    /// How long it may take.
    time: String,
    /// By when it is over if the case is opened today and every stage takes its whole time.
    by: String,
    note: Option<String>,
}

/// Answers `GET /pathways/{id}`.
pub(super) async fn page(
    reader: Reader,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let words = reader.words;
    let locale = reader.viewer.locale;
    let id = id.parse().map_err(|_| Stop::NotFound)?;
    let pathways = &reader.app().reference().pathways;
    let (_, pathway) = pathways.newest(&id).ok_or(Stop::NotFound)?;
    let days = Days::in_calendar(reader.app(), words.0, &pathway.calendar);
    let ends = ends(pathway, &days);
    let last = ends.values().max().copied().unwrap_or_else(|| days.today());
    let rows = pathway.stages.iter();
    let rows: Vec<Row> = rows
        .map(|stage| row(&reader, stage, &days, &ends))
        .collect();
    let views: Vec<StageView> = rows.iter().map(view).collect();
    let label = words.with("map-label", [("count", rows.len().into())]);
    let host = pathway.programme.host.in_locale(locale).to_owned();
    let version = [("version", i64::from(pathway.version).into())];
    let more = match asked.device.parse::<naru_domain::DeviceId>() {
        Ok(device) => format!("&device={device}"),
        Err(_) => String::new(),
    };
    let title = pathway.title.in_locale(locale).to_owned();
    let opens = reader.is_any(&[Role::StartupMember]);
    let page = PathwayPage {
        frame: reader.frame(title, Some(Place::Cases)).await?,
        heads: vec![host, words.with("pathway-version", version)],
        summary: pathway.summary.in_locale(locale).to_owned(),
        open: opens.then(|| format!("/cases/new?pathway={}{more}", pathway.id)),
        back: if opens { "/cases/new" } else { "/cases" }.to_owned(),
        lasting: words.with(
            "pathway-lasting",
            [
                ("days", days.working_days_to(last).into()),
                ("day", days.day(last).into()),
            ],
        ),
        map: map::drawn(pathway, &views, &label),
        facts: pathway
            .programme
            .facts
            .iter()
            .map(|fact| format!("{} ({})", fact.text.in_locale(locale), fact.source))
            .collect(),
        rows,
    };
    show(&page)
}

/// By when each stage is over if the case is opened today, nothing is sent back and every stage takes its whole time.
fn ends(pathway: &Pathway, days: &Days<'_>) -> BTreeMap<StageId, Date> {
    let mut ends: BTreeMap<StageId, Date> = BTreeMap::new();
    for stage in &pathway.stages {
        let before = stage.needs.iter().filter_map(|need| ends.get(need)).max();
        let begins = before.copied().unwrap_or_else(|| days.today());
        let end = stage.due.map_or(begins, |due| days.after(begins, due));
        ends.insert(stage.id.clone(), end);
    }
    ends
}

fn row(reader: &Reader, stage: &Stage, days: &Days<'_>, ends: &BTreeMap<StageId, Date>) -> Row {
    let words = reader.words;
    let kind = super::case::view::kind_word(&stage.kind);
    let end = ends.get(&stage.id).filter(|_| stage.due.is_some());
    Row {
        id: stage.id.clone(),
        title: stage.title.in_locale(reader.viewer.locale).to_owned(),
        kind: words.say(&format!("kind.{kind}")),
        role: reader.role_name(stage.owner),
        time: time(reader, stage.due),
        by: end.map_or_else(String::new, |end| {
            words.with("until", [("day", days.day(*end).into())])
        }),
        note: stage
            .when
            .is_some()
            .then(|| words.say("pathway.conditional")),
    }
}

/// How long a stage may take, in words.
pub(super) fn time(reader: &Reader, due: Option<Due>) -> String {
    let words = reader.words;
    match due {
        Some(Due::WorkingDays(days)) => {
            words.with("open-working-days", [("days", i64::from(days).into())])
        }
        Some(Due::CalendarDays(days)) => {
            words.with("open-calendar-days", [("days", i64::from(days).into())])
        }
        None => words.say("no-date"),
    }
}

/// The stage as the map shows it.
fn view(row: &Row) -> StageView {
    StageView {
        id: row.id.clone(),
        title: row.title.clone(),
        tone: Tone::Idle,
        state: row.role.clone(),
        day: Some(row.time.clone()),
        reached: false,
        over: false,
        href: format!("#{}", row.id),
    }
}
