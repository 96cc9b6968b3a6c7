//! A case: one device on one pathway, from opening to completion.
//!
//! The pathway is data and pinned by its hash; [`crate::Context::pathways`] finds it. Everything that later reading, letters and
//! wake-ups need is copied into the events, so a state explains itself without the pathway.

mod command;
mod decide;
mod effects;
mod event;
mod evolve;
mod form;
mod rejection;
mod schedule;
mod state;
#[cfg(test)]
mod tests;

pub use command::CaseCommand;
pub use event::{AnswerBy, CaseEvent, OpenedSeat, OpenedWork};
pub use form::{Difference, FieldProblems, FieldRejection, differences};
pub use rejection::CaseRejection;
pub use schedule::{Notice, NoticeKind, Schedule};
pub use state::{
    AgreementWork, ApprovalWork, Award, Candidate, CandidateAnswer, Case, CaseStatus,
    ChangeRequest, ConflictOfInterest, ConsultationWork, Decision, DocumentVersion, Engagement,
    FormWork, GrantedAward, Milestone, Move, Outcome, Progress, Requested, Signature, Stage,
    StageReport, Submission, Verdict, Vote, Work,
};

use crate::pathway::StageId;
use crate::{
    Aggregate, AggregateId, BrokenHistory, CandidateId, Context, Effect, OrganizationId,
    OrganizationKind, Role,
};
use jiff::Timestamp;
use std::collections::BTreeSet;

impl Case {
    /// The organization that has `role` in this case: the startup, the hospital, or a consultancy given by the stage.
    pub fn organization_of(&self, role: Role, stage: &Stage) -> OrganizationId {
        match (role.organization_kind(), &stage.work) {
            (OrganizationKind::Startup, _) => self.startup,
            (
                OrganizationKind::Consultancy,
                Work::Consultation(ConsultationWork {
                    engaged: Some(engagement),
                    ..
                }),
            ) => engagement.consultancy,
            (
                OrganizationKind::Consultancy
                | OrganizationKind::Hospital
                | OrganizationKind::Operator,
                _,
            ) => self.hospital,
        }
    }

    /// Whose move it is: every open stage, and for an approval every role with a free seat. While a case is paused it is nobody's.
    pub fn moves(&self) -> Vec<Move> {
        let mut moves = Vec::new();
        if self.status != CaseStatus::Running {
            return moves;
        }
        for (id, stage) in self.stages.iter().filter(|(_, stage)| stage.is_open()) {
            for role in stage.waiting_for() {
                moves.push(Move {
                    stage: id.clone(),
                    role,
                    organization: self.organization_of(role, stage),
                    since: stage.opened_at,
                    due_at: stage.schedule.as_ref().map(|schedule| schedule.due_at),
                });
            }
        }
        moves
    }

    /// The earliest due instant of an open stage.
    pub fn next_due_at(&self) -> Option<Timestamp> {
        self.moves().into_iter().filter_map(|m| m.due_at).min()
    }

    /// The study, round or consultation of every stage.
    pub fn children(&self) -> impl Iterator<Item = (&StageId, AggregateId)> {
        self.stages
            .iter()
            .filter_map(|(id, stage)| stage.child().map(|child| (id, child)))
    }

    /// The candidate of this id, with the stage.
    pub fn candidate(&self, id: CandidateId) -> Option<(&StageId, &Candidate)> {
        self.stages
            .iter()
            .find_map(|(stage_id, stage)| match &stage.work {
                Work::Matching(candidates) => {
                    candidates.get(&id).map(|candidate| (stage_id, candidate))
                }
                Work::Form(_)
                | Work::Approval(_)
                | Work::Child { .. }
                | Work::Consultation(_)
                | Work::Award(_)
                | Work::Agreement(_)
                | Work::Nothing => None,
            })
    }
}

impl Stage {
    /// Whether it is somebody's move.
    pub fn is_open(&self) -> bool {
        self.progress == Progress::Open
    }

    /// Whether it is over.
    pub fn is_over(&self) -> bool {
        matches!(self.progress, Progress::Over { .. })
    }

    /// The study, round or consultation that does the stage's work.
    pub fn child(&self) -> Option<AggregateId> {
        match &self.work {
            Work::Child { child, .. } => Some(*child),
            Work::Consultation(work) => work
                .engaged
                .map(|engagement| engagement.consultation.into()),
            Work::Form(_)
            | Work::Approval(_)
            | Work::Matching(_)
            | Work::Award(_)
            | Work::Agreement(_)
            | Work::Nothing => None,
        }
    }

    /// The roles whose act the stage waits for.
    pub fn waiting_for(&self) -> Vec<Role> {
        match &self.work {
            Work::Approval(work) => {
                let free: BTreeSet<Role> = work
                    .seats
                    .iter()
                    .filter(|seat| !work.votes.contains_key(&seat.id))
                    .map(|seat| seat.role)
                    .collect();
                free.into_iter().collect()
            }
            Work::Agreement(work) if work.document.is_some() => work
                .signers
                .get(work.signatures.len())
                .map(|signer| signer.role)
                .into_iter()
                .collect(),
            Work::Consultation(work) if work.engaged.is_none() => vec![Role::Coordinator],
            Work::Form(_)
            | Work::Matching(_)
            | Work::Child { .. }
            | Work::Consultation(_)
            | Work::Award(_)
            | Work::Agreement(_)
            | Work::Nothing => vec![self.owner],
        }
    }
}

impl Aggregate for Case {
    type Command = CaseCommand;
    type Event = CaseEvent;
    type Rejection = crate::Rejection;

    fn decide(
        state: Option<&Self>,
        command: &CaseCommand,
        context: &Context<'_>,
    ) -> Result<Vec<CaseEvent>, crate::Rejection> {
        decide::decide(state, command, context)
    }

    fn evolve(state: Option<Self>, event: &CaseEvent) -> Result<Self, BrokenHistory> {
        evolve::evolve(state, event)
    }

    fn effects(&self, event: &CaseEvent) -> Vec<Effect> {
        effects::effects(self, event)
    }

    fn next_wakeup(&self) -> Option<Timestamp> {
        schedule::next_wakeup(self)
    }
}
