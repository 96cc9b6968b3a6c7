//! Reading the log.

use crate::StoreError;
use crate::database::rows::{ChainRow, CommandRow, EventRow, Head, WakeUpRow, signed};
use crate::hash::Hash;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection, SqliteExecutor};

/// Where the log ends.
pub(crate) async fn head(executor: impl SqliteExecutor<'_>) -> Result<Head, StoreError> {
    let row = sqlx::query("select position, log_hash from log_head")
        .fetch_one(executor)
        .await?;
    Ok(Head {
        position: unsigned(&row, 0)?,
        log_hash: hash_at(&row, 1)?,
    })
}

/// Where the log ends; the transaction that is open keeps others out anyway.
pub(crate) async fn lock_head(conn: &mut SqliteConnection) -> Result<Head, StoreError> {
    head(conn).await
}

/// Which aggregates the events after a position belong to, in the order of the log, at most `limit` events.
pub(crate) async fn changed_after(
    executor: impl SqliteExecutor<'_>,
    position: u64,
    limit: u32,
) -> Result<Vec<(u64, String)>, StoreError> {
    let rows = sqlx::query(
        "select position, aggregate_id from event where $1 < position order by position limit $2",
    )
    .bind(signed(position))
    .bind(limit)
    .fetch_all(executor)
    .await?;
    rows.iter()
        .map(|row| Ok((unsigned(row, 0)?, row.try_get(1)?)))
        .collect()
}

// A cross join keeps its order: left to itself, the planner reads the whole log in the order it is asked for.
pub(super) const ANSWERS: &str =
    "select command_id, fingerprint, aggregate_id, version, position, rejection
     from json_each($1) as wanted
     cross join command on command_id = wanted.value";

pub(super) const CHAINS: &str = "with recursive chain (position) as (
         select head_position
         from json_each($1) as wanted
         cross join aggregate on aggregate_id = wanted.value
         union all
         select event.previous_position
         from chain
         cross join event on event.position = chain.position
         where 0 < event.previous_position
     )
     select event.aggregate_id, event.position, event.version, event.payload, event.hash
     from chain
     cross join event on event.position = chain.position
     order by event.position";

pub(super) const EVENTS_OF: &str = "with recursive chain (position) as (
         select head_position from aggregate where aggregate_id = $1
         union all
         select event.previous_position
         from chain
         cross join event on event.position = chain.position
         where 0 < event.previous_position
     )
     select event.position, aggregate_id, version, at_us, actor, command_id, payload, hash
     from chain
     cross join event on event.position = chain.position
     order by event.position";

/// The first answers to those of the commands that have one. `ids` is a JSON array.
pub(crate) async fn answers(
    executor: impl SqliteExecutor<'_>,
    ids: &str,
) -> Result<Vec<CommandRow>, StoreError> {
    let rows = sqlx::query(ANSWERS).bind(ids).fetch_all(executor).await?;
    rows.iter()
        .map(|row| {
            Ok(CommandRow {
                command_id: row.try_get(0)?,
                fingerprint: row.try_get(1)?,
                aggregate_id: row.try_get(2)?,
                version: unsigned(row, 3)?,
                position: unsigned(row, 4)?,
                rejection: row.try_get(5)?,
            })
        })
        .collect()
}

/// The histories of several aggregates, in the order of the log. `ids` is a JSON array.
pub(crate) async fn chains(
    executor: impl SqliteExecutor<'_>,
    ids: &str,
) -> Result<Vec<ChainRow>, StoreError> {
    let rows = sqlx::query(CHAINS).bind(ids).fetch_all(executor).await?;
    rows.iter()
        .map(|row| {
            Ok(ChainRow {
                aggregate_id: row.try_get(0)?,
                position: unsigned(row, 1)?,
                version: unsigned(row, 2)?,
                payload: row.try_get(3)?,
                hash: hash_at(row, 4)?,
            })
        })
        .collect()
}

/// Every event of one aggregate, oldest first.
pub(crate) async fn events_of(
    executor: impl SqliteExecutor<'_>,
    aggregate_id: &str,
) -> Result<Vec<EventRow>, StoreError> {
    let rows = sqlx::query(EVENTS_OF)
        .bind(aggregate_id)
        .fetch_all(executor)
        .await?;
    rows.iter().map(event_row).collect()
}

/// The events after a position, in order, at most `limit`.
pub(crate) async fn events_after(
    executor: impl SqliteExecutor<'_>,
    position: u64,
    limit: u32,
) -> Result<Vec<EventRow>, StoreError> {
    let rows = sqlx::query(
        "select position, aggregate_id, version, at_us, actor, command_id, payload, hash
         from event
         where $1 < position
         order by position
         limit $2",
    )
    .bind(signed(position))
    .bind(i64::from(limit))
    .fetch_all(executor)
    .await?;
    rows.iter().map(event_row).collect()
}

/// Aggregates whose time has come, the longest overdue first.
pub(crate) async fn due_wake_ups(
    executor: impl SqliteExecutor<'_>,
    now_us: i64,
    limit: u32,
) -> Result<Vec<WakeUpRow>, StoreError> {
    let rows = sqlx::query(
        "select aggregate_id, version, wake_at_us
         from aggregate
         where wake_at_us is not null and wake_at_us <= $1
         order by wake_at_us
         limit $2",
    )
    .bind(now_us)
    .bind(i64::from(limit))
    .fetch_all(executor)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(WakeUpRow {
                aggregate_id: row.try_get(0)?,
                version: unsigned(row, 1)?,
                at_us: row.try_get(2)?,
            })
        })
        .collect()
}

/// The earliest wake-up of all.
pub(crate) async fn next_wake_up(
    executor: impl SqliteExecutor<'_>,
) -> Result<Option<i64>, StoreError> {
    Ok(
        sqlx::query_scalar("select min(wake_at_us) from aggregate where wake_at_us is not null")
            .fetch_one(executor)
            .await?,
    )
}

/// Stops an aggregate: no wake-up reaches it any more, and a person sees why. Once for each open incident.
pub(crate) async fn stop_aggregate(
    conn: &mut SqliteConnection,
    aggregate_id: &str,
    reason: &str,
    now_us: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        "update aggregate set wake_at_us = null where aggregate_id = $1;
         insert into incident (subject, aggregate_id, reason, opened_at_us)
         values ($1, $1, $2, $3)
         on conflict do nothing;",
    )
    .bind(aggregate_id)
    .bind(reason)
    .bind(now_us)
    .execute(conn)
    .await?;
    Ok(())
}

fn event_row(row: &SqliteRow) -> Result<EventRow, StoreError> {
    Ok(EventRow {
        position: unsigned(row, 0)?,
        aggregate_id: row.try_get(1)?,
        version: unsigned(row, 2)?,
        at_us: row.try_get(3)?,
        actor: row.try_get(4)?,
        command_id: row.try_get(5)?,
        payload: row.try_get(6)?,
        hash: row.try_get(7)?,
    })
}

/// An unsigned number from a column.
pub(crate) fn unsigned(row: &SqliteRow, column: usize) -> Result<u64, StoreError> {
    let number: i64 = row.try_get(column)?;
    u64::try_from(number).map_err(|_| StoreError::inconsistent("event", number))
}

fn hash_at(row: &SqliteRow, column: usize) -> Result<Hash, StoreError> {
    let bytes: &[u8] = row.try_get(column)?;
    bytes
        .try_into()
        .map_err(|_| StoreError::inconsistent("event", "a hash that is not 32 bytes long"))
}
