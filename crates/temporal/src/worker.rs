//! The worker: takes workflow tasks and activities from the task queue, on a thread of its own, because workflows stay on the thread they began on.

use crate::activities::{HEARTBEAT, Worker as Activities};
use crate::connection::Connected;
use crate::workflow::Aggregate;
use futures_util::FutureExt;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use temporalio_sdk::runtime::RuntimeOptions;
use temporalio_sdk::runtime::worker_tuner::{FixedSizeSlotSupplier, TunerHolder};
use temporalio_sdk::{Runtime, Worker, WorkerOptions};
use tokio::sync::{oneshot, watch};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// How many turns there are at once: each is a command that waits for its transaction.
const TURNS_MAX: usize = 512;
/// How many workflow tasks, and how many effects, there are at once.
const TASKS_MAX: usize = 256;
const EFFECTS_MAX: usize = 64;
/// How many aggregates stay in memory between their commands.
pub(crate) const CACHED: usize = 2_000;
/// How long nobody works after a worker has ended by itself.
const PAUSE: Duration = Duration::from_secs(1);

/// A running worker. One that ends by itself, or panics, is replaced by another, which builds its workflows up again from their histories.
pub(crate) struct Running {
    stopper: Arc<Stopper>,
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
        let maker = Maker {
            connected: connected.clone(),
            activities,
            finish_limit,
            stopper: Arc::default(),
        };
        let stopper = Arc::clone(&maker.stopper);
        let handle = tokio::runtime::Handle::current();
        let thread = std::thread::Builder::new()
            .name("temporal worker".to_owned())
            .spawn(move || {
                handle.block_on(async move {
                    match maker.make() {
                        Ok(made) => {
                            let _ = started.send(Ok(()));
                            maker.work(made).await;
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
        starts
            .await
            .map_err(|_| "the worker's thread ended".to_owned())??;
        Ok(Self {
            stopper,
            ended,
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Asks it to stop.
    pub(crate) fn stop(&self) {
        self.stopper.asked.cancel();
        self.stopper.stop_present();
    }

    /// Ends the worker that is there, as if by itself.
    #[cfg(test)]
    pub(crate) fn fall(&self) {
        self.stopper.stop_present();
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

/// Stops whichever worker is there.
#[derive(Default)]
struct Stopper {
    asked: CancellationToken,
    present: Mutex<Option<Box<dyn Fn() + Send + Sync>>>,
}

impl Stopper {
    fn stop_present(&self) {
        let present = self.present.lock();
        if let Some(stop) = &*present.unwrap_or_else(PoisonError::into_inner) {
            stop();
        }
    }
}

/// Makes workers, all alike.
struct Maker {
    connected: Connected,
    activities: Activities,
    finish_limit: Duration,
    stopper: Arc<Stopper>,
}

impl Maker {
    /// Works until it is asked to stop.
    async fn work(&self, mut made: (Runtime, Worker)) {
        loop {
            let how = AssertUnwindSafe(made.1.run()).catch_unwind().await;
            let is_asked = self.stopper.asked.is_cancelled();
            let problem = match how {
                Ok(Ok(())) if is_asked => return,
                Ok(Ok(())) => "it ended".to_owned(),
                Ok(Err(problem)) => problem.to_string(),
                Err(_) => "it panicked".to_owned(),
            };
            if is_asked {
                tracing::error!(problem, "the worker did not stop cleanly");
                return;
            }
            // The client must forget it, or it takes no other for the same task queue.
            self.stopper.stop_present();
            drop(made);
            tracing::error!(problem, "the worker stopped; another takes its place");
            made = loop {
                tokio::select! {
                    () = self.stopper.asked.cancelled() => return,
                    () = sleep(PAUSE) => {}
                }
                match self.make() {
                    Ok(made) => break made,
                    Err(problem) => tracing::error!(problem, "another worker does not start"),
                }
            };
        }
    }

    fn make(&self) -> Result<(Runtime, Worker), String> {
        let runtime = Runtime::from_current_tokio(RuntimeOptions::default())
            .map_err(|fault| fault.to_string())?;
        let options = WorkerOptions::new(self.connected.task_queue.clone())
            .register_activities(self.activities.clone())
            .register_workflow::<Aggregate>()
            .map_err(|fault| fault.to_string())?
            .max_cached_workflows(CACHED)
            .tuner(tuner())
            // Unasked, it would hold heartbeats back until hardly any time is left.
            .max_heartbeat_throttle_interval(HEARTBEAT)
            .graceful_shutdown_period(self.finish_limit)
            .build();
        let worker = Worker::new(&runtime, self.connected.client.clone(), options)
            .map_err(|fault| fault.to_string())?;
        let stop = worker.shutdown_handle();
        let present = self.stopper.present.lock();
        *present.unwrap_or_else(PoisonError::into_inner) = Some(Box::new(stop));
        if self.stopper.asked.is_cancelled() {
            self.stopper.stop_present();
        }
        Ok((runtime, worker))
    }
}

/// How much is done at once.
pub(crate) fn tuner() -> TunerHolder {
    TunerHolder::builder()
        .workflow_task_slot_supplier(FixedSizeSlotSupplier::new(TASKS_MAX))
        .activity_task_slot_supplier(FixedSizeSlotSupplier::new(EFFECTS_MAX))
        .local_activity_task_slot_supplier(FixedSizeSlotSupplier::new(TURNS_MAX))
        .nexus_task_slot_supplier(FixedSizeSlotSupplier::new(1))
        .build()
}
