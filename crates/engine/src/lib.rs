//! Who calls the Committer, and when: the embedded writer, timer and effect runner, and the letters they send.

mod backoff;
mod clock;
mod embedded;
mod link;
mod refusal;
mod trouble;

pub mod letters;
pub mod mail;

pub use backoff::Backoff;
pub use clock::{Clock, VirtualClock};
pub use embedded::{Engine, EngineOptions, OpenFault};
pub use link::{Link, LinkKey, LinkKeyFault};
pub use naru_store::{Receipt, Submission};
pub use refusal::{Fault, Refusal};
pub use trouble::{IncidentReport, Trouble};
