//! What of a store must agree with itself and with what was acknowledged.

use crate::script::Line;
use anyhow::{Context as _, Result, bail, ensure};
use jiff::Timestamp;
use naru_domain::{AggregateId, CommandId, Effect, EffectId, State};
use naru_store::{
    OutboxEntry, OutboxId, OutboxStatus, Outcome, Receipt, Refusal, Store, StoredEvent,
};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use std::collections::BTreeMap;
use std::path::Path;

/// A command that was acknowledged, with its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acknowledged {
    /// The command.
    pub command: CommandId,
    /// The aggregate.
    pub aggregate: AggregateId,
    /// The answer.
    pub answer: Given,
    /// Whether the answer is kept; the clock's is not.
    pub kept: bool,
}

/// What the sender of a command was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// It was carried out; the aggregate's version after it.
    Version(u64),
    /// A rule says no.
    Refused,
    /// That it was answered.
    Something,
}

impl Acknowledged {
    /// What an outcome acknowledges, if it is not a fault.
    pub fn of(line: &Line, outcome: &Outcome) -> Option<Self> {
        let answer = match outcome {
            Ok(Receipt { version, .. }) => Given::Version(*version),
            Err(Refusal::Rejected(_)) => Given::Refused,
            Err(Refusal::Fault(_) | Refusal::Mistake) => return None,
        };
        let submission = &line.submission;
        let kept = submission.actor.who != naru_domain::Who::Clock;
        Some(Self {
            command: submission.command_id,
            aggregate: submission.aggregate,
            answer,
            kept,
        })
    }
}

/// SQLite's own opinion of the file.
pub async fn integrity(file: &Path) -> Result<()> {
    let mut conn = SqliteConnectOptions::new().filename(file).connect().await?;
    let found: String = sqlx::query_scalar("pragma integrity_check")
        .fetch_one(&mut conn)
        .await?;
    conn.close().await?;
    ensure!(found == "ok", "integrity check: {found}");
    Ok(())
}

/// Every acknowledged command is there with its answer.
pub async fn answers(store: &Store, acknowledged: &[Acknowledged]) -> Result<()> {
    for ack in acknowledged {
        if ack.kept {
            let answer = store.command_answer(ack.command).await?;
            let answer =
                answer.with_context(|| format!("the acknowledged {} is lost", ack.command))?;
            ensure!(
                answer.aggregate == ack.aggregate,
                "{} answers for another aggregate",
                ack.command
            );
            match ack.answer {
                Given::Version(version) => {
                    ensure!(
                        answer.version == version && answer.rejection.is_none(),
                        "{} has another answer",
                        ack.command
                    );
                }
                Given::Refused => ensure!(
                    answer.rejection.is_some(),
                    "{} was refused and is now accepted",
                    ack.command
                ),
                Given::Something => {}
            }
        }
        if let Given::Version(version) = ack.answer
            && 0 < version
        {
            let loaded = store
                .load(ack.aggregate)
                .await
                .map_err(|problem| anyhow::anyhow!("{problem:?}"))?;
            let found = loaded.map_or(0, |loaded| loaded.version);
            ensure!(
                version <= found,
                "{} is at version {found}, but version {version} was acknowledged",
                ack.aggregate
            );
        }
    }
    Ok(())
}

/// Every event, from the first.
pub async fn events(store: &Store) -> Result<Vec<StoredEvent>> {
    let mut events: Vec<StoredEvent> = Vec::new();
    loop {
        let page = store
            .events_after(events.last().map_or(0, |event| event.position), 1_000)
            .await?;
        if page.is_empty() {
            return Ok(events);
        }
        events.extend(page);
    }
}

/// Every entry of the outbox.
pub async fn outbox(store: &Store) -> Result<BTreeMap<OutboxId, OutboxEntry>> {
    let mut found = BTreeMap::new();
    let mut before = None;
    loop {
        // A page may end within one position, so the last position of a full page is read once more.
        let page = store.outbox_log(before, 10_000).await?;
        let (n, last) = (page.len(), page.last().map(|entry| entry.position));
        found.extend(page.into_iter().map(|entry| (entry.id, entry)));
        match last {
            Some(last) if n == 10_000 => before = Some(last + 1),
            Some(_) | None => return Ok(found),
        }
    }
}

/// Folds the whole log again and compares: states, effects that must be performed, and wake-ups.
pub async fn fold(store: &Store) -> Result<Folded> {
    let mut folded = Folded::default();
    for event in events(store).await? {
        folded.n_events += 1;
        ensure!(
            event.position == folded.n_events,
            "position {} after {}",
            event.position,
            folded.n_events - 1
        );
        let (version, state) = folded
            .states
            .remove(&event.aggregate)
            .map_or((0, None), |(version, state)| (version, Some(state)));
        ensure!(
            event.version == version + 1,
            "{} has version {} after {version}",
            event.aggregate,
            event.version
        );
        let state = State::evolve(state, &event.event)?;
        for (position, effect) in (0_u32..).zip(state.effects(&event.event)) {
            let id = EffectId {
                aggregate: event.aggregate,
                version: event.version,
                position,
            };
            folded.effects.insert(id, effect);
        }
        folded
            .states
            .insert(event.aggregate, (event.version, state));
    }
    let outbox = outbox(store).await?;
    for (effect, expected) in &folded.effects {
        let id = OutboxId {
            effect: *effect,
            part: 0,
        };
        let entry = outbox
            .get(&id)
            .with_context(|| format!("the effect {id} is not in the outbox"))?;
        ensure!(
            entry.effect == *expected,
            "the effect {id} says something else"
        );
    }
    for id in outbox.keys() {
        ensure!(
            folded.effects.contains_key(&id.effect),
            "the outbox holds {id}, which no event caused"
        );
    }
    for (id, (version, state)) in &folded.states {
        let loaded = store
            .load(*id)
            .await
            .map_err(|problem| anyhow::anyhow!("{problem:?}"))?;
        let loaded = loaded.with_context(|| format!("{id} cannot be loaded"))?;
        ensure!(
            loaded.version == *version && loaded.state == *state,
            "{id} is loaded other than it is stored"
        );
    }
    wake_ups(store, &folded).await?;
    folded.outbox = outbox;
    Ok(folded)
}

async fn wake_ups(store: &Store, folded: &Folded) -> Result<()> {
    let far: Timestamp = "2200-01-01T00:00:00Z".parse()?;
    let mut stored = BTreeMap::new();
    for wake_up in store.due_wakeups(far, 100_000).await? {
        stored.insert(wake_up.aggregate, wake_up.at);
    }
    for (id, (_, state)) in &folded.states {
        let (wanted, found) = (state.next_wakeup(), stored.remove(id));
        let agree = match (wanted, found) {
            (Some(wanted), Some(found)) => wanted.as_microsecond() == found.as_microsecond(),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        ensure!(
            agree,
            "{id} wants to wake at {wanted:?}, stored is {found:?}"
        );
    }
    if let Some((id, _)) = stored.first_key_value() {
        bail!("a wake-up is stored for {id}, which has no event");
    }
    Ok(())
}

/// The log folded once more.
#[derive(Debug, Default)]
pub struct Folded {
    /// How many events there are.
    pub n_events: u64,
    /// Every aggregate with its version.
    pub states: BTreeMap<AggregateId, (u64, State)>,
    /// Every effect that any event asked for.
    pub effects: BTreeMap<EffectId, Effect>,
    /// The outbox.
    pub outbox: BTreeMap<OutboxId, OutboxEntry>,
}

impl Folded {
    /// The entries of the outbox that are neither done nor in a person's hands.
    pub fn waiting(&self) -> Vec<&OutboxEntry> {
        self.outbox
            .values()
            .filter(|entry| matches!(entry.status, OutboxStatus::Waiting { .. }))
            .collect()
    }
}

/// Tables that are the record, that say where it stands, or that stand beside it; every other one can be made from it.
const RECORD: &[&str] = &[
    "event",
    "log_head",
    "checkpoint",
    "command",
    "outbox",
    "incident",
    "credential",
    "console_session",
    "passkey",
    "_sqlx_migrations",
];

/// Every row of every table that `reindex` makes.
async fn derived_rows(file: &Path) -> Result<BTreeMap<String, Vec<String>>> {
    let mut conn = SqliteConnectOptions::new()
        .filename(file)
        .read_only(true)
        .connect()
        .await?;
    let tables: Vec<String> = sqlx::query_scalar("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' order by name")
        .fetch_all(&mut conn)
        .await?;
    let mut rows = BTreeMap::new();
    for table in tables
        .into_iter()
        .filter(|table| !RECORD.contains(&table.as_str()))
    {
        let columns: Vec<String> = sqlx::query_scalar("select name from pragma_table_info($1)")
            .bind(&table)
            .fetch_all(&mut conn)
            .await?;
        let list = columns.join(", ");
        let sql = format!("select json_array({list}) from {table} order by 1");
        rows.insert(
            table,
            sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
                .fetch_all(&mut conn)
                .await?,
        );
    }
    conn.close().await?;
    Ok(rows)
}

/// The index tables are what the log makes of them.
pub async fn index_equals_rebuilt(store: &Store) -> Result<()> {
    let file = store.folder().join("naru.db");
    let before = derived_rows(&file).await?;
    store.reindex().await?;
    let after = derived_rows(&file).await?;
    ensure!(!after.is_empty(), "there is no index table");
    for (table, rows) in &after {
        let old = before.get(table);
        ensure!(
            old == Some(rows),
            "`{table}` is not what the log makes of it: {} rows, rebuilt {}",
            old.map_or(0, Vec::len),
            rows.len()
        );
    }
    Ok(())
}
