//! Any document at the API's door: the token limits, the parser, the library's validation and the resolvers of questions. Up to the first
//! NUL it is the document, behind it the variables; a first line of `body` sends the rest as the body of the request, as it is.
#![no_main]

use libfuzzer_sys::fuzz_target;
use naru_fuzz::Door;
use serde_json::{Value, json};

thread_local! {
    static DOOR: Door = Door::open();
}

fuzz_target!(init: DOOR.with(|_| ()), |data: &[u8]| {
    DOOR.with(|door| {
        if let Some(body) = data.strip_prefix(b"body\n") {
            door.send("/graphql", body.to_vec()).assert_no_fault();
            return;
        }
        let Ok(text) = std::str::from_utf8(data) else {
            return;
        };
        let (document, variables) = text.split_once('\0').unwrap_or((text, ""));
        let variables: Value = serde_json::from_str(variables).unwrap_or_default();
        door.ask(&json!({ "query": document, "variables": variables }))
            .assert_no_fault();
    });
});
