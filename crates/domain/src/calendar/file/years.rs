//! The years of a calendar file and their holidays.

use super::values::{find, listed, words};
use super::{Reader, Value};
use crate::Words;
use crate::calendar::{Holiday, Year};
use jiff::civil::Date;
use std::collections::BTreeMap;
use toml::de::DeTable;

const HOLIDAY_DAYS_MAX: usize = 31;

impl<'t> Reader<'t> {
    pub(super) fn years(
        &mut self,
        root: &DeTable<'t>,
        coverage: Option<(i16, i16)>,
        names: &BTreeMap<String, Option<Words>>,
    ) -> (BTreeMap<i16, Year>, BTreeMap<Date, Holiday>) {
        let mut years = BTreeMap::new();
        let mut holidays = BTreeMap::new();
        let blocks = self
            .required(root, 0, "year")
            .and_then(|value| self.array(value));
        for block in blocks.into_iter().flatten() {
            let Some((number, year)) = self.year_block(block, names, &mut holidays) else {
                continue;
            };
            let outside = coverage.is_some_and(|(first, last)| number < first || last < number);
            if years.insert(number, year).is_some() || outside {
                self.note(
                    block.span().start,
                    (
                        format!("the year {number} is there twice or outside `coverage`"),
                        format!("{number}년이 두 번 있거나 `coverage` 밖에 있습니다"),
                    ),
                    (
                        "give each covered year one [[year]] block",
                        "`coverage`의 해마다 [[year]]를 하나씩 쓰세요",
                    ),
                );
            }
        }
        if let Some((first, last)) = coverage {
            for missing in (first..=last).filter(|year| !years.contains_key(year)) {
                self.note(
                    find(root, "coverage").map_or(0, |value| value.span().start),
                    (
                        format!("the year {missing} is covered but has no [[year]] block"),
                        format!("`coverage`에 있는 {missing}년의 [[year]]가 없습니다"),
                    ),
                    (
                        "add the block, or shorten `coverage`",
                        "[[year]]를 더하거나 `coverage`를 줄이세요",
                    ),
                );
            }
        }
        (years, holidays)
    }

    pub(super) fn year_block(
        &mut self,
        block: &Value<'t>,
        names: &BTreeMap<String, Option<Words>>,
        holidays: &mut BTreeMap<Date, Holiday>,
    ) -> Option<(i16, Year)> {
        let table = self.table(block)?;
        self.only(table, &["year", "source", "expected", "holidays"]);
        let at = block.span().start;
        let number = self
            .required(table, at, "year")
            .and_then(|value| self.year(value));
        let source = self
            .required(table, at, "source")
            .and_then(|value| self.string(value));
        let expected =
            find(table, "expected").is_some_and(|value| self.boolean(value) == Some(true));
        let rows = self
            .required(table, at, "holidays")
            .and_then(|value| self.array(value));
        for row in rows.into_iter().flatten() {
            let Some((days, name)) = self.holiday(row, number, names) else {
                continue;
            };
            for date in days {
                self.add_holiday(row, date, &name, expected, holidays);
            }
        }
        Some((
            number?,
            Year {
                source: source?,
                expected,
            },
        ))
    }

    /// Two holidays may fall on one day; the day then has both names.
    pub(super) fn add_holiday(
        &mut self,
        row: &Value<'t>,
        date: Date,
        name: &Words,
        expected: bool,
        holidays: &mut BTreeMap<Date, Holiday>,
    ) {
        let Some(there) = holidays.get_mut(&date) else {
            let name = name.clone();
            holidays.insert(date, Holiday { name, expected });
            return;
        };
        if there.name.en.split(" / ").any(|known| known == name.en) {
            self.note(
                row.span().start,
                (
                    format!("{date} has this holiday already"),
                    format!("{date}에 이미 이 휴일이 있습니다"),
                ),
                (
                    "remove one of the two lines",
                    "두 줄 가운데 하나를 지우세요",
                ),
            );
        } else {
            there.name.en = format!("{} / {}", there.name.en, name.en);
            there.name.ko = format!("{} / {}", there.name.ko, name.ko);
        }
    }

    pub(super) fn holiday(
        &mut self,
        row: &Value<'t>,
        year: Option<i16>,
        names: &BTreeMap<String, Option<Words>>,
    ) -> Option<(Vec<Date>, Words)> {
        let table = self.table(row)?;
        self.only(table, &["date", "to", "name", "substitute_for"]);
        let at = row.span().start;
        let first = self
            .required(table, at, "date")
            .and_then(|value| self.date(value));
        let last = match find(table, "to") {
            Some(value) => self.date(value),
            None => first,
        };
        let name = self.holiday_name(table, at, names);
        let (first, last) = (first?, last?);
        let days: Vec<_> = first
            .series(jiff::Span::new().days(1))
            .take_while(|date| *date <= last)
            .take(HOLIDAY_DAYS_MAX)
            .collect();
        if days.last() != Some(&last) {
            self.note(
                at,
                (
                    format!("`to` is before `date`, or more than {HOLIDAY_DAYS_MAX} days later"),
                    format!("`to`가 `date`보다 빠르거나 {HOLIDAY_DAYS_MAX}일보다 더 뒤에 있습니다"),
                ),
                (
                    "write the last day of the holiday in `to`",
                    "휴일의 마지막 날을 `to`에 쓰세요",
                ),
            );
        }
        if year.is_some_and(|year| first.year() != year || last.year() != year) {
            self.note(
                at,
                (
                    "this day is not in the year of its block",
                    "이 날짜는 이 [[year]]의 해가 아닙니다",
                ),
                (
                    "move the line to the block of its year",
                    "이 줄을 그 해의 [[year]]로 옮기세요",
                ),
            );
        }
        Some((days, name?))
    }

    pub(super) fn holiday_name(
        &mut self,
        table: &DeTable<'t>,
        at: usize,
        names: &BTreeMap<String, Option<Words>>,
    ) -> Option<Words> {
        let (value, substitute) = match (find(table, "name"), find(table, "substitute_for")) {
            (Some(value), None) => (value, false),
            (None, Some(value)) => (value, true),
            (Some(_), Some(_)) | (None, None) => {
                self.note(
                    at,
                    (
                        "a holiday needs either `name` or `substitute_for`",
                        "휴일에는 `name`과 `substitute_for` 가운데 하나가 있어야 합니다",
                    ),
                    ("write one of the two", "둘 가운데 하나만 쓰세요"),
                );
                return None;
            }
        };
        let key = self.string(value)?;
        let Some(name) = names.get(&key) else {
            self.note(
                value.span().start,
                (
                    format!("there is no name `{key}` in [names]"),
                    format!("[names]에 `{key}`이(가) 없습니다"),
                ),
                (
                    format!("use one of: {}", listed(names.keys())),
                    format!("이 가운데 하나를 쓰세요: {}", listed(names.keys())),
                ),
            );
            return None;
        };
        let name = name.clone()?;
        Some(if substitute {
            words((
                format!("Substitute holiday for {}", name.en),
                format!("대체공휴일({})", name.ko),
            ))
        } else {
            name
        })
    }
}
