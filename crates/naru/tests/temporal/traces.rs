//! One command, followed through every process that has a part in it.

use crate::installation::{Installation, cli, register, start, stop, up};
use naru_tests::cluster::{Cluster, programs};
use naru_tests::collector::Collector;
use naru_tests::dev_server::DevServer;
use reqwest::Client;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_is_followed_through_the_update_and_the_activity_to_its_transaction() {
    let Some(cli) = cli() else { return };
    let cluster = Cluster::start(&programs().expect("install PostgreSQL")).unwrap();
    let temporal = DevServer::start(&cli, None).unwrap();
    let installation = Installation::new(&cluster, &temporal);
    let collector = Collector::start().await.unwrap();
    let traced = |arguments: &[&str]| {
        let mut command = installation.naru(arguments);
        command.env("NARU_TRACES_ENDPOINT", collector.endpoint());
        command
    };
    let token = installation.operator().await;
    let (worker, _) = start(traced(&["worker"])).await;
    let (server, first) = start(traced(&["serve", "--listen", "127.0.0.1:0"])).await;
    let url = up(first.rsplit(' ').next().unwrap()).await;
    let command = "00000000-0000-7000-8000-000000000001";
    assert!(register(&Client::new(), &url, &token, command).await);
    stop(server).await;
    stop(worker).await;

    let spans = collector.spans();
    let said = |span: &&naru_tests::collector::Span| {
        span.name == "command" && span.text.contains(&command.replace('-', ""))
    };
    let trace = &spans.iter().find(said).unwrap().trace;
    assert_eq!(
        collector.way_up("transaction", trace),
        [
            "transaction",
            "commit",
            "turn",
            "update",
            "command",
            "request"
        ]
    );
}
