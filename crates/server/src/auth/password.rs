//! Passwords: Argon2id, a few at a time, and as slow for an address that nobody has as for one that somebody has.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use std::sync::LazyLock;
use tokio::sync::Semaphore;

/// The fewest characters of a password.
pub(crate) const PASSWORD_LENGTH_MIN: usize = 10;

/// The most bytes of a password; hashing more would be work for nothing.
pub(crate) const PASSWORD_BYTES_MAX: usize = 256;

/// Each computation takes 19 MiB and a core for some ten milliseconds, so only a few run at once.
static TURNS: Semaphore = Semaphore::const_new(4);

/// What is compared when there is no password to compare with.
static NOBODYS: LazyLock<Option<String>> = LazyLock::new(|| hashed("nobody has this password"));

fn argon2() -> Argon2<'static> {
    // OWASP's second choice of parameters: 19 MiB, two passes, one lane.
    let params = Params::new(19_456, 2, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hashed(password: &str) -> Option<String> {
    let hash = argon2().hash_password(password.as_bytes()).ok()?;
    Some(hash.to_string())
}

fn matches(password: &str, stored: &str) -> bool {
    let Ok(stored) = PasswordHash::new(stored) else {
        return false;
    };
    argon2()
        .verify_password(password.as_bytes(), &stored)
        .is_ok()
}

/// A password that nobody can guess, for somebody to sign in with and then change, and the text to store for it; nothing if it cannot be hashed.
pub async fn first_password() -> Option<(String, String)> {
    let secret: [u8; 10] = rand::random();
    let password = data_encoding::BASE32_NOPAD
        .encode(&secret)
        .to_ascii_lowercase();
    let stored = hash(password.clone()).await?;
    Some((password, stored))
}

/// The text to store for a password; nothing if it cannot be hashed.
pub(crate) async fn hash(password: String) -> Option<String> {
    let _turn = TURNS.acquire().await.ok()?;
    let hashed = tokio::task::spawn_blocking(move || hashed(&password)).await;
    hashed.ok().flatten()
}

/// Whether the password is the one stored. Without a stored one the answer is no, after the same work.
pub(crate) async fn verify(password: String, stored: Option<String>) -> bool {
    if PASSWORD_BYTES_MAX < password.len() {
        return false;
    }
    let Ok(_turn) = TURNS.acquire().await else {
        return false;
    };
    let verified = tokio::task::spawn_blocking(move || {
        if let Some(stored) = stored {
            return matches(&password, &stored);
        }
        let _ = NOBODYS
            .as_deref()
            .is_some_and(|nobodys| matches(&password, nobodys));
        false
    });
    verified.await.unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_first_password_is_long_enough_to_be_taken() {
        let (password, stored) = first_password().await.unwrap();
        assert!(PASSWORD_LENGTH_MIN <= password.len());
        assert!(verify(password, Some(stored)).await);
    }

    #[tokio::test]
    async fn only_the_same_password_matches_and_the_stored_text_names_its_cost() {
        let stored = hash("나루터에서 기다립니다".to_owned()).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let verified =
            |typed: &str, stored: Option<&String>| verify(typed.to_owned(), stored.cloned());
        assert!(verified("나루터에서 기다립니다", Some(&stored)).await);
        assert!(!verified("나루터에서 기다립니다.", Some(&stored)).await);
        assert!(!verified("", Some(&stored)).await);
        assert!(!verified("x", Some(&"garbage".to_owned())).await);
        assert!(!verified("nobody has this password", None).await);
        assert!(!verified(&"x".repeat(PASSWORD_BYTES_MAX + 1), Some(&stored)).await);
    }
}
