//! Moving a record from the file in a data folder to a PostgreSQL database, with everything that is in flight.
//!
//! The folder's lock and the database's are held meanwhile, so nobody writes on either side. The log goes first, page by page, and a later try
//! goes on behind the last page. What changes all the time (answers, wake-ups, effects, incidents) goes in one transaction, anew in every try.
//! Then the record is proved where it has arrived and compared row by row. Until that is done a mark on the database keeps every other program
//! out of it, and from then on a mark in the folder keeps them from writing to the file.

use crate::audit::{Trusted, verify};
use crate::database::rows::RawEvent;
use crate::database::{self, Connection, audit, index_tables, log, moving as sql};
use crate::documents::DocumentStore;
use crate::index::Table;
use crate::postgres::PostgresUrl;
use crate::postgres::moving::Target;
use crate::reindex::rebuild;
use crate::store::{StoreOptions, Writers, lock};
use crate::{Broken, Store, StoreError, Whole};
use data_encoding::HEXLOWER;
use futures_util::stream::StreamExt;
use naru_domain::Sha256Hex;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Write;
use std::path::Path;

/// Says in a data folder where its record has gone.
const MARK: &str = "naru.moved";
/// Events and rows that travel at once.
const PAGE: u32 = 1_000;

/// A table that goes across row by row, as it is. The log goes before them, and index tables are computed from it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carried {
    Checkpoint,
    Command,
    Aggregate,
    Outbox,
    Incident,
    Credential,
    ConsoleSession,
    Passkey,
}

impl Carried {
    pub(crate) const ALL: [Self; 8] = [
        Self::Checkpoint,
        Self::Command,
        Self::Aggregate,
        Self::Outbox,
        Self::Incident,
        Self::Credential,
        Self::ConsoleSession,
        Self::Passkey,
    ];

    /// Its name in SQL.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Checkpoint => "checkpoint",
            Self::Command => "command",
            Self::Aggregate => "aggregate",
            Self::Outbox => "outbox",
            Self::Incident => "incident",
            Self::Credential => "credential",
            Self::ConsoleSession => "console_session",
            Self::Passkey => "passkey",
        }
    }
}

/// A record that is on PostgreSQL now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// What the proof of the record in its new place looked at.
    pub whole: Whole,
    /// The position of the last event that came from the folder.
    pub position: u64,
    /// The log hash at that position, the same on both sides, in hexadecimal digits.
    pub log_hash: String,
    /// The last event that an earlier try had taken across; all of them, if the move was finished before.
    pub was_there: u64,
    /// How many rows of each other table were compared and found the same. Empty if the move was finished before.
    pub compared: BTreeMap<&'static str, u64>,
    /// Files that the record names; they stay in the folder.
    pub files: u64,
    /// Those of them that are not in the folder, or not as long as the record says.
    pub missing_files: Vec<String>,
}

impl Store {
    /// Moves the record in a data folder to a database that is empty, or that an earlier try left unfinished. Doing it again after it succeeded
    /// proves the record again and changes nothing. A record that is not whole stays where it is.
    pub async fn move_to(
        folder: &Path,
        to: &PostgresUrl,
    ) -> Result<Result<Moved, Broken>, StoreError> {
        let _lock = lock(folder, Writers::One)?;
        check_not_moved(folder, Some(to))?;
        let trusted = Trusted::by_own_key(folder)?;
        let (mut source, readers) = database::connect(&StoreOptions::new(folder)).await?;
        let moved = move_from(&mut source, folder, to, &trusted).await;
        readers.close().await;
        source.close().await?;
        moved
    }
}

async fn move_from(
    source: &mut Connection,
    folder: &Path,
    to: &PostgresUrl,
    trusted: &Trusted,
) -> Result<Result<Moved, Broken>, StoreError> {
    if let Err(broken) = prove(source, trusted).await? {
        return Ok(Err(broken));
    }
    let head = log::head(&mut *source).await?;
    tracing::info!(events = head.position, "the record in the folder is whole");
    let (mut target, holds) = sql::open(to).await?;
    let was_there = check_same_log(source, &mut target, holds).await?;
    if holds == Target::Open {
        append_after(source, &mut target, was_there).await?;
        replace_the_rest(source, &mut target).await?;
    }
    tracing::info!("proving and comparing what has arrived");
    let whole = match prove(&mut target, trusted).await? {
        Ok(whole) => whole,
        Err(broken) => return Ok(Err(broken)),
    };
    let mut compared = BTreeMap::new();
    if holds == Target::Open {
        for table in Carried::ALL {
            let n_rows = compare(source, &mut target, table).await?;
            compared.insert(table.name(), n_rows);
        }
    }
    let (files, missing_files) = look_for_files(&mut target, folder).await?;
    // The folder first: nobody may write to either side if this ends between the two.
    mark(folder, to).map_err(StoreError::file(folder.join(MARK)))?;
    if holds == Target::Open {
        sql::finish(&mut target).await?;
    }
    target.close().await?;
    Ok(Ok(Moved {
        whole,
        position: head.position,
        log_hash: HEXLOWER.encode(&head.log_hash),
        was_there,
        compared,
        files,
        missing_files,
    }))
}

async fn prove(
    conn: &mut Connection,
    trusted: &Trusted,
) -> Result<Result<Whole, Broken>, StoreError> {
    let proof = verify(&mut *conn, trusted).await?;
    conn.rollback().await?;
    Ok(proof)
}

/// How much of the source's log the target has. Anything but the beginning of it, or a log in use that goes on behind it, is somebody else's.
async fn check_same_log(
    source: &mut Connection,
    target: &mut Connection,
    holds: Target,
) -> Result<u64, StoreError> {
    let here = log::head(&mut *source).await?;
    let there = log::head(&mut *target).await?;
    let shared = here.position.min(there.position);
    let is_same = log_hash_at(source, shared).await? == log_hash_at(target, shared).await?;
    let fits = match holds {
        Target::Open => there.position <= here.position,
        Target::Record => 0 < here.position && here.position <= there.position,
    };
    if is_same && fits {
        Ok(shared)
    } else {
        Err(StoreError::OtherRecord {
            events: there.position,
        })
    }
}

/// The log hash after an event, or nothing before the first.
async fn log_hash_at(conn: &mut Connection, position: u64) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(before) = position.checked_sub(1) else {
        return Ok(None);
    };
    let events = audit::raw_events_after(conn, before, 1).await?;
    Ok(events.into_iter().next().map(|event| event.log_hash))
}

async fn append_after(
    source: &mut Connection,
    target: &mut Connection,
    position: u64,
) -> Result<(), StoreError> {
    let mut position = position;
    loop {
        let page: Vec<RawEvent> = audit::raw_events_after(&mut *source, position, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        position = last.position;
        sql::append(target, &page).await?;
        tracing::info!(events = position, "taken across");
    }
}

/// Everything but the log, in one transaction.
async fn replace_the_rest(
    source: &mut Connection,
    target: &mut Connection,
) -> Result<(), StoreError> {
    target.begin().await?;
    let replaced = async {
        // What the log alone gives, then what the source says beside it: where wake-ups were stopped, and what waits for a person.
        rebuild(&mut *target).await?;
        for table in Carried::ALL {
            sql::clear(&mut *target, table).await?;
            copy(&mut *source, &mut *target, table).await?;
        }
        sql::count_incidents_on(&mut *target).await
    };
    replaced.await?;
    target.commit().await
}

async fn copy(
    source: &mut Connection,
    target: &mut Connection,
    table: Carried,
) -> Result<(), StoreError> {
    let page = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let mut pages = sql::rows(source, table).chunks(page);
    while let Some(rows) = pages.next().await {
        let rows = rows
            .into_iter()
            .collect::<Result<Vec<Value>, StoreError>>()?;
        sql::insert(&mut *target, table, &Value::Array(rows).to_string()).await?;
    }
    Ok(())
}

/// How many rows a table has, on both sides the same ones.
async fn compare(
    source: &mut Connection,
    target: &mut Connection,
    table: Carried,
) -> Result<u64, StoreError> {
    let mut here = sql::rows(source, table);
    let mut there = sql::rows(target, table);
    let mut n_rows = 0;
    loop {
        match (
            here.next().await.transpose()?,
            there.next().await.transpose()?,
        ) {
            (None, None) => return Ok(n_rows),
            (Some(one), Some(other)) if one == other => n_rows += 1,
            (_, _) => {
                return Err(StoreError::NotTheSame {
                    table: table.name(),
                });
            }
        }
    }
}

/// The columns of `document_row` that say which file it is.
#[derive(Debug, Deserialize)]
struct DocumentRow(
    IgnoredAny,
    IgnoredAny,
    IgnoredAny,
    Sha256Hex,
    IgnoredAny,
    IgnoredAny,
    u64,
    IgnoredAny,
);

/// The files that the record names, and those of them that are not in the folder as it says.
async fn look_for_files(
    target: &mut Connection,
    folder: &Path,
) -> Result<(u64, Vec<String>), StoreError> {
    let documents = DocumentStore::open(&folder.join("documents"))?;
    let rows = index_tables::dump(target, Table::Document).await?;
    let mut files = BTreeSet::new();
    for row in &rows {
        let DocumentRow(_, _, _, sha256, _, _, size_bytes, _) = serde_json::from_str(row)?;
        files.insert((sha256, size_bytes));
    }
    let mut missing = Vec::new();
    for (sha256, size_bytes) in &files {
        if documents.size(sha256).await? != Some(*size_bytes) {
            missing.push(sha256.to_string());
        }
    }
    Ok((u64::try_from(files.len()).unwrap_or(u64::MAX), missing))
}

/// Says in the folder where the record has gone, durably.
fn mark(folder: &Path, to: &PostgresUrl) -> std::io::Result<()> {
    let (mark, aside) = (folder.join(MARK), folder.join("naru.moved.new"));
    let mut file = File::create(&aside)?;
    writeln!(file, "{to}")?;
    file.sync_all()?;
    std::fs::rename(&aside, &mark)?;
    File::open(folder)?.sync_all()
}

/// Refuses a folder whose record has gone to a database, unless it is the one that is asked for.
pub(crate) fn check_not_moved(folder: &Path, to: Option<&PostgresUrl>) -> Result<(), StoreError> {
    let path = folder.join(MARK);
    let moved_to = match std::fs::read_to_string(&path) {
        Ok(text) => text.trim_end().to_owned(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(StoreError::file(path)(error)),
    };
    if to.is_some_and(|to| to.to_string() == moved_to) {
        return Ok(());
    }
    Err(StoreError::Moved {
        folder: folder.to_owned(),
        to: moved_to,
    })
}
