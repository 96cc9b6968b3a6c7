//! Any process may be killed.

use crate::installation::{Installation, PATIENCE, ask, cli, kill, ok, register, start, stop, up};
use crate::people::{Crowd, lost_and_doubled};
use naru_tests::cluster::{Cluster, programs};
use naru_tests::dev_server::DevServer;
use naru_tests::smtp::{Encryption, Plan, Received, SmtpServer};
use reqwest::Client;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::time::timeout;

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
    let people = Crowd::at(&url, &token);
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
    let believed = people.people.command();
    let client = Client::new();
    assert!(!register(&client, &url, &token, &believed).await);
    server = naru.serve(&listen).await.0;
    people.more("after the server was killed").await;

    let mut acknowledged = people.home().await;
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

/// How soon what a killed worker had begun is begun again. Without heartbeats it would take the two minutes that an effect may take.
const SOON: Duration = Duration::from_secs(40);

/// The first letter of this kind, once it has come.
async fn letter(mail: &SmtpServer, is_it: impl Fn(&Received) -> bool) -> Received {
    let coming = async {
        let mut n = 1;
        loop {
            let letters = mail.at_least(n).await;
            if let Some(letter) = letters.iter().find(|letter| is_it(letter)) {
                return letter.clone();
            }
            n = letters.len() + 1;
        }
    };
    timeout(PATIENCE, coming).await.expect("it never came")
}

/// Which letter it is, however often it is sent.
fn message_id(letter: &Received) -> String {
    let text = String::from_utf8_lossy(&letter.bytes);
    let line = text.lines().find(|line| line.starts_with("Message-ID:"));
    line.expect("a letter without an id").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_that_a_killed_worker_had_begun_is_begun_again_in_seconds() {
    let Some(cli) = cli() else { return };
    let cluster = Cluster::start(&programs().expect("install PostgreSQL")).unwrap();
    let temporal = DevServer::start(&cli, None).unwrap();
    let naru = Installation::new(&cluster, &temporal);
    let (child, line) = start(naru.bare(&["demo", "--json", "--listen", "127.0.0.1:0"])).await;
    let made: Value = serde_json::from_str(&line).unwrap();
    up(made["url"].as_str().unwrap()).await;
    stop(child).await;
    let url = cluster.url();
    ok(naru.bare(&["move", "--to", &url, "--engine", "temporal"])).await;
    let people = made["people"].as_array().unwrap();
    let coordinator = people.iter().find(|person| person["role"] == "coordinator");
    let token = coordinator.unwrap()["token"].as_str().unwrap();

    // The mail server that keeps the first letter and never says so.
    let mail = SmtpServer::start(Encryption::None, &[Plan::SilentAfterLetter]).unwrap();
    naru.sends_letters_to(mail.address());
    let (mut server, url) = naru.serve("127.0.0.1:0").await;
    let client = Client::new();
    let open = "{ cases(first: 50) { nodes { id status } } }";
    let cases = ask(&client, &url, token, open, json!({})).await.unwrap();
    let cases = cases["data"]["cases"]["nodes"].as_array().unwrap().clone();
    let case = cases.iter().find(|case| case["status"] == "RUNNING");
    let pause = "mutation($input: CaseReasonInput!) { pauseCase(input: $input) { version userErrors { code } } }";
    let input = json!({
        "commandId": "00000000-0000-7000-8000-000000000078",
        "caseId": case.expect("no open case")["id"],
        "reason": "기기를 고치는 동안 쉽니다.",
    });
    let paused = ask(&client, &url, token, pause, input).await.unwrap();
    assert_eq!(
        paused["data"]["pauseCase"]["userErrors"],
        json!([]),
        "{paused}"
    );
    let left = message_id(&letter(&mail, |letter| !letter.acknowledged).await);
    kill(&mut server).await;
    let killed = Instant::now();

    let worker = naru.worker().await;
    letter(&mail, |letter| {
        letter.acknowledged && message_id(letter) == left
    })
    .await;
    let took = killed.elapsed();
    assert!(took < SOON, "it took {took:?}");
    stop(worker).await;
    naru.verify().await;
}
