//! The connections themselves, to one database or the other.

use crate::postgres::{self, Link};
use crate::store::{Database, StoreOptions};
use crate::{StoreError, sqlite};
use sqlx::SqliteConnection;
use sqlx::postgres::PgPool;
use sqlx::sqlite::SqlitePool;

/// The connections that only read.
#[derive(Debug)]
pub(crate) enum Readers {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// One connection.
#[derive(Debug)]
pub(crate) enum Connection {
    Sqlite(SqliteConnection),
    Postgres(Box<Link>),
}

/// Where a statement runs.
#[derive(Debug)]
pub(crate) enum At<'a> {
    SqliteReaders(&'a SqlitePool),
    SqliteConnection(&'a mut SqliteConnection),
    PostgresReaders(&'a PgPool),
    PostgresConnection(&'a mut Link),
}

impl<'a> From<&'a Readers> for At<'a> {
    fn from(readers: &'a Readers) -> Self {
        match readers {
            Readers::Sqlite(pool) => Self::SqliteReaders(pool),
            Readers::Postgres(pool) => Self::PostgresReaders(pool),
        }
    }
}

impl<'a> From<&'a mut Connection> for At<'a> {
    fn from(conn: &'a mut Connection) -> Self {
        match conn {
            Connection::Sqlite(conn) => Self::SqliteConnection(conn),
            Connection::Postgres(link) => Self::PostgresConnection(link),
        }
    }
}

/// Opens the database for its one writer, with readers beside it, and brings its schema up to date.
pub(crate) async fn connect(options: &StoreOptions) -> Result<(Connection, Readers), StoreError> {
    match &options.database {
        Database::Sqlite => {
            let opened = sqlite::connect(&options.folder.join(sqlite::FILE), options).await?;
            Ok((
                Connection::Sqlite(opened.writer),
                Readers::Sqlite(opened.readers),
            ))
        }
        Database::Postgres(url) => {
            let link = Link::open(url, options.writers).await?;
            let readers = postgres::readers(url).await?;
            Ok((
                Connection::Postgres(Box::new(link)),
                Readers::Postgres(readers),
            ))
        }
    }
}

/// Opens a database that another process may be writing, to read it.
pub(crate) async fn connect_to_read(options: &StoreOptions) -> Result<Connection, StoreError> {
    match &options.database {
        Database::Sqlite => {
            let file = options.folder.join(sqlite::FILE);
            Ok(Connection::Sqlite(sqlite::connect_to_read(&file).await?))
        }
        Database::Postgres(url) => {
            let link = Link::open_to_read(url).await?;
            Ok(Connection::Postgres(Box::new(link)))
        }
    }
}

impl Readers {
    /// Waits for what is being read and closes.
    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Connection {
    /// The name that OpenTelemetry's conventions have for the database.
    pub(crate) fn system(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "sqlite",
            Self::Postgres(_) => "postgresql",
        }
    }

    /// Opens a transaction that writes. On SQLite a plain `begin` that reads first could fail when it then writes.
    pub(crate) async fn begin(&mut self) -> Result<(), StoreError> {
        self.run("begin immediate", "begin").await
    }

    /// Opens a transaction that sees one state of the database, whatever others write meanwhile.
    pub(crate) async fn begin_to_read(&mut self) -> Result<(), StoreError> {
        self.run("begin", "begin isolation level repeatable read read only")
            .await
    }

    pub(crate) async fn commit(&mut self) -> Result<(), StoreError> {
        self.run("commit", "commit").await
    }

    pub(crate) async fn rollback(&mut self) -> Result<(), StoreError> {
        self.run("rollback", "rollback").await
    }

    /// Whether the other side is still there.
    pub(crate) async fn ping(&mut self) -> Result<(), StoreError> {
        self.run("select 1", "select 1").await
    }

    async fn run(
        &mut self,
        on_sqlite: &'static str,
        on_postgres: &'static str,
    ) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(conn) => {
                sqlx::query(on_sqlite).execute(conn).await?;
                Ok(())
            }
            Self::Postgres(link) => link.run(on_postgres).await,
        }
    }

    /// Connects anew if the connection was lost, and says whether that was done.
    pub(crate) async fn mend(&mut self) -> Result<bool, StoreError> {
        match self {
            Self::Sqlite(_) => Ok(false),
            Self::Postgres(link) => link.mend().await,
        }
    }

    /// Closes it and waits until it is closed.
    pub(crate) async fn close(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(conn) => sqlite::close(conn).await,
            Self::Postgres(link) => link.close().await,
        }
    }
}
