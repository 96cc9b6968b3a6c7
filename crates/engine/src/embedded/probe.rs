//! A question to a task: tell me when you have nothing to do. It is how [`super::Engine::settle`] knows that all is quiet.

use tokio::sync::{mpsc, oneshot};

/// The questions that have come to one task.
#[derive(Debug)]
pub(super) struct Probes {
    arriving: mpsc::UnboundedReceiver<oneshot::Sender<()>>,
    waiting: Vec<oneshot::Sender<()>>,
}

/// Where to put a question.
#[derive(Clone, Debug)]
pub(super) struct Probe {
    questions: mpsc::UnboundedSender<oneshot::Sender<()>>,
}

/// A question's way to a task.
pub(super) fn probe() -> (Probe, Probes) {
    let (questions, arriving) = mpsc::unbounded_channel();
    let probes = Probes {
        arriving,
        waiting: Vec::new(),
    };
    (Probe { questions }, probes)
}

impl Probe {
    /// Waits until the task has looked once more and found nothing to do; at once if the task has ended.
    pub(super) async fn idle(&self) {
        let (reply, answer) = oneshot::channel();
        if self.questions.send(reply).is_ok() {
            // A task that ends meanwhile has nothing to do either.
            let _ = answer.await;
        }
    }
}

impl Probes {
    /// Waits for a question; the task then looks once more before it answers.
    pub(super) async fn arrived(&mut self) {
        match self.arriving.recv().await {
            Some(question) => self.waiting.push(question),
            None => std::future::pending().await,
        }
    }

    /// Answers every question that came before the task last looked.
    pub(super) fn answer(&mut self) {
        for question in self.waiting.drain(..) {
            // Whoever asked may have gone.
            let _ = question.send(());
        }
    }
}
