//! What one of the people who work without a pause sees before the next move.

use crate::cast;
use crate::moves::{self, View};
use anyhow::Result;
use jiff::Timestamp;
use naru_domain::{AggregateId, State};
use naru_engine::Engine;
use naru_store::{Loaded, Reference};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The states of whatever they may touch in this era.
#[derive(Debug)]
pub struct Seen {
    states: BTreeMap<AggregateId, Arc<Loaded>>,
    now: Timestamp,
    reference: Arc<Reference>,
    era: u128,
}

impl View for Seen {
    fn state(&self, id: AggregateId) -> Option<&State> {
        self.states.get(&id).map(|loaded| &loaded.state)
    }

    fn ids(&self) -> Vec<AggregateId> {
        self.states.keys().copied().collect()
    }

    fn now(&self) -> Timestamp {
        self.now
    }

    fn reference(&self) -> &Reference {
        &self.reference
    }

    fn era(&self) -> u128 {
        self.era
    }
}

/// Looks around.
pub async fn look(engine: &Engine, reference: &Arc<Reference>, era: u128) -> Result<Seen> {
    let mut states = BTreeMap::new();
    let mut ids = moves::looked_at(era);
    ids.extend(cast::houses());
    while let Some(id) = ids.pop() {
        let loaded = engine
            .store()
            .load(id)
            .await
            .map_err(|problem| anyhow::anyhow!("{problem:?}"))?;
        let Some(loaded) = loaded else { continue };
        if let State::Case(case) = &loaded.state {
            ids.extend(case.children().map(|(_, child)| child));
        }
        states.insert(id, loaded);
    }
    Ok(Seen {
        states,
        now: engine.clock().now(),
        reference: Arc::clone(reference),
        era,
    })
}
