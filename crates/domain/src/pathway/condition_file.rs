//! Conditions as they are written.

use super::problem::Problems;
use super::read::{At, Node, Read, Table};
use super::wrong::{TypeWord, Wrong};
use std::ops::Range;
use toml::de::DeValue;

/// A condition, and where it stands.
#[derive(Clone, Debug)]
pub(super) struct ConditionFile {
    pub(super) span: Range<usize>,
    pub(super) shape: Shape,
}

/// What kind of condition it is.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    /// A field is looked at.
    Field {
        field: At<String>,
        comparison: Comparison,
    },
    /// Every one holds.
    All(Vec<ConditionFile>),
    /// At least one holds.
    Any(Vec<ConditionFile>),
    /// It does not hold.
    Not(Box<ConditionFile>),
}

/// How a field is looked at.
#[derive(Clone, Debug)]
pub(super) enum Comparison {
    /// It is this, or among the choices.
    Equals(At<Scalar>),
    /// It is one of these.
    In(At<Vec<At<Scalar>>>),
    /// It is at least this.
    AtLeast(i64),
    /// There is an answer, or (false) none.
    Answered(bool),
    /// It is this day or an earlier one.
    OnOrBefore(At<String>),
    /// It is this day or a later one.
    OnOrAfter(At<String>),
}

/// An answer to compare with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scalar {
    /// A text or an option.
    Text(String),
    /// Yes or no.
    Boolean(bool),
    /// A number.
    Integer(i64),
}

impl Read for Scalar {
    const EXAMPLE: &'static str = "\"…\"";
    fn read(node: Node<'_, '_>, problems: &mut Problems) -> Option<Self> {
        match node.get_ref() {
            DeValue::Boolean(yes) => Some(Self::Boolean(*yes)),
            DeValue::Integer(_) => i64::read(node, problems).map(Self::Integer),
            DeValue::String(text) => Some(Self::Text(text.as_ref().to_owned())),
            DeValue::Datetime(day) => Some(Self::Text(day.to_string())),
            DeValue::Float(_) | DeValue::Array(_) | DeValue::Table(_) => {
                // Reading a text notes that neither a text nor anything else comparable stands here.
                String::read(node, problems).map(Self::Text)
            }
        }
    }
}

/// Conditions may be nested so deep.
pub(super) const DEPTH_MAX: usize = 8;

const COMPARISONS: [&str; 6] = [
    "equals",
    "in",
    "at_least",
    "answered",
    "on_or_before",
    "on_or_after",
];

impl Read for ConditionFile {
    const EXAMPLE: &'static str = "{ field = \"stage.field\", equals = true }";
    fn read(node: Node<'_, '_>, problems: &mut Problems) -> Option<Self> {
        read_nested(node, 1, problems)
    }
}

fn read_nested(node: Node<'_, '_>, depth: usize, problems: &mut Problems) -> Option<ConditionFile> {
    let span = node.span();
    if DEPTH_MAX < depth {
        problems.add(&span, Wrong::TooDeep { max: DEPTH_MAX });
        return None;
    }
    let table = Table::at(node, TypeWord::Table, ConditionFile::EXAMPLE, problems)?;
    let has = |key: &str| table.get(key);
    let shape = match (has("field"), has("all"), has("any"), has("not")) {
        (Some(field), None, None, None) => read_comparison(&table, field, problems)?,
        (None, Some(parts), None, None) => {
            table.deny_unknown(&["all"], problems);
            Shape::All(read_parts("all", parts, depth, problems)?)
        }
        (None, None, Some(parts), None) => {
            table.deny_unknown(&["any"], problems);
            Shape::Any(read_parts("any", parts, depth, problems)?)
        }
        (None, None, None, Some(inner)) => {
            table.deny_unknown(&["not"], problems);
            Shape::Not(Box::new(read_nested(inner, depth + 1, problems)?))
        }
        _ => {
            problems.add(&span, Wrong::BadCondition);
            return None;
        }
    };
    Some(ConditionFile { span, shape })
}

fn read_parts(
    key: &str,
    node: Node<'_, '_>,
    depth: usize,
    problems: &mut Problems,
) -> Option<Vec<ConditionFile>> {
    let DeValue::Array(parts) = node.get_ref() else {
        problems.add(&node.span(), Wrong::BadCondition);
        return None;
    };
    if parts.is_empty() {
        let key = key.to_owned();
        problems.add(&node.span(), Wrong::EmptyList { key });
        return None;
    }
    let read: Vec<_> = parts
        .iter()
        .map(|part| read_nested(part, depth + 1, problems))
        .collect();
    read.into_iter().collect()
}

fn read_comparison(
    table: &Table<'_, '_>,
    field: Node<'_, '_>,
    problems: &mut Problems,
) -> Option<Shape> {
    let field = At::<String>::read(field, problems);
    let mut known = vec!["field"];
    known.extend(COMPARISONS);
    table.deny_unknown(&known, problems);
    let mut present = COMPARISONS
        .iter()
        .filter_map(|key| table.get(key).map(|node| (*key, node)));
    let (Some((key, node)), None) = (present.next(), present.next()) else {
        problems.add(&table.header, Wrong::BadCondition);
        return None;
    };
    let comparison = match key {
        "equals" => Comparison::Equals(At::read(node, problems)?),
        "in" => Comparison::In(At::read(node, problems)?),
        "at_least" => Comparison::AtLeast(i64::read(node, problems)?),
        "answered" => Comparison::Answered(bool::read(node, problems)?),
        "on_or_before" => Comparison::OnOrBefore(At::read(node, problems)?),
        _ => Comparison::OnOrAfter(At::read(node, problems)?),
    };
    Some(Shape::Field {
        field: field?,
        comparison,
    })
}

impl schemars::JsonSchema for ConditionFile {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Condition".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let inner = generator.subschema_for::<Self>();
        let scalar = schemars::json_schema!({ "type": ["string", "integer", "boolean"] });
        let field = schemars::json_schema!({
            "type": "string",
            "description": "`stage.field`; a field of the same form goes without the stage."
        });
        let comparison = |key: &str, value: &schemars::Schema, description: &str| {
            let mut value = value.clone();
            value.insert("description".to_owned(), description.into());
            schemars::json_schema!({
                "type": "object",
                "properties": { "field": field, key: value },
                "required": ["field", key],
                "additionalProperties": false
            })
        };
        let group = |key: &str, value: serde_json::Value, description: &str| {
            schemars::json_schema!({
                "type": "object",
                "description": description,
                "properties": { key: value },
                "required": [key],
                "additionalProperties": false
            })
        };
        let number = schemars::json_schema!({ "type": "integer" });
        let yes_no = schemars::json_schema!({ "type": "boolean" });
        let day = schemars::json_schema!({ "type": "string" });
        let scalars = schemars::json_schema!({ "type": "array", "items": scalar, "minItems": 1 });
        let parts = serde_json::json!({ "type": "array", "items": inner, "minItems": 1 });
        let variants = vec![
            comparison(
                "equals",
                &scalar,
                "The answer is this, or among the choices.",
            ),
            comparison("in", &scalars, "The answer is one of these."),
            comparison("at_least", &number, "The number is at least this."),
            comparison("answered", &yes_no, "There is an answer."),
            comparison(
                "on_or_before",
                &day,
                "The day is not after this date field, or `today`.",
            ),
            comparison(
                "on_or_after",
                &day,
                "The day is not before this date field, or `today`.",
            ),
            group("all", parts.clone(), "Every one holds."),
            group("any", parts, "At least one holds."),
            group("not", inner.to_value(), "It does not hold."),
        ];
        schemars::json_schema!({ "oneOf": variants })
    }
}
