//! What the engine is measured against: a bare workflow on the same server, whose update does one insert in a local activity, and nothing else.
#![expect(
    missing_docs,
    missing_debug_implementations,
    reason = "the macros write items without either"
)]

use crate::connection::Connected;
use crate::worker::tuner;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use prost::Message;
use std::fmt;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use temporalio_client::{
    UntypedWorkflow, WorkflowFetchHistoryOptions, WorkflowIdConflictPolicy,
    WorkflowUpdateWithStartOptions,
};
use temporalio_macros::{activities, workflow, workflow_methods};
use temporalio_sdk::activities::{ActivityContext, ActivityError};
use temporalio_sdk::runtime::RuntimeOptions;
use temporalio_sdk::{
    ContinueAsNewOptions, LocalActivityOptions, Runtime, Worker, WorkerOptions, WorkflowContext,
    WorkflowContextView, WorkflowResult,
};
use tokio::sync::oneshot;
use uuid::Uuid;

/// The server allows 2,000 updates in a run.
const UPDATES_ENOUGH: u32 = 1_000;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Inserts a row and returns once it is durable.
pub type Insert = Arc<dyn Fn(String) -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// A workflow that counts its updates.
#[workflow]
#[derive(Debug)]
pub struct Counter {
    updates: u32,
    running: u32,
}

#[workflow_methods]
impl Counter {
    #[init]
    pub fn new(_ctx: &WorkflowContextView, _nothing: ()) -> Self {
        Self {
            updates: 0,
            running: 0,
        }
    }

    /// Goes on in another run when there were enough updates.
    #[run(name = "bare")]
    pub async fn run(ctx: &mut WorkflowContext<Self>) -> WorkflowResult<()> {
        ctx.wait_condition(|s| UPDATES_ENOUGH <= s.updates && s.running == 0)
            .await?;
        ctx.continue_as_new((), ContinueAsNewOptions::default())?;
        Ok(())
    }

    /// One insert.
    #[update]
    pub async fn add(ctx: &mut WorkflowContext<Self>, row: String) -> Result<u32, Failure> {
        ctx.state_mut(|s| {
            s.updates += 1;
            s.running += 1;
        });
        let options = LocalActivityOptions::builder()
            .start_to_close_timeout(Duration::from_secs(30))
            .build();
        let done = ctx
            .execute_local_activity(Inserter::insert, row, options)
            .await;
        ctx.state_mut(|s| s.running -= 1);
        done?;
        Ok(ctx.state(|s| s.updates))
    }
}

/// The activity.
#[derive(Clone)]
pub struct Inserter(Insert);

#[activities]
impl Inserter {
    #[activity(name = "insert")]
    pub async fn insert(
        self: Arc<Self>,
        _ctx: ActivityContext,
        row: String,
    ) -> Result<(), ActivityError> {
        (self.0)(row).await.map_err(std::io::Error::other)?;
        Ok(())
    }
}

/// Bare workflows, and a worker for them.
pub struct Bare {
    connected: Connected,
    task_queue: String,
    stop: Box<dyn Fn() + Send + Sync>,
    thread: JoinHandle<()>,
}

impl fmt::Debug for Bare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bare").finish_non_exhaustive()
    }
}

impl Bare {
    /// Starts a worker with the same places as the engine's, on a task queue of its own.
    pub async fn start(connected: &Connected, insert: Insert) -> Result<Self, String> {
        let task_queue = format!("{}.bare", connected.task_queue);
        let (started, starts) = oneshot::channel();
        let handle = tokio::runtime::Handle::current();
        let (client, queue) = (connected.client.clone(), task_queue.clone());
        let thread = std::thread::Builder::new()
            .name("bare worker".to_owned())
            .spawn(move || {
                handle.block_on(async move {
                    let made = (|| {
                        let runtime = Runtime::from_current_tokio(RuntimeOptions::default())
                            .map_err(|fault| fault.to_string())?;
                        let options = WorkerOptions::new(queue)
                            .register_activities(Inserter(insert))
                            .register_workflow::<Counter>()
                            .map_err(|fault| fault.to_string())?
                            .max_cached_workflows(crate::worker::CACHED)
                            .tuner(tuner())
                            .build();
                        let worker = Worker::new(&runtime, client, options)
                            .map_err(|fault| fault.to_string())?;
                        Ok::<_, String>((runtime, worker))
                    })();
                    let (_runtime, mut worker) = match made {
                        Ok(made) => made,
                        Err(problem) => {
                            let _ = started.send(Err(problem));
                            return;
                        }
                    };
                    let stop: Box<dyn Fn() + Send + Sync> = Box::new(worker.shutdown_handle());
                    let _ = started.send(Ok(stop));
                    if let Err(problem) = worker.run().await {
                        tracing::error!(%problem, "the bare worker stopped");
                    }
                });
            })
            .map_err(|problem| problem.to_string())?;
        let stop = starts
            .await
            .map_err(|_| "the bare worker's thread ended".to_owned())??;
        Ok(Self {
            connected: connected.clone(),
            task_queue,
            stop,
            thread,
        })
    }

    /// One update of the workflow of this number, started if it is not there.
    pub async fn add(&self, number: usize, row: String) -> Result<(), String> {
        let options = WorkflowUpdateWithStartOptions::new(
            self.task_queue.clone(),
            self.workflow_id(number),
            WorkflowIdConflictPolicy::UseExisting,
        )
        .update_id(Uuid::new_v4().to_string())
        .build();
        let client = &self.connected.client;
        let added =
            client.execute_update_with_start_workflow(Counter::run, (), Counter::add, row, options);
        added.await.map(drop).map_err(|problem| problem.to_string())
    }

    /// The id of the workflow of this number.
    pub fn workflow_id(&self, number: usize) -> String {
        format!("{}.{number}", self.task_queue)
    }

    /// Stops the worker.
    pub async fn stop(self) {
        (self.stop)();
        let thread = self.thread;
        // A worker that panicked has stopped, too.
        let _ = tokio::task::spawn_blocking(move || thread.join()).await;
    }
}

impl Connected {
    /// How many events the history of a workflow's newest run has, and how many bytes they take.
    pub async fn history_of(&self, workflow_id: &str) -> Result<(usize, usize), String> {
        let handle = self
            .client
            .get_workflow_handle::<UntypedWorkflow>(workflow_id);
        let mut history = handle.fetch_history(WorkflowFetchHistoryOptions::default());
        let (mut events, mut bytes) = (0, 0);
        while let Some(event) = history.next().await {
            let event = event.map_err(|problem| problem.to_string())?;
            events += 1;
            bytes += event.encoded_len();
        }
        Ok((events, bytes))
    }
}
