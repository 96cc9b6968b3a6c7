//! Answers to form fields, as the API writes and reads them.

use super::super::command::Preparing;
use super::super::scalars::Long;
use async_graphql::{InputObject, OneofObject, SimpleObject};
use naru_domain::pathway::Value;
use std::collections::BTreeMap;

/// An answer to a form field. Exactly one of the values is there.
#[derive(Clone, Debug, SimpleObject)]
pub struct FieldAnswer {
    /// The field's name.
    pub field: String,
    /// Text, a choice, a day, a document's id, an address or a country.
    pub text: Option<String>,
    /// Yes or no.
    pub boolean: Option<bool>,
    /// A whole number or an amount in won.
    pub integer: Option<Long>,
    /// Several choices.
    pub choices: Option<Vec<String>>,
}

impl FieldAnswer {
    /// An answer of the domain under its field's name.
    pub(crate) fn new(field: &str, value: &Value) -> Self {
        let mut answer = Self {
            field: field.to_owned(),
            text: None,
            boolean: None,
            integer: None,
            choices: None,
        };
        match value {
            Value::Text(text) => answer.text = Some(text.clone()),
            Value::Boolean(yes) => answer.boolean = Some(*yes),
            Value::Integer(number) => answer.integer = Some(Long(*number)),
            Value::Choices(chosen) => answer.choices = Some(chosen.iter().cloned().collect()),
        }
        answer
    }
}

/// Every answer, in the order of field names.
pub(crate) fn answers(values: &BTreeMap<String, Value>) -> Vec<FieldAnswer> {
    values
        .iter()
        .map(|(field, value)| FieldAnswer::new(field, value))
        .collect()
}

/// The value of an answer: exactly one of them.
#[derive(Clone, Debug, OneofObject)]
pub enum ValueInput {
    /// Text, a choice, a day such as `2026-03-03`, a document's id, an address or a country.
    Text(String),
    /// Yes or no.
    Boolean(bool),
    /// A whole number or an amount in won.
    Integer(Long),
    /// Several choices.
    Choices(Vec<String>),
}

/// An answer to a form field.
#[derive(Clone, Debug, InputObject)]
pub struct FieldAnswerInput {
    /// The field's name.
    field: String,
    /// The answer.
    value: ValueInput,
}

/// The answers of an input; a field named twice is refused.
pub(crate) fn values(given: &[FieldAnswerInput]) -> Preparing<BTreeMap<String, Value>> {
    let mut values = BTreeMap::new();
    for answer in given {
        let value = match &answer.value {
            ValueInput::Text(text) => Value::Text(text.clone()),
            ValueInput::Boolean(yes) => Value::Boolean(*yes),
            ValueInput::Integer(number) => Value::Integer(number.0),
            ValueInput::Choices(chosen) => Value::Choices(chosen.iter().cloned().collect()),
        };
        if values.insert(answer.field.clone(), value).is_some() {
            let rejection = naru_domain::case::FieldRejection::Unknown {
                field: answer.field.clone(),
            };
            let problems = naru_domain::case::FieldProblems(vec![rejection]);
            let rejection = naru_domain::case::CaseRejection::FormNotValid { problems };
            return Err(naru_domain::Rejection::from(rejection).into());
        }
    }
    Ok(values)
}
