//! Reading the record byte for byte, whatever somebody has put there.

use crate::StoreError;
use crate::database::rows::{CheckpointRow, RawEvent, RawHead, signed};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgExecutor, Row};

/// A number that is counted upwards; a negative one stands nowhere and is found by what it breaks.
fn counted(row: &PgRow, column: usize) -> Result<u64, StoreError> {
    let number: i64 = row.try_get(column)?;
    Ok(u64::try_from(number).unwrap_or(u64::MAX))
}

/// The events after a position, at most `limit`.
pub(crate) async fn raw_events_after(
    executor: impl PgExecutor<'_>,
    position: u64,
    limit: u32,
) -> Result<Vec<RawEvent>, StoreError> {
    let rows = sqlx::query(
        "select position, convert_to(aggregate_id, 'UTF8'), version, previous_position, at_us, convert_to(actor, 'UTF8'), convert_to(command_id, 'UTF8'),
                convert_to(payload, 'UTF8'), hash, log_hash
         from event
         where $1 < position
         order by position
         limit $2",
    )
    .bind(signed(position))
    .bind(i64::from(limit))
    .fetch_all(executor)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(RawEvent {
                position: counted(row, 0)?,
                aggregate_id: row.try_get(1)?,
                version: counted(row, 2)?,
                previous_position: counted(row, 3)?,
                at_us: row.try_get(4)?,
                actor: row.try_get(5)?,
                command_id: row.try_get(6)?,
                payload: row.try_get(7)?,
                hash: row.try_get(8)?,
                log_hash: row.try_get(9)?,
            })
        })
        .collect()
}

/// The log head: position and log hash.
pub(crate) async fn raw_head(executor: impl PgExecutor<'_>) -> Result<(i64, Vec<u8>), StoreError> {
    let row = sqlx::query("select position, log_hash from log_head")
        .fetch_optional(executor)
        .await?;
    match row {
        Some(row) => Ok((row.try_get(0)?, row.try_get(1)?)),
        None => Ok((0, Vec::new())),
    }
}

/// The end of every aggregate.
pub(crate) async fn aggregate_heads(
    executor: impl PgExecutor<'_>,
) -> Result<Vec<RawHead>, StoreError> {
    let rows = sqlx::query("select convert_to(aggregate_id, 'UTF8'), version, head_position from aggregate order by aggregate_id")
        .fetch_all(executor)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(RawHead {
                aggregate_id: row.try_get(0)?,
                version: counted(row, 1)?,
                position: counted(row, 2)?,
            })
        })
        .collect()
}

/// Every checkpoint, in the order of the log.
pub(crate) async fn checkpoints(
    executor: impl PgExecutor<'_>,
) -> Result<Vec<CheckpointRow>, StoreError> {
    let rows = sqlx::query(
        "select position, log_hash, at_us, signature, key_id from checkpoint order by position",
    )
    .fetch_all(executor)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(CheckpointRow {
                position: counted(row, 0)?,
                log_hash: row.try_get(1)?,
                at_us: row.try_get(2)?,
                signature: row.try_get(3)?,
                key_id: row.try_get(4)?,
            })
        })
        .collect()
}

/// The position of the last checkpoint, or 0.
pub(crate) async fn last_checkpoint(executor: impl PgExecutor<'_>) -> Result<u64, StoreError> {
    let row = sqlx::query("select coalesce(max(position), 0) from checkpoint")
        .fetch_one(executor)
        .await?;
    counted(&row, 0)
}

/// Adds a checkpoint, unless another process was first.
pub(crate) async fn insert_checkpoint(
    conn: &mut PgConnection,
    row: &CheckpointRow,
) -> Result<(), StoreError> {
    sqlx::query("insert into checkpoint (position, log_hash, at_us, signature, key_id) values ($1, $2, $3, $4, $5) on conflict do nothing")
        .bind(signed(row.position))
        .bind(row.log_hash.as_slice())
        .bind(row.at_us)
        .bind(row.signature.as_slice())
        .bind(row.key_id.as_str())
        .execute(conn)
        .await?;
    Ok(())
}
