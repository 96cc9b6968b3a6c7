//! The way to the writer.

use super::writer::Waiting;
use crate::refusal::{Fault, Refusal};
use naru_store::{Receipt, Submission};
use tokio::sync::{mpsc, oneshot, watch};

/// The queue in front of the writer, and how far the writer is.
#[derive(Clone, Debug)]
pub(super) struct Intake {
    pub(super) queue: mpsc::Sender<Waiting>,
    pub(super) position: watch::Receiver<u64>,
}

impl Intake {
    /// Puts a command in the queue, waiting for a place if it is full, and waits for its answer.
    pub(super) async fn submit(&self, submission: Submission) -> Result<Receipt, Refusal> {
        let closing = || Refusal::Fault(Fault::Closing);
        let (reply, answer) = oneshot::channel();
        let waiting = Waiting { submission, reply };
        self.queue.send(waiting).await.map_err(|_| closing())?;
        answer.await.map_err(|_| closing())?
    }
}
