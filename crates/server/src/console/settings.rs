//! The reader's own settings: where they are signed in, and their password.

use super::Answer;
use super::dates::{Days, Moment};
use super::frame::{Frame, Place};
use super::posted::Posted;
use super::reader::Reader;
use super::show;
use crate::auth::password::{PASSWORD_BYTES_MAX, PASSWORD_LENGTH_MIN};
use crate::auth::{Guesser, password};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use jiff::SignedDuration;
use naru_domain::account::Account;
use naru_store::{Credential, SessionRow, SignInWay};

/// For so long after coming in by a link a person may set a password without the present one.
const LINK_IS_PROOF: SignedDuration = SignedDuration::from_mins(30);

#[derive(Debug, Template)]
#[template(path = "console/settings.html")]
struct SettingsPage {
    frame: Frame,
    name: String,
    email: String,
    roles: Vec<String>,
    sessions: Vec<Listed>,
    others: bool,
    /// Whether a new password needs the present one.
    asks_present: bool,
    password_state: String,
    password_hint: String,
    passkeys: Vec<Key>,
    passkeys_here: bool,
    /// What a new passkey is called unless its owner says otherwise.
    passkey_name: String,
    wrongs: Wrongs,
    length_min: usize,
}

/// A session in the list.
#[derive(Debug)]
struct Listed {
    name: String,
    browser: String,
    opened: Moment,
    seen: Moment,
    here: bool,
}

/// A passkey in the list.
#[derive(Debug)]
struct Key {
    passkey: String,
    label: String,
    added: Moment,
    used: Option<Moment>,
}

/// What is wrong with what was sent, and with which of the fields.
#[derive(Clone, Debug, Default)]
pub(super) struct Wrongs {
    pub(super) current: Option<String>,
    pub(super) new: Option<String>,
    pub(super) passkey: Option<String>,
}

/// Answers `GET /settings`.
pub(super) async fn page(reader: Reader) -> Answer {
    settings(&reader, Wrongs::default()).await
}

/// The page, with what is wrong.
pub(super) async fn settings(reader: &Reader, wrongs: Wrongs) -> Answer {
    let words = reader.words;
    let store = reader.app().store();
    let days = Days::of(reader.app(), words.0);
    let account = reader.account();
    let rows = store.sessions_of(account).await?;
    let by_link = is_young_link(reader, &rows);
    let sessions: Vec<Listed> = rows
        .into_iter()
        .map(|row| Listed {
            here: row.session == reader.session,
            browser: browser(&row.agent)
                .map_or_else(|| words.say("settings.browser-unknown"), str::to_owned),
            opened: days.moment(row.opened_at),
            seen: days.moment(row.seen_at),
            name: row.session,
        })
        .collect();
    let passkeys = store.passkeys_of(account).await?;
    let passkeys = passkeys.into_iter().map(|row| Key {
        added: days.moment(row.added_at),
        used: row.used_at.map(|at| days.moment(at)),
        passkey: row.passkey,
        label: row.label,
    });
    let passkeys: Vec<Key> = passkeys.collect();
    let credential = store.credential_of(account).await?;
    let mut roles = Vec::new();
    for membership in &reader.viewer.actor().memberships {
        let organization = reader.organization_name(membership.organization).await?;
        let role = reader.role_name(membership.role);
        roles.push(format!("{role}, {organization}"));
    }
    let held = reader.viewer.load::<Account>(account).await?;
    let email = match &held {
        Some(held) => held.get()?.email.as_str().to_owned(),
        None => String::new(),
    };
    let here = sessions.iter().find(|session| session.here);
    let passkey_name = here.map_or_else(String::new, |session| session.browser.clone());
    let title = words.say("settings.title");
    let page = SettingsPage {
        frame: reader.frame(title, Some(Place::Settings)).await?,
        name: reader.name_of(account).await?,
        email,
        roles,
        others: 1 < sessions.len(),
        sessions,
        asks_present: credential.is_some() && !by_link,
        password_state: match credential {
            Some(_) if by_link => words.say("settings.password-by-link"),
            Some(credential) => {
                let day = days.day_of(credential.changed_at);
                words.with("settings.password-since", [("day", day.into())])
            }
            None => words.say("settings.password-none"),
        },
        password_hint: words.with(
            "settings.password-hint",
            [("characters", PASSWORD_LENGTH_MIN.into())],
        ),
        passkeys,
        passkeys_here: reader.app().passkeys().are_offered(),
        passkey_name,
        wrongs,
        length_min: PASSWORD_LENGTH_MIN,
    };
    show(&page)
}

/// Whether the reader has just come in by a link in a letter, and so has shown to be the person without a password.
fn is_young_link(reader: &Reader, sessions: &[SessionRow]) -> bool {
    let now = reader.app().clock().now();
    sessions.iter().any(|row| {
        row.session == reader.session
            && row.opened_by == SignInWay::MailLink
            && now.duration_since(row.opened_at) < LINK_IS_PROOF
    })
}

/// What a browser calls itself, in a word.
fn browser(agent: &str) -> Option<&'static str> {
    // Everybody says they are Mozilla, Edge also says it is Chrome, and Chrome also says it is Safari.
    [
        ("Edg/", "Edge"),
        ("Whale/", "Whale"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]
    .into_iter()
    .find_map(|(mark, name)| agent.contains(mark).then_some(name))
}

/// Answers `POST /settings/password`.
pub(super) async fn set_password(reader: Reader, posted: Posted) -> Answer {
    let app = reader.app();
    let account = reader.account();
    let stored = app.store().credential_of(account).await?;
    let guessers = [Guesser::AccountFrom(account.to_string(), None)];
    let now = app.clock().now();
    let new = posted.one("new-password");
    let mut wrongs = Wrongs::default();
    let sessions = app.store().sessions_of(account).await?;
    if let Some(stored) = stored.filter(|_| !is_young_link(&reader, &sessions)) {
        if app.backoff().wait(&guessers, now).is_some() {
            wrongs.current = Some(reader.words.say("settings.password-wait"));
        } else if !password::verify(
            posted.one("current-password").to_owned(),
            Some(stored.password),
        )
        .await
        {
            app.backoff().failed(&guessers, now);
            wrongs.current = Some(reader.words.say("settings.password-wrong"));
        }
    }
    if new.chars().count() < PASSWORD_LENGTH_MIN {
        let least = [("characters", PASSWORD_LENGTH_MIN.into())];
        wrongs.new = Some(reader.words.with("settings.password-short", least));
    } else if PASSWORD_BYTES_MAX < new.len() {
        wrongs.new = Some(reader.words.say("settings.password-long"));
    }
    if wrongs.current.is_some() || wrongs.new.is_some() {
        let mut answer = settings(&reader, wrongs).await?;
        *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(answer);
    }
    let hashed = password::hash(new.to_owned()).await;
    let credential = Credential {
        password: hashed.ok_or(super::stop::Stop::Fault)?,
        changed_at: now,
    };
    app.store().set_credential(account, &credential).await?;
    // Whoever knew the old password is out.
    app.store()
        .end_other_sessions(account, &reader.session)
        .await?;
    Ok(Redirect::to("/settings?done=password-set").into_response())
}

/// Answers `POST /settings/sessions`: ends one session, or every one but this.
pub(super) async fn end_sessions(reader: Reader, posted: Posted) -> Answer {
    let store = reader.app().store();
    let account = reader.account();
    if let Some(session) = posted.some("session") {
        store.end_session(account, session).await?;
        return Ok(Redirect::to("/settings?done=session-ended").into_response());
    }
    store.end_other_sessions(account, &reader.session).await?;
    Ok(Redirect::to("/settings?done=sessions-ended").into_response())
}
