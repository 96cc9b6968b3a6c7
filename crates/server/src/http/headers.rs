//! What every answer carries: a request id and the headers that keep a browser from doing more than it was asked.

use super::forwarded;
use super::problem::Problem;
use crate::app::AppState;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, Response, header};
use axum::middleware::Next;
use axum::response::IntoResponse;
use futures_util::FutureExt;
use naru_engine::trace;
use std::panic::AssertUnwindSafe;
use std::time::Instant;
use tracing::Instrument;
use uuid::Uuid;

/// The header with the id under which the log knows a request.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The metric of how long answers took to begin, by `method`, `route` (the pattern of the path, never the path) and `status`.
pub const REQUEST_SECONDS: &str = "naru_http_request_seconds";

/// What a page may load: its own script and style, nothing from elsewhere, nothing written inside it.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Finds out who asks, gives the request an id, logs how it ended, and adds the headers. A handler that panics is answered for. All of it is one
/// layer, since each layer is copied for each request.
pub(crate) async fn guard(
    State(app): State<AppState>,
    mut request: Request,
    next: Next,
) -> axum::response::Response {
    let is_from_proxy = forwarded::find_asker(app.trusted_proxies(), &mut request);
    let id = Uuid::now_v7().simple().to_string();
    // The path of a mail link is a secret, and so is that of an upload.
    let path = shown_path(request.uri().path());
    let span = tracing::info_span!("request", id, method = %request.method(), path);
    if is_from_proxy && let Some(value) = request.headers().get(trace::TRACEPARENT) {
        trace::go_on(&span, value.to_str().unwrap_or_default());
    }
    let method = method_name(request.method());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let began = Instant::now();
    let mut response = caught(next.run(request)).instrument(span.clone()).await;
    let route = route
        .as_ref()
        .map_or("none", MatchedPath::as_str)
        .to_owned();
    if !span.is_disabled() {
        trace::note(&span, "http.route", route.clone());
        let status = i64::from(response.status().as_u16());
        trace::note(&span, "http.response.status_code", status);
    }
    metrics::histogram!(
        REQUEST_SECONDS,
        "method" => method,
        "route" => route,
        "status" => response.status().as_str().to_owned()
    )
    .record(began.elapsed());
    span.in_scope(|| tracing::debug!(status = response.status().as_u16(), "answered"));
    add_headers(&mut response);
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// The answer, also of a handler that panics.
async fn caught(
    answer: impl Future<Output = axum::response::Response>,
) -> axum::response::Response {
    AssertUnwindSafe(answer)
        .catch_unwind()
        .await
        .unwrap_or_else(|_| {
            tracing::error!("a request handler panicked");
            Problem::fault().into_response()
        })
}

/// A method by its name; those that a stranger makes up are one, so that nobody can make as many metrics as they like.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

fn shown_path(path: &str) -> String {
    for secret in ["/l/", "/sign-in/link/", "/uploads/"] {
        if path.starts_with(secret) {
            return format!("{secret}…");
        }
    }
    path.to_owned()
}

fn add_headers<B>(response: &mut Response<B>) {
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, PAGE_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), microphone=(), geolocation=(), payment=()",
        ),
    ];
    let headers = response.headers_mut();
    headers.reserve(fixed.len() + 2);
    for (name, value) in fixed {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::StatusCode;

    #[tokio::test]
    async fn a_handler_that_panics_is_answered_for() {
        let answer = caught(async { panic!("on purpose") }).await;
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let answer = caught(async { StatusCode::NO_CONTENT.into_response() }).await;
        assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    }

    #[test]
    fn secrets_in_paths_are_not_logged() {
        assert_eq!(shown_path("/l/abcdef"), "/l/…");
        assert_eq!(shown_path("/sign-in/link/abcdef"), "/sign-in/link/…");
        assert_eq!(shown_path("/uploads/abcdef"), "/uploads/…");
        assert_eq!(shown_path("/graphql"), "/graphql");
    }
}
