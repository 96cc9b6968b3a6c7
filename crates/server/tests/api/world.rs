//! Two startups, a hospital, two consultancies and the operator with their people, and a case on its way.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode, header};
use naru_domain::account::{AccountCommand, Scope};
use naru_domain::consultation::ConsultationCommand;
use naru_domain::feedback::FeedbackCommand;
use naru_domain::organization::OrganizationCommand;
use naru_domain::pathway::ConsultationKind;
use naru_domain::study::StudyCommand;
use naru_domain::{
    AccountId, Actor, AggregateId, BothNames, CaseId, Command, CommandId, ConsultationId, EffectId,
    FeedbackRoundId, Locale, OrganizationId, OrganizationKind, Role, StudyId, TypedId, Words,
};
use naru_engine::mail::{Mailbox, Sender, Transport};
use naru_engine::{Clock, Engine, EngineOptions};
use naru_server::{AppOptions, AppState, Rates, TokenSecret, router};
use naru_store::{Reference, Store, StoreOptions, Submission};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::TempDir;
use tower::ServiceExt;
use uuid::Uuid;

/// A Tuesday morning in Seoul.
const MORNING: &str = "2026-03-03T00:30:00Z";
pub(crate) const STARTUP: u128 = 11;
pub(crate) const OTHER_STARTUP: u128 = 12;
pub(crate) const HOSPITAL: u128 = 13;
pub(crate) const CONSULTANCY: u128 = 14;
pub(crate) const OTHER_CONSULTANCY: u128 = 15;
const OPERATOR: u128 = 16;

/// Key, role, organization; the account's number is 100 and the place in this list.
const PEOPLE: &[(&str, Role, u128)] = &[
    ("owner", Role::StartupAdmin, STARTUP),
    ("stranger", Role::StartupAdmin, OTHER_STARTUP),
    ("coordinator", Role::Coordinator, HOSPITAL),
    ("director", Role::Director, HOSPITAL),
    ("clinician", Role::Clinician, HOSPITAL),
    ("consultant", Role::Consultant, CONSULTANCY),
    ("rival", Role::ConsultancyAdmin, OTHER_CONSULTANCY),
    ("auditor", Role::Auditor, OPERATOR),
    ("operator", Role::Operator, OPERATOR),
];

pub(crate) fn id<T: TypedId>(number: u128) -> T {
    T::from_uuid(Uuid::from_u128(number))
}

pub(crate) fn text_of<T: TypedId>(number: u128) -> String {
    id::<T>(number).to_string()
}

pub(crate) struct World {
    pub(crate) app: AppState,
    pub(crate) clock: Clock,
    router: Router,
    tokens: BTreeMap<String, TokenSecret>,
    commands: AtomicU64,
    _folder: TempDir,
}

/// An answer as a program gets it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    /// The code of the first GraphQL error.
    pub(crate) fn code(&self) -> String {
        let json = self.json();
        let code = &json["errors"][0]["extensions"]["code"];
        code.as_str().unwrap_or("none").to_owned()
    }

    /// The first GraphQL error.
    pub(crate) fn message(&self) -> String {
        let json = self.json();
        let message = &json["errors"][0]["message"];
        message.as_str().unwrap_or("none").to_owned()
    }
}

/// The ids of one case and everything that hangs on it.
#[derive(Clone, Debug)]
pub(crate) struct Things {
    pub(crate) device: String,
    pub(crate) case: String,
    pub(crate) reference: String,
    pub(crate) study: String,
    pub(crate) round: String,
    pub(crate) consultation: String,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with_rates(Rates::unlimited()).await
    }

    pub(crate) async fn with_rates(rates: Rates) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(StoreOptions::new(folder.path())).await.unwrap();
        let reference = Arc::new(Reference::shipped().unwrap());
        let from = Sender {
            name: "나루 사무국".to_owned(),
            address: "naru@hospital.example".parse().unwrap(),
        };
        let clock = Clock::virtual_at(MORNING.parse().unwrap());
        let transport = Transport::Memory(Mailbox::default());
        let options = EngineOptions {
            clock: clock.clone(),
            ..EngineOptions::new(transport, "https://naru.example", from)
        };
        let engine = Engine::open(store, Arc::clone(&reference), options)
            .await
            .unwrap();
        let options = AppOptions {
            base_url: "https://naru.example".to_owned(),
            rates,
            open_house: false,
            trusted_proxies: Vec::new(),
        };
        let app = AppState::new(engine, reference, options).unwrap();
        let mut world = Self {
            router: router(app.clone()),
            app,
            clock,
            tokens: BTreeMap::new(),
            commands: AtomicU64::new(1_000),
            _folder: folder,
        };
        world.organizations().await;
        for (place, (key, role, organization)) in (100..).zip(PEOPLE) {
            world.person(key, place, *role, *organization).await;
        }
        world
    }

    fn number(&self) -> u64 {
        self.commands.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn command_id(&self) -> String {
        text_of::<CommandId>(u128::from(self.number()))
    }

    pub(crate) async fn submit(
        &self,
        aggregate: impl Into<AggregateId>,
        actor: Actor,
        command: Command,
    ) {
        let submission = Submission {
            command_id: id(u128::from(self.number())),
            aggregate: aggregate.into(),
            expected_version: None,
            actor,
            command,
        };
        self.app.engine().submit(submission).await.unwrap();
    }

    async fn organizations(&self) {
        let organizations = [
            (STARTUP, OrganizationKind::Startup, "한빛메드텍", "Hanbit"),
            (OTHER_STARTUP, OrganizationKind::Startup, "새봄랩", "Saebom"),
            (
                HOSPITAL,
                OrganizationKind::Hospital,
                "세브란스병원",
                "Severance",
            ),
            (
                CONSULTANCY,
                OrganizationKind::Consultancy,
                "미래컨설팅",
                "Mire",
            ),
            (
                OTHER_CONSULTANCY,
                OrganizationKind::Consultancy,
                "다른컨설팅",
                "Other",
            ),
            (OPERATOR, OrganizationKind::Operator, "나루 운영", "Naru"),
        ];
        for (number, kind, ko, en) in organizations {
            let command = OrganizationCommand::Register {
                kind,
                name: BothNames {
                    ko: ko.parse().unwrap(),
                    en: en.parse().unwrap(),
                },
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

    async fn person(&mut self, key: &str, number: u128, role: Role, organization: u128) {
        let account: AccountId = id(number);
        let opening = AccountCommand::Open {
            email: format!("{key}@people.example").parse().unwrap(),
            name: format!("{key} 님").parse().unwrap(),
            name_en: None,
            locale: Locale::En,
        };
        self.submit(account, Actor::machine(), Command::Account(opening))
            .await;
        let member = OrganizationCommand::AddMember { account, role };
        let organization: OrganizationId = id(organization);
        self.submit(
            organization,
            Actor::machine(),
            Command::Organization(member),
        )
        .await;
        self.token(key, key, number, number, Scope::ALL).await;
    }

    /// A token of a person, kept under a key.
    async fn token(
        &mut self,
        key: &str,
        label: &str,
        account: u128,
        token: u128,
        scopes: &[Scope],
    ) {
        let secret = TokenSecret::mint();
        let command = AccountCommand::IssueToken {
            token: id(token),
            secret_hash: secret.hash().unwrap(),
            label: label.parse().unwrap(),
            scopes: scopes.iter().copied().collect(),
            expires_at: "2026-12-31T00:00:00Z".parse().unwrap(),
        };
        let account: AccountId = id(account);
        self.submit(account, Actor::machine(), Command::Account(command))
            .await;
        self.tokens.insert(key.to_owned(), secret);
    }

    /// A second token of the owner that only reads.
    pub(crate) async fn reading_owner(&mut self) {
        self.token("reader", "reading", 100, 900, &[Scope::Read])
            .await;
    }

    pub(crate) fn bearer(&self, who: &str) -> String {
        let token = self.tokens.get(who);
        token.map_or_else(|| who.to_owned(), |token| token.reveal().to_owned())
    }

    /// Any request.
    pub(crate) async fn send(&self, mut request: Request<Body>) -> Answer {
        let address = SocketAddr::from(([127, 0, 0, 1], 40_000));
        request.extensions_mut().insert(ConnectInfo(address));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 8 << 20).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// A document to the event stream, which goes on where `last` stopped: the answer with its body still coming.
    pub(crate) async fn follow(
        &self,
        who: &str,
        query: &str,
        variables: Value,
        last: Option<&str>,
    ) -> axum::response::Response {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let request = Request::post("/graphql/stream")
            .header(
                header::AUTHORIZATION,
                format!("Bearer {}", self.bearer(who)),
            )
            .header("last-event-id", last.unwrap_or("x"))
            .extension(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 40_000))));
        let mut request = request.body(Body::from(body)).unwrap();
        if last.is_none() {
            request.headers_mut().remove("last-event-id");
        }
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// The same router on a port of this machine.
    pub(crate) async fn listen(&self) -> SocketAddr {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let service = self
            .router
            .clone()
            .into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
        address
    }

    /// A body to `/graphql`.
    pub(crate) async fn post(&self, who: &str, body: impl Into<Body>) -> Answer {
        let request = Request::post("/graphql")
            .header(
                header::AUTHORIZATION,
                format!("Bearer {}", self.bearer(who)),
            )
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.into())
            .unwrap();
        self.send(request).await
    }

    /// A document with variables.
    pub(crate) async fn ask(&self, who: &str, query: &str, variables: Value) -> Answer {
        let body = json!({ "query": query, "variables": variables });
        self.post(who, body.to_string()).await
    }

    /// The data of a document that must be answered without errors.
    pub(crate) async fn data(&self, who: &str, query: &str, variables: Value) -> Value {
        let answer = self.ask(who, query, variables).await;
        let json = answer.json();
        assert_eq!(json["errors"], Value::Null, "{query}\n{}", answer.text);
        json["data"].clone()
    }

    /// A verb with its input and a fresh command id: the payload.
    pub(crate) async fn act(&self, who: &str, verb: &str, input: Value, shown: &str) -> Value {
        let query = format!(
            "mutation($input: {}!) {{ {verb}(input: $input) {{ userErrors {{ code field message }} {shown} }} }}",
            super::schema::input_of(verb)
        );
        let mut input = input;
        let fields = input.as_object_mut().unwrap();
        if verb != "requestUpload" && !fields.contains_key("commandId") {
            fields.insert("commandId".to_owned(), json!(self.command_id()));
        }
        self.data(who, &query, json!({ "input": input })).await[verb].clone()
    }

    /// The same, and it must be carried out.
    pub(crate) async fn done(&self, who: &str, verb: &str, input: Value, shown: &str) -> Value {
        let payload = self.act(who, verb, input, shown).await;
        assert_eq!(payload["userErrors"], json!([]), "{verb}");
        payload
    }

    /// The same, and it must be refused: the code of the first reason.
    pub(crate) async fn refused(&self, who: &str, verb: &str, input: Value) -> String {
        let payload = self.act(who, verb, input, "").await;
        let code = &payload["userErrors"][0]["code"];
        code.as_str().unwrap_or("carried out").to_owned()
    }

    pub(crate) async fn device(&self) -> String {
        let input = json!({
            "startupId": text_of::<OrganizationId>(STARTUP), "nameKo": "심전도 패치", "model": "HB-1",
            "intendedUse": "심전도를 7일간 기록합니다.", "classes": [{ "market": "KR", "class": "CLASS_2" }],
        });
        let payload = self
            .done("owner", "registerDevice", input, "device { id }")
            .await;
        payload["device"]["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn case(&self, device: &str) -> String {
        let payload = self
            .done("owner", "openCase", Self::opening(device), "case { id }")
            .await;
        payload["case"]["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn opening(device: &str) -> Value {
        json!({
            "startupId": text_of::<OrganizationId>(STARTUP), "hospitalId": text_of::<OrganizationId>(HOSPITAL),
            "deviceId": device, "pathway": "yonsei-medtech-validation-support", "title": "심전도 패치 실증",
        })
    }

    /// A case with a study, a feedback round and a consultation, as if its stages had opened them.
    pub(crate) async fn things(&self) -> Things {
        let device = self.device().await;
        let case = self.case(&device).await;
        let case_id: CaseId = case.parse().unwrap();
        let device_id = device.parse().unwrap();
        let title = stage_title();
        let study: StudyId = id(51);
        let command = StudyCommand::Open {
            case: case_id,
            stage: "usability".parse().unwrap(),
            round: 1,
            startup: id(STARTUP),
            hospital: id(HOSPITAL),
            device: device_id,
            title: title.clone(),
            summative: false,
            participants_per_group: 2,
            groups: Vec::new(),
            tasks: Vec::new(),
        };
        self.submit(study, speaks(case_id, 1), Command::Study(command))
            .await;
        let round: FeedbackRoundId = id(52);
        let command = FeedbackCommand::Open {
            case: case_id,
            stage: "feedback".parse().unwrap(),
            round: 1,
            startup: id(STARTUP),
            hospital: id(HOSPITAL),
            device: device_id,
            title: title.clone(),
            questionnaire: "clinician-feedback".to_owned(),
            anonymity_threshold: 3,
            answers_needed: 3,
            calendar: "kr".to_owned(),
            opened_on: "2026-03-03".parse().unwrap(),
            closes_on: "2026-03-31".parse().unwrap(),
            remind_after_working_days: vec![3],
        };
        self.submit(round, speaks(case_id, 2), Command::FeedbackRound(command))
            .await;
        let consultation: ConsultationId = id(53);
        let command = ConsultationCommand::Open {
            case: case_id,
            stage: "regulatory".parse().unwrap(),
            round: 1,
            startup: id(STARTUP),
            hospital: id(HOSPITAL),
            consultancy: id(CONSULTANCY),
            device: device_id,
            title,
            about: ConsultationKind::Regulatory,
            asks: Vec::new(),
        };
        self.submit(
            consultation,
            speaks(case_id, 3),
            Command::Consultation(command),
        )
        .await;
        Things {
            device,
            reference: case_id.reference(),
            case,
            study: study.to_string(),
            round: round.to_string(),
            consultation: consultation.to_string(),
        }
    }
}

fn stage_title() -> Words {
    Words {
        en: "Stage".to_owned(),
        ko: "단계".to_owned(),
    }
}

fn speaks(case: CaseId, version: u64) -> Actor {
    Actor::message(EffectId {
        aggregate: case.into(),
        version,
        position: 0,
    })
}
