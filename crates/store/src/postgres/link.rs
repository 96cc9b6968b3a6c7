//! One session that may be lost and is then made anew.

use super::PostgresUrl;
use super::connect::{check_schema, connect_reader, connect_writer, limited, migrate};
use crate::StoreError;
use sqlx::PgConnection;

/// One session with the server.
#[derive(Debug)]
pub(crate) struct Link {
    url: PostgresUrl,
    conn: PgConnection,
    /// Whether the server was gone, or silent, when it was last asked.
    is_lost: bool,
}

impl Link {
    /// The writer's session, on a schema that is up to date. It holds the lock that keeps other writers out for as long as it lives.
    pub(crate) async fn open(url: &PostgresUrl) -> Result<Self, StoreError> {
        let mut conn = connect_writer(url).await?;
        migrate(&mut conn).await?;
        Ok(Self {
            url: url.clone(),
            conn,
            is_lost: false,
        })
    }

    /// A session that only reads.
    pub(crate) async fn open_to_read(url: &PostgresUrl) -> Result<Self, StoreError> {
        Ok(Self {
            url: url.clone(),
            conn: connect_reader(url).await?,
            is_lost: false,
        })
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

    /// Makes the writer's session anew if it was lost. The lost one held the lock, so what it began has ended one way or the other once the
    /// lock is taken again.
    pub(crate) async fn mend(&mut self) -> Result<bool, StoreError> {
        if !self.is_lost {
            return Ok(false);
        }
        let mut conn = connect_writer(&self.url).await?;
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
