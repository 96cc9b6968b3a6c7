//! Conditions: the fields they look at exist, are answered in time, and can be compared like this.

use super::Checker;
use super::graph::FieldInfo;
use super::pieces::shortened;
use crate::pathway::condition::TODAY;
use crate::pathway::condition_file::{Comparison, ConditionFile, Scalar, Shape};
use crate::pathway::file::TypeName;
use crate::pathway::read::At;
use crate::pathway::wrong::{Nearest, Wrong};
use crate::pathway::{Condition, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Where a condition stands, and so what it may look at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope {
    /// The place of its stage.
    stage: usize,
    /// What of its own form it may look at.
    own: Own,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Own {
    /// Nothing: the condition decides whether the stage is there.
    Nothing,
    /// The fields before this place.
    Before(usize),
    /// Every field, and today's date.
    All,
}

impl Scope {
    /// Of a stage's `when`.
    pub(super) fn stage(stage: usize) -> Self {
        let own = Own::Nothing;
        Self { stage, own }
    }

    /// Of a field's `when`.
    pub(super) fn field(stage: usize, place: usize) -> Self {
        let own = Own::Before(place);
        Self { stage, own }
    }

    /// Of a form's rule.
    pub(super) fn rule(stage: usize) -> Self {
        let own = Own::All;
        Self { stage, own }
    }
}

impl Checker<'_> {
    /// The condition with every name resolved.
    pub(super) fn condition(&mut self, file: &ConditionFile, scope: Scope) -> Option<Condition> {
        match &file.shape {
            Shape::Field { field, comparison } => self.comparison(file, field, comparison, scope),
            Shape::All(parts) => {
                let conditions = self.conditions(parts, scope)?;
                self.note_contradiction(parts, &conditions);
                Some(Condition::All(conditions))
            }
            Shape::Any(parts) => self.conditions(parts, scope).map(Condition::Any),
            Shape::Not(inner) => {
                let inner = self.condition(inner, scope)?;
                Some(Condition::Not(Box::new(inner)))
            }
        }
    }

    fn conditions(&mut self, parts: &[ConditionFile], scope: Scope) -> Option<Vec<Condition>> {
        let checked: Vec<_> = parts
            .iter()
            .map(|part| self.condition(part, scope))
            .collect();
        checked.into_iter().collect()
    }

    fn comparison(
        &mut self,
        file: &ConditionFile,
        name: &At<String>,
        comparison: &Comparison,
        scope: Scope,
    ) -> Option<Condition> {
        let (field, info) = self.field(name, scope)?;
        match comparison {
            Comparison::Equals(wanted) => {
                let value = self.scalar(wanted, &field, &info)?;
                Some(Condition::Equals { field, value })
            }
            Comparison::In(wanted) => {
                if wanted.value.is_empty() {
                    let key = "in".to_owned();
                    self.problems.add(&wanted.span, Wrong::EmptyList { key });
                    return None;
                }
                let wanted = wanted.value.iter();
                let values: Vec<_> = wanted
                    .map(|wanted| self.scalar(wanted, &field, &info))
                    .collect();
                let values = values.into_iter().collect::<Option<_>>()?;
                Some(Condition::In { field, values })
            }
            Comparison::AtLeast(value) => {
                let value = *value;
                if matches!(info.type_name, TypeName::Integer | TypeName::AmountKrw) {
                    return Some(Condition::AtLeast { field, value });
                }
                self.bad_comparison(&file.span, &field, &info)
            }
            Comparison::Answered(true) => Some(Condition::Answered { field }),
            Comparison::Answered(false) => {
                Some(Condition::Not(Box::new(Condition::Answered { field })))
            }
            Comparison::OnOrBefore(bound) => {
                let bound = self.day(file, &field, &info, bound, scope)?;
                Some(Condition::OnOrBefore { field, bound })
            }
            Comparison::OnOrAfter(bound) => {
                let bound = self.day(file, &field, &info, bound, scope)?;
                Some(Condition::OnOrAfter { field, bound })
            }
        }
    }

    /// The full name of a field and what is known of it.
    fn field(&mut self, name: &At<String>, scope: Scope) -> Option<(String, FieldInfo)> {
        let shown = shortened(&name.value);
        let own = self.graph.node(scope.stage)?;
        let (stage, field) = match name.value.split_once('.') {
            Some(parts) => parts,
            None if scope.own == Own::Nothing => {
                let wrong = Wrong::BareField { name: shown };
                self.problems.add(&name.span, wrong);
                return None;
            }
            None => (own.name.as_str(), name.value.as_str()),
        };
        let place = self.graph.place(stage);
        let found = place
            .and_then(|place| self.graph.node(place).map(|node| (place, node)))
            .and_then(|(place, node)| node.fields.get(field).map(|info| (place, info.clone())));
        let Some((place, info)) = found else {
            let names = if name.value.contains('.') {
                self.graph.field_names()
            } else {
                own.fields.keys().cloned().collect()
            };
            let known = Nearest::of(&name.value, names.iter().map(String::as_str));
            let wrong = Wrong::UnknownField { name: shown, known };
            self.problems.add(&name.span, wrong);
            return None;
        };
        let stage = stage.to_owned();
        let full = format!("{stage}.{field}");
        let in_time = place != scope.stage && !self.graph.certainly_not_before(place, scope.stage);
        let own_in_time = match scope.own {
            Own::Nothing => false,
            Own::Before(limit) => info.place < limit,
            Own::All => true,
        };
        let wrong = match (place == scope.stage, in_time || own_in_time) {
            (true, _) if own_in_time => return Some((full, info)),
            (false, _) if in_time => return Some((full, info)),
            (true, _) if scope.own != Own::Nothing => Wrong::LaterField { name: shown },
            _ => Wrong::NotBefore { name: shown, stage },
        };
        self.problems.add(&name.span, wrong);
        None
    }

    fn scalar(&mut self, wanted: &At<Scalar>, field: &str, info: &FieldInfo) -> Option<Value> {
        let value = match (&wanted.value, info.type_name) {
            (Scalar::Boolean(yes), TypeName::Boolean) => Value::Boolean(*yes),
            (Scalar::Integer(number), TypeName::Integer | TypeName::AmountKrw) => {
                Value::Integer(*number)
            }
            (Scalar::Text(option), TypeName::Choice | TypeName::Choices) => {
                if !info.options.contains(option) {
                    let options = info.options.iter().map(String::as_str);
                    let wrong = Wrong::UnknownOption {
                        option: shortened(option),
                        name: shortened(field),
                        known: Nearest::of(option, options),
                    };
                    self.problems.add(&wanted.span, wrong);
                    return None;
                }
                Value::Text(option.clone())
            }
            (
                Scalar::Text(text),
                TypeName::Text | TypeName::Country | TypeName::Email | TypeName::BusinessNumber,
            ) => Value::Text(text.clone()),
            (Scalar::Text(_) | Scalar::Boolean(_) | Scalar::Integer(_), _) => {
                return self.bad_comparison(&wanted.span, field, info);
            }
        };
        Some(value)
    }

    fn day(
        &mut self,
        file: &ConditionFile,
        field: &str,
        info: &FieldInfo,
        bound: &At<String>,
        scope: Scope,
    ) -> Option<String> {
        if info.type_name != TypeName::Date {
            return self.bad_comparison(&file.span, field, info);
        }
        if bound.value == TODAY {
            if scope.own == Own::All {
                return Some(TODAY.to_owned());
            }
            self.problems.add(&bound.span, Wrong::NoToday);
            return None;
        }
        let (name, bound_info) = self.field(bound, scope)?;
        if bound_info.type_name == TypeName::Date {
            return Some(name);
        }
        self.bad_comparison(&bound.span, &name, &bound_info)
    }

    fn bad_comparison<T>(
        &mut self,
        span: &std::ops::Range<usize>,
        field: &str,
        info: &FieldInfo,
    ) -> Option<T> {
        let possible = match info.type_name {
            TypeName::Boolean => "`equals = true`",
            TypeName::Choice | TypeName::Choices => "`equals = \"option\"`, `in = [\"option\"]`",
            TypeName::Integer | TypeName::AmountKrw => "`equals = 3`, `at_least = 3`",
            TypeName::Date => "`on_or_before = \"field\"`, `on_or_after = \"field\"`",
            TypeName::Text | TypeName::Country | TypeName::Email | TypeName::BusinessNumber => {
                "`equals = \"…\"`, `in = [\"…\"]`"
            }
            TypeName::LongText | TypeName::Document => "`answered = true`",
        };
        let wrong = Wrong::BadComparison {
            name: shortened(field),
            type_word: info.type_name.as_str().to_owned(),
            possible: possible.to_owned(),
        };
        self.problems.add(span, wrong);
        None
    }

    /// A field with one answer cannot be two things at once.
    fn note_contradiction(&mut self, parts: &[ConditionFile], conditions: &[Condition]) {
        let mut possible: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for (part, condition) in parts.iter().zip(conditions) {
            let (field, values) = match condition {
                Condition::Equals { field, value } => (field, vec![value.clone()]),
                Condition::In { field, values } => (field, values.clone()),
                Condition::AtLeast { .. }
                | Condition::OnOrBefore { .. }
                | Condition::OnOrAfter { .. }
                | Condition::Answered { .. }
                | Condition::All(_)
                | Condition::Any(_)
                | Condition::Not(_) => continue,
            };
            if self.has_several_answers(field) {
                continue;
            }
            let left = possible.entry(field).or_insert_with(|| values.clone());
            left.retain(|value| values.contains(value));
            if left.is_empty() {
                let name = shortened(field);
                self.problems.add(&part.span, Wrong::NeverTrue { name });
            }
        }
    }

    fn has_several_answers(&self, full: &str) -> bool {
        let parts = full.split_once('.');
        parts
            .and_then(|(stage, field)| {
                let node = self.graph.node(self.graph.place(stage)?)?;
                node.fields.get(field)
            })
            .is_some_and(|info| info.type_name == TypeName::Choices)
    }

    /// The names of stages, for a stage that names another.
    pub(super) fn stage_names(&self, but: usize) -> BTreeSet<String> {
        let names = self.graph.other_names(but);
        names.into_iter().map(str::to_owned).collect()
    }
}
