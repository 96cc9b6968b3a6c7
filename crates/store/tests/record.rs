//! Proving, rebuilding and copying the record.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the allowances for tests do not reach the functions they share"
)]

mod support;

use naru_store::{Broken, Fracture, Store, StoreError, StoreOptions, Whole};
use support::databases::kinds;
use support::{Folder, Intruder, now, organization, register, rename};

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

/// The database with nothing in it that would keep anybody from changing the record.
async fn disarm(folder: &Folder) {
    folder
        .sql(folder.either(
            "drop trigger event_is_never_updated; drop trigger event_is_never_deleted",
            "drop trigger event_is_never_updated on event; drop trigger event_is_never_deleted on event;
             alter table event drop constraint event_version_check, drop constraint event_check, drop constraint event_hash_check,
                 drop constraint event_log_hash_check;
             drop index event_by_aggregate",
        ))
        .await;
}

async fn verdict(options: &StoreOptions, key: &str) -> Result<Whole, Broken> {
    Store::verify_elsewhere(options, Some(key)).await.unwrap()
}

async fn fracture(folder: &Folder, key: &str, tampering: &str) -> Broken {
    disarm(folder).await;
    folder.sql(tampering).await;
    verdict(&folder.options(), key).await.unwrap_err()
}

#[tokio::test]
async fn a_whole_record_is_proved_and_says_how_much_was_looked_at() {
    for kind in kinds() {
        let folder = Folder::on(&kind).await;
        let key = chain(&folder).await;
        let whole = Whole {
            events: EVENTS,
            aggregates: 5,
            checkpoints: 2,
            unknown_signatures: 0,
        };
        assert_eq!(verdict(&folder.options(), &key).await, Ok(whole));
        assert_eq!(folder.store().await.verify(None).await.unwrap(), Ok(whole));
    }
}

#[tokio::test]
async fn a_flipped_bit_of_any_stored_field_is_found_and_its_event_named() {
    for kind in kinds() {
        let folder = Folder::on(&kind).await;
        let key = chain(&folder).await;
        disarm(&folder).await;
        let mut intruder = folder.intruder().await;
        // Every seventh event on a server, where each step takes a connection.
        let step = if folder.url().is_some() { 7 } else { 1 };
        let mut flips = 0;
        for position in (1..=EVENTS).step_by(step) {
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
                let update = |value: &str| {
                    format!("update event set {column} = {value} where position = {position}")
                };
                // A few bits a field, because each is written to the file; the unit test beside the code flips every one.
                for (there, back) in if is_number {
                    flipped_numbers(column)
                } else {
                    flipped_bytes(&folder, &mut intruder, position, column).await
                } {
                    intruder.run(&update(&there)).await;
                    let broken = verdict(&folder.options(), &key).await.unwrap_err();
                    assert_eq!(broken.position, position, "{column} = {there}: {broken}");
                    intruder.run(&update(&back)).await;
                    flips += 1;
                }
            }
        }
        assert_eq!(flips, EVENTS.div_ceil(u64::try_from(step).unwrap()) * 18);
        intruder.close().await;
        assert!(verdict(&folder.options(), &key).await.is_ok());
    }
}

/// A number with its first and a high bit flipped, and back.
fn flipped_numbers(column: &str) -> Vec<(String, String)> {
    let flips = [0, 40].map(|bit| {
        let one = format!("(cast(1 as bigint) << {bit})");
        format!("({column} | {one}) - ({column} & {one})")
    });
    flips.map(|flip| (flip.clone(), flip)).into()
}

/// A text or hash with one bit at its start and one in its middle flipped, and back.
async fn flipped_bytes(
    folder: &Folder,
    intruder: &mut Intruder,
    position: u64,
    column: &str,
) -> Vec<(String, String)> {
    let is_binary = ["hash", "log_hash"].contains(&column);
    let digits = match (folder.url(), is_binary) {
        (None, _) => format!("hex(cast({column} as blob))"),
        (Some(_), true) => format!("encode({column}, 'hex')"),
        (Some(_), false) => format!("encode(convert_to({column}, 'UTF8'), 'hex')"),
    };
    let query = format!("select {digits} from event where position = {position}");
    let digits = intruder.texts(&query).await.remove(0);
    let bytes = data_encoding::HEXLOWER_PERMISSIVE
        .decode(digits.as_bytes())
        .unwrap();
    let literal = |bytes: &[u8]| {
        let digits = data_encoding::HEXLOWER.encode(bytes);
        match (folder.url(), is_binary) {
            (None, true) => format!("x'{digits}'"),
            (None, false) => format!("cast(x'{digits}' as text)"),
            (Some(_), true) => format!("'\\x{digits}'::bytea"),
            (Some(_), false) => format!("convert_from('\\x{digits}'::bytea, 'UTF8')"),
        }
    };
    let flips = [0, bytes.len() / 2].map(|place| {
        let mut other = bytes.clone();
        other[place] ^= 1;
        (literal(&other), literal(&bytes))
    });
    flips.into()
}

#[tokio::test]
async fn a_deleted_event_is_missing_where_it_was() {
    for kind in kinds() {
        for position in [1, 17, 50] {
            let folder = Folder::on(&kind).await;
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
}

#[tokio::test]
async fn a_cut_off_end_is_found_even_when_the_log_head_is_cut_too() {
    for kind in kinds() {
        let folder = Folder::on(&kind).await;
        let key = chain(&folder).await;
        let cut = "update log_head set (position, log_hash) = (select position, log_hash from event where position = 40);
               delete from event where 40 < position;
               update aggregate set (version, head_position) =
                   (select max(version), max(position) from event where event.aggregate_id = aggregate.aggregate_id)";
        let broken = fracture(&folder, &key, cut).await;
        assert_eq!((broken.position, broken.what), (41, Fracture::Missing));
    }
}

#[tokio::test]
async fn swapped_events_are_found_at_the_first_of_them() {
    for kind in kinds() {
        for (first, second) in [(11, 12), (11, 16)] {
            let folder = Folder::on(&kind).await;
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
}

#[tokio::test]
async fn an_event_spliced_in_from_another_history_is_found() {
    for kind in kinds() {
        let folder = Folder::on(&kind).await;
        let key = chain(&folder).await;
        let splice = "update event set (payload, hash) = (select payload, hash from event where position = 21) where position = 26";
        let broken = fracture(&folder, &key, splice).await;
        assert_eq!((broken.position, broken.what), (26, Fracture::Changed));
        assert!(
            broken.to_string().contains("position 26 (organization_"),
            "{broken}"
        );
    }
}

#[tokio::test]
async fn a_rewritten_log_does_not_pass_for_the_signed_one() {
    for kind in kinds() {
        let (folder, forged) = (Folder::on(&kind).await, Folder::on(&kind).await);
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
        let copies = folder
            .texts(folder.either(
                "select format('insert into checkpoint values (%d, x''%s'', %d, x''%s'', ''%s'')', position, hex(log_hash), at_us, hex(signature), key_id)
                 from checkpoint order by position",
                "select format('insert into checkpoint values (%s, %L, %s, %L, %L)', position, log_hash, at_us, signature, key_id)
                 from checkpoint order by position",
            ))
            .await;
        forged.sql(&copies.join(";")).await;
        let broken = verdict(&forged.options(), &key).await.unwrap_err();
        assert_eq!(
            (broken.position, broken.what),
            (30, Fracture::NotTheSignedLog)
        );
    }
}

#[tokio::test]
async fn a_broken_signature_is_told_apart_from_a_broken_log_and_from_an_unknown_key() {
    for kind in kinds() {
        let folder = Folder::on(&kind).await;
        let key = chain(&folder).await;
        let flip = folder.either(
            "update checkpoint set signature = cast(substr(signature, 1, 63) || x'ff' as blob) where position = 30",
            "update checkpoint set signature = set_byte(signature, 63, 255) where position = 30",
        );
        let broken = fracture(&folder, &key, flip).await;
        assert_eq!((broken.position, broken.what), (30, Fracture::Signature));

        let (folder, other) = (Folder::on(&kind).await, Folder::on(&kind).await);
        chain(&folder).await;
        let other_key = chain(&other).await;
        let broken = verdict(&folder.options(), &other_key).await.unwrap_err();
        assert_eq!((broken.position, broken.what), (30, Fracture::UnknownKey));
    }
}

#[tokio::test]
async fn rebuilding_gives_the_same_rows_and_repairs_tampered_ones() {
    for kind in kinds() {
        let folder = Folder::on(&kind).await;
        chain(&folder).await;
        let store = folder.store().await;
        let before = store.index_dump().await.unwrap();
        assert_eq!(before["organization_row"].len(), 5);
        assert_eq!(store.reindex().await.unwrap().aggregates, 5);
        assert_eq!(store.index_dump().await.unwrap(), before);
        drop(store);

        folder
            .sql(
                "update organization_row set name_ko = 'x'; update aggregate set head_position = 1",
            )
            .await;
        let store = folder.store().await;
        assert_ne!(store.index_dump().await.unwrap(), before);
        store.reindex().await.unwrap();
        assert_eq!(store.index_dump().await.unwrap(), before);
    }
}

#[tokio::test]
async fn a_copy_made_while_the_store_is_open_is_a_whole_data_folder() {
    for kind in kinds() {
        let folder = Folder::on(&kind).await;
        let key = chain(&folder).await;
        let store = folder.store().await;
        let content = bytes::Bytes::from_static(b"protocol");
        let hash = support::sha256(&content);
        let stream = futures_util::stream::iter([Ok::<_, std::io::Error>(content)]);
        store.documents().put(&hash, 8, stream).await.unwrap();

        let copy = folder.path().with_file_name("copy");
        if folder.url().is_some() {
            let refused = Store::backup(&folder.options(), &copy).await;
            assert!(matches!(refused, Err(StoreError::NoCopy)), "{refused:?}");
            assert!(!copy.exists());
            continue;
        }
        let copied = Store::backup(&folder.options(), &copy).await.unwrap();
        assert_eq!((copied.position, copied.documents), (EVENTS, 1));
        assert!(!copy.join("keys").exists());
        assert!(
            Store::backup(&folder.options(), &copy).await.is_err(),
            "a folder that holds something is not overwritten"
        );

        assert_eq!(
            verdict(&StoreOptions::new(&copy), &key)
                .await
                .unwrap()
                .checkpoints,
            2
        );
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
}
