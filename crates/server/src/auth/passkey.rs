//! Passkeys: keys in people's own devices. The device proves that it holds the key and that its owner unlocked it; the password stays at home.
//!
//! What the server remembers between its challenge and the device's answer is kept in memory, is good for one answer and for a few minutes.

use data_encoding::HEXLOWER;
use jiff::{SignedDuration, Timestamp};
use naru_domain::{AccountId, TypedId};
use serde_json::Value;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, Webauthn, WebauthnBuilder, WebauthnError,
};

/// How long a challenge can be answered.
const CHALLENGE_LIFE: SignedDuration = SignedDuration::from_mins(5);

/// So many challenges wait for an answer at most; beyond that the oldest goes.
const CHALLENGES_MAX: usize = 10_000;

/// Why a device's answer is not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Wrong {
    /// Passkeys need an address with a name, over TLS or on one's own machine.
    #[error("passkeys cannot be used at this address")]
    NotHere,
    /// It answers no challenge of the last minutes, or one that was answered before.
    #[error("there is no such challenge")]
    NoChallenge,
    /// It comes from a key that the account does not have.
    #[error("the account has no such passkey")]
    NoKey,
    /// It is not of the form that browsers send.
    #[error("the answer cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// It does not prove what it must.
    #[error(transparent)]
    Refused(#[from] WebauthnError),
}

/// A challenge, as the page gets it.
#[derive(Debug)]
pub(crate) struct Challenge {
    /// What the answer must bring along.
    pub(crate) id: String,
    /// What the browser asks the device.
    pub(crate) options: Value,
}

/// What a device says about itself when somebody signs in with it, not proved yet.
#[derive(Debug)]
pub(crate) struct Claim {
    /// Whose it says it is.
    pub(crate) account: AccountId,
    answer: PublicKeyCredential,
    begun: Box<DiscoverableAuthentication>,
}

#[derive(Debug)]
enum Begun {
    Adding(AccountId, Box<PasskeyRegistration>),
    SigningIn(Box<DiscoverableAuthentication>),
}

/// The challenges that wait for an answer, and what answers must fit to.
pub(crate) struct Passkeys {
    webauthn: Option<Webauthn>,
    begun: Mutex<HashMap<String, (Timestamp, Begun)>>,
}

impl fmt::Debug for Passkeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passkeys")
            .field("offered", &self.are_offered())
            .finish_non_exhaustive()
    }
}

/// Browsers give passkeys only to names, and only over TLS or to one's own machine.
fn webauthn(base_url: &str) -> Option<Webauthn> {
    let url = Url::parse(base_url).ok()?;
    let name = url.domain()?;
    if url.scheme() != "https" && name != "localhost" {
        return None;
    }
    let builder = WebauthnBuilder::new(name, &url).ok()?;
    builder.rp_name("나루 Naru").build().ok()
}

impl Passkeys {
    /// Passkeys for the installation at this address.
    pub(crate) fn new(base_url: &str) -> Self {
        Self {
            webauthn: webauthn(base_url),
            begun: Mutex::default(),
        }
    }

    /// Whether passkeys can be used at the installation's address.
    pub(crate) fn are_offered(&self) -> bool {
        self.webauthn.is_some()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, (Timestamp, Begun)>> {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, begun: Begun, now: Timestamp) -> String {
        let id: [u8; 16] = rand::random();
        let id = HEXLOWER.encode(&id);
        let mut all = self.lock();
        all.retain(|_, (ends, _)| now < *ends);
        if CHALLENGES_MAX <= all.len() {
            let oldest = all.iter().min_by_key(|(_, (ends, _))| *ends);
            if let Some(oldest) = oldest.map(|(id, _)| id.clone()) {
                all.remove(&oldest);
            }
        }
        let ends = now.saturating_add(CHALLENGE_LIFE).unwrap_or(now);
        all.insert(id.clone(), (ends, begun));
        id
    }

    /// Takes a challenge out: whatever comes of the answer, there is no second one.
    fn take(&self, id: &str, now: Timestamp) -> Result<Begun, Wrong> {
        let found = self.lock().remove(id);
        match found {
            Some((ends, begun)) if now < ends => Ok(begun),
            Some(_) | None => Err(Wrong::NoChallenge),
        }
    }

    /// Begins to add a passkey to an account; devices that hold one of `known` say so instead of making another.
    pub(crate) fn begin_adding(
        &self,
        account: AccountId,
        (email, name): (&str, &str),
        known: &[Passkey],
        now: Timestamp,
    ) -> Result<Challenge, Wrong> {
        let webauthn = self.webauthn.as_ref().ok_or(Wrong::NotHere)?;
        let known = known.iter().map(|key| key.cred_id().clone()).collect();
        let (options, begun) =
            webauthn.start_passkey_registration(account.uuid(), email, name, Some(known))?;
        let mut options = serde_json::to_value(options.public_key)?;
        // People sign in without saying who they are, so the device must keep the key together with the account.
        if let Some(selection) = options.get_mut("authenticatorSelection") {
            *selection = serde_json::json!({
                "residentKey": "required",
                "requireResidentKey": true,
                "userVerification": "required",
            });
        }
        Ok(Challenge {
            id: self.keep(Begun::Adding(account, Box::new(begun)), now),
            options,
        })
    }

    /// The passkey that a device made.
    pub(crate) fn finish_adding(
        &self,
        account: AccountId,
        (id, answer): (&str, &str),
        now: Timestamp,
    ) -> Result<Passkey, Wrong> {
        let webauthn = self.webauthn.as_ref().ok_or(Wrong::NotHere)?;
        let begun = match self.take(id, now)? {
            Begun::Adding(whose, begun) if whose == account => begun,
            Begun::Adding(..) | Begun::SigningIn(_) => return Err(Wrong::NoChallenge),
        };
        let answer: RegisterPublicKeyCredential = serde_json::from_str(answer)?;
        Ok(webauthn.finish_passkey_registration(&answer, &begun)?)
    }

    /// Begins to sign somebody in; the device says who.
    pub(crate) fn begin_signing_in(&self, now: Timestamp) -> Result<Challenge, Wrong> {
        let webauthn = self.webauthn.as_ref().ok_or(Wrong::NotHere)?;
        let (options, begun) = webauthn.start_discoverable_authentication()?;
        Ok(Challenge {
            options: serde_json::to_value(options.public_key)?,
            id: self.keep(Begun::SigningIn(Box::new(begun)), now),
        })
    }

    /// Who the device says it belongs to.
    pub(crate) fn claimed(
        &self,
        (id, answer): (&str, &str),
        now: Timestamp,
    ) -> Result<Claim, Wrong> {
        let webauthn = self.webauthn.as_ref().ok_or(Wrong::NotHere)?;
        let begun = match self.take(id, now)? {
            Begun::SigningIn(begun) => begun,
            Begun::Adding(..) => return Err(Wrong::NoChallenge),
        };
        let answer: PublicKeyCredential = serde_json::from_str(answer)?;
        let (account, _) = webauthn.identify_discoverable_authentication(&answer)?;
        Ok(Claim {
            account: AccountId::from_uuid(account),
            answer,
            begun,
        })
    }

    /// Proves a claim with the passkeys of the account, and gives the one that did, with its counter moved on.
    pub(crate) fn proved(&self, claim: Claim, keys: Vec<Passkey>) -> Result<Passkey, Wrong> {
        let webauthn = self.webauthn.as_ref().ok_or(Wrong::NotHere)?;
        let (_, id) = webauthn.identify_discoverable_authentication(&claim.answer)?;
        let mut keys = keys.into_iter();
        let mut key = keys.find(|key| key.cred_id() == id).ok_or(Wrong::NoKey)?;
        let result =
            webauthn.finish_discoverable_authentication_v2(&claim.answer, *claim.begun, &key)?;
        let _ = key.update_credential(&result);
        Ok(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_are_offered_where_browsers_have_them() {
        for (address, offered) in [
            ("https://naru.example", true),
            ("https://naru.example:8443", true),
            ("http://localhost:8080", true),
            ("http://naru.example", false),
            ("http://127.0.0.1:8080", false),
            ("https://192.0.2.1", false),
            ("https://evil-localhost", true),
            ("http://evil-localhost", false),
        ] {
            assert_eq!(Passkeys::new(address).are_offered(), offered, "{address}");
        }
    }

    #[test]
    fn a_challenge_is_good_for_one_answer_and_five_minutes() {
        let passkeys = Passkeys::new("https://naru.example");
        let now = Timestamp::UNIX_EPOCH;
        let challenge = passkeys.begin_signing_in(now).unwrap();
        assert!(passkeys.take(&challenge.id, now).is_ok());
        assert!(passkeys.take(&challenge.id, now).is_err());
        let challenge = passkeys.begin_signing_in(now).unwrap();
        assert!(passkeys.take(&challenge.id, now + CHALLENGE_LIFE).is_err());
        assert!(passkeys.lock().is_empty());
    }
}
