//! What the worker does for workflows: a turn, which commits and looks, and performing effects.
#![expect(
    missing_docs,
    missing_debug_implementations,
    reason = "the macros write items without either"
)]

use crate::labels::labels;
use crate::wire::{Answer, Directions, Perform, Performed, Told, Turn};
use futures_util::FutureExt;
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use naru_domain::AggregateId;
use naru_engine::driving::{Intake, Performer, Verdict, wake};
use naru_engine::{Backoff, Clock, Refusal, Submit, Trouble, trace};
use naru_store::{
    Claim, Expansion, LoadError, Loaded, OutboxId, PendingEffect, Receipt, Store, StoreError,
    Submission, WakeUp,
};
use std::convert::Infallible;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use temporalio_common::error::ApplicationFailure;
use temporalio_macros::activities;
use temporalio_sdk::activities::{ActivityContext, ActivityError};
use tokio::sync::Notify;
use tokio::time::sleep;
use tracing::Instrument;

/// How long an effect that is being performed is held from others in this process.
const CLAIM: SignedDuration = SignedDuration::from_mins(10);
/// How often Temporal hears that this worker is still at it. What takes less time costs no message.
pub(crate) const HEARTBEAT: Duration = Duration::from_millis(1_500);
/// When to try again what somebody else performs.
const IN_OTHER_HANDS: Duration = Duration::from_secs(2);
/// When to try again what was cut short because its worker stopped.
const CUT_SHORT: Duration = Duration::from_secs(1);
/// A wake-up that is due this soon is waited for.
const SOON: SignedDuration = SignedDuration::from_secs(2);
/// When to look again after a wake-up to which nothing came.
const CAME_TO_NOTHING: SignedDuration = SignedDuration::from_mins(1);

/// What a worker works with; clones share it.
#[derive(Clone)]
pub struct Worker {
    pub(crate) intake: Intake,
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) performer: Arc<Performer>,
    pub(crate) backoff: Backoff,
    pub(crate) attempts_max: u32,
    /// Whether the namespace has the search attributes.
    pub(crate) shows_labels: bool,
    /// Rings when an effect has been dealt with.
    pub(crate) dealt_with: Arc<Notify>,
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").finish_non_exhaustive()
    }
}

#[activities]
impl Worker {
    /// Carries out a command or a due wake-up, and says how things stand.
    #[activity(name = "turn")]
    pub async fn turn(
        self: Arc<Self>,
        ctx: ActivityContext,
        turn: Turn,
    ) -> Result<Told, ActivityError> {
        let aggregate = aggregate(&ctx)?;
        let span = tracing::debug_span!("turn", otel.kind = "server", %aggregate);
        if let Some(trace) = &turn.trace {
            trace::go_on(&span, trace);
        }
        self.take_turn(aggregate, turn).instrument(span).await
    }

    /// Performs effects. Those that fail are given back, to be tried again apart from the others, ever more rarely; after the last try a person
    /// sees an incident.
    #[activity(name = "perform")]
    pub async fn perform(
        self: Arc<Self>,
        ctx: ActivityContext,
        perform: Perform,
    ) -> Result<Performed, ActivityError> {
        let aggregate = aggregate(&ctx)?;
        self.store.learn().await?;
        let prefix = format!("{aggregate}.");
        let again = perform.again;
        let all = perform.effects.into_iter().map(|effect| async {
            let id: OutboxId = format!("{prefix}{effect}").parse()?;
            let again_in = tokio::select! {
                biased;
                again_in = self.effect(id, again) => again_in?,
                () = ctx.cancelled() => {
                    // This worker stops, and has waited as long as it may. Another one performs it again.
                    self.store.release_effect(id);
                    Some(CUT_SHORT)
                }
            };
            self.dealt_with.notify_waiters();
            Ok::<_, ActivityError>(again_in.map(|pause| (effect, pause)))
        });
        let all = tokio::select! {
            all = join_all(all) => all,
            never = beat(&ctx) => match never {},
        };
        let mut effects = Vec::new();
        let mut first_again: Option<Duration> = None;
        for failed in all {
            if let Some((effect, pause)) = failed? {
                first_again = Some(first_again.map_or(pause, |first| first.min(pause)));
                effects.push(effect);
            }
        }
        if let (true, Some(pause)) = (again, first_again) {
            return Err(later(pause));
        }
        for ready in self.store.ready_effects(&[aggregate]).await? {
            if let Some(ready) = ready.to_string().strip_prefix(&prefix)
                && !effects.iter().any(|effect| effect == ready)
            {
                effects.push(ready.to_owned());
            }
        }
        Ok(Performed { effects })
    }
}

impl Worker {
    async fn take_turn(&self, aggregate: AggregateId, turn: Turn) -> Result<Told, ActivityError> {
        let mut answer = None;
        let mut leaves_nothing = false;
        if let Some(submission) = turn.submission {
            let outcome = self.submit(aggregate, submission).await?;
            // A workflow that shows nothing yet may be a new one, and knows nothing of what was left before.
            leaves_nothing = turn.shown != 0
                && matches!(&outcome, Ok(receipt) if receipt.effects == 0 && !receipt.replayed);
            answer = Some(answered(outcome));
        } else {
            self.wake(aggregate).await;
        }
        let directions = self.directions(aggregate, turn.shown, leaves_nothing).await;
        let directions = directions.map_err(|fault| {
            tracing::error!(%aggregate, %fault, "how things stand cannot be read; it is looked again");
        });
        Ok(Told {
            answer: answer.map(serde_json::to_value).transpose()?,
            directions: directions.ok(),
        })
    }

    async fn submit(
        &self,
        aggregate: AggregateId,
        submission: serde_json::Value,
    ) -> Result<Result<Receipt, Refusal>, ActivityError> {
        let submission: Submission = serde_json::from_value(submission)?;
        if submission.aggregate != aggregate {
            return Err(
                ApplicationFailure::non_retryable("a command for another aggregate").into(),
            );
        }
        Ok(self.intake.submit(submission).await)
    }

    /// Wakes the aggregate if its time has come. What goes wrong is tried again by the next look, which any worker may have.
    async fn wake(&self, aggregate: AggregateId) {
        // Another worker may have had the aggregate last.
        if let Err(fault) = self.store.learn().await {
            tracing::error!(%aggregate, %fault, "what others have written cannot be read; it is looked again");
            return;
        }
        let Ok(Some(loaded)) = self.store.load(aggregate).await else {
            return;
        };
        let Some(at) = loaded.wake_at() else {
            return;
        };
        if let (Clock::System, true) = (&self.clock, at.duration_since(self.clock.now()) <= SOON) {
            self.clock.sleep_until(at).await;
        }
        if self.clock.now() < at {
            return;
        }
        let version = loaded.version;
        let submission = wake(WakeUp {
            aggregate,
            version,
            at,
        });
        match self.intake.submit(submission).await {
            Ok(_) => {}
            Err(Refusal::Rejected(rejection)) => {
                tracing::error!(%aggregate, code = rejection.code(), "a wake-up was refused");
            }
            Err(Refusal::Fault(fault)) => {
                tracing::error!(%aggregate, %fault, "a wake-up failed; it is tried again");
            }
        }
    }

    async fn directions(
        &self,
        aggregate: AggregateId,
        shown: u64,
        leaves_nothing: bool,
    ) -> Result<Directions, StoreError> {
        let loaded = match self.store.load(aggregate).await {
            Ok(loaded) => loaded,
            Err(LoadError::Store(fault)) => return Err(fault),
            // It waits for a person, who has it looked at again.
            Err(LoadError::Broken(_)) => None,
        };
        let Some(loaded) = loaded else {
            return Ok(Directions::default());
        };
        let prefix = format!("{aggregate}.");
        let ready = if leaves_nothing {
            Vec::new()
        } else {
            self.store.ready_effects(&[aggregate]).await?
        };
        let effects = ready.iter().map(OutboxId::to_string);
        let effects = effects.filter_map(|id| Some(id.strip_prefix(&prefix)?.to_owned()));
        let labels = labels(&loaded.state);
        Ok(Directions {
            version: loaded.version,
            wake_in_ms: self.wake_in_ms(&loaded),
            effects: effects.collect(),
            labels: labels.filter(|labels| self.shows_labels && labels.print != shown),
        })
    }

    /// In how many milliseconds to look again, rounded up.
    fn wake_in_ms(&self, loaded: &Loaded) -> Option<u64> {
        let left = loaded.wake_at()?.duration_since(self.clock.now());
        let left = if left <= SignedDuration::ZERO {
            CAME_TO_NOTHING
        } else {
            left
        };
        let ms = left.as_micros().saturating_add(999) / 1_000;
        Some(u64::try_from(ms).unwrap_or(u64::MAX))
    }

    /// Performs one effect; says how long to wait if it must be tried again.
    async fn effect(&self, id: OutboxId, again: bool) -> Result<Option<Duration>, StoreError> {
        loop {
            let now = self.clock.now();
            let until = now.checked_add(CLAIM).unwrap_or(Timestamp::MAX);
            let again_at = match self.store.claim_effect(id, now, until).await? {
                Claim::NothingToDo => return Ok(None),
                Claim::InOtherHands => return Ok(Some(IN_OTHER_HANDS)),
                Claim::NotBefore(at) => at,
                Claim::Taken(pending) => match self.claimed(&pending).await? {
                    Some(at) => at,
                    None => return Ok(None),
                },
            };
            match (&self.clock, again) {
                // Temporal knows nothing of a clock that somebody moves.
                (Clock::Virtual(_), true) => {
                    self.dealt_with.notify_waiters();
                    self.clock.sleep_until(again_at).await;
                }
                (Clock::System | Clock::Virtual(_), _) => {
                    let pause = again_at.duration_since(self.clock.now());
                    return Ok(Some(Duration::try_from(pause).unwrap_or(Duration::ZERO)));
                }
            }
        }
    }

    /// Performs an effect and writes down what came of it; says when to try again.
    async fn claimed(&self, pending: &PendingEffect) -> Result<Option<Timestamp>, StoreError> {
        let verdict = AssertUnwindSafe(self.performer.perform(pending)).catch_unwind();
        let verdict = verdict.await.unwrap_or(Verdict::Failed(Trouble::Mistake));
        let now = self.clock.now();
        let id = pending.id;
        match verdict {
            Verdict::Done => self.store.acknowledge(now, &[id]).await.map(|()| None),
            Verdict::Expanded(recipients) => {
                let pending = pending.clone();
                let expansion = Expansion {
                    pending,
                    recipients,
                };
                self.store.expand(now, &[expansion]).await.map(|()| None)
            }
            // This process stops; it was not tried.
            Verdict::LeftForLater => {
                self.store.release_effect(id);
                Ok(Some(self.backoff.after(1, now)))
            }
            Verdict::Failed(trouble) => {
                let n_tries = pending.attempts.saturating_add(1);
                if self.attempts_max <= n_tries {
                    return self.stopped(now, id, &trouble).await;
                }
                let again_at = self.backoff.after(n_tries, now);
                let report = trouble.report();
                self.store.postpone(id, again_at, &report).await?;
                Ok(Some(again_at))
            }
            Verdict::Stopped(trouble) => self.stopped(now, id, &trouble).await,
        }
    }

    async fn stopped(
        &self,
        now: Timestamp,
        id: OutboxId,
        trouble: &Trouble,
    ) -> Result<Option<Timestamp>, StoreError> {
        tracing::error!(effect = %id, code = trouble.code(), "an effect waits for a person");
        self.store.open_incident(now, id, &trouble.report()).await?;
        Ok(None)
    }
}

/// What its sender hears of a command.
fn answered(outcome: Result<Receipt, Refusal>) -> Answer {
    match outcome {
        Ok(receipt) => receipt.into(),
        Err(Refusal::Rejected(rejection)) => Answer::Rejected(Box::new(rejection)),
        // Also where this worker stops: tried again here, it would hold the workflow back from the others until all its tries are over.
        Err(Refusal::Fault(fault)) => Answer::Fault {
            detail: fault.to_string(),
            retry: fault.retry().into(),
        },
    }
}

/// Says again and again that this worker is alive.
async fn beat(ctx: &ActivityContext) -> Infallible {
    loop {
        sleep(HEARTBEAT).await;
        if let Err(problem) = ctx.record_heartbeat(()).await {
            tracing::warn!(%problem, "a heartbeat cannot be written down");
        }
    }
}

/// The aggregate whose workflow asks.
fn aggregate(ctx: &ActivityContext) -> Result<AggregateId, ActivityError> {
    let id = ctx.info().workflow_id.as_deref().unwrap_or_default();
    // The installation's name stands before it.
    let id = id.rsplit('.').next().unwrap_or_default();
    id.parse()
        .map_err(|problem| ApplicationFailure::non_retryable(problem).into())
}

/// Another try after a pause.
fn later(pause: Duration) -> ActivityError {
    let failure = ApplicationFailure::builder("it is tried again")
        .type_name("later".to_owned())
        .next_retry_delay(pause)
        .build();
    ActivityError::application(failure)
}
