//! The embedded engine: one process, one writer, and with SQLite nothing to install.

mod alarm;
mod probe;
mod pulse;
mod runner;
mod timer;

use crate::backoff::Backoff;
use crate::clock::Clock;
use crate::driving::{Intake, Keeper, Performer, Waiting, Writer, checkpoint, intake};
use crate::engine::{Driver, Engine, EngineOptions, OpenFault, Submit};
use crate::link::LinkKey;
use crate::mail::Transport;
use crate::refusal::{Fault, Refusal};
use alarm::Alarm;
use futures_util::future::{BoxFuture, ready};
use naru_store::{
    Aftermath, Committer, Database, Receipt, Reference, RetriedIncident, Store, StoreError,
    Submission,
};
use probe::{Probe, Probes};
use pulse::Pulse;
use runner::Runner;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use timer::Timer;
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// The driver of one process.
#[derive(Debug)]
struct Embedded {
    wiring: Wiring,
    transport: Transport,
    timer_probe: Probe,
    runner_probe: Probe,
    /// The writer's is the last.
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl Drop for Embedded {
    fn drop(&mut self) {
        let tasks = self.tasks.get_mut().unwrap_or_else(PoisonError::into_inner);
        for task in tasks.drain(..) {
            task.abort();
        }
    }
}

impl Engine {
    /// Starts the embedded engine over an open store. Whatever was due while nothing ran is done now.
    pub async fn open(
        store: Store,
        reference: Arc<Reference>,
        options: EngineOptions,
    ) -> Result<Self, OpenFault> {
        let key = LinkKey::open(store.folder())?;
        let (moved, position) = watch::channel(store.last_position().await?);
        let (intake, waiting) = intake();
        let (timer_probe, timer_probes) = probe::probe();
        let (runner_probe, runner_probes) = probe::probe();
        let transport = options.transport.clone();
        let wiring = Wiring {
            store: store.clone(),
            clock: options.clock.clone(),
            intake,
            position: position.clone(),
            alarm: Arc::new(Alarm::new()),
            effects_arrived: Arc::new(Notify::new()),
            stop: CancellationToken::new(),
            close: CancellationToken::new(),
        };
        let clock = options.clock.clone();
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
        let driver = Embedded {
            wiring,
            transport,
            timer_probe,
            runner_probe,
            tasks: Mutex::new(tasks),
        };
        Ok(Self::driven_by(
            Arc::new(driver),
            store,
            clock,
            key,
            position,
        ))
    }
}

impl Submit for Embedded {
    fn submit(&self, submission: Submission) -> BoxFuture<'_, Result<Receipt, Refusal>> {
        if self.wiring.stop.is_cancelled() {
            return Box::pin(ready(Err(Refusal::Fault(Fault::Closing))));
        }
        self.wiring.intake.submit(submission)
    }
}

impl Driver for Embedded {
    fn retry_incident(&self, id: u64) -> BoxFuture<'_, Result<RetriedIncident, StoreError>> {
        Box::pin(async move {
            let now = self.wiring.clock.now();
            let retried = self.wiring.store.retry_incident(now, id).await?;
            self.wiring.effects_arrived.notify_one();
            Ok(retried)
        })
    }

    fn settle(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            loop {
                let before = *self.wiring.position.borrow();
                self.timer_probe.idle().await;
                self.runner_probe.idle().await;
                self.timer_probe.idle().await;
                if before == *self.wiring.position.borrow() {
                    return;
                }
            }
        })
    }

    fn shutdown(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            self.wiring.stop.cancel();
            let mut tasks = self.take_tasks();
            let writer = tasks.pop();
            for task in tasks {
                let _ = task.await;
            }
            self.wiring.close.cancel();
            if let Some(writer) = writer {
                let _ = writer.await;
                checkpoint(&self.wiring.store, &self.wiring.clock).await;
                self.transport.close().await;
                self.wiring.store.close().await;
            }
        })
    }

    fn kill(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            self.wiring.stop.cancel();
            for task in self.take_tasks() {
                task.abort();
                let _ = task.await;
            }
            self.wiring.store.close().await;
        })
    }
}

impl Embedded {
    fn take_tasks(&self) -> Vec<JoinHandle<()>> {
        let tasks = self.tasks.lock();
        std::mem::take(&mut *tasks.unwrap_or_else(PoisonError::into_inner))
    }
}

/// What the tasks share.
#[derive(Debug)]
struct Wiring {
    store: Store,
    clock: Clock,
    intake: Intake,
    position: watch::Receiver<u64>,
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
        let (alarm, effects_arrived) = (Arc::clone(&self.alarm), Arc::clone(&self.effects_arrived));
        let after = move |aftermath: Aftermath| {
            if let Some(at) = aftermath.earliest_wakeup {
                alarm.ring_if_before(at);
            }
            if 0 < aftermath.effects {
                effects_arrived.notify_one();
            }
        };
        Writer {
            committer: Committer::new(self.store.clone(), reference),
            intake: waiting,
            clock: self.clock.clone(),
            position,
            after: Box::new(after),
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
            messages: Arc::new(self.intake.clone()),
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
            position: self.position.clone(),
            stop: self.stop.clone(),
        }
    }
}
