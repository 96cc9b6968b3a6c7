//! Who calls: API tokens and the console's sign-in, the sessions they open, and how much each may ask for.

mod backoff;
mod console;
mod passkey;
pub(crate) mod password;
mod rate;
mod session;
mod token;

pub(crate) use backoff::{Backoff, Guesser};
pub(crate) use console::{ConsoleSecret, forget_sessions};
pub(crate) use passkey::{Challenge, Passkeys, Wrong};
pub use password::first_password;
pub use rate::{RateLimits, Rates, Wait};
pub use session::Session;
pub(crate) use session::Sessions;
pub use token::TokenSecret;
