//! For tests: given events, when a command comes, then events or a rejection.

use crate::calendar::Calendars;
use crate::feedback::Questionnaires;
use crate::pathway::Catalog;
use crate::{
    AccountId, Actor, Aggregate, AggregateId, Channel, CommandId, Context, Effect, Membership,
    OrganizationId, Role, TypedId, Who,
};
use jiff::Timestamp;
use std::fmt::Debug;
use uuid::Uuid;

/// The id with this number.
pub(crate) fn id<T: TypedId>(number: u128) -> T {
    T::from_uuid(Uuid::from_u128(number))
}

/// A checked text.
pub(crate) fn text<T: std::str::FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

/// A moment.
pub(crate) fn at(moment: &str) -> Timestamp {
    moment.parse().unwrap()
}

/// When commands are decided unless a test says otherwise.
pub(crate) const NOW: &str = "2026-03-03T00:00:00Z";

/// A person with an account and these roles.
pub(crate) fn person(account: u128, roles: &[(OrganizationId, Role)]) -> Actor {
    Actor {
        who: Who::Account(id::<AccountId>(account)),
        memberships: roles
            .iter()
            .map(|(organization, role)| Membership {
                organization: *organization,
                role: *role,
            })
            .collect(),
        on_behalf_of: None,
        channel: Channel::Api,
    }
}

/// An aggregate with a history.
pub(crate) struct Given<A> {
    id: AggregateId,
    pub(crate) state: Option<A>,
    commands: u128,
    now: Timestamp,
    calendars: Calendars,
    pathways: Catalog,
    questionnaires: Questionnaires,
    /// What the world must do because of the last command that was accepted.
    pub(crate) effects: Vec<Effect>,
}

/// The aggregate after these events.
pub(crate) fn given<A: Aggregate>(id: impl Into<AggregateId>, events: &[A::Event]) -> Given<A> {
    let state = events
        .iter()
        .fold(None, |state, event| Some(A::evolve(state, event).unwrap()));
    Given {
        id: id.into(),
        state,
        commands: 0,
        now: at(NOW),
        calendars: Calendars::default(),
        pathways: Catalog::default(),
        questionnaires: Questionnaires::default(),
        effects: Vec::new(),
    }
}

impl<A: Aggregate + Clone + Debug> Given<A> {
    /// Moves the clock.
    pub(crate) fn at(mut self, moment: Timestamp) -> Self {
        self.now = moment;
        self
    }

    /// Moves the clock of an aggregate that is in use.
    pub(crate) fn set_now(&mut self, moment: Timestamp) {
        self.now = moment;
    }

    /// With the shipped calendars and questionnaires, and these pathways.
    pub(crate) fn with(mut self, pathways: Catalog) -> Self {
        self.calendars = Calendars::shipped();
        self.questionnaires = Questionnaires::shipped().unwrap();
        self.pathways = pathways;
        self
    }

    /// What is decided, without changing the state.
    pub(crate) fn when(
        &self,
        command: &A::Command,
        actor: &Actor,
    ) -> Result<Vec<A::Event>, A::Rejection> {
        let context = Context {
            now: self.now,
            actor,
            aggregate: self.id,
            command_id: id::<CommandId>(1_000 + self.commands),
            calendars: &self.calendars,
            pathways: &self.pathways,
            questionnaires: &self.questionnaires,
        };
        A::decide(self.state.as_ref(), command, &context)
    }

    /// Decides and folds; the events, or nothing when it is refused. What is decided must fold.
    pub(crate) fn submit(&mut self, command: &A::Command, actor: &Actor) -> Option<Vec<A::Event>> {
        self.try_submit(command, actor).ok()
    }

    /// Decides and folds; the events, or why not.
    pub(crate) fn try_submit(
        &mut self,
        command: &A::Command,
        actor: &Actor,
    ) -> Result<Vec<A::Event>, A::Rejection> {
        self.commands += 1;
        let events = self.when(command, actor)?;
        self.effects.clear();
        for event in &events {
            let state = A::evolve(self.state.take(), event).unwrap();
            self.effects.extend(state.effects(event));
            self.state = Some(state);
        }
        Ok(events)
    }

    /// The state, which must be there.
    pub(crate) fn state(&self) -> &A {
        self.state.as_ref().unwrap()
    }
}
