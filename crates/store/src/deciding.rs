//! Deciding a batch in memory: what each command does to the states that the ones before it left.

use crate::batch::{Batch, Cause, Fingerprint, Step, Working};
use crate::committer::{Outcome, Receipt, Reference, Refusal, Submission};
use crate::database::rows::CommandSlot;
use crate::database::{Connection, lists, log};
use crate::store::{CommandAnswer, load_all};
use crate::{Store, StoreError};
use jiff::Timestamp;
use naru_domain::account::{AccountEvent, AccountRejection};
use naru_domain::{
    AggregateId, BrokenHistory, CommandId, CommonRejection, Context, EmailAddress, Event,
    Rejection, State, Who,
};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Who wants what of whom: a retry has the same fingerprint, another command under the same id has not.
pub(crate) fn fingerprint(submission: &Submission) -> Result<Fingerprint, StoreError> {
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
pub(crate) struct FirstAnswer {
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

pub(crate) async fn first_answers(
    conn: &mut Connection,
    batch: &[Submission],
) -> Result<BTreeMap<CommandId, FirstAnswer>, StoreError> {
    let ids: Vec<CommandId> = batch
        .iter()
        .filter(|s| is_kept(s))
        .map(|s| s.command_id)
        .collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = log::answers(conn, &serde_json::to_string(&ids)?).await?;
    rows.into_iter()
        .map(|row| {
            let answer = CommandAnswer::try_from(&row)?;
            let outcome = match answer.rejection {
                Some(rejection) => Err(Refusal::Rejected(rejection)),
                None => Ok(Receipt {
                    aggregate: answer.aggregate,
                    version: answer.version,
                    position: answer.position,
                    replayed: true,
                }),
            };
            let id = row
                .command_id
                .parse()
                .map_err(|problem| StoreError::inconsistent("command", problem))?;
            Ok((
                id,
                FirstAnswer {
                    print: row.fingerprint.try_into().unwrap_or_default(),
                    outcome,
                },
            ))
        })
        .collect()
}

/// The states of every aggregate in the batch: from memory, and those that are not there with one query. They are taken out of memory, so
/// that they can change without a copy and a failed transaction leaves nothing behind.
pub(crate) async fn gather(
    store: &Store,
    conn: &mut Connection,
    batch: &[Submission],
) -> Result<BTreeMap<AggregateId, Result<Working, BrokenHistory>>, StoreError> {
    let wanted: BTreeSet<AggregateId> = batch
        .iter()
        .map(|submission| submission.aggregate)
        .collect();
    let mut found = BTreeMap::new();
    let mut missing = Vec::new();
    for id in wanted {
        match store.states().remove(&id) {
            Some((_, loaded)) => {
                found.insert(id, Ok(Working::of(Arc::unwrap_or_clone(loaded))));
            }
            None => missing.push(id),
        }
    }
    if !missing.is_empty() {
        let mut loaded = load_all(conn.into(), &missing).await?;
        for id in missing {
            let working = match loaded.remove(&id) {
                Some(loaded) => loaded.map(Working::of),
                None => Ok(Working::absent()),
            };
            found.insert(id, working);
        }
    }
    Ok(found)
}

/// A batch while its commands are decided one after the other.
#[derive(Debug)]
pub(crate) struct Deciding {
    pub(crate) now: Timestamp,
    pub(crate) reference: Arc<Reference>,
    pub(crate) first_answers: BTreeMap<CommandId, FirstAnswer>,
    pub(crate) aggregates: BTreeMap<AggregateId, Result<Working, BrokenHistory>>,
    pub(crate) batch: Batch,
    /// Addresses taken by accounts of this batch.
    pub(crate) emails: BTreeMap<String, AggregateId>,
}

impl Deciding {
    /// Answers one command: from its first answer, or by deciding it now.
    pub(crate) async fn answer(
        &mut self,
        conn: &mut Connection,
        submission: &Submission,
        print: &Fingerprint,
    ) -> Result<Outcome, StoreError> {
        if let Some(first) = self.first_answers.get(&submission.command_id) {
            return self.repeat(first.print == *print, first.outcome.clone(), submission);
        }
        let command_id: Arc<str> = submission.command_id.to_string().into();
        let outcome = self.decide(conn, submission, &command_id).await?;
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
                Err(Refusal::Fault(_)) => return Ok(outcome),
            };
            self.batch.answer(CommandSlot {
                command_id,
                fingerprint: *print,
                aggregate_id,
                version,
                position,
                rejection,
            });
            let again = outcome.clone().map(|receipt| Receipt {
                replayed: true,
                ..receipt
            });
            self.first_answers.insert(
                submission.command_id,
                FirstAnswer {
                    print: *print,
                    outcome: again,
                },
            );
        }
        self.note_delivery(&outcome, submission)?;
        Ok(outcome)
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

    async fn decide(
        &mut self,
        conn: &mut Connection,
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
            now: self.now,
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
        if !events.is_empty() {
            if let Some(rejection) = email_taken(conn, &mut self.emails, id, &events).await? {
                return Ok(Err(Refusal::Rejected(rejection)));
            }
            let step = fold(working.state.take(), &events)?;
            let cause = Cause {
                actor: serde_json::to_string(&submission.actor)?.into(),
                command_id: Arc::clone(command_id),
            };
            self.batch.append(id, working, step, &cause)?;
        }
        Ok(Ok(Receipt {
            aggregate: id,
            version: working.version,
            position: working.position,
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

/// Whether another open account has the address already, or takes it in this batch.
async fn email_taken(
    conn: &mut Connection,
    taken: &mut BTreeMap<String, AggregateId>,
    id: AggregateId,
    events: &[Event],
) -> Result<Option<Rejection>, StoreError> {
    for email in events.iter().filter_map(new_email) {
        let known = match taken.get(email.as_str()) {
            Some(owner) => Some(owner.to_string()),
            None => lists::account_by_email(&mut *conn, email.as_str()).await?,
        };
        if known.is_some_and(|owner| owner != id.to_string()) {
            return Ok(Some(AccountRejection::EmailTaken.into()));
        }
        taken.insert(email.as_str().to_owned(), id);
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
        events: stored,
    })
}
