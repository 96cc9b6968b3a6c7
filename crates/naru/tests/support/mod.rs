//! Driving the real program as its people do: over HTTP and from letters.

mod page;

use mail_parser::MessageParser;
use naru_tests::smtp::SmtpServer;
use page::Page;
use reqwest::Client;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// How long a thing that happens by itself may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// The running program and its example people.
pub(crate) struct Program {
    child: Child,
    config: PathBuf,
    data: PathBuf,
    listen: String,
    url: String,
    tokens: BTreeMap<String, String>,
    client: Client,
}

/// One person at the API.
pub(crate) struct Person {
    url: String,
    token: String,
    client: Client,
}

fn naru(config: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_naru"));
    command
        .arg("--config")
        .arg(config)
        .kill_on_drop(true)
        .stdout(Stdio::piped())
        .stdin(Stdio::null());
    command
}

impl Program {
    /// Starts `naru demo` in a fresh folder with letters going to `mail`.
    pub(crate) async fn demo(folder: &Path, mail: SocketAddr) -> Self {
        let config = folder.join("naru.toml");
        let settings = format!(
            "data = '{}'\n[mail]\nfrom_address = 'naru@hospital.example'\n[mail.smtp]\nhost = '{}'\nport = {}\nsecurity = 'plain'\n",
            folder.join("data").display(),
            mail.ip(),
            mail.port()
        );
        std::fs::write(&config, settings).unwrap();
        let mut child = naru(&config)
            .args(["demo", "--json", "--listen", "127.0.0.1:0"])
            .spawn()
            .unwrap();
        let made: Value = serde_json::from_str(&first_line(&mut child).await).unwrap();
        let url = made["url"].as_str().unwrap().to_owned();
        let people = made["people"].as_array().unwrap();
        let tokens = people
            .iter()
            .map(|person| (field(person, "name_en"), field(person, "token")))
            .collect();
        let data = PathBuf::from(made["data"].as_str().unwrap());
        let (_, port) = url.rsplit_once(':').unwrap();
        let listen = format!("127.0.0.1:{port}");
        Self {
            child,
            config,
            data,
            listen,
            url,
            tokens,
            client: Client::new(),
        }
    }

    /// Ends the process as a power cut would, and starts the server again on the same folder.
    pub(crate) async fn kill_and_restart(&mut self) {
        self.child.start_kill().unwrap();
        self.child.wait().await.unwrap();
        let mut child = naru(&self.config)
            .arg("--data")
            .arg(&self.data)
            .args(["serve", "--listen", &self.listen])
            .spawn()
            .unwrap();
        first_line(&mut child).await;
        self.child = child;
        self.client = Client::new();
    }

    /// Asks the process to stop and waits until it has.
    pub(crate) async fn stop(&mut self) {
        let id = self.child.id().unwrap().to_string();
        std::process::Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap();
        let status = tokio::time::timeout(PATIENCE, self.child.wait())
            .await
            .unwrap()
            .unwrap();
        assert!(
            status.success(),
            "the program did not stop cleanly: {status}"
        );
    }

    /// Proves the record with the program's own command.
    pub(crate) fn verify(&self) {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_naru"))
            .arg("--data")
            .arg(&self.data)
            .args(["audit", "verify"])
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// The person of this English name.
    pub(crate) fn person(&self, name: &str) -> Person {
        let token = self
            .tokens
            .get(name)
            .unwrap_or_else(|| panic!("nobody is called {name}"))
            .clone();
        Person {
            url: self.url.clone(),
            token,
            client: self.client.clone(),
        }
    }

    /// The organization of this kind that a person belongs to.
    pub(crate) async fn organization(&self, name: &str, kind: &str) -> String {
        let me = self
            .person(name)
            .query(
                "{ me { memberships { organization { id kind } } } }",
                json!({}),
            )
            .await;
        let memberships = me["data"]["me"]["memberships"]
            .as_array()
            .unwrap_or_else(|| panic!("{me}"));
        let mine = memberships
            .iter()
            .find(|m| m["organization"]["kind"] == kind)
            .unwrap_or_else(|| panic!("{me}"));
        mine["organization"]["id"].as_str().unwrap().to_owned()
    }

    /// Waits until a stage is somebody's move: messages between aggregates travel by themselves.
    pub(crate) async fn when_open(&self, case: &str, stage: &str) {
        let query =
            "query($id: ID!, $stage: String!) { case(id: $id) { stage(id: $stage) { state } } }";
        self.until(query, json!({ "id": case, "stage": stage }), |answer| {
            answer["data"]["case"]["stage"]["state"] == "OPEN"
        })
        .await;
    }

    /// The study, round or consultation of a stage, once it is there.
    pub(crate) async fn child(&self, case: &str, stage: &str, work: &str, field: &str) -> String {
        let query = format!(
            "query($id: ID!, $stage: String!) {{ case(id: $id) {{ stage(id: $stage) {{ work {{ ... on {work} {{ {field} {{ id }} }} }} }} }} }}"
        );
        let answer = self
            .until(&query, json!({ "id": case, "stage": stage }), |answer| {
                answer["data"]["case"]["stage"]["work"][field]["id"].is_string()
            })
            .await;
        answer["data"]["case"]["stage"]["work"][field]["id"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    async fn until(
        &self,
        query: &str,
        variables: Value,
        arrived: impl Fn(&Value) -> bool,
    ) -> Value {
        let coordinator = self.person("Jung Yujin");
        let waiting = async {
            loop {
                let answer = coordinator.query(query, variables.clone()).await;
                if arrived(&answer) {
                    return answer;
                }
                assert!(answer["errors"].is_null(), "{answer}");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting)
            .await
            .unwrap_or_else(|_| panic!("never came: {query} {variables}"))
    }

    /// The page that the newest letter to `address` links to.
    pub(crate) async fn open_link(&self, mail: &SmtpServer, address: &str) -> Page {
        let waiting = async {
            let mut n = 1;
            loop {
                let letters = mail.at_least(n).await;
                if let Some(letter) = letters.iter().rev().find(|letter| letter.to == address) {
                    return letter.bytes.clone();
                }
                n = letters.len() + 1;
            }
        };
        let bytes = tokio::time::timeout(PATIENCE, waiting)
            .await
            .unwrap_or_else(|_| panic!("no letter to {address}"));
        let message = MessageParser::default().parse(&bytes).unwrap();
        let body = message.body_text(0).unwrap().into_owned();
        let link = body
            .split_whitespace()
            .find(|word| word.contains("/l/"))
            .unwrap_or_else(|| panic!("no link in {body}"))
            .to_owned();
        Page::open(self.client.clone(), link).await
    }
}

fn field(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap().to_owned()
}

async fn first_line(child: &mut Child) -> String {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = tokio::time::timeout(PATIENCE, lines.next_line())
        .await
        .unwrap()
        .unwrap()
        .expect("the program ended before it said anything");
    // Keep reading, so that the program never waits for a reader.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    line
}

impl Person {
    /// A query's whole answer.
    pub(crate) async fn query(&self, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables });
        let answer = self
            .client
            .post(format!("{}/graphql", self.url))
            .bearer_auth(&self.token)
            .json(&body)
            .send()
            .await
            .unwrap();
        assert!(
            answer.status().is_success(),
            "{} for {query}",
            answer.status()
        );
        let mut answer: Value = answer.json().await.unwrap();
        // The cost in `extensions` is not what these tests compare.
        answer.as_object_mut().unwrap().remove("extensions");
        answer
    }

    /// A mutation's payload, whatever it says.
    pub(crate) async fn try_to(&self, mutation: &str, mut input: Value, fields: &str) -> Value {
        let command = uuid::Builder::from_random_bytes(rand::random())
            .into_uuid()
            .to_string();
        input["commandId"] = json!(command);
        let kind = input_type(mutation);
        let query = format!(
            "mutation($input: {kind}!) {{ {mutation}(input: $input) {{ {fields} version userErrors {{ code field message }} }} }}"
        );
        let answer = self.query(&query, json!({ "input": input })).await;
        assert!(answer["errors"].is_null(), "{mutation}: {answer}");
        answer["data"][mutation].clone()
    }

    /// A mutation's payload; it must not be refused.
    pub(crate) async fn act(&self, mutation: &str, input: Value, fields: &str) -> Value {
        let payload = self.try_to(mutation, input, fields).await;
        assert_eq!(payload["userErrors"], json!([]), "{mutation}");
        payload
    }

    /// Whether the inbox holds a stage of a case.
    pub(crate) async fn inbox_has(&self, case: &str, stage: &str) {
        let inbox = self
            .query(
                "{ inbox(first: 100) { nodes { case { id } stage { id } } } }",
                json!({}),
            )
            .await;
        let nodes = inbox["data"]["inbox"]["nodes"]
            .as_array()
            .unwrap_or_else(|| panic!("{inbox}"));
        assert!(
            nodes
                .iter()
                .any(|node| node["case"]["id"] == case && node["stage"]["id"] == stage),
            "{inbox}"
        );
    }

    /// Announces, sends and attaches a PDF; the document's id.
    pub(crate) async fn upload(&self, device: &str, name: &str, bytes: &'static [u8]) -> String {
        let sha256 = data_encoding::HEXLOWER.encode(&Sha256::digest(bytes));
        let input = json!({ "deviceId": device, "fileName": name, "mediaType": "PDF", "sizeBytes": bytes.len(), "sha256": sha256 });
        let query = "mutation($input: RequestUploadInput!) { requestUpload(input: $input) { upload { id url } userErrors { code message } } }";
        let answer = self.query(query, json!({ "input": input })).await;
        let upload = &answer["data"]["requestUpload"]["upload"];
        let url = upload["url"].as_str().unwrap_or_else(|| panic!("{answer}"));
        let url = if url.starts_with('/') {
            format!("{}{url}", self.url)
        } else {
            url.to_owned()
        };
        let sent = self
            .client
            .put(url)
            .bearer_auth(&self.token)
            .body(bytes)
            .send()
            .await
            .unwrap();
        assert!(sent.status().is_success(), "{}", sent.text().await.unwrap());
        let attach = json!({ "deviceId": device, "title": name, "uploadId": upload["id"] });
        let fields = "device { documents(first: 100) { nodes { id newest { sha256 } } } }";
        let attached = self.act("attachDocument", attach, fields).await;
        let documents = attached["device"]["documents"]["nodes"].as_array().unwrap();
        let attached = documents
            .iter()
            .find(|document| document["newest"]["sha256"] == sha256.as_str())
            .unwrap();
        attached["id"].as_str().unwrap().to_owned()
    }
}

fn input_type(mutation: &str) -> String {
    match mutation {
        "submitForm" | "saveDraft" => "FormInput".to_owned(),
        "confirmMatching" | "recallSubmission" | "claimStage" => "StageInput".to_owned(),
        "pauseCase" | "cancelCase" => "CaseReasonInput".to_owned(),
        "resumeCase" => "CaseInput".to_owned(),
        _ => {
            let (first, rest) = mutation.split_at(1);
            format!("{}{rest}Input", first.to_uppercase())
        }
    }
}

/// Days around the one on which the test runs.
pub(crate) struct Today(jiff::civil::Date);

impl Today {
    /// The day in Seoul.
    #[expect(
        clippy::disallowed_methods,
        reason = "the program under test runs on the machine's clock"
    )]
    pub(crate) fn now() -> Self {
        Self(
            jiff::Timestamp::now()
                .to_zoned(jiff::tz::TimeZone::get("Asia/Seoul").unwrap())
                .date(),
        )
    }

    /// As the API writes it.
    pub(crate) fn day(&self) -> String {
        self.0.to_string()
    }

    /// A day half a year later.
    pub(crate) fn later(&self) -> String {
        self.0
            .saturating_add(jiff::Span::new().days(180))
            .to_string()
    }
}

/// A text answer.
pub(crate) fn text(field: &str, value: &str) -> Value {
    json!({ "field": field, "value": { "text": value } })
}

/// A day.
pub(crate) fn date(field: &str, value: &str) -> Value {
    json!({ "field": field, "value": { "text": value } })
}

/// A document.
pub(crate) fn document(field: &str, id: &str) -> Value {
    text(field, id)
}

/// Yes or no.
pub(crate) fn flag(field: &str, value: bool) -> Value {
    json!({ "field": field, "value": { "boolean": value } })
}
