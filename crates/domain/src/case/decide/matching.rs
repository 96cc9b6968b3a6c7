//! Finding a PI and clinicians.

use super::super::schedule::last_day;
use super::super::{
    Candidate, CandidateAnswer, CaseCommand, CaseEvent, CaseRejection, CaseStatus, Work,
};
use super::Draft;
use super::opening::open_ready;
use crate::pathway::{MatchRole, MatchingStage, StageId, StageKind};
use crate::{AccountId, CandidateId, CommonRejection, LongText, Rejection, Role, Who};
use std::collections::BTreeMap;

/// Candidates in one matching stage.
const CANDIDATES_MAX: u32 = 200;

type Candidates = BTreeMap<CandidateId, Candidate>;

fn matching<'a, 'd>(
    draft: &'d Draft<'a>,
    id: &StageId,
) -> Result<(&'a MatchingStage, &'d Candidates, AccountId), Rejection> {
    let (planned, stage) = draft.open_stage(id)?;
    let (StageKind::Matching(wanted), Work::Matching(candidates)) = (&planned.kind, &stage.work)
    else {
        return Err(Draft::wrong_kind(planned));
    };
    let by = draft.my_move(id, planned.owner, stage)?;
    Ok((wanted, candidates, by))
}

pub(super) fn invite(draft: &mut Draft<'_>, command: &CaseCommand) -> Result<(), Rejection> {
    let CaseCommand::InviteCandidate {
        stage: id,
        role,
        name,
        email,
        locale,
        department,
        conflict,
    } = command
    else {
        return Err(CommonRejection::NotFound.into());
    };
    let (wanted, candidates, _) = matching(draft, id)?;
    if !wanted.wanted.iter().any(|wanted| wanted.role == *role) {
        return Err(CaseRejection::RoleNotWanted.into());
    }
    let asked = candidates.values().any(|candidate| {
        &candidate.email == email
            && matches!(
                candidate.answer,
                CandidateAnswer::Invited { .. } | CandidateAnswer::Accepted { .. }
            )
    });
    if asked {
        return Err(CaseRejection::AlreadyInvited.into());
    }
    if u32::try_from(candidates.len()).is_ok_and(|found| CANDIDATES_MAX <= found) {
        return Err(CaseRejection::TooMany {
            what: "candidates".to_owned(),
            max: CANDIDATES_MAX,
        }
        .into());
    }
    let answer_by = last_day(
        draft.calendar,
        draft.calendar.date_of(draft.context.now),
        wanted.answer_within,
    );
    let lapses_at = draft.calendar.end_of_day(answer_by);
    let candidate = draft.fresh();
    draft.push(CaseEvent::CandidateInvited {
        stage: id.clone(),
        candidate,
        role: *role,
        name: name.clone(),
        email: email.clone(),
        locale: *locale,
        department: department.clone(),
        conflict: conflict.clone(),
        answer_by,
        lapses_at,
    })
}

pub(super) fn withdraw(
    draft: &mut Draft<'_>,
    id: &StageId,
    candidate: CandidateId,
    reason: &LongText,
) -> Result<(), Rejection> {
    let (_, candidates, _) = matching(draft, id)?;
    let found = candidates
        .get(&candidate)
        .ok_or(CaseRejection::CandidateUnknown)?;
    if found.answer == CandidateAnswer::Withdrawn {
        return Err(CaseRejection::InvitationOver.into());
    }
    draft.push(CaseEvent::CandidateWithdrawn {
        stage: id.clone(),
        candidate,
        reason: reason.clone(),
    })
}

pub(super) fn answer(
    draft: &mut Draft<'_>,
    accept: bool,
    conflict: Option<&LongText>,
) -> Result<(), Rejection> {
    let Who::Candidate(candidate) = draft.context.actor.who else {
        return Err(CommonRejection::NotAllowed.into());
    };
    let (id, invited) = draft
        .case
        .candidate(candidate)
        .ok_or(CommonRejection::NotFound)?;
    if matches!(draft.case.status, CaseStatus::Paused { .. }) {
        return Err(CaseRejection::CasePaused.into());
    }
    match &invited.answer {
        CandidateAnswer::Invited { lapses_at } if draft.context.now < *lapses_at => {}
        CandidateAnswer::Accepted { .. } | CandidateAnswer::Declined { .. } => {
            return Err(CaseRejection::CandidateAnswered.into());
        }
        CandidateAnswer::Invited { .. } | CandidateAnswer::Lapsed | CandidateAnswer::Withdrawn => {
            return Err(CaseRejection::InvitationOver.into());
        }
    }
    let stage = id.clone();
    draft
        .open_stage(&stage)
        .map_err(|_| CaseRejection::InvitationOver)?;
    draft.push(CaseEvent::CandidateAnswered {
        stage,
        candidate,
        accepted: accept,
        conflict: conflict.cloned(),
        at: draft.context.now,
    })
}

pub(super) fn confirm(draft: &mut Draft<'_>, id: &StageId) -> Result<(), Rejection> {
    let (matching, candidates, by) = matching(draft, id)?;
    for wanted in &matching.wanted {
        let accepted = candidates
            .values()
            .filter(|c| {
                c.role == wanted.role && matches!(c.answer, CandidateAnswer::Accepted { .. })
            })
            .count();
        let found = u16::try_from(accepted).unwrap_or(u16::MAX);
        if found < wanted.count {
            let role = match wanted.role {
                MatchRole::PrincipalInvestigator => Role::PrincipalInvestigator,
                MatchRole::Clinician => Role::Clinician,
            };
            return Err(CaseRejection::NotEnoughAccepted {
                role: role.as_str().to_owned(),
                needed: wanted.count,
                found,
            }
            .into());
        }
    }
    draft.push(CaseEvent::MatchingConfirmed {
        stage: id.clone(),
        by,
        at: draft.context.now,
    })?;
    open_ready(draft)
}
