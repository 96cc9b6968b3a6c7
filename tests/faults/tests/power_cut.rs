//! The power fails: before any operation of the disk, with any subset of what was not synced, and with writes torn between sectors.
//! Whatever was acknowledged is there, and what is there is whole.
//!
//! `NARU_FAULT_IMAGES` says how many disks are rebuilt, `NARU_FAULT_SEED` which.

use anyhow::{Context as _, Result};
use naru_faults::count;
use naru_faults::disk::{Disk, Image, Op};
use naru_faults::inspect::{self, Acknowledged};
use naru_faults::rng::Rng;
use naru_faults::script::{self, Line};
use naru_faults::vfs;
use naru_faults::world::shipped;
use naru_store::{Committer, Store, StoreOptions, Synchronous};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What was written to the disk, and what was acknowledged meanwhile, in order.
struct Recording {
    log: Vec<Op>,
    acknowledged: Vec<Acknowledged>,
}

/// Puts a story through the product's own store on a disk that remembers.
async fn record(folder: &Path, story: &[Line], synchronous: Synchronous) -> Result<Recording> {
    let disk = Disk::under(folder);
    disk.record();
    let options = StoreOptions {
        vfs: Some(vfs::NAME.to_owned()),
        synchronous,
        ..StoreOptions::new(folder)
    };
    let store = Store::open(options).await?;
    let mut committer = Committer::new(store.clone(), shipped());
    let mut rng = Rng::new(11);
    let mut acknowledged = Vec::new();
    let mut rest = story;
    while let Some(first) = rest.first() {
        let n = rest
            .iter()
            .take(1 + rng.below(9))
            .take_while(|line| line.at == first.at)
            .count();
        let (batch, after) = rest.split_at(n);
        let outcomes = committer
            .commit(
                first.at,
                batch
                    .iter()
                    .map(|line| line.submission.clone())
                    .collect::<Vec<_>>(),
            )
            .await;
        for (line, outcome) in batch.iter().zip(&outcomes) {
            acknowledged.push(
                Acknowledged::of(line, outcome).with_context(|| format!("a fault: {outcome:?}"))?,
            );
        }
        disk.acknowledged(acknowledged.len());
        rest = after;
    }
    drop(committer);
    store.close().await;
    drop(store);
    Ok(Recording {
        log: disk.take_log(),
        acknowledged,
    })
}

/// What a survivor of a power cut holds must be whole, and hold all that was acknowledged.
async fn check(folder: &Path, acknowledged: &[Acknowledged], thorough: bool) -> Result<()> {
    let options = StoreOptions {
        vfs: Some(vfs::NAME.to_owned()),
        ..StoreOptions::new(folder)
    };
    let store = Store::open(options).await.context("cannot be opened")?;
    inspect::integrity(&folder.join("naru.db")).await?;
    if let Err(broken) = store.verify(None).await? {
        anyhow::bail!("verify: {broken}");
    }
    inspect::fold(&store).await?;
    inspect::answers(&store, acknowledged).await?;
    if thorough {
        inspect::index_equals_rebuilt(&store).await?;
    }
    store.close().await;
    Ok(())
}

#[derive(Debug, Default)]
struct Tally {
    images: usize,
    bad: usize,
    cut_with_unacknowledged: usize,
    first: Vec<String>,
}

fn cut(recording: &Arc<Recording>, images: usize, seed: u64) -> Tally {
    let next = AtomicUsize::new(0);
    let tally = std::sync::Mutex::new(Tally::default());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .expect("a runtime");
                let scratch = tempfile::tempdir().expect("a folder");
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if images <= n {
                        return;
                    }
                    let mut rng = Rng::new(seed ^ (u64::try_from(n).unwrap_or(0) << 20));
                    let at = rng.below(recording.log.len() + 1);
                    let image = Image::after(&recording.log, at, &mut rng);
                    // A folder of its own: a connection that closes late deletes its log by name.
                    let folder = scratch.path().join(format!("disk{n}"));
                    image.write_to(&folder).expect("a folder to write to");
                    let acknowledged = &recording.acknowledged[..image.acknowledged];
                    let found =
                        runtime.block_on(check(&folder, acknowledged, n.is_multiple_of(20)));
                    std::fs::remove_dir_all(&folder).expect("the folder is ours");
                    let mut tally = tally.lock().expect("no panic");
                    tally.images += 1;
                    tally.cut_with_unacknowledged +=
                        usize::from(image.acknowledged < recording.acknowledged.len());
                    if let Err(problem) = found {
                        tally.bad += 1;
                        if tally.first.len() < 5 {
                            let before = &recording.log[at.saturating_sub(12)..at];
                            let before: Vec<String> = before.iter().map(Op::to_string).collect();
                            tally.first.push(format!(
                                "image {n} cut at {at} of {}: {problem:#}; just before: {}",
                                recording.log.len(),
                                before.join(", ")
                            ));
                        }
                    }
                }
            });
        }
    });
    tally.into_inner().expect("no panic")
}

fn seed() -> u64 {
    std::env::var("NARU_FAULT_SEED")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(1)
}

fn recorded(synchronous: Synchronous) -> Arc<Recording> {
    let folder = tempfile::tempdir().expect("a folder");
    let story = script::story(seed(), 450);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let recording = runtime
        .block_on(record(&folder.path().join("data"), &story, synchronous))
        .expect("the story is told");
    Arc::new(recording)
}

#[test]
fn what_was_acknowledged_survives_a_power_cut_at_any_moment() {
    let recording = recorded(Synchronous::Full);
    let checkpointed = recording
        .log
        .iter()
        .any(|op| matches!(op, Op::Write { file, .. } if &**file == "naru.db"));
    assert!(
        checkpointed,
        "the story is too short for the log to be moved into the database"
    );
    let images = count("NARU_FAULT_IMAGES", 2_000, 60);
    let started = std::time::Instant::now();
    let tally = cut(&recording, images, seed());
    println!(
        "{} images of {} operations and {} acknowledged commands in {:.1} s: {} bad",
        tally.images,
        recording.log.len(),
        recording.acknowledged.len(),
        started.elapsed().as_secs_f64(),
        tally.bad
    );
    assert_eq!(
        tally.bad,
        0,
        "NARU_FAULT_SEED={} {:#?}",
        seed(),
        tally.first
    );
    assert!(images / 2 < tally.cut_with_unacknowledged);
}

/// The planted fault: without a sync at each commit the same harness must see losses, or it is blind.
#[test]
fn the_harness_sees_what_a_careless_setting_loses() {
    let recording = recorded(Synchronous::NormalLosesCommits);
    let images = count("NARU_FAULT_IMAGES", 200, 40).min(200);
    let tally = cut(&recording, images, seed());
    println!(
        "{} images without syncs: {} lost something, such as {:?}",
        tally.images,
        tally.bad,
        tally.first.first()
    );
    assert!(
        images / 5 < tally.bad,
        "only {} of {images} images lost anything",
        tally.bad
    );
    assert!(
        tally
            .first
            .iter()
            .any(|problem| problem.contains("lost") || problem.contains("acknowledged")),
        "{:#?}",
        tally.first
    );
}
