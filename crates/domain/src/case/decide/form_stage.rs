//! Filling, handing in and taking back a form.

use super::super::form::{Completeness, checked};
use super::super::{CaseEvent, CaseRejection, DocumentVersion, Progress, Work};
use super::Draft;
use super::opening::open_ready;
use crate::Rejection;
use crate::pathway::{FormStage, Stage as PathwayStage, StageId, StageKind, Value};
use std::collections::{BTreeMap, BTreeSet};

fn form_of(planned: &PathwayStage) -> Result<&FormStage, Rejection> {
    match &planned.kind {
        StageKind::Form(form) => Ok(form),
        StageKind::Approval(_)
        | StageKind::Matching(_)
        | StageKind::UsabilityStudy(_)
        | StageKind::FeedbackRound(_)
        | StageKind::Consultation(_)
        | StageKind::Award(_)
        | StageKind::Agreement(_) => Err(Draft::wrong_kind(planned)),
    }
}

pub(super) fn save_draft(
    draft: &mut Draft<'_>,
    id: &StageId,
    values: &BTreeMap<String, Value>,
) -> Result<(), Rejection> {
    let (planned, stage) = draft.open_stage(id)?;
    let form = form_of(planned)?;
    draft.my_move(id, planned.owner, stage)?;
    // A draft may name documents that are not looked up yet: what is handed in is checked.
    let documents = documents_named(values);
    let today = draft.calendar.date_of(draft.context.now);
    let (values, _) = checked(
        id,
        form,
        values,
        &documents,
        &draft.case.answers,
        Completeness::Draft,
        today,
    )?;
    draft.push(CaseEvent::DraftSaved {
        stage: id.clone(),
        values,
    })
}

fn documents_named(values: &BTreeMap<String, Value>) -> Vec<DocumentVersion> {
    values
        .values()
        .filter_map(|value| match value {
            Value::Text(text) => text.trim().parse().ok(),
            Value::Boolean(_) | Value::Integer(_) | Value::Choices(_) => None,
        })
        .filter_map(|document| {
            "0".repeat(64).parse().ok().map(|sha256| DocumentVersion {
                document,
                version: 0,
                sha256,
            })
        })
        .collect()
}

pub(super) fn submit(
    draft: &mut Draft<'_>,
    id: &StageId,
    values: &BTreeMap<String, Value>,
    documents: &[DocumentVersion],
) -> Result<(), Rejection> {
    let (planned, stage) = draft.open_stage(id)?;
    let form = form_of(planned)?;
    let by = draft.my_move(id, planned.owner, stage)?;
    let today = draft.calendar.date_of(draft.context.now);
    let (values, documents) = checked(
        id,
        form,
        values,
        documents,
        &draft.case.answers,
        Completeness::HandedIn,
        today,
    )?;
    draft.push(CaseEvent::FormSubmitted {
        stage: id.clone(),
        values,
        documents,
        by,
        on_behalf_of: draft.context.actor.on_behalf_of,
        at: draft.context.now,
    })?;
    open_ready(draft)
}

pub(super) fn recall(draft: &mut Draft<'_>, id: &StageId) -> Result<(), Rejection> {
    draft.running()?;
    let planned = draft
        .pathway
        .stage(id)
        .ok_or_else(|| CaseRejection::StageUnknown { stage: id.clone() })?;
    form_of(planned)?;
    let Some(stage) = draft.case.stages.get(id) else {
        return Err(CaseRejection::NothingToRecall { stage: id.clone() }.into());
    };
    draft.my_move(id, planned.owner, stage)?;
    if !stage.is_over() {
        return Err(CaseRejection::NothingToRecall { stage: id.clone() }.into());
    }
    let mut closed = BTreeSet::new();
    for dependent in draft.pathway.dependents(id) {
        let Some(stage) = draft.case.stages.get(&dependent) else {
            continue;
        };
        let acted_on = match stage.progress {
            Progress::Waiting => continue,
            Progress::Open => stage.touched || matches!(stage.work, Work::Child { .. }),
            Progress::Over { .. } => stage.work != Work::Nothing,
        };
        if acted_on {
            return Err(CaseRejection::AlreadyActedOn { stage: dependent }.into());
        }
        closed.insert(dependent);
    }
    draft.push(CaseEvent::SubmissionRecalled {
        stage: id.clone(),
        closed,
    })
}
