//! Guessing gets slower: after a few wrong passwords for one account or from one network address, every further try has to wait, longer each time.

use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Wrong tries that cost nothing.
const FREE_TRIES: u32 = 5;

/// The wait after the first try that costs something; it doubles with each one.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(4);

/// The longest wait.
const WAIT_MAX: SignedDuration = SignedDuration::from_mins(15);

/// How long wrong tries are remembered after the last one.
const MEMORY: SignedDuration = SignedDuration::from_hours(1);

/// So many names are remembered at most; beyond that the oldest go.
const REMEMBERED_MAX: usize = 50_000;

#[derive(Clone, Copy, Debug)]
struct Failures {
    count: u32,
    last: Timestamp,
}

impl Failures {
    fn free_at(self) -> Timestamp {
        let Some(doubled) = self.count.checked_sub(FREE_TRIES) else {
            return Timestamp::MIN;
        };
        let wait = FIRST_WAIT * 2_i32.saturating_pow(doubled.min(16));
        self.last
            .saturating_add(wait.min(WAIT_MAX))
            .unwrap_or(self.last)
    }
}

/// Who guessed wrong, by name: an account, or a network address.
#[derive(Default)]
pub(crate) struct Backoff {
    failures: Mutex<HashMap<String, Failures>>,
}

impl fmt::Debug for Backoff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backoff").finish_non_exhaustive()
    }
}

impl Backoff {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Failures>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long these names still have to wait, if they have to.
    pub(crate) fn wait(&self, names: &[String], now: Timestamp) -> Option<SignedDuration> {
        let failures = self.lock();
        let free_at = names
            .iter()
            .filter_map(|name| failures.get(name))
            .map(|found| found.free_at())
            .max()?;
        (now < free_at).then(|| free_at.duration_since(now))
    }

    /// Counts a wrong try.
    pub(crate) fn failed(&self, names: &[String], now: Timestamp) {
        let mut failures = self.lock();
        for name in names {
            let known = failures.entry(name.clone()).or_insert(Failures {
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

    /// Forgets the wrong tries of a name that got it right.
    pub(crate) fn succeeded(&self, name: &str) {
        self.lock().remove(name);
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

    #[test]
    fn after_five_wrong_tries_each_further_one_waits_longer_up_to_a_quarter_of_an_hour() {
        let backoff = Backoff::default();
        let names = ["a@example.org".to_owned(), "192.0.2.1".to_owned()];
        let mut now = Timestamp::UNIX_EPOCH;
        for _ in 0..4 {
            backoff.failed(&names, now);
            assert_eq!(backoff.wait(&names, now), None);
        }
        let mut waits = Vec::new();
        for _ in 0..12 {
            backoff.failed(&names, now);
            let wait = backoff.wait(&names, now).unwrap();
            waits.push(wait.as_secs());
            now += wait;
            assert_eq!(backoff.wait(&names, now), None);
        }
        assert_eq!(waits, [4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900]);
        backoff.failed(&names, now);
        assert!(
            backoff.wait(&["192.0.2.1".to_owned()], now).is_some(),
            "another account from there waits as well"
        );
        backoff.succeeded("a@example.org");
        assert_eq!(backoff.wait(&["a@example.org".to_owned()], now), None);
        backoff.forget_old(now + MEMORY);
        assert_eq!(backoff.wait(&names, now), None);
    }
}
