//! What happened to a case and to the work of its stages, in words.

use super::account::{IntoId, Person};
use super::enums::Channel;
use super::page::{Page, PageRequest};
use super::scalars::DateTime;
use super::viewer::{Viewer, viewer};
use super::words::words_of;
use crate::fault::Fault;
use async_graphql::{ComplexObject, Context, ID, Result, SimpleObject};
use naru_domain::case::Case;
use naru_domain::{AccountId, AggregateId, CaseId, Who};
use naru_store::StoredEvent;

/// Something that happened, in words.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct TimelineEntry {
    /// Its place in the record; name it as `after` to go on from here.
    pub(crate) position: String,
    /// When.
    pub(crate) at: DateTime,
    /// What happened, in the reader's language.
    pub(crate) words: String,
    /// What it happened to: the case, a study or a feedback round, by id.
    about: ID,
    /// The door it came through.
    pub(crate) channel: Channel,
    #[graphql(skip)]
    pub(crate) account: Option<AccountId>,
}

#[ComplexObject]
impl TimelineEntry {
    /// Who acted; nothing when time passed, when another part of the system reported, or for invited people without an account.
    async fn by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        match self.account {
            Some(account) => Ok(Some(viewer(ctx)?.person(account).await?)),
            None => Ok(None),
        }
    }
}

/// An event as an entry, if it says something to people.
fn entry(viewer: &Viewer, case: &Case, event: &StoredEvent) -> Option<TimelineEntry> {
    let words = words_of(&event.event, case)?;
    Some(TimelineEntry {
        position: event.position.to_string(),
        at: DateTime(event.at),
        words: words.in_locale(viewer.locale).to_owned(),
        about: event.aggregate.into_id(),
        channel: event.actor.channel.into(),
        account: match event.actor.who {
            Who::Account(account) => Some(account),
            Who::Guest(_) | Who::Candidate(_) | Who::Clock | Who::Message(_) | Who::Machine => None,
        },
    })
}

/// The entries of a case after a position in the record, oldest first.
pub(crate) async fn entries_after(
    viewer: &Viewer,
    case: &Case,
    position: u64,
) -> Result<Vec<TimelineEntry>> {
    let events = events_of_case(viewer, case.id, position).await?;
    Ok(events
        .iter()
        .filter_map(|event| entry(viewer, case, event))
        .collect())
}

/// The events of a case, its studies, rounds and consultations after a position, in the order of the record.
async fn events_of_case(viewer: &Viewer, case: CaseId, position: u64) -> Result<Vec<StoredEvent>> {
    let store = viewer.app.store();
    let mut of: Vec<AggregateId> = vec![case.into()];
    of.extend(store.children_of(case).await.map_err(Fault::from)?);
    let mut events = Vec::new();
    for aggregate in of {
        // What has not changed since need not be read.
        let loaded = store.load(aggregate).await.map_err(Fault::from)?;
        if loaded.is_some_and(|loaded| loaded.position > position) {
            events.extend(store.events_of(aggregate).await.map_err(Fault::from)?);
        }
    }
    events.retain(|event| event.position > position);
    events.sort_by_key(|event| event.position);
    Ok(events)
}

/// A page of the timeline.
pub(crate) async fn timeline(
    viewer: &Viewer,
    case: &Case,
    page: &PageRequest,
) -> Result<Page<TimelineEntry>> {
    let after = match &page.after {
        None => 0,
        Some(text) => text.parse().map_err(|_| {
            super::page::bad_input("BAD_CURSOR", "`after` is not a cursor of this list")
        })?,
    };
    let entries = entries_after(viewer, case, after).await?;
    let rows = entries
        .into_iter()
        .take(page.first.saturating_add(1))
        .map(|entry| (entry.position.clone(), entry))
        .collect();
    Ok(page.of_rows(rows))
}
