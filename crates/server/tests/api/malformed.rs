//! Two thousand requests that no client should send: each gets a client error or GraphQL errors, never a fault of ours.

use super::world::{Answer, World};
use axum::http::StatusCode;
use serde_json::{Value, json};

const CASES: usize = 2_000;

/// Enough randomness to be different, and the same at every run.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(sides.max(1)).unwrap()).unwrap()
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.roll(items.len())]
    }
}

const DOCUMENTS: &[&str] = &[
    "{ me { id name memberships { role organization { id name } } } }",
    "query($id: ID!) { node(id: $id) { id ... on Case { title stages { id state due { explanation } } } } }",
    "query Q($first: Int = 5) { cases(first: $first, status: [RUNNING]) { edges { cursor node { id } } pageInfo { endCursor } } }",
    "mutation($input: FormInput!) { saveDraft(input: $input) { version userErrors { code field message } } }",
    "mutation { openCase(input: { commandId: \"019c2f5e-7b3a-7000-8000-000000000001\", startupId: \"x\", hospitalId: \"y\", deviceId: \"z\", \
     pathway: \"p\", title: \"t\" }) { case { id } userErrors { code } } }",
    "subscription { inbox { position items { title } } }",
    "query A { me { ...F } } fragment F on Account { id ...G } fragment G on Account { email }",
    "{ __schema { types { name fields { name type { kind ofType { name } } } } } }",
];

const SHARDS: &[&str] = &[
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "\"",
    "\"\"\"",
    "$",
    "@",
    "!",
    ":",
    "...",
    "#",
    "\\",
    "\u{0}",
    "\u{202e}",
    "한글",
    "🩺",
    "__typename",
    "on",
    "fragment F on Query { ...F }",
    "@include(if: $x)",
    "@skip",
    "null",
    "-1e999",
    "9223372036854775808",
    "0x10",
    "true",
    "mutation",
    "subscription",
    "query",
    "\\u{110000}",
    "\"\\uD800\"",
    "{{{{{{{{",
    "]]]]]]]]",
    " id id id",
    "(id: {a: [{b: {c: []}}]})",
    "{ me { me { me } } }",
];

pub(crate) fn document(dice: &mut Dice) -> String {
    let mut text = (*dice.pick(DOCUMENTS)).to_owned();
    for _ in 0..=dice.roll(4) {
        let places: Vec<usize> = text
            .char_indices()
            .map(|(at, _)| at)
            .chain([text.len()])
            .collect();
        let from = *dice.pick(&places);
        match dice.roll(5) {
            0 => text.insert_str(from, dice.pick::<&str>(SHARDS)),
            1 => text.truncate(from),
            2 => {
                let to = *dice.pick(&places);
                text.replace_range(from.min(to)..from.max(to), "");
            }
            3 => {
                let copy = text[from..].to_owned();
                text.push_str(&copy);
            }
            _ => text.insert_str(from, &dice.pick::<&str>(SHARDS).repeat(1 + dice.roll(60))),
        }
        text.truncate(
            (0..=text.len().min(20_000))
                .rev()
                .find(|at| text.is_char_boundary(*at))
                .unwrap(),
        );
    }
    text
}

fn variables(dice: &mut Dice) -> Value {
    let deep = (0..dice.roll(100)).fold(json!(1), |inner, _| json!([inner]));
    let values = [
        json!(null),
        json!({}),
        json!([]),
        json!("text"),
        json!({ "id": 5 }),
        json!({ "id": { "a": 1 } }),
        json!({ "input": null }),
        json!({ "input": { "commandId": "no", "caseId": "no", "stage": "NO STAGE", "values": [] } }),
        json!({ "input": { "commandId": "019c2f5e-7b3a-7000-8000-000000000002", "caseId": "case_00000000000000000000000000000001",
            "stage": "intake", "values": [{ "field": "\u{202e}", "value": { "text": "a", "integer": 1 } }] } }),
        json!({ "first": i64::MAX }),
        json!({ "first": -1 }),
        json!({ "first": "many" }),
        json!({ "id": "case_가나다" }),
        json!({ "id": deep }),
    ];
    dice.pick(&values).clone()
}

fn body(dice: &mut Dice) -> Vec<u8> {
    let whole = json!({ "query": document(dice), "variables": variables(dice) });
    let mut bytes = match dice.roll(12) {
        0 => Value::from(vec![whole; 1 + dice.roll(12)]).to_string(),
        1 => json!({ "query": dice.roll(9) }).to_string(),
        2 => json!({ "query": document(dice), "operationName": "Nobody" }).to_string(),
        3 => json!({ "documentId": "x" }).to_string(),
        _ => whole.to_string(),
    }
    .into_bytes();
    if dice.roll(8) == 0 && !bytes.is_empty() {
        let at = dice.roll(bytes.len());
        bytes[at] = u8::try_from(dice.roll(256)).unwrap();
    }
    if dice.roll(20) == 0 {
        let at = dice.roll(bytes.len());
        bytes.truncate(at);
    }
    bytes
}

/// What is wrong with an answer to a malformed request.
fn verdict(answer: &Answer) -> Result<(), &'static str> {
    if answer.status.is_server_error() {
        return Err("a server error");
    }
    if answer.text.contains("\"FAULT\"") {
        return Err("a fault");
    }
    if answer.status == StatusCode::OK && answer.json().is_null() {
        return Err("an answer that is not JSON");
    }
    let lower = answer.text.to_lowercase();
    if ["panicked", "sqlx", "src/", ".rs:"]
        .iter()
        .any(|text| lower.contains(text))
    {
        return Err("a text from inside");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_malformed_requests_find_no_fault() {
    let world = World::new().await;
    let mut dice = Dice(0x6e61_7275);
    let mut refused = 0;
    for number in 0..CASES {
        let body = body(&mut dice);
        let shown = String::from_utf8_lossy(&body)
            .chars()
            .take(600)
            .collect::<String>();
        let answer = world.post("owner", body).await;
        assert_eq!(
            verdict(&answer),
            Ok(()),
            "request {number}: {shown}\n{}",
            answer.text
        );
        if answer.status.is_client_error() || answer.text.contains("\"errors\"") {
            refused += 1;
        }
    }
    assert!(refused > CASES / 2, "only {refused} were malformed at all");
    assert_eq!(
        world.data("owner", "{ me { name } }", json!({})).await["me"]["name"],
        "owner 님"
    );
}

#[test]
fn a_fault_would_be_found() {
    let answer = |status, text: &str| Answer {
        status,
        headers: axum::http::HeaderMap::new(),
        text: text.to_owned(),
    };
    assert!(verdict(&answer(StatusCode::INTERNAL_SERVER_ERROR, "{}")).is_err());
    assert!(
        verdict(&answer(
            StatusCode::OK,
            r#"{"errors":[{"extensions":{"code":"FAULT"}}]}"#
        ))
        .is_err()
    );
    assert!(verdict(&answer(StatusCode::OK, "<html>")).is_err());
    assert!(
        verdict(&answer(
            StatusCode::OK,
            r#"{"errors":["panicked at src/lib.rs:1"]}"#
        ))
        .is_err()
    );
    assert!(verdict(&answer(StatusCode::OK, r#"{"data":null}"#)).is_ok());
}
