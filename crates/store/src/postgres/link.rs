//! One session that may be lost and is then made anew.

use super::PostgresUrl;
use super::connect::{check_schema, connect_reader, connect_writer, limited, prepare};
use crate::StoreError;
use crate::store::Writers;
use sqlx::PgConnection;

/// One session with the server.
#[derive(Debug)]
pub(crate) struct Link {
    url: PostgresUrl,
    writers: Writers,
    conn: PgConnection,
    /// Whether the server was gone, or silent, when it was last asked.
    is_lost: bool,
}

impl Link {
    /// A session that was just opened.
    pub(super) fn new(url: &PostgresUrl, writers: Writers, conn: PgConnection) -> Self {
        Self {
            url: url.clone(),
            writers,
            conn,
            is_lost: false,
        }
    }

    /// The writer's session, on a schema that is up to date. For as long as it lives it holds the lock that keeps other writers out, or those
    /// that were not opened in the same way.
    pub(crate) async fn open(url: &PostgresUrl, writers: Writers) -> Result<Self, StoreError> {
        Ok(Self::new(url, writers, prepare(url, writers).await?))
    }

    /// A session that only reads.
    pub(crate) async fn open_to_read(url: &PostgresUrl) -> Result<Self, StoreError> {
        Ok(Self::new(url, Writers::Many, connect_reader(url).await?))
    }

    pub(crate) fn conn(&mut self) -> &mut PgConnection {
        &mut self.conn
    }

    /// Notes whether an answer shows that the session is gone.
    pub(crate) fn note<T>(&mut self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        if let Err(StoreError::Away { .. }) = &result {
            self.is_lost = true;
        }
        result
    }

    pub(crate) async fn run(&mut self, statement: &'static str) -> Result<(), StoreError> {
        let conn = &mut self.conn;
        let result = limited(async move {
            sqlx::query(statement).execute(conn).await?;
            Ok(())
        });
        let result = result.await;
        self.note(result)
    }

    /// Makes the writer's session anew if it was lost. Where the lost one held the lock alone, what it began has ended one way or the other once
    /// the lock is taken again; where it shared the lock, what it began may still end, and then counts as written by another process.
    pub(crate) async fn mend(&mut self) -> Result<bool, StoreError> {
        if !self.is_lost {
            return Ok(false);
        }
        let mut conn = connect_writer(&self.url, self.writers).await?;
        check_schema(&mut conn).await?;
        self.conn = conn;
        self.is_lost = false;
        tracing::info!(database = %self.url, "connected again");
        Ok(true)
    }

    /// Says goodbye and waits until the server has heard it.
    pub(crate) async fn close(self) -> Result<(), StoreError> {
        if self.is_lost {
            return Ok(());
        }
        limited(async move { Ok(sqlx::Connection::close(self.conn).await?) }).await
    }
}
