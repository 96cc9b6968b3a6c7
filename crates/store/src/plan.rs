//! What is decided and not yet written: the commands of one transaction and their answers.

use crate::batch::{Prepared, Working};
use crate::committer::{Outcome, Reference, Refusal, Submission};
use crate::database::Connection;
use crate::database::rows::Head;
use crate::deciding::{Deciding, Found, Lookup, is_kept};
use crate::{Store, StoreError};
use jiff::Timestamp;
use naru_domain::{AggregateId, CommandId};
use quick_cache::unsync::Cache;
use std::borrow::Borrow;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Why a plan was not carried out.
#[derive(Debug)]
pub(crate) enum Failed {
    /// The store failed.
    Fault(StoreError),
    /// Deciding hit a mistake in the program.
    Mistake,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fault(fault) => fault.fmt(f),
            Self::Mistake => f.write_str("a mistake in the program"),
        }
    }
}

impl From<StoreError> for Failed {
    fn from(fault: StoreError) -> Self {
        Self::Fault(fault)
    }
}

impl Failed {
    /// Whether one command can be the cause, so that the others are worth trying without it.
    pub(crate) fn may_be_poison(&self) -> bool {
        match self {
            Self::Fault(fault) => fault.may_be_poison(),
            Self::Mistake => true,
        }
    }

    /// What a command that shares the failure hears.
    pub(crate) fn refuse(&self, submission: &Submission) -> Refusal {
        match self {
            Self::Fault(fault) => Refusal::Fault(fault.clone()),
            Self::Mistake => {
                let (aggregate, command) = (submission.aggregate, submission.command_id);
                tracing::error!(%aggregate, %command, "a command hit a mistake in the program");
                Refusal::Mistake
            }
        }
    }
}

/// Commands on their way into one transaction, in the order in which they came: first those that are decided, then those that wait.
#[derive(Debug)]
pub(crate) struct Plan<C> {
    /// When the commands that wait came.
    now: Timestamp,
    /// What is decided, and the writer's era in which the record was as it supposes; nothing before the first command is decided.
    ground: Option<(u64, Deciding)>,
    decided: Vec<(C, Outcome)>,
    /// Commands that need something read first, and whatever came after them.
    waiting: Vec<C>,
    /// For the decided commands, whether their first answers were looked for; for those that wait, whether they must be.
    lookup: Lookup,
    failed: Option<Failed>,
}

impl<C: Borrow<Submission>> Plan<C> {
    /// A plan of commands none of which is decided.
    pub(crate) fn new(now: Timestamp, commands: Vec<C>) -> Self {
        Self {
            now: micros(now),
            ground: None,
            decided: Vec::with_capacity(commands.len()),
            waiting: commands,
            lookup: Lookup::OnCollision,
            failed: None,
        }
    }

    /// An empty plan that supposes `before` to be written.
    pub(crate) fn after(before: &Self, reference: &Arc<Reference>) -> Self {
        let ground = before.ground.as_ref();
        Self {
            ground: ground.map(|(era, deciding)| {
                (*era, Deciding::new(Arc::clone(reference), deciding.head()))
            }),
            ..Self::new(before.now, Vec::new())
        }
    }

    pub(crate) fn commands(&self) -> impl Iterator<Item = &C> {
        let decided = self.decided.iter().map(|(command, _)| command);
        decided.chain(&self.waiting)
    }

    pub(crate) fn len(&self) -> usize {
        self.decided.len() + self.waiting.len()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    pub(crate) fn lookup(&self) -> Lookup {
        self.lookup
    }

    /// Forgets every decision.
    pub(crate) fn start_over(&mut self, lookup: Lookup) {
        self.ground = None;
        self.failed = None;
        self.lookup = lookup;
        let decided = std::mem::take(&mut self.decided);
        let waiting = std::mem::take(&mut self.waiting);
        let decided = decided.into_iter().map(|(command, _)| command);
        self.waiting = decided.chain(waiting).collect();
    }

    /// Sees to it that the decisions suppose the record as it is, with its end at `head`.
    pub(crate) fn stand_on(&mut self, era: u64, head: Head, reference: &Arc<Reference>) {
        let stands = |(stood, deciding): &(u64, Deciding)| *stood == era && deciding.base() == head;
        if !self.ground.as_ref().is_some_and(stands) {
            self.start_over(self.lookup);
            self.ground = Some((era, Deciding::new(Arc::clone(reference), head)));
        }
    }

    /// Where the log ends once this is written.
    pub(crate) fn head(&self) -> Option<Head> {
        Some(self.ground.as_ref()?.1.head())
    }

    /// Reads what the commands that wait need, and decides them.
    pub(crate) async fn decide(
        &mut self,
        store: &Store,
        conn: &mut Connection,
        recent: &mut Cache<CommandId, ()>,
    ) -> Result<(), Failed> {
        if let Some(failed) = self.failed.take() {
            return Err(failed);
        }
        let Some((_, deciding)) = &mut self.ground else {
            return Err(StoreError::inconsistent("log_head", "nothing to stand on").into());
        };
        let seen = |command: &C| {
            let id = command.borrow().command_id;
            recent.get(&id).is_some() && !deciding.knows_answer(&id)
        };
        if !self.waiting.is_empty() {
            let lookup = match self.lookup {
                Lookup::OnCollision if !self.waiting.iter().any(seen) => Lookup::OnCollision,
                Lookup::Always | Lookup::OnCollision => Lookup::Always,
            };
            if self.decided.is_empty() {
                self.lookup = lookup;
            }
            deciding.read(store, conn, &self.waiting, lookup).await?;
            for command in std::mem::take(&mut self.waiting) {
                self.decide_one(self.now, command, recent);
            }
        }
        self.failed.take().map_or(Ok(()), Err)
    }

    /// Decides commands while `before` is being written, as far as nothing has to be read for them.
    pub(crate) fn decide_ahead(
        &mut self,
        now: Timestamp,
        commands: impl Iterator<Item = C>,
        before: &mut Self,
        store: &Store,
        recent: &mut Cache<CommandId, ()>,
    ) {
        self.now = micros(now).max(self.now);
        for command in commands {
            if self.waiting.is_empty() && self.is_ready(command.borrow(), before, store, recent) {
                self.decide_one(self.now, command, recent);
            } else {
                self.waiting.push(command);
            }
        }
        if let Some((_, deciding)) = &mut self.ground {
            // A mistake in it shows again when the plan is finished.
            let _ = catch_unwind(AssertUnwindSafe(|| deciding.index()));
        }
    }

    /// Whether a command can be decided without reading: nobody has seen it lately, and its aggregate is in memory.
    fn is_ready(
        &mut self,
        submission: &Submission,
        before: &mut Self,
        store: &Store,
        recent: &mut Cache<CommandId, ()>,
    ) -> bool {
        let (command, aggregate) = (submission.command_id, submission.aggregate);
        let Some((_, deciding)) = &mut self.ground else {
            return false;
        };
        if recent.get(&command).is_some() && !deciding.knows_answer(&command) {
            return false;
        }
        if deciding.has(&aggregate) {
            return true;
        }
        match before
            .take(&aggregate)
            .or_else(|| from_memory(store, &aggregate))
        {
            Some(found) => {
                deciding.put(aggregate, found);
                true
            }
            None => false,
        }
    }

    fn take(&mut self, id: &AggregateId) -> Option<Found> {
        self.ground.as_mut()?.1.take(id)
    }

    fn decide_one(&mut self, now: Timestamp, command: C, recent: &mut Cache<CommandId, ()>) {
        let (None, Some((_, deciding))) = (&self.failed, &mut self.ground) else {
            self.waiting.push(command);
            return;
        };
        if is_kept(command.borrow()) {
            recent.insert(command.borrow().command_id, ());
        }
        match catch_unwind(AssertUnwindSafe(|| deciding.answer(now, command.borrow()))) {
            Ok(Ok(outcome)) => self.decided.push((command, outcome)),
            Ok(Err(fault)) => {
                self.failed = Some(Failed::Fault(fault));
                self.waiting.push(command);
            }
            Err(_) => {
                self.failed = Some(Failed::Mistake);
                self.waiting.push(command);
            }
        }
    }

    /// What to write, if there is anything. What is left is the answers and the states as they will be.
    pub(crate) fn finish(&mut self) -> Result<Option<Prepared>, Failed> {
        let Some((_, deciding)) = &mut self.ground else {
            return Ok(None);
        };
        if deciding.is_empty() {
            return Ok(None);
        }
        match catch_unwind(AssertUnwindSafe(|| deciding.finish())) {
            Ok(prepared) => Ok(Some(prepared?)),
            Err(_) => Err(Failed::Mistake),
        }
    }

    /// Lets readers see the states, but for those that the next plan has taken.
    pub(crate) fn publish(&mut self, store: &Store) {
        if let Some((_, deciding)) = self.ground.take() {
            deciding.publish(store);
        }
    }

    pub(crate) fn into_answers(self) -> Vec<(C, Outcome)> {
        self.decided
    }

    pub(crate) fn into_commands(self) -> Vec<C> {
        let decided = self.decided.into_iter().map(|(command, _)| command);
        decided.chain(self.waiting).collect()
    }
}

/// An aggregate's state out of memory, for somebody who will change it.
pub(crate) fn from_memory(store: &Store, id: &AggregateId) -> Option<Found> {
    let (_, loaded) = store.states().remove(id)?;
    Some(Ok(Working::of(Arc::unwrap_or_clone(loaded))))
}

/// The record counts microseconds.
fn micros(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}
