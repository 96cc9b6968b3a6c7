//! Performs one effect: sends a letter, or delivers a message to another aggregate.

use crate::clock::Clock;
use crate::engine::Submit;
use crate::letters::{Setting, render};
use crate::link::LinkKey;
use crate::mail::{Draft, Outcome, Post, Sender, Transport};
use crate::refusal::{Fault, Refusal};
use crate::trouble::Trouble;
use naru_domain::{
    AccountId, Actor, AggregateId, Command, Effect, EmailAddress, Letter, Locale, OrganizationId,
    PersonName, Recipient, Role, State,
};
use naru_store::{LoadError, PendingEffect, Store, Submission};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;
use tracing::Instrument;
use tracing::field::Empty;

/// The metric of how long effects took, by `effect` (`letter`, `message`) and `outcome` (`done`, `failed`: it is tried again, `stopped`: a person
/// is asked, `left`).
pub const EFFECT_SECONDS: &str = "naru_effect_seconds";

/// What performing effects needs.
#[derive(Debug)]
pub struct Performer {
    /// Whom letters are for is read here.
    pub store: Store,
    /// The time of each letter.
    pub clock: Clock,
    /// Where messages to other aggregates go.
    pub messages: Arc<dyn Submit>,
    /// Where letters go.
    pub transport: Transport,
    /// In whose name.
    pub from: Sender,
    /// What links begin with.
    pub base_url: String,
    /// What links are signed with.
    pub key: LinkKey,
}

/// What came of an effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is done.
    Done,
    /// It is a letter to a role, and becomes one a person.
    Expanded(Vec<Recipient>),
    /// It may succeed later.
    Failed(Trouble),
    /// It will not succeed until a person does something.
    Stopped(Trouble),
    /// The engine is closing; the next start performs it.
    LeftForLater,
}

/// One person who gets a letter.
#[derive(Debug)]
struct Person {
    email: EmailAddress,
    name: PersonName,
    locale: Locale,
}

impl Performer {
    /// Performs an effect, once.
    pub async fn perform(&self, pending: &PendingEffect) -> Verdict {
        let began = Instant::now();
        let effect = match pending.effect {
            Effect::Deliver { .. } => "message",
            Effect::SendLetter { .. } => "letter",
        };
        let span = tracing::debug_span!("effect", id = %pending.id, kind = effect, outcome = Empty);
        let verdict = self.verdict(pending).instrument(span.clone()).await;
        let outcome = match verdict {
            Verdict::Done | Verdict::Expanded(_) => "done",
            Verdict::Failed(_) => "failed",
            Verdict::Stopped(_) => "stopped",
            Verdict::LeftForLater => "left",
        };
        span.record("outcome", outcome);
        metrics::histogram!(EFFECT_SECONDS, "effect" => effect, "outcome" => outcome)
            .record(began.elapsed());
        verdict
    }

    async fn verdict(&self, pending: &PendingEffect) -> Verdict {
        let done = match &pending.effect {
            Effect::Deliver { to, command } => self.deliver(pending, *to, command).await,
            Effect::SendLetter { letter, to } => match to {
                Recipient::RoleIn {
                    organization,
                    role,
                    except,
                } => self.expand(*organization, *role, except).await,
                Recipient::Account { account } => match self.person(*account).await {
                    Ok(person) => self.send(pending, letter, &person).await,
                    Err(verdict) => Err(verdict),
                },
                Recipient::Address {
                    email,
                    name,
                    locale,
                } => {
                    let person = Person {
                        email: email.clone(),
                        name: name.clone(),
                        locale: *locale,
                    };
                    self.send(pending, letter, &person).await
                }
            },
        };
        match done {
            Ok(verdict) | Err(verdict) => verdict,
        }
    }

    async fn deliver(
        &self,
        pending: &PendingEffect,
        to: AggregateId,
        command: &Command,
    ) -> Result<Verdict, Verdict> {
        let effect = pending.id.effect;
        let submission = Submission {
            command_id: effect.command_id(),
            aggregate: to,
            expected_version: None,
            actor: Actor::message(effect),
            command: command.clone(),
        };
        match self.messages.submit(submission).await {
            Ok(_) => Ok(Verdict::Done),
            Err(Refusal::Rejected(rejection)) => Err(Verdict::Stopped(Trouble::MessageRefused {
                rejection: Box::new(rejection),
            })),
            Err(Refusal::Fault(Fault::Closing)) => Err(Verdict::LeftForLater),
            Err(Refusal::Fault(Fault::Mistake)) => Err(Verdict::Failed(Trouble::Mistake)),
            Err(Refusal::Fault(fault @ (Fault::Store(_) | Fault::Elsewhere { .. }))) => {
                Err(store_not_ready(&fault))
            }
        }
    }

    /// Whom a letter to a role goes to.
    async fn expand(
        &self,
        organization: OrganizationId,
        role: Role,
        except: &BTreeSet<AccountId>,
    ) -> Result<Verdict, Verdict> {
        let nobody = || Verdict::Stopped(Trouble::NobodyToWriteTo { role });
        let Some(State::Organization(organization)) = self.state(organization.into()).await? else {
            return Err(nobody());
        };
        let mut reached = Vec::new();
        for account in organization.holders_of(role) {
            if self.person(account).await.is_ok() {
                reached.push(account);
            }
        }
        if reached.is_empty() {
            return Err(nobody());
        }
        reached.retain(|account| !except.contains(account));
        if reached.is_empty() {
            return Ok(Verdict::Done);
        }
        let recipients = reached.into_iter();
        let recipients = recipients.map(|account| Recipient::Account { account });
        Ok(Verdict::Expanded(recipients.collect()))
    }

    async fn person(&self, account: AccountId) -> Result<Person, Verdict> {
        match self.state(account.into()).await? {
            Some(State::Account(account)) if account.is_open() => Ok(Person {
                name: account.name_in(account.locale).clone(),
                email: account.email,
                locale: account.locale,
            }),
            Some(_) | None => Err(Verdict::Stopped(Trouble::AccountNotReachable)),
        }
    }

    async fn state(&self, id: AggregateId) -> Result<Option<State>, Verdict> {
        match self.store.load(id).await {
            Ok(loaded) => Ok(loaded.map(|loaded| loaded.state.clone())),
            Err(LoadError::Store(fault)) => Err(store_not_ready(&fault)),
            Err(LoadError::Broken(broken)) => Err(store_not_ready(&broken)),
        }
    }

    async fn send(
        &self,
        pending: &PendingEffect,
        letter: &Letter,
        person: &Person,
    ) -> Result<Verdict, Verdict> {
        let setting = Setting {
            name: &person.name,
            locale: person.locale,
            base_url: &self.base_url,
            key: &self.key,
            sender: &self.from.name,
        };
        let id = pending.id.to_string();
        let rendered = render(letter, &setting).map_err(Verdict::Stopped)?;
        let draft = Draft {
            id: &id,
            from: &self.from,
            to: &person.email,
            name: &person.name,
            locale: person.locale,
            at: self.clock.now(),
            letter: &rendered,
        };
        let post = Post::compose(&draft).map_err(Verdict::Stopped)?;
        let outcome = self.transport.send(&post).await;
        let (letter, to) = (&id, &person.email);
        match &outcome {
            Outcome::Sent => tracing::info!(letter, %to, "sent a letter"),
            Outcome::Transient(trouble) | Outcome::Unknown(trouble) => {
                tracing::warn!(letter, %to, code = trouble.code(), "a letter was not sent; it is tried again");
            }
            Outcome::Permanent(trouble) => {
                tracing::warn!(letter, %to, code = trouble.code(), "a letter was refused");
            }
        }
        match outcome {
            Outcome::Sent => Ok(Verdict::Done),
            Outcome::Transient(trouble) | Outcome::Unknown(trouble) => {
                Err(Verdict::Failed(trouble))
            }
            Outcome::Permanent(trouble) => Err(Verdict::Stopped(trouble)),
        }
    }
}

fn store_not_ready(fault: &dyn std::fmt::Display) -> Verdict {
    Verdict::Failed(Trouble::StoreNotReady {
        detail: fault.to_string(),
    })
}
