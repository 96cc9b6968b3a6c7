//! Reading a calendar file, with every problem listed at once: where it is and what to write instead.

mod values;
mod years;

use super::{Calendar, WorkingHours};
use crate::Words;
use jiff::civil::{Time, Weekday};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use std::collections::BTreeMap;
use std::fmt;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use values::{find, words};

/// Something in a calendar file that must be corrected before it can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarProblem {
    /// The file, when several were read.
    pub file: Option<String>,
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong.
    pub what: Words,
    /// What to write instead.
    pub help: Words,
}

impl CalendarProblem {
    pub(super) fn same_id(file: &str, id: &str) -> Self {
        let what = (
            format!("another file has the id `{id}` already"),
            format!("다른 파일이 이미 id `{id}`을(를) 쓰고 있습니다"),
        );
        let help = ("give each calendar its own id", "달력마다 다른 id를 주세요");
        Self::new(1, what, help).in_file(file)
    }

    pub(super) fn in_file(mut self, file: &str) -> Self {
        self.file = Some(file.to_owned());
        self
    }

    fn new(line: usize, what: Said<impl Into<String>>, help: Said<impl Into<String>>) -> Self {
        Self {
            file: None,
            line,
            what: words(what),
            help: words(help),
        }
    }
}

impl fmt::Display for CalendarProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{file}: ")?;
        }
        write!(f, "line {}: {}: {}", self.line, self.what.en, self.help.en)
    }
}

impl std::error::Error for CalendarProblem {}

/// The same thing in English and in Korean.
type Said<T> = (T, T);
type Value<'t> = Spanned<DeValue<'t>>;

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

pub(super) fn read(text: &str) -> Result<Calendar, Vec<CalendarProblem>> {
    let mut reader = Reader {
        text,
        problems: Vec::new(),
    };
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let at = error.span().map_or(0, |span| span.start);
        let message = error.message().to_owned();
        let korean = format!("이 줄을 읽을 수 없습니다({message})");
        reader.note(
            at,
            (format!("this line cannot be read ({message})"), korean),
            (
                "compare it with a line above that works",
                "올바른 다른 줄과 비교해 보세요",
            ),
        );
    }
    // What a broken line left behind would only be reported twice.
    let calendar = if reader.problems.is_empty() {
        reader.calendar(root.get_ref())
    } else {
        None
    };
    reader.problems.sort_by_key(|problem| problem.line);
    match calendar {
        Some(calendar) if reader.problems.is_empty() => Ok(calendar),
        Some(_) | None => Err(reader.problems),
    }
}

struct Reader<'t> {
    text: &'t str,
    problems: Vec<CalendarProblem>,
}

impl<'t> Reader<'t> {
    /// `None` always comes with a problem noted.
    fn calendar(&mut self, root: &DeTable<'t>) -> Option<Calendar> {
        self.only(
            root,
            &[
                "id",
                "title",
                "time_zone",
                "working_hours",
                "lunch_break",
                "weekend",
                "coverage",
                "names",
                "year",
            ],
        );
        let id = self
            .required(root, 0, "id")
            .and_then(|value| self.string(value));
        let title = self
            .required(root, 0, "title")
            .and_then(|value| self.words(value));
        let time_zone = self.time_zone(root);
        let hours = self.hours(root);
        let weekend = self.weekend(root);
        let coverage = self.coverage(root);
        let names = self.names(root);
        let (years, holidays) = self.years(root, coverage, &names);
        Some(Calendar {
            id: id?,
            title: title?,
            time_zone: time_zone?,
            hours: hours?,
            weekend: weekend?,
            years,
            holidays,
        })
    }

    fn time_zone(&mut self, root: &DeTable<'t>) -> Option<TimeZone> {
        let value = self.required(root, 0, "time_zone")?;
        let name = self.string(value)?;
        // The database inside the program, so that every machine counts alike.
        if let Ok(zone) = TimeZoneDatabase::bundled().get(&name) {
            return Some(zone);
        }
        self.note(
            value.span().start,
            (
                format!("there is no time zone `{name}`"),
                format!("`{name}`(이)라는 시간대는 없습니다"),
            ),
            (
                "write a name of the IANA database, like \"Asia/Seoul\"",
                "IANA 시간대 이름을 쓰세요. 예: \"Asia/Seoul\"",
            ),
        );
        None
    }

    fn hours(&mut self, root: &DeTable<'t>) -> Option<WorkingHours> {
        let value = self.required(root, 0, "working_hours")?;
        let (from, to) = self.time_range(value)?;
        let mut lunch_break = None;
        if let Some(value) = find(root, "lunch_break") {
            let (start, end) = self.time_range(value)?;
            if start < from || to < end {
                self.note(
                    value.span().start,
                    (
                        "the lunch break is outside the working hours",
                        "점심시간이 근무 시간 밖에 있습니다",
                    ),
                    (
                        "write a break within the working hours",
                        "근무 시간 안의 시각을 쓰세요",
                    ),
                );
            }
            lunch_break = Some((start, end));
        }
        Some(WorkingHours {
            from,
            to,
            lunch_break,
        })
    }

    fn time_range(&mut self, value: &Value<'t>) -> Option<(Time, Time)> {
        let table = self.table(value)?;
        self.only(table, &["from", "to"]);
        let at = value.span().start;
        let from = self
            .required(table, at, "from")
            .and_then(|value| self.time(value));
        let to = self
            .required(table, at, "to")
            .and_then(|value| self.time(value));
        let (from, to) = (from?, to?);
        if from < to {
            return Some((from, to));
        }
        self.note(
            at,
            (
                "`to` is not after `from`",
                "`to`가 `from`보다 늦지 않습니다",
            ),
            (
                "write the earlier time in `from`",
                "이른 시각을 `from`에 쓰세요",
            ),
        );
        None
    }

    fn weekend(&mut self, root: &DeTable<'t>) -> Option<Vec<Weekday>> {
        let value = self.required(root, 0, "weekend")?;
        let mut weekend = Vec::new();
        for item in self.array(value)? {
            let Some(name) = self.string(item) else {
                continue;
            };
            match WEEKDAYS.iter().find(|(known, _)| *known == name) {
                Some((_, weekday)) if !weekend.contains(weekday) => weekend.push(*weekday),
                Some(_) | None => self.note(
                    item.span().start,
                    (
                        format!("`{name}` is no day of the week, or is there twice"),
                        format!("`{name}`은(는) 요일이 아니거나 두 번 적혀 있습니다"),
                    ),
                    (
                        "write each day once, in English and lower case, like \"saturday\"",
                        "요일을 영어 소문자로 한 번씩 쓰세요. 예: \"saturday\"",
                    ),
                ),
            }
        }
        if weekend.len() == WEEKDAYS.len() {
            self.note(
                value.span().start,
                (
                    "no day of the week is left to work",
                    "일하는 요일이 없습니다",
                ),
                (
                    "leave at least one day out of the weekend",
                    "적어도 하루는 주말에서 빼 주세요",
                ),
            );
        }
        Some(weekend)
    }

    fn coverage(&mut self, root: &DeTable<'t>) -> Option<(i16, i16)> {
        let value = self.required(root, 0, "coverage")?;
        let table = self.table(value)?;
        self.only(table, &["first", "last"]);
        let at = value.span().start;
        let first = self
            .required(table, at, "first")
            .and_then(|value| self.year(value));
        let last = self
            .required(table, at, "last")
            .and_then(|value| self.year(value));
        let (first, last) = (first?, last?);
        if first <= last {
            return Some((first, last));
        }
        self.note(
            at,
            (
                "the last year is before the first",
                "마지막 해가 첫해보다 빠릅니다",
            ),
            (
                "write the earlier year in `first`",
                "이른 해를 `first`에 쓰세요",
            ),
        );
        None
    }

    fn names(&mut self, root: &DeTable<'t>) -> BTreeMap<String, Option<Words>> {
        let table = self
            .required(root, 0, "names")
            .and_then(|value| self.table(value));
        let entries = table.into_iter().flatten();
        entries
            .map(|(key, value)| (key.get_ref().to_string(), self.words(value)))
            .collect()
    }
}
