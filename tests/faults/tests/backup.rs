//! A backup is made while people work, is restored elsewhere, and holds everything that was acknowledged before it began.

use jiff::SignedDuration;
use naru_engine::mail::{Mailbox, Sender, Transport};
use naru_engine::{Clock, Engine, EngineOptions, Refusal};
use naru_faults::inspect::{self, Acknowledged, Given};
use naru_faults::script;
use naru_faults::world::shipped;
use naru_store::{Store, StoreOptions};
use std::path::Path;
use std::sync::{Arc, Mutex};

async fn engine(folder: &Path, at: jiff::Timestamp) -> Engine {
    let store = Store::open(StoreOptions::new(folder)).await.unwrap();
    let sender = Sender {
        name: "나루".to_owned(),
        address: "naru@hospital.example".parse().unwrap(),
    };
    let mut options = EngineOptions::new(
        Transport::Memory(Mailbox::default()),
        "http://localhost:1",
        sender,
    );
    options.clock = Clock::virtual_at(at);
    Engine::open(store, shipped(), options).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_load_holds_what_was_acknowledged_before_and_goes_on_elsewhere() {
    let root = tempfile::tempdir().unwrap();
    let (live, copy) = (root.path().join("live"), root.path().join("copy"));
    let story = script::story(8, 1_200);
    let engine_ = engine(&live, story[0].at).await;
    let acknowledged = Arc::new(Mutex::new(Vec::new()));
    let worker = tokio::spawn({
        let (engine, acknowledged, story) =
            (engine_.clone(), Arc::clone(&acknowledged), story.clone());
        async move {
            for line in story.iter().filter(|line| {
                matches!(
                    line.submission.actor.who,
                    naru_domain::Who::Account(_) | naru_domain::Who::Machine
                )
            }) {
                engine.clock().advance_to(line.at);
                let answer = match engine.submit(line.submission.clone()).await {
                    Ok(receipt) => Given::Version(receipt.version),
                    Err(Refusal::Rejected(_)) => Given::Refused,
                    Err(Refusal::Fault(fault)) => panic!("{fault}"),
                };
                let submission = &line.submission;
                let ack = Acknowledged {
                    command: submission.command_id,
                    aggregate: submission.aggregate,
                    answer,
                    kept: true,
                };
                acknowledged.lock().unwrap().push(ack);
            }
        }
    });
    while acknowledged.lock().unwrap().len() < 200 {
        tokio::task::yield_now().await;
    }
    let before: Vec<Acknowledged> = acknowledged.lock().unwrap().clone();
    let copied = Store::backup(&StoreOptions::new(&live), &copy)
        .await
        .unwrap();
    let during = acknowledged.lock().unwrap().len() - before.len();
    worker.await.unwrap();
    engine_.settle().await;
    engine_.shutdown().await;

    let store = Store::open(StoreOptions::new(&copy)).await.unwrap();
    // The keys stay where they are; whoever verifies a copy has the public one.
    let key = Store::public_key(&live).unwrap();
    let verified = store.verify(Some(&key)).await.unwrap();
    let whole = verified.expect("the copy is whole");
    assert!(
        0 < whole.checkpoints && whole.unknown_signatures == 0,
        "{whole:?}"
    );
    inspect::integrity(&copy.join("naru.db")).await.unwrap();
    let folded = inspect::fold(&store).await.unwrap();
    inspect::answers(&store, &before).await.unwrap();
    assert_eq!(store.last_position().await.unwrap(), copied.position);
    println!(
        "{} acknowledged before, {during} during the backup; the copy holds {} events of {} aggregates: {whole:?}",
        before.len(),
        folded.n_events,
        folded.states.len()
    );
    store.close().await;
    drop(store);

    // The copy is a data folder like any other: what it had still to do, it does.
    let restored = engine(
        &copy,
        story.last().unwrap().at + SignedDuration::from_hours(1),
    )
    .await;
    restored.settle().await;
    let folded = inspect::fold(restored.store()).await.unwrap();
    assert!(
        folded.waiting().is_empty(),
        "{:?}",
        folded.waiting().first()
    );
    restored.shutdown().await;
    drop(restored);

    // The planted fault: a copy that lacks a table's rows, or a command that was acknowledged after the mark, does not pass.
    let all: Vec<Acknowledged> = acknowledged.lock().unwrap().clone();
    let store = Store::open(StoreOptions::new(&copy)).await.unwrap();
    let missing = inspect::answers(&store, &all).await;
    assert!(
        missing.is_err_and(|problem| problem.to_string().contains("lost")),
        "the copy cannot hold what came after it"
    );
}
