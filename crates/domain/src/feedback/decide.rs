//! Which command a feedback round allows, and what follows.

use super::{
    Answer, Consent, FeedbackCommand, FeedbackEvent, FeedbackRejection, FeedbackRound, Invitation,
    InvitedClinician, NewInvitation, RoundPhase, Standing,
};
use crate::calendar::Calendar;
use crate::{AggregateId, CommonRejection, Context, InvitationId, LongText, Rejection, Role, Who};
use std::collections::{BTreeMap, BTreeSet};

/// How many clinicians one command invites.
pub(super) const INVITATIONS_AT_ONCE_MAX: usize = 200;
/// How many invitations a round has, those taken back included.
const INVITATIONS_MAX: usize = 2_000;
/// The roles that run a round for the hospital.
const HOSTS: [Role; 3] = [
    Role::Coordinator,
    Role::UsabilityManager,
    Role::PrincipalInvestigator,
];

pub(super) type Decision = Result<Vec<FeedbackEvent>, Rejection>;

pub(super) fn decide(
    state: Option<&FeedbackRound>,
    command: &FeedbackCommand,
    context: &Context<'_>,
) -> Decision {
    let round = match (state, command) {
        (None, FeedbackCommand::Open { .. }) => return open(command, context),
        (Some(_), FeedbackCommand::Open { .. }) => {
            return Err(CommonRejection::AlreadyExists.into());
        }
        (None, _) => return Err(CommonRejection::NotFound.into()),
        (Some(round), _) => round,
    };
    match command {
        FeedbackCommand::Open { .. } => Err(CommonRejection::AlreadyExists.into()),
        FeedbackCommand::Invite { invitations } => round.invite(invitations, context),
        FeedbackCommand::Remind { invitation } => round.remind(*invitation, context),
        FeedbackCommand::RevokeInvitation { invitation, reason } => {
            round.revoke(*invitation, reason, context)
        }
        FeedbackCommand::Answer { consent, answers } => round.answer(consent, answers, context),
        FeedbackCommand::Decline { reason } => round.decline(reason.as_ref(), context),
        FeedbackCommand::Close {
            conclusion,
            short_reason,
        } => round.close(conclusion, short_reason.as_ref(), context),
        FeedbackCommand::Withdraw { reason } => round.withdraw(reason, context),
        FeedbackCommand::Suspend => round.suspend(context),
        FeedbackCommand::Resume => round.resume(context),
        FeedbackCommand::Wake => round.wake(context),
    }
}

fn open(command: &FeedbackCommand, context: &Context<'_>) -> Decision {
    by_message(context)?;
    let FeedbackCommand::Open {
        case,
        stage,
        round,
        startup,
        hospital,
        device,
        title,
        questionnaire,
        anonymity_threshold,
        answers_needed,
        calendar,
        opened_on,
        closes_on,
        remind_after_working_days,
    } = command
    else {
        return Err(CommonRejection::NotFound.into());
    };
    let AggregateId::FeedbackRound(id) = context.aggregate else {
        return Err(CommonRejection::NotFound.into());
    };
    if context.questionnaires.get(questionnaire).is_none() {
        let name = questionnaire.clone();
        return Err(FeedbackRejection::UnknownQuestionnaire { name }.into());
    }
    let closes_at = calendar_of(calendar, context)?.end_of_day(*closes_on);
    Ok(vec![FeedbackEvent::Opened {
        id,
        case: *case,
        stage: stage.clone(),
        round: *round,
        startup: *startup,
        hospital: *hospital,
        device: *device,
        title: title.clone(),
        questionnaire: questionnaire.clone(),
        anonymity_threshold: *anonymity_threshold,
        answers_needed: *answers_needed,
        calendar: calendar.clone(),
        opened_on: *opened_on,
        closes_on: *closes_on,
        closes_at,
        remind_after_working_days: remind_after_working_days.clone(),
    }])
}

pub(super) fn by_message(context: &Context<'_>) -> Result<(), Rejection> {
    match context.actor.who {
        Who::Message(_) => Ok(()),
        Who::Account(_) | Who::Guest(_) | Who::Candidate(_) | Who::Clock | Who::Machine => {
            Err(CommonRejection::NotAllowed.into())
        }
    }
}

pub(super) fn calendar_of<'a>(
    name: &str,
    context: &Context<'a>,
) -> Result<&'a Calendar, Rejection> {
    context.calendars.get(name).ok_or_else(|| {
        FeedbackRejection::UnknownCalendar {
            name: name.to_owned(),
        }
        .into()
    })
}

impl FeedbackRound {
    fn by_host(&self, context: &Context<'_>) -> Result<(), Rejection> {
        let actor = context.actor;
        let hosts = HOSTS.iter().any(|role| actor.holds(self.hospital, *role));
        if actor.account().is_some() && hosts {
            Ok(())
        } else if actor.belongs_to(self.hospital) || actor.belongs_to(self.startup) {
            Err(CommonRejection::NotAllowed.into())
        } else {
            Err(CommonRejection::NotFound.into())
        }
    }

    fn by_guest(&self, context: &Context<'_>) -> Result<&Invitation, Rejection> {
        match context.actor.who {
            Who::Guest(id) => self
                .invitations
                .get(&id)
                .ok_or_else(|| CommonRejection::NotFound.into()),
            Who::Account(_) | Who::Candidate(_) | Who::Clock | Who::Message(_) | Who::Machine => {
                Err(CommonRejection::NotAllowed.into())
            }
        }
    }

    fn live(&self) -> Result<(), Rejection> {
        match self.phase {
            RoundPhase::Open | RoundPhase::Ended => Ok(()),
            RoundPhase::Closed { .. } => Err(FeedbackRejection::RoundClosed.into()),
            RoundPhase::Withdrawn { .. } => Err(FeedbackRejection::RoundWithdrawn.into()),
        }
    }

    fn taking_answers(&self, context: &Context<'_>) -> Result<(), Rejection> {
        self.live()?;
        if self.takes_answers(context.now) {
            Ok(())
        } else {
            Err(FeedbackRejection::RoundEnded.into())
        }
    }

    fn running(&self) -> Result<(), Rejection> {
        match self.suspended_at {
            None => Ok(()),
            Some(_) => Err(FeedbackRejection::RoundSuspended.into()),
        }
    }

    fn invitation(&self, id: InvitationId) -> Result<&Invitation, Rejection> {
        self.invitations
            .get(&id)
            .ok_or_else(|| FeedbackRejection::UnknownInvitation.into())
    }

    fn invite(&self, clinicians: &[InvitedClinician], context: &Context<'_>) -> Decision {
        self.by_host(context)?;
        self.taking_answers(context)?;
        self.running()?;
        if clinicians.is_empty() {
            return Err(FeedbackRejection::NobodyToInvite.into());
        }
        let max = INVITATIONS_MAX
            .saturating_sub(self.invitations.len())
            .min(INVITATIONS_AT_ONCE_MAX);
        if max < clinicians.len() {
            let found = clinicians.len();
            return Err(FeedbackRejection::TooManyInvitations { found, max }.into());
        }
        let mut taken: BTreeSet<_> = self
            .invitations
            .values()
            .filter(|known| !matches!(known.standing, Standing::Revoked { .. }))
            .map(|known| &known.clinician.email)
            .collect();
        for (n, clinician) in clinicians.iter().enumerate() {
            if !taken.insert(&clinician.email) {
                return Err(FeedbackRejection::AddressTwice {
                    field: format!("invitations.{n}.email"),
                    place: n + 1,
                }
                .into());
            }
        }
        let reminders = self.plan_reminders(context)?;
        let invitations = (0_u32..)
            .zip(clinicians)
            .map(|(n, clinician)| NewInvitation {
                id: context.fresh(n),
                clinician: clinician.clone(),
                reminders: reminders.clone(),
            })
            .collect();
        Ok(vec![FeedbackEvent::Invited {
            at: context.now,
            invitations,
        }])
    }

    fn remind(&self, id: InvitationId, context: &Context<'_>) -> Decision {
        self.by_host(context)?;
        self.taking_answers(context)?;
        self.running()?;
        let invitation = self.invitation(id)?;
        match invitation.standing {
            Standing::Waiting => {}
            Standing::Answered { .. } => return Err(FeedbackRejection::AlreadyAnswered.into()),
            Standing::Declined { .. } => return Err(FeedbackRejection::AlreadyDeclined.into()),
            Standing::Revoked { .. } => return Err(FeedbackRejection::InvitationRevoked.into()),
        }
        let calendar = calendar_of(&self.calendar, context)?;
        let last = invitation.reminded_at.unwrap_or(invitation.invited_at);
        if calendar.date_of(last) == calendar.date_of(context.now) {
            return Err(FeedbackRejection::RemindedToday.into());
        }
        Ok(vec![FeedbackEvent::Reminded {
            at: context.now,
            invitation: id,
        }])
    }

    fn revoke(&self, id: InvitationId, reason: &LongText, context: &Context<'_>) -> Decision {
        self.by_host(context)?;
        self.live()?;
        match self.invitation(id)?.standing {
            Standing::Waiting | Standing::Declined { .. } => {
                Ok(vec![FeedbackEvent::InvitationRevoked {
                    at: context.now,
                    invitation: id,
                    reason: reason.clone(),
                }])
            }
            // What a clinician said stays said: nobody removes an answer they do not like.
            Standing::Answered { .. } => Err(FeedbackRejection::AlreadyAnswered.into()),
            Standing::Revoked { .. } => Ok(Vec::new()),
        }
    }

    fn answer(
        &self,
        consent: &Consent,
        answers: &BTreeMap<String, Answer>,
        context: &Context<'_>,
    ) -> Decision {
        let invitation = self.by_guest(context)?;
        match invitation.standing {
            Standing::Waiting | Standing::Declined { .. } => {}
            Standing::Answered { .. } => return Err(FeedbackRejection::AlreadyAnswered.into()),
            Standing::Revoked { .. } => return Err(FeedbackRejection::InvitationRevoked.into()),
        }
        self.taking_answers(context)?;
        let questionnaire = context
            .questionnaires
            .get(&self.questionnaire)
            .ok_or_else(|| FeedbackRejection::UnknownQuestionnaire {
                name: self.questionnaire.clone(),
            })?;
        let shown = questionnaire.consent_hash(consent.locale);
        let current = questionnaire.consent.version == consent.version
            && shown.is_ok_and(|hash| hash == consent.text_hash);
        if !current {
            return Err(FeedbackRejection::ConsentOutdated.into());
        }
        questionnaire
            .check(answers)
            .map_err(|problems| FeedbackRejection::BadAnswers {
                field: problems.first_field(),
                problems,
            })?;
        Ok(vec![FeedbackEvent::Answered {
            at: context.now,
            invitation: invitation.id,
            consent: consent.clone(),
            questionnaire_version: questionnaire.version,
            answers: answers.clone(),
        }])
    }

    fn decline(&self, reason: Option<&LongText>, context: &Context<'_>) -> Decision {
        let invitation = self.by_guest(context)?;
        match invitation.standing {
            Standing::Waiting => {}
            Standing::Declined { .. } => return Ok(Vec::new()),
            Standing::Answered { .. } => return Err(FeedbackRejection::AlreadyAnswered.into()),
            Standing::Revoked { .. } => return Err(FeedbackRejection::InvitationRevoked.into()),
        }
        self.taking_answers(context)?;
        Ok(vec![FeedbackEvent::Declined {
            at: context.now,
            invitation: invitation.id,
            reason: reason.cloned(),
        }])
    }

    fn close(
        &self,
        conclusion: &LongText,
        short_reason: Option<&LongText>,
        context: &Context<'_>,
    ) -> Decision {
        self.by_host(context)?;
        self.live()?;
        self.running()?;
        let found = self.answered();
        let short = found < usize::from(self.answers_needed);
        if short && short_reason.is_none() {
            let needed = self.answers_needed;
            return Err(FeedbackRejection::TooFewAnswers { found, needed }.into());
        }
        Ok(vec![FeedbackEvent::Closed {
            at: context.now,
            conclusion: conclusion.clone(),
            short_reason: short_reason.filter(|_| short).cloned(),
        }])
    }
}
