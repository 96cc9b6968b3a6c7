//! Every aggregate in memory, with messages delivered between them, letters collected and a clock that jumps: no store, no engine.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use naru_domain::calendar::Calendars;
use naru_domain::feedback::Questionnaires;
use naru_domain::pathway::Catalog;
use naru_domain::{
    Actor, AggregateId, Command, CommandId, Context, Effect, EffectId, Event, Recipient, Rejection,
    State, TypedId,
};
use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use uuid::Uuid;

/// Steps after which the clock is said to stand still.
const STEPS_MAX: u32 = 10_000;

/// One aggregate: its state and everything that happened to it.
#[derive(Debug, Default)]
pub struct Entry {
    /// The fold of the history.
    pub state: Option<State>,
    /// What happened.
    pub history: Vec<Event>,
}

/// Every aggregate, the time, and what was seen of it all.
#[derive(Debug)]
pub struct World {
    /// What time it is.
    pub now: Timestamp,
    /// The shipped calendars.
    pub calendars: Calendars,
    /// The shipped questionnaires.
    pub questionnaires: Questionnaires,
    /// The shipped pathways.
    pub catalog: Catalog,
    /// The aggregates.
    pub aggregates: BTreeMap<AggregateId, Entry>,
    /// What happened, a line each, as a story's transcript shows it.
    pub transcript: String,
    /// Commands of people so far.
    commands: u128,
    answered: BTreeMap<CommandId, Result<usize, &'static str>>,
}

impl World {
    /// Nothing has happened yet; it is `now`, in Seoul.
    pub fn new(now: &str) -> Self {
        let calendars = Calendars::shipped();
        let questionnaires = Questionnaires::shipped().expect("shipped questionnaires");
        let names = questionnaires.all().map(|q| q.id.clone()).collect();
        let catalog = Catalog::shipped(&calendars, &names).expect("shipped pathways");
        Self {
            now: seoul(now),
            calendars,
            questionnaires,
            catalog,
            aggregates: BTreeMap::new(),
            transcript: String::new(),
            commands: 0,
            answered: BTreeMap::new(),
        }
    }

    /// The state of an aggregate, if it exists.
    pub fn state(&self, id: AggregateId) -> Option<&State> {
        self.aggregates.get(&id)?.state.as_ref()
    }

    /// A person's command, and everything that follows from it at once. A refusal is noted.
    pub fn command(
        &mut self,
        id: impl Into<AggregateId>,
        actor: &Actor,
        command: &Command,
    ) -> Result<Vec<Event>, Rejection> {
        self.commands += 1;
        let command_id = CommandId::from_uuid(Uuid::from_u128(self.commands));
        let mut effects = VecDeque::new();
        let decided = self.submit(id.into(), actor, command, command_id, &mut effects);
        if let Err(refusal) = &decided {
            self.note(&format!("refused: {}", refusal.code()));
        }
        self.perform(effects);
        decided
    }

    /// Lets the clock jump from one wake-up to the next until `to`.
    pub fn advance(&mut self, to: Timestamp) {
        assert!(self.now <= to, "a story does not go back in time");
        for _ in 0..STEPS_MAX {
            let next = self
                .aggregates
                .iter()
                .filter_map(|(id, entry)| Some((entry.state.as_ref()?.next_wakeup()?, *id)))
                .min();
            let Some((at, id)) = next.filter(|(at, _)| *at <= to) else {
                self.now = to;
                return;
            };
            self.now = self.now.max(at);
            let before = self.transcript.len();
            let mark = format!("{} the clock\n", local(self.now));
            self.transcript.push_str(&mark);
            let wake = State::wake_command(id.kind());
            let decided = self.command(id, &Actor::clock(), &wake);
            let events =
                decided.unwrap_or_else(|refusal| panic!("a wake-up was refused: {refusal:?}"));
            if events.is_empty() {
                self.transcript.truncate(before);
            }
            let again = self.state(id).and_then(State::next_wakeup);
            assert!(
                again.is_none_or(|again| self.now < again),
                "{id} wakes for ever"
            );
        }
        panic!("the clock stands still at {}", local(self.now));
    }

    fn submit(
        &mut self,
        id: AggregateId,
        actor: &Actor,
        command: &Command,
        command_id: CommandId,
        effects: &mut VecDeque<(EffectId, Effect)>,
    ) -> Result<Vec<Event>, Rejection> {
        let context = Context {
            now: self.now,
            actor,
            aggregate: id,
            command_id,
            calendars: &self.calendars,
            pathways: &self.catalog,
            questionnaires: &self.questionnaires,
        };
        let state = self
            .aggregates
            .get(&id)
            .and_then(|entry| entry.state.as_ref());
        let events = State::decide(id, state, command, &context)?;
        for event in &events {
            let line = format!("{}: {}", id.kind().as_str(), shown(event));
            self.note(&line);
            let entry = self.aggregates.entry(id).or_default();
            let state = State::evolve(entry.state.take(), event).expect("what is decided folds");
            entry.history.push(event.clone());
            let version = entry.history.len() as u64;
            for (position, effect) in (0_u32..).zip(state.effects(event)) {
                let effect_id = EffectId {
                    aggregate: id,
                    version,
                    position,
                };
                effects.push_back((effect_id, effect));
            }
            entry.state = Some(state);
        }
        Ok(events)
    }

    /// Delivers messages, each twice: the second time its command id is known and nothing happens.
    fn perform(&mut self, mut effects: VecDeque<(EffectId, Effect)>) {
        while let Some((id, effect)) = effects.pop_front() {
            match effect {
                Effect::SendLetter { letter, to } => {
                    let json = serde_json::to_value(&letter.kind).expect("a letter is JSON");
                    let mut line = format!("letter {} → {}", word(&json["letter"]), recipient(&to));
                    if let Some(title) = &letter.stage_title {
                        let _ = write!(line, " “{}”", title.en);
                    }
                    if let Some(due) = letter.due {
                        let _ = write!(line, " by {due}");
                    }
                    self.note(&line);
                }
                Effect::Deliver { to, command } => {
                    let command_id = id.command_id();
                    assert!(
                        !self.answered.contains_key(&command_id),
                        "{id} was sent before"
                    );
                    let actor = Actor::message(id);
                    let decided = self.submit(to, &actor, &command, command_id, &mut effects);
                    if let Err(refusal) = &decided {
                        let line = format!(
                            "message to {} refused: {}",
                            to.kind().as_str(),
                            refusal.code()
                        );
                        self.note(&line);
                    }
                    let answer = decided.map(|events| events.len()).map_err(|r| r.code());
                    self.answered.insert(command_id, answer);
                }
            }
        }
    }

    /// Adds a line to the transcript.
    pub fn note(&mut self, line: &str) {
        let _ = writeln!(self.transcript, "    {line}");
    }
}

/// The moment of a local time in Seoul, such as `2026-09-21 10:00`.
pub fn seoul(text: &str) -> Timestamp {
    let local: DateTime = text.parse().expect("a local time");
    let zone = TimeZone::get("Asia/Seoul").expect("the zone of Seoul");
    zone.to_timestamp(local).expect("a moment")
}

/// The local time in Seoul.
pub fn local(at: Timestamp) -> String {
    let zone = TimeZone::get("Asia/Seoul").expect("the zone of Seoul");
    zone.to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string()
}

fn word(json: &serde_json::Value) -> String {
    json.as_str()
        .map_or_else(|| json.to_string(), str::to_owned)
}

fn recipient(to: &Recipient) -> String {
    match to {
        Recipient::RoleIn { role, .. } => role.as_str().to_owned(),
        Recipient::Account { account } => account.to_string(),
        Recipient::Address { email, .. } => email.as_str().to_owned(),
    }
}

/// What a reader of a transcript wants to know of an event, in this order.
const SHOWN: &[&str] = &[
    "stage",
    "to",
    "round",
    "owner",
    "seat",
    "approved",
    "accepted",
    "signer",
    "last",
    "remind",
    "escalate",
    "reset",
    "closed",
    "closes_on",
    "answer_by",
    "working_days",
    "consultancy",
];

fn shown(event: &Event) -> String {
    let json: serde_json::Value =
        serde_json::from_str(&event.to_json().expect("an event is JSON")).expect("JSON");
    let mut line = word(&json["event"]);
    for key in SHOWN {
        match &json[*key] {
            serde_json::Value::Null => {}
            value => {
                let _ = write!(line, " {key}={}", word(value));
            }
        }
    }
    if let Some(due) = json["schedule"]["due_on"].as_str() {
        let _ = write!(line, " due={due}");
    }
    if let Some(verdict) = json["verdict"]["verdict"].as_str() {
        let _ = write!(line, " verdict={verdict}");
    }
    if let Some(until) = json["until"].as_str() {
        let until: Timestamp = until.parse().expect("a moment");
        let _ = write!(line, " until={}", local(until));
    }
    if let Some(schedules) = json["schedules"].as_object() {
        for (stage, schedule) in schedules {
            let _ = write!(line, " {stage}:due={}", word(&schedule["due_on"]));
        }
    }
    line
}
