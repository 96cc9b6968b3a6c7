//! The databases that a suite runs on: SQLite always, and PostgreSQL when `NARU_TEST_POSTGRES` has the address of a server on which databases
//! may be made. `cargo xtask test` starts such a server.

use naru_store::Database;
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection, Executor};
use uuid::Uuid;

/// A kind of database to run a suite on.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// A file in the data folder.
    Sqlite,
    /// A server, by its address.
    Postgres(String),
}

/// The kinds that are there.
pub(crate) fn kinds() -> Vec<Kind> {
    let server = std::env::var("NARU_TEST_POSTGRES").ok();
    std::iter::once(Kind::Sqlite)
        .chain(server.map(Kind::Postgres))
        .collect()
}

/// A database that nobody else has; it is dropped at the end.
#[derive(Debug)]
pub(crate) struct OwnDatabase {
    made: Option<Made>,
}

#[derive(Clone, Debug)]
struct Made {
    server: String,
    name: String,
}

impl OwnDatabase {
    /// An empty one.
    pub(crate) async fn on(kind: &Kind) -> Self {
        match kind {
            Kind::Sqlite => Self { made: None },
            Kind::Postgres(server) => {
                let name = format!("naru_{}", Uuid::now_v7().simple());
                let make = format!("create database {name} template template0 encoding 'UTF8'");
                let mut conn = PgConnection::connect(server).await.unwrap();
                conn.execute(AssertSqlSafe(make)).await.unwrap();
                conn.close().await.unwrap();
                let server = server.clone();
                Self {
                    made: Some(Made { server, name }),
                }
            }
        }
    }

    /// Its address, unless it is a file.
    pub(crate) fn url(&self) -> Option<String> {
        let made = self.made.as_ref()?;
        let (server, _) = made.server.rsplit_once('/').unwrap();
        Some(format!("{server}/{}", made.name))
    }

    /// As the store takes it.
    pub(crate) fn database(&self) -> Database {
        match self.url() {
            None => Database::Sqlite,
            Some(url) => Database::Postgres(url.parse().unwrap()),
        }
    }
}

impl Drop for OwnDatabase {
    fn drop(&mut self) {
        let Some(Made { server, name }) = self.made.take() else {
            return;
        };
        // A thread of its own, because a runtime may be running here. Leaving the database behind harms nobody.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .ok()?;
            runtime.block_on(async {
                let mut conn = PgConnection::connect(&server).await.ok()?;
                let text = format!("drop database if exists {name} with (force)");
                conn.execute(AssertSqlSafe(text)).await.ok()
            })
        });
        let _ = dropping.join();
    }
}
