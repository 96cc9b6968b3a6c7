//! Parsed documents, kept by their text: a program sends the same few documents again and again. What the library found when it checked
//! one against the schema is kept too, with the shape of the variables it was sent with.

use super::limits::{self, LimitProblem, Shape};
use async_graphql::parser::parse_query;
use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{ServerError, ValidationResult, Value, Variables};
use quick_cache::sync::Cache;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The longest written shape of variables that is kept.
const FORM_BYTES_MAX: usize = 4 * 1024;

/// A parsed document that is inside every limit.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    /// What the library runs.
    pub(crate) parsed: ExecutableDocument,
    /// What it asks for in general.
    pub(crate) shape: Shape,
    /// Its number, if it is kept.
    number: Option<u64>,
}

/// Everything of a request that decides whether it fits the schema and what it costs: the document, the operation, and of the variables
/// what the check can tell apart. Of a string that is whether it may be the name of an enum's value, and which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Form(Vec<u8>);

/// The documents seen last.
#[derive(Debug)]
pub(crate) struct Documents {
    cache: Cache<String, Arc<Document>>,
    fitting: Cache<Vec<u8>, ValidationResult>,
    next_number: AtomicU64,
}

impl Documents {
    /// An empty cache for so many documents.
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            cache: Cache::new(capacity),
            fitting: Cache::new(capacity),
            next_number: AtomicU64::new(0),
        }
    }

    /// The document that `text` is, parsed at most once while it stays in use.
    pub(crate) fn parse(&self, text: &str) -> Result<Arc<Document>, ServerError> {
        if let Some(document) = self.cache.get(text) {
            return Ok(document);
        }
        limits::check_tokens(text).map_err(LimitProblem::to_error)?;
        let parsed = parse_query(text).map_err(ServerError::from)?;
        let shape = limits::check_document(&parsed).map_err(LimitProblem::to_error)?;
        // A document that writes its texts out will not come again; everything else in it is worth keeping.
        let is_kept = !text.contains('"');
        let document = Arc::new(Document {
            parsed,
            shape,
            number: is_kept.then(|| self.next_number.fetch_add(1, Ordering::Relaxed)),
        });
        if is_kept {
            self.cache.insert(text.to_owned(), Arc::clone(&document));
        }
        Ok(document)
    }

    /// What the check of a request of this form found, if one passed lately.
    pub(crate) fn known(&self, form: &Form) -> Option<ValidationResult> {
        self.fitting.get(form.0.as_slice())
    }

    /// Keeps what the check of a request that passed found.
    pub(crate) fn learn(&self, form: &Form, found: ValidationResult) {
        self.fitting.insert(form.0.clone(), found);
    }
}

impl Document {
    /// The form of a request for this document; none if it is not worth keeping.
    pub(crate) fn form(&self, operation: Option<&str>, variables: &Variables) -> Option<Form> {
        let mut form = Vec::with_capacity(256);
        form.extend_from_slice(&self.number?.to_le_bytes());
        write_text(&mut form, operation.unwrap_or_default());
        for (name, value) in variables.iter() {
            write_text(&mut form, name);
            write_value(&mut form, value)?;
        }
        (form.len() <= FORM_BYTES_MAX).then_some(Form(form))
    }
}

/// Writes what the check can tell of a value. Each kind begins with a letter of its own and ends where its length or its end mark says.
fn write_value(form: &mut Vec<u8>, value: &Value) -> Option<()> {
    if form.len() > FORM_BYTES_MAX {
        return None;
    }
    match value {
        Value::Null => form.push(b'0'),
        Value::Boolean(true) => form.push(b't'),
        Value::Boolean(false) => form.push(b'f'),
        Value::Number(number) => write!(form, "n{number};").ok()?,
        Value::String(text) if may_be_enum(text) => {
            form.push(b'e');
            write_text(form, text);
        }
        Value::String(_) => form.push(b's'),
        Value::Enum(name) => {
            form.push(b'v');
            write_text(form, name);
        }
        Value::List(values) => {
            form.push(b'[');
            for value in values {
                write_value(form, value)?;
            }
            form.push(b']');
        }
        Value::Object(fields) => {
            form.push(b'{');
            for (name, value) in fields {
                form.push(b',');
                write_text(form, name);
                write_value(form, value)?;
            }
            form.push(b'}');
        }
        Value::Binary(_) => return None,
    }
    Some(())
}

fn write_text(form: &mut Vec<u8>, text: &str) {
    form.extend_from_slice(&text.len().to_le_bytes());
    form.extend_from_slice(text.as_bytes());
}

/// Whether a string can be the value of an enum: they are all written in capitals.
fn may_be_enum(text: &str) -> bool {
    text.bytes()
        .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphql::schema_sdl;
    use serde_json::json;

    fn form(documents: &Documents, text: &str, variables: serde_json::Value) -> Option<Form> {
        let document = documents.parse(text).unwrap();
        document.form(None, &Variables::from_json(variables))
    }

    #[test]
    fn requests_differ_in_form_where_the_check_could_tell_them_apart() {
        let documents = Documents::new(10);
        let query = "query($v: Any) { a(b: $v) }";
        let values = [
            json!({}),
            json!({ "v": null }),
            json!({ "v": true }),
            json!({ "v": false }),
            json!({ "v": 1 }),
            json!({ "v": 2 }),
            json!({ "v": 1.5 }),
            json!({ "v": "any text" }),
            json!({ "v": "APPROVE" }),
            json!({ "v": "REJECT" }),
            json!({ "v": [] }),
            json!({ "v": ["any text"] }),
            json!({ "v": [["any text"]] }),
            json!({ "v": [[], "any text"] }),
            json!({ "v": { "a": 1 } }),
            json!({ "v": { "b": 1 } }),
            json!({ "v": { "a": 1, "b": 1 } }),
            json!({ "v": { "a": { "b": 1 } } }),
            json!({ "w": 1 }),
        ];
        let forms: Vec<_> = values
            .iter()
            .map(|variables| form(&documents, query, variables.clone()).unwrap())
            .collect();
        for (i, one) in forms.iter().enumerate() {
            for (j, other) in forms.iter().enumerate() {
                assert_eq!(one == other, i == j, "{} {}", values[i], values[j]);
            }
        }
        let other = form(&documents, "query($v: Any) { c(b: $v) }", json!({}));
        assert_ne!(other.as_ref(), forms.first());
    }

    #[test]
    fn what_a_text_says_does_not_change_the_form() {
        let documents = Documents::new(10);
        let query = "query($v: Any) { a(b: $v) }";
        let of = |text: &str| form(&documents, query, json!({ "v": { "text": text } })).unwrap();
        assert_eq!(of("판막 질환"), of("case_019c2f5e7b3a70008000000000000001"));
    }

    #[test]
    fn what_is_long_or_will_not_come_again_has_no_form() {
        let documents = Documents::new(10);
        let long: Vec<i32> = (0..4_000).collect();
        assert_eq!(
            form(
                &documents,
                "query($v: Any) { a(b: $v) }",
                json!({ "v": long })
            ),
            None
        );
        assert_eq!(form(&documents, r#"{ a(b: "once") }"#, json!({})), None);
    }

    #[test]
    fn every_value_of_every_enum_is_written_in_capitals() {
        let sdl = schema_sdl();
        let parsed = async_graphql::parser::parse_schema(&sdl).unwrap();
        let mut values = 0;
        for definition in parsed.definitions {
            let async_graphql::parser::types::TypeSystemDefinition::Type(definition) = definition
            else {
                continue;
            };
            if let async_graphql::parser::types::TypeKind::Enum(kind) = definition.node.kind {
                for value in kind.values {
                    assert!(may_be_enum(&value.node.value.node), "{:?}", value.node);
                    values += 1;
                }
            }
        }
        assert!(values > 50);
    }
}
