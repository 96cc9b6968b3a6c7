//! Who a token stands for, at this moment.

use super::TokenSecret;
use crate::app::AppState;
use crate::fault::Fault;
use jiff::{SignedDuration, Timestamp};
use naru_domain::account::Scope;
use naru_domain::{AccountId, Actor, Channel, Locale, Membership, Sha256Hex, State, TokenId, Who};
use quick_cache::sync::Cache;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// How long memberships are taken as they were; a role taken away counts at once, a role given counts after this at the latest.
const MEMBERSHIPS_LIFE: SignedDuration = SignedDuration::from_secs(2);

/// How many sessions are kept.
const SESSIONS_KEPT: usize = 10_000;

/// A person with a token, as they may act now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The person.
    pub account: AccountId,
    /// The token.
    pub token: TokenId,
    /// The hash of its secret.
    pub secret_hash: Sha256Hex,
    /// What the token may be used for.
    pub scopes: BTreeSet<Scope>,
    /// When the token ends by itself.
    pub expires_at: Timestamp,
    /// The person's language.
    pub locale: Locale,
    /// The person as commands name them.
    pub actor: Actor,
    /// When the memberships were read.
    pub(super) read_at: Timestamp,
}

/// The sessions seen last.
pub(crate) struct Sessions {
    cache: Cache<String, Arc<Session>>,
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").finish_non_exhaustive()
    }
}

impl Sessions {
    /// No session yet.
    pub(crate) fn new() -> Self {
        Self {
            cache: Cache::new(SESSIONS_KEPT),
        }
    }
}

impl AppState {
    /// The session that a bearer token opens, if it is a good one now.
    pub(crate) async fn session(&self, bearer: &str) -> Result<Option<Arc<Session>>, Fault> {
        let Some(hash) = TokenSecret::parse(bearer).and_then(|secret| secret.hash()) else {
            return Ok(None);
        };
        self.session_by_hash(&hash).await
    }

    /// The session of the token with this hash, if it is a good one now.
    pub(crate) async fn session_by_hash(
        &self,
        hash: &Sha256Hex,
    ) -> Result<Option<Arc<Session>>, Fault> {
        let now = self.clock().now();
        if let Some(known) = self.sessions().cache.get(hash.as_str())
            && now.duration_since(known.read_at) < MEMBERSHIPS_LIFE
            && self.still_holds(&known, now).await?
        {
            return Ok(Some(known));
        }
        let Some(account) = self
            .store()
            .token_by_hash(hash)
            .await?
            .map(|row| row.account)
        else {
            self.sessions().cache.remove(hash.as_str());
            return Ok(None);
        };
        let memberships = self.store().memberships_of(account).await?;
        let session = self.open_session(account, hash, memberships, now).await?;
        match &session {
            Some(session) => self
                .sessions()
                .cache
                .insert(hash.as_str().to_owned(), Arc::clone(session)),
            None => {
                self.sessions().cache.remove(hash.as_str());
            }
        }
        Ok(session)
    }

    async fn open_session(
        &self,
        id: AccountId,
        hash: &Sha256Hex,
        memberships: Vec<Membership>,
        now: Timestamp,
    ) -> Result<Option<Arc<Session>>, Fault> {
        let Some(loaded) = self.store().load(id.into()).await? else {
            return Ok(None);
        };
        let State::Account(account) = &loaded.state else {
            return Ok(None);
        };
        let Some(token) = account.live_token(hash, now).filter(|_| account.is_open()) else {
            return Ok(None);
        };
        Ok(Some(Arc::new(Session {
            account: id,
            token: token.id,
            secret_hash: hash.clone(),
            scopes: token.scopes.clone(),
            expires_at: token.expires_at,
            locale: account.locale,
            actor: Actor {
                who: Who::Account(id),
                memberships,
                on_behalf_of: None,
                channel: Channel::Api,
            },
            read_at: now,
        })))
    }

    /// Whether a session that was kept is as good as it was: the token is live, and every role in it is still held. Both are in memory.
    async fn still_holds(&self, session: &Session, now: Timestamp) -> Result<bool, Fault> {
        let Some(loaded) = self.store().load(session.account.into()).await? else {
            return Ok(false);
        };
        let live = match &loaded.state {
            State::Account(account) => {
                account.is_open()
                    && account.locale == session.locale
                    && account
                        .tokens
                        .get(&session.token)
                        .is_some_and(|token| token.is_live(now))
            }
            State::Organization(_)
            | State::Device(_)
            | State::Case(_)
            | State::Study(_)
            | State::FeedbackRound(_)
            | State::Consultation(_) => false,
        };
        if !live {
            return Ok(false);
        }
        for membership in &session.actor.memberships {
            let Some(loaded) = self.store().load(membership.organization.into()).await? else {
                return Ok(false);
            };
            let held = match &loaded.state {
                State::Organization(organization) => organization
                    .roles_of(session.account)
                    .any(|role| role == membership.role),
                State::Account(_)
                | State::Device(_)
                | State::Case(_)
                | State::Study(_)
                | State::FeedbackRound(_)
                | State::Consultation(_) => false,
            };
            if !held {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
