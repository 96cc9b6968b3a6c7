//! Studies, feedback rounds, consultations and pathways through the schema, over a real store and a running engine.

mod consultation;
mod feedback;
mod pathway;
mod study;

use super::Viewer;
use crate::app::{AppOptions, AppState};
use crate::auth::TokenSecret;
use async_graphql::{Request, Variables};
use naru_domain::account::{AccountCommand, Scope};
use naru_domain::case::CaseCommand;
use naru_domain::organization::OrganizationCommand;
use naru_domain::pathway::Catalog;
use naru_domain::{
    AccountId, Actor, AggregateId, BothNames, CaseId, Channel, Command, CommandId, EffectId,
    Locale, Membership, OrganizationId, OrganizationKind, Role, TypedId, Who, Words,
};
use naru_engine::mail::{Mailbox, Sender, Transport};
use naru_engine::{Clock, Engine, EngineOptions};
use naru_store::{Reference, Store, StoreOptions, Submission};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::TempDir;
use uuid::Uuid;

/// A Tuesday morning in Seoul.
const MORNING: &str = "2026-03-03T00:30:00Z";

const STARTUP: u128 = 11;
const OTHER_STARTUP: u128 = 12;
const HOSPITAL: u128 = 13;
const CONSULTANCY: u128 = 14;
const OTHER_CONSULTANCY: u128 = 15;
const CASE: u128 = 30;
const DEVICE: u128 = 31;

fn id<T: TypedId>(number: u128) -> T {
    T::from_uuid(Uuid::from_u128(number))
}

fn words(en: &str, ko: &str) -> Words {
    Words {
        en: en.to_owned(),
        ko: ko.to_owned(),
    }
}

/// Two startups, a hospital and two consultancies with their people, and one open case.
struct World {
    app: AppState,
    tokens: BTreeMap<&'static str, TokenSecret>,
    commands: AtomicU64,
    _folder: TempDir,
}

/// Name, Latin name, number, role, organization.
const PEOPLE: &[(&str, &str, u128, Role, u128)] = &[
    ("owner", "박도윤", 101, Role::StartupMember, STARTUP),
    (
        "stranger",
        "최서연",
        102,
        Role::StartupMember,
        OTHER_STARTUP,
    ),
    ("coordinator", "정유진", 103, Role::Coordinator, HOSPITAL),
    ("usability", "한지원", 104, Role::UsabilityManager, HOSPITAL),
    ("director", "오민석", 105, Role::Director, HOSPITAL),
    (
        "consultant",
        "Daniel Reed",
        106,
        Role::Consultant,
        CONSULTANCY,
    ),
    ("rival", "Ann Lee", 107, Role::Consultant, OTHER_CONSULTANCY),
];

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(StoreOptions::new(folder.path())).await.unwrap();
        let reference = Arc::new(Reference::shipped().unwrap());
        let from = Sender {
            name: "나루 사무국".to_owned(),
            address: "naru@hospital.example".parse().unwrap(),
        };
        let transport = Transport::Memory(Mailbox::default());
        let options = EngineOptions {
            clock: Clock::virtual_at(MORNING.parse().unwrap()),
            ..EngineOptions::new(transport, "https://naru.example", from)
        };
        let engine = Engine::open(store, Arc::clone(&reference), options)
            .await
            .unwrap();
        let app = AppState::new(engine, reference, AppOptions::new("https://naru.example"));
        let mut world = Self {
            app: app.unwrap(),
            tokens: BTreeMap::new(),
            commands: AtomicU64::new(1_000),
            _folder: folder,
        };
        world.organizations().await;
        world.people().await;
        world.open_case().await;
        world
    }

    async fn submit(&self, aggregate: impl Into<AggregateId>, actor: Actor, command: Command) {
        let number = self.commands.fetch_add(1, Ordering::Relaxed);
        let submission = Submission {
            command_id: id::<CommandId>(u128::from(number)),
            aggregate: aggregate.into(),
            expected_version: None,
            actor,
            command,
        };
        self.app.engine().submit(submission).await.unwrap();
    }

    async fn organizations(&self) {
        let organizations = [
            (
                STARTUP,
                OrganizationKind::Startup,
                "한빛메드텍",
                "Hanbit MedTech",
            ),
            (
                OTHER_STARTUP,
                OrganizationKind::Startup,
                "새봄랩",
                "Saebom Lab",
            ),
            (
                HOSPITAL,
                OrganizationKind::Hospital,
                "세브란스병원",
                "Severance Hospital",
            ),
            (
                CONSULTANCY,
                OrganizationKind::Consultancy,
                "미래컨설팅",
                "Mire Consulting",
            ),
            (
                OTHER_CONSULTANCY,
                OrganizationKind::Consultancy,
                "다른컨설팅",
                "Other Advice",
            ),
        ];
        for (number, kind, ko, en) in organizations {
            let name = BothNames {
                ko: ko.parse().unwrap(),
                en: en.parse().unwrap(),
            };
            let command = OrganizationCommand::Register {
                kind,
                name,
                business_number: None,
            };
            let organization: OrganizationId = id(number);
            self.submit(
                organization,
                Actor::machine(),
                Command::Organization(command),
            )
            .await;
        }
    }

    async fn people(&mut self) {
        for (key, name, number, role, organization) in PEOPLE {
            let account: AccountId = id(*number);
            let opening = AccountCommand::Open {
                email: format!("{key}@people.example").parse().unwrap(),
                name: name.parse().unwrap(),
                name_en: None,
                locale: Locale::En,
            };
            self.submit(account, Actor::machine(), Command::Account(opening))
                .await;
            let secret = TokenSecret::mint();
            let token = AccountCommand::IssueToken {
                token: id(*number),
                secret_hash: secret.hash().unwrap(),
                label: "tests".parse().unwrap(),
                scopes: Scope::ALL.iter().copied().collect(),
                expires_at: "2026-12-31T00:00:00Z".parse().unwrap(),
            };
            self.submit(account, Actor::machine(), Command::Account(token))
                .await;
            let member = OrganizationCommand::AddMember {
                account,
                role: *role,
            };
            let organization: OrganizationId = id(*organization);
            self.submit(
                organization,
                Actor::machine(),
                Command::Organization(member),
            )
            .await;
            self.tokens.insert(key, secret);
        }
    }

    async fn open_case(&self) {
        let pathway = "yonsei-medtech-validation-support".parse().unwrap();
        let catalog: &Catalog = &self.app.reference().pathways;
        let (hash, _) = catalog.newest(&pathway).unwrap();
        let command = CaseCommand::Open {
            startup: id(STARTUP),
            hospital: id(HOSPITAL),
            hospital_kind: OrganizationKind::Hospital,
            device: id(DEVICE),
            device_owner: id(STARTUP),
            pathway: hash.clone(),
            title: "심전도 패치 검증".parse().unwrap(),
        };
        let case: CaseId = id(CASE);
        let actor = Actor {
            who: Who::Account(id(101)),
            memberships: vec![Membership {
                organization: id(STARTUP),
                role: Role::StartupMember,
            }],
            on_behalf_of: None,
            channel: Channel::Api,
        };
        self.submit(case, actor, Command::Case(command)).await;
    }

    /// The case speaking to one of its stages.
    fn case_speaks(&self) -> Actor {
        let number = self.commands.fetch_add(1, Ordering::Relaxed);
        let case: CaseId = id(CASE);
        Actor::message(EffectId {
            aggregate: case.into(),
            version: number,
            position: 0,
        })
    }

    /// A document sent by a person, answered without GraphQL errors.
    async fn ask(&self, who: &str, document: &str, variables: Value) -> Value {
        let session = self.app.session(self.tokens[who].reveal()).await.unwrap();
        let session = session.unwrap();
        let viewer = Viewer {
            app: self.app.clone(),
            locale: session.locale,
            session,
        };
        let request = Request::new(document)
            .variables(Variables::from_json(variables))
            .data(viewer);
        let response = self.app.api().data.execute(request).await;
        assert!(
            response.errors.is_empty(),
            "{:?}\n{document}",
            response.errors
        );
        response.data.into_json().unwrap()
    }

    /// The node with this id as a person sees it, with these fields of its type.
    async fn see(&self, who: &str, id: &str, on: &str) -> Value {
        let document = format!("query($id: ID!) {{ node(id: $id) {{ ... on {on} }} }}");
        self.ask(who, &document, json!({ "id": id })).await["node"].clone()
    }

    /// A verb with its input; a fresh command id is added.
    async fn act(&self, who: &str, verb: &str, mut input: Value, shown: &str) -> Value {
        let input_type = input_type(verb);
        let number = self.commands.fetch_add(1, Ordering::Relaxed);
        let command = id::<CommandId>(u128::from(number));
        input
            .as_object_mut()
            .unwrap()
            .entry("commandId")
            .or_insert_with(|| json!(command.to_string()));
        let document = format!(
            "mutation($input: {input_type}!) {{ {verb}(input: $input) {{ userErrors {{ code field message }} {shown} }} }}"
        );
        self.ask(who, &document, json!({ "input": input })).await[verb].clone()
    }

    /// The same, and it must be carried out.
    async fn done(&self, who: &str, verb: &str, input: Value, shown: &str) -> Value {
        let answer = self.act(who, verb, input, shown).await;
        assert_eq!(answer["userErrors"], json!([]), "{verb}");
        answer
    }

    /// The same, and it must be refused: the codes.
    async fn refused(&self, who: &str, verb: &str, input: Value) -> Vec<String> {
        let answer = self.act(who, verb, input, "version").await;
        assert_eq!(answer["version"], Value::Null, "{verb} was carried out");
        let errors = answer["userErrors"].as_array().unwrap();
        assert!(!errors.is_empty(), "{verb} gave no reason");
        errors
            .iter()
            .map(|error| error["code"].as_str().unwrap().to_owned())
            .collect()
    }
}

/// The input of a verb: its name in upper camel case.
fn input_type(verb: &str) -> String {
    let mut letters = verb.chars();
    let first = letters.next().unwrap().to_ascii_uppercase();
    format!("{first}{}Input", letters.as_str())
}
