//! Rows as either database has them, before anything is made of them.

use super::changes::Changes;
use crate::hash::Hash;
use std::sync::Arc;

/// A stored event, as the file has it.
#[derive(Clone, Debug)]
pub(crate) struct EventRow {
    pub(crate) position: u64,
    pub(crate) aggregate_id: String,
    pub(crate) version: u64,
    pub(crate) at_us: i64,
    pub(crate) actor: String,
    pub(crate) command_id: String,
    pub(crate) payload: String,
    pub(crate) hash: Vec<u8>,
}

/// What a stored event says about its aggregate's state, and no more.
#[derive(Clone, Debug)]
pub(crate) struct ChainRow {
    pub(crate) aggregate_id: String,
    pub(crate) position: u64,
    pub(crate) version: u64,
    pub(crate) payload: String,
    pub(crate) hash: Hash,
}

/// A command's first answer, as the file has it.
#[derive(Clone, Debug)]
pub(crate) struct CommandRow {
    pub(crate) command_id: String,
    pub(crate) fingerprint: Vec<u8>,
    pub(crate) aggregate_id: String,
    pub(crate) version: u64,
    pub(crate) position: u64,
    pub(crate) rejection: Option<String>,
}

/// A wake-up, as the file has it.
#[derive(Clone, Debug)]
pub(crate) struct WakeUpRow {
    pub(crate) aggregate_id: String,
    pub(crate) version: u64,
    pub(crate) at_us: i64,
}

/// Where the log ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) position: u64,
    pub(crate) log_hash: Hash,
}

/// Where the log ends while a batch is decided, and must still end when it is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct End {
    pub(crate) head: Head,
    /// Whether a transaction is open that keeps others from moving it.
    pub(crate) is_held: bool,
}

/// An event as bytes: what was tampered with need not be text any more.
#[derive(Clone, Debug)]
pub(crate) struct RawEvent {
    pub(crate) position: u64,
    pub(crate) aggregate_id: Vec<u8>,
    pub(crate) version: u64,
    pub(crate) previous_position: u64,
    pub(crate) at_us: i64,
    pub(crate) actor: Vec<u8>,
    pub(crate) command_id: Vec<u8>,
    pub(crate) payload: Vec<u8>,
    pub(crate) hash: Vec<u8>,
    pub(crate) log_hash: Vec<u8>,
}

/// The end of an aggregate's history, as the table of aggregates has it.
#[derive(Clone, Debug)]
pub(crate) struct RawHead {
    pub(crate) aggregate_id: Vec<u8>,
    pub(crate) version: u64,
    pub(crate) position: u64,
}

/// A checkpoint, as the file has it.
#[derive(Clone, Debug)]
pub(crate) struct CheckpointRow {
    pub(crate) position: u64,
    pub(crate) log_hash: Vec<u8>,
    pub(crate) at_us: i64,
    pub(crate) signature: Vec<u8>,
    pub(crate) key_id: String,
}

/// An entry of the outbox, as the file has it.
#[derive(Clone, Debug)]
pub(crate) struct OutboxRow {
    pub(crate) effect_id: String,
    pub(crate) part: u32,
    pub(crate) position: u64,
    pub(crate) payload: String,
    pub(crate) created_at_us: i64,
    pub(crate) attempts: u32,
    pub(crate) next_attempt_us: i64,
    pub(crate) done_at_us: Option<i64>,
    pub(crate) failure: Option<String>,
    pub(crate) stopped_at_us: Option<i64>,
}

/// An incident, as the file has it.
#[derive(Clone, Debug)]
pub(crate) struct IncidentRow {
    pub(crate) incident_id: u64,
    pub(crate) effect_id: Option<String>,
    pub(crate) part: Option<u32>,
    pub(crate) aggregate_id: String,
    pub(crate) reason: String,
    pub(crate) opened_at_us: i64,
}

/// An incident about to be opened for an effect.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewIncident<'a> {
    pub(crate) subject: &'a str,
    pub(crate) effect_id: &'a str,
    pub(crate) part: u32,
    pub(crate) aggregate_id: &'a str,
    pub(crate) reason: &'a str,
    pub(crate) now_us: i64,
}

/// An event to append.
#[derive(Debug)]
pub(crate) struct EventSlot {
    pub(crate) position: u64,
    pub(crate) aggregate_id: Arc<str>,
    pub(crate) version: u64,
    pub(crate) previous_position: u64,
    pub(crate) at_us: i64,
    pub(crate) actor: Arc<str>,
    pub(crate) command_id: Arc<str>,
    pub(crate) payload: String,
    pub(crate) hash: Hash,
    pub(crate) log_hash: Hash,
}

/// A first answer to keep.
#[derive(Debug)]
pub(crate) struct CommandSlot {
    pub(crate) command_id: Arc<str>,
    pub(crate) fingerprint: [u8; 16],
    pub(crate) aggregate_id: Arc<str>,
    pub(crate) version: u64,
    pub(crate) position: u64,
    pub(crate) rejection: Option<String>,
}

/// The new end of an aggregate's history.
#[derive(Debug)]
pub(crate) struct HeadSlot {
    pub(crate) aggregate_id: Arc<str>,
    pub(crate) version: u64,
    pub(crate) position: u64,
    pub(crate) wake_at_us: Option<i64>,
}

/// Everything that one transaction writes.
#[derive(Debug)]
pub(crate) struct Append {
    /// The time of the first answers and the effects; events have their own.
    pub(crate) at_us: i64,
    pub(crate) events: Vec<EventSlot>,
    pub(crate) commands: Vec<CommandSlot>,
    pub(crate) aggregates: Vec<HeadSlot>,
    pub(crate) rest: Rest,
    pub(crate) head: Head,
}

/// What most batches do not have.
#[derive(Debug)]
pub(crate) struct Rest {
    /// New effects, as a JSON array, if there are any.
    pub(crate) effects: Option<String>,
    /// Effects whose message has arrived, as a JSON array, if there are any.
    pub(crate) delivered: Option<String>,
    pub(crate) changes: Changes,
    /// Aggregates whose history does not fold, with the reason.
    pub(crate) stopped: Vec<(String, String)>,
}

impl Rest {
    pub(crate) fn is_empty(&self) -> bool {
        self.effects.is_none()
            && self.delivered.is_none()
            && self.changes.is_empty()
            && self.stopped.is_empty()
    }
}

/// An unsigned number for a column; nothing that is counted here comes near the limit.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Where PostgreSQL tells whoever listens the position of the last event, after each commit.
pub(crate) const POSITION_CHANNEL: &str = "naru_position";
