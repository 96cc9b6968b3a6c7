//! Working calendars: which days and hours count, and the explanation of every day that was skipped.
//!
//! A calendar is data (`workflows/calendars/*.toml`). Every question below has an answer for every
//! date and instant: arithmetic that would leave the representable range stops at its end.

mod arithmetic;
mod explain;
mod file;
mod petition;

pub use explain::explain;
pub use file::CalendarProblem;
pub use petition::{Deadline, ExcludedTime, PetitionTerm};

use crate::Words;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

/// The calendars by id.
#[derive(Clone, Debug, Default)]
pub struct Calendars {
    by_id: BTreeMap<String, Calendar>,
}

impl Calendars {
    /// The calendars that come with the product: `kr`.
    ///
    /// # Panics
    /// Never in a program whose tests passed: the file is part of it, and they read it.
    #[expect(
        clippy::panic,
        reason = "the file is part of the program, and a test reads it"
    )]
    pub fn shipped() -> Self {
        let files = [(
            "kr.toml",
            include_str!("../../../../workflows/calendars/kr.toml"),
        )];
        Self::from_files(files).unwrap_or_else(|problems| panic!("shipped calendars: {problems:?}"))
    }

    /// Reads calendars from files, each given as its name and its text; every problem of every file is listed.
    pub fn from_files<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, Vec<CalendarProblem>> {
        let mut calendars = Self::default();
        let mut problems = Vec::new();
        for (name, text) in files {
            match Calendar::from_toml(text) {
                Ok(calendar) if calendars.get(calendar.id()).is_some() => {
                    problems.push(CalendarProblem::same_id(name, calendar.id()));
                }
                Ok(calendar) => calendars.insert(calendar),
                Err(found) => problems.extend(found.into_iter().map(|p| p.in_file(name))),
            }
        }
        if problems.is_empty() {
            Ok(calendars)
        } else {
            Err(problems)
        }
    }

    /// Adds a calendar; one with the same id is replaced.
    pub fn insert(&mut self, calendar: Calendar) {
        self.by_id.insert(calendar.id.clone(), calendar);
    }

    /// The calendar of this id.
    pub fn get(&self, id: &str) -> Option<&Calendar> {
        self.by_id.get(id)
    }

    /// All calendars, in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &Calendar> {
        self.by_id.values()
    }
}

/// The working days and hours of one place.
#[derive(Clone, Debug)]
pub struct Calendar {
    id: String,
    title: Words,
    time_zone: TimeZone,
    hours: WorkingHours,
    weekend: Vec<Weekday>,
    years: BTreeMap<i16, Year>,
    holidays: BTreeMap<Date, Holiday>,
}

/// When people start and stop to work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkingHours {
    /// Work starts.
    pub from: Time,
    /// Work ends.
    pub to: Time,
    /// The lunch break from–to, which only matters where hours are counted.
    pub lunch_break: Option<(Time, Time)>,
}

/// What is known about the holidays of one year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Year {
    /// The law or announcement the year was written from.
    pub source: String,
    /// Whether the holidays are computed rather than announced.
    pub expected: bool,
}

/// A day off that is no weekend by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// Its name, such as “Chuseok” or “Substitute holiday for Liberation Day”.
    pub name: Words,
    /// Whether it is computed rather than announced.
    pub expected: bool,
}

/// Why a day is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayOff<'a> {
    /// People never work on that day of the week.
    Weekend(Weekday),
    /// A holiday on a day of the week that people otherwise work on.
    Holiday(&'a Holiday),
}

/// A stretch of days counted on a calendar, with the days it did not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The day counting started from; it is not counted.
    pub from: Date,
    /// The last day counted.
    pub to: Date,
    /// What was asked for.
    pub length: Length,
    /// The days in between that were not counted, each with its reason.
    pub skipped: Vec<SkippedDay>,
    /// Whether it touches a year whose holidays are expected, not announced.
    pub expected: bool,
    /// Whether it touches a year whose holidays the calendar does not know; only weekends were skipped there.
    pub beyond_coverage: bool,
}

/// The length of a span, in the days it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// Days on which people work.
    WorkingDays(u16),
    /// All days; an end on a day off moves to the next working day.
    CalendarDays(u16),
}

/// A day that was not counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkippedDay {
    /// The day.
    pub date: Date,
    /// What kind of reason it was.
    pub because: SkippedBecause,
    /// Why, such as “Chuseok” or “Saturday”.
    pub reason: Words,
}

/// The kind of reason for which a day was not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkippedBecause {
    /// A day of the weekend, also when a holiday falls on it.
    Weekend,
    /// A holiday on what would be a working day.
    Holiday,
    /// Time that a rule excludes, such as waiting for a supplement.
    Excluded,
}

impl Calendar {
    /// Reads a calendar from the text of its file; every problem is listed at once.
    pub fn from_toml(text: &str) -> Result<Self, Vec<CalendarProblem>> {
        file::read(text)
    }

    /// Its id, such as `kr`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its name for people.
    pub fn title(&self) -> &Words {
        &self.title
    }

    /// The time zone in which its days begin and end.
    pub fn time_zone(&self) -> &TimeZone {
        &self.time_zone
    }

    /// When people work.
    pub fn hours(&self) -> WorkingHours {
        self.hours
    }

    /// The first and the last year whose holidays are known.
    pub fn coverage(&self) -> Option<(i16, i16)> {
        let (first, _) = self.years.first_key_value()?;
        let (last, _) = self.years.last_key_value()?;
        Some((*first, *last))
    }

    /// What is known about that year; nothing outside the coverage.
    pub fn year(&self, year: i16) -> Option<&Year> {
        self.years.get(&year)
    }

    /// The holidays with their days, weekends included, in order.
    pub fn holidays(&self) -> impl Iterator<Item = (Date, &Holiday)> {
        self.holidays.iter().map(|(date, holiday)| (*date, holiday))
    }

    /// The holiday on that day, also when it falls on a weekend.
    pub fn holiday(&self, date: Date) -> Option<&Holiday> {
        self.holidays.get(&date)
    }

    /// Why people do not work on that day; nothing on a working day.
    pub fn day_off(&self, date: Date) -> Option<DayOff<'_>> {
        if self.weekend.contains(&date.weekday()) {
            Some(DayOff::Weekend(date.weekday()))
        } else {
            self.holiday(date).map(DayOff::Holiday)
        }
    }

    /// Whether people work on that day.
    pub fn is_working_day(&self, date: Date) -> bool {
        self.day_off(date).is_none()
    }
}

impl SkippedDay {
    fn new(date: Date, day_off: DayOff<'_>) -> Self {
        let (because, reason) = match day_off {
            DayOff::Weekend(weekday) => (SkippedBecause::Weekend, weekday_words(weekday)),
            DayOff::Holiday(holiday) => (SkippedBecause::Holiday, holiday.name.clone()),
        };
        Self {
            date,
            because,
            reason,
        }
    }
}

fn weekday_words(weekday: Weekday) -> Words {
    let (en, ko) = match weekday {
        Weekday::Monday => ("Monday", "월요일"),
        Weekday::Tuesday => ("Tuesday", "화요일"),
        Weekday::Wednesday => ("Wednesday", "수요일"),
        Weekday::Thursday => ("Thursday", "목요일"),
        Weekday::Friday => ("Friday", "금요일"),
        Weekday::Saturday => ("Saturday", "토요일"),
        Weekday::Sunday => ("Sunday", "일요일"),
    };
    Words {
        en: en.to_owned(),
        ko: ko.to_owned(),
    }
}

#[cfg(test)]
mod tests;
