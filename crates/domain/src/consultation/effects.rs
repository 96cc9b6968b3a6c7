//! What the world must do because of an event of a consultation.

use super::{Audience, Consultation, ConsultationEvent, Question};
use crate::case::{CaseCommand, StageReport};
use crate::{AggregateId, Command, Effect, Letter, LetterKind, QuestionId, Recipient, Role};
use jiff::civil::Date;

pub(super) fn effects(consultation: &Consultation, event: &ConsultationEvent) -> Vec<Effect> {
    let id = consultation.id;
    match event {
        ConsultationEvent::Opened { .. } => {
            let kind = LetterKind::ConsultationOpened { consultation: id };
            vec![consultation.letter(kind, None, Audience::Consultancy)]
        }
        ConsultationEvent::NoteAdded { side, audience, .. } => audience
            .iter()
            .filter(|reader| *reader != side)
            .map(|reader| {
                let kind = LetterKind::NoteAdded { consultation: id };
                consultation.letter(kind, None, *reader)
            })
            .collect(),
        ConsultationEvent::QuestionAsked { to, due_on, .. } => {
            let kind = LetterKind::QuestionAsked { consultation: id };
            vec![consultation.letter(kind, *due_on, *to)]
        }
        ConsultationEvent::QuestionAnswered { question, .. } => {
            let asked = consultation.question(*question);
            let letter = asked.map(|question| {
                let kind = LetterKind::QuestionAnswered { consultation: id };
                consultation.letter(kind, None, question.from)
            });
            letter.into_iter().collect()
        }
        ConsultationEvent::Closed { recommendation, .. } => vec![Effect::Deliver {
            to: AggregateId::Case(consultation.case),
            command: Box::new(Command::Case(CaseCommand::ReportStage {
                stage: consultation.stage.clone(),
                round: consultation.round,
                summary: StageReport {
                    conclusion: recommendation.clone(),
                    evidence: AggregateId::Consultation(id),
                },
            })),
        }],
        ConsultationEvent::QuestionWithdrawn { .. }
        | ConsultationEvent::Withdrawn { .. }
        | ConsultationEvent::Suspended { .. }
        | ConsultationEvent::Resumed { .. } => Vec::new(),
    }
}

impl Consultation {
    fn question(&self, id: QuestionId) -> Option<&Question> {
        self.questions.iter().find(|question| question.id == id)
    }

    fn letter(&self, kind: LetterKind, due: Option<Date>, side: Audience) -> Effect {
        let role = match side {
            Audience::Startup => Role::StartupMember,
            Audience::Hospital => Role::Coordinator,
            Audience::Consultancy => Role::Consultant,
        };
        Effect::SendLetter {
            letter: Letter {
                kind,
                case: Some(self.case),
                stage_title: Some(self.title.clone()),
                due,
            },
            to: Recipient::RoleIn {
                organization: self.organization(side),
                role,
            },
        }
    }
}
