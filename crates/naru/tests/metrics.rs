//! The metrics that the program shows to whoever watches it.
#![expect(
    clippy::unwrap_used,
    reason = "whatever is missing in an answer fails the test, as it should"
)]

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

async fn ask(client: &Client, doors: &str, token: &str, request: &Value) -> Value {
    let asked = client.post(format!("{doors}/graphql")).bearer_auth(token);
    let answer = asked.json(request).send().await.unwrap();
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

/// A server with an operator.
struct Served {
    child: Child,
    doors: String,
    metrics: String,
    token: String,
}

async fn served(folder: &Path) -> Served {
    let person = ["--name", "홍길동", "--email", "operator@hospital.example"];
    let open = [&["account", "open", "--operator"][..], &person].concat();
    let opened = naru(folder, &open).output().await.unwrap();
    let opened = String::from_utf8(opened.stdout).unwrap();
    let token = opened.lines().find_map(|line| line.strip_prefix("token "));
    let token = token.unwrap().trim().to_owned();

    let any = "127.0.0.1:0";
    let serve = ["serve", "--listen", any, "--metrics-listen", any];
    let mut child = naru(folder, &serve).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut doors = String::new();
    loop {
        let line = timeout(PATIENCE, lines.next_line()).await.unwrap();
        let line = line.unwrap().unwrap();
        let url = line.rsplit(' ').next().unwrap().to_owned();
        if line.starts_with("Naru listens on") {
            doors = url;
        } else if line.trim_start().starts_with("metrics") {
            return Served {
                child,
                doors,
                metrics: url,
                token,
            };
        }
    }
}

#[tokio::test]
async fn metrics_count_commands_and_requests_and_name_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let Served {
        mut child,
        doors,
        metrics,
        token,
    } = served(folder.path()).await;
    let client = Client::new();
    let command = "00000000-0000-7000-8000-000000000001";
    let register = json!({
        "query": "mutation($input: RegisterOrganizationInput!) {
            registerOrganization(input: $input) { organization { id } userErrors { code } }
        }",
        "variables": { "input":
            { "commandId": command, "kind": "HOSPITAL", "nameKo": "나루병원", "nameEn": "Naru Hospital" } },
    });
    let mut organization = Value::Null;
    for _ in 0..2 {
        let answer = ask(&client, &doors, &token, &register).await;
        let payload = &answer["data"]["registerOrganization"];
        assert_eq!(payload["userErrors"], json!([]), "{answer}");
        organization = payload["organization"]["id"].clone();
    }
    let remove = json!({
        "query": "mutation($input: MemberInput!) { removeMember(input: $input) { userErrors { code } } }",
        "variables": { "input": {
            "commandId": "00000000-0000-7000-8000-000000000002",
            "organizationId": organization,
            "accountId": "account_00000000000000000000000000000001",
            "role": "COORDINATOR",
        } },
    });
    let answer = ask(&client, &doors, &token, &remove).await;
    let errors = &answer["data"]["removeMember"]["userErrors"];
    assert_eq!(errors.as_array().map(Vec::len), Some(1), "{answer}");
    let secret = format!("{doors}/l/a-secret-of-a-letter");
    client.get(secret).send().await.unwrap();
    let at_the_doors = client.get(format!("{doors}/metrics")).send().await.unwrap();
    assert_eq!(at_the_doors.status(), reqwest::StatusCode::NOT_FOUND);

    let shown = client.get(metrics).send().await.unwrap();
    let shown = shown.text().await.unwrap();
    for line in [
        r#"naru_command_seconds_count{outcome="accepted"} 1"#,
        r#"naru_command_seconds_count{outcome="repeated"} 1"#,
        r#"naru_command_seconds_count{outcome="rejected"} 1"#,
        r#"naru_http_request_seconds_count{method="POST",route="/graphql",status="200"} 3"#,
        r#"naru_http_request_seconds_bucket{method="POST",route="/graphql",status="200",le="+Inf"} 3"#,
        "naru_ready 1",
        "naru_incidents 0",
        "naru_overdue_effects 0",
        "naru_overdue_wakeups 0",
    ] {
        assert!(
            shown.lines().any(|shown| shown == line),
            "{line} in {shown}"
        );
    }
    for secret in [token.as_str(), command, "a-secret", "organization_", "나루"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
    child.start_kill().unwrap();
    child.wait().await.unwrap();
}
