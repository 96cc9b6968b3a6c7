//! Pathways: which stages a device passes. A file as written is checked once into a [`Pathway`] that cannot be wrong, and is known by
//! the hash of its content from then on.

mod catalog;
mod condition;
mod model;

pub use catalog::Catalog;
pub use condition::{Condition, TODAY, Value};
pub use model::{
    AgreementStage, ApprovalStage, AwardStage, ConsultationKind, ConsultationStage, Due,
    Escalation, Fact, FeedbackStage, Field, FieldKind, FormStage, MatchRole, MatchingStage,
    Option_, Pathway, PathwayHash, PathwayId, Programme, Reminder, Rule, Seat, Signer, Stage,
    StageId, StageKind, Step, StudyTask, UsabilityStage, Wanted,
};
