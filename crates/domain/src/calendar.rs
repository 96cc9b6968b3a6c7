//! Working calendars: which days and hours count, and the explanation of every day that was skipped.

use crate::Words;
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// The calendars by id.
#[derive(Clone, Debug, Default)]
pub struct Calendars {
    by_id: BTreeMap<String, Calendar>,
}

impl Calendars {
    /// The calendar of this id.
    pub fn get(&self, id: &str) -> Option<&Calendar> {
        self.by_id.get(id)
    }
}

/// The working days and hours of one place.
#[derive(Clone, Debug)]
pub struct Calendar {}

/// A stretch of days counted on a calendar, with the days it did not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The day counting started from; it is not counted.
    pub from: Date,
    /// The last day counted.
    pub to: Date,
    /// The days in between that were not counted, each with its reason.
    pub skipped: Vec<SkippedDay>,
}

/// A day that was not counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkippedDay {
    /// The day.
    pub date: Date,
    /// Why, such as “Chuseok” or “Saturday”.
    pub reason: Words,
}

#[expect(unused_variables, reason = "written next")]
impl Calendar {
    /// Whether people work on that day.
    pub fn is_working_day(&self, date: Date) -> bool {
        true
    }
    /// The `days`-th working day after `from`.
    pub fn add_working_days(&self, from: Date, days: u16) -> Span {
        Span {
            from,
            to: from,
            skipped: Vec::new(),
        }
    }
    /// The day `days` calendar days after `from`, moved to the next working day when it falls on a day off.
    pub fn add_calendar_days(&self, from: Date, days: u16) -> Span {
        Span {
            from,
            to: from,
            skipped: Vec::new(),
        }
    }
    /// The `days`-th working day before `from`; for 0, `from` itself if it is one, otherwise the one before.
    pub fn working_days_before(&self, from: Date, days: u16) -> Date {
        from
    }
    /// The working days in `(from, to]`.
    pub fn working_days_between(&self, from: Date, to: Date) -> u32 {
        0
    }
    /// The local day of an instant.
    pub fn date_of(&self, at: Timestamp) -> Date {
        Date::MIN
    }
    /// The instant at which people start to work on that day.
    pub fn opening(&self, date: Date) -> Timestamp {
        Timestamp::MIN
    }
    /// The instant at which that day is over: midnight, where the next begins.
    pub fn end_of_day(&self, date: Date) -> Timestamp {
        Timestamp::MIN
    }
    /// `at` itself within working hours, otherwise the next opening.
    pub fn working_instant_from(&self, at: Timestamp) -> Timestamp {
        at
    }
}
