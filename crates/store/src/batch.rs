//! A batch on its way into one transaction: decided command by command in memory, written all at once.

use crate::StoreError;
use crate::hash::{Hash, ORIGIN, StoredFields, event_hash, log_hash};
use crate::index::{self, Rows};
use crate::sqlite::index_tables::Changes;
use crate::sqlite::log::{Append, Head};
use crate::store::Loaded;
use jiff::Timestamp;
use naru_domain::{AggregateId, CommandId, Effect, EffectId, State};
use serde::Serialize;
use std::collections::BTreeMap;

/// One aggregate while the batch is decided.
#[derive(Debug)]
pub(crate) struct Working {
    pub(crate) state: Option<State>,
    pub(crate) version: u64,
    pub(crate) position: u64,
    hash: Hash,
    /// The index rows as they are in the file, and after [`Batch::finish`] as they will be.
    rows: Rows,
    changed: bool,
}

impl Working {
    /// An aggregate without events.
    pub(crate) fn absent() -> Self {
        Self {
            state: None,
            version: 0,
            position: 0,
            hash: ORIGIN,
            rows: Rows::new(),
            changed: false,
        }
    }

    /// An aggregate as it was loaded.
    pub(crate) fn of(loaded: Loaded) -> Self {
        Self {
            version: loaded.version,
            position: loaded.position,
            hash: loaded.hash,
            state: Some(loaded.state),
            rows: loaded.rows,
            changed: false,
        }
    }

    /// What readers see once the batch is durable.
    pub(crate) fn into_loaded(self) -> Option<Loaded> {
        Some(Loaded {
            version: self.version,
            position: self.position,
            state: self.state?,
            hash: self.hash,
            rows: self.rows,
        })
    }
}

/// What one command does to one aggregate, before it is certain.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) state: State,
    /// The JSON of each event, and what the world must do because of it.
    pub(crate) events: Vec<(String, Vec<Effect>)>,
}

/// The lists of one transaction while they grow.
#[derive(Debug)]
pub(crate) struct Batch {
    at: Timestamp,
    head: Head,
    base: u64,
    events: JsonArray,
    hashes: Vec<u8>,
    log_hashes: Vec<u8>,
    commands: JsonArray,
    fingerprints: Vec<u8>,
    effects: JsonArray,
    delivered: JsonArray,
    effects_count: usize,
    pub(crate) stopped: BTreeMap<AggregateId, String>,
}

/// The short fingerprint of a command's content: enough to tell a retry from another command under the same id.
pub(crate) type Fingerprint = [u8; 16];

/// A command's answer, as it is stored.
#[derive(Debug)]
pub(crate) struct Answer<'a> {
    pub(crate) command_id: CommandId,
    pub(crate) fingerprint: &'a Fingerprint,
    pub(crate) aggregate: &'a str,
    pub(crate) version: u64,
    pub(crate) position: u64,
    pub(crate) rejection: Option<String>,
}

impl Batch {
    pub(crate) fn new(at: Timestamp, head: Head) -> Self {
        Self {
            at,
            head,
            base: head.position,
            events: JsonArray::default(),
            hashes: Vec::new(),
            log_hashes: Vec::new(),
            commands: JsonArray::default(),
            fingerprints: Vec::new(),
            effects: JsonArray::default(),
            delivered: JsonArray::default(),
            effects_count: 0,
            stopped: BTreeMap::new(),
        }
    }

    /// Appends what a command did, and moves the aggregate on.
    pub(crate) fn append(
        &mut self,
        (aggregate, text): (AggregateId, &str),
        working: &mut Working,
        step: Step,
        (actor, command_id): (&str, &str),
    ) -> Result<(), StoreError> {
        for (payload, effects) in step.events {
            let version = working.version + 1;
            let position = self.head.position + 1;
            let fields = StoredFields {
                aggregate_id: text.as_bytes(),
                version,
                at_us: self.at.as_microsecond(),
                actor: actor.as_bytes(),
                command_id: command_id.as_bytes(),
                payload: payload.as_bytes(),
            };
            let hash = event_hash(&working.hash, &fields);
            let log_hash = log_hash(&self.head.log_hash, position, working.position, &hash);
            self.events
                .push(&(text, version, working.position, actor, command_id, &payload))?;
            self.hashes.extend_from_slice(&hash);
            self.log_hashes.extend_from_slice(&log_hash);
            for (place, effect) in (0_u32..).zip(&effects) {
                let id = EffectId {
                    aggregate,
                    version,
                    position: place,
                };
                self.effects
                    .push(&(id, position, serde_json::to_string(effect)?))?;
                self.effects_count += 1;
            }
            self.head = Head { position, log_hash };
            working.version = version;
            working.position = position;
            working.hash = hash;
            working.changed = true;
        }
        working.state = Some(step.state);
        Ok(())
    }

    /// Remembers the first answer to a command.
    pub(crate) fn answer(&mut self, answer: &Answer<'_>) -> Result<(), StoreError> {
        self.commands.push(&(
            answer.command_id,
            answer.aggregate,
            answer.version,
            answer.position,
            answer.rejection.as_deref(),
        ))?;
        self.fingerprints.extend_from_slice(answer.fingerprint);
        Ok(())
    }

    /// Remembers that the message of an effect has arrived.
    pub(crate) fn delivered(&mut self, effect: EffectId) -> Result<(), StoreError> {
        self.delivered.push(&effect)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.events.is_empty()
            && self.commands.is_empty()
            && self.delivered.is_empty()
            && self.stopped.is_empty()
    }

    /// The lists as the statements take them.
    pub(crate) fn finish(
        self,
        aggregates: &mut BTreeMap<AggregateId, Working>,
    ) -> Result<Prepared, StoreError> {
        let mut heads = JsonArray::default();
        let mut changes = Changes::default();
        let mut earliest_wakeup = None;
        for (id, working) in aggregates.iter_mut().filter(|(_, working)| working.changed) {
            let Some(state) = &working.state else {
                continue;
            };
            let wake_at = state.next_wakeup();
            heads.push(&(id, working.version, working.position, wake_at.map(ceil_us)))?;
            earliest_wakeup = earliest_wakeup.into_iter().chain(wake_at).min();
            let rows = index::rows(state);
            changes.add(&working.rows, &rows);
            working.rows = rows;
        }
        let append = Append {
            at_us: self.at.as_microsecond(),
            base: self.base,
            events: self.events.finish(),
            hashes: self.hashes,
            log_hashes: self.log_hashes,
            commands: self.commands.finish(),
            fingerprints: self.fingerprints,
            aggregates: heads.finish(),
            effects: self.effects.finish(),
            delivered: self.delivered.finish(),
        };
        Ok(Prepared {
            append,
            changes,
            head: self.head,
            stopped: self.stopped,
            effects: self.effects_count,
            earliest_wakeup,
        })
    }
}

/// A batch as the statements take it.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) append: Append,
    pub(crate) changes: Changes,
    pub(crate) head: Head,
    pub(crate) stopped: BTreeMap<AggregateId, String>,
    pub(crate) effects: usize,
    pub(crate) earliest_wakeup: Option<Timestamp>,
}

/// The first microsecond at which `at` is no longer in the future, so that a wake-up never comes early.
pub(crate) fn ceil_us(at: Timestamp) -> i64 {
    let floor = at.as_microsecond();
    match Timestamp::from_microsecond(floor) {
        Ok(down) if down < at => floor.saturating_add(1),
        Ok(_) | Err(_) => floor,
    }
}

/// A JSON array that grows item by item.
#[derive(Debug, Default)]
pub(crate) struct JsonArray {
    text: Vec<u8>,
}

impl JsonArray {
    pub(crate) fn push(&mut self, item: &impl Serialize) -> Result<(), StoreError> {
        self.text
            .push(if self.text.is_empty() { b'[' } else { b',' });
        Ok(serde_json::to_writer(&mut self.text, item)?)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub(crate) fn finish(mut self) -> String {
        if self.text.is_empty() {
            self.text.push(b'[');
        }
        self.text.push(b']');
        String::from_utf8(self.text).unwrap_or_default()
    }
}
