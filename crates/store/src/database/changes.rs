//! What changes in the index tables, whichever database they are in.

use crate::index::{Rows, Table};
use std::collections::BTreeMap;

/// The rows to delete and to write, table by table, each list one JSON array.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub(crate) deletes: BTreeMap<Table, String>,
    pub(crate) upserts: BTreeMap<Table, String>,
}

impl Changes {
    /// Adds what must happen for `before` to become `after`.
    pub(crate) fn add(&mut self, before: &Rows, after: &Rows) {
        for (place, row) in after {
            if before.get(place) != Some(row) {
                push(self.upserts.entry(place.0).or_default(), row);
            }
        }
        for place in before.keys() {
            if !after.contains_key(place) {
                push(self.deletes.entry(place.0).or_default(), &place.1);
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.deletes.is_empty() && self.upserts.is_empty()
    }
}

fn push(list: &mut String, item: &str) {
    list.push(if list.is_empty() { '[' } else { ',' });
    list.push_str(item);
}
