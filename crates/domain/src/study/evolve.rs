//! The state after each event.

use super::{Correction, RecordedSession, RemovedSession, Session, Study, StudyEnd, StudyEvent};
use crate::{AccountId, AggregateId, BrokenHistory, LongText, ShortText};
use jiff::Timestamp;
use std::collections::BTreeMap;

pub(super) fn evolve(state: Option<Study>, event: &StudyEvent) -> Result<Study, BrokenHistory> {
    let Some(study) = state else {
        return opened(event);
    };
    if study.end.is_some() {
        return Err(broken(&study, "an event after the end"));
    }
    apply(study, event)
}

fn opened(event: &StudyEvent) -> Result<Study, BrokenHistory> {
    let StudyEvent::Opened {
        id,
        case,
        stage,
        round,
        startup,
        hospital,
        device,
        title,
        summative,
        participants_per_group,
        groups,
        tasks,
        at,
    } = event
    else {
        return Err(BrokenHistory::new(
            None,
            "something other than the opening of a study",
        ));
    };
    Ok(Study {
        id: *id,
        case: *case,
        stage: stage.clone(),
        round: *round,
        startup: *startup,
        hospital: *hospital,
        device: *device,
        title: title.clone(),
        summative: *summative,
        participants_per_group: *participants_per_group,
        groups: groups.clone(),
        tasks: tasks.clone(),
        sessions: BTreeMap::new(),
        removed: Vec::new(),
        suspended: false,
        end: None,
        opened_at: *at,
    })
}

fn apply(mut study: Study, event: &StudyEvent) -> Result<Study, BrokenHistory> {
    match event {
        StudyEvent::Opened { .. } => return Err(broken(&study, "a second opening")),
        StudyEvent::TaskAdded { task, .. } => study.tasks.push(task.clone()),
        StudyEvent::SessionRecorded { session, by, at } => {
            return recorded(study, session, *by, *at);
        }
        StudyEvent::SessionCorrected {
            session,
            reason,
            by,
            at,
        } => return corrected(study, session, reason, *by, *at),
        StudyEvent::SessionRemoved {
            participant,
            reason,
            by,
            at,
        } => return removed(study, participant, reason, *by, *at),
        StudyEvent::Closed {
            conclusion,
            residual_risk,
            short_sample_reason,
            by,
            at,
        } => {
            study.end = Some(StudyEnd::Closed {
                conclusion: conclusion.clone(),
                residual_risk: residual_risk.clone(),
                short_sample_reason: short_sample_reason.clone(),
                by: *by,
                at: *at,
            });
        }
        StudyEvent::Withdrawn { reason, at } => {
            study.end = Some(StudyEnd::Withdrawn {
                reason: reason.clone(),
                at: *at,
            });
        }
        StudyEvent::Suspended { .. } => study.suspended = true,
        StudyEvent::Resumed { .. } => study.suspended = false,
    }
    Ok(study)
}

fn recorded(
    mut study: Study,
    session: &Session,
    by: AccountId,
    at: Timestamp,
) -> Result<Study, BrokenHistory> {
    let entry = RecordedSession {
        session: session.clone(),
        by,
        at,
        corrections: Vec::new(),
    };
    let before = study.sessions.insert(session.participant.clone(), entry);
    if before.is_some() {
        return Err(broken(&study, "a second session of a participant"));
    }
    Ok(study)
}

fn corrected(
    mut study: Study,
    session: &Session,
    reason: &LongText,
    by: AccountId,
    at: Timestamp,
) -> Result<Study, BrokenHistory> {
    let Some(entry) = study.sessions.get_mut(&session.participant) else {
        return Err(broken(
            &study,
            "a correction of a session that is not there",
        ));
    };
    let before = std::mem::replace(&mut entry.session, session.clone());
    entry.corrections.push(Correction {
        before,
        reason: reason.clone(),
        by,
        at,
    });
    Ok(study)
}

fn removed(
    mut study: Study,
    participant: &ShortText,
    reason: &LongText,
    by: AccountId,
    at: Timestamp,
) -> Result<Study, BrokenHistory> {
    let Some(recorded) = study.sessions.remove(participant) else {
        return Err(broken(&study, "a removal of a session that is not there"));
    };
    study.removed.push(RemovedSession {
        recorded,
        reason: reason.clone(),
        by,
        at,
    });
    Ok(study)
}

fn broken(study: &Study, found: &str) -> BrokenHistory {
    BrokenHistory::new(AggregateId::from(study.id), found)
}
