//! An engine in a fresh folder, on a clock that stands still, with a feedback round to play with.

#[path = "../../../../../tests/support/databases.rs"]
pub(crate) mod databases;

use crate::start;
use databases::{Kind, OwnDatabase};
use naru_domain::account::AccountCommand;
use naru_domain::calendar::Calendars;
use naru_domain::feedback::{FeedbackCommand, InvitedClinician, Questionnaires};
use naru_domain::organization::OrganizationCommand;
use naru_domain::{
    AccountId, Actor, AggregateId, CaseId, Channel, Command, CommandId, EffectId, FeedbackRoundId,
    Locale, Membership, OrganizationId, Role, TypedId, Who,
};
use naru_engine::mail::{Mailbox, Post, Sender, Transport};
use naru_engine::{Clock, Engine, EngineOptions, Receipt, Submission};
use naru_store::{Database, Reference, Store, StoreOptions, Writers};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::TempDir;
use uuid::Uuid;

/// A Tuesday morning in Seoul.
pub(crate) const MORNING: &str = "2026-03-03T00:30:00Z";

pub(crate) fn id<T: TypedId>(number: u128) -> T {
    T::from_uuid(Uuid::from_u128(number))
}

pub(crate) const CASE: u128 = 1;
pub(crate) const ROUND: u128 = 2;
pub(crate) const HOSPITAL: u128 = 3;
pub(crate) const STARTUP: u128 = 4;

/// The databases to run on: none where the engine under test cannot run.
pub(crate) fn kinds() -> Vec<Kind> {
    if start::is_possible() {
        databases::kinds().into_iter().collect()
    } else {
        Vec::new()
    }
}

/// The first of them, for what does not depend on the database.
pub(crate) fn a_kind() -> Option<Kind> {
    kinds().into_iter().next()
}

/// A folder, a clock and a mailbox that outlive any engine over them.
pub(crate) struct World {
    pub(crate) folder: TempDir,
    database: OwnDatabase,
    pub(crate) clock: Clock,
    pub(crate) mailbox: Mailbox,
    commands: AtomicU64,
    /// Told apart by this where engines share something.
    name: String,
}

impl World {
    pub(crate) async fn on(kind: &Kind) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            database: OwnDatabase::on(kind).await,
            clock: Clock::virtual_at(MORNING.parse().unwrap()),
            mailbox: Mailbox::default(),
            commands: AtomicU64::new(1),
            name: Uuid::now_v7().simple().to_string(),
        }
    }

    pub(crate) fn store_options(&self) -> StoreOptions {
        let database = self.database.database();
        let writers = match &database {
            Database::Sqlite => Writers::One,
            Database::Postgres(_) => start::WRITERS,
        };
        StoreOptions {
            database,
            writers,
            ..StoreOptions::new(self.folder.path())
        }
    }

    pub(crate) fn options(&self) -> EngineOptions {
        self.options_with(Transport::Memory(self.mailbox.clone()))
    }

    pub(crate) fn options_with(&self, transport: Transport) -> EngineOptions {
        let from = Sender {
            name: "나루 사무국".to_owned(),
            address: "naru@hospital.example".parse().unwrap(),
        };
        EngineOptions {
            clock: self.clock.clone(),
            ..EngineOptions::new(transport, "https://naru.hospital.example", from)
        }
    }

    pub(crate) async fn engine(&self) -> Engine {
        self.engine_with(self.options()).await
    }

    pub(crate) async fn engine_with(&self, options: EngineOptions) -> Engine {
        let store = Store::open(self.store_options()).await.unwrap();
        let reference = Reference {
            calendars: Calendars::shipped(),
            questionnaires: Questionnaires::shipped().unwrap(),
            ..Reference::default()
        };
        start::engine(&self.name, store, Arc::new(reference), options).await
    }

    pub(crate) fn submission(
        &self,
        aggregate: impl Into<AggregateId>,
        actor: Actor,
        command: Command,
    ) -> Submission {
        let n = self.commands.fetch_add(1, Ordering::SeqCst);
        Submission {
            command_id: id::<CommandId>(u128::from(n)),
            aggregate: aggregate.into(),
            expected_version: None,
            actor,
            command,
        }
    }

    pub(crate) fn open_round(&self) -> Submission {
        self.open_round_number(ROUND)
    }

    pub(crate) fn open_round_number(&self, number: u128) -> Submission {
        let command = FeedbackCommand::Open {
            case: id(CASE),
            stage: "feedback".parse().unwrap(),
            round: 1,
            startup: id(STARTUP),
            hospital: id(HOSPITAL),
            device: id(5),
            title: naru_domain::Words {
                en: "Clinical feedback".to_owned(),
                ko: "임상 의견 수렴".to_owned(),
            },
            questionnaire: "clinician-feedback".to_owned(),
            anonymity_threshold: 3,
            answers_needed: 1,
            calendar: "kr".to_owned(),
            opened_on: jiff::civil::date(2026, 3, 3),
            closes_on: jiff::civil::date(2026, 3, 31),
            remind_after_working_days: vec![5],
        };
        let case: CaseId = id(CASE);
        let sender = EffectId {
            aggregate: case.into(),
            version: 1,
            position: u32::try_from(number).unwrap(),
        };
        let round: FeedbackRoundId = id(number);
        self.submission(
            round,
            Actor::message(sender),
            Command::FeedbackRound(command),
        )
    }

    pub(crate) fn invite(&self, names: &[(&str, Locale)]) -> Submission {
        let invitations = names
            .iter()
            .map(|(name, locale)| InvitedClinician {
                email: format!("{name}@clinic.example").parse().unwrap(),
                name: format!("Dr {name}").parse().unwrap(),
                locale: *locale,
                site: "Severance".parse().unwrap(),
                specialty: None,
            })
            .collect();
        let round: FeedbackRoundId = id(ROUND);
        let command = FeedbackCommand::Invite { invitations };
        self.submission(round, coordinator(), Command::FeedbackRound(command))
    }

    pub(crate) fn close_round(&self) -> Submission {
        let round: FeedbackRoundId = id(ROUND);
        let command = FeedbackCommand::Close {
            conclusion: "Nobody had an opinion.".parse().unwrap(),
            short_reason: Some("Nobody answered.".parse().unwrap()),
        };
        self.submission(round, coordinator(), Command::FeedbackRound(command))
    }

    pub(crate) fn open_account(&self, number: u128, locale: Locale) -> Submission {
        let account: AccountId = id(number);
        let command = AccountCommand::Open {
            email: format!("person{number}@hospital.example").parse().unwrap(),
            name: "김하늘".parse().unwrap(),
            name_en: Some("Haneul Kim".parse().unwrap()),
            locale,
        };
        self.submission(account, Actor::machine(), Command::Account(command))
    }

    pub(crate) fn register_hospital(&self) -> Submission {
        let hospital: OrganizationId = id(HOSPITAL);
        let name = serde_json::json!({
            "command": "register",
            "kind": "hospital",
            "name": { "ko": "세브란스병원", "en": "Severance Hospital" },
        });
        let command: OrganizationCommand = serde_json::from_value(name).unwrap();
        self.submission(hospital, Actor::machine(), Command::Organization(command))
    }

    pub(crate) fn add_coordinator(&self, account: u128) -> Submission {
        let hospital: OrganizationId = id(HOSPITAL);
        let command = OrganizationCommand::AddMember {
            account: id(account),
            role: Role::Coordinator,
        };
        self.submission(hospital, Actor::machine(), Command::Organization(command))
    }
}

pub(crate) fn coordinator() -> Actor {
    Actor {
        who: Who::Account(id(100)),
        memberships: vec![Membership {
            organization: id(HOSPITAL),
            role: Role::Coordinator,
        }],
        on_behalf_of: None,
        channel: Channel::Api,
    }
}

pub(crate) async fn submit(engine: &Engine, submission: Submission) -> Receipt {
    engine.submit(submission).await.unwrap()
}

/// The subject of a letter.
pub(crate) fn subject(bytes: &[u8]) -> String {
    let read = mail_parser::MessageParser::default().parse(bytes).unwrap();
    read.subject().unwrap().to_owned()
}

/// The recipients' addresses, in order.
pub(crate) fn recipients(posts: &[Post]) -> Vec<String> {
    let mut all: Vec<String> = posts
        .iter()
        .map(|post| {
            let read = mail_parser::MessageParser::default()
                .parse(post.bytes())
                .unwrap();
            read.to()
                .unwrap()
                .first()
                .unwrap()
                .address()
                .unwrap()
                .to_owned()
        })
        .collect();
    all.sort();
    all
}
