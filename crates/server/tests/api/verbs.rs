//! Commands as a client meets them: doubled, stale, in two languages, with odd texts, and by tokens that may do less.

use super::world::{HOSPITAL, STARTUP, World, text_of};
use naru_domain::{CaseId, OrganizationId};
use serde_json::{Value, json};

const CASE: &str = "query($id: ID!) { case(id: $id) { version reference title status whoseMove { role mine stage { id title } dueAt } \
    stages { id state kind owner due { on explanation korean: explanation(language: KO) } } nextDueAt timeline { nodes { words by { name } } } } }";

#[tokio::test]
async fn a_case_tells_whose_move_it_is_and_when_and_why_then() {
    let world = World::new().await;
    let device = world.device().await;
    let case = world.case(&device).await;
    let seen = world.data("owner", CASE, json!({ "id": case })).await["case"].clone();
    assert_eq!(seen["status"], "RUNNING");
    let first = &seen["whoseMove"][0];
    assert_eq!(
        (first["role"].as_str(), first["mine"].as_bool()),
        (Some("STARTUP_MEMBER"), Some(true))
    );
    let stages = seen["stages"].as_array().unwrap();
    let open: Vec<&Value> = stages
        .iter()
        .filter(|stage| stage["state"] == "OPEN")
        .collect();
    assert_eq!(open.len(), 1);
    assert!(stages.len() > 5 && stages.iter().any(|stage| stage["state"] == "WAITING"));
    if open[0]["due"] != Value::Null {
        assert!(
            open[0]["due"]["explanation"]
                .as_str()
                .unwrap()
                .contains("day")
        );
        assert!(open[0]["due"]["korean"].as_str().unwrap().contains('일'));
    }
    let words = seen["timeline"]["nodes"][0]["words"].as_str().unwrap();
    assert_eq!(words, "The case “심전도 패치 실증” was opened.");
    assert_eq!(seen["timeline"]["nodes"][0]["by"]["name"], "owner 님");
}

#[tokio::test]
async fn the_same_command_twice_gives_the_first_answer_and_another_under_its_id_is_refused() {
    let world = World::new().await;
    let device = world.device().await;
    let mut input = World::opening(&device);
    input["commandId"] = json!("019cb000-0000-7000-8000-00000000abcd");
    let shown = "case { id version } version position";
    let first = world.done("owner", "openCase", input.clone(), shown).await;
    let again = world.done("owner", "openCase", input.clone(), shown).await;
    assert_eq!(first, again);
    assert!(
        first["case"]["id"]
            .as_str()
            .unwrap()
            .starts_with("case_019cb0000000")
    );
    input["title"] = json!("다른 제목");
    assert_eq!(
        world.refused("owner", "openCase", input).await,
        "COMMAND_ID_REUSED"
    );
    let cases = world
        .data("owner", "{ cases { nodes { id } } }", json!({}))
        .await;
    assert_eq!(cases["cases"]["nodes"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_command_that_names_an_older_version_is_a_conflict_and_says_which() {
    let world = World::new().await;
    let device = world.device().await;
    let case = world.case(&device).await;
    let version = world.data("owner", CASE, json!({ "id": case })).await["case"]["version"].clone();
    let pause = json!({ "caseId": case, "expectedVersion": version, "reason": "심사 대기" });
    world
        .done("coordinator", "pauseCase", pause, "case { status }")
        .await;
    let resume = json!({ "caseId": case, "expectedVersion": version });
    let payload = world
        .act("coordinator", "resumeCase", resume, "version")
        .await;
    assert_eq!(payload["userErrors"][0]["code"], "CONFLICT");
    assert_eq!(payload["userErrors"][0]["field"], "expectedVersion");
    assert_eq!(payload["version"], Value::Null);
}

#[tokio::test]
async fn refusals_speak_the_language_that_is_asked_for() {
    let world = World::new().await;
    let query =
        "mutation($input: CaseInput!) { resumeCase(input: $input) { userErrors { message } } }";
    let body = |world: &World| {
        let input = json!({ "commandId": world.command_id(), "caseId": text_of::<CaseId>(5) });
        json!({ "query": query, "variables": { "input": input } }).to_string()
    };
    let english = world.post("coordinator", body(&world)).await;
    assert!(
        english.text.contains("There is nothing with this id"),
        "{}",
        english.text
    );
    let request = axum::http::Request::post("/graphql")
        .header(
            "authorization",
            format!("Bearer {}", world.bearer("coordinator")),
        )
        .header("accept-language", "ko-KR,ko;q=0.9,en;q=0.5")
        .body(axum::body::Body::from(body(&world)))
        .unwrap();
    let korean = world.send(request).await;
    assert!(
        korean.text.contains("이 ID로 볼 수 있는 항목이 없습니다."),
        "{}",
        korean.text
    );
}

#[tokio::test]
async fn names_in_every_script_pass_and_texts_that_deceive_are_refused_at_their_field() {
    let world = World::new().await;
    let device = world.device().await;
    for title in ["김하늘 👩‍⚕️", "د. سارة", "O'Neil & Sons", "심전도 패치 ①"]
    {
        let mut input = World::opening(&device);
        input["title"] = json!(title);
        let payload = world
            .done("owner", "openCase", input, "case { title }")
            .await;
        assert_eq!(payload["case"]["title"], json!(title));
    }
    for title in [
        "",
        "   ",
        "evil\u{202e}gpj.exe",
        "a\u{0}b",
        &"가".repeat(201),
    ] {
        let mut input = World::opening(&device);
        input["title"] = json!(title);
        let payload = world.act("owner", "openCase", input, "").await;
        assert_eq!(payload["userErrors"][0]["code"], "BAD_TEXT");
        assert_eq!(payload["userErrors"][0]["field"], "title");
    }
}

#[tokio::test]
async fn times_far_in_the_past_and_future_are_refused_and_break_nothing() {
    let world = World::new().await;
    let me = world.data("owner", "{ me { id } }", json!({})).await["me"]["id"].clone();
    for (at, code) in [
        ("0001-01-01T00:00:00Z", "TOKEN_EXPIRY_PAST"),
        ("2026-03-03T00:30:00Z", "TOKEN_EXPIRY_PAST"),
        ("9999-12-30T00:00:00Z", "TOKEN_EXPIRY_TOO_FAR"),
    ] {
        let input = json!({ "accountId": me, "label": "x", "scopes": ["READ"], "expiresAt": at });
        assert_eq!(
            world.refused("owner", "issueToken", input).await,
            code,
            "{at}"
        );
    }
}

#[tokio::test]
async fn a_token_shows_its_secret_once_works_until_it_is_revoked_and_makes_none_that_may_do_more() {
    let mut world = World::new().await;
    world.reading_owner().await;
    let me = world.data("owner", "{ me { id } }", json!({})).await["me"]["id"].clone();
    let input = json!({ "accountId": me, "label": "보고서", "scopes": ["READ"], "expiresAt": "2026-06-01T00:00:00Z" });
    let issued = world
        .done(
            "owner",
            "issueToken",
            input,
            "secret token { id label scopes }",
        )
        .await;
    let secret = issued["secret"].as_str().unwrap().to_owned();
    let seen = world
        .data(&secret, "{ me { id tokens { label revoked } } }", json!({}))
        .await;
    assert_eq!(seen["me"]["id"], me);
    assert!(!seen.to_string().contains(&secret));
    // It reads, and does nothing else.
    let device = json!({ "startupId": text_of::<OrganizationId>(STARTUP), "nameKo": "패치", "model": "m", "intendedUse": "u" });
    assert_eq!(
        world
            .refused(&secret, "registerDevice", device.clone())
            .await,
        "NOT_ALLOWED"
    );
    assert_eq!(
        world.refused("reader", "registerDevice", device).await,
        "NOT_ALLOWED"
    );
    let more = json!({ "accountId": me, "label": "x", "scopes": ["ADMIN"], "expiresAt": "2026-06-01T00:00:00Z" });
    assert_eq!(
        world.refused("reader", "issueToken", more).await,
        "NOT_ALLOWED"
    );
    let revoke = json!({ "accountId": me, "tokenId": issued["token"]["id"] });
    world.done("owner", "revokeToken", revoke, "").await;
    let gone = world.ask(&secret, "{ me { id } }", json!({})).await;
    assert_eq!(gone.status, axum::http::StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_role_taken_away_counts_at_once_and_a_token_ends_by_itself() {
    let world = World::new().await;
    let device = world.device().await;
    let case = world.case(&device).await;
    let seen = "query($id: ID!) { case(id: $id) { id } }";
    assert_ne!(
        world.data("coordinator", seen, json!({ "id": case })).await["case"],
        Value::Null
    );
    let person = world.data("coordinator", "{ me { id } }", json!({})).await["me"]["id"].clone();
    let hospital = text_of::<OrganizationId>(HOSPITAL);
    let input = json!({ "organizationId": hospital, "accountId": person, "role": "COORDINATOR" });
    world.done("director", "removeMember", input, "").await;
    assert_eq!(
        world.data("coordinator", seen, json!({ "id": case })).await["case"],
        Value::Null
    );
    world
        .clock
        .advance_to("2027-01-01T00:00:00Z".parse().unwrap());
    let ended = world.ask("owner", "{ me { id } }", json!({})).await;
    assert_eq!(ended.status, axum::http::StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn lists_come_in_pages_that_meet_without_gap_or_double() {
    let world = World::new().await;
    let device = world.device().await;
    let mut made = Vec::new();
    for _ in 0..7 {
        made.push(world.case(&device).await);
    }
    for query in [
        "query($after: String) { cases(first: 3, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }",
        "query($after: String) { inbox(first: 3, after: $after) { nodes { case { id } } pageInfo { hasNextPage endCursor } } }",
    ] {
        let field = if query.contains("cases(") {
            "cases"
        } else {
            "inbox"
        };
        let (mut found, mut after) = (Vec::new(), Value::Null);
        loop {
            let page = world.data("owner", query, json!({ "after": after })).await[field].clone();
            for node in page["nodes"].as_array().unwrap() {
                let id = if field == "cases" {
                    &node["id"]
                } else {
                    &node["case"]["id"]
                };
                found.push(id.as_str().unwrap().to_owned());
            }
            after = page["pageInfo"]["endCursor"].clone();
            if page["pageInfo"]["hasNextPage"] == json!(false) {
                break;
            }
        }
        assert_eq!(found.len(), 7, "{field}");
        found.sort();
        let mut all = made.clone();
        all.sort();
        assert_eq!(found, all, "{field}");
    }
}
