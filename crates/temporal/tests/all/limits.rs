//! The limits of Temporal, and what a command costs in its history. Runs on a real Temporal server: where `NARU_TEST_TEMPORAL` says one is.

use naru_domain::organization::OrganizationCommand;
use naru_domain::{
    Actor, AggregateId, BothNames, Command, CommandId, OrganizationId, OrganizationKind, TypedId,
};
use naru_engine::mail::{Mailbox, Sender, Transport};
use naru_engine::{Engine, EngineOptions, Submission};
use naru_store::{Reference, Store, StoreOptions};
use naru_temporal::{ConnectOptions, Connected, Keys, Role};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use uuid::Uuid;

fn organization() -> AggregateId {
    OrganizationId::from_uuid(Uuid::from_u128(1)).into()
}

fn submission(n: u128) -> Submission {
    let name: BothNames = BothNames {
        ko: format!("이름 {n}").parse().unwrap(),
        en: format!("Name {n}").parse().unwrap(),
    };
    let command = match n {
        1 => OrganizationCommand::Register {
            kind: OrganizationKind::Startup,
            name,
            business_number: None,
        },
        _ => OrganizationCommand::Rename { name },
    };
    Submission {
        command_id: CommandId::from_uuid(Uuid::from_u128(n)),
        aggregate: organization(),
        expected_version: None,
        actor: Actor::machine(),
        command: Command::Organization(command),
    }
}

async fn connected(keys: Option<Keys>) -> Option<Connected> {
    let options = ConnectOptions {
        address: Some(std::env::var("NARU_TEST_TEMPORAL").ok()?),
        task_queue: Uuid::new_v4().simple().to_string(),
        keys,
    };
    Some(Connected::to(options).await.unwrap())
}

async fn engine(folder: &Path, connected: Connected) -> Engine {
    let from = Sender {
        name: "나루".to_owned(),
        address: "naru@hospital.example".parse().unwrap(),
    };
    let transport = Transport::Memory(Mailbox::default());
    let options = EngineOptions::new(transport, "https://naru.hospital.example", from);
    let store = Store::open(StoreOptions::new(folder)).await.unwrap();
    let reference = Arc::new(Reference::default());
    let engine = naru_temporal::open(store, reference, options, connected, Role::Worker);
    engine.await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_at_one_aggregate_outlives_a_run_and_nothing_is_lost_or_done_twice() {
    let Some(connected) = connected(None).await else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), connected.clone()).await;
    engine.submit(submission(1)).await.unwrap();
    let crowd = (0..25_u128).map(|caller| {
        let engine = engine.clone();
        tokio::spawn(async move {
            let mut versions = Vec::new();
            for turn in 0..44 {
                let receipt = engine.submit(submission(2 + caller * 44 + turn)).await;
                versions.push(receipt.unwrap().version);
            }
            versions
        })
    });
    let mut versions = BTreeSet::new();
    for caller in futures_util::future::join_all(crowd).await {
        versions.extend(caller.unwrap());
    }
    let expected: BTreeSet<u64> = (2..=1_101).collect();
    assert_eq!(versions, expected);
    let history = connected.history(organization()).await.unwrap();
    let history: serde_json::Value = serde_json::from_slice(&history).unwrap();
    let text = history["events"][0].to_string();
    assert!(
        !text.contains("\"continued_execution_run_id\":\"\""),
        "this is the first run still: {text}"
    );
    engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_costs_six_events() {
    let Some(connected) = connected(None).await else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), connected.clone()).await;
    for n in 1..=51 {
        engine.submit(submission(n)).await.unwrap();
    }
    let history = connected.history(organization()).await.unwrap();
    let history: serde_json::Value = serde_json::from_slice(&history).unwrap();
    let n_events = history["events"].as_array().unwrap().len();
    // The start, and the labels of the first.
    assert_eq!(n_events, 51 * 6 + 2);
    engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_keys_nothing_of_a_command_can_be_read_in_temporal() {
    let keys = Keys::parse(&format!("first {}", "7".repeat(64))).unwrap();
    let Some(connected) = connected(Some(keys)).await else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), connected.clone()).await;
    let receipt = engine.submit(submission(1)).await.unwrap();
    assert_eq!(receipt.version, 1);
    let history = connected.history(organization()).await.unwrap();
    let text = String::from_utf8(history).unwrap();
    let plain = data_encoding::BASE64.encode(b"json/plain");
    let sealed = data_encoding::BASE64.encode(b"binary/encrypted");
    assert!(text.contains(&sealed));
    // What is left to read are labels, which operators search by, and the SDK's own notes.
    let history: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut readable = Vec::new();
    collect(&history, &plain, &mut readable);
    assert!(!readable.is_empty(), "this test is blind");
    for text in readable {
        assert!(!text.contains("이름") && !text.contains("Name 1"), "{text}");
    }
    engine.shutdown().await;
}

/// Every payload that is not encrypted.
fn collect(value: &serde_json::Value, plain: &str, into: &mut Vec<String>) {
    let encoding = value.pointer("/metadata/encoding");
    if encoding.and_then(serde_json::Value::as_str) == Some(plain) {
        let data = value.get("data").unwrap().as_str().unwrap();
        let data = data_encoding::BASE64.decode(data.as_bytes()).unwrap();
        into.push(String::from_utf8(data).unwrap());
    }
    match value {
        serde_json::Value::Array(items) => {
            for item in items {
                collect(item, plain, into);
            }
        }
        serde_json::Value::Object(fields) => {
            for field in fields.values() {
                collect(field, plain, into);
            }
        }
        serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Number(_)
        | serde_json::Value::String(_) => {}
    }
}
