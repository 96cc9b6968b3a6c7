//! Deciding a batch in memory: what each command does to the states that the ones before it left.

use crate::batch::{Batch, Cause, Fingerprint, Prepared, Step, Working};
use crate::committer::{Outcome, Receipt, Reference, Refusal, Submission};
use crate::database::rows::{CommandSlot, Head};
use crate::database::{Connection, lists, log};
use crate::index;
use crate::plan::from_memory;
use crate::store::{CommandAnswer, load_all};
use crate::{Store, StoreError};
use jiff::Timestamp;
use naru_domain::account::{AccountCommand, AccountEvent, AccountRejection};
use naru_domain::{
    AggregateId, BrokenHistory, Command, CommandId, CommonRejection, Context, EmailAddress, Event,
    Rejection, State, Who,
};
use sha2::{Digest, Sha256};
use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Who wants what of whom: a retry has the same fingerprint, another command under the same id has not.
fn fingerprint(submission: &Submission) -> Result<Fingerprint, StoreError> {
    let content = serde_json::to_vec(&(
        submission.aggregate,
        submission.expected_version,
        &submission.actor.who,
        &submission.command,
    ))?;
    let hash: [u8; 32] = Sha256::digest(&content).into();
    let mut print = Fingerprint::default();
    for (to, from) in print.iter_mut().zip(hash) {
        *to = from;
    }
    Ok(print)
}

/// A command's first answer with the fingerprint it was given for.
#[derive(Debug)]
struct FirstAnswer {
    print: Fingerprint,
    outcome: Outcome,
}

/// Whether a command's answer is kept. The clock's is not: the state alone says what is due.
pub(crate) fn is_kept(submission: &Submission) -> bool {
    submission.actor.who != Who::Clock
}

/// Whether this is a message that was refused. Its answer is not kept either: a person may remove the cause and have it delivered again.
fn is_refused_message(outcome: &Outcome, submission: &Submission) -> bool {
    outcome.is_err() && matches!(submission.actor.who, Who::Message(_))
}

/// An aggregate that was read: as it is, or why its history does not fold.
pub(crate) type Found = Result<Working, BrokenHistory>;

/// When to look for first answers. Command ids are the primary key of their table, so a batch that is written without looking fails as a
/// whole when one of them was seen before, and is then decided again; that is rare, and looking each time is not cheap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lookup {
    Always,
    OnCollision,
}

/// A batch while its commands are decided one after the other, in memory: whatever they need is read before.
#[derive(Debug)]
pub(crate) struct Deciding {
    reference: Arc<Reference>,
    /// Where the log ends before the first of them.
    base: Head,
    /// The time of the command decided last.
    at: Timestamp,
    first_answers: BTreeMap<CommandId, FirstAnswer>,
    aggregates: BTreeMap<AggregateId, Found>,
    batch: Batch,
    /// Who has the addresses that accounts of this batch want.
    emails: BTreeMap<String, Option<String>>,
}

impl Deciding {
    /// Decides from the end of the log on.
    pub(crate) fn new(reference: Arc<Reference>, head: Head) -> Self {
        Self {
            reference,
            base: head,
            at: Timestamp::MIN,
            first_answers: BTreeMap::new(),
            aggregates: BTreeMap::new(),
            batch: Batch::new(head),
            emails: BTreeMap::new(),
        }
    }

    /// Where the log must end for this to hold.
    pub(crate) fn base(&self) -> Head {
        self.base
    }

    /// Where the log ends once this is written.
    pub(crate) fn head(&self) -> Head {
        self.batch.head()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.batch.is_empty()
    }

    /// Whether the command was answered in this batch, or its first answer was read.
    pub(crate) fn knows_answer(&self, id: &CommandId) -> bool {
        self.first_answers.contains_key(id)
    }

    pub(crate) fn has(&self, id: &AggregateId) -> bool {
        self.aggregates.contains_key(id)
    }

    /// Adds an aggregate as it is.
    pub(crate) fn put(&mut self, id: AggregateId, found: Found) {
        self.aggregates.insert(id, found);
    }

    /// Takes an aggregate as this batch leaves it, for the next one.
    pub(crate) fn take(&mut self, id: &AggregateId) -> Option<Found> {
        self.aggregates.remove(id)
    }

    /// Reads what commands need: first answers if they may have been seen, states from memory or else with one query, owners of addresses.
    /// States are taken out of memory, so that they can change without a copy and a failed transaction leaves nothing behind.
    pub(crate) async fn read<C: Borrow<Submission>>(
        &mut self,
        store: &Store,
        conn: &mut Connection,
        commands: &[C],
        lookup: Lookup,
    ) -> Result<(), StoreError> {
        match lookup {
            Lookup::Always => self.read_answers(&mut *conn, commands).await?,
            Lookup::OnCollision => {}
        }
        let mut missing = BTreeSet::new();
        for id in commands.iter().map(|command| command.borrow().aggregate) {
            if self.has(&id) || missing.contains(&id) {
                continue;
            }
            match from_memory(store, &id) {
                Some(found) => self.put(id, found),
                None => {
                    missing.insert(id);
                }
            }
        }
        if !missing.is_empty() {
            let missing: Vec<AggregateId> = missing.into_iter().collect();
            let mut loaded = load_all((&mut *conn).into(), &missing).await?;
            for id in missing {
                let working = match loaded.remove(&id) {
                    Some(loaded) => loaded.map(Working::of),
                    None => Ok(Working::absent()),
                };
                self.put(id, working);
            }
        }
        for email in commands
            .iter()
            .filter_map(|command| wanted_email(command.borrow()))
        {
            if !self.emails.contains_key(email.as_str()) {
                let owner = lists::account_by_email(&mut *conn, email.as_str()).await?;
                self.emails.insert(email.as_str().to_owned(), owner);
            }
        }
        Ok(())
    }

    async fn read_answers<C: Borrow<Submission>>(
        &mut self,
        conn: &mut Connection,
        commands: &[C],
    ) -> Result<(), StoreError> {
        let ids: Vec<CommandId> = commands
            .iter()
            .map(Borrow::borrow)
            .filter(|submission| is_kept(submission))
            .map(|submission| submission.command_id)
            .collect();
        if ids.is_empty() {
            return Ok(());
        }
        for row in log::answers(conn, &serde_json::to_string(&ids)?).await? {
            let answer = CommandAnswer::try_from(&row)?;
            let outcome = match answer.rejection {
                Some(rejection) => Err(Refusal::Rejected(rejection)),
                None => Ok(Receipt {
                    aggregate: answer.aggregate,
                    version: answer.version,
                    position: answer.position,
                    effects: 0,
                    replayed: true,
                }),
            };
            let id = row
                .command_id
                .parse()
                .map_err(|problem| StoreError::inconsistent("command", problem))?;
            let print = row.fingerprint.try_into().unwrap_or_default();
            self.first_answers
                .insert(id, FirstAnswer { print, outcome });
        }
        Ok(())
    }

    /// Answers one command: from its first answer, or by deciding it now.
    pub(crate) fn answer(
        &mut self,
        at: Timestamp,
        submission: &Submission,
    ) -> Result<Outcome, StoreError> {
        self.at = self.at.max(at);
        let print = fingerprint(submission)?;
        if let Some(first) = self.first_answers.get(&submission.command_id) {
            return self.repeat(first.print == print, first.outcome.clone(), submission);
        }
        let command_id: Arc<str> = submission.command_id.to_string().into();
        let outcome = self.decide(at, submission, &command_id)?;
        let (aggregate_id, version, position) = match self.aggregates.get_mut(&submission.aggregate)
        {
            Some(Ok(working)) => (
                working.id_text(submission.aggregate),
                working.version,
                working.position,
            ),
            Some(Err(_)) | None => return Ok(outcome),
        };
        if is_kept(submission) && !is_refused_message(&outcome, submission) {
            let rejection = match &outcome {
                Ok(_) => None,
                Err(Refusal::Rejected(rejection)) => Some(serde_json::to_string(rejection)?),
                Err(Refusal::Fault(_) | Refusal::Mistake) => return Ok(outcome),
            };
            self.batch.answer(CommandSlot {
                command_id,
                fingerprint: print,
                aggregate_id,
                version,
                position,
                rejection,
            });
            let again = outcome.clone().map(|receipt| Receipt {
                effects: 0,
                replayed: true,
                ..receipt
            });
            let first = FirstAnswer {
                print,
                outcome: again,
            };
            self.first_answers.insert(submission.command_id, first);
        }
        self.note_delivery(&outcome, submission)?;
        Ok(outcome)
    }

    /// Makes the index rows of what has changed so far.
    pub(crate) fn index(&mut self) {
        for working in self.aggregates.values_mut().flatten() {
            working.index();
        }
    }

    /// The batch as the statements take it. What is left is the states as they will be.
    pub(crate) fn finish(&mut self) -> Result<Prepared, StoreError> {
        let next = Batch::new(self.batch.head());
        let working = self.aggregates.iter_mut();
        let working = working.filter_map(|(id, found)| Some((id, found.as_mut().ok()?)));
        std::mem::replace(&mut self.batch, next).finish(self.at, working)
    }

    /// Lets readers see the states.
    pub(crate) fn publish(self, store: &Store) {
        for (id, found) in self.aggregates {
            if let Some(loaded) = found.ok().and_then(Working::into_loaded) {
                store.states().insert(id, Arc::new(loaded));
            }
        }
    }

    fn repeat(
        &mut self,
        same: bool,
        outcome: Outcome,
        submission: &Submission,
    ) -> Result<Outcome, StoreError> {
        if !same {
            return Ok(Err(Refusal::Rejected(
                CommonRejection::CommandIdReused.into(),
            )));
        }
        self.note_delivery(&outcome, submission)?;
        Ok(outcome)
    }

    /// A message that was accepted needs no further delivery; the same transaction says so.
    fn note_delivery(
        &mut self,
        outcome: &Outcome,
        submission: &Submission,
    ) -> Result<(), StoreError> {
        match (outcome, &submission.actor.who) {
            (Ok(_), Who::Message(effect)) => self.batch.delivered(*effect),
            (Ok(_) | Err(_), _) => Ok(()),
        }
    }

    fn decide(
        &mut self,
        at: Timestamp,
        submission: &Submission,
        command_id: &Arc<str>,
    ) -> Result<Outcome, StoreError> {
        let id = submission.aggregate;
        let Some(entry) = self.aggregates.get_mut(&id) else {
            return Err(StoreError::inconsistent("aggregate", id));
        };
        let working = match entry {
            Ok(working) => working,
            Err(broken) => {
                tracing::error!(aggregate = %id, %broken, "a history does not fold");
                self.batch.stopped.insert(id, broken.to_string());
                return Ok(rejected(CommonRejection::Stopped));
            }
        };
        if let Some(refusal) = unexpected(submission.expected_version, working) {
            return Ok(rejected(refusal));
        }
        let context = Context {
            now: at,
            actor: &submission.actor,
            aggregate: id,
            command_id: submission.command_id,
            calendars: &self.reference.calendars,
            pathways: &self.reference.pathways,
            questionnaires: &self.reference.questionnaires,
        };
        let events = match State::decide(id, working.state.as_ref(), &submission.command, &context)
        {
            Ok(events) => events,
            Err(rejection) => return Ok(Err(Refusal::Rejected(rejection))),
        };
        let mut effects = 0;
        if !events.is_empty() {
            if let Some(rejection) = email_taken(&mut self.emails, id, &events)? {
                return Ok(Err(Refusal::Rejected(rejection)));
            }
            let step = fold(working.state.take(), &events)?;
            effects = step.events.iter().map(|(_, effects)| effects.len()).sum();
            let cause = Cause {
                actor: serde_json::to_string(&submission.actor)?.into(),
                command_id: Arc::clone(command_id),
            };
            self.batch.append(at, id, working, step, &cause)?;
        }
        Ok(Ok(Receipt {
            aggregate: id,
            version: working.version,
            position: working.position,
            effects,
            replayed: false,
        }))
    }
}

fn rejected(refusal: CommonRejection) -> Outcome {
    Err(Refusal::Rejected(refusal.into()))
}

/// Why the version that the sender saw does not do.
fn unexpected(expected: Option<u64>, working: &Working) -> Option<CommonRejection> {
    let expected = expected?;
    match working.version {
        0 if expected != 0 => Some(CommonRejection::NotFound),
        actual if actual != expected => Some(CommonRejection::Conflict { expected, actual }),
        _ => None,
    }
}

/// The address whose owner must be known before the command is decided.
fn wanted_email(submission: &Submission) -> Option<&EmailAddress> {
    let Command::Account(AccountCommand::Open { email, .. }) = &submission.command else {
        return None;
    };
    Some(email)
}

/// Whether another open account has the address already, or takes it in this batch.
fn email_taken(
    owners: &mut BTreeMap<String, Option<String>>,
    id: AggregateId,
    events: &[Event],
) -> Result<Option<Rejection>, StoreError> {
    for email in events.iter().filter_map(new_email) {
        let Some(owner) = owners.get_mut(email.as_str()) else {
            return Err(StoreError::inconsistent("account_row", email));
        };
        let id = id.to_string();
        match owner {
            Some(owner) if *owner != id => return Ok(Some(AccountRejection::EmailTaken.into())),
            Some(_) => {}
            None => *owner = Some(id),
        }
    }
    Ok(None)
}

/// The address that an account has from this event on.
fn new_email(event: &Event) -> Option<&EmailAddress> {
    match event {
        Event::Account(AccountEvent::Opened { email, .. }) => Some(email),
        Event::Account(
            AccountEvent::Renamed { .. }
            | AccountEvent::LocaleChanged { .. }
            | AccountEvent::TokenIssued { .. }
            | AccountEvent::TokenRevoked { .. }
            | AccountEvent::SignInLinkRequested { .. }
            | AccountEvent::SignInLinkUsed { .. }
            | AccountEvent::Closed { .. },
        )
        | Event::Organization(_)
        | Event::Device(_)
        | Event::Case(_)
        | Event::Study(_)
        | Event::FeedbackRound(_)
        | Event::Consultation(_) => None,
    }
}

/// Folds what was decided. Events that do not fold are the program's mistake, not the history's: the command fails, the aggregate goes on.
fn fold(mut state: Option<State>, events: &[Event]) -> Result<Step, StoreError> {
    let mut stored = Vec::with_capacity(events.len());
    for event in events {
        let next = State::evolve(state, event)
            .map_err(|broken| StoreError::inconsistent("event", broken))?;
        stored.push((event.to_json()?, next.effects(event)));
        state = Some(next);
    }
    let state = state.ok_or_else(|| StoreError::inconsistent("event", "no event"))?;
    Ok(Step {
        state,
        rows_may_change: events.iter().any(index::may_change),
        events: stored,
    })
}
