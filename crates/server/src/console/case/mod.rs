//! The page of a case: the next action, the map, dates, people, documents and the trail.

pub(super) mod life;
pub(super) mod map;
pub(super) mod view;

use super::Answer;
use super::dates::{Days, Due, Moment, Why};
use super::frame::{Frame, Place};
use super::reader::{Reader, face};
use super::show;
use super::stop::Stop;
use super::tone::Tone;
use crate::console::address::Query;
use crate::graphql::errors::UserError;
use crate::graphql::{Held, Noun, entries_after};
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use life::TurnView;
use naru_domain::case::{Candidate, CandidateAnswer, Case, CaseStatus, Work};
use naru_domain::device::Device;
use naru_domain::{AccountId, CaseId};
use serde::Deserialize;
use std::collections::BTreeSet;
use view::{StageView, Waiting, kind_word, pathway_of, stage_address, status_tone, tone_of};

/// Entries of the trail that are shown at first.
const TRAIL_SHOWN: usize = 12;
/// Entries of the trail at most.
const TRAIL_MAX: usize = 1_000;

/// How much of the trail is wanted.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    trail: String,
}

#[derive(Debug, Template)]
#[template(path = "console/case.html")]
struct CasePage {
    frame: Frame,
    case: CaseId,
    reference: String,
    chip: (Tone, String),
    heads: Vec<String>,
    moves: Vec<MoveBox>,
    banner: Option<Banner>,
    map: String,
    stages: Vec<StageView>,
    open_for: String,
    dates: Vec<DateRow>,
    trail: Vec<Entry>,
    trail_rest: Option<String>,
    people: Vec<PersonView>,
    device: Option<(String, String)>,
    documents: Vec<DocumentView>,
    facts: Vec<(String, String)>,
    turns: Vec<TurnView>,
    errors: Vec<String>,
}

/// What is to be done next, and by whom.
#[derive(Debug)]
struct MoveBox {
    tone: Tone,
    title: String,
    text: String,
    guidance: Option<String>,
    due: Option<Due>,
    why: Option<Why>,
    href: String,
    act: String,
    /// Whether this is the one filled button of the page.
    main: bool,
}

/// How a case that does not run stands.
#[derive(Debug)]
struct Banner {
    tone: Tone,
    title: String,
    text: String,
}

/// A date that is ahead.
#[derive(Debug)]
struct DateRow {
    what: String,
    tone: Tone,
    whose: String,
    due: Option<Due>,
    how: String,
}

/// An entry of the trail.
#[derive(Debug)]
struct Entry {
    moment: Moment,
    by: String,
    words: String,
    via: String,
}

/// Somebody who takes part.
#[derive(Debug)]
struct PersonView {
    name: String,
    role: String,
    face: String,
    outside: bool,
}

/// A document of the dossier.
#[derive(Debug)]
struct DocumentView {
    title: String,
    href: String,
    version: u32,
    note: String,
}

/// The case that an address names, if the reader may see it.
pub(super) async fn seen(reader: &Reader, id: &str) -> Result<Held<Case>, Stop> {
    let id: CaseId = id.parse().map_err(|_| Stop::NotFound)?;
    let held = reader.viewer.see::<Case>(id).await?;
    held.ok_or(Stop::NotFound)
}

/// Answers `GET /cases/{id}`; a reference that people read aloud leads there too.
pub(super) async fn page(
    reader: Reader,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    if id.starts_with("N-") {
        for found in reader.app().store().cases_by_reference(&id).await? {
            if reader.viewer.see::<Case>(found).await?.is_some() {
                return Ok(Redirect::to(&format!("/cases/{found}")).into_response());
            }
        }
        return Err(Stop::NotFound);
    }
    let held = seen(&reader, &id).await?;
    case_page(&reader, &held, asked.trail == "all", &[]).await
}

async fn case_page(
    reader: &Reader,
    held: &Held<Case>,
    whole: bool,
    errors: &[UserError],
) -> Answer {
    let case = held.get()?;
    let words = reader.words;
    let days = Days::in_calendar(reader.app(), words.0, &case.calendar);
    let stages = StageView::all(reader, case, |at| days.day_of(at));
    let label = words.with("map-label", [("count", stages.len().into())]);
    let map = pathway_of(reader, case)
        .map_or_else(String::new, |pathway| map::drawn(pathway, &stages, &label));
    let (trail, rest, accounts) = trail(reader, case, &days, whole).await?;
    let (device, documents) = documents(reader, case, &days).await?;
    let waiting = Waiting::all(reader, case);
    let open_for = days.working_days_since(case.opened_at, reader.app().clock().now());
    let page = CasePage {
        frame: reader
            .frame(case.title.as_str().to_owned(), Some(Place::Cases))
            .await?,
        case: case.id,
        reference: case.id.reference(),
        chip: chip(reader, case, &waiting),
        heads: heads(reader, case, stages.len()).await?,
        moves: moves(reader, case, &days, &waiting),
        banner: banner(reader, case, &days),
        map,
        stages,
        open_for: words.with("case-open-for", [("days", open_for.into())]),
        dates: dates(reader, case, &days, &waiting),
        trail,
        trail_rest: rest,
        people: people(reader, case, &accounts).await?,
        device,
        documents,
        facts: facts(reader, case, &days).await?,
        turns: life::offered(reader, case, &case.thing(&reader.viewer).await?),
        errors: errors.iter().map(|error| error.message.clone()).collect(),
    };
    let mut answer = show(&page)?;
    if !errors.is_empty() {
        *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(answer)
}

fn chip(reader: &Reader, case: &Case, waiting: &[Waiting]) -> (Tone, String) {
    let words = reader.words;
    match (&case.status, waiting.iter().find(|waits| waits.mine)) {
        (CaseStatus::Running, Some(waits)) => {
            (tone_of(case, waits, reader), words.say("whose.you"))
        }
        (status, _) => (
            status_tone(status),
            words.say(&format!("status.{}", status.as_str())),
        ),
    }
}

async fn heads(reader: &Reader, case: &Case, stages: usize) -> Result<Vec<String>, Stop> {
    let mut heads = vec![
        reader.organization_name(case.startup).await?,
        reader.organization_name(case.hospital).await?,
    ];
    if let Some(pathway) = pathway_of(reader, case) {
        let title = pathway.title.in_locale(reader.viewer.locale);
        let values = [("title", title.into()), ("count", stages.into())];
        heads.push(reader.words.with("case-pathway", values));
    }
    Ok(heads)
}

fn moves(reader: &Reader, case: &Case, days: &Days<'_>, waiting: &[Waiting]) -> Vec<MoveBox> {
    let words = reader.words;
    let mine: Vec<&Waiting> = waiting.iter().filter(|waits| waits.mine).collect();
    // Without a move of one's own, whose move it is comes first.
    let shown: Vec<&Waiting> = if mine.is_empty() {
        waiting.iter().take(1).collect()
    } else {
        mine
    };
    let boxes = shown.into_iter().enumerate().map(|(n, waits)| {
        let planned = pathway_of(reader, case).and_then(|pathway| pathway.stage(&waits.stage));
        let stage = case.stages.get(&waits.stage);
        let kind = planned.map_or("form", |planned| kind_word(&planned.kind));
        let since = days.day_of(waits.since);
        let text = if waits.mine {
            words.with("move-mine", [("day", since.into())])
        } else {
            let values = [("role", waits.role.clone().into()), ("day", since.into())];
            words.with("move-theirs", values)
        };
        let schedule = stage.and_then(|stage| stage.schedule.as_ref());
        MoveBox {
            tone: tone_of(case, waits, reader),
            title: waits.title.clone(),
            text,
            guidance: planned
                .filter(|_| waits.mine)
                .and_then(|planned| planned.guidance.as_ref())
                .map(|guidance| guidance.in_locale(reader.viewer.locale).to_owned()),
            due: waits.due_at.map(|at| days.due(at)),
            why: schedule.and_then(|schedule| days.why(schedule, planned.and_then(|p| p.due))),
            href: stage_address(case.id, &waits.stage),
            act: if waits.mine {
                words.say(&format!("act.{kind}"))
            } else {
                words.say("act.look")
            },
            main: waits.mine && n == 0,
        }
    });
    boxes.collect()
}

fn banner(reader: &Reader, case: &Case, days: &Days<'_>) -> Option<Banner> {
    let words = reader.words;
    let (at, text) = match &case.status {
        CaseStatus::Running => return None,
        CaseStatus::Paused { since, reason } => (*since, reason.as_str().to_owned()),
        CaseStatus::Completed { at, summary } => (*at, summary.as_str().to_owned()),
        CaseStatus::Rejected { at, stage } => (*at, view::stage_title(reader, case, stage)),
        CaseStatus::Canceled { at, reason } => (*at, reason.as_str().to_owned()),
    };
    let key = format!("status-since.{}", case.status.as_str());
    Some(Banner {
        tone: status_tone(&case.status),
        title: words.with(&key, [("day", days.day_of(at).into())]),
        text,
    })
}

fn dates(reader: &Reader, case: &Case, days: &Days<'_>, waiting: &[Waiting]) -> Vec<DateRow> {
    let words = reader.words;
    let rows = waiting.iter().map(|waits| {
        let schedule = case
            .stages
            .get(&waits.stage)
            .and_then(|stage| stage.schedule.as_ref());
        let planned = pathway_of(reader, case).and_then(|pathway| pathway.stage(&waits.stage));
        let why = schedule.and_then(|schedule| days.why(schedule, planned.and_then(|p| p.due)));
        DateRow {
            what: waits.title.clone(),
            tone: tone_of(case, waits, reader),
            whose: if waits.mine {
                words.say("whose.you")
            } else {
                waits.role.clone()
            },
            due: waits.due_at.map(|at| days.due(at)),
            how: why.map_or_else(|| words.say("no-date-why"), |why| why.text),
        }
    });
    rows.collect()
}

type Trail = (Vec<Entry>, Option<String>, BTreeSet<AccountId>);

/// The trail, newest first, what is left out, and who acted.
async fn trail(reader: &Reader, case: &Case, days: &Days<'_>, whole: bool) -> Result<Trail, Stop> {
    let entries = entries_after(&reader.viewer, case, 0).await?;
    let accounts = entries.iter().filter_map(|entry| entry.account).collect();
    let shown = if whole { TRAIL_MAX } else { TRAIL_SHOWN };
    let rest = (shown < entries.len() && !whole).then(|| {
        let all = [("count", entries.len().into())];
        reader.words.with("trail-rest", all)
    });
    let mut trail = Vec::new();
    for entry in entries.into_iter().rev().take(shown) {
        trail.push(Entry {
            moment: days.moment(entry.at.0),
            by: match entry.account {
                Some(account) => reader.name_of(account).await?,
                None => String::new(),
            },
            words: entry.words,
            via: reader
                .words
                .say(&format!("channel.{}", channel(entry.channel))),
        });
    }
    Ok((trail, rest, accounts))
}

fn channel(channel: crate::graphql::enums::Channel) -> &'static str {
    use naru_domain::Channel;
    match channel.into() {
        Channel::Api => "api",
        Channel::Console => "console",
        Channel::MailLink => "mail-link",
        Channel::CommandLine => "command-line",
        Channel::Engine => "engine",
    }
}

/// Who has acted, and who agreed to take part.
async fn people(
    reader: &Reader,
    case: &Case,
    accounts: &BTreeSet<AccountId>,
) -> Result<Vec<PersonView>, Stop> {
    let actor = reader.viewer.actor();
    let mut people = Vec::new();
    for account in accounts {
        let name = reader.name_of(*account).await?;
        let memberships = reader.app().store().memberships_of(*account).await?;
        let party = memberships.iter().find(|held| {
            held.organization == case.startup
                || held.organization == case.hospital
                || case.consultancies.contains(&held.organization)
        });
        let (role, outside) = match party {
            Some(held) => {
                let organization = reader.organization_name(held.organization).await?;
                let role = format!("{}, {organization}", reader.role_name(held.role));
                (role, !actor.belongs_to(held.organization))
            }
            None => (String::new(), true),
        };
        let name = if *account == reader.account() {
            reader.words.with("person-you", [("name", name.into())])
        } else {
            name
        };
        people.push(PersonView {
            face: face(&name),
            name,
            role,
            outside,
        });
    }
    for candidate in accepted(case) {
        let role = reader
            .words
            .say(&format!("taking-part.{}", match_role(candidate.role)));
        people.push(PersonView {
            name: candidate.name.as_str().to_owned(),
            role: format!("{role}, {}", candidate.department.as_str()),
            face: face(candidate.name.as_str()),
            outside: !actor.belongs_to(case.hospital),
        });
    }
    Ok(people)
}

/// The word for what somebody is wanted as.
pub(super) fn match_role(role: naru_domain::pathway::MatchRole) -> &'static str {
    match role {
        naru_domain::pathway::MatchRole::PrincipalInvestigator => "principal-investigator",
        naru_domain::pathway::MatchRole::Clinician => "clinician",
    }
}

fn accepted(case: &Case) -> Vec<&Candidate> {
    let mut found = Vec::new();
    for stage in case.stages.values() {
        if let Work::Matching(candidates) = &stage.work {
            let accepted = candidates
                .values()
                .filter(|candidate| matches!(candidate.answer, CandidateAnswer::Accepted { .. }));
            found.extend(accepted);
        }
    }
    found
}

type Dossier = (Option<(String, String)>, Vec<DocumentView>);

/// The device and its documents, as far as the reader may see them.
async fn documents(reader: &Reader, case: &Case, days: &Days<'_>) -> Result<Dossier, Stop> {
    let Some(held) = reader.viewer.see::<Device>(case.device).await? else {
        return Ok((None, Vec::new()));
    };
    let device = held.get()?;
    let name = device.name.in_locale(reader.viewer.locale).to_owned();
    let mut documents = Vec::new();
    for document in device.documents_in_use() {
        let newest = document.newest();
        let by = reader.name_of(newest.attached_by).await?;
        documents.push(DocumentView {
            title: document.title().as_str().to_owned(),
            href: format!(
                "/devices/{}/documents/{}/{}",
                device.id, document.id, newest.version
            ),
            version: newest.version,
            note: format!("{by}, {}", days.day_of(newest.attached_at)),
        });
    }
    let href = format!("/devices/{}", device.id);
    Ok((Some((name, href)), documents))
}

async fn facts(
    reader: &Reader,
    case: &Case,
    days: &Days<'_>,
) -> Result<Vec<(String, String)>, Stop> {
    let words = reader.words;
    let opened = days.day_of(case.opened_at);
    let opened = [
        ("reference", case.id.reference().into()),
        ("day", opened.into()),
    ];
    let mut facts = vec![(words.say("facts.case"), words.with("facts.opened", opened))];
    if let Some(pathway) = pathway_of(reader, case) {
        let host = pathway.programme.host.in_locale(reader.viewer.locale);
        facts.push((words.say("facts.programme"), host.to_owned()));
        let version = [("version", i64::from(pathway.version).into())];
        facts.push((
            words.say("facts.pathway"),
            words.with("facts.version", version),
        ));
    }
    let mut consultancies = Vec::new();
    for consultancy in &case.consultancies {
        consultancies.push(reader.organization_name(*consultancy).await?);
    }
    if !consultancies.is_empty() {
        facts.push((words.say("facts.consultancies"), consultancies.join(", ")));
    }
    Ok(facts)
}
