//! The statements of the outbox and of incidents.

use super::log::unsigned;
use crate::StoreError;
use crate::database::rows::{IncidentRow, NewIncident, OutboxRow, signed};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection, SqliteExecutor};

/// Holds for a row of `outbox` that need not wait for another: what one aggregate tells another arrives in the order it was said, so a message
/// waits for the earlier ones between the same two, also for one that waits for a person. Letters wait for nothing.
macro_rules! is_next {
    () => {
        "(outbox.payload ->> '$.kind' <> 'deliver'
          or not exists (
              select 1
              from outbox as earlier
              where substr(outbox.effect_id, 1, instr(outbox.effect_id, '.')) < earlier.effect_id
                and earlier.effect_id < substr(outbox.effect_id, 1, instr(outbox.effect_id, '.') - 1) || '/'
                and earlier.position < outbox.position
                and earlier.done_at_us is null
                and earlier.payload ->> '$.to' = outbox.payload ->> '$.to'
          ))"
    };
}

/// Effects that may be tried now, oldest first.
pub(crate) async fn due(
    executor: impl SqliteExecutor<'_>,
    now_us: i64,
    limit: u32,
) -> Result<Vec<OutboxRow>, StoreError> {
    let rows = sqlx::query(concat!(
        "select effect_id, part, position, payload, created_at_us, attempts, next_attempt_us, done_at_us, failure, stopped_at_us
         from outbox
         where done_at_us is null and stopped_at_us is null and next_attempt_us <= $1 and ",
        is_next!(),
        " order by next_attempt_us, position
         limit $2",
    ))
    .bind(now_us)
    .bind(i64::from(limit))
    .fetch_all(executor)
    .await?;
    rows.iter().map(outbox_row).collect()
}

/// When the next effect may be tried.
pub(crate) async fn next_attempt(
    executor: impl SqliteExecutor<'_>,
) -> Result<Option<i64>, StoreError> {
    Ok(sqlx::query_scalar(concat!(
        "select next_attempt_us
         from outbox
         where done_at_us is null and stopped_at_us is null and ",
        is_next!(),
        " order by next_attempt_us, position
         limit 1",
    ))
    .fetch_optional(executor)
    .await?)
}

// A cross join keeps its order.
pub(super) const READY: &str = concat!(
    "select outbox.effect_id, outbox.part
     from json_each($1) as each
     cross join outbox on each.value || '.' < outbox.effect_id and outbox.effect_id < each.value || '/'
     where outbox.done_at_us is null and outbox.stopped_at_us is null and ",
    is_next!(),
    " order by outbox.position, outbox.effect_id, outbox.part",
);

/// The ids of what these aggregates still have to do and need not wait with, whenever it may be tried. `ids` is a JSON array.
pub(crate) async fn ready(
    executor: impl SqliteExecutor<'_>,
    ids: &str,
) -> Result<Vec<(String, u32)>, StoreError> {
    let rows = sqlx::query(READY).bind(ids).fetch_all(executor).await?;
    rows.iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect()
}

/// One entry.
pub(crate) async fn entry(
    executor: impl SqliteExecutor<'_>,
    effect_id: &str,
    part: u32,
) -> Result<Option<OutboxRow>, StoreError> {
    let row = sqlx::query(
        "select effect_id, part, position, payload, created_at_us, attempts, next_attempt_us, done_at_us, failure, stopped_at_us
         from outbox
         where effect_id = $1 and part = $2",
    )
    .bind(effect_id)
    .bind(part)
    .fetch_optional(executor)
    .await?;
    row.as_ref().map(outbox_row).transpose()
}

/// Aggregates that have something to do, now or later, after one in the order of ids.
pub(crate) async fn waiting(
    executor: impl SqliteExecutor<'_>,
    after: &str,
    limit: u32,
) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar(
        "select aggregate_id from aggregate where wake_at_us is not null and $1 < aggregate_id
         union
         select substr(effect_id, 1, instr(effect_id, '.') - 1)
         from outbox
         where done_at_us is null and stopped_at_us is null and $1 || '/' < effect_id
         order by 1
         limit $2",
    )
    .bind(after)
    .bind(i64::from(limit))
    .fetch_all(executor)
    .await?)
}

pub(super) const ACKNOWLEDGE: &str = "update outbox
     set done_at_us = $2, failure = null, stopped_at_us = null
     where (effect_id, part) in (select each.value ->> 0, each.value ->> 1 from json_each($1) as each)
       and done_at_us is null";

/// Marks effects as done. `ids` is a JSON array of pairs.
pub(crate) async fn acknowledge(
    conn: &mut SqliteConnection,
    ids: &str,
    now_us: i64,
) -> Result<(), StoreError> {
    sqlx::query(ACKNOWLEDGE)
        .bind(ids)
        .bind(now_us)
        .execute(conn)
        .await?;
    Ok(())
}

pub(super) const EXPAND: &str = "insert into outbox (effect_id, part, position, payload, created_at_us, next_attempt_us)
     select whole.effect_id, each.value ->> 1, whole.position, each.value ->> 2, whole.created_at_us, $3
     from json_each($2) as each
     cross join outbox as whole on whole.effect_id = each.value ->> 0 and whole.part = 0
     where whole.done_at_us is null;

     update outbox
     set done_at_us = $3, failure = null, stopped_at_us = null
     where effect_id in (select each.value from json_each($1) as each) and part = 0 and done_at_us is null;";

/// Adds the parts of effects and marks these as done, unless that was done before. `ids` is a JSON array, `parts` one of effect, number and
/// payload.
pub(crate) async fn expand(
    conn: &mut SqliteConnection,
    ids: &str,
    parts: &str,
    now_us: i64,
) -> Result<(), StoreError> {
    sqlx::query(EXPAND)
        .bind(ids)
        .bind(parts)
        .bind(now_us)
        .execute(conn)
        .await?;
    Ok(())
}

/// Counts a failure and sets when to try again.
pub(crate) async fn postpone(
    conn: &mut SqliteConnection,
    effect_id: &str,
    part: u32,
    next_attempt_us: i64,
    failure: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "update outbox
         set attempts = attempts + 1, next_attempt_us = $3, failure = $4
         where effect_id = $1 and part = $2 and done_at_us is null",
    )
    .bind(effect_id)
    .bind(part)
    .bind(next_attempt_us)
    .bind(failure)
    .execute(conn)
    .await?;
    Ok(())
}

/// Stops an effect and opens its incident, unless one is open.
pub(crate) async fn stop_effect(
    conn: &mut SqliteConnection,
    incident: &NewIncident<'_>,
) -> Result<(), StoreError> {
    sqlx::query(
        "update outbox
         set attempts = attempts + 1, failure = $5, stopped_at_us = $6
         where effect_id = $2 and part = $3 and done_at_us is null;

         insert into incident (subject, effect_id, part, aggregate_id, reason, opened_at_us)
         values ($1, $2, $3, $4, $5, $6)
         on conflict do nothing;",
    )
    .bind(incident.subject)
    .bind(incident.effect_id)
    .bind(incident.part)
    .bind(incident.aggregate_id)
    .bind(incident.reason)
    .bind(incident.now_us)
    .execute(conn)
    .await?;
    Ok(())
}

/// Open incidents, newest first; one of them if its number is given.
pub(crate) async fn incidents(
    executor: impl SqliteExecutor<'_>,
    id: Option<u64>,
) -> Result<Vec<IncidentRow>, StoreError> {
    let rows = sqlx::query(
        "select incident_id, effect_id, part, aggregate_id, reason, opened_at_us
         from incident
         where closed_at_us is null and ($1 is null or incident_id = $1)
         order by incident_id desc",
    )
    .bind(id.map(signed))
    .fetch_all(executor)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(IncidentRow {
                incident_id: unsigned(row, 0)?,
                effect_id: row.try_get(1)?,
                part: row.try_get(2)?,
                aggregate_id: row.try_get(3)?,
                reason: row.try_get(4)?,
                opened_at_us: row.try_get(5)?,
            })
        })
        .collect()
}

/// Closes the incident of an effect and lets it be tried again from its first attempt.
pub(crate) async fn restart_effect(
    conn: &mut SqliteConnection,
    effect_id: &str,
    part: u32,
    incident: u64,
    now_us: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        "update incident set closed_at_us = $4 where incident_id = $3;

         update outbox
         set attempts = 0, next_attempt_us = $4, stopped_at_us = null
         where effect_id = $1 and part = $2 and done_at_us is null;",
    )
    .bind(effect_id)
    .bind(part)
    .bind(signed(incident))
    .bind(now_us)
    .execute(conn)
    .await?;
    Ok(())
}

/// Closes the incident of an aggregate whose history folds again, and restores its wake-up.
pub(crate) async fn restart_aggregate(
    conn: &mut SqliteConnection,
    aggregate_id: &str,
    wake_at_us: Option<i64>,
    incident: u64,
    now_us: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        "update incident set closed_at_us = $4 where incident_id = $3;
         update aggregate set wake_at_us = $2 where aggregate_id = $1;",
    )
    .bind(aggregate_id)
    .bind(wake_at_us)
    .bind(signed(incident))
    .bind(now_us)
    .execute(conn)
    .await?;
    Ok(())
}

/// Entries before a position, newest first.
pub(crate) async fn log(
    executor: impl SqliteExecutor<'_>,
    before: Option<u64>,
    limit: u32,
) -> Result<Vec<OutboxRow>, StoreError> {
    let rows = sqlx::query(
        "select effect_id, part, position, payload, created_at_us, attempts, next_attempt_us, done_at_us, failure, stopped_at_us
         from outbox
         where position < $1
         order by position desc, effect_id, part
         limit $2",
    )
    .bind(signed(before.unwrap_or(u64::MAX)))
    .bind(i64::from(limit))
    .fetch_all(executor)
    .await?;
    rows.iter().map(outbox_row).collect()
}

fn outbox_row(row: &SqliteRow) -> Result<OutboxRow, StoreError> {
    Ok(OutboxRow {
        effect_id: row.try_get(0)?,
        part: row.try_get(1)?,
        position: unsigned(row, 2)?,
        payload: row.try_get(3)?,
        created_at_us: row.try_get(4)?,
        attempts: row.try_get(5)?,
        next_attempt_us: row.try_get(6)?,
        done_at_us: row.try_get(7)?,
        failure: row.try_get(8)?,
        stopped_at_us: row.try_get(9)?,
    })
}
