//! Every limit, hit exactly: what is just allowed passes, one more is refused with its code.

use super::world::World;
use axum::http::StatusCode;
use naru_server::Rates;
use naru_server::graphql::limits::{
    ALIASES_MAX, BATCH_MAX, COMPLEXITY_MAX, DEPTH_MAX, DIRECTIVES_MAX, NESTING_MAX,
    ROOT_FIELDS_MAX, TOKENS_MAX,
};
use naru_server::http::BODY_BYTES_MAX;
use serde_json::{Value, json};
use std::fmt::Write;
use std::num::NonZeroU32;

async fn code(world: &World, query: &str) -> String {
    world.ask("owner", query, json!({})).await.code()
}

async fn message(world: &World, query: &str) -> String {
    world.ask("owner", query, json!({})).await.message()
}

fn repeated(from: &str, number: usize, to: &str) -> String {
    let mut text = from.to_owned();
    for n in 0..number {
        text += &to.replace("{n}", &n.to_string());
    }
    text
}

#[tokio::test]
async fn tokens_aliases_root_fields_and_nesting() {
    let world = World::new().await;
    let tokens = |n| repeated("{ me { id", n, " id") + " } }";
    assert_eq!(code(&world, &tokens(TOKENS_MAX - 6)).await, "none");
    assert_eq!(
        code(&world, &tokens(TOKENS_MAX - 5)).await,
        "TOO_MANY_TOKENS"
    );
    let aliases = |n| repeated("{ me {", n, " a{n}: id") + " } }";
    assert_eq!(code(&world, &aliases(ALIASES_MAX)).await, "none");
    assert_eq!(
        code(&world, &aliases(ALIASES_MAX + 1)).await,
        "TOO_MANY_ALIASES"
    );
    let roots = |n| repeated("{", n, " a{n}: me { id }") + " }";
    assert_eq!(code(&world, &roots(ROOT_FIELDS_MAX)).await, "none");
    assert_eq!(
        code(&world, &roots(ROOT_FIELDS_MAX + 1)).await,
        "TOO_MANY_ROOT_FIELDS"
    );
    let nested = format!(
        "{{ case(id: {}1{}) {{ id }} }}",
        "[".repeat(NESTING_MAX),
        "]".repeat(NESTING_MAX)
    );
    assert_eq!(code(&world, &nested).await, "NESTED_TOO_DEEP");
}

#[tokio::test]
async fn one_verb_a_request_and_no_subscription_over_post() {
    let world = World::new().await;
    let two = "mutation { a: resumeCase(input: { commandId: \"x\", caseId: \"y\" }) { version } \
        b: resumeCase(input: { commandId: \"x\", caseId: \"y\" }) { version } }";
    assert_eq!(code(&world, two).await, "ONE_MUTATION_A_REQUEST");
    let follow = "subscription { inbox { position } }";
    assert_eq!(code(&world, follow).await, "SUBSCRIBE_ELSEWHERE");
}

#[tokio::test]
async fn depth_directives_and_complexity() {
    let world = World::new().await;
    // A case leads to its studies and a study back to its case, four levels down at each turn and one up at the end.
    let around = |turns: usize, end: &str| {
        let down = "case { stages { work { ... on StudyWork { study { ".repeat(turns);
        let up = " } } } } }".repeat(turns);
        format!("{{ node(id: \"study_1\") {{ ... on Study {{ {down}{end}{up} }} }} }}")
    };
    // node, case, stages, work, study, case, stages, work, study: with three more levels it is 12 deep.
    let three = "case { device { id } }";
    let four = "case { device { owner { id } } }";
    assert_eq!(DEPTH_MAX, 12);
    let passed = message(&world, &around(2, three)).await;
    assert!(!passed.contains("nested"), "{passed}");
    let refused = message(&world, &around(2, four)).await;
    assert!(refused.contains("nested too deep"), "{refused}");
    let directives = |n: usize| format!("{{ me {{ id {} }} }}", "@include(if: true) ".repeat(n));
    assert!(
        message(&world, &directives(DIRECTIVES_MAX + 1))
            .await
            .contains("directive")
    );
    // A hundred cases with a hundred entries each, in one request.
    let heavy = "{ cases(first: 100) { nodes { id timeline(first: 100) { nodes { words } } } } }";
    assert_eq!(message(&world, heavy).await, "Query is too complex.");
    let light = "{ cases(first: 100) { nodes { id reference title status } } }";
    let answer = world.ask("owner", light, json!({})).await.json();
    let spent = answer["extensions"]["cost"]["spent"].as_u64().unwrap();
    assert!(
        0 < spent && spent <= u64::try_from(COMPLEXITY_MAX).unwrap(),
        "{answer}"
    );
    assert_eq!(answer["extensions"]["cost"]["max"], json!(COMPLEXITY_MAX));
}

#[tokio::test]
async fn pages_have_at_most_a_hundred_nodes() {
    let world = World::new().await;
    for first in [-1, 101] {
        let query = format!("{{ inbox(first: {first}) {{ nodes {{ round }} }} }}");
        assert_eq!(code(&world, &query).await, "PAGE_TOO_LARGE");
    }
    assert_eq!(
        code(&world, "{ inbox(after: \"!\") { nodes { round } } }").await,
        "BAD_CURSOR"
    );
}

#[tokio::test]
async fn bodies_and_batches() {
    let world = World::new().await;
    let mut body = json!({ "query": "{ me { id } }" }).to_string();
    let padding = BODY_BYTES_MAX - body.len();
    body.push_str(&" ".repeat(padding));
    assert_eq!(
        world.post("owner", body.clone()).await.status,
        StatusCode::OK
    );
    body.push(' ');
    let refused = world.post("owner", body).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(refused.code(), "BODY_TOO_LARGE");
    let batch = |n: usize| Value::from(vec![json!({ "query": "{ me { id } }" }); n]).to_string();
    let answer = world.post("owner", batch(BATCH_MAX)).await;
    assert_eq!(answer.json().as_array().unwrap().len(), BATCH_MAX);
    let refused = world.post("owner", batch(BATCH_MAX + 1)).await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::BAD_REQUEST, "BATCH_TOO_LARGE".to_owned())
    );
    assert_eq!(
        world.post("owner", "[]").await.status,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn an_account_that_asks_for_too_much_waits_and_failing_tokens_are_counted_by_address() {
    let number = |n| NonZeroU32::new(n).unwrap();
    let rates = Rates {
        cost_per_second: number(1),
        cost_burst: number(500),
        failures_per_minute: number(3),
    };
    let world = World::with_rates(rates).await;
    let query = "{ cases(first: 100) { nodes { id title } } }";
    let mut codes = Vec::new();
    for _ in 0..60 {
        codes.push(code(&world, query).await);
    }
    assert_eq!(codes.first().unwrap(), "none");
    assert_eq!(codes.last().unwrap(), "RATE_LIMITED");
    assert_eq!(
        world.ask("coordinator", query, json!({})).await.code(),
        "none"
    );
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(world.ask("naru_wrong", query, json!({})).await.status);
    }
    assert_eq!(statuses[0], StatusCode::UNAUTHORIZED);
    assert_eq!(statuses[4], StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn tools_can_ask_for_the_whole_schema_with_their_deep_question() {
    let world = World::new().await;
    let mut of = String::from("kind name");
    for _ in 0..9 {
        of = format!("kind name ofType {{ {of} }}");
    }
    let mut query = String::new();
    write!(
        query,
        "query IntrospectionQuery {{ __schema {{ types {{ ...F }} }} }} fragment F on __Type {{ kind name fields {{ name \
         args {{ name type {{ ...T }} }} type {{ ...T }} }} }} fragment T on __Type {{ {of} }}"
    )
    .unwrap();
    let data = world.data("owner", &query, json!({})).await;
    assert!(data["__schema"]["types"].as_array().unwrap().len() > 100);
    let refused = message(&world, "{ me { nmae } }").await;
    assert!(!refused.contains("Did you mean"), "{refused}");
}
