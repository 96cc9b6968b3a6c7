//! The embedded engine: one process, one writer, and with SQLite nothing to install.

mod alarm;
mod intake;
mod keeper;
mod performer;
mod probe;
mod pulse;
mod runner;
mod timer;
mod writer;

use crate::backoff::Backoff;
use crate::clock::Clock;
use crate::link::{LinkKey, LinkKeyFault};
use crate::mail::{Sender, Transport};
use crate::refusal::{Fault, Refusal};
use alarm::Alarm;
use intake::Intake;
use keeper::Keeper;
use naru_store::{
    Committer, Database, Receipt, Reference, RetriedIncident, Store, StoreError, Submission,
};
use performer::Performer;
use probe::{Probe, Probes};
use pulse::Pulse;
use runner::Runner;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use timer::Timer;
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use writer::{Waiting, Writer};

/// How many commands may wait for the writer before senders wait for a place.
const QUEUE: usize = 1024;

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

/// A running engine; clones share it. It stops when it is shut down, or at once when the last clone is dropped.
#[derive(Clone, Debug)]
pub struct Engine {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    wiring: Wiring,
    key: LinkKey,
    transport: Transport,
    timer_probe: Probe,
    runner_probe: Probe,
    /// The writer's is the last.
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        let tasks = self.tasks.get_mut().unwrap_or_else(PoisonError::into_inner);
        for task in tasks.drain(..) {
            task.abort();
        }
    }
}

impl Engine {
    /// Starts the engine over an open store. Whatever was due while nothing ran is done now.
    pub async fn open(
        store: Store,
        reference: Arc<Reference>,
        options: EngineOptions,
    ) -> Result<Self, OpenFault> {
        let key = LinkKey::open(store.folder())?;
        let (moved, position) = watch::channel(store.last_position().await?);
        let (queue, waiting) = mpsc::channel(QUEUE);
        let (timer_probe, timer_probes) = probe::probe();
        let (runner_probe, runner_probes) = probe::probe();
        let transport = options.transport.clone();
        let wiring = Wiring {
            store,
            clock: options.clock.clone(),
            intake: Intake { queue, position },
            alarm: Arc::new(Alarm::new()),
            effects_arrived: Arc::new(Notify::new()),
            stop: CancellationToken::new(),
            close: CancellationToken::new(),
        };
        let mut tasks = vec![
            tokio::spawn(wiring.timer(timer_probes, options.backoff).run()),
            tokio::spawn(wiring.runner(runner_probes, key.clone(), options).run()),
            tokio::spawn(wiring.keeper().run()),
        ];
        match wiring.store.database() {
            Database::Sqlite => {}
            Database::Postgres(_) => tasks.push(tokio::spawn(wiring.pulse(moved.clone()).run())),
        }
        tasks.push(tokio::spawn(wiring.writer(waiting, moved, reference).run()));
        Ok(Self {
            inner: Arc::new(Inner {
                wiring,
                key,
                transport,
                timer_probe,
                runner_probe,
                tasks: Mutex::new(tasks),
            }),
        })
    }

    /// Carries out a command. Once it is in the queue it is carried out even if the caller goes away; a receipt means that it is on the disk.
    pub async fn submit(&self, submission: Submission) -> Result<Receipt, Refusal> {
        if self.inner.wiring.stop.is_cancelled() {
            return Err(Refusal::Fault(Fault::Closing));
        }
        self.inner.wiring.intake.submit(submission).await
    }

    /// The position of the last event in the log, whenever it moves.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.inner.wiring.intake.position.clone()
    }

    /// The store, for reading.
    pub fn store(&self) -> &Store {
        &self.inner.wiring.store
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.inner.wiring.clock
    }

    /// The key of links in letters.
    pub fn link_key(&self) -> &LinkKey {
        &self.inner.key
    }

    /// Tries again what an incident is about.
    pub async fn retry_incident(&self, id: u64) -> Result<RetriedIncident, StoreError> {
        let now = self.inner.wiring.clock.now();
        let retried = self.inner.wiring.store.retry_incident(now, id).await?;
        self.inner.wiring.effects_arrived.notify_one();
        Ok(retried)
    }

    /// Waits until nothing is left to do at this moment: no command waits, no wake-up and no effect is due. Later ones may wait for their time.
    pub async fn settle(&self) {
        loop {
            let before = *self.inner.wiring.intake.position.borrow();
            self.inner.timer_probe.idle().await;
            self.inner.runner_probe.idle().await;
            self.inner.timer_probe.idle().await;
            if before == *self.inner.wiring.intake.position.borrow() {
                return;
            }
        }
    }

    /// Stops: takes nothing new in, lets running effects end, writes what waits, signs a checkpoint and closes the store.
    pub async fn shutdown(&self) {
        self.inner.wiring.stop.cancel();
        let mut tasks = self.take_tasks();
        let writer = tasks.pop();
        for task in tasks {
            let _ = task.await;
        }
        self.inner.wiring.close.cancel();
        if let Some(writer) = writer {
            let _ = writer.await;
            keeper::checkpoint(&self.inner.wiring.store, &self.inner.wiring.clock).await;
            self.inner.transport.close().await;
            self.inner.wiring.store.close().await;
        }
    }

    /// Stops at once, as a crash would: nothing is drained, finished or signed. For harnesses that prove that nothing is lost.
    pub async fn kill(&self) {
        self.inner.wiring.stop.cancel();
        for task in self.take_tasks() {
            task.abort();
            let _ = task.await;
        }
        self.inner.wiring.store.close().await;
    }

    fn take_tasks(&self) -> Vec<JoinHandle<()>> {
        let tasks = self.inner.tasks.lock();
        std::mem::take(&mut *tasks.unwrap_or_else(PoisonError::into_inner))
    }
}

/// What the tasks share.
#[derive(Debug)]
struct Wiring {
    store: Store,
    clock: Clock,
    intake: Intake,
    alarm: Arc<Alarm>,
    effects_arrived: Arc<Notify>,
    /// Stops timer, runner, keeper and outside commands.
    stop: CancellationToken,
    /// Closes the writer's queue.
    close: CancellationToken,
}

impl Wiring {
    fn writer(
        &self,
        waiting: mpsc::Receiver<Waiting>,
        position: watch::Sender<u64>,
        reference: Arc<Reference>,
    ) -> Writer {
        Writer {
            committer: Committer::new(self.store.clone(), reference),
            intake: waiting,
            clock: self.clock.clone(),
            position,
            alarm: Arc::clone(&self.alarm),
            effects_arrived: Arc::clone(&self.effects_arrived),
            close: self.close.clone(),
        }
    }

    fn timer(&self, probes: Probes, backoff: Backoff) -> Timer {
        Timer {
            store: self.store.clone(),
            clock: self.clock.clone(),
            intake: self.intake.clone(),
            alarm: Arc::clone(&self.alarm),
            backoff,
            probes,
            stop: self.stop.clone(),
            woken: BTreeMap::new(),
        }
    }

    fn runner(&self, probes: Probes, key: LinkKey, options: EngineOptions) -> Runner {
        let performer = Performer {
            store: self.store.clone(),
            clock: self.clock.clone(),
            intake: self.intake.clone(),
            transport: options.transport,
            from: options.from,
            base_url: options.base_url,
            key,
        };
        Runner {
            performer: Arc::new(performer),
            store: self.store.clone(),
            clock: self.clock.clone(),
            arrived: Arc::clone(&self.effects_arrived),
            backoff: options.backoff,
            attempts_max: options.attempts_max,
            probes,
            stop: self.stop.clone(),
            finish_limit: options.finish_limit,
        }
    }

    fn pulse(&self, position: watch::Sender<u64>) -> Pulse {
        Pulse {
            store: self.store.clone(),
            alarm: Arc::clone(&self.alarm),
            effects_arrived: Arc::clone(&self.effects_arrived),
            position,
            stop: self.stop.clone(),
        }
    }

    fn keeper(&self) -> Keeper {
        Keeper {
            store: self.store.clone(),
            clock: self.clock.clone(),
            position: self.intake.position.clone(),
            stop: self.stop.clone(),
        }
    }
}
