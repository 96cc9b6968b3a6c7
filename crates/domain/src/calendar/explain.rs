//! A span in words.

use super::{Length, SkippedBecause, SkippedDay, Span};
use crate::Locale;
use jiff::civil::Date;

/// The span in one sentence, such as “10 working days: skipped 24–25 Sep, Chuseok”. Weekends are not listed one by one.
pub fn explain(span: &Span, locale: Locale) -> String {
    let mut text = match (span.length, locale) {
        (Length::WorkingDays(days), Locale::En) => working_days_en(span, days),
        (Length::WorkingDays(days), Locale::Ko) => working_days_ko(span, days),
        (Length::CalendarDays(days), Locale::En) => calendar_days_en(span, days),
        (Length::CalendarDays(days), Locale::Ko) => calendar_days_ko(span, days),
    };
    if span.expected {
        text.push_str(match locale {
            Locale::En => "; some of these years' holidays are expected, not yet announced",
            Locale::Ko => "; 아직 확정되지 않은 예상 공휴일로 계산했습니다",
        });
    }
    if span.beyond_coverage {
        text.push_str(match locale {
            Locale::En => {
                "; this calendar does not know the holidays of all these years, so only weekends were left out there"
            }
            Locale::Ko => "; 이 달력에 공휴일이 없는 해는 주말만 빼고 계산했습니다",
        });
    }
    text
}

fn working_days_en(span: &Span, days: u16) -> String {
    let unit = if days == 1 {
        "working day"
    } else {
        "working days"
    };
    let named = named_days(span, Locale::En);
    if !named.is_empty() {
        format!("{days} {unit}: skipped {}", named.join("; "))
    } else if span.skipped.is_empty() {
        format!("{days} {unit}: no day skipped")
    } else {
        format!("{days} {unit}: skipped weekends only")
    }
}

fn working_days_ko(span: &Span, days: u16) -> String {
    let named = named_days(span, Locale::Ko);
    if !named.is_empty() {
        format!("근무일 {days}일: {} 제외", named.join(", "))
    } else if span.skipped.is_empty() {
        format!("근무일 {days}일: 제외한 날 없음")
    } else {
        format!("근무일 {days}일: 주말만 제외")
    }
}

fn calendar_days_en(span: &Span, days: u16) -> String {
    let unit = if days == 1 {
        "calendar day"
    } else {
        "calendar days"
    };
    match span.skipped.first() {
        None => format!("{days} {unit}"),
        Some(first) => format!(
            "{days} {unit}: moved from {} to {}, skipping {}",
            day(first.date, span.from, Locale::En),
            day(span.to, span.from, Locale::En),
            runs(&span.skipped, span.from, Locale::En).join("; "),
        ),
    }
}

fn calendar_days_ko(span: &Span, days: u16) -> String {
    match span.skipped.first() {
        None => format!("달력 {days}일"),
        Some(first) => format!(
            "달력 {days}일: 마지막 날 {}이 쉬는 날이라 {}로 옮김({} 제외)",
            day(first.date, span.from, Locale::Ko),
            day(span.to, span.from, Locale::Ko),
            runs(&span.skipped, span.from, Locale::Ko).join(", "),
        ),
    }
}

/// The skipped days that are no mere weekends, consecutive days of one reason as one.
fn named_days(span: &Span, locale: Locale) -> Vec<String> {
    let named: Vec<_> = span
        .skipped
        .iter()
        .filter(|day| day.because != SkippedBecause::Weekend)
        .cloned()
        .collect();
    runs(&named, span.from, locale)
}

fn runs(days: &[SkippedDay], from: Date, locale: Locale) -> Vec<String> {
    days.chunk_by(|a, b| a.reason == b.reason && a.date.tomorrow().ok() == Some(b.date))
        .filter_map(|run| Some((run.first()?, run.last()?)))
        .map(|(first, last)| {
            let days = day_range(first.date, last.date, from, locale);
            let reason = first.reason.in_locale(locale);
            match locale {
                Locale::En => format!("{days}, {reason}"),
                Locale::Ko => format!("{days} {reason}"),
            }
        })
        .collect()
}

fn day_range(first: Date, last: Date, from: Date, locale: Locale) -> String {
    if first == last {
        return day(first, from, locale);
    }
    let same_month = (first.year(), first.month()) == (last.year(), last.month());
    match (same_month, locale) {
        (true, Locale::En) => format!("{}–{}", first.day(), day(last, from, locale)),
        (true, Locale::Ko) => {
            let start = day(first, from, locale);
            format!("{}–{}일", start.trim_end_matches('일'), last.day())
        }
        (false, Locale::En | Locale::Ko) => {
            format!("{}–{}", day(first, from, locale), day(last, first, locale))
        }
    }
}

/// The day without its year, unless it differs from that of `from`.
fn day(date: Date, from: Date, locale: Locale) -> String {
    let other_year = date.year() != from.year();
    match (locale, other_year) {
        (Locale::En, false) => format!("{} {}", date.day(), month_en(date)),
        (Locale::En, true) => format!("{} {} {}", date.day(), month_en(date), date.year()),
        (Locale::Ko, false) => format!("{}월 {}일", date.month(), date.day()),
        (Locale::Ko, true) => format!("{}년 {}월 {}일", date.year(), date.month(), date.day()),
    }
}

fn month_en(date: Date) -> &'static str {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    usize::try_from(date.month() - 1)
        .ok()
        .and_then(|month| MONTHS.get(month).copied())
        .unwrap_or("Dec")
}
