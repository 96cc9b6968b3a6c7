//! Subscriptions, questions and commands over WebSocket (graphql-transport-ws).

use super::graphql::{execute, language, refused, with_viewer};
use crate::app::AppState;
use crate::auth::Session;
use crate::graphql::Viewer;
use crate::graphql::limits::coded;
use async_graphql::http::ALL_WEBSOCKET_PROTOCOLS;
use async_graphql::{Data, Executor, Request, Response};
use async_graphql_axum::{GraphQLProtocol, GraphQLWebSocket};
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use futures_util::stream::{self, BoxStream, StreamExt};
use naru_domain::Locale;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::timeout;

use super::problem::Problem;

/// How long a connection may stay without its first message.
const GREETING_TIME_MAX: Duration = Duration::from_secs(10);

/// The largest message.
const MESSAGE_BYTES_MAX: usize = super::BODY_BYTES_MAX;

/// Answers `GET /graphql/ws`.
pub(super) async fn follow(
    State(app): State<AppState>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    protocol: GraphQLProtocol,
    upgrade: WebSocketUpgrade,
) -> axum::response::Response {
    if !from_here(&app, &headers) {
        let problem = Problem::new(
            StatusCode::FORBIDDEN,
            "FOREIGN_ORIGIN",
            "pages of other sites may not connect",
        );
        return problem.into_response();
    }
    let asked = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .and_then(language);
    upgrade
        .protocols(ALL_WEBSOCKET_PROTOCOLS)
        .max_message_size(MESSAGE_BYTES_MAX)
        .on_upgrade(move |socket| async move {
            let executor = Socket { app: app.clone() };
            let greeted = Arc::new(AtomicBool::new(false));
            let seen = Arc::clone(&greeted);
            let serve = GraphQLWebSocket::new(socket, executor, protocol)
                .on_connection_init(move |init| {
                    seen.store(true, Ordering::Relaxed);
                    greet(app, address, init, asked)
                })
                .serve();
            let mut serve = pin!(serve);
            // Whoever says nothing does not keep a connection.
            if timeout(GREETING_TIME_MAX, &mut serve).await.is_err()
                && greeted.load(Ordering::Relaxed)
            {
                serve.await;
            }
        })
}

/// A browser says where its page comes from; a program says nothing.
fn from_here(app: &AppState, headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let Ok(origin) = origin.to_str() else {
        return false;
    };
    let own_host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let host = origin.split_once("://").map(|(_, host)| host);
    origin == app.base_url() || (host.is_some() && host == own_host)
}

/// The first message brings the token.
async fn greet(
    app: AppState,
    address: SocketAddr,
    init: serde_json::Value,
    asked: Option<Locale>,
) -> async_graphql::Result<Data> {
    let text = ["authorization", "Authorization"]
        .into_iter()
        .find_map(|name| init.get(name)?.as_str());
    let token = text.map(|text| text.strip_prefix("Bearer ").unwrap_or(text).trim());
    let session: Option<Arc<Session>> = match token {
        Some(token) => app.session(token).await?,
        None => None,
    };
    let Some(session) = session else {
        let _ = app.limits().failed(address.ip());
        return Err(async_graphql::Error::new(
            "send a valid token as `authorization` in connection_init",
        ));
    };
    let locale = asked.unwrap_or(session.locale);
    let mut data = Data::default();
    data.insert(Viewer {
        app,
        session,
        locale,
    });
    Ok(data)
}

/// Runs what comes over one connection, inside the same limits as over HTTP.
#[derive(Clone)]
struct Socket {
    app: AppState,
}

impl Executor for Socket {
    async fn execute(&self, _request: Request) -> Response {
        refused(coded(
            "NOT_CONNECTED",
            "a request came outside a connection",
        ))
    }

    fn execute_stream(
        &self,
        request: Request,
        session_data: Option<Arc<Data>>,
    ) -> BoxStream<'static, Response> {
        let one = |response| stream::once(async move { response }).boxed();
        let viewer = session_data.as_ref().and_then(|data| {
            data.get(&std::any::TypeId::of::<Viewer>())?
                .downcast_ref::<Viewer>()
                .cloned()
        });
        let Some(viewer) = viewer else {
            return one(refused(coded(
                "UNAUTHENTICATED",
                "send a valid token as `authorization` in connection_init",
            )));
        };
        let document = match self.app.documents().parse(&request.query) {
            Ok(document) => document,
            Err(error) => return one(refused(error)),
        };
        let mut request = with_viewer(request, &viewer, None);
        request.set_parsed_query(document.parsed.clone());
        let shape = document.shape;
        let app = self.app.clone();
        if !shape.has_subscription {
            return stream::once(async move {
                let work = tokio::spawn(async move { execute(&app, request, shape).await });
                work.await
                    .unwrap_or_else(|_| refused(Problem::fault().to_error()))
            })
            .boxed();
        }
        let Some(place) = app.places().take(viewer.session.token) else {
            return one(refused(coded(
                "TOO_MANY_SUBSCRIPTIONS",
                "a token follows at most 10 things at once; end one of them first",
            )));
        };
        let answers = app.api().data.execute_stream(request);
        answers
            .map(move |answer| {
                let _ = &place;
                answer
            })
            .boxed()
    }
}
