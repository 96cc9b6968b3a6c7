//! Pausing, resuming, canceling and completing a case, and hearing from what it spawned.

use super::super::schedule::{answers_moved_by, moved_by};
use super::super::{CaseEvent, CaseRejection, CaseStatus, Outcome, Progress, StageReport};
use super::Draft;
use super::opening::open_ready;
use crate::pathway::StageId;
use crate::{CommonRejection, LongText, Rejection, Role, Who};

/// A report counts also while the case is paused: the work behind it is done.
pub(super) fn report(
    draft: &mut Draft<'_>,
    id: &StageId,
    round: u16,
    report: &StageReport,
) -> Result<(), Rejection> {
    if !matches!(draft.context.actor.who, Who::Message(_)) {
        return Err(CommonRejection::NotAllowed.into());
    }
    if draft.case.status.is_over() {
        return Ok(());
    }
    let stage = draft
        .case
        .stages
        .get(id)
        .ok_or_else(|| CaseRejection::StageUnknown { stage: id.clone() })?;
    if stage.round != round || stage.child() != Some(report.evidence) {
        return Err(CaseRejection::ReportOutdated.into());
    }
    if !stage.is_open() {
        return Ok(());
    }
    draft.push(CaseEvent::StageReported {
        stage: id.clone(),
        report: report.clone(),
        at: draft.context.now,
    })?;
    match draft.running() {
        Ok(()) => open_ready(draft),
        // Nothing opens in a pause: its clock would run, and its people could not act.
        Err(_) => Ok(()),
    }
}

pub(super) fn cancel(draft: &mut Draft<'_>, reason: &LongText) -> Result<(), Rejection> {
    draft.person()?;
    let actor = draft.context.actor;
    if !actor.holds(draft.case.startup, Role::StartupMember)
        && !actor.holds(draft.case.hospital, Role::Coordinator)
    {
        return Err(draft.refused());
    }
    if draft.case.status.is_over() {
        return Err(CaseRejection::CaseOver.into());
    }
    draft.push(CaseEvent::Canceled {
        reason: reason.clone(),
        at: draft.context.now,
    })
}

pub(super) fn pause(draft: &mut Draft<'_>, reason: &LongText) -> Result<(), Rejection> {
    draft.coordinator()?;
    draft.running()?;
    draft.push(CaseEvent::Paused {
        reason: reason.clone(),
        at: draft.context.now,
    })
}

pub(super) fn resume(draft: &mut Draft<'_>) -> Result<(), Rejection> {
    draft.coordinator()?;
    let since = match draft.case.status {
        CaseStatus::Paused { since, .. } => since,
        CaseStatus::Running => return Err(CaseRejection::NotPaused.into()),
        CaseStatus::Completed { .. }
        | CaseStatus::Rejected { .. }
        | CaseStatus::Canceled { .. } => return Err(CaseRejection::CaseOver.into()),
    };
    let now = draft.context.now;
    let working_days = draft
        .calendar
        .working_days_between(draft.calendar.date_of(since), draft.calendar.date_of(now));
    let schedules = moved_by(&draft.case, draft.calendar, working_days);
    let answer_by = answers_moved_by(&draft.case, draft.calendar, working_days);
    draft.push(CaseEvent::Resumed {
        schedules,
        answer_by,
        working_days,
        at: now,
    })?;
    // What was reported meanwhile lets stages open now, with a whole schedule.
    open_ready(draft)
}

pub(super) fn complete(draft: &mut Draft<'_>, summary: &LongText) -> Result<(), Rejection> {
    draft.coordinator()?;
    draft.running()?;
    let unfinished: Vec<String> = draft
        .pathway
        .stages
        .iter()
        .filter(|planned| {
            !draft
                .case
                .stages
                .get(&planned.id)
                .is_some_and(|stage| match stage.progress {
                    Progress::Over { outcome, .. } => outcome != Outcome::Rejected,
                    Progress::Waiting | Progress::Open => false,
                })
        })
        .map(|planned| planned.id.to_string())
        .collect();
    if !unfinished.is_empty() {
        return Err(CaseRejection::StagesOpen {
            stages: unfinished.join(", "),
        }
        .into());
    }
    draft.push(CaseEvent::Completed {
        summary: summary.clone(),
        at: draft.context.now,
    })
}
