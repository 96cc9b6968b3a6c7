//! What Naru decides.
//!
//! Every rule lives here and nowhere else: which command a state allows, which events follow, what the world must then do and when to
//! wake up again. Nothing here reads a clock, draws a random number, waits or touches a file: time, actor and fresh ids come in through
//! [`Context`], so the same history always gives the same state.

mod actor;
mod aggregate;
mod any;
mod context;
mod effect;
mod file;
#[cfg(test)]
mod given;
mod id;
mod identifiers;
mod names;
mod rejection;
mod text;

pub mod account;
pub mod calendar;
pub mod case;
pub mod consultation;
pub mod device;
pub mod feedback;
pub mod organization;
pub mod pathway;
pub mod stats;
pub mod study;

pub use actor::{Actor, Channel, Locale, Membership, OrganizationKind, Role, Who};
pub use aggregate::{Aggregate, BrokenHistory};
pub use any::{AggregateKind, Command, Event, State};
pub use context::Context;
pub use effect::{Effect, EffectId, Letter, LetterKind, Recipient};
pub use file::{FILE_SIZE_BYTES_MAX, FileProblem, MediaType, StoredFile};
pub use id::{
    AccountId, AggregateId, CandidateId, CaseId, CommandId, ConsultationId, DeviceId, DocumentId,
    FeedbackRoundId, IdProblem, InvitationId, NoteId, OrganizationId, QuestionId, RequestId,
    SignInLinkId, StudyId, TokenId, TypedId,
};
pub use identifiers::{BusinessNumber, Gtin, Orcid};
pub use names::{BothNames, EitherName};
pub(crate) use rejection::rejections;
pub use rejection::{CommonRejection, Rejection, UserError};
pub use text::{EmailAddress, LongText, PersonName, Sha256Hex, ShortText, TextProblem, Words};
