//! The real program on a real PostgreSQL server: one writer, clear words when there is no record to be had, and a server that goes away and comes
//! back.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "whatever is missing in an answer fails the test, as it should"
)]

use naru_tests::cluster::{Cluster, programs};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// How long a thing that happens by itself may take.
const PATIENCE: Duration = Duration::from_mins(1);

fn cluster() -> Cluster {
    let programs = programs().expect("install PostgreSQL, or run `cargo xtask test`");
    Cluster::start(&programs).unwrap()
}

/// A folder, and the server its record is on.
struct Installation {
    folder: TempDir,
    database: String,
}

impl Installation {
    fn new(database: impl Into<String>) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            database: database.into(),
        }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn naru(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_naru"));
        command
            .current_dir(self.folder.path())
            .env("NARU_DATABASE_URL", &self.database)
            .arg("--data")
            .arg(self.data())
            .args(arguments)
            .kill_on_drop(true)
            .stdin(Stdio::null());
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
        let last = complaint.lines().last().unwrap_or_default();
        assert!(last.starts_with("naru: "), "{complaint}");
        last.to_owned()
    }

    async fn operator(&self) -> String {
        let opened = self
            .ok(&[
                "account",
                "open",
                "--name",
                "홍길동",
                "--email",
                "operator@hospital.example",
                "--operator",
            ])
            .await;
        let token = opened
            .lines()
            .find_map(|line| line.strip_prefix("token "))
            .unwrap_or_else(|| panic!("no token in {opened}"));
        token.trim().to_owned()
    }

    async fn serve(&self, token: String) -> Server {
        let mut child = self
            .naru(&["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = tokio::time::timeout(PATIENCE, lines.next_line()).await;
        let first = first.unwrap().unwrap().expect("it ended at once");
        let url = first.rsplit(' ').next().unwrap().to_owned();
        // Keep reading, so that the program never waits for a reader.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Server {
            child,
            url,
            token,
            client: Client::new(),
        }
    }
}

/// The running program.
struct Server {
    child: Child,
    url: String,
    token: String,
    client: Client,
}

impl Server {
    /// Registers a hospital under this command id, and gives the whole answer.
    async fn register(&self, command: &str, name: &str) -> Value {
        let query = "mutation($input: RegisterOrganizationInput!) { registerOrganization(input: $input) { organization { id } userErrors { code } } }";
        let input =
            json!({ "commandId": command, "kind": "HOSPITAL", "nameKo": name, "nameEn": name });
        let answer = self
            .client
            .post(format!("{}/graphql", self.url))
            .bearer_auth(&self.token)
            .json(&json!({ "query": query, "variables": { "input": input } }))
            .send()
            .await
            .unwrap();
        answer.json().await.unwrap()
    }

    async fn get(&self, path: &str) -> StatusCode {
        let url = format!("{}{path}", self.url);
        self.client.get(url).send().await.unwrap().status()
    }

    async fn until(&self, path: &str, status: StatusCode) {
        let waiting = async {
            while self.get(path).await != status {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let came = tokio::time::timeout(PATIENCE, waiting).await;
        came.unwrap_or_else(|_| panic!("{path} never said {status}"));
    }

    async fn stop(mut self) {
        let id = self.child.id().unwrap().to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status().await;
        assert!(told.unwrap().success());
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        assert!(ended.unwrap().unwrap().success());
    }
}

fn uuid(n: u32) -> String {
    format!("00000000-0000-7000-8000-{n:012}")
}

fn accepted(answer: &Value) -> bool {
    answer["data"]["registerOrganization"]["organization"]["id"].is_string()
}

async fn sql(database: &str, text: &'static str) {
    use sqlx::Connection;
    let mut conn = sqlx::PgConnection::connect(database).await.unwrap();
    sqlx::raw_sql(text).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
}

fn is_empty_of_keys(data: &Path) -> bool {
    !data.join("keys").exists()
}

#[tokio::test]
async fn the_program_runs_on_postgresql_and_a_second_one_is_refused() {
    let cluster = cluster();
    let naru = Installation::new(cluster.url());
    let token = naru.operator().await;
    let server = naru.serve(token).await;
    assert_eq!(server.get("/readyz").await, StatusCode::OK);
    let registered = server.register(&uuid(1), "나루병원").await;
    assert!(accepted(&registered), "{registered}");
    assert_eq!(server.register(&uuid(1), "나루병원").await, registered);

    let elsewhere = Installation::new(cluster.url());
    let refused = elsewhere
        .refused(&["serve", "--listen", "127.0.0.1:0"])
        .await;
    assert!(refused.contains("in use by another naru"), "{refused}");
    assert!(is_empty_of_keys(&elsewhere.data()));
    let same_folder = naru.refused(&["reindex"]).await;
    assert!(same_folder.contains("in use by another naru"));

    let whole = naru.ok(&["audit", "verify"]).await;
    assert!(whole.starts_with("whole: "), "{whole}");
    let copy = naru.refused(&["backup", "copy"]).await;
    assert!(copy.contains("pg_dump"), "{copy}");
    server.stop().await;
    assert!(
        naru.ok(&["reindex"])
            .await
            .starts_with("rebuilt the index rows of ")
    );
    assert!(naru.ok(&["audit", "verify"]).await.contains(" events of "));
}

#[tokio::test]
async fn without_a_record_to_be_had_nothing_begins_and_the_reason_is_said() {
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    let away = Installation::new("postgres://naru:s3cret@127.0.0.1:1/naru");
    let said = away.refused(&serve).await;
    assert!(said.contains("cannot be reached"), "{said}");
    assert!(!said.contains("s3cret") && is_empty_of_keys(&away.data()));
    let said = Installation::new("naru.db").refused(&serve).await;
    assert!(said.contains("not the address"), "{said}");

    let cluster = cluster();
    sql(&cluster.url(), "create database shop").await;
    let url = cluster.url();
    let (place, _) = url.rsplit_once('/').unwrap();
    let shop = format!("{place}/shop");
    sql(&shop, "create table goods (name text)").await;
    let said = Installation::new(shop).refused(&serve).await;
    assert!(said.contains("`goods`"), "{said}");

    let naru = Installation::new(cluster.url());
    naru.operator().await;
    sql(
        &cluster.url(),
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
         select 900, 'later', success, checksum, 1 from _sqlx_migrations where version = 1",
    )
    .await;
    for command in [&serve[..], &["audit", "verify"]] {
        let said = naru.refused(command).await;
        assert!(said.contains("schema version 900"), "{said}");
    }
}

#[tokio::test]
async fn a_server_that_goes_away_costs_a_fault_and_nothing_that_was_answered() {
    let cluster = cluster();
    let naru = Installation::new(cluster.url());
    let token = naru.operator().await;
    let mut server = naru.serve(token).await;
    for n in 1..=5 {
        assert!(accepted(&server.register(&uuid(n), "나루병원").await));
    }
    cluster.stop_at_once().unwrap();
    let fault = server.register(&uuid(6), "나루병원").await;
    assert!(
        !accepted(&fault) && fault["errors"].is_array(),
        "answered without a record: {fault}"
    );
    server
        .until("/readyz", StatusCode::SERVICE_UNAVAILABLE)
        .await;
    assert_eq!(server.get("/healthz").await, StatusCode::OK);
    assert_eq!(server.child.try_wait().unwrap(), None);

    cluster.start_again().unwrap();
    // Nobody asks for anything, and it goes on by itself.
    server.until("/readyz", StatusCode::OK).await;
    for n in 1..=6 {
        let answer = server.register(&uuid(n), "나루병원").await;
        assert!(accepted(&answer), "{n}: {answer}");
    }
    // And while nobody asks, it is noticed that the server is away.
    cluster.stop_at_once().unwrap();
    server
        .until("/readyz", StatusCode::SERVICE_UNAVAILABLE)
        .await;
    cluster.start_again().unwrap();
    server.until("/readyz", StatusCode::OK).await;
    let verified = naru.ok(&["audit", "verify"]).await;
    server.stop().await;
    let query = "select count(*) from organization_row where kind = 'hospital'";
    let hospitals = sql_count(&cluster.url(), query).await;
    assert_eq!(hospitals, 6, "{verified}");
}

async fn sql_count(database: &str, text: &'static str) -> i64 {
    use sqlx::Connection;
    let mut conn = sqlx::PgConnection::connect(database).await.unwrap();
    let count = sqlx::query_scalar(text).fetch_one(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    count
}
