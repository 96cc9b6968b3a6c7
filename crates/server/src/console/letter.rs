//! Signing in by a link in a letter: asking for it, and opening it. It is also the way in for whoever forgot a password.
//!
//! Whoever asks learns nothing about who has an account: the answer is the same, and it is given before anybody looks.

use super::Answer;
use super::frame::Frame;
use super::posted::Posted;
use super::prefs::Prefs;
use super::reader::secret_of;
use super::show;
use super::sign_in::{bare, form, let_in, minutes};
use super::stop::Stop;
use crate::app::AppState;
use crate::auth::Guesser;
use crate::pages::trimmed;
use askama::Template;
use axum::Extension;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect};
use naru_domain::account::{Account, AccountCommand, AccountRejection, LinkState};
use naru_domain::{
    AccountId, Actor, Channel, Command, CommandId, EmailAddress, Rejection, SignInLinkId,
    State as AnyState, TypedId, Who,
};
use naru_engine::{Link, Refusal, Submission};
use naru_store::SignInWay;
use std::net::SocketAddr;

#[derive(Debug, Template)]
#[template(path = "console/letter.html")]
struct LetterPage {
    frame: Frame,
    lines: Vec<String>,
    /// Where the form that signs in goes; none where there is nothing to open.
    form_to: Option<String>,
}

/// Answers `POST /sign-in/link`: sends a letter, if the address is somebody's.
pub(super) async fn ask(
    State(app): State<AppState>,
    from: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    posted: Posted,
) -> Answer {
    let words = Prefs::of(&headers).words();
    let typed = posted.one("email").to_lowercase();
    let next = posted.one("next");
    let Ok(email) = typed.parse::<EmailAddress>() else {
        let wrong = (
            StatusCode::UNPROCESSABLE_ENTITY,
            words.say("sign-in-link-address"),
        );
        return form(&app, &headers, next, &typed, Some(wrong)).await;
    };
    let address = from.map(|Extension(ConnectInfo(address))| address.ip());
    let guessers = Guesser::of_letters(&typed, address);
    let now = app.clock().now();
    if let Some(wait) = app.backoff().wait(&guessers, now) {
        let wrong = (
            StatusCode::TOO_MANY_REQUESTS,
            words.with("sign-in-link-wait", [("minutes", minutes(wait).into())]),
        );
        return form(&app, &headers, next, &typed, Some(wrong)).await;
    }
    app.backoff().failed(&guessers, now);
    // Looking for the account and writing the letter take their time only if there is one, so nobody waits for them.
    tokio::spawn(request(app, email));
    Ok(Redirect::to("/sign-in/link").into_response())
}

async fn request(app: AppState, email: EmailAddress) {
    let account = match app.store().account_by_email(&email).await {
        Ok(Some(account)) => account,
        Ok(None) => return,
        Err(problem) => {
            tracing::error!(%problem, "a sign-in link could not be asked for");
            return;
        }
    };
    let actor = Actor {
        channel: Channel::Console,
        ..Actor::machine()
    };
    match submit(&app, account, actor, AccountCommand::RequestSignInLink).await {
        Ok(_) => {}
        Err(Refusal::Rejected(rejection)) => {
            tracing::info!(code = rejection.code(), "a sign-in link was not sent");
        }
        Err(Refusal::Fault(problem)) => {
            tracing::error!(%problem, "a sign-in link could not be asked for");
        }
    }
}

async fn submit(
    app: &AppState,
    account: AccountId,
    actor: Actor,
    command: AccountCommand,
) -> Result<naru_engine::Receipt, Refusal> {
    let submission = Submission {
        // Never an id that somebody chose: what was answered once is not answered again.
        command_id: CommandId::from_uuid(uuid::Uuid::now_v7()),
        aggregate: account.into(),
        expected_version: None,
        actor,
        command: Command::Account(command),
    };
    app.engine().submit(submission).await
}

/// Answers `GET /sign-in/link`: says to whoever asked what to do now.
pub(super) async fn sent(State(app): State<AppState>, headers: HeaderMap) -> Answer {
    let prefs = Prefs::of(&headers);
    let words = prefs.words();
    let title = words.say("letter-sent.title");
    show(&LetterPage {
        frame: bare(&app, &headers, prefs, &title, "/sign-in/link"),
        lines: vec![
            words.say("letter-sent.what"),
            words.say("letter-sent.todo"),
            words.say("letter-sent.none"),
        ],
        form_to: None,
    })
}

/// The person and the link that a token in an address names, if it was signed here.
fn opened(app: &AppState, token: &str) -> Option<(AccountId, SignInLinkId)> {
    match app.engine().link_key().verify(trimmed(token))? {
        Link::SignIn { account, link } => Some((account, link)),
        Link::Feedback { .. } | Link::Match { .. } => None,
    }
}

async fn account_of(app: &AppState, id: AccountId) -> Result<Option<Account>, Stop> {
    let loaded = app.store().load(id.into()).await?;
    Ok(match loaded.as_deref().map(|loaded| &loaded.state) {
        Some(AnyState::Account(account)) => Some(Account::clone(account)),
        Some(_) | None => None,
    })
}

/// Answers `GET /sign-in/link/{token}`: shows whom the link lets in; programs that look at letters open links too, so nothing is decided.
pub(super) async fn page(
    State(app): State<AppState>,
    headers: HeaderMap,
    Path(token): Path<String>,
) -> Answer {
    let Some((id, link)) = opened(&app, &token) else {
        return ended(&app, &headers, &token, LinkState::Unknown);
    };
    let Some(account) = account_of(&app, id).await? else {
        return ended(&app, &headers, &token, LinkState::Unknown);
    };
    let state = account.sign_in_link(link, app.clock().now());
    match state {
        LinkState::Live => {}
        LinkState::Spent if is_in(&app, &headers, id).await? => {
            return Ok(Redirect::to("/inbox").into_response());
        }
        LinkState::Spent | LinkState::Expired | LinkState::Unknown => {
            return ended(&app, &headers, &token, state);
        }
    }
    let prefs = Prefs::of(&headers).of_account(account.locale);
    let words = prefs.words();
    let name = account.name_in(words.0).as_str().to_owned();
    let path = format!("/sign-in/link/{}", trimmed(&token));
    show(&LetterPage {
        frame: bare(
            &app,
            &headers,
            prefs,
            &words.say("letter-open.title"),
            &path,
        ),
        lines: vec![words.with("letter-open-what", [("name", name.into())])],
        form_to: Some(path),
    })
}

/// Answers `POST /sign-in/link/{token}`: lets the person in.
pub(super) async fn enter(
    State(app): State<AppState>,
    headers: HeaderMap,
    Path(token): Path<String>,
    posted: Posted,
) -> Answer {
    let Some((account, link)) = opened(&app, &token) else {
        return ended(&app, &headers, &token, LinkState::Unknown);
    };
    let actor = Actor {
        who: Who::Account(account),
        memberships: app.store().memberships_of(account).await?,
        on_behalf_of: None,
        channel: Channel::MailLink,
    };
    let command = AccountCommand::UseSignInLink { link };
    let state = match submit(&app, account, actor, command).await {
        Ok(_) => {
            let next = posted.one("next");
            return let_in(&app, &headers, account, SignInWay::MailLink, next).await;
        }
        Err(Refusal::Fault(problem)) => {
            tracing::error!(%problem, "a sign-in link could not be used");
            return Err(Stop::Fault);
        }
        Err(Refusal::Rejected(rejection)) => why(&rejection),
    };
    // A button that was pressed twice has let them in.
    if state == LinkState::Spent && is_in(&app, &headers, account).await? {
        return Ok(Redirect::to("/inbox").into_response());
    }
    ended(&app, &headers, &token, state)
}

fn why(rejection: &Rejection) -> LinkState {
    if *rejection == AccountRejection::SignInLinkSpent.into() {
        LinkState::Spent
    } else if *rejection == AccountRejection::SignInLinkExpired.into() {
        LinkState::Expired
    } else {
        LinkState::Unknown
    }
}

/// Whether the browser is signed in as this person.
async fn is_in(app: &AppState, headers: &HeaderMap, account: AccountId) -> Result<bool, Stop> {
    let Some(secret) = secret_of(headers) else {
        return Ok(false);
    };
    let signed_in = app.signed_in(&secret).await?;
    Ok(signed_in.is_some_and(|signed_in| signed_in.session.account == account))
}

/// Says why a link opens nothing, and what to do.
fn ended(app: &AppState, headers: &HeaderMap, token: &str, state: LinkState) -> Answer {
    let (key, status) = match state {
        LinkState::Spent => ("letter-spent", StatusCode::GONE),
        LinkState::Expired => ("letter-expired", StatusCode::GONE),
        LinkState::Live | LinkState::Unknown => ("letter-unknown", StatusCode::NOT_FOUND),
    };
    let prefs = Prefs::of(headers);
    let words = prefs.words();
    let path = format!("/sign-in/link/{}", trimmed(token));
    let mut answer = show(&LetterPage {
        frame: bare(
            app,
            headers,
            prefs,
            &words.say(&format!("{key}.title")),
            &path,
        ),
        lines: vec![
            words.say(&format!("{key}.what")),
            words.say(&format!("{key}.todo")),
        ],
        form_to: None,
    })?;
    *answer.status_mut() = status;
    Ok(answer)
}
