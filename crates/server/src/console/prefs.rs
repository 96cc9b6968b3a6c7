//! The reader's language and theme, kept in cookies so that they hold before signing in.

use super::address::onward;
use super::posted::is_from_elsewhere;
use super::stop::Stop;
use crate::http::language;
use crate::words::Phrases;
use axum::extract::Form;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use naru_domain::Locale;
use serde::Deserialize;

const LANGUAGE: &str = "naru-language";
const THEME: &str = "naru-theme";

/// Light or dark, or as the machine is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub(super) const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == text)
    }
}

/// What the reader chose, and what the browser prefers where they did not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Prefs {
    chosen: Option<Locale>,
    preferred: Option<Locale>,
    pub(super) theme: Theme,
}

fn locale(tag: &str) -> Option<Locale> {
    match tag {
        "ko" => Some(Locale::Ko),
        "en" => Some(Locale::En),
        _ => None,
    }
}

impl Prefs {
    /// The preferences that a request says.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let accepted = headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok());
        Self {
            chosen: cookie(headers, LANGUAGE).and_then(locale),
            preferred: accepted.and_then(language),
            theme: cookie(headers, THEME)
                .and_then(Theme::parse)
                .unwrap_or_default(),
        }
    }

    /// The language: what was chosen, else that of the account, else what the browser prefers.
    pub(super) fn locale(self, account: Option<Locale>) -> Locale {
        self.chosen
            .or(account)
            .or(self.preferred)
            .unwrap_or(Locale::Ko)
    }

    /// The same for somebody whose account has this language.
    pub(super) fn of_account(self, locale: Locale) -> Self {
        Self {
            preferred: Some(locale),
            ..self
        }
    }

    /// The words for somebody who is not signed in.
    pub(super) fn words(self) -> Phrases {
        Phrases(self.locale(None))
    }
}

/// A cookie of the request.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).iter();
    all.filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(found, value)| (found == name).then_some(value))
}

/// What the form says.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Choice {
    #[serde(default)]
    language: String,
    #[serde(default)]
    theme: String,
    #[serde(default)]
    back: String,
}

/// Answers `POST /preferences`: keeps the choice and goes back.
pub(super) async fn choose(
    headers: HeaderMap,
    Form(choice): Form<Choice>,
) -> Result<Response, Stop> {
    if is_from_elsewhere(&headers) {
        return Err(Stop::Foreign);
    }
    let mut response = Redirect::to(onward(&choice.back)).into_response();
    let kept = [
        locale(&choice.language).map(|locale| (LANGUAGE, Phrases(locale).language())),
        Theme::parse(&choice.theme).map(|theme| (THEME, theme.as_str())),
    ];
    for (name, value) in kept.into_iter().flatten() {
        keep(&mut response, name, value);
    }
    Ok(response)
}

/// Keeps the language that a page was read in.
pub(super) fn keep_language(response: &mut Response, locale: Locale) {
    keep(response, LANGUAGE, Phrases(locale).language());
}

fn keep(response: &mut Response, name: &str, value: &str) {
    let cookie = format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}
