//! Guessing gets slower: after a few wrong passwords for one account from one network address, every further try has to wait, longer each time.
//!
//! The account alone and the address alone are counted too, but have far more free tries: many people may share an address, and nobody is to lock
//! somebody else out by guessing in their name.

use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Wrong tries that cost nothing, for one account from one address.
const FREE_TRIES: u32 = 5;

/// The same for an account, from wherever they come.
const FREE_TRIES_OF_ACCOUNT: u32 = 50;

/// The same for an address, whoever is meant.
const FREE_TRIES_OF_ADDRESS: u32 = 100;

/// Letters with sign-in links that are free to ask for, for one account from one address.
const FREE_LETTERS: u32 = 5;

/// The same from an address, whoever is meant.
const FREE_LETTERS_OF_ADDRESS: u32 = 200;

/// More of a name than any e-mail address has is not remembered.
const NAME_CHARS_MAX: usize = 320;

/// The wait after the first try that costs something; it doubles with each one.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(4);

/// The longest wait.
const WAIT_MAX: SignedDuration = SignedDuration::from_mins(15);

/// How long wrong tries are remembered after the last one.
const MEMORY: SignedDuration = SignedDuration::from_hours(1);

/// So many names are remembered at most; beyond that the oldest go.
const REMEMBERED_MAX: usize = 50_000;

/// Whose wrong tries are counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Guesser {
    /// Tries for one account from one address.
    AccountFrom(String, Option<IpAddr>),
    /// Tries for an account, from wherever they come.
    Account(String),
    /// Tries from an address, whoever is meant.
    Address(IpAddr),
    /// Letters for one account that were asked for from one address.
    LettersTo(String, Option<IpAddr>),
    /// Letters that were asked for from an address, whoever is meant.
    LettersFrom(IpAddr),
}

impl Guesser {
    /// Everybody whom a try for an account from an address is counted for.
    pub(crate) fn all(account: &str, address: Option<IpAddr>) -> Vec<Self> {
        let account = name(account);
        let mut all = vec![
            Self::AccountFrom(account.clone(), address),
            Self::Account(account),
        ];
        all.extend(address.map(Self::Address));
        all
    }

    /// Everybody whom a letter for an account is counted for that was asked for from an address. Apart from wrong passwords: nobody is to wait
    /// with a password because letters were asked for.
    pub(crate) fn of_letters(account: &str, address: Option<IpAddr>) -> Vec<Self> {
        let mut all = vec![Self::LettersTo(name(account), address)];
        all.extend(address.map(Self::LettersFrom));
        all
    }

    fn free_tries(&self) -> u32 {
        match self {
            Self::AccountFrom(..) => FREE_TRIES,
            Self::Account(_) => FREE_TRIES_OF_ACCOUNT,
            Self::Address(_) => FREE_TRIES_OF_ADDRESS,
            Self::LettersTo(..) => FREE_LETTERS,
            Self::LettersFrom(_) => FREE_LETTERS_OF_ADDRESS,
        }
    }
}

fn name(account: &str) -> String {
    account.chars().take(NAME_CHARS_MAX).collect()
}

#[derive(Clone, Copy, Debug)]
struct Failures {
    count: u32,
    last: Timestamp,
}

impl Failures {
    fn free_at(self, free_tries: u32) -> Timestamp {
        let Some(doubled) = self.count.checked_sub(free_tries) else {
            return Timestamp::MIN;
        };
        let wait = FIRST_WAIT * 2_i32.saturating_pow(doubled.min(16));
        self.last
            .saturating_add(wait.min(WAIT_MAX))
            .unwrap_or(self.last)
    }
}

/// Who guessed wrong, and how often.
#[derive(Default)]
pub(crate) struct Backoff {
    failures: Mutex<HashMap<Guesser, Failures>>,
}

impl fmt::Debug for Backoff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backoff").finish_non_exhaustive()
    }
}

impl Backoff {
    fn lock(&self) -> MutexGuard<'_, HashMap<Guesser, Failures>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long the next try still has to wait, if it has to.
    pub(crate) fn wait(&self, guessers: &[Guesser], now: Timestamp) -> Option<SignedDuration> {
        let failures = self.lock();
        let free_at = guessers
            .iter()
            .filter_map(|guesser| Some(failures.get(guesser)?.free_at(guesser.free_tries())))
            .max()?;
        (now < free_at).then(|| free_at.duration_since(now))
    }

    /// Counts a wrong try, or a letter.
    pub(crate) fn failed(&self, guessers: &[Guesser], now: Timestamp) {
        let mut failures = self.lock();
        for guesser in guessers {
            let known = failures.entry(guesser.clone()).or_insert(Failures {
                count: 0,
                last: now,
            });
            known.count = known.count.saturating_add(1);
            known.last = now;
        }
        if REMEMBERED_MAX < failures.len() {
            let newest = failures
                .values()
                .map(|known| known.last)
                .max()
                .unwrap_or(now);
            failures.retain(|_, known| {
                newest.duration_since(known.last) < SignedDuration::from_mins(1)
            });
        }
    }

    /// Forgets the wrong tries of an account that got it right; what came from the address beside it stays.
    pub(crate) fn succeeded(&self, guessers: &[Guesser]) {
        let mut failures = self.lock();
        for guesser in guessers {
            match guesser {
                Guesser::AccountFrom(..) | Guesser::Account(_) => {
                    failures.remove(guesser);
                }
                Guesser::Address(_) | Guesser::LettersTo(..) | Guesser::LettersFrom(_) => {}
            }
        }
    }

    /// Forgets what is long ago.
    pub(crate) fn forget_old(&self, now: Timestamp) {
        self.lock()
            .retain(|_, known| now.duration_since(known.last) < MEMORY);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "an address may be unknown")]
    fn from(last: u8) -> Option<IpAddr> {
        Some(IpAddr::from([192, 0, 2, last]))
    }

    #[test]
    fn after_five_wrong_tries_each_further_one_waits_longer_up_to_a_quarter_of_an_hour() {
        let backoff = Backoff::default();
        let guessers = Guesser::all("a@example.org", from(1));
        let mut now = Timestamp::UNIX_EPOCH;
        for _ in 0..4 {
            backoff.failed(&guessers, now);
            assert_eq!(backoff.wait(&guessers, now), None);
        }
        let mut waits = Vec::new();
        for _ in 0..12 {
            backoff.failed(&guessers, now);
            let wait = backoff.wait(&guessers, now).unwrap();
            waits.push(wait.as_secs());
            now += wait;
            assert_eq!(backoff.wait(&guessers, now), None);
        }
        assert_eq!(waits, [4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900]);
        backoff.failed(&guessers, now);
        assert!(backoff.wait(&guessers, now).is_some());
        backoff.succeeded(&guessers);
        assert_eq!(backoff.wait(&guessers, now), None);
    }

    #[test]
    fn colleagues_at_one_address_do_not_wait_for_one_another_nor_does_an_account_for_a_stranger() {
        let backoff = Backoff::default();
        let now = Timestamp::UNIX_EPOCH;
        for _ in 0..9 {
            backoff.failed(&Guesser::all("a@example.org", from(1)), now);
        }
        let waits =
            |account: &str, address| backoff.wait(&Guesser::all(account, address), now).is_some();
        assert!(waits("a@example.org", from(1)));
        assert!(!waits("b@example.org", from(1)));
        assert!(!waits("a@example.org", from(2)));
    }

    #[test]
    fn whoever_tries_many_accounts_or_from_many_addresses_waits_in_the_end() {
        let backoff = Backoff::default();
        let now = Timestamp::UNIX_EPOCH;
        for n in 0..100 {
            backoff.failed(&Guesser::all(&format!("{n}@example.org"), from(1)), now);
        }
        assert!(
            backoff
                .wait(&Guesser::all("new@example.org", from(1)), now)
                .is_some()
        );
        for n in 0..50 {
            backoff.failed(&Guesser::all("a@example.org", from(n)), now);
        }
        let new = Guesser::all("a@example.org", from(200));
        assert!(backoff.wait(&new, now).is_some());
        backoff.forget_old(now + MEMORY);
        assert_eq!(backoff.wait(&new, now), None);
    }
}
