//! Reading single values, each with the words for a wrong one.

use super::{CalendarProblem, Reader, Said, Value};
use crate::Words;
use jiff::civil::{Date, Time};
use toml::de::DeTable;

const TEXT: Said<&str> = ("write a text in quotes", "따옴표로 묶은 글을 쓰세요");
const TABLE: Said<&str> = (
    "write a table in braces, like { en = \"…\", ko = \"…\" }",
    "중괄호로 묶은 표를 쓰세요. 예: { en = \"…\", ko = \"…\" }",
);
const ARRAY: Said<&str> = (
    "write a list in square brackets",
    "대괄호로 묶은 목록을 쓰세요",
);
const DATE: Said<&str> = (
    "write a date without quotes, like 2026-05-05",
    "따옴표 없이 날짜를 쓰세요. 예: 2026-05-05",
);
const TIME: Said<&str> = (
    "write a time without quotes, like 09:00",
    "따옴표 없이 시각을 쓰세요. 예: 09:00",
);
const YEAR: Said<&str> = (
    "write a year from 1 to 9999, like 2026",
    "1에서 9999까지의 연도를 쓰세요. 예: 2026",
);
const YES_NO: Said<&str> = ("write true or false", "true 또는 false를 쓰세요");

impl<'t> Reader<'t> {
    pub(super) fn note(
        &mut self,
        at: usize,
        what: Said<impl Into<String>>,
        help: Said<impl Into<String>>,
    ) {
        let before = self.text.bytes().take(at);
        let line = 1 + before.filter(|byte| *byte == b'\n').count();
        self.problems.push(CalendarProblem::new(line, what, help));
    }

    pub(super) fn only(&mut self, table: &DeTable<'t>, known: &[&str]) {
        for (key, _) in table {
            let name: &str = key.get_ref();
            if !known.contains(&name) {
                let what = (
                    format!("`{name}` is not known here"),
                    format!("`{name}`은(는) 여기에 쓸 수 없습니다"),
                );
                let help = (
                    format!("use only: {}", listed(known)),
                    format!("쓸 수 있는 것: {}", listed(known)),
                );
                self.note(key.span().start, what, help);
            }
        }
    }

    pub(super) fn required<'v>(
        &mut self,
        table: &'v DeTable<'t>,
        at: usize,
        key: &str,
    ) -> Option<&'v Value<'t>> {
        let found = find(table, key);
        if found.is_none() {
            self.note(
                at,
                (
                    format!("`{key}` is missing"),
                    format!("`{key}`이(가) 없습니다"),
                ),
                (
                    format!("add `{key} = …`"),
                    format!("`{key} = …`을 더하세요"),
                ),
            );
        }
        found
    }

    pub(super) fn is_no(&mut self, value: &Value<'t>, help: Said<&str>) {
        let what = (
            "this value cannot be used here",
            "여기에 쓸 수 없는 값입니다",
        );
        self.note(value.span().start, what, help);
    }

    pub(super) fn table<'v>(&mut self, value: &'v Value<'t>) -> Option<&'v DeTable<'t>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.is_no(value, TABLE);
        }
        table
    }

    pub(super) fn array<'v>(&mut self, value: &'v Value<'t>) -> Option<&'v [Value<'t>]> {
        let array = value.get_ref().as_array();
        if array.is_none() {
            self.is_no(value, ARRAY);
        }
        array.map(|array| &**array)
    }

    pub(super) fn string(&mut self, value: &Value<'t>) -> Option<String> {
        let text = value.get_ref().as_str().map(str::trim);
        let text = text.filter(|text| !text.is_empty()).map(str::to_owned);
        if text.is_none() {
            self.is_no(value, TEXT);
        }
        text
    }

    pub(super) fn words(&mut self, value: &Value<'t>) -> Option<Words> {
        let table = self.table(value)?;
        self.only(table, &["en", "ko"]);
        let at = value.span().start;
        let en = self
            .required(table, at, "en")
            .and_then(|value| self.string(value));
        let ko = self
            .required(table, at, "ko")
            .and_then(|value| self.string(value));
        Some(words((en?, ko?)))
    }

    pub(super) fn boolean(&mut self, value: &Value<'t>) -> Option<bool> {
        let boolean = value.get_ref().as_bool();
        if boolean.is_none() {
            self.is_no(value, YES_NO);
        }
        boolean
    }

    pub(super) fn year(&mut self, value: &Value<'t>) -> Option<i16> {
        let number = value.get_ref().as_integer();
        let year = number
            .and_then(|number| i16::from_str_radix(number.as_str(), number.radix()).ok())
            .filter(|year| (1..=9999).contains(year));
        if year.is_none() {
            self.is_no(value, YEAR);
        }
        year
    }

    pub(super) fn date(&mut self, value: &Value<'t>) -> Option<Date> {
        let date = value
            .get_ref()
            .as_datetime()
            .filter(|written| written.time.is_none() && written.offset.is_none())
            .and_then(|written| written.to_string().parse().ok());
        if date.is_none() {
            self.is_no(value, DATE);
        }
        date
    }

    pub(super) fn time(&mut self, value: &Value<'t>) -> Option<Time> {
        let time = value
            .get_ref()
            .as_datetime()
            .filter(|written| written.date.is_none() && written.offset.is_none())
            .and_then(|written| written.to_string().parse().ok());
        if time.is_none() {
            self.is_no(value, TIME);
        }
        time
    }
}

pub(super) fn find<'v, 't>(table: &'v DeTable<'t>, key: &str) -> Option<&'v Value<'t>> {
    let mut entries = table.iter();
    entries
        .find(|(name, _)| name.get_ref() == key)
        .map(|(_, value)| value)
}

pub(super) fn words(said: Said<impl Into<String>>) -> Words {
    Words {
        en: said.0.into(),
        ko: said.1.into(),
    }
}

pub(super) fn listed(names: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let names: Vec<_> = names
        .into_iter()
        .map(|name| format!("`{}`", name.as_ref()))
        .collect();
    names.join(", ")
}
