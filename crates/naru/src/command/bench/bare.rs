//! The bare writer: rows of the same size, group-committed with the same durability, and nothing else.

use super::server::Server;
use anyhow::{Context, Result};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection, Executor};
use std::path::Path;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// Rows in one transaction at most, as in the product.
const BATCH_MAX: usize = 512;

type Waiting = (String, oneshot::Sender<()>);

/// A writer that does nothing but write.
#[derive(Clone, Debug)]
pub(super) struct Bare {
    queue: mpsc::Sender<Waiting>,
}

/// Where it writes.
#[derive(Debug)]
enum Table {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Bare {
    /// Opens a table beside nothing else; the task ends when every clone is gone.
    pub(super) async fn open(
        folder: &Path,
        server: &Server,
    ) -> Result<(Self, JoinHandle<Result<()>>)> {
        let table = match server {
            Server::None => Table::in_file(folder).await?,
            Server::Postgres { url, .. } => Table::on_server(url).await?,
        };
        let (queue, waiting) = mpsc::channel(1024);
        Ok((Self { queue }, tokio::spawn(write(table, waiting))))
    }

    /// Returns once the row is on the disk.
    pub(super) async fn append(&self, body: String) -> Result<()> {
        let (done, answer) = oneshot::channel();
        self.queue
            .send((body, done))
            .await
            .ok()
            .context("the bare writer has stopped")?;
        answer.await.context("the bare writer has stopped")
    }
}

impl Table {
    async fn in_file(folder: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(folder.join("bare.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let mut connection = SqliteConnection::connect_with(&options).await?;
        connection
            .execute("create table row (position integer primary key, body text not null) strict")
            .await?;
        Ok(Self::Sqlite(connection))
    }

    async fn on_server(url: &str) -> Result<Self> {
        let options: PgConnectOptions = url.parse()?;
        let mut connection = PgConnection::connect_with(&options).await?;
        connection
            .execute("create table bare_row (position bigint generated always as identity primary key, body text not null)")
            .await?;
        Ok(Self::Postgres(connection))
    }

    /// One durable transaction.
    async fn append(&mut self, bodies: Vec<String>) -> Result<()> {
        match self {
            Self::Sqlite(connection) => {
                let rows = serde_json::to_string(&bodies)?;
                connection.execute("begin immediate").await?;
                sqlx::query("insert into row (body) select value from json_each($1)")
                    .bind(rows)
                    .execute(&mut *connection)
                    .await?;
                connection.execute("commit").await?;
            }
            Self::Postgres(connection) => {
                sqlx::query("insert into bare_row (body) select unnest($1::text[])")
                    .bind(bodies)
                    .execute(connection)
                    .await?;
            }
        }
        Ok(())
    }
}

async fn write(mut table: Table, mut waiting: mpsc::Receiver<Waiting>) -> Result<()> {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    while 0 < waiting.recv_many(&mut batch, BATCH_MAX).await {
        let (bodies, answers): (Vec<String>, Vec<oneshot::Sender<()>>) = batch.drain(..).unzip();
        table.append(bodies).await?;
        for answer in answers {
            let _ = answer.send(());
        }
    }
    Ok(())
}
