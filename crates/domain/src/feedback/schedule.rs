//! What time and pauses do to a feedback round: reminders are planned, sent or put off, and the round ends.

use super::decide::{Decision, by_message, calendar_of};
use super::{FeedbackEvent, FeedbackRound, RoundPhase};
use crate::{CommonRejection, Context, InvitationId, LongText, Rejection, Who};
use jiff::Timestamp;
use std::collections::BTreeSet;

impl FeedbackRound {
    pub(super) fn plan_reminders(
        &self,
        context: &Context<'_>,
    ) -> Result<Vec<Timestamp>, Rejection> {
        let calendar = calendar_of(&self.calendar, context)?;
        let today = calendar.date_of(context.now);
        let planned: BTreeSet<Timestamp> = self
            .remind_after_working_days
            .iter()
            .map(|days| calendar.opening(calendar.add_working_days(today, *days).to))
            .filter(|at| context.now < *at && *at < self.closes_at)
            .collect();
        Ok(planned.into_iter().collect())
    }

    pub(super) fn withdraw(&self, reason: &LongText, context: &Context<'_>) -> Decision {
        by_message(context)?;
        if !self.is_live() {
            return Ok(Vec::new());
        }
        Ok(vec![FeedbackEvent::Withdrawn {
            at: context.now,
            reason: reason.clone(),
        }])
    }

    pub(super) fn suspend(&self, context: &Context<'_>) -> Decision {
        by_message(context)?;
        if !self.is_live() || self.suspended_at.is_some() {
            return Ok(Vec::new());
        }
        let at = context.now;
        // A round whose last day was over before the pause stays over, however late that is noticed.
        let ended = self.is_over(at).then_some(FeedbackEvent::RoundEnded { at });
        Ok(ended
            .into_iter()
            .chain([FeedbackEvent::Suspended { at }])
            .collect())
    }

    pub(super) fn resume(&self, context: &Context<'_>) -> Decision {
        by_message(context)?;
        let Some(since) = self.suspended_at.filter(|_| self.is_live()) else {
            return Ok(Vec::new());
        };
        let calendar = calendar_of(&self.calendar, context)?;
        let lost =
            calendar.working_days_between(calendar.date_of(since), calendar.date_of(context.now));
        let lost = u16::try_from(lost).unwrap_or(u16::MAX);
        let moved = |date| match lost {
            0 => date,
            days => calendar.add_working_days(date, days).to,
        };
        let closes_on = match self.phase {
            RoundPhase::Open => moved(self.closes_on),
            RoundPhase::Ended | RoundPhase::Closed { .. } | RoundPhase::Withdrawn { .. } => {
                self.closes_on
            }
        };
        let closes_at = calendar.end_of_day(closes_on);
        let moved_instant = |at: &Timestamp| match lost {
            0 => *at,
            _ => calendar.opening(moved(calendar.date_of(*at))),
        };
        let reminders = self
            .invitations
            .values()
            .map(|invitation| {
                let planned = invitation.reminders.iter().map(moved_instant);
                let planned: BTreeSet<_> = planned.filter(|at| *at < closes_at).collect();
                (invitation.id, planned.into_iter().collect::<Vec<_>>())
            })
            .filter(|(_, planned)| !planned.is_empty())
            .collect();
        Ok(vec![FeedbackEvent::Resumed {
            at: context.now,
            closes_on,
            closes_at,
            reminders,
        }])
    }

    fn is_over(&self, now: Timestamp) -> bool {
        matches!(self.phase, RoundPhase::Open)
            && self.suspended_at.is_none()
            && self.closes_at <= now
    }

    pub(super) fn wake(&self, context: &Context<'_>) -> Decision {
        if context.actor.who != Who::Clock {
            return Err(CommonRejection::NotAllowed.into());
        }
        let now = context.now;
        if self.is_over(now) {
            return Ok(vec![FeedbackEvent::RoundEnded { at: now }]);
        }
        if !matches!(self.phase, RoundPhase::Open) || self.suspended_at.is_some() {
            return Ok(Vec::new());
        }
        let due: Vec<InvitationId> = self
            .invitations
            .values()
            .filter(|invitation| invitation.is_waiting())
            .filter(|invitation| invitation.reminders.first().is_some_and(|at| *at <= now))
            .map(|invitation| invitation.id)
            .collect();
        if due.is_empty() {
            return Ok(Vec::new());
        }
        let until = calendar_of(&self.calendar, context)?.working_instant_from(now);
        Ok(vec![if until <= now {
            FeedbackEvent::RemindersSent {
                at: now,
                invitations: due,
            }
        } else {
            FeedbackEvent::RemindersDeferred { at: now, until }
        }])
    }
}
