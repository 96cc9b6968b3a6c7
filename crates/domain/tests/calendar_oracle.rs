//! The shipped Korean calendar against an independent list of holidays, every day from 2020 to 2035.

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};
    use naru_domain::calendar::{Calendar, Calendars};
    use std::collections::BTreeMap;

    const ORACLE: &str = include_str!("oracles/kr_holidays_2020_2035.csv");
    const SHIPPED: &str = include_str!("../../../workflows/calendars/kr.toml");

    /// Where we differ on purpose: the day, whether it is a holiday for us, and the law.
    const DIFFERENCES: [(Date, bool, &str); 6] = [
        (date(2030, 3, 27), true, PRESIDENT),
        (date(2030, 4, 3), false, PRESIDENT),
        (date(2034, 5, 31), true, LOCAL),
        (date(2034, 6, 14), false, LOCAL),
        (date(2035, 3, 28), true, PRESIDENT),
        (date(2035, 4, 4), false, PRESIDENT),
    ];
    const PRESIDENT: &str = "공직선거법 제34조 제1항 제1호: the first Wednesday from the 70th day before the term ends (3 June)";
    const LOCAL: &str = "공직선거법 제34조 제1항 제3호: the first Wednesday from the 30th day before the term ends (30 June), \
         that day included, as on Wednesday 31 May 2006";

    fn oracle() -> BTreeMap<Date, &'static str> {
        ORACLE
            .lines()
            .filter(|line| !line.starts_with('#') && *line != "date,name")
            .map(|line| line.split_once(',').unwrap())
            .map(|(day, name)| (day.parse().unwrap(), name))
            .collect()
    }

    fn every_day() -> impl Iterator<Item = Date> {
        date(2020, 1, 1)
            .series(jiff::Span::new().days(1))
            .take_while(|day| day.year() <= 2035)
    }

    /// The days on which the calendar and the oracle disagree, and whether each is a holiday for the calendar.
    fn disagreements(calendar: &Calendar) -> Vec<(Date, bool)> {
        let oracle = oracle();
        every_day()
            .map(|day| (day, calendar.holiday(day).is_some()))
            .filter(|(day, holiday)| oracle.contains_key(day) != *holiday)
            .collect()
    }

    #[test]
    fn every_day_from_2020_to_2035_is_a_holiday_exactly_when_the_oracle_says_so() {
        let calendars = Calendars::shipped();
        let calendar = calendars.get("kr").unwrap();
        assert_eq!(every_day().count(), 5844);
        let listed: Vec<_> = DIFFERENCES.map(|(day, holiday, _)| (day, holiday)).into();
        assert_eq!(disagreements(calendar), listed);
    }

    #[test]
    fn a_day_is_a_working_day_exactly_when_it_is_neither_a_weekend_nor_a_holiday_of_the_oracle() {
        let calendars = Calendars::shipped();
        let calendar = calendars.get("kr").unwrap();
        let oracle = oracle();
        for day in every_day() {
            if DIFFERENCES.iter().any(|(listed, ..)| *listed == day) {
                continue;
            }
            let weekend = matches!(day.strftime("%a").to_string().as_str(), "Sat" | "Sun");
            let off = weekend || oracle.contains_key(&day);
            assert_eq!(calendar.is_working_day(day), !off, "{day}");
        }
    }

    #[test]
    fn each_listed_difference_follows_from_the_law_it_names() {
        let calendars = Calendars::shipped();
        let calendar = calendars.get("kr").unwrap();
        for (term_ends, days_before, election) in [
            (date(2022, 5, 9), 70, date(2022, 3, 9)),
            (date(2024, 5, 29), 50, date(2024, 4, 10)),
            (date(2026, 6, 30), 30, date(2026, 6, 3)),
            (date(2028, 5, 29), 50, date(2028, 4, 12)),
            (date(2030, 6, 3), 70, date(2030, 3, 27)),
            (date(2030, 6, 30), 30, date(2030, 6, 12)),
            (date(2032, 5, 29), 50, date(2032, 4, 14)),
            (date(2034, 6, 30), 30, date(2034, 5, 31)),
            (date(2035, 6, 3), 70, date(2035, 3, 28)),
        ] {
            let mut day = term_ends
                .checked_sub(jiff::Span::new().days(days_before))
                .unwrap();
            while day.weekday() != jiff::civil::Weekday::Wednesday {
                day = day.tomorrow().unwrap();
            }
            let near = [day.yesterday().unwrap(), day.tomorrow().unwrap()];
            if near.iter().any(|near| calendar.holiday(*near).is_some()) {
                day = day.checked_add(jiff::Span::new().days(7)).unwrap();
            }
            assert_eq!(day, election);
            let name = &calendar.holiday(election).unwrap().name;
            assert!(name.en.ends_with("Election Day"), "{election}: {name:?}");
        }
    }

    #[test]
    fn removing_one_holiday_from_the_file_makes_the_comparison_fail() {
        let rows: Vec<_> = SHIPPED
            .lines()
            .filter(|line| line.contains("christmas\" }") || line.contains("date = 2026-"))
            .filter(|line| line.starts_with("  {"))
            .collect();
        assert!(rows.len() > 30, "{}", rows.len());
        for row in rows {
            let planted = SHIPPED.replace(&format!("{row}\n"), "");
            let calendar = Calendar::from_toml(&planted).unwrap();
            let found = disagreements(&calendar).len();
            assert!(found > DIFFERENCES.len(), "nobody missed {row}");
        }
    }
}
