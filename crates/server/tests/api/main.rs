//! The API as a client meets it: through the router, over a real store and a running engine, on a clock that stands still.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "the allowances for tests do not reach the functions they share"
)]

mod examples;
mod files;
mod limits;
mod live;
mod malformed;
mod mentions;
mod schema;
mod verbs;
mod wall;
mod world;
