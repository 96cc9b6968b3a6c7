//! From a mutation's input to a command, and from its answer to a payload.

use super::errors::{UserError, user_errors};
use super::page::bad_input;
use super::viewer::{Held, Noun, Viewer};
use crate::authz::{Action, Thing};
use crate::fault::Fault;
use async_graphql::{ID, Result};
use naru_domain::{
    AccountId, AggregateId, Command, CommandId, CommonRejection, Rejection, TextProblem, TypedId,
};
use naru_engine::{Refusal, Submission};
use sha2::{Digest, Sha256};
use std::str::FromStr;
use uuid::Uuid;

/// Why a command does not go to the engine.
#[derive(Debug)]
pub(crate) enum Refused {
    /// A rule says no.
    Rejected(Box<Rejection>),
    /// The request is wrong, or something failed.
    Error(async_graphql::Error),
}

impl From<Rejection> for Refused {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(Box::new(rejection))
    }
}

impl From<CommonRejection> for Refused {
    fn from(rejection: CommonRejection) -> Self {
        Self::Rejected(Box::new(rejection.into()))
    }
}

impl From<async_graphql::Error> for Refused {
    fn from(error: async_graphql::Error) -> Self {
        Self::Error(error)
    }
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self::Error(fault.into())
    }
}

/// A command that passed the gate.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) aggregate: AggregateId,
    pub(crate) command: Command,
}

/// A command on its way to being prepared, or why it is not.
pub(crate) type Preparing<T = Prepared> = std::result::Result<T, Refused>;

/// What every mutation's input says beside the command.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    pub(crate) command_id: CommandId,
    pub(crate) expected_version: Option<u64>,
}

impl Call {
    /// Reads the command id and the version the sender saw.
    pub(crate) fn new(command_id: &ID, expected_version: Option<u32>) -> Result<Self> {
        let command_id = command_id
            .parse::<CommandId>()
            .or_else(|_| Uuid::try_parse(command_id.as_str()).map(CommandId::from_uuid))
            .map_err(|_| {
                bad_input(
                    "BAD_COMMAND_ID",
                    "`commandId` is a UUID that you choose for each new command, best of version 7",
                )
            })?;
        Ok(Self {
            command_id,
            expected_version: expected_version.map(u64::from),
        })
    }

    /// The id of what the command creates. The same person sending the same command id again means the same thing, and the time that a
    /// UUID v7 begins with stays at the front, so that new rows lie together.
    pub(crate) fn creates<T: TypedId>(&self, account: AccountId) -> T {
        let mut hash = Sha256::new();
        hash.update(T::PREFIX.as_bytes());
        hash.update(account.uuid().as_bytes());
        hash.update(self.command_id.uuid().as_bytes());
        let digest = hash.finalize();
        let mut bytes = *self.command_id.uuid().as_bytes();
        for (to, from) in bytes.iter_mut().skip(6).zip(digest.iter()) {
            *to = *from;
        }
        T::from_uuid(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }
}

/// The answer to a command.
#[derive(Clone, Debug)]
pub(crate) struct Done {
    /// What changed; nothing if the command was refused.
    pub(crate) aggregate: Option<AggregateId>,
    /// Its version after the command.
    pub(crate) version: Option<u64>,
    /// The position in the log after which readers see the change.
    pub(crate) position: Option<u64>,
    /// Why it was refused.
    pub(crate) errors: Vec<UserError>,
}

impl Viewer {
    /// The aggregate an action is for, if the viewer may do it. Whoever may not even see it gets the answer for an unknown id.
    pub(crate) async fn target<T: Noun>(&self, id: &ID, action: Action) -> Preparing<Held<T>> {
        let id = id.parse::<T::Id>().map_err(|_| CommonRejection::NotFound)?;
        let held = self.load::<T>(id).await?.ok_or(CommonRejection::NotFound)?;
        let thing = held.get()?.thing(self).await?;
        self.require(action, T::VIEW, &thing)?;
        Ok(held)
    }

    /// Refuses what the gate does not allow, saying no more than the viewer may know.
    pub(crate) fn require(&self, action: Action, view: Action, thing: &Thing) -> Preparing<()> {
        if self.allows(action, thing) {
            Ok(())
        } else if view.thing() == thing.kind && self.allows(view, thing) {
            Err(CommonRejection::NotAllowed.into())
        } else {
            Err(CommonRejection::NotFound.into())
        }
    }

    /// Refuses what the gate does not allow on the installation.
    pub(crate) fn require_of_installation(&self, action: Action) -> Preparing<()> {
        if self.allows(action, &Thing::installation()) {
            Ok(())
        } else {
            Err(CommonRejection::NotAllowed.into())
        }
    }

    /// Hands a prepared command to the engine and waits until it is on the disk.
    pub(crate) async fn carry_out(&self, call: Call, prepared: Preparing) -> Result<Done> {
        let Prepared { aggregate, command } = match prepared {
            Ok(prepared) => prepared,
            Err(Refused::Rejected(rejection)) => return Ok(self.refused(&rejection)),
            Err(Refused::Error(error)) => return Err(error),
        };
        let submission = Submission {
            command_id: call.command_id,
            aggregate,
            expected_version: call.expected_version,
            actor: self.session.actor.clone(),
            command,
        };
        match self.app.engine().submit(submission).await {
            Ok(receipt) => Ok(Done {
                aggregate: Some(receipt.aggregate),
                version: Some(receipt.version),
                position: Some(receipt.position),
                errors: Vec::new(),
            }),
            Err(Refusal::Rejected(rejection)) => Ok(self.refused(&rejection)),
            Err(Refusal::Fault(fault)) => Err(Fault::from(fault).into()),
        }
    }

    /// The answer that nothing happened, and why.
    pub(crate) fn refused(&self, rejection: &Rejection) -> Done {
        Done {
            aggregate: None,
            version: None,
            position: None,
            errors: user_errors(rejection, self.locale),
        }
    }
}

/// A text of the input, checked.
pub(crate) fn text<T: FromStr<Err = TextProblem>>(field: &str, value: &str) -> Preparing<T> {
    value.parse().map_err(|problem| {
        CommonRejection::BadText {
            field: field.to_owned(),
            problem,
        }
        .into()
    })
}

/// A text that may be left out; an empty one is left out too.
pub(crate) fn maybe_text<T: FromStr<Err = TextProblem>>(
    field: &str,
    value: Option<&String>,
) -> Preparing<Option<T>> {
    match value
        .map(|value| value.trim())
        .filter(|value| !value.is_empty())
    {
        Some(value) => text(field, value).map(Some),
        None => Ok(None),
    }
}

/// An id of the input; one that is none is answered like one that is unknown.
pub(crate) fn id<T: TypedId>(value: &ID) -> Preparing<T> {
    value.parse().map_err(|_| CommonRejection::NotFound.into())
}

/// The name of a stage; text that can be none is answered like an unknown one.
pub(crate) fn name<T: FromStr>(value: &str) -> Preparing<T> {
    value.parse().map_err(|_| CommonRejection::NotFound.into())
}

/// Declares the payload of the commands of one noun.
macro_rules! payload {
    ($(#[$doc:meta])* $payload:ident, $(#[$field_doc:meta])* $field:ident: $object:ty, $variant:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $payload(pub(crate) $crate::graphql::command::Done);

        $(#[$doc])*
        #[async_graphql::Object]
        impl $payload {
            $(#[$field_doc])*
            async fn $field(&self, ctx: &async_graphql::Context<'_>) -> async_graphql::Result<Option<$object>> {
                let Some(naru_domain::AggregateId::$variant(id)) = self.0.aggregate else { return Ok(None) };
                let held = $crate::graphql::viewer::viewer(ctx)?.load(id).await?;
                Ok(held.map(<$object>::from))
            }
            /// Its version after the command, to name as `expectedVersion` in the next one.
            async fn version(&self) -> Option<$crate::graphql::scalars::Long> { self.0.version.map(Into::into) }
            /// The position in the log after which every reader sees the change, to name as `after` in a subscription.
            async fn position(&self) -> Option<String> { self.0.position.map(|position| position.to_string()) }
            /// Why the command was refused; empty when it was carried out.
            async fn user_errors(&self) -> &[$crate::graphql::errors::UserError] { &self.0.errors }
        }

        impl From<$crate::graphql::command::Done> for $payload {
            fn from(done: $crate::graphql::command::Done) -> Self { Self(done) }
        }
    };
}
pub(crate) use payload;

#[cfg(test)]
mod tests {
    use super::*;
    use naru_domain::{CaseId, DeviceId};

    #[test]
    fn the_same_person_and_command_create_the_same_thing_and_keep_its_time() {
        let call = Call::new(&ID::from("019c2f5e-7b3a-7000-8000-000000000001"), None).unwrap();
        let one = AccountId::from_uuid(Uuid::from_u128(1));
        let two = AccountId::from_uuid(Uuid::from_u128(2));
        let case = call.creates::<CaseId>(one);
        assert_eq!(case, call.creates::<CaseId>(one));
        assert_ne!(case, call.creates::<CaseId>(two));
        assert_ne!(case.uuid(), call.creates::<DeviceId>(one).uuid());
        assert!(case.to_string().starts_with("case_019c2f5e7b3a"));
    }

    #[test]
    fn a_command_id_is_a_uuid_with_or_without_its_kind() {
        assert!(Call::new(&ID::from("command_019c2f5e7b3a70008000000000000001"), None).is_ok());
        assert!(Call::new(&ID::from("case_019c2f5e7b3a70008000000000000001"), None).is_err());
        assert!(Call::new(&ID::from("1"), None).is_err());
    }
}
