//! Several workers and a door on one record: nothing that was acknowledged is lost, nothing is done twice, and everybody reads what they were told.
//! Runs on a real Temporal server and a real PostgreSQL: where `NARU_TEST_TEMPORAL` and `NARU_TEST_POSTGRES` say they are.

use crate::suite::common::databases::{Kind, OwnDatabase, kinds};
use naru_domain::organization::OrganizationCommand;
use naru_domain::{
    Actor, AggregateId, BothNames, Command, CommandId, OrganizationId, OrganizationKind, TypedId,
};
use naru_engine::mail::{Mailbox, Sender, Transport};
use naru_engine::{Engine, EngineOptions, Refusal, Submission};
use naru_store::{Reference, Retry, Store, StoreOptions, Writers};
use naru_temporal::{ConnectOptions, Connected, Role};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::task::JoinSet;
use uuid::Uuid;

/// What all processes of an installation share.
struct Installation {
    folder: TempDir,
    database: OwnDatabase,
    connect: ConnectOptions,
}

impl Installation {
    /// One of its own, where the servers are there.
    async fn new() -> Option<Self> {
        let address = std::env::var("NARU_TEST_TEMPORAL").ok()?;
        let mut servers = kinds()
            .into_iter()
            .filter(|kind| matches!(kind, Kind::Postgres(_)));
        let database = OwnDatabase::on(&servers.next()?).await;
        let connect = ConnectOptions {
            address: Some(address),
            task_queue: Uuid::now_v7().simple().to_string(),
            ..ConnectOptions::default()
        };
        Some(Self {
            folder: tempfile::tempdir().unwrap(),
            database,
            connect,
        })
    }

    async fn start(&self, role: Role) -> Engine {
        let from = Sender {
            name: "나루".to_owned(),
            address: "naru@hospital.example".parse().unwrap(),
        };
        let transport = Transport::Memory(Mailbox::default());
        let mut options = EngineOptions::new(transport, "https://naru.hospital.example", from);
        options.finish_limit = Duration::from_secs(1);
        let store = StoreOptions {
            database: self.database.database(),
            writers: Writers::Many,
            ..StoreOptions::new(self.folder.path())
        };
        let store = Store::open(store).await.unwrap();
        let reference = Arc::new(Reference::default());
        // A way of its own for each, as processes have.
        let connected = Connected::to(self.connect.clone()).await.unwrap();
        let engine = naru_temporal::open(store, reference, options, connected, role);
        engine.await.unwrap()
    }
}

fn organization(n: u128) -> AggregateId {
    OrganizationId::from_uuid(Uuid::from_u128(n)).into()
}

fn submission(n: u128, organizations: u128) -> Submission {
    let name = BothNames {
        ko: format!("이름 {n}").parse().unwrap(),
        en: format!("Name {n}").parse().unwrap(),
    };
    let command = if n <= organizations {
        OrganizationCommand::Register {
            kind: OrganizationKind::Startup,
            name,
            business_number: None,
        }
    } else {
        OrganizationCommand::Rename { name }
    };
    Submission {
        command_id: CommandId::from_uuid(Uuid::from_u128(n)),
        aggregate: organization(n % organizations),
        expected_version: None,
        actor: Actor::machine(),
        command: Command::Organization(command),
    }
}

/// Hands a command in, again and again while nobody can say what became of it, and reads what it did.
/// The first of two engines may die meanwhile, and then reads what it had in memory.
async fn carry(engines: &[Engine], may_die: bool, submission: Submission) -> u64 {
    loop {
        for (place, engine) in engines.iter().enumerate() {
            match engine.submit(submission.clone()).await {
                Ok(receipt) => {
                    if 0 < place || !may_die {
                        let read = engine.store().load(submission.aggregate).await.unwrap();
                        assert!(receipt.version <= read.unwrap().version, "an old state");
                    }
                    return receipt.version;
                }
                Err(Refusal::Fault(fault)) => {
                    assert_ne!(fault.retry(), Retry::Never, "{fault}");
                }
                Err(Refusal::Rejected(rejection)) => panic!("{rejection:?}"),
            }
        }
    }
}

const ORGANIZATIONS: u128 = 3;
const CALLERS: u128 = 12;
const TURNS: u128 = 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_and_a_door_make_one_record_also_when_one_of_them_dies() {
    let Some(installation) = Installation::new().await else {
        return;
    };
    let dying = installation.start(Role::Worker).await;
    let living = installation.start(Role::Worker).await;
    let door = installation.start(Role::Door).await;
    for n in 1..=ORGANIZATIONS {
        assert_eq!(
            carry(
                std::slice::from_ref(&door),
                false,
                submission(n, ORGANIZATIONS)
            )
            .await,
            1
        );
    }
    let mut calling = JoinSet::new();
    for caller in 0..CALLERS {
        let first = [&dying, &living, &door][usize::try_from(caller % 3).unwrap()].clone();
        let engines = [first, living.clone()];
        let dying = dying.clone();
        calling.spawn(async move {
            let mut told = Vec::new();
            for turn in 0..TURNS {
                if caller == 0 && turn == TURNS / 2 {
                    dying.kill().await;
                }
                let n = ORGANIZATIONS + 1 + caller * TURNS + turn;
                let submission = submission(n, ORGANIZATIONS);
                let aggregate = submission.aggregate;
                told.push((
                    aggregate,
                    carry(&engines, caller % 3 == 0, submission).await,
                    n,
                ));
            }
            told
        });
    }
    let mut versions = BTreeMap::new();
    while let Some(told) = calling.join_next().await {
        for (aggregate, version, n) in told.unwrap() {
            let before = versions.insert((aggregate, version), n);
            assert_eq!(before, None, "{aggregate} has two versions {version}");
        }
    }
    let acknowledged = u64::try_from(CALLERS * TURNS + ORGANIZATIONS).unwrap();
    let whole = door.store().verify(None).await.unwrap().unwrap();
    assert_eq!(whole.events, acknowledged);
    door.shutdown().await;
    living.shutdown().await;
}
