//! The Temporal engine: any number of processes that take commands in and of workers that carry them out, over one store.
//!
//! One thin workflow stands for every aggregate ([`workflow`]). It decides nothing: a command goes through it as it came, into the Committer of
//! whichever worker has the workflow, and what the aggregate wants next comes back: when to look again, which effects wait. Only that is in
//! Temporal's history, so a change of the domain cannot break the replay of one, and the record itself stays in the store.

mod codec;
mod connection;
mod desk;
mod engine;
mod labels;
mod news;
mod replaying;
mod restoring;
mod worker;

pub mod activities;
pub mod bare;
pub mod wire;
pub mod workflow;

pub use codec::{CodecFault, Keys};
pub use connection::{ConnectFault, ConnectOptions, Connected};
pub use engine::{OpenFault, Role, open, restore};
pub use replaying::{Diverged, replay};
pub use restoring::RestoreFault;
pub use workflow::Aggregate;
