//! What can be followed: over server-sent events and over WebSocket, resumable, counted, and ended with the token.

use super::malformed::{Dice, document};
use super::world::World;
use axum::body::BodyDataStream;
use axum::http::StatusCode;
use futures_util::{SinkExt, StreamExt};
use naru_server::http::SUBSCRIPTIONS_MAX;
use serde_json::{Value, json};
use std::net::SocketAddr;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

const EVENTS: &str = "subscription($id: ID!, $after: String) { caseEvents(caseId: $id, after: $after) { position words } }";

/// The next event of a stream: its id and its data.
async fn next_event(body: &mut BodyDataStream, rest: &mut String) -> Option<(String, Value)> {
    loop {
        if let Some((event, after)) = rest.split_once("\n\n") {
            let field = |name: &str| {
                let line = event.lines().find_map(|line| line.strip_prefix(name));
                line.unwrap_or_default().trim().to_owned()
            };
            let found = (
                field("id:"),
                serde_json::from_str(&field("data:")).unwrap_or(Value::Null),
            );
            let kind = field("event:");
            *rest = after.into();
            match kind.as_str() {
                "next" => return Some(found),
                "complete" => return None,
                _ => continue,
            }
        }
        let chunk = body.next().await?.unwrap();
        rest.push_str(&String::from_utf8_lossy(&chunk));
    }
}

fn words(data: &Value) -> &str {
    data["data"]["caseEvents"]["words"]
        .as_str()
        .unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_stream_goes_on_where_it_stopped_without_gap_or_double() {
    let world = World::new().await;
    let device = world.device().await;
    let case = world.case(&device).await;
    let variables = json!({ "id": case, "after": "0" });
    let mut stream = world
        .follow("coordinator", EVENTS, variables.clone(), None)
        .await
        .into_body()
        .into_data_stream();
    let mut rest = String::new();
    let (first, data) = next_event(&mut stream, &mut rest).await.unwrap();
    assert!(words(&data).contains("was opened"), "{data}");
    drop(stream);
    let pause = json!({ "caseId": case, "reason": "심사 대기" });
    world.done("coordinator", "pauseCase", pause, "").await;
    let mut stream = world
        .follow("coordinator", EVENTS, variables, Some(&first))
        .await
        .into_body()
        .into_data_stream();
    let mut rest = String::new();
    let mut seen = Vec::new();
    while !seen.iter().any(|text: &String| text.contains("was paused")) {
        let (id, data) = next_event(&mut stream, &mut rest).await.unwrap();
        assert!(id.parse::<u64>().unwrap() > first.parse::<u64>().unwrap());
        seen.push(words(&data).to_owned());
    }
    assert!(
        !seen
            .iter()
            .any(|text| text.contains("was opened.") && text.starts_with("The case")),
        "{seen:?}"
    );
    // What happens while one looks comes by itself.
    world
        .done("coordinator", "resumeCase", json!({ "caseId": case }), "")
        .await;
    let (_, data) = next_event(&mut stream, &mut rest).await.unwrap();
    assert!(words(&data).contains("goes on"), "{data}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_ends_with_the_token_and_with_the_right_to_see_the_case() {
    let world = World::new().await;
    let device = world.device().await;
    let case = world.case(&device).await;
    let variables = json!({ "id": case, "after": "0" });
    let mut streams = Vec::new();
    for who in ["coordinator", "owner"] {
        let stream = world.follow(who, EVENTS, variables.clone(), None).await;
        let (mut body, mut rest) = (stream.into_body().into_data_stream(), String::new());
        next_event(&mut body, &mut rest).await.unwrap();
        streams.push((body, rest));
    }
    let person = world.data("coordinator", "{ me { id } }", json!({})).await["me"]["id"].clone();
    let hospital = super::world::text_of::<naru_domain::OrganizationId>(super::world::HOSPITAL);
    let input = json!({ "organizationId": hospital, "accountId": person, "role": "COORDINATOR" });
    world.done("director", "removeMember", input, "").await;
    let [(coordinator, _), (owner, rest)] = streams.as_mut_slice() else {
        panic!("two streams")
    };
    // What was read before may still come; then it ends.
    while next_event(coordinator, &mut String::new()).await.is_some() {}
    world
        .clock
        .advance_to("2027-01-01T00:00:00Z".parse().unwrap());
    while next_event(owner, rest).await.is_some() {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_follows_ten_things_over_all_its_connections() {
    let world = World::new().await;
    let inbox = "subscription { inbox { position items { title } } }";
    let mut open = Vec::new();
    for _ in 0..SUBSCRIPTIONS_MAX {
        let stream = world.follow("owner", inbox, json!({}), None).await;
        assert_eq!(stream.status(), StatusCode::OK);
        open.push(stream);
    }
    let refused = world.follow("owner", inbox, json!({}), None).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    let address = world.listen().await;
    let mut socket = greeted(&world, address, "owner").await;
    let answer = ask(&mut socket, "1", inbox, json!({})).await;
    assert!(answer.contains("TOO_MANY_SUBSCRIPTIONS"), "{answer}");
    open.pop();
    let answer = ask(&mut socket, "2", inbox, json!({})).await;
    assert!(answer.contains("\"position\""), "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_cannot_follow_a_case_and_get_the_answer_for_none() {
    let world = World::new().await;
    let things = world.things().await;
    let missing = super::world::text_of::<naru_domain::CaseId>(7_777);
    for who in ["stranger", "rival", "operator"] {
        let mut answers = Vec::new();
        for id in [&things.case, &missing] {
            let stream = world
                .follow(who, EVENTS, json!({ "id": id, "after": "0" }), None)
                .await;
            let (_, data) = next_event(
                &mut stream.into_body().into_data_stream(),
                &mut String::new(),
            )
            .await
            .unwrap();
            answers.push(data);
        }
        assert_eq!(answers[0], answers[1], "{who}");
        assert_eq!(
            answers[0]["errors"][0]["extensions"]["code"], "NOT_FOUND",
            "{who}"
        );
    }
}

type Socket = WebSocketStream<TcpStream>;

async fn connect(address: SocketAddr, origin: Option<&str>) -> Option<Socket> {
    let mut request = format!("ws://{address}/graphql/ws")
        .into_client_request()
        .unwrap();
    let headers = request.headers_mut();
    headers.insert(
        "sec-websocket-protocol",
        "graphql-transport-ws".parse().unwrap(),
    );
    if let Some(origin) = origin {
        headers.insert("origin", origin.parse().unwrap());
    }
    let stream = TcpStream::connect(address).await.unwrap();
    client_async(request, stream)
        .await
        .ok()
        .map(|(socket, _)| socket)
}

async fn greeted(world: &World, address: SocketAddr, who: &str) -> Socket {
    let mut socket = connect(address, None).await.unwrap();
    let payload = json!({ "authorization": format!("Bearer {}", world.bearer(who)) });
    say(
        &mut socket,
        &json!({ "type": "connection_init", "payload": payload }),
    )
    .await;
    assert!(hear(&mut socket).await.contains("connection_ack"));
    socket
}

async fn say(socket: &mut Socket, message: &Value) {
    socket
        .send(Message::text(message.to_string()))
        .await
        .unwrap();
}

/// The next text; how it was closed if it was.
async fn hear(socket: &mut Socket) -> String {
    loop {
        match socket.next().await {
            Some(Ok(Message::Text(text))) => return text.to_string(),
            Some(Ok(Message::Close(frame))) => return format!("closed {frame:?}"),
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return "closed".to_owned(),
        }
    }
}

async fn ask(socket: &mut Socket, id: &str, query: &str, variables: Value) -> String {
    let payload = json!({ "query": query, "variables": variables });
    say(
        socket,
        &json!({ "type": "subscribe", "id": id, "payload": payload }),
    )
    .await;
    loop {
        let heard = hear(socket).await;
        if heard.starts_with("closed") || heard.contains(&format!("\"id\":\"{id}\"")) {
            return heard;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_answers_questions_commands_and_subscriptions() {
    let world = World::new().await;
    let device = world.device().await;
    let case = world.case(&device).await;
    let address = world.listen().await;
    let mut socket = greeted(&world, address, "coordinator").await;
    let answer = ask(
        &mut socket,
        "1",
        EVENTS,
        json!({ "id": case, "after": "0" }),
    )
    .await;
    assert!(answer.contains("was opened"), "{answer}");
    let pause = "mutation($input: CaseReasonInput!) { pauseCase(input: $input) { version userErrors { code } } }";
    let input = json!({ "commandId": world.command_id(), "caseId": case, "reason": "심사 대기" });
    say(&mut socket, &json!({ "type": "subscribe", "id": "2", "payload": { "query": pause, "variables": { "input": input } } })).await;
    let mut heard = String::new();
    while !(heard.contains("was paused") && heard.contains("\"pauseCase\"")) {
        heard += &hear(&mut socket).await;
        assert!(!heard.contains("closed"), "{heard}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_needs_a_token_and_a_page_of_ours() {
    let world = World::new().await;
    let address = world.listen().await;
    assert!(
        connect(address, Some("https://evil.example"))
            .await
            .is_none()
    );
    assert!(connect(address, Some("null")).await.is_none());
    for origin in [
        "https://naru.example".to_owned(),
        format!("http://{address}"),
    ] {
        assert!(connect(address, Some(&origin)).await.is_some(), "{origin}");
    }
    let mut socket = connect(address, None).await.unwrap();
    let init =
        json!({ "type": "connection_init", "payload": { "authorization": "Bearer naru_no" } });
    say(&mut socket, &init).await;
    assert!(hear(&mut socket).await.contains("closed"));
    let mut socket = connect(address, None).await.unwrap();
    let answer = ask(&mut socket, "1", "{ me { id } }", json!({})).await;
    assert!(answer.contains("closed"), "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn malformed_messages_over_a_socket_find_no_fault() {
    let world = World::new().await;
    let address = world.listen().await;
    let mut dice = Dice(0x7761_7665);
    let mut socket = greeted(&world, address, "owner").await;
    for number in 0..400 {
        let text = match dice.roll(10) {
            0 => document(&mut dice),
            1 => json!({ "type": "subscribe", "id": number }).to_string(),
            2 => json!({ "type": "dance", "id": "1" }).to_string(),
            _ => {
                let payload =
                    json!({ "query": document(&mut dice), "variables": { "id": "case_1" } });
                json!({ "type": "subscribe", "id": number.to_string(), "payload": payload })
                    .to_string()
            }
        };
        let shown: String = text.chars().take(400).collect();
        socket.send(Message::text(text)).await.unwrap();
        say(&mut socket, &json!({ "type": "ping" })).await;
        loop {
            let heard = hear(&mut socket).await;
            assert!(
                !heard.contains("FAULT") && !heard.contains("panicked"),
                "{number}: {shown}\n{heard}"
            );
            if heard.starts_with("closed") {
                socket = greeted(&world, address, "owner").await;
                break;
            }
            if heard.contains("\"pong\"") {
                break;
            }
        }
    }
    let mut socket = greeted(&world, address, "owner").await;
    let huge =
        json!({ "type": "subscribe", "id": "1", "payload": { "query": " ".repeat(300 * 1024) } });
    socket.send(Message::text(huge.to_string())).await.unwrap();
    assert!(hear(&mut socket).await.starts_with("closed"));
}
