//! Who calls the Committer, and when: the embedded writer, timer and effect runner, and the letters they send.

mod clock;
mod link;
mod trouble;

pub mod letters;
pub mod mail;

pub use clock::{Clock, VirtualClock};
pub use link::{Link, LinkKey, LinkKeyFault};
pub use trouble::Trouble;
