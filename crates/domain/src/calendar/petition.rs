//! How Korean authorities count the time they have for a petition (민원 처리에 관한 법률 제19조).
//!
//! Five days or less are counted in hours from the receipt, a day being eight working hours; six days or more in working
//! days of which the first counts; weeks, months and years by the Civil Act (민법 제159조–제161조) with the first day counted.
//! Time waiting for a supplement is left out, the day of the request and the day of the answer included (행정절차법 시행령 제11조).

use super::arithmetic::plus_days;
use super::{Calendar, SkippedBecause, SkippedDay};
use crate::Words;
use jiff::civil::{Date, Time};
use jiff::{Timestamp, ToSpan, Unit};

/// The time set for a petition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PetitionTerm {
    /// Working days: up to five are counted as hours, six or more as days.
    Days(u16),
    /// Weeks of the calendar.
    Weeks(u16),
    /// Months of the calendar.
    Months(u16),
    /// Years of the calendar.
    Years(u16),
}

/// Days that are not counted, from the first to the last, both included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExcludedTime {
    /// The day the authority asked for something.
    pub from: Date,
    /// The day the answer arrived.
    pub to: Date,
    /// What was waited for, such as “Supplement”.
    pub reason: Words,
}

/// When an authority must have decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// The last day.
    pub day: Date,
    /// The instant by which it must be done: within the last day for terms counted in hours, otherwise its end.
    pub until: Timestamp,
    /// The days that were not counted, each with its reason.
    pub skipped: Vec<SkippedDay>,
    /// Whether it touches a year whose holidays are expected, not announced.
    pub expected: bool,
    /// Whether it touches a year whose holidays the calendar does not know.
    pub beyond_coverage: bool,
}

const HOURS_TERM_DAYS_MAX: u16 = 5;
const SECONDS_PER_DAY: i64 = 8 * 60 * 60;

impl Calendar {
    /// When a petition received at that instant must be decided, leaving out the excluded time.
    pub fn petition_deadline(
        &self,
        received: Timestamp,
        term: PetitionTerm,
        excluded: &[ExcludedTime],
    ) -> Deadline {
        let count = Count {
            calendar: self,
            received: self.date_of(received),
            excluded,
        };
        match term {
            PetitionTerm::Days(days) if days <= HOURS_TERM_DAYS_MAX => count.hours(received, days),
            PetitionTerm::Days(days) => count.days(days),
            PetitionTerm::Weeks(weeks) => {
                let after = plus_days(count.received, i64::from(weeks) * 7);
                count.calendar_period(after.yesterday().unwrap_or(after))
            }
            PetitionTerm::Months(months) => {
                count.calendar_period(last_day_of_months(count.received, i32::from(months)))
            }
            PetitionTerm::Years(years) => {
                count.calendar_period(last_day_of_months(count.received, i32::from(years) * 12))
            }
        }
    }
}

struct Count<'a> {
    calendar: &'a Calendar,
    received: Date,
    excluded: &'a [ExcludedTime],
}

impl Count<'_> {
    /// Eight working hours for each day, from the receipt on.
    fn hours(&self, received: Timestamp, days: u16) -> Deadline {
        let mut left = i64::from(days) * SECONDS_PER_DAY;
        let mut skipped = Vec::new();
        let mut day = self.received;
        let mut time = self.calendar.time_zone().to_datetime(received).time();
        if left == 0 {
            return self.deadline(day, received, skipped);
        }
        loop {
            match self.not_counted(day) {
                Some(reason) => skipped.push(reason),
                None => {
                    for (from, to) in self.sessions() {
                        let start = from.max(time);
                        let length = seconds_between(start, to);
                        if left <= length {
                            let end = start.saturating_add(left.seconds());
                            return self.deadline(day, self.calendar.instant(day, end), skipped);
                        }
                        left -= length;
                    }
                }
            }
            let Ok(next) = day.tomorrow() else {
                return self.deadline(day, Timestamp::MAX, skipped);
            };
            day = next;
            time = Time::midnight();
        }
    }

    /// Working days, of which the first counts.
    fn days(&self, days: u16) -> Deadline {
        let mut left = days;
        let mut skipped = Vec::new();
        let mut day = self.received;
        loop {
            match self.not_counted(day) {
                Some(reason) => skipped.push(reason),
                None => left = left.saturating_sub(1),
            }
            if left == 0 {
                break;
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        self.deadline(day, self.calendar.end_of_day(day), skipped)
    }

    /// A period of the calendar: longer by the excluded days, and over on a working day.
    fn calendar_period(&self, end: Date) -> Deadline {
        let mut skipped = Vec::new();
        let mut day = self.received;
        let mut last = end.max(self.received);
        // Each excluded day on the way makes the period one day longer; that day may be excluded too.
        loop {
            if let Some(reason) = self.excluded_day(day) {
                skipped.push(reason);
                last = last.tomorrow().unwrap_or(last);
            }
            if day >= last {
                break;
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        let last = self.calendar.roll_forward(last, &mut skipped);
        self.deadline(last, self.calendar.end_of_day(last), skipped)
    }

    fn sessions(&self) -> Vec<(Time, Time)> {
        let hours = self.calendar.hours();
        match hours.lunch_break {
            Some((from, to)) => vec![(hours.from, from), (to, hours.to)],
            None => vec![(hours.from, hours.to)],
        }
    }

    fn excluded_day(&self, day: Date) -> Option<SkippedDay> {
        let time = self
            .excluded
            .iter()
            .find(|time| time.from <= day && day <= time.to)?;
        Some(SkippedDay {
            date: day,
            because: SkippedBecause::Excluded,
            reason: time.reason.clone(),
        })
    }

    fn not_counted(&self, day: Date) -> Option<SkippedDay> {
        let day_off = || Some(SkippedDay::new(day, self.calendar.day_off(day)?));
        self.excluded_day(day).or_else(day_off)
    }

    fn deadline(&self, day: Date, until: Timestamp, skipped: Vec<SkippedDay>) -> Deadline {
        let (expected, beyond_coverage) = self.calendar.certainty(self.received, day);
        Deadline {
            day,
            until,
            skipped,
            expected,
            beyond_coverage,
        }
    }
}

fn seconds_between(from: Time, to: Time) -> i64 {
    if to <= from {
        return 0;
    }
    from.until((Unit::Second, to))
        .map_or(0, |span| span.get_seconds())
}

/// The day before the one with the same number `months` later, or the last day of that month if it has no such day (민법 제160조).
fn last_day_of_months(first: Date, months: i32) -> Date {
    let Ok(same) = jiff::Span::new()
        .try_months(months)
        .and_then(|span| first.checked_add(span))
    else {
        return Date::MAX;
    };
    if same.day() < first.day() {
        same
    } else {
        same.yesterday().unwrap_or(same).max(first)
    }
}
