//! The one workflow. It knows no domain word: it passes commands on, keeps one timer, and runs what waits.
//!
//! Whatever is changed here must still replay every history in `tests/histories`.
#![expect(
    missing_docs,
    missing_debug_implementations,
    reason = "the macros write items without either"
)]

use crate::activities::Worker;
use crate::wire::{Ask, Carried, Directions, Labels, Perform, Performed, Reply, Told, Turn};
use std::collections::BTreeSet;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::{Duration, UNIX_EPOCH};
use temporalio_common::RetryPolicy;
use temporalio_common::search_attributes::SearchAttributeKey;
use temporalio_macros::{workflow, workflow_methods};
use temporalio_sdk::{
    ActivityOptions, ContinueAsNewOptions, LocalActivityOptions, TimerOptions, TimerResult,
    WorkflowCancellationToken, WorkflowContext, WorkflowContextView, WorkflowResult,
};

/// What kind of aggregate it is; set when the workflow starts.
pub const KIND: SearchAttributeKey<String> = SearchAttributeKey::keyword("NaruKind");
/// The organizations concerned.
pub const ORGANIZATION: SearchAttributeKey<Vec<String>> =
    SearchAttributeKey::keyword_list("NaruOrganization");
/// The pathway.
pub const PATHWAY: SearchAttributeKey<String> = SearchAttributeKey::keyword("NaruPathway");
/// The stages that are open.
pub const STAGE: SearchAttributeKey<Vec<String>> = SearchAttributeKey::keyword_list("NaruStage");
/// Where it stands.
pub const STATE: SearchAttributeKey<String> = SearchAttributeKey::keyword("NaruState");

/// A run ends as soon as nothing is being performed after so many asks; the server allows 2,000.
const ASKS_ENOUGH: u32 = 1_000;
/// A run ends after so many asks whatever is being performed.
const ASKS_MAX: u32 = 1_700;
/// The same for events; the server warns at 10,240 and ends the workflow at 51,200.
const EVENTS_ENOUGH: u32 = 8_000;
const EVENTS_MAX: u32 = 12_000;
/// When to look again after the worker could not read how things stand.
const LOOK_AGAIN_MS: i64 = 30_000;
/// In how many groups effects that failed together are tried again; the server allows 2,000 activities of a workflow at once.
const GROUPS_MAX: usize = 50;
/// A worker that performs effects and is not heard of for so long is taken for dead, and another begins them again.
const HEARTBEAT_MISSED: Duration = Duration::from_secs(6);
/// A timer that fires this much too early is early enough.
const EARLY_MS: i64 = 1_000;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// One aggregate in Temporal.
#[workflow]
#[derive(Debug)]
pub struct Aggregate {
    version: u64,
    wake_at_ms: Option<i64>,
    /// Effects that wait to be performed, in order.
    ready: Vec<String>,
    /// Effects that failed and wait to be tried again, in the groups they are tried in.
    failed: Vec<Vec<String>>,
    /// Effects that are being performed.
    running: BTreeSet<String>,
    labels: Option<Labels>,
    asks: u32,
    /// Nothing more is taken in: the next run takes it.
    moving_on: bool,
    /// Moves whenever something above does.
    revision: u64,
}

#[workflow_methods]
impl Aggregate {
    /// A run, fresh or after another.
    #[init]
    pub fn new(_ctx: &WorkflowContextView, carried: Carried) -> Self {
        Self {
            version: carried.version,
            wake_at_ms: carried.wake_at_ms,
            ready: carried.effects,
            failed: Vec::new(),
            running: BTreeSet::new(),
            labels: carried.labels,
            asks: 0,
            moving_on: false,
            revision: 0,
        }
    }

    /// Runs effects and keeps the timer until it is time for the next run.
    #[run(name = "aggregate")]
    pub async fn run(ctx: &mut WorkflowContext<Self>) -> WorkflowResult<()> {
        if let Some(details) = ctx.state(|s| s.labels.as_ref()?.details.clone()) {
            ctx.set_current_details(details);
        }
        let mut alarm: Option<Alarm> = None;
        let mut works: Vec<Work> = Vec::new();
        loop {
            let revision = ctx.state(|s| s.revision);
            for perform in ctx.state_mut(Self::begin) {
                works.push(work(ctx, perform));
            }
            if ctx.state(|s| s.is_enough(ctx.history_length(), ctx.continue_as_new_suggested())) {
                ctx.state_mut(|s| s.moving_on = true);
                let handlers = ctx.clone();
                ctx.wait_condition(move |_| handlers.all_handlers_finished())
                    .await?;
                let carried = ctx.state(Self::carry);
                ctx.continue_as_new(carried, ContinueAsNewOptions::default())?;
            }
            set_alarm(ctx, &mut alarm).await;
            match next(ctx, revision, &mut alarm, &mut works).await? {
                Woken::Told => {}
                Woken::Alarm => {
                    alarm = None;
                    let now_ms = now_ms(ctx);
                    let due = |s: &Self| s.wake_at_ms.is_some_and(|at| at <= now_ms + EARLY_MS);
                    if ctx.state(due) {
                        ctx.state_mut(|s| s.wake_at_ms = None);
                        if turn(ctx, None, None).await.is_err() {
                            ctx.state_mut(|s| s.direct(None, now_ms));
                        }
                    }
                }
                Woken::Performed(effects, performed) => {
                    ctx.state_mut(|s| s.performed(&effects, performed));
                }
            }
        }
    }

    /// Carries out a command, or looks what there is to do.
    #[update]
    pub async fn ask(ctx: &mut WorkflowContext<Self>, ask: Ask) -> Result<Reply, Failure> {
        ctx.state_mut(|s| {
            s.asks = s.asks.saturating_add(1);
            s.revision += 1;
        });
        let answer = turn(ctx, ask.submission, ask.trace).await?;
        let nonce = ask.nonce;
        Ok(Reply { nonce, answer })
    }

    /// Refuses what the next run is to take; nothing of it is written to the history.
    #[update_validator(ask)]
    fn is_open(&self, _ctx: &WorkflowContextView, _ask: &Ask) -> Result<(), Failure> {
        if self.moving_on {
            Err(MOVING_ON.into())
        } else {
            Ok(())
        }
    }
}

/// What a run that ends says to an ask; it is to be asked again.
pub(crate) const MOVING_ON: &str = "this run ends; ask the next";

impl Aggregate {
    /// Takes the effects that wait: the new ones to be performed together, and those that failed apart from them, so that they hold up nothing.
    fn begin(&mut self) -> Vec<Perform> {
        if self.moving_on {
            return Vec::new();
        }
        let first = Perform {
            effects: std::mem::take(&mut self.ready),
            again: false,
        };
        let failed = std::mem::take(&mut self.failed);
        let performs: Vec<Perform> = std::iter::once(first)
            .chain(failed.into_iter().map(|effects| Perform {
                effects,
                again: true,
            }))
            .filter(|perform| !perform.effects.is_empty())
            .collect();
        for perform in &performs {
            self.running.extend(perform.effects.iter().cloned());
        }
        performs
    }

    /// Adds effects that are not known yet.
    fn add(&mut self, effects: Vec<String>) {
        for effect in effects {
            let known = self.running.contains(&effect)
                || self.ready.contains(&effect)
                || self.failed.iter().any(|group| group.contains(&effect));
            if !known {
                self.ready.push(effect);
            }
        }
    }

    fn performed(&mut self, tried: &[String], performed: Performed) {
        for effect in tried {
            self.running.remove(effect);
        }
        let (failed, new): (Vec<_>, Vec<_>) = performed
            .effects
            .into_iter()
            .partition(|effect| tried.contains(effect));
        let group = failed.len().div_ceil(GROUPS_MAX).max(1);
        self.failed.extend(failed.chunks(group).map(<[_]>::to_vec));
        self.add(new);
        self.revision += 1;
    }

    fn is_enough(&self, events: u32, suggested: bool) -> bool {
        let enough = ASKS_ENOUGH <= self.asks || EVENTS_ENOUGH <= events || suggested;
        let full = ASKS_MAX <= self.asks || EVENTS_MAX <= events;
        full || (enough && self.running.is_empty())
    }

    fn carry(&self) -> Carried {
        let running = self.running.iter().chain(self.failed.iter().flatten());
        Carried {
            version: self.version,
            wake_at_ms: self.wake_at_ms,
            effects: running.chain(&self.ready).cloned().collect(),
            labels: self.labels.clone(),
        }
    }

    /// Takes directions in, and says what is to be shown from now on.
    fn direct(&mut self, directions: Option<Directions>, now_ms: i64) -> Option<Labels> {
        self.revision += 1;
        let Some(directions) = directions else {
            let again_at_ms = now_ms + LOOK_AGAIN_MS;
            let at_ms = self
                .wake_at_ms
                .map_or(again_at_ms, |at| at.min(again_at_ms));
            self.wake_at_ms = Some(at_ms);
            return None;
        };
        self.add(directions.effects);
        if directions.version < self.version {
            return None;
        }
        self.version = directions.version;
        let wake_in_ms = directions
            .wake_in_ms
            .map(|ms| i64::try_from(ms).unwrap_or(i64::MAX));
        self.wake_at_ms = wake_in_ms.map(|ms| now_ms.saturating_add(ms));
        if directions.labels.is_some() {
            self.labels.clone_from(&directions.labels);
        }
        directions.labels
    }
}

/// Something of the command, or only a look: the worker does it, and says how things stand.
async fn turn(
    ctx: &mut WorkflowContext<Aggregate>,
    submission: Option<serde_json::Value>,
    trace: Option<String>,
) -> Result<Option<serde_json::Value>, Failure> {
    let shown = ctx.state(|s| s.labels.as_ref().map_or(0, |labels| labels.print));
    let again = RetryPolicy::builder()
        .initial_interval(Duration::from_millis(200))
        .maximum_interval(Duration::from_secs(5))
        .build();
    let options = LocalActivityOptions::builder()
        .start_to_close_timeout(Duration::from_secs(30))
        .schedule_to_close_timeout(Duration::from_mins(10))
        .retry_policy(again)
        .build();
    let turn = Turn {
        submission,
        shown,
        trace,
    };
    let told: Told = ctx
        .execute_local_activity(Worker::turn, turn, options)
        .await?;
    let now_ms = now_ms(ctx);
    let before = ctx.state(|s| s.labels.clone());
    if let Some(labels) = ctx.state_mut(|s| s.direct(told.directions, now_ms)) {
        show(ctx, before.as_ref(), &labels)?;
    }
    Ok(told.answer)
}

/// Shows labels in Temporal's own pages.
fn show(
    ctx: &WorkflowContext<Aggregate>,
    before: Option<&Labels>,
    labels: &Labels,
) -> Result<(), Failure> {
    let mut updates = Vec::new();
    if before.is_none_or(|before| before.organizations != labels.organizations) {
        updates.push(ORGANIZATION.value_set(labels.organizations.clone()));
    }
    if let Some(pathway) = &labels.pathway
        && before.is_none_or(|before| before.pathway != labels.pathway)
    {
        updates.push(PATHWAY.value_set(pathway.clone()));
    }
    if before.map_or(!labels.stages.is_empty(), |before| {
        before.stages != labels.stages
    }) {
        updates.push(STAGE.value_set(labels.stages.clone()));
    }
    if let Some(state) = &labels.state
        && before.is_none_or(|before| before.state != labels.state)
    {
        updates.push(STATE.value_set(state.clone()));
    }
    if !updates.is_empty() {
        ctx.upsert_search_attributes(updates);
    }
    if let Some(reference) = &labels.reference
        && before.is_none_or(|before| before.reference != labels.reference)
    {
        let memo = temporalio_sdk::MemoValue::new(reference.clone());
        ctx.upsert_memo([("reference", Some(memo))])?;
    }
    if let Some(details) = &labels.details {
        ctx.set_current_details(details.clone());
    }
    Ok(())
}

/// The timer that is armed.
struct Alarm {
    at_ms: i64,
    timer: Pin<Box<dyn Future<Output = TimerResult>>>,
    off: WorkflowCancellationToken,
}

/// Arms the timer, or arms it anew if it would fire too late. One that fires too early is left alone: looking at the clock then is cheaper.
async fn set_alarm(ctx: &WorkflowContext<Aggregate>, alarm: &mut Option<Alarm>) {
    let Some(at_ms) = ctx.state(|s| s.wake_at_ms) else {
        return;
    };
    if alarm
        .as_ref()
        .is_some_and(|alarm| alarm.at_ms <= at_ms + EARLY_MS)
    {
        return;
    }
    if let Some(late) = alarm.take() {
        late.off.cancel();
        late.timer.await;
    }
    let left_ms = u64::try_from(at_ms.saturating_sub(now_ms(ctx))).unwrap_or(0);
    // A timer of nothing at all fires at once, before anything else is heard.
    let left = Duration::from_millis(left_ms.max(1));
    let off = WorkflowCancellationToken::new();
    let options = TimerOptions::builder(left)
        .cancellation_token(off.clone())
        .build();
    let ctx = ctx.clone();
    let timer = Box::pin(async move { ctx.timer(options).await });
    *alarm = Some(Alarm { at_ms, timer, off });
}

/// Effects that are being performed, and what came of them.
struct Work {
    effects: Vec<String>,
    activity: Pin<Box<dyn Future<Output = Performed>>>,
}

/// Begins to perform effects. It is tried until it succeeds: it is the worker that knows when a person must be asked.
fn work(ctx: &WorkflowContext<Aggregate>, perform: Perform) -> Work {
    let again = RetryPolicy::builder()
        .initial_interval(Duration::from_secs(2))
        .maximum_interval(Duration::from_hours(1))
        .build();
    let options = ActivityOptions::with_start_to_close_timeout(Duration::from_mins(2))
        .heartbeat_timeout(HEARTBEAT_MISSED)
        .retry_policy(again)
        .build();
    let effects = perform.effects.clone();
    let ctx = ctx.clone();
    Work {
        effects,
        // Given up only if an operator ends it by hand; the effects then wait for the next look.
        activity: Box::pin(async move {
            let performed = ctx.execute_activity(Worker::perform, perform, options);
            performed.await.unwrap_or_default()
        }),
    }
}

/// What woke the workflow.
enum Woken {
    /// Somebody asked something.
    Told,
    /// The timer fired.
    Alarm,
    /// Effects were performed.
    Performed(Vec<String>, Performed),
}

/// Waits for whatever comes first.
async fn next(
    ctx: &WorkflowContext<Aggregate>,
    revision: u64,
    alarm: &mut Option<Alarm>,
    works: &mut Vec<Work>,
) -> Result<Woken, temporalio_sdk::WorkflowCancellationError> {
    let mut told = Box::pin(ctx.wait_condition(move |s| s.revision != revision));
    poll_fn(|cx| {
        let mut done = None;
        for (place, work) in works.iter_mut().enumerate() {
            if let Poll::Ready(performed) = work.activity.as_mut().poll(cx) {
                done = Some((place, performed));
                break;
            }
        }
        if let Some((place, performed)) = done {
            let work = works.remove(place);
            return Poll::Ready(Ok(Woken::Performed(work.effects, performed)));
        }
        if let Some(alarm) = alarm
            && alarm.timer.as_mut().poll(cx).is_ready()
        {
            return Poll::Ready(Ok(Woken::Alarm));
        }
        told.as_mut().poll(cx).map_ok(|()| Woken::Told)
    })
    .await
}

/// The time in this workflow.
fn now_ms(ctx: &WorkflowContext<Aggregate>) -> i64 {
    let since = ctx
        .workflow_time()
        .and_then(|now| now.duration_since(UNIX_EPOCH).ok());
    since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}
