//! The statements of rebuilding.

use crate::StoreError;
use sqlx::{PgConnection, PgExecutor};

/// Fills the table of aggregates from the events alone.
pub(crate) async fn rebuild_aggregates(conn: &mut PgConnection) -> Result<(), StoreError> {
    sqlx::query("delete from aggregate")
        .execute(&mut *conn)
        .await?;
    sqlx::query(
        "insert into aggregate (aggregate_id, version, head_position)
         select aggregate_id, max(version), max(position)
         from event
         group by aggregate_id",
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The ids after one, in order, at most `limit`.
pub(crate) async fn aggregates_after(
    executor: impl PgExecutor<'_>,
    after: &str,
    limit: u32,
) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar(
        "select aggregate_id from aggregate where $1 < aggregate_id order by aggregate_id limit $2",
    )
    .bind(after)
    .bind(i64::from(limit))
    .fetch_all(executor)
    .await?)
}

/// Sets wake-ups. `pairs` is a JSON array of id and instant.
pub(crate) async fn set_wake_ups(conn: &mut PgConnection, pairs: &str) -> Result<(), StoreError> {
    sqlx::query(
        "update aggregate
         set wake_at_us = (each ->> 1)::bigint
         from json_array_elements($1::json) as each
         where aggregate_id = each ->> 0",
    )
    .bind(pairs)
    .execute(conn)
    .await?;
    Ok(())
}

/// Every aggregate as a JSON array, in order.
pub(crate) async fn dump_aggregates(
    executor: impl PgExecutor<'_>,
) -> Result<Vec<String>, StoreError> {
    let rows = sqlx::query("select json_build_array(aggregate_id, version, head_position, wake_at_us)::text from aggregate order by aggregate_id")
        .fetch_all(executor)
        .await?;
    rows.iter().map(super::compact).collect()
}

/// When the last event happened.
pub(crate) async fn last_event_at(executor: impl PgExecutor<'_>) -> Result<i64, StoreError> {
    let at: Option<i64> =
        sqlx::query_scalar("select at_us from event order by position desc limit 1")
            .fetch_optional(executor)
            .await?;
    Ok(at.unwrap_or(0))
}
