//! The client's side: commands on their way to the workflow of their aggregate, and their answers back.

use crate::connection::Connected;
use crate::wire::{Answer, Ask, Carried, Reply};
use crate::workflow::{Aggregate, KIND, MOVING_ON};
use futures_util::future::{BoxFuture, ready};
use naru_domain::AggregateId;
use naru_engine::{Fault, Refusal, Submit, trace};
use naru_store::{Receipt, Retry, Store, Submission};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use temporalio_client::errors::{
    WorkflowStartError, WorkflowUpdateError, WorkflowUpdateWithStartError,
};
use temporalio_client::tonic::{Code, Status};
use temporalio_client::{WorkflowIdConflictPolicy, WorkflowUpdateWithStartOptions};
use temporalio_common::search_attributes::SearchAttributes;
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;
use uuid::Uuid;

/// How many asks this process has on their way to one workflow. The server takes 10 from all processes together and lets others try again.
const ON_THE_WAY_MAX: usize = 8;
/// How long an ask is tried before its sender hears that nobody took it.
const PATIENCE: Duration = Duration::from_secs(30);
/// The pauses between tries.
const PAUSE_FIRST: Duration = Duration::from_millis(10);
const PAUSE_LONGEST: Duration = Duration::from_secs(1);

/// Where this process hands commands in; clones share it.
#[derive(Clone)]
pub(crate) struct Desk {
    inner: Arc<Inner>,
}

struct Inner {
    connected: Connected,
    store: Store,
    queues: Mutex<BTreeMap<AggregateId, Arc<Semaphore>>>,
    position: watch::Sender<u64>,
    on_the_way: TaskTracker,
    closed: CancellationToken,
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk")
            .field("connected", &self.inner.connected)
            .finish_non_exhaustive()
    }
}

impl Desk {
    pub(crate) fn new(connected: Connected, store: Store, position: watch::Sender<u64>) -> Self {
        Self {
            inner: Arc::new(Inner {
                connected,
                store,
                queues: Mutex::default(),
                position,
                on_the_way: TaskTracker::new(),
                closed: CancellationToken::new(),
            }),
        }
    }

    /// Takes nothing more in from doors. Messages between aggregates still go, until [`Desk::drained`].
    pub(crate) fn close(&self) {
        self.inner.closed.cancel();
        self.inner.on_the_way.close();
    }

    /// Waits until everything that was on its way has its answer.
    pub(crate) async fn drained(&self) {
        self.inner.on_the_way.wait().await;
    }

    /// A command of a door: once it is on its way, it goes on even if the caller goes away.
    pub(crate) fn submit_from_door(
        &self,
        submission: Submission,
    ) -> BoxFuture<'_, Result<Receipt, Refusal>> {
        if self.inner.closed.is_cancelled() {
            return Box::pin(ready(Err(Refusal::Fault(Fault::Closing))));
        }
        self.submit(submission)
    }

    /// Has a workflow look what there is to do, started if it is not there.
    pub(crate) async fn look(&self, aggregate: AggregateId) -> Result<(), Fault> {
        let nonce = nonce();
        let ask = Ask {
            nonce: nonce.clone(),
            submission: None,
            trace: None,
        };
        let _place = self.place(aggregate).await;
        self.ask(aggregate, format!("look.{nonce}"), ask)
            .await
            .map(drop)
    }

    async fn carry(&self, submission: Submission) -> Result<Receipt, Refusal> {
        let aggregate = submission.aggregate;
        let command_id = submission.command_id;
        let submission = serde_json::to_value(submission).map_err(|problem| {
            fault(
                format!("a command cannot be written down: {problem}"),
                Retry::Never,
            )
        })?;
        let _place = self.place(aggregate).await;
        let nonce = nonce();
        let ask = Ask {
            nonce: nonce.clone(),
            submission: Some(submission),
            trace: trace::carried(),
        };
        let mut reply = self
            .ask(aggregate, command_id.to_string(), ask.clone())
            .await?;
        if reply.nonce != nonce {
            // Temporal gave the answer to an earlier call again. Whether it still holds is for the store to say.
            let id = format!("{command_id}.{nonce}");
            reply = self.ask(aggregate, id, ask).await?;
        }
        let answer = reply.answer.map(serde_json::from_value::<Answer>);
        match answer {
            Some(Ok(Answer::Accepted {
                version,
                position,
                replayed,
            })) => {
                self.moved_to(position).await;
                Ok(Receipt {
                    aggregate,
                    version,
                    position,
                    // The workflow sees to those.
                    effects: 0,
                    replayed,
                })
            }
            Some(Ok(Answer::Rejected(rejection))) => {
                // Whoever reads now why that may be must see what the worker saw.
                if let Err(fault) = self.inner.store.learn().await {
                    tracing::warn!(%fault, "what others have written cannot be read");
                }
                Err(Refusal::Rejected(*rejection))
            }
            Some(Ok(Answer::Fault { detail, retry })) => Err(fault(detail, retry.into()).into()),
            Some(Err(problem)) => Err(fault(
                format!("a worker's answer cannot be read: {problem}"),
                Retry::Later,
            )
            .into()),
            None => Err(fault("a worker gave no answer".to_owned(), Retry::Later).into()),
        }
    }

    /// Reads here nothing older than that from now on, and tells whoever watches.
    async fn moved_to(&self, new: u64) {
        if let Err(fault) = self.inner.store.catch_up(new).await {
            tracing::warn!(%fault, "what a worker has written cannot be read yet");
        }
        self.inner.position.send_if_modified(|position| {
            let moved = *position < new;
            *position = new.max(*position);
            moved
        });
    }

    /// A place among the asks on their way to one workflow, in the order of asking.
    async fn place(&self, aggregate: AggregateId) -> Place {
        let queue = {
            let mut queues = self.queues();
            let queue = queues
                .entry(aggregate)
                .or_insert_with(|| Arc::new(Semaphore::new(ON_THE_WAY_MAX)));
            Arc::clone(queue)
        };
        // Nobody closes the queue, so waiting cannot fail.
        let permit = Arc::clone(&queue).acquire_owned().await.ok();
        Place {
            desk: self.clone(),
            aggregate,
            _permit: permit,
        }
    }

    fn queues(&self) -> std::sync::MutexGuard<'_, BTreeMap<AggregateId, Arc<Semaphore>>> {
        let queues = self.inner.queues.lock();
        queues.unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks a workflow, started if it is not there, until it answers or patience ends.
    async fn ask(&self, aggregate: AggregateId, id: String, ask: Ask) -> Result<Reply, Fault> {
        let until = Instant::now() + PATIENCE;
        let mut pause = PAUSE_FIRST;
        loop {
            let asked = self.ask_once(aggregate, id.clone(), ask.clone());
            let left = until.saturating_duration_since(Instant::now());
            let problem = match timeout(left, asked).await {
                Ok(Ok(reply)) => return Ok(reply),
                Ok(Err(problem)) => problem,
                Err(_) => {
                    let detail = "no worker took the command in time; it may yet be carried out";
                    return Err(fault(detail.to_owned(), Retry::Later));
                }
            };
            match means(&problem) {
                Means::AskAgain if Instant::now() + pause < until => {
                    tracing::debug!(%aggregate, %problem, "asking again");
                    sleep(pause).await;
                    pause = (pause * 2).min(PAUSE_LONGEST);
                }
                Means::AskAgain | Means::Later => {
                    return Err(fault(format!("Temporal: {problem}"), Retry::Later));
                }
                Means::Never => return Err(fault(format!("Temporal: {problem}"), Retry::Never)),
            }
        }
    }

    async fn ask_once(
        &self,
        aggregate: AggregateId,
        id: String,
        ask: Ask,
    ) -> Result<Reply, WorkflowUpdateWithStartError> {
        let connected = &self.inner.connected;
        let kind = KIND.value_set(aggregate.kind().as_str().to_owned());
        let shown = connected
            .shows_labels
            .then(|| SearchAttributes::new([kind]));
        let options = WorkflowUpdateWithStartOptions::new(
            connected.task_queue.clone(),
            connected.workflow_id(aggregate),
            WorkflowIdConflictPolicy::UseExisting,
        )
        .update_id(id)
        .maybe_search_attributes(shown)
        .build();
        connected
            .client
            .execute_update_with_start_workflow(
                Aggregate::run,
                Carried::default(),
                Aggregate::ask,
                ask,
                options,
            )
            .await
    }
}

impl Submit for Desk {
    fn submit(&self, submission: Submission) -> BoxFuture<'_, Result<Receipt, Refusal>> {
        let desk = self.clone();
        let span = tracing::debug_span!("update", otel.kind = "client");
        // On a task of its own, so that it goes on if whoever asked goes away.
        let task = self
            .inner
            .on_the_way
            .spawn(async move { desk.carry(submission).await }.instrument(span));
        Box::pin(async move {
            task.await
                .unwrap_or_else(|_| Err(Refusal::Fault(Fault::Closing)))
        })
    }
}

/// A place in an aggregate's queue; the queue goes when nobody is in it.
struct Place {
    desk: Desk,
    aggregate: AggregateId,
    _permit: Option<tokio::sync::OwnedSemaphorePermit>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut queues = self.desk.queues();
        // The map's own, and the one of this permit, which is still held.
        if let Some(queue) = queues.get(&self.aggregate)
            && Arc::strong_count(queue) <= 2
        {
            queues.remove(&self.aggregate);
        }
    }
}

fn nonce() -> String {
    let random = Uuid::new_v4().simple().to_string();
    random.chars().take(12).collect()
}

fn fault(detail: String, retry: Retry) -> Fault {
    Fault::Elsewhere { detail, retry }
}

/// What a failed ask means for whoever asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Means {
    AskAgain,
    Later,
    Never,
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the enums are not ours and may grow"
)]
fn means(problem: &WorkflowUpdateWithStartError) -> Means {
    match problem {
        WorkflowUpdateWithStartError::Rpc(status)
        | WorkflowUpdateWithStartError::Update(
            WorkflowUpdateError::Rpc(status) | WorkflowUpdateError::NotFound(status),
        )
        | WorkflowUpdateWithStartError::Start(WorkflowStartError::Rpc(status)) => {
            meaning_of(status)
        }
        WorkflowUpdateWithStartError::Update(WorkflowUpdateError::Failed(failure)) => {
            if failure.message.contains(MOVING_ON) || is_cut_short(&failure.message) {
                Means::AskAgain
            } else {
                Means::Later
            }
        }
        WorkflowUpdateWithStartError::Start(WorkflowStartError::AlreadyStarted { .. }) => {
            Means::AskAgain
        }
        WorkflowUpdateWithStartError::PayloadConversion(_)
        | WorkflowUpdateWithStartError::Update(WorkflowUpdateError::PayloadConversion(_))
        | WorkflowUpdateWithStartError::Start(WorkflowStartError::PayloadConversion(_)) => {
            Means::Never
        }
        _ => Means::Later,
    }
}

/// Whether the server ended the update because the run ended: the next run takes it.
fn is_cut_short(message: &str) -> bool {
    message.contains("Workflow Update failed because the Workflow completed")
        || message.contains("continued as new")
}

fn meaning_of(status: &Status) -> Means {
    match status.code() {
        Code::Unavailable
        | Code::ResourceExhausted
        | Code::DeadlineExceeded
        | Code::Aborted
        | Code::NotFound
        | Code::Cancelled
        | Code::Internal
        | Code::Unknown => Means::AskAgain,
        Code::AlreadyExists | Code::FailedPrecondition | Code::OutOfRange | Code::DataLoss => {
            Means::Later
        }
        Code::Ok
        | Code::InvalidArgument
        | Code::PermissionDenied
        | Code::Unimplemented
        | Code::Unauthenticated => Means::Never,
    }
}
