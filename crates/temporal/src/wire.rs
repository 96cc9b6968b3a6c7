//! What goes between client, workflow and worker. All of it stands in Temporal's histories, so it changes additively only, and the names are short.

use naru_domain::Rejection;
use naru_store::{Receipt, Retry};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a client asks of an aggregate's workflow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// Chosen anew for each call: an answer with another one was given to an earlier call.
    #[serde(rename = "n")]
    pub(crate) nonce: String,
    /// The command; without one, the workflow only looks what there is to do.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub(crate) submission: Option<Value>,
    /// Where the trace goes on, as `traceparent` writes it, if somebody records one.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub(crate) trace: Option<String>,
}

/// The answer to an [`Ask`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The call it answers.
    #[serde(rename = "n")]
    pub(crate) nonce: String,
    /// An [`Answer`], which the workflow does not read.
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    pub(crate) answer: Option<Value>,
}

/// What the workflow asks of the worker.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Turn {
    /// The command, if there is one.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub(crate) submission: Option<Value>,
    /// The labels that the workflow shows already.
    #[serde(rename = "l", default)]
    pub(crate) shown: u64,
    /// That of the [`Ask`].
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub(crate) trace: Option<String>,
}

/// What the worker tells the workflow.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Told {
    /// An [`Answer`], if there was a command.
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    pub(crate) answer: Option<Value>,
    /// How things stand; nothing while that cannot be read.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub(crate) directions: Option<Directions>,
}

/// How things stand with an aggregate, as far as its workflow must know.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Directions {
    /// The version that this is about: older directions that arrive later are about the past.
    #[serde(rename = "v")]
    pub(crate) version: u64,
    /// In how many milliseconds to look again.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub(crate) wake_in_ms: Option<u64>,
    /// The effects that wait, without the aggregate's id in front.
    #[serde(rename = "e", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) effects: Vec<String>,
    /// What to show, if it is not shown already.
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub(crate) labels: Option<Labels>,
}

/// What an operator finds and reads in Temporal's own pages. Nothing of a device and no name of a person is in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Labels {
    /// Told apart by this from the ones before.
    #[serde(rename = "h")]
    pub(crate) print: u64,
    /// The organizations concerned.
    #[serde(rename = "o", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) organizations: Vec<String>,
    /// The pathway.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub(crate) pathway: Option<String>,
    /// The stages that are open.
    #[serde(rename = "s", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) stages: Vec<String>,
    /// Where it stands.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub(crate) state: Option<String>,
    /// The reference people use.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub(crate) reference: Option<String>,
    /// Where it stands, in words.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub(crate) details: Option<String>,
}

/// What a run of the workflow hands to the next.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Carried {
    /// The version of the last directions.
    #[serde(rename = "v", default)]
    pub(crate) version: u64,
    /// When to look again, in milliseconds of Temporal's clock.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub(crate) wake_at_ms: Option<i64>,
    /// The effects that were not done.
    #[serde(rename = "e", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) effects: Vec<String>,
    /// The labels that are shown.
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub(crate) labels: Option<Labels>,
}

/// The effects an activity is to perform, without the aggregate's id in front.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Perform {
    #[serde(rename = "e")]
    pub(crate) effects: Vec<String>,
    /// They failed before: Temporal is to try them again until they are done.
    #[serde(rename = "a", default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) again: bool,
}

/// What came of them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Performed {
    /// The effects that wait now, first the ones to be tried again.
    #[serde(rename = "e", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) effects: Vec<String>,
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Answer {
    /// It is on the disk.
    #[serde(rename = "ok")]
    Accepted {
        #[serde(rename = "v")]
        version: u64,
        #[serde(rename = "p")]
        position: u64,
        #[serde(rename = "r", default, skip_serializing_if = "std::ops::Not::not")]
        replayed: bool,
    },
    /// A rule says no.
    #[serde(rename = "no")]
    Rejected(Box<Rejection>),
    /// The worker failed.
    #[serde(rename = "fault")]
    Fault {
        #[serde(rename = "d")]
        detail: String,
        #[serde(rename = "r")]
        retry: Again,
    },
}

/// [`Retry`] as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Again {
    Later,
    Never,
    Conflict,
}

impl From<Retry> for Again {
    fn from(retry: Retry) -> Self {
        match retry {
            Retry::Later => Self::Later,
            Retry::Never => Self::Never,
            Retry::Conflict => Self::Conflict,
        }
    }
}

impl From<Again> for Retry {
    fn from(again: Again) -> Self {
        match again {
            Again::Later => Self::Later,
            Again::Never => Self::Never,
            Again::Conflict => Self::Conflict,
        }
    }
}

impl From<Receipt> for Answer {
    fn from(receipt: Receipt) -> Self {
        Self::Accepted {
            version: receipt.version,
            position: receipt.position,
            replayed: receipt.replayed,
        }
    }
}
