//! Who calls: API tokens, the sessions they open, and how much each may ask for.

mod rate;
mod session;
mod token;

pub use rate::{RateLimits, Rates, Wait};
pub use session::Session;
pub(crate) use session::Sessions;
pub use token::TokenSecret;
