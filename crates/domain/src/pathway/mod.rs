//! Pathways: which stages a device passes. A file as written is checked once into a [`Pathway`] that cannot be wrong, and is known by
//! the hash of its content from then on.

mod catalog;
mod check;
mod condition;
mod condition_file;
mod draw;
mod file;
mod hash;
mod model;
mod problem;
mod read;
mod schema;
mod simulate;
mod width;
mod wrong;

pub use catalog::{Catalog, SHIPPED};
pub use check::{FIELDS_MAX, FILE_BYTES_MAX, STAGES_MAX, check, check_bytes};
pub use condition::{Condition, TODAY, Value};
pub use draw::{Grid, draw, grid};
pub use hash::content_hash;
pub use model::{
    AgreementStage, ApprovalStage, AwardStage, ConsultationKind, ConsultationStage, Due,
    Escalation, Fact, FeedbackStage, Field, FieldKind, FormStage, MatchRole, MatchingStage,
    Option_, Pathway, PathwayHash, PathwayId, Programme, Reminder, Rule, Seat, Signer, Stage,
    StageId, StageKind, Step, StudyTask, UsabilityStage, Wanted,
};
pub use problem::{Problem, render};
pub use schema::json_schema;
pub use simulate::{DueDay, Happening, Moment, Stopped, Transcript, sample_answers, simulate};
pub use wrong::{Nearest, TypeWord, Wrong};
