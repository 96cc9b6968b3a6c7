//! The one way in: commands become events, many commands in one transaction.

use crate::StoreError;
use crate::batch::{Batch, Cause, Fingerprint, Step, Working};
use crate::sqlite::append::{self, Append, CommandSlot};
use crate::sqlite::log::{self, Head};
use crate::sqlite::{Writer, lists};
use crate::store::{CommandAnswer, Store, load_all};
use jiff::Timestamp;
use naru_domain::account::{AccountEvent, AccountRejection};
use naru_domain::calendar::Calendars;
use naru_domain::feedback::Questionnaires;
use naru_domain::pathway::Catalog;
use naru_domain::{
    Actor, AggregateId, BrokenHistory, Command, CommandId, CommonRejection, Context, EmailAddress,
    Event, Rejection, State, Who,
};
use quick_cache::unsync::Cache;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What decisions look up besides states: it changes only with the program or with a published pathway.
#[derive(Clone, Debug, Default)]
pub struct Reference {
    /// Working calendars by id.
    pub calendars: Calendars,
    /// Pathways by content hash.
    pub pathways: Catalog,
    /// Questionnaires of feedback rounds by id.
    pub questionnaires: Questionnaires,
}

/// A command on its way in.
#[derive(Clone, Debug)]
pub struct Submission {
    /// Chosen by the sender; the same id again gets the first answer. Ids ordered by time (UUID v7) keep the file compact.
    pub command_id: CommandId,
    /// The aggregate it is for.
    pub aggregate: AggregateId,
    /// The version the sender saw; another one is refused as a conflict. 0 means that it must not exist yet.
    pub expected_version: Option<u64>,
    /// Who acts.
    pub actor: Actor,
    /// What they want.
    pub command: Command,
}

/// An accepted command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The aggregate.
    pub aggregate: AggregateId,
    /// Its version after the command.
    pub version: u64,
    /// The position in the log after which readers see the change.
    pub position: u64,
    /// Whether this is the first answer given again.
    pub replayed: bool,
}

/// A command that was not carried out.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// A rule says no; asking again changes nothing.
    Rejected(Rejection),
    /// The store failed; nothing was written.
    Fault(StoreError),
}

/// What became of a command.
pub type Outcome = Result<Receipt, Refusal>;

/// What the last batch left to do, so that timer and effect runner need not look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Aftermath {
    /// The position of the last event in the log.
    pub position: u64,
    /// How many effects were added to the outbox.
    pub effects: usize,
    /// The earliest wake-up among the aggregates that changed.
    pub earliest_wakeup: Option<Timestamp>,
}

/// Decides and writes batches; owned by the one task that writes.
#[derive(Debug)]
pub struct Committer {
    store: Store,
    reference: Arc<Reference>,
    /// Where the log ends, unless the last transaction failed.
    head: Option<Head>,
    aftermath: Aftermath,
    /// Commands seen lately: one that comes again is looked up at once.
    recent: Cache<CommandId, ()>,
}

/// When to look for first answers. Command ids are the primary key of their table, so a batch that is written without looking fails as a
/// whole when one of them was seen before, and is then decided again; that is rare, and looking each time is not cheap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lookup {
    Always,
    OnCollision,
}

const RECENT_COMMANDS: usize = 50_000;

impl Committer {
    /// A committer for `store`. There must be one only.
    pub fn new(store: Store, reference: Arc<Reference>) -> Self {
        Self {
            store,
            reference,
            head: None,
            aftermath: Aftermath::default(),
            recent: Cache::new(RECENT_COMMANDS),
        }
    }

    /// Decides by another reference from now on.
    pub fn use_reference(&mut self, reference: Arc<Reference>) {
        self.reference = reference;
    }

    /// The store it writes to.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What the last batch left to do.
    pub fn aftermath(&self) -> Aftermath {
        self.aftermath
    }

    /// Carries out a batch in one durable transaction and answers each command, in order. A command that is refused fails alone; when the
    /// transaction itself fails, nothing is written and every command gets the fault.
    pub async fn commit(&mut self, now: Timestamp, batch: Vec<Submission>) -> Vec<Outcome> {
        let now = Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now);
        self.aftermath = Aftermath {
            position: self.aftermath.position,
            ..Aftermath::default()
        };
        let seen = batch
            .iter()
            .any(|submission| self.recent.get(&submission.command_id).is_some());
        let lookup = if seen {
            Lookup::Always
        } else {
            Lookup::OnCollision
        };
        let mut result = self.attempt(now, &batch, lookup).await;
        if let (Lookup::OnCollision, Err(StoreError::Refused { .. })) = (lookup, &result) {
            result = self.attempt(now, &batch, Lookup::Always).await;
        }
        for submission in batch.iter().filter(|submission| is_kept(submission)) {
            self.recent.insert(submission.command_id, ());
        }
        match result {
            Ok(outcomes) => outcomes,
            Err(fault) if 1 < batch.len() && fault.may_be_poison() => {
                tracing::warn!(%fault, commands = batch.len(), "a batch failed; trying its commands one by one");
                self.one_by_one(now, &batch).await
            }
            Err(fault) => batch
                .iter()
                .map(|_| Err(Refusal::Fault(fault.clone())))
                .collect(),
        }
    }

    async fn one_by_one(&mut self, now: Timestamp, batch: &[Submission]) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(batch.len());
        for submission in batch {
            outcomes.push(
                match self
                    .attempt(now, std::slice::from_ref(submission), Lookup::Always)
                    .await
                {
                    Ok(answers) => answers.into_iter().next().unwrap_or_else(|| {
                        Err(Refusal::Fault(StoreError::inconsistent(
                            "command",
                            "no answer",
                        )))
                    }),
                    Err(fault) => Err(Refusal::Fault(fault)),
                },
            );
        }
        outcomes
    }

    async fn attempt(
        &mut self,
        now: Timestamp,
        batch: &[Submission],
        lookup: Lookup,
    ) -> Result<Vec<Outcome>, StoreError> {
        let store = self.store.clone();
        let mut writer = store.writer().await;
        let conn = writer.conn().await;
        // Taken, so that after any failure below the true end is read again.
        let head = match self.head.take() {
            Some(head) => head,
            None => log::head(&mut *conn).await?,
        };
        let prints = batch
            .iter()
            .map(fingerprint)
            .collect::<Result<Vec<_>, _>>()?;
        let mut deciding = Deciding {
            now,
            reference: Arc::clone(&self.reference),
            first_answers: match lookup {
                Lookup::Always => first_answers(&mut *conn, batch).await?,
                Lookup::OnCollision => BTreeMap::new(),
            },
            aggregates: gather(&store, &mut *conn, batch).await?,
            batch: Batch::new(now, head),
            emails: BTreeMap::new(),
        };
        let mut outcomes = Vec::with_capacity(batch.len());
        for (submission, print) in batch.iter().zip(&prints) {
            outcomes.push(deciding.answer(&mut *conn, submission, print).await?);
        }
        let Deciding {
            batch, aggregates, ..
        } = deciding;
        let mut aggregates: BTreeMap<AggregateId, Working> = aggregates
            .into_iter()
            .filter_map(|(id, working)| Some((id, working.ok()?)))
            .collect();
        if batch.is_empty() {
            self.head = Some(head);
        } else {
            let prepared = batch.finish(&mut aggregates)?;
            let result = write(&mut writer, prepared.append).await;
            if lookup == Lookup::Always || !matches!(result, Err(StoreError::Refused { .. })) {
                store.note_write(&result);
            }
            self.head = Some(result?);
            self.aftermath.effects += prepared.effects;
            let earliest = self.aftermath.earliest_wakeup;
            self.aftermath.earliest_wakeup =
                earliest.into_iter().chain(prepared.earliest_wakeup).min();
        }
        self.aftermath.position = self.head.map_or(0, |head| head.position);
        for (id, working) in aggregates {
            if let Some(loaded) = working.into_loaded() {
                store.states().insert(id, Arc::new(loaded));
            }
        }
        Ok(outcomes)
    }
}

/// One transaction.
async fn write(writer: &mut Writer, append: Append) -> Result<Head, StoreError> {
    let head = append.head;
    let conn = writer.conn_to_begin().await;
    let result = append::append(conn, append).await;
    writer.after_commit(result).await.map(|()| head)
}

/// Who wants what of whom: a retry has the same fingerprint, another command under the same id has not.
fn fingerprint(submission: &Submission) -> Result<Fingerprint, StoreError> {
    let content = serde_json::to_vec(&(
        submission.aggregate,
        submission.expected_version,
        &submission.actor.who,
        &submission.command,
    ))?;
    let hash: [u8; 32] = Sha256::digest(&content).into();
    let mut print = Fingerprint::default();
    for (to, from) in print.iter_mut().zip(hash) {
        *to = from;
    }
    Ok(print)
}

/// A command's first answer with the fingerprint it was given for.
#[derive(Debug)]
struct FirstAnswer {
    print: Fingerprint,
    outcome: Outcome,
}

/// Whether a command's answer is kept. The clock's is not: the state alone says what is due.
fn is_kept(submission: &Submission) -> bool {
    submission.actor.who != Who::Clock
}

/// Whether this is a message that was refused. Its answer is not kept either: a person may remove the cause and have it delivered again.
fn is_refused_message(outcome: &Outcome, submission: &Submission) -> bool {
    outcome.is_err() && matches!(submission.actor.who, Who::Message(_))
}

async fn first_answers(
    conn: &mut sqlx::SqliteConnection,
    batch: &[Submission],
) -> Result<BTreeMap<CommandId, FirstAnswer>, StoreError> {
    let ids: Vec<CommandId> = batch
        .iter()
        .filter(|s| is_kept(s))
        .map(|s| s.command_id)
        .collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = log::answers(conn, &serde_json::to_string(&ids)?).await?;
    rows.into_iter()
        .map(|row| {
            let answer = CommandAnswer::try_from(&row)?;
            let outcome = match answer.rejection {
                Some(rejection) => Err(Refusal::Rejected(rejection)),
                None => Ok(Receipt {
                    aggregate: answer.aggregate,
                    version: answer.version,
                    position: answer.position,
                    replayed: true,
                }),
            };
            let id = row
                .command_id
                .parse()
                .map_err(|problem| StoreError::inconsistent("command", problem))?;
            Ok((
                id,
                FirstAnswer {
                    print: row.fingerprint.try_into().unwrap_or_default(),
                    outcome,
                },
            ))
        })
        .collect()
}

/// The states of every aggregate in the batch: from memory, and those that are not there with one query. They are taken out of memory, so
/// that they can change without a copy and a failed transaction leaves nothing behind.
async fn gather(
    store: &Store,
    conn: &mut sqlx::SqliteConnection,
    batch: &[Submission],
) -> Result<BTreeMap<AggregateId, Result<Working, BrokenHistory>>, StoreError> {
    let wanted: BTreeSet<AggregateId> = batch
        .iter()
        .map(|submission| submission.aggregate)
        .collect();
    let mut found = BTreeMap::new();
    let mut missing = Vec::new();
    for id in wanted {
        match store.states().remove(&id) {
            Some((_, loaded)) => {
                found.insert(id, Ok(Working::of(Arc::unwrap_or_clone(loaded))));
            }
            None => missing.push(id),
        }
    }
    if !missing.is_empty() {
        let mut loaded = load_all(conn, &missing).await?;
        for id in missing {
            let working = match loaded.remove(&id) {
                Some(loaded) => loaded.map(Working::of),
                None => Ok(Working::absent()),
            };
            found.insert(id, working);
        }
    }
    Ok(found)
}

/// A batch while its commands are decided one after the other.
#[derive(Debug)]
struct Deciding {
    now: Timestamp,
    reference: Arc<Reference>,
    first_answers: BTreeMap<CommandId, FirstAnswer>,
    aggregates: BTreeMap<AggregateId, Result<Working, BrokenHistory>>,
    batch: Batch,
    /// Addresses taken by accounts of this batch.
    emails: BTreeMap<String, AggregateId>,
}

impl Deciding {
    async fn answer(
        &mut self,
        conn: &mut sqlx::SqliteConnection,
        submission: &Submission,
        print: &Fingerprint,
    ) -> Result<Outcome, StoreError> {
        if let Some(first) = self.first_answers.get(&submission.command_id) {
            return self.repeat(first.print == *print, first.outcome.clone(), submission);
        }
        let command_id: Arc<str> = submission.command_id.to_string().into();
        let outcome = self.decide(conn, submission, &command_id).await?;
        let (aggregate_id, version, position) = match self.aggregates.get_mut(&submission.aggregate)
        {
            Some(Ok(working)) => (
                working.id_text(submission.aggregate),
                working.version,
                working.position,
            ),
            Some(Err(_)) | None => return Ok(outcome),
        };
        if is_kept(submission) && !is_refused_message(&outcome, submission) {
            let rejection = match &outcome {
                Ok(_) => None,
                Err(Refusal::Rejected(rejection)) => Some(serde_json::to_string(rejection)?),
                Err(Refusal::Fault(_)) => return Ok(outcome),
            };
            self.batch.answer(CommandSlot {
                command_id,
                fingerprint: *print,
                aggregate_id,
                version,
                position,
                rejection,
            });
            let again = outcome.clone().map(|receipt| Receipt {
                replayed: true,
                ..receipt
            });
            self.first_answers.insert(
                submission.command_id,
                FirstAnswer {
                    print: *print,
                    outcome: again,
                },
            );
        }
        self.note_delivery(&outcome, submission)?;
        Ok(outcome)
    }

    fn repeat(
        &mut self,
        same: bool,
        outcome: Outcome,
        submission: &Submission,
    ) -> Result<Outcome, StoreError> {
        if !same {
            return Ok(Err(Refusal::Rejected(
                CommonRejection::CommandIdReused.into(),
            )));
        }
        self.note_delivery(&outcome, submission)?;
        Ok(outcome)
    }

    /// A message that was accepted needs no further delivery; the same transaction says so.
    fn note_delivery(
        &mut self,
        outcome: &Outcome,
        submission: &Submission,
    ) -> Result<(), StoreError> {
        match (outcome, &submission.actor.who) {
            (Ok(_), Who::Message(effect)) => self.batch.delivered(*effect),
            (Ok(_) | Err(_), _) => Ok(()),
        }
    }

    async fn decide(
        &mut self,
        conn: &mut sqlx::SqliteConnection,
        submission: &Submission,
        command_id: &Arc<str>,
    ) -> Result<Outcome, StoreError> {
        let id = submission.aggregate;
        let Some(entry) = self.aggregates.get_mut(&id) else {
            return Err(StoreError::inconsistent("aggregate", id));
        };
        let working = match entry {
            Ok(working) => working,
            Err(broken) => {
                tracing::error!(aggregate = %id, %broken, "a history does not fold");
                self.batch.stopped.insert(id, broken.to_string());
                return Ok(rejected(CommonRejection::Stopped));
            }
        };
        if let Some(refusal) = unexpected(submission.expected_version, working) {
            return Ok(rejected(refusal));
        }
        let context = Context {
            now: self.now,
            actor: &submission.actor,
            aggregate: id,
            command_id: submission.command_id,
            calendars: &self.reference.calendars,
            pathways: &self.reference.pathways,
            questionnaires: &self.reference.questionnaires,
        };
        let events = match State::decide(id, working.state.as_ref(), &submission.command, &context)
        {
            Ok(events) => events,
            Err(rejection) => return Ok(Err(Refusal::Rejected(rejection))),
        };
        if !events.is_empty() {
            if let Some(rejection) = email_taken(conn, &mut self.emails, id, &events).await? {
                return Ok(Err(Refusal::Rejected(rejection)));
            }
            let step = fold(working.state.take(), &events)?;
            let cause = Cause {
                actor: serde_json::to_string(&submission.actor)?.into(),
                command_id: Arc::clone(command_id),
            };
            self.batch.append(id, working, step, &cause)?;
        }
        Ok(Ok(Receipt {
            aggregate: id,
            version: working.version,
            position: working.position,
            replayed: false,
        }))
    }
}

fn rejected(refusal: CommonRejection) -> Outcome {
    Err(Refusal::Rejected(refusal.into()))
}

/// Why the version that the sender saw does not do.
fn unexpected(expected: Option<u64>, working: &Working) -> Option<CommonRejection> {
    let expected = expected?;
    match working.version {
        0 if expected != 0 => Some(CommonRejection::NotFound),
        actual if actual != expected => Some(CommonRejection::Conflict { expected, actual }),
        _ => None,
    }
}

/// Whether another open account has the address already, or takes it in this batch.
async fn email_taken(
    conn: &mut sqlx::SqliteConnection,
    taken: &mut BTreeMap<String, AggregateId>,
    id: AggregateId,
    events: &[Event],
) -> Result<Option<Rejection>, StoreError> {
    for email in events.iter().filter_map(new_email) {
        let known = match taken.get(email.as_str()) {
            Some(owner) => Some(owner.to_string()),
            None => lists::account_by_email(&mut *conn, email.as_str()).await?,
        };
        if known.is_some_and(|owner| owner != id.to_string()) {
            return Ok(Some(AccountRejection::EmailTaken.into()));
        }
        taken.insert(email.as_str().to_owned(), id);
    }
    Ok(None)
}

/// The address that an account has from this event on.
fn new_email(event: &Event) -> Option<&EmailAddress> {
    match event {
        Event::Account(AccountEvent::Opened { email, .. }) => Some(email),
        Event::Account(
            AccountEvent::Renamed { .. }
            | AccountEvent::LocaleChanged { .. }
            | AccountEvent::TokenIssued { .. }
            | AccountEvent::TokenRevoked { .. }
            | AccountEvent::Closed { .. },
        )
        | Event::Organization(_)
        | Event::Device(_)
        | Event::Case(_)
        | Event::Study(_)
        | Event::FeedbackRound(_)
        | Event::Consultation(_) => None,
    }
}

/// Folds what was decided. Events that do not fold are the program's mistake, not the history's: the command fails, the aggregate goes on.
fn fold(mut state: Option<State>, events: &[Event]) -> Result<Step, StoreError> {
    let mut stored = Vec::with_capacity(events.len());
    for event in events {
        let next = State::evolve(state, event)
            .map_err(|broken| StoreError::inconsistent("event", broken))?;
        stored.push((event.to_json()?, next.effects(event)));
        state = Some(next);
    }
    let state = state.ok_or_else(|| StoreError::inconsistent("event", "no event"))?;
    Ok(Step {
        state,
        events: stored,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Health, StoreOptions};
    use naru_domain::organization::OrganizationCommand;
    use naru_domain::{BothNames, OrganizationId, OrganizationKind, TypedId};
    use std::pin::pin;
    use std::task::{Context as Waiting, Waker};
    use uuid::Uuid;

    fn names(text: &str) -> BothNames {
        BothNames {
            ko: text.parse().unwrap(),
            en: text.parse().unwrap(),
        }
    }

    fn organization(n: u128) -> AggregateId {
        OrganizationId::from_uuid(Uuid::from_u128(n)).into()
    }

    fn submission(n: u128, aggregate: AggregateId, command: OrganizationCommand) -> Submission {
        Submission {
            command_id: CommandId::from_uuid(Uuid::from_u128(n)),
            aggregate,
            expected_version: None,
            actor: Actor::machine(),
            command: Command::Organization(command),
        }
    }

    fn register(n: u128, id: AggregateId) -> Submission {
        let kind = OrganizationKind::Startup;
        submission(
            n,
            id,
            OrganizationCommand::Register {
                kind,
                name: names("처음"),
                business_number: None,
            },
        )
    }

    fn rename(n: u128, id: AggregateId, text: &str) -> Submission {
        submission(n, id, OrganizationCommand::Rename { name: names(text) })
    }

    fn now() -> Timestamp {
        "2026-11-23T09:00:00Z".parse().unwrap()
    }

    async fn open(folder: &tempfile::TempDir) -> (Store, Committer) {
        let store = Store::open(StoreOptions::new(folder.path())).await.unwrap();
        (
            store.clone(),
            Committer::new(store, Arc::new(Reference::default())),
        )
    }

    async fn pages_max(store: &Store, text: &'static str) {
        let mut writer = store.writer().await;
        sqlx::query(text)
            .execute(writer.conn().await)
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn a_full_disk_fails_the_whole_batch_leaves_nothing_behind_and_shows_until_it_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let (store, mut committer) = open(&folder).await;
        assert!(
            committer
                .commit(now(), vec![register(1, organization(1))])
                .await[0]
                .is_ok()
        );
        pages_max(&store, "pragma max_page_count = 1").await;

        let batch: Vec<_> = (0..2_000)
            .map(|n| rename(10 + n, organization(1), &format!("이름 {n}")))
            .collect();
        let outcomes = committer.commit(now(), batch.clone()).await;
        assert!(
            outcomes
                .iter()
                .all(|o| matches!(o, Err(Refusal::Fault(StoreError::DiskFull { .. })))),
            "{:?}",
            outcomes[0]
        );
        assert!(matches!(
            store.health(),
            Health::Red(StoreError::DiskFull { .. })
        ));
        assert_eq!(
            store.load(organization(1)).await.unwrap().unwrap().version,
            1
        );

        pages_max(&store, "pragma max_page_count = 1000000").await;
        let outcomes = committer.commit(now(), batch).await;
        assert_eq!(outcomes.last().unwrap().as_ref().unwrap().version, 2_001);
        assert!(matches!(store.health(), Health::Green));
        assert_eq!(
            store.load(organization(1)).await.unwrap().unwrap().version,
            2_001
        );
        assert_eq!(store.verify(None).await.unwrap().unwrap().events, 2_001);
    }

    #[tokio::test]
    async fn a_commit_that_is_dropped_half_way_is_as_if_it_had_not_been_asked() {
        let folder = tempfile::tempdir().unwrap();
        let (store, mut committer) = open(&folder).await;
        for polls in 0..40_u128 {
            let id = organization(polls);
            {
                let mut commit = pin!(committer.commit(now(), vec![register(1_000 + polls, id)]));
                let mut waiting = Waiting::from_waker(Waker::noop());
                for _ in 0..polls {
                    if commit.as_mut().poll(&mut waiting).is_ready() {
                        break;
                    }
                    tokio::task::yield_now().await;
                }
            }
            let outcomes = committer
                .commit(
                    now(),
                    vec![rename(2_000 + polls, id, "둘"), register(1_000 + polls, id)],
                )
                .await;
            let version = store.load(id).await.unwrap().unwrap().version;
            // Either it was written before, and this was the second event, or it was written now.
            assert_eq!(version, if outcomes[0].is_ok() { 2 } else { 1 });
        }
        assert!(store.verify(None).await.unwrap().is_ok());
    }

    #[tokio::test]
    async fn a_broken_history_stops_that_aggregate_alone_until_it_is_repaired() {
        let folder = tempfile::tempdir().unwrap();
        let (store, mut committer) = open(&folder).await;
        let batch = vec![
            register(1, organization(1)),
            register(2, organization(2)),
            rename(3, organization(1), "둘"),
        ];
        assert!(
            committer
                .commit(now(), batch)
                .await
                .iter()
                .all(Result::is_ok)
        );
        drop(committer);
        let tamper = |text: &'static str| {
            let store = store.clone();
            async move {
                let mut writer = store.writer().await;
                sqlx::query(text)
                    .execute(writer.conn().await)
                    .await
                    .unwrap();
                store.states().clear();
            }
        };
        tamper(
            "drop trigger event_is_never_updated; update event set version = 7 where position = 3",
        )
        .await;
        let mut committer = Committer::new(store.clone(), Arc::new(Reference::default()));
        let batch = vec![
            rename(4, organization(1), "셋"),
            rename(5, organization(2), "셋"),
            rename(6, organization(1), "넷"),
        ];
        let outcomes = committer.commit(now(), batch.clone()).await;
        for stopped in [&outcomes[0], &outcomes[2]] {
            assert!(
                matches!(stopped, Err(Refusal::Rejected(r)) if *r == CommonRejection::Stopped.into()),
                "{stopped:?}"
            );
        }
        assert!(outcomes[1].is_ok());
        let incident = store.incidents().await.unwrap().remove(0);
        assert_eq!(
            (incident.aggregate, incident.effect),
            (organization(1), None)
        );
        assert_eq!(store.incidents().await.unwrap().len(), 1);
        let still = store.retry_incident(now(), incident.id).await.unwrap();
        assert_eq!(still, crate::RetriedIncident::StillBroken);

        tamper("update event set version = 2 where position = 3").await;
        let repaired = store.retry_incident(now(), incident.id).await.unwrap();
        assert_eq!(repaired, crate::RetriedIncident::AggregateGoesOn);
        assert!(store.incidents().await.unwrap().is_empty());
        // The refusal was not kept as the first answer: the same command is carried out now.
        assert!(committer.commit(now(), vec![batch[0].clone()]).await[0].is_ok());
    }

    #[tokio::test]
    async fn a_command_that_the_schema_refuses_fails_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (store, mut committer) = open(&folder).await;
        {
            let mut writer = store.writer().await;
            let trap = "create trigger trap before insert on event when new.payload like '%덫%' begin select raise(abort, 'trap'); end";
            sqlx::query(trap)
                .execute(writer.conn().await)
                .await
                .unwrap();
        }
        let batch = vec![
            register(1, organization(1)),
            rename(2, organization(1), "덫"),
            rename(3, organization(1), "셋"),
        ];
        let outcomes = committer.commit(now(), batch).await;
        assert!(outcomes[0].is_ok() && outcomes[2].is_ok(), "{outcomes:?}");
        assert!(matches!(
            outcomes[1],
            Err(Refusal::Fault(StoreError::Refused { .. }))
        ));
        assert_eq!(
            store.load(organization(1)).await.unwrap().unwrap().version,
            2
        );
        assert!(store.verify(None).await.unwrap().is_ok());
    }
}
