//! Checking the answers of a form: every problem at once, each with its field.

use super::{CaseRejection, DocumentVersion};
use crate::pathway::{Field, FieldKind, FormStage, Option_, StageId, Value};
use crate::{DocumentId, EmailAddress, LongText, TextProblem, rejections};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

rejections! {
    /// Why an answer to a field is not acceptable.
    pub enum FieldRejection {
        /// The form has no such field.
        Unknown { field: String } = "FIELD_NOT_IN_FORM" at Some(field.as_str()),
            en "The form has no field “{field}”.",
            ko "양식에 ‘{field}’ 항목이 없습니다.";
        /// An answer is needed.
        Required { field: String } = "FIELD_REQUIRED" at Some(field.as_str()),
            en "An answer is needed here.",
            ko "필수 항목입니다. 답변을 입력해 주세요.";
        /// Another kind of answer is wanted.
        WrongType { field: String, wanted: String } = "FIELD_WRONG_TYPE" at Some(field.as_str()),
            en "The answer must be of type {wanted}.",
            ko "답변의 형식은 {wanted}이어야 합니다.";
        /// The text is not acceptable.
        Text { field: String, problem: TextProblem } = "FIELD_TEXT" at Some(field.as_str()),
            en "The text is not acceptable: {problem}.",
            ko "사용할 수 없는 글입니다: {problem}.";
        /// Too long.
        TooLong { field: String, max: u32, found: u32 } = "FIELD_TOO_LONG" at Some(field.as_str()),
            en "At most {max} characters; there are {found}.",
            ko "최대 {max}자까지 입력할 수 있습니다(현재 {found}자).";
        /// Too small or too large.
        OutOfRange { field: String, min: String, max: String } = "FIELD_OUT_OF_RANGE" at Some(field.as_str()),
            en "The number must be from {min} to {max}.",
            ko "{min}에서 {max} 사이의 수를 입력해 주세요.";
        /// Not one of the options.
        NotAnOption { field: String, found: String, options: String } = "FIELD_NOT_AN_OPTION" at Some(field.as_str()),
            en "“{found}” is not one of the options: {options}.",
            ko "‘{found}’은(는) 선택지에 없습니다. 선택지: {options}.";
        /// Too few options chosen.
        TooFew { field: String, min: u16 } = "FIELD_TOO_FEW" at Some(field.as_str()),
            en "Choose at least {min}.",
            ko "{min}개 이상 선택해 주세요.";
        /// Not a day.
        NotADate { field: String } = "FIELD_NOT_A_DATE" at Some(field.as_str()),
            en "Write the day as year-month-day, such as 2026-03-03.",
            ko "날짜는 2026-03-03처럼 연-월-일로 입력해 주세요.";
        /// Not a document of this device.
        DocumentUnknown { field: String } = "FIELD_DOCUMENT_UNKNOWN" at Some(field.as_str()),
            en "This is not a document of the device. Upload it to the device first, then choose it here.",
            ko "이 의료기기의 문서가 아닙니다. 먼저 의료기기에 올린 뒤 선택해 주세요.";
        /// Not a business registration number.
        NotABusinessNumber { field: String } = "FIELD_NOT_A_BUSINESS_NUMBER" at Some(field.as_str()),
            en "This is not a valid business registration number. Check its ten digits.",
            ko "올바른 사업자등록번호가 아닙니다. 열 자리 숫자를 확인해 주세요.";
        /// Not an address.
        NotAnEmailAddress { field: String } = "FIELD_NOT_AN_EMAIL" at Some(field.as_str()),
            en "This is not an e-mail address.",
            ko "올바른 전자우편 주소가 아닙니다.";
        /// The answers do not fit together.
        RuleBroken { field: String, en: String, ko: String } = "FIELD_RULE_BROKEN" at Some(field.as_str()),
            en "{en}",
            ko "{ko}";
        /// Not a country.
        NotACountry { field: String } = "FIELD_NOT_A_COUNTRY" at Some(field.as_str()),
            en "Write the country as two capital letters (ISO 3166-1), such as KR or GB.",
            ko "국가는 KR, GB처럼 대문자 두 자리(ISO 3166-1)로 입력해 주세요.";
    }
}

/// Everything that is wrong with the answers of a form; prints the names of the fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldProblems(pub Vec<FieldRejection>);

impl fmt::Display for FieldProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields: BTreeSet<String> = self.0.iter().filter_map(FieldRejection::field).collect();
        f.write_str(&fields.into_iter().collect::<Vec<_>>().join(", "))
    }
}

/// How far the answers must be complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Completeness {
    /// What is there must be well formed.
    Draft,
    /// Everything that is required must be there.
    HandedIn,
}

/// The answers without the blank ones, checked against the form, and the documents they name.
pub(super) fn checked(
    stage: &StageId,
    form: &FormStage,
    values: &BTreeMap<String, Value>,
    documents: &[DocumentVersion],
    earlier_answers: &BTreeMap<String, Value>,
    completeness: Completeness,
    today: Date,
) -> Result<(BTreeMap<String, Value>, Vec<DocumentVersion>), CaseRejection> {
    let mut problems: Vec<FieldRejection> = values
        .keys()
        .filter(|name| !form.fields.iter().any(|field| &field.name == *name))
        .map(|name| FieldRejection::Unknown {
            field: shortened(name),
        })
        .collect();
    let given: BTreeMap<String, Value> = values
        .iter()
        .filter_map(|(name, value)| filled(value).map(|value| (name.clone(), value)))
        .collect();

    let mut answers = earlier_answers.clone();
    answers.retain(|key, _| {
        key.split_once('.')
            .is_none_or(|(of, _)| of != stage.as_str())
    });
    answers.extend(
        given
            .iter()
            .map(|(name, value)| (format!("{stage}.{name}"), value.clone())),
    );

    drop_hidden(stage, form, &mut answers);

    let mut kept = BTreeMap::new();
    let mut named = Vec::new();
    for field in &form.fields {
        let asked = field
            .when
            .as_ref()
            .is_none_or(|condition| condition.holds(&answers));
        match given.get(&field.name) {
            Some(value) if asked => {
                problems.extend(problem(field, value, documents, completeness));
                if let Some(document) = named_document(field, value, documents) {
                    named.push(document.clone());
                }
                kept.insert(field.name.clone(), value.clone());
            }
            None if asked && field.required && completeness == Completeness::HandedIn => problems
                .push(FieldRejection::Required {
                    field: field.name.clone(),
                }),
            Some(_) | None => {}
        }
    }
    if completeness == Completeness::HandedIn {
        problems.extend(form.broken_rules(&answers, today).into_iter().map(|rule| {
            FieldRejection::RuleBroken {
                field: rule.field.clone(),
                en: rule.message.en.clone(),
                ko: rule.message.ko.clone(),
            }
        }));
    }
    if problems.is_empty() {
        Ok((kept, named))
    } else {
        Err(CaseRejection::FormNotValid {
            problems: FieldProblems(problems),
        })
    }
}

/// Takes the answers to fields that are not asked out of `answers`, and then those that were asked only because of them.
fn drop_hidden(stage: &StageId, form: &FormStage, answers: &mut BTreeMap<String, Value>) {
    loop {
        let hidden: Vec<String> = form
            .fields
            .iter()
            .filter(|field| field.when.as_ref().is_some_and(|when| !when.holds(answers)))
            .map(|field| format!("{stage}.{}", field.name))
            .filter(|name| answers.contains_key(name))
            .collect();
        if hidden.is_empty() {
            return;
        }
        answers.retain(|name, _| !hidden.contains(name));
    }
}

fn shortened(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(80).collect()
}

/// The value trimmed, or nothing if it is blank.
fn filled(value: &Value) -> Option<Value> {
    match value {
        Value::Text(text) if text.trim().is_empty() => None,
        Value::Text(text) => Some(Value::Text(text.trim().to_owned())),
        Value::Choices(chosen) if chosen.is_empty() => None,
        Value::Boolean(_) | Value::Integer(_) | Value::Choices(_) => Some(value.clone()),
    }
}

fn named_document<'a>(
    field: &Field,
    value: &Value,
    documents: &'a [DocumentVersion],
) -> Option<&'a DocumentVersion> {
    match (&field.kind, value) {
        (FieldKind::Document, Value::Text(text)) => {
            let id: DocumentId = text.parse().ok()?;
            documents.iter().find(|version| version.document == id)
        }
        _ => None,
    }
}

fn problem(
    field: &Field,
    value: &Value,
    documents: &[DocumentVersion],
    completeness: Completeness,
) -> Option<FieldRejection> {
    let name = || field.name.clone();
    match (&field.kind, value) {
        (
            FieldKind::Text { max_length } | FieldKind::LongText { max_length },
            Value::Text(text),
        ) => text_problem(field, text, *max_length),
        (FieldKind::Boolean, Value::Boolean(_)) => None,
        (
            FieldKind::Integer { min, max } | FieldKind::AmountKrw { min, max },
            Value::Integer(number),
        ) => {
            let inside =
                min.is_none_or(|min| min <= *number) && max.is_none_or(|max| *number <= max);
            let bound = |bound: &Option<i64>, open: &str| {
                bound.map_or_else(|| open.to_owned(), |n| n.to_string())
            };
            (!inside).then(|| FieldRejection::OutOfRange {
                field: name(),
                min: bound(min, "-∞"),
                max: bound(max, "∞"),
            })
        }
        (FieldKind::Date, Value::Text(text)) => text
            .parse::<Date>()
            .is_err()
            .then(|| FieldRejection::NotADate { field: name() }),
        (FieldKind::Choice { options }, Value::Text(text)) => not_an_option(field, text, options),
        (FieldKind::Choices { options, min }, Value::Choices(chosen)) => chosen
            .iter()
            .find_map(|value| not_an_option(field, value, options))
            .or_else(|| {
                let few =
                    chosen.len() < usize::from(*min) && completeness == Completeness::HandedIn;
                few.then(|| FieldRejection::TooFew {
                    field: name(),
                    min: *min,
                })
            }),
        (FieldKind::Document, Value::Text(_)) => named_document(field, value, documents)
            .is_none()
            .then(|| FieldRejection::DocumentUnknown { field: name() }),
        (FieldKind::BusinessNumber, Value::Text(text)) => (!is_business_number(text))
            .then(|| FieldRejection::NotABusinessNumber { field: name() }),
        (FieldKind::Email, Value::Text(text)) => text
            .parse::<EmailAddress>()
            .is_err()
            .then(|| FieldRejection::NotAnEmailAddress { field: name() }),
        (FieldKind::Country, Value::Text(text)) => {
            let good = text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase());
            (!good).then(|| FieldRejection::NotACountry { field: name() })
        }
        (kind, _) => Some(FieldRejection::WrongType {
            field: name(),
            wanted: wanted_type(kind).to_owned(),
        }),
    }
}

fn text_problem(field: &Field, text: &str, max: u32) -> Option<FieldRejection> {
    let found = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    if max < found {
        return Some(FieldRejection::TooLong {
            field: field.name.clone(),
            max,
            found,
        });
    }
    if matches!(field.kind, FieldKind::Text { .. }) && text.contains('\n') {
        return Some(FieldRejection::Text {
            field: field.name.clone(),
            problem: TextProblem::Forbidden(10),
        });
    }
    text.parse::<LongText>()
        .err()
        .map(|problem| FieldRejection::Text {
            field: field.name.clone(),
            problem,
        })
}

fn not_an_option(field: &Field, found: &str, options: &[Option_]) -> Option<FieldRejection> {
    if options.iter().any(|option| option.value == found) {
        return None;
    }
    let list = options
        .iter()
        .map(|option| option.value.as_str())
        .collect::<Vec<_>>()
        .join(", ");
    Some(FieldRejection::NotAnOption {
        field: field.name.clone(),
        found: shortened(found),
        options: list,
    })
}

fn wanted_type(kind: &FieldKind) -> &'static str {
    match kind {
        FieldKind::Text { .. }
        | FieldKind::LongText { .. }
        | FieldKind::Choice { .. }
        | FieldKind::BusinessNumber
        | FieldKind::Email
        | FieldKind::Country => "text",
        FieldKind::Boolean => "boolean",
        FieldKind::Integer { .. } | FieldKind::AmountKrw { .. } => "integer",
        FieldKind::Date => "date",
        FieldKind::Choices { .. } => "choices",
        FieldKind::Document => "document",
    }
}

fn is_business_number(text: &str) -> bool {
    text.parse::<crate::BusinessNumber>().is_ok()
}

/// One field whose answer changed between two submissions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The field.
    pub field: String,
    /// The answer before.
    pub before: Option<Value>,
    /// The answer now.
    pub after: Option<Value>,
}

/// What changed from one set of answers to the next, in the order of field names.
pub fn differences(
    before: &BTreeMap<String, Value>,
    after: &BTreeMap<String, Value>,
) -> Vec<Difference> {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name))
        .map(|name| Difference {
            field: name.clone(),
            before: before.get(name).cloned(),
            after: after.get(name).cloned(),
        })
        .collect()
}
