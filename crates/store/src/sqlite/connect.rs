//! Opening: one writer connection, a few readers, and a schema that is up to date.

use crate::StoreError;
use crate::store::{StoreOptions, Synchronous};
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, SqlSafeStr, SqlStr, SqliteConnection};
use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// SQLite 3.7.0–3.51.2 can corrupt a database in WAL mode: <https://www.sqlite.org/wal.html#walresetbug>.
const SQLITE_NEEDED: &str = "3.51.3";
const READERS_MAX: u32 = 4;
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The writer and the readers beside it.
#[derive(Debug)]
pub(crate) struct Connections {
    pub(crate) writer: SqliteConnection,
    pub(crate) readers: SqlitePool,
}

/// Opens the database file, making it if it is not there, and brings its schema up to date.
pub(crate) async fn connect(
    file: &Path,
    options: &StoreOptions,
) -> Result<Connections, StoreError> {
    let connect = connect_options(file, options);
    let mut writer = connect.connect().await?;
    check_version(&mut writer).await?;
    migrate(&mut writer).await?;
    let readers = SqlitePoolOptions::new()
        .max_connections(READERS_MAX)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(connect.create_if_missing(false).pragma("query_only", "on"))
        .await?;
    Ok(Connections { writer, readers })
}

fn connect_options(file: &Path, options: &StoreOptions) -> SqliteConnectOptions {
    let connect = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(match options.synchronous {
            Synchronous::Full => SqliteSynchronous::Full,
            Synchronous::NormalLosesCommits => SqliteSynchronous::Normal,
        })
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("cache_size", "-32768")
        .pragma("temp_store", "memory")
        .disable_statement_logging();
    match &options.vfs {
        Some(name) => connect.vfs(name.clone()),
        None => connect,
    }
}

async fn check_version(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    let found: String = sqlx::query_scalar("select sqlite_version()")
        .fetch_one(conn)
        .await?;
    if version_of(&found) < version_of(SQLITE_NEEDED) {
        return Err(StoreError::OldSqlite {
            found,
            needed: SQLITE_NEEDED,
        });
    }
    Ok(())
}

fn version_of(text: &str) -> Vec<u32> {
    text.split('.')
        .map(|part| part.parse().unwrap_or(0))
        .collect()
}

macro_rules! migrations {
    ($($version:literal $name:literal),* $(,)?) => {
        vec![$((
            $version,
            $name,
            SqlSafeStr::into_sql_str(include_str!(concat!("../../migrations/sqlite/", $name, ".sql"))),
        )),*]
    };
}

/// In order; a migration is never edited after a release.
fn migrations() -> Vec<(i64, &'static str, SqlStr)> {
    migrations![1 "0001_create_log", 2 "0002_create_outbox", 3 "0003_create_index_tables", 4 "0004_create_sign_in",
        5 "0005_note_how_sessions_open", 6 "0006_create_passkeys",
        7 "0007_find_devices_of_parties", 8 "0008_list_engagements_by_status"]
}

async fn migrate(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    check_schema_is_known(conn).await?;
    let migrator = Migrator::with_migrations(
        migrations()
            .into_iter()
            .map(|(version, name, sql)| {
                Migration::new(
                    version,
                    Cow::Borrowed(name),
                    MigrationType::Simple,
                    sql,
                    false,
                )
            })
            .collect(),
    );
    migrator.run(conn).await.map_err(|error| {
        if let MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) = error {
            return error.into();
        }
        StoreError::Migration {
            source: Arc::new(error),
        }
    })
}

/// Refuses a file of a newer program: what this one does not know it can neither keep nor prove.
async fn check_schema_is_known(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    let known = migrations()
        .iter()
        .map(|(version, ..)| *version)
        .max()
        .unwrap_or(0);
    let found = schema_version(conn).await?;
    if known < found {
        return Err(StoreError::TooNew { found, known });
    }
    Ok(())
}

/// The newest migration applied, or 0 in a fresh file.
async fn schema_version(conn: &mut SqliteConnection) -> Result<i64, StoreError> {
    let tables: i64 =
        sqlx::query_scalar("select count(*) from sqlite_schema where name = '_sqlx_migrations'")
            .fetch_one(&mut *conn)
            .await?;
    if tables == 0 {
        return Ok(0);
    }
    let version: Option<i64> = sqlx::query_scalar("select max(version) from _sqlx_migrations")
        .fetch_one(conn)
        .await?;
    Ok(version.unwrap_or(0))
}

/// Opens a file that another process may be writing, to read it.
pub(crate) async fn connect_to_read(file: &Path) -> Result<SqliteConnection, StoreError> {
    let mut conn = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(false)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("temp_store", "memory")
        .disable_statement_logging()
        .connect()
        .await?;
    check_version(&mut conn).await?;
    check_schema_is_known(&mut conn).await?;
    Ok(conn)
}

/// Writes a copy of the whole database, as it is at this moment, to a new file.
pub(crate) async fn vacuum_into(
    conn: &mut SqliteConnection,
    file: &Path,
) -> Result<(), StoreError> {
    let file = file
        .to_str()
        .ok_or_else(|| StoreError::inconsistent("folder", file.display()))?;
    sqlx::query("vacuum into $1")
        .bind(file)
        .execute(conn)
        .await?;
    Ok(())
}

/// Closes a connection and waits until it is closed.
pub(crate) async fn close(conn: SqliteConnection) -> Result<(), StoreError> {
    Ok(sqlx::Connection::close(conn).await?)
}
