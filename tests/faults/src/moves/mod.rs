//! What random people do: mostly what makes sense where things stand, sometimes not at all.

mod case;
mod children;
mod form;
mod kinds;
mod registers;

pub use kinds::{KINDS, kind_of};

use crate::cast::PEOPLE;
use crate::rng::Rng;
use jiff::Timestamp;
use naru_domain::case::Case;
use naru_domain::device::Device;
use naru_domain::{
    AccountId, Actor, AggregateId, CaseId, Command, CommandId, DeviceId, LongText, ShortText,
    State, TypedId, Who,
};
use naru_store::{Reference, Submission};
use uuid::Uuid;

/// What people see when they decide what to do.
pub trait View {
    /// The state of an aggregate.
    fn state(&self, id: AggregateId) -> Option<&State>;
    /// Every aggregate, in the order of ids.
    fn ids(&self) -> Vec<AggregateId>;
    /// The time.
    fn now(&self) -> Timestamp;
    /// The pathways, calendars and questionnaires.
    fn reference(&self) -> &Reference;
    /// Which devices and cases are worked on; a new era begins when those of the last are mostly over.
    fn era(&self) -> u128 {
        0
    }
}

/// How many devices there are at most.
const DEVICES_MAX: u128 = 4;
/// How many cases there are at most.
const CASES_MAX: u128 = 5;

/// How many accounts come and go; nobody of the cast is closed.
const STRANGERS: usize = 12;

/// The id of the `n`-th device of an era.
fn device_id(era: u128, n: u128) -> DeviceId {
    DeviceId::from_uuid(Uuid::from_u128((era << 32) + 0x4000 + n))
}

/// The id of the `n`-th case of an era.
fn case_id(era: u128, n: u128) -> CaseId {
    CaseId::from_uuid(Uuid::from_u128((era << 32) + 0x5000 + n))
}

fn stranger(n: usize) -> AccountId {
    AccountId::from_uuid(Uuid::from_u128(0x6000 + u128::try_from(n).unwrap_or(0)))
}

/// Everything that people of an era look at, but for what cases spawn.
pub fn looked_at(era: u128) -> Vec<AggregateId> {
    let strangers = (0..STRANGERS).map(|n| stranger(n).into());
    let devices = (0..DEVICES_MAX).map(|n| device_id(era, n).into());
    let cases = (0..CASES_MAX).map(|n| case_id(era, n).into());
    strangers.chain(devices).chain(cases).collect()
}

/// Somebody at work.
pub struct Moves<'a> {
    view: &'a dyn View,
    rng: &'a mut Rng,
}

impl std::fmt::Debug for Moves<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Moves")
    }
}

/// What the next person does.
pub fn next(view: &dyn View, rng: &mut Rng) -> Submission {
    let mut moves = Moves { view, rng };
    let mut submission = loop {
        if let Some(submission) = moves.plausible() {
            break submission;
        }
    };
    if moves.rng.percent(12) {
        moves.spoil(&mut submission);
    }
    submission
}

impl<'a> Moves<'a> {
    fn plausible(&mut self) -> Option<Submission> {
        match self.rng.below(100) {
            0..=3 => self.account(),
            4..=6 => self.organization(),
            7..=12 => self.device(),
            13..=15 => self.open_case(),
            16..=17 => self.wake(),
            _ => self.on_a_case(),
        }
    }

    fn submission(
        &mut self,
        aggregate: impl Into<AggregateId>,
        actor: Actor,
        command: Command,
    ) -> Submission {
        let command_id = CommandId::from_uuid(self.rng.uuid());
        Submission {
            command_id,
            aggregate: aggregate.into(),
            expected_version: None,
            actor,
            command,
        }
    }

    /// “It is later than it was”, at whatever moment.
    fn wake(&mut self) -> Option<Submission> {
        let ids = self.view.ids();
        let id = *self.rng.pick(&ids)?;
        Some(self.submission(id, Actor::clock(), State::wake_command(id.kind())))
    }

    /// Makes something that does not make sense: the wrong person, the wrong thing, an old page.
    fn spoil(&mut self, submission: &mut Submission) {
        match self.rng.below(6) {
            0 => submission.expected_version = Some(u64::try_from(self.rng.below(40)).unwrap_or(0)),
            1 => {
                let same_kind: Vec<AggregateId> = self
                    .view
                    .ids()
                    .into_iter()
                    .filter(|id| id.kind() == submission.aggregate.kind())
                    .collect();
                if let Some(other) = self.rng.pick(&same_kind) {
                    submission.aggregate = *other;
                }
            }
            2 => {
                let ids = self.view.ids();
                if let Some(other) = self.rng.pick(&ids) {
                    submission.aggregate = *other;
                }
            }
            3 => submission.actor = Actor::machine(),
            4 if submission.actor.who != Who::Clock => {
                submission.actor = Actor {
                    who: Who::Guest(TypedId::from_uuid(self.rng.uuid())),
                    ..Actor::machine()
                };
            }
            _ => {
                if let Some(person) = self.rng.pick(PEOPLE) {
                    submission.actor = person.actor();
                }
            }
        }
    }

    fn devices(&self) -> Vec<&'a Device> {
        let view = self.view;
        (0..DEVICES_MAX)
            .filter_map(|n| match view.state(device_id(view.era(), n).into()) {
                Some(State::Device(device)) => Some(&**device),
                Some(_) | None => None,
            })
            .collect()
    }

    fn cases(&self) -> Vec<&'a Case> {
        let view = self.view;
        (0..CASES_MAX)
            .filter_map(|n| match view.state(case_id(view.era(), n).into()) {
                Some(State::Case(case)) => Some(&**case),
                Some(_) | None => None,
            })
            .collect()
    }

    fn short(&mut self) -> ShortText {
        let words = [
            "심전도",
            "ECG patch",
            "사용적합성",
            "protocol",
            "휴대용",
            "2차",
            "Ümläut",
            "👩‍⚕️",
        ];
        let mut text = String::new();
        for _ in 0..=self.rng.below(3) {
            text.push_str(self.rng.pick(&words).unwrap_or(&"x"));
            text.push(' ');
        }
        text.push_str(&self.rng.below(1000).to_string());
        text.parse().expect("a short text")
    }

    /// Mostly a sentence, sometimes pages.
    fn long(&mut self) -> LongText {
        let pages = self.rng.percent(3);
        let max = if pages { 15_000 } else { 200 };
        self.text(max).parse().expect("a long text")
    }

    /// Up to so many characters.
    fn text(&mut self, max: usize) -> String {
        let n = 1 + self.rng.below(max);
        let pattern = ["가나다라 ", "evidence ", "시험책임자는 ", "as planned.\n"];
        let piece = self.rng.pick(&pattern).copied().unwrap_or("x");
        let text: String = piece.chars().cycle().take(n).collect();
        let text = text.trim();
        if text.is_empty() {
            "x".to_owned()
        } else {
            text.to_owned()
        }
    }
}
