//! A batch on its way into one transaction: decided command by command in memory, written all at once.

use crate::StoreError;
use crate::database::changes::Changes;
use crate::database::rows::{Append, CommandSlot, EventSlot, Head, HeadSlot, Rest};
use crate::hash::{Hash, ORIGIN, StoredFields, event_hash, log_hash};
use crate::index::{self, Rows};
use crate::store::Loaded;
use jiff::Timestamp;
use naru_domain::{AggregateId, Effect, EffectId, State};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One aggregate while the batch is decided.
#[derive(Debug)]
pub(crate) struct Working {
    pub(crate) state: Option<State>,
    pub(crate) version: u64,
    pub(crate) position: u64,
    hash: Hash,
    /// The index rows as they are in the file, and after [`Batch::finish`] as they will be.
    rows: Rows,
    /// The index rows of the state, if they may have changed since they were in the file and were made again.
    new_rows: Option<Rows>,
    /// Whether anything happened that can change the rows.
    rows_may_change: bool,
    changed: bool,
    /// The id as text, once it was needed.
    text: Option<Arc<str>>,
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
            new_rows: None,
            rows_may_change: false,
            changed: false,
            text: None,
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
            new_rows: None,
            rows_may_change: false,
            changed: false,
            text: None,
        }
    }

    /// The id as text, written once a batch.
    pub(crate) fn id_text(&mut self, id: AggregateId) -> Arc<str> {
        Arc::clone(self.text.get_or_insert_with(|| id.to_string().into()))
    }

    /// Makes the index rows of a state that changed, so that the end of the batch need not.
    pub(crate) fn index(&mut self) {
        if self.rows_may_change && self.new_rows.is_none() {
            self.new_rows = self.state.as_ref().map(index::rows);
        }
    }

    /// The index rows as they will be, if they may change; they are made by then.
    fn take_rows(&mut self) -> Option<Rows> {
        self.index();
        debug_assert!(
            self.rows_may_change
                || self.state.as_ref().map(index::rows).as_ref() == Some(&self.rows),
            "an event changed rows that it cannot change"
        );
        self.rows_may_change = false;
        self.new_rows.take()
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
    /// Whether any of the events can change the index rows.
    pub(crate) rows_may_change: bool,
    /// The JSON of each event, and what the world must do because of it.
    pub(crate) events: Vec<(String, Vec<Effect>)>,
}

/// The lists of one transaction while they grow.
#[derive(Debug)]
pub(crate) struct Batch {
    head: Head,
    events: Vec<EventSlot>,
    commands: Vec<CommandSlot>,
    effects: JsonArray,
    delivered: JsonArray,
    effects_count: usize,
    pub(crate) stopped: BTreeMap<AggregateId, String>,
}

/// The short fingerprint of a command's content: enough to tell a retry from another command under the same id.
pub(crate) type Fingerprint = [u8; 16];

/// What is stored of a command beside each of its events.
#[derive(Debug)]
pub(crate) struct Cause {
    pub(crate) actor: Arc<str>,
    pub(crate) command_id: Arc<str>,
}

impl Batch {
    pub(crate) fn new(head: Head) -> Self {
        Self {
            head,
            events: Vec::new(),
            commands: Vec::new(),
            effects: JsonArray::default(),
            delivered: JsonArray::default(),
            effects_count: 0,
            stopped: BTreeMap::new(),
        }
    }

    /// Where the log will end.
    pub(crate) fn head(&self) -> Head {
        self.head
    }

    /// Appends what a command did, and moves the aggregate on.
    pub(crate) fn append(
        &mut self,
        at: Timestamp,
        aggregate: AggregateId,
        working: &mut Working,
        step: Step,
        cause: &Cause,
    ) -> Result<(), StoreError> {
        let at_us = at.as_microsecond();
        let aggregate_id = working.id_text(aggregate);
        for (payload, effects) in step.events {
            let version = working.version + 1;
            let position = self.head.position + 1;
            let fields = StoredFields {
                aggregate_id: aggregate_id.as_bytes(),
                version,
                at_us,
                actor: cause.actor.as_bytes(),
                command_id: cause.command_id.as_bytes(),
                payload: payload.as_bytes(),
            };
            let hash = event_hash(&working.hash, &fields);
            let log_hash = log_hash(&self.head.log_hash, position, working.position, &hash);
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
            self.events.push(EventSlot {
                position,
                aggregate_id: Arc::clone(&aggregate_id),
                version,
                previous_position: working.position,
                at_us,
                actor: Arc::clone(&cause.actor),
                command_id: Arc::clone(&cause.command_id),
                payload,
                hash,
                log_hash,
            });
            self.head = Head { position, log_hash };
            working.version = version;
            working.position = position;
            working.hash = hash;
            working.changed = true;
        }
        if step.rows_may_change {
            working.rows_may_change = true;
            working.new_rows = None;
        }
        working.state = Some(step.state);
        Ok(())
    }

    /// Remembers the first answer to a command.
    pub(crate) fn answer(&mut self, answer: CommandSlot) {
        self.commands.push(answer);
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

    /// The lists as the statements take them. `at` is not before any event's time.
    pub(crate) fn finish<'a>(
        self,
        at: Timestamp,
        working: impl Iterator<Item = (&'a AggregateId, &'a mut Working)>,
    ) -> Result<Prepared, StoreError> {
        let mut aggregates = Vec::new();
        let mut changes = Changes::default();
        let mut earliest_wakeup = None;
        for (id, working) in working.filter(|(_, working)| working.changed) {
            if let Some(rows) = working.take_rows() {
                changes.add(&working.rows, &rows);
                working.rows = rows;
            }
            let Some(state) = &working.state else {
                return Err(StoreError::inconsistent("aggregate", id));
            };
            let wake_at = state.next_wakeup();
            earliest_wakeup = earliest_wakeup.into_iter().chain(wake_at).min();
            working.changed = false;
            aggregates.push(HeadSlot {
                aggregate_id: working.id_text(*id),
                version: working.version,
                position: working.position,
                wake_at_us: wake_at.map(ceil_us),
            });
        }
        let append = Append {
            at_us: at.as_microsecond(),
            events: self.events,
            commands: self.commands,
            aggregates,
            rest: Rest {
                effects: self.effects.finish_some(),
                delivered: self.delivered.finish_some(),
                changes,
                stopped: self
                    .stopped
                    .into_iter()
                    .map(|(id, reason)| (id.to_string(), reason))
                    .collect(),
            },
            head: self.head,
        };
        Ok(Prepared {
            append,
            effects: self.effects_count,
            earliest_wakeup,
        })
    }
}

/// A batch as the statements take it, and what it will leave to do.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) append: Append,
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

    /// The array, unless it is empty.
    pub(crate) fn finish_some(self) -> Option<String> {
        (!self.is_empty()).then(|| self.finish())
    }

    pub(crate) fn finish(mut self) -> String {
        if self.text.is_empty() {
            self.text.push(b'[');
        }
        self.text.push(b']');
        String::from_utf8(self.text).unwrap_or_default()
    }
}
