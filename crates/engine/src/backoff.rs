//! How long to wait before the next try: twice as long each time, and never all at the same moment.

use jiff::{SignedDuration, Timestamp};

/// The pauses between tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// After the first try.
    pub first: SignedDuration,
    /// At most.
    pub longest: SignedDuration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            first: SignedDuration::from_secs(2),
            longest: SignedDuration::from_hours(1),
        }
    }
}

impl Backoff {
    /// When to try again after the `n`-th try, counted from 1; up to a quarter earlier than the doubled pause, by chance.
    pub fn after(&self, n: u32, now: Timestamp) -> Timestamp {
        let doublings = n.saturating_sub(1).min(30);
        let pause = self.first.checked_mul(1 << doublings);
        let pause = pause.unwrap_or(self.longest).min(self.longest);
        let share = rand::random_range(750..=1000);
        let pause = pause.checked_mul(share).unwrap_or(pause) / 1000;
        now.checked_add(pause).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_never_exceed_it() {
        let backoff = Backoff::default();
        let now = Timestamp::UNIX_EPOCH;
        for (n, seconds) in [
            (1, 2),
            (2, 4),
            (5, 32),
            (11, 2048),
            (12, 3600),
            (u32::MAX, 3600),
        ] {
            for _ in 0..100 {
                let pause = backoff.after(n, now).duration_since(now);
                assert!(pause <= SignedDuration::from_secs(seconds), "{n}: {pause}");
                assert!(
                    pause * 4 >= SignedDuration::from_secs(seconds * 3),
                    "{n}: {pause}"
                );
            }
        }
    }
}
