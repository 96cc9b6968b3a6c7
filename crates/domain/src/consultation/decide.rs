//! Which command a consultation allows, and what follows.

use super::{
    Audience, Consultation, ConsultationCommand, ConsultationEvent, ConsultationPhase,
    ConsultationRejection, MENTIONS_MAX, Question, QuestionStanding,
};
use crate::{
    AccountId, AggregateId, CommonRejection, Context, LongText, QuestionId, Rejection, Who,
};
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet};

const NOTES_MAX: usize = 2_000;
const QUESTIONS_MAX: usize = 1_000;

type Decision = Result<Vec<ConsultationEvent>, Rejection>;

pub(super) fn decide(
    state: Option<&Consultation>,
    command: &ConsultationCommand,
    context: &Context<'_>,
) -> Decision {
    let consultation = match (state, command) {
        (None, ConsultationCommand::Open { .. }) => return open(command, context),
        (None, _) => return Err(CommonRejection::NotFound.into()),
        (Some(consultation), _) => consultation,
    };
    match command {
        ConsultationCommand::Open { .. } => Err(CommonRejection::AlreadyExists.into()),
        ConsultationCommand::AddNote {
            audience,
            text,
            mentions,
        } => consultation.add_note(audience, text, mentions, context),
        ConsultationCommand::AskQuestion { to, text, due_on } => {
            consultation.ask(*to, text, *due_on, context)
        }
        ConsultationCommand::AnswerQuestion { question, text } => {
            consultation.answer(*question, text, context)
        }
        ConsultationCommand::WithdrawQuestion { question, reason } => {
            consultation.withdraw_question(*question, reason, context)
        }
        ConsultationCommand::Close {
            recommendation,
            answers,
        } => consultation.close(recommendation, answers, context),
        ConsultationCommand::Withdraw { reason } => {
            by_message(context)?;
            let at = context.now;
            let reason = reason.clone();
            let withdrawn = ConsultationEvent::Withdrawn { at, reason };
            Ok(consultation
                .is_live()
                .then_some(withdrawn)
                .into_iter()
                .collect())
        }
        ConsultationCommand::Suspend => {
            by_message(context)?;
            let suspended = ConsultationEvent::Suspended { at: context.now };
            let changes = consultation.is_live() && consultation.suspended_at.is_none();
            Ok(changes.then_some(suspended).into_iter().collect())
        }
        ConsultationCommand::Resume => {
            by_message(context)?;
            let resumed = ConsultationEvent::Resumed { at: context.now };
            let changes = consultation.is_live() && consultation.suspended_at.is_some();
            Ok(changes.then_some(resumed).into_iter().collect())
        }
        ConsultationCommand::Wake if context.actor.who == Who::Clock => Ok(Vec::new()),
        ConsultationCommand::Wake => Err(CommonRejection::NotAllowed.into()),
    }
}

fn open(command: &ConsultationCommand, context: &Context<'_>) -> Decision {
    by_message(context)?;
    let (
        ConsultationCommand::Open {
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
        },
        AggregateId::Consultation(id),
    ) = (command, context.aggregate)
    else {
        return Err(CommonRejection::NotFound.into());
    };
    Ok(vec![ConsultationEvent::Opened {
        id,
        at: context.now,
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
    }])
}

fn by_message(context: &Context<'_>) -> Result<(), Rejection> {
    match context.actor.who {
        Who::Message(_) => Ok(()),
        Who::Account(_) | Who::Guest(_) | Who::Candidate(_) | Who::Clock | Who::Machine => {
            Err(CommonRejection::NotAllowed.into())
        }
    }
}

/// A person with the sides that person writes for.
struct Author {
    account: AccountId,
    sides: BTreeSet<Audience>,
}

impl Consultation {
    fn author(&self, context: &Context<'_>) -> Result<Author, Rejection> {
        let actor = context.actor;
        let sides = self.writes_for(actor);
        match actor.account() {
            Some(account) if !sides.is_empty() => Ok(Author { account, sides }),
            // Whoever has nothing to do with the case does not learn that it exists.
            Some(_) | None => Err(
                if Audience::ALL
                    .iter()
                    .any(|side| actor.belongs_to(self.organization(*side)))
                {
                    CommonRejection::NotAllowed.into()
                } else {
                    CommonRejection::NotFound.into()
                },
            ),
        }
    }

    fn live(&self) -> Result<(), Rejection> {
        match self.phase {
            ConsultationPhase::Open => Ok(()),
            ConsultationPhase::Closed { .. } => Err(ConsultationRejection::Closed.into()),
            ConsultationPhase::Withdrawn { .. } => Err(ConsultationRejection::Withdrawn.into()),
        }
    }

    fn add_note(
        &self,
        audience: &BTreeSet<Audience>,
        text: &LongText,
        mentions: &BTreeMap<AccountId, BTreeSet<Audience>>,
        context: &Context<'_>,
    ) -> Decision {
        let author = self.author(context)?;
        self.live()?;
        if audience.is_empty() {
            return Err(ConsultationRejection::AudienceEmpty.into());
        }
        let side = audience
            .intersection(&author.sides)
            .next()
            .ok_or(ConsultationRejection::AudienceWithoutOwnSide)?;
        if MENTIONS_MAX < mentions.len() {
            return Err(ConsultationRejection::TooManyMentioned { max: MENTIONS_MAX }.into());
        }
        // Whoever could not open the note is not called to it, whether the account is of elsewhere or of nobody.
        if mentions.values().any(|sides| sides.is_disjoint(audience)) {
            return Err(ConsultationRejection::MentionedCannotRead.into());
        }
        room(self.notes.len(), NOTES_MAX)?;
        Ok(vec![ConsultationEvent::NoteAdded {
            at: context.now,
            note: context.fresh(0),
            by: author.account,
            side: *side,
            audience: audience.clone(),
            text: text.clone(),
            mentions: mentions.keys().copied().collect(),
        }])
    }

    fn ask(
        &self,
        to: Audience,
        text: &LongText,
        due_on: Option<Date>,
        context: &Context<'_>,
    ) -> Decision {
        let author = self.author(context)?;
        self.live()?;
        let from = author
            .sides
            .iter()
            .find(|side| **side != to)
            .ok_or(ConsultationRejection::AskedOwnSide)?;
        if due_on.is_some_and(|due_on| due_on < earliest_today(context)) {
            return Err(ConsultationRejection::DueInThePast.into());
        }
        room(self.questions.len(), QUESTIONS_MAX)?;
        Ok(vec![ConsultationEvent::QuestionAsked {
            at: context.now,
            question: context.fresh(0),
            by: author.account,
            from: *from,
            to,
            text: text.clone(),
            due_on,
        }])
    }

    /// A question that the author's side can see and that waits.
    fn waiting_question(&self, id: QuestionId, author: &Author) -> Result<&Question, Rejection> {
        let question = self
            .questions
            .iter()
            .find(|question| question.id == id && question.is_between(&author.sides))
            .ok_or(ConsultationRejection::UnknownQuestion)?;
        match question.standing {
            QuestionStanding::Waiting => Ok(question),
            QuestionStanding::Answered { .. } => {
                Err(ConsultationRejection::QuestionAnswered.into())
            }
            QuestionStanding::Withdrawn { .. } => {
                Err(ConsultationRejection::QuestionWithdrawn.into())
            }
        }
    }

    fn answer(&self, id: QuestionId, text: &LongText, context: &Context<'_>) -> Decision {
        let author = self.author(context)?;
        self.live()?;
        let question = self.waiting_question(id, &author)?;
        if !author.sides.contains(&question.to) {
            return Err(ConsultationRejection::NotAsked.into());
        }
        Ok(vec![ConsultationEvent::QuestionAnswered {
            at: context.now,
            question: id,
            by: author.account,
            text: text.clone(),
        }])
    }

    fn withdraw_question(
        &self,
        id: QuestionId,
        reason: &LongText,
        context: &Context<'_>,
    ) -> Decision {
        let author = self.author(context)?;
        self.live()?;
        let question = self.waiting_question(id, &author)?;
        if !author.sides.contains(&question.from) {
            return Err(ConsultationRejection::NotTheAsker.into());
        }
        Ok(vec![ConsultationEvent::QuestionWithdrawn {
            at: context.now,
            question: id,
            reason: reason.clone(),
        }])
    }

    fn close(
        &self,
        recommendation: &LongText,
        answers: &[LongText],
        context: &Context<'_>,
    ) -> Decision {
        let author = self.author(context)?;
        if !author.sides.contains(&Audience::Consultancy) {
            return Err(CommonRejection::NotAllowed.into());
        }
        self.live()?;
        if self.suspended_at.is_some() {
            return Err(ConsultationRejection::Suspended.into());
        }
        let count = self.questions_waiting_for(Audience::Consultancy);
        if 0 < count {
            return Err(ConsultationRejection::QuestionsWaiting { count }.into());
        }
        let (found, needed) = (answers.len(), self.asks.len());
        if found != needed {
            return Err(ConsultationRejection::AnswersMismatch { found, needed }.into());
        }
        Ok(vec![ConsultationEvent::Closed {
            at: context.now,
            by: author.account,
            recommendation: recommendation.clone(),
            answers: answers.to_vec(),
        }])
    }
}

fn room(used: usize, max: usize) -> Result<(), Rejection> {
    if used < max {
        Ok(())
    } else {
        Err(ConsultationRejection::TooMany { max }.into())
    }
}

/// Today where the day is youngest: before it, a day is over everywhere on earth.
fn earliest_today(context: &Context<'_>) -> Date {
    let utc = context.now.to_zoned(TimeZone::UTC);
    utc.saturating_sub(12.hours()).date()
}
