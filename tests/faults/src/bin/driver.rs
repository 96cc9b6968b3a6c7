//! The program that is killed: the product's store and engine on a folder, and people who work without a pause.
//!
//! `driver FOLDER SEED START ERA [--lie]` prints `ack <command> <aggregate> <version>` after each answer, `-` for a command that was
//! refused. With `--lie`, the planted fault, it prints before it submits.

use anyhow::{Context as _, Result};
use jiff::{SignedDuration, Timestamp};
use naru_engine::mail::{Folder, Sender, Transport};
use naru_engine::{Clock, Engine, EngineOptions, Refusal};
use naru_faults::cast;
use naru_faults::moves;
use naru_faults::people::look;
use naru_faults::rng::Rng;
use naru_faults::world::shipped;
use naru_store::{Reference, Store, StoreOptions, Submission};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

/// So many people work at once, so that commands share transactions.
const PEOPLE: u64 = 4;

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || {
        arguments
            .next()
            .context("usage: driver FOLDER SEED START ERA [--lie]")
    };
    let folder = PathBuf::from(next()?);
    let seed: u64 = next()?.parse()?;
    let start: Timestamp = next()?.parse()?;
    let era: u128 = next()?.parse()?;
    let lies = next().is_ok_and(|word| word == "--lie");
    let store = Store::open(StoreOptions::new(folder.join("data"))).await?;
    let sender = Sender {
        name: "나루".to_owned(),
        address: "naru@hospital.example".parse()?,
    };
    let transport = Transport::Folder(Folder::open(folder.join("letters"))?);
    let mut options = EngineOptions::new(transport, "http://localhost:1", sender);
    options.clock = Clock::virtual_at(start);
    let reference = shipped();
    let engine = Engine::open(store, Arc::clone(&reference), options).await?;
    if era == 0 {
        let setup = cast::setup().into_iter();
        // Polled in order, so they queue in order and share a transaction or two.
        let done = futures_util::future::join_all(
            setup.map(|submission| submit(&engine, submission, lies)),
        );
        done.await.into_iter().collect::<Result<()>>()?;
    }
    let mut people = tokio::task::JoinSet::new();
    for n in 0..PEOPLE {
        let (engine, reference) = (engine.clone(), Arc::clone(&reference));
        people.spawn(async move {
            work(&engine, &reference, Rng::new(seed * PEOPLE + n), era, lies).await
        });
    }
    while let Some(ended) = people.join_next().await {
        ended??;
    }
    Ok(())
}

/// Works until the process is killed.
async fn work(
    engine: &Engine,
    reference: &Arc<Reference>,
    mut rng: Rng,
    era: u128,
    lies: bool,
) -> Result<()> {
    loop {
        if rng.percent(4) {
            let hours = i64::try_from(rng.below(5))?;
            let later = engine.clock().now() + SignedDuration::from_hours(hours);
            engine.clock().advance_to(later);
        }
        let submission = moves::next(&look(engine, reference, era).await?, &mut rng);
        submit(engine, submission, lies).await?;
    }
}

async fn submit(engine: &Engine, submission: Submission, lies: bool) -> Result<()> {
    let (command, aggregate) = (submission.command_id, submission.aggregate);
    let kept = submission.actor.who != naru_domain::Who::Clock;
    if lies && kept {
        writeln!(std::io::stdout(), "ack {command} {aggregate} ?")?;
    }
    let version = match engine.submit(submission).await {
        Ok(receipt) => receipt.version.to_string(),
        Err(Refusal::Rejected(_)) => "-".to_owned(),
        Err(Refusal::Fault(fault)) => return Err(fault.into()),
    };
    if kept && !lies {
        writeln!(std::io::stdout(), "ack {command} {aggregate} {version}")?;
    }
    Ok(())
}
