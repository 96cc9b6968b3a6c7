//! The way to the writer.

use super::writer::Waiting;
use crate::engine::Submit;
use crate::refusal::{Fault, Refusal};
use futures_util::future::BoxFuture;
use naru_store::{Receipt, Submission};
use tokio::sync::{mpsc, oneshot};
use tracing::Span;

/// How many commands may wait for the writer before senders wait for a place.
const QUEUE: usize = 1024;

/// The queue in front of the writer.
#[derive(Clone, Debug)]
pub struct Intake {
    queue: mpsc::Sender<Waiting>,
}

/// A queue, and the end of it that the writer takes from.
pub fn intake() -> (Intake, mpsc::Receiver<Waiting>) {
    let (queue, waiting) = mpsc::channel(QUEUE);
    (Intake { queue }, waiting)
}

impl Submit for Intake {
    /// Puts a command in the queue, waiting for a place if it is full, and waits for its answer.
    fn submit(&self, submission: Submission) -> BoxFuture<'_, Result<Receipt, Refusal>> {
        Box::pin(async move {
            let closing = || Refusal::Fault(Fault::Closing);
            let (reply, answer) = oneshot::channel();
            let waiting = Waiting {
                submission,
                reply,
                span: Span::current(),
            };
            self.queue.send(waiting).await.map_err(|_| closing())?;
            answer.await.map_err(|_| closing())?
        })
    }
}
