//! What the world must do because of a case's events: letters, and messages to what the case spawned.

use super::{Case, CaseEvent, ConsultationWork, OpenedWork, Stage, Work};
use crate::consultation::ConsultationCommand;
use crate::feedback::FeedbackCommand;
use crate::pathway::StageId;
use crate::study::StudyCommand;
use crate::{
    AggregateId, Command, Effect, Letter, LetterKind, LongText, OrganizationId, Recipient, Role,
    Words,
};
use jiff::civil::Date;
use std::collections::BTreeSet;

#[expect(
    clippy::too_many_lines,
    reason = "one arm an event: a table to check line by line"
)]
pub(super) fn effects(case: &Case, event: &CaseEvent) -> Vec<Effect> {
    match event {
        CaseEvent::Opened { .. } => vec![case.letter(
            LetterKind::CaseOpened,
            None,
            None,
            case.hospital,
            Role::Coordinator,
        )],
        CaseEvent::StageOpened { stage, .. } => stage_opened(case, stage, event),
        CaseEvent::SubmissionRecalled { closed, .. } => closed
            .iter()
            .filter_map(|id| case.stages.get(id)?.child())
            .filter_map(|child| {
                message(
                    child,
                    Message::Withdraw("the submission it rests on was taken back"),
                )
            })
            .collect(),
        CaseEvent::ApprovalDecided {
            stage, approved, ..
        } => {
            let mut effects: Vec<Effect> = case
                .stages
                .get(stage)
                .map(|stage| case.to_startup(LetterKind::StageDecided, stage))
                .into_iter()
                .collect();
            if !approved {
                effects.extend(case.withdraw_children("the case was rejected"));
            }
            effects
        }
        CaseEvent::CandidateInvited {
            stage,
            candidate,
            email,
            name,
            locale,
            answer_by,
            ..
        } => vec![Effect::SendLetter {
            letter: Letter {
                kind: LetterKind::MatchInvitation {
                    candidate: *candidate,
                },
                case: Some(case.id),
                stage_title: case.stages.get(stage).map(|stage| stage.title.clone()),
                due: Some(*answer_by),
            },
            to: Recipient::Address {
                email: email.clone(),
                name: name.clone(),
                locale: *locale,
            },
        }],
        CaseEvent::ConsultancyEngaged { stage, .. } => case
            .stages
            .get(stage)
            .and_then(|found| open_consultation(case, stage, found))
            .into_iter()
            .collect(),
        CaseEvent::StageReported { stage, .. } => case
            .stages
            .get(stage)
            .map(|stage| case.to_startup(LetterKind::StageDecided, stage))
            .into_iter()
            .collect(),
        CaseEvent::AwardGranted { stage, .. } => case
            .stages
            .get(stage)
            .map(|stage| case.to_startup(LetterKind::AwardGranted, stage))
            .into_iter()
            .collect(),
        CaseEvent::AgreementPrepared { stage, .. }
        | CaseEvent::AgreementSigned {
            stage, last: false, ..
        } => next_signer(case, stage),
        CaseEvent::NoticesSent {
            stage,
            remind,
            escalate,
            ..
        } => notices(case, stage, *remind, escalate.iter().copied()),
        CaseEvent::Paused { .. } => case
            .to_both(LetterKind::CasePaused)
            .into_iter()
            .chain(case.to_children(&Message::Suspend))
            .collect(),
        CaseEvent::Resumed { .. } => case
            .to_both(LetterKind::CaseResumed)
            .into_iter()
            .chain(case.to_children(&Message::Resume))
            .collect(),
        CaseEvent::Canceled { .. } => case
            .to_both(LetterKind::CaseCanceled)
            .into_iter()
            .chain(case.withdraw_children("the case was canceled"))
            .collect(),
        CaseEvent::Completed { .. } => case.to_both(LetterKind::CaseCompleted),
        // The form opens next, and the letter says that with its new due day.
        CaseEvent::SentBack { .. }
        | CaseEvent::StageSkipped { .. }
        | CaseEvent::DraftSaved { .. }
        | CaseEvent::FormSubmitted { .. }
        | CaseEvent::StageClaimed { .. }
        | CaseEvent::StageReassigned { .. }
        | CaseEvent::SeatDecided { .. }
        | CaseEvent::SeatRecused { .. }
        | CaseEvent::CandidateWithdrawn { .. }
        | CaseEvent::CandidateAnswered { .. }
        | CaseEvent::CandidateLapsed { .. }
        | CaseEvent::MatchingConfirmed { .. }
        | CaseEvent::AgreementSigned { last: true, .. }
        | CaseEvent::NoticesDeferred { .. } => Vec::new(),
    }
}

/// What a case tells the study, round or consultation of a stage.
enum Message {
    Suspend,
    Resume,
    Withdraw(&'static str),
}

fn message(child: AggregateId, message: Message) -> Option<Effect> {
    let reason = |text: &str| -> Option<LongText> { text.parse().ok() };
    let command = match (child, message) {
        (AggregateId::Study(_), Message::Suspend) => Command::Study(StudyCommand::Suspend),
        (AggregateId::Study(_), Message::Resume) => Command::Study(StudyCommand::Resume),
        (AggregateId::Study(_), Message::Withdraw(why)) => Command::Study(StudyCommand::Withdraw {
            reason: reason(why)?,
        }),
        (AggregateId::FeedbackRound(_), Message::Suspend) => {
            Command::FeedbackRound(FeedbackCommand::Suspend)
        }
        (AggregateId::FeedbackRound(_), Message::Resume) => {
            Command::FeedbackRound(FeedbackCommand::Resume)
        }
        (AggregateId::FeedbackRound(_), Message::Withdraw(why)) => {
            Command::FeedbackRound(FeedbackCommand::Withdraw {
                reason: reason(why)?,
            })
        }
        (AggregateId::Consultation(_), Message::Suspend) => {
            Command::Consultation(ConsultationCommand::Suspend)
        }
        (AggregateId::Consultation(_), Message::Resume) => {
            Command::Consultation(ConsultationCommand::Resume)
        }
        (AggregateId::Consultation(_), Message::Withdraw(why)) => {
            Command::Consultation(ConsultationCommand::Withdraw {
                reason: reason(why)?,
            })
        }
        (
            AggregateId::Account(_)
            | AggregateId::Organization(_)
            | AggregateId::Device(_)
            | AggregateId::Case(_),
            _,
        ) => return None,
    };
    Some(Effect::Deliver {
        to: child,
        command: Box::new(command),
    })
}

impl Case {
    fn letter(
        &self,
        kind: LetterKind,
        title: Option<Words>,
        due: Option<Date>,
        organization: OrganizationId,
        role: Role,
    ) -> Effect {
        Effect::SendLetter {
            letter: Letter {
                kind,
                case: Some(self.id),
                stage_title: title,
                due,
            },
            to: Recipient::RoleIn {
                organization,
                role,
                except: BTreeSet::new(),
            },
        }
    }

    fn stage_letter(&self, kind: LetterKind, stage: &Stage, role: Role) -> Effect {
        let due = stage.schedule.as_ref().map(|schedule| schedule.due_on);
        self.letter(
            kind,
            Some(stage.title.clone()),
            due,
            self.organization_of(role, stage),
            role,
        )
    }

    /// To whoever works on the stage, or else everyone whose act it waits for.
    fn to_owner(&self, kind: LetterKind, stage: &Stage) -> Effect {
        match stage.claimed_by {
            Some(account) => {
                let due = stage.schedule.as_ref().map(|schedule| schedule.due_on);
                let letter = Letter {
                    kind,
                    case: Some(self.id),
                    stage_title: Some(stage.title.clone()),
                    due,
                };
                Effect::SendLetter {
                    letter,
                    to: Recipient::Account { account },
                }
            }
            None => self.stage_letter(kind, stage, stage.owner),
        }
    }

    fn to_startup(&self, kind: LetterKind, stage: &Stage) -> Effect {
        self.letter(
            kind,
            Some(stage.title.clone()),
            None,
            self.startup,
            Role::StartupMember,
        )
    }

    fn to_both(&self, kind: LetterKind) -> Vec<Effect> {
        vec![
            self.letter(kind.clone(), None, None, self.startup, Role::StartupMember),
            self.letter(kind, None, None, self.hospital, Role::Coordinator),
        ]
    }

    fn to_children(&self, what: &Message) -> Vec<Effect> {
        let open = self
            .stages
            .values()
            .filter(|stage| stage.is_open())
            .filter_map(Stage::child);
        open.filter_map(|child| {
            let again = match what {
                Message::Suspend => Message::Suspend,
                Message::Resume => Message::Resume,
                Message::Withdraw(why) => Message::Withdraw(why),
            };
            message(child, again)
        })
        .collect()
    }

    fn withdraw_children(&self, why: &'static str) -> Vec<Effect> {
        self.to_children(&Message::Withdraw(why))
    }
}

fn stage_opened(case: &Case, id: &StageId, event: &CaseEvent) -> Vec<Effect> {
    let (CaseEvent::StageOpened { work, quiet, .. }, Some(stage)) = (event, case.stages.get(id))
    else {
        return Vec::new();
    };
    let sent_back = matches!(&stage.work, Work::Form(form) if !form.requests.is_empty());
    let mut effects: Vec<Effect> = if sent_back {
        vec![case.to_owner(LetterKind::SentBack, stage)]
    } else if *quiet {
        Vec::new()
    } else {
        stage
            .waiting_for()
            .into_iter()
            .map(|role| case.stage_letter(LetterKind::StageOpened, stage, role))
            .collect()
    };
    effects.extend(open_child(case, id, stage, work));
    effects
}

fn open_child(case: &Case, id: &StageId, stage: &Stage, work: &OpenedWork) -> Option<Effect> {
    let (to, command) = match work {
        OpenedWork::UsabilityStudy {
            study,
            summative,
            participants_per_group,
            groups,
            tasks,
        } => (
            AggregateId::Study(*study),
            Command::Study(StudyCommand::Open {
                case: case.id,
                stage: id.clone(),
                round: stage.round,
                startup: case.startup,
                hospital: case.hospital,
                device: case.device,
                title: stage.title.clone(),
                summative: *summative,
                participants_per_group: *participants_per_group,
                groups: groups.clone(),
                tasks: tasks.clone(),
            }),
        ),
        OpenedWork::FeedbackRound {
            feedback_round,
            questionnaire,
            anonymity_threshold,
            answers_needed,
            opened_on,
            closes_on,
            remind_after_working_days,
        } => (
            AggregateId::FeedbackRound(*feedback_round),
            Command::FeedbackRound(FeedbackCommand::Open {
                case: case.id,
                stage: id.clone(),
                round: stage.round,
                startup: case.startup,
                hospital: case.hospital,
                device: case.device,
                title: stage.title.clone(),
                questionnaire: questionnaire.clone(),
                anonymity_threshold: *anonymity_threshold,
                answers_needed: *answers_needed,
                calendar: case.calendar.clone(),
                opened_on: *opened_on,
                closes_on: *closes_on,
                remind_after_working_days: remind_after_working_days.clone(),
            }),
        ),
        OpenedWork::Form
        | OpenedWork::Approval { .. }
        | OpenedWork::Matching
        | OpenedWork::Consultation { .. }
        | OpenedWork::Award
        | OpenedWork::Agreement { .. } => return None,
    };
    Some(Effect::Deliver {
        to,
        command: Box::new(command),
    })
}

fn open_consultation(case: &Case, id: &StageId, stage: &Stage) -> Option<Effect> {
    let Work::Consultation(ConsultationWork {
        about,
        asks,
        engaged: Some(engagement),
        ..
    }) = &stage.work
    else {
        return None;
    };
    let command = Command::Consultation(ConsultationCommand::Open {
        case: case.id,
        stage: id.clone(),
        round: stage.round,
        startup: case.startup,
        hospital: case.hospital,
        consultancy: engagement.consultancy,
        device: case.device,
        title: stage.title.clone(),
        about: *about,
        asks: asks.clone(),
    });
    Some(Effect::Deliver {
        to: engagement.consultation.into(),
        command: Box::new(command),
    })
}

fn next_signer(case: &Case, id: &StageId) -> Vec<Effect> {
    let Some(stage) = case.stages.get(id) else {
        return Vec::new();
    };
    stage
        .waiting_for()
        .into_iter()
        .map(|role| case.stage_letter(LetterKind::StageOpened, stage, role))
        .collect()
}

fn notices(
    case: &Case,
    id: &StageId,
    remind: bool,
    escalate: impl Iterator<Item = Role>,
) -> Vec<Effect> {
    let Some(stage) = case.stages.get(id) else {
        return Vec::new();
    };
    let mut effects = Vec::new();
    if remind {
        // Who claimed an approval or laid out an agreement is not the one it waits for.
        let several = matches!(stage.work, Work::Approval(_) | Work::Agreement(_));
        match stage.claimed_by.filter(|_| !several) {
            Some(_) => effects.push(case.to_owner(LetterKind::StageReminder, stage)),
            None => effects.extend(
                stage
                    .waiting_for()
                    .into_iter()
                    .map(|role| case.stage_letter(LetterKind::StageReminder, stage, role)),
            ),
        }
    }
    effects
        .extend(escalate.map(|role| case.stage_letter(LetterKind::StageEscalation, stage, role)));
    effects
}
