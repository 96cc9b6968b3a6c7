//! The real program on a Temporal server and a PostgreSQL server of its own: a server and two workers, any of which may be killed, as may the
//! services they stand on; a cluster that was lost; and clear words where something cannot be. Needs Temporal's command line program, where
//! `NARU_TEST_TEMPORAL_CLI` says it is.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "whatever is missing in an answer fails the test, as it should"
)]

use naru_tests::cluster::{Cluster, programs};
use naru_tests::dev_server::{CLI, DevServer};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// How long a thing that happens by itself may take.
const PATIENCE: Duration = Duration::from_mins(3);
/// How many callers there are, and how many commands are acknowledged between one fault and the next.
const CALLERS: usize = 4;
const BETWEEN: usize = 12;

fn cli() -> Option<PathBuf> {
    std::env::var_os(CLI).map(PathBuf::from)
}

/// A folder, the database its record is on, and the Temporal server it is told of.
struct Installation {
    folder: TempDir,
    database: String,
    temporal: String,
}

impl Installation {
    fn new(cluster: &Cluster, temporal: &DevServer) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            database: cluster.url(),
            temporal: temporal.address(),
        }
    }

    /// The program on Temporal.
    fn naru(&self, arguments: &[&str]) -> Command {
        let mut command = self.bare(arguments);
        command
            .env("NARU_DATABASE_URL", &self.database)
            .env("NARU_ENGINE", "temporal");
        command
    }

    /// The program in its folder.
    fn bare(&self, arguments: &[&str]) -> Command {
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

    async fn operator(&self) -> String {
        let person = ["--name", "홍길동", "--email", "operator@hospital.example"];
        let open = [&["account", "open", "--operator"][..], &person].concat();
        let opened = ok(self.naru(&open)).await;
        let token = opened.lines().find_map(|line| line.strip_prefix("token "));
        token.expect("no token").trim().to_owned()
    }

    async fn worker(&self) -> Child {
        let (worker, first) = start(self.naru(&["worker"])).await;
        assert!(first.starts_with("This worker takes work from"), "{first}");
        worker
    }

    /// Starts the server; its address.
    async fn serve(&self, listen: &str) -> (Child, String) {
        let (server, first) = start(self.naru(&["serve", "--listen", listen])).await;
        let url = up(first.rsplit(' ').next().unwrap()).await;
        (server, url)
    }

    async fn verify(&self) {
        let verified = ok(self.naru(&["audit", "verify"])).await;
        assert!(verified.starts_with("whole: "), "{verified}");
    }
}

async fn output(mut command: Command) -> Output {
    let limited = timeout(PATIENCE, command.output()).await;
    limited.expect("it did not end").unwrap()
}

/// Runs what must succeed, and gives what it says.
async fn ok(command: Command) -> String {
    let output = output(command).await;
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    String::from_utf8(output.stdout).unwrap()
}

/// Runs what must be refused, and gives its last words.
async fn refused(command: Command) -> String {
    let output = output(command).await;
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{complaint}");
    assert!(output.stdout.is_empty(), "it began nevertheless");
    complaint.lines().last().unwrap_or_default().to_owned()
}

/// Starts what goes on, and gives the first line that it says.
async fn start(mut command: Command) -> (Child, String) {
    let mut child = command.stderr(Stdio::inherit()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = timeout(PATIENCE, lines.next_line()).await;
    let first = first.unwrap().unwrap().expect("it ended at once");
    // Keep reading, so that the program never waits for a reader.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    (child, first)
}

/// Ends a process as a power cut would.
async fn kill(child: &mut Child) {
    child.start_kill().unwrap();
    child.wait().await.unwrap();
}

async fn stop(mut child: Child) {
    let id = child.id().unwrap().to_string();
    let told = Command::new("kill").args(["-TERM", &id]).status().await;
    assert!(told.unwrap().success());
    let ended = timeout(PATIENCE, child.wait()).await;
    assert!(ended.expect("it did not stop").unwrap().success());
}

/// Waits until something holds.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !holds().await {
            sleep(Duration::from_millis(50)).await;
        }
    };
    let came = timeout(PATIENCE, waiting).await;
    came.unwrap_or_else(|_| panic!("never: {what}"));
}

/// The address of a server, once it is ready.
async fn up(address: &str) -> String {
    let ready = format!("{address}/readyz");
    until("the server is ready", async || {
        let answer = Client::new().get(&ready).send().await;
        answer.is_ok_and(|answer| answer.status() == StatusCode::OK)
    })
    .await;
    address.to_owned()
}

/// What the door answers; nothing where nobody answers.
async fn ask(client: &Client, url: &str, token: &str, query: &str, input: Value) -> Option<Value> {
    let answer = client
        .post(format!("{url}/graphql"))
        .bearer_auth(token)
        .json(&json!({ "query": query, "variables": { "input": input } }))
        .send()
        .await
        .ok()?;
    answer.json().await.ok()
}

const REGISTER: &str = "mutation($input: RegisterOrganizationInput!) {
    registerOrganization(input: $input) { organization { id } userErrors { code } }
}";

/// Registers a hospital under this command id; says whether that was acknowledged.
async fn register(client: &Client, url: &str, token: &str, command: &str) -> bool {
    let name = format!("나루병원 {command}");
    let input = json!({ "commandId": command, "kind": "HOSPITAL", "nameKo": name, "nameEn": name });
    let answer = ask(client, url, token, REGISTER, input).await;
    answer.is_some_and(|answer| {
        answer["data"]["registerOrganization"]["organization"]["id"].is_string()
    })
}

/// People who register hospitals, one after the other, each until it is acknowledged.
struct People {
    url: String,
    token: String,
    acknowledged: Mutex<BTreeSet<String>>,
    next: AtomicU32,
    over: AtomicBool,
}

impl People {
    fn command(&self) -> String {
        let n = self.next.fetch_add(1, Ordering::SeqCst);
        format!("00000000-0000-7000-8000-{n:012}")
    }

    async fn work(self: Arc<Self>) {
        let client = Client::builder()
            .timeout(Duration::from_mins(1))
            .build()
            .unwrap();
        while !self.over.load(Ordering::SeqCst) {
            let command = self.command();
            let registering = async {
                while !register(&client, &self.url, &self.token, &command).await {
                    sleep(Duration::from_millis(50)).await;
                }
            };
            let registered = timeout(PATIENCE, registering).await;
            registered.expect("nobody ever registered a hospital");
            self.acknowledged.lock().unwrap().insert(command);
        }
    }

    fn n_acknowledged(&self) -> usize {
        self.acknowledged.lock().unwrap().len()
    }

    async fn more(&self, what: &str) {
        let enough = self.n_acknowledged() + BETWEEN;
        until(what, async || enough <= self.n_acknowledged()).await;
    }
}

/// How many hospitals were acknowledged and are not in the record, and how many are in it twice.
async fn lost_and_doubled(database: &str, acknowledged: &BTreeSet<String>) -> (usize, usize) {
    let mut conn = PgConnection::connect(database).await.unwrap();
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "select named, count(*) from (
             select substring(payload from '나루병원 ([0-9a-f-]{36})') as named from event
         ) as event where named is not null group by named",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap();
    conn.close().await.unwrap();
    let recorded: BTreeSet<&str> = rows.iter().map(|(id, _)| id.as_str()).collect();
    let lost = acknowledged
        .iter()
        .filter(|id| !recorded.contains(id.as_str()));
    (lost.count(), rows.iter().filter(|(_, n)| 1 < *n).count())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_killed_nothing_acknowledged_is_lost_and_everything_goes_on() {
    let Some(cli) = cli() else { return };
    let cluster = Cluster::start(&programs().expect("install PostgreSQL")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut temporal = DevServer::start(&cli, Some(&folder.path().join("temporal.db"))).unwrap();
    let naru = Installation::new(&cluster, &temporal);
    let token = naru.operator().await;
    let (mut server, url) = naru.serve("127.0.0.1:0").await;
    let listen = url.strip_prefix("http://").unwrap().to_owned();
    let mut workers = [naru.worker().await, naru.worker().await];
    let people = Arc::new(People {
        url: url.clone(),
        token: token.clone(),
        acknowledged: Mutex::default(),
        next: AtomicU32::new(1),
        over: AtomicBool::new(false),
    });
    let mut working = JoinSet::new();
    for _ in 0..CALLERS {
        working.spawn(Arc::clone(&people).work());
    }
    people.more("people can work").await;
    for worker in &mut workers {
        kill(worker).await;
        people.more("after a worker was killed").await;
        *worker = naru.worker().await;
    }
    temporal.end_at_once().unwrap();
    temporal.start_again().unwrap();
    people.more("after Temporal was killed").await;
    cluster.stop_at_once().unwrap();
    cluster.start_again().unwrap();
    people.more("after PostgreSQL was stopped").await;
    kill(&mut server).await;
    // The planted fault: somebody who takes no answer for yes.
    let believed = people.command();
    let client = Client::new();
    assert!(!register(&client, &url, &token, &believed).await);
    server = naru.serve(&listen).await.0;
    people.more("after the server was killed").await;

    people.over.store(true, Ordering::SeqCst);
    working.join_all().await;
    let mut acknowledged = people.acknowledged.lock().unwrap().clone();
    let found = lost_and_doubled(&cluster.url(), &acknowledged).await;
    assert_eq!(found, (0, 0), "lost and doubled");
    acknowledged.insert(believed);
    let found = lost_and_doubled(&cluster.url(), &acknowledged).await;
    assert_eq!(found, (1, 0), "what was never done must be missed");
    naru.verify().await;
    stop(server).await;
    for worker in workers {
        stop(worker).await;
    }
    naru.verify().await;
}

const SEEN: &str = "{
    cases(first: 50) { nodes { id reference status stages { id state round dueAt } } }
    inbox(first: 50) { nodes { case { id } stage { id } title since dueAt } }
}";

/// What everything that waits for a day has in Temporal.
async fn every_timer_is_armed(naru: &Installation, cli: &PathBuf) {
    let mut conn = PgConnection::connect(&naru.database).await.unwrap();
    let waiting: Vec<String> = sqlx::query_scalar(
        "select aggregate_id from aggregate where wake_at_us is not null order by 1 limit 5",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap();
    conn.close().await.unwrap();
    assert!(!waiting.is_empty(), "nothing waits for a day");
    for aggregate in waiting {
        let mut show = Command::new(cli);
        show.args(["workflow", "show", "--output", "json", "--address"])
            .arg(&naru.temporal)
            .arg("--workflow-id")
            .arg(format!("naru.{aggregate}"))
            .stdin(Stdio::null());
        let history = ok(show).await;
        assert!(history.contains("EVENT_TYPE_TIMER_STARTED"), "{aggregate}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_demo_moves_to_temporal_and_outlives_the_loss_of_the_cluster() {
    let Some(cli) = cli() else { return };
    let cluster = Cluster::start(&programs().expect("install PostgreSQL")).unwrap();
    let temporal = DevServer::start(&cli, None).unwrap();
    let mut naru = Installation::new(&cluster, &temporal);
    let demo = ["demo", "--json", "--listen", "127.0.0.1:0"];
    let (child, line) = start(naru.bare(&demo)).await;
    let made: Value = serde_json::from_str(&line).unwrap();
    up(made["url"].as_str().unwrap()).await;
    stop(child).await;
    let people = made["people"].as_array().unwrap();
    let coordinator = people.iter().find(|person| person["role"] == "coordinator");
    let token = coordinator.unwrap()["token"].as_str().unwrap().to_owned();
    let client = Client::new();
    let seen = async |url: &str| {
        let seen = ask(&client, url, &token, SEEN, json!({})).await;
        seen.expect("nobody answers")["data"].clone()
    };
    let (child, first) = start(naru.bare(&["serve", "--listen", "127.0.0.1:0"])).await;
    let before = seen(&up(first.rsplit(' ').next().unwrap()).await).await;
    assert_ne!(before["cases"]["nodes"], json!([]));
    stop(child).await;

    let url = cluster.url();
    let to = ["move", "--to", &url, "--engine", "temporal"];
    for _ in 0..2 {
        let said = ok(naru.bare(&to)).await;
        assert!(said.contains(" items wait in Temporal"), "{said}");
        every_timer_is_armed(&naru, &cli).await;
    }
    let (server, url) = naru.serve("127.0.0.1:0").await;
    assert_eq!(seen(&url).await, before);
    stop(server).await;

    drop(temporal);
    let new = DevServer::start(&cli, None).unwrap();
    naru.temporal = new.address();
    let restored = ok(naru.naru(&["temporal", "restore"])).await;
    assert!(restored.contains(" items wait in Temporal"), "{restored}");
    every_timer_is_armed(&naru, &cli).await;
    let (server, url) = naru.serve("127.0.0.1:0").await;
    assert_eq!(seen(&url).await, before);
    let task = &before["inbox"]["nodes"][0];
    let claim = "mutation($input: StageInput!) { claimStage(input: $input) { case { id } userErrors { code } } }";
    let input = json!({
        "commandId": "00000000-0000-7000-8000-000000000077",
        "caseId": task["case"]["id"],
        "stage": task["stage"]["id"],
    });
    let claimed = ask(&client, &url, &token, claim, input).await.unwrap();
    assert_eq!(claimed["data"]["claimStage"]["userErrors"], json!([]));
    stop(server).await;
    naru.verify().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_something_cannot_be_nothing_begins_and_the_reason_is_said() {
    let Some(cli) = cli() else { return };
    let cluster = Cluster::start(&programs().expect("install PostgreSQL")).unwrap();
    let temporal = DevServer::start(&cli, None).unwrap();
    let naru = Installation::new(&cluster, &temporal);
    let serve = ["serve", "--listen", "127.0.0.1:0"];

    let mut elsewhere = naru.naru(&serve);
    elsewhere.env("TEMPORAL_NAMESPACE", "elsewhere");
    let said = refused(elsewhere).await;
    assert!(said.contains("no namespace `elsewhere`"), "{said}");
    let mut alone = naru.naru(&["worker"]);
    alone.env_remove("NARU_DATABASE_URL");
    let said = refused(alone).await;
    assert!(said.contains("--database-url"), "{said}");
    let mut away = naru.naru(&serve);
    away.env(
        "NARU_DATABASE_URL",
        "postgres://naru:s3cret@127.0.0.1:1/naru",
    );
    let said = refused(away).await;
    assert!(
        said.contains("cannot be reached") && !said.contains("s3cret"),
        "{said}"
    );
    let mut away = naru.naru(&serve);
    away.env("TEMPORAL_ADDRESS", "127.0.0.1:1");
    let said = refused(away).await;
    assert!(
        said.contains("Temporal at http://127.0.0.1:1/ cannot be reached"),
        "{said}"
    );
    assert!(!naru.folder.path().join("data/keys").exists());

    naru.operator().await;
    let (server, _) = naru.serve("127.0.0.1:0").await;
    let said =
        refused(naru.naru(&["serve", "--engine", "embedded", "--listen", "127.0.0.1:0"])).await;
    assert!(said.contains("in use by another naru"), "{said}");
    stop(server).await;
    let (embedded, _) =
        start(naru.naru(&["serve", "--engine", "embedded", "--listen", "127.0.0.1:0"])).await;
    let said = refused(naru.naru(&["worker"])).await;
    assert!(said.contains("in use by another naru"), "{said}");
    stop(embedded).await;
}
