//! Clear words, and no half-started state.

use crate::installation::{Installation, cli, refused, start, stop};
use naru_tests::cluster::{Cluster, programs};
use naru_tests::dev_server::DevServer;
use naru_tests::tls::{CERTIFICATE, EXPIRED, Encrypts, STRANGER, Shows};
use std::time::{Duration, Instant};

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

/// A certificate that cannot be trusted is not waited for.
const AT_ONCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_certificate_that_cannot_be_trusted_is_named_and_nothing_begins() {
    let cases = [
        (EXPIRED, EXPIRED, "expired"),
        (CERTIFICATE, STRANGER, "UnknownIssuer"),
    ];
    for (shown, trusted, word) in cases {
        let temporal = Shows::certificate(shown, Encrypts::AtOnce).await.unwrap();
        let database = Shows::certificate(shown, Encrypts::AsPostgres)
            .await
            .unwrap();
        let naru = Installation {
            folder: tempfile::tempdir().unwrap(),
            database: format!(
                "postgres://naru:s3cret@{}/naru?sslmode=verify-full&sslrootcert=trusted.pem",
                database.address()
            ),
            temporal: format!("https://{}", temporal.address()),
        };
        std::fs::write(naru.folder.path().join("trusted.pem"), trusted).unwrap();
        let began = Instant::now();
        let mut serve = naru.naru(&["serve", "--listen", "127.0.0.1:0"]);
        serve.env("TEMPORAL_TLS_SERVER_CA_CERT_PATH", "trusted.pem");
        let said = refused(serve).await;
        assert!(
            said.contains("Temporal at") && said.contains("certificate") && said.contains(word),
            "{said}"
        );
        let embedded = ["serve", "--engine", "embedded", "--listen", "127.0.0.1:0"];
        let said = refused(naru.naru(&embedded)).await;
        assert!(
            said.contains("the database cannot be reached")
                && said.contains("certificate")
                && said.contains(word)
                && !said.contains("s3cret"),
            "{said}"
        );
        let took = began.elapsed();
        assert!(took < AT_ONCE, "it took {took:?}");
        assert!(!naru.folder.path().join("data/keys").exists());
    }
}
