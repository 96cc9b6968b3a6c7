//! Days as people read them.

use jiff::civil::{Date, Weekday};
use naru_domain::Locale;

/// The day with its weekday, in one language.
pub(super) fn in_words(date: Date, locale: Locale) -> String {
    match locale {
        Locale::Ko => {
            let day = match date.weekday() {
                Weekday::Monday => "월",
                Weekday::Tuesday => "화",
                Weekday::Wednesday => "수",
                Weekday::Thursday => "목",
                Weekday::Friday => "금",
                Weekday::Saturday => "토",
                Weekday::Sunday => "일",
            };
            let (year, month) = (date.year(), date.month());
            format!("{year}년 {month}월 {}일({day})", date.day())
        }
        Locale::En => date.strftime("%A, %-d %B %Y").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_written_as_each_language_writes_it() {
        let day = jiff::civil::date(2026, 9, 30);
        assert_eq!(in_words(day, Locale::Ko), "2026년 9월 30일(수)");
        assert_eq!(in_words(day, Locale::En), "Wednesday, 30 September 2026");
    }
}
