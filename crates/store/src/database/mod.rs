//! One database or the other: every statement of the crate goes through here to the function of the same name in `sqlite` or `postgres`.

pub(crate) mod changes;
mod connection;
pub(crate) mod engagements;
pub(crate) mod lists;
pub(crate) mod rows;
pub(crate) mod sign_in;
mod writer;

pub(crate) use connection::{At, Connection, Readers, connect, connect_to_read};
pub(crate) use writer::{Knowledge, Writer};

use crate::postgres::limited;
use crate::{StoreError, postgres, sqlite};

/// Functions that run on the readers or on a connection.
macro_rules! reads {
    ($module:ident: $(fn $name:ident($($argument:ident: $type:ty),*) -> $value:ty;)*) => {$(
        pub(crate) async fn $name(at: impl Into<At<'_>>, $($argument: $type),*) -> Result<$value, StoreError> {
            match at.into() {
                At::SqliteReaders(pool) => sqlite::$module::$name(pool, $($argument),*).await,
                At::SqliteConnection(conn) => sqlite::$module::$name(conn, $($argument),*).await,
                At::PostgresReaders(pool) => limited(postgres::$module::$name(pool, $($argument),*)).await,
                At::PostgresConnection(link) => {
                    let result = limited(postgres::$module::$name(link.conn(), $($argument),*)).await;
                    link.note(result)
                }
            }
        }
    )*};
}

/// Functions that take a connection and as long as they need.
macro_rules! writes {
    ($module:ident: $(fn $name:ident($($argument:ident: $type:ty),*) -> $value:ty;)*) => {$(
        pub(crate) async fn $name(conn: &mut Connection, $($argument: $type),*) -> Result<$value, StoreError> {
            match conn {
                Connection::Sqlite(conn) => sqlite::$module::$name(conn, $($argument),*).await,
                Connection::Postgres(link) => {
                    let result = postgres::$module::$name(link.conn(), $($argument),*).await;
                    link.note(result)
                }
            }
        }
    )*};
}

/// Writing a batch.
pub(crate) mod append {
    use super::rows::{Append, End};
    use super::{Connection, StoreError, limited, postgres, sqlite};

    /// Carries out the whole transaction, from begin to commit, if the log still ends where it did. After an error the caller must roll back.
    pub(crate) async fn append(
        conn: &mut Connection,
        append: Append,
        end: End,
    ) -> Result<(), StoreError> {
        match conn {
            Connection::Sqlite(conn) => sqlite::append::append(conn, append, end).await,
            Connection::Postgres(link) => {
                let result = limited(postgres::append::append(link.conn(), append, end)).await;
                link.note(result)
            }
        }
    }
}

/// Reading the log.
pub(crate) mod log {
    use super::rows::{ChainRow, CommandRow, EventRow, Head, WakeUpRow};
    use super::{At, Connection, StoreError, limited, postgres, sqlite};

    reads! { log:
        fn head() -> Head;
        fn answers(ids: &str) -> Vec<CommandRow>;
        fn chains(ids: &str) -> Vec<ChainRow>;
        fn events_of(aggregate_id: &str) -> Vec<EventRow>;
        fn events_after(position: u64, limit: u32) -> Vec<EventRow>;
        fn due_wake_ups(now_us: i64, limit: u32) -> Vec<WakeUpRow>;
        fn next_wake_up() -> Option<i64>;
        fn changed_after(position: u64, limit: u32) -> Vec<(u64, String)>;
    }
    writes! { log:
        fn lock_head() -> Head;
        fn stop_aggregate(aggregate_id: &str, reason: &str, now_us: i64) -> ();
    }
}

/// Reading the record byte for byte.
pub(crate) mod audit {
    use super::rows::{CheckpointRow, RawEvent, RawHead};
    use super::{At, Connection, StoreError, limited, postgres, sqlite};

    reads! { audit:
        fn raw_events_after(position: u64, limit: u32) -> Vec<RawEvent>;
        fn raw_head() -> (i64, Vec<u8>);
        fn checkpoints() -> Vec<CheckpointRow>;
        fn last_checkpoint() -> u64;
    }
    writes! { audit:
        fn aggregate_heads() -> Vec<RawHead>;
        fn insert_checkpoint(row: &CheckpointRow) -> ();
    }
}

/// The outbox and incidents.
pub(crate) mod outbox {
    use super::rows::{IncidentRow, NewIncident, OutboxRow};
    use super::{At, Connection, StoreError, limited, postgres, sqlite};

    reads! { outbox:
        fn due(now_us: i64, limit: u32) -> Vec<OutboxRow>;
        fn next_attempt() -> Option<i64>;
        fn incidents(id: Option<u64>) -> Vec<IncidentRow>;
        fn log(before: Option<u64>, limit: u32) -> Vec<OutboxRow>;
        fn ready(ids: &str) -> Vec<(String, u32)>;
        fn entry(effect_id: &str, part: u32) -> Option<OutboxRow>;
        fn waiting(after: &str, limit: u32) -> Vec<String>;
    }
    writes! { outbox:
        fn acknowledge(ids: &str, now_us: i64) -> ();
        fn expand(ids: &str, parts: &str, now_us: i64) -> ();
        fn postpone(effect_id: &str, part: u32, next_attempt_us: i64, failure: &str) -> ();
        fn stop_effect(incident: &NewIncident<'_>) -> ();
        fn restart_effect(effect_id: &str, part: u32, incident: u64, now_us: i64) -> ();
        fn restart_aggregate(aggregate_id: &str, wake_at_us: Option<i64>, incident: u64, now_us: i64) -> ();
    }
}

/// The index tables.
pub(crate) mod index_tables {
    use super::changes::Changes;
    use super::{At, Connection, StoreError, limited, postgres, sqlite};
    use crate::index::Table;

    reads! { index_tables:
        fn dump(table: Table) -> Vec<String>;
    }
    writes! { index_tables:
        fn clear() -> ();
        fn write(changes: &Changes) -> ();
    }
}

/// Moving: what is read on either side, and written on the server.
pub(crate) mod moving {
    use super::rows::RawEvent;
    use super::{Connection, StoreError, postgres, sqlite};
    use crate::moving::Carried;
    use crate::postgres::moving::Target;
    use crate::postgres::{Link, PostgresUrl};
    use futures_util::stream::BoxStream;
    use serde_json::Value;

    macro_rules! writes_on_server {
        ($(fn $name:ident($($argument:ident: $type:ty),*);)*) => {$(
            pub(crate) async fn $name(conn: &mut Connection, $($argument: $type),*) -> Result<(), StoreError> {
                postgres::moving::$name(server(conn)?.conn(), $($argument),*).await
            }
        )*};
    }

    writes_on_server! {
        fn append(events: &[RawEvent]);
        fn clear(table: Carried);
        fn insert(table: Carried, list: &str);
        fn count_incidents_on();
        fn finish();
    }

    /// A writer's session on the database that a record is to move to, and what that holds.
    pub(crate) async fn open(url: &PostgresUrl) -> Result<(Connection, Target), StoreError> {
        let (link, target) = postgres::moving::open(url).await?;
        Ok((Connection::Postgres(Box::new(link)), target))
    }

    /// Every row of a table as a JSON array, in the order of its key.
    pub(crate) fn rows(
        conn: &mut Connection,
        table: Carried,
    ) -> BoxStream<'_, Result<Value, StoreError>> {
        match conn {
            Connection::Sqlite(conn) => sqlite::moving::rows(conn, table),
            Connection::Postgres(link) => postgres::moving::rows(link.conn(), table),
        }
    }

    fn server(conn: &mut Connection) -> Result<&mut Link, StoreError> {
        match conn {
            Connection::Postgres(link) => Ok(link),
            Connection::Sqlite(_) => Err(StoreError::NoWayBack),
        }
    }
}

/// Rebuilding.
pub(crate) mod reindex {
    use super::{At, Connection, StoreError, limited, postgres, sqlite};

    reads! { reindex:
        fn dump_aggregates() -> Vec<String>;
    }
    writes! { reindex:
        fn rebuild_aggregates() -> ();
        fn last_event_at() -> i64;
        fn aggregates_after(after: &str, limit: u32) -> Vec<String>;
        fn set_wake_ups(pairs: &str) -> ();
    }
}
