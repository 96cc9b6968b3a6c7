//! Counting days and finding instants; total over all dates and instants.

use super::{Calendar, Length, SkippedDay, Span};
use jiff::civil::{Date, Time};
use jiff::{Timestamp, Unit};

impl Calendar {
    /// The `days`-th working day after `from`; for 0, `from` itself if it is one, otherwise the next.
    pub fn add_working_days(&self, from: Date, days: u16) -> Span {
        let mut skipped = Vec::new();
        let mut to = from;
        if days == 0 {
            to = self.roll_forward(from, &mut skipped);
        }
        let mut counted = 0;
        while counted < days {
            let Ok(next) = to.tomorrow() else { break };
            to = next;
            match self.day_off(to) {
                None => counted += 1,
                Some(day_off) => skipped.push(SkippedDay::new(to, day_off)),
            }
        }
        self.span(from, to, Length::WorkingDays(days), skipped)
    }

    /// The day `days` calendar days after `from`, moved to the next working day when it falls on a day off;
    /// the days it was moved over are the skipped ones.
    pub fn add_calendar_days(&self, from: Date, days: u16) -> Span {
        let mut skipped = Vec::new();
        let end = plus_days(from, i64::from(days));
        let to = self.roll_forward(end, &mut skipped);
        self.span(from, to, Length::CalendarDays(days), skipped)
    }

    /// The `days`-th working day before `from`; for 0, `from` itself if it is one, otherwise the one before.
    pub fn working_days_before(&self, from: Date, days: u16) -> Date {
        let mut date = from;
        let mut left = days;
        if days == 0 {
            while !self.is_working_day(date) {
                let Ok(before) = date.yesterday() else { break };
                date = before;
            }
        }
        while left > 0 {
            let Ok(before) = date.yesterday() else { break };
            date = before;
            if self.is_working_day(date) {
                left -= 1;
            }
        }
        date
    }

    /// The working days in `(from, to]`; none when `to` is not after `from`.
    pub fn working_days_between(&self, from: Date, to: Date) -> u32 {
        if to <= from {
            return 0;
        }
        let Ok(days) = from
            .until((Unit::Day, to))
            .map(|span| u32::try_from(span.get_days()).unwrap_or(0))
        else {
            return 0;
        };
        let weekend = u32::try_from(self.weekend.len()).unwrap_or(0);
        let mut count = days / 7 * 7_u32.saturating_sub(weekend);
        let mut rest = from;
        for _ in 0..days % 7 {
            let Ok(next) = rest.tomorrow() else { break };
            rest = next;
            if !self.weekend.contains(&rest.weekday()) {
                count += 1;
            }
        }
        let Ok(first) = from.tomorrow() else {
            return count;
        };
        let holidays = self.holidays.range(first..=to);
        let on_workdays = holidays.filter(|(date, _)| !self.weekend.contains(&date.weekday()));
        count.saturating_sub(u32::try_from(on_workdays.count()).unwrap_or(0))
    }

    /// The local day of an instant.
    pub fn date_of(&self, at: Timestamp) -> Date {
        self.time_zone.to_datetime(at).date()
    }

    /// The instant at which people start to work on that day.
    pub fn opening(&self, date: Date) -> Timestamp {
        self.instant(date, self.hours.from)
    }

    /// The instant at which that day is over: midnight, where the next begins.
    pub fn end_of_day(&self, date: Date) -> Timestamp {
        match date.tomorrow() {
            Ok(next) => self.instant(next, Time::midnight()),
            Err(_) => Timestamp::MAX,
        }
    }

    /// `at` itself within working hours, otherwise the next opening.
    pub fn working_instant_from(&self, at: Timestamp) -> Timestamp {
        let local = self.time_zone.to_datetime(at);
        let date = local.date();
        if self.is_working_day(date) && local.time() < self.hours.to {
            return self.opening(date).max(at);
        }
        let next = self.add_working_days(date, 1).to;
        self.opening(next).max(at)
    }

    /// The instant of a local time, at the end of the representable range when it lies beyond.
    pub(super) fn instant(&self, date: Date, time: Time) -> Timestamp {
        let instant = self.time_zone.to_timestamp(date.to_datetime(time));
        let beyond = if date.year() < 0 {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        };
        instant.unwrap_or(beyond)
    }

    /// `date` itself if people work then, otherwise the next working day; the days passed over are noted.
    pub(super) fn roll_forward(&self, date: Date, skipped: &mut Vec<SkippedDay>) -> Date {
        let mut date = date;
        while let Some(day_off) = self.day_off(date) {
            let Ok(next) = date.tomorrow() else { break };
            skipped.push(SkippedDay::new(date, day_off));
            date = next;
        }
        date
    }

    /// Whether a year from `from` to `to` is expected only, and whether one lies beyond the coverage.
    pub(super) fn certainty(&self, from: Date, to: Date) -> (bool, bool) {
        let mut years = self.years.range(from.year()..=to.year().max(from.year()));
        let expected = years.any(|(_, year)| year.expected);
        let known = |date: Date| self.years.contains_key(&date.year());
        (expected, !(known(from) && known(to)))
    }

    fn span(&self, from: Date, to: Date, length: Length, skipped: Vec<SkippedDay>) -> Span {
        let (expected, beyond_coverage) = self.certainty(from, to);
        Span {
            from,
            to,
            length,
            skipped,
            expected,
            beyond_coverage,
        }
    }
}

/// The day `days` later, or the last day there is.
pub(super) fn plus_days(date: Date, days: i64) -> Date {
    jiff::Span::new()
        .try_days(days)
        .and_then(|span| date.checked_add(span))
        .unwrap_or(Date::MAX)
}
