//! The state of a feedback round after an event.

use super::{FeedbackEvent, FeedbackRound, Invitation, NewInvitation, RoundPhase, Standing};
use crate::{BrokenHistory, InvitationId};
use jiff::Timestamp;
use std::collections::BTreeMap;

pub(super) fn evolve(
    state: Option<FeedbackRound>,
    event: &FeedbackEvent,
) -> Result<FeedbackRound, BrokenHistory> {
    match (state, event) {
        (None, FeedbackEvent::Opened { .. }) => opened(event),
        (None, _) => Err(BrokenHistory::new(None, found(event))),
        (Some(mut round), _) => {
            round.apply(event)?;
            Ok(round)
        }
    }
}

pub(super) fn found(event: &FeedbackEvent) -> &'static str {
    match event {
        FeedbackEvent::Opened { .. } => "opened",
        FeedbackEvent::Invited { .. } => "invited",
        FeedbackEvent::Reminded { .. } => "reminded",
        FeedbackEvent::RemindersSent { .. } => "reminders_sent",
        FeedbackEvent::RemindersDeferred { .. } => "reminders_deferred",
        FeedbackEvent::InvitationRevoked { .. } => "invitation_revoked",
        FeedbackEvent::Answered { .. } => "answered",
        FeedbackEvent::Declined { .. } => "declined",
        FeedbackEvent::RoundEnded { .. } => "round_ended",
        FeedbackEvent::Closed { .. } => "closed",
        FeedbackEvent::Withdrawn { .. } => "withdrawn",
        FeedbackEvent::Suspended { .. } => "suspended",
        FeedbackEvent::Resumed { .. } => "resumed",
    }
}

fn opened(event: &FeedbackEvent) -> Result<FeedbackRound, BrokenHistory> {
    let FeedbackEvent::Opened {
        id,
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
        closes_at,
        remind_after_working_days,
    } = event
    else {
        return Err(BrokenHistory::new(None, found(event)));
    };
    Ok(FeedbackRound {
        id: *id,
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
        closes_at: *closes_at,
        remind_after_working_days: remind_after_working_days.clone(),
        phase: RoundPhase::Open,
        suspended_at: None,
        invitations: BTreeMap::new(),
    })
}

impl FeedbackRound {
    fn broken(&self, event: &FeedbackEvent) -> BrokenHistory {
        BrokenHistory::new(crate::AggregateId::FeedbackRound(self.id), found(event))
    }

    fn apply(&mut self, event: &FeedbackEvent) -> Result<(), BrokenHistory> {
        if !self.is_live() {
            return Err(self.broken(event));
        }
        match event {
            FeedbackEvent::Opened { .. } => return Err(self.broken(event)),
            FeedbackEvent::Invited { at, invitations } => {
                for new in invitations {
                    self.invitations.insert(new.id, invited(new, *at));
                }
            }
            FeedbackEvent::Reminded { at, invitation } => {
                self.known(*invitation, event)?.reminded_at = Some(*at);
            }
            FeedbackEvent::RemindersSent { at, invitations } => {
                for id in invitations {
                    let invitation = self.known(*id, event)?;
                    invitation.reminders.retain(|planned| at < planned);
                    invitation.reminded_at = Some(*at);
                }
            }
            FeedbackEvent::RemindersDeferred { at, until } => self.defer(*at, *until),
            FeedbackEvent::InvitationRevoked {
                at,
                invitation,
                reason,
            } => self
                .unanswered(*invitation, event)?
                .settle(Standing::Revoked {
                    at: *at,
                    reason: reason.clone(),
                }),
            FeedbackEvent::Answered {
                at,
                invitation,
                consent,
                questionnaire_version: _,
                answers,
            } => self
                .unanswered(*invitation, event)?
                .settle(Standing::Answered {
                    at: *at,
                    consent: consent.clone(),
                    answers: answers.clone(),
                }),
            FeedbackEvent::Declined {
                at,
                invitation,
                reason,
            } => self
                .unanswered(*invitation, event)?
                .settle(Standing::Declined {
                    at: *at,
                    reason: reason.clone(),
                }),
            FeedbackEvent::RoundEnded { .. }
            | FeedbackEvent::Closed { .. }
            | FeedbackEvent::Withdrawn { .. }
            | FeedbackEvent::Suspended { .. }
            | FeedbackEvent::Resumed { .. } => self.move_on(event),
        }
        Ok(())
    }

    /// The events that concern the round as a whole.
    fn move_on(&mut self, event: &FeedbackEvent) {
        match event {
            FeedbackEvent::RoundEnded { at: _ } => self.finish(RoundPhase::Ended),
            FeedbackEvent::Closed {
                at,
                conclusion,
                short_reason,
            } => self.finish(RoundPhase::Closed {
                at: *at,
                conclusion: conclusion.clone(),
                short_reason: short_reason.clone(),
            }),
            FeedbackEvent::Withdrawn { at, reason } => self.finish(RoundPhase::Withdrawn {
                at: *at,
                reason: reason.clone(),
            }),
            FeedbackEvent::Suspended { at } => self.suspended_at = Some(*at),
            FeedbackEvent::Resumed {
                at: _,
                closes_on,
                closes_at,
                reminders,
            } => {
                self.suspended_at = None;
                self.closes_on = *closes_on;
                self.closes_at = *closes_at;
                for invitation in self.invitations.values_mut() {
                    invitation.reminders =
                        reminders.get(&invitation.id).cloned().unwrap_or_default();
                }
            }
            FeedbackEvent::Opened { .. }
            | FeedbackEvent::Invited { .. }
            | FeedbackEvent::Reminded { .. }
            | FeedbackEvent::RemindersSent { .. }
            | FeedbackEvent::RemindersDeferred { .. }
            | FeedbackEvent::InvitationRevoked { .. }
            | FeedbackEvent::Answered { .. }
            | FeedbackEvent::Declined { .. } => {}
        }
    }

    fn known(
        &mut self,
        id: InvitationId,
        event: &FeedbackEvent,
    ) -> Result<&mut Invitation, BrokenHistory> {
        let broken = self.broken(event);
        self.invitations.get_mut(&id).ok_or(broken)
    }

    fn unanswered(
        &mut self,
        id: InvitationId,
        event: &FeedbackEvent,
    ) -> Result<&mut Invitation, BrokenHistory> {
        let broken = self.broken(event);
        let invitation = self.known(id, event)?;
        if invitation.is_answered() {
            return Err(broken);
        }
        Ok(invitation)
    }

    fn defer(&mut self, at: Timestamp, until: Timestamp) {
        for invitation in self.invitations.values_mut() {
            let planned = invitation.reminders.len();
            invitation.reminders.retain(|planned| at < *planned);
            let was_due = invitation.reminders.len() < planned;
            if was_due && until < self.closes_at && !invitation.reminders.contains(&until) {
                invitation.reminders.push(until);
                invitation.reminders.sort();
            }
        }
    }

    fn finish(&mut self, phase: RoundPhase) {
        self.phase = phase;
        for invitation in self.invitations.values_mut() {
            invitation.reminders.clear();
        }
    }
}

fn invited(new: &NewInvitation, at: Timestamp) -> Invitation {
    Invitation {
        id: new.id,
        clinician: new.clinician.clone(),
        invited_at: at,
        reminders: new.reminders.clone(),
        reminded_at: None,
        standing: Standing::Waiting,
    }
}

impl Invitation {
    fn settle(&mut self, standing: Standing) {
        self.standing = standing;
        self.reminders.clear();
    }
}
