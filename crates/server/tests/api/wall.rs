//! The wall: to whoever may not see a thing, every question and every command answers exactly as if it were not there.

use super::schema::{first_value, input_fields, input_of, is_input, mutations};
use super::world::{STARTUP, Things, World, text_of};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use naru_domain::{CaseId, ConsultationId, DeviceId, FeedbackRoundId, OrganizationId, StudyId};
use serde_json::{Map, Value, json};

/// Who is behind the wall of everything of the case.
const STRANGERS: &[&str] = &["stranger", "rival", "clinician", "operator"];

/// What may be asked of, and the same of what was never there.
fn pairs(things: &Things) -> Vec<(&'static str, String, String)> {
    vec![
        (
            "deviceId",
            things.device.clone(),
            text_of::<DeviceId>(7_777),
        ),
        ("caseId", things.case.clone(), text_of::<CaseId>(7_777)),
        ("studyId", things.study.clone(), text_of::<StudyId>(7_777)),
        (
            "feedbackRoundId",
            things.round.clone(),
            text_of::<FeedbackRoundId>(7_777),
        ),
        (
            "consultationId",
            things.consultation.clone(),
            text_of::<ConsultationId>(7_777),
        ),
    ]
}

/// A value of a type, good enough to pass the library's checks.
fn value_of(kind: &str) -> Value {
    let bare = kind.trim_end_matches('!');
    if !kind.ends_with('!') && !bare.starts_with('[') {
        return Value::Null;
    }
    if bare.starts_with('[') {
        return json!([]);
    }
    match bare {
        "ID" => json!("account_00000000000000000000000000001e61"),
        "String" => json!("text"),
        "Boolean" => json!(true),
        "Int" => json!(1),
        "Long" => json!(45_000_000),
        "Date" => json!("2026-04-01"),
        "DateTime" => json!("2026-06-01T00:00:00Z"),
        _ => first_value(bare).map_or_else(|| input_value(bare), Value::from),
    }
}

fn input_value(name: &str) -> Value {
    let one_of = is_input(name).unwrap_or_else(|| panic!("neither an enum nor an input: {name}"));
    let mut fields = Map::new();
    for (field, kind) in input_fields(name) {
        let kind = kind.split(" = ").next().unwrap().to_owned();
        let kind = if one_of {
            format!("{}!", kind.trim_end_matches('!'))
        } else {
            kind
        };
        let value = value_of(&kind);
        if value != Value::Null {
            fields.insert(field, value);
            if one_of {
                break;
            }
        }
    }
    Value::Object(fields)
}

async fn command(world: &World, who: &str, verb: &str, field: &str, id: &str) -> Value {
    let input = input_of(verb);
    let mut value = input_value(&input);
    value[field] = json!(id);
    if value["commandId"] != Value::Null {
        value["commandId"] = json!(world.command_id());
    }
    let query = format!(
        "mutation($input: {input}!) {{ {verb}(input: $input) {{ userErrors {{ code field message }} }} }}"
    );
    world.data(who, &query, json!({ "input": value })).await[verb]["userErrors"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_command_on_a_forbidden_thing_answers_like_one_on_a_thing_that_is_not_there() {
    let world = World::new().await;
    let things = world.things().await;
    let mut asked = 0;
    for verb in mutations() {
        let fields = input_fields(&input_of(&verb));
        for (field, real, unknown) in pairs(&things) {
            if !fields.contains_key(field) {
                continue;
            }
            for who in STRANGERS {
                let forbidden = command(&world, who, &verb, field, &real).await;
                let missing = command(&world, who, &verb, field, &unknown).await;
                assert_eq!(forbidden, missing, "{verb} by {who}");
                assert_eq!(
                    forbidden[0]["code"], "NOT_FOUND",
                    "{verb} by {who}: {forbidden}"
                );
                asked += 2;
            }
        }
    }
    assert!(asked > 250, "{asked}");
    // The same questions by somebody who may see the things are answered otherwise: the wall is what was seen above.
    let auditor = command(&world, "auditor", "pauseCase", "caseId", &things.case).await;
    assert_eq!(auditor[0]["code"], "NOT_ALLOWED");
}

#[tokio::test]
async fn every_question_about_a_forbidden_thing_answers_like_one_about_a_thing_that_is_not_there() {
    let world = World::new().await;
    let things = world.things().await;
    let node = "query($id: ID!) { node(id: $id) { __typename id } }";
    for (_, real, unknown) in pairs(&things) {
        for who in STRANGERS {
            let forbidden = world.ask(who, node, json!({ "id": real })).await;
            let missing = world.ask(who, node, json!({ "id": unknown })).await;
            assert_eq!(forbidden.json()["data"], json!({ "node": null }), "{who}");
            assert_eq!(forbidden.text, missing.text, "{who}");
        }
    }
    let questions = [
        (
            "query($id: ID!) { case(id: $id) { id } }",
            &things.case,
            text_of::<CaseId>(7_777),
        ),
        (
            "query($id: ID!) { device(id: $id) { id } }",
            &things.device,
            text_of::<DeviceId>(7_777),
        ),
        (
            "query($id: String!) { case(reference: $id) { id } }",
            &things.reference,
            "N-0000-0000".to_owned(),
        ),
        (
            "query($id: ID!) { cases(deviceId: $id) { nodes { id } pageInfo { hasNextPage } } }",
            &things.device,
            text_of::<DeviceId>(7_777),
        ),
    ];
    for (query, real, unknown) in questions {
        for who in STRANGERS {
            let forbidden = world.ask(who, query, json!({ "id": real })).await;
            let missing = world.ask(who, query, json!({ "id": unknown })).await;
            assert_eq!(forbidden.text, missing.text, "{who} {query}");
        }
        let seen = world.ask("owner", query, json!({ "id": real })).await;
        let missing = world.ask("owner", query, json!({ "id": unknown })).await;
        assert_ne!(seen.text, missing.text, "the owner sees it: {query}");
    }
}

#[tokio::test]
async fn a_startup_is_known_to_itself_and_through_its_cases_only() {
    let world = World::new().await;
    let things = world.things().await;
    let startup = text_of::<OrganizationId>(STARTUP);
    let missing = text_of::<OrganizationId>(7_777);
    let devices =
        "query($id: ID!) { devices(startupId: $id) { nodes { id } } node(id: $id) { id } }";
    for who in ["stranger", "rival", "coordinator"] {
        let forbidden = world.ask(who, devices, json!({ "id": startup })).await;
        assert_eq!(
            forbidden.text,
            world.ask(who, devices, json!({ "id": missing })).await.text,
            "{who}"
        );
        let listed = world
            .data(
                who,
                "{ organizations(first: 100) { nodes { id } } }",
                json!({}),
            )
            .await;
        assert!(!listed.to_string().contains(&startup), "{who}");
    }
    let listed = world
        .data(
            "operator",
            "{ organizations(first: 100) { nodes { id } } }",
            json!({}),
        )
        .await;
    assert!(listed.to_string().contains(&startup));
    // The hospital knows the startup of its case, and nobody else's people.
    let case = "query($id: ID!) { case(id: $id) { startup { id name members { role } businessNumber } device { id } } }";
    let seen = world
        .data("coordinator", case, json!({ "id": things.case }))
        .await;
    assert_eq!(seen["case"]["startup"]["id"], json!(startup));
    assert_eq!(seen["case"]["startup"]["members"], json!([]));
    assert_eq!(seen["case"]["device"]["id"], json!(things.device));
}

#[tokio::test]
async fn accounts_incidents_and_inboxes_are_ones_own() {
    let world = World::new().await;
    let things = world.things().await;
    let others = "{ accounts { nodes { id } } incidents { nodes { id } } }";
    let nothing = json!({ "accounts": { "nodes": [] }, "incidents": { "nodes": [] } });
    for who in ["owner", "coordinator", "director", "consultant"] {
        assert_eq!(world.data(who, others, json!({})).await, nothing, "{who}");
    }
    let seen = world
        .data(
            "operator",
            "{ accounts(first: 50) { nodes { email } } }",
            json!({}),
        )
        .await;
    assert_eq!(seen["accounts"]["nodes"].as_array().unwrap().len(), 9);
    let inbox = "{ inbox { nodes { title case { id } } } }";
    let owner = world.data("owner", inbox, json!({})).await;
    assert_eq!(owner["inbox"]["nodes"][0]["case"]["id"], json!(things.case));
    for who in ["stranger", "rival", "operator"] {
        assert_eq!(
            world.data(who, inbox, json!({})).await["inbox"]["nodes"],
            json!([]),
            "{who}"
        );
    }
    let other = "query($id: ID!) { node(id: $id) { id } }";
    let account = world.data("owner", "{ me { id } }", json!({})).await["me"]["id"].clone();
    assert_eq!(
        world
            .data("coordinator", other, json!({ "id": account }))
            .await["node"],
        Value::Null
    );
}

#[tokio::test]
async fn without_a_good_token_there_is_nothing() {
    let world = World::new().await;
    for bearer in [
        "",
        "naru_",
        "naru_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ] {
        let answer = world
            .ask(bearer, "{ __schema { queryType { name } } }", json!({}))
            .await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.headers[header::WWW_AUTHENTICATE], "Bearer");
    }
    for path in ["/graphql/stream", "/graphql"] {
        let answer = world
            .send(Request::post(path).body(Body::from("{}")).unwrap())
            .await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    let answer = world
        .send(Request::get("/nowhere").body(Body::empty()).unwrap())
        .await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn every_answer_carries_its_id_and_the_headers_that_bind_a_browser() {
    let world = World::new().await;
    for path in [
        "/graphql",
        "/graphql/explorer.js",
        "/graphql/explorer.css",
        "/healthz",
        "/readyz",
        "/nowhere",
    ] {
        let answer = world
            .send(Request::get(path).body(Body::empty()).unwrap())
            .await;
        assert_eq!(
            answer.headers["x-content-type-options"], "nosniff",
            "{path}"
        );
        assert!(answer.headers.contains_key("x-request-id"), "{path}");
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("default-src 'none'") && !policy.contains("unsafe"),
            "{path}"
        );
    }
    let page = world
        .send(Request::get("/graphql").body(Body::empty()).unwrap())
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        !page.text.contains("http://") && !page.text.contains("https://"),
        "nothing from elsewhere"
    );
    assert!(!page.text.contains("<style") && !page.text.contains("onclick"));
}
