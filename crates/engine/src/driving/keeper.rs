//! The task that signs checkpoints: from time to time, if something changed, so that a rewritten log can be told from the true one.

use crate::clock::Clock;
use jiff::SignedDuration;
use naru_store::Store;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// How often a checkpoint is signed while things change.
const EVERY: SignedDuration = SignedDuration::from_mins(1);

/// The keeper of checkpoints.
#[derive(Debug)]
pub struct Keeper {
    /// The record.
    pub store: Store,
    /// The time of each checkpoint.
    pub clock: Clock,
    /// Where the log ends.
    pub position: watch::Receiver<u64>,
    /// Stops it.
    pub stop: CancellationToken,
}

impl Keeper {
    /// Signs checkpoints until it is stopped; the last one is signed by the shutdown itself.
    pub async fn run(mut self) {
        loop {
            tokio::select! {
                () = self.stop.cancelled() => return,
                changed = self.position.changed() => if changed.is_err() { return },
            }
            let due = self.clock.now().checked_add(EVERY).unwrap_or_default();
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = self.clock.sleep_until(due) => {}
            }
            self.position.mark_unchanged();
            checkpoint(&self.store, &self.clock).await;
        }
    }
}

/// Signs a checkpoint of the log as it is.
pub async fn checkpoint(store: &Store, clock: &Clock) {
    if let Err(fault) = store.sign_checkpoint(clock.now()).await {
        tracing::error!(%fault, "no checkpoint could be signed; the next one covers what this one would have");
    }
}
