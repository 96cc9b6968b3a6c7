//! Signing in and out.

use super::Answer;
use super::address::Query;
use super::address::onward;
use super::frame::Frame;
use super::posted::Posted;
use super::prefs::{self, Prefs};
use super::reader::{Reader, role_name, secret_of, session_cookie};
use super::show;
use super::stop::Stop;
use crate::app::AppState;
use crate::auth::{Guesser, password};
use askama::Template;
use axum::Extension;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::SignedDuration;
use naru_domain::{AccountId, EmailAddress, Locale, State as AnyState};
use naru_store::SignInWay;
use serde::Deserialize;
use std::net::SocketAddr;

/// Example people that are offered at most.
const EXAMPLES_MAX: u32 = 100;

/// Where to go on to.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    next: String,
}

#[derive(Debug, Template)]
#[template(path = "console/sign-in.html")]
struct SignInPage {
    frame: Frame,
    next: String,
    email: String,
    error: Option<String>,
    examples: Vec<Examples>,
    /// Whether passkeys can be used at this address.
    passkeys: bool,
}

/// The example people of one organization.
#[derive(Debug)]
struct Examples {
    organization: String,
    people: Vec<Example>,
}

#[derive(Debug)]
struct Example {
    account: String,
    name: String,
    role: String,
}

/// Answers `GET /sign-in`.
pub(super) async fn page(
    State(app): State<AppState>,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Answer {
    if let Some(secret) = secret_of(&headers)
        && app.signed_in(&secret).await?.is_some()
    {
        return Ok(Redirect::to(onward(&asked.next)).into_response());
    }
    form(&app, &headers, &asked.next, "", None).await
}

/// The page on which somebody signs in, with what went wrong and the status that says so.
pub(super) async fn form(
    app: &AppState,
    headers: &HeaderMap,
    next: &str,
    email: &str,
    wrong: Option<(StatusCode, String)>,
) -> Answer {
    let prefs = Prefs::of(headers);
    let words = prefs.words();
    let title = words.say("sign-in.title");
    let (status, title, error) = match wrong {
        Some((status, error)) => {
            let title = words.with("error-title", [("title", title.into())]);
            (status, title, Some(error))
        }
        None => (StatusCode::OK, title, None),
    };
    let path = format!("/sign-in?next={}", super::address::encoded(onward(next)));
    let page = SignInPage {
        frame: bare(app, headers, prefs, &title, &path),
        next: onward(next).to_owned(),
        email: email.to_owned(),
        passkeys: app.passkeys().are_offered(),
        examples: examples(app, words.0).await?,
        error,
    };
    let mut answer = show(&page)?;
    *answer.status_mut() = status;
    Ok(answer)
}

/// The frame of a page for somebody who is not signed in. A browser may still bring the cookie of a session that has ended, and then its forms must
/// bring what belongs to it.
pub(super) fn bare(
    app: &AppState,
    headers: &HeaderMap,
    prefs: Prefs,
    title: &str,
    path: &str,
) -> Frame {
    let secret = secret_of(headers);
    Frame {
        form_token: secret.map_or_else(String::new, |secret| secret.form_token()),
        ..Frame::bare(app, prefs, title, path)
    }
}

/// Answers `POST /sign-in`: an address and a password.
pub(super) async fn by_password(
    State(app): State<AppState>,
    from: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    posted: Posted,
) -> Answer {
    let words = Prefs::of(&headers).words();
    let email = posted.one("email").to_lowercase();
    let next = posted.one("next");
    let address = from.map(|Extension(ConnectInfo(address))| address.ip());
    let guessers = Guesser::all(&email, address);
    let now = app.clock().now();
    if let Some(wait) = app.backoff().wait(&guessers, now) {
        let wrong = (
            StatusCode::TOO_MANY_REQUESTS,
            words.with("sign-in-wait", [("minutes", minutes(wait).into())]),
        );
        return form(&app, &headers, next, &email, Some(wrong)).await;
    }
    let account = match email.parse::<EmailAddress>() {
        Ok(email) => app.store().account_by_email(&email).await?,
        Err(_) => None,
    };
    let stored = match account {
        Some(account) => app.store().credential_of(account).await?,
        None => None,
    };
    let stored = stored.map(|credential| credential.password);
    let typed = posted.one("password").to_owned();
    let right = password::verify(typed, stored).await;
    if let Some(account) = account.filter(|_| right) {
        app.backoff().succeeded(&guessers);
        return let_in(&app, &headers, account, SignInWay::Password, next).await;
    }
    app.backoff().failed(&guessers, now);
    let wrong = (StatusCode::UNPROCESSABLE_ENTITY, words.say("sign-in-wrong"));
    form(&app, &headers, next, &email, Some(wrong)).await
}

/// Whole minutes, at least one, as people are told to wait.
pub(super) fn minutes(wait: SignedDuration) -> u64 {
    let seconds = u64::try_from(wait.as_secs()).unwrap_or(0);
    seconds.div_ceil(60).max(1)
}

/// Answers `POST /sign-in/visit`: lets the visitor of a playground in as one of its people.
pub(super) async fn as_example(
    State(app): State<AppState>,
    headers: HeaderMap,
    posted: Posted,
) -> Answer {
    if !app.is_open_house() {
        return Err(Stop::NotFound);
    }
    let account: AccountId = posted.one("account").parse().map_err(|_| Stop::NotFound)?;
    let loaded = app.store().load(account.into()).await?;
    if loaded.is_none() {
        return Err(Stop::NotFound);
    }
    let next = posted.one("next");
    let mut response = let_in(&app, &headers, account, SignInWay::Visit, next).await?;
    // The visitor reads on in the language in which they chose, whatever that of the example is.
    prefs::keep_language(&mut response, Prefs::of(&headers).locale(None));
    Ok(response)
}

/// Opens a session and leads on.
pub(super) async fn let_in(
    app: &AppState,
    headers: &HeaderMap,
    account: AccountId,
    way: SignInWay,
    next: &str,
) -> Answer {
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let secret = app.sign_in(account, agent, way).await?;
    let response = Redirect::to(onward(next)).into_response();
    Ok(with_cookie(response, &session_cookie(app, Some(&secret))))
}

/// Answers `POST /sign-out`.
pub(super) async fn out(State(app): State<AppState>, reader: Reader, _form: Posted) -> Answer {
    let store = app.store();
    store.end_session(reader.account(), &reader.session).await?;
    let response = Redirect::to("/sign-in").into_response();
    Ok(with_cookie(response, &session_cookie(&app, None)))
}

fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(cookie) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The people of a playground, by organization; nobody elsewhere.
async fn examples(app: &AppState, locale: Locale) -> Result<Vec<Examples>, Stop> {
    let mut found: Vec<Examples> = Vec::new();
    if !app.is_open_house() {
        return Ok(found);
    }
    let words = crate::words::Phrases(locale);
    for row in app.store().accounts(None, EXAMPLES_MAX).await? {
        let memberships = app.store().memberships_of(row.account).await?;
        let Some(first) = memberships.first() else {
            continue;
        };
        let loaded = app.store().load(row.account.into()).await?;
        let name = match loaded.as_deref().map(|loaded| &loaded.state) {
            Some(AnyState::Account(account)) => account.name_in(locale).as_str().to_owned(),
            Some(_) | None => row.name.as_str().to_owned(),
        };
        let loaded = app.store().load(first.organization.into()).await?;
        let organization = match loaded.as_deref().map(|loaded| &loaded.state) {
            Some(AnyState::Organization(found)) => found.name.in_locale(locale).as_str().to_owned(),
            Some(_) | None => String::new(),
        };
        let example = Example {
            account: row.account.to_string(),
            name,
            role: role_name(words, first.role),
        };
        match found
            .iter_mut()
            .find(|known| known.organization == organization)
        {
            Some(known) => known.people.push(example),
            None => found.push(Examples {
                organization,
                people: vec![example],
            }),
        }
    }
    Ok(found)
}
