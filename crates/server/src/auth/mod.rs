//! Who calls: API tokens, the sessions they open, and how much each may ask for.

mod rate;
mod token;

pub use rate::{RateLimits, Rates, Wait};
pub use token::TokenSecret;
