//! Long random stories, written down as the commands that make them up: people, messages and wake-ups, in an order in which all of it
//! makes sense. The suites put them through the product's own store.

use crate::cast;
use crate::moves::{self, kind_of};
use crate::rng::Rng;
use crate::world::{Answer, Flaw, World, shipped};
use jiff::{SignedDuration, Timestamp};
use naru_domain::{CommandId, TypedId};
use naru_store::Submission;
use std::collections::BTreeMap;

/// A command, and the time at which it was given.
#[derive(Clone, Debug)]
pub struct Line {
    /// When.
    pub at: Timestamp,
    /// What.
    pub submission: Submission,
    /// What the pure core answers.
    pub answer: Answer,
}

/// A story of at least so many commands.
pub fn story(seed: u64, n: usize) -> Vec<Line> {
    let mut teller = Teller::new(seed);
    while teller.lines.len() < n {
        teller.go_on();
    }
    teller.lines
}

/// For every kind of command that changes anything, a story that ends with one that was accepted, as the number of lines of `story`.
pub fn every_kind(seed: u64) -> (Vec<Line>, BTreeMap<&'static str, usize>) {
    let mut teller = Teller::new(seed);
    let mut found = BTreeMap::new();
    let mut seen = 0;
    // Long enough that what is missing then is missing for a reason, which the caller looks at.
    while teller.lines.len() < 6_000 && found.len() < moves::KINDS.len() {
        teller.go_on();
        for (n, line) in teller.lines.iter().enumerate().skip(seen) {
            if line.changes() {
                found.entry(kind_of(&line.submission.command)).or_insert(n);
            }
        }
        seen = teller.lines.len();
    }
    (teller.lines, found)
}

impl Line {
    /// Whether it was accepted.
    pub fn is_accepted(&self) -> bool {
        matches!(self.answer, Answer::Accepted(_))
    }

    fn changes(&self) -> bool {
        self.is_accepted()
    }
}

struct Teller {
    world: World,
    rng: Rng,
    lines: Vec<Line>,
}

impl Teller {
    fn new(seed: u64) -> Self {
        let mut teller = Self {
            world: World::new(shipped(), Flaw::None),
            rng: Rng::new(seed),
            lines: Vec::new(),
        };
        for submission in cast::setup() {
            teller.say(submission);
        }
        teller
    }

    fn go_on(&mut self) {
        match self.rng.below(100) {
            0..=19 => {
                let hours = i64::try_from(self.rng.below(30)).unwrap_or(0);
                self.world.advance(SignedDuration::from_hours(hours));
                for id in self.world.due() {
                    let command_id = CommandId::from_uuid(self.rng.uuid());
                    let command = naru_domain::State::wake_command(id.kind());
                    let actor = naru_domain::Actor::clock();
                    self.say(Submission {
                        command_id,
                        aggregate: id,
                        expected_version: None,
                        actor,
                        command,
                    });
                }
            }
            20..=44 => {
                if let Some(message) = self.world.message(0) {
                    self.say(message);
                }
            }
            _ => {
                let submission = moves::next(&self.world, &mut self.rng);
                self.say(submission);
            }
        }
    }

    fn say(&mut self, submission: Submission) {
        use crate::moves::View;
        let answer = self
            .world
            .submit(&submission)
            .expect("the pure core holds what it must");
        self.lines.push(Line {
            at: self.world.now(),
            submission,
            answer,
        });
    }
}
