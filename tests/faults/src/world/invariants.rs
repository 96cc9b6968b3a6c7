//! What must hold after every step, said without asking the code that should make it so.

use super::{Broken, World};
use crate::moves::View;
use naru_domain::case::{CandidateAnswer, Case, CaseCommand, CaseStatus, Decision, Stage, Work};
use naru_domain::pathway::{Stage as PlannedStage, StageId, StageKind};
use naru_domain::{
    AccountId, AggregateId, Command, Effect, Event, LetterKind, OrganizationKind, State, Who,
};
use naru_store::{Reference, Submission};
use std::collections::BTreeSet;

/// The state that a stored history folds to.
pub(super) fn replayed(id: AggregateId, history: &[String]) -> Result<State, Broken> {
    let mut state = None;
    for json in history {
        let event =
            Event::from_json(id.kind(), json).map_err(|problem| format!("{id}: {problem}"))?;
        state = Some(State::evolve(state, &event).map_err(|broken| broken.to_string())?);
    }
    state.ok_or_else(|| format!("{id} has no event"))
}

/// No letter to somebody who has answered, and none about a case that stands still; `state` is the one after the event.
pub(super) fn effect(state: &State, effect: &Effect) -> Result<(), Broken> {
    let Effect::SendLetter { letter, .. } = effect else {
        return Ok(());
    };
    match (state, &letter.kind) {
        (
            State::FeedbackRound(round),
            LetterKind::FeedbackReminder { invitation, .. }
            | LetterKind::FeedbackInvitation { invitation, .. },
        ) => {
            let waiting = round
                .invitations
                .get(invitation)
                .is_some_and(|invitation| invitation.is_waiting());
            must(waiting, || {
                format!("{invitation} gets a letter after an answer")
            })?;
            must(round.suspended_at.is_none(), || {
                format!("{invitation} gets a letter during a pause")
            })
        }
        (State::Case(case), LetterKind::StageReminder | LetterKind::StageEscalation) => {
            must(case.status == CaseStatus::Running, || {
                format!("{} sends reminders while {}", case.id, case.status.as_str())
            })
        }
        (State::Case(case), LetterKind::MatchInvitation { candidate }) => {
            let invited = case
                .candidate(*candidate)
                .is_some_and(|(_, c)| matches!(c.answer, CandidateAnswer::Invited { .. }));
            must(invited, || {
                format!("{candidate} is invited after an answer")
            })
        }
        _ => Ok(()),
    }
}

/// What a step may change.
pub(super) fn step(
    reference: &Reference,
    before: Option<&State>,
    after: &State,
    submission: &Submission,
) -> Result<(), Broken> {
    match (before, after) {
        (Some(State::Case(before)), State::Case(after)) => {
            must(!before.status.is_over(), || {
                format!("{} went on after its end", after.id)
            })?;
            decided_stages_stay(before, after, &submission.command)?;
            four_eyes(reference, after, submission)?;
            one_person_one_vote(after)
        }
        (Some(State::FeedbackRound(before)), State::FeedbackRound(after)) => {
            must(before.is_live(), || {
                format!("{} went on after its end", after.id)
            })?;
            let kept = before
                .invitations
                .iter()
                .filter(|(_, invitation)| invitation.is_answered())
                .all(|(id, invitation)| {
                    after
                        .invitations
                        .get(id)
                        .is_some_and(|now| now.standing == invitation.standing)
                });
            must(kept, || format!("an answer in {} changed", after.id))
        }
        (Some(State::Study(before)), State::Study(after)) => must(before.end.is_none(), || {
            format!("{} went on after its end", after.id)
        }),
        (Some(State::Consultation(before)), State::Consultation(after)) => {
            must(before.is_live(), || {
                format!("{} went on after its end", after.id)
            })
        }
        _ => Ok(()),
    }
}

fn decided_stages_stay(before: &Case, after: &Case, command: &Command) -> Result<(), Broken> {
    let reopens = matches!(
        command,
        Command::Case(
            CaseCommand::RecallSubmission { .. }
                | CaseCommand::DecideApproval {
                    decision: Decision::SendBack { .. },
                    ..
                }
        )
    );
    for (id, stage) in before.stages.iter().filter(|(_, stage)| stage.is_over()) {
        let same = after.stages.get(id) == Some(stage);
        must(same || reopens, || {
            format!(
                "the decided stage `{id}` of {} changed by {command:?}",
                after.id
            )
        })?;
    }
    Ok(())
}

/// Whoever applied takes no decision on the way, and whoever handed in what no approval has settled does not decide it.
fn four_eyes(reference: &Reference, case: &Case, submission: &Submission) -> Result<(), Broken> {
    let Command::Case(command) = &submission.command else {
        return Ok(());
    };
    let stage = match command {
        CaseCommand::DecideApproval {
            stage,
            decision: Decision::Approve { .. } | Decision::Reject { .. },
            ..
        }
        | CaseCommand::GrantAward { stage, .. } => stage,
        _ => return Ok(()),
    };
    let Who::Account(by) = submission.actor.who else {
        return Err(format!("{} was decided by nobody", case.id));
    };
    let applied = rests_on(reference, case, stage, Reach::Everything)
        .into_iter()
        .filter(|planned| planned.owner.organization_kind() == OrganizationKind::Startup);
    let decided_now = rests_on(reference, case, stage, Reach::UpToApprovals);
    let handed_in = applied
        .chain(decided_now)
        .filter_map(|planned| case.stages.get(&planned.id))
        .flat_map(submitters);
    must(!handed_in.collect::<BTreeSet<_>>().contains(&by), || {
        format!(
            "{by} decided `{stage}` of {} on their own submission",
            case.id
        )
    })
}

fn submitters(stage: &Stage) -> Vec<AccountId> {
    match &stage.work {
        Work::Form(form) => form.submitters.iter().copied().collect(),
        _ => Vec::new(),
    }
}

/// How far back one looks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// To the beginning.
    Everything,
    /// An approval on the way has settled what came before it.
    UpToApprovals,
}

/// The stages that a stage needs, through others too.
fn rests_on<'a>(
    reference: &'a Reference,
    case: &Case,
    stage: &StageId,
    reach: Reach,
) -> Vec<&'a PlannedStage> {
    let Some(pathway) = reference.pathways.by_hash(&case.pathway_hash) else {
        return Vec::new();
    };
    let mut found: Vec<&PlannedStage> = Vec::new();
    let mut open = vec![stage];
    while let Some(planned) = open.pop().and_then(|id| pathway.stage(id)) {
        let settles = matches!(planned.kind, StageKind::Approval(_)) && planned.id != *stage;
        if reach == Reach::UpToApprovals && settles {
            continue;
        }
        for need in &planned.needs {
            if let Some(before) = pathway.stage(need)
                && !found.iter().any(|known| known.id == before.id)
            {
                found.push(before);
                open.push(&before.id);
            }
        }
    }
    found
}

fn one_person_one_vote(case: &Case) -> Result<(), Broken> {
    for (id, stage) in &case.stages {
        match &stage.work {
            Work::Approval(work) => {
                let people: BTreeSet<AccountId> = work.votes.values().map(|vote| vote.by).collect();
                must(people.len() == work.votes.len(), || {
                    format!("one person has two votes at `{id}` of {}", case.id)
                })?;
                must(work.recused.is_disjoint(&people), || {
                    format!("who stepped back voted at `{id}` of {}", case.id)
                })?;
            }
            Work::Agreement(work) => {
                let people: BTreeSet<AccountId> = work
                    .signatures
                    .iter()
                    .map(|signature| signature.by)
                    .collect();
                must(people.len() == work.signatures.len(), || {
                    format!("one person signed twice at `{id}` of {}", case.id)
                })?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Once all messages have arrived, what a case spawned agrees with it.
pub(super) fn children(world: &World) -> Result<(), Broken> {
    for id in world.ids() {
        let Some(State::Case(case)) = world.state(id) else {
            continue;
        };
        let paused = matches!(case.status, CaseStatus::Paused { .. });
        for (stage, child) in case.children() {
            let (live, suspended) = match world.state(child) {
                Some(State::Study(study)) => (study.end.is_none(), study.suspended),
                Some(State::FeedbackRound(round)) => {
                    (round.is_live(), round.suspended_at.is_some())
                }
                Some(State::Consultation(consultation)) => {
                    (consultation.is_live(), consultation.suspended_at.is_some())
                }
                Some(_) | None => {
                    return Err(format!("{child} of `{stage}` in {id} was never opened"));
                }
            };
            must(!live || suspended == paused, || {
                format!(
                    "{child} is suspended: {suspended}, but {id} is {}",
                    case.status.as_str()
                )
            })?;
            let ended = matches!(case.status, CaseStatus::Canceled { .. });
            must(!live || !ended, || {
                format!("{child} goes on although {id} is {}", case.status.as_str())
            })?;
            let open = case.stages.get(stage).is_some_and(Stage::is_open);
            must(live || !open || case.status.is_over(), || {
                format!("{child} is over but `{stage}` of {id} still waits for it")
            })?;
        }
    }
    Ok(())
}

fn must(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err(otherwise()) }
}
