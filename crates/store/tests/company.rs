//! Several processes that write to one record: nobody decides on what is old, nothing is done twice, and the log stays one chain.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "the allowances for tests do not reach the functions they share"
)]

mod support;

use naru_domain::{AggregateId, CommonRejection, Rejection, TypedId};
use naru_store::{Committer, Refusal, Store, StoreError, StoreOptions, Submission, Writers};
use std::collections::BTreeMap;
use support::databases::{Kind, kinds};
use support::{Folder, committer_of, now, organization, register, rejection, rename};
use tokio::task::JoinSet;

async fn folder() -> Folder {
    let mut servers = kinds()
        .into_iter()
        .filter(|kind| matches!(kind, Kind::Postgres(_)));
    let server = servers.next();
    Folder::on(&server.expect("set NARU_TEST_POSTGRES, or run `cargo xtask test`")).await
}

fn shared(folder: &Folder) -> StoreOptions {
    StoreOptions {
        writers: Writers::Many,
        ..folder.options()
    }
}

async fn one_of_many(folder: &Folder) -> Committer {
    committer_of(&Store::open(shared(folder)).await.unwrap())
}

async fn version(store: &Store, id: AggregateId) -> u64 {
    store
        .load(id)
        .await
        .unwrap()
        .map_or(0, |loaded| loaded.version)
}

async fn must(committer: &mut Committer, submission: Submission) -> u64 {
    let outcomes = committer.commit(now(), vec![submission]).await;
    outcomes.first().unwrap().as_ref().unwrap().version
}

#[tokio::test]
async fn one_alone_and_many_keep_each_other_out() {
    let folder = folder().await;
    let elsewhere = tempfile::tempdir().unwrap();
    let moved = |options: StoreOptions| StoreOptions {
        folder: elsewhere.path().to_owned(),
        ..options
    };
    let first = Store::open(shared(&folder)).await.unwrap();
    let second = Store::open(shared(&folder)).await.unwrap();
    let alone = Store::open(folder.options()).await.unwrap_err();
    assert!(matches!(alone, StoreError::AlreadyOpen { .. }), "{alone}");
    let alone = Store::open(moved(folder.options())).await.unwrap_err();
    assert!(matches!(alone, StoreError::InUse { .. }), "{alone}");
    drop((first, second));
    let alone = Store::open(folder.options()).await.unwrap();
    let many = Store::open(shared(&folder)).await.unwrap_err();
    assert!(matches!(many, StoreError::AlreadyOpen { .. }), "{many}");
    let many = Store::open(moved(shared(&folder))).await.unwrap_err();
    assert!(matches!(many, StoreError::InUse { .. }), "{many}");
    drop(alone);
}

#[tokio::test]
async fn a_file_admits_one_and_a_folder_without_the_key_is_refused() {
    let file = Folder::on(&Kind::Sqlite).await;
    let refused = Store::open(shared(&file)).await.unwrap_err();
    assert!(matches!(refused, StoreError::OneProcessOnly), "{refused}");
    assert!(!file.path().exists(), "something was made");

    let folder = folder().await;
    let mut first = one_of_many(&folder).await;
    must(&mut first, register(1, organization(1))).await;
    let elsewhere = tempfile::tempdir().unwrap();
    let options = StoreOptions {
        folder: elsewhere.path().to_owned(),
        ..shared(&folder)
    };
    let refused = Store::open(options).await.unwrap_err();
    assert!(
        matches!(refused, StoreError::OtherFolder { .. }),
        "{refused}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_that_start_at_once_on_an_empty_database_all_start() {
    let folder = folder().await;
    let start = || Store::open(shared(&folder));
    let started = tokio::join!(start(), start(), start(), start());
    for started in [started.0, started.1, started.2, started.3] {
        started.unwrap();
    }
}

#[tokio::test]
async fn nobody_decides_on_what_is_old_however_late_the_news_comes() {
    let folder = folder().await;
    let (mut here, mut there) = (one_of_many(&folder).await, one_of_many(&folder).await);
    let id = organization(1);
    assert_eq!(must(&mut here, register(1, id)).await, 1);
    assert_eq!(must(&mut there, rename(2, id, "둘")).await, 2);
    // Here the first version is in memory still.
    assert_eq!(version(here.store(), id).await, 1);
    let late = Submission {
        expected_version: Some(1),
        ..rename(3, id, "셋")
    };
    let outcomes = here.commit(now(), vec![late]).await;
    let conflict = CommonRejection::Conflict {
        expected: 1,
        actual: 2,
    };
    assert_eq!(rejection(&outcomes[0]), Rejection::from(conflict));
    assert_eq!(version(here.store(), id).await, 2);
    // A command that was answered there is answered the same here, and nothing is written.
    let again = here.commit(now(), vec![rename(2, id, "둘")]).await;
    let again = again[0].as_ref().unwrap();
    assert_eq!((again.version, again.replayed), (2, true));
    assert_eq!(must(&mut there, rename(4, id, "넷")).await, 3);
    assert_eq!(here.store().learn().await.unwrap(), 3);
    assert_eq!(version(here.store(), id).await, 3);
}

#[tokio::test]
async fn a_refusal_decided_late_does_not_move_the_end_of_the_log_back() {
    let folder = folder().await;
    let (mut here, mut there) = (one_of_many(&folder).await, one_of_many(&folder).await);
    must(&mut here, register(1, organization(1))).await;
    must(&mut there, register(2, organization(2))).await;
    // Only an answer is written, by one who knows only of the first event.
    let refused = here.commit(now(), vec![rename(3, organization(9), "없음")]);
    assert!(matches!(refused.await[0], Err(Refusal::Rejected(_))));
    must(&mut here, register(4, organization(3))).await;
    let whole = here.store().verify(None).await.unwrap().unwrap();
    assert_eq!(whole.events, 3);
}

const CASES: u128 = 4;
const ROUNDS: u128 = 60;
const BATCH: u128 = 5;

/// What one process was told: the version that each of its commands made.
type Told = Vec<(AggregateId, u128, u64)>;

/// Renames the same few organizations over and over, now and then by a command that everybody sends, and reads what it was just told.
async fn hammer(mut committer: Committer, who: u128) -> Told {
    let mut told = Told::new();
    for round in 0..ROUNDS {
        let batch: Vec<_> = (0..BATCH)
            .map(|place| {
                let id = organization(1 + (round + place) % CASES);
                let own = 1_000_000 * who + round * BATCH + place;
                match place {
                    // The same from everybody.
                    0 => rename(1_000 + round, id, &format!("모두 {round}")),
                    // Nobody has registered it.
                    1 => rename(own, organization(99), "없음"),
                    _ => rename(own, id, &format!("이름 {own}")),
                }
            })
            .collect();
        let outcomes = committer.commit(now(), &batch).await;
        for (submission, outcome) in batch.iter().zip(outcomes) {
            match outcome {
                Ok(receipt) => {
                    let n = submission.command_id.uuid().as_u128();
                    told.push((submission.aggregate, n, receipt.version));
                    let store = committer.store();
                    store.catch_up(receipt.position).await.unwrap();
                    assert!(receipt.version <= version(store, submission.aggregate).await);
                }
                Err(Refusal::Rejected(_)) => {
                    assert_eq!(submission.aggregate, organization(99));
                }
                Err(Refusal::Fault(fault)) => panic!("{fault}"),
                Err(Refusal::Mistake) => panic!("a mistake in the program"),
            }
        }
    }
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_that_hammer_the_same_cases_make_one_record_and_nothing_twice() {
    let folder = folder().await;
    let mut committers = Vec::new();
    for _ in 0..3 {
        committers.push(one_of_many(&folder).await);
    }
    for n in 1..=CASES {
        must(&mut committers[0], register(n, organization(n))).await;
    }
    let stores: Vec<Store> = committers.iter().map(|c| c.store().clone()).collect();
    let mut hammering = JoinSet::new();
    for (who, committer) in (1_u128..).zip(committers) {
        hammering.spawn(hammer(committer, who));
    }
    let mut versions: BTreeMap<(AggregateId, u64), u128> = BTreeMap::new();
    while let Some(told) = hammering.join_next().await {
        for (aggregate, n, version) in told.unwrap() {
            let by = *versions.entry((aggregate, version)).or_insert(n);
            assert_eq!(by, n, "{aggregate} has two versions {version}");
        }
    }
    // Each round, one command of everybody's and three of each one's own.
    let expected = usize::try_from(ROUNDS * (1 + 3 * (BATCH - 2))).unwrap();
    assert_eq!(versions.len(), expected);
    let whole = stores[0].verify(None).await.unwrap().unwrap();
    assert_eq!(
        whole.events,
        u64::try_from(expected).unwrap() + u64::try_from(CASES).unwrap()
    );
    let rows = stores[0].index_dump().await.unwrap();
    for store in &stores {
        store.learn().await.unwrap();
        for n in 1..=CASES {
            let id = organization(n);
            let last = store.events_of(id).await.unwrap().last().unwrap().version;
            assert_eq!(version(store, id).await, last);
        }
    }
    drop(stores);
    let alone = folder.store().await;
    alone.reindex().await.unwrap();
    assert_eq!(alone.index_dump().await.unwrap(), rows);
}
