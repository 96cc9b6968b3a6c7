//! From a folder to Temporal, and out of the ruins of a cluster.

use crate::installation::{Installation, ask, cli, ok, start, stop, up};
use naru_tests::cluster::{Cluster, programs};
use naru_tests::dev_server::DevServer;
use reqwest::Client;
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};
use std::path::PathBuf;
use std::process::Stdio;
use tokio::process::Command;

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
