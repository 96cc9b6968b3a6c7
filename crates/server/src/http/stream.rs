//! Subscriptions over server-sent events: one request, one stream; after a break `last-event-id` goes on where it stopped.

use super::graphql::{Asked, asker, not_graphql, prepared};
use super::problem::Problem;
use crate::app::AppState;
use async_graphql::{Response, Value};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, StreamExt};
use std::convert::Infallible;

/// Answers `POST /graphql/stream`.
pub(super) async fn follow(
    State(app): State<AppState>,
    request: axum::extract::Request,
) -> Result<axum::response::Response, Problem> {
    let last = request.headers().get("last-event-id").cloned();
    let (viewer, body) = asker(&app, request).await?;
    let mut asked: Asked = serde_json::from_slice(&body).map_err(|_| not_graphql())?;
    if let Some(last) = last.as_ref().and_then(|value| value.to_str().ok()) {
        asked.go_on_after(last);
    }
    let (request, shape) = prepared(&viewer, asked)
        .map_err(|error| Problem::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", error.message))?;
    if shape.has_mutation {
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "COMMAND_ELSEWHERE",
            "send commands to /graphql",
        ));
    }
    let place = app.places().take(viewer.session.token).ok_or_else(|| {
        Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "TOO_MANY_SUBSCRIPTIONS",
            "a token follows at most 10 things at once; end one of them first",
        )
    })?;
    let answers = app.api().data.execute_stream(request).map(move |answer| {
        let _ = &place;
        answer
    });
    Ok(Sse::new(events(answers))
        .keep_alive(KeepAlive::default())
        .into_response())
}

fn events(
    answers: impl Stream<Item = Response> + Send + 'static,
) -> impl Stream<Item = Result<Event, Infallible>> + Send {
    let next = answers.map(|answer| {
        let event = Event::default().event("next");
        let event = match position(&answer.data) {
            Some(position) => event.id(position),
            None => event,
        };
        let text = serde_json::to_string(&answer).unwrap_or_else(|_| "{}".to_owned());
        Ok(event.data(text))
    });
    next.chain(futures_util::stream::once(async {
        Ok(Event::default().event("complete").data(""))
    }))
}

/// The position that the one root field of an item carries.
fn position(data: &Value) -> Option<String> {
    let Value::Object(fields) = data else {
        return None;
    };
    let Value::Object(item) = fields.values().next()? else {
        return None;
    };
    let Value::String(position) = item.get("position")? else {
        return None;
    };
    position
        .bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| position.clone())
}
