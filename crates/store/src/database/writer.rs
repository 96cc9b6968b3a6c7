//! The one connection that writes, and the transaction on it.

use super::Connection;
use crate::StoreError;

/// The one connection that writes.
#[derive(Debug)]
pub(crate) struct Writer {
    conn: Connection,
    /// Whether a transaction may be open: one whose future was dropped half-way leaves it so.
    unfinished: bool,
    /// How often the connection was lost, each of which may have left something behind that nobody was told.
    era: u64,
}

/// Whether what is kept in memory of the record still holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Knowledge {
    Holds,
    /// A transaction may have ended unseen, or somebody else may have written.
    IsStale,
}

impl Writer {
    pub(crate) fn new(conn: Connection) -> Self {
        Self {
            conn,
            unfinished: false,
            era: 0,
        }
    }

    /// Rolls back whatever an abandoned transaction left and connects anew if the connection was lost.
    pub(crate) async fn make_ready(&mut self) -> Result<Knowledge, StoreError> {
        let abandoned = self.unfinished;
        if abandoned {
            self.rollback().await;
        }
        let mended = self.conn.mend().await?;
        if !abandoned && !mended {
            return Ok(Knowledge::Holds);
        }
        self.era += 1;
        Ok(Knowledge::IsStale)
    }

    /// Changes whenever [`Knowledge::IsStale`].
    pub(crate) fn era(&self) -> u64 {
        self.era
    }

    /// Closes the connection and waits until it is closed: one that closes while another opens would leave the write-ahead log behind.
    pub(crate) async fn close(mut self) -> Result<(), StoreError> {
        if self.unfinished {
            self.rollback().await;
        }
        self.conn.close().await
    }

    pub(crate) fn conn(&mut self) -> &mut Connection {
        &mut self.conn
    }

    /// The connection, for statements that open the transaction themselves; [`Writer::after_commit`] must follow.
    pub(crate) fn conn_to_begin(&mut self) -> &mut Connection {
        self.unfinished = true;
        &mut self.conn
    }

    /// Opens the write transaction; [`Writer::finish`] must follow.
    pub(crate) async fn begin(&mut self) -> Result<&mut Connection, StoreError> {
        let conn = self.conn_to_begin();
        conn.begin().await?;
        Ok(conn)
    }

    /// Makes the transaction durable if all went well so far, otherwise forgets it.
    pub(crate) async fn finish<T>(
        &mut self,
        result: Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let result = match result {
            Ok(value) => self.conn.commit().await.map(|()| value),
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

    /// Forgets the transaction.
    pub(crate) async fn abandon(&mut self) {
        self.rollback().await;
    }

    async fn rollback(&mut self) {
        // A failed commit or a full disk may have rolled back already; then there is nothing to do. A lost connection is made anew.
        if let Err(error) = self.conn.rollback().await {
            tracing::debug!(%error, "nothing to roll back");
        }
        self.unfinished = false;
    }
}
