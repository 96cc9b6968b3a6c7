//! Everything that is SQLite's own: opening, statements, rows. The rest of the crate sees functions and plain rows.

pub(crate) mod append;
pub(crate) mod audit;
mod connect;
pub(crate) mod index_tables;
pub(crate) mod log;
pub(crate) mod outbox;
pub(crate) mod reindex;

pub(crate) use connect::{close, connect, connect_to_read, vacuum_into};

/// The database file in the data folder.
pub(crate) const FILE: &str = "naru.db";
