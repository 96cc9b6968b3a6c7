//! Which command a study allows, and which events follow.

use super::check::{Entry, checked_session, listed, participant_code, shortened};
use super::{Study, StudyCommand, StudyEnd, StudyEvent, StudyRejection};
use crate::pathway::{StageId, StudyTask};
use crate::{
    AccountId, AggregateId, CommonRejection, Context, LongText, Rejection, Role, ShortText, Who,
};

/// Who may run a study, in the hospital.
const RUNNERS: [Role; 3] = [
    Role::UsabilityManager,
    Role::Coordinator,
    Role::PrincipalInvestigator,
];

type Decision = Result<Vec<StudyEvent>, Rejection>;

pub(super) fn decide(
    state: Option<&Study>,
    command: &StudyCommand,
    context: &Context<'_>,
) -> Decision {
    match (state, command) {
        (None, StudyCommand::Open { .. }) => open(command, context),
        (None, _) => Err(CommonRejection::NotFound.into()),
        (Some(study), _) => go_on(study, command, context),
    }
}

fn go_on(study: &Study, command: &StudyCommand, context: &Context<'_>) -> Decision {
    match command {
        StudyCommand::Open { .. } => Err(CommonRejection::AlreadyExists.into()),
        StudyCommand::AddTask { task } => add_task(study, task, context),
        StudyCommand::RecordSession {
            participant,
            group,
            results,
            sus,
            moderated_on,
        } => {
            let sus = sus.as_deref();
            let entry = Entry::new(participant, group, results, sus, *moderated_on);
            record_session(study, &entry, context)
        }
        StudyCommand::CorrectSession {
            participant,
            group,
            results,
            sus,
            moderated_on,
            reason,
        } => {
            let sus = sus.as_deref();
            let entry = Entry::new(participant, group, results, sus, *moderated_on);
            correct_session(study, &entry, reason, context)
        }
        StudyCommand::RemoveSession {
            participant,
            reason,
        } => remove_session(study, participant, reason, context),
        StudyCommand::Close {
            conclusion,
            residual_risk,
            short_sample_reason,
        } => close(
            study,
            conclusion,
            residual_risk.as_ref(),
            short_sample_reason.as_ref(),
            context,
        ),
        StudyCommand::Withdraw { reason } => withdraw(study, reason, context),
        StudyCommand::Suspend => suspend(study, true, context),
        StudyCommand::Resume => suspend(study, false, context),
        StudyCommand::Wake => wake(context),
    }
}

/// Nothing here waits for a moment to come.
fn wake(context: &Context<'_>) -> Decision {
    if context.actor.who == Who::Clock {
        Ok(Vec::new())
    } else {
        Err(CommonRejection::NotAllowed.into())
    }
}

/// Refuses everyone but the engine carrying a message of the case.
fn engine_only(context: &Context<'_>) -> Result<(), Rejection> {
    match context.actor.who {
        Who::Message(_) => Ok(()),
        Who::Account(_) | Who::Guest(_) | Who::Candidate(_) | Who::Clock | Who::Machine => {
            Err(CommonRejection::NotAllowed.into())
        }
    }
}

/// The person who acts, if they may run this study and it is open for entries.
fn runner(study: &Study, context: &Context<'_>) -> Result<AccountId, Rejection> {
    let actor = context.actor;
    if !actor.belongs_to(study.hospital) && !actor.belongs_to(study.startup) {
        return Err(CommonRejection::NotFound.into());
    }
    let may = RUNNERS
        .iter()
        .any(|role| actor.holds(study.hospital, *role));
    let Some(account) = actor.account().filter(|_| may) else {
        return Err(CommonRejection::NotAllowed.into());
    };
    match study.end {
        Some(StudyEnd::Closed { .. }) => Err(StudyRejection::Closed.into()),
        Some(StudyEnd::Withdrawn { .. }) => Err(StudyRejection::Withdrawn.into()),
        None if study.suspended => Err(StudyRejection::Suspended.into()),
        None => Ok(account),
    }
}

fn open(command: &StudyCommand, context: &Context<'_>) -> Decision {
    engine_only(context)?;
    let (
        AggregateId::Study(id),
        StudyCommand::Open {
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
        },
    ) = (context.aggregate, command)
    else {
        return Err(CommonRejection::NotFound.into());
    };
    Ok(vec![StudyEvent::Opened {
        id,
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
        at: context.now,
    }])
}

fn add_task(study: &Study, task: &StudyTask, context: &Context<'_>) -> Decision {
    let by = runner(study, context)?;
    if study.protocol_is_fixed() {
        return Err(StudyRejection::ProtocolFixed.into());
    }
    // A task's id is written like a stage's: lower-case letters, digits, - and _.
    if task.id.parse::<StageId>().is_err() {
        let id = shortened(&task.id);
        return Err(StudyRejection::BadTaskId { id }.into());
    }
    if study.tasks.iter().any(|known| known.id == task.id) {
        let id = task.id.clone();
        return Err(StudyRejection::TaskExists { id }.into());
    }
    for (field, text) in [
        ("task.title.en", &task.title.en),
        ("task.title.ko", &task.title.ko),
    ] {
        text.parse::<ShortText>()
            .map_err(|problem| CommonRejection::BadText {
                field: field.to_owned(),
                problem,
            })?;
    }
    Ok(vec![StudyEvent::TaskAdded {
        task: task.clone(),
        by,
        at: context.now,
    }])
}

fn record_session(study: &Study, entry: &Entry<'_>, context: &Context<'_>) -> Decision {
    let by = runner(study, context)?;
    let participant = participant_code(entry.participant)?;
    if study.sessions.contains_key(&participant) {
        return Err(StudyRejection::ParticipantRecorded {
            participant: participant.into(),
        }
        .into());
    }
    Ok(vec![StudyEvent::SessionRecorded {
        session: checked_session(study, participant, entry, context)?,
        by,
        at: context.now,
    }])
}

fn correct_session(
    study: &Study,
    entry: &Entry<'_>,
    reason: &LongText,
    context: &Context<'_>,
) -> Decision {
    let by = runner(study, context)?;
    let participant = participant_code(entry.participant)?;
    let Some(before) = study.sessions.get(&participant) else {
        return Err(StudyRejection::UnknownParticipant {
            participant: participant.into(),
        }
        .into());
    };
    let session = checked_session(study, participant, entry, context)?;
    if session == before.session {
        return Ok(Vec::new());
    }
    Ok(vec![StudyEvent::SessionCorrected {
        session,
        reason: reason.clone(),
        by,
        at: context.now,
    }])
}

fn remove_session(
    study: &Study,
    participant: &ShortText,
    reason: &LongText,
    context: &Context<'_>,
) -> Decision {
    let by = runner(study, context)?;
    let participant = participant_code(participant)?;
    if !study.sessions.contains_key(&participant) {
        return Err(StudyRejection::UnknownParticipant {
            participant: participant.into(),
        }
        .into());
    }
    Ok(vec![StudyEvent::SessionRemoved {
        participant,
        reason: reason.clone(),
        by,
        at: context.now,
    }])
}

fn close(
    study: &Study,
    conclusion: &LongText,
    residual_risk: Option<&LongText>,
    short_sample_reason: Option<&LongText>,
    context: &Context<'_>,
) -> Decision {
    let by = runner(study, context)?;
    if study.sessions.is_empty() {
        return Err(StudyRejection::NothingRecorded.into());
    }
    if short_sample_reason.is_none() {
        check_sample(study)?;
    }
    if study.summative {
        check_findings(study, residual_risk)?;
    }
    Ok(vec![StudyEvent::Closed {
        conclusion: conclusion.clone(),
        residual_risk: residual_risk.cloned(),
        short_sample_reason: short_sample_reason.cloned(),
        by,
        at: context.now,
    }])
}

/// Every group has its planned participants.
fn check_sample(study: &Study) -> Result<(), StudyRejection> {
    let planned = usize::from(study.participants_per_group);
    let short: Vec<String> = study
        .groups
        .iter()
        .map(|group| (group, study.sessions_of(&group.value).count()))
        .filter(|(_, found)| *found < planned)
        .map(|(group, found)| format!("{} {found}/{planned}", group.value))
        .collect();
    if short.is_empty() {
        Ok(())
    } else {
        let groups = short.join(", ");
        Err(StudyRejection::SampleShort { groups })
    }
}

/// IEC 62366-1, 5.9: each finding of a summative evaluation has a root cause, and someone decided on the residual risk.
fn check_findings(study: &Study, residual_risk: Option<&LongText>) -> Result<(), StudyRejection> {
    let findings = || {
        study.sessions.values().flat_map(|recorded| {
            let session = &recorded.session;
            session
                .results
                .iter()
                .filter(|result| result.outcome.is_finding())
                .map(move |result| (&session.participant, result))
        })
    };
    let unexplained: Vec<String> = findings()
        .filter(|(_, result)| result.root_cause.is_none())
        .map(|(participant, result)| format!("{participant} {}", result.task))
        .collect();
    if !unexplained.is_empty() {
        let findings = listed(unexplained.iter().map(String::as_str));
        return Err(StudyRejection::RootCauseMissing { findings });
    }
    if residual_risk.is_none() && findings().next().is_some() {
        return Err(StudyRejection::ResidualRiskMissing);
    }
    Ok(())
}

fn withdraw(study: &Study, reason: &LongText, context: &Context<'_>) -> Decision {
    engine_only(context)?;
    if study.end.is_some() {
        return Ok(Vec::new());
    }
    Ok(vec![StudyEvent::Withdrawn {
        reason: reason.clone(),
        at: context.now,
    }])
}

fn suspend(study: &Study, suspended: bool, context: &Context<'_>) -> Decision {
    engine_only(context)?;
    if study.end.is_some() || study.suspended == suspended {
        return Ok(Vec::new());
    }
    let at = context.now;
    Ok(vec![if suspended {
        StudyEvent::Suspended { at }
    } else {
        StudyEvent::Resumed { at }
    }])
}
