//! The fields of a form: how they are asked, read from what was posted, and shown once answered.

use super::super::dates::{Days, won};
use super::super::posted::Posted;
use super::super::reader::Reader;
use super::Problems;
use naru_domain::case::{FormWork, differences};
use naru_domain::device::Device;
use naru_domain::pathway::{Field, FieldKind, FormStage, Option_, Value};
use naru_domain::{DocumentId, Locale};
use std::collections::{BTreeMap, BTreeSet};

/// What every answer's field begins with, so that no question can be mistaken for one of the form's own fields.
pub(super) const ANSWER: &str = "a-";

/// What the field of a file begins with that is to become a document and its field's answer.
pub(super) const FILE: &str = "file-";

/// A field that is asked.
#[derive(Clone, Debug)]
pub(in crate::console) struct AskedField {
    pub(in crate::console) id: String,
    pub(in crate::console) label: String,
    pub(in crate::console) help: Option<String>,
    /// Whether it may be left out.
    pub(in crate::console) note: Option<String>,
    pub(in crate::console) required: bool,
    pub(in crate::console) error: Option<String>,
    /// What the last send-back asks for here.
    pub(in crate::console) requests: Vec<String>,
    /// What was handed in before, where something is asked for or the answer is another one now.
    pub(in crate::console) before: Option<String>,
    pub(in crate::console) control: Control,
}

impl AskedField {
    /// The ids of what explains the control.
    pub(in crate::console) fn described_by(&self) -> String {
        let parts = [
            (self.help.is_some(), "help"),
            (!self.requests.is_empty(), "requests"),
            (self.before.is_some(), "before"),
            (self.error.is_some(), "error"),
        ];
        let ids: Vec<String> = parts
            .into_iter()
            .filter(|(there, _)| *there)
            .map(|(_, part)| format!("{}-{part}", self.id))
            .collect();
        ids.join(" ")
    }
}

/// How a field is answered.
#[derive(Clone, Debug)]
pub(in crate::console) enum Control {
    /// One line: its type, its value, and its most characters.
    Line(&'static str, String, Option<u32>),
    /// Several lines.
    Lines(String, u32),
    /// A few options under one another, of which one.
    Options(Vec<Choice>),
    /// Options of which several.
    Checks(Vec<Choice>),
    /// Many options.
    Menu(Vec<Choice>),
    /// Documents of the dossier; a file may be added, with those words.
    Documents(Vec<Choice>, Option<String>),
}

/// One option.
#[derive(Clone, Debug)]
pub(in crate::console) struct Choice {
    pub(in crate::console) value: String,
    pub(in crate::console) label: String,
    pub(in crate::console) chosen: bool,
}

/// A field that was answered.
#[derive(Clone, Debug)]
pub(in crate::console) struct AnsweredField {
    /// The name that requests pinned to it carry.
    pub(in crate::console) name: String,
    pub(in crate::console) label: String,
    pub(in crate::console) answer: Shown,
    /// The answer of the round before, where it differs.
    pub(in crate::console) before: Option<String>,
    /// The round before and this one, in words.
    pub(in crate::console) rounds: [String; 2],
    /// The request that was being pinned to it.
    pub(in crate::console) pin: String,
}

/// An answer in words; a document is a link.
#[derive(Clone, Debug)]
pub(in crate::console) struct Shown {
    pub(in crate::console) text: String,
    pub(in crate::console) href: Option<String>,
}

/// A form with what its answers are shown with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form<'a> {
    pub(super) reader: &'a Reader,
    pub(super) days: &'a Days<'a>,
    pub(super) planned: &'a FormStage,
    pub(super) work: &'a FormWork,
    pub(super) device: Option<&'a Device>,
    pub(super) round: u16,
    /// Whether files may be added here.
    pub(super) attaches: bool,
}

impl Form<'_> {
    fn locale(&self) -> Locale {
        self.reader.viewer.locale
    }

    /// Every field as it is asked: with what was typed, else the draft, else what was handed in before.
    pub(super) fn asked(&self, problems: &Problems) -> Vec<AskedField> {
        let kept = self.work.draft.as_ref();
        let kept = kept.or(self.work.submitted.as_ref().map(|last| &last.values));
        let typed = problems
            .posted
            .as_ref()
            .map(|posted| values(self.planned, posted));
        let shown = typed.as_ref().or(kept);
        let fields = self.planned.fields.iter();
        fields
            .map(|field| {
                let value = shown.and_then(|values| values.get(&field.name));
                self.field(field, value, problems)
            })
            .collect()
    }

    fn field(&self, field: &Field, value: Option<&Value>, problems: &Problems) -> AskedField {
        let words = self.reader.words;
        let locale = self.locale();
        let requests = self.work.requests.iter();
        let asked = |field: &Field| {
            let mut requests = self.work.requests.iter();
            requests.any(|asked| asked.field.as_ref() == Some(&field.name))
        };
        let last = self.work.submitted.as_ref().filter(|_| 1 < self.round);
        let last = last.map(|last| last.values.get(&field.name));
        let before = last.filter(|last| *last != value || asked(field));
        let before = before.map(|last| {
            let last = last.map_or_else(
                || words.say("form.nothing"),
                |last| self.shown(field, last).text,
            );
            words.with("form-before", [("answer", last.into())])
        });
        let note = if field.when.is_some() {
            Some(words.say("form.conditional"))
        } else {
            (!field.required).then(|| words.say("optional"))
        };
        AskedField {
            id: format!("{ANSWER}{}", field.name),
            label: field.label.in_locale(locale).to_owned(),
            help: field
                .help
                .as_ref()
                .map(|help| help.in_locale(locale).to_owned())
                .or_else(|| self.how_to_write(field)),
            note,
            required: field.required && field.when.is_none(),
            error: problems.of(&field.name),
            requests: requests
                .filter(|asked| asked.field.as_ref() == Some(&field.name))
                .map(|asked| asked.text.as_str().to_owned())
                .collect(),
            control: self.control(field, value),
            before,
        }
    }

    /// How an answer is written where that is not plain to see.
    fn how_to_write(&self, field: &Field) -> Option<String> {
        matches!(field.kind, FieldKind::Country).then(|| self.reader.words.say("form.country"))
    }

    fn control(&self, field: &Field, value: Option<&Value>) -> Control {
        let words = self.reader.words;
        let text = || value.map_or_else(String::new, plain);
        match &field.kind {
            FieldKind::Text { max_length } => Control::Line("text", text(), Some(*max_length)),
            FieldKind::LongText { max_length } => Control::Lines(text(), *max_length),
            FieldKind::Boolean => {
                let yes = match value {
                    Some(Value::Boolean(yes)) => Some(*yes),
                    Some(Value::Text(_) | Value::Integer(_) | Value::Choices(_)) | None => None,
                };
                Control::Options(vec![
                    Choice {
                        value: "yes".to_owned(),
                        label: words.say("form.yes"),
                        chosen: yes == Some(true),
                    },
                    Choice {
                        value: "no".to_owned(),
                        label: words.say("form.no"),
                        chosen: yes == Some(false),
                    },
                ])
            }
            FieldKind::Integer { .. } | FieldKind::AmountKrw { .. } => {
                Control::Line("numeric", text(), None)
            }
            FieldKind::Date => Control::Line("date", text(), None),
            FieldKind::Choice { options } => {
                let choices = self.choices(options, &BTreeSet::from([text()]));
                if options.len() <= 6 {
                    Control::Options(choices)
                } else {
                    Control::Menu(choices)
                }
            }
            FieldKind::Choices { options, .. } => {
                let chosen = match value {
                    Some(Value::Choices(chosen)) => chosen.clone(),
                    Some(Value::Text(_) | Value::Integer(_) | Value::Boolean(_)) | None => {
                        BTreeSet::new()
                    }
                };
                Control::Checks(self.choices(options, &chosen))
            }
            FieldKind::Document => {
                let upload = self.attaches.then(|| words.say("form.upload"));
                Control::Documents(self.documents(&text()), upload)
            }
            FieldKind::BusinessNumber => Control::Line("text", text(), Some(12)),
            FieldKind::Email => Control::Line("email", text(), Some(254)),
            FieldKind::Country => Control::Line("text", text(), Some(2)),
        }
    }

    fn choices(&self, options: &[Option_], chosen: &BTreeSet<String>) -> Vec<Choice> {
        let choices = options.iter().map(|option| Choice {
            value: option.value.clone(),
            label: option.label.in_locale(self.locale()).to_owned(),
            chosen: chosen.contains(&option.value),
        });
        choices.collect()
    }

    fn documents(&self, chosen: &str) -> Vec<Choice> {
        let documents = self.device.into_iter().flat_map(Device::documents_in_use);
        let choices = documents.map(|document| Choice {
            value: document.id.to_string(),
            label: format!(
                "{}, v{}",
                document.title().as_str(),
                document.newest().version
            ),
            chosen: document.id.to_string() == chosen,
        });
        choices.collect()
    }

    /// Every field that was answered, in the order it was asked, with the answer before where it changed.
    pub(super) fn answered(&self) -> Vec<AnsweredField> {
        let Some(submitted) = &self.work.submitted else {
            return Vec::new();
        };
        let mut before = BTreeMap::new();
        if let Some(previous) = &self.work.previous {
            for changed in differences(&previous.values, &submitted.values) {
                before.insert(changed.field, changed.before);
            }
        }
        let words = self.reader.words;
        let round = |round: u16| words.with("round", [("round", i64::from(round).into())]);
        let fields = self.planned.fields.iter().filter_map(|field| {
            let value = submitted.values.get(&field.name);
            let changed = before.get(&field.name);
            if value.is_none() && changed.is_none() {
                return None;
            }
            let nothing = || Shown {
                text: words.say("form.nothing"),
                href: None,
            };
            let earlier = changed.map(|value| {
                value
                    .as_ref()
                    .map_or_else(nothing, |value| self.shown(field, value))
            });
            Some(AnsweredField {
                name: field.name.clone(),
                label: field.label.in_locale(self.locale()).to_owned(),
                answer: value.map_or_else(nothing, |value| self.shown(field, value)),
                before: earlier.map(|shown| shown.text),
                rounds: [round(self.round.saturating_sub(1)), round(self.round)],
                pin: String::new(),
            })
        });
        fields.collect()
    }

    fn shown(&self, field: &Field, value: &Value) -> Shown {
        let words = self.reader.words;
        let mut href = None;
        let text = match (&field.kind, value) {
            (_, Value::Boolean(true)) => words.say("form.yes"),
            (_, Value::Boolean(false)) => words.say("form.no"),
            (FieldKind::AmountKrw { .. }, Value::Integer(amount)) => won(*amount, self.locale()),
            (FieldKind::Choice { options }, Value::Text(chosen)) => self.label(options, chosen),
            (FieldKind::Choices { options, .. }, Value::Choices(chosen)) => {
                let labels = chosen.iter().map(|value| self.label(options, value));
                labels.collect::<Vec<_>>().join(", ")
            }
            (FieldKind::Date, Value::Text(day)) => day
                .parse()
                .map_or_else(|_| day.clone(), |day| self.days.day(day)),
            (FieldKind::Document, Value::Text(id)) => {
                let (name, address) = self.document(id);
                href = address;
                name
            }
            (_, value) => plain(value),
        };
        Shown { text, href }
    }

    fn label(&self, options: &[Option_], value: &str) -> String {
        let option = options.iter().find(|option| option.value == value);
        option.map_or_else(
            || value.to_owned(),
            |option| option.label.in_locale(self.locale()).to_owned(),
        )
    }

    /// A document that an answer names, in the version that was handed in.
    fn document(&self, text: &str) -> (String, Option<String>) {
        let id: Option<DocumentId> = text.parse().ok();
        let submitted = self.work.submitted.as_ref();
        let pinned = submitted.and_then(|submitted| {
            let mut documents = submitted.documents.iter();
            documents.find(|pinned| Some(pinned.document) == id)
        });
        let found = self
            .device
            .and_then(|device| Some((device, device.document(id?)?)));
        match (found, pinned) {
            (Some((device, document)), Some(pinned)) => (
                format!("{}, v{}", document.title().as_str(), pinned.version),
                Some(format!(
                    "/devices/{}/documents/{}/{}",
                    device.id, document.id, pinned.version
                )),
            ),
            (Some((_, document)), None) => (document.title().as_str().to_owned(), None),
            (None, _) => (text.to_owned(), None),
        }
    }
}

/// A value as a field shows it.
fn plain(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Boolean(yes) => yes.to_string(),
        Value::Choices(chosen) => chosen.iter().cloned().collect::<Vec<_>>().join(", "),
    }
}

/// The answers that were posted, each in the type of its field; what cannot be read goes on as text and is refused with words.
pub(super) fn values(planned: &FormStage, posted: &Posted) -> BTreeMap<String, Value> {
    let mut values = BTreeMap::new();
    for field in &planned.fields {
        let name = format!("{ANSWER}{}", field.name);
        let text = posted.one(&name).replace("\r\n", "\n");
        let value = match &field.kind {
            FieldKind::Choices { .. } => {
                let chosen = posted.all(&name).into_iter().map(str::to_owned);
                Value::Choices(chosen.collect())
            }
            FieldKind::Boolean => match text.as_str() {
                "yes" => Value::Boolean(true),
                "no" => Value::Boolean(false),
                _ => continue,
            },
            FieldKind::Integer { .. } | FieldKind::AmountKrw { .. } => match number(&text) {
                Some(number) => Value::Integer(number),
                None => Value::Text(text),
            },
            FieldKind::Country => Value::Text(text.to_uppercase()),
            FieldKind::Text { .. }
            | FieldKind::LongText { .. }
            | FieldKind::Date
            | FieldKind::Choice { .. }
            | FieldKind::Document
            | FieldKind::BusinessNumber
            | FieldKind::Email => Value::Text(text),
        };
        values.insert(field.name.clone(), value);
    }
    values
}

/// A whole number as people type it, with commas or without.
pub(super) fn number(text: &str) -> Option<i64> {
    text.replace([',', ' '], "").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_may_be_typed_with_commas() {
        assert_eq!(number("45,000,000"), Some(45_000_000));
        assert_eq!(number("-3"), Some(-3));
        assert_eq!(number("many"), None);
    }
}
