//! The worker: takes workflow tasks and activities from the task queue, on a thread of its own, because workflows stay on the thread they began on.

use crate::activities::{HEARTBEAT, Worker as Activities};
use crate::connection::Connected;
use crate::workflow::Aggregate;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use temporalio_sdk::runtime::RuntimeOptions;
use temporalio_sdk::runtime::worker_tuner::{FixedSizeSlotSupplier, TunerHolder};
use temporalio_sdk::{Runtime, Worker, WorkerOptions};
use tokio::sync::{oneshot, watch};

/// How many turns there are at once: each is a command that waits for its transaction.
const TURNS_MAX: usize = 512;
/// How many workflow tasks, and how many effects, there are at once.
const TASKS_MAX: usize = 256;
const EFFECTS_MAX: usize = 64;
/// How many aggregates stay in memory between their commands.
const CACHED: usize = 2_000;

/// A running worker.
pub(crate) struct Running {
    stop: Box<dyn Fn() + Send + Sync>,
    ended: watch::Receiver<bool>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running").finish_non_exhaustive()
    }
}

impl Running {
    /// Starts a worker.
    pub(crate) async fn start(
        connected: &Connected,
        activities: Activities,
        finish_limit: Duration,
    ) -> Result<Self, String> {
        let (started, starts) = oneshot::channel();
        let (end, ended) = watch::channel(false);
        let connected = connected.clone();
        let handle = tokio::runtime::Handle::current();
        let thread = std::thread::Builder::new()
            .name("temporal worker".to_owned())
            .spawn(move || {
                handle.block_on(async move {
                    match make(&connected, activities, finish_limit) {
                        Ok((_runtime, mut worker)) => {
                            let stop: Box<dyn Fn() + Send + Sync> =
                                Box::new(worker.shutdown_handle());
                            let _ = started.send(Ok(stop));
                            if let Err(problem) = worker.run().await {
                                tracing::error!(%problem, "the worker stopped");
                            }
                        }
                        Err(problem) => {
                            let _ = started.send(Err(problem));
                        }
                    }
                    // Whoever waits for the end may have gone.
                    let _ = end.send(true);
                });
            })
            .map_err(|problem| problem.to_string())?;
        let stop = starts
            .await
            .map_err(|_| "the worker's thread ended".to_owned())??;
        Ok(Self {
            stop,
            ended,
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Asks it to stop.
    pub(crate) fn stop(&self) {
        (self.stop)();
    }

    /// Waits until it has stopped.
    pub(crate) async fn ended(&self) {
        let mut ended = self.ended.clone();
        // A thread that is gone has ended too.
        let _ = ended.wait_for(|ended| *ended).await;
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }
}

fn make(
    connected: &Connected,
    activities: Activities,
    finish_limit: Duration,
) -> Result<(Runtime, Worker), String> {
    let runtime = Runtime::from_current_tokio(RuntimeOptions::default())
        .map_err(|fault| fault.to_string())?;
    let tuner = TunerHolder::builder()
        .workflow_task_slot_supplier(FixedSizeSlotSupplier::new(TASKS_MAX))
        .activity_task_slot_supplier(FixedSizeSlotSupplier::new(EFFECTS_MAX))
        .local_activity_task_slot_supplier(FixedSizeSlotSupplier::new(TURNS_MAX))
        .nexus_task_slot_supplier(FixedSizeSlotSupplier::new(1))
        .build();
    let options = WorkerOptions::new(connected.task_queue.clone())
        .register_activities(activities)
        .register_workflow::<Aggregate>()
        .map_err(|fault| fault.to_string())?
        .max_cached_workflows(CACHED)
        .tuner(tuner)
        // Unasked, it would hold heartbeats back until hardly any time is left.
        .max_heartbeat_throttle_interval(HEARTBEAT)
        .graceful_shutdown_period(finish_limit)
        .build();
    let worker = Worker::new(&runtime, connected.client.clone(), options);
    Ok((runtime, worker.map_err(|fault| fault.to_string())?))
}
