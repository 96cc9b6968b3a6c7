//! Conditions over the answers of a case: whether a stage is passed, whether a field is asked.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// An answer to a form field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum Value {
    /// Text, a choice, a date (`2026-03-03`), a document id, an address or a country.
    Text(String),
    /// Yes or no.
    Boolean(bool),
    /// A whole number or an amount.
    Integer(i64),
    /// Several choices.
    Choices(BTreeSet<String>),
}

/// The bound that stands for the day on which a rule is looked at; only the rules of a form know it.
pub const TODAY: &str = "today";

/// What must be so. Fields are named `stage.field`; a field without an answer satisfies no comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// The answer is this, or among the choices.
    Equals {
        /// `stage.field`.
        field: String,
        /// What it must be.
        value: Value,
    },
    /// The answer is one of these.
    In {
        /// `stage.field`.
        field: String,
        /// What it may be.
        values: Vec<Value>,
    },
    /// The number is at least this.
    AtLeast {
        /// `stage.field`.
        field: String,
        /// The bound.
        value: i64,
    },
    /// The day is this one or an earlier one.
    OnOrBefore {
        /// `stage.field`, a date.
        field: String,
        /// `stage.field` of another date, or [`TODAY`].
        bound: String,
    },
    /// The day is this one or a later one.
    OnOrAfter {
        /// `stage.field`, a date.
        field: String,
        /// `stage.field` of another date, or [`TODAY`].
        bound: String,
    },
    /// There is an answer.
    Answered {
        /// `stage.field`.
        field: String,
    },
    /// Every one holds.
    All(Vec<Condition>),
    /// At least one holds.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
}

impl Condition {
    /// Whether it holds for these answers, keyed `stage.field`.
    pub fn holds(&self, answers: &BTreeMap<String, Value>) -> bool {
        match self {
            Self::Equals { field, value } => answers
                .get(field)
                .is_some_and(|answer| matches(answer, value)),
            Self::In { field, values } => answers
                .get(field)
                .is_some_and(|answer| values.iter().any(|value| matches(answer, value))),
            Self::AtLeast { field, value } => match answers.get(field) {
                Some(Value::Integer(answer)) => value <= answer,
                Some(Value::Text(_) | Value::Boolean(_) | Value::Choices(_)) | None => false,
            },
            Self::OnOrBefore { field, bound } => {
                days(answers, field, bound).is_some_and(|(day, bound)| day <= bound)
            }
            Self::OnOrAfter { field, bound } => {
                days(answers, field, bound).is_some_and(|(day, bound)| bound <= day)
            }
            Self::Answered { field } => answers.contains_key(field),
            Self::All(conditions) => conditions.iter().all(|c| c.holds(answers)),
            Self::Any(conditions) => conditions.iter().any(|c| c.holds(answers)),
            Self::Not(condition) => !condition.holds(answers),
        }
    }

    /// The fields it looks at.
    pub fn fields(&self) -> BTreeSet<&str> {
        match self {
            Self::Equals { field, .. }
            | Self::In { field, .. }
            | Self::AtLeast { field, .. }
            | Self::Answered { field } => BTreeSet::from([field.as_str()]),
            Self::OnOrBefore { field, bound } | Self::OnOrAfter { field, bound } => {
                let mut fields = BTreeSet::from([field.as_str()]);
                if bound != TODAY {
                    fields.insert(bound);
                }
                fields
            }
            Self::All(conditions) | Self::Any(conditions) => {
                conditions.iter().flat_map(Self::fields).collect()
            }
            Self::Not(condition) => condition.fields(),
        }
    }
}

fn matches(answer: &Value, wanted: &Value) -> bool {
    match (answer, wanted) {
        (Value::Choices(chosen), Value::Text(option)) => chosen.contains(option),
        _ => answer == wanted,
    }
}

fn days(answers: &BTreeMap<String, Value>, field: &str, bound: &str) -> Option<(Date, Date)> {
    let day = |name: &str| match answers.get(name) {
        Some(Value::Text(text)) => text.parse().ok(),
        Some(Value::Boolean(_) | Value::Integer(_) | Value::Choices(_)) | None => None,
    };
    Some((day(field)?, day(bound)?))
}
