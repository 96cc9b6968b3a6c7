//! Letters against mail servers that misbehave: never lost, doubled only after an unknown outcome, always under the same Message-ID.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the allowances for tests do not reach the functions they share"
)]

#[path = "../../../tests/support/smtp.rs"]
#[expect(
    dead_code,
    unreachable_pub,
    reason = "shared with other suites, which use the rest"
)]
mod smtp;

use futures_util::future::join_all;
use mail_parser::MessageParser;
use naru_domain::{
    AccountId, CandidateId, CaseId, ConsultationId, EmailAddress, FeedbackRoundId, InvitationId,
    Letter, LetterKind, Locale, PersonName, SignInLinkId, TypedId,
};
use naru_engine::letters::{Setting, render};
use naru_engine::mail::{
    Draft, Folder, Mailbox, Outcome, Post, Security, Sender, Smtp, SmtpCredentials, SmtpOptions,
    Transport,
};
use naru_engine::{LinkKey, Trouble};
use smtp::{Absent, CERTIFICATE, Encryption, Plan, SmtpServer};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// Long enough for any server that answers at all.
const PATIENT: Duration = Duration::from_mins(1);
/// Short, for servers that never answer.
const HASTY: Duration = Duration::from_secs(1);

fn every_kind() -> Vec<LetterKind> {
    let id = Uuid::from_u128(9);
    let round = FeedbackRoundId::from_uuid(id);
    let invitation = InvitationId::from_uuid(id);
    let candidate = CandidateId::from_uuid(id);
    let consultation = ConsultationId::from_uuid(id);
    let account = AccountId::from_uuid(id);
    let link = SignInLinkId::from_uuid(id);
    vec![
        LetterKind::CaseOpened,
        LetterKind::StageOpened,
        LetterKind::StageReminder,
        LetterKind::StageEscalation,
        LetterKind::SentBack,
        LetterKind::StageDecided,
        LetterKind::CasePaused,
        LetterKind::CaseResumed,
        LetterKind::CaseCanceled,
        LetterKind::AwardGranted,
        LetterKind::CaseCompleted,
        LetterKind::MatchInvitation { candidate },
        LetterKind::FeedbackInvitation { round, invitation },
        LetterKind::FeedbackReminder { round, invitation },
        LetterKind::ConsultationOpened { consultation },
        LetterKind::NoteAdded { consultation },
        LetterKind::Mentioned { consultation },
        LetterKind::QuestionAsked { consultation },
        LetterKind::QuestionAnswered { consultation },
        LetterKind::SignInLink { account, link },
    ]
}

fn post(kind: LetterKind) -> Post {
    let letter = Letter {
        kind,
        case: Some(CaseId::from_uuid(Uuid::from_u128(7))),
        stage_title: None,
        due: None,
    };
    let name: PersonName = "김하늘".parse().unwrap();
    let to: EmailAddress = "haneul@startup.example".parse().unwrap();
    let from = Sender {
        name: "나루".to_owned(),
        address: "naru@hospital.example".parse().unwrap(),
    };
    let setting = Setting {
        name: &name,
        locale: Locale::Ko,
        base_url: "https://naru.hospital.example",
        key: &LinkKey::from_bytes([1; 32]),
        sender: &from.name,
    };
    Post::compose(&Draft {
        id: "case_00000000000000000000000000000007.3.0.0",
        from: &from,
        to: &to,
        name: &name,
        locale: Locale::Ko,
        at: "2026-11-23T00:00:00Z".parse().unwrap(),
        letter: &render(&letter, &setting).unwrap(),
    })
    .unwrap()
}

fn transport(address: SocketAddr, security: Security, time_limit: Duration) -> Transport {
    let options = SmtpOptions {
        port: Some(address.port()),
        security,
        root_certificate: Some(CERTIFICATE.into()),
        time_limit,
        ..SmtpOptions::new("127.0.0.1")
    };
    Transport::Smtp(Arc::new(Smtp::new(options).unwrap()))
}

/// What a run of tries came to.
#[derive(Debug, Default)]
struct Tries {
    first: Option<Outcome>,
    n_unknown: usize,
    refused: bool,
}

/// Tries until the letter is sent or refused, as the effect runner does.
async fn deliver(transport: &Transport, post: &Post) -> Tries {
    let mut tries = Tries::default();
    for _ in 0..20 {
        let outcome = transport.send(post).await;
        tries.first.get_or_insert_with(|| outcome.clone());
        match outcome {
            Outcome::Sent => return tries,
            Outcome::Transient(_) => {}
            Outcome::Unknown(_) => tries.n_unknown += 1,
            Outcome::Permanent(_) => {
                tries.refused = true;
                return tries;
            }
        }
    }
    panic!("never sent: {tries:?}");
}

fn assert_promises(plan: &str, server: &SmtpServer, post: &Post, tries: &Tries) {
    let received = server.received();
    let n_acknowledged = received.iter().filter(|r| r.acknowledged).count();
    if tries.refused {
        assert_eq!(received.len(), 0, "{plan}: refused letters do not arrive");
    } else {
        assert_eq!(n_acknowledged, 1, "{plan}: never lost, {tries:?}");
        assert!(
            received.len() <= 1 + tries.n_unknown,
            "{plan}: doubled without an unknown outcome, {tries:?}"
        );
    }
    let sent = MessageParser::default().parse(post.bytes()).unwrap();
    for one in &received {
        let read = MessageParser::default().parse(&one.bytes).unwrap();
        assert_eq!(read.message_id(), sent.message_id(), "{plan}");
        assert_eq!(read.body_text(0), sent.body_text(0), "{plan}");
        assert_eq!(one.to, "haneul@startup.example");
    }
}

fn transient(trouble: Trouble) -> Outcome {
    Outcome::Transient(trouble)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_letter_survives_every_plan_of_a_mail_server() {
    let unknown = || Outcome::Unknown(Trouble::MailOutcomeUnknown);
    let silent = || transient(Trouble::MailServerSilent);
    let plans = [
        (Plan::Accept, PATIENT, Outcome::Sent),
        (
            Plan::Greet(421),
            PATIENT,
            transient(Trouble::MailServerRefused { status: 421 }),
        ),
        (
            Plan::Greet(554),
            PATIENT,
            transient(Trouble::MailServerRefused { status: 554 }),
        ),
        (
            Plan::RefuseSender(451),
            PATIENT,
            transient(Trouble::LetterRefused { status: 451 }),
        ),
        (
            Plan::RefuseRecipient(450),
            PATIENT,
            transient(Trouble::RecipientRefused { status: 450 }),
        ),
        (
            Plan::RefuseRecipient(550),
            PATIENT,
            Outcome::Permanent(Trouble::RecipientRefused { status: 550 }),
        ),
        (
            Plan::RefuseData(452),
            PATIENT,
            transient(Trouble::LetterRefused { status: 452 }),
        ),
        (
            Plan::RefuseLetter(554),
            PATIENT,
            Outcome::Permanent(Trouble::LetterRefused { status: 554 }),
        ),
        (Plan::DropAfterData, PATIENT, unknown()),
        (Plan::DropAfterLetter, PATIENT, unknown()),
        (Plan::SilentAfterLetter, HASTY, unknown()),
        (Plan::SilentGreeting, HASTY, silent()),
        (Plan::SlowDrip, HASTY, silent()),
    ];
    let mut runs = Vec::new();
    for kind in every_kind() {
        for (plan, limit, expected) in plans.clone() {
            let post = post(kind.clone());
            runs.push(async move {
                let server = SmtpServer::start(Encryption::None, &[plan]).unwrap();
                let transport = transport(server.address(), Security::Plain, limit);
                let tries = deliver(&transport, &post).await;
                let name = format!("{plan:?} {post:?}");
                // On a machine under load a hasty try can end before the letter is handed over.
                if limit == PATIENT {
                    assert_eq!(tries.first, Some(expected), "{name}");
                } else {
                    assert_ne!(tries.first, Some(Outcome::Sent), "{name}");
                }
                assert_promises(&name, &server, &post, &tries);
            });
        }
    }
    join_all(runs).await;
}

#[tokio::test]
async fn a_letter_waits_for_a_server_that_is_not_there_yet() {
    let absent = Absent::reserve().unwrap();
    let transport = transport(absent.address().unwrap(), Security::Plain, PATIENT);
    let post = post(LetterKind::CaseOpened);
    let first = transport.send(&post).await;
    assert!(
        matches!(
            first,
            Outcome::Transient(Trouble::MailServerUnreachable { .. })
        ),
        "{first:?}"
    );
    let server = absent.arrive(Encryption::None, &[]).unwrap();
    assert_eq!(transport.send(&post).await, Outcome::Sent);
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn letters_go_over_starttls_and_tls_to_a_certificate_that_is_trusted() {
    for (encryption, security) in [
        (Encryption::StartTls, Security::StartTls),
        (Encryption::Tls, Security::Tls),
    ] {
        let server = SmtpServer::start(encryption, &[]).unwrap();
        let transport = transport(server.address(), security, PATIENT);
        for _ in 0..2 {
            let outcome = transport.send(&post(LetterKind::CaseOpened)).await;
            assert_eq!(outcome, Outcome::Sent);
        }
        assert!(server.received().iter().all(|letter| letter.encrypted));
        assert_eq!(server.received().len(), 2);
        assert_eq!(server.connections(), 1, "one connection carries several");
    }
}

#[tokio::test]
async fn nothing_is_sent_without_the_encryption_that_is_required() {
    let server = SmtpServer::start(Encryption::None, &[]).unwrap();
    let transport = transport(server.address(), Security::StartTls, PATIENT);
    assert_eq!(
        transport.send(&post(LetterKind::CaseOpened)).await,
        transient(Trouble::MailServerNotEncrypted)
    );
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn nothing_is_sent_to_a_server_whose_certificate_is_not_trusted() {
    for (encryption, security) in [
        (Encryption::StartTls, Security::StartTls),
        (Encryption::Tls, Security::Tls),
    ] {
        let server = SmtpServer::start(encryption, &[]).unwrap();
        let options = SmtpOptions {
            port: Some(server.address().port()),
            security,
            ..SmtpOptions::new("127.0.0.1")
        };
        let transport = Transport::Smtp(Arc::new(Smtp::new(options).unwrap()));
        let outcome = transport.send(&post(LetterKind::CaseOpened)).await;
        assert!(
            matches!(
                outcome,
                Outcome::Transient(Trouble::MailServerNotTrusted { .. })
            ),
            "{outcome:?}"
        );
        assert!(server.received().is_empty());
    }
}

#[tokio::test]
async fn a_refused_sign_in_is_told_apart_and_tried_again() {
    let server = SmtpServer::start(Encryption::StartTls, &[Plan::RefuseSignIn(535)]).unwrap();
    let options = SmtpOptions {
        port: Some(server.address().port()),
        root_certificate: Some(CERTIFICATE.into()),
        credentials: Some(SmtpCredentials {
            user: "naru".to_owned(),
            password: "secret-word".to_owned(),
        }),
        ..SmtpOptions::new("localhost")
    };
    let transport = Transport::Smtp(Arc::new(Smtp::new(options).unwrap()));
    let post = post(LetterKind::CaseOpened);
    assert_eq!(
        transport.send(&post).await,
        transient(Trouble::MailSignInRefused)
    );
    assert_eq!(transport.send(&post).await, Outcome::Sent);
    transport.close().await;
}

#[tokio::test]
async fn a_letter_after_one_that_was_cut_short_gets_its_own_answers() {
    let plans = [Plan::SilentAfterLetter, Plan::RefuseRecipient(550)];
    let server = SmtpServer::start(Encryption::None, &plans).unwrap();
    let transport = transport(server.address(), Security::Plain, HASTY);
    let first = transport.send(&post(LetterKind::CaseOpened)).await;
    assert_ne!(first, Outcome::Sent);
    let mut second = transport.send(&post(LetterKind::CaseOpened)).await;
    while second == transient(Trouble::MailServerSilent) {
        second = transport.send(&post(LetterKind::CaseOpened)).await;
    }
    assert_eq!(
        second,
        Outcome::Permanent(Trouble::RecipientRefused { status: 550 })
    );
}

#[tokio::test]
async fn a_folder_keeps_one_file_a_letter_also_when_it_is_sent_again() {
    let place = tempfile::tempdir().unwrap();
    let folder = Folder::open(place.path().join("mail")).unwrap();
    let transport = Transport::Folder(folder.clone());
    let post = post(LetterKind::CaseOpened);
    assert_eq!(transport.send(&post).await, Outcome::Sent);
    assert_eq!(transport.send(&post).await, Outcome::Sent);
    let files: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(files.len(), 1, "{files:?}");
    assert_eq!(std::fs::read(&files[0]).unwrap(), post.bytes());
    std::fs::remove_dir_all(folder.path()).unwrap();
    assert!(matches!(
        transport.send(&post).await,
        Outcome::Transient(Trouble::MailFolderNotWritable { .. })
    ));
}

#[tokio::test]
async fn memory_keeps_letters_for_tests() {
    let mailbox = Mailbox::default();
    let transport = Transport::Memory(mailbox.clone());
    let post = post(LetterKind::CaseOpened);
    assert_eq!(transport.send(&post).await, Outcome::Sent);
    assert_eq!(mailbox.at_least(1).await.len(), 1);
    assert_eq!(mailbox.posts()[0].id(), post.id());
}
