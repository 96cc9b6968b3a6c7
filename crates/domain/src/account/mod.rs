//! A person's account: how they are called and addressed, and the API tokens that act in their name.
//!
//! A token's secret never comes here, only its SHA-256.

use crate::{
    AccountId, Aggregate, AggregateId, BrokenHistory, CommonRejection, Context, Effect,
    EmailAddress, Locale, LongText, PersonName, Rejection, Sha256Hex, ShortText, SignInLinkId,
    TokenId, Who,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

mod link;
mod vocabulary;

#[cfg(test)]
mod tests;

pub use link::{LIVE_LINKS_MAX, LinkState, SIGN_IN_LINK_LIFE, SignInLink};
pub use vocabulary::{AccountCommand, AccountEvent, AccountRejection};

/// The longest life of a token.
pub const TOKEN_LIFE_DAYS_MAX: i64 = 366;

/// The most tokens of one account that may be live at once.
pub const LIVE_TOKENS_MAX: usize = 20;

/// What a token may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Reading what its account may read.
    Read,
    /// Everything its account may do in its daily work.
    Write,
    /// Managing members, tokens and the installation, where its account may.
    Admin,
}

impl Scope {
    /// Every scope.
    pub const ALL: &'static [Self] = &[Self::Read, Self::Write, Self::Admin];

    /// The word used in policies and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }
}

/// An API token, known by the hash of its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// The hash of its secret.
    pub secret_hash: Sha256Hex,
    /// What its owner calls it.
    pub label: ShortText,
    /// What it may be used for.
    pub scopes: BTreeSet<Scope>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// Whether it was revoked.
    pub revoked: bool,
}

impl Token {
    /// Whether it may be used at that moment.
    pub fn is_live(&self, now: Timestamp) -> bool {
        !self.revoked && now < self.expires_at
    }
}

/// A person's account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Where letters go.
    pub email: EmailAddress,
    /// How the person is called.
    pub name: PersonName,
    /// The same in the other script, for letters and reports in English.
    pub name_en: Option<PersonName>,
    /// The language of screens and letters.
    pub locale: Locale,
    /// Every token ever issued.
    pub tokens: BTreeMap<TokenId, Token>,
    /// The sign-in links of the last day.
    pub sign_in_links: BTreeMap<SignInLinkId, SignInLink>,
    /// Why it was closed, if it was.
    pub closed: Option<LongText>,
}

impl Account {
    /// The token with this secret's hash, if it may be used at that moment.
    pub fn live_token(&self, secret_hash: &Sha256Hex, now: Timestamp) -> Option<&Token> {
        self.tokens
            .values()
            .find(|token| token.secret_hash == *secret_hash && token.is_live(now))
    }

    /// The name for a reader of that language.
    pub fn name_in(&self, locale: Locale) -> &PersonName {
        match (locale, &self.name_en) {
            (Locale::En, Some(name)) => name,
            (Locale::En, None) | (Locale::Ko, _) => &self.name,
        }
    }

    /// Whether it can still be used.
    pub fn is_open(&self) -> bool {
        self.closed.is_none()
    }
}

impl Aggregate for Account {
    type Command = AccountCommand;
    type Event = AccountEvent;
    type Rejection = Rejection;

    fn decide(
        state: Option<&Self>,
        command: &AccountCommand,
        context: &Context<'_>,
    ) -> Result<Vec<AccountEvent>, Rejection> {
        let account = match (state, command) {
            (None, AccountCommand::Open { .. }) => return open(command, context),
            (Some(_), AccountCommand::Open { .. }) => {
                return Err(CommonRejection::AlreadyExists.into());
            }
            (None, _) => return Err(CommonRejection::NotFound.into()),
            (Some(account), _) => account,
        };
        account.may_be_changed_by(command, context)?;
        match command {
            AccountCommand::Open { .. } | AccountCommand::Wake => Ok(Vec::new()),
            AccountCommand::Rename { name, name_en } => Ok(account.rename(name, name_en.as_ref())),
            AccountCommand::ChangeLocale { locale } => Ok(account.change_locale(*locale)),
            AccountCommand::IssueToken { .. } => account.issue_token(command, context),
            AccountCommand::RevokeToken { token } => account.revoke_token(*token),
            AccountCommand::RequestSignInLink => account.request_link(context),
            AccountCommand::UseSignInLink { link } => account.use_link(*link, context),
            AccountCommand::Close { reason } => Ok(vec![AccountEvent::Closed {
                reason: reason.clone(),
            }]),
        }
    }

    fn evolve(state: Option<Self>, event: &AccountEvent) -> Result<Self, BrokenHistory> {
        match (state, event) {
            (
                None,
                AccountEvent::Opened {
                    account,
                    email,
                    name,
                    name_en,
                    locale,
                },
            ) => Ok(Self {
                id: *account,
                email: email.clone(),
                name: name.clone(),
                name_en: name_en.clone(),
                locale: *locale,
                tokens: BTreeMap::new(),
                sign_in_links: BTreeMap::new(),
                closed: None,
            }),
            (None, event) => Err(BrokenHistory::new(None, format!("{event:?}"))),
            (Some(account), event) => account.after(event),
        }
    }

    fn effects(&self, event: &AccountEvent) -> Vec<Effect> {
        match event {
            AccountEvent::SignInLinkRequested { link, .. } => vec![self.sign_in_letter(*link)],
            AccountEvent::Opened { .. }
            | AccountEvent::Renamed { .. }
            | AccountEvent::LocaleChanged { .. }
            | AccountEvent::TokenIssued { .. }
            | AccountEvent::TokenRevoked { .. }
            | AccountEvent::SignInLinkUsed { .. }
            | AccountEvent::Closed { .. } => Vec::new(),
        }
    }

    fn next_wakeup(&self) -> Option<Timestamp> {
        None
    }
}

fn open(command: &AccountCommand, context: &Context<'_>) -> Result<Vec<AccountEvent>, Rejection> {
    let AggregateId::Account(account) = context.aggregate else {
        return Err(CommonRejection::NotFound.into());
    };
    let AccountCommand::Open {
        email,
        name,
        name_en,
        locale,
    } = command
    else {
        return Err(CommonRejection::NotFound.into());
    };
    match context.actor.who {
        Who::Account(_) | Who::Machine => Ok(vec![AccountEvent::Opened {
            account,
            email: email.clone(),
            name: name.clone(),
            name_en: name_en.clone(),
            locale: *locale,
        }]),
        Who::Guest(_) | Who::Candidate(_) | Who::Clock | Who::Message(_) => {
            Err(CommonRejection::NotAllowed.into())
        }
    }
}

impl Account {
    /// An account is changed by its person or by the operator, and only while it is open.
    fn may_be_changed_by(
        &self,
        command: &AccountCommand,
        context: &Context<'_>,
    ) -> Result<(), Rejection> {
        let actor = context.actor;
        if matches!(command, AccountCommand::Wake) {
            return match actor.who {
                Who::Clock => Ok(()),
                Who::Account(_)
                | Who::Guest(_)
                | Who::Candidate(_)
                | Who::Message(_)
                | Who::Machine => Err(CommonRejection::NotAllowed.into()),
            };
        }
        if actor.account() != Some(self.id) && !actor.is_operator() {
            return Err(CommonRejection::NotAllowed.into());
        }
        if self.is_open() {
            Ok(())
        } else {
            Err(AccountRejection::AccountClosed.into())
        }
    }

    fn rename(&self, name: &PersonName, name_en: Option<&PersonName>) -> Vec<AccountEvent> {
        if self.name == *name && self.name_en.as_ref() == name_en {
            return Vec::new();
        }
        vec![AccountEvent::Renamed {
            name: name.clone(),
            name_en: name_en.cloned(),
        }]
    }

    fn change_locale(&self, locale: Locale) -> Vec<AccountEvent> {
        if self.locale == locale {
            return Vec::new();
        }
        vec![AccountEvent::LocaleChanged { locale }]
    }

    fn issue_token(
        &self,
        command: &AccountCommand,
        context: &Context<'_>,
    ) -> Result<Vec<AccountEvent>, Rejection> {
        let AccountCommand::IssueToken {
            token,
            secret_hash,
            label,
            scopes,
            expires_at,
        } = command
        else {
            return Ok(Vec::new());
        };
        let now = context.now;
        if *expires_at <= now {
            return Err(AccountRejection::TokenExpiryPast.into());
        }
        if expires_at.duration_since(now) > SignedDuration::from_hours(24 * TOKEN_LIFE_DAYS_MAX) {
            let days_max = TOKEN_LIFE_DAYS_MAX;
            return Err(AccountRejection::TokenExpiryTooFar { days_max }.into());
        }
        if scopes.is_empty() {
            return Err(AccountRejection::TokenScopesEmpty.into());
        }
        // A secret that was revoked once must never open the door again.
        let reused = |known: &Token| known.id == *token || known.secret_hash == *secret_hash;
        if self.tokens.values().any(reused) {
            return Err(AccountRejection::TokenReused.into());
        }
        if self.tokens.values().filter(|t| t.is_live(now)).count() >= LIVE_TOKENS_MAX {
            let tokens_max = LIVE_TOKENS_MAX;
            return Err(AccountRejection::TooManyTokens { tokens_max }.into());
        }
        Ok(vec![AccountEvent::TokenIssued {
            token: *token,
            secret_hash: secret_hash.clone(),
            label: label.clone(),
            scopes: scopes.clone(),
            issued_at: now,
            expires_at: *expires_at,
        }])
    }

    fn revoke_token(&self, token: TokenId) -> Result<Vec<AccountEvent>, Rejection> {
        match self.tokens.get(&token) {
            None => Err(AccountRejection::TokenUnknown.into()),
            Some(known) if known.revoked => Ok(Vec::new()),
            Some(_) => Ok(vec![AccountEvent::TokenRevoked { token }]),
        }
    }

    fn after(mut self, event: &AccountEvent) -> Result<Self, BrokenHistory> {
        let id = AggregateId::from(self.id);
        let broken = || BrokenHistory::new(id, format!("{event:?}"));
        if !self.is_open() {
            return Err(broken());
        }
        match event {
            AccountEvent::Opened { .. } => return Err(broken()),
            AccountEvent::Renamed { name, name_en } => {
                self.name = name.clone();
                self.name_en.clone_from(name_en);
            }
            AccountEvent::LocaleChanged { locale } => self.locale = *locale,
            AccountEvent::TokenIssued {
                token,
                secret_hash,
                label,
                scopes,
                issued_at,
                expires_at,
            } => {
                let issued = Token {
                    id: *token,
                    secret_hash: secret_hash.clone(),
                    label: label.clone(),
                    scopes: scopes.clone(),
                    issued_at: *issued_at,
                    expires_at: *expires_at,
                    revoked: false,
                };
                if self.tokens.insert(*token, issued).is_some() {
                    return Err(broken());
                }
            }
            AccountEvent::TokenRevoked { token } => match self.tokens.get_mut(token) {
                Some(known) => known.revoked = true,
                None => return Err(broken()),
            },
            AccountEvent::SignInLinkRequested {
                link,
                requested_at,
                expires_at,
            } => {
                if !self.add_link(*link, *requested_at, *expires_at) {
                    return Err(broken());
                }
            }
            AccountEvent::SignInLinkUsed { link } => match self.sign_in_links.get_mut(link) {
                Some(known) => known.used = true,
                None => return Err(broken()),
            },
            AccountEvent::Closed { reason } => {
                self.closed = Some(reason.clone());
                for token in self.tokens.values_mut() {
                    token.revoked = true;
                }
            }
        }
        Ok(self)
    }
}
