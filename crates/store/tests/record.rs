//! Proving, rebuilding and copying the record.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the allowances for tests do not reach the functions they share"
)]

mod support;

use naru_store::{Broken, Fracture, Store, StoreOptions, Whole};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, SqliteConnection};
use std::path::Path;
use support::{Folder, now, organization, register, rename};

const EVENTS: u64 = 50;

/// Fifty events of five organizations, taking turns, with a checkpoint after thirty and one at the end.
async fn chain(folder: &Folder) -> String {
    let mut committer = folder.committer().await;
    for n in 1..=u128::from(EVENTS) {
        let id = organization(n % 5 + 1);
        let submission = if n <= 5 {
            register(n, id)
        } else {
            rename(n, id, &format!("이름 {n}"))
        };
        assert!(committer.commit(now(), vec![submission]).await[0].is_ok());
        if n == 30 {
            assert_eq!(
                committer
                    .store()
                    .sign_checkpoint(now())
                    .await
                    .unwrap()
                    .unwrap()
                    .position,
                30
            );
        }
    }
    let store = folder.reopen(committer).await;
    assert_eq!(
        store
            .sign_checkpoint(now())
            .await
            .unwrap()
            .unwrap()
            .position,
        EVENTS
    );
    assert_eq!(store.sign_checkpoint(now()).await.unwrap(), None);
    Store::public_key(&folder.path()).unwrap()
}

async fn open(folder: &Folder) -> SqliteConnection {
    let file = folder.path().join("naru.db");
    let mut conn = SqliteConnectOptions::new()
        .filename(file)
        .pragma("ignore_check_constraints", "on")
        .synchronous(sqlx::sqlite::SqliteSynchronous::Off)
        .connect()
        .await
        .unwrap();
    run(
        &mut conn,
        "drop trigger event_is_never_updated; drop trigger event_is_never_deleted",
    )
    .await;
    conn
}

async fn run(conn: &mut SqliteConnection, text: &str) {
    sqlx::raw_sql(AssertSqlSafe(text))
        .execute(conn)
        .await
        .unwrap();
}

async fn verdict(path: &Path, key: &str) -> Result<Whole, Broken> {
    Store::verify_folder(path, Some(key)).await.unwrap()
}

async fn fracture(folder: &Folder, key: &str, tampering: &str) -> Broken {
    let mut conn = open(folder).await;
    run(&mut conn, tampering).await;
    sqlx::Connection::close(conn).await.unwrap();
    verdict(&folder.path(), key).await.unwrap_err()
}

#[tokio::test]
async fn a_whole_record_is_proved_and_says_how_much_was_looked_at() {
    let folder = Folder::new();
    let key = chain(&folder).await;
    let whole = Whole {
        events: EVENTS,
        aggregates: 5,
        checkpoints: 2,
        unknown_signatures: 0,
    };
    assert_eq!(verdict(&folder.path(), &key).await, Ok(whole));
    assert_eq!(folder.store().await.verify(None).await.unwrap(), Ok(whole));
}

#[tokio::test]
async fn a_flipped_bit_of_any_stored_field_is_found_and_its_event_named() {
    let folder = Folder::new();
    let key = chain(&folder).await;
    let mut conn = open(&folder).await;
    let mut flips = 0;
    for position in 1..=EVENTS {
        for (column, is_number) in [
            ("aggregate_id", false),
            ("version", true),
            ("previous_position", true),
            ("at_us", true),
            ("actor", false),
            ("command_id", false),
            ("payload", false),
            ("hash", false),
            ("log_hash", false),
        ] {
            // A few bits a field, because each is written to the file; the unit test beside the code flips every one.
            let bits: Vec<u64> = if is_number {
                vec![0, 40]
            } else {
                bits_of(&mut conn, position, column).await
            };
            for bit in bits {
                flip(&mut conn, position, column, is_number, bit).await;
                let broken = verdict(&folder.path(), &key).await.unwrap_err();
                assert_eq!(broken.position, position, "{column} bit {bit}: {broken}");
                flip(&mut conn, position, column, is_number, bit).await;
                flips += 1;
            }
        }
    }
    assert!(800 < flips, "{flips}");
    assert!(verdict(&folder.path(), &key).await.is_ok());
}

/// The first and the middle bit of the field.
async fn bits_of(conn: &mut SqliteConnection, position: u64, column: &str) -> Vec<u64> {
    let text =
        format!("select length(cast({column} as blob)) * 8 from event where position = {position}");
    let bits: i64 = sqlx::query_scalar(AssertSqlSafe(text))
        .fetch_one(conn)
        .await
        .unwrap();
    let bits = u64::try_from(bits).unwrap();
    vec![0, bits / 2]
}

async fn flip(conn: &mut SqliteConnection, position: u64, column: &str, is_number: bool, bit: u64) {
    if is_number {
        let text = format!(
            "update event set {column} = ({column} | (1 << {bit})) - ({column} & (1 << {bit})) where position = {position}"
        );
        return run(conn, &text).await;
    }
    let text = format!(
        "select cast({column} as blob), typeof({column}) from event where position = {position}"
    );
    let (mut bytes, kind): (Vec<u8>, String) = sqlx::query_as(AssertSqlSafe(text))
        .fetch_one(&mut *conn)
        .await
        .unwrap();
    bytes[usize::try_from(bit / 8).unwrap()] ^= 1 << (bit % 8);
    let value = if kind == "text" {
        "cast($1 as text)"
    } else {
        "$1"
    };
    let text = format!("update event set {column} = {value} where position = {position}");
    sqlx::query(AssertSqlSafe(text))
        .bind(bytes)
        .execute(conn)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_deleted_event_is_missing_where_it_was() {
    for position in [1, 17, 50] {
        let folder = Folder::new();
        let key = chain(&folder).await;
        let broken = fracture(
            &folder,
            &key,
            &format!("delete from event where position = {position}"),
        )
        .await;
        assert_eq!(
            (broken.position, broken.what),
            (position, Fracture::Missing)
        );
    }
}

#[tokio::test]
async fn a_cut_off_end_is_found_even_when_the_log_head_is_cut_too() {
    let folder = Folder::new();
    let key = chain(&folder).await;
    let cut = "update log_head set (position, log_hash) = (select position, log_hash from event where position = 40);
               delete from event where 40 < position;
               update aggregate set (version, head_position) =
                   (select max(version), max(position) from event where event.aggregate_id = aggregate.aggregate_id)";
    let broken = fracture(&folder, &key, cut).await;
    assert_eq!((broken.position, broken.what), (41, Fracture::Missing));
}

#[tokio::test]
async fn swapped_events_are_found_at_the_first_of_them() {
    for (first, second) in [(11, 12), (11, 16)] {
        let folder = Folder::new();
        let key = chain(&folder).await;
        let swap = format!(
            "update event set position = 1000, previous_position = 0 where position = {first};
             update event set position = {first} where position = {second};
             update event set position = {second} where position = 1000"
        );
        let broken = fracture(&folder, &key, &swap).await;
        assert_eq!(broken.position, first, "{broken}");
    }
}

#[tokio::test]
async fn an_event_spliced_in_from_another_history_is_found() {
    let folder = Folder::new();
    let key = chain(&folder).await;
    let splice = "update event set (payload, hash) = (select payload, hash from event where position = 21) where position = 26";
    let broken = fracture(&folder, &key, splice).await;
    assert_eq!((broken.position, broken.what), (26, Fracture::Changed));
    assert!(
        broken.to_string().contains("position 26 (organization_"),
        "{broken}"
    );
}

#[tokio::test]
async fn a_rewritten_log_does_not_pass_for_the_signed_one() {
    let (folder, forged) = (Folder::new(), Folder::new());
    let key = chain(&folder).await;
    // The same commands at the same time, but for one name: a log that is whole in itself.
    let mut committer = forged.committer().await;
    for n in 1..=u128::from(EVENTS) {
        let id = organization(n % 5 + 1);
        let name = if n == 20 {
            "딴 이름".to_owned()
        } else {
            format!("이름 {n}")
        };
        let submission = if n <= 5 {
            register(n, id)
        } else {
            rename(n, id, &name)
        };
        assert!(committer.commit(now(), vec![submission]).await[0].is_ok());
    }
    drop(committer);
    let attach = format!(
        "attach '{}' as true_log; insert into checkpoint select * from true_log.checkpoint",
        folder.path().join("naru.db").display()
    );
    forged.sql(&attach).await;
    let broken = verdict(&forged.path(), &key).await.unwrap_err();
    assert_eq!(
        (broken.position, broken.what),
        (30, Fracture::NotTheSignedLog)
    );
}

#[tokio::test]
async fn a_broken_signature_is_told_apart_from_a_broken_log_and_from_an_unknown_key() {
    let folder = Folder::new();
    let key = chain(&folder).await;
    let flip = "update checkpoint set signature = cast(substr(signature, 1, 63) || x'00' as blob) where position = 30";
    let broken = fracture(&folder, &key, flip).await;
    assert_eq!((broken.position, broken.what), (30, Fracture::Signature));

    let (folder, other) = (Folder::new(), Folder::new());
    chain(&folder).await;
    let other_key = chain(&other).await;
    let broken = verdict(&folder.path(), &other_key).await.unwrap_err();
    assert_eq!((broken.position, broken.what), (30, Fracture::UnknownKey));
}

#[tokio::test]
async fn rebuilding_gives_the_same_rows_and_repairs_tampered_ones() {
    let folder = Folder::new();
    chain(&folder).await;
    let store = folder.store().await;
    let before = store.index_dump().await.unwrap();
    assert_eq!(before["organization_row"].len(), 5);
    assert_eq!(store.reindex().await.unwrap().aggregates, 5);
    assert_eq!(store.index_dump().await.unwrap(), before);
    drop(store);

    folder
        .sql("update organization_row set name_ko = 'x'; update aggregate set head_position = 1")
        .await;
    let store = folder.store().await;
    assert_ne!(store.index_dump().await.unwrap(), before);
    store.reindex().await.unwrap();
    assert_eq!(store.index_dump().await.unwrap(), before);
}

#[tokio::test]
async fn a_copy_made_while_the_store_is_open_is_a_whole_data_folder() {
    let folder = Folder::new();
    let key = chain(&folder).await;
    let store = folder.store().await;
    let content = bytes::Bytes::from_static(b"protocol");
    let hash = support::sha256(&content);
    let stream = futures_util::stream::iter([Ok::<_, std::io::Error>(content)]);
    store.documents().put(&hash, 8, stream).await.unwrap();

    let copy = folder.path().with_file_name("copy");
    let copied = Store::backup(&folder.path(), &copy).await.unwrap();
    assert_eq!((copied.position, copied.documents), (EVENTS, 1));
    assert!(!copy.join("keys").exists());
    assert!(
        Store::backup(&folder.path(), &copy).await.is_err(),
        "a folder that holds something is not overwritten"
    );

    assert_eq!(verdict(&copy, &key).await.unwrap().checkpoints, 2);
    let restored = Store::open(StoreOptions::new(&copy)).await.unwrap();
    assert_eq!(
        restored.index_dump().await.unwrap(),
        store.index_dump().await.unwrap()
    );
    assert_eq!(restored.documents().size(&hash).await.unwrap(), Some(8));
    assert_eq!(
        restored
            .verify(None)
            .await
            .unwrap()
            .unwrap()
            .unknown_signatures,
        2
    );
    let mut committer = support::committer_of(&restored);
    assert!(
        committer
            .commit(now(), vec![rename(1_000, organization(1), "다시")])
            .await[0]
            .is_ok()
    );
}
