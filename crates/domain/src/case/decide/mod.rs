//! What a case allows.
//!
//! A decision works on a copy of the state: each event is folded in at once, so that what opens next is decided on the state it opens in.

mod agreement;
mod approval;
mod award;
mod form_stage;
mod lifecycle;
mod matching;
mod opening;
mod people;

use super::evolve::evolve;
use super::schedule::due_events;
use super::{Case, CaseCommand, CaseEvent, CaseRejection, CaseStatus, Stage};
use crate::calendar::Calendar;
use crate::pathway::{Pathway, Stage as PathwayStage, StageId};
use crate::{AccountId, CommonRejection, Context, Rejection, Role, Who};

pub(super) fn decide(
    state: Option<&Case>,
    command: &CaseCommand,
    context: &Context<'_>,
) -> Result<Vec<CaseEvent>, Rejection> {
    match (state, command) {
        (None, CaseCommand::Open { .. }) => opening::open(command, context),
        (Some(_), CaseCommand::Open { .. }) => Err(CommonRejection::AlreadyExists.into()),
        (None, _) => Err(CommonRejection::NotFound.into()),
        (Some(case), command) => on_case(case, command, context),
    }
}

fn on_case(
    case: &Case,
    command: &CaseCommand,
    context: &Context<'_>,
) -> Result<Vec<CaseEvent>, Rejection> {
    let mut draft = Draft::new(case, context)?;
    draft.known_to_actor()?;
    match command {
        CaseCommand::Open { .. } => return Err(CommonRejection::AlreadyExists.into()),
        CaseCommand::Wake => wake(&mut draft)?,
        CaseCommand::ReportStage {
            stage,
            round,
            summary,
        } => lifecycle::report(&mut draft, stage, *round, summary)?,
        CaseCommand::Cancel { reason } => lifecycle::cancel(&mut draft, reason)?,
        CaseCommand::Pause { reason } => lifecycle::pause(&mut draft, reason)?,
        CaseCommand::Resume => lifecycle::resume(&mut draft)?,
        CaseCommand::Complete { summary } => lifecycle::complete(&mut draft, summary)?,
        CaseCommand::SaveDraft { stage, values } => {
            form_stage::save_draft(&mut draft, stage, values)?;
        }
        CaseCommand::SubmitForm {
            stage,
            values,
            documents,
        } => form_stage::submit(&mut draft, stage, values, documents)?,
        CaseCommand::RecallSubmission { stage } => form_stage::recall(&mut draft, stage)?,
        CaseCommand::ClaimStage { stage } => people::claim(&mut draft, stage)?,
        CaseCommand::ReassignStage {
            stage,
            to,
            to_holds_role,
            reason,
        } => people::reassign(&mut draft, stage, *to, *to_holds_role, reason)?,
        CaseCommand::DecideApproval {
            stage,
            seat,
            decision,
        } => approval::decide(&mut draft, stage, seat.as_deref(), decision)?,
        CaseCommand::InviteCandidate { .. } => matching::invite(&mut draft, command)?,
        CaseCommand::WithdrawCandidate {
            stage,
            candidate,
            reason,
        } => matching::withdraw(&mut draft, stage, *candidate, reason)?,
        CaseCommand::AnswerMatchInvitation { accept, conflict } => {
            matching::answer(&mut draft, *accept, conflict.as_ref())?;
        }
        CaseCommand::ConfirmMatching { stage } => matching::confirm(&mut draft, stage)?,
        CaseCommand::EngageConsultancy {
            stage,
            consultancy,
            consultancy_kind,
        } => people::engage(&mut draft, stage, *consultancy, *consultancy_kind)?,
        CaseCommand::GrantAward { stage, award } => award::grant(&mut draft, stage, award)?,
        CaseCommand::PrepareAgreement { stage, document } => {
            agreement::prepare(&mut draft, stage, document)?;
        }
        CaseCommand::SignAgreement {
            stage,
            shown,
            printed_name,
        } => agreement::sign(&mut draft, stage, shown, printed_name)?,
    }
    Ok(draft.events)
}

fn wake(draft: &mut Draft<'_>) -> Result<(), Rejection> {
    if draft.context.actor.who != Who::Clock {
        return Err(CommonRejection::NotAllowed.into());
    }
    for event in due_events(&draft.case, draft.calendar, draft.context.now) {
        draft.push(event)?;
    }
    Ok(())
}

/// A copy of the case that a decision works on, and the events so far.
struct Draft<'a> {
    case: Case,
    pathway: &'a Pathway,
    calendar: &'a Calendar,
    context: &'a Context<'a>,
    events: Vec<CaseEvent>,
    fresh_ids: u32,
}

impl<'a> Draft<'a> {
    fn new(case: &Case, context: &'a Context<'a>) -> Result<Self, Rejection> {
        let pathway = context
            .pathways
            .by_hash(&case.pathway_hash)
            .ok_or(CaseRejection::PathwayUnknown)?;
        let calendar = context.calendars.get(&case.calendar).ok_or_else(|| {
            CaseRejection::CalendarMissing {
                calendar: case.calendar.clone(),
            }
        })?;
        Ok(Self {
            case: case.clone(),
            pathway,
            calendar,
            context,
            events: Vec::new(),
            fresh_ids: 0,
        })
    }

    /// Folds an event in and keeps it.
    fn push(&mut self, event: CaseEvent) -> Result<(), Rejection> {
        self.case
            .fold(&event)
            .map_err(|_| CommonRejection::Stopped)?;
        self.events.push(event);
        Ok(())
    }

    fn fresh<T: crate::TypedId>(&mut self) -> T {
        self.fresh_ids += 1;
        self.context.fresh(self.fresh_ids)
    }

    /// The person who acts; nobody else may give these commands.
    fn person(&self) -> Result<AccountId, Rejection> {
        self.context
            .actor
            .account()
            .ok_or_else(|| CommonRejection::NotAllowed.into())
    }

    fn running(&self) -> Result<(), Rejection> {
        match self.case.status {
            CaseStatus::Running => Ok(()),
            CaseStatus::Paused { .. } => Err(CaseRejection::CasePaused.into()),
            CaseStatus::Completed { .. }
            | CaseStatus::Rejected { .. }
            | CaseStatus::Canceled { .. } => Err(CaseRejection::CaseOver.into()),
        }
    }

    /// The stage as the pathway has it and as it stands, if it is open in a running case.
    fn open_stage(&self, id: &StageId) -> Result<(&'a PathwayStage, &Stage), Rejection> {
        self.running()?;
        let planned = self
            .pathway
            .stage(id)
            .ok_or_else(|| CaseRejection::StageUnknown { stage: id.clone() })?;
        match self.case.stages.get(id) {
            Some(stage) if stage.is_open() => Ok((planned, stage)),
            Some(stage) if stage.is_over() => {
                Err(CaseRejection::StageDecided { stage: id.clone() }.into())
            }
            Some(_) | None => Err(CaseRejection::StageNotOpen { stage: id.clone() }.into()),
        }
    }

    /// Whether the actor holds `role` in the organization that has it at this stage.
    fn holds(&self, role: Role, stage: &Stage) -> bool {
        self.context
            .actor
            .holds(self.case.organization_of(role, stage), role)
    }

    /// Refuses unless the actor holds the stage's role.
    fn my_move(&self, id: &StageId, role: Role, stage: &Stage) -> Result<AccountId, Rejection> {
        let by = self.person()?;
        if self.holds(role, stage) {
            Ok(by)
        } else if self.is_party() {
            Err(CaseRejection::NotYourMove {
                stage: id.clone(),
                role: role.as_str().to_owned(),
            }
            .into())
        } else {
            Err(CommonRejection::NotFound.into())
        }
    }

    /// Whether the actor belongs to an organization that takes part in the case.
    fn is_party(&self) -> bool {
        let actor = self.context.actor;
        actor.belongs_to(self.case.startup)
            || actor.belongs_to(self.case.hospital)
            || self.case.consultancies.iter().any(|c| actor.belongs_to(*c))
    }

    /// Refuses those who may not know of the case at all, whatever its state, as if nothing were there.
    fn known_to_actor(&self) -> Result<(), Rejection> {
        let known = match self.context.actor.who {
            Who::Account(_) => self.is_party(),
            Who::Candidate(candidate) => self.case.candidate(candidate).is_some(),
            Who::Guest(_) => false,
            Who::Clock | Who::Message(_) | Who::Machine => true,
        };
        if known {
            Ok(())
        } else {
            Err(CommonRejection::NotFound.into())
        }
    }

    fn coordinator(&self) -> Result<AccountId, Rejection> {
        let by = self.person()?;
        if self
            .context
            .actor
            .holds(self.case.hospital, Role::Coordinator)
        {
            Ok(by)
        } else {
            Err(self.refused())
        }
    }

    /// The refusal for somebody who may not do this: as if nothing were there, for those who may not know of the case.
    fn refused(&self) -> Rejection {
        if self.is_party() {
            CommonRejection::NotAllowed.into()
        } else {
            CommonRejection::NotFound.into()
        }
    }

    fn wrong_kind(planned: &PathwayStage) -> Rejection {
        CaseRejection::WrongKind {
            stage: planned.id.clone(),
            kind: planned.kind.as_str().to_owned(),
        }
        .into()
    }
}
