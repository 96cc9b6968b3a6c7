//! Passwords and sessions are kept beside the record, on both databases.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the allowances for tests do not reach the functions they share"
)]

mod support;

use jiff::{SignedDuration, Timestamp};
use naru_domain::{AccountId, Sha256Hex, TypedId};
use naru_store::{Credential, NewSession, SignInWay};
use support::Folder;
use support::databases::kinds;
use uuid::Uuid;

fn account(n: u128) -> AccountId {
    AccountId::from_uuid(Uuid::from_u128(n))
}

fn at(minute: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute)
}

fn session(name: &str, of: u128, minute: i64) -> NewSession {
    NewSession {
        secret_hash: Sha256Hex::of(name.as_bytes()),
        session: name.to_owned(),
        account: account(of),
        agent: "Firefox".to_owned(),
        opened_at: at(minute),
        expires_at: at(minute + 100),
        opened_by: SignInWay::MailLink,
    }
}

#[tokio::test]
async fn the_last_password_counts_and_survives_reindexing() {
    for kind in kinds() {
        let folder = Folder::on(&kind).await;
        let store = folder.store().await;
        assert_eq!(store.credential_of(account(1)).await.unwrap(), None);
        for (password, minute) in [("first", 1), ("second", 2)] {
            let credential = Credential {
                password: password.to_owned(),
                changed_at: at(minute),
            };
            store.set_credential(account(1), &credential).await.unwrap();
        }
        store.open_session(&session("one", 1, 5)).await.unwrap();
        store.close().await;
        drop(store);
        let store = folder.store().await;
        store.reindex().await.unwrap();
        let kept = store.credential_of(account(1)).await.unwrap().unwrap();
        assert_eq!((kept.password.as_str(), kept.changed_at), ("second", at(2)));
        assert_eq!(store.credential_of(account(2)).await.unwrap(), None);
        assert_eq!(store.sessions_of(account(1)).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_session_is_found_by_its_hash_listed_and_ended_by_its_own_person_only() {
    for kind in kinds() {
        let folder = Folder::on(&kind).await;
        let store = folder.store().await;
        for new in [
            session("one", 1, 5),
            session("two", 1, 6),
            session("three", 1, 7),
            session("other", 2, 7),
        ] {
            store.open_session(&new).await.unwrap();
        }
        let hash = Sha256Hex::of(b"one");
        store.see_session(&hash, at(50)).await.unwrap();
        let found = store.session_by_hash(&hash).await.unwrap().unwrap();
        assert_eq!((found.account, found.seen_at), (account(1), at(50)));
        let names = |rows: Vec<naru_store::SessionRow>| -> Vec<String> {
            rows.into_iter().map(|row| row.session).collect()
        };
        let listed = names(store.sessions_of(account(1)).await.unwrap());
        assert_eq!(listed, ["three", "two", "one"]);
        assert!(!store.end_session(account(2), "one").await.unwrap());
        assert!(store.end_session(account(1), "two").await.unwrap());
        assert_eq!(
            store.end_other_sessions(account(1), "one").await.unwrap(),
            1
        );
        assert_eq!(names(store.sessions_of(account(1)).await.unwrap()), ["one"]);
        assert_eq!(
            names(store.sessions_of(account(2)).await.unwrap()),
            ["other"]
        );
        // The other person's was last used in minute 7, this one's in 50 and ends in 105.
        assert_eq!(store.forget_sessions(at(60), at(7)).await.unwrap(), 1);
        assert_eq!(store.forget_sessions(at(105), at(8)).await.unwrap(), 1);
        assert_eq!(store.session_by_hash(&hash).await.unwrap(), None);
    }
}
