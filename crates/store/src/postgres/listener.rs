//! Hearing of new positions from another process.

use super::PostgresUrl;
use super::connect::{limited, readers};
use crate::StoreError;
use crate::database::rows::POSITION_CHANNEL;
use sqlx::postgres::{PgListener, PgPool};

/// Hears, in any process, how far the log is whenever that changes.
#[derive(Debug)]
pub struct PositionListener {
    pool: PgPool,
    /// None before the first question and after a failure: something may have been missed.
    listener: Option<PgListener>,
}

impl PositionListener {
    /// Reaches the server.
    pub async fn open(url: &PostgresUrl) -> Result<Self, StoreError> {
        Ok(Self {
            pool: readers(url).await?,
            listener: None,
        })
    }

    /// The position of the last event: at once the first time and after a failure, then whenever it moves. After an error it may be asked again.
    pub async fn next(&mut self) -> Result<u64, StoreError> {
        let Some(listener) = &mut self.listener else {
            return self.listen().await;
        };
        loop {
            match listener.try_recv().await {
                Ok(Some(heard)) => {
                    if let Ok(position) = heard.payload().parse() {
                        return Ok(position);
                    }
                }
                // It has connected again by itself, but nobody knows what was said meanwhile.
                Ok(None) => return Ok(super::log::head(&self.pool).await?.position),
                Err(error) => {
                    self.listener = None;
                    return Err(error.into());
                }
            }
        }
    }

    async fn listen(&mut self) -> Result<u64, StoreError> {
        let pool = &self.pool;
        let (listener, head) = limited(async move {
            let mut listener = PgListener::connect_with(pool).await?;
            listener.listen(POSITION_CHANNEL).await?;
            // Only after that, so that nothing is missed in between.
            let head = super::log::head(pool).await?;
            Ok((listener, head))
        })
        .await?;
        self.listener = Some(listener);
        Ok(head.position)
    }
}
