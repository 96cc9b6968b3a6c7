//! HTTP: which address leads where, and what every answer carries.

mod explorer;
mod files;
mod forwarded;
mod graphql;
mod headers;
mod places;
mod problem;
mod socket;
mod stream;

pub(crate) use files::{Head, checked, stored_document};
pub(crate) use graphql::language;
pub use headers::{REQUEST_ID, REQUEST_SECONDS};
pub use places::SUBSCRIPTIONS_MAX;
pub(crate) use places::{Place, Places};

use crate::app::AppState;
use crate::console;
use crate::pages::{self, Pages};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router, middleware};
use naru_domain::FILE_SIZE_BYTES_MAX;
use naru_store::Health;
use problem::Problem;
use serde_json::json;
use std::time::Duration;
use tower_http::timeout::RequestBodyTimeoutLayer;

/// The largest body of a GraphQL request.
pub const BODY_BYTES_MAX: usize = 256 * 1024;

/// How long a sender may pause in the middle of a body.
pub(crate) const BODY_PAUSE_MAX: Duration = Duration::from_secs(30);

/// Everything the server answers.
pub fn router(app: AppState) -> Router {
    let graphql = Router::new()
        .route("/graphql", get(explorer::page).post(graphql::answer))
        .route("/graphql/stream", post(stream::follow));
    let file_bytes_max = usize::try_from(FILE_SIZE_BYTES_MAX).unwrap_or(usize::MAX);
    let files = Router::new()
        .route("/uploads/{token}", put(files::receive))
        .layer(DefaultBodyLimit::max(file_bytes_max))
        .layer(RequestBodyTimeoutLayer::new(BODY_PAUSE_MAX))
        .route("/documents/{document}/{version}", get(files::send));
    let pages = pages::router(Pages::new(app.engine().clone(), app.shared_reference()));
    // Programs read their answers as they are; people get theirs as a page.
    let people = Router::new()
        .merge(pages)
        .merge(console::router())
        .fallback(nowhere)
        .layer(middleware::from_fn_with_state(
            app.clone(),
            console::explain,
        ));
    Router::new()
        .merge(people)
        .merge(graphql)
        .merge(files)
        .route("/graphql/ws", get(socket::follow))
        .route("/graphql/explorer.js", get(explorer::script))
        .route("/graphql/explorer.css", get(explorer::style))
        .route("/healthz", get(|| async { Json(json!({ "alive": true })) }))
        .route("/readyz", get(ready))
        .layer(middleware::from_fn_with_state(app.clone(), headers::guard))
        .with_state(app)
}

/// Whether commands can be written.
async fn ready(State(app): State<AppState>) -> Response {
    match app.store().health() {
        Health::Green => Json(json!({ "ready": true })).into_response(),
        Health::Red(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            Json(json!({ "ready": false })),
        )
            .into_response(),
    }
}

/// An address that leads nowhere.
async fn nowhere(headers: HeaderMap) -> Response {
    console::nowhere(&headers).unwrap_or_else(|| Problem::not_found().into_response())
}
