//! Passkeys: added and removed in the settings, and the way in from the sign-in page. They need script; without it the other ways in remain.

use super::Answer;
use super::posted::Posted;
use super::prefs::Prefs;
use super::reader::Reader;
use super::settings::{Wrongs, settings};
use super::sign_in::{form, let_in, minutes};
use super::stop::Stop;
use crate::app::AppState;
use crate::auth::{Challenge, Guesser, Wrong};
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Json};
use data_encoding::BASE64URL_NOPAD;
use naru_domain::account::Account;
use naru_domain::{AccountId, State as AnyState};
use naru_store::{NewPasskey, PasskeyRow, SignInWay};
use serde_json::json;
use std::net::SocketAddr;
use webauthn_rs::prelude::Passkey;

/// The most passkeys of one account.
const PASSKEYS_MAX: usize = 20;

/// The longest name of a passkey.
pub(super) const LABEL_CHARS_MAX: usize = 60;

/// The field with the id of a challenge.
const CHALLENGE: &str = "challenge";

/// The field with what the device answered to it.
const RESPONSE: &str = "answer";

fn id_of(key: &Passkey) -> String {
    BASE64URL_NOPAD.encode(key.cred_id().as_slice())
}

fn stored(key: &Passkey) -> Result<String, Stop> {
    serde_json::to_string(key).map_err(|problem| {
        tracing::error!(%problem, "a passkey could not be written");
        Stop::Fault
    })
}

/// The keys in rows; one that cannot be read is left out.
fn keys(rows: &[PasskeyRow]) -> Vec<Passkey> {
    rows.iter()
        .filter_map(|row| match serde_json::from_str(&row.credential) {
            Ok(key) => Some(key),
            Err(problem) => {
                tracing::error!(%problem, "a passkey could not be read");
                None
            }
        })
        .collect()
}

/// What the page's script asks the device with.
fn asked(kind: &str, challenge: &Challenge) -> Response {
    Json(json!({ CHALLENGE: challenge.id, kind: challenge.options })).into_response()
}

/// A refusal that says nothing beyond that it is one; what is wrong is for the log.
fn refused(wrong: &Wrong) -> Stop {
    tracing::info!(%wrong, "a passkey was refused");
    Stop::NotFound
}

/// Answers `POST /settings/passkeys/begin`.
pub(super) async fn begin_adding(reader: Reader, _form: Posted) -> Answer {
    let account = reader.account();
    let app = reader.app();
    let known = keys(&app.store().passkeys_of(account).await?);
    let Some(held) = reader.viewer.load::<Account>(account).await? else {
        return Err(Stop::NotFound);
    };
    let held = held.get()?;
    let named = (held.email.as_str(), held.name_in(reader.words.0).as_str());
    let begun = app
        .passkeys()
        .begin_adding(account, named, &known, app.clock().now());
    let challenge = begun.map_err(|wrong| refused(&wrong))?;
    Ok(asked("create", &challenge))
}

/// Answers `POST /settings/passkeys`: adds a passkey or removes one.
pub(super) async fn change(reader: Reader, posted: Posted) -> Answer {
    let account = reader.account();
    let app = reader.app();
    if let Some(passkey) = posted.some("remove") {
        app.store().remove_passkey(account, passkey).await?;
        return Ok(Redirect::to("/settings?done=passkey-removed").into_response());
    }
    match add(&reader, &posted).await? {
        None => Ok(Redirect::to("/settings?done=passkey-added").into_response()),
        Some(wrong) => {
            let wrongs = Wrongs {
                passkey: Some(reader.words.say(wrong)),
                ..Wrongs::default()
            };
            let mut answer = settings(&reader, wrongs).await?;
            *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(answer)
        }
    }
}

/// Adds a passkey; or the words that say why not.
async fn add(reader: &Reader, posted: &Posted) -> Result<Option<&'static str>, Stop> {
    let account = reader.account();
    let app = reader.app();
    let now = app.clock().now();
    let label: String = posted.one("label").chars().take(LABEL_CHARS_MAX).collect();
    if label.is_empty() {
        return Ok(Some("passkeys.no-label"));
    }
    if PASSKEYS_MAX <= app.store().passkeys_of(account).await?.len() {
        return Ok(Some("passkeys.too-many"));
    }
    let answer = (posted.one(CHALLENGE), posted.one(RESPONSE));
    let key = match app.passkeys().finish_adding(account, answer, now) {
        Ok(key) => key,
        Err(wrong) => {
            tracing::info!(%wrong, "a passkey was refused");
            return Ok(Some("passkeys.failed"));
        }
    };
    let new = NewPasskey {
        passkey: id_of(&key),
        account,
        label,
        credential: stored(&key)?,
        added_at: now,
    };
    let added = app.store().add_passkey(&new).await?;
    Ok((!added).then_some("passkeys.known"))
}

/// Answers `POST /sign-in/passkey/begin`.
pub(super) async fn begin_signing_in(State(app): State<AppState>, _form: Posted) -> Answer {
    let begun = app.passkeys().begin_signing_in(app.clock().now());
    let challenge = begun.map_err(|wrong| refused(&wrong))?;
    Ok(asked("get", &challenge))
}

/// Answers `POST /sign-in/passkey`: lets in whoever's device proves to be theirs.
pub(super) async fn sign_in(
    State(app): State<AppState>,
    from: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    posted: Posted,
) -> Answer {
    let words = Prefs::of(&headers).words();
    let next = posted.one("next");
    let address = from.map(|Extension(ConnectInfo(address))| address.ip());
    let guessers: Vec<Guesser> = address.map(Guesser::Address).into_iter().collect();
    let now = app.clock().now();
    if let Some(wait) = app.backoff().wait(&guessers, now) {
        let wrong = (
            StatusCode::TOO_MANY_REQUESTS,
            words.with("sign-in-wait", [("minutes", minutes(wait).into())]),
        );
        return form(&app, &headers, next, "", Some(wrong)).await;
    }
    if let Some(account) = proved(&app, &posted).await? {
        return let_in(&app, &headers, account, SignInWay::Passkey, next).await;
    }
    app.backoff().failed(&guessers, now);
    let wrong = (
        StatusCode::UNPROCESSABLE_ENTITY,
        words.say("sign-in-passkey-wrong"),
    );
    form(&app, &headers, next, "", Some(wrong)).await
}

/// Whose device answered, if it proved so.
async fn proved(app: &AppState, posted: &Posted) -> Result<Option<AccountId>, Stop> {
    let now = app.clock().now();
    let answer = (posted.one(CHALLENGE), posted.one(RESPONSE));
    let claim = match app.passkeys().claimed(answer, now) {
        Ok(claim) => claim,
        Err(wrong) => {
            tracing::info!(%wrong, "a passkey was refused");
            return Ok(None);
        }
    };
    let account = claim.account;
    let loaded = app.store().load(account.into()).await?;
    match loaded.as_deref().map(|loaded| &loaded.state) {
        Some(AnyState::Account(account)) if account.is_open() => {}
        Some(_) | None => return Ok(None),
    }
    let rows = app.store().passkeys_of(account).await?;
    match app.passkeys().proved(claim, keys(&rows)) {
        Ok(key) => {
            let used = app
                .store()
                .use_passkey(account, &id_of(&key), &stored(&key)?, now)
                .await?;
            Ok(used.then_some(account))
        }
        Err(wrong) => {
            tracing::info!(%wrong, "a passkey was refused");
            Ok(None)
        }
    }
}
