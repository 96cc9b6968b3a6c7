//! The content hash of a pathway.

use super::{Pathway, PathwayHash};
use crate::Sha256Hex;
use serde_json::Value;
use std::collections::BTreeMap;

/// The SHA-256 of the pathway as JSON without white space and with sorted keys: comments, order of keys and layout of the file do not count.
///
/// # Panics
/// Never: a checked pathway is always JSON.
#[expect(
    clippy::expect_used,
    reason = "a pathway has text keys only, so it is always JSON"
)]
pub fn content_hash(pathway: &Pathway) -> PathwayHash {
    let value = serde_json::to_value(pathway).expect("a pathway is JSON");
    let mut canonical = String::new();
    write(&value, &mut canonical);
    PathwayHash(Sha256Hex::of(canonical.as_bytes()))
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(object) => {
            let keys: BTreeMap<&String, &Value> = object.iter().collect();
            out.push('{');
            for (n, (key, value)) in keys.into_iter().enumerate() {
                if n != 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                write(value, out);
            }
            out.push('}');
        }
        Value::Array(parts) => {
            out.push('[');
            for (n, part) in parts.iter().enumerate() {
                if n != 0 {
                    out.push(',');
                }
                write(part, out);
            }
            out.push(']');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            out.push_str(&value.to_string());
        }
    }
}
