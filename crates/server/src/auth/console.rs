//! The console's sessions: who is signed in with a browser. A session is known by the hash of a random secret, ends when it is idle or old,
//! and can be listed and ended by its person.

use super::Session;
use crate::app::AppState;
use crate::fault::Fault;
use data_encoding::{BASE32_NOPAD, HEXLOWER};
use jiff::{SignedDuration, Timestamp};
use naru_domain::account::Scope;
use naru_domain::{AccountId, Actor, Channel, Sha256Hex, State, TokenId, TypedId, Who};
use naru_store::{NewSession, SignInWay, Store};
use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::Arc;

/// A session that was not used for so long has ended.
const IDLE_MAX: SignedDuration = SignedDuration::from_hours(12);

/// A session ends after so long, however much it is used.
const LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How exactly it is noted when a session was used last.
const SEEN_EVERY: SignedDuration = SignedDuration::from_mins(5);

/// The longest name of a browser that is kept.
const AGENT_CHARS_MAX: usize = 200;

const SECRET_LENGTH: usize = 52;

/// The secret of a session, as the browser keeps it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ConsoleSecret(String);

impl fmt::Debug for ConsoleSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConsoleSecret(…)")
    }
}

impl ConsoleSecret {
    /// A new secret that nobody can guess.
    pub(crate) fn mint() -> Self {
        let secret: [u8; 32] = rand::random();
        Self(BASE32_NOPAD.encode(&secret).to_ascii_lowercase())
    }

    /// The secret that this text is, if it has the form of one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let good = text.len() == SECRET_LENGTH
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || (b'2'..=b'7').contains(&b));
        good.then(|| Self(text.to_owned()))
    }

    /// The text to give to the browser.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored.
    fn hash(&self) -> Sha256Hex {
        Sha256Hex::of(self.0.as_bytes())
    }

    /// What forms must bring along: another site that makes a browser send the cookie cannot know it.
    pub(crate) fn form_token(&self) -> String {
        let digest = Sha256::new()
            .chain_update(b"naru console form 1")
            .chain_update(self.0.as_bytes())
            .finalize();
        HEXLOWER.encode(&digest).chars().take(32).collect()
    }
}

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub(crate) struct SignedIn {
    /// The person, as they may act now.
    pub(crate) session: Arc<Session>,
    /// The name under which the session is listed.
    pub(crate) name: String,
}

/// A session, and when it was last used.
#[derive(Clone, Debug)]
pub(crate) struct FoundSession {
    pub(crate) signed_in: SignedIn,
    seen_at: Timestamp,
}

impl AppState {
    /// Signs a person in and gives the secret to keep in the browser.
    pub(crate) async fn sign_in(
        &self,
        account: AccountId,
        agent: &str,
        opened_by: SignInWay,
    ) -> Result<ConsoleSecret, Fault> {
        let secret = ConsoleSecret::mint();
        let now = self.clock().now();
        let new = NewSession {
            secret_hash: secret.hash(),
            session: uuid::Uuid::now_v7().simple().to_string(),
            account,
            agent: agent.chars().take(AGENT_CHARS_MAX).collect(),
            opened_at: now,
            expires_at: now + LIFE,
            opened_by,
        };
        self.store().open_session(&new).await?;
        Ok(secret)
    }

    /// Who is signed in with this secret, if anybody is now. It counts as using the session.
    pub(crate) async fn signed_in(
        &self,
        secret: &ConsoleSecret,
    ) -> Result<Option<SignedIn>, Fault> {
        let now = self.clock().now();
        let hash = secret.hash();
        let Some(found) = self.console_session(&hash).await? else {
            return Ok(None);
        };
        if SEEN_EVERY <= now.duration_since(found.seen_at) {
            self.store().see_session(&hash, now).await?;
        }
        Ok(Some(found.signed_in))
    }

    /// The session with this hash, if it is a good one now.
    pub(crate) async fn console_session(
        &self,
        hash: &Sha256Hex,
    ) -> Result<Option<FoundSession>, Fault> {
        let now = self.clock().now();
        let hash = hash.clone();
        let Some(row) = self.store().session_by_hash(&hash).await? else {
            return Ok(None);
        };
        if row.expires_at <= now || IDLE_MAX <= now.duration_since(row.seen_at) {
            return Ok(None);
        }
        let Some(loaded) = self.store().load(row.account.into()).await? else {
            return Ok(None);
        };
        let State::Account(account) = &loaded.state else {
            return Ok(None);
        };
        if !account.is_open() {
            return Ok(None);
        }
        let session = Session {
            account: row.account,
            token: TokenId::from_uuid(row.session.parse().unwrap_or_default()),
            secret_hash: hash,
            scopes: Scope::ALL.iter().copied().collect(),
            expires_at: row.expires_at,
            locale: account.locale,
            actor: Actor {
                who: Who::Account(row.account),
                memberships: self.store().memberships_of(row.account).await?,
                on_behalf_of: None,
                channel: Channel::Console,
            },
            read_at: now,
        };
        Ok(Some(FoundSession {
            seen_at: row.seen_at,
            signed_in: SignedIn {
                session: Arc::new(session),
                name: row.session,
            },
        }))
    }
}

/// Forgets sessions that have ended by themselves.
pub(crate) async fn forget_sessions(store: &Store, now: Timestamp) {
    if let Err(problem) = store.forget_sessions(now, now - IDLE_MAX).await {
        tracing::debug!(%problem, "sessions that have ended are kept a little longer");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_parses_back_and_shows_itself_nowhere() {
        let secret = ConsoleSecret::mint();
        assert_eq!(ConsoleSecret::parse(secret.reveal()), Some(secret.clone()));
        assert_ne!(ConsoleSecret::mint(), secret);
        assert_eq!(format!("{secret:?}"), "ConsoleSecret(…)");
        assert_eq!(secret.form_token().len(), 32);
        assert!(!secret.reveal().contains(&secret.form_token()));
        for text in ["", "short", &"A".repeat(52), &"1".repeat(52)] {
            assert_eq!(ConsoleSecret::parse(text), None, "{text}");
        }
    }
}
