//! An installation with cases in flight moves from its folder to a PostgreSQL server, through the program itself, is killed on the way at every
//! place that matters, and goes on there as if nothing had been.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "whatever is missing in an answer fails the test, as it should"
)]

use naru_tests::cluster::{Cluster, programs};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::process::{Output, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// How long a thing that happens by itself may take.
const PATIENCE: Duration = Duration::from_mins(1);
const SERVE: [&str; 3] = ["serve", "--listen", "127.0.0.1:0"];

/// The program in a folder of its own.
struct Installation {
    folder: TempDir,
}

impl Installation {
    fn naru(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_naru"));
        command
            .current_dir(self.folder.path())
            .env("NARU_DATA", "naru-demo")
            .args(arguments)
            .kill_on_drop(true)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    async fn run(&self, arguments: &[&str]) -> Output {
        let running = self.naru(arguments).output();
        let limited = tokio::time::timeout(PATIENCE, running).await;
        limited.expect("it did not end").unwrap()
    }

    /// Runs what must succeed, and gives what it says.
    async fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments).await;
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {complaint}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs what must be refused, and gives its last words.
    async fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments).await;
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(output.stdout.is_empty(), "it began nevertheless");
        let complaint = String::from_utf8(output.stderr).unwrap();
        complaint.lines().last().unwrap_or_default().to_owned()
    }

    /// Starts the program and gives the first line that it says.
    async fn start(&self, arguments: &[&str]) -> (Child, String) {
        let mut child = self.naru(arguments).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = tokio::time::timeout(PATIENCE, lines.next_line()).await;
        let first = first.unwrap().unwrap().expect("it ended at once");
        // Keep reading, so that the program never waits for a reader.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        (child, first)
    }
}

/// The address in the first line of a server, once it answers there.
async fn up(address: &str) -> String {
    let ready = format!("{address}/readyz");
    let waiting = async {
        loop {
            let answer = Client::new().get(&ready).send().await;
            if answer.is_ok_and(|answer| answer.status() == StatusCode::OK) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let came = tokio::time::timeout(PATIENCE, waiting).await;
    came.expect("it never answered");
    address.to_owned()
}

async fn stop(mut child: Child) {
    let id = child.id().unwrap().to_string();
    let told = Command::new("kill").args(["-TERM", &id]).status().await;
    assert!(told.unwrap().success());
    let ended = tokio::time::timeout(PATIENCE, child.wait()).await;
    assert!(ended.unwrap().unwrap().success());
}

/// The example people's installation, stopped, and the coordinator's token.
async fn demo() -> (Installation, String) {
    let installation = Installation {
        folder: tempfile::tempdir().unwrap(),
    };
    let demo = ["demo", "--json", "--listen", "127.0.0.1:0"];
    let (child, line) = installation.start(&demo).await;
    let made: Value = serde_json::from_str(&line).unwrap();
    up(made["url"].as_str().unwrap()).await;
    let people = made["people"].as_array().unwrap();
    let coordinator = people.iter().find(|person| person["role"] == "coordinator");
    let token = coordinator.unwrap()["token"].as_str().unwrap().to_owned();
    stop(child).await;
    (installation, token)
}

/// What the coordinator sees of cases and of the inbox, or what became of a command.
async fn ask(url: &str, token: &str, query: &str, variables: Value) -> Value {
    let answer = Client::new()
        .post(format!("{url}/graphql"))
        .bearer_auth(token)
        .json(&json!({ "query": query, "variables": variables }))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["errors"], Value::Null, "{answer}");
    answer["data"].clone()
}

const SEEN: &str = "{
    cases(first: 50) { nodes { id reference status stages { id state round dueAt } } }
    inbox(first: 50) { nodes { case { id } stage { id } title since dueAt } }
}";

/// A session past the program.
async fn intruder(url: &str) -> PgConnection {
    PgConnection::connect(url).await.unwrap()
}

async fn run(conn: &mut PgConnection, text: &str) {
    let text = AssertSqlSafe(text.to_owned());
    sqlx::raw_sql(text).execute(conn).await.unwrap();
}

const END_SESSIONS: &str =
    "select pg_terminate_backend(pid, 10000) from pg_stat_activity where application_name = 'naru'";

/// Waits until a session of the program waits for a lock.
async fn until_it_waits(conn: &mut PgConnection) {
    let waiting = async {
        loop {
            let query = "select exists (select from pg_stat_activity where application_name = 'naru' and wait_event_type = 'Lock')";
            let waits: bool = sqlx::query_scalar(query)
                .fetch_one(&mut *conn)
                .await
                .unwrap();
            if waits {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting)
        .await
        .expect("it never waited");
}

#[tokio::test]
async fn a_demo_moves_with_every_case_and_goes_on_however_often_the_move_is_killed() {
    let programs = programs().expect("install PostgreSQL, or run `cargo xtask test`");
    let cluster = Cluster::start(&programs).unwrap();
    let url = cluster.url();
    let (installation, token) = demo().await;
    let (child, first) = installation.start(&SERVE).await;
    let here = up(first.rsplit(' ').next().unwrap()).await;
    let before = ask(&here, &token, SEEN, json!({})).await;
    assert_ne!(before["cases"]["nodes"], json!([]));
    assert_ne!(before["inbox"]["nodes"], json!([]));
    let to = ["move", "--to", &url];
    let running = installation.refused(&to).await;
    assert!(running.contains("in use by another naru"), "{running}");
    stop(child).await;
    let verified = installation.ok(&["audit", "verify"]).await;
    assert!(verified.starts_with("whole: "), "{verified}");

    let on_server = [&["--database-url", url.as_str()], &SERVE[..]].concat();
    let mut first_session = intruder(&url).await;
    let mut other_session = intruder(&url).await;
    // An empty record of ours, so that there are tables to stand in the way of.
    installation.ok(&["--database-url", &url, "reindex"]).await;
    // In the log, before a row of the last transaction, and at the very end.
    for obstacle in [
        "insert into event values (20, 'x', 1, 0, 0, '', '', '', decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'))",
        "lock table outbox in share mode",
        "select from unfinished_move",
    ] {
        run(&mut first_session, "begin").await;
        run(&mut first_session, obstacle).await;
        let mut child = installation.naru(&to).spawn().unwrap();
        until_it_waits(&mut other_session).await;
        child.kill().await.unwrap();
        // The server would carry out what it was told last, so its end of the session goes too.
        run(&mut other_session, END_SESSIONS).await;
        run(&mut first_session, "rollback").await;
        let half = installation.refused(&on_server).await;
        assert!(half.contains("run `naru move` again"), "{obstacle}: {half}");
    }
    // The mark in the folder was made before the one in the database was to go: now neither may be written.
    let neither = installation.refused(&SERVE).await;
    assert!(neither.contains("was moved to postgres://"), "{neither}");

    let said = installation.ok(&to).await;
    assert!(
        said.contains(&format!("  {}", verified.trim_end())),
        "{said}"
    );
    assert!(
        said.contains("rows of `outbox` are the same on both sides"),
        "{said}"
    );
    let again = installation.ok(&to).await;
    assert!(
        again.contains("it was there before, whole, and 0 events"),
        "{again}"
    );
    let there = installation
        .ok(&["--database-url", &url, "audit", "verify"])
        .await;
    assert_eq!(there, verified);

    let (child, first) = installation.start(&on_server).await;
    let there = up(first.rsplit(' ').next().unwrap()).await;
    assert_eq!(ask(&there, &token, SEEN, json!({})).await, before);
    goes_on(&there, &token, &before).await;
    stop(child).await;
    installation.ok(&["--database-url", &url, "reindex"]).await;
    let later = installation.ok(&to).await;
    assert!(
        later.contains("events have happened there since"),
        "{later}"
    );
}

/// Somebody takes what waits, in the new place.
async fn goes_on(url: &str, token: &str, seen: &Value) {
    let task = &seen["inbox"]["nodes"][0];
    let claim = "mutation($input: StageInput!) { claimStage(input: $input) { case { id } userErrors { code message } } }";
    let input = json!({
        "commandId": "00000000-0000-7000-8000-000000000077",
        "caseId": task["case"]["id"],
        "stage": task["stage"]["id"],
    });
    let claimed = ask(url, token, claim, json!({ "input": input })).await;
    assert_eq!(claimed["claimStage"]["userErrors"], json!([]), "{claimed}");
}
