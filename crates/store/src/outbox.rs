//! What the world must still do: claimed, performed outside any transaction, then acknowledged. At least once, under an id that never changes.
//!
//! Claims are kept in memory: the folder or the database admits one process, and when that process dies its claims should die with it.

use crate::database::outbox as sql;
use crate::database::rows::{IncidentRow, NewIncident, OutboxRow};
use crate::store::{Store, aggregate_id, timestamp};
use crate::{Loaded, StoreError};
use jiff::Timestamp;
use naru_domain::{AggregateId, Effect, EffectId, IdProblem, Recipient};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// The id of a row of the outbox: an effect, or one person's part of a letter to a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OutboxId {
    /// The effect.
    pub effect: EffectId,
    /// 0 for the effect itself, from 1 for its parts.
    pub part: u32,
}

impl fmt::Display for OutboxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.part {
            0 => self.effect.fmt(f),
            part => write!(f, "{}.part{part}", self.effect),
        }
    }
}

impl FromStr for OutboxId {
    type Err = IdProblem;
    fn from_str(text: &str) -> Result<Self, IdProblem> {
        let (effect, part) = text.rsplit_once(".part").unwrap_or((text, "0"));
        let part = part
            .parse()
            .map_err(|_| IdProblem::Malformed(text.chars().take(120).collect()))?;
        Ok(Self {
            effect: effect.parse()?,
            part,
        })
    }
}

/// An effect that waits to be performed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingEffect {
    /// Its id, the letter's Message-ID too.
    pub id: OutboxId,
    /// What to do.
    pub effect: Effect,
    /// How often it has failed so far.
    pub attempts: u32,
    /// When the event that caused it happened.
    pub created_at: Timestamp,
}

/// What came of asking for one effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It may be performed now.
    Taken(Box<PendingEffect>),
    /// It has failed and may not be tried before then.
    NotBefore(Timestamp),
    /// Somebody else in this process performs it.
    InOtherHands,
    /// It is done, or waits for a person.
    NothingToDo,
}

/// A letter to a role, and the people who have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expansion {
    /// The letter.
    pub pending: PendingEffect,
    /// To whom it goes.
    pub recipients: Vec<Recipient>,
}

/// How far an entry of the outbox is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutboxStatus {
    /// It will be tried, for the first time or again.
    Waiting {
        /// Not before.
        next_attempt_at: Timestamp,
    },
    /// It is done.
    Done {
        /// When.
        at: Timestamp,
    },
    /// It has failed too often and waits for a person.
    Stopped {
        /// Since when.
        since: Timestamp,
    },
}

/// An entry of the outbox, done or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxEntry {
    /// Its id.
    pub id: OutboxId,
    /// The position of the event that caused it.
    pub position: u64,
    /// What to do.
    pub effect: Effect,
    /// How often it has failed so far.
    pub attempts: u32,
    /// Why it failed the last time.
    pub failure: Option<String>,
    /// How far it is.
    pub status: OutboxStatus,
    /// When the event that caused it happened.
    pub created_at: Timestamp,
}

/// What went wrong and needs a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// Its number.
    pub id: u64,
    /// The aggregate concerned.
    pub aggregate: AggregateId,
    /// The effect that failed too often; without one, the aggregate's history does not fold.
    pub effect: Option<OutboxId>,
    /// What went wrong.
    pub reason: String,
    /// Since when.
    pub opened_at: Timestamp,
}

/// What became of an attempt to close an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetriedIncident {
    /// The effect will be tried again now.
    EffectWaits,
    /// The history folds again, and the aggregate goes on.
    AggregateGoesOn,
    /// The history still does not fold.
    StillBroken,
    /// There is no open incident with this number.
    Unknown,
}

/// Which effects are being performed, and until when nobody else may take them.
#[derive(Debug, Default)]
pub(crate) struct Leases {
    until: BTreeMap<OutboxId, Timestamp>,
}

impl Leases {
    fn drop_expired(&mut self, now: Timestamp) {
        self.until.retain(|_, until| now < *until);
    }

    fn take(&mut self, id: OutboxId, until: Timestamp) -> bool {
        match self.until.entry(id) {
            std::collections::btree_map::Entry::Occupied(_) => false,
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(until);
                true
            }
        }
    }
}

impl Store {
    /// Takes up to `limit` effects that may be tried now, oldest first; nobody else gets them before `until`.
    pub async fn claim_effects(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<PendingEffect>, StoreError> {
        let leased = {
            let mut leases = self.leases();
            leases.drop_expired(now);
            u32::try_from(leases.until.len()).unwrap_or(u32::MAX)
        };
        // Some of the first rows may be in somebody's hands.
        let rows = sql::due(
            self.readers(),
            now.as_microsecond(),
            limit.saturating_add(leased),
        )
        .await?;
        let mut claimed = Vec::new();
        for row in rows {
            let entry = OutboxEntry::try_from(row)?;
            if usize::try_from(limit).is_ok_and(|limit| claimed.len() < limit)
                && self.leases().take(entry.id, until)
            {
                claimed.push(PendingEffect {
                    id: entry.id,
                    effect: entry.effect,
                    attempts: entry.attempts,
                    created_at: entry.created_at,
                });
            }
        }
        Ok(claimed)
    }

    /// What these aggregates still have to do and need not wait with for an earlier message, in the order in which it arose, whenever it may
    /// be tried.
    pub async fn ready_effects(
        &self,
        aggregates: &[AggregateId],
    ) -> Result<Vec<OutboxId>, StoreError> {
        let ids = serde_json::to_string(aggregates)?;
        sql::ready(self.readers(), &ids)
            .await?
            .into_iter()
            .map(|(effect, part)| {
                let effect = effect
                    .parse()
                    .map_err(|problem| StoreError::inconsistent("outbox", problem))?;
                Ok(OutboxId { effect, part })
            })
            .collect()
    }

    /// Takes one effect, if it may be tried now; nobody else in this process gets it before `until`.
    pub async fn claim_effect(
        &self,
        id: OutboxId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Claim, StoreError> {
        let found = sql::entry(self.readers(), &id.effect.to_string(), id.part).await?;
        let Some(entry) = found.map(OutboxEntry::try_from).transpose()? else {
            return Ok(Claim::NothingToDo);
        };
        match entry.status {
            OutboxStatus::Done { .. } | OutboxStatus::Stopped { .. } => {
                return Ok(Claim::NothingToDo);
            }
            OutboxStatus::Waiting { next_attempt_at } if now < next_attempt_at => {
                return Ok(Claim::NotBefore(next_attempt_at));
            }
            OutboxStatus::Waiting { .. } => {}
        }
        let mut leases = self.leases();
        leases.drop_expired(now);
        Ok(if leases.take(id, until) {
            Claim::Taken(Box::new(PendingEffect {
                id,
                effect: entry.effect,
                attempts: entry.attempts,
                created_at: entry.created_at,
            }))
        } else {
            Claim::InOtherHands
        })
    }

    /// Gives back an effect that was taken and not performed.
    pub fn release_effect(&self, id: OutboxId) {
        self.release(&[id]);
    }

    /// Aggregates that have something to do, now or later: a wake-up or an effect waits. In the order of their ids, after `after`.
    pub async fn waiting_aggregates(
        &self,
        after: Option<AggregateId>,
        limit: u32,
    ) -> Result<Vec<AggregateId>, StoreError> {
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let ids = sql::waiting(self.readers(), &after, limit).await?;
        ids.iter().map(|id| aggregate_id(id)).collect()
    }

    /// Effects that may be tried now, claimed or not, oldest first.
    pub async fn due_effects(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<OutboxId>, StoreError> {
        let rows = sql::due(self.readers(), now.as_microsecond(), limit).await?;
        rows.into_iter()
            .map(|row| OutboxEntry::try_from(row).map(|entry| entry.id))
            .collect()
    }

    /// When the next effect may be tried, if any waits.
    pub async fn next_attempt(&self) -> Result<Option<Timestamp>, StoreError> {
        sql::next_attempt(self.readers())
            .await?
            .map(timestamp)
            .transpose()
    }

    /// Marks effects as done. Doing it twice changes nothing.
    pub async fn acknowledge(&self, now: Timestamp, done: &[OutboxId]) -> Result<(), StoreError> {
        if done.is_empty() {
            return Ok(());
        }
        let ids = serde_json::to_string(
            &done
                .iter()
                .map(|id| (id.effect, id.part))
                .collect::<Vec<_>>(),
        )?;
        let mut writer = self.writer().await?;
        let conn = writer.begin().await?;
        let result = sql::acknowledge(conn, &ids, now.as_microsecond()).await;
        let result = writer.finish(result).await;
        self.note_write(&result);
        self.release(done);
        result
    }

    /// Turns letters to a role into one row a person each, in one transaction; no person at all is an acknowledgment.
    pub async fn expand(&self, now: Timestamp, letters: &[Expansion]) -> Result<(), StoreError> {
        if letters.is_empty() {
            return Ok(());
        }
        let mut parts = Vec::new();
        for expansion in letters {
            let Effect::SendLetter { letter, .. } = &expansion.pending.effect else {
                return Err(StoreError::inconsistent(
                    "outbox",
                    "a message to several people",
                ));
            };
            for (part, to) in (1_u32..).zip(&expansion.recipients) {
                let effect = Effect::SendLetter {
                    letter: letter.clone(),
                    to: to.clone(),
                };
                let id = expansion.pending.id.effect;
                parts.push((id, part, serde_json::to_string(&effect)?));
            }
        }
        let parts = serde_json::to_string(&parts)?;
        let done: Vec<OutboxId> = letters.iter().map(|letter| letter.pending.id).collect();
        let ids = done.iter().map(|id| id.effect).collect::<Vec<_>>();
        let ids = serde_json::to_string(&ids)?;
        let mut writer = self.writer().await?;
        let conn = writer.begin().await?;
        let result = sql::expand(conn, &ids, &parts, now.as_microsecond()).await;
        let result = writer.finish(result).await;
        self.note_write(&result);
        self.release(&done);
        result
    }

    /// Puts an effect that failed back, to be tried again not before `next_attempt`.
    pub async fn postpone(
        &self,
        id: OutboxId,
        next_attempt: Timestamp,
        failure: &str,
    ) -> Result<(), StoreError> {
        let mut writer = self.writer().await?;
        let conn = writer.begin().await?;
        let result = sql::postpone(
            conn,
            &id.effect.to_string(),
            id.part,
            next_attempt.as_microsecond(),
            failure,
        )
        .await;
        let result = writer.finish(result).await;
        self.note_write(&result);
        self.release(&[id]);
        result
    }

    /// Stops trying an effect and opens an incident that a person sees.
    pub async fn open_incident(
        &self,
        now: Timestamp,
        id: OutboxId,
        reason: &str,
    ) -> Result<(), StoreError> {
        let subject = id.to_string();
        let mut writer = self.writer().await?;
        let conn = writer.begin().await?;
        let row = NewIncident {
            subject: &subject,
            effect_id: &id.effect.to_string(),
            part: id.part,
            aggregate_id: &id.effect.aggregate.to_string(),
            reason,
            now_us: now.as_microsecond(),
        };
        let result = sql::stop_effect(conn, &row).await;
        let result = writer.finish(result).await;
        self.note_write(&result);
        self.release(&[id]);
        result
    }

    /// The open incidents, newest first.
    pub async fn incidents(&self) -> Result<Vec<Incident>, StoreError> {
        sql::incidents(self.readers(), None)
            .await?
            .into_iter()
            .map(Incident::try_from)
            .collect()
    }

    /// Closes an incident by trying again: the effect waits to be performed, or the aggregate is loaded once more.
    pub async fn retry_incident(
        &self,
        now: Timestamp,
        id: u64,
    ) -> Result<RetriedIncident, StoreError> {
        let Some(row) = sql::incidents(self.readers(), Some(id))
            .await?
            .into_iter()
            .next()
        else {
            return Ok(RetriedIncident::Unknown);
        };
        let incident = Incident::try_from(row)?;
        let wake_at = match incident.effect {
            Some(_) => None,
            None => match self.load(incident.aggregate).await {
                Ok(loaded) => loaded.as_deref().and_then(wake_at_us),
                Err(crate::LoadError::Store(error)) => return Err(error),
                Err(crate::LoadError::Broken(_)) => return Ok(RetriedIncident::StillBroken),
            },
        };
        let mut writer = self.writer().await?;
        let conn = writer.begin().await?;
        let result = match incident.effect {
            Some(effect) => {
                sql::restart_effect(
                    conn,
                    &effect.effect.to_string(),
                    effect.part,
                    id,
                    now.as_microsecond(),
                )
                .await
            }
            None => {
                sql::restart_aggregate(
                    conn,
                    &incident.aggregate.to_string(),
                    wake_at,
                    id,
                    now.as_microsecond(),
                )
                .await
            }
        };
        let result = writer.finish(result).await;
        self.note_write(&result);
        result?;
        Ok(match incident.effect {
            Some(_) => RetriedIncident::EffectWaits,
            None => RetriedIncident::AggregateGoesOn,
        })
    }

    /// The letters and messages of the outbox, newest first, before a position if one is given.
    pub async fn outbox_log(
        &self,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<OutboxEntry>, StoreError> {
        sql::log(self.readers(), before, limit)
            .await?
            .into_iter()
            .map(OutboxEntry::try_from)
            .collect()
    }

    /// One letter or message of the outbox.
    pub async fn outbox_entry(&self, id: OutboxId) -> Result<Option<OutboxEntry>, StoreError> {
        let row = sql::entry(self.readers(), &id.effect.to_string(), id.part).await?;
        row.map(OutboxEntry::try_from).transpose()
    }

    fn release(&self, ids: &[OutboxId]) {
        let mut leases = self.leases();
        for id in ids {
            leases.until.remove(id);
        }
    }
}

fn wake_at_us(loaded: &Loaded) -> Option<i64> {
    loaded.state.next_wakeup().map(crate::batch::ceil_us)
}

impl TryFrom<OutboxRow> for OutboxEntry {
    type Error = StoreError;
    fn try_from(row: OutboxRow) -> Result<Self, StoreError> {
        let effect = row
            .effect_id
            .parse()
            .map_err(|problem| StoreError::inconsistent("outbox", problem))?;
        let status = match (row.done_at_us, row.stopped_at_us) {
            (Some(at), _) => OutboxStatus::Done { at: timestamp(at)? },
            (None, Some(since)) => OutboxStatus::Stopped {
                since: timestamp(since)?,
            },
            (None, None) => OutboxStatus::Waiting {
                next_attempt_at: timestamp(row.next_attempt_us)?,
            },
        };
        Ok(Self {
            id: OutboxId {
                effect,
                part: row.part,
            },
            position: row.position,
            effect: serde_json::from_str(&row.payload)
                .map_err(|error| StoreError::inconsistent("outbox", error))?,
            attempts: row.attempts,
            failure: row.failure,
            status,
            created_at: timestamp(row.created_at_us)?,
        })
    }
}

impl TryFrom<IncidentRow> for Incident {
    type Error = StoreError;
    fn try_from(row: IncidentRow) -> Result<Self, StoreError> {
        let effect = match (row.effect_id, row.part) {
            (Some(effect), Some(part)) => {
                let effect = effect
                    .parse()
                    .map_err(|problem| StoreError::inconsistent("incident", problem))?;
                Some(OutboxId { effect, part })
            }
            (Some(_) | None, _) => None,
        };
        Ok(Self {
            id: row.incident_id,
            aggregate: aggregate_id(&row.aggregate_id)?,
            effect,
            reason: row.reason,
            opened_at: timestamp(row.opened_at_us)?,
        })
    }
}
