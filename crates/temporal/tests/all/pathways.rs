//! Long random stories of people at work, in every shipped pathway, told to the embedded engine and to the Temporal engine: both must write the
//! same record, event by event. Runs on a real Temporal server: where `NARU_TEST_TEMPORAL` says one is.

use naru_domain::case::CaseEvent;
use naru_domain::{AggregateId, Event, State, Who};
use naru_engine::mail::{Mailbox, Sender, Transport};
use naru_engine::{Clock, Engine, EngineOptions, Refusal};
use naru_faults::script::{Line, story};
use naru_faults::world::shipped;
use naru_store::{Store, StoreOptions};
use naru_temporal::{ConnectOptions, Connected, Role};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use tempfile::TempDir;

/// The commands of people, without the messages and wake-ups that engines add themselves.
fn people(seed: u64, n: usize) -> Vec<Line> {
    let by_people = |line: &Line| match line.submission.actor.who {
        Who::Account(_) | Who::Guest(_) | Who::Candidate(_) | Who::Machine => true,
        Who::Clock | Who::Message(_) => false,
    };
    story(seed, n).into_iter().filter(by_people).collect()
}

fn options(clock: &Clock) -> EngineOptions {
    let from = Sender {
        name: "나루 사무국".to_owned(),
        address: "naru@hospital.example".parse().unwrap(),
    };
    let transport = Transport::Memory(Mailbox::default());
    EngineOptions {
        clock: clock.clone(),
        ..EngineOptions::new(transport, "https://naru.hospital.example", from)
    }
}

/// Tells the story; says what became of each command.
async fn tell(engine: &Engine, story: &[Line]) -> Vec<String> {
    let mut outcomes = Vec::new();
    for line in story {
        engine.clock().advance_to(line.at);
        engine.settle().await;
        outcomes.push(match engine.submit(line.submission.clone()).await {
            Ok(receipt) => format!("version {}", receipt.version),
            Err(Refusal::Rejected(rejection)) => rejection.code().to_owned(),
            Err(Refusal::Fault(fault)) => panic!("{fault}"),
        });
        engine.settle().await;
    }
    outcomes
}

type Record = BTreeMap<AggregateId, Vec<String>>;

/// Every event of every aggregate, with its time, actor and command.
async fn record(store: &Store) -> (Record, BTreeSet<String>) {
    let mut record = Record::new();
    let mut pathways = BTreeSet::new();
    let mut after = 0;
    loop {
        let events = store.events_after(after, 1_000).await.unwrap();
        let Some(last) = events.last() else { break };
        after = last.position;
        for event in events {
            if let Event::Case(CaseEvent::Opened { .. }) = &event.event
                && let Some(State::Case(case)) = store
                    .load(event.aggregate)
                    .await
                    .unwrap()
                    .map(|loaded| loaded.state.clone())
            {
                pathways.insert(case.pathway.to_string());
            }
            record.entry(event.aggregate).or_default().push(format!(
                "{} {} {:?} {:?} {}",
                event.version,
                event.at,
                event.actor,
                event.command_id,
                event.event.to_json().unwrap()
            ));
        }
    }
    (record, pathways)
}

async fn store(folder: &Path) -> Store {
    Store::open(StoreOptions::new(folder)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_engines_write_the_same_record_of_every_shipped_pathway() {
    let Ok(address) = std::env::var("NARU_TEST_TEMPORAL") else {
        return;
    };
    let mut covered = BTreeSet::new();
    for seed in 1..=3 {
        let story = people(seed, 150);
        let start = story.first().unwrap().at;
        let folders: [TempDir; 2] = std::array::from_fn(|_| tempfile::tempdir().unwrap());
        let clock = Clock::virtual_at(start);
        let embedded = Engine::open(store(folders[0].path()).await, shipped(), options(&clock));
        let embedded = embedded.await.unwrap();
        let expected = tell(&embedded, &story).await;
        let (expected_record, pathways) = record(embedded.store()).await;
        embedded.shutdown().await;
        covered.extend(pathways);

        let connect = ConnectOptions {
            address: Some(address.clone()),
            task_queue: uuid::Uuid::new_v4().simple().to_string(),
            ..ConnectOptions::default()
        };
        let connected = Connected::to(connect).await.unwrap();
        let clock = Clock::virtual_at(start);
        let store = store(folders[1].path()).await;
        let temporal = naru_temporal::open(
            store,
            shipped(),
            options(&clock),
            connected.clone(),
            Role::Worker,
        );
        let temporal = temporal.await.unwrap();
        let outcomes = tell(&temporal, &story).await;
        assert_eq!(outcomes, expected, "seed {seed}");
        let (record, _) = record(temporal.store()).await;
        for (aggregate, events) in &expected_record {
            assert_eq!(
                record.get(aggregate),
                Some(events),
                "{aggregate}, seed {seed}"
            );
        }
        assert_eq!(record.len(), expected_record.len(), "seed {seed}");
        replay_all(&connected, &record, seed).await;
        temporal.shutdown().await;
    }
    let shipped: BTreeSet<String> = shipped()
        .pathways
        .all_newest()
        .map(|(_, pathway)| pathway.id.to_string())
        .collect();
    assert_eq!(covered, shipped);
}

/// What was just written to Temporal replays; the longest history is kept if somebody asks for it.
async fn replay_all(connected: &Connected, record: &Record, seed: u64) {
    let mut longest = Vec::new();
    for aggregate in record.keys() {
        let history = connected.history(*aggregate).await.unwrap();
        let replayed = naru_temporal::replay(&history).await;
        assert!(replayed.is_ok(), "{aggregate}: {}", replayed.unwrap_err());
        if longest.len() < history.len() {
            longest = history;
        }
    }
    if let Some(folder) = std::env::var_os("NARU_KEEP_HISTORIES") {
        let path = Path::new(&folder).join(format!("story-{seed}.json"));
        std::fs::write(path, longest).unwrap();
    }
}
