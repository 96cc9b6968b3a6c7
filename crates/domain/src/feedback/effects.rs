//! What the world must do because of an event of a feedback round.

use super::{FeedbackEvent, FeedbackRound};
use crate::case::{CaseCommand, StageReport};
use crate::{AggregateId, Command, Effect, InvitationId, Letter, LetterKind, Recipient, Role};
use std::collections::BTreeSet;

pub(super) fn effects(round: &FeedbackRound, event: &FeedbackEvent) -> Vec<Effect> {
    match event {
        FeedbackEvent::Invited { invitations, .. } => {
            let ids = invitations.iter().map(|new| new.id);
            ids.filter_map(|id| round.invitation_letter(id)).collect()
        }
        FeedbackEvent::Reminded { invitation, .. } => {
            round.reminder_letter(*invitation).into_iter().collect()
        }
        FeedbackEvent::RemindersSent { invitations, .. } => invitations
            .iter()
            .filter_map(|id| round.reminder_letter(*id))
            .collect(),
        FeedbackEvent::RoundEnded { .. } => vec![Effect::SendLetter {
            letter: round.letter(LetterKind::StageReminder),
            to: Recipient::RoleIn {
                organization: round.hospital,
                role: Role::Coordinator,
                except: BTreeSet::new(),
            },
        }],
        FeedbackEvent::Closed { conclusion, .. } => vec![Effect::Deliver {
            to: AggregateId::Case(round.case),
            command: Box::new(Command::Case(CaseCommand::ReportStage {
                stage: round.stage.clone(),
                round: round.round,
                summary: StageReport {
                    conclusion: conclusion.clone(),
                    evidence: AggregateId::FeedbackRound(round.id),
                },
            })),
        }],
        FeedbackEvent::Opened { .. }
        | FeedbackEvent::RemindersDeferred { .. }
        | FeedbackEvent::InvitationRevoked { .. }
        | FeedbackEvent::Answered { .. }
        | FeedbackEvent::Declined { .. }
        | FeedbackEvent::Withdrawn { .. }
        | FeedbackEvent::Suspended { .. }
        | FeedbackEvent::Resumed { .. } => Vec::new(),
    }
}

impl FeedbackRound {
    fn letter(&self, kind: LetterKind) -> Letter {
        Letter {
            kind,
            case: Some(self.case),
            stage_title: Some(self.title.clone()),
            due: Some(self.closes_on),
        }
    }

    fn invitation_letter(&self, invitation: InvitationId) -> Option<Effect> {
        let round = self.id;
        self.to_clinician(
            invitation,
            LetterKind::FeedbackInvitation { round, invitation },
        )
    }

    fn reminder_letter(&self, invitation: InvitationId) -> Option<Effect> {
        let round = self.id;
        self.to_clinician(
            invitation,
            LetterKind::FeedbackReminder { round, invitation },
        )
    }

    fn to_clinician(&self, invitation: InvitationId, kind: LetterKind) -> Option<Effect> {
        let clinician = &self.invitations.get(&invitation)?.clinician;
        Some(Effect::SendLetter {
            letter: self.letter(kind),
            to: Recipient::Address {
                email: clinician.email.clone(),
                name: clinician.name.clone(),
                locale: clinician.locale,
            },
        })
    }
}
