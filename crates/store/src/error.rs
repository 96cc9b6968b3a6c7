//! Faults: what goes wrong between the record and the disk.

use sqlx::postgres::PgDatabaseError;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;

/// Whether doing the same again can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// The same may succeed later: the disk was full, the file was busy.
    Later,
    /// The same will fail again.
    Never,
    /// Somebody else was first; look again, then decide anew.
    Conflict,
}

/// Why the store could not do what it was asked. Cheap to clone, because one failed transaction fails every command in it.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process has the folder open.
    #[error("`{}` is in use by another naru process; stop that one first", folder.display())]
    AlreadyOpen {
        /// The data folder.
        folder: PathBuf,
    },
    /// Another process, on whatever machine, writes to the PostgreSQL database.
    #[error("`{database}` is in use by another naru process; stop that one first")]
    InUse {
        /// The database.
        database: String,
    },
    /// The PostgreSQL server cannot be reached, or does not let us in.
    #[error("the database cannot be reached: {source}")]
    Away {
        /// What the way there said.
        source: Arc<sqlx::Error>,
    },
    /// The PostgreSQL database is not empty, and what is in it is not Naru's.
    #[error(
        "the database holds {found}, and no record of naru; give naru an empty database of its own"
    )]
    NotNaru {
        /// What it holds.
        found: String,
    },
    /// The PostgreSQL database cannot hold Korean.
    #[error("the database is encoded in `{found}`; make one in `UTF8`")]
    WrongEncoding {
        /// The encoding found.
        found: String,
    },
    /// A PostgreSQL database is copied by its own tools.
    #[error(
        "a record in PostgreSQL is copied with `pg_dump`, not by naru; docs/operations.md says how"
    )]
    NoCopy,
    /// A move into the PostgreSQL database was begun and not finished.
    #[error(
        "the database holds a part of a record that is being moved into it; run `naru move` again until it is done"
    )]
    HalfMoved,
    /// The record of the folder is on PostgreSQL now.
    #[error(
        "the record of `{}` was moved to {to}; start naru with --database-url and that address (the file is what it was before the move; to go back to it, remove `naru.moved` from the folder)", folder.display()
    )]
    Moved {
        /// The data folder.
        folder: PathBuf,
        /// The database, without user and password.
        to: String,
    },
    /// The database that a record is to move to holds one already.
    #[error(
        "the database holds another record, of {events} events; give `naru move` an empty database"
    )]
    OtherRecord {
        /// How long it is.
        events: u64,
    },
    /// What was moved is not what was read.
    #[error(
        "table `{table}` is not the same on both sides; nothing is lost, the folder still has the record; run `naru move` again"
    )]
    NotTheSame {
        /// The table.
        table: &'static str,
    },
    /// A record moves to PostgreSQL only.
    #[error("a record can only move to a PostgreSQL database")]
    NoWayBack,
    /// The record was written by a newer program.
    #[error(
        "the record has schema version {found}, this program knows {known}; install the newer naru"
    )]
    TooNew {
        /// The schema version found.
        found: i64,
        /// The newest schema version this program knows.
        known: i64,
    },
    /// The SQLite linked into the program can corrupt its log.
    #[error("sqlite {found} is too old; {needed} or newer is needed")]
    OldSqlite {
        /// The version linked in.
        found: String,
        /// The oldest version accepted.
        needed: &'static str,
    },
    /// What should be the data folder is something else.
    #[error("`{}` is a file, not a folder; name the data folder with --data", folder.display())]
    NotAFolder {
        /// What was named as the data folder.
        folder: PathBuf,
    },
    /// A file or folder could not be made, read or written.
    #[error("cannot use `{}`: {source}{}", path.display(), advice(source))]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: Arc<std::io::Error>,
    },
    /// The disk has no room.
    #[error("the disk is full; make room on it")]
    DiskFull {
        /// What the database said.
        source: Arc<sqlx::Error>,
    },
    /// The folder or the file may not be written.
    #[error("the data folder is read-only; let the account that runs naru write there")]
    ReadOnly {
        /// What the database said.
        source: Arc<sqlx::Error>,
    },
    /// The disk failed to read or write.
    #[error("the disk failed or has no room; check it, then start again ({source})")]
    Disk {
        /// What the database said.
        source: Arc<sqlx::Error>,
    },
    /// The database file cannot be opened.
    #[error(
        "the database file cannot be opened; check that it is a file and that the account that runs naru may use it ({source})"
    )]
    CannotOpen {
        /// What the database said.
        source: Arc<sqlx::Error>,
    },
    /// The database file is not a database, or is damaged.
    #[error("the database file is damaged; leave it as it is and restore a backup ({source})")]
    Damaged {
        /// What the database said.
        source: Arc<sqlx::Error>,
    },
    /// Someone else held the database for too long.
    #[error("the database is busy; wait for the other program that uses it, or stop that one")]
    Busy {
        /// What the database said.
        source: Arc<sqlx::Error>,
    },
    /// Another process has written since this one last looked; deciding again on what is there now helps.
    #[error("another process has written meanwhile")]
    Overtaken,
    /// Only PostgreSQL admits several processes that write.
    #[error(
        "a record in a file admits one process; keep it on PostgreSQL to work on it from several"
    )]
    OneProcessOnly,
    /// The folder has no key, and the record was written beside one.
    #[error(
        "`{}` is not the data folder that belongs to this record: every process of an installation uses the same one, for documents and keys", folder.display()
    )]
    OtherFolder {
        /// The data folder.
        folder: PathBuf,
    },
    /// A row broke a rule of the schema.
    #[error("a row was refused by the schema: {source}")]
    Refused {
        /// What the database said.
        source: Arc<sqlx::Error>,
    },
    /// Any other failure of the database.
    #[error("the database failed: {source}")]
    Database {
        /// What the database said.
        source: Arc<sqlx::Error>,
    },
    /// The schema could not be brought up to date.
    #[error("the schema could not be brought up to date: {source}")]
    Migration {
        /// What went wrong.
        source: Arc<sqlx::migrate::MigrateError>,
    },
    /// A stored row says something that cannot be.
    #[error("table `{table}` holds `{found}` where that cannot be")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// What was found.
        found: String,
    },
    /// Something could not be written as JSON.
    #[error("cannot be written as JSON: {0}")]
    Json(Arc<serde_json::Error>),
    /// A document could not be stored or read.
    #[error("the document could not be stored or read: {0}")]
    Document(Arc<object_store::Error>),
    /// The uploaded bytes are not the ones that were announced.
    #[error("the document has {found}, but {announced} was announced")]
    WrongContent {
        /// What was announced.
        announced: String,
        /// What came.
        found: String,
    },
    /// The signing key could not be used.
    #[error("the signing key in `{}` cannot be used; put back the copy of it that is kept elsewhere", path.display())]
    Key {
        /// Where it lies.
        path: PathBuf,
    },
}

impl StoreError {
    /// Whether doing the same again can help.
    pub fn retry(&self) -> Retry {
        match self {
            Self::DiskFull { .. }
            | Self::Disk { .. }
            | Self::Busy { .. }
            | Self::Away { .. }
            | Self::InUse { .. } => Retry::Later,
            Self::Refused { .. } | Self::Overtaken => Retry::Conflict,
            Self::AlreadyOpen { .. }
            | Self::NotNaru { .. }
            | Self::WrongEncoding { .. }
            | Self::NoCopy
            | Self::OneProcessOnly
            | Self::OtherFolder { .. }
            | Self::HalfMoved
            | Self::Moved { .. }
            | Self::OtherRecord { .. }
            | Self::NotTheSame { .. }
            | Self::NoWayBack
            | Self::TooNew { .. }
            | Self::OldSqlite { .. }
            | Self::NotAFolder { .. }
            | Self::File { .. }
            | Self::ReadOnly { .. }
            | Self::CannotOpen { .. }
            | Self::Damaged { .. }
            | Self::Database { .. }
            | Self::Migration { .. }
            | Self::Inconsistent { .. }
            | Self::Json(_)
            | Self::Document(_)
            | Self::WrongContent { .. }
            | Self::Key { .. } => Retry::Never,
        }
    }

    /// Whether one command of a batch can be the cause, so that the others are worth trying without it.
    pub(crate) fn may_be_poison(&self) -> bool {
        match self {
            Self::Refused { .. }
            | Self::Database { .. }
            | Self::Inconsistent { .. }
            | Self::Json(_) => true,
            Self::AlreadyOpen { .. }
            | Self::InUse { .. }
            | Self::Away { .. }
            | Self::NotNaru { .. }
            | Self::WrongEncoding { .. }
            | Self::NoCopy
            | Self::Overtaken
            | Self::OneProcessOnly
            | Self::OtherFolder { .. }
            | Self::HalfMoved
            | Self::Moved { .. }
            | Self::OtherRecord { .. }
            | Self::NotTheSame { .. }
            | Self::NoWayBack
            | Self::TooNew { .. }
            | Self::OldSqlite { .. }
            | Self::NotAFolder { .. }
            | Self::File { .. }
            | Self::DiskFull { .. }
            | Self::ReadOnly { .. }
            | Self::CannotOpen { .. }
            | Self::Disk { .. }
            | Self::Damaged { .. }
            | Self::Busy { .. }
            | Self::Migration { .. }
            | Self::Document(_)
            | Self::WrongContent { .. }
            | Self::Key { .. } => false,
        }
    }

    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File {
            path,
            source: Arc::new(source),
        }
    }

    pub(crate) fn inconsistent(table: &'static str, found: impl std::fmt::Display) -> Self {
        Self::Inconsistent {
            table,
            found: found.to_string(),
        }
    }
}

/// What to do about a failure of the file system, where that is plain.
fn advice(source: &std::io::Error) -> &'static str {
    let kind = source.kind();
    if matches!(
        kind,
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem
    ) {
        "; let the account that runs naru write there"
    } else if kind == ErrorKind::StorageFull {
        "; make room on the disk"
    } else {
        ""
    }
}

/// The primary result codes of SQLite that mean something to us.
/// <https://www.sqlite.org/rescode.html>
mod code {
    pub(super) const BUSY: i64 = 5;
    pub(super) const LOCKED: i64 = 6;
    pub(super) const READONLY: i64 = 8;
    pub(super) const IOERR: i64 = 10;
    pub(super) const CORRUPT: i64 = 11;
    pub(super) const FULL: i64 = 13;
    pub(super) const CANTOPEN: i64 = 14;
    pub(super) const CONSTRAINT: i64 = 19;
    pub(super) const NOTADB: i64 = 26;
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let known = error.as_database_error().map(|answer| {
            match answer.try_downcast_ref::<PgDatabaseError>() {
                Some(answer) => of_postgres(answer.code()),
                None => of_sqlite(answer.code().as_deref()),
            }
        });
        let away = matches!(
            error,
            sqlx::Error::Io(_)
                | sqlx::Error::Tls(_)
                | sqlx::Error::Protocol(_)
                | sqlx::Error::PoolTimedOut
        );
        let source = Arc::new(error);
        match known.flatten() {
            Some(variant) => variant(source),
            None if away => Self::Away { source },
            None => Self::Database { source },
        }
    }
}

/// What becomes of an answer of the database.
type Variant = fn(Arc<sqlx::Error>) -> StoreError;

fn of_sqlite(extended: Option<&str>) -> Option<Variant> {
    let code: i64 = extended?.parse().ok()?;
    Some(match code & 0xff {
        code::BUSY | code::LOCKED => |source| StoreError::Busy { source },
        code::READONLY => |source| StoreError::ReadOnly { source },
        code::CANTOPEN => |source| StoreError::CannotOpen { source },
        code::IOERR => |source| StoreError::Disk { source },
        code::FULL => |source| StoreError::DiskFull { source },
        code::CORRUPT | code::NOTADB => |source| StoreError::Damaged { source },
        code::CONSTRAINT => |source| StoreError::Refused { source },
        _ => return None,
    })
}

/// The codes of PostgreSQL that mean something to us.
/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
fn of_postgres(code: &str) -> Option<Variant> {
    Some(match code {
        // The disk is full; the configured limits are another thing.
        "53100" => |source| StoreError::DiskFull { source },
        // A trigger of the schema said no.
        "P0001" => |source| StoreError::Refused { source },
        "25006" => |source| StoreError::ReadOnly { source },
        // A lock that was not to be had, a deadlock, a statement that somebody cancelled.
        "55P03" | "40001" | "40P01" | "57014" => |source| StoreError::Busy { source },
        // Shutting down, crashed, or starting up.
        "57P01" | "57P02" | "57P03" | "57P05" => |source| StoreError::Away { source },
        "XX001" | "XX002" => |source| StoreError::Damaged { source },
        _ => match code.get(..2) {
            Some("08" | "28" | "3D") => |source| StoreError::Away { source },
            Some("23") => |source| StoreError::Refused { source },
            Some("53") => |source| StoreError::Busy { source },
            Some("58") => |source| StoreError::Disk { source },
            Some(_) | None => return None,
        },
    })
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Json(Arc::new(error))
    }
}

impl From<object_store::Error> for StoreError {
    fn from(error: object_store::Error) -> Self {
        Self::Document(Arc::new(error))
    }
}
