//! Why a command was not carried out.

use naru_domain::Rejection;
use naru_store::{Retry, StoreError};

/// Why a command was not carried out.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// A rule says no; asking again changes nothing.
    Rejected(Rejection),
    /// Something failed; nothing was written.
    Fault(Fault),
}

/// What failed between a command and the record.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Fault {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The engine is shutting down.
    #[error("the engine is shutting down")]
    Closing,
    /// Deciding it hit a mistake in the program; other commands go on.
    #[error("the command could not be decided because of a mistake in the program")]
    Mistake,
    /// Another process that takes part in carrying commands out failed, or cannot be reached; the command may yet be carried out, as a whole.
    #[error("{detail}")]
    Elsewhere {
        /// What it said.
        detail: String,
        /// Whether doing the same again can help.
        retry: Retry,
    },
}

impl Fault {
    /// Whether doing the same again can help.
    pub fn retry(&self) -> Retry {
        match self {
            Self::Store(fault) => fault.retry(),
            Self::Closing => Retry::Later,
            Self::Mistake => Retry::Never,
            Self::Elsewhere { retry, .. } => *retry,
        }
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<naru_store::Refusal> for Refusal {
    fn from(refusal: naru_store::Refusal) -> Self {
        match refusal {
            naru_store::Refusal::Rejected(rejection) => Self::Rejected(rejection),
            naru_store::Refusal::Fault(fault) => Self::Fault(Fault::Store(fault)),
            naru_store::Refusal::Mistake => Self::Fault(Fault::Mistake),
        }
    }
}
