//! The operator's page: whether all is well, what could not be done, and which letters left.

mod letters;
pub(super) mod people;

use super::Answer;
use super::ask::{ACT, ON};
use super::dates::{Days, Moment};
use super::frame::{Frame, Place};
use super::posted::Posted;
use super::reader::Reader;
use super::show;
use super::stop::Stop;
use super::tone::Tone;
use crate::authz::{Action, Thing};
use crate::console::address::Query;
use crate::graphql::Refused;
use crate::graphql::incident::RetryOutcome;
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use letters::LetterRow;
use naru_domain::AggregateId;
use naru_domain::case::Case;
use naru_engine::IncidentReport;
use naru_store::{Health, Incident, OutboxEntry};
use serde::Deserialize;

/// Letters and messages on one page.
const ENTRIES: u32 = 40;

/// Where the list of letters begins.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    before: Option<u64>,
}

#[derive(Debug, Template)]
#[template(path = "console/work/operations.html")]
struct OperationsPage {
    frame: Frame,
    health: (Tone, String),
    facts: Vec<(String, String)>,
    error: Option<String>,
    incidents: Vec<IncidentView>,
    can_retry: bool,
    letters: Vec<LetterRow>,
    next: Option<String>,
}

/// What could not be done, in words.
#[derive(Debug)]
struct IncidentView {
    id: u64,
    title: String,
    text: String,
    about: (String, Option<String>),
    since: Moment,
    /// What happened and what to do.
    reason: String,
    /// The stable code, for whoever is asked about it.
    code: String,
}

/// Answers `GET /operations`.
pub(super) async fn page(reader: Reader, Query(wanted): Query<Wanted>) -> Answer {
    operations(&reader, wanted.before, None).await
}

/// Answers `POST /operations`: tries again what an incident is about.
pub(super) async fn act(reader: Reader, posted: Posted) -> Answer {
    if posted.one(ACT) != "retry" {
        return Err(Stop::NotFound);
    }
    let words = reader.words;
    let error = match reader.viewer.retry_incident(posted.one(ON)).await {
        Ok(RetryOutcome::EffectWaits | RetryOutcome::GoesOn) => {
            return Ok(Redirect::to("/operations?done=retried").into_response());
        }
        Ok(RetryOutcome::StillBroken) => words.say("operate.still-broken"),
        Err(Refused::Rejected(rejection)) => rejection.words(words.0),
        Err(Refused::Error(error)) => return Err(error.into()),
    };
    let mut answer = operations(&reader, None, Some(error)).await?;
    *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(answer)
}

async fn operations(reader: &Reader, before: Option<u64>, error: Option<String>) -> Answer {
    let installation = Thing::installation();
    if !reader.viewer.allows(Action::ViewIncidents, &installation) {
        return Err(Stop::NotFound);
    }
    let words = reader.words;
    let store = reader.app().store();
    let days = Days::of(reader.app(), words.0);
    let open = store.incidents().await?;
    let mut incidents = Vec::new();
    for incident in &open {
        let entry = match incident.effect {
            Some(effect) => store.outbox_entry(effect).await?,
            None => None,
        };
        incidents.push(incident_view(reader, &days, incident, entry.as_ref()).await?);
    }
    let entries = store.outbox_log(before, ENTRIES).await?;
    let full = usize::try_from(ENTRIES).is_ok_and(|most| most <= entries.len());
    let next = entries.last().filter(|_| full).map(|last| {
        let before = last.position;
        format!("/operations?before={before}#letters")
    });
    let page = OperationsPage {
        frame: reader
            .frame(words.say("operate.title"), Some(Place::Operations))
            .await?,
        health: health(reader, &open),
        facts: facts(reader).await?,
        error,
        incidents,
        can_retry: reader.viewer.allows(Action::RetryIncident, &installation),
        letters: letters::rows(reader, &days, &entries).await?,
        next,
    };
    show(&page)
}

fn health(reader: &Reader, open: &[Incident]) -> (Tone, String) {
    let words = reader.words;
    match reader.app().store().health() {
        Health::Red(_) => (Tone::Late, words.say("operate.red")),
        Health::Green if open.is_empty() => (Tone::Done, words.say("operate.green")),
        Health::Green => {
            let count = [("count", open.len().into())];
            (Tone::Late, words.with("operate-open", count))
        }
    }
}

async fn facts(reader: &Reader) -> Result<Vec<(String, String)>, Stop> {
    let words = reader.words;
    let store = reader.app().store();
    let position = store.last_position().await?;
    let pathways = reader.app().reference().pathways.all_newest().count();
    Ok(vec![
        (
            words.say("operate.version"),
            env!("CARGO_PKG_VERSION").to_owned(),
        ),
        (words.say("operate.position"), position.to_string()),
        (words.say("operate.pathways"), pathways.to_string()),
    ])
}

async fn incident_view(
    reader: &Reader,
    days: &Days<'_>,
    incident: &Incident,
    entry: Option<&OutboxEntry>,
) -> Result<IncidentView, Stop> {
    let words = reader.words;
    let (title, text) = match (incident.effect, entry) {
        (None, _) => (
            words.say("operate.broken"),
            words.say("operate.broken-note"),
        ),
        (Some(_), Some(entry)) => (
            letters::what(reader, &entry.effect),
            words.with("operate-failed", [("count", entry.attempts.into())]),
        ),
        (Some(_), None) => (
            words.say("operate.failed"),
            words.say("operate.failed-note"),
        ),
    };
    let mut about = about(reader, incident.aggregate);
    // Who runs the installation reads no case, and a link to one would end at a page that is not there.
    if let AggregateId::Case(case) = incident.aggregate
        && reader.viewer.see::<Case>(case).await?.is_none()
    {
        about.1 = None;
    }
    let report = IncidentReport::read(&incident.reason);
    Ok(IncidentView {
        id: incident.id,
        title,
        text,
        about,
        since: days.moment(incident.opened_at),
        reason: report.words.in_locale(words.0).to_owned(),
        code: report.code,
    })
}

/// What a thing is called in a list, and its page if it has one.
fn about(reader: &Reader, aggregate: AggregateId) -> (String, Option<String>) {
    let words = reader.words;
    match aggregate {
        AggregateId::Account(_) => (words.say("thing.account"), None),
        AggregateId::Organization(id) => (
            words.say("thing.organization"),
            Some(format!("/organizations/{id}")),
        ),
        AggregateId::Device(id) => (words.say("thing.device"), Some(format!("/devices/{id}"))),
        AggregateId::Case(id) => (id.reference(), Some(format!("/cases/{id}"))),
        AggregateId::Study(id) => (words.say("thing.study"), Some(format!("/studies/{id}"))),
        AggregateId::FeedbackRound(id) => (
            words.say("thing.feedback-round"),
            Some(format!("/feedback-rounds/{id}")),
        ),
        AggregateId::Consultation(id) => (
            words.say("thing.consultation"),
            Some(format!("/consultations/{id}")),
        ),
    }
}
