//! What is decided while the transaction before it is on its way to the disk.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the allowances for tests do not reach the functions they share"
)]

mod support;

use jiff::Timestamp;
use naru_store::{Aftermath, Outcome, Queue, Refusal, StoreError, Submission};
use support::databases::kinds;
use support::{Folder, organization, register, rename};

/// Gives one batch while the one before it is being written, and then no more until that is through.
#[derive(Default)]
struct Script {
    batches: Vec<Vec<Submission>>,
    given: usize,
    answers: Vec<(Submission, Outcome)>,
    /// What was answered together.
    transactions: Vec<usize>,
}

impl Script {
    fn of(batches: impl IntoIterator<Item = Vec<Submission>>) -> Self {
        let mut batches: Vec<_> = batches.into_iter().collect();
        batches.reverse();
        Self {
            batches,
            ..Self::default()
        }
    }

    fn outcome(&self, n: usize) -> &Outcome {
        &self.answers[n].1
    }

    fn version(&self, n: usize) -> u64 {
        self.outcome(n).as_ref().unwrap().version
    }
}

impl Queue for Script {
    type Command = Submission;

    async fn take(&mut self, into: &mut Vec<Submission>, _: usize) {
        if 1 < self.given.saturating_sub(self.transactions.len()) {
            std::future::pending::<()>().await;
        }
        self.given += 1;
        into.extend(self.batches.pop().unwrap_or_default());
    }

    fn now(&self) -> Timestamp {
        support::now()
    }

    fn after(&mut self, _: Aftermath) {
        self.transactions.push(self.answers.len());
    }

    fn answer(&mut self, command: Submission, outcome: Outcome) {
        self.answers.push((command, outcome));
    }
}

#[tokio::test]
async fn what_comes_meanwhile_goes_on_from_what_is_being_written() {
    for kind in kinds() {
        let folder = Folder::on(&kind).await;
        let mut committer = folder.committer().await;
        let id = organization(1);
        let mut batches = vec![vec![register(1, id)]];
        // An aggregate that is there, one that is new, and in between nothing to read.
        for n in 0..40 {
            let text = format!("이름 {n}");
            batches.push(vec![
                rename(10 + n, id, &text),
                register(100 + n, organization(100 + n)),
            ]);
        }
        let mut script = Script::of(batches);
        committer.run(&mut script).await;
        assert_eq!(script.answers.len(), 81);
        let renames = script.answers.iter().filter(|(s, _)| s.aggregate == id);
        let versions: Vec<u64> = renames.map(|(_, o)| o.as_ref().unwrap().version).collect();
        assert_eq!(versions, (1..=41).collect::<Vec<_>>());
        let store = committer.store();
        assert_eq!(store.load(id).await.unwrap().unwrap().version, 41);
        assert!(store.verify(None).await.unwrap().is_ok());
        drop(committer);
        let store = folder.store().await;
        assert_eq!(store.load(id).await.unwrap().unwrap().version, 41);
    }
}

#[tokio::test]
async fn a_command_that_comes_again_while_it_is_being_written_gets_its_first_answer() {
    for kind in kinds() {
        let folder = Folder::on(&kind).await;
        let mut committer = folder.committer().await;
        let id = organization(1);
        let mut script = Script::of([
            vec![register(1, id)],
            vec![rename(2, id, "둘")],
            vec![rename(2, id, "둘"), rename(3, id, "셋")],
            vec![rename(2, id, "다른 말")],
        ]);
        committer.run(&mut script).await;
        assert_eq!(script.version(1), 2);
        let again = script.outcome(2).as_ref().unwrap();
        assert!(again.replayed && again.version == 2, "{again:?}");
        assert_eq!(script.version(3), 3);
        assert!(matches!(script.outcome(4), Err(Refusal::Rejected(_))));
        let store = committer.store();
        assert_eq!(store.load(id).await.unwrap().unwrap().version, 3);
        assert!(store.verify(None).await.unwrap().is_ok());
    }
}

#[tokio::test]
async fn what_was_decided_on_something_that_was_not_written_is_decided_again() {
    for kind in kinds() {
        let folder = Folder::on(&kind).await;
        drop(folder.store().await);
        folder.trap().await;
        let mut committer = folder.committer().await;
        let id = organization(1);
        let mut expecting = rename(4, id, "넷");
        expecting.expected_version = Some(2);
        let mut script = Script::of([
            vec![register(1, id)],
            vec![rename(2, id, "덫")],
            // Decided as if the name were the trap already: then it would be version 2.
            vec![expecting, rename(5, id, "다섯")],
            vec![rename(6, id, "여섯")],
        ]);
        committer.run(&mut script).await;
        assert!(matches!(
            script.outcome(1),
            Err(Refusal::Fault(StoreError::Refused { .. }))
        ));
        assert_eq!(
            support::rejection(script.outcome(2)),
            naru_domain::CommonRejection::Conflict {
                expected: 2,
                actual: 1
            }
            .into()
        );
        assert_eq!((script.version(3), script.version(4)), (2, 3));
        let store = committer.store();
        assert_eq!(store.load(id).await.unwrap().unwrap().version, 3);
        assert!(store.verify(None).await.unwrap().is_ok());
    }
}
