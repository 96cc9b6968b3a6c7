//! Answers that a form takes: made up, valid, and such that as many stages as possible open.

use crate::case::DocumentVersion;
use crate::pathway::condition::TODAY;
use crate::pathway::{Condition, Field, FieldKind, FormStage, Pathway, StageId, Value};
use crate::{DocumentId, TypedId};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Combinations tried to make one condition hold.
const COMBINATIONS_MAX: usize = 10_000;

/// The document that made-up answers name.
pub(super) fn document() -> Option<DocumentVersion> {
    Some(DocumentVersion {
        document: DocumentId::from_uuid(Uuid::from_u128(1)),
        version: 1,
        sha256: "0".repeat(64).parse().ok()?,
    })
}

/// Valid answers to a form, if any can be found.
pub fn sample_answers(
    pathway: &Pathway,
    stage: &StageId,
    form: &FormStage,
    earlier: &BTreeMap<String, Value>,
    today: Date,
) -> BTreeMap<String, Value> {
    let prefix = format!("{stage}.");
    let candidates: BTreeMap<String, Vec<Value>> = form
        .fields
        .iter()
        .map(|field| (format!("{prefix}{}", field.name), candidates(field, today)))
        .collect();
    let mut answers = earlier.clone();
    answers.retain(|name, _| !name.starts_with(&prefix));
    answers.insert(TODAY.to_owned(), Value::Text(today.to_string()));
    for (name, values) in &candidates {
        if let Some(first) = values.first() {
            answers.insert(name.clone(), first.clone());
        }
    }
    let rules = form.rules.iter().map(|rule| &rule.must);
    let asked = form.fields.iter().filter_map(|field| field.when.as_ref());
    let passed = pathway
        .stages
        .iter()
        .filter_map(|stage| stage.when.as_ref());
    let mut held: Vec<&Condition> = Vec::new();
    for goal in rules.chain(passed).chain(asked) {
        if let Some(better) = make_hold(goal, &held, &answers, &candidates) {
            answers = better;
            held.push(goal);
        }
    }
    answers
        .into_iter()
        .filter_map(|(name, value)| Some((name.strip_prefix(&prefix)?.to_owned(), value)))
        .collect()
}

/// The answers changed so that `goal` holds too, if that can be.
fn make_hold(
    goal: &Condition,
    held: &[&Condition],
    answers: &BTreeMap<String, Value>,
    candidates: &BTreeMap<String, Vec<Value>>,
) -> Option<BTreeMap<String, Value>> {
    if goal.holds(answers) {
        return Some(answers.clone());
    }
    let fields: BTreeSet<&str> = goal.fields();
    let open: Vec<(&str, &Vec<Value>)> = fields
        .into_iter()
        .filter_map(|field| candidates.get(field).map(|values| (field, values)))
        .collect();
    let all = open
        .iter()
        .fold(1_usize, |all, (_, values)| {
            all.saturating_mul(values.len().max(1))
        })
        .min(COMBINATIONS_MAX);
    (0..all).find_map(|combination| {
        let mut trial = answers.clone();
        let mut rest = combination;
        for (field, values) in &open {
            let value = values.get(rest % values.len().max(1))?;
            rest /= values.len().max(1);
            trial.insert((*field).to_owned(), value.clone());
        }
        let good = goal.holds(&trial) && held.iter().all(|goal| goal.holds(&trial));
        good.then_some(trial)
    })
}

/// Valid answers to one field, the most telling first.
fn candidates(field: &Field, today: Date) -> Vec<Value> {
    let text = |text: &str| Value::Text(text.to_owned());
    match &field.kind {
        FieldKind::Text { max_length } | FieldKind::LongText { max_length } => {
            let max = usize::try_from(*max_length).unwrap_or(usize::MAX);
            vec![text(&field.label.en.chars().take(max).collect::<String>())]
        }
        FieldKind::Boolean => vec![Value::Boolean(true), Value::Boolean(false)],
        FieldKind::Integer { min, max } | FieldKind::AmountKrw { min, max } => {
            let (min, max) = (min.or(*max).unwrap_or(1), max.or(*min).unwrap_or(1));
            let middle = min.midpoint(max);
            vec![
                Value::Integer(middle),
                Value::Integer(max),
                Value::Integer(min),
            ]
        }
        FieldKind::Date => [0_i32, 30, 400, -30, -400]
            .iter()
            .filter_map(|days| {
                let span = jiff::Span::new().try_days(*days).ok()?;
                today.checked_add(span).ok()
            })
            .map(|day| text(&day.to_string()))
            .collect(),
        FieldKind::Choice { options } => options.iter().map(|o| text(&o.value)).collect(),
        FieldKind::Choices { options, min } => {
            let chosen = |count: usize| {
                Value::Choices(
                    options
                        .iter()
                        .take(count)
                        .map(|o| o.value.clone())
                        .collect(),
                )
            };
            vec![chosen(options.len()), chosen(usize::from(*min).max(1))]
        }
        FieldKind::Document => document()
            .map(|version| text(&version.document.to_string()))
            .into_iter()
            .collect(),
        FieldKind::BusinessNumber => vec![text("124-81-00998")],
        FieldKind::Email => vec![text("someone@example.com")],
        FieldKind::Country => ["KR", "US", "GB", "DE", "JP"].map(text).to_vec(),
    }
}
