//! All engagements of the reader's consultancies in one list. Each company stands for itself: nothing of one is shown beside another.

use super::super::Answer;
use super::super::dates::{Days, Due};
use super::super::frame::{Frame, Place};
use super::super::reader::Reader;
use super::super::show;
use super::super::step::stage_due;
use super::super::stop::Stop;
use super::super::tone::Tone;
use super::audience::Sides;
use super::chip;
use crate::console::address::Query;
use crate::graphql::Held;
use askama::Template;
use naru_domain::case::Case;
use naru_domain::consultation::{Audience, Consultation};
use naru_domain::device::Device;
use naru_domain::{ConsultationId, OrganizationId, Role};
use serde::Deserialize;
use std::collections::BTreeSet;

/// Engagements on one page.
const ENGAGEMENTS: u32 = 60;

/// Which engagements are wanted.
#[derive(Debug, Default, Deserialize)]
pub(in crate::console) struct Wanted {
    #[serde(default)]
    view: String,
    #[serde(default)]
    before: String,
}

#[derive(Debug, Template)]
#[template(path = "console/work/engagements.html")]
struct EngagementsPage {
    frame: Frame,
    counts: String,
    over: bool,
    groups: Vec<Group>,
    next: Option<String>,
}

/// Engagements that stand alike.
#[derive(Debug)]
struct Group {
    title: String,
    tone: Tone,
    rows: Vec<Row>,
}

/// One engagement.
#[derive(Debug)]
struct Row {
    tone: Tone,
    startup: String,
    sub: String,
    state: String,
    due: Option<Due>,
    late: bool,
    order: Option<String>,
    href: String,
}

/// Answers `GET /engagements`.
pub(in crate::console) async fn page(reader: Reader, Query(wanted): Query<Wanted>) -> Answer {
    if !reader.is_any(&[Role::Consultant]) {
        return Err(Stop::NotFound);
    }
    let words = reader.words;
    let over = wanted.view == "over";
    let before: Option<ConsultationId> = match wanted.before.as_str() {
        "" => None,
        id => Some(id.parse().map_err(|_| Stop::NotFound)?),
    };
    let consultancies: BTreeSet<OrganizationId> = reader
        .viewer
        .actor()
        .memberships
        .iter()
        .filter(|held| held.role.covers(Role::Consultant))
        .map(|held| held.organization)
        .collect();
    let statuses: &[&str] = if over {
        &["closed", "withdrawn"]
    } else {
        &["open"]
    };
    let store = reader.app().store();
    let mut found = Vec::new();
    for consultancy in consultancies {
        let some = store.consultations_of(consultancy, statuses, before, ENGAGEMENTS + 1);
        found.extend(some.await?);
    }
    found.sort_by_key(|row| std::cmp::Reverse(row.consultation));
    let shown = usize::try_from(ENGAGEMENTS).unwrap_or(usize::MAX);
    let more = shown < found.len();
    found.truncate(shown);
    let view = if over { "over" } else { "open" };
    let next = found.last().filter(|_| more).map(|last| {
        let last = last.consultation;
        format!("/engagements?view={view}&before={last}")
    });
    let mut rows = Vec::new();
    for summary in found {
        if let Some(held) = reader.viewer.see(summary.consultation).await? {
            rows.push(row(&reader, &held).await?);
        }
    }
    let mine = rows.iter().filter(|row| row.tone == Tone::Mine || row.late);
    let values = [("all", rows.len().into()), ("mine", mine.count().into())];
    let page = EngagementsPage {
        frame: reader
            .frame(words.say("advice.engagements"), Some(Place::Advice))
            .await?,
        counts: words.with("engagements-counts", values),
        over,
        groups: grouped(&reader, rows),
        next,
    };
    show(&page)
}

async fn row(reader: &Reader, held: &Held<Consultation>) -> Result<Row, Stop> {
    let consultation = held.get()?;
    let locale = reader.viewer.locale;
    let case = reader.viewer.see::<Case>(consultation.case).await?;
    let case = case.as_ref().map(Held::get).transpose()?;
    let device = reader.viewer.see::<Device>(consultation.device).await?;
    let sides = Sides::named(reader, consultation).await?;
    let mut sub = Vec::new();
    if let Some(device) = &device {
        sub.push(device.get()?.name.in_locale(locale).to_owned());
    }
    sub.push(consultation.title.in_locale(locale).to_owned());
    sub.push(sides.name(Audience::Hospital));
    sub.push(consultation.case.reference());
    let days = case.map_or_else(
        || Days::of(reader.app(), reader.words.0),
        |case| Days::in_calendar(reader.app(), reader.words.0, &case.calendar),
    );
    let asked = consultation
        .visible_questions(reader.viewer.actor())
        .into_iter()
        .filter(|question| question.is_waiting() && Some(question.to) == sides.own)
        .filter_map(|question| question.due_on)
        .min()
        .map(|day| days.due_on(day));
    let stage = stage_due(&days, case, &consultation.stage);
    // A question may be wanted before the stage is due, or after.
    let due = [asked, stage].into_iter().flatten();
    let due = due.min_by_key(|due| due.machine.clone());
    let (tone, state) = chip(reader, consultation, &sides);
    let late = consultation.is_live() && due.as_ref().is_some_and(|due| due.late);
    Ok(Row {
        tone: if late && tone == Tone::Mine {
            Tone::Late
        } else {
            tone
        },
        startup: sides.name(Audience::Startup),
        sub: sub.join(" · "),
        state,
        order: due.as_ref().map(|due| due.machine.clone()),
        due,
        late: late && tone == Tone::Mine,
        href: format!("/consultations/{}", consultation.id),
    })
}

/// The rows by whose move it is, those that are due first at the top.
fn grouped(reader: &Reader, rows: Vec<Row>) -> Vec<Group> {
    let kinds = [
        ("engagements-mine", Tone::Mine),
        ("engagements-waiting", Tone::Wait),
        ("engagements-paused", Tone::Blocked),
        ("engagements-closed", Tone::Done),
        ("engagements-withdrawn", Tone::Skipped),
    ];
    let mut rows = rows;
    rows.sort_by_key(|row| (row.order.is_none(), row.order.clone()));
    let mut groups = Vec::new();
    for (key, tone) in kinds {
        let belongs = |row: &Row| row.tone == tone || (tone == Tone::Mine && row.late);
        let (of_kind, rest): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(belongs);
        rows = rest;
        if !of_kind.is_empty() {
            let count = [("count", of_kind.len().into())];
            groups.push(Group {
                title: reader.words.with(key, count),
                tone,
                rows: of_kind,
            });
        }
    }
    groups
}
