//! When a stage is due, and who hears of it before and after.

use super::{AnswerBy, CandidateAnswer, Case, CaseEvent, CaseStatus, Work};
use crate::calendar::Calendar;
use crate::pathway::{Due, Stage as PathwayStage, StageId};
use crate::{CandidateId, Role};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// When a stage is due, and the notices that are still to go out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// The day counting started from; it does not count.
    pub from: Date,
    /// The last day.
    pub due_on: Date,
    /// The end of that day.
    pub due_at: Timestamp,
    /// Letters still to go out, earliest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
}

/// A letter that goes out by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Notice {
    /// When, in working time.
    pub at: Timestamp,
    /// Which.
    pub kind: NoticeKind,
}

/// Which letter goes out by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NoticeKind {
    /// To the owner.
    Reminder,
    /// To someone above.
    Escalation {
        /// Who.
        to: Role,
    },
}

/// The last day of something that starts on `from` and may take `due`.
pub(super) fn last_day(calendar: &Calendar, from: Date, due: Due) -> Date {
    match due {
        Due::WorkingDays(days) => calendar.add_working_days(from, days).to,
        Due::CalendarDays(days) => calendar.add_calendar_days(from, days).to,
    }
}

impl Schedule {
    /// The schedule of a stage that opens now, if the pathway gives it one.
    pub(super) fn of(stage: &PathwayStage, calendar: &Calendar, now: Timestamp) -> Option<Self> {
        let from = calendar.date_of(now);
        let due_on = last_day(calendar, from, stage.due?);
        let reminders = stage.reminders.iter().map(|reminder| Notice {
            at: calendar
                .opening(calendar.working_days_before(due_on, reminder.working_days_before)),
            kind: NoticeKind::Reminder,
        });
        let escalations = stage.escalation.iter().map(|escalation| Notice {
            at: calendar.opening(
                calendar
                    .add_working_days(due_on, escalation.working_days_after)
                    .to,
            ),
            kind: NoticeKind::Escalation { to: escalation.to },
        });
        let mut notices: Vec<Notice> = reminders
            .chain(escalations)
            .filter(|notice| now < notice.at)
            .collect();
        notices.sort_unstable();
        Some(Self {
            from,
            due_on,
            due_at: calendar.end_of_day(due_on),
            notices,
        })
    }

    /// The same schedule, later by so many working days.
    fn moved(&self, calendar: &Calendar, days: u16) -> Self {
        let later = |date: Date| later(calendar, date, days);
        let due_on = later(self.due_on);
        let notices = self
            .notices
            .iter()
            .map(|notice| Notice {
                at: calendar.opening(later(calendar.date_of(notice.at))),
                kind: notice.kind,
            })
            .collect();
        Self {
            from: self.from,
            due_on,
            due_at: calendar.end_of_day(due_on),
            notices,
        }
    }
}

fn later(calendar: &Calendar, date: Date, days: u16) -> Date {
    match days {
        0 => date,
        days => calendar.add_working_days(date, days).to,
    }
}

/// Until when candidates can answer after a pause of so many working days; who had lapsed before it is left out.
pub(super) fn answers_moved_by(
    case: &Case,
    calendar: &Calendar,
    days: u32,
) -> BTreeMap<CandidateId, AnswerBy> {
    let days = u16::try_from(days).unwrap_or(u16::MAX);
    let CaseStatus::Paused { since, .. } = case.status else {
        return BTreeMap::new();
    };
    case.stages
        .values()
        .filter(|stage| stage.is_open())
        .filter_map(|stage| match &stage.work {
            Work::Matching(candidates) => Some(candidates),
            Work::Form(_)
            | Work::Approval(_)
            | Work::Child { .. }
            | Work::Consultation(_)
            | Work::Award(_)
            | Work::Agreement(_)
            | Work::Nothing => None,
        })
        .flatten()
        .filter(|(_, candidate)| {
            matches!(candidate.answer, CandidateAnswer::Invited { lapses_at } if since < lapses_at)
        })
        .filter(|_| 0 < days)
        .map(|(id, candidate)| {
            let day = later(calendar, candidate.answer_by, days);
            let lapses_at = calendar.end_of_day(day);
            (*id, AnswerBy { day, lapses_at })
        })
        .collect()
}

/// The schedules of open stages after a pause of so many working days.
pub(super) fn moved_by(case: &Case, calendar: &Calendar, days: u32) -> BTreeMap<StageId, Schedule> {
    let days = u16::try_from(days).unwrap_or(u16::MAX);
    case.stages
        .iter()
        .filter(|(_, stage)| stage.is_open())
        .filter_map(|(id, stage)| {
            stage
                .schedule
                .as_ref()
                .map(|schedule| (id.clone(), schedule.moved(calendar, days)))
        })
        .collect()
}

/// What time passing brings: notices in working time, invitations that lapse.
pub(super) fn due_events(case: &Case, calendar: &Calendar, now: Timestamp) -> Vec<CaseEvent> {
    let mut events = Vec::new();
    if case.status != CaseStatus::Running {
        return events;
    }
    let working_at = calendar.working_instant_from(now);
    for (id, stage) in case.stages.iter().filter(|(_, stage)| stage.is_open()) {
        if let Work::Matching(candidates) = &stage.work {
            events.extend(candidates.iter().filter_map(
                |(candidate, invited)| match invited.answer {
                    CandidateAnswer::Invited { lapses_at } if lapses_at <= now => {
                        Some(CaseEvent::CandidateLapsed {
                            stage: id.clone(),
                            candidate: *candidate,
                        })
                    }
                    CandidateAnswer::Invited { .. }
                    | CandidateAnswer::Accepted { .. }
                    | CandidateAnswer::Declined { .. }
                    | CandidateAnswer::Lapsed
                    | CandidateAnswer::Withdrawn => None,
                },
            ));
        }
        let due: Vec<Notice> = stage
            .schedule
            .iter()
            .flat_map(|schedule| &schedule.notices)
            .copied()
            .filter(|notice| notice.at <= now)
            .collect();
        if due.is_empty() {
            continue;
        }
        if now < working_at {
            events.push(CaseEvent::NoticesDeferred {
                stage: id.clone(),
                through: now,
                until: working_at,
            });
            continue;
        }
        let escalate: BTreeSet<Role> = due
            .iter()
            .filter_map(|notice| match notice.kind {
                NoticeKind::Reminder => None,
                NoticeKind::Escalation { to } => Some(to),
            })
            .collect();
        let remind = due.iter().any(|notice| notice.kind == NoticeKind::Reminder);
        events.push(CaseEvent::NoticesSent {
            stage: id.clone(),
            through: now,
            remind,
            escalate,
        });
    }
    events
}

/// When the next notice goes out or invitation lapses.
pub(super) fn next_wakeup(case: &Case) -> Option<Timestamp> {
    if case.status != CaseStatus::Running {
        return None;
    }
    let open = || case.stages.values().filter(|stage| stage.is_open());
    let notices = open()
        .filter_map(|stage| stage.schedule.as_ref())
        .filter_map(|schedule| schedule.notices.first())
        .map(|notice| notice.at);
    let lapses = open()
        .filter_map(|stage| match &stage.work {
            Work::Matching(candidates) => Some(candidates.values()),
            Work::Form(_)
            | Work::Approval(_)
            | Work::Child { .. }
            | Work::Consultation(_)
            | Work::Award(_)
            | Work::Agreement(_)
            | Work::Nothing => None,
        })
        .flatten()
        .filter_map(|candidate| match candidate.answer {
            CandidateAnswer::Invited { lapses_at } => Some(lapses_at),
            CandidateAnswer::Accepted { .. }
            | CandidateAnswer::Declined { .. }
            | CandidateAnswer::Lapsed
            | CandidateAnswer::Withdrawn => None,
        });
    notices.chain(lapses).min()
}
