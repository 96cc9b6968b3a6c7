//! Writing a batch: one statement and so one round trip in the usual case, whatever the size of the batch. Each column travels as one array.

use super::{index_tables, log};
use crate::StoreError;
use crate::database::rows::{
    Append, CommandSlot, End, EventSlot, Head, HeadSlot, POSITION_CHANNEL, Rest, signed,
};
use sqlx::PgConnection;

/// Carries out the whole transaction, from begin to commit, unless another process has moved the end of the log. After an error the caller must
/// roll back.
pub(crate) async fn append(
    conn: &mut PgConnection,
    append: Append,
    end: End,
) -> Result<(), StoreError> {
    if append.rest.is_empty() && !end.is_held {
        // One statement is one transaction.
        return insert(conn, &append, end).await;
    }
    if !end.is_held {
        sqlx::query("begin").execute(&mut *conn).await?;
    }
    insert(&mut *conn, &append, end).await?;
    write_rest(&mut *conn, &append.rest, append.at_us).await?;
    sqlx::query("commit").execute(conn).await?;
    Ok(())
}

async fn insert(conn: &mut PgConnection, append: &Append, end: End) -> Result<(), StoreError> {
    let Append {
        at_us,
        events,
        commands,
        aggregates,
        rest: _,
        head: Head { position, log_hash },
    } = append;
    let event = |value: fn(&EventSlot) -> u64| numbers(events, value);
    let command = |value: fn(&CommandSlot) -> u64| numbers(commands, value);
    let head = |value: fn(&HeadSlot) -> u64| numbers(aggregates, value);
    let hashes: Vec<&[u8]> = events.iter().map(|event| event.hash.as_slice()).collect();
    let log_hashes: Vec<&[u8]> = events
        .iter()
        .map(|event| event.log_hash.as_slice())
        .collect();
    let prints: Vec<&[u8]> = commands
        .iter()
        .map(|command| command.fingerprint.as_slice())
        .collect();
    let rejections: Vec<Option<&str>> = commands
        .iter()
        .map(|command| command.rejection.as_deref())
        .collect();
    let times: Vec<i64> = events.iter().map(|event| event.at_us).collect();
    let wake_ups: Vec<Option<i64>> = aggregates.iter().map(|head| head.wake_at_us).collect();
    let written = sqlx::query(APPEND)
        .bind(at_us)
        .bind(event(|event| event.position))
        .bind(texts(events, |event| &event.aggregate_id))
        .bind(event(|event| event.version))
        .bind(event(|event| event.previous_position))
        .bind(texts(events, |event| &event.actor))
        .bind(texts(events, |event| &event.command_id))
        .bind(texts(events, |event| &event.payload))
        .bind(hashes)
        .bind(log_hashes)
        .bind(texts(commands, |command| &command.command_id))
        .bind(prints)
        .bind(texts(commands, |command| &command.aggregate_id))
        .bind(command(|command| command.version))
        .bind(command(|command| command.position))
        .bind(rejections)
        .bind(texts(aggregates, |head| &head.aggregate_id))
        .bind(head(|head| head.version))
        .bind(head(|head| head.position))
        .bind(wake_ups)
        .bind(signed(*position))
        .bind(log_hash.as_slice())
        .bind(POSITION_CHANNEL)
        .bind(times)
        .bind(signed(end.head.position))
        .fetch_optional(conn)
        .await?;
    written.map(drop).ok_or(StoreError::Overtaken)
}

/// Everything hangs on the end of the log: whoever moves it first is written, and whoever comes after writes nothing at all.
const APPEND: &str = "with new_head as (
         update log_head set position = $21, log_hash = $22 where \"only\" = 1 and position = $25 returning position
     ), new_event as (
         insert into event
             (position, aggregate_id, version, previous_position, at_us, actor, command_id, payload, hash, log_hash)
         select *
         from unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $24::bigint[], $6::text[], $7::text[], $8::text[], $9::bytea[], $10::bytea[])
         where exists (select from new_head)
     ), new_command as (
         insert into command (command_id, fingerprint, aggregate_id, version, position, at_us, rejection)
         select command_id, fingerprint, aggregate_id, version, position, $1, rejection
         from unnest($11::text[], $12::bytea[], $13::text[], $14::bigint[], $15::bigint[], $16::text[])
             as slot (command_id, fingerprint, aggregate_id, version, position, rejection)
         where exists (select from new_head)
     ), new_aggregate as (
         insert into aggregate (aggregate_id, version, head_position, wake_at_us)
         select *
         from unnest($17::text[], $18::bigint[], $19::bigint[], $20::bigint[])
         where exists (select from new_head)
         on conflict (aggregate_id) do update
         set version = excluded.version, head_position = excluded.head_position, wake_at_us = excluded.wake_at_us
     )
     select pg_notify($23, $21::text) from new_head";

fn numbers<T>(slots: &[T], value: fn(&T) -> u64) -> Vec<i64> {
    slots.iter().map(|slot| signed(value(slot))).collect()
}

fn texts<T>(slots: &[T], value: fn(&T) -> &str) -> Vec<&str> {
    slots.iter().map(value).collect()
}

/// What most batches do not have.
async fn write_rest(conn: &mut PgConnection, rest: &Rest, at_us: i64) -> Result<(), StoreError> {
    if let Some(effects) = &rest.effects {
        insert_effects(&mut *conn, effects, at_us).await?;
    }
    if let Some(delivered) = &rest.delivered {
        mark_delivered(&mut *conn, delivered, at_us).await?;
    }
    index_tables::write(&mut *conn, &rest.changes).await?;
    for (aggregate_id, reason) in &rest.stopped {
        log::stop_aggregate(&mut *conn, aggregate_id, reason, at_us).await?;
    }
    Ok(())
}

async fn insert_effects(
    conn: &mut PgConnection,
    effects: &str,
    at_us: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into outbox (effect_id, part, position, payload, created_at_us, next_attempt_us)
         select each ->> 0, 0, (each ->> 1)::bigint, each ->> 2, $2, $2
         from json_array_elements($1::json) as each",
    )
    .bind(effects)
    .bind(at_us)
    .execute(conn)
    .await?;
    Ok(())
}

async fn mark_delivered(
    conn: &mut PgConnection,
    delivered: &str,
    at_us: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        "update outbox
         set done_at_us = $2, failure = null, stopped_at_us = null
         where effect_id = any (array(select json_array_elements_text($1::json))) and part = 0 and done_at_us is null",
    )
    .bind(delivered)
    .bind(at_us)
    .execute(conn)
    .await?;
    Ok(())
}
