//! How much an account may ask for, weighed by cost, and how often an address may fail to authenticate.

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use naru_domain::AccountId;
use serde::Deserialize;
use std::fmt;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

/// The rates. A request costs at least 1; a query costs what it asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rates {
    /// Cost that an account regains each second.
    pub cost_per_second: NonZeroU32,
    /// Cost that an account can spend at once.
    pub cost_burst: NonZeroU32,
    /// Failed authentications that an address is allowed each minute.
    pub failures_per_minute: NonZeroU32,
}

impl Default for Rates {
    fn default() -> Self {
        let at_least_one = |n| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
        Self {
            cost_per_second: at_least_one(500),
            cost_burst: at_least_one(20_000),
            failures_per_minute: at_least_one(30),
        }
    }
}

impl Rates {
    /// Rates that nobody reaches, for measuring.
    pub fn unlimited() -> Self {
        Self {
            cost_per_second: NonZeroU32::MAX,
            cost_burst: NonZeroU32::MAX,
            failures_per_minute: NonZeroU32::MAX,
        }
    }
}

/// How long to wait before the same request can pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait(pub Duration);

impl Wait {
    /// Whole seconds, at least one, as `Retry-After` says it.
    pub fn seconds(self) -> u64 {
        self.0.as_secs().saturating_add(1)
    }
}

/// The counters.
pub struct RateLimits {
    accounts: DefaultKeyedRateLimiter<AccountId>,
    failures: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
}

impl fmt::Debug for RateLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimits")
            .field("accounts", &self.accounts.len())
            .field("failures", &self.failures.len())
            .finish_non_exhaustive()
    }
}

impl RateLimits {
    /// Counters that start full.
    pub fn new(rates: Rates) -> Self {
        Self {
            accounts: RateLimiter::keyed(
                Quota::per_second(rates.cost_per_second).allow_burst(rates.cost_burst),
            ),
            failures: RateLimiter::keyed(Quota::per_minute(rates.failures_per_minute)),
            clock: DefaultClock::default(),
        }
    }

    /// Takes `cost` from what the account may spend.
    pub fn spend(&self, account: AccountId, cost: usize) -> Result<(), Wait> {
        let cost = u32::try_from(cost)
            .ok()
            .and_then(NonZeroU32::new)
            .unwrap_or(NonZeroU32::MIN);
        match self.accounts.check_key_n(&account, cost) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(until)) => Err(Wait(until.wait_time_from(self.clock.now()))),
            Err(_) => Err(Wait(Duration::from_mins(1))),
        }
    }

    /// Counts a failed authentication from an address.
    pub fn failed(&self, address: IpAddr) -> Result<(), Wait> {
        self.failures
            .check_key(&address)
            .map_err(|until| Wait(until.wait_time_from(self.clock.now())))
    }

    /// Forgets whoever has been quiet long enough to have everything back; call it on a timer, or the tables grow.
    pub fn forget_idle(&self) {
        self.accounts.retain_recent();
        self.accounts.shrink_to_fit();
        self.failures.retain_recent();
        self.failures.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use naru_domain::TypedId;

    #[test]
    fn an_account_that_spent_its_burst_waits_and_others_do_not() {
        let limits = RateLimits::new(Rates {
            cost_per_second: NonZeroU32::new(1).unwrap(),
            cost_burst: NonZeroU32::new(100).unwrap(),
            failures_per_minute: NonZeroU32::new(2).unwrap(),
        });
        let one = AccountId::from_uuid(uuid::Uuid::from_u128(1));
        let two = AccountId::from_uuid(uuid::Uuid::from_u128(2));
        assert!(limits.spend(one, 60).is_ok());
        assert!(limits.spend(one, 60).is_err());
        assert!(limits.spend(two, 60).is_ok());
        assert!(limits.spend(two, 101).is_err());
        let address = IpAddr::from([127, 0, 0, 1]);
        assert!(limits.failed(address).is_ok());
        assert!(limits.failed(address).is_ok());
        assert!(limits.failed(address).unwrap_err().seconds() >= 1);
    }
}
