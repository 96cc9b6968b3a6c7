//! A startup, a hospital and the people of both in front of the console, on a clock that stands still.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use futures_util::StreamExt;
use naru_domain::account::AccountCommand;
use naru_domain::case::CaseCommand;
use naru_domain::device::{DeviceClass, DeviceCommand, Market};
use naru_domain::organization::OrganizationCommand;
use naru_domain::{
    AccountId, Actor, AggregateId, BothNames, CaseId, Channel, Command, CommandId, DeviceId,
    EitherName, Locale, MediaType, Membership, OrganizationId, OrganizationKind, Role, Sha256Hex,
    StoredFile, TypedId, Who,
};
use naru_engine::mail::{Mailbox, Sender, Transport};
use naru_engine::{Clock, Engine, EngineOptions};
use naru_server::{AppOptions, AppState, Rates, router};
use naru_store::{Reference, Store, StoreOptions, Submission};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::TempDir;
use tower::ServiceExt;
use uuid::Uuid;

/// A Tuesday morning in Seoul.
const MORNING: &str = "2026-03-03T00:30:00Z";
const STARTUP: u128 = 11;
const OTHER_STARTUP: u128 = 12;
const HOSPITAL: u128 = 13;
const CONSULTANCY: u128 = 14;
const OPERATOR: u128 = 15;

/// Key, name, role, organization; the account's number is 100 and the place in this list.
const PEOPLE: &[(&str, &str, Role, u128)] = &[
    ("owner", "김하늘", Role::StartupAdmin, STARTUP),
    ("stranger", "이서준", Role::StartupAdmin, OTHER_STARTUP),
    ("coordinator", "정유진", Role::Coordinator, HOSPITAL),
    ("director", "서지훈", Role::Director, HOSPITAL),
    ("consultant", "임수아", Role::Consultant, CONSULTANCY),
    ("operator", "송가람", Role::Operator, OPERATOR),
    ("auditor", "배은호", Role::Auditor, OPERATOR),
    ("colleague", "오세린", Role::Coordinator, HOSPITAL),
];

pub(crate) fn id<T: TypedId>(number: u128) -> T {
    T::from_uuid(Uuid::from_u128(number))
}

pub(crate) fn account_of(key: &str) -> AccountId {
    let place = PEOPLE.iter().position(|person| person.0 == key).unwrap();
    id(100 + u128::try_from(place).unwrap())
}

pub(crate) struct World {
    pub(crate) app: AppState,
    pub(crate) clock: Clock,
    pub(crate) mailbox: Mailbox,
    router: Router,
    commands: AtomicU64,
    _folder: TempDir,
}

/// An answer as a browser gets it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) html: String,
}

impl Answer {
    /// Where it leads on to.
    pub(crate) fn leads_to(&self) -> &str {
        self.headers[header::LOCATION].to_str().unwrap()
    }

    /// A header.
    pub(crate) fn said(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    /// The page without the ids of commands, which are others each time.
    pub(crate) fn apart_from_commands(&self) -> String {
        let mut parts = self.html.split("value=\"command_");
        let first = parts.next().unwrap().to_owned();
        parts.fold(first, |page, part| {
            page + part.trim_start_matches(|c: char| c.is_ascii_hexdigit())
        })
    }

    /// The value of a hidden field.
    pub(crate) fn hidden(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let (_, rest) = self.html.split_once(&start).unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    }
}

/// A stream of changes.
pub(crate) struct Changes(axum::body::BodyDataStream);

impl Changes {
    /// What comes next; nothing at the end.
    pub(crate) async fn next(&mut self) -> String {
        let limit = std::time::Duration::from_secs(20);
        let frame = tokio::time::timeout(limit, self.0.next()).await.unwrap();
        let Some(frame) = frame else {
            return String::new();
        };
        String::from_utf8_lossy(&frame.unwrap()).into_owned()
    }
}

/// A browser with its cookies.
pub(crate) struct Browser<'a> {
    world: &'a World,
    cookies: BTreeMap<String, String>,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(true, "http://127.0.0.1").await
    }

    pub(crate) async fn with(open_house: bool, base_url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(StoreOptions::new(folder.path())).await.unwrap();
        let mut reference = Reference::shipped().unwrap();
        for (name, text) in [
            ("short.toml", include_str!("short.toml")),
            ("advice.toml", include_str!("advice.toml")),
        ] {
            let calendars = &reference.calendars;
            let (hash, pathway) =
                naru_domain::pathway::check(name, text, calendars, &BTreeSet::new()).unwrap();
            reference.pathways.publish(hash, pathway);
        }
        let reference = Arc::new(reference);
        let from = Sender {
            name: "나루".to_owned(),
            address: "naru@hospital.example".parse().unwrap(),
        };
        let clock = Clock::virtual_at(MORNING.parse().unwrap());
        let mailbox = Mailbox::default();
        let transport = Transport::Memory(mailbox.clone());
        let options = EngineOptions {
            clock: clock.clone(),
            ..EngineOptions::new(transport, base_url, from)
        };
        let engine = Engine::open(store, Arc::clone(&reference), options)
            .await
            .unwrap();
        let options = AppOptions {
            base_url: base_url.to_owned(),
            rates: Rates::unlimited(),
            open_house,
            trusted_proxies: Vec::new(),
        };
        let app = AppState::new(engine, reference, options).unwrap();
        let world = Self {
            router: router(app.clone()),
            app,
            clock,
            mailbox,
            commands: AtomicU64::new(1_000),
            _folder: folder,
        };
        world.organizations().await;
        for (key, name, role, organization) in PEOPLE {
            world.person(key, name, *role, *organization).await;
        }
        world
    }

    pub(crate) async fn submit(
        &self,
        aggregate: impl Into<AggregateId>,
        actor: Actor,
        command: Command,
    ) {
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
        for (number, kind, ko, en) in [
            (STARTUP, OrganizationKind::Startup, "소리랩", "Sorilab"),
            (OTHER_STARTUP, OrganizationKind::Startup, "메디온", "Medion"),
            (
                HOSPITAL,
                OrganizationKind::Hospital,
                "한빛대학교병원",
                "Hanbit",
            ),
            (
                CONSULTANCY,
                OrganizationKind::Consultancy,
                "가온컨설팅",
                "Gaon",
            ),
            (
                OPERATOR,
                OrganizationKind::Operator,
                "나루 운영",
                "Naru Operations",
            ),
        ] {
            let command = OrganizationCommand::Register {
                kind,
                name: BothNames {
                    ko: ko.parse().unwrap(),
                    en: en.parse().unwrap(),
                },
                business_number: None,
            };
            let organization: OrganizationId = id(number);
            let command = Command::Organization(command);
            self.submit(organization, Actor::machine(), command).await;
        }
    }

    async fn person(&self, key: &str, name: &str, role: Role, organization: u128) {
        let account = account_of(key);
        let opening = AccountCommand::Open {
            email: format!("{key}@people.example").parse().unwrap(),
            name: name.parse().unwrap(),
            name_en: None,
            locale: Locale::Ko,
        };
        let opening = Command::Account(opening);
        self.submit(account, Actor::machine(), opening).await;
        let member = OrganizationCommand::AddMember { account, role };
        let organization: OrganizationId = id(organization);
        let member = Command::Organization(member);
        self.submit(organization, Actor::machine(), member).await;
    }

    fn owner() -> Actor {
        Actor {
            who: Who::Account(account_of("owner")),
            memberships: vec![Membership {
                organization: id(STARTUP),
                role: Role::StartupAdmin,
            }],
            on_behalf_of: None,
            channel: Channel::Api,
        }
    }

    /// A device of the startup.
    pub(crate) async fn device(&self) -> DeviceId {
        let device: DeviceId = id(50);
        let command = DeviceCommand::Register {
            owner: id(STARTUP),
            name: EitherName::new(
                Some("AI 전자청진기".parse().unwrap()),
                Some("AI stethoscope".parse().unwrap()),
            )
            .unwrap(),
            model: "SR-100".parse().unwrap(),
            intended_use: "심음을 기록하고 잡음을 표시합니다.".parse().unwrap(),
            classes: BTreeMap::from([(Market::Kr, DeviceClass::Class2)]),
            udi_di: None,
        };
        self.submit(device, Self::owner(), Command::Device(command))
            .await;
        let attached = DeviceCommand::AttachDocument {
            document: None,
            title: "사용적합성 파일".parse().unwrap(),
            file: StoredFile {
                sha256: Sha256Hex::of(b"file"),
                size_bytes: 4,
                media_type: MediaType::Pdf,
                file_name: "file.pdf".parse().unwrap(),
            },
            hospitals: Vec::new(),
        };
        self.submit(device, Self::owner(), Command::Device(attached))
            .await;
        device
    }

    /// A case of the startup at the hospital, whose application is to be filled in.
    pub(crate) async fn case(&self) -> CaseId {
        self.case_on("yonsei-medtech-validation-support").await
    }

    /// A case of the startup at the hospital on a pathway.
    pub(crate) async fn case_on(&self, pathway: &str) -> CaseId {
        let device = self.device().await;
        let pathway = pathway.parse().unwrap();
        let (hash, _) = self.app.reference().pathways.newest(&pathway).unwrap();
        let case: CaseId = id(60);
        let command = CaseCommand::Open {
            startup: id(STARTUP),
            hospital: id(HOSPITAL),
            hospital_kind: OrganizationKind::Hospital,
            device,
            device_owner: id(STARTUP),
            pathway: hash.clone(),
            title: "AI 전자청진기 <실증>".parse().unwrap(),
        };
        self.submit(case, Self::owner(), Command::Case(command))
            .await;
        case
    }

    /// A browser that nobody has signed in with.
    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser {
            world: self,
            cookies: BTreeMap::new(),
        }
    }

    /// A browser with which a person has signed in.
    pub(crate) async fn signed_in(&self, key: &str) -> Browser<'_> {
        let mut browser = self.browser();
        let account = account_of(key).to_string();
        let answer = browser
            .post("/sign-in/visit", &[("account", &account)])
            .await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        browser
    }
}

impl Browser<'_> {
    /// Chooses a language.
    pub(crate) fn speaks(&mut self, language: &str) {
        self.cookies
            .insert("naru-language".to_owned(), language.to_owned());
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<&String> {
        self.cookies.get(name)
    }

    pub(crate) async fn send(&mut self, mut request: Request<Body>) -> Answer {
        let cookies = self.cookies.iter();
        let cookies: Vec<String> = cookies
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if !cookies.is_empty() {
            let value = cookies.join("; ").parse().unwrap();
            request.headers_mut().insert(header::COOKIE, value);
        }
        let response = self.world.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for set in parts.headers.get_all(header::SET_COOKIE) {
            let (pair, _) = set.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        self.cookies.retain(|_, value| !value.is_empty());
        let bytes = to_bytes(body, 8 << 20).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            html: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// Listens for changes.
    pub(crate) async fn listen(&mut self, path: &str) -> Changes {
        let cookies = self.cookies.iter();
        let cookies: Vec<String> = cookies
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = Request::get(path).header(header::COOKIE, cookies.join("; "));
        let request = request.body(Body::empty()).unwrap();
        let response = self.world.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        Changes(response.into_body().into_data_stream())
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        let request = Request::get(path).header(header::ACCEPT, "text/html");
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// A page that must be there.
    pub(crate) async fn page(&mut self, path: &str) -> Answer {
        let answer = self.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.html);
        answer
    }

    /// A form as a browser sends it, with nothing added.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
            .collect();
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .header(header::USER_AGENT, "Mozilla/5.0 Firefox/128.0");
        let body = Body::from(body.join("&"));
        self.send(request.body(body).unwrap()).await
    }

    /// The form of a page, filled and sent to an address: with what every form of the page brings along.
    pub(crate) async fn fill(&mut self, page: &str, to: &str, fields: &[(&str, &str)]) -> Answer {
        let shown = self.page(page).await;
        let (token, command) = (shown.hidden("form-token"), shown.hidden("command"));
        let mut all = vec![
            ("form-token", token.as_str()),
            ("command", command.as_str()),
        ];
        all.extend(fields);
        self.post(to, &all).await
    }
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
