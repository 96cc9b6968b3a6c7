//! Who works on a stage: claiming, handing over, engaging a consultancy.

use super::super::{CaseEvent, CaseRejection, Work};
use super::Draft;
use crate::pathway::StageId;
use crate::{AccountId, LongText, OrganizationId, OrganizationKind, Rejection, Role};

pub(super) fn claim(draft: &mut Draft<'_>, id: &StageId) -> Result<(), Rejection> {
    let (planned, stage) = draft.open_stage(id)?;
    let roles = stage.waiting_for();
    let by = match roles.iter().find(|role| draft.holds(**role, stage)) {
        Some(_) => draft.person()?,
        None => draft.my_move(id, planned.owner, stage)?,
    };
    if stage.claimed_by == Some(by) {
        return Ok(());
    }
    draft.push(CaseEvent::StageClaimed {
        stage: id.clone(),
        by,
    })
}

pub(super) fn reassign(
    draft: &mut Draft<'_>,
    id: &StageId,
    to: AccountId,
    to_holds_role: bool,
    reason: &LongText,
) -> Result<(), Rejection> {
    let (planned, stage) = draft.open_stage(id)?;
    let side = draft.case.organization_of(planned.owner, stage);
    draft.person()?;
    let may = draft.holds(planned.owner, stage)
        || [
            Role::Coordinator,
            Role::Director,
            Role::StartupAdmin,
            Role::ConsultancyAdmin,
        ]
        .iter()
        .any(|role| draft.context.actor.holds(side, *role));
    if !may {
        return Err(draft.refused());
    }
    if !to_holds_role {
        return Err(CaseRejection::ColleagueLacksRole.into());
    }
    draft.push(CaseEvent::StageReassigned {
        stage: id.clone(),
        to,
        reason: reason.clone(),
    })
}

pub(super) fn engage(
    draft: &mut Draft<'_>,
    id: &StageId,
    consultancy: OrganizationId,
    kind: OrganizationKind,
) -> Result<(), Rejection> {
    let (planned, stage) = draft.open_stage(id)?;
    let Work::Consultation(work) = &stage.work else {
        return Err(Draft::wrong_kind(planned));
    };
    draft.person()?;
    let actor = draft.context.actor;
    if !actor.holds(draft.case.hospital, Role::Coordinator)
        && !actor.holds(draft.case.startup, Role::StartupMember)
    {
        return Err(draft.refused());
    }
    if work.engaged.is_some() {
        return Err(CaseRejection::AlreadyEngaged.into());
    }
    if kind != OrganizationKind::Consultancy {
        return Err(CaseRejection::NotAConsultancy.into());
    }
    let consultation = draft.fresh();
    draft.push(CaseEvent::ConsultancyEngaged {
        stage: id.clone(),
        consultancy,
        consultation,
    })
}
