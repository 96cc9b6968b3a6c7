//! Folders, ids and commands for tests of the store.
#![expect(dead_code, reason = "each test binary uses its part")]

#[path = "../../../../tests/support/databases.rs"]
pub(crate) mod databases;

use databases::{Kind, OwnDatabase};
use jiff::Timestamp;
use naru_domain::organization::OrganizationCommand;
use naru_domain::{
    AccountId, Actor, AggregateId, BothNames, Command, CommandId, OrganizationId, OrganizationKind,
    Rejection, TypedId,
};
use naru_store::{Committer, Outcome, Reference, Refusal, Store, StoreOptions, Submission};
use sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, SqliteConnection};
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;
use uuid::Uuid;

/// A data folder that is deleted at the end, with a database of its own.
pub(crate) struct Folder {
    root: TempDir,
    database: OwnDatabase,
}

impl Folder {
    pub(crate) async fn on(kind: &Kind) -> Self {
        Self {
            root: tempfile::tempdir().unwrap(),
            database: OwnDatabase::on(kind).await,
        }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.root.path().join("data")
    }

    pub(crate) fn options(&self) -> StoreOptions {
        StoreOptions {
            database: self.database.database(),
            ..StoreOptions::new(self.path())
        }
    }

    /// The address of its database, unless it is a file.
    pub(crate) fn url(&self) -> Option<String> {
        self.database.url()
    }

    /// What only one of the databases understands.
    pub(crate) fn either<'a>(&self, on_sqlite: &'a str, on_postgres: &'a str) -> &'a str {
        if self.url().is_some() {
            on_postgres
        } else {
            on_sqlite
        }
    }

    pub(crate) async fn store(&self) -> Store {
        Store::open(self.options()).await.unwrap()
    }

    pub(crate) async fn committer(&self) -> Committer {
        committer_of(&self.store().await)
    }

    /// Closes the store of a committer and opens it anew, with nothing in memory.
    pub(crate) async fn reopen(&self, committer: Committer) -> Store {
        drop(committer);
        self.store().await
    }

    /// A connection of somebody who should have none.
    pub(crate) async fn intruder(&self) -> Intruder {
        if let Some(url) = self.url() {
            return Intruder::Postgres(PgConnection::connect(&url).await.unwrap());
        }
        let file = SqliteConnectOptions::new()
            .filename(self.path().join("naru.db"))
            .pragma("ignore_check_constraints", "on")
            .synchronous(SqliteSynchronous::Off);
        Intruder::Sqlite(file.connect().await.unwrap())
    }

    /// Does something to the database that no program of ours would; the store must be closed.
    pub(crate) async fn sql(&self, text: &str) {
        let mut intruder = self.intruder().await;
        intruder.run(text).await;
        intruder.close().await;
    }

    /// From now on the schema refuses events with this syllable in them: 덫.
    pub(crate) async fn trap(&self) {
        self.sql(self.either(
            "create trigger trap before insert on event when new.payload like '%덫%' begin select raise(abort, 'trap'); end",
            "create function trap() returns trigger language plpgsql as $$ begin raise exception 'trap'; end $$;
             create trigger trap before insert on event for each row when (new.payload like '%덫%') execute function trap()",
        ))
        .await;
    }

    /// The first column of what a query finds.
    pub(crate) async fn texts(&self, query: &str) -> Vec<String> {
        let mut intruder = self.intruder().await;
        let texts = intruder.texts(query).await;
        intruder.close().await;
        texts
    }
}

/// A connection past the store.
pub(crate) enum Intruder {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Intruder {
    pub(crate) async fn run(&mut self, text: &str) {
        let text = sqlx::raw_sql(AssertSqlSafe(text.to_owned()));
        match self {
            Self::Sqlite(conn) => drop(text.execute(conn).await.unwrap()),
            Self::Postgres(conn) => drop(text.execute(conn).await.unwrap()),
        }
    }

    pub(crate) async fn texts(&mut self, query: &str) -> Vec<String> {
        let query = AssertSqlSafe(query.to_owned());
        let texts = match self {
            Self::Sqlite(conn) => sqlx::query_scalar(query).fetch_all(conn).await,
            Self::Postgres(conn) => sqlx::query_scalar(query).fetch_all(conn).await,
        };
        texts.unwrap()
    }

    pub(crate) async fn close(self) {
        match self {
            Self::Sqlite(conn) => conn.close().await.unwrap(),
            Self::Postgres(conn) => conn.close().await.unwrap(),
        }
    }
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
        Err(Refusal::Fault(_) | Refusal::Mistake) | Ok(_) => panic!("not rejected: {outcome:?}"),
    }
}

pub(crate) fn sha256(content: &[u8]) -> naru_domain::Sha256Hex {
    let hash: [u8; 32] =
        sha2::Digest::finalize(<sha2::Sha256 as sha2::Digest>::new_with_prefix(content)).into();
    data_encoding::HEXLOWER.encode(&hash).parse().unwrap()
}
