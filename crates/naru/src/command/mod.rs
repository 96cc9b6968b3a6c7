//! One file a subcommand.

pub(crate) mod account;
pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod bench;
pub(crate) mod demo;
pub(crate) mod metrics;
pub(crate) mod pathway;
pub(crate) mod reindex;
pub(crate) mod relocate;
pub(crate) mod schema;
pub(crate) mod serve;
pub(crate) mod telemetry;
#[cfg(feature = "temporal")]
pub(crate) mod temporal;
