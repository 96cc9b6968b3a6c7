//! The task that wakes aggregates: it sleeps until the earliest wake-up and submits “it is now T” to whatever is due.

use super::alarm::Alarm;
use super::probe::Probes;
use crate::backoff::Backoff;
use crate::clock::Clock;
use crate::driving::{Intake, wake};
use crate::engine::Submit;
use crate::refusal::{Fault, Refusal};
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use naru_domain::AggregateId;
use naru_store::{Store, StoreError, WakeUp};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// How many wake-ups are submitted at once.
const BATCH: u32 = 500;
/// How long the timer waits after the store could not be read, or while a wake-up is overdue that changes nothing.
const PAUSE: SignedDuration = SignedDuration::from_secs(1);

/// The timer.
#[derive(Debug)]
pub(super) struct Timer {
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) intake: Intake,
    pub(super) alarm: Arc<Alarm>,
    pub(super) backoff: Backoff,
    pub(super) probes: Probes,
    pub(super) stop: CancellationToken,
    pub(super) woken: BTreeMap<AggregateId, Woken>,
}

/// A wake-up that was submitted. If the same is due again, nothing came of it, and it must not be tried in a circle.
#[derive(Clone, Copy, Debug)]
pub(super) struct Woken {
    at: Timestamp,
    n_times: u32,
    again_at: Timestamp,
}

impl Timer {
    /// Wakes what is due until it is stopped.
    pub(super) async fn run(mut self) {
        while !self.stop.is_cancelled() {
            self.alarm.awake();
            let now = self.clock.now();
            let sleep_until = match self.round(now).await {
                Ok(0) => self.next_wakeup(now).await,
                Ok(_) => continue,
                Err(fault) => Err(fault),
            };
            let sleep_until = sleep_until.unwrap_or_else(|fault| {
                tracing::error!(%fault, "the timer cannot read what is due");
                now.checked_add(PAUSE).ok()
            });
            self.alarm.asleep_until(sleep_until);
            self.probes.answer();
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = self.alarm.rung() => {}
                () = sleep(&self.clock, sleep_until) => {}
                () = self.probes.arrived() => {}
            }
        }
    }

    /// Submits what is due, and says how many that were.
    async fn round(&mut self, now: Timestamp) -> Result<usize, StoreError> {
        let held_back = u32::try_from(self.woken.len()).unwrap_or(u32::MAX);
        let due = self
            .store
            .due_wakeups(now, BATCH.saturating_add(held_back))
            .await?;
        let mut woken = BTreeMap::new();
        let mut batch = Vec::new();
        for wakeup in due {
            let before = self.woken.get(&wakeup.aggregate);
            match before.filter(|before| before.at == wakeup.at) {
                Some(before) if now < before.again_at => {
                    woken.insert(wakeup.aggregate, *before);
                }
                before => {
                    let n_times = before.map_or(0, |before| before.n_times) + 1;
                    if n_times == 2 {
                        tracing::error!(aggregate = %wakeup.aggregate, at = %wakeup.at, "a wake-up came to nothing; it is tried again, ever more rarely");
                    }
                    let again_at = self.backoff.after(n_times, now);
                    let at = wakeup.at;
                    woken.insert(
                        wakeup.aggregate,
                        Woken {
                            at,
                            n_times,
                            again_at,
                        },
                    );
                    batch.push(wakeup);
                }
            }
        }
        self.woken = woken;
        let n = batch.len();
        join_all(batch.into_iter().map(|wakeup| self.wake(wakeup))).await;
        Ok(n)
    }

    async fn wake(&self, wakeup: WakeUp) {
        let aggregate = wakeup.aggregate;
        match self.intake.submit(wake(wakeup)).await {
            Ok(_) | Err(Refusal::Fault(Fault::Closing)) => {}
            Err(Refusal::Rejected(rejection)) => {
                tracing::error!(%aggregate, code = rejection.code(), "a wake-up was refused");
            }
            Err(Refusal::Fault(fault)) => {
                tracing::error!(%aggregate, %fault, "a wake-up failed; it is tried again");
            }
        }
    }

    /// When to look again: at the earliest wake-up, or soon if that was due at `now` already and is held back.
    async fn next_wakeup(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let next = self.store.next_wakeup().await?;
        Ok(match next {
            Some(at) if at <= now => now.checked_add(PAUSE).ok(),
            next => next,
        })
    }
}

async fn sleep(clock: &Clock, until: Option<Timestamp>) {
    match until {
        Some(at) => clock.sleep_until(at).await,
        None => std::future::pending().await,
    }
}
