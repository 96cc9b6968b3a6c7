//! Opening: sessions with the settings that every statement relies on, and a schema that is up to date.

use super::{PostgresUrl, moving};
use crate::StoreError;
use crate::store::Writers;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, PgConnection, SqlSafeStr, SqlStr};
use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

const READERS_MAX: u32 = 8;
/// How long a reader waits for a connection, and how long connecting may take.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// How long a statement that serves somebody may take before the server counts as gone.
const STATEMENT_LIMIT: Duration = Duration::from_secs(30);
/// How long processes that start together may take to bring the schema up to date, or those of an older version to go.
const MIGRATION_LIMIT: Duration = Duration::from_secs(10);
/// How long a writer waits for the lock of one that has just died.
const LOCK_LIMIT: &str = "3s";
/// The advisory lock of writers, of one alone or shared by many: “naru” in ASCII.
const WRITER_LOCK: i64 = 0x6e61_7275;

/// What every session is set to.
const SETTINGS: [(&str, &str); 8] = [
    // Every query has its index. A plan that is kept from when a table was small must not read all of it when it is large.
    ("enable_seqscan", "off"),
    ("jit", "off"),
    ("client_min_messages", "error"),
    ("lock_timeout", LOCK_LIMIT),
    // The server should notice soon that a client is gone, for the lock goes with its session.
    ("tcp_keepalives_idle", "10"),
    ("tcp_keepalives_interval", "5"),
    ("tcp_keepalives_count", "3"),
    ("timezone", "UTC"),
];

fn session(url: &PostgresUrl) -> PgConnectOptions {
    url.options()
        .clone()
        .application_name("naru")
        .options(SETTINGS)
        .disable_statement_logging()
}

/// Gives up on a server that does not answer.
pub(crate) async fn limited<T>(
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    within(STATEMENT_LIMIT, work).await
}

async fn within<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let answer = tokio::time::timeout(limit, work).await;
    answer.unwrap_or_else(|_| {
        let silence = std::io::Error::new(std::io::ErrorKind::TimedOut, "it does not answer");
        Err(away(silence.into()))
    })
}

/// A session that writes, with the lock that this takes.
pub(super) async fn connect_writer(
    url: &PostgresUrl,
    writers: Writers,
) -> Result<PgConnection, StoreError> {
    let mut conn = within(CONNECT_LIMIT, connect(session(url))).await?;
    limited(async {
        check_settings(&mut conn).await?;
        take_lock(&mut conn, url, writers).await
    })
    .await?;
    Ok(conn)
}

/// A session that writes, on a schema that is up to date. Nobody else writes while that is made so.
pub(super) async fn prepare(
    url: &PostgresUrl,
    writers: Writers,
) -> Result<PgConnection, StoreError> {
    match writers {
        Writers::One => {
            let mut conn = connect_writer(url, writers).await?;
            migrate(&mut conn).await?;
            Ok(conn)
        }
        Writers::Many => {
            let until = Instant::now() + MIGRATION_LIMIT;
            loop {
                let mut conn = connect_writer(url, Writers::Many).await?;
                if is_up_to_date(&mut conn).await? {
                    return Ok(conn);
                }
                limited(async { Ok(sqlx::Connection::close(conn).await?) }).await?;
                match connect_writer(url, Writers::One).await {
                    Ok(mut alone) => {
                        migrate(&mut alone).await?;
                        limited(async { Ok(sqlx::Connection::close(alone).await?) }).await?;
                    }
                    // Another process that starts may be doing it.
                    Err(StoreError::InUse { .. }) if Instant::now() < until => {}
                    Err(error) => return Err(error),
                }
            }
        }
    }
}

async fn is_up_to_date(conn: &mut PgConnection) -> Result<bool, StoreError> {
    let known = migrations().iter().map(|(version, ..)| *version).max();
    match limited(schema_version(conn)).await? {
        Schema::Fresh => Ok(false),
        Schema::Version(found) => Ok(Some(found) == known),
    }
}

/// A session that reads a database somebody else may be writing.
pub(super) async fn connect_reader(url: &PostgresUrl) -> Result<PgConnection, StoreError> {
    let options = reading(url);
    let mut conn = within(CONNECT_LIMIT, connect(options)).await?;
    check_schema(&mut conn).await?;
    Ok(conn)
}

/// Makes sure that there is a record, and none that this program is too old for.
pub(super) async fn check_schema(conn: &mut PgConnection) -> Result<(), StoreError> {
    match limited(schema_version(conn)).await? {
        Schema::Fresh => Err(StoreError::NotNaru {
            found: "nothing".to_owned(),
        }),
        Schema::Version(_) => Ok(()),
    }
}

/// The connections that only read.
pub(crate) async fn readers(url: &PostgresUrl) -> Result<PgPool, StoreError> {
    let pool = PgPoolOptions::new()
        .max_connections(READERS_MAX)
        .acquire_timeout(CONNECT_LIMIT)
        .connect_with(reading(url));
    pool.await.map_err(away)
}

fn reading(url: &PostgresUrl) -> PgConnectOptions {
    session(url).options([("default_transaction_read_only", "on")])
}

async fn connect(options: PgConnectOptions) -> Result<PgConnection, StoreError> {
    // Whatever keeps somebody from coming in, a wrong password too, means that there is no database to be had here.
    options.connect().await.map_err(away)
}

fn away(error: sqlx::Error) -> StoreError {
    StoreError::Away {
        source: Arc::new(error),
    }
}

/// An answer must mean that the commit is on the server's disk, and Korean must fit in.
async fn check_settings(conn: &mut PgConnection) -> Result<(), StoreError> {
    let encoding: String = sqlx::query_scalar("select current_setting('server_encoding')")
        .fetch_one(&mut *conn)
        .await?;
    if encoding != "UTF8" {
        return Err(StoreError::WrongEncoding { found: encoding });
    }
    sqlx::query("select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'")
        .execute(&mut *conn)
        .await?;
    let fsync: String = sqlx::query_scalar("select current_setting('fsync')")
        .fetch_one(conn)
        .await?;
    if fsync == "off" {
        tracing::warn!(
            "the PostgreSQL server runs with `fsync = off`: a power cut can destroy the record"
        );
    }
    Ok(())
}

async fn take_lock(
    conn: &mut PgConnection,
    url: &PostgresUrl,
    writers: Writers,
) -> Result<(), StoreError> {
    let lock = match writers {
        Writers::One => "select pg_advisory_lock($1)",
        Writers::Many => "select pg_advisory_lock_shared($1)",
    };
    let taken = sqlx::query(lock).bind(WRITER_LOCK).execute(conn).await;
    match taken.map_err(StoreError::from) {
        Ok(_) => Ok(()),
        Err(StoreError::Busy { .. }) => Err(StoreError::InUse {
            database: url.to_string(),
        }),
        Err(error) => Err(error),
    }
}

macro_rules! migrations {
    ($($version:literal $name:literal),* $(,)?) => {
        vec![$((
            $version,
            $name,
            SqlSafeStr::into_sql_str(include_str!(concat!("../../migrations/postgres/", $name, ".sql"))),
        )),*]
    };
}

/// In order; a migration is never edited after a release.
fn migrations() -> Vec<(i64, &'static str, SqlStr)> {
    migrations![1 "0001_create_log", 2 "0002_create_outbox", 3 "0003_create_index_tables", 4 "0004_create_sign_in",
        5 "0005_note_how_sessions_open", 6 "0006_create_passkeys",
        7 "0007_find_devices_of_parties", 8 "0008_list_engagements_by_status"]
}

/// Brings the schema up to date, unless the database is not ours or not whole.
async fn migrate(conn: &mut PgConnection) -> Result<(), StoreError> {
    schema_version(&mut *conn).await?;
    run_migrations(conn).await
}

/// Brings the schema up to date.
pub(super) async fn run_migrations(conn: &mut PgConnection) -> Result<(), StoreError> {
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

/// What a database holds that Naru may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Schema {
    Fresh,
    Version(i64),
}

/// What the database holds; besides somebody else's tables and a newer schema, a record that has not come in whole is an error.
async fn schema_version(conn: &mut PgConnection) -> Result<Schema, StoreError> {
    if moving::is_marked(&mut *conn).await? {
        return Err(StoreError::HalfMoved);
    }
    known_schema(conn).await
}

/// What the database holds; somebody else's tables and a newer schema are errors.
pub(super) async fn known_schema(conn: &mut PgConnection) -> Result<Schema, StoreError> {
    let migrated: bool = sqlx::query_scalar("select to_regclass('_sqlx_migrations') is not null")
        .fetch_one(&mut *conn)
        .await?;
    if !migrated {
        let other: Option<String> = sqlx::query_scalar(
            "select relname::text
             from pg_class
             where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')
                 and relname <> 'unfinished_move'
             order by relname
             limit 1",
        )
        .fetch_optional(conn)
        .await?;
        return match other {
            None => Ok(Schema::Fresh),
            Some(table) => Err(StoreError::NotNaru {
                found: format!("the table `{table}`"),
            }),
        };
    }
    let first: Option<String> =
        sqlx::query_scalar("select description from _sqlx_migrations where version = 1")
            .fetch_optional(&mut *conn)
            .await?;
    let migrations = migrations();
    let ours = migrations.first().map(|(_, name, _)| *name);
    match first {
        Some(first) if Some(first.as_str()) == ours => {}
        Some(first) => {
            return Err(StoreError::NotNaru {
                found: format!("the migration `{first}`"),
            });
        }
        None => return Ok(Schema::Fresh),
    }
    let found: i64 = sqlx::query_scalar("select max(version) from _sqlx_migrations")
        .fetch_one(conn)
        .await?;
    let known = migrations.iter().map(|(version, ..)| *version).max();
    match known {
        Some(known) if known < found => Err(StoreError::TooNew { found, known }),
        Some(_) | None => Ok(Schema::Version(found)),
    }
}
