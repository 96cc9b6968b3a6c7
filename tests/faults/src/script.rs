//! Long random stories, written down as the commands that make them up: people, messages and wake-ups, in an order in which all of it
//! makes sense. The suites put them through the product's own store.

use crate::cast;
use crate::moves::{self, KINDS, View, kind_of};
use crate::rng::Rng;
use crate::world::{Answer, Flaw, World, shipped};
use jiff::{SignedDuration, Timestamp};
use naru_domain::{CommandId, TypedId};
use naru_store::Submission;
use std::collections::{BTreeMap, BTreeSet};

/// A command, and the time at which it was given.
#[derive(Clone, Debug)]
pub struct Line {
    /// When.
    pub at: Timestamp,
    /// What.
    pub submission: Submission,
    /// What the pure core answers.
    pub answer: Answer,
    /// Whether any event follows.
    pub changes: bool,
}

/// A story of at least so many commands.
pub fn story(seed: u64, n: usize) -> Vec<Line> {
    let mut teller = Teller::new(seed);
    while teller.lines.len() < n {
        teller.go_on();
    }
    teller.lines
}

/// Stories in which, together, every kind of command that can change anything does, each with the lines that show a kind first.
pub fn every_kind() -> Vec<(Vec<Line>, BTreeMap<usize, &'static str>)> {
    let mut found = BTreeSet::new();
    let mut stories = Vec::new();
    for seed in 0..400 {
        let story = story(seed, 700);
        let mut shown = BTreeMap::new();
        for (n, line) in story.iter().enumerate().filter(|(_, line)| line.changes) {
            let kind = kind_of(&line.submission.command);
            if found.insert(kind) {
                shown.insert(n, kind);
            }
        }
        if !shown.is_empty() {
            stories.push((story, shown));
        }
        if found.len() == KINDS.len() - NEVER_CHANGE.len() {
            break;
        }
    }
    stories
}

/// Time passing means nothing to these.
pub const NEVER_CHANGE: &[&str] = &[
    "Account.Wake",
    "Organization.Wake",
    "Device.Wake",
    "Study.Wake",
    "Consultation.Wake",
];

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
        let before = self.world.n_events();
        let answer = self
            .world
            .submit(&submission)
            .expect("the pure core holds what it must");
        self.lines.push(Line {
            at: self.world.now(),
            submission,
            answer,
            changes: before < self.world.n_events(),
        });
    }
}
