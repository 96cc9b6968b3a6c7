use super::*;
use crate::Locale;
use jiff::Timestamp;
use jiff::civil::date;
use proptest::prelude::*;
use std::sync::LazyLock;

static SHIPPED: LazyLock<Calendars> = LazyLock::new(Calendars::shipped);

fn kr() -> &'static Calendar {
    SHIPPED.get("kr").unwrap()
}

fn at(text: &str) -> Timestamp {
    let local: jiff::civil::DateTime = text.parse().unwrap();
    local.in_tz("Asia/Seoul").unwrap().timestamp()
}

fn supplement(from: Date, to: Date) -> ExcludedTime {
    ExcludedTime {
        from,
        to,
        reason: Words {
            en: "Supplement".to_owned(),
            ko: "보완".to_owned(),
        },
    }
}

#[test]
fn ten_working_days_over_chuseok_name_the_days_they_skipped() {
    let span = kr().add_working_days(date(2026, 9, 14), 10);
    assert_eq!(span.to, date(2026, 9, 30));
    assert_eq!(
        explain(&span, Locale::En),
        "10 working days: skipped 24–25 Sep, Chuseok"
    );
    assert_eq!(
        explain(&span, Locale::Ko),
        "근무일 10일: 9월 24–25일 추석 제외"
    );
    let skipped: Vec<_> = span
        .skipped
        .iter()
        .map(|day| (day.date.day(), day.reason.ko.as_str()))
        .collect();
    let expected = [
        (19, "토요일"),
        (20, "일요일"),
        (24, "추석"),
        (25, "추석"),
        (26, "토요일"),
        (27, "일요일"),
    ];
    assert_eq!(skipped, expected);
}

#[test]
fn a_substitute_holiday_says_what_it_stands_in_for() {
    let holiday = kr().holiday(date(2026, 8, 17)).unwrap();
    assert_eq!(holiday.name.en, "Substitute holiday for Liberation Day");
    assert_eq!(holiday.name.ko, "대체공휴일(광복절)");
}

#[test]
fn a_day_with_two_holidays_has_both_names() {
    let holiday = kr().holiday(date(2025, 5, 5)).unwrap();
    assert_eq!(holiday.name.en, "Buddha's Birthday / Children's Day");
}

#[test]
fn weekends_are_summed_up_and_other_years_are_named() {
    let span = kr().add_working_days(date(2026, 6, 12), 1);
    assert_eq!(
        explain(&span, Locale::En),
        "1 working day: skipped weekends only"
    );
    let span = kr().add_working_days(date(2026, 12, 24), 4);
    assert_eq!(
        explain(&span, Locale::En),
        "4 working days: skipped 25 Dec, Christmas Day"
    );
    let span = kr().add_working_days(date(2026, 12, 30), 2);
    assert_eq!(
        explain(&span, Locale::Ko),
        "근무일 2일: 2027년 1월 1일 신정 제외"
    );
    let span = kr().add_working_days(date(2026, 6, 8), 2);
    assert_eq!(explain(&span, Locale::Ko), "근무일 2일: 제외한 날 없음");
}

#[test]
fn calendar_days_that_end_on_a_day_off_move_to_the_next_working_day_and_say_so() {
    let span = kr().add_calendar_days(date(2026, 9, 3), 30);
    assert_eq!(span.to, date(2026, 10, 6));
    assert_eq!(
        explain(&span, Locale::En),
        "30 calendar days: moved from 3 Oct to 6 Oct, skipping 3 Oct, Saturday; 4 Oct, Sunday; \
         5 Oct, Substitute holiday for National Foundation Day"
    );
    assert!(
        explain(&span, Locale::Ko)
            .starts_with("달력 30일: 마지막 날 10월 3일이 쉬는 날이라 10월 6일로 옮김")
    );
    let unmoved = kr().add_calendar_days(date(2026, 9, 3), 4);
    assert_eq!((unmoved.to, unmoved.skipped.len()), (date(2026, 9, 7), 0));
    assert_eq!(explain(&unmoved, Locale::En), "4 calendar days");
}

#[test]
fn years_that_are_expected_or_unknown_are_said_to_be() {
    let announced = kr().add_working_days(date(2026, 3, 3), 10);
    assert!(!announced.expected && !announced.beyond_coverage);
    let expected = kr().add_working_days(date(2031, 3, 3), 10);
    assert!(expected.expected && !expected.beyond_coverage);
    assert!(explain(&expected, Locale::En).contains("expected, not yet announced"));
    let unknown = kr().add_working_days(date(2035, 12, 28), 10);
    assert!(unknown.beyond_coverage);
    assert!(explain(&unknown, Locale::En).contains("only weekends were left out"));
    assert_eq!(kr().coverage(), Some((2020, 2035)));
}

#[test]
fn zero_days_stay_on_a_working_day_and_leave_a_day_off() {
    let saturday = date(2026, 6, 13);
    assert_eq!(kr().add_working_days(saturday, 0).to, date(2026, 6, 15));
    assert_eq!(kr().working_days_before(saturday, 0), date(2026, 6, 12));
    let friday = date(2026, 6, 12);
    assert_eq!(kr().add_working_days(friday, 0).to, friday);
    assert_eq!(kr().working_days_before(friday, 0), friday);
}

#[test]
fn days_and_hours_are_those_of_seoul() {
    let evening = "2026-06-12T16:30:00Z".parse().unwrap();
    assert_eq!(kr().date_of(evening), date(2026, 6, 13));
    assert_eq!(kr().opening(date(2026, 6, 12)), at("2026-06-12T09:00"));
    assert_eq!(kr().end_of_day(date(2026, 6, 12)), at("2026-06-13T00:00"));
}

#[test]
fn a_letter_waits_for_the_next_opening_outside_working_hours() {
    for (given, then) in [
        ("2026-06-12T08:59", "2026-06-12T09:00"),
        ("2026-06-12T09:00", "2026-06-12T09:00"),
        ("2026-06-12T12:30", "2026-06-12T12:30"),
        ("2026-06-12T17:59", "2026-06-12T17:59"),
        ("2026-06-12T18:00", "2026-06-15T09:00"),
        ("2026-06-13T10:00", "2026-06-15T09:00"),
        ("2026-09-23T20:00", "2026-09-28T09:00"),
    ] {
        assert_eq!(kr().working_instant_from(at(given)), at(then), "{given}");
    }
}

#[test]
fn the_ends_of_time_saturate() {
    for day in [Date::MIN, Date::MAX] {
        let ends = [
            kr().add_working_days(day, u16::MAX).to,
            kr().add_calendar_days(day, u16::MAX).to,
            kr().working_days_before(day, u16::MAX),
        ];
        assert!(ends.iter().all(|end| (Date::MIN..=Date::MAX).contains(end)));
        assert!(kr().opening(day) <= kr().end_of_day(day));
    }
    assert_eq!(kr().add_working_days(Date::MAX, 3).to, Date::MAX);
    assert_eq!(kr().end_of_day(Date::MAX), Timestamp::MAX);
    assert!(kr().working_days_between(Date::MIN, Date::MAX) > 5_000_000);
    assert_eq!(kr().working_days_between(Date::MAX, Date::MIN), 0);
    for instant in [Timestamp::MIN, Timestamp::MAX] {
        assert!(kr().working_instant_from(instant) >= instant);
        for term in [
            PetitionTerm::Days(5),
            PetitionTerm::Days(u16::MAX),
            PetitionTerm::Weeks(u16::MAX),
            PetitionTerm::Months(u16::MAX),
            PetitionTerm::Years(u16::MAX),
        ] {
            assert!(kr().petition_deadline(instant, term, &[]).until >= instant);
        }
    }
}

#[test]
fn a_petition_of_ten_or_thirty_days_counts_the_day_of_receipt() {
    let received = at("2026-03-03T14:00");
    let ten = kr().petition_deadline(received, PetitionTerm::Days(10), &[]);
    assert_eq!(ten.day, date(2026, 3, 16));
    assert_eq!(ten.until, at("2026-03-17T00:00"));
    let thirty = kr().petition_deadline(received, PetitionTerm::Days(30), &[]);
    assert_eq!(thirty.day, date(2026, 4, 13));
}

#[test]
fn the_day_a_supplement_is_asked_for_and_the_day_it_arrives_do_not_count() {
    let excluded = [supplement(date(2026, 3, 6), date(2026, 3, 11))];
    let received = at("2026-03-03T14:00");
    let deadline = kr().petition_deadline(received, PetitionTerm::Days(10), &excluded);
    assert_eq!(deadline.day, date(2026, 3, 20));
    assert_eq!(deadline.skipped[0].reason.ko, "보완");
    assert_eq!(deadline.skipped[0].because, SkippedBecause::Excluded);
}

#[test]
fn a_petition_of_five_days_is_forty_working_hours() {
    for (received, until) in [
        ("2026-03-03T14:00", "2026-03-10T14:00"),
        ("2026-03-03T12:20", "2026-03-10T12:00"),
        ("2026-03-03T20:00", "2026-03-10T18:00"),
        ("2026-03-01T10:00", "2026-03-09T18:00"),
    ] {
        let deadline = kr().petition_deadline(at(received), PetitionTerm::Days(5), &[]);
        assert_eq!(deadline.until, at(until), "{received}");
    }
    let now = at("2026-03-03T14:00");
    let immediate = kr().petition_deadline(now, PetitionTerm::Days(0), &[]);
    assert_eq!(immediate.until, now);
    let excluded = [supplement(date(2026, 3, 4), date(2026, 3, 5))];
    let later = kr().petition_deadline(now, PetitionTerm::Days(5), &excluded);
    assert_eq!(later.until, at("2026-03-12T14:00"));
}

#[test]
fn weeks_months_and_years_end_the_day_before_and_on_a_working_day() {
    for (received, term, day) in [
        (
            "2026-03-03T10:00",
            PetitionTerm::Months(1),
            date(2026, 4, 2),
        ),
        (
            "2026-03-03T10:00",
            PetitionTerm::Weeks(2),
            date(2026, 3, 16),
        ),
        // 31 January has no counterpart in February: the month's last day, a Saturday, moves to 2 March, a substitute holiday.
        (
            "2026-01-31T10:00",
            PetitionTerm::Months(1),
            date(2026, 3, 3),
        ),
        (
            "2026-04-01T10:00",
            PetitionTerm::Months(1),
            date(2026, 4, 30),
        ),
        (
            "2024-02-29T10:00",
            PetitionTerm::Years(1),
            date(2025, 2, 28),
        ),
    ] {
        let deadline = kr().petition_deadline(at(received), term, &[]);
        assert_eq!(deadline.day, day, "{received} {term:?}");
    }
    let excluded = [supplement(date(2026, 3, 6), date(2026, 3, 11))];
    let month = kr().petition_deadline(at("2026-03-03T10:00"), PetitionTerm::Months(1), &excluded);
    assert_eq!(month.day, date(2026, 4, 8));
}

#[test]
fn every_problem_of_a_file_is_listed_at_once_with_its_line_and_what_to_write() {
    let text = r#"id = "x"
title = { en = "X" }
time_zone = "Asia/Soul"
working_hours = { from = 18:00:00, to = 09:00:00 }
weekend = ["saturday", "satturday"]
coverage = { first = 2026, last = 2027 }
colour = "red"
[names]
may = { en = "May Day", ko = "노동절" }
[[year]]
year = 2026
source = ""
holidays = [
  { date = 2026-05-01, name = "mai" },
  { date = "2026-05-01", name = "may" },
  { date = 2025-05-01, name = "may" },
  { date = 2026-05-01 },
]
"#;
    let problems = Calendar::from_toml(text).unwrap_err();
    let lines: Vec<_> = problems.iter().map(|problem| problem.line).collect();
    assert_eq!(
        lines,
        [2, 3, 4, 5, 6, 6, 7, 12, 14, 15, 16, 17],
        "{problems:#?}"
    );
    for problem in &problems {
        assert!(!problem.what.ko.is_empty() && !problem.help.ko.is_empty());
    }
    assert_eq!(
        problems[8].to_string(),
        "line 14: there is no name `mai` in [names]: use one of: `may`"
    );
    let broken = Calendars::from_files([("a.toml", "id = \ntitle = \"")]).unwrap_err();
    assert!(
        broken[0].to_string().starts_with("a.toml: line 1: "),
        "{broken:?}"
    );
}

#[test]
fn two_files_cannot_have_one_id() {
    let text = include_str!("../../../../workflows/calendars/kr.toml");
    let problems = Calendars::from_files([("a.toml", text), ("b.toml", text)]).unwrap_err();
    assert_eq!(problems[0].file.as_deref(), Some("b.toml"));
}

#[test]
fn the_same_holiday_twice_on_a_day_is_a_problem() {
    let text = include_str!("../../../../workflows/calendars/kr.toml");
    let row = "  { date = 2026-05-01, name = \"labor-day\" },\n";
    let problems = Calendar::from_toml(&text.replace(row, &row.repeat(2))).unwrap_err();
    assert_eq!(problems.len(), 1, "{problems:?}");
}

#[test]
fn hours_are_read_with_and_without_seconds() {
    let hours = kr().hours();
    assert_eq!((hours.from.hour(), hours.to.hour()), (9, 18));
    let text = include_str!("../../../../workflows/calendars/kr.toml");
    let seconds = text.replace("from = 09:00,", "from = 09:00:00,");
    assert_ne!(text, seconds);
    assert_eq!(Calendar::from_toml(&seconds).unwrap().hours(), hours);
}

fn a_day() -> impl Strategy<Value = Date> {
    (2015_i16..2040, 1_i8..=12, 1_i8..=28).prop_map(|(y, m, d)| date(y, m, d))
}

proptest! {
    #[test]
    fn adding_working_days_and_counting_them_agree(from in a_day(), days in 1_u16..400) {
        let span = kr().add_working_days(from, days);
        prop_assert!(kr().is_working_day(span.to));
        prop_assert_eq!(kr().working_days_between(from, span.to), u32::from(days));
        let elapsed = u32::try_from(from.until(span.to).unwrap().get_days()).unwrap();
        prop_assert_eq!(span.skipped.len(), usize::try_from(elapsed).unwrap() - usize::from(days));
        let back = kr().working_days_before(span.to, days);
        prop_assert!(back <= from && kr().working_days_between(back, from) == 0);
    }

    #[test]
    fn counting_in_weeks_agrees_with_counting_each_day(from in a_day(), days in 0_i32..900) {
        let to = from.checked_add(jiff::Span::new().days(days)).unwrap();
        let slow = from.series(jiff::Span::new().days(1)).skip(1).take_while(|day| *day <= to);
        let slow = slow.filter(|day| kr().is_working_day(*day)).count();
        prop_assert_eq!(usize::try_from(kr().working_days_between(from, to)).unwrap(), slow);
    }

    #[test]
    fn a_later_start_or_a_longer_span_never_ends_earlier(
        a in a_day(), b in a_day(), m in 0_u16..300, n in 0_u16..300,
    ) {
        let (early, late) = (a.min(b), a.max(b));
        let (short, long) = (m.min(n), m.max(n));
        prop_assert!(kr().add_working_days(early, short).to <= kr().add_working_days(late, short).to);
        prop_assert!(kr().add_working_days(early, short).to <= kr().add_working_days(early, long).to);
        prop_assert!(kr().add_calendar_days(early, short).to <= kr().add_calendar_days(late, long).to);
        prop_assert!(kr().is_working_day(kr().add_calendar_days(early, short).to));
    }

    #[test]
    fn a_working_instant_is_within_working_hours_and_not_before(second in -100_000_000_000_i64..200_000_000_000) {
        let given = Timestamp::from_second(second).unwrap();
        let then = kr().working_instant_from(given);
        prop_assert!(given <= then);
        prop_assert!(kr().is_working_day(kr().date_of(then)));
        prop_assert_eq!(kr().working_instant_from(then), then);
    }

    #[test]
    fn a_longer_petition_is_never_due_earlier(
        day in a_day(), hour in 0_i8..24, short in 0_u16..60, more in 0_u16..60, gap in 0_i32..30,
    ) {
        let received = day.at(hour, 0, 0, 0).in_tz("Asia/Seoul").unwrap().timestamp();
        let short_term = kr().petition_deadline(received, PetitionTerm::Days(short), &[]);
        let long_term = kr().petition_deadline(received, PetitionTerm::Days(short + more), &[]);
        // Six days count the day of receipt whole, five count it by the hour: only across that step may it be earlier.
        if (short <= 5) == (short + more <= 5) {
            prop_assert!(short_term.until <= long_term.until);
        }
        let asked = day.checked_add(jiff::Span::new().days(gap)).unwrap();
        let waited = kr().petition_deadline(received, PetitionTerm::Days(short), &[supplement(asked, asked)]);
        prop_assert!(short_term.until <= waited.until);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_damaged_file_is_refused_or_read_but_never_a_panic(
        cut in 0_usize..9_000, length in 0_usize..40, with in "[ -~가-힣\n\"{}=]{0,12}",
    ) {
        let text = include_str!("../../../../workflows/calendars/kr.toml");
        let head: String = text.chars().take(cut).collect();
        let tail: String = text.chars().skip(cut + length).collect();
        match Calendar::from_toml(&format!("{head}{with}{tail}")) {
            Ok(calendar) => prop_assert_eq!(calendar.coverage(), Some((2020, 2035))),
            Err(problems) => prop_assert!(!problems.is_empty()),
        }
    }
}
