//! Which stage waits for which.

use super::pieces::shortened;
use crate::pathway::file::{FieldBody, PathwayFile, StageBody, StageFile, TypeName};
use crate::pathway::problem::{Lines, Problems};
use crate::pathway::wrong::{Nearest, Wrong};
use std::collections::{BTreeMap, BTreeSet};

/// A field that conditions can look at.
#[derive(Clone, Debug)]
pub(super) struct FieldInfo {
    pub(super) type_name: TypeName,
    pub(super) options: Vec<String>,
    /// Its place in the form.
    pub(super) place: usize,
}

/// What is known of a stage from outside.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) kind: &'static str,
    /// The places of the stages it needs.
    needs: Vec<usize>,
    /// The places of every stage that is over before it opens.
    pub(super) before: BTreeSet<usize>,
    pub(super) fields: BTreeMap<String, FieldInfo>,
}

/// The stages by their place in the file.
#[derive(Clone, Debug, Default)]
pub(super) struct Graph {
    nodes: Vec<Node>,
    by_name: BTreeMap<String, usize>,
    order: Vec<usize>,
    /// Whether a name is missing or used twice, so that what follows from `needs` is not certain.
    uncertain: bool,
}

impl Graph {
    /// The graph of a file, with every problem it has.
    pub(super) fn of(file: &PathwayFile, lines: &Lines<'_>, problems: &mut Problems) -> Self {
        let stages = file.stages.get().map_or(&[][..], |stages| &stages.value);
        let mut graph = Self::default();
        for (place, stage) in stages.iter().enumerate() {
            graph.add(place, stage, stages, lines, problems);
        }
        let resolved: Vec<Option<Vec<usize>>> = stages
            .iter()
            .map(|stage| graph.resolve_needs(stage, lines, problems))
            .collect();
        for (node, needs) in graph.nodes.iter_mut().zip(resolved) {
            graph.uncertain |= needs.is_none();
            node.needs = needs.unwrap_or_default();
        }
        graph.find_before();
        graph.find_order();
        if graph.order.len() != graph.nodes.len() {
            graph.note_cycles(stages, problems);
        } else if !graph.uncertain {
            graph.note_dead_ends(stages, problems);
        }
        graph
    }

    /// The places of the stages, each after those it needs; stages that never open are left out.
    pub(super) fn order(&self) -> &[usize] {
        &self.order
    }

    /// The stage at a place.
    pub(super) fn node(&self, place: usize) -> Option<&Node> {
        self.nodes.get(place)
    }

    /// The place of the stage of this name.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// Whether it is certain that `earlier` is not over before `place` opens.
    pub(super) fn certainly_not_before(&self, earlier: usize, place: usize) -> bool {
        let known = |node: &Node| node.before.contains(&earlier);
        !self.uncertain && !self.node(place).is_some_and(known)
    }

    /// Every `stage.field`.
    pub(super) fn field_names(&self) -> Vec<String> {
        self.nodes
            .iter()
            .flat_map(|node| {
                node.fields
                    .keys()
                    .map(|field| format!("{}.{field}", node.name))
            })
            .collect()
    }

    /// The names of all stages but the one at `place`.
    pub(super) fn other_names(&self, place: usize) -> Vec<&str> {
        let others = self.nodes.iter().enumerate().filter(|(at, _)| *at != place);
        others
            .map(|(_, node)| node.name.as_str())
            .filter(|name| !name.is_empty())
            .collect()
    }

    fn add(
        &mut self,
        place: usize,
        stage: &StageFile,
        stages: &[StageFile],
        lines: &Lines<'_>,
        problems: &mut Problems,
    ) {
        let mut name = String::new();
        if let Some(id) = stage.head.id.get() {
            name.clone_from(&id.value);
            if let Some(first) = self.by_name.get(&name) {
                let first = stages.get(*first).and_then(|stage| stage.head.id.get());
                let (line, _) = lines.position(first.map_or(0, |id| id.span.start));
                let name = shortened(&name);
                problems.add(&id.span, Wrong::Duplicate { name, line });
                self.uncertain = true;
            } else {
                self.by_name.insert(name.clone(), place);
            }
        }
        self.uncertain |= name.is_empty();
        let kind = stage.head.kind.get().map_or("", |kind| kind.value.as_str());
        self.nodes.push(Node {
            name,
            kind,
            needs: Vec::new(),
            before: BTreeSet::new(),
            fields: fields_of(stage),
        });
    }

    fn resolve_needs(
        &self,
        stage: &StageFile,
        lines: &Lines<'_>,
        problems: &mut Problems,
    ) -> Option<Vec<usize>> {
        let mut all_known = true;
        let own = stage.head.id.get().map(|id| id.value.as_str());
        let mut found: BTreeMap<usize, u32> = BTreeMap::new();
        for need in stage.head.needs.iter().flatten() {
            let (line, _) = lines.position(need.span.start);
            let name = shortened(&need.value);
            let Some(place) = self.place(&need.value) else {
                let others = self.by_name.keys().map(String::as_str);
                let known = Nearest::of(&need.value, others.filter(|name| Some(*name) != own));
                problems.add(&need.span, Wrong::UnknownStage { name, known });
                all_known = false;
                continue;
            };
            if let Some(line) = found.insert(place, line) {
                problems.add(&need.span, Wrong::Duplicate { name, line });
            }
        }
        all_known.then(|| found.into_keys().collect())
    }

    fn find_before(&mut self) {
        let needs: Vec<Vec<usize>> = self.nodes.iter().map(|node| node.needs.clone()).collect();
        for node in &mut self.nodes {
            let mut waiting = node.needs.clone();
            while let Some(place) = waiting.pop() {
                if node.before.insert(place) {
                    waiting.extend(needs.get(place).into_iter().flatten().copied());
                }
            }
        }
    }

    fn find_order(&mut self) {
        let mut done = BTreeSet::new();
        loop {
            let ready = self.nodes.iter().enumerate().find(|(place, node)| {
                !done.contains(place) && node.needs.iter().all(|need| done.contains(need))
            });
            let Some((place, _)) = ready else { return };
            done.insert(place);
            self.order.push(place);
        }
    }

    fn note_cycles(&self, stages: &[StageFile], problems: &mut Problems) {
        let mut told: BTreeSet<usize> = BTreeSet::new();
        for (place, node) in self.nodes.iter().enumerate() {
            let Some(id) = stages.get(place).and_then(|stage| stage.head.id.get()) else {
                continue;
            };
            if self.order.contains(&place) {
                continue;
            }
            if node.before.contains(&place) {
                if !told.contains(&place) {
                    let together = node.before.iter().filter(|other| {
                        self.node(**other)
                            .is_some_and(|other| other.before.contains(&place))
                    });
                    told.extend(together);
                    let path = self.named(&self.circle(place));
                    problems.add(&id.span, Wrong::Cycle { path });
                }
                continue;
            }
            let stuck = node.needs.iter().find(|need| !self.order.contains(need));
            if let Some(need) = stuck.and_then(|need| self.node(*need)) {
                let (stage, need) = (shortened(&node.name), shortened(&need.name));
                problems.add(&id.span, Wrong::BehindCycle { stage, need });
            }
        }
    }

    fn named(&self, circle: &[usize]) -> String {
        let closed = circle.iter().chain(circle.first());
        let names: Vec<String> = closed
            .filter_map(|place| self.node(*place))
            .map(|node| format!("`{}`", shortened(&node.name)))
            .collect();
        names.join(" → ")
    }

    /// A shortest way from a stage through its needs back to itself.
    fn circle(&self, start: usize) -> Vec<usize> {
        let mut ways: Vec<Vec<usize>> = vec![vec![start]];
        let mut seen = BTreeSet::new();
        while !ways.is_empty() {
            let mut longer = Vec::new();
            for way in ways {
                let last = way.last().and_then(|last| self.node(*last));
                for need in last.map_or(&[][..], |node| &node.needs) {
                    if *need == start {
                        return way;
                    }
                    if seen.insert(*need) {
                        longer.push(way.iter().copied().chain([*need]).collect());
                    }
                }
            }
            ways = longer;
        }
        vec![start]
    }

    fn note_dead_ends(&self, stages: &[StageFile], problems: &mut Problems) {
        let needed: BTreeSet<usize> = self.nodes.iter().flat_map(|n| &n.needs).copied().collect();
        let ends: Vec<usize> = (0..self.nodes.len())
            .filter(|place| !needed.contains(place))
            .collect();
        let Some((last, others)) = ends.split_last() else {
            return;
        };
        let last = self.node(*last).map_or("", |node| node.name.as_str());
        for place in others {
            let Some(id) = stages.get(*place).and_then(|stage| stage.head.id.get()) else {
                continue;
            };
            let (stage, last) = (shortened(&id.value), shortened(last));
            problems.add(&id.span, Wrong::DeadEnd { stage, last });
        }
    }
}

fn fields_of(stage: &StageFile) -> BTreeMap<String, FieldInfo> {
    let mut known = BTreeMap::new();
    let Some(StageBody::Form(form)) = &stage.body else {
        return known;
    };
    let fields = form.fields.get().map_or(&[][..], |fields| &fields.value);
    for (place, field) in fields.iter().enumerate() {
        let (Some(name), Some(type_name)) = (field.head.name.get(), field.head.r#type.get()) else {
            continue;
        };
        let options = match &field.body {
            Some(FieldBody::Choice(limits)) => limits.options.get(),
            Some(FieldBody::Choices(limits)) => limits.options.get(),
            _ => None,
        };
        let options = options.map_or(&[][..], |options| &options.value);
        let info = FieldInfo {
            type_name: type_name.value,
            options: options
                .iter()
                .filter_map(|option| option.value.get().map(|value| value.value.clone()))
                .collect(),
            place,
        };
        known.entry(name.value.clone()).or_insert(info);
    }
    known
}
