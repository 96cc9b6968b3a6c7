//! What breaks in the world, and the random people who work meanwhile.
//!
//! [`vfs`] puts a recording, breakable disk under the product's own store; [`disk`] rebuilds what such a disk holds after a power cut.
//! [`cast`] and [`moves`] are people who do plausible and absurd things; [`people`] is what they see; [`world`] is the pure core that
//! they act on without any store.
//! [`inspect`] says what of a store must agree with what was acknowledged.
//!
//! Every suite here keeps one planted fault that it must find: a test that has never failed is not a test.

pub mod cast;
pub mod disk;
pub mod inspect;
pub mod moves;
pub mod people;
pub mod rng;
pub mod script;
pub mod vfs;
pub mod world;

/// How many rounds a suite runs: what the environment variable says, else the count for the kind of build.
pub fn count(variable: &str, optimized: usize, debug: usize) -> usize {
    let usual = if cfg!(debug_assertions) {
        debug
    } else {
        optimized
    };
    match std::env::var(variable) {
        Ok(text) => text.parse().unwrap_or(usual),
        Err(_) => usual,
    }
}
