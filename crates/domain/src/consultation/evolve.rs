//! The state of a consultation after an event.

use super::{Consultation, ConsultationEvent, ConsultationPhase, Note, Question, QuestionStanding};
use crate::{AggregateId, BrokenHistory, QuestionId};

pub(super) fn evolve(
    state: Option<Consultation>,
    event: &ConsultationEvent,
) -> Result<Consultation, BrokenHistory> {
    match (state, event) {
        (None, _) => opened(event),
        (Some(mut consultation), _) => {
            consultation.apply(event)?;
            Ok(consultation)
        }
    }
}

pub(super) fn found(event: &ConsultationEvent) -> &'static str {
    match event {
        ConsultationEvent::Opened { .. } => "opened",
        ConsultationEvent::NoteAdded { .. } => "note_added",
        ConsultationEvent::QuestionAsked { .. } => "question_asked",
        ConsultationEvent::QuestionAnswered { .. } => "question_answered",
        ConsultationEvent::QuestionWithdrawn { .. } => "question_withdrawn",
        ConsultationEvent::Closed { .. } => "closed",
        ConsultationEvent::Withdrawn { .. } => "withdrawn",
        ConsultationEvent::Suspended { .. } => "suspended",
        ConsultationEvent::Resumed { .. } => "resumed",
    }
}

fn opened(event: &ConsultationEvent) -> Result<Consultation, BrokenHistory> {
    let ConsultationEvent::Opened {
        id,
        at,
        case,
        stage,
        round,
        startup,
        hospital,
        consultancy,
        device,
        title,
        about,
        asks,
    } = event
    else {
        return Err(BrokenHistory::new(None, found(event)));
    };
    Ok(Consultation {
        id: *id,
        opened_at: *at,
        case: *case,
        stage: stage.clone(),
        round: *round,
        startup: *startup,
        hospital: *hospital,
        consultancy: *consultancy,
        device: *device,
        title: title.clone(),
        about: *about,
        asks: asks.clone(),
        phase: ConsultationPhase::Open,
        suspended_at: None,
        notes: Vec::new(),
        questions: Vec::new(),
    })
}

impl Consultation {
    fn broken(&self, event: &ConsultationEvent) -> BrokenHistory {
        BrokenHistory::new(AggregateId::Consultation(self.id), found(event))
    }

    fn apply(&mut self, event: &ConsultationEvent) -> Result<(), BrokenHistory> {
        if !self.is_live() {
            return Err(self.broken(event));
        }
        match event {
            ConsultationEvent::Opened { .. } => return Err(self.broken(event)),
            ConsultationEvent::NoteAdded {
                at,
                note,
                by,
                side,
                audience,
                text,
                mentions,
            } => self.notes.push(Note {
                id: *note,
                at: *at,
                by: *by,
                side: *side,
                audience: audience.clone(),
                text: text.clone(),
                mentions: mentions.clone(),
            }),
            ConsultationEvent::QuestionAsked {
                at,
                question,
                by,
                from,
                to,
                text,
                due_on,
            } => self.questions.push(Question {
                id: *question,
                at: *at,
                by: *by,
                from: *from,
                to: *to,
                text: text.clone(),
                due_on: *due_on,
                standing: QuestionStanding::Waiting,
            }),
            ConsultationEvent::QuestionAnswered {
                at,
                question,
                by,
                text,
            } => {
                self.waiting(*question, event)?.standing = QuestionStanding::Answered {
                    at: *at,
                    by: *by,
                    text: text.clone(),
                };
            }
            ConsultationEvent::QuestionWithdrawn {
                at,
                question,
                reason,
            } => {
                self.waiting(*question, event)?.standing = QuestionStanding::Withdrawn {
                    at: *at,
                    reason: reason.clone(),
                };
            }
            ConsultationEvent::Closed { .. }
            | ConsultationEvent::Withdrawn { .. }
            | ConsultationEvent::Suspended { .. }
            | ConsultationEvent::Resumed { .. } => self.move_on(event),
        }
        Ok(())
    }

    /// The events that concern the consultation as a whole.
    fn move_on(&mut self, event: &ConsultationEvent) {
        match event {
            ConsultationEvent::Closed {
                at,
                by,
                recommendation,
                answers,
            } => {
                self.phase = ConsultationPhase::Closed {
                    at: *at,
                    by: *by,
                    recommendation: recommendation.clone(),
                    answers: answers.clone(),
                };
            }
            ConsultationEvent::Withdrawn { at, reason } => {
                self.phase = ConsultationPhase::Withdrawn {
                    at: *at,
                    reason: reason.clone(),
                };
            }
            ConsultationEvent::Suspended { at } => self.suspended_at = Some(*at),
            ConsultationEvent::Resumed { at: _ } => self.suspended_at = None,
            ConsultationEvent::Opened { .. }
            | ConsultationEvent::NoteAdded { .. }
            | ConsultationEvent::QuestionAsked { .. }
            | ConsultationEvent::QuestionAnswered { .. }
            | ConsultationEvent::QuestionWithdrawn { .. } => {}
        }
    }

    fn waiting(
        &mut self,
        id: QuestionId,
        event: &ConsultationEvent,
    ) -> Result<&mut Question, BrokenHistory> {
        let broken = self.broken(event);
        self.questions
            .iter_mut()
            .find(|question| question.id == id && question.is_waiting())
            .ok_or(broken)
    }
}
