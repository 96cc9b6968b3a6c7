//! The text of API tokens: `naru_` and 32 random bytes in Base32. Only its SHA-256 is ever stored.

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use naru_domain::Sha256Hex;
use sha2::{Digest, Sha256};
use std::fmt;

const PREFIX: &str = "naru_";
const SECRET_LENGTH: usize = 52;

/// A token as its holder sees it, once.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenSecret(String);

impl fmt::Debug for TokenSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenSecret(…)")
    }
}

impl TokenSecret {
    /// A new token that nobody can guess.
    pub fn mint() -> Self {
        let secret: [u8; 32] = rand::random();
        Self(format!(
            "{PREFIX}{}",
            BASE32_NOPAD.encode(&secret).to_ascii_lowercase()
        ))
    }

    /// The token that this text is, if it has the form of one.
    pub fn parse(text: &str) -> Option<Self> {
        let secret = text.strip_prefix(PREFIX)?;
        let good = secret.len() == SECRET_LENGTH
            && secret
                .bytes()
                .all(|b| b.is_ascii_lowercase() || (b'2'..=b'7').contains(&b));
        good.then(|| Self(text.to_owned()))
    }

    /// The text to show once to whoever asked for the token.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored.
    pub fn hash(&self) -> Option<Sha256Hex> {
        HEXLOWER
            .encode(&Sha256::digest(self.0.as_bytes()))
            .parse()
            .ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minted_token_parses_back_and_no_two_are_alike() {
        let token = TokenSecret::mint();
        assert_eq!(TokenSecret::parse(token.reveal()), Some(token.clone()));
        assert_ne!(TokenSecret::mint(), token);
        assert_eq!(format!("{token:?}"), "TokenSecret(…)");
        assert!(token.hash().is_some());
    }

    #[test]
    fn text_of_another_form_is_no_token() {
        for text in [
            "",
            "naru_",
            "naru_short",
            &"naru_A".repeat(10),
            &format!("naru_{}", "1".repeat(52)),
            &format!("other_{}", "a".repeat(52)),
        ] {
            assert_eq!(TokenSecret::parse(text), None, "{text}");
        }
    }
}
