//! The one way in: commands become events, many commands in one transaction.

use crate::batch::{Batch, Working};
use crate::database::rows::{Append, Head};
use crate::database::{Writer, append, log};
use crate::deciding::{Deciding, fingerprint, first_answers, gather, is_kept};
use crate::{Store, StoreError};
use jiff::Timestamp;
use naru_domain::calendar::Calendars;
use naru_domain::feedback::Questionnaires;
use naru_domain::pathway::Catalog;
use naru_domain::{Actor, AggregateId, Command, CommandId, Rejection};
use quick_cache::unsync::Cache;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// Chosen by the sender; the same id again gets the first answer. Ids ordered by time (UUID v7) keep the file compact.
    pub command_id: CommandId,
    /// The aggregate it is for.
    pub aggregate: AggregateId,
    /// The version the sender saw; another one is refused as a conflict. 0 means that it must not exist yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
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
    /// The store failed, and nobody sees a change. If the process ends before the store has written anything else, or the database server
    /// went away in the middle, the command may turn out to have been carried out after all, as a whole; sent again with the same id, it gets
    /// the answer that holds.
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
    /// Where the log ends, unless the last transaction failed, and the writer's era in which that was known.
    head: Option<(u64, Head)>,
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
    pub async fn commit(
        &mut self,
        now: Timestamp,
        batch: impl AsRef<[Submission]>,
    ) -> Vec<Outcome> {
        let batch = batch.as_ref();
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
        let mut result = self.attempt(now, batch, lookup).await;
        if let (Lookup::OnCollision, Err(StoreError::Refused { .. })) = (lookup, &result) {
            result = self.attempt(now, batch, Lookup::Always).await;
        }
        for submission in batch.iter().filter(|submission| is_kept(submission)) {
            self.recent.insert(submission.command_id, ());
        }
        match result {
            Ok(outcomes) => outcomes,
            Err(fault) if 1 < batch.len() && fault.may_be_poison() => {
                tracing::warn!(%fault, commands = batch.len(), "a batch failed; trying its commands one by one");
                self.one_by_one(now, batch).await
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
        let mut writer = store.writer().await?;
        let era = writer.era();
        let conn = writer.conn();
        // Taken, so that after any failure below the true end is read again.
        let head = match self.head.take() {
            Some((known_in, head)) if known_in == era => head,
            Some(_) | None => log::head(&mut *conn).await?,
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
            self.head = Some((era, head));
        } else {
            let prepared = batch.finish(&mut aggregates)?;
            let result = write(&mut writer, prepared.append).await;
            if lookup == Lookup::Always || !matches!(result, Err(StoreError::Refused { .. })) {
                store.note_write(&result);
            }
            self.head = Some((era, result?));
            self.aftermath.effects += prepared.effects;
            let earliest = self.aftermath.earliest_wakeup;
            self.aftermath.earliest_wakeup =
                earliest.into_iter().chain(prepared.earliest_wakeup).min();
        }
        self.aftermath.position = self.head.map_or(0, |(_, head)| head.position);
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
    let conn = writer.conn_to_begin();
    let result = append::append(conn, append).await;
    writer.after_commit(result).await.map(|()| head)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::Connection;
    use crate::{Health, StoreOptions};
    use naru_domain::organization::OrganizationCommand;
    use naru_domain::{BothNames, OrganizationId, OrganizationKind, TypedId};
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
        let mut writer = store.writer().await.unwrap();
        match writer.conn() {
            Connection::Sqlite(conn) => sqlx::query(text).execute(conn).await.unwrap(),
            Connection::Postgres(_) => panic!("not in a file"),
        };
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
}
