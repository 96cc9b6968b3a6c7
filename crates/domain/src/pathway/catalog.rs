//! The pathways a decision can look up.

use super::{Pathway, PathwayHash, PathwayId};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Every published pathway by content hash, and the newest version of each name.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    by_hash: BTreeMap<PathwayHash, Arc<Pathway>>,
    newest: BTreeMap<PathwayId, PathwayHash>,
}

impl Catalog {
    /// Adds a checked pathway under its hash; the highest version of a name is its newest.
    pub fn publish(&mut self, hash: PathwayHash, pathway: Pathway) {
        let newer = self
            .newest(&pathway.id)
            .is_none_or(|(_, known)| known.version <= pathway.version);
        if newer {
            self.newest.insert(pathway.id.clone(), hash.clone());
        }
        self.by_hash.insert(hash, Arc::new(pathway));
    }

    /// The pathway with this content.
    pub fn by_hash(&self, hash: &PathwayHash) -> Option<&Arc<Pathway>> {
        self.by_hash.get(hash)
    }

    /// The newest version of a pathway.
    pub fn newest(&self, id: &PathwayId) -> Option<(&PathwayHash, &Arc<Pathway>)> {
        let hash = self.newest.get(id)?;
        self.by_hash.get(hash).map(|pathway| (hash, pathway))
    }

    /// The newest version of every pathway, by name.
    pub fn all_newest(&self) -> impl Iterator<Item = (&PathwayHash, &Arc<Pathway>)> {
        self.newest.keys().filter_map(|id| self.newest(id))
    }
}
