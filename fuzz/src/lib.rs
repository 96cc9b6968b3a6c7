//! What the fuzz targets share: the server's own door, on an empty record with one reader.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, StatusCode, header};
use naru_domain::account::{AccountCommand, Scope};
use naru_domain::organization::OrganizationCommand;
use naru_domain::{
    AccountId, Actor, AggregateId, BothNames, Command, OrganizationId, OrganizationKind, Role,
    TypedId,
};
use naru_engine::mail::{Mailbox, Sender, Transport};
use naru_engine::{Clock, Engine, EngineOptions};
use naru_server::{AppOptions, AppState, Rates, TokenSecret, router};
use naru_store::{Reference, Store, StoreOptions, Submission};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tower::ServiceExt;
use uuid::Uuid;

/// A Tuesday morning in Seoul.
const MORNING: &str = "2026-03-03T00:30:00Z";
const READER: u128 = 1;
const OPERATOR: u128 = 2;

/// A whole server without a network, and somebody who may read everything and change nothing, so that every run starts alike.
pub struct Door {
    runtime: Runtime,
    router: Router,
    token: TokenSecret,
    _folder: TempDir,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The body, which is JSON or nothing that is.
    pub json: Value,
}

impl Door {
    /// Opens it.
    pub fn open() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let folder = tempfile::tempdir().expect("a folder");
        let token = TokenSecret::mint();
        let router = runtime.block_on(served(&folder, &token));
        Self {
            runtime,
            router,
            token,
            _folder: folder,
        }
    }

    /// Sends a GraphQL request.
    pub fn ask(&self, body: &Value) -> Answer {
        self.send("/graphql", body.to_string().into_bytes())
    }

    /// Sends any bytes as the body of a request; a panic in a handler comes back as 500.
    pub fn send(&self, path: &str, body: Vec<u8>) -> Answer {
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/json")
            .header(
                header::AUTHORIZATION,
                format!("Bearer {}", self.token.reveal()),
            )
            .extension(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 9))))
            .body(Body::from(body))
            .expect("a request");
        self.runtime.block_on(async {
            let Ok(response) = self.router.clone().oneshot(request).await;
            let status = response.status();
            let bytes = to_bytes(response.into_body(), usize::MAX).await;
            let json = serde_json::from_slice(&bytes.expect("a body")).unwrap_or(Value::Null);
            Answer { status, json }
        })
    }
}

impl Answer {
    /// Every answer is data, GraphQL errors or a client error; a fault of ours is never right on a record that is whole.
    pub fn assert_no_fault(&self) {
        assert!(!self.status.is_server_error(), "{self:?}");
        let errors = self.json["errors"].as_array();
        let fault = errors
            .into_iter()
            .flatten()
            .any(|error| error["extensions"]["code"] == json!("FAULT"));
        assert!(!fault, "{self:?}");
    }
}

async fn served(folder: &TempDir, token: &TokenSecret) -> Router {
    let store = Store::open(StoreOptions::new(folder.path())).await;
    let reference = Arc::new(Reference::shipped().expect("the shipped files"));
    let from = Sender {
        name: "나루".to_owned(),
        address: "naru@hospital.example".parse().expect("an address"),
    };
    let base = "https://naru.example";
    let options = EngineOptions {
        clock: Clock::virtual_at(MORNING.parse().expect("an instant")),
        ..EngineOptions::new(Transport::Memory(Mailbox::default()), base, from)
    };
    let engine = Engine::open(store.expect("a store"), Arc::clone(&reference), options).await;
    let engine = engine.expect("an engine");
    let operator = OrganizationId::from_uuid(Uuid::from_u128(OPERATOR));
    let reader = AccountId::from_uuid(Uuid::from_u128(READER));
    let commands: [(AggregateId, Command); 4] = [
        (
            operator.into(),
            Command::Organization(OrganizationCommand::Register {
                kind: OrganizationKind::Operator,
                name: BothNames {
                    ko: "운영".parse().expect("a name"),
                    en: "Operations".parse().expect("a name"),
                },
                business_number: None,
            }),
        ),
        (
            reader.into(),
            Command::Account(AccountCommand::Open {
                email: "reader@people.example".parse().expect("an address"),
                name: "김하늘".parse().expect("a name"),
                name_en: None,
                locale: naru_domain::Locale::En,
            }),
        ),
        (
            operator.into(),
            Command::Organization(OrganizationCommand::AddMember {
                account: reader,
                role: Role::Operator,
            }),
        ),
        (
            reader.into(),
            Command::Account(AccountCommand::IssueToken {
                token: TypedId::from_uuid(Uuid::from_u128(3)),
                secret_hash: token.hash().expect("a hash"),
                label: "fuzz".parse().expect("a label"),
                scopes: [Scope::Read].into(),
                expires_at: "2026-12-31T00:00:00Z".parse().expect("an instant"),
            }),
        ),
    ];
    for (n, (aggregate, command)) in (10..).zip(commands) {
        let submission = Submission {
            command_id: TypedId::from_uuid(Uuid::from_u128(n)),
            aggregate,
            expected_version: None,
            actor: Actor::machine(),
            command,
        };
        engine.submit(submission).await.expect("a receipt");
    }
    let options = AppOptions {
        rates: Rates::unlimited(),
        ..AppOptions::new(base)
    };
    router(AppState::new(engine, reference, options).expect("valid policies"))
}
