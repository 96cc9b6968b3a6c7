//! One enum over all aggregates, so that the store and the engines need no generics.

use crate::account::{Account, AccountCommand, AccountEvent};
use crate::case::{Case, CaseCommand, CaseEvent};
use crate::consultation::{Consultation, ConsultationCommand, ConsultationEvent};
use crate::device::{Device, DeviceCommand, DeviceEvent};
use crate::feedback::{FeedbackCommand, FeedbackEvent, FeedbackRound};
use crate::organization::{Organization, OrganizationCommand, OrganizationEvent};
use crate::study::{Study, StudyCommand, StudyEvent};
use crate::{Aggregate, AggregateId, BrokenHistory, CommonRejection, Context, Effect, Rejection};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

macro_rules! aggregates {
    ($($(#[$doc:meta])* $kind:ident: $text:literal, $state:ident, $command:ident, $event:ident;)*) => {
        /// The kinds of aggregate.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum AggregateKind { $($(#[$doc])* $kind,)* }

        impl AggregateKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];
            /// The word stored beside each event.
            pub fn as_str(self) -> &'static str { match self { $(Self::$kind => $text,)* } }
        }

        impl AggregateId {
            /// The kind of aggregate this id names.
            pub fn kind(self) -> AggregateKind { match self { $(Self::$kind(_) => AggregateKind::$kind,)* } }
        }

        /// A command to any aggregate.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "aggregate", content = "command", rename_all = "snake_case")]
        pub enum Command { $($(#[$doc])* $kind($command),)* }

        /// An event of any aggregate.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Event { $($(#[$doc])* $kind($event),)* }

        /// The state of any aggregate.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum State { $($(#[$doc])* $kind(Box<$state>),)* }

        impl Command {
            /// The kind of aggregate this command is for.
            pub fn kind(&self) -> AggregateKind { match self { $(Self::$kind(_) => AggregateKind::$kind,)* } }
        }

        impl Event {
            /// The kind of aggregate this event belongs to.
            pub fn kind(&self) -> AggregateKind { match self { $(Self::$kind(_) => AggregateKind::$kind,)* } }
            /// The JSON that is stored and hashed.
            pub fn to_json(&self) -> Result<String, serde_json::Error> {
                match self { $(Self::$kind(event) => serde_json::to_string(event),)* }
            }
            /// The event that `json` of an aggregate of `kind` means.
            pub fn from_json(kind: AggregateKind, json: &str) -> Result<Self, serde_json::Error> {
                match kind { $(AggregateKind::$kind => serde_json::from_str(json).map(Self::$kind),)* }
            }
        }

        impl State {
            /// [`Aggregate::decide`] of whichever aggregate `id` names.
            pub fn decide(id: AggregateId, state: Option<&Self>, command: &Command, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
                match (id, state, command) {
                    $(
                        (AggregateId::$kind(_), None, Command::$kind(command)) =>
                            Ok($state::decide(None, command, context)?.into_iter().map(Event::$kind).collect()),
                        (AggregateId::$kind(_), Some(Self::$kind(state)), Command::$kind(command)) =>
                            Ok($state::decide(Some(state), command, context)?.into_iter().map(Event::$kind).collect()),
                    )*
                    _ => Err(CommonRejection::NotFound.into()),
                }
            }

            /// [`Aggregate::evolve`] of whichever aggregate the event belongs to.
            pub fn evolve(state: Option<Self>, event: &Event) -> Result<Self, BrokenHistory> {
                match (state, event) {
                    $(
                        (None, Event::$kind(event)) => $state::evolve(None, event).map(|s| Self::$kind(Box::new(s))),
                        (Some(Self::$kind(state)), Event::$kind(event)) =>
                            $state::evolve(Some(*state), event).map(|s| Self::$kind(Box::new(s))),
                    )*
                    (Some(_), event) => Err(BrokenHistory::new(None, format!("an event of kind {}", event.kind().as_str()))),
                }
            }

            /// [`Aggregate::effects`] of whichever aggregate this is.
            pub fn effects(&self, event: &Event) -> Vec<Effect> {
                match (self, event) {
                    $((Self::$kind(state), Event::$kind(event)) => state.effects(event),)*
                    _ => Vec::new(),
                }
            }

            /// [`Aggregate::next_wakeup`] of whichever aggregate this is.
            pub fn next_wakeup(&self) -> Option<Timestamp> {
                match self { $(Self::$kind(state) => state.next_wakeup(),)* }
            }

            /// The command “it is now later than it was” for an aggregate of this kind.
            pub fn wake_command(kind: AggregateKind) -> Command {
                match kind { $(AggregateKind::$kind => Command::$kind($command::Wake),)* }
            }
        }
    };
}

aggregates! {
    /// A person's account.
    Account: "account", Account, AccountCommand, AccountEvent;
    /// An organization with its memberships.
    Organization: "organization", Organization, OrganizationCommand, OrganizationEvent;
    /// A device dossier.
    Device: "device", Device, DeviceCommand, DeviceEvent;
    /// A case.
    Case: "case", Case, CaseCommand, CaseEvent;
    /// A usability study.
    Study: "study", Study, StudyCommand, StudyEvent;
    /// A feedback round.
    FeedbackRound: "feedback_round", FeedbackRound, FeedbackCommand, FeedbackEvent;
    /// A consultation.
    Consultation: "consultation", Consultation, ConsultationCommand, ConsultationEvent;
}
