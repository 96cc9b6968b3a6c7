//! The examples that people copy: of the explorer page and of the documentation. Each must be a request that the schema knows.

use super::world::World;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// The queries and variables of the explorer's examples, as the page's script writes them.
fn of_explorer() -> Vec<(String, Value)> {
    let script = include_str!("../../assets/explorer.js");
    script
        .lines()
        .filter_map(|line| line.trim().strip_prefix("{ title: "))
        .map(|line| {
            let (_, rest) = line.split_once(", query: ").unwrap();
            let mut values = serde_json::Deserializer::from_str(rest).into_iter::<String>();
            let query = values.next().unwrap().unwrap();
            let rest = &rest[values.byte_offset()..];
            let variables = rest
                .split_once("variables: ")
                .map_or(json!({}), |(_, text)| {
                    let text = text.trim_end_matches([',', ' ']);
                    let text = text.strip_suffix('}').unwrap();
                    script_value(text.trim())
                });
            (query, variables)
        })
        .collect()
}

/// An object as a script writes it, with bare names, as JSON.
fn script_value(text: &str) -> Value {
    let mut json = String::new();
    let mut quoted = false;
    let mut name = String::new();
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            c if !quoted && c.is_ascii_alphanumeric() => {
                name.push(c);
                continue;
            }
            _ => {}
        }
        if !name.is_empty() {
            let mark = if c == ':' { "\"" } else { "" };
            for part in [mark, &name, mark] {
                json.push_str(part);
            }
            name.clear();
        }
        json.push(c);
    }
    serde_json::from_str(&json).unwrap_or_else(|problem| panic!("{problem}: {json}"))
}

/// The GraphQL blocks of the documentation.
fn of_docs() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    ["README.md", "docs/api.md"]
        .iter()
        .flat_map(|file| {
            let text = fs::read_to_string(root.join(file)).unwrap();
            let blocks = text.split("```graphql\n").skip(1);
            let blocks: Vec<String> = blocks
                .map(|block| block.split("```").next().unwrap().to_owned())
                .collect();
            blocks
        })
        .collect()
}

#[tokio::test]
async fn every_example_of_the_explorer_is_answered_without_an_error() {
    let world = World::new().await;
    let examples = of_explorer();
    assert!(examples.len() >= 10);
    for (query, variables) in examples {
        let mut variables = variables;
        if let Some(input) = variables.get_mut("input").and_then(Value::as_object_mut) {
            input.insert("commandId".to_owned(), json!(world.command_id()));
        }
        let answer = world.ask("owner", &query, variables).await;
        if query.starts_with("subscription") {
            assert_eq!(answer.code(), "SUBSCRIBE_ELSEWHERE", "{query}");
        } else {
            assert_eq!(
                answer.json()["errors"],
                Value::Null,
                "{query}\n{}",
                answer.text
            );
        }
    }
}

#[tokio::test]
async fn every_document_in_the_documentation_fits_the_schema() {
    let world = World::new().await;
    let documents = of_docs();
    assert!(!documents.is_empty());
    for document in documents {
        let answer = world.ask("owner", &document, json!({})).await;
        let message = answer.message();
        for wrong in ["Unknown", "Cannot query", "expected", "type \"", "Field \""] {
            assert!(!message.contains(wrong), "{document}\n{message}");
        }
    }
}
