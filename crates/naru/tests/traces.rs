//! The traces that the program records for whoever asks where the time of a command went.
#![expect(
    clippy::unwrap_used,
    reason = "whatever is missing in an answer fails the test, as it should"
)]

use naru_tests::collector::Collector;
use reqwest::Client;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// How long a thing that happens by itself may take.
const PATIENCE: Duration = Duration::from_mins(1);
/// A trace that somebody else began.
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

fn naru(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_naru"));
    command
        .current_dir(folder)
        .args(arguments)
        .kill_on_drop(true)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    command
}

/// Opens an operator's account; their token.
async fn operator(folder: &Path) -> String {
    let person = ["--name", "홍길동", "--email", "operator@hospital.example"];
    let open = [&["account", "open", "--operator"][..], &person].concat();
    let opened = naru(folder, &open).output().await.unwrap();
    let opened = String::from_utf8(opened.stdout).unwrap();
    let token = opened.lines().find_map(|line| line.strip_prefix("token "));
    token.unwrap().trim().to_owned()
}

/// Starts a server that sends traces there; its address.
async fn serve(folder: &Path, endpoint: &str) -> (Child, String) {
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    let mut server = naru(folder, &serve);
    server.env("NARU_TRACES_ENDPOINT", endpoint);
    let mut child = server.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = timeout(PATIENCE, lines.next_line()).await.unwrap();
    let line = line.unwrap().unwrap();
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    (child, line.rsplit(' ').next().unwrap().to_owned())
}

/// Stops it, which sends what it has recorded.
async fn stop(mut child: Child) {
    let id = child.id().unwrap().to_string();
    let told = Command::new("kill").args(["-TERM", &id]).status().await;
    assert!(told.unwrap().success());
    let ended = timeout(PATIENCE, child.wait()).await;
    assert!(ended.unwrap().unwrap().success());
}

/// Registers a hospital, from within a trace.
async fn register(doors: &str, token: &str, command: &str, trace: &str) {
    let answer = Client::new()
        .post(format!("{doors}/graphql"))
        .bearer_auth(token)
        .header("traceparent", format!("00-{trace}-00f067aa0ba902b7-01"))
        .json(&json!({
            "query": "mutation($input: RegisterOrganizationInput!) {
                registerOrganization(input: $input) { userErrors { code } }
            }",
            "variables": { "input":
                { "commandId": command, "kind": "HOSPITAL", "nameKo": "나루병원", "nameEn": "Naru Hospital" } },
        }));
    let answer: Value = answer.send().await.unwrap().json().await.unwrap();
    let errors = answer.pointer("/data/registerOrganization/userErrors");
    assert_eq!(errors, Some(&json!([])), "{answer}");
}

#[tokio::test]
async fn a_command_is_followed_from_the_request_to_its_transaction_and_names_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let collector = Collector::start().await.unwrap();
    let token = operator(folder.path()).await;
    let (server, doors) = serve(folder.path(), &collector.endpoint()).await;
    let command = "00000000-0000-7000-8000-000000000001";
    register(&doors, &token, command, TRACE).await;
    stop(server).await;

    let spans = collector.spans();
    let said = |span: &&naru_tests::collector::Span| {
        span.name == "command" && span.text.contains(&command.replace('-', ""))
    };
    let trace = spans.iter().find(said).unwrap().trace.clone();
    assert_ne!(trace, TRACE, "a stranger does not say which trace it is");
    assert_eq!(
        collector.way_up("transaction", &trace),
        ["transaction", "commit", "command", "request"]
    );
    let everything = format!("{spans:?}");
    assert!(everything.contains("accepted"), "{everything}");
    for secret in [
        token.as_str(),
        "operator@hospital.example",
        "나루",
        "Naru Hospital",
        "홍길동",
    ] {
        assert!(!everything.contains(secret), "{secret} in {everything}");
    }
}

#[tokio::test]
async fn a_proxy_that_is_trusted_says_which_trace_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let settings = "trusted_proxies = ['127.0.0.1']\n";
    std::fs::write(folder.path().join("naru.toml"), settings).unwrap();
    let collector = Collector::start().await.unwrap();
    let token = operator(folder.path()).await;
    let (server, doors) = serve(folder.path(), &collector.endpoint()).await;
    register(
        &doors,
        &token,
        "00000000-0000-7000-8000-000000000002",
        TRACE,
    )
    .await;
    register(
        &doors,
        &token,
        "00000000-0000-7000-8000-000000000003",
        "nonsense",
    )
    .await;
    stop(server).await;
    assert_eq!(
        collector.way_up("transaction", TRACE),
        ["transaction", "commit", "command", "request"]
    );
    let request = |span: &&naru_tests::collector::Span| {
        span.name == "request" && span.trace == TRACE && span.parent == "00f067aa0ba902b7"
    };
    let spans = collector.spans();
    let request = spans.iter().find(request).unwrap();
    assert!(request.text.contains("/graphql"), "{request:?}");
    assert!(request.text.contains("200"), "{request:?}");
}

#[tokio::test]
async fn commands_go_on_where_nobody_collects_traces() {
    let folder = tempfile::tempdir().unwrap();
    let token = operator(folder.path()).await;
    let gone = Collector::start().await.unwrap().endpoint();
    let (server, doors) = serve(folder.path(), &gone).await;
    register(
        &doors,
        &token,
        "00000000-0000-7000-8000-000000000004",
        TRACE,
    )
    .await;
    stop(server).await;
}

#[tokio::test]
async fn what_is_no_collector_is_refused_before_anything_begins() {
    let folder = tempfile::tempdir().unwrap();
    for endpoint in ["127.0.0.1:4318", "https://collector.example", "http://"] {
        let mut server = naru(folder.path(), &["serve", "--traces-endpoint", endpoint]);
        let refused = server.stderr(Stdio::piped()).output().await.unwrap();
        let complaint = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(1), "{complaint}");
        assert!(complaint.contains("http://127.0.0.1:4318"), "{complaint}");
    }
    assert!(!folder.path().join("naru-data").exists());
}
