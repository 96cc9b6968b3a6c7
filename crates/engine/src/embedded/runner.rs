//! The task that performs effects: it claims what is due, performs a few at once outside any transaction, and writes down what came of
//! them. What failed is tried again, ever more rarely; after the last try a person sees an incident.

use super::probe::Probes;
use crate::backoff::Backoff;
use crate::clock::Clock;
use crate::driving::{Performer, Verdict};
use crate::trouble::Trouble;
use futures_util::FutureExt;
use jiff::{SignedDuration, Timestamp};
use naru_store::{Expansion, OutboxId, PendingEffect, Store, StoreError};
use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How many effects are performed at once.
const CONCURRENT_MAX: usize = 16;
/// How long a claim holds. The folder admits one process and this task remembers what it performs, so it only has to be long.
const CLAIM: SignedDuration = SignedDuration::from_hours(1);
/// How long to wait after the store could not be read or written.
const PAUSE: SignedDuration = SignedDuration::from_secs(1);

/// The effect runner.
#[derive(Debug)]
pub(super) struct Runner {
    pub(super) performer: Arc<Performer>,
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) arrived: Arc<Notify>,
    pub(super) backoff: Backoff,
    pub(super) attempts_max: u32,
    pub(super) probes: Probes,
    pub(super) stop: CancellationToken,
    pub(super) finish_limit: Duration,
}

/// An effect that was performed, and what came of it.
#[derive(Debug)]
struct Finished {
    pending: PendingEffect,
    verdict: Verdict,
}

/// What is being performed, and what came of it but is not written down yet.
#[derive(Debug, Default)]
struct Work {
    running: JoinSet<Finished>,
    ids: BTreeSet<OutboxId>,
    finished: Vec<Finished>,
}

impl Work {
    fn take(&mut self, finished: Result<Finished, tokio::task::JoinError>) {
        match finished {
            Ok(finished) => {
                self.ids.remove(&finished.pending.id);
                self.finished.push(finished);
            }
            // Performing catches its own panics, so this is a task that was aborted while the engine ends.
            Err(problem) => tracing::error!(%problem, "an effect was cut short"),
        }
    }

    fn take_ready(&mut self) {
        while let Some(finished) = self.running.try_join_next() {
            self.take(finished);
        }
    }
}

impl Runner {
    /// Performs effects until it is stopped, then lets what runs come to its end.
    pub(super) async fn run(mut self) {
        let mut work = Work::default();
        while !self.stop.is_cancelled() {
            let sleep_until = self.round(&mut work).await.unwrap_or_else(|fault| {
                tracing::error!(%fault, "the outbox cannot be read or written");
                self.clock.now().checked_add(PAUSE).ok()
            });
            tokio::select! {
                () = self.stop.cancelled() => {}
                Some(finished) = work.running.join_next() => work.take(finished),
                () = self.arrived.notified() => {}
                () = self.probes.arrived() => {}
                () = sleep(&self.clock, sleep_until) => {}
            }
        }
        self.finish(work).await;
    }

    /// Writes down what came of effects, claims more, and says when to look again.
    async fn round(&mut self, work: &mut Work) -> Result<Option<Timestamp>, StoreError> {
        work.take_ready();
        // Nothing new is begun before what came of the last is on the disk: a letter sent again and again would be worse than one late.
        self.write_down(&mut work.finished).await?;
        let room = CONCURRENT_MAX.saturating_sub(work.running.len());
        if room == 0 {
            return Ok(None);
        }
        let now = self.clock.now();
        let until = now.checked_add(CLAIM).unwrap_or(Timestamp::MAX);
        let limit = u32::try_from(room).unwrap_or(0);
        for pending in self.store.claim_effects(now, until, limit).await? {
            if work.ids.insert(pending.id) {
                let performer = Arc::clone(&self.performer);
                work.running
                    .spawn(async move { perform(&performer, pending).await });
            }
        }
        if !work.running.is_empty() {
            return Ok(None);
        }
        self.probes.answer();
        Ok(match self.store.next_attempt().await? {
            // Due but not claimed: it is held by a claim of its own or has just arrived, and then the bell rings.
            Some(at) if at <= now => now.checked_add(PAUSE).ok(),
            next => next,
        })
    }

    /// Writes down what came of effects; what could not be written stays in the list.
    async fn write_down(&self, finished: &mut Vec<Finished>) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut done = Vec::new();
        let mut expanded = Vec::new();
        for Finished { pending, verdict } in finished.iter() {
            match verdict {
                Verdict::Done => done.push(pending.id),
                Verdict::Expanded(recipients) => expanded.push(Expansion {
                    pending: pending.clone(),
                    recipients: recipients.clone(),
                }),
                Verdict::Failed(_) | Verdict::Stopped(_) | Verdict::LeftForLater => {}
            }
        }
        self.store.acknowledge(now, &done).await?;
        finished.retain(|finished| !matches!(finished.verdict, Verdict::Done));
        self.store.expand(now, &expanded).await?;
        finished.retain(|finished| !matches!(finished.verdict, Verdict::Expanded(_)));
        while let Some(last) = finished.last() {
            match &last.verdict {
                Verdict::Failed(trouble) => self.failed(now, last, trouble).await?,
                Verdict::Stopped(trouble) => self.stopped(now, last.pending.id, trouble).await?,
                Verdict::Done | Verdict::Expanded(_) | Verdict::LeftForLater => {}
            }
            finished.pop();
        }
        Ok(())
    }

    async fn failed(
        &self,
        now: Timestamp,
        finished: &Finished,
        trouble: &Trouble,
    ) -> Result<(), StoreError> {
        let n_tries = finished.pending.attempts.saturating_add(1);
        if self.attempts_max <= n_tries {
            return self.stopped(now, finished.pending.id, trouble).await;
        }
        let again_at = self.backoff.after(n_tries, now);
        let report = trouble.report();
        self.store
            .postpone(finished.pending.id, again_at, &report)
            .await
    }

    async fn stopped(
        &self,
        now: Timestamp,
        id: OutboxId,
        trouble: &Trouble,
    ) -> Result<(), StoreError> {
        tracing::error!(effect = %id, code = trouble.code(), "an effect waits for a person");
        self.store.open_incident(now, id, &trouble.report()).await
    }

    /// Lets what runs come to its end, within a limit; what is cut short is performed again at the next start.
    async fn finish(&self, mut work: Work) {
        let all = async {
            while let Some(finished) = work.running.join_next().await {
                work.take(finished);
            }
        };
        if tokio::time::timeout(self.finish_limit, all).await.is_err() {
            tracing::warn!(
                n = work.running.len(),
                "effects were cut short; the next start performs them again"
            );
        }
        if let Err(fault) = self.write_down(&mut work.finished).await {
            tracing::error!(%fault, "what came of effects could not be written; the next start performs them again");
        }
    }
}

async fn perform(performer: &Performer, pending: PendingEffect) -> Finished {
    let verdict = AssertUnwindSafe(performer.perform(&pending)).catch_unwind();
    let verdict = verdict.await;
    Finished {
        verdict: verdict.unwrap_or(Verdict::Failed(Trouble::Mistake)),
        pending,
    }
}

async fn sleep(clock: &Clock, until: Option<Timestamp>) {
    match until {
        Some(at) => clock.sleep_until(at).await,
        None => std::future::pending().await,
    }
}
