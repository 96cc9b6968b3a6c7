//! The disk fails or fills up at the n-th write of a command, for every write of one command of every kind. The caller gets a fault, nothing
//! has changed, neither in memory nor on the disk, the process goes on, and its health tells.
//!
//! `NARU_FAULT_WRITES=3` breaks every third write only.

use anyhow::{Context as _, Result, bail, ensure};
use naru_domain::State;
use naru_faults::count;
use naru_faults::disk::{Broken, Disk};
use naru_faults::inspect;
use naru_faults::moves::KINDS;
use naru_faults::script::{self, Line, NEVER_CHANGE};
use naru_faults::vfs;
use naru_faults::world::{Answer, shipped};
use naru_store::{Committer, Health, Outcome, Receipt, Refusal, Store, StoreError, StoreOptions};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Whether the writer tells the truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Writer {
    Honest,
    /// The planted fault: it acknowledges whatever became of the transaction.
    AcknowledgesTooEarly,
}

/// An open store on a disk that breaks.
struct Rig {
    folder: PathBuf,
    disk: Arc<Disk>,
    store: Store,
    committer: Committer,
    writer: Writer,
}

/// What must be the same after a command that failed.
#[derive(Debug, PartialEq)]
struct Snapshot {
    position: u64,
    state: Option<(u64, State)>,
    answered: bool,
    outbox: usize,
    next_wakeup: Option<jiff::Timestamp>,
}

async fn open(folder: &Path) -> Result<(Store, Committer)> {
    let options = StoreOptions {
        vfs: Some(vfs::NAME.to_owned()),
        ..StoreOptions::new(folder)
    };
    let store = Store::open(options).await?;
    let committer = Committer::new(store.clone(), shipped());
    Ok((store, committer))
}

impl Rig {
    async fn new(folder: PathBuf, writer: Writer) -> Result<Self> {
        let disk = Disk::under(&folder);
        let (store, committer) = open(&folder).await?;
        Ok(Self {
            folder,
            disk,
            store,
            committer,
            writer,
        })
    }

    async fn reopen(self) -> Result<Self> {
        let Self {
            folder,
            disk,
            store,
            committer,
            writer,
        } = self;
        drop(committer);
        store.close().await;
        drop(store);
        let (store, committer) = open(&folder).await?;
        Ok(Self {
            folder,
            disk,
            store,
            committer,
            writer,
        })
    }

    async fn commit(&mut self, line: &Line) -> Result<Outcome> {
        let outcome = self
            .committer
            .commit(line.at, vec![line.submission.clone()])
            .await
            .pop()
            .context("no answer")?;
        Ok(match (self.writer, outcome) {
            (Writer::AcknowledgesTooEarly, Err(Refusal::Fault(_))) => Ok(Receipt {
                aggregate: line.submission.aggregate,
                version: 1,
                position: 1,
                effects: 0,
                replayed: false,
            }),
            (Writer::Honest | Writer::AcknowledgesTooEarly, outcome) => outcome,
        })
    }

    async fn snapshot(&self, line: &Line) -> Result<Snapshot> {
        let loaded = self
            .store
            .load(line.submission.aggregate)
            .await
            .map_err(|problem| anyhow::anyhow!("{problem:?}"))?;
        Ok(Snapshot {
            position: self.store.last_position().await?,
            state: loaded.map(|loaded| (loaded.version, loaded.state.clone())),
            answered: self
                .store
                .command_answer(line.submission.command_id)
                .await?
                .is_some(),
            outbox: inspect::outbox(&self.store).await?.len(),
            next_wakeup: self.store.next_wakeup().await?,
        })
    }

    /// Breaks one operation of the disk under a command. Says whether the command failed; otherwise it is done.
    async fn fails_at(&mut self, line: &Line, n: usize, broken: Broken) -> Result<bool> {
        let before = self.snapshot(line).await?;
        self.disk.break_after(n, broken);
        let outcome = self.commit(line).await?;
        let failed = self.disk.repair();
        match outcome {
            Err(Refusal::Mistake) => bail!("a mistake in the program"),
            Err(Refusal::Fault(fault)) => {
                ensure!(0 < failed, "a fault without a cause: {fault}");
                let named = match broken {
                    Broken::Full => matches!(fault, StoreError::DiskFull { .. }),
                    Broken::Io | Broken::Sync => matches!(fault, StoreError::Disk { .. }),
                };
                ensure!(named, "{broken:?} is called {fault:?}");
                ensure!(
                    matches!(self.store.health(), Health::Red(_)),
                    "health is green after {broken:?}"
                );
                let after = self.snapshot(line).await?;
                ensure!(before == after, "the command failed, but something changed");
                Ok(true)
            }
            Err(Refusal::Rejected(rejection)) => bail!("refused with {}", rejection.code()),
            Ok(_) => {
                let after = self.snapshot(line).await?;
                let done = before.position < after.position
                    && (after.answered || line.submission.actor.who == naru_domain::Who::Clock);
                ensure!(done, "acknowledged, but nothing was written");
                Ok(false)
            }
        }
    }
}

/// Breaks every write of one command, and counts them.
async fn every_write(mut rig: Rig, line: &Line) -> Result<(Rig, usize)> {
    // The state is there without and with reopening; both ways are taken at every write.
    let step = count("NARU_FAULT_WRITES", 1, 5).max(1);
    for n in (0..1_000).step_by(step) {
        if n == 0 {
            let failed = rig
                .fails_at(line, 0, Broken::Sync)
                .await
                .context("at the sync")?;
            ensure!(failed, "acknowledged without a sync");
        }
        let here = || format!("at write {n}");
        let before = rig.snapshot(line).await?;
        if !rig.fails_at(line, n, Broken::Io).await.with_context(here)? {
            return Ok((rig, n));
        }
        rig = rig.reopen().await?;
        ensure!(
            rig.snapshot(line).await? == before,
            "after reopening something changed {}",
            here()
        );
        if !rig
            .fails_at(line, n, Broken::Full)
            .await
            .with_context(here)?
        {
            return Ok((rig, n));
        }
    }
    bail!("the command never succeeds")
}

async fn story(
    writer: Writer,
    story: &[Line],
    shown: &BTreeMap<usize, &'static str>,
) -> Result<BTreeMap<&'static str, usize>> {
    let folder = tempfile::tempdir()?;
    let mut rig = Rig::new(folder.path().join("data"), writer).await?;
    let mut writes = BTreeMap::new();
    let last = shown.last_key_value().map_or(0, |(n, _)| *n);
    for (n, line) in story.iter().enumerate().take(last + 1) {
        if let Some(kind) = shown.get(&n) {
            let (same, count) = every_write(rig, line)
                .await
                .with_context(|| format!("{kind}, line {n}"))?;
            rig = same;
            ensure!(
                matches!(rig.store.health(), Health::Green),
                "health stays red after a success ({kind})"
            );
            writes.insert(*kind, count);
        } else {
            let outcome = rig.commit(line).await?;
            ensure!(
                outcome.is_ok() == matches!(line.answer, Answer::Accepted(_)),
                "line {n} is answered {outcome:?}, the pure core says {:?}",
                line.answer
            );
        }
    }
    if let Err(broken) = rig.store.verify(None).await? {
        bail!("verify: {broken}");
    }
    inspect::fold(&rig.store).await?;
    Ok(writes)
}

#[tokio::test]
async fn a_command_that_the_disk_fails_changes_nothing_and_its_sender_hears_of_it() {
    let started = std::time::Instant::now();
    let stories = script::every_kind();
    let mut writes = BTreeMap::new();
    for (lines, shown) in &stories {
        writes.extend(
            story(Writer::Honest, lines, shown)
                .await
                .unwrap_or_else(|problem| panic!("{problem:#}")),
        );
    }
    let total: usize = writes.values().sum();
    println!(
        "{} kinds of command in {} stories, {total} writes, each broken twice, in {:.1} s: {writes:?}",
        writes.len(),
        stories.len(),
        started.elapsed().as_secs_f64()
    );
    let missing: Vec<_> = KINDS
        .iter()
        .filter(|kind| !writes.contains_key(*kind) && !NEVER_CHANGE.contains(kind))
        .collect();
    assert!(missing.is_empty(), "not tried: {missing:?}");
    assert!(writes.values().all(|n| 2 < *n), "{writes:?}");
}

#[tokio::test]
async fn a_writer_that_acknowledges_before_it_has_written_is_found_out() {
    let lines = script::story(0, 120);
    let n = lines
        .iter()
        .rposition(|line| line.changes)
        .expect("a line that changes something");
    let found = story(
        Writer::AcknowledgesTooEarly,
        &lines,
        &BTreeMap::from([(n, "any")]),
    )
    .await;
    let problem = format!("{:#}", found.expect_err("a lie goes unseen"));
    println!("{problem}");
    assert!(problem.contains("nothing was written"), "{problem}");
}
