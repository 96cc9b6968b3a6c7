//! Who reads a page: somebody who is signed in.

use super::prefs::{Prefs, cookie};
use super::stop::Stop;
use crate::app::AppState;
use crate::auth::ConsoleSecret;
use crate::graphql::Viewer;
use crate::words::Phrases;
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use naru_domain::account::Account;
use naru_domain::organization::Organization;
use naru_domain::{AccountId, OrganizationId, Role};

/// The cookie with the session's secret where the address is secure; browsers keep such a name from being set by anybody else.
const SECURE_COOKIE: &str = "__Host-naru-session";
/// The same on a plain address, as on one's own machine.
const PLAIN_COOKIE: &str = "naru-session";

/// Somebody who is signed in and reads a page.
#[derive(Clone, Debug)]
pub(super) struct Reader {
    pub(super) viewer: Viewer,
    pub(super) prefs: Prefs,
    pub(super) words: Phrases,
    /// The name of the session they read with.
    pub(super) session: String,
    /// What their forms must bring along.
    pub(super) form_token: String,
    /// The page's own address.
    pub(super) path: String,
}

/// The secret of the session that a request brings.
pub(super) fn secret_of(headers: &HeaderMap) -> Option<ConsoleSecret> {
    let found = cookie(headers, SECURE_COOKIE).or_else(|| cookie(headers, PLAIN_COOKIE));
    found.and_then(ConsoleSecret::parse)
}

/// The cookie that keeps a secret, or that forgets it.
pub(super) fn session_cookie(app: &AppState, secret: Option<&ConsoleSecret>) -> String {
    let secure = app.base_url().starts_with("https://");
    let (name, more) = if secure {
        (SECURE_COOKIE, "; Secure")
    } else {
        (PLAIN_COOKIE, "")
    };
    let (value, age) = match secret {
        Some(secret) => (secret.reveal(), 7 * 24 * 3_600),
        None => ("", 0),
    };
    format!("{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{more}")
}

impl FromRequestParts<AppState> for Reader {
    type Rejection = Stop;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Stop> {
        let prefs = Prefs::of(&parts.headers);
        let path = parts
            .uri
            .path_and_query()
            .map_or("/", |path| path.as_str())
            .to_owned();
        // After signing in, a page is opened again; a form is not sent again, but its page is opened.
        let back = path.clone();
        let Some(secret) = secret_of(&parts.headers) else {
            return Err(Stop::SignIn(back));
        };
        let Some(signed_in) = app.signed_in(&secret).await? else {
            return Err(Stop::SignIn(back));
        };
        let locale = prefs.locale(Some(signed_in.session.locale));
        Ok(Self {
            viewer: Viewer {
                app: app.clone(),
                session: signed_in.session,
                locale,
            },
            prefs,
            words: Phrases(locale),
            session: signed_in.name,
            form_token: secret.form_token(),
            path,
        })
    }
}

impl Reader {
    /// The doors' common part.
    pub(super) fn app(&self) -> &AppState {
        &self.viewer.app
    }

    /// The reader's account.
    pub(super) fn account(&self) -> AccountId {
        self.viewer.session.account
    }

    /// How a person is called in the reader's language; empty for somebody who is not there.
    pub(super) async fn name_of(&self, account: AccountId) -> Result<String, Stop> {
        let Some(held) = self.viewer.load::<Account>(account).await? else {
            return Ok(String::new());
        };
        Ok(held.get()?.name_in(self.viewer.locale).as_str().to_owned())
    }

    /// How an organization is called in the reader's language; empty for one that is not there.
    pub(super) async fn organization_name(&self, id: OrganizationId) -> Result<String, Stop> {
        let Some(held) = self.viewer.load::<Organization>(id).await? else {
            return Ok(String::new());
        };
        let name = held.get()?.name.in_locale(self.viewer.locale);
        Ok(name.as_str().to_owned())
    }

    /// Whether the reader holds one of these roles anywhere.
    pub(super) fn is_any(&self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.viewer.holds_anywhere(*role))
    }

    /// How a role is called.
    pub(super) fn role_name(&self, role: Role) -> String {
        role_name(self.words, role)
    }
}

/// How a role is called.
pub(super) fn role_name(words: Phrases, role: Role) -> String {
    words.say(&format!("role.{}", role.as_str().replace('_', "-")))
}

/// The sign in a person's portrait: the family name in Hangul, initials in Latin.
pub(super) fn face(name: &str) -> String {
    let latin = name.starts_with(|c: char| c.is_ascii_alphabetic());
    if latin {
        name.split_whitespace()
            .take(2)
            .filter_map(|part| part.chars().next())
            .collect()
    } else {
        name.chars().take(1).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use naru_domain::Locale;

    #[test]
    fn every_role_has_a_name_in_both_languages() {
        for role in Role::ALL {
            for locale in [Locale::Ko, Locale::En] {
                let name = role_name(Phrases(locale), *role);
                assert!(!name.contains(crate::words::MISSING), "{name}");
            }
        }
    }

    #[test]
    fn a_portrait_shows_the_family_name_or_initials() {
        assert_eq!(face("한서윤"), "한");
        assert_eq!(face("Daniel Reed"), "DR");
        assert_eq!(face(""), "");
    }
}
