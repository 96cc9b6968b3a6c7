//! The JSON Schema of pathway files, for editors.

use super::file::PathwayFile;
use schemars::Schema;
use serde_json::{Map, Value};

/// The JSON Schema of a pathway file, with sorted keys.
pub fn json_schema() -> Value {
    let settings = schemars::generate::SchemaSettings::draft07();
    let mut schema = settings
        .into_generator()
        .into_root_schema_for::<PathwayFile>()
        .to_value();
    without_null(&mut schema);
    if let Some(root) = schema.as_object_mut() {
        root.insert("title".to_owned(), "Naru pathway".into());
    }
    sorted(schema)
}

/// The schema of a table with the keys of both, in which `tag` is `word`.
pub(super) fn merged(head: &Schema, limits: &Schema, tag: &str, word: &str) -> Schema {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for part in [head, limits] {
        if let Some(Value::Object(more)) = part.get("properties") {
            properties.extend(more.clone());
        }
        if let Some(Value::Array(more)) = part.get("required") {
            required.extend(more.clone());
        }
    }
    properties.insert(tag.to_owned(), serde_json::json!({ "const": word }));
    let description = limits.get("description").cloned();
    schemars::json_schema!({
        "type": "object",
        "description": description,
        "properties": properties,
        "required": required,
        "additionalProperties": false
    })
}

/// TOML has no null, so an optional key is absent or of its type.
fn without_null(value: &mut Value) {
    match value {
        Value::Object(object) => {
            if let Some(Value::Array(types)) = object.get_mut("type") {
                types.retain(|word| word != "null");
                if let [one] = types.as_slice() {
                    let one = one.clone();
                    object.insert("type".to_owned(), one);
                }
            }
            let null = serde_json::json!({ "type": "null" });
            if let Some(Value::Array(any)) = object.get_mut("anyOf") {
                any.retain(|part| part != &null);
                if let [Value::Object(one)] = any.as_slice() {
                    let one = one.clone();
                    object.remove("anyOf");
                    object.extend(one);
                }
            }
            object.values_mut().for_each(without_null);
        }
        Value::Array(parts) => parts.iter_mut().for_each(without_null),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let ordered: std::collections::BTreeMap<String, Value> = object
                .into_iter()
                .map(|(key, value)| (key, sorted(value)))
                .collect();
            Value::Object(ordered.into_iter().collect())
        }
        Value::Array(parts) => Value::Array(parts.into_iter().map(sorted).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_file_is_current() {
        let known = include_str!("../../../../workflows/pathway.schema.json");
        let current = serde_json::to_string_pretty(&json_schema()).unwrap() + "\n";
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            let path = concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../../workflows/pathway.schema.json"
            );
            std::fs::write(path, &current).unwrap();
        }
        assert!(
            known == current,
            "run `naru pathway schema > workflows/pathway.schema.json`"
        );
    }
}
