//! Which stage stands in which layer and row, and which way the lines between them take.

use crate::pathway::Pathway;
use std::collections::BTreeMap;

/// What stands in a row of a layer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Slot {
    /// The stage at this place of the pathway.
    Stage(usize),
    /// A line on its way from one stage to another, further right.
    Bend {
        from: usize,
        to: usize,
        layer: usize,
    },
}

/// The layers from left to right.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) layers: Vec<Vec<Slot>>,
    /// Per line the layers and rows it passes.
    pub(super) routes: Vec<Vec<(usize, usize)>>,
    rows: BTreeMap<Slot, (usize, usize)>,
}

/// How often the rows are sorted by what they are connected with.
const SWEEPS: usize = 6;

impl Layout {
    /// A stage stands one layer right of the last stage it needs; rows are ordered so that few lines cross.
    pub(super) fn of(pathway: &Pathway) -> Self {
        let places: BTreeMap<_, usize> = pathway
            .stages
            .iter()
            .enumerate()
            .map(|(place, stage)| (&stage.id, place))
            .collect();
        let needs: Vec<Vec<usize>> = pathway
            .stages
            .iter()
            .map(|stage| {
                stage
                    .needs
                    .iter()
                    .filter_map(|id| places.get(id).copied())
                    .collect()
            })
            .collect();
        let mut depth: Vec<usize> = Vec::new();
        for own in &needs {
            let before = own.iter().filter_map(|need| depth.get(*need));
            depth.push(before.max().map_or(0, |deepest| deepest + 1));
        }
        let ways = ways(&needs, &depth);
        let mut layers = vec![Vec::new(); depth.iter().max().map_or(0, |deepest| deepest + 1)];
        for (place, layer) in depth.iter().enumerate() {
            if let Some(slots) = layers.get_mut(*layer) {
                slots.push(Slot::Stage(place));
            }
        }
        for way in &ways {
            for (layer, slot) in way {
                if let (Slot::Bend { .. }, Some(slots)) = (slot, layers.get_mut(*layer)) {
                    slots.push(slot.clone());
                }
            }
        }
        for sweep in 0..SWEEPS {
            sort_rows(&mut layers, &ways, sweep % 2 == 0);
        }
        let rows = rows_of(&layers);
        let routes = ways
            .iter()
            .map(|way| {
                way.iter()
                    .filter_map(|(_, slot)| rows.get(slot).copied())
                    .collect()
            })
            .collect();
        Self {
            layers,
            routes,
            rows,
        }
    }

    /// The layer and row of a slot.
    pub(super) fn position(&self, slot: &Slot) -> Option<(usize, usize)> {
        self.rows.get(slot).copied()
    }
}

/// Every line: the slots it passes, with their layers.
fn ways(needs: &[Vec<usize>], depth: &[usize]) -> Vec<Vec<(usize, Slot)>> {
    let mut ways = Vec::new();
    for (to, own) in needs.iter().enumerate() {
        for from in own {
            let (Some(start), Some(end)) = (depth.get(*from), depth.get(to)) else {
                continue;
            };
            let mut way = vec![(*start, Slot::Stage(*from))];
            let from = *from;
            way.extend((start + 1..*end).map(|layer| (layer, Slot::Bend { from, to, layer })));
            way.push((*end, Slot::Stage(to)));
            ways.push(way);
        }
    }
    ways
}

fn rows_of(layers: &[Vec<Slot>]) -> BTreeMap<Slot, (usize, usize)> {
    let mut rows = BTreeMap::new();
    for (layer, slots) in layers.iter().enumerate() {
        for (row, slot) in slots.iter().enumerate() {
            rows.insert(slot.clone(), (layer, row));
        }
    }
    rows
}

/// Sorts each layer by the mean row of the neighbors on one side.
fn sort_rows(layers: &mut [Vec<Slot>], ways: &[Vec<(usize, Slot)>], from_left: bool) {
    let count = layers.len();
    for n in 1..count {
        let (layer, beside) = if from_left {
            (n, n - 1)
        } else {
            (count - 1 - n, count - n)
        };
        let Some(neighbors) = layers.get(beside) else {
            continue;
        };
        let row_of: BTreeMap<&Slot, usize> = neighbors
            .iter()
            .enumerate()
            .map(|(row, slot)| (slot, row))
            .collect();
        let mut sums: BTreeMap<Slot, (usize, usize)> = BTreeMap::new();
        for way in ways {
            for pair in way.windows(2) {
                let [(_, left), (right_layer, right)] = pair else {
                    continue;
                };
                let left_layer = right_layer - 1;
                let (own, other) = if from_left && *right_layer == layer {
                    (right, left)
                } else if !from_left && left_layer == layer {
                    (left, right)
                } else {
                    continue;
                };
                if let Some(row) = row_of.get(other) {
                    let sum = sums.entry(own.clone()).or_insert((0, 0));
                    *sum = (sum.0 + row, sum.1 + 1);
                }
            }
        }
        if let Some(slots) = layers.get_mut(layer) {
            let mut keyed: Vec<(usize, usize, Slot)> = slots
                .drain(..)
                .enumerate()
                .map(|(row, slot)| {
                    let mean = sums
                        .get(&slot)
                        .map_or(row * 1_000, |(sum, of)| sum * 1_000 / of);
                    (mean, row, slot)
                })
                .collect();
            keyed.sort();
            slots.extend(keyed.into_iter().map(|(_, _, slot)| slot));
        }
    }
}
