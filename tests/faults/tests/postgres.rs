//! A PostgreSQL server is stopped in the middle of whatever it does, again and again, while people work. Every acknowledged command stays, none is
//! carried out twice, and whatever a transaction left to do is done although nobody was told of it.
//!
//! `NARU_FAULT_RESTARTS` says how often.

#[path = "../../support/cluster.rs"]
#[expect(unreachable_pub, reason = "shared with the project's chores")]
mod cluster;

use anyhow::{Context as _, Result, bail, ensure};
use cluster::Cluster;
use naru_domain::Who;
use naru_engine::mail::{Mailbox, Sender, Transport};
use naru_engine::{Clock, Engine, EngineOptions, Fault, Refusal};
use naru_faults::inspect::{self, Acknowledged, Given};
use naru_faults::people::look;
use naru_faults::rng::Rng;
use naru_faults::world::shipped;
use naru_faults::{cast, count, moves};
use naru_store::{Database, Health, Reference, Store, StoreOptions, Submission};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// So many people work at once, so that commands share transactions.
const PEOPLE: u64 = 8;
/// How long a thing that happens by itself may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What everybody shares.
struct Office {
    engine: Engine,
    reference: Arc<Reference>,
    acknowledged: Mutex<Vec<Acknowledged>>,
    n_faults: AtomicUsize,
    closes: AtomicBool,
    /// The planted fault: takes a command for carried out before there is an answer.
    lies: bool,
}

async fn engine(folder: &Path, url: &str) -> Result<Engine> {
    let options = StoreOptions {
        database: Database::Postgres(url.parse()?),
        ..StoreOptions::new(folder.join("data"))
    };
    let sender = Sender {
        name: "나루".to_owned(),
        address: "naru@hospital.example".parse()?,
    };
    let transport = Transport::Memory(Mailbox::default());
    let mut options_of_engine = EngineOptions::new(transport, "http://localhost:1", sender);
    options_of_engine.clock = Clock::virtual_at("2026-03-02T00:00:00Z".parse()?);
    let store = Store::open(options).await?;
    Ok(Engine::open(store, shipped(), options_of_engine).await?)
}

impl Office {
    /// Submits as a careful sender does: after a fault the same command again, until there is an answer.
    async fn submit(&self, submission: Submission) -> Result<()> {
        if self.lies {
            self.acknowledge(&submission, Given::Something);
            let _ = self.engine.submit(submission).await;
            return Ok(());
        }
        let deadline = Instant::now() + PATIENCE;
        let answer = loop {
            match self.engine.submit(submission.clone()).await {
                Ok(receipt) => break Given::Version(receipt.version),
                Err(Refusal::Rejected(_)) => break Given::Refused,
                Err(Refusal::Fault(Fault::Store(fault))) => {
                    self.n_faults.fetch_add(1, Ordering::SeqCst);
                    ensure!(Instant::now() < deadline, "no end of it: {fault}");
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                Err(Refusal::Fault(fault)) => bail!(fault),
            }
        };
        self.acknowledge(&submission, answer);
        Ok(())
    }

    fn acknowledge(&self, submission: &Submission, answer: Given) {
        let acknowledged = Acknowledged {
            command: submission.command_id,
            aggregate: submission.aggregate,
            answer,
            kept: submission.actor.who != Who::Clock,
        };
        self.acknowledged.lock().unwrap().push(acknowledged);
    }

    async fn work(&self, mut rng: Rng) -> Result<()> {
        while !self.closes.load(Ordering::SeqCst) {
            if rng.percent(2) {
                let hours = i64::try_from(rng.below(5))?;
                let later = self.engine.clock().now() + jiff::SignedDuration::from_hours(hours);
                self.engine.clock().advance_to(later);
            }
            // Nobody sees anything while the server is away.
            let Ok(seen) = look(&self.engine, &self.reference, 0).await else {
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            };
            self.submit(moves::next(&seen, &mut rng)).await?;
        }
        Ok(())
    }

    fn n_acknowledged(&self) -> usize {
        self.acknowledged.lock().unwrap().len()
    }

    async fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) -> Result<()> {
        let waiting = async {
            while !holds(self) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let came = tokio::time::timeout(PATIENCE, waiting).await;
        came.with_context(|| format!("never came: {what}"))
    }
}

async fn restarts(cluster: &Cluster, office: &Office, n_restarts: usize) -> Result<()> {
    let mut rng = Rng::new(11);
    for _ in 0..n_restarts {
        let enough = office.n_acknowledged() + 40 + rng.below(60);
        let more = |office: &Office| enough <= office.n_acknowledged();
        office.until("more answers", more).await?;
        cluster.stop_at_once()?;
        let is_red = |office: &Office| matches!(office.engine.store().health(), Health::Red(_));
        office.until("a red light", is_red).await?;
        cluster.start_again()?;
        let is_green = |office: &Office| matches!(office.engine.store().health(), Health::Green);
        office.until("a green light", is_green).await?;
    }
    Ok(())
}

/// No command has events in two places: one transaction carries it out, whole.
async fn once(store: &Store) -> Result<usize> {
    let mut places = BTreeMap::<_, BTreeSet<_>>::new();
    let events = inspect::events(store).await?;
    for event in &events {
        let place = (event.aggregate, event.at);
        places.entry(event.command_id).or_default().insert(place);
    }
    for (command, places) in places {
        ensure!(places.len() == 1, "{command} was carried out twice");
    }
    Ok(events.len())
}

/// People work while the server is stopped so often; then everything is let come to its end.
async fn days_of_work(cluster: &Cluster, folder: &Path, lies: bool, n: usize) -> Result<Office> {
    let office = Arc::new(Office {
        engine: engine(folder, &cluster.url()).await?,
        reference: shipped(),
        acknowledged: Mutex::default(),
        n_faults: AtomicUsize::new(0),
        closes: AtomicBool::new(false),
        lies,
    });
    for submission in cast::setup() {
        office.submit(submission).await?;
    }
    let mut people = JoinSet::new();
    for n in 0..PEOPLE {
        let office = Arc::clone(&office);
        people.spawn(async move { office.work(Rng::new(100 + n)).await });
    }
    restarts(cluster, &office, n).await?;
    office.closes.store(true, Ordering::SeqCst);
    while let Some(ended) = people.join_next().await {
        ended??;
    }
    // What failed while the server was away waits for its next attempt.
    let later = office.engine.clock().now() + jiff::SignedDuration::from_hours(48);
    office.engine.clock().advance_to(later);
    office.engine.settle().await;
    Arc::into_inner(office).context("somebody still works")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_however_often_the_server_is_stopped() -> Result<()> {
    let programs = cluster::programs().context("install PostgreSQL, or run `cargo xtask test`")?;
    let cluster = Cluster::start(&programs)?;
    let folder = tempfile::tempdir()?;
    let n_restarts = count("NARU_FAULT_RESTARTS", 10, 10);
    let office = days_of_work(&cluster, folder.path(), false, n_restarts).await?;

    let store = office.engine.store();
    let acknowledged = office.acknowledged.lock().unwrap().clone();
    inspect::answers(store, &acknowledged).await?;
    let n_events = once(store).await?;
    if let Err(broken) = store.verify(None).await? {
        bail!("verify: {broken}");
    }
    let folded = inspect::fold(store).await?;
    let waiting = folded.waiting();
    ensure!(
        waiting.is_empty(),
        "an effect was forgotten: {:?}",
        waiting.first()
    );
    let rows = store.index_dump().await?;
    store.reindex().await?;
    ensure!(
        rows == store.index_dump().await?,
        "the index tables are not what the log makes of them"
    );
    let n_faults = office.n_faults.load(Ordering::SeqCst);
    println!(
        "{n_restarts} restarts: {n_events} events, {} acknowledged, {n_faults} faults",
        acknowledged.len()
    );
    ensure!(0 < n_faults, "nobody noticed that the server was away");
    office.engine.shutdown().await;
    Ok(())
}

/// The planted fault.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sender_that_believes_too_early_is_found_out() -> Result<()> {
    let programs = cluster::programs().context("install PostgreSQL, or run `cargo xtask test`")?;
    let cluster = Cluster::start(&programs)?;
    let folder = tempfile::tempdir()?;
    let office = days_of_work(&cluster, folder.path(), true, 3).await?;
    let acknowledged = office.acknowledged.lock().unwrap().clone();
    let found = inspect::answers(office.engine.store(), &acknowledged).await;
    let problem = found.err().context("no lie was found")?.to_string();
    ensure!(problem.contains("lost"), "{problem}");
    office.engine.shutdown().await;
    Ok(())
}
