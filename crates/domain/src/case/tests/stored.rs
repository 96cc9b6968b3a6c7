//! Stored events are forever: every variant ever written stays readable, letter by letter.

use crate::case::CaseEvent;
use std::collections::BTreeSet;

/// One line an event, as the store holds it. Lines are added, never changed.
const GOLDEN: &str = include_str!("../../../tests/golden/case_events.jsonl");
const SOURCE: &str = include_str!("../event.rs");

/// The tags of every variant in the source, so that a new one without a golden line is found.
fn variants() -> BTreeSet<String> {
    let (_, body) = SOURCE.split_once("pub enum CaseEvent {").unwrap();
    let (body, _) = body.split_once("\n}\n").unwrap();
    let starts_variant = |line: &&str| {
        line.strip_prefix("    ")
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
    };
    body.lines()
        .filter(starts_variant)
        .map(|line| snake(line.trim().trim_end_matches([',', '{', ' '])))
        .collect()
}

fn snake(name: &str) -> String {
    let mut snake = String::new();
    for (n, letter) in name.chars().enumerate() {
        if letter.is_ascii_uppercase() && n != 0 {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

#[test]
fn every_event_ever_stored_is_read_and_written_the_same() {
    for (n, line) in GOLDEN.lines().enumerate() {
        let event: CaseEvent =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("line {}: {error}", n + 1));
        assert_eq!(serde_json::to_string(&event).unwrap(), line);
    }
}

#[test]
fn every_kind_of_event_has_a_golden_line() {
    let found: BTreeSet<String> = GOLDEN
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|json| json["event"].as_str().unwrap().to_owned())
        .collect();
    let all = variants();
    assert!(25 < all.len(), "{all:?}");
    assert_eq!(found, all);
}
