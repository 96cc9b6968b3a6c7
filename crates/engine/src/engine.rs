//! What every engine promises, whoever drives it: commands in, the record moved on, effects and wake-ups done.

use crate::backoff::Backoff;
use crate::clock::Clock;
use crate::link::{LinkKey, LinkKeyFault};
use crate::mail::{Sender, Transport};
use crate::refusal::Refusal;
use futures_util::future::BoxFuture;
use naru_store::{Receipt, RetriedIncident, Store, StoreError, Submission};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tracing::Instrument;
use tracing::field::Empty;

/// The metric of how long commands took, by `outcome`: `accepted`, `repeated` (it had its answer already), `rejected`, `fault`.
pub const COMMAND_SECONDS: &str = "naru_command_seconds";

/// How an engine runs.
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// Where the time comes from.
    pub clock: Clock,
    /// Where letters go.
    pub transport: Transport,
    /// The installation's address as people reach it, which links in letters begin with.
    pub base_url: String,
    /// In whose name letters go out.
    pub from: Sender,
    /// The pauses between tries of an effect that fails.
    pub backoff: Backoff,
    /// How often an effect is tried before a person is asked.
    pub attempts_max: u32,
    /// How long a shutdown waits for effects that are being performed.
    pub finish_limit: Duration,
}

impl EngineOptions {
    /// The usual: the machine's clock, twelve tries, ten seconds to finish.
    pub fn new(transport: Transport, base_url: impl Into<String>, from: Sender) -> Self {
        Self {
            clock: Clock::System,
            transport,
            base_url: base_url.into(),
            from,
            backoff: Backoff::default(),
            attempts_max: 12,
            finish_limit: Duration::from_secs(10),
        }
    }
}

/// Why an engine does not start.
#[derive(Debug, thiserror::Error)]
pub enum OpenFault {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key of links cannot be used.
    #[error(transparent)]
    LinkKey(#[from] LinkKeyFault),
}

/// Where a command can be handed in.
pub trait Submit: fmt::Debug + Send + Sync {
    /// Carries out a command.
    fn submit(&self, submission: Submission) -> BoxFuture<'_, Result<Receipt, Refusal>>;
}

/// What tells engines apart: who calls the Committer, and when. The promises are those of the methods of [`Engine`].
pub trait Driver: Submit {
    /// Tries again what an incident is about.
    fn retry_incident(&self, id: u64) -> BoxFuture<'_, Result<RetriedIncident, StoreError>>;
    /// Waits until nothing is left to do at this moment.
    fn settle(&self) -> BoxFuture<'_, ()>;
    /// Finishes what runs and stops.
    fn shutdown(&self) -> BoxFuture<'_, ()>;
    /// Stops at once.
    fn kill(&self) -> BoxFuture<'_, ()>;
}

/// A running engine; clones share it. It stops when it is shut down, or at once when the last clone is dropped.
#[derive(Clone, Debug)]
pub struct Engine {
    store: Store,
    clock: Clock,
    key: LinkKey,
    position: watch::Receiver<u64>,
    driver: Arc<dyn Driver>,
}

impl Engine {
    /// An engine over a driver that runs. `position` moves whenever the log does.
    pub fn driven_by(
        driver: Arc<dyn Driver>,
        store: Store,
        clock: Clock,
        key: LinkKey,
        position: watch::Receiver<u64>,
    ) -> Self {
        Self {
            store,
            clock,
            key,
            position,
            driver,
        }
    }

    /// Carries out a command. Once it is in the queue it is carried out even if the caller goes away; a receipt means that it is on the disk.
    pub async fn submit(&self, submission: Submission) -> Result<Receipt, Refusal> {
        let began = Instant::now();
        let span = tracing::debug_span!(
            "command",
            command = %submission.command_id,
            aggregate = %submission.aggregate,
            outcome = Empty
        );
        let submitted = span.in_scope(|| self.driver.submit(submission));
        let answer = submitted.instrument(span.clone()).await;
        let outcome = match &answer {
            Ok(receipt) if receipt.replayed => "repeated",
            Ok(_) => "accepted",
            Err(Refusal::Rejected(_)) => "rejected",
            Err(Refusal::Fault(_)) => "fault",
        };
        span.record("outcome", outcome);
        metrics::histogram!(COMMAND_SECONDS, "outcome" => outcome).record(began.elapsed());
        answer
    }

    /// The position of the last event in the log, whenever it moves.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.position.clone()
    }

    /// The store, for reading.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The key of links in letters.
    pub fn link_key(&self) -> &LinkKey {
        &self.key
    }

    /// Tries again what an incident is about.
    pub async fn retry_incident(&self, id: u64) -> Result<RetriedIncident, StoreError> {
        self.driver.retry_incident(id).await
    }

    /// Waits until nothing is left to do at this moment: no command waits, no wake-up and no effect is due. Later ones may wait for their time.
    pub async fn settle(&self) {
        self.driver.settle().await;
    }

    /// Stops: takes nothing new in, lets running effects end, writes what waits, signs a checkpoint and closes the store.
    pub async fn shutdown(&self) {
        self.driver.shutdown().await;
    }

    /// Stops at once, as a crash would: nothing is drained, finished or signed. For harnesses that prove that nothing is lost.
    pub async fn kill(&self) {
        self.driver.kill().await;
    }
}
