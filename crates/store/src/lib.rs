//! Where the record is kept: the event log, its index tables, the outbox and the documents, on SQLite or PostgreSQL.
//!
//! There is one way in, [`Committer::commit`]: commands of many senders are decided one after the other in memory and written in one durable
//! transaction: events with their hashes, the first answer to each command, index rows, effects to perform and the next wake-up. Whatever
//! is acknowledged is on the disk. Everything else here reads ([`Store`]), performs what the outbox holds, proves ([`Store::verify`]),
//! rebuilds ([`Store::reindex`]), copies ([`Store::backup`]) or moves ([`Store::move_to`]).
//!
//! The store holds no rule: rules are in `naru-domain`. Statements are in [`mod@sqlite`] and [`mod@postgres`], under the same names.

mod audit;
mod backup;
mod batch;
mod committer;
mod database;
mod deciding;
mod documents;
mod error;
mod hash;
mod index;
mod keys;
mod lists;
mod moving;
mod outbox;
mod plan;
mod postgres;
mod reference;
mod reindex;
mod sign_in;
mod sqlite;
mod store;
mod together;

pub use audit::{Broken, Checkpoint, Fracture, Whole};
pub use backup::Copied;
pub use committer::{
    Aftermath, Committer, Outcome, Queue, Receipt, Reference, Refusal, Submission,
};
pub use documents::{DocumentStore, Stored};
pub use error::{Retry, StoreError};
pub use lists::{
    AccountSummary, CaseScope, CaseSummary, ConsultationSummary, DeviceSummary, DocumentPlace,
    InboxCursor, MemberRow, OrganizationSummary, Task, TokenRow,
};
pub use moving::Moved;
pub use outbox::{
    Claim, Expansion, Incident, OutboxEntry, OutboxId, OutboxStatus, PendingEffect, RetriedIncident,
};
pub use postgres::{PositionListener, PostgresUrl, UrlProblem};
pub use reference::ShippedProblem;
pub use reindex::Reindexed;
pub use sign_in::{Credential, NewPasskey, NewSession, PasskeyRow, SessionRow, SignInWay};
pub use store::{
    CommandAnswer, Database, Health, LoadError, Loaded, Store, StoreOptions, StoredEvent,
    Synchronous, WakeUp, Writers,
};
