//! Why a page is not shown. What somebody may not see is answered like what is not there.

use super::frame::Frame;
use super::prefs::Prefs;
use super::show;
use crate::app::AppState;
use crate::fault::Fault;
use crate::graphql::Refused;
use askama::Template;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

/// Why a page is not shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// Nothing there, or nothing that the reader may see.
    NotFound,
    /// Nobody is signed in; afterwards the reader goes on to this address.
    SignIn(String),
    /// The form came from elsewhere, or from a page that is too old.
    Foreign,
    /// The form is larger than forms are.
    TooLarge,
    /// Something failed inside; it is in the log.
    Fault,
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        tracing::error!(fault = fault.for_the_log(), "a page could not be made");
        Self::Fault
    }
}

impl From<naru_store::StoreError> for Stop {
    fn from(fault: naru_store::StoreError) -> Self {
        Fault::from(fault).into()
    }
}

impl From<naru_store::LoadError> for Stop {
    fn from(fault: naru_store::LoadError) -> Self {
        Fault::from(fault).into()
    }
}

impl From<async_graphql::Error> for Stop {
    /// The error was logged where it was made.
    fn from(_: async_graphql::Error) -> Self {
        Self::Fault
    }
}

impl From<Refused> for Stop {
    /// A command that cannot even be prepared names something that the reader may not see.
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Rejected(_) => Self::NotFound,
            Refused::Error(_) => Self::Fault,
        }
    }
}

impl IntoResponse for Stop {
    /// An empty answer that says why; [`explain`] fills it in the reader's language.
    fn into_response(self) -> Response {
        let status = match &self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::SignIn(next) => return Redirect::to(&sign_in_address(next)).into_response(),
            Self::Foreign => StatusCode::FORBIDDEN,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Fault => StatusCode::SERVICE_UNAVAILABLE,
        };
        let mut response = status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

fn sign_in_address(next: &str) -> String {
    if next == "/" || next == "/inbox" {
        return "/sign-in".to_owned();
    }
    format!("/sign-in?next={}", super::address::encoded(next))
}

#[derive(Debug, Template)]
#[template(path = "console/stop.html")]
struct StopPage {
    frame: Frame,
    what: String,
    todo: String,
}

/// Puts a page in the reader's language where a handler only said why it stopped.
pub(super) async fn explain(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let prefs = Prefs::of(request.headers());
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    let Some(stop) = response.extensions_mut().remove::<Stop>() else {
        return response;
    };
    let key = match stop {
        Stop::NotFound | Stop::SignIn(_) => "stop-not-found",
        Stop::Foreign => "stop-foreign",
        Stop::TooLarge => "stop-too-large",
        Stop::Fault => "stop-fault",
    };
    let words = prefs.words();
    let page = StopPage {
        frame: Frame::bare(&app, prefs, &words.say(&format!("{key}.title")), &path),
        what: words.say(&format!("{key}.what")),
        todo: words.say(&format!("{key}.todo")),
    };
    let status = response.status();
    let mut shown = show(&page).unwrap_or(response);
    *shown.status_mut() = status;
    shown.headers_mut().remove(header::CONTENT_LENGTH);
    shown
}
