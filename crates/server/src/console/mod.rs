//! The web console: plain HTML for people who work here. It reads and commands through the same gate as the API and holds no rule.
//!
//! Every page works without script. Looking never decides: only a POST does, and it comes from a page of ours.

mod address;
mod advice;
mod ask;
mod assets;
mod board;
mod bulk;
mod case;
mod cases;
mod chart;
mod dates;
mod devices;
mod dossier;
mod figures;
mod filter;
mod frame;
mod inbox;
mod letter;
mod live;
mod open;
mod operate;
mod passkey;
mod pathway;
mod posted;
mod prefs;
mod reader;
mod round;
mod settings;
mod sign_in;
mod stage;
mod step;
mod stop;
mod study;
mod tokens;
mod tone;
mod trial;
mod upload;
mod views;

use crate::app::AppState;
use crate::http::BODY_PAUSE_MAX;
use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path};
use axum::http::HeaderMap;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use naru_domain::FILE_SIZE_BYTES_MAX;
use stop::Stop;
use tower_http::timeout::RequestBodyTimeoutLayer;

/// The largest form that is taken; files are taken elsewhere.
const FORM_BYTES_MAX: usize = 512 * 1024;

/// The largest form with files: a file of the largest size, and what stands beside it.
const FILES_BYTES_MAX: u64 = FILE_SIZE_BYTES_MAX + 16 * 1024 * 1024;

/// What a handler answers.
type Answer = Result<Response, Stop>;

/// A page in HTML.
fn show(page: &impl Template) -> Answer {
    match page.render() {
        Ok(html) => Ok(Html(html).into_response()),
        Err(problem) => {
            tracing::error!(%problem, "a page could not be rendered");
            Err(Stop::Fault)
        }
    }
}

// Where only forms are sent, a form that was refused is shown; whoever comes back there goes to the page that it is on.

async fn to_start() -> Redirect {
    Redirect::to("/inbox")
}

async fn to_sign_in() -> Redirect {
    Redirect::to("/sign-in")
}

async fn to_settings() -> Redirect {
    Redirect::to("/settings")
}

async fn to_cases() -> Redirect {
    Redirect::to("/cases")
}

async fn to_case(Path(case): Path<String>) -> Redirect {
    Redirect::to(&format!("/cases/{}", address::encoded(&case)))
}

async fn to_device(Path(device): Path<String>) -> Redirect {
    Redirect::to(&format!("/devices/{}", address::encoded(&device)))
}

async fn to_device_of(Path((device, _)): Path<(String, String)>) -> Redirect {
    Redirect::to(&format!("/devices/{}", address::encoded(&device)))
}

/// The pages of the console.
pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/", get(to_start))
        .route("/sign-in", get(sign_in::page).post(sign_in::by_password))
        .route("/sign-in/visit", post(sign_in::as_example).get(to_sign_in))
        .route("/sign-in/link", get(letter::sent).post(letter::ask))
        .route(
            "/sign-in/link/{token}",
            get(letter::page).post(letter::enter),
        )
        .route("/sign-in/passkey", post(passkey::sign_in).get(to_sign_in))
        .route("/sign-in/passkey/begin", post(passkey::begin_signing_in))
        .route("/sign-out", post(sign_in::out).get(to_start))
        .route("/preferences", post(prefs::choose).get(to_start))
        .route("/live", get(live::follow))
        .route("/settings", get(settings::page))
        .route(
            "/settings/password",
            post(settings::set_password).get(to_settings),
        )
        .route("/settings/passkeys", post(passkey::change).get(to_settings))
        .route("/settings/passkeys/begin", post(passkey::begin_adding))
        .route(
            "/settings/sessions",
            post(settings::end_sessions).get(to_settings),
        )
        .route("/inbox", get(inbox::page))
        .route("/cases", get(cases::page).post(open::open))
        .route("/cases/new", get(open::page))
        .route("/cases/bulk", post(bulk::act).get(to_cases))
        .route("/cases/views", post(views::keep).get(to_cases))
        .route("/cases/{case}/turn", post(case::life::take).get(to_case))
        .route("/cases/{case}", get(case::page))
        .route(
            "/cases/{case}/stages/{stage}",
            get(stage::page).post(stage::act),
        )
        .route("/pathways/{id}", get(pathway::page))
        .route("/devices", get(devices::list).post(dossier::register))
        .route("/devices/new", get(dossier::new))
        .route("/devices/{device}", get(devices::page))
        .route(
            "/devices/{device}/edit",
            get(dossier::edit).post(dossier::revise),
        )
        .route(
            "/devices/{device}/documents",
            post(devices::attach).get(to_device),
        )
        .route(
            "/devices/{device}/documents/{document}/retire",
            post(devices::retire).get(to_device_of),
        )
        .route(
            "/devices/{device}/documents/{document}/{version}",
            get(devices::document),
        )
        .route(assets::ICON, get(assets::icon))
        .route("/assets/{name}", get(assets::send))
        .merge(work())
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(RequestBodyTimeoutLayer::new(BODY_PAUSE_MAX))
}

/// The pages of the stages that are worked on elsewhere than on the case.
fn work() -> Router<AppState> {
    Router::new()
        .route("/engagements", get(advice::list::page))
        .route(
            "/consultations/{consultation}",
            get(advice::page).post(advice::act),
        )
        .route(
            "/feedback-rounds/{round}",
            get(round::page).post(round::act),
        )
        .route("/figures", get(figures::page))
        .route("/figures.csv", get(figures::csv))
        .route("/operations", get(operate::page).post(operate::act))
        .route(
            "/organizations",
            get(operate::people::list).post(operate::people::open),
        )
        .route(
            "/organizations/{organization}",
            get(operate::people::page).post(operate::people::act),
        )
        .route("/settings/tokens", get(tokens::page).post(tokens::act))
        .route("/studies/{study}", get(study::page).post(study::act))
        .route(
            "/studies/{study}/sessions/{participant}",
            get(study::session::page).post(study::session::act),
        )
}

/// Answers an address that leads nowhere: a page for people, and `None` for programs.
pub(crate) fn nowhere(headers: &HeaderMap) -> Option<Response> {
    let accepted = headers.get(axum::http::header::ACCEPT)?.to_str().ok()?;
    accepted
        .contains("text/html")
        .then(|| Stop::NotFound.into_response())
}

/// Puts a page in the reader's language where a handler only said why it stopped.
pub(crate) async fn explain(
    state: axum::extract::State<AppState>,
    request: axum::extract::Request,
    next: axum::middleware::Next,
) -> Response {
    stop::explain(state, request, next).await
}
