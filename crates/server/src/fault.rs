//! What fails inside: it is logged where it is handled, and its text never leaves the process.

use naru_domain::BrokenHistory;
use naru_store::{LoadError, StoreError};

/// Why a door could not do its work. It has no words to show on purpose: whatever can be shown would be sent to the caller.
#[derive(Debug)]
pub enum Fault {
    /// The store failed.
    Store(StoreError),
    /// The history of an aggregate does not fold.
    Broken(BrokenHistory),
    /// The engine could not carry a command out.
    Engine(naru_engine::Fault),
    /// Something is not as it must be.
    Unexpected(&'static str),
}

impl Fault {
    /// What happened, for the log.
    pub(crate) fn for_the_log(&self) -> String {
        match self {
            Self::Store(fault) => fault.to_string(),
            Self::Broken(broken) => broken.to_string(),
            Self::Engine(fault) => fault.to_string(),
            Self::Unexpected(what) => (*what).to_owned(),
        }
    }
}

impl From<StoreError> for Fault {
    fn from(fault: StoreError) -> Self {
        Self::Store(fault)
    }
}

impl From<BrokenHistory> for Fault {
    fn from(broken: BrokenHistory) -> Self {
        Self::Broken(broken)
    }
}

impl From<naru_engine::Fault> for Fault {
    fn from(fault: naru_engine::Fault) -> Self {
        Self::Engine(fault)
    }
}

impl From<LoadError> for Fault {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Store(fault) => Self::Store(fault),
            LoadError::Broken(broken) => Self::Broken(broken),
        }
    }
}

impl From<Fault> for async_graphql::Error {
    /// Logs the fault and says no more than that there was one.
    fn from(fault: Fault) -> Self {
        use async_graphql::ErrorExtensions;
        tracing::error!(fault = fault.for_the_log(), "a request failed");
        Self::new("something failed on our side; give the operator the request id")
            .extend_with(|_, extensions| extensions.set("code", "FAULT"))
    }
}
