//! Conditions in words, with the labels that people see instead of the names in the file.

use super::field::label_of;
use naru_domain::Locale;
use naru_domain::pathway::{Condition, Field, Pathway, StageKind, TODAY, Value};

/// A condition in one language. Without its pathway the fields are called by their names.
pub(super) fn condition(
    condition: &Condition,
    pathway: Option<&Pathway>,
    locale: Locale,
) -> String {
    Speaker { pathway, locale }.clause(condition)
}

struct Speaker<'a> {
    pathway: Option<&'a Pathway>,
    locale: Locale,
}

impl<'a> Speaker<'a> {
    fn pick(&self, en: String, ko: String) -> String {
        match self.locale {
            Locale::En => en,
            Locale::Ko => ko,
        }
    }

    fn field(&self, name: &str) -> Option<&'a Field> {
        let (stage, field) = name.split_once('.')?;
        let stage = self.pathway?.stage(&stage.parse().ok()?)?;
        match &stage.kind {
            StageKind::Form(form) => form.fields.iter().find(|known| known.name == field),
            StageKind::Approval(_)
            | StageKind::Matching(_)
            | StageKind::UsabilityStudy(_)
            | StageKind::FeedbackRound(_)
            | StageKind::Consultation(_)
            | StageKind::Award(_)
            | StageKind::Agreement(_) => None,
        }
    }

    fn quoted(&self, text: &str) -> String {
        self.pick(format!("“{text}”"), format!("‘{text}’"))
    }

    fn label(&self, name: &str) -> String {
        let field = self.field(name);
        self.quoted(field.map_or(name, |field| field.label.in_locale(self.locale)))
    }

    fn day(&self, bound: &str) -> String {
        if bound == TODAY {
            self.pick("today".to_owned(), "오늘".to_owned())
        } else {
            self.label(bound)
        }
    }

    fn value(&self, name: &str, value: &Value) -> String {
        let option = |text: &str| {
            let label = self.field(name).and_then(|field| label_of(field, text));
            self.quoted(label.map_or(text, |words| words.in_locale(self.locale)))
        };
        match value {
            Value::Text(text) => option(text),
            Value::Boolean(true) => self.pick("yes".to_owned(), "‘예’".to_owned()),
            Value::Boolean(false) => self.pick("no".to_owned(), "‘아니요’".to_owned()),
            Value::Integer(number) => number.to_string(),
            Value::Choices(chosen) => {
                let chosen: Vec<String> = chosen.iter().map(|text| option(text)).collect();
                chosen.join(", ")
            }
        }
    }

    fn clause(&self, condition: &Condition) -> String {
        match condition {
            Condition::Equals { field, value } => {
                let (label, value) = (self.label(field), self.value(field, value));
                self.pick(
                    format!("{label} is {value}"),
                    format!("{label} 항목이 {value}인 경우"),
                )
            }
            Condition::In { field, values } => {
                let values: Vec<String> = values.iter().map(|v| self.value(field, v)).collect();
                let (label, values) = (self.label(field), values.join(", "));
                self.pick(
                    format!("{label} is one of {values}"),
                    format!("{label} 항목이 {values} 중 하나인 경우"),
                )
            }
            Condition::AtLeast { field, value } => {
                let label = self.label(field);
                self.pick(
                    format!("{label} is at least {value}"),
                    format!("{label} 항목이 {value} 이상인 경우"),
                )
            }
            Condition::OnOrBefore { field, bound } => {
                let (label, day) = (self.label(field), self.day(bound));
                self.pick(
                    format!("{label} is not after {day}"),
                    format!("{label} 날짜가 {day} 또는 그 이전인 경우"),
                )
            }
            Condition::OnOrAfter { field, bound } => {
                let (label, day) = (self.label(field), self.day(bound));
                self.pick(
                    format!("{label} is not before {day}"),
                    format!("{label} 날짜가 {day} 또는 그 이후인 경우"),
                )
            }
            Condition::Answered { field } => {
                let label = self.label(field);
                self.pick(
                    format!("{label} is answered"),
                    format!("{label} 항목에 답변이 있는 경우"),
                )
            }
            Condition::All(parts) => self.joined(parts, " and ", ", 그리고 "),
            Condition::Any(parts) => self.joined(parts, " or ", ", 또는 "),
            Condition::Not(inner) => {
                let inner = self.part(inner);
                self.pick(
                    format!("it is not so that {inner}"),
                    format!("다음에 해당하지 않는 경우: {inner}"),
                )
            }
        }
    }

    fn joined(&self, parts: &[Condition], en: &str, ko: &str) -> String {
        let parts: Vec<String> = parts.iter().map(|part| self.part(part)).collect();
        match self.locale {
            Locale::En => parts.join(en),
            Locale::Ko => parts.join(ko),
        }
    }

    /// A condition inside another one: in brackets where it could be read two ways.
    fn part(&self, condition: &Condition) -> String {
        let clause = self.clause(condition);
        match condition {
            Condition::All(parts) | Condition::Any(parts) if parts.len() > 1 => {
                format!("({clause})")
            }
            Condition::Not(_) => format!("({clause})"),
            Condition::All(_)
            | Condition::Any(_)
            | Condition::Equals { .. }
            | Condition::In { .. }
            | Condition::AtLeast { .. }
            | Condition::OnOrBefore { .. }
            | Condition::OnOrAfter { .. }
            | Condition::Answered { .. } => clause,
        }
    }
}
