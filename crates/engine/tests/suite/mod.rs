//! One suite for every engine. Whoever includes it says in `start` how its engine starts.

pub(crate) mod common;
mod effects;
mod promises;
#[path = "../../../../tests/support/smtp.rs"]
#[expect(
    dead_code,
    unreachable_pub,
    reason = "shared with other suites, which use the rest"
)]
mod smtp;
