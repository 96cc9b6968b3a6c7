//! The statements of moving: what is written of a record that comes in, and the mark on a database whose record has not come in whole.

use super::connect::{Schema, connect_writer, known_schema, run_migrations};
use super::{Link, PostgresUrl, log};
use crate::StoreError;
use crate::database::rows::{RawEvent, signed};
use crate::moving::Carried;
use crate::store::Writers;
use futures_util::stream::{BoxStream, StreamExt};
use serde_json::Value;
use sqlx::{PgConnection, Row};

/// What a database holds before anything is moved there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// Nothing, or a part of what was begun earlier; the mark is on it now.
    Open,
    /// A record in use.
    Record,
}

/// A writer's session on the database that a record is to move to. One that holds nothing yet gets its tables and the mark.
pub(crate) async fn open(url: &PostgresUrl) -> Result<(Link, Target), StoreError> {
    let mut conn = connect_writer(url, Writers::One).await?;
    let target = prepare(&mut conn).await?;
    Ok((Link::new(url, Writers::One, conn), target))
}

async fn prepare(conn: &mut PgConnection) -> Result<Target, StoreError> {
    let schema = known_schema(&mut *conn).await?;
    let is_open = match schema {
        Schema::Fresh => true,
        Schema::Version(_) => is_marked(&mut *conn).await? || is_empty(&mut *conn).await?,
    };
    if !is_open {
        return Ok(Target::Record);
    }
    sqlx::query(
        "create table if not exists unfinished_move (since timestamptz not null default now())",
    )
    .execute(&mut *conn)
    .await?;
    run_migrations(conn).await?;
    Ok(Target::Open)
}

/// Whether a move into this database was begun and not finished.
pub(super) async fn is_marked(conn: &mut PgConnection) -> Result<bool, StoreError> {
    let query = sqlx::query_scalar("select to_regclass('unfinished_move') is not null");
    Ok(query.fetch_one(conn).await?)
}

/// Whether nobody has told this record anything yet.
async fn is_empty(conn: &mut PgConnection) -> Result<bool, StoreError> {
    if 0 < log::head(&mut *conn).await?.position {
        return Ok(false);
    }
    let query = sqlx::query_scalar("select not exists (select from command)");
    Ok(query.fetch_one(conn).await?)
}

/// Takes the mark away: the record is whole.
pub(crate) async fn finish(conn: &mut PgConnection) -> Result<(), StoreError> {
    sqlx::query("drop table unfinished_move")
        .execute(conn)
        .await?;
    Ok(())
}

/// Appends events as they are, and moves the end of the log behind them.
pub(crate) async fn append(conn: &mut PgConnection, events: &[RawEvent]) -> Result<(), StoreError> {
    let Some(last) = events.last() else {
        return Ok(());
    };
    let numbers = |value: fn(&RawEvent) -> i64| events.iter().map(value).collect::<Vec<_>>();
    let texts = |value: fn(&RawEvent) -> &[u8]| {
        let texts = events.iter().map(|event| std::str::from_utf8(value(event)));
        let texts: Result<Vec<&str>, _> = texts.collect();
        texts.map_err(|problem| StoreError::inconsistent("event", problem))
    };
    let hashes = |value: fn(&RawEvent) -> &[u8]| events.iter().map(value).collect::<Vec<_>>();
    sqlx::query(
        "with new_event as (
             insert into event
                 (position, aggregate_id, version, previous_position, at_us, actor, command_id, payload, hash, log_hash)
             select *
             from unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::bytea[], $10::bytea[])
         )
         update log_head set position = $11, log_hash = $12",
    )
    .bind(numbers(|event| signed(event.position)))
    .bind(texts(|event| &event.aggregate_id)?)
    .bind(numbers(|event| signed(event.version)))
    .bind(numbers(|event| signed(event.previous_position)))
    .bind(numbers(|event| event.at_us))
    .bind(texts(|event| &event.actor)?)
    .bind(texts(|event| &event.command_id)?)
    .bind(texts(|event| &event.payload)?)
    .bind(hashes(|event| &event.hash))
    .bind(hashes(|event| &event.log_hash))
    .bind(signed(last.position))
    .bind(last.log_hash.as_slice())
    .execute(conn)
    .await?;
    Ok(())
}

/// Every row of a table as a JSON array, in the order of its key; bytes are hexadecimal.
pub(crate) fn rows(
    conn: &mut PgConnection,
    table: Carried,
) -> BoxStream<'_, Result<Value, StoreError>> {
    let rows = sqlx::query(match table {
        Carried::Checkpoint => {
            "select json_build_array(position, encode(log_hash, 'hex'), at_us, encode(signature, 'hex'), key_id)::text
             from checkpoint
             order by position"
        }
        Carried::Command => {
            "select json_build_array(command_id, encode(fingerprint, 'hex'), aggregate_id, version, position, at_us, rejection)::text
             from command
             order by command_id"
        }
        Carried::Aggregate => {
            "select json_build_array(aggregate_id, version, head_position, wake_at_us)::text
             from aggregate
             order by aggregate_id"
        }
        Carried::Outbox => {
            "select json_build_array(effect_id, part, position, payload, created_at_us, attempts, next_attempt_us, done_at_us, failure, stopped_at_us)::text
             from outbox
             order by effect_id, part"
        }
        Carried::Incident => {
            "select json_build_array(incident_id, subject, effect_id, part, aggregate_id, reason, opened_at_us, closed_at_us)::text
             from incident
             order by incident_id"
        }
        Carried::Credential => {
            "select json_build_array(account_id, password, changed_at_us)::text from credential order by account_id"
        }
        Carried::ConsoleSession => {
            "select json_build_array(secret_hash, session_id, account_id, agent, opened_at_us, seen_at_us, expires_at_us, opened_by)::text
             from console_session
             order by secret_hash"
        }
        Carried::Passkey => {
            "select json_build_array(passkey_id, account_id, label, credential, added_at_us, used_at_us)::text
             from passkey
             order by passkey_id"
        }
    });
    rows.fetch(conn)
        .map(|row| Ok(serde_json::from_str(row?.try_get(0)?)?))
        .boxed()
}

/// Empties a table.
pub(crate) async fn clear(conn: &mut PgConnection, table: Carried) -> Result<(), StoreError> {
    sqlx::query(match table {
        Carried::Checkpoint => "delete from checkpoint",
        Carried::Command => "delete from command",
        Carried::Aggregate => "delete from aggregate",
        Carried::Outbox => "delete from outbox",
        Carried::Incident => "delete from incident",
        Carried::Credential => "delete from credential",
        Carried::ConsoleSession => "delete from console_session",
        Carried::Passkey => "delete from passkey",
    })
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds rows that were read elsewhere. `list` is a JSON array of them.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    table: Carried,
    list: &str,
) -> Result<(), StoreError> {
    sqlx::query(match table {
        Carried::Checkpoint => {
            "insert into checkpoint (position, log_hash, at_us, signature, key_id)
             select (each ->> 0)::bigint, decode(each ->> 1, 'hex'), (each ->> 2)::bigint, decode(each ->> 3, 'hex'), each ->> 4
             from json_array_elements($1::json) as each"
        }
        Carried::Command => {
            "insert into command (command_id, fingerprint, aggregate_id, version, position, at_us, rejection)
             select each ->> 0, decode(each ->> 1, 'hex'), each ->> 2, (each ->> 3)::bigint, (each ->> 4)::bigint, (each ->> 5)::bigint, each ->> 6
             from json_array_elements($1::json) as each"
        }
        Carried::Aggregate => {
            "insert into aggregate (aggregate_id, version, head_position, wake_at_us)
             select each ->> 0, (each ->> 1)::bigint, (each ->> 2)::bigint, (each ->> 3)::bigint
             from json_array_elements($1::json) as each"
        }
        Carried::Outbox => {
            "insert into outbox
                 (effect_id, part, position, payload, created_at_us, attempts, next_attempt_us, done_at_us, failure, stopped_at_us)
             select each ->> 0, (each ->> 1)::bigint, (each ->> 2)::bigint, each ->> 3, (each ->> 4)::bigint, (each ->> 5)::bigint,
                 (each ->> 6)::bigint, (each ->> 7)::bigint, each ->> 8, (each ->> 9)::bigint
             from json_array_elements($1::json) as each"
        }
        Carried::Incident => {
            "insert into incident (incident_id, subject, effect_id, part, aggregate_id, reason, opened_at_us, closed_at_us)
                 overriding system value
             select (each ->> 0)::bigint, each ->> 1, each ->> 2, (each ->> 3)::bigint, each ->> 4, each ->> 5, (each ->> 6)::bigint,
                 (each ->> 7)::bigint
             from json_array_elements($1::json) as each"
        }
        Carried::Credential => {
            "insert into credential (account_id, password, changed_at_us)
             select each ->> 0, each ->> 1, (each ->> 2)::bigint
             from json_array_elements($1::json) as each"
        }
        Carried::ConsoleSession => {
            "insert into console_session (secret_hash, session_id, account_id, agent, opened_at_us, seen_at_us, expires_at_us, opened_by)
             select each ->> 0, each ->> 1, each ->> 2, each ->> 3, (each ->> 4)::bigint, (each ->> 5)::bigint, (each ->> 6)::bigint,
                 each ->> 7
             from json_array_elements($1::json) as each"
        }
        Carried::Passkey => {
            "insert into passkey (passkey_id, account_id, label, credential, added_at_us, used_at_us)
             select each ->> 0, each ->> 1, each ->> 2, each ->> 3, (each ->> 4)::bigint, (each ->> 5)::bigint
             from json_array_elements($1::json) as each"
        }
    })
    .bind(list)
    .execute(conn)
    .await?;
    Ok(())
}

/// Lets new incidents be counted on from those that were moved.
pub(crate) async fn count_incidents_on(conn: &mut PgConnection) -> Result<(), StoreError> {
    sqlx::query(
        "select setval(pg_get_serial_sequence('incident', 'incident_id'), max(incident_id))
         from incident
         having max(incident_id) is not null",
    )
    .execute(conn)
    .await?;
    Ok(())
}
