//! Folders, ids and commands for tests of the store.
#![expect(dead_code, reason = "each test binary uses its part")]

use jiff::Timestamp;
use naru_domain::organization::OrganizationCommand;
use naru_domain::{
    AccountId, Actor, AggregateId, BothNames, Command, CommandId, OrganizationId, OrganizationKind,
    Rejection, TypedId,
};
use naru_store::{Committer, Outcome, Reference, Refusal, Store, StoreOptions, Submission};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;
use uuid::Uuid;

/// A data folder that is deleted at the end.
pub(crate) struct Folder {
    root: TempDir,
}

impl Folder {
    pub(crate) fn new() -> Self {
        Self {
            root: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.root.path().join("data")
    }

    pub(crate) async fn store(&self) -> Store {
        Store::open(StoreOptions::new(self.path())).await.unwrap()
    }

    pub(crate) async fn committer(&self) -> Committer {
        committer_of(&self.store().await)
    }

    /// Closes the store of a committer and opens it anew, with nothing in memory.
    pub(crate) async fn reopen(&self, committer: Committer) -> Store {
        drop(committer);
        self.store().await
    }

    /// Does something to the file that no program of ours would; the store must be closed.
    pub(crate) async fn sql(&self, text: &str) {
        let file = self.path().join("naru.db");
        tamper(&file, text).await;
    }
}

pub(crate) async fn tamper(file: &Path, text: &str) {
    let mut conn = SqliteConnectOptions::new()
        .filename(file)
        .connect()
        .await
        .unwrap();
    sqlx::raw_sql(AssertSqlSafe(text))
        .execute(&mut conn)
        .await
        .unwrap();
    sqlx::Connection::close(conn).await.unwrap();
}

pub(crate) fn committer_of(store: &Store) -> Committer {
    Committer::new(store.clone(), Arc::new(Reference::default()))
}

pub(crate) fn now() -> Timestamp {
    "2026-11-23T09:00:00.123456Z".parse().unwrap()
}

pub(crate) fn command(n: u128) -> CommandId {
    CommandId::from_uuid(Uuid::from_u128(n))
}

pub(crate) fn organization(n: u128) -> AggregateId {
    OrganizationId::from_uuid(Uuid::from_u128(n)).into()
}

pub(crate) fn account_id(n: u128) -> AccountId {
    AccountId::from_uuid(Uuid::from_u128(n))
}

pub(crate) fn account(n: u128) -> AggregateId {
    account_id(n).into()
}

pub(crate) fn submission(n: u128, aggregate: AggregateId, wanted: Command) -> Submission {
    Submission {
        command_id: command(n),
        aggregate,
        expected_version: None,
        actor: Actor::machine(),
        command: wanted,
    }
}

pub(crate) fn names(text: &str) -> BothNames {
    BothNames {
        ko: text.parse().unwrap(),
        en: text.parse().unwrap(),
    }
}

pub(crate) fn register(n: u128, id: AggregateId) -> Submission {
    let wanted = OrganizationCommand::Register {
        kind: OrganizationKind::Startup,
        name: names("나루 심전도"),
        business_number: None,
    };
    submission(n, id, Command::Organization(wanted))
}

pub(crate) fn rename(n: u128, id: AggregateId, text: &str) -> Submission {
    submission(
        n,
        id,
        Command::Organization(OrganizationCommand::Rename { name: names(text) }),
    )
}

pub(crate) fn rejection(outcome: &Outcome) -> Rejection {
    match outcome {
        Err(Refusal::Rejected(rejection)) => rejection.clone(),
        Err(Refusal::Fault(_)) | Ok(_) => panic!("not rejected: {outcome:?}"),
    }
}

pub(crate) fn sha256(content: &[u8]) -> naru_domain::Sha256Hex {
    let hash: [u8; 32] =
        sha2::Digest::finalize(<sha2::Sha256 as sha2::Digest>::new_with_prefix(content)).into();
    data_encoding::HEXLOWER.encode(&hash).parse().unwrap()
}
