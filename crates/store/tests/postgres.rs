//! What only a database server can do to a store: be away, be somebody else's, lose a session, tell other processes.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "the allowances for tests do not reach the functions they share"
)]

mod support;

use naru_domain::AggregateId;
use naru_store::{
    Committer, Database, Health, PositionListener, Refusal, Retry, Store, StoreError, StoreOptions,
};
use std::time::Duration;
use support::databases::{Kind, kinds};
use support::{Folder, committer_of, now, organization, register, rename};

const PATIENCE: Duration = Duration::from_secs(30);

fn server() -> Kind {
    let mut servers = kinds()
        .into_iter()
        .filter(|kind| matches!(kind, Kind::Postgres(_)));
    servers
        .next()
        .expect("set NARU_TEST_POSTGRES, or run `cargo xtask test`")
}

/// Ends every session of Naru, as a restarting server would.
async fn end_sessions(folder: &Folder) {
    let query = "select coalesce(bool_and(pg_terminate_backend(pid, 10000)), false)::text
                 from pg_stat_activity
                 where datname = current_database() and application_name = 'naru'";
    assert_eq!(folder.texts(query).await, ["true"]);
}

async fn version(store: &Store, id: AggregateId) -> u64 {
    store.load(id).await.unwrap().unwrap().version
}

/// A second folder over the same database.
fn beside(folder: &Folder, other: &tempfile::TempDir) -> StoreOptions {
    StoreOptions {
        database: folder.options().database,
        ..StoreOptions::new(other.path())
    }
}

#[tokio::test]
async fn a_second_writer_is_refused_wherever_it_runs_and_let_in_once_the_first_is_gone() {
    let folder = Folder::on(&server()).await;
    let first = folder.store().await;
    let elsewhere = tempfile::tempdir().unwrap();
    let second = Store::open(beside(&folder, &elsewhere)).await.unwrap_err();
    assert!(matches!(second, StoreError::InUse { .. }), "{second}");
    assert!(second.to_string().contains("in use by another naru"));
    drop(first);
    Store::open(beside(&folder, &elsewhere)).await.unwrap();
}

#[tokio::test]
async fn a_database_that_is_not_ours_is_left_alone() {
    for theirs in [
        "create table patient (name text)",
        "create table _sqlx_migrations (version bigint, description text); insert into _sqlx_migrations values (1, 'shop')",
    ] {
        let folder = Folder::on(&server()).await;
        folder.sql(theirs).await;
        let refused = Store::open(folder.options()).await.unwrap_err();
        assert!(matches!(refused, StoreError::NotNaru { .. }), "{refused}");
        assert_eq!(refused.retry(), Retry::Never);
        let tables = folder
            .texts("select relname::text from pg_class where relnamespace = 'public'::regnamespace")
            .await;
        assert_eq!(tables.len(), 1, "{tables:?}");
    }
    // And nothing is verified where nothing is.
    let folder = Folder::on(&server()).await;
    let refused = Store::verify_elsewhere(&folder.options(), Some("")).await;
    assert!(
        matches!(refused, Err(StoreError::NotNaru { .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_database_that_cannot_hold_korean_is_refused() {
    let folder = Folder::on(&server()).await;
    let url = folder.url().unwrap();
    folder
        .sql("create database latin_only template template0 encoding 'SQL_ASCII' locale 'C'")
        .await;
    let (server, _) = url.rsplit_once('/').unwrap();
    let options = StoreOptions {
        database: Database::Postgres(format!("{server}/latin_only").parse().unwrap()),
        ..folder.options()
    };
    let refused = Store::open(options).await.unwrap_err();
    folder.sql("drop database latin_only with (force)").await;
    assert!(
        matches!(refused, StoreError::WrongEncoding { .. }),
        "{refused}"
    );
}

#[tokio::test]
async fn a_server_that_is_away_or_lets_nobody_in_is_said_to_be() {
    let folder = Folder::on(&server()).await;
    let url = folder.url().unwrap();
    let (server, _) = url.rsplit_once('/').unwrap();
    for address in [
        "postgres://naru@127.0.0.1:1/naru".to_owned(),
        format!("{server}/no_such_database"),
    ] {
        let options = StoreOptions {
            database: Database::Postgres(address.parse().unwrap()),
            ..folder.options()
        };
        let refused = Store::open(options).await.unwrap_err();
        assert!(matches!(refused, StoreError::Away { .. }), "{refused}");
        assert!(refused.to_string().contains("cannot be reached"));
    }
}

#[tokio::test]
async fn a_lost_session_costs_at_most_a_fault_and_health_tells_when_it_is_over() {
    let folder = Folder::on(&server()).await;
    let mut committer = folder.committer().await;
    let store = committer.store().clone();
    let mut acknowledged = 0;
    let first = committer
        .commit(now(), vec![register(1, organization(1))])
        .await;
    assert!(first[0].is_ok());
    for n in 2..12 {
        end_sessions(&folder).await;
        let name = format!("이름 {n}");
        match &committer
            .commit(now(), vec![rename(n, organization(1), &name)])
            .await[0]
        {
            Ok(_) => acknowledged += 1,
            Err(Refusal::Fault(fault)) => {
                assert!(matches!(fault, StoreError::Away { .. }), "{fault}");
                assert_eq!(fault.retry(), Retry::Later);
                assert!(matches!(store.health(), Health::Red(_)));
            }
            Err(Refusal::Rejected(rejection)) => panic!("{rejection:?}"),
            Err(Refusal::Mistake) => panic!("a mistake in the program"),
        }
        store.pulse().await.unwrap();
        assert!(matches!(store.health(), Health::Green));
        // The same command again, as a careful sender would.
        let again = committer
            .commit(now(), vec![rename(n, organization(1), &name)])
            .await;
        assert!(again[0].is_ok(), "{again:?}");
    }
    assert!(acknowledged < 10, "no session was ever lost");
    assert_eq!(version(&store, organization(1)).await, 11);
    assert_eq!(store.verify(None).await.unwrap().unwrap().events, 11);
}

#[tokio::test]
async fn whoever_lost_the_session_learns_what_another_writer_did_meanwhile() {
    let folder = Folder::on(&server()).await;
    let mut committer = folder.committer().await;
    let store = committer.store().clone();
    let outcomes = committer
        .commit(now(), vec![register(1, organization(1))])
        .await;
    assert!(outcomes[0].is_ok());
    let era = store.pulse().await.unwrap();
    end_sessions(&folder).await;

    let elsewhere = tempfile::tempdir().unwrap();
    let other = Store::open(beside(&folder, &elsewhere)).await.unwrap();
    let outcomes = committer_of(&other)
        .commit(now(), vec![rename(2, organization(1), "둘")])
        .await;
    assert_eq!(outcomes[0].as_ref().unwrap().version, 2);
    // The lock is held elsewhere: there is nothing that the first could write.
    let refused = store.pulse().await.unwrap_err();
    assert!(matches!(refused, StoreError::InUse { .. }), "{refused}");
    assert!(matches!(
        store.health(),
        Health::Red(StoreError::InUse { .. })
    ));
    other.close().await;

    let outcomes = committer
        .commit(now(), vec![rename(3, organization(1), "셋")])
        .await;
    assert_eq!(outcomes[0].as_ref().unwrap().version, 3);
    assert_ne!(store.pulse().await.unwrap(), era);
    assert_eq!(version(&store, organization(1)).await, 3);
    assert_eq!(store.verify(None).await.unwrap().unwrap().events, 3);
}

async fn heard(listener: &mut PositionListener, position: u64) {
    let waiting = async {
        loop {
            match listener.next().await {
                Ok(heard) if position <= heard => return heard,
                Ok(_) | Err(_) => {}
            }
        }
    };
    let heard = tokio::time::timeout(PATIENCE, waiting).await.unwrap();
    assert_eq!(heard, position);
}

#[tokio::test]
async fn another_process_hears_of_every_new_position_also_after_its_session_was_lost() {
    let folder = Folder::on(&server()).await;
    let mut committer = folder.committer().await;
    let url = folder.url().unwrap().parse().unwrap();
    let mut listener = PositionListener::open(&url).await.unwrap();
    assert_eq!(listener.next().await.unwrap(), 0);
    commit(&mut committer, 1).await;
    heard(&mut listener, 1).await;
    commit(&mut committer, 2).await;
    commit(&mut committer, 3).await;
    heard(&mut listener, 3).await;
    end_sessions(&folder).await;
    committer.store().pulse().await.unwrap();
    commit(&mut committer, 4).await;
    heard(&mut listener, 4).await;
}

async fn commit(committer: &mut Committer, n: u128) {
    let outcomes = committer
        .commit(now(), vec![register(n, organization(n))])
        .await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
}

#[tokio::test]
async fn both_databases_keep_the_same_record_and_the_same_rows() {
    let mut kept = Vec::new();
    for kind in [Kind::Sqlite, server()] {
        let folder = Folder::on(&kind).await;
        let mut committer = folder.committer().await;
        for n in 1..=20 {
            let id = organization(n % 5 + 1);
            let submission = if n <= 5 {
                register(n, id)
            } else {
                rename(n, id, &format!("이름 \"{n}\" \u{1F600}"))
            };
            let outcomes = committer.commit(now(), vec![submission]).await;
            assert!(outcomes[0].is_ok());
        }
        let store = committer.store();
        let hashes: Vec<_> = store
            .events_after(0, 100)
            .await
            .unwrap()
            .into_iter()
            .map(|event| (event.position, event.aggregate, event.version, event.hash))
            .collect();
        kept.push((hashes, store.index_dump().await.unwrap()));
    }
    assert_eq!(kept[0].0.len(), 20);
    assert_eq!(kept[0], kept[1]);
}
