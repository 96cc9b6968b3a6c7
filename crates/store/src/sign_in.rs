//! Who may sign in to the console, and who is signed in. Not part of the record: nothing here is made of events, and `reindex` leaves it alone.

use crate::database::sign_in as sql;
use crate::{Store, StoreError};
use jiff::Timestamp;
use naru_domain::{AccountId, Sha256Hex};

/// The password of an account, as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    /// The Argon2id hash in its usual text form, with salt and cost.
    pub password: String,
    /// When it was set.
    pub changed_at: Timestamp,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential")
            .field("changed_at", &self.changed_at)
            .finish_non_exhaustive()
    }
}

/// How somebody signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInWay {
    /// By their password.
    Password,
    /// By a link in a letter.
    MailLink,
    /// By a passkey.
    Passkey,
    /// As one of the people of a playground.
    Visit,
}

impl SignInWay {
    const ALL: [Self; 4] = [Self::Password, Self::MailLink, Self::Passkey, Self::Visit];

    /// The word that is stored.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::MailLink => "mail_link",
            Self::Passkey => "passkey",
            Self::Visit => "visit",
        }
    }
}

impl std::str::FromStr for SignInWay {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut all = Self::ALL.into_iter();
        all.find(|way| way.as_str() == text)
            .ok_or_else(|| format!("`{text}` is no way to sign in"))
    }
}

/// A session to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSession {
    /// The hash of its secret.
    pub secret_hash: Sha256Hex,
    /// The name under which it is listed and ended; opens nothing.
    pub session: String,
    /// Who signed in.
    pub account: AccountId,
    /// What the browser says it is, so that people know their sessions apart.
    pub agent: String,
    /// When.
    pub opened_at: Timestamp,
    /// When it ends, however much it is used.
    pub expires_at: Timestamp,
    /// How they signed in.
    pub opened_by: SignInWay,
}

/// A session in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// The name under which it is listed and ended.
    pub session: String,
    /// Who signed in.
    pub account: AccountId,
    /// What the browser said it is.
    pub agent: String,
    /// When.
    pub opened_at: Timestamp,
    /// When it was last used, give or take a few minutes.
    pub seen_at: Timestamp,
    /// When it ends, however much it is used.
    pub expires_at: Timestamp,
    /// How they signed in.
    pub opened_by: SignInWay,
}

/// A passkey to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPasskey {
    /// Its device's own id of it.
    pub passkey: String,
    /// Whose it is.
    pub account: AccountId,
    /// What its owner calls it.
    pub label: String,
    /// What its proofs are checked with, as JSON.
    pub credential: String,
    /// When it was added.
    pub added_at: Timestamp,
}

/// A passkey in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyRow {
    /// Its device's own id of it.
    pub passkey: String,
    /// What its owner calls it.
    pub label: String,
    /// What its proofs are checked with, as JSON.
    pub credential: String,
    /// When it was added.
    pub added_at: Timestamp,
    /// When somebody last signed in with it.
    pub used_at: Option<Timestamp>,
}

/// Runs one statement in a transaction of its own.
macro_rules! written {
    ($store:ident, $name:ident($($argument:expr),*)) => {{
        let mut writer = $store.writer().await?;
        let conn = writer.begin().await;
        let result = match conn {
            Ok(conn) => sql::$name(conn, $($argument),*).await,
            Err(error) => Err(error),
        };
        let result = writer.finish(result).await;
        $store.note_write(&result);
        result
    }};
}

impl Store {
    /// The password of an account, if it has one.
    pub async fn credential_of(
        &self,
        account: AccountId,
    ) -> Result<Option<Credential>, StoreError> {
        sql::credential_of(self.readers(), account).await
    }

    /// Sets the password of an account.
    pub async fn set_credential(
        &self,
        account: AccountId,
        credential: &Credential,
    ) -> Result<(), StoreError> {
        written!(self, set_credential(account, credential)).map(drop)
    }

    /// The session whose secret has this hash; whether it has ended by itself is for the caller to compare.
    pub async fn session_by_hash(
        &self,
        secret_hash: &Sha256Hex,
    ) -> Result<Option<SessionRow>, StoreError> {
        sql::session_by_hash(self.readers(), secret_hash).await
    }

    /// The sessions of an account, the newest first.
    pub async fn sessions_of(&self, account: AccountId) -> Result<Vec<SessionRow>, StoreError> {
        sql::sessions_of(self.readers(), account).await
    }

    /// Keeps a session.
    pub async fn open_session(&self, new: &NewSession) -> Result<(), StoreError> {
        written!(self, open_session(new)).map(drop)
    }

    /// Notes that a session was used.
    pub async fn see_session(
        &self,
        secret_hash: &Sha256Hex,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        written!(self, see_session(secret_hash, at)).map(drop)
    }

    /// Ends one session of an account; whether there was one.
    pub async fn end_session(&self, account: AccountId, session: &str) -> Result<bool, StoreError> {
        written!(self, end_session(account, session)).map(|ended| 0 < ended)
    }

    /// Ends every session of an account but one, and says how many.
    pub async fn end_other_sessions(
        &self,
        account: AccountId,
        kept: &str,
    ) -> Result<u64, StoreError> {
        written!(self, end_other_sessions(account, kept))
    }

    /// The passkeys of an account, the oldest first.
    pub async fn passkeys_of(&self, account: AccountId) -> Result<Vec<PasskeyRow>, StoreError> {
        sql::passkeys_of(self.readers(), account).await
    }

    /// Keeps a passkey, unless one with its id is there; whether it was new.
    pub async fn add_passkey(&self, new: &NewPasskey) -> Result<bool, StoreError> {
        written!(self, add_passkey(new)).map(|added| 0 < added)
    }

    /// Notes that somebody signed in with a passkey, and what its proofs are checked with from now on; whether it is still there.
    pub async fn use_passkey(
        &self,
        account: AccountId,
        passkey: &str,
        credential: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        written!(self, use_passkey(account, passkey, credential, at)).map(|used| 0 < used)
    }

    /// Removes a passkey of an account; whether there was one.
    pub async fn remove_passkey(
        &self,
        account: AccountId,
        passkey: &str,
    ) -> Result<bool, StoreError> {
        written!(self, remove_passkey(account, passkey)).map(|removed| 0 < removed)
    }

    /// Forgets sessions that ended before one instant or were last used before another, and says how many.
    pub async fn forget_sessions(
        &self,
        expired_at: Timestamp,
        idle_since: Timestamp,
    ) -> Result<u64, StoreError> {
        written!(self, forget_sessions(expired_at, idle_since))
    }
}
