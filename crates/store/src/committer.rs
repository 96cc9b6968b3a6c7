//! The one way in: commands become events, many commands in one transaction, and while one is on its way to the disk the next is decided.

use crate::batch::Prepared;
use crate::database::rows::{Append, End, Head};
use crate::database::{Writer, append, log};
use crate::deciding::Lookup;
use crate::plan::{Failed, Plan};
use crate::{Store, StoreError};
use jiff::Timestamp;
use naru_domain::calendar::Calendars;
use naru_domain::feedback::Questionnaires;
use naru_domain::pathway::Catalog;
use naru_domain::{Actor, AggregateId, Command, CommandId, Rejection};
use quick_cache::unsync::Cache;
use serde::{Deserialize, Serialize};
use std::borrow::Borrow;
use std::pin::pin;
use std::sync::Arc;
use tracing::{Instrument, Span};

/// What decisions look up besides states: it changes only with the program or with a published pathway.
#[derive(Clone, Debug, Default)]
pub struct Reference {
    /// Working calendars by id.
    pub calendars: Calendars,
    /// Pathways by content hash.
    pub pathways: Catalog,
    /// Questionnaires of feedback rounds by id.
    pub questionnaires: Questionnaires,
}

/// A command on its way in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// Chosen by the sender; the same id again gets the first answer. Ids ordered by time (UUID v7) keep the file compact.
    pub command_id: CommandId,
    /// The aggregate it is for.
    pub aggregate: AggregateId,
    /// The version the sender saw; another one is refused as a conflict. 0 means that it must not exist yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_version: Option<u64>,
    /// Who acts.
    pub actor: Actor,
    /// What they want.
    pub command: Command,
}

/// An accepted command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The aggregate.
    pub aggregate: AggregateId,
    /// Its version after the command.
    pub version: u64,
    /// The position in the log after which readers see the change.
    pub position: u64,
    /// How many letters and messages it left to do; not known any more when it is an answer given again.
    pub effects: usize,
    /// Whether this is the first answer given again.
    pub replayed: bool,
}

/// A command that was not carried out.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// A rule says no; asking again changes nothing.
    Rejected(Rejection),
    /// The store failed, and nobody sees a change. If the process ends before the store has written anything else, or the database server
    /// went away in the middle, the command may turn out to have been carried out after all, as a whole; sent again with the same id, it gets
    /// the answer that holds.
    Fault(StoreError),
    /// Deciding it hit a mistake in the program; nothing was written, and other commands go on.
    Mistake,
}

/// What became of a command.
pub type Outcome = Result<Receipt, Refusal>;

/// What the last batch left to do, so that timer and effect runner need not look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Aftermath {
    /// The position of the last event in the log.
    pub position: u64,
    /// How many effects were added to the outbox.
    pub effects: usize,
    /// The earliest wake-up among the aggregates that changed.
    pub earliest_wakeup: Option<Timestamp>,
}

/// Where commands come from, and where their answers go.
pub trait Queue: Send {
    /// A command that waits for its answer.
    type Command: Borrow<Submission> + Send;

    /// Waits for commands and puts at most `max` of them behind those in `into`; puts none there once no more will ever come. What is dropped
    /// while it waits has taken nothing.
    fn take(
        &mut self,
        into: &mut Vec<Self::Command>,
        max: usize,
    ) -> impl Future<Output = ()> + Send;

    /// The time at which what was just taken is decided.
    fn now(&self) -> Timestamp;

    /// What the sender of a command does meanwhile, for traces.
    fn span(&self, _command: &Self::Command) -> Span {
        Span::none()
    }

    /// Hears what a batch left to do, once it is durable and before its commands are answered.
    fn after(&mut self, aftermath: Aftermath);

    /// Gives a command its answer.
    fn answer(&mut self, command: Self::Command, outcome: Outcome);
}

/// Decides and writes batches; owned by the one task of the process that writes.
#[derive(Debug)]
pub struct Committer {
    store: Store,
    reference: Arc<Reference>,
    /// Where the log ends, unless the last transaction failed, and the writer's era in which that was known.
    head: Option<(u64, Head)>,
    aftermath: Aftermath,
    /// Whether other processes write so much that the end of the log is better held while a batch is decided.
    is_contended: bool,
    /// Commands seen lately: one that comes again is looked up at once.
    recent: Cache<CommandId, ()>,
}

const RECENT_COMMANDS: usize = 50_000;

/// How many commands share a transaction at most.
const BATCH_MAX: usize = 512;

/// How many commands are decided before looking whether the transaction before them is through. Whatever is decided by then makes up the next
/// one, so that deciding and writing come to take equally long.
const AHEAD_MAX: usize = 8;

impl Committer {
    /// A committer for `store`. There must be one only in a process.
    pub fn new(store: Store, reference: Arc<Reference>) -> Self {
        Self {
            store,
            reference,
            head: None,
            aftermath: Aftermath::default(),
            is_contended: false,
            recent: Cache::new(RECENT_COMMANDS),
        }
    }

    /// Decides by another reference from now on.
    pub fn use_reference(&mut self, reference: Arc<Reference>) {
        self.reference = reference;
    }

    /// The store it writes to.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What the last batch left to do.
    pub fn aftermath(&self) -> Aftermath {
        self.aftermath
    }

    /// Carries out a batch in one durable transaction and answers each command, in order. A command that is refused fails alone; when the
    /// transaction itself fails, nothing is written and every command gets the fault.
    pub async fn commit(
        &mut self,
        now: Timestamp,
        batch: impl AsRef<[Submission]>,
    ) -> Vec<Outcome> {
        let batch = batch.as_ref();
        let mut once = Once {
            now,
            outcomes: Vec::with_capacity(batch.len()),
            commands: std::marker::PhantomData,
        };
        let plan = Plan::new(now, batch.iter().collect());
        self.carry_out(plan, &mut once).await;
        once.outcomes
    }

    /// Carries out what comes until no more will come: whatever waits at one moment shares a transaction, and while that is on its way to the
    /// disk, what comes next is decided as if it were there already. If it does not get there, what came next is decided again.
    pub async fn run<Q: Queue>(&mut self, queue: &mut Q) {
        let mut ahead = None;
        loop {
            let plan = if let Some(plan) = ahead.take() {
                plan
            } else {
                let mut commands = Vec::new();
                queue.take(&mut commands, BATCH_MAX).await;
                if commands.is_empty() {
                    return;
                }
                Plan::new(queue.now(), commands)
            };
            let span = span(&plan, queue);
            ahead = self.carry_out(plan, queue).instrument(span).await;
            // Whoever was just answered and has more to say shares the next transaction.
            tokio::task::yield_now().await;
        }
    }

    /// Writes what is planned and answers its commands; the answer is what was planned meanwhile.
    async fn carry_out<Q: Queue>(
        &mut self,
        mut plan: Plan<Q::Command>,
        queue: &mut Q,
    ) -> Option<Plan<Q::Command>> {
        self.aftermath = Aftermath {
            position: self.aftermath.position,
            ..Aftermath::default()
        };
        let mut ahead = None;
        let result = self
            .write_first_or_again(&mut plan, Some((&mut *queue, &mut ahead)))
            .await;
        match (&result, &mut ahead) {
            (Err(_), Some(ahead)) => ahead.start_over(Lookup::Always),
            (Err(_), None) | (Ok(()), _) => {}
        }
        let answers = match result {
            Ok(()) => plan.into_answers(),
            Err(failed) if 1 < plan.len() && failed.may_be_poison() => {
                tracing::warn!(%failed, commands = plan.len(), "a batch failed; trying its commands one by one");
                self.one_by_one::<Q>(plan).await
            }
            Err(failed) => {
                let commands = plan.into_commands();
                let answer = |command: Q::Command| {
                    let refused = failed.refuse(command.borrow());
                    (command, Err(refused))
                };
                commands.into_iter().map(answer).collect()
            }
        };
        queue.after(self.aftermath);
        for (command, outcome) in answers {
            queue.answer(command, outcome);
        }
        ahead
    }

    async fn one_by_one<Q: Queue>(&mut self, plan: Plan<Q::Command>) -> Vec<(Q::Command, Outcome)> {
        let now = plan.now();
        let mut answers = Vec::with_capacity(plan.len());
        for command in plan.into_commands() {
            let mut alone = Plan::new(now, vec![command]);
            alone.start_over(Lookup::Always);
            match self.write_first_or_again::<Q>(&mut alone, None).await {
                Ok(()) => answers.extend(alone.into_answers()),
                Err(failed) => answers.extend(alone.into_commands().into_iter().map(|command| {
                    let refused = failed.refuse(command.borrow());
                    (command, Err(refused))
                })),
            }
        }
        answers
    }

    /// Writes a plan, decided again where somebody else was first: with its commands looked up, or with the end of the log held meanwhile.
    async fn write_first_or_again<Q: Queue>(
        &mut self,
        plan: &mut Plan<Q::Command>,
        mut next: Option<Next<'_, Q>>,
    ) -> Result<(), Failed> {
        loop {
            match self.write(plan, next.take()).await {
                Err(Failed::Fault(StoreError::Overtaken)) if !self.is_contended => {
                    self.is_contended = true;
                    plan.start_over(plan.lookup());
                }
                Err(Failed::Fault(StoreError::Refused { .. }))
                    if plan.lookup() == Lookup::OnCollision =>
                {
                    plan.start_over(Lookup::Always);
                }
                result => return result,
            }
        }
    }

    /// One durable transaction. Meanwhile the next one is planned, if there is a queue to take from.
    async fn write<Q: Queue>(
        &mut self,
        plan: &mut Plan<Q::Command>,
        next: Option<Next<'_, Q>>,
    ) -> Result<(), Failed> {
        let store = self.store.clone();
        let mut writer = store.writer().await?;
        // Kept until the new states are in memory: whoever hears meanwhile that others have written takes those away, not the ones before.
        let mut known = store.known().lock().await;
        let end = self.find_end(&mut writer, *known).await?;
        let prepared = match self.prepare(plan, &mut writer, &mut known, end).await {
            Ok(prepared) => prepared,
            Err(failed) => {
                if end.is_held {
                    writer.abandon().await;
                }
                return Err(failed);
            }
        };
        let head = plan.head().unwrap_or(end.head);
        if let Some(prepared) = prepared {
            let result = match next {
                None => write(&mut writer, prepared.append, end).await,
                Some((queue, ahead)) => {
                    let mut next = Plan::after(plan, &self.reference);
                    let writing = write(&mut writer, prepared.append, end);
                    let result = self.write_and_plan(writing, plan, queue, &mut next).await;
                    *ahead = (0 < next.len()).then_some(next);
                    result
                }
            };
            if !is_tried_again(plan.lookup(), &result) {
                store.note_write(&result);
            }
            result?;
            self.aftermath.effects += prepared.effects;
            let earliest = self.aftermath.earliest_wakeup;
            self.aftermath.earliest_wakeup =
                earliest.into_iter().chain(prepared.earliest_wakeup).min();
        } else {
            self.write_nothing(&mut writer, end).await?;
        }
        self.head = Some((writer.era(), head));
        self.aftermath.position = head.position;
        *known = head.position.max(*known);
        plan.publish(&store);
        Ok(())
    }

    /// Where the log ends: as it was left; or asked anew; or, where others keep writing too, held there until the transaction is over.
    async fn find_end(&mut self, writer: &mut Writer, known: u64) -> Result<End, StoreError> {
        // Taken, so that after any failure the true end is read again.
        let left = self.head.take();
        if self.is_contended {
            let conn = writer.begin().await?;
            let held = log::lock_head(conn).await;
            let head = match held {
                Ok(head) => head,
                Err(error) => return writer.after_commit(Err(error)).await,
            };
            // If nobody came in between, perhaps nobody will.
            self.is_contended = left.is_none_or(|(_, left)| left != head);
            return Ok(End {
                head,
                is_held: true,
            });
        }
        let head = match left {
            Some((era, head)) if era == writer.era() && known <= head.position => head,
            Some(_) | None => log::head(writer.conn()).await?,
        };
        Ok(End {
            head,
            is_held: false,
        })
    }

    /// Decides on what is there where the log ends.
    async fn prepare<C: Borrow<Submission>>(
        &mut self,
        plan: &mut Plan<C>,
        writer: &mut Writer,
        known: &mut u64,
        end: End,
    ) -> Result<Option<Prepared>, Failed> {
        let store = &self.store;
        let era = writer.era();
        let conn = writer.conn();
        store.learn_at(conn, known, end.head.position).await?;
        plan.stand_on(era, end.head, &self.reference);
        plan.decide(store, conn, &mut self.recent).await?;
        plan.finish()
    }

    /// What was decided holds only if nobody else has written meanwhile, also where there is nothing to write.
    async fn write_nothing(&self, writer: &mut Writer, end: End) -> Result<(), StoreError> {
        if end.is_held {
            return writer.finish(Ok(())).await;
        }
        if self.store.has_company() && log::head(writer.conn()).await? != end.head {
            return Err(StoreError::Overtaken);
        }
        Ok(())
    }

    /// One transaction, and meanwhile the next plan.
    async fn write_and_plan<Q: Queue>(
        &mut self,
        writing: impl Future<Output = Result<(), StoreError>> + Send,
        plan: &mut Plan<Q::Command>,
        queue: &mut Q,
        next: &mut Plan<Q::Command>,
    ) -> Result<(), StoreError> {
        let mut writing = pin!(writing);
        let mut commands = Vec::new();
        let mut more = true;
        loop {
            let room = BATCH_MAX.saturating_sub(next.len()).min(AHEAD_MAX);
            tokio::select! {
                biased;
                result = &mut writing => return result,
                () = queue.take(&mut commands, room), if more && 0 < room => {
                    more = !commands.is_empty();
                    next.decide_ahead(queue.now(), commands.drain(..), plan, &self.store, &mut self.recent);
                }
            }
        }
    }
}

/// The queue to take the next plan from, and where that goes.
type Next<'a, Q> = (&'a mut Q, &'a mut Option<Plan<<Q as Queue>::Command>>);

/// Carrying out a plan: a part of what the sender of its first command does, and of what the others do.
fn span<Q: Queue>(plan: &Plan<Q::Command>, queue: &Q) -> Span {
    let mut senders = plan.commands().map(|command| queue.span(command));
    let first = senders.next().and_then(|sender| sender.id());
    let span = tracing::debug_span!(parent: first, "commit", commands = plan.len());
    if !span.is_disabled() {
        for sender in senders {
            span.follows_from(&sender);
        }
    }
    span
}

/// One transaction.
async fn write(writer: &mut Writer, append: Append, end: End) -> Result<(), StoreError> {
    let conn = writer.conn_to_begin();
    let span = tracing::debug_span!(
        "transaction",
        otel.kind = "client",
        db.system.name = conn.system()
    );
    let result = append::append(conn, append, end).instrument(span).await;
    writer.after_commit(result).await
}

/// Whether a failure says nothing about the store, only that somebody else was first.
fn is_tried_again<T>(lookup: Lookup, result: &Result<T, StoreError>) -> bool {
    match result {
        Err(StoreError::Overtaken) => true,
        Err(StoreError::Refused { .. }) => lookup == Lookup::OnCollision,
        Ok(_) | Err(_) => false,
    }
}

/// A queue of one batch whose answers are kept.
struct Once<'a> {
    now: Timestamp,
    outcomes: Vec<Outcome>,
    commands: std::marker::PhantomData<&'a Submission>,
}

impl<'a> Queue for Once<'a> {
    type Command = &'a Submission;

    async fn take(&mut self, _: &mut Vec<Self::Command>, _: usize) {
        std::future::pending::<()>().await;
    }

    fn now(&self) -> Timestamp {
        self.now
    }

    fn after(&mut self, _: Aftermath) {}

    fn answer(&mut self, _: Self::Command, outcome: Outcome) {
        self.outcomes.push(outcome);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::Connection;
    use crate::{Health, StoreOptions};
    use naru_domain::organization::OrganizationCommand;
    use naru_domain::{BothNames, OrganizationId, OrganizationKind, TypedId};
    use uuid::Uuid;

    fn names(text: &str) -> BothNames {
        BothNames {
            ko: text.parse().unwrap(),
            en: text.parse().unwrap(),
        }
    }

    fn organization(n: u128) -> AggregateId {
        OrganizationId::from_uuid(Uuid::from_u128(n)).into()
    }

    fn submission(n: u128, aggregate: AggregateId, command: OrganizationCommand) -> Submission {
        Submission {
            command_id: CommandId::from_uuid(Uuid::from_u128(n)),
            aggregate,
            expected_version: None,
            actor: Actor::machine(),
            command: Command::Organization(command),
        }
    }

    fn register(n: u128, id: AggregateId) -> Submission {
        let kind = OrganizationKind::Startup;
        submission(
            n,
            id,
            OrganizationCommand::Register {
                kind,
                name: names("처음"),
                business_number: None,
            },
        )
    }

    fn rename(n: u128, id: AggregateId, text: &str) -> Submission {
        submission(n, id, OrganizationCommand::Rename { name: names(text) })
    }

    fn now() -> Timestamp {
        "2026-11-23T09:00:00Z".parse().unwrap()
    }

    async fn open(folder: &tempfile::TempDir) -> (Store, Committer) {
        let store = Store::open(StoreOptions::new(folder.path())).await.unwrap();
        (
            store.clone(),
            Committer::new(store, Arc::new(Reference::default())),
        )
    }

    async fn pages_max(store: &Store, text: &'static str) {
        let mut writer = store.writer().await.unwrap();
        match writer.conn() {
            Connection::Sqlite(conn) => sqlx::query(text).execute(conn).await.unwrap(),
            Connection::Postgres(_) => panic!("not in a file"),
        };
    }

    #[tokio::test]
    async fn a_full_disk_fails_the_whole_batch_leaves_nothing_behind_and_shows_until_it_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let (store, mut committer) = open(&folder).await;
        assert!(
            committer
                .commit(now(), vec![register(1, organization(1))])
                .await[0]
                .is_ok()
        );
        pages_max(&store, "pragma max_page_count = 1").await;

        let batch: Vec<_> = (0..2_000)
            .map(|n| rename(10 + n, organization(1), &format!("이름 {n}")))
            .collect();
        let outcomes = committer.commit(now(), batch.clone()).await;
        assert!(
            outcomes
                .iter()
                .all(|o| matches!(o, Err(Refusal::Fault(StoreError::DiskFull { .. })))),
            "{:?}",
            outcomes[0]
        );
        assert!(matches!(
            store.health(),
            Health::Red(StoreError::DiskFull { .. })
        ));
        assert_eq!(
            store.load(organization(1)).await.unwrap().unwrap().version,
            1
        );

        pages_max(&store, "pragma max_page_count = 1000000").await;
        let outcomes = committer.commit(now(), batch).await;
        assert_eq!(outcomes.last().unwrap().as_ref().unwrap().version, 2_001);
        assert!(matches!(store.health(), Health::Green));
        assert_eq!(
            store.load(organization(1)).await.unwrap().unwrap().version,
            2_001
        );
        assert_eq!(store.verify(None).await.unwrap().unwrap().events, 2_001);
    }
}
