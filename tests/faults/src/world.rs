//! The pure core without a store: states in memory, messages that wait, and a watch over what must always hold.

mod invariants;

use crate::moves::View;
use jiff::Timestamp;
use naru_domain::account::AccountEvent;
use naru_domain::calendar::Calendars;
use naru_domain::feedback::Questionnaires;
use naru_domain::pathway::Catalog;
use naru_domain::{
    AccountId, Actor, AggregateId, CommandId, CommonRejection, Context, Effect, EffectId,
    EmailAddress, Event, Rejection, State, account::AccountRejection,
};
use naru_store::{Reference, Submission};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What ships with the product.
pub fn shipped() -> Arc<Reference> {
    let calendars = Calendars::shipped();
    let questionnaires = Questionnaires::shipped().expect("the shipped questionnaires are right");
    let names: BTreeSet<String> = questionnaires
        .all()
        .map(|questionnaire| questionnaire.id.clone())
        .collect();
    let pathways = Catalog::shipped(&calendars, &names).expect("the shipped pathways are right");
    Arc::new(Reference {
        calendars,
        pathways,
        questionnaires,
    })
}

/// A mistake planted in the world, which its watch must find.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flaw {
    /// None.
    #[default]
    None,
    /// One message is never delivered.
    LosesAMessage,
    /// A command that comes twice is carried out twice.
    CarriesOutTwice,
    /// One wake-up in a while is forgotten.
    SkipsAWakeUp,
    /// After a crash the last event of an aggregate is missing.
    ForgetsOnCrash,
    /// One event in a while is stored other than it was decided.
    StoresSomethingElse,
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It was carried out; the version after it.
    Accepted(u64),
    /// A rule says no.
    Rejected(Rejection),
}

/// An aggregate: its history as it is stored, and its state.
#[derive(Clone, Debug)]
struct Held {
    state: State,
    history: Vec<String>,
}

/// A world of aggregates.
#[derive(Debug)]
pub struct World {
    reference: Arc<Reference>,
    now: Timestamp,
    flaw: Flaw,
    aggregates: BTreeMap<AggregateId, Held>,
    answers: BTreeMap<CommandId, ([u8; 32], Answer)>,
    emails: BTreeMap<EmailAddress, AccountId>,
    effects: BTreeSet<EffectId>,
    waiting: Vec<(EffectId, AggregateId, Box<naru_domain::Command>)>,
    delivered: Vec<(EffectId, AggregateId, Box<naru_domain::Command>)>,
    letters: usize,
    wake_ups: usize,
    events: usize,
    log: Sha256,
}

impl View for World {
    fn state(&self, id: AggregateId) -> Option<&State> {
        self.aggregates.get(&id).map(|held| &held.state)
    }

    fn ids(&self) -> Vec<AggregateId> {
        self.aggregates.keys().copied().collect()
    }

    fn now(&self) -> Timestamp {
        self.now
    }

    fn reference(&self) -> &Reference {
        &self.reference
    }
}

/// Something that must always hold does not.
pub type Broken = String;

impl World {
    /// An empty world on a Monday morning.
    pub fn new(reference: Arc<Reference>, flaw: Flaw) -> Self {
        Self {
            reference,
            now: "2026-03-02T00:00:00Z".parse().expect("a timestamp"),
            flaw,
            aggregates: BTreeMap::new(),
            answers: BTreeMap::new(),
            emails: BTreeMap::new(),
            effects: BTreeSet::new(),
            waiting: Vec::new(),
            delivered: Vec::new(),
            letters: 0,
            wake_ups: 0,
            events: 0,
            log: Sha256::new(),
        }
    }

    /// Moves the clock, forward or back.
    pub fn advance(&mut self, by: jiff::SignedDuration) {
        self.now = self.now.checked_add(by).unwrap_or(self.now);
    }

    /// How many events there are.
    pub fn n_events(&self) -> usize {
        self.events
    }

    /// How many letters were to be sent.
    pub fn n_letters(&self) -> usize {
        self.letters
    }

    /// How many wake-ups were carried out.
    pub fn n_wake_ups(&self) -> usize {
        self.wake_ups
    }

    /// How many messages wait.
    pub fn n_waiting(&self) -> usize {
        self.waiting.len()
    }

    /// How many messages have arrived.
    pub fn n_delivered(&self) -> usize {
        self.delivered.len()
    }

    /// The hash of everything that ever happened.
    pub fn digest(&self) -> String {
        self.log
            .clone()
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// The version of an aggregate.
    pub fn version(&self, id: AggregateId) -> u64 {
        self.aggregates.get(&id).map_or(0, |held| {
            u64::try_from(held.history.len()).unwrap_or(u64::MAX)
        })
    }

    /// The `n`-th of the messages that wait, as the engine submits it; they may be delivered in any order between different pairs, but one
    /// aggregate's messages to another arrive in the order they were sent.
    pub fn message(&self, n: usize) -> Option<Submission> {
        let (chosen, to, _) = self.waiting.get(n)?;
        let first = self
            .waiting
            .iter()
            .find(|(id, target, _)| id.aggregate == chosen.aggregate && target == to)?;
        Some(submission_of(first))
    }

    /// The `n`-th of the messages that have arrived, once more.
    pub fn message_again(&self, n: usize) -> Option<Submission> {
        self.delivered.get(n).map(submission_of)
    }

    /// Aggregates whose wake-up is due.
    pub fn due(&self) -> Vec<AggregateId> {
        let is_due = |held: &Held| held.state.next_wakeup().is_some_and(|at| at <= self.now);
        self.aggregates
            .iter()
            .filter(|(_, held)| is_due(held))
            .map(|(id, _)| *id)
            .collect()
    }

    /// Tells an aggregate that it is later; whatever was due then must be done.
    pub fn wake(&mut self, id: AggregateId, command_id: CommandId) -> Result<(), Broken> {
        self.wake_ups += 1;
        if self.flaw == Flaw::SkipsAWakeUp && self.wake_ups.is_multiple_of(7) {
            return Ok(());
        }
        let submission = Submission {
            command_id,
            aggregate: id,
            expected_version: None,
            actor: Actor::clock(),
            command: State::wake_command(id.kind()),
        };
        match self.submit(&submission)? {
            Answer::Accepted(_) => Ok(()),
            Answer::Rejected(rejection) => {
                Err(format!("{id} refused to wake: {}", rejection.code()))
            }
        }
    }

    /// No wake-up that is due may be left after all were woken.
    pub fn check_nothing_due(&self) -> Result<(), Broken> {
        match self.due().first() {
            None => Ok(()),
            Some(id) => Err(format!("{id} is still due after it was woken")),
        }
    }

    /// Everything in memory is lost; what was stored is read again.
    pub fn crash(&mut self) -> Result<(), Broken> {
        let forgets = self.flaw == Flaw::ForgetsOnCrash;
        for (id, held) in &mut self.aggregates {
            let n = held.history.len() - usize::from(forgets && 1 < held.history.len());
            let replayed = invariants::replayed(*id, &held.history[..n])?;
            if replayed != held.state {
                return Err(format!("{id} is not the same after a crash"));
            }
            held.state = replayed;
        }
        Ok(())
    }

    /// Carries out a command as the committer does, and checks that everything that must hold still does.
    pub fn submit(&mut self, submission: &Submission) -> Result<Answer, Broken> {
        let print = fingerprint(submission);
        let kept = submission.actor.who != naru_domain::Who::Clock;
        if kept
            && self.flaw != Flaw::CarriesOutTwice
            && let Some((first, answer)) = self.answers.get(&submission.command_id)
        {
            return Ok(if *first == print {
                answer.clone()
            } else {
                Answer::Rejected(CommonRejection::CommandIdReused.into())
            });
        }
        let answer = match self.decide(submission) {
            Ok(events) => {
                self.append(submission, &events)?;
                Answer::Accepted(self.version(submission.aggregate))
            }
            Err(rejection) => Answer::Rejected(rejection),
        };
        if kept {
            self.answers
                .entry(submission.command_id)
                .or_insert((print, answer.clone()));
        }
        self.note_delivery(submission, &answer);
        Ok(answer)
    }

    fn decide(&self, submission: &Submission) -> Result<Vec<Event>, Rejection> {
        let version = self.version(submission.aggregate);
        match submission.expected_version {
            Some(expected) if version == 0 && expected != 0 => {
                return Err(CommonRejection::NotFound.into());
            }
            Some(expected) if expected != version => {
                return Err(CommonRejection::Conflict {
                    expected,
                    actual: version,
                }
                .into());
            }
            Some(_) | None => {}
        }
        let context = Context {
            now: self.now,
            actor: &submission.actor,
            aggregate: submission.aggregate,
            command_id: submission.command_id,
            calendars: &self.reference.calendars,
            pathways: &self.reference.pathways,
            questionnaires: &self.reference.questionnaires,
        };
        let state = self.state(submission.aggregate);
        let events = State::decide(submission.aggregate, state, &submission.command, &context)?;
        for event in &events {
            if let Event::Account(AccountEvent::Opened { email, account, .. }) = event
                && self.emails.get(email).is_some_and(|owner| owner != account)
            {
                return Err(AccountRejection::EmailTaken.into());
            }
        }
        Ok(events)
    }

    fn append(&mut self, submission: &Submission, events: &[Event]) -> Result<(), Broken> {
        let id = submission.aggregate;
        let before = self.aggregates.get(&id).map(|held| held.state.clone());
        for event in events {
            self.events += 1;
            let mut json = event.to_json().map_err(|problem| problem.to_string())?;
            if self.flaw == Flaw::StoresSomethingElse && self.events.is_multiple_of(97) {
                json = json.replace("00", "01");
            }
            let held = self.aggregates.remove(&id);
            let (state, mut history) =
                held.map_or((None, Vec::new()), |held| (Some(held.state), held.history));
            let stored = Event::from_json(id.kind(), &json)
                .map_err(|problem| format!("{id}: {problem}: {json}"))?;
            if stored != *event {
                return Err(format!(
                    "{id}: what is stored reads as another event: {json}"
                ));
            }
            let state = State::evolve(state, event).map_err(|broken| broken.to_string())?;
            let version = u64::try_from(history.len()).unwrap_or(u64::MAX) + 1;
            for (position, effect) in (0_u32..).zip(state.effects(event)) {
                invariants::effect(&state, &effect)?;
                self.add_effect(
                    EffectId {
                        aggregate: id,
                        version,
                        position,
                    },
                    effect,
                )?;
            }
            self.write_log(submission, version, &json);
            if let Event::Account(account) = event {
                self.note_account(account, &state);
            }
            history.push(json);
            self.aggregates.insert(id, Held { state, history });
        }
        match self.aggregates.get(&id) {
            Some(held) if !events.is_empty() => {
                invariants::step(&self.reference, before.as_ref(), &held.state, submission)
            }
            Some(_) | None => Ok(()),
        }
    }

    fn add_effect(&mut self, id: EffectId, effect: Effect) -> Result<(), Broken> {
        if !self.effects.insert(id) {
            return Err(format!("the effect {id} came twice"));
        }
        match effect {
            Effect::Deliver { to, command } => {
                let lost =
                    self.flaw == Flaw::LosesAMessage && self.effects.len().is_multiple_of(11);
                if !lost {
                    self.waiting.push((id, to, command));
                }
            }
            Effect::SendLetter { .. } => self.letters += 1,
        }
        Ok(())
    }

    fn note_account(&mut self, event: &AccountEvent, state: &State) {
        let State::Account(account) = state else {
            return;
        };
        match event {
            AccountEvent::Opened { email, .. } => {
                self.emails.insert(email.clone(), account.id);
            }
            AccountEvent::Closed { .. } => {
                self.emails.remove(&account.email);
            }
            AccountEvent::Renamed { .. }
            | AccountEvent::LocaleChanged { .. }
            | AccountEvent::TokenIssued { .. }
            | AccountEvent::TokenRevoked { .. }
            | AccountEvent::SignInLinkRequested { .. }
            | AccountEvent::SignInLinkUsed { .. } => {}
        }
    }

    fn note_delivery(&mut self, submission: &Submission, answer: &Answer) {
        let naru_domain::Who::Message(effect) = submission.actor.who else {
            return;
        };
        if let (Answer::Accepted(_), Some(n)) = (
            answer,
            self.waiting.iter().position(|(id, ..)| *id == effect),
        ) {
            let message = self.waiting.remove(n);
            self.delivered.push(message);
        }
    }

    /// Every message that was ever sent has arrived.
    pub fn check_all_delivered(&self) -> Result<(), Broken> {
        if let Some((id, to, command)) = self.waiting.first() {
            return Err(format!(
                "the message {id} to {to} never arrived: {command:?}"
            ));
        }
        for (id, held) in &self.aggregates {
            let mut state = None;
            for (version, json) in (1_u64..).zip(&held.history) {
                let event =
                    Event::from_json(id.kind(), json).map_err(|problem| problem.to_string())?;
                let next = State::evolve(state, &event).map_err(|broken| broken.to_string())?;
                for (position, effect) in (0_u32..).zip(next.effects(&event)) {
                    let effect_id = EffectId {
                        aggregate: *id,
                        version,
                        position,
                    };
                    if matches!(effect, Effect::Deliver { .. })
                        && !self.answers.contains_key(&effect_id.command_id())
                    {
                        return Err(format!("the message {effect_id} was never delivered"));
                    }
                }
                state = Some(next);
            }
        }
        invariants::children(self)
    }

    fn write_log(&mut self, submission: &Submission, version: u64, json: &str) {
        let actor = serde_json::to_string(&submission.actor).unwrap_or_default();
        for part in [
            &submission.aggregate.to_string(),
            &version.to_string(),
            &self.now.to_string(),
            &actor,
            json,
        ] {
            self.log.update(part.as_bytes());
            self.log.update([0]);
        }
    }
}

fn submission_of(
    (effect, to, command): &(EffectId, AggregateId, Box<naru_domain::Command>),
) -> Submission {
    Submission {
        command_id: effect.command_id(),
        aggregate: *to,
        expected_version: None,
        actor: Actor::message(*effect),
        command: (**command).clone(),
    }
}

fn fingerprint(submission: &Submission) -> [u8; 32] {
    let content = (
        submission.aggregate,
        submission.expected_version,
        &submission.actor.who,
        &submission.command,
    );
    Sha256::digest(serde_json::to_vec(&content).unwrap_or_default()).into()
}
