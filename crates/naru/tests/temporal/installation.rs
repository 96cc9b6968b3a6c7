//! An installation of the real program, and what is done with it.

use naru_tests::cluster::Cluster;
use naru_tests::dev_server::{CLI, DevServer};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

/// How long a thing that happens by itself may take.
pub(crate) const PATIENCE: Duration = Duration::from_mins(3);

/// Temporal's command line program, where one is named.
pub(crate) fn cli() -> Option<PathBuf> {
    std::env::var_os(CLI).map(PathBuf::from)
}

/// A folder, the database its record is on, and the Temporal server it is told of.
pub(crate) struct Installation {
    pub(crate) folder: TempDir,
    pub(crate) database: String,
    pub(crate) temporal: String,
}

impl Installation {
    pub(crate) fn new(cluster: &Cluster, temporal: &DevServer) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            database: cluster.url(),
            temporal: temporal.address(),
        }
    }

    /// Has letters sent to this mail server from now on.
    pub(crate) fn sends_letters_to(&self, mail: SocketAddr) {
        let (host, port) = (mail.ip(), mail.port());
        let settings = format!(
            "[mail]\nfrom_address = 'naru@hospital.example'\n[mail.smtp]\nhost = '{host}'\nport = {port}\nsecurity = 'plain'\n"
        );
        std::fs::write(self.folder.path().join("naru.toml"), settings).unwrap();
    }

    /// The program on Temporal.
    pub(crate) fn naru(&self, arguments: &[&str]) -> Command {
        let mut command = self.bare(arguments);
        command
            .env("NARU_DATABASE_URL", &self.database)
            .env("NARU_ENGINE", "temporal");
        command
    }

    /// The program in its folder.
    pub(crate) fn bare(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_naru"));
        command
            .current_dir(self.folder.path())
            .env("NARU_DATA", "data")
            .env("TEMPORAL_ADDRESS", &self.temporal)
            .env("RUST_LOG", "error")
            .args(arguments)
            .kill_on_drop(true)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// The program on the embedded engine, with the record where it is.
    pub(crate) fn embedded(&self, arguments: &[&str]) -> Command {
        let mut command = self.bare(arguments);
        command.env("NARU_DATABASE_URL", &self.database);
        command
    }

    pub(crate) async fn operator(&self) -> String {
        Self::operator_by(self.naru(&[])).await
    }

    /// The token of an operator, whom this program makes.
    pub(crate) async fn operator_by(mut naru: Command) -> String {
        naru.args(["account", "open", "--operator", "--name", "홍길동"])
            .args(["--email", "operator@hospital.example"]);
        let opened = ok(naru).await;
        let token = opened.lines().find_map(|line| line.strip_prefix("token "));
        token.expect("no token").trim().to_owned()
    }

    pub(crate) async fn worker(&self) -> Child {
        let (worker, first) = start(self.naru(&["worker"])).await;
        assert!(first.starts_with("This worker takes work from"), "{first}");
        worker
    }

    /// Starts the server; its address.
    pub(crate) async fn serve(&self, listen: &str) -> (Child, String) {
        let (server, first) = start(self.naru(&["serve", "--listen", listen])).await;
        let url = up(first.rsplit(' ').next().unwrap()).await;
        (server, url)
    }

    pub(crate) async fn verify(&self) {
        let verified = ok(self.naru(&["audit", "verify"])).await;
        assert!(verified.starts_with("whole: "), "{verified}");
    }
}

pub(crate) async fn output(mut command: Command) -> Output {
    let limited = timeout(PATIENCE, command.output()).await;
    limited.expect("it did not end").unwrap()
}

/// Runs what must succeed, and gives what it says.
pub(crate) async fn ok(command: Command) -> String {
    let output = output(command).await;
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    String::from_utf8(output.stdout).unwrap()
}

/// Runs what must be refused, and gives its last words.
pub(crate) async fn refused(command: Command) -> String {
    let output = output(command).await;
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{complaint}");
    assert!(output.stdout.is_empty(), "it began nevertheless");
    complaint.lines().last().unwrap_or_default().to_owned()
}

/// Starts what goes on, and gives the first line that it says.
pub(crate) async fn start(mut command: Command) -> (Child, String) {
    let mut child = command.stderr(Stdio::inherit()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = timeout(PATIENCE, lines.next_line()).await;
    let first = first.unwrap().unwrap().expect("it ended at once");
    // Keep reading, so that the program never waits for a reader.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    (child, first)
}

/// Ends a process as a power cut would.
pub(crate) async fn kill(child: &mut Child) {
    child.start_kill().unwrap();
    child.wait().await.unwrap();
}

pub(crate) async fn stop(mut child: Child) {
    let id = child.id().unwrap().to_string();
    let told = Command::new("kill").args(["-TERM", &id]).status().await;
    assert!(told.unwrap().success());
    let ended = timeout(PATIENCE, child.wait()).await;
    assert!(ended.expect("it did not stop").unwrap().success());
}

/// Waits until something holds.
pub(crate) async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !holds().await {
            sleep(Duration::from_millis(50)).await;
        }
    };
    let came = timeout(PATIENCE, waiting).await;
    came.unwrap_or_else(|_| panic!("never: {what}"));
}

/// The address of a server, once it is ready.
pub(crate) async fn up(address: &str) -> String {
    let ready = format!("{address}/readyz");
    until("the server is ready", async || {
        let answer = Client::new().get(&ready).send().await;
        answer.is_ok_and(|answer| answer.status() == StatusCode::OK)
    })
    .await;
    address.to_owned()
}

/// What the door answers; nothing where nobody answers.
pub(crate) async fn ask(
    client: &Client,
    url: &str,
    token: &str,
    query: &str,
    input: Value,
) -> Option<Value> {
    let answer = client
        .post(format!("{url}/graphql"))
        .bearer_auth(token)
        .json(&json!({ "query": query, "variables": { "input": input } }))
        .send()
        .await
        .ok()?;
    answer.json().await.ok()
}

pub(crate) const REGISTER: &str = "mutation($input: RegisterOrganizationInput!) {
    registerOrganization(input: $input) { organization { id } userErrors { code } }
}";

/// Registers a hospital under this command id; says whether that was acknowledged.
pub(crate) async fn register(client: &Client, url: &str, token: &str, command: &str) -> bool {
    let name = format!("나루병원 {command}");
    let input = json!({ "commandId": command, "kind": "HOSPITAL", "nameKo": name, "nameEn": name });
    let answer = ask(client, url, token, REGISTER, input).await;
    answer.is_some_and(|answer| {
        answer["data"]["registerOrganization"]["organization"]["id"].is_string()
    })
}
