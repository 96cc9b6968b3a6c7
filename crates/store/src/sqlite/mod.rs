//! Everything that is SQLite's own: opening, statements, row types. The rest of the crate sees functions and plain rows.

pub(crate) mod append;
pub(crate) mod audit;
mod connect;
pub(crate) mod index_tables;
pub(crate) mod lists;
pub(crate) mod log;
pub(crate) mod outbox;
pub(crate) mod reindex;

pub(crate) use connect::{close, connect, connect_to_read, vacuum_into};

use crate::StoreError;
use sqlx::SqliteConnection;

/// The one connection that writes.
#[derive(Debug)]
pub(crate) struct Writer {
    conn: SqliteConnection,
    /// Whether a transaction may be open: one whose future was dropped half-way leaves it so.
    unfinished: bool,
}

impl Writer {
    pub(crate) fn new(conn: SqliteConnection) -> Self {
        Self {
            conn,
            unfinished: false,
        }
    }

    /// Closes the connection and waits until it is closed: one that closes while another opens would leave the write-ahead log behind.
    pub(crate) async fn close(mut self) -> Result<(), StoreError> {
        self.conn().await;
        close(self.conn).await
    }

    /// The connection, with whatever an abandoned transaction left rolled back.
    pub(crate) async fn conn(&mut self) -> &mut SqliteConnection {
        if self.unfinished {
            self.rollback().await;
        }
        &mut self.conn
    }

    /// The connection, for statements that open the transaction themselves; [`Writer::finish`] must follow.
    pub(crate) async fn conn_to_begin(&mut self) -> &mut SqliteConnection {
        self.conn().await;
        self.unfinished = true;
        &mut self.conn
    }

    /// Opens the write transaction; [`Writer::finish`] must follow. A plain `begin` that reads first could fail when it then writes.
    pub(crate) async fn begin(&mut self) -> Result<&mut SqliteConnection, StoreError> {
        let conn = self.conn_to_begin().await;
        sqlx::query("begin immediate").execute(&mut *conn).await?;
        Ok(conn)
    }

    /// Makes the transaction durable if all went well so far, otherwise forgets it.
    pub(crate) async fn finish<T>(
        &mut self,
        result: Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let result = match result {
            Ok(value) => match sqlx::query("commit").execute(&mut self.conn).await {
                Ok(_) => Ok(value),
                Err(error) => Err(error.into()),
            },
            Err(error) => Err(error),
        };
        self.after_commit(result).await
    }

    /// Notes that the transaction committed by itself if all went well, otherwise forgets it.
    pub(crate) async fn after_commit<T>(
        &mut self,
        result: Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if result.is_ok() {
            self.unfinished = false;
        } else {
            self.rollback().await;
        }
        result
    }

    async fn rollback(&mut self) {
        // A failed commit or a full disk may have rolled back already; then there is nothing to do.
        if let Err(error) = sqlx::query("rollback").execute(&mut self.conn).await {
            tracing::debug!(%error, "nothing to roll back");
        }
        self.unfinished = false;
    }
}
