//! The one task that writes: whoever waits when it looks shares one durable transaction.

use crate::clock::Clock;
use crate::refusal::{Fault, Refusal};
use futures_util::FutureExt;
use naru_store::{Aftermath, Committer, Outcome, Receipt, Submission};
use std::fmt;
use std::panic::AssertUnwindSafe;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

/// How many commands share a transaction at most.
const BATCH_MAX: usize = 512;

/// A command that waits for its turn, and where its answer goes.
#[derive(Debug)]
pub struct Waiting {
    pub(super) submission: Submission,
    pub(super) reply: oneshot::Sender<Result<Receipt, Refusal>>,
}

/// The writer.
pub struct Writer {
    /// Decides and writes.
    pub committer: Committer,
    /// The queue.
    pub intake: mpsc::Receiver<Waiting>,
    /// The time of each batch.
    pub clock: Clock,
    /// Moved on with the log.
    pub position: watch::Sender<u64>,
    /// Told what each batch left to do.
    pub after: Box<dyn Fn(Aftermath) + Send>,
    /// Nothing new is taken in once this is cancelled; what waits is still written.
    pub close: CancellationToken,
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer")
            .field("committer", &self.committer)
            .finish_non_exhaustive()
    }
}

impl Writer {
    /// Writes until it is closed and nobody waits.
    pub async fn run(mut self) {
        let mut waiting = Vec::with_capacity(BATCH_MAX);
        loop {
            let n = tokio::select! {
                biased;
                n = self.intake.recv_many(&mut waiting, BATCH_MAX) => n,
                () = self.close.cancelled(), if !self.intake.is_closed() => {
                    self.intake.close();
                    continue;
                }
            };
            if n == 0 {
                return;
            }
            self.write(std::mem::take(&mut waiting)).await;
            // Whoever was just answered and has more to say shares the next transaction.
            tokio::task::yield_now().await;
        }
    }

    async fn write(&mut self, waiting: Vec<Waiting>) {
        let (submissions, replies): (Vec<_>, Vec<_>) = waiting
            .into_iter()
            .map(|waiting| (waiting.submission, waiting.reply))
            .unzip();
        let outcomes = match self.commit(&submissions).await {
            Some(outcomes) => outcomes,
            None => self.one_by_one(&submissions).await,
        };
        for (reply, outcome) in replies.into_iter().zip(outcomes) {
            // A caller that has gone away does not undo the command.
            let _ = reply.send(outcome);
        }
    }

    /// The answers to a batch; nothing if deciding it hit a mistake in the program.
    async fn commit(&mut self, batch: &[Submission]) -> Option<Vec<Result<Receipt, Refusal>>> {
        let now = self.clock.now();
        let committed = AssertUnwindSafe(self.committer.commit(now, batch)).catch_unwind();
        let outcomes: Vec<Outcome> = committed.await.ok()?;
        let aftermath = self.committer.aftermath();
        self.position.send_if_modified(|position| {
            let moved = *position < aftermath.position;
            *position = aftermath.position.max(*position);
            moved
        });
        (self.after)(aftermath);
        Some(
            outcomes
                .into_iter()
                .map(|outcome| outcome.map_err(Refusal::from))
                .collect(),
        )
    }

    /// Finds the command that hits the mistake; the others are carried out.
    async fn one_by_one(&mut self, batch: &[Submission]) -> Vec<Result<Receipt, Refusal>> {
        let mut outcomes = Vec::with_capacity(batch.len());
        for submission in batch {
            let outcome = self.commit(std::slice::from_ref(submission)).await;
            let outcome = outcome.and_then(|outcomes| outcomes.into_iter().next());
            outcomes.push(outcome.unwrap_or_else(|| {
                let (aggregate, command) = (submission.aggregate, submission.command_id);
                tracing::error!(%aggregate, %command, "a command hit a mistake in the program");
                Err(Refusal::Fault(Fault::Mistake))
            }));
        }
        outcomes
    }
}
