//! Opening a case, and opening the stages whose time has come.

use super::super::schedule::{Schedule, last_day};
use super::super::{Case, CaseCommand, CaseEvent, CaseRejection, OpenedSeat, OpenedWork};
use super::Draft;
use super::evolve;
use crate::pathway::{Stage as PathwayStage, StageId, StageKind};
use crate::{AggregateId, CommonRejection, Context, OrganizationKind, Rejection, Role};
use std::collections::BTreeSet;

pub(super) fn open(
    command: &CaseCommand,
    context: &Context<'_>,
) -> Result<Vec<CaseEvent>, Rejection> {
    let CaseCommand::Open {
        startup,
        hospital,
        hospital_kind,
        device,
        device_owner,
        pathway,
        title,
    } = command
    else {
        return Err(CommonRejection::NotFound.into());
    };
    let AggregateId::Case(case) = context.aggregate else {
        return Err(CommonRejection::NotFound.into());
    };
    if context.actor.account().is_none() || !context.actor.holds(*startup, Role::StartupMember) {
        return Err(CommonRejection::NotAllowed.into());
    }
    if device_owner != startup {
        return Err(CaseRejection::DeviceNotOwned.into());
    }
    if *hospital_kind != OrganizationKind::Hospital {
        return Err(CaseRejection::NotAHospital.into());
    }
    let planned = context
        .pathways
        .by_hash(pathway)
        .ok_or(CaseRejection::PathwayUnknown)?;
    let opened = CaseEvent::Opened {
        case,
        startup: *startup,
        hospital: *hospital,
        device: *device,
        pathway: planned.id.clone(),
        pathway_hash: pathway.clone(),
        calendar: planned.calendar.clone(),
        title: title.clone(),
        at: context.now,
    };
    let state: Case = evolve(None, &opened).map_err(|_| CommonRejection::Stopped)?;
    let mut draft = Draft::new(&state, context)?;
    draft.events.push(opened);
    open_ready(&mut draft)?;
    Ok(draft.events)
}

/// Opens, or passes by, every stage whose needs are over: directly, and through everything those need.
pub(super) fn open_ready(draft: &mut Draft<'_>) -> Result<(), Rejection> {
    let mut over: BTreeSet<&StageId> = BTreeSet::new();
    for planned in &draft.pathway.stages {
        if !planned.needs.iter().all(|need| over.contains(need)) {
            continue;
        }
        let waits = draft
            .case
            .stages
            .get(&planned.id)
            .is_none_or(|stage| !stage.is_open() && !stage.is_over());
        if waits {
            let event = if planned
                .when
                .as_ref()
                .is_none_or(|condition| condition.holds(&draft.case.answers))
            {
                opened(draft, planned)
            } else {
                CaseEvent::StageSkipped {
                    stage: planned.id.clone(),
                    title: planned.title.clone(),
                    at: draft.context.now,
                }
            };
            draft.push(event)?;
        }
        if draft
            .case
            .stages
            .get(&planned.id)
            .is_some_and(super::Stage::is_over)
        {
            over.insert(&planned.id);
        }
    }
    Ok(())
}

/// The event that opens a stage now.
pub(super) fn opened(draft: &mut Draft<'_>, planned: &PathwayStage) -> CaseEvent {
    let round = draft
        .case
        .stages
        .get(&planned.id)
        .map_or(0, |stage| stage.round)
        + 1;
    let side = match planned.owner.organization_kind() {
        OrganizationKind::Startup => draft.case.startup,
        OrganizationKind::Hospital | OrganizationKind::Consultancy | OrganizationKind::Operator => {
            draft.case.hospital
        }
    };
    CaseEvent::StageOpened {
        stage: planned.id.clone(),
        round,
        title: planned.title.clone(),
        owner: planned.owner,
        at: draft.context.now,
        schedule: Schedule::of(planned, draft.calendar, draft.context.now),
        work: opened_work(draft, &planned.kind),
        // Others must decide and sign, so they are told; a form that comes back is news to whoever filled it in.
        quiet: round == 1
            && !matches!(
                planned.kind,
                StageKind::Approval(_) | StageKind::Agreement(_)
            )
            && draft.context.actor.holds(side, planned.owner),
    }
}

fn opened_work(draft: &mut Draft<'_>, kind: &StageKind) -> OpenedWork {
    match kind {
        StageKind::Form(_) => OpenedWork::Form,
        StageKind::Matching(_) => OpenedWork::Matching,
        StageKind::Award(_) => OpenedWork::Award,
        StageKind::Approval(approval) => OpenedWork::Approval {
            seats: approval
                .seats
                .iter()
                .map(|seat| OpenedSeat {
                    id: seat.id.clone(),
                    role: seat.role,
                })
                .collect(),
            approvals_needed: approval.approvals_needed,
        },
        StageKind::Agreement(agreement) => OpenedWork::Agreement {
            signers: agreement
                .signers
                .iter()
                .map(|signer| OpenedSeat {
                    id: signer.id.clone(),
                    role: signer.role,
                })
                .collect(),
        },
        StageKind::UsabilityStudy(study) => OpenedWork::UsabilityStudy {
            study: draft.fresh(),
            summative: study.summative,
            participants_per_group: study.participants_per_group,
            groups: study.groups.clone(),
            tasks: study.tasks.clone(),
        },
        StageKind::FeedbackRound(round) => {
            let opened_on = draft.calendar.date_of(draft.context.now);
            OpenedWork::FeedbackRound {
                feedback_round: draft.fresh(),
                questionnaire: round.questionnaire.clone(),
                anonymity_threshold: round.anonymity_threshold,
                answers_needed: round.answers_needed,
                opened_on,
                closes_on: last_day(draft.calendar, opened_on, round.open_for),
                remind_after_working_days: round.remind_after_working_days.clone(),
            }
        }
        StageKind::Consultation(consultation) => OpenedWork::Consultation {
            about: consultation.about,
            asks: consultation.asks.clone(),
        },
    }
}
