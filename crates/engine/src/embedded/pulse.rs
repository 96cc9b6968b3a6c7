//! The task that asks a database server whether it is still there, and has everybody look again after it was not.

use super::alarm::Alarm;
use jiff::Timestamp;
use naru_store::{Store, StoreError};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

/// How often the server is asked. By the machine's time, for that is what the server lives by.
const EVERY: Duration = Duration::from_secs(2);

/// The finger on the pulse.
#[derive(Debug)]
pub(super) struct Pulse {
    pub(super) store: Store,
    pub(super) alarm: Arc<Alarm>,
    pub(super) effects_arrived: Arc<Notify>,
    pub(super) position: watch::Sender<u64>,
    pub(super) stop: CancellationToken,
}

impl Pulse {
    /// Asks until it is stopped.
    pub(super) async fn run(self) {
        let mut known = 0;
        loop {
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = tokio::time::sleep(EVERY) => {}
            }
            let asked = tokio::select! {
                () = self.stop.cancelled() => return,
                asked = self.ask(known) => asked,
            };
            match asked {
                Ok(era) => known = era,
                Err(fault) => tracing::debug!(%fault, "the database server is away"),
            }
        }
    }

    /// If the connection was made anew, a transaction may have been written whose sender was told of a fault: nobody has heard of its effects
    /// and wake-ups.
    async fn ask(&self, known: u64) -> Result<u64, StoreError> {
        let era = self.store.pulse().await?;
        if era != known {
            let last = self.store.last_position().await?;
            self.position.send_if_modified(|position| {
                let moved = *position < last;
                *position = last.max(*position);
                moved
            });
            self.alarm.ring_if_before(Timestamp::MIN);
            self.effects_arrived.notify_one();
        }
        Ok(era)
    }
}
