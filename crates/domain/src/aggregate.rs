//! The one shape every aggregate has.

use crate::{AggregateId, Context, Effect};
use jiff::Timestamp;

/// A unit of consistency: commands go in, events come out, and the state is the fold of the events.
pub trait Aggregate: Sized {
    /// What someone wants.
    type Command;
    /// What happened.
    type Event;
    /// Why not.
    type Rejection;

    /// The events that follow from `command` in `state`, or why it is refused. An empty list means: allowed, and nothing changes.
    fn decide(
        state: Option<&Self>,
        command: &Self::Command,
        context: &Context<'_>,
    ) -> Result<Vec<Self::Event>, Self::Rejection>;

    /// The state after `event`.
    fn evolve(state: Option<Self>, event: &Self::Event) -> Result<Self, BrokenHistory>;

    /// What the world must do because of `event`; `self` is the state after it.
    fn effects(&self, event: &Self::Event) -> Vec<Effect>;

    /// When time passing next matters. A wake-up that comes late, twice or for nothing changes nothing.
    fn next_wakeup(&self) -> Option<Timestamp>;
}

/// The stored events of one aggregate do not fold: an incident for the operator. That aggregate stops, the process does not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the history of {aggregate} cannot continue with {found}")]
pub struct BrokenHistory {
    /// Which aggregate, as far as it is known.
    pub aggregate: String,
    /// What was found where it cannot be.
    pub found: String,
}

impl BrokenHistory {
    /// A history of `aggregate` that cannot continue with `found`.
    pub fn new(aggregate: impl Into<Option<AggregateId>>, found: impl Into<String>) -> Self {
        Self {
            aggregate: aggregate
                .into()
                .map_or_else(|| "a new aggregate".to_owned(), |id| id.to_string()),
            found: found.into(),
        }
    }
}
