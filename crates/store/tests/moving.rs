//! A record moves from a folder to a server: whole, with what is in flight, also when it takes several tries, and never onto another record.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "the allowances for tests do not reach the functions they share"
)]

mod support;

use naru_domain::Effect;
use naru_store::{
    Committer, Database, Moved, OutboxStatus, PostgresUrl, Retry, Store, StoreError, StoreOptions,
};
use std::collections::BTreeMap;
use support::databases::{Kind, kinds};
use support::{Folder, committer_of, now, organization, register, rename};

/// More than travel at once.
const EVENTS: u128 = 2_300;

fn server() -> Kind {
    let mut servers = kinds()
        .into_iter()
        .filter(|kind| matches!(kind, Kind::Postgres(_)));
    servers
        .next()
        .expect("set NARU_TEST_POSTGRES, or run `cargo xtask test`")
}

/// A folder, and an empty database for its record.
struct Removal {
    folder: Folder,
    server: Folder,
}

impl Removal {
    async fn new() -> Self {
        Self {
            folder: Folder::on(&Kind::Sqlite).await,
            server: Folder::on(&server()).await,
        }
    }

    fn to(&self) -> PostgresUrl {
        self.server.url().unwrap().parse().unwrap()
    }

    async fn try_to_move(&self) -> Result<Moved, StoreError> {
        let moved = Store::move_to(&self.folder.path(), &self.to()).await;
        moved.map(|proof| proof.unwrap())
    }

    /// The old folder with the record in its new place.
    async fn open_there(&self) -> Result<Store, StoreError> {
        Store::open(StoreOptions {
            database: Database::Postgres(self.to()),
            ..StoreOptions::new(self.folder.path())
        })
        .await
    }
}

async fn commit(committer: &mut Committer, n: std::ops::RangeInclusive<u128>) {
    let submissions = n.map(|n| match n {
        1..=5 => register(n, organization(n)),
        _ => rename(
            n,
            organization(n % 5 + 1),
            &format!("이름 \"{n}\" \u{1F600}"),
        ),
    });
    let outcomes = committer
        .commit(now(), submissions.collect::<Vec<_>>())
        .await;
    assert!(outcomes.iter().all(Result::is_ok));
}

/// Events, a refused command, a checkpoint, effects in every state, incidents of both kinds and wake-ups.
async fn with_everything(folder: &Folder) {
    let mut committer = folder.committer().await;
    commit(&mut committer, 1..=EVENTS).await;
    let refused = committer
        .commit(now(), vec![register(EVENTS + 1, organization(1))])
        .await;
    support::rejection(&refused[0]);
    let store = committer.store().clone();
    store.sign_checkpoint(now()).await.unwrap().unwrap();
    drop(committer);
    store.close().await;
    drop(store);
    let deliver = Effect::Deliver {
        to: organization(2),
        command: Box::new(rename(1, organization(2), "전달").command),
    };
    let payload = serde_json::to_string(&deliver).unwrap();
    for (n, state) in [
        "null, null, null",
        "1700000000000001, null, null",
        "null, 'the disk \"C:\\\" said no', null",
        "null, 'never', 1700000000000002",
    ]
    .iter()
    .enumerate()
    {
        let insert = format!(
            "insert into outbox
                 (effect_id, part, position, payload, created_at_us, attempts, next_attempt_us, done_at_us, failure, stopped_at_us)
             values ('{}.1.{n}', {n}, 1, '{payload}', 1, {n}, 2, {state})",
            organization(1),
        );
        folder.sql(&insert).await;
    }
    folder
        .sql(&format!(
            "insert into incident (incident_id, subject, effect_id, part, aggregate_id, reason, opened_at_us, closed_at_us)
             values (3, 'a', '{0}.1.3', 3, '{0}', '이유', 1, 2), (7, 'a', '{0}.1.3', 3, '{0}', 'why', 3, null), (9, 'b', null, null, '{1}', 'b', 4, null)",
            organization(1),
            organization(2),
        ))
        .await;
    folder
        .sql(&format!(
            "update aggregate set wake_at_us = 1700000000000009 where aggregate_id = '{}'",
            organization(3)
        ))
        .await;
    folder
        .sql(
            "insert into credential (account_id, password, changed_at_us) values ('a', '$argon2id$v=19$…', 1), ('b', 'x', 2);
             insert into console_session (secret_hash, session_id, account_id, agent, opened_at_us, seen_at_us, expires_at_us, opened_by)
             values ('0f', 's', 'a', '크롬 \"130\"', 1, 2, 3, 'mail_link');
             insert into passkey (passkey_id, account_id, label, credential, added_at_us, used_at_us)
             values ('k', 'a', '노트북 \"1\"', '{}', 1, null), ('l', 'a', 'b', '{}', 2, 3)",
        )
        .await;
}

async fn dump(folder: &Folder) -> BTreeMap<&'static str, Vec<String>> {
    let store = folder.store().await;
    let dump = store.index_dump().await.unwrap();
    store.close().await;
    dump
}

#[tokio::test]
async fn everything_is_the_same_on_the_other_side_and_work_goes_on_there() {
    let removal = Removal::new().await;
    with_everything(&removal.folder).await;
    let before = dump(&removal.folder).await;
    let moved = removal.try_to_move().await.unwrap();
    assert_eq!((moved.position, moved.was_there), (2_300, 0));
    assert_eq!((moved.whole.events, moved.whole.checkpoints), (2_300, 1));
    let compared = BTreeMap::from([
        ("aggregate", 5),
        ("checkpoint", 1),
        ("command", 2_301),
        ("console_session", 1),
        ("credential", 2),
        ("incident", 3),
        ("outbox", 4),
        ("passkey", 2),
    ]);
    assert_eq!(moved.compared, compared);

    let store = removal.open_there().await.unwrap();
    assert_eq!(store.index_dump().await.unwrap(), before);
    let log = store.outbox_log(None, 10).await.unwrap();
    assert_eq!(log.len(), 4);
    let done = |status: &OutboxStatus| matches!(status, OutboxStatus::Done { .. });
    assert_eq!(log.iter().filter(|entry| done(&entry.status)).count(), 1);
    assert_eq!(store.incidents().await.unwrap().len(), 2);

    // The same command again gets the first answer, a new one is carried out, and a new incident gets a new number.
    let mut committer = committer_of(&store);
    let outcomes = committer
        .commit(
            now(),
            vec![
                rename(2_300, organization(1), "이름 \"2300\" \u{1F600}"),
                rename(5_000, organization(1), "다음"),
            ],
        )
        .await;
    let answers = outcomes.into_iter().map(Result::unwrap);
    let answers: Vec<_> = answers
        .map(|answer| (answer.position, answer.replayed))
        .collect();
    assert_eq!(answers, [(2_300, true), (2_301, false)]);
    drop(committer);
    removal
        .server
        .sql("insert into incident (subject, aggregate_id, reason, opened_at_us) values ('c', 'c', 'c', 5)")
        .await;
    let numbers = "select max(incident_id)::text from incident";
    assert_eq!(removal.server.texts(numbers).await, ["10"]);
    assert_eq!(store.verify(None).await.unwrap().unwrap().events, 2_301);
}

#[tokio::test]
async fn the_folder_is_closed_after_it_and_moving_again_only_proves() {
    let removal = Removal::new().await;
    with_everything(&removal.folder).await;
    let first = removal.try_to_move().await.unwrap();
    let options = removal.folder.options();
    let closed = Store::open(options.clone()).await.unwrap_err();
    assert!(matches!(closed, StoreError::Moved { .. }), "{closed}");
    assert!(closed.to_string().contains(&removal.to().to_string()));
    let copy = Store::backup(&options, &removal.folder.path().join("copy")).await;
    assert!(matches!(copy, Err(StoreError::Moved { .. })), "{copy:?}");
    let elsewhere = Folder::on(&server()).await;
    let url = elsewhere.url().unwrap().parse().unwrap();
    let twice = Store::move_to(&removal.folder.path(), &url).await;
    assert!(matches!(twice, Err(StoreError::Moved { .. })), "{twice:?}");

    let store = removal.open_there().await.unwrap();
    let busy = removal.try_to_move().await.unwrap_err();
    assert!(matches!(busy, StoreError::AlreadyOpen { .. }), "{busy}");
    commit(&mut committer_of(&store), 6_000..=6_001).await;
    store.close().await;
    drop(store);
    let again = removal.try_to_move().await.unwrap();
    assert_eq!((again.position, again.was_there), (2_300, 2_300));
    assert_eq!(again.log_hash, first.log_hash);
    assert_eq!((again.whole.events, again.compared.len()), (2_302, 0));
}

#[tokio::test]
async fn a_move_that_failed_half_way_goes_on_and_takes_what_changed_meanwhile() {
    let removal = Removal::new().await;
    with_everything(&removal.folder).await;
    // An empty record of ours is as good as an empty database. Somebody stands in the way of the second page.
    removal.server.store().await.close().await;
    removal
        .server
        .sql(
            "create function stop() returns trigger language plpgsql as $$ begin raise exception 'no further'; end $$;
             create trigger stop before insert on event for each row when (new.position = 1500) execute function stop()",
        )
        .await;
    removal.try_to_move().await.unwrap_err();
    let half = removal.open_there().await.unwrap_err();
    assert!(matches!(half, StoreError::HalfMoved), "{half}");
    assert_eq!(half.retry(), Retry::Never);
    let options = removal.server.options();
    let read = Store::verify_elsewhere(&options, Some("")).await;
    assert!(matches!(read, Err(StoreError::HalfMoved)), "{read:?}");

    // The folder is still the record, and people go on working in it.
    let mut committer = removal.folder.committer().await;
    commit(&mut committer, 7_000..=7_010).await;
    let store = committer.store().clone();
    drop(committer);
    store.close().await;
    drop(store);
    removal.server.sql("drop trigger stop on event").await;
    removal
        .server
        .sql("create trigger stop before insert on outbox for each row execute function stop()")
        .await;
    removal.try_to_move().await.unwrap_err();
    let half = removal.open_there().await.unwrap_err();
    assert!(matches!(half, StoreError::HalfMoved), "{half}");
    removal.server.sql("drop trigger stop on outbox").await;
    let before = dump(&removal.folder).await;

    let moved = removal.try_to_move().await.unwrap();
    assert_eq!((moved.position, moved.was_there), (2_311, 2_311));
    assert_eq!(moved.compared["command"], 2_312);
    let store = removal.open_there().await.unwrap();
    assert_eq!(store.index_dump().await.unwrap(), before);
    store.reindex().await.unwrap();
    assert_eq!(store.verify(None).await.unwrap().unwrap().events, 2_311);
}

#[tokio::test]
async fn another_record_is_never_touched() {
    let removal = Removal::new().await;
    with_everything(&removal.folder).await;
    let mut theirs = removal.server.committer().await;
    let outcomes = theirs
        .commit(now(), vec![register(1, organization(9))])
        .await;
    assert!(outcomes[0].is_ok());
    let store = theirs.store().clone();
    let busy = removal.try_to_move().await.unwrap_err();
    assert!(matches!(busy, StoreError::InUse { .. }), "{busy}");
    drop(theirs);
    store.close().await;
    drop(store);
    let refused = removal.try_to_move().await.unwrap_err();
    assert!(
        matches!(refused, StoreError::OtherRecord { events: 1 }),
        "{refused}"
    );
    // Nothing is marked on either side.
    removal.server.store().await.close().await;
    removal.folder.store().await.close().await;

    let shop = Removal::new().await;
    with_everything(&shop.folder).await;
    shop.server.sql("create table goods (name text)").await;
    let refused = shop.try_to_move().await.unwrap_err();
    assert!(matches!(refused, StoreError::NotNaru { .. }), "{refused}");

    // A part of another record, left by a move of somebody else.
    let removal = Removal::new().await;
    with_everything(&removal.folder).await;
    let other = Removal {
        folder: Folder::on(&Kind::Sqlite).await,
        server: removal.server,
    };
    let mut committer = other.folder.committer().await;
    let three = (20..23).map(|n| register(n, organization(n)));
    committer.commit(now(), three.collect::<Vec<_>>()).await;
    let store = committer.store().clone();
    drop(committer);
    store.close().await;
    drop(store);
    other.server.store().await.close().await;
    other.server.sql("create function stop() returns trigger language plpgsql as $$ begin raise exception 'no further'; end $$;
             create trigger stop before insert on command for each row execute function stop()").await;
    other.try_to_move().await.unwrap_err();
    let refused = Store::move_to(&removal.folder.path(), &other.to()).await;
    assert!(
        matches!(refused, Err(StoreError::OtherRecord { events: 3 })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn what_arrives_changed_is_found_before_anybody_may_use_it() {
    for (table, change) in [
        ("command", "new.version = new.version + 1"),
        ("outbox", "new.attempts = new.attempts + 1"),
        ("incident", "new.reason = 'because'"),
        ("checkpoint", "new.key_id = 'another'"),
        ("credential", "new.password = 'another'"),
        ("console_session", "new.account_id = 'another'"),
        ("passkey", "new.credential = 'another'"),
    ] {
        let removal = Removal::new().await;
        with_everything(&removal.folder).await;
        removal.server.store().await.close().await;
        removal
            .server
            .sql(&format!(
                "create function change() returns trigger language plpgsql as $$ begin {change}; return new; end $$;
                 create trigger change before insert on {table} for each row execute function change()"
            ))
            .await;
        let found = removal.try_to_move().await.unwrap_err();
        assert!(
            matches!(found, StoreError::NotTheSame { table: found } if found == table),
            "{found}"
        );
        let half = removal.open_there().await.unwrap_err();
        assert!(matches!(half, StoreError::HalfMoved), "{half}");
        removal.folder.store().await.close().await;
    }
    // An event is found by its hash.
    let removal = Removal::new().await;
    with_everything(&removal.folder).await;
    removal.server.store().await.close().await;
    removal
        .server
        .sql(
            "create function change() returns trigger language plpgsql as $$ begin new.at_us = 0; return new; end $$;
             create trigger change before insert on event for each row when (new.position = 2000) execute function change()",
        )
        .await;
    let broken = Store::move_to(&removal.folder.path(), &removal.to()).await;
    assert_eq!(broken.unwrap().unwrap_err().position, 2_000);
    let half = removal.open_there().await.unwrap_err();
    assert!(matches!(half, StoreError::HalfMoved), "{half}");
}

#[tokio::test]
async fn a_record_that_is_not_whole_stays_where_it_is() {
    let removal = Removal::new().await;
    with_everything(&removal.folder).await;
    removal
        .folder
        .sql("drop trigger event_is_never_updated; update event set at_us = 0 where position = 17")
        .await;
    let broken = Store::move_to(&removal.folder.path(), &removal.to()).await;
    assert_eq!(broken.unwrap().unwrap_err().position, 17);
    let tables = "select relname::text from pg_class where relnamespace = 'public'::regnamespace";
    assert!(removal.server.texts(tables).await.is_empty());
    removal.folder.store().await.close().await;
}

/// A table that a later migration adds must be thought of here: it is the log, goes across row by row, or is computed from events.
#[tokio::test]
async fn no_table_is_forgotten() {
    let removal = Removal::new().await;
    with_everything(&removal.folder).await;
    let moved = removal.try_to_move().await.unwrap();
    let store = removal.open_there().await.unwrap();
    let mut known: Vec<String> = store
        .index_dump()
        .await
        .unwrap()
        .into_keys()
        .chain(moved.compared.into_keys())
        .chain(["event", "log_head", "_sqlx_migrations"])
        .map(str::to_owned)
        .collect();
    known.sort();
    known.dedup();
    let there = "select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by relname collate \"C\"";
    assert_eq!(removal.server.texts(there).await, known);
    let here = "select name from sqlite_schema where type = 'table' order by name";
    assert_eq!(removal.folder.texts(here).await, known);
}
