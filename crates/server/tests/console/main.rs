//! The console as a browser meets it: through the router, over a real store and a running engine, on a clock that stands still.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the allowances for tests do not reach the functions they share"
)]

mod advice;
mod documents;
mod letters;
mod lists;
mod look;
mod mentions;
mod mishaps;
mod money;
mod operators;
mod passkeys;
mod rounds;
mod signing_in;
mod studies;
mod templates;
mod work;
mod world;
