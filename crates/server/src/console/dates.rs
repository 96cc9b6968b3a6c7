//! Days and instants as people read them: with the weekday, with how far off, and with the reason for a due day.

use crate::app::AppState;
use crate::words::Phrases;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use naru_domain::Locale;
use naru_domain::calendar::{Calendar, explain};
use naru_domain::case::Schedule;
use naru_domain::pathway::Due as PathwayDue;

/// The calendar of pages that are about no case.
const USUAL: &str = "kr";

/// The days of a page: in one language, one time zone and one working calendar, seen from one moment.
#[derive(Clone, Debug)]
pub(super) struct Days<'a> {
    words: Phrases,
    now: Timestamp,
    zone: TimeZone,
    calendar: Option<&'a Calendar>,
}

/// A day with how far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Due {
    /// As machines read it.
    pub(super) machine: String,
    /// The day with its weekday.
    pub(super) day: String,
    /// How far off, in working days.
    pub(super) far: String,
    pub(super) late: bool,
    pub(super) today: bool,
}

/// Why a day is the due day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Why {
    pub(super) summary: String,
    pub(super) text: String,
}

/// An instant as it stands beside a note or an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) machine: String,
    pub(super) words: String,
}

impl<'a> Days<'a> {
    /// The days of a page that is about no case.
    pub(super) fn of(app: &'a AppState, locale: Locale) -> Self {
        Self::in_calendar(app, locale, USUAL)
    }

    /// The days of a page about a case with that calendar.
    pub(super) fn in_calendar(app: &'a AppState, locale: Locale, calendar: &str) -> Self {
        let calendar = app.reference().calendars.get(calendar);
        Self {
            words: Phrases(locale),
            now: app.clock().now(),
            zone: calendar.map_or(TimeZone::UTC, |calendar| calendar.time_zone().clone()),
            calendar,
        }
    }

    fn zoned(&self, at: Timestamp) -> Zoned {
        at.to_zoned(self.zone.clone())
    }

    /// Today.
    pub(super) fn today(&self) -> Date {
        self.zoned(self.now).date()
    }

    /// A day with its weekday; with the year when it is another one than this.
    pub(super) fn day(&self, date: Date) -> String {
        let this_year = date.year() == self.today().year();
        match self.words.0 {
            Locale::Ko => {
                let weekday = korean_weekday(date.weekday());
                let year = if this_year {
                    String::new()
                } else {
                    format!("{}년 ", date.year())
                };
                format!("{year}{}월 {}일({weekday})", date.month(), date.day())
            }
            Locale::En if this_year => date.strftime("%a %-d %b").to_string(),
            Locale::En => date.strftime("%a %-d %b %Y").to_string(),
        }
    }

    /// The day of an instant with its weekday.
    pub(super) fn day_of(&self, at: Timestamp) -> String {
        self.day(self.zoned(at).date())
    }

    /// An instant with its day and time.
    pub(super) fn moment(&self, at: Timestamp) -> Moment {
        let zoned = self.zoned(at);
        let day = self.day(zoned.date());
        let comma = match self.words.0 {
            Locale::Ko => "",
            Locale::En => ",",
        };
        Moment {
            machine: zoned.strftime("%Y-%m-%dT%H:%M").to_string(),
            words: format!("{day}{comma} {}", zoned.strftime("%H:%M")),
        }
    }

    /// The line that says when a page was made.
    pub(super) fn as_of(&self) -> String {
        let moment = self.moment(self.now);
        self.words.with("as-of", [("moment", moment.words.into())])
    }

    /// Working days after `from` up to `to`; every day where there is no calendar.
    fn working_days(&self, from: Date, to: Date) -> u32 {
        if let Some(calendar) = self.calendar {
            return calendar.working_days_between(from, to);
        }
        let days = from.until(to).map_or(0, |span| span.get_days());
        u32::try_from(days).unwrap_or(0)
    }

    /// The last day of a time that begins with a day.
    pub(super) fn after(&self, from: Date, due: PathwayDue) -> Date {
        match (self.calendar, due) {
            (Some(calendar), PathwayDue::WorkingDays(days)) => {
                calendar.add_working_days(from, days).to
            }
            (Some(calendar), PathwayDue::CalendarDays(days)) => {
                calendar.add_calendar_days(from, days).to
            }
            (None, PathwayDue::WorkingDays(days) | PathwayDue::CalendarDays(days)) => {
                from.saturating_add(jiff::Span::new().days(days))
            }
        }
    }

    /// The working days from today to a day.
    pub(super) fn working_days_to(&self, to: Date) -> i64 {
        i64::from(self.working_days(self.today(), to))
    }

    /// The working days between two instants.
    pub(super) fn working_days_since(&self, from: Timestamp, to: Timestamp) -> i64 {
        let (from, to) = (self.zoned(from).date(), self.zoned(to).date());
        i64::from(self.working_days(from, to))
    }

    /// The due day of something that is due at the end of a day.
    pub(super) fn due(&self, due_at: Timestamp) -> Due {
        // The end of a day is the midnight after it.
        let date = self
            .zoned(due_at - jiff::SignedDuration::from_secs(1))
            .date();
        self.due_by(date, due_at <= self.now)
    }

    /// The same for a day itself.
    pub(super) fn due_on(&self, date: Date) -> Due {
        self.due_by(date, date < self.today())
    }

    fn due_by(&self, date: Date, late: bool) -> Due {
        let today = self.today();
        let (key, days) = if late {
            ("due-late", self.working_days(date, today).max(1))
        } else {
            ("due-left", self.working_days(today, date))
        };
        let far = if date == today {
            self.words.say("due-today")
        } else if !late && days == 0 {
            self.words.say("due-before-work")
        } else {
            self.words.with(key, [("days", days.into())])
        };
        Due {
            machine: date.to_string(),
            day: self.day(date),
            far,
            late,
            today: date == today,
        }
    }

    /// Why a stage is due on its day: the count with the days that were skipped.
    pub(super) fn why(&self, schedule: &Schedule, due: Option<PathwayDue>) -> Option<Why> {
        let calendar = self.calendar?;
        let due = due?;
        let span = match due {
            PathwayDue::WorkingDays(days) => calendar.add_working_days(schedule.from, days),
            PathwayDue::CalendarDays(days) => calendar.add_calendar_days(schedule.from, days),
        };
        let counted = explain(&span, self.words.0);
        let text = if span.to == schedule.due_on {
            self.words.with(
                "why-counted",
                [
                    ("from", self.day(schedule.from).into()),
                    ("count", counted.into()),
                ],
            )
        } else {
            self.words
                .with("why-moved", [("from", self.day(schedule.from).into())])
        };
        let day = self.day(schedule.due_on);
        Some(Why {
            summary: self.words.with("why-summary", [("day", day.into())]),
            text,
        })
    }
}

fn korean_weekday(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "월",
        Weekday::Tuesday => "화",
        Weekday::Wednesday => "수",
        Weekday::Thursday => "목",
        Weekday::Friday => "금",
        Weekday::Saturday => "토",
        Weekday::Sunday => "일",
    }
}

/// An amount of Korean won as each language writes it.
pub(super) fn won(amount: i64, locale: Locale) -> String {
    match locale {
        Locale::En => format!("₩{}", grouped(amount)),
        Locale::Ko if amount != 0 && amount % 10_000 == 0 => {
            format!("{}만 원", grouped(amount / 10_000))
        }
        Locale::Ko => format!("{}원", grouped(amount)),
    }
}

/// A whole number with commas between thousands.
pub(super) fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if 0 < place && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if number < 0 { format!("-{out}") } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;
    use naru_domain::calendar::Calendars;

    fn days(calendars: &Calendars, locale: Locale) -> Days<'_> {
        let calendar = calendars.get("kr");
        Days {
            words: Phrases(locale),
            // Tuesday 22 September 2026, 10:40 in Seoul; Chuseok is on 24 and 25.
            now: "2026-09-22T01:40:00Z".parse().unwrap(),
            zone: calendar.unwrap().time_zone().clone(),
            calendar,
        }
    }

    fn end_of(date: &str) -> Timestamp {
        let date: Date = date.parse().unwrap();
        let next = date.tomorrow().unwrap().at(0, 0, 0, 0);
        next.in_tz("Asia/Seoul").unwrap().timestamp()
    }

    #[test]
    fn a_due_day_says_its_weekday_and_how_far_it_is_in_working_days() {
        let calendars = Calendars::shipped();
        let (ko, en) = (days(&calendars, Locale::Ko), days(&calendars, Locale::En));
        let said = |days: &Days<'_>, date: &str| {
            let due = days.due(end_of(date));
            (due.day, due.far, due.late)
        };
        let owned = |day: &str, far: &str, late| (day.to_owned(), far.to_owned(), late);
        assert_eq!(
            said(&ko, "2026-09-29"),
            owned("9월 29일(화)", "근무일 3일 남음", false)
        );
        assert_eq!(
            said(&en, "2026-09-29"),
            owned("Tue 29 Sep", "3 working days left", false)
        );
        assert_eq!(
            said(&en, "2026-09-23"),
            owned("Wed 23 Sep", "1 working day left", false)
        );
        assert_eq!(
            said(&ko, "2026-09-22"),
            owned("9월 22일(화)", "오늘까지", false)
        );
        assert_eq!(
            said(&ko, "2026-09-21"),
            owned("9월 21일(월)", "근무일 1일 지남", true)
        );
        assert_eq!(
            said(&en, "2026-09-17"),
            owned("Thu 17 Sep", "3 working days late", true)
        );
        assert_eq!(ko.day(jiff::civil::date(2027, 1, 4)), "2027년 1월 4일(월)");
        for (day, late, today) in [
            ("2026-09-21", true, false),
            ("2026-09-22", false, true),
            ("2026-09-23", false, false),
            ("9999-12-31", false, false),
        ] {
            let due = en.due_on(day.parse().unwrap());
            assert_eq!((due.late, due.today), (late, today), "{day}");
        }
    }

    #[test]
    fn an_instant_is_shown_in_the_zone_of_the_calendar() {
        let calendars = Calendars::shipped();
        let (ko, en) = (days(&calendars, Locale::Ko), days(&calendars, Locale::En));
        assert_eq!(ko.moment(ko.now).words, "9월 22일(화) 10:40");
        assert_eq!(en.moment(en.now).words, "Tue 22 Sep, 10:40");
    }

    #[test]
    fn money_is_written_as_each_language_writes_it() {
        assert_eq!(won(45_000_000, Locale::Ko), "4,500만 원");
        assert_eq!(won(45_000_000, Locale::En), "₩45,000,000");
        assert_eq!(won(12_345, Locale::Ko), "12,345원");
        assert_eq!(won(0, Locale::Ko), "0원");
        assert_eq!(grouped(-1_234_567), "-1,234,567");
    }
}
