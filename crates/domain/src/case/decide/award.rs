//! Granting money within the programme's bounds.

use super::super::{Award, CaseEvent, CaseRejection};
use super::Draft;
use super::approval::four_eyes;
use super::opening::open_ready;
use crate::Rejection;
use crate::pathway::{AwardStage, StageId, StageKind};
use jiff::civil::Date;

/// Milestones in one award.
const MILESTONES_MAX: u32 = 50;

pub(super) fn grant(draft: &mut Draft<'_>, id: &StageId, award: &Award) -> Result<(), Rejection> {
    let (planned, stage) = draft.open_stage(id)?;
    let StageKind::Award(bounds) = &planned.kind else {
        return Err(Draft::wrong_kind(planned));
    };
    let by = draft.my_move(id, planned.owner, stage)?;
    four_eyes(draft, id)?;
    within_bounds(bounds, award, draft.calendar.date_of(draft.context.now))?;
    draft.push(CaseEvent::AwardGranted {
        stage: id.clone(),
        award: award.clone(),
        by,
        at: draft.context.now,
    })?;
    open_ready(draft)
}

fn within_bounds(bounds: &AwardStage, award: &Award, today: Date) -> Result<(), CaseRejection> {
    if award.amount_krw < bounds.min_krw || bounds.max_krw < award.amount_krw {
        return Err(CaseRejection::AmountOutOfBounds {
            min: bounds.min_krw,
            max: bounds.max_krw,
        });
    }
    if u32::try_from(award.milestones.len()).is_ok_and(|found| MILESTONES_MAX < found) {
        return Err(CaseRejection::TooMany {
            what: "milestones".to_owned(),
            max: MILESTONES_MAX,
        });
    }
    if award.milestones.len() < usize::from(bounds.milestones_min) {
        return Err(CaseRejection::MilestonesMissing {
            min: bounds.milestones_min,
        });
    }
    if bounds.report_required && award.report_due_on.is_none() {
        return Err(CaseRejection::ReportDayMissing);
    }
    let days = award
        .milestones
        .iter()
        .map(|milestone| milestone.due_on)
        .chain(award.report_due_on);
    if let Some(day) = days.into_iter().find(|day| *day < today) {
        return Err(CaseRejection::DayInThePast { day });
    }
    let tranches: Vec<i64> = award
        .milestones
        .iter()
        .filter_map(|milestone| milestone.amount_krw)
        .collect();
    let sum = tranches
        .iter()
        .try_fold(0_i64, |sum, tranche| sum.checked_add(*tranche))
        .unwrap_or(i64::MAX);
    let negative = tranches.iter().any(|tranche| *tranche < 0);
    if negative || (!tranches.is_empty() && sum != award.amount_krw) {
        return Err(CaseRejection::TranchesDoNotAddUp {
            sum,
            amount: award.amount_krw,
        });
    }
    Ok(())
}
