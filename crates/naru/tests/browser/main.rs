//! The console in a real browser: every page is looked at as each person sees it, and each person's day is gone through, in both
//! languages, on a laptop and a phone, with the console's script and without.
//!
//! Needs Chromium, its driver, and the accessibility rules of axe-core in the file that `NARU_TEST_AXE` names; the project's test command
//! brings all of them.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "whatever is missing fails the test, as it should"
)]

mod advising;
mod days;
mod demo;
mod keys;
mod overseeing;
mod pages;
mod passkeys;
mod returning;
mod screenshots;
mod window;
