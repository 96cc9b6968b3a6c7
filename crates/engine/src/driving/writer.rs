//! The one task that writes: whoever waits when it looks shares one durable transaction.

use crate::clock::Clock;
use crate::refusal::Refusal;
use jiff::Timestamp;
use naru_store::{Aftermath, Committer, Outcome, Queue, Receipt, Submission};
use std::borrow::Borrow;
use std::fmt;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;
use tracing::Span;

/// A command that waits for its turn, and where its answer goes.
#[derive(Debug)]
pub struct Waiting {
    pub(super) submission: Submission,
    pub(super) reply: oneshot::Sender<Result<Receipt, Refusal>>,
    /// What its sender does meanwhile.
    pub(super) span: Span,
}

impl Borrow<Submission> for Waiting {
    fn borrow(&self) -> &Submission {
        &self.submission
    }
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
    pub async fn run(self) {
        let Self {
            mut committer,
            intake,
            clock,
            position,
            after,
            close,
        } = self;
        let mut line = Line {
            intake,
            clock,
            position,
            after,
            close,
        };
        committer.run(&mut line).await;
    }
}

/// Everything of the writer but what decides.
struct Line {
    intake: mpsc::Receiver<Waiting>,
    clock: Clock,
    position: watch::Sender<u64>,
    after: Box<dyn Fn(Aftermath) + Send>,
    close: CancellationToken,
}

impl Queue for Line {
    type Command = Waiting;

    async fn take(&mut self, into: &mut Vec<Waiting>, max: usize) {
        tokio::select! {
            biased;
            _ = self.intake.recv_many(into, max) => return,
            () = self.close.cancelled(), if !self.intake.is_closed() => self.intake.close(),
        }
        self.intake.recv_many(into, max).await;
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn span(&self, command: &Waiting) -> Span {
        command.span.clone()
    }

    fn after(&mut self, aftermath: Aftermath) {
        self.position.send_if_modified(|position| {
            let moved = *position < aftermath.position;
            *position = aftermath.position.max(*position);
            moved
        });
        (self.after)(aftermath);
    }

    fn answer(&mut self, command: Waiting, outcome: Outcome) {
        // A caller that has gone away does not undo the command.
        let _ = command.reply.send(outcome.map_err(Refusal::from));
    }
}
