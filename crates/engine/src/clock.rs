//! The one place that knows what time it is.

use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// The longest single sleep on the system clock: a machine that slept or a clock that was set is noticed after this long.
const SLEEP_MAX: SignedDuration = SignedDuration::from_secs(30);

/// Where the time comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that moves only when it is told to: for tests and for trying out a pathway.
    Virtual(VirtualClock),
}

/// A clock that stands still until someone advances it.
#[derive(Clone, Debug)]
pub struct VirtualClock {
    now: Arc<watch::Sender<Timestamp>>,
}

impl Clock {
    /// A virtual clock that stands at `start`.
    pub fn virtual_at(start: Timestamp) -> Self {
        Self::Virtual(VirtualClock {
            now: Arc::new(watch::Sender::new(start)),
        })
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => system_now(),
            Self::Virtual(clock) => clock.now(),
        }
    }

    /// Waits until it is `at` or later; returns at once when it already is.
    pub async fn sleep_until(&self, at: Timestamp) {
        match self {
            Self::System => loop {
                let left = at.duration_since(system_now());
                if left <= SignedDuration::ZERO {
                    return;
                }
                let nap = Duration::try_from(left.min(SLEEP_MAX)).unwrap_or(Duration::ZERO);
                tokio::time::sleep(nap).await;
            },
            Self::Virtual(clock) => {
                let mut now = clock.now.subscribe();
                // The sender lives in `clock`, so waiting cannot fail.
                let _ = now.wait_for(|now| *now >= at).await;
            }
        }
    }

    /// Moves a virtual clock forward to `to`; a clock never goes back, and the machine's clock is not ours to move.
    pub fn advance_to(&self, to: Timestamp) {
        match self {
            Self::System => {}
            Self::Virtual(clock) => clock.advance_to(to),
        }
    }
}

impl VirtualClock {
    fn now(&self) -> Timestamp {
        *self.now.borrow()
    }

    fn advance_to(&self, to: Timestamp) {
        self.now.send_if_modified(|now| {
            let later = to > *now;
            if later {
                *now = to;
            }
            later
        });
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that asks the machine for the time"
)]
fn system_now() -> Timestamp {
    Timestamp::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[tokio::test]
    async fn a_sleeper_on_a_virtual_clock_wakes_when_the_clock_passes_its_time() {
        let clock = Clock::virtual_at(at(100));
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move {
                clock.sleep_until(at(200)).await;
                clock.now()
            }
        });
        clock.advance_to(at(199));
        tokio::task::yield_now().await;
        assert!(!sleeper.is_finished());
        clock.advance_to(at(5_000));
        assert_eq!(sleeper.await.unwrap(), at(5_000));
    }

    #[tokio::test]
    async fn a_virtual_clock_never_goes_back_and_past_times_do_not_wait() {
        let clock = Clock::virtual_at(at(100));
        clock.advance_to(at(50));
        assert_eq!(clock.now(), at(100));
        clock.sleep_until(at(100)).await;
    }

    #[tokio::test]
    async fn the_system_clock_returns_at_once_for_a_time_that_has_passed() {
        Clock::System.sleep_until(Timestamp::MIN).await;
        assert!(Clock::System.now() > at(1_700_000_000));
    }
}
