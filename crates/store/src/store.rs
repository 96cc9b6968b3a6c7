//! The open store: one folder, one writer, a few readers, and the states that were used last.

use crate::StoreError;
use crate::database::rows::{ChainRow, CommandRow, EventRow};
use crate::database::{self, At, Knowledge, Readers, Writer, log};
use crate::documents::DocumentStore;
use crate::hash::{Hash, ORIGIN};
use crate::index::{self, Rows};
use crate::keys::CheckpointKey;
use crate::moving::check_not_moved;
use crate::outbox::Leases;
use crate::postgres::PostgresUrl;
use jiff::Timestamp;
use naru_domain::{Actor, AggregateId, BrokenHistory, CommandId, Event, Rejection, State};
use quick_cache::sync::Cache;
use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{MappedMutexGuard, MutexGuard};

/// How hard a commit is pushed to the disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Synchronous {
    /// A commit that was answered survives a power cut. The only setting for real data.
    #[default]
    Full,
    /// Loses answered commits in a power cut. Only for the harness that must see such losses, to show that it is not blind.
    NormalLosesCommits,
}

/// Which database keeps the record.
#[derive(Clone, Debug, Default)]
pub enum Database {
    /// SQLite, in a file in the data folder.
    #[default]
    Sqlite,
    /// A PostgreSQL server.
    Postgres(PostgresUrl),
}

/// Who else may write to the record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Writers {
    /// Nobody: all others are kept out.
    #[default]
    One,
    /// Processes that were opened in the same way. Only PostgreSQL has room for them.
    Many,
}

/// Where the store lies and how it is opened.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// The data folder; made if it is not there.
    pub folder: PathBuf,
    /// Which database keeps the record. Documents and keys are in the folder either way.
    pub database: Database,
    /// Who else may write to it.
    pub writers: Writers,
    /// How many aggregates' states are kept in memory.
    pub cached_states: usize,
    /// The name of a registered SQLite VFS. Only for harnesses that record or break writes.
    pub vfs: Option<String>,
    /// How hard a commit is pushed to the disk. Only harnesses change it.
    pub synchronous: Synchronous,
}

impl StoreOptions {
    /// The options for real data in `folder`.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            database: Database::Sqlite,
            writers: Writers::One,
            cached_states: 10_000,
            vfs: None,
            synchronous: Synchronous::Full,
        }
    }
}

/// An aggregate as it was after its last event.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// How many events it has.
    pub version: u64,
    /// The position of its last event in the log.
    pub position: u64,
    /// The fold of its events.
    pub state: State,
    pub(crate) hash: Hash,
    pub(crate) rows: Rows,
}

impl Loaded {
    /// When it asks to be woken, as it is stored: never earlier than the state says.
    pub fn wake_at(&self) -> Option<Timestamp> {
        let wake_at_us = self.state.next_wakeup().map(crate::batch::ceil_us)?;
        Timestamp::from_microsecond(wake_at_us).ok()
    }
}

/// An event with everything that is stored beside it.
#[derive(Clone, Debug)]
pub struct StoredEvent {
    /// Its place in the log.
    pub position: u64,
    /// The aggregate.
    pub aggregate: AggregateId,
    /// Its number in the aggregate, from 1.
    pub version: u64,
    /// When it happened.
    pub at: Timestamp,
    /// Who acted.
    pub actor: Actor,
    /// The command that caused it.
    pub command_id: CommandId,
    /// What happened.
    pub event: Event,
    /// The hash of this and all earlier events of the aggregate.
    pub hash: [u8; 32],
}

/// The first answer to a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandAnswer {
    /// The aggregate it was for.
    pub aggregate: AggregateId,
    /// The aggregate's version after it.
    pub version: u64,
    /// The position in the log after which readers see it.
    pub position: u64,
    /// Why it was refused, if it was.
    pub rejection: Option<Rejection>,
}

/// A wake-up whose time has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WakeUp {
    /// The aggregate to wake.
    pub aggregate: AggregateId,
    /// Its version when it asked.
    pub version: u64,
    /// When it asked to be woken.
    pub at: Timestamp,
}

/// Whether writing works.
#[derive(Clone, Debug, Default)]
pub enum Health {
    /// The last write succeeded.
    #[default]
    Green,
    /// The last write failed.
    Red(StoreError),
}

/// What went wrong when an aggregate was loaded.
#[derive(Clone, Debug)]
pub enum LoadError {
    /// The store failed.
    Store(StoreError),
    /// Its history does not fold.
    Broken(BrokenHistory),
}

/// The open store; clones share it.
#[derive(Clone, Debug)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    options: StoreOptions,
    /// None once closed.
    writer: tokio::sync::Mutex<Option<Writer>>,
    readers: Readers,
    states: Cache<AggregateId, Arc<Loaded>>,
    /// How far the log is known here: no state in memory is older than that.
    known: tokio::sync::Mutex<u64>,
    health: Mutex<Health>,
    leases: Mutex<Leases>,
    documents: DocumentStore,
    key: CheckpointKey,
    /// Held until the last clone is gone.
    _lock: File,
}

impl Store {
    /// Opens the folder, making it if it is not there, and the database. A second process gets [`StoreError::AlreadyOpen`] on the same folder,
    /// [`StoreError::InUse`] on the same PostgreSQL database, unless both admit others ([`Writers::Many`]).
    pub async fn open(options: StoreOptions) -> Result<Self, StoreError> {
        let folder = options.folder.clone();
        match (&options.database, options.writers) {
            (Database::Sqlite, Writers::Many) => return Err(StoreError::OneProcessOnly),
            (Database::Sqlite | Database::Postgres(_), _) => {}
        }
        if folder.is_file() {
            return Err(StoreError::NotAFolder { folder });
        }
        std::fs::create_dir_all(&folder).map_err(StoreError::file(&folder))?;
        let lock = lock(&folder, options.writers)?;
        match options.database {
            Database::Sqlite => check_not_moved(&folder, None)?,
            Database::Postgres(_) => {}
        }
        let (mut writer, readers) = database::connect(&options).await?;
        let known = log::head(&mut writer).await?.position;
        if options.writers == Writers::Many && 0 < known && !CheckpointKey::is_in(&folder) {
            return Err(StoreError::OtherFolder { folder });
        }
        let documents = DocumentStore::open(&folder.join("documents"))?;
        let key = CheckpointKey::open(&folder)?;
        Ok(Self {
            inner: Arc::new(Inner {
                writer: tokio::sync::Mutex::new(Some(Writer::new(writer))),
                readers,
                states: Cache::new(options.cached_states),
                known: tokio::sync::Mutex::new(known),
                options,
                health: Mutex::default(),
                leases: Mutex::default(),
                documents,
                key,
                _lock: lock,
            }),
        })
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        &self.inner.options.folder
    }

    /// Which database keeps the record.
    pub fn database(&self) -> &Database {
        &self.inner.options.database
    }

    /// Who else may write to it.
    pub fn writers(&self) -> Writers {
        self.inner.options.writers
    }

    pub(crate) fn options(&self) -> &StoreOptions {
        &self.inner.options
    }

    /// The documents.
    pub fn documents(&self) -> &DocumentStore {
        &self.inner.documents
    }

    /// Whether writing works.
    pub fn health(&self) -> Health {
        self.inner
            .health
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// An aggregate as it is now, or nothing if it has no event.
    pub async fn load(&self, id: AggregateId) -> Result<Option<Arc<Loaded>>, LoadError> {
        // A committer that writes meanwhile takes the placeholder away, so an older state never replaces a newer one.
        let guard = match self.inner.states.get_value_or_guard_async(&id).await {
            Ok(loaded) => return Ok(Some(loaded)),
            Err(guard) => guard,
        };
        let mut loaded = load_all(self.readers().into(), &[id])
            .await
            .map_err(LoadError::Store)?;
        match loaded.remove(&id) {
            None => Ok(None),
            Some(Err(broken)) => Err(LoadError::Broken(broken)),
            Some(Ok(loaded)) => {
                let loaded = Arc::new(loaded);
                if guard.insert(Arc::clone(&loaded)).is_err() {
                    tracing::trace!(aggregate = %id, "somebody wrote while this was read");
                }
                Ok(Some(loaded))
            }
        }
    }

    /// Every event of one aggregate, oldest first.
    pub async fn events_of(&self, id: AggregateId) -> Result<Vec<StoredEvent>, StoreError> {
        let rows = log::events_of(self.readers(), &id.to_string()).await?;
        rows.into_iter().map(StoredEvent::try_from).collect()
    }

    /// The events after a position, in the order of the log, at most `limit`.
    pub async fn events_after(
        &self,
        position: u64,
        limit: u32,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let rows = log::events_after(self.readers(), position, limit).await?;
        rows.into_iter().map(StoredEvent::try_from).collect()
    }

    /// The position of the last event.
    pub async fn last_position(&self) -> Result<u64, StoreError> {
        Ok(log::head(self.readers()).await?.position)
    }

    /// The first answer to a command, if it was ever seen.
    pub async fn command_answer(&self, id: CommandId) -> Result<Option<CommandAnswer>, StoreError> {
        let ids = serde_json::to_string(&[id])?;
        let rows = log::answers(self.readers(), &ids).await?;
        rows.into_iter()
            .next()
            .map(|row| CommandAnswer::try_from(&row))
            .transpose()
    }

    /// Wake-ups whose time has come, the longest overdue first.
    pub async fn due_wakeups(&self, now: Timestamp, limit: u32) -> Result<Vec<WakeUp>, StoreError> {
        log::due_wake_ups(self.readers(), now.as_microsecond(), limit)
            .await?
            .into_iter()
            .map(|row| {
                Ok(WakeUp {
                    aggregate: aggregate_id(&row.aggregate_id)?,
                    version: row.version,
                    at: timestamp(row.at_us)?,
                })
            })
            .collect()
    }

    /// The earliest wake-up of all, due or not.
    pub async fn next_wakeup(&self) -> Result<Option<Timestamp>, StoreError> {
        log::next_wake_up(self.readers())
            .await?
            .map(timestamp)
            .transpose()
    }

    /// Waits for the readers and the writer and closes the file; after it, only [`Store::open`] works again.
    pub async fn close(&self) {
        self.inner.readers.close().await;
        if let Some(writer) = self.inner.writer.lock().await.take()
            && let Err(error) = writer.close().await
        {
            tracing::warn!(%error, "the database did not close cleanly; it is repaired when it is opened again");
        }
    }

    pub(crate) fn checkpoint_key(&self) -> &CheckpointKey {
        &self.inner.key
    }

    pub(crate) fn readers(&self) -> &Readers {
        &self.inner.readers
    }

    /// The one writer, as soon as nobody else has it.
    pub(crate) async fn writer(&self) -> Result<MappedMutexGuard<'_, Writer>, StoreError> {
        let writer = self.inner.writer.lock().await;
        let mut writer = MutexGuard::try_map(writer, Option::as_mut)
            .map_err(|_| StoreError::from(sqlx::Error::PoolClosed))?;
        let ready = writer.make_ready().await;
        if ready.is_err() {
            self.note_write(&ready);
        }
        if ready? == Knowledge::IsStale {
            // Whoever reads meanwhile what was true before cannot put it back: its place is cleared as well.
            self.inner.states.clear();
        }
        Ok(writer)
    }

    /// Asks the database server whether it is still there, so that [`Store::health`] tells it without a command, and connects again when it is
    /// back. The answer is a number that changes whenever something may have been written that nobody was told of. SQLite is always there.
    pub async fn pulse(&self) -> Result<u64, StoreError> {
        match self.database() {
            Database::Sqlite => return Ok(0),
            Database::Postgres(_) => {}
        }
        let mut writer = self.writer().await?;
        if let Err(error) = writer.conn().ping().await {
            tracing::debug!(%error, "the connection was lost; connecting again");
            drop(writer);
            writer = self.writer().await?;
        }
        let era = writer.era();
        drop(writer);
        if let Health::Red(StoreError::Away { .. } | StoreError::InUse { .. }) = self.health() {
            self.note_write(&Ok(()));
        }
        Ok(era)
    }

    pub(crate) fn known(&self) -> &tokio::sync::Mutex<u64> {
        &self.inner.known
    }

    pub(crate) fn states(&self) -> &Cache<AggregateId, Arc<Loaded>> {
        &self.inner.states
    }

    pub(crate) fn leases(&self) -> std::sync::MutexGuard<'_, Leases> {
        self.inner
            .leases
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps whether the last write succeeded, and says so once when that changes.
    pub(crate) fn note_write<T>(&self, result: &Result<T, StoreError>) {
        let mut health = self
            .inner
            .health
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match (&*health, result) {
            (Health::Green, Ok(_)) => {}
            (Health::Red(_), Ok(_)) => {
                tracing::info!("the store can be written again");
                *health = Health::Green;
            }
            (Health::Green, Err(error)) => {
                tracing::error!(%error, "the store cannot be written");
                *health = Health::Red(error.clone());
            }
            (Health::Red(_), Err(error)) => {
                tracing::debug!(%error, "the store still cannot be written");
                *health = Health::Red(error.clone());
            }
        }
    }
}

/// Takes the folder's lock, which is held for as long as the file is open.
pub(crate) fn lock(folder: &Path, writers: Writers) -> Result<File, StoreError> {
    let path = folder.join("naru.lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(StoreError::file(&path))?;
    let taken = match writers {
        Writers::One => file.try_lock(),
        Writers::Many => file.try_lock_shared(),
    };
    match taken {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::AlreadyOpen {
            folder: folder.to_owned(),
        }),
        Err(TryLockError::Error(error)) => Err(StoreError::file(path)(error)),
    }
}

/// Loads several aggregates with one query; those without events are not in the answer.
pub(crate) async fn load_all(
    at: At<'_>,
    ids: &[AggregateId],
) -> Result<BTreeMap<AggregateId, Result<Loaded, BrokenHistory>>, StoreError> {
    let wanted = serde_json::to_string(ids)?;
    let rows = log::chains(at, &wanted).await?;
    let mut folds: BTreeMap<AggregateId, Result<Fold, BrokenHistory>> = BTreeMap::new();
    for row in rows {
        let id = aggregate_id(&row.aggregate_id)?;
        let fold = folds.remove(&id).unwrap_or_else(|| Ok(Fold::default()));
        folds.insert(id, fold.and_then(|fold| fold.step(id, &row)));
    }
    Ok(folds
        .into_iter()
        .map(|(id, fold)| (id, fold.and_then(|fold| fold.finish(id))))
        .collect())
}

/// An aggregate on the way from its first event to its last.
#[derive(Debug)]
struct Fold {
    version: u64,
    position: u64,
    hash: Hash,
    state: Option<State>,
}

impl Default for Fold {
    fn default() -> Self {
        Self {
            version: 0,
            position: 0,
            hash: ORIGIN,
            state: None,
        }
    }
}

impl Fold {
    fn step(self, id: AggregateId, row: &ChainRow) -> Result<Self, BrokenHistory> {
        if row.version != self.version + 1 {
            return Err(BrokenHistory::new(
                id,
                format!("version {} after version {}", row.version, self.version),
            ));
        }
        let event = Event::from_json(id.kind(), &row.payload).map_err(|error| {
            BrokenHistory::new(
                id,
                format!("an unreadable event at version {}: {error}", row.version),
            )
        })?;
        let state = State::evolve(self.state, &event)?;
        Ok(Self {
            version: row.version,
            position: row.position,
            hash: row.hash,
            state: Some(state),
        })
    }

    fn finish(self, id: AggregateId) -> Result<Loaded, BrokenHistory> {
        let state = self
            .state
            .ok_or_else(|| BrokenHistory::new(id, "nothing"))?;
        Ok(Loaded {
            version: self.version,
            position: self.position,
            rows: index::rows(&state),
            state,
            hash: self.hash,
        })
    }
}

impl TryFrom<EventRow> for StoredEvent {
    type Error = StoreError;
    fn try_from(row: EventRow) -> Result<Self, StoreError> {
        let aggregate = aggregate_id(&row.aggregate_id)?;
        let unreadable = |error: serde_json::Error| {
            StoreError::inconsistent("event", format!("position {}: {error}", row.position))
        };
        Ok(Self {
            position: row.position,
            aggregate,
            version: row.version,
            at: timestamp(row.at_us)?,
            actor: serde_json::from_str(&row.actor).map_err(unreadable)?,
            command_id: row
                .command_id
                .parse()
                .map_err(|problem| StoreError::inconsistent("event", problem))?,
            event: Event::from_json(aggregate.kind(), &row.payload).map_err(unreadable)?,
            hash: row
                .hash
                .try_into()
                .map_err(|_| StoreError::inconsistent("event", "a short hash"))?,
        })
    }
}

impl TryFrom<&CommandRow> for CommandAnswer {
    type Error = StoreError;
    fn try_from(row: &CommandRow) -> Result<Self, StoreError> {
        Ok(Self {
            aggregate: aggregate_id(&row.aggregate_id)?,
            version: row.version,
            position: row.position,
            rejection: row
                .rejection
                .as_deref()
                .map(serde_json::from_str)
                .transpose()?,
        })
    }
}

/// The aggregate that a stored id names.
pub(crate) fn aggregate_id(text: &str) -> Result<AggregateId, StoreError> {
    text.parse()
        .map_err(|problem| StoreError::inconsistent("aggregate", problem))
}

/// The instant that a stored number of microseconds names.
pub(crate) fn timestamp(at_us: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(at_us).map_err(|_| StoreError::inconsistent("event", at_us))
}
