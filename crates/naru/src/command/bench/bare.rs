//! The bare writer: rows of the same size, group-committed with the same fsync settings, and nothing else.

use anyhow::{Context, Result};
use sqlx::Executor;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
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

impl Bare {
    /// Opens a database beside nothing else; the task ends when every clone is gone.
    pub(super) async fn open(folder: &Path) -> Result<(Self, JoinHandle<Result<()>>)> {
        let options = SqliteConnectOptions::new()
            .filename(folder.join("bare.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let mut connection = <SqliteConnection as sqlx::Connection>::connect_with(&options).await?;
        connection
            .execute("create table row (position integer primary key, body text not null) strict")
            .await?;
        let (queue, waiting) = mpsc::channel(1024);
        Ok((Self { queue }, tokio::spawn(write(connection, waiting))))
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

async fn write(
    mut connection: SqliteConnection,
    mut waiting: mpsc::Receiver<Waiting>,
) -> Result<()> {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    while 0 < waiting.recv_many(&mut batch, BATCH_MAX).await {
        let (bodies, answers): (Vec<String>, Vec<oneshot::Sender<()>>) = batch.drain(..).unzip();
        let rows = serde_json::to_string(&bodies)?;
        connection.execute("begin immediate").await?;
        sqlx::query("insert into row (body) select value from json_each($1)")
            .bind(rows)
            .execute(&mut connection)
            .await?;
        connection.execute("commit").await?;
        for answer in answers {
            let _ = answer.send(());
        }
    }
    Ok(())
}
