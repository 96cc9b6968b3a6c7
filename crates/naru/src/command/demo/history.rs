//! The months before today: the example history is lived through on a clock of its own, so that its days, reminders and letters are real.

use super::acts::Stage;
use super::cases;
use super::people::{ORGANIZATIONS, PEOPLE};
use super::told::{self, Line, Told};
use crate::command::serve::{Parts, Way};
use crate::config::Config;
use crate::seed::Seed;
use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};
use naru_domain::calendar::Calendar;
use naru_domain::{AccountId, Actor, Channel, Membership, OrganizationId, Who};
use naru_engine::mail::{Mailbox, Transport};
use naru_engine::{Clock, Engine};
use naru_store::{Reference, Synchronous};
use std::collections::BTreeMap;
use std::sync::Arc;

const STORY: &str = include_str!("../../../assets/demo.story");
/// People and devices are there a little before the first line.
const BEFORE: SignedDuration = SignedDuration::from_hours(24);
/// What the story lays on today has happened a moment ago, at the latest.
const LATELY: SignedDuration = SignedDuration::from_mins(1);

/// Who came to be in the history.
#[derive(Debug, Default)]
pub(super) struct Cast {
    pub(super) organizations: BTreeMap<&'static str, OrganizationId>,
    pub(super) accounts: BTreeMap<&'static str, AccountId>,
    pub(super) actors: BTreeMap<&'static str, Actor>,
}

/// Lives through the story on the record that the settings name, up to a moment ago.
pub(super) async fn live(config: &Config) -> Result<Cast> {
    let told = told::read(STORY)?;
    // A demo that a power cut ends begins anew, so its history need not wait for the disk; closing the store writes it all down.
    let mut parts = Parts::open_at(config, Synchronous::NormalLosesCommits).await?;
    let reference = Arc::clone(&parts.reference);
    let calendar = reference
        .calendars
        .get("kr")
        .context("there is no calendar")?;
    let now = parts.options.clock.now();
    let lines = in_time(&told, calendar, now);
    let start = lines.first().map_or(now, |(at, _)| *at) - BEFORE;
    let clock = Clock::virtual_at(start);
    parts.options.clock = clock.clone();
    // Nobody is written to about what lies in the past; the record of letters shows them as sent.
    parts.options.transport = Transport::Memory(Mailbox::default());
    let engine = parts.start(Way::Embedded).await?;
    let lived = through(&engine, &reference, &told, &lines).await;
    if lived.is_ok() {
        wait(&engine, calendar, now - LATELY).await;
    }
    engine.shutdown().await;
    lived
}

/// The lines with their moments, in order.
fn in_time<'t>(
    told: &'t Told<'t>,
    calendar: &Calendar,
    now: Timestamp,
) -> Vec<(Timestamp, &'t Line<'t>)> {
    let today = calendar.date_of(now);
    let moment = |line: &Line<'_>| {
        let day = calendar.working_days_before(today, line.days_ago);
        let local = day.to_datetime(line.time);
        let at = calendar.time_zone().to_timestamp(local).unwrap_or(now);
        at.min(now - LATELY)
    };
    let mut lines: Vec<_> = told.lines.iter().map(|line| (moment(line), line)).collect();
    lines.sort_by_key(|(at, _)| *at);
    lines
}

async fn through(
    engine: &Engine,
    reference: &Reference,
    told: &Told<'_>,
    lines: &[(Timestamp, &Line<'_>)],
) -> Result<Cast> {
    let seed = Seed::new(engine.clone());
    let cast = enter(&seed).await?;
    let calendar = reference
        .calendars
        .get("kr")
        .context("there is no calendar")?;
    let dossiers = cases::register(&seed, &cast, &told.devices).await?;
    let mut stage = Stage::new(&seed, reference, told, &cast, &dossiers);
    for (at, line) in lines {
        wait(engine, calendar, *at).await;
        stage
            .act(line, calendar.date_of(*at))
            .await
            .with_context(|| format!("`{}`", line.text))?;
    }
    engine.settle().await;
    Ok(cast)
}

/// Lets time pass, a day at a time, so that reminders go out on their own days.
async fn wait(engine: &Engine, calendar: &Calendar, until: Timestamp) {
    let clock = engine.clock();
    loop {
        engine.settle().await;
        let tomorrow = calendar.end_of_day(calendar.date_of(clock.now()));
        let next = calendar.working_instant_from(tomorrow);
        if until <= next {
            break;
        }
        clock.advance_to(next);
    }
    if clock.now() < until {
        clock.advance_to(until);
        engine.settle().await;
    }
}

/// Registers the organizations and the people.
async fn enter(seed: &Seed) -> Result<Cast> {
    let mut cast = Cast::default();
    for organization in ORGANIZATIONS {
        let id = seed
            .organization(
                organization.kind,
                organization.ko,
                organization.en,
                organization.number,
            )
            .await?;
        cast.organizations.insert(organization.en, id);
    }
    for person in PEOPLE {
        let account = seed
            .account(
                person.name,
                Some(person.name_en),
                person.email,
                person.locale,
            )
            .await?;
        let organization = *cast
            .organizations
            .get(person.organization)
            .context("a person of no organization")?;
        seed.member(organization, account, person.role).await?;
        cast.accounts.insert(person.name_en, account);
        let actor = Actor {
            who: Who::Account(account),
            memberships: vec![Membership {
                organization,
                role: person.role,
            }],
            on_behalf_of: None,
            channel: Channel::Console,
        };
        cast.actors.insert(person.name_en, actor);
    }
    Ok(cast)
}
