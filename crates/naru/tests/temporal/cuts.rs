//! The network between the program and what it stands on breaks: it is cut, or it swallows everything without a word.

use crate::installation::{Installation, cli, register, start, stop, until, up};
use crate::people::{Crowd, lost_and_doubled};
use naru_tests::cluster::{Cluster, programs};
use naru_tests::dev_server::DevServer;
use naru_tests::line::Line;
use reqwest::Client;
use std::collections::BTreeSet;
use std::time::Duration;

/// How long somebody waits who wants to know whether anything goes through.
const IMPATIENT: Duration = Duration::from_secs(2);

/// The line to a database server, and the address of the database at its near end.
async fn to_database(cluster: &Cluster) -> (Line, String) {
    let url = cluster.url();
    let (who, rest) = url.split_once('@').unwrap();
    let (server, name) = rest.split_once('/').unwrap();
    let line = Line::to(server.to_owned()).await.unwrap();
    let near = format!("{who}@{}/{name}", line.address());
    (line, near)
}

/// Breaks a line in both ways while people work, and mends it.
async fn broken(line: &Line, what: &str, crowd: &Crowd, url: &str, token: &str) {
    let client = Client::builder().timeout(IMPATIENT).build().unwrap();
    for silently in [false, true] {
        if silently {
            line.fall_silent();
        } else {
            line.cut();
        }
        until("nothing goes through", async || {
            let command = crowd.people.command();
            !register(&client, url, token, &command).await
        })
        .await;
        line.mend();
        crowd
            .more(&format!("after the line to {what} was broken"))
            .await;
    }
}

async fn nothing_is_lost_or_doubled(database: &str, acknowledged: &BTreeSet<String>) {
    let found = lost_and_doubled(database, acknowledged).await;
    assert_eq!(found, (0, 0), "lost and doubled");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_that_breaks_loses_nothing_and_everything_goes_on() {
    let Some(cli) = cli() else { return };
    let cluster = Cluster::start(&programs().expect("install PostgreSQL")).unwrap();
    let temporal = DevServer::start(&cli, None).unwrap();
    let (to_database, database) = to_database(&cluster).await;
    let to_temporal = Line::to(temporal.address()).await.unwrap();
    let naru = Installation {
        folder: tempfile::tempdir().unwrap(),
        database,
        temporal: to_temporal.address().to_string(),
    };
    let token = naru.operator().await;
    let (server, url) = naru.serve("127.0.0.1:0").await;
    let worker = naru.worker().await;
    let crowd = Crowd::at(&url, &token);
    crowd.more("people can work").await;
    broken(&to_database, "PostgreSQL", &crowd, &url, &token).await;
    broken(&to_temporal, "Temporal", &crowd, &url, &token).await;
    let acknowledged = crowd.home().await;
    nothing_is_lost_or_doubled(&cluster.url(), &acknowledged).await;
    naru.verify().await;
    stop(server).await;
    stop(worker).await;
    naru.verify().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_embedded_engine_outlives_a_broken_line_to_its_database() {
    let cluster = Cluster::start(&programs().expect("install PostgreSQL")).unwrap();
    let (line, database) = to_database(&cluster).await;
    let naru = Installation {
        folder: tempfile::tempdir().unwrap(),
        database,
        temporal: "127.0.0.1:1".to_owned(),
    };
    let token = Installation::operator_by(naru.embedded(&[])).await;
    let serve = naru.embedded(&["serve", "--listen", "127.0.0.1:0"]);
    let (server, first) = start(serve).await;
    let url = up(first.rsplit(' ').next().unwrap()).await;
    let crowd = Crowd::at(&url, &token);
    crowd.more("people can work").await;
    broken(&line, "PostgreSQL", &crowd, &url, &token).await;
    let acknowledged = crowd.home().await;
    nothing_is_lost_or_doubled(&cluster.url(), &acknowledged).await;
    stop(server).await;
    naru.verify().await;
}
