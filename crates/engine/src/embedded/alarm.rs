//! How the writer tells the timer that something is due earlier than it sleeps.

use jiff::Timestamp;
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::sync::Notify;

/// Until when the timer sleeps, and the bell that wakes it.
#[derive(Debug)]
pub(super) struct Alarm {
    /// In microseconds; the far future while the timer is awake and has not decided yet.
    asleep_until_us: AtomicI64,
    bell: Notify,
}

impl Alarm {
    pub(super) fn new() -> Self {
        Self {
            asleep_until_us: AtomicI64::new(i64::MAX),
            bell: Notify::new(),
        }
    }

    /// The timer looks for what is due; whatever is added meanwhile rings.
    pub(super) fn awake(&self) {
        self.asleep_until_us.store(i64::MAX, Ordering::SeqCst);
    }

    /// The timer has looked, and sleeps until then.
    pub(super) fn asleep_until(&self, at: Option<Timestamp>) {
        let at_us = at.map_or(i64::MAX, Timestamp::as_microsecond);
        self.asleep_until_us.store(at_us, Ordering::SeqCst);
    }

    /// The writer has added a wake-up. A ring while the timer is awake is kept for its next sleep.
    pub(super) fn ring_if_before(&self, at: Timestamp) {
        if at.as_microsecond() < self.asleep_until_us.load(Ordering::SeqCst) {
            self.bell.notify_one();
        }
    }

    /// Waits for the bell.
    pub(super) async fn rung(&self) {
        self.bell.notified().await;
    }
}
