//! The statements of signing in; both databases understand the same.

use super::lists::{Fields, instant, list, owned, parsed};
use super::{At, Connection};
use crate::StoreError;
use crate::postgres::limited;
use crate::sign_in::{Credential, NewPasskey, NewSession, PasskeyRow, SessionRow};
use crate::store::timestamp;
use jiff::Timestamp;
use naru_domain::{AccountId, Sha256Hex};

/// Changes rows and says how many.
macro_rules! change {
    ($conn:expr, $text:expr, [$($bound:expr),*]) => {
        match $conn {
            Connection::Sqlite(conn) => {
                let done = sqlx::query($text)$(.bind($bound))*.execute(conn).await?;
                Ok(done.rows_affected())
            }
            Connection::Postgres(link) => {
                let conn = link.conn();
                let result = limited(async {
                    let done = sqlx::query($text)$(.bind($bound))*.execute(conn).await?;
                    Ok(done.rows_affected())
                })
                .await;
                link.note(result)
            }
        }
    };
}

fn credential(row: &impl Fields) -> Result<Credential, StoreError> {
    Ok(Credential {
        password: owned(row, "password")?,
        changed_at: instant(row, "changed_at_us")?,
    })
}

/// The password of an account.
pub(crate) async fn credential_of(
    at: impl Into<At<'_>>,
    account: AccountId,
) -> Result<Option<Credential>, StoreError> {
    let found: Result<Vec<_>, StoreError> = list!(
        at,
        "select password, changed_at_us from credential where account_id = $1",
        [account.to_string()],
        credential
    );
    Ok(found?.pop())
}

/// Sets the password of an account.
pub(crate) async fn set_credential(
    conn: &mut Connection,
    account: AccountId,
    credential: &Credential,
) -> Result<u64, StoreError> {
    change!(
        conn,
        "insert into credential (account_id, password, changed_at_us)
         values ($1, $2, $3)
         on conflict (account_id) do update
         set password = excluded.password, changed_at_us = excluded.changed_at_us",
        [
            account.to_string(),
            credential.password.as_str(),
            credential.changed_at.as_microsecond()
        ]
    )
}

fn session(row: &impl Fields) -> Result<SessionRow, StoreError> {
    Ok(SessionRow {
        session: owned(row, "session_id")?,
        account: parsed(row, "account_id")?,
        agent: owned(row, "agent")?,
        opened_at: instant(row, "opened_at_us")?,
        seen_at: instant(row, "seen_at_us")?,
        expires_at: instant(row, "expires_at_us")?,
        opened_by: parsed(row, "opened_by")?,
    })
}

/// The session whose secret has this hash.
pub(crate) async fn session_by_hash(
    at: impl Into<At<'_>>,
    secret_hash: &Sha256Hex,
) -> Result<Option<SessionRow>, StoreError> {
    let found: Result<Vec<_>, StoreError> = list!(
        at,
        "select session_id, account_id, agent, opened_at_us, seen_at_us, expires_at_us, opened_by
         from console_session
         where secret_hash = $1",
        [secret_hash.as_str()],
        session
    );
    Ok(found?.pop())
}

/// The sessions of an account, the newest first.
pub(crate) async fn sessions_of(
    at: impl Into<At<'_>>,
    account: AccountId,
) -> Result<Vec<SessionRow>, StoreError> {
    list!(
        at,
        "select session_id, account_id, agent, opened_at_us, seen_at_us, expires_at_us, opened_by
         from console_session
         where account_id = $1
         order by opened_at_us desc, session_id",
        [account.to_string()],
        session
    )
}

/// Keeps a session.
pub(crate) async fn open_session(
    conn: &mut Connection,
    new: &NewSession,
) -> Result<u64, StoreError> {
    change!(
        conn,
        "insert into console_session (secret_hash, session_id, account_id, agent, opened_at_us, seen_at_us, expires_at_us, opened_by)
         values ($1, $2, $3, $4, $5, $5, $6, $7)",
        [
            new.secret_hash.as_str(),
            new.session.as_str(),
            new.account.to_string(),
            new.agent.as_str(),
            new.opened_at.as_microsecond(),
            new.expires_at.as_microsecond(),
            new.opened_by.as_str()
        ]
    )
}

/// Notes that a session was used.
pub(crate) async fn see_session(
    conn: &mut Connection,
    secret_hash: &Sha256Hex,
    at: Timestamp,
) -> Result<u64, StoreError> {
    change!(
        conn,
        "update console_session set seen_at_us = $2 where secret_hash = $1",
        [secret_hash.as_str(), at.as_microsecond()]
    )
}

/// Ends one session of an account.
pub(crate) async fn end_session(
    conn: &mut Connection,
    account: AccountId,
    session: &str,
) -> Result<u64, StoreError> {
    change!(
        conn,
        "delete from console_session where account_id = $1 and session_id = $2",
        [account.to_string(), session]
    )
}

/// Ends every session of an account but one.
pub(crate) async fn end_other_sessions(
    conn: &mut Connection,
    account: AccountId,
    kept: &str,
) -> Result<u64, StoreError> {
    change!(
        conn,
        "delete from console_session where account_id = $1 and session_id <> $2",
        [account.to_string(), kept]
    )
}

fn passkey(row: &impl Fields) -> Result<PasskeyRow, StoreError> {
    Ok(PasskeyRow {
        passkey: owned(row, "passkey_id")?,
        label: owned(row, "label")?,
        credential: owned(row, "credential")?,
        added_at: instant(row, "added_at_us")?,
        used_at: row
            .number_if_any("used_at_us")?
            .map(timestamp)
            .transpose()?,
    })
}

/// The passkeys of an account, the oldest first.
pub(crate) async fn passkeys_of(
    at: impl Into<At<'_>>,
    account: AccountId,
) -> Result<Vec<PasskeyRow>, StoreError> {
    list!(
        at,
        "select passkey_id, label, credential, added_at_us, used_at_us
         from passkey
         where account_id = $1
         order by added_at_us, passkey_id",
        [account.to_string()],
        passkey
    )
}

/// Keeps a passkey, unless one with its id is there.
pub(crate) async fn add_passkey(
    conn: &mut Connection,
    new: &NewPasskey,
) -> Result<u64, StoreError> {
    change!(
        conn,
        "insert into passkey (passkey_id, account_id, label, credential, added_at_us)
         values ($1, $2, $3, $4, $5)
         on conflict (passkey_id) do nothing",
        [
            new.passkey.as_str(),
            new.account.to_string(),
            new.label.as_str(),
            new.credential.as_str(),
            new.added_at.as_microsecond()
        ]
    )
}

/// Notes that somebody signed in with a passkey.
pub(crate) async fn use_passkey(
    conn: &mut Connection,
    account: AccountId,
    passkey: &str,
    credential: &str,
    at: Timestamp,
) -> Result<u64, StoreError> {
    change!(
        conn,
        "update passkey set credential = $3, used_at_us = $4 where account_id = $1 and passkey_id = $2",
        [
            account.to_string(),
            passkey,
            credential,
            at.as_microsecond()
        ]
    )
}

/// Removes a passkey of an account.
pub(crate) async fn remove_passkey(
    conn: &mut Connection,
    account: AccountId,
    passkey: &str,
) -> Result<u64, StoreError> {
    change!(
        conn,
        "delete from passkey where account_id = $1 and passkey_id = $2",
        [account.to_string(), passkey]
    )
}

/// Forgets sessions that have ended by themselves.
pub(crate) async fn forget_sessions(
    conn: &mut Connection,
    expired_at: Timestamp,
    idle_since: Timestamp,
) -> Result<u64, StoreError> {
    change!(
        conn,
        "delete from console_session where expires_at_us <= $1 or seen_at_us <= $2",
        [expired_at.as_microsecond(), idle_since.as_microsecond()]
    )
}
