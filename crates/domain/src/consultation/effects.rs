//! What the world must do because of an event of a consultation.

use super::{Audience, Consultation, ConsultationEvent, Question};
use crate::case::{CaseCommand, StageReport};
use crate::{
    AccountId, AggregateId, Command, Effect, Letter, LetterKind, QuestionId, Recipient, Role,
};
use jiff::civil::Date;
use std::collections::BTreeSet;

pub(super) fn effects(consultation: &Consultation, event: &ConsultationEvent) -> Vec<Effect> {
    let id = consultation.id;
    match event {
        ConsultationEvent::Opened { .. } => {
            let kind = LetterKind::ConsultationOpened { consultation: id };
            vec![consultation.letter(kind, None, Audience::Consultancy)]
        }
        ConsultationEvent::NoteAdded {
            by,
            side,
            audience,
            mentions,
            ..
        } => {
            let sides = audience.iter().filter(|reader| *reader != side);
            let told = sides.map(|reader| {
                let kind = LetterKind::NoteAdded { consultation: id };
                consultation.letter_to(kind, None, consultation.everyone_on(*reader, mentions))
            });
            let called = mentions.iter().filter(|account| *account != by);
            let called = called.map(|account| {
                let kind = LetterKind::Mentioned { consultation: id };
                consultation.letter_to(kind, None, Recipient::Account { account: *account })
            });
            told.chain(called).collect()
        }
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

    /// Those who answer for a side, but for those who hear otherwise.
    fn everyone_on(&self, side: Audience, except: &BTreeSet<AccountId>) -> Recipient {
        let role = match side {
            Audience::Startup => Role::StartupMember,
            Audience::Hospital => Role::Coordinator,
            Audience::Consultancy => Role::Consultant,
        };
        Recipient::RoleIn {
            organization: self.organization(side),
            role,
            except: except.clone(),
        }
    }

    fn letter(&self, kind: LetterKind, due: Option<Date>, side: Audience) -> Effect {
        self.letter_to(kind, due, self.everyone_on(side, &BTreeSet::new()))
    }

    fn letter_to(&self, kind: LetterKind, due: Option<Date>, to: Recipient) -> Effect {
        Effect::SendLetter {
            letter: Letter {
                kind,
                case: Some(self.case),
                stage_title: Some(self.title.clone()),
                due,
            },
            to,
        }
    }
}
