//! The driver: commands by way of Temporal, effects and wake-ups by its workers.

use crate::activities::Worker;
use crate::connection::Connected;
use crate::desk::Desk;
use crate::news::News;
use crate::restoring::{self, RestoreFault};
use crate::worker::Running;
use futures_util::future::{BoxFuture, join_all};
use naru_domain::AggregateId;
use naru_engine::driving::{Keeper, Performer, Writer, checkpoint, intake};
use naru_engine::mail::Transport;
use naru_engine::{Clock, Driver, Engine, EngineOptions, LinkKey, LinkKeyFault, Refusal, Submit};
use naru_store::{
    Committer, Database, PositionListener, Receipt, Reference, RetriedIncident, Store, StoreError,
    Submission, Writers,
};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;

/// How often a worker looks for what is overdue, which happens only when Temporal has forgotten something.
const SWEEP: Duration = Duration::from_mins(1);
/// What is overdue by less is on its way.
const OVERDUE: jiff::SignedDuration = jiff::SignedDuration::from_mins(1);
/// How many overdue wake-ups and effects are looked at in one sweep.
const SWEEP_MAX: u32 = 500;
/// How long [`Engine::settle`] waits for news before it looks again by itself.
const NEWS: Duration = Duration::from_millis(20);
const NEWS_LONGEST: Duration = Duration::from_secs(1);

/// What a process is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Takes commands in, and leaves carrying them out to workers.
    Door,
    /// Carries commands out, keeps timers and performs effects; takes commands in too.
    Worker,
}

/// Why the engine does not start.
#[derive(Debug, thiserror::Error)]
pub enum OpenFault {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key of links cannot be used.
    #[error(transparent)]
    LinkKey(#[from] LinkKeyFault),
    /// The worker does not start.
    #[error("the Temporal worker does not start: {0}")]
    Worker(String),
}

/// The driver.
#[derive(Debug)]
struct Temporal {
    desk: Desk,
    store: Store,
    clock: Clock,
    transport: Transport,
    finish_limit: Duration,
    dealt_with: Arc<Notify>,
    /// Stops the keeper and the sweeper.
    stop: CancellationToken,
    /// Closes the writer's queue.
    close: CancellationToken,
    worker: Option<Running>,
    /// News, keeper, sweeper, writer.
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl Drop for Temporal {
    fn drop(&mut self) {
        if let Some(worker) = &self.worker {
            worker.stop();
        }
        let tasks = self.tasks.get_mut().unwrap_or_else(PoisonError::into_inner);
        for task in tasks.drain(..) {
            task.abort();
        }
    }
}

/// Starts the Temporal engine over an open store, as a door or as a worker.
pub async fn open(
    store: Store,
    reference: Arc<Reference>,
    options: EngineOptions,
    connected: Connected,
    role: Role,
) -> Result<Engine, OpenFault> {
    let clock = options.clock.clone();
    let (driver, key, position) = drive(&store, reference, options, connected, role).await?;
    Ok(Engine::driven_by(
        Arc::new(driver),
        store,
        clock,
        key,
        position,
    ))
}

async fn drive(
    store: &Store,
    reference: Arc<Reference>,
    options: EngineOptions,
    connected: Connected,
    role: Role,
) -> Result<(Temporal, LinkKey, watch::Receiver<u64>), OpenFault> {
    let key = LinkKey::open(store.folder())?;
    let (moved, position) = watch::channel(store.last_position().await?);
    let desk = Desk::new(connected.clone(), store.clone(), moved.clone());
    let mut driver = Temporal {
        desk: desk.clone(),
        store: store.clone(),
        clock: options.clock.clone(),
        transport: options.transport.clone(),
        finish_limit: options.finish_limit,
        dealt_with: Arc::new(Notify::new()),
        stop: CancellationToken::new(),
        close: CancellationToken::new(),
        worker: None,
        tasks: Mutex::default(),
    };
    if let (Database::Postgres(url), Writers::Many) = (store.database(), store.writers()) {
        let news = News {
            store: store.clone(),
            listener: PositionListener::open(url).await?,
            position: moved.clone(),
            stop: driver.stop.clone(),
        };
        driver.push(tokio::spawn(news.run()));
    }
    if role == Role::Worker {
        let committer = Committer::new(store.clone(), reference);
        driver
            .work(committer, options, &connected, key.clone(), moved)
            .await?;
    }
    Ok((driver, key, position))
}

impl Temporal {
    /// Makes this process a worker.
    async fn work(
        &mut self,
        committer: Committer,
        options: EngineOptions,
        connected: &Connected,
        key: LinkKey,
        position: watch::Sender<u64>,
    ) -> Result<(), OpenFault> {
        let (intake, waiting) = intake();
        let keeper = Keeper {
            store: self.store.clone(),
            clock: self.clock.clone(),
            position: position.subscribe(),
            stop: self.stop.clone(),
        };
        let writer = Writer {
            committer,
            intake: waiting,
            clock: self.clock.clone(),
            position,
            after: Box::new(|_| {}),
            close: self.close.clone(),
        };
        let activities = Worker {
            intake,
            store: self.store.clone(),
            clock: self.clock.clone(),
            performer: Arc::new(Performer {
                store: self.store.clone(),
                clock: self.clock.clone(),
                messages: Arc::new(self.desk.clone()),
                transport: options.transport,
                from: options.from,
                base_url: options.base_url,
                key,
            }),
            backoff: options.backoff,
            attempts_max: options.attempts_max,
            shows_labels: connected.shows_labels,
            dealt_with: Arc::clone(&self.dealt_with),
        };
        let running = Running::start(connected, activities, options.finish_limit).await;
        self.worker = Some(running.map_err(OpenFault::Worker)?);
        let sweeper = Sweeper {
            desk: self.desk.clone(),
            store: self.store.clone(),
            clock: self.clock.clone(),
            stop: self.stop.clone(),
        };
        if let Clock::Virtual(_) = &self.clock {
            let moved = keeper.position.clone();
            self.push(tokio::spawn(sweeper.clone().follow_the_clock(moved)));
        }
        self.push(tokio::spawn(keeper.run()));
        self.push(tokio::spawn(sweeper.run()));
        self.push(tokio::spawn(writer.run()));
        Ok(())
    }

    fn push(&mut self, task: JoinHandle<()>) {
        let tasks = self.tasks.get_mut().unwrap_or_else(PoisonError::into_inner);
        tasks.push(task);
    }

    fn take_tasks(&self) -> Vec<JoinHandle<()>> {
        let tasks = self.tasks.lock();
        std::mem::take(&mut *tasks.unwrap_or_else(PoisonError::into_inner))
    }
}

impl Submit for Temporal {
    fn submit(&self, submission: Submission) -> BoxFuture<'_, Result<Receipt, Refusal>> {
        self.desk.submit_from_door(submission)
    }
}

impl Driver for Temporal {
    fn retry_incident(&self, id: u64) -> BoxFuture<'_, Result<RetriedIncident, StoreError>> {
        Box::pin(async move {
            let incidents = self.store.incidents().await?;
            let retried = self.store.retry_incident(self.clock.now(), id).await?;
            let concerned = incidents.iter().find(|incident| incident.id == id);
            if let Some(incident) = concerned
                && let Err(fault) = self.desk.look(incident.aggregate).await
            {
                let aggregate = incident.aggregate;
                tracing::error!(%aggregate, %fault, "its workflow was not told of the retry; the next sweep tells it");
            }
            Ok(retried)
        })
    }

    fn settle(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let mut patience = NEWS;
            loop {
                let news = self.dealt_with.notified();
                match overdue(&self.store, self.clock.now()).await {
                    Ok(aggregates) if aggregates.is_empty() => return,
                    Ok(aggregates) => {
                        look_at(&self.desk, aggregates).await;
                        let _ = timeout(patience, news).await;
                        patience = (patience * 2).min(NEWS_LONGEST);
                    }
                    Err(fault) => {
                        tracing::error!(%fault, "what is due cannot be read");
                        return;
                    }
                }
            }
        })
    }

    fn shutdown(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            self.desk.close();
            self.stop.cancel();
            let drained = self.desk.drained();
            if self.worker.is_some() {
                drained.await;
            } else if timeout(self.finish_limit, drained).await.is_err() {
                tracing::warn!("commands were left on their way; workers carry them out");
            }
            if let Some(worker) = &self.worker {
                worker.stop();
                worker.ended().await;
            }
            self.close.cancel();
            for task in self.take_tasks() {
                let _ = task.await;
            }
            if self.worker.is_some() {
                checkpoint(&self.store, &self.clock).await;
            }
            self.transport.close().await;
            self.store.close().await;
        })
    }

    fn kill(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            self.desk.close();
            self.stop.cancel();
            for task in self.take_tasks() {
                task.abort();
                let _ = task.await;
            }
            self.store.close().await;
            if let Some(worker) = &self.worker {
                worker.stop();
                worker.ended().await;
            }
        })
    }
}

/// Starts every aggregate again that waits for something, from the store alone, and says how many those are. Doing it twice changes nothing.
pub async fn restore(store: &Store, connected: Connected) -> Result<u64, RestoreFault> {
    let (moved, _) = watch::channel(0);
    restoring::restore(store, &Desk::new(connected, store.clone(), moved)).await
}

/// The aggregates with something that should have been done by then.
async fn overdue(store: &Store, by: jiff::Timestamp) -> Result<BTreeSet<AggregateId>, StoreError> {
    let wakeups = store.due_wakeups(by, SWEEP_MAX).await?;
    let effects = store.due_effects(by, SWEEP_MAX).await?;
    let wakeups = wakeups.into_iter().map(|wakeup| wakeup.aggregate);
    Ok(wakeups
        .chain(effects.into_iter().map(|id| id.effect.aggregate))
        .collect())
}

async fn look_at(desk: &Desk, aggregates: BTreeSet<AggregateId>) {
    let looks = aggregates.into_iter().map(|aggregate| async move {
        if let Err(fault) = desk.look(aggregate).await {
            tracing::error!(%aggregate, %fault, "a workflow could not be asked to look what there is to do");
        }
    });
    join_all(looks).await;
}

/// The task that finds what Temporal has forgotten: after its database was lost or rolled back, everything goes on by itself.
#[derive(Clone, Debug)]
struct Sweeper {
    desk: Desk,
    store: Store,
    clock: Clock,
    stop: CancellationToken,
}

impl Sweeper {
    async fn run(self) {
        let mut ticks = interval(SWEEP);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = self.stop.cancelled() => return,
                _ = ticks.tick() => {}
            }
            let by = self.clock.now().checked_sub(OVERDUE).unwrap_or_default();
            self.sweep(by).await;
        }
    }

    /// Tells workflows that it is later on a clock that somebody moves: Temporal's timers know nothing of it.
    async fn follow_the_clock(self, mut moved: watch::Receiver<u64>) {
        loop {
            let next = self.store.next_wakeup().await.unwrap_or_default();
            let due = async {
                match next {
                    Some(at) => self.clock.sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = self.stop.cancelled() => return,
                changed = moved.changed() => if changed.is_err() { return },
                () = due => self.sweep(self.clock.now()).await,
            }
        }
    }

    async fn sweep(&self, by: jiff::Timestamp) {
        match overdue(&self.store, by).await {
            Ok(aggregates) => {
                tokio::select! {
                    () = self.stop.cancelled() => {}
                    () = look_at(&self.desk, aggregates) => {}
                }
            }
            Err(fault) => tracing::error!(%fault, "what is overdue cannot be read"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use naru_domain::organization::OrganizationCommand;
    use naru_domain::{
        Actor, BothNames, Command, CommandId, OrganizationId, OrganizationKind, TypedId,
    };
    use naru_engine::mail::{Mailbox, Sender};
    use naru_store::StoreOptions;
    use uuid::Uuid;

    fn named(n: u128) -> Submission {
        let name = BothNames {
            ko: format!("이름 {n}").parse().unwrap(),
            en: format!("Name {n}").parse().unwrap(),
        };
        let command = match n {
            1 => OrganizationCommand::Register {
                kind: OrganizationKind::Hospital,
                name,
                business_number: None,
            },
            _ => OrganizationCommand::Rename { name },
        };
        Submission {
            command_id: CommandId::from_uuid(Uuid::from_u128(n)),
            aggregate: OrganizationId::from_uuid(Uuid::from_u128(1)).into(),
            expected_version: None,
            actor: Actor::machine(),
            command: Command::Organization(command),
        }
    }

    /// Runs on a real Temporal server, where `NARU_TEST_TEMPORAL` says it is.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_worker_that_ends_by_itself_is_replaced_and_commands_go_on() {
        let Ok(address) = std::env::var("NARU_TEST_TEMPORAL") else {
            return;
        };
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(StoreOptions::new(folder.path())).await.unwrap();
        let from = Sender {
            name: "나루".to_owned(),
            address: "naru@hospital.example".parse().unwrap(),
        };
        let transport = Transport::Memory(Mailbox::default());
        let mut options = EngineOptions::new(transport, "https://naru.hospital.example", from);
        options.finish_limit = Duration::from_secs(1);
        let connected = Connected::to(crate::ConnectOptions {
            address: Some(address),
            task_queue: Uuid::now_v7().simple().to_string(),
            ..crate::ConnectOptions::default()
        });
        let connected = connected.await.unwrap();
        let reference = Arc::new(Reference::default());
        let (driver, ..) = drive(&store, reference, options, connected, Role::Worker)
            .await
            .unwrap();
        for n in 1..=4 {
            let carried_out = driver.submit(named(n)).await.unwrap();
            assert_eq!(u128::from(carried_out.version), n);
            driver.worker.as_ref().unwrap().fall();
        }
        driver.shutdown().await;
    }
}
