//! Deciding an approval: seats, four eyes, one person one vote, send-back.

use super::super::{
    ApprovalWork, CaseEvent, CaseRejection, ChangeRequest, Decision, Progress, Requested, Verdict,
    Vote, Work,
};
use super::Draft;
use super::opening::{open_ready, opened};
use crate::pathway::{ApprovalStage, StageId, StageKind};
use crate::{AccountId, LongText, OrganizationKind, Rejection};
use std::collections::BTreeSet;

/// Requests in one send-back.
const REQUESTS_MAX: u32 = 100;

pub(super) fn decide(
    draft: &mut Draft<'_>,
    id: &StageId,
    seat: Option<&str>,
    decision: &Decision,
) -> Result<(), Rejection> {
    let (planned, stage) = draft.open_stage(id)?;
    let (StageKind::Approval(approval), Work::Approval(work)) = (&planned.kind, &stage.work) else {
        return Err(Draft::wrong_kind(planned));
    };
    let by = draft.person()?;
    let seat = seat_for(draft, id, seat, work, by)?;
    four_eyes(draft, id)?;
    match decision {
        Decision::Approve { comment } => vote(
            draft,
            id,
            seat,
            by,
            Verdict::Approve {
                comment: comment.clone(),
            },
        ),
        Decision::Reject { reason } => vote(
            draft,
            id,
            seat,
            by,
            Verdict::Reject {
                reason: reason.clone(),
            },
        ),
        Decision::Recuse { reason } => recuse(draft, id, by, reason),
        Decision::SendBack { to, requests } => send_back(draft, id, approval, to, requests, by),
    }
}

/// The seat the actor takes: the one named, or the first free one of a role the actor holds.
fn seat_for(
    draft: &Draft<'_>,
    id: &StageId,
    named: Option<&str>,
    work: &ApprovalWork,
    by: AccountId,
) -> Result<String, Rejection> {
    // One person is one person also when standing in for somebody, and so is the one stood in for.
    let persons: BTreeSet<AccountId> = [by]
        .into_iter()
        .chain(draft.context.actor.on_behalf_of)
        .collect();
    if !work.recused.is_disjoint(&persons) {
        return Err(CaseRejection::Recused.into());
    }
    let voted = |vote: &Vote| {
        [Some(vote.by), vote.on_behalf_of]
            .into_iter()
            .flatten()
            .any(|voter| persons.contains(&voter))
    };
    if work.votes.values().any(voted) {
        return Err(CaseRejection::AlreadyDecided.into());
    }
    let mine = |role| {
        draft.context.actor.holds(draft.case.hospital, role)
            || draft.context.actor.holds(draft.case.startup, role)
    };
    let not_mine = || -> Rejection {
        if !draft.is_party() {
            return crate::CommonRejection::NotFound.into();
        }
        let roles: BTreeSet<&str> = work.seats.iter().map(|seat| seat.role.as_str()).collect();
        CaseRejection::NotYourMove {
            stage: id.clone(),
            role: roles.into_iter().collect::<Vec<_>>().join(", "),
        }
        .into()
    };
    if let Some(name) = named {
        let shown = || name.chars().take(80).collect::<String>();
        if !draft.is_party() {
            return Err(not_mine());
        }
        let seat = work
            .seats
            .iter()
            .find(|seat| seat.id == name)
            .ok_or_else(|| CaseRejection::SeatUnknown { seat: shown() })?;
        if !mine(seat.role) {
            return Err(not_mine());
        }
        if work.votes.contains_key(name) {
            return Err(CaseRejection::SeatTaken { seat: shown() }.into());
        }
        return Ok(name.to_owned());
    }
    let free = work
        .seats
        .iter()
        .find(|seat| mine(seat.role) && !work.votes.contains_key(&seat.id));
    free.map(|seat| seat.id.clone()).ok_or_else(not_mine)
}

/// Whoever applied never decides on the way, and whoever handed in what is decided now does not decide it: in person or on behalf of somebody.
/// What an approval before this one has decided already is not decided again.
pub(super) fn four_eyes(draft: &Draft<'_>, id: &StageId) -> Result<(), Rejection> {
    let actor = draft.context.actor;
    let mine = |account: &AccountId| {
        actor.account() == Some(*account) || actor.on_behalf_of == Some(*account)
    };
    let decided_now = back_to_approvals(draft, id);
    let handed_in_by_me = ancestors(draft, id).into_iter().any(|before| {
        let Some(Work::Form(form)) = draft.case.stages.get(before).map(|stage| &stage.work) else {
            return false;
        };
        let by_applicant = draft
            .pathway
            .stage(before)
            .is_some_and(|planned| planned.owner.organization_kind() == OrganizationKind::Startup);
        (by_applicant || decided_now.contains(before)) && form.submitters.iter().any(mine)
    });
    if handed_in_by_me {
        Err(CaseRejection::SubmitterCannotDecide.into())
    } else {
        Ok(())
    }
}

/// What `id` rests on that no approval has decided yet: the stages it needs, and theirs, up to the approvals among them.
fn back_to_approvals<'a>(draft: &Draft<'a>, id: &StageId) -> BTreeSet<&'a StageId> {
    let mut found: BTreeSet<&StageId> = draft
        .pathway
        .stage(id)
        .into_iter()
        .flat_map(|stage| &stage.needs)
        .collect();
    for stage in draft.pathway.stages.iter().rev() {
        if found.contains(&stage.id) && !matches!(stage.kind, StageKind::Approval(_)) {
            found.extend(&stage.needs);
        }
    }
    found
}

/// Every stage that `id` needs, directly or through others.
fn ancestors<'a>(draft: &Draft<'a>, id: &StageId) -> BTreeSet<&'a StageId> {
    let mut found: BTreeSet<&StageId> = draft
        .pathway
        .stage(id)
        .into_iter()
        .flat_map(|stage| &stage.needs)
        .collect();
    for stage in draft.pathway.stages.iter().rev() {
        if found.contains(&stage.id) {
            found.extend(&stage.needs);
        }
    }
    found
}

fn vote(
    draft: &mut Draft<'_>,
    id: &StageId,
    seat: String,
    by: AccountId,
    verdict: Verdict,
) -> Result<(), Rejection> {
    let at = draft.context.now;
    draft.push(CaseEvent::SeatDecided {
        stage: id.clone(),
        seat,
        by,
        on_behalf_of: draft.context.actor.on_behalf_of,
        verdict,
        at,
    })?;
    let Some(Work::Approval(work)) = draft.case.stages.get(id).map(|stage| &stage.work) else {
        return Ok(());
    };
    let needed = usize::from(work.approvals_needed);
    let approvals = work
        .votes
        .values()
        .filter(|vote| matches!(vote.verdict, Verdict::Approve { .. }))
        .count();
    let still_free = work.seats.len().saturating_sub(work.votes.len());
    if needed <= approvals {
        draft.push(CaseEvent::ApprovalDecided {
            stage: id.clone(),
            approved: true,
            at,
        })?;
        open_ready(draft)
    } else if approvals + still_free < needed {
        draft.push(CaseEvent::ApprovalDecided {
            stage: id.clone(),
            approved: false,
            at,
        })
    } else {
        Ok(())
    }
}

fn recuse(
    draft: &mut Draft<'_>,
    id: &StageId,
    by: AccountId,
    reason: &LongText,
) -> Result<(), Rejection> {
    draft.push(CaseEvent::SeatRecused {
        stage: id.clone(),
        by,
        on_behalf_of: draft.context.actor.on_behalf_of,
        reason: reason.clone(),
    })
}

fn send_back(
    draft: &mut Draft<'_>,
    id: &StageId,
    approval: &ApprovalStage,
    to: &StageId,
    requests: &[ChangeRequest],
    by: AccountId,
) -> Result<(), Rejection> {
    let target = draft
        .pathway
        .stage(to)
        .filter(|_| approval.send_back_to.contains(to))
        .ok_or_else(|| CaseRejection::CannotSendBackTo { stage: to.clone() })?;
    let StageKind::Form(form) = &target.kind else {
        return Err(CaseRejection::CannotSendBackTo { stage: to.clone() }.into());
    };
    let handed_in = draft
        .case
        .stages
        .get(to)
        .is_some_and(|stage| stage.is_over() && stage.work != Work::Nothing);
    if !handed_in {
        return Err(CaseRejection::CannotSendBackTo { stage: to.clone() }.into());
    }
    if requests.is_empty() {
        return Err(CaseRejection::RequestsMissing.into());
    }
    if u32::try_from(requests.len()).is_ok_and(|found| REQUESTS_MAX < found) {
        return Err(CaseRejection::TooMany {
            what: "requests".to_owned(),
            max: REQUESTS_MAX,
        }
        .into());
    }
    let mut pinned = Vec::new();
    for request in requests {
        if let Some(field) = request
            .field
            .as_ref()
            .filter(|name| !form.fields.iter().any(|field| &field.name == *name))
        {
            return Err(CaseRejection::FieldUnknown {
                field: field.chars().take(80).collect(),
            }
            .into());
        }
        pinned.push(Requested {
            request: draft.fresh(),
            field: request.field.clone(),
            text: request.text.clone(),
        });
    }
    let reset = to_decide_again(draft, id, to);
    let at = draft.context.now;
    draft.push(CaseEvent::SentBack {
        stage: id.clone(),
        to: to.clone(),
        requests: pinned,
        reset,
        by,
        at,
    })?;
    let event = opened(draft, target);
    draft.push(event)
}

/// Decisions that rest on the form and come before this one or are still being made beside it, and stages passed by because of its
/// answers. What was decided beside it stays decided, and so does the work of studies, rounds and consultations.
fn to_decide_again(draft: &Draft<'_>, id: &StageId, to: &StageId) -> BTreeSet<StageId> {
    let before = ancestors(draft, id);
    draft
        .pathway
        .dependents(to)
        .into_iter()
        .filter(|stage| stage != id)
        .filter(|dependent| {
            draft
                .case
                .stages
                .get(dependent)
                .is_some_and(|stage| match stage.work {
                    Work::Approval(_) | Work::Agreement(_) => {
                        before.contains(dependent) || stage.progress == Progress::Open
                    }
                    Work::Nothing => true,
                    Work::Form(_)
                    | Work::Matching(_)
                    | Work::Child { .. }
                    | Work::Consultation(_)
                    | Work::Award(_) => false,
                })
        })
        .collect()
}
