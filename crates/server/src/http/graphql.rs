//! Questions and commands over HTTP: a body in, an answer out.

use super::problem::Problem;
use crate::app::AppState;
use crate::auth::Session;
use crate::graphql::limits::{BATCH_MAX, LimitProblem, Shape, coded};
use crate::graphql::{Form, Spending, Viewer};
use async_graphql::{Name, Request, Response, ServerError, Variables};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use naru_domain::Locale;
use serde::Deserialize;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tower_http::timeout::TimeoutBody;

/// How long a question may take; a command is carried out however long it takes.
const QUERY_TIME_MAX: Duration = Duration::from_secs(5);

/// What a request says.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Asked {
    query: String,
    #[serde(default)]
    operation_name: Option<String>,
    #[serde(default)]
    variables: Variables,
    #[serde(default, rename = "extensions")]
    _extensions: Option<serde_json::Value>,
}

impl Asked {
    /// Goes on after a position seen: the variable `after` of a subscription that declares it.
    pub(super) fn go_on_after(&mut self, position: &str) {
        self.variables
            .insert(Name::new("after"), position.to_owned().into());
    }
}

enum Body {
    One(Asked),
    Many(Vec<Asked>),
}

impl Body {
    fn from_json(body: &[u8]) -> serde_json::Result<Self> {
        if body.trim_ascii_start().starts_with(b"[") {
            Ok(Self::Many(serde_json::from_slice(body)?))
        } else {
            Ok(Self::One(serde_json::from_slice(body)?))
        }
    }
}

/// Answers `POST /graphql`.
pub(super) async fn answer(
    State(app): State<AppState>,
    request: axum::extract::Request,
) -> Result<axum::response::Response, Problem> {
    let (viewer, body) = asker(&app, request).await?;
    match Body::from_json(&body).map_err(|_| not_graphql())? {
        Body::One(asked) => Ok(Json(run(viewer, asked).await).into_response()),
        Body::Many(many) if many.is_empty() => Err(not_graphql()),
        Body::Many(many) if BATCH_MAX < many.len() => {
            let problem = LimitProblem::Batch(many.len());
            Err(Problem::new(
                StatusCode::BAD_REQUEST,
                problem.code(),
                problem.to_string(),
            ))
        }
        Body::Many(many) => {
            let mut answers = Vec::with_capacity(many.len());
            for asked in many {
                answers.push(run(viewer.clone(), asked).await);
            }
            Ok(Json(answers).into_response())
        }
    }
}

/// Who asks, and the body they send: read here, since each layer that would do so is copied for each request.
pub(super) async fn asker(
    app: &AppState,
    request: axum::extract::Request,
) -> Result<(Viewer, Bytes), Problem> {
    let (parts, body) = request.into_parts();
    let address = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let ConnectInfo(address) = address.ok_or_else(Problem::fault)?;
    let session = authenticated(app, *address, bearer(&parts.headers)).await?;
    let body = TimeoutBody::new(super::BODY_PAUSE_MAX, body);
    let body = Limited::new(body, super::BODY_BYTES_MAX).collect().await;
    let body = body.map_err(|problem| {
        if problem.is::<LengthLimitError>() {
            let size = super::BODY_BYTES_MAX / 1024;
            let message = format!("the body is larger than {size} KB");
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE", message)
        } else {
            let message = "the body did not arrive whole";
            Problem::new(StatusCode::BAD_REQUEST, "BAD_BODY", message)
        }
    })?;
    Ok((viewer(app, session, &parts.headers), body.to_bytes()))
}

pub(super) fn not_graphql() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "BAD_REQUEST",
        "send JSON with a `query`, and `variables` if it has any",
    )
}

/// The token of the request.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = text.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The session of a token; each failure counts against the address it came from.
pub(super) async fn authenticated(
    app: &AppState,
    address: SocketAddr,
    token: Option<&str>,
) -> Result<Arc<Session>, Problem> {
    let found = match token {
        Some(token) => app.session(token).await.map_err(|fault| failed(&fault))?,
        None => None,
    };
    match found {
        Some(session) => Ok(session),
        None => match app.limits().failed(address.ip()) {
            Ok(()) => Err(Problem::unauthenticated()),
            Err(wait) => Err(Problem::too_many(wait.seconds())),
        },
    }
}

/// Logs a fault and says no more than that there was one.
pub(super) fn failed(fault: &crate::fault::Fault) -> Problem {
    tracing::error!(fault = fault.for_the_log(), "a request failed");
    Problem::fault()
}

/// Who asks, and in which language they read.
pub(super) fn viewer(app: &AppState, session: Arc<Session>, headers: &HeaderMap) -> Viewer {
    let asked = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    let locale = asked.and_then(language).unwrap_or(session.locale);
    Viewer {
        app: app.clone(),
        session,
        locale,
    }
}

/// The first of our languages that is accepted.
pub(crate) fn language(accepted: &str) -> Option<Locale> {
    accepted.split(',').find_map(|entry| {
        let tag = entry.split(';').next()?.trim().to_ascii_lowercase();
        match tag.split('-').next() {
            Some("ko") => Some(Locale::Ko),
            Some("en") => Some(Locale::En),
            Some(_) | None => None,
        }
    })
}

async fn run(viewer: Viewer, asked: Asked) -> Response {
    let (request, shape) = match prepared(&viewer, asked) {
        Ok(prepared) => prepared,
        Err(error) => return refused(error),
    };
    if shape.has_subscription {
        return refused(coded(
            "SUBSCRIBE_ELSEWHERE",
            "follow subscriptions at /graphql/ws or /graphql/stream",
        ));
    }
    execute(&viewer.app, request, shape).await
}

/// Runs a question or a command. When nobody waits for the answer any more, a command that reached the engine is carried out all the same.
pub(super) async fn execute(app: &AppState, request: Request, shape: Shape) -> Response {
    let api = app.api();
    let schema = if shape.only_introspection {
        &api.introspection
    } else {
        &api.data
    };
    let work = Box::pin(schema.execute(request));
    if shape.has_mutation {
        return work.await;
    }
    let done = tokio::time::timeout(QUERY_TIME_MAX, work).await;
    done.unwrap_or_else(|_| {
        refused(coded(
            "TOOK_TOO_LONG",
            "this took more than 5 s; ask for less at once",
        ))
    })
}

/// The request that the library runs, inside every limit.
pub(super) fn prepared(viewer: &Viewer, asked: Asked) -> Result<(Request, Shape), ServerError> {
    let document = viewer.app.documents().parse(&asked.query)?;
    let form = document.form(asked.operation_name.as_deref(), &asked.variables);
    let mut request = Request::new(asked.query).variables(asked.variables);
    if let Some(name) = asked.operation_name {
        request = request.operation_name(name);
    }
    request.set_parsed_query(document.parsed.clone());
    Ok((with_viewer(request, viewer, form), document.shape))
}

/// The request with who asks, who pays, and its form if that is worth keeping, beside it.
pub(super) fn with_viewer(request: Request, viewer: &Viewer, form: Option<Form>) -> Request {
    let spending = Spending {
        app: viewer.app.clone(),
        account: viewer.session.account,
        form,
    };
    request.data(viewer.clone()).data(spending)
}

pub(super) fn refused(error: ServerError) -> Response {
    Response::from_errors(vec![error])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_our_languages_is_taken() {
        assert_eq!(language("ko-KR,en;q=0.5"), Some(Locale::Ko));
        assert_eq!(language("fr, EN-gb;q=0.8"), Some(Locale::En));
        assert_eq!(language("fr, de"), None);
        assert_eq!(language(""), None);
    }
}
