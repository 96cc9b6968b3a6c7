//! Effects against mail servers that misbehave, on a clock that moves only when it is told to.

use super::common::{World, a_kind, submit};
use super::smtp::{Encryption, Plan, SmtpServer};
use jiff::SignedDuration;
use naru_domain::Locale;
use naru_engine::mail::{Security, Smtp, SmtpOptions, Transport};
use naru_engine::{Engine, IncidentReport};
use naru_store::OutboxStatus;
use std::sync::Arc;
use std::time::Duration;

async fn engine_with_mail(world: &World, server: &SmtpServer, time_limit: Duration) -> Engine {
    let options = SmtpOptions {
        port: Some(server.address().port()),
        security: Security::Plain,
        time_limit,
        ..SmtpOptions::new("127.0.0.1")
    };
    let transport = Transport::Smtp(Arc::new(Smtp::new(options).unwrap()));
    world.engine_with(world.options_with(transport)).await
}

async fn invite_one(world: &World, engine: &Engine) {
    submit(engine, world.open_round()).await;
    submit(engine, world.invite(&[("lee", Locale::Ko)])).await;
    engine.settle().await;
}

/// Jumps to the next try of the one letter there is; false when nothing waits.
async fn next_try(world: &World, engine: &Engine) -> bool {
    let log = engine.store().outbox_log(None, 10).await.unwrap();
    let waiting = log.iter().find_map(|entry| match entry.status {
        OutboxStatus::Waiting { next_attempt_at } => Some(next_attempt_at),
        OutboxStatus::Done { .. } | OutboxStatus::Stopped { .. } => None,
    });
    let Some(at) = waiting else { return false };
    world.clock.advance_to(at);
    engine.settle().await;
    true
}

#[tokio::test]
async fn a_letter_that_fails_is_tried_again_ever_more_rarely_under_the_same_id() {
    let plans = [
        Plan::Greet(421),
        Plan::RefuseRecipient(450),
        Plan::DropAfterLetter,
        Plan::RefuseData(452),
    ];
    let Some(kind) = a_kind() else { return };
    let world = World::on(&kind).await;
    let server = SmtpServer::start(Encryption::None, &plans).unwrap();
    let engine = engine_with_mail(&world, &server, Duration::from_mins(1)).await;
    let start = world.clock.now();
    invite_one(&world, &engine).await;
    let mut n_tries = 1;
    while next_try(&world, &engine).await {
        n_tries += 1;
    }
    assert_eq!(n_tries, 5);
    let waited = world.clock.now().duration_since(start);
    assert!(
        SignedDuration::from_secs(22) < waited,
        "{waited}: 2 + 4 + 8 + 16 s, less a quarter at most"
    );
    let received = server.received();
    assert_eq!(received.len(), 2, "doubled only by the unknown outcome");
    let message_ids: Vec<Option<String>> = received
        .iter()
        .map(|letter| {
            let read = mail_parser::MessageParser::default()
                .parse(&letter.bytes)
                .unwrap();
            read.message_id().map(str::to_owned)
        })
        .collect();
    assert!(message_ids[0].is_some());
    assert_eq!(message_ids[0], message_ids[1]);
    assert!(engine.store().incidents().await.unwrap().is_empty());
    engine.shutdown().await;
}

#[tokio::test]
async fn a_refused_letter_becomes_an_incident_that_a_person_understands_and_retries() {
    let Some(kind) = a_kind() else { return };
    let world = World::on(&kind).await;
    let server = SmtpServer::start(Encryption::None, &[Plan::RefuseRecipient(550)]).unwrap();
    let engine = engine_with_mail(&world, &server, Duration::from_mins(1)).await;
    invite_one(&world, &engine).await;
    assert!(
        !next_try(&world, &engine).await,
        "it is not tried by itself"
    );
    let incidents = engine.store().incidents().await.unwrap();
    assert_eq!(incidents.len(), 1);
    let report = IncidentReport::read(&incidents[0].reason);
    assert_eq!(report.code, "RECIPIENT_REFUSED");
    assert!(report.words.en.contains("550"));
    assert!(
        !incidents[0].reason.contains("clinic.example"),
        "no recipient is named"
    );
    engine.retry_incident(incidents[0].id).await.unwrap();
    engine.settle().await;
    assert_eq!(server.received().len(), 1);
    assert!(engine.store().incidents().await.unwrap().is_empty());
    engine.shutdown().await;
}

#[tokio::test]
async fn after_the_last_try_a_person_is_asked() {
    let Some(kind) = a_kind() else { return };
    let world = World::on(&kind).await;
    let server = SmtpServer::start(Encryption::None, &[Plan::Greet(421); 12]).unwrap();
    let engine = engine_with_mail(&world, &server, Duration::from_mins(1)).await;
    invite_one(&world, &engine).await;
    let mut n_tries = 1;
    while next_try(&world, &engine).await {
        n_tries += 1;
    }
    assert_eq!(n_tries, 12);
    let incidents = engine.store().incidents().await.unwrap();
    let report = IncidentReport::read(&incidents[0].reason);
    assert_eq!(report.code, "MAIL_SERVER_REFUSED");
    assert!(server.received().is_empty());
    engine.retry_incident(incidents[0].id).await.unwrap();
    engine.settle().await;
    assert_eq!(server.received().len(), 1, "nothing is lost");
    engine.shutdown().await;
}

#[tokio::test]
async fn a_silent_mail_server_holds_up_neither_commands_nor_a_shutdown() {
    let Some(kind) = a_kind() else { return };
    let world = World::on(&kind).await;
    let server = SmtpServer::start(Encryption::None, &[Plan::SilentGreeting]).unwrap();
    let mut options = {
        let smtp = SmtpOptions {
            port: Some(server.address().port()),
            security: Security::Plain,
            time_limit: Duration::from_hours(1),
            ..SmtpOptions::new("127.0.0.1")
        };
        world.options_with(Transport::Smtp(Arc::new(Smtp::new(smtp).unwrap())))
    };
    options.finish_limit = Duration::from_millis(50);
    let engine = world.engine_with(options).await;
    submit(&engine, world.open_round()).await;
    submit(&engine, world.invite(&[("lee", Locale::Ko)])).await;
    submit(&engine, world.open_round_number(77)).await;
    engine.shutdown().await;
    drop(engine);
    let engine = engine_with_mail(&world, &server, Duration::from_mins(1)).await;
    assert_eq!(server.at_least(1).await.len(), 1, "the next start sends it");
    engine.settle().await;
    engine.shutdown().await;
}
