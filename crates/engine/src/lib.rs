//! Who calls the Committer, and when: the embedded writer, timer and effect runner, and the letters they send. [`driving`] holds what another
//! driver needs to keep the same promises.

mod backoff;
mod clock;
mod embedded;
mod engine;
mod link;
mod refusal;
mod trouble;

pub mod driving;
pub mod letters;
pub mod mail;
pub mod trace;

pub use backoff::Backoff;
pub use clock::{Clock, VirtualClock};
pub use driving::EFFECT_SECONDS;
pub use engine::{COMMAND_SECONDS, Driver, Engine, EngineOptions, OpenFault, Submit};
pub use link::{Link, LinkKey, LinkKeyFault};
pub use naru_store::{Receipt, Submission};
pub use refusal::{Fault, Refusal};
pub use trouble::{IncidentReport, Trouble};
