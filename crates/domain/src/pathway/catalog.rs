//! The pathways a decision can look up.

use super::{Pathway, PathwayHash, PathwayId, Problem, check};
use crate::calendar::Calendars;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Every published pathway by content hash, and the newest version of each name.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    by_hash: BTreeMap<PathwayHash, Arc<Pathway>>,
    newest: BTreeMap<PathwayId, PathwayHash>,
}

/// The pathway files that come with the product, by file name.
pub const SHIPPED: &[(&str, &str)] = &[
    (
        "asan-validation-platform.toml",
        include_str!("../../../../workflows/pathways/asan-validation-platform.toml"),
    ),
    (
        "samsung-joint-research.toml",
        include_str!("../../../../workflows/pathways/samsung-joint-research.toml"),
    ),
    (
        "yonsei-medtech-validation-support.toml",
        include_str!("../../../../workflows/pathways/yonsei-medtech-validation-support.toml"),
    ),
];

impl Catalog {
    /// The pathways that come with the product, checked.
    pub fn shipped(
        calendars: &Calendars,
        questionnaires: &BTreeSet<String>,
    ) -> Result<Self, Vec<Problem>> {
        let mut catalog = Self::default();
        let mut problems = Vec::new();
        for (name, text) in SHIPPED {
            match check(name, text, calendars, questionnaires) {
                Ok((hash, pathway)) => catalog.publish(hash, pathway),
                Err(found) => problems.extend(found),
            }
        }
        if problems.is_empty() {
            Ok(catalog)
        } else {
            Err(problems)
        }
    }

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

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::Locale;
    use crate::feedback::Questionnaires;
    use crate::pathway::render;

    pub(in crate::pathway) fn shipped() -> Catalog {
        let questionnaires = Questionnaires::shipped().unwrap();
        let names = questionnaires.all().map(|q| q.id.clone()).collect();
        Catalog::shipped(&Calendars::shipped(), &names).unwrap_or_else(|problems| {
            let text = |file: &str| SHIPPED.iter().find(|(name, _)| *name == file).unwrap().1;
            let shown: String = problems
                .iter()
                .map(|p| render(std::slice::from_ref(p), text(&p.file), Locale::En))
                .collect();
            panic!("{shown}")
        })
    }

    #[test]
    fn every_shipped_pathway_is_right_and_its_content_is_known() {
        let catalog = shipped();
        let known: Vec<String> = catalog
            .all_newest()
            .map(|(hash, pathway)| format!("{} {} {hash}", pathway.id, pathway.version))
            .collect();
        assert_eq!(known.len(), SHIPPED.len());
        insta::assert_snapshot!(known.join("\n"));
    }
}
