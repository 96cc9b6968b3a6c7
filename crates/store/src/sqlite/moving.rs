//! The statements of moving: what is read of a record that leaves.

use crate::StoreError;
use crate::moving::Carried;
use futures_util::stream::{BoxStream, StreamExt};
use serde_json::Value;
use sqlx::{Row, SqliteConnection};

/// Every row of a table as a JSON array, in the order of its key; bytes are hexadecimal.
pub(crate) fn rows(
    conn: &mut SqliteConnection,
    table: Carried,
) -> BoxStream<'_, Result<Value, StoreError>> {
    let rows = sqlx::query(match table {
        Carried::Checkpoint => {
            "select json_array(position, lower(hex(log_hash)), at_us, lower(hex(signature)), key_id)
             from checkpoint
             order by position"
        }
        Carried::Command => {
            "select json_array(command_id, lower(hex(fingerprint)), aggregate_id, version, position, at_us, rejection)
             from command
             order by command_id"
        }
        Carried::Aggregate => {
            "select json_array(aggregate_id, version, head_position, wake_at_us)
             from aggregate
             order by aggregate_id"
        }
        Carried::Outbox => {
            "select json_array(effect_id, part, position, payload, created_at_us, attempts, next_attempt_us, done_at_us, failure, stopped_at_us)
             from outbox
             order by effect_id, part"
        }
        Carried::Incident => {
            "select json_array(incident_id, subject, effect_id, part, aggregate_id, reason, opened_at_us, closed_at_us)
             from incident
             order by incident_id"
        }
        Carried::Credential => {
            "select json_array(account_id, password, changed_at_us) from credential order by account_id"
        }
        Carried::ConsoleSession => {
            "select json_array(secret_hash, session_id, account_id, agent, opened_at_us, seen_at_us, expires_at_us, opened_by)
             from console_session
             order by secret_hash"
        }
        Carried::Passkey => {
            "select json_array(passkey_id, account_id, label, credential, added_at_us, used_at_us)
             from passkey
             order by passkey_id"
        }
    });
    rows.fetch(conn)
        .map(|row| Ok(serde_json::from_str(row?.try_get(0)?)?))
        .boxed()
}
