//! Intervals for completion rates and means, and how many participants find a problem.

use super::special::{Z_975, beta_quantile, t_quantile};
use super::{count, defined, mean, standard_deviation};

/// A 95 % confidence interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Its lower end.
    pub lower: f64,
    /// Its upper end.
    pub upper: f64,
}

impl Interval {
    fn within(center: f64, half_width: f64, least: f64, most: f64) -> Self {
        Self {
            lower: (center - half_width).clamp(least, most),
            upper: (center + half_width).clamp(least, most),
        }
    }
}

/// A completion rate with the three intervals in use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CompletionRate {
    /// How many completed.
    pub successes: u32,
    /// Out of how many.
    pub attempts: u32,
    /// The share, 0 to 1.
    pub rate: f64,
    /// The interval to report for usability tests.
    pub adjusted_wald: Interval,
    /// The score interval.
    pub wilson: Interval,
    /// The “exact” interval; it never covers less than 95 %.
    pub clopper_pearson: Interval,
}

/// The rate with its intervals; undefined without an attempt, or with more successes than attempts.
pub fn completion_rate(successes: u32, attempts: u32) -> Option<CompletionRate> {
    Some(CompletionRate {
        successes,
        attempts,
        rate: share(successes, attempts)?,
        adjusted_wald: adjusted_wald(successes, attempts)?,
        wilson: wilson(successes, attempts)?,
        clopper_pearson: clopper_pearson(successes, attempts)?,
    })
}

fn share(successes: u32, attempts: u32) -> Option<f64> {
    (attempts != 0 && successes <= attempts).then(|| f64::from(successes) / f64::from(attempts))
}

/// Agresti & Coull 1998, advised for small usability samples by Sauro & Lewis 2005; clipped to \[0, 1\].
pub fn adjusted_wald(successes: u32, attempts: u32) -> Option<Interval> {
    share(successes, attempts)?;
    let n = f64::from(attempts) + Z_975 * Z_975;
    let p = (f64::from(successes) + Z_975 * Z_975 / 2.0) / n;
    let half_width = Z_975 * (p * (1.0 - p) / n).sqrt();
    Some(Interval::within(p, half_width, 0.0, 1.0))
}

/// Wilson 1927, without continuity correction (method 3 of Newcombe 1998).
pub fn wilson(successes: u32, attempts: u32) -> Option<Interval> {
    let p = share(successes, attempts)?;
    let n = f64::from(attempts);
    let z2 = Z_975 * Z_975;
    let center = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half_width = Z_975 * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt() / (1.0 + z2 / n);
    Some(Interval::within(center, half_width, 0.0, 1.0))
}

/// Clopper & Pearson 1934, by quantiles of the beta distribution (method 5 of Newcombe 1998).
pub fn clopper_pearson(successes: u32, attempts: u32) -> Option<Interval> {
    share(successes, attempts)?;
    let (x, n) = (f64::from(successes), f64::from(attempts));
    Some(Interval {
        lower: if successes == 0 {
            0.0
        } else {
            beta_quantile(0.025, x, n - x + 1.0)
        },
        upper: if successes == attempts {
            1.0
        } else {
            beta_quantile(0.975, x + 1.0, n - x)
        },
    })
}

/// The one-sided 95 % upper bound of a rate of which `attempts` showed none: 1 − 0.05^(1/n), the one-sided Clopper–Pearson bound.
/// A clean test does not prove a rare error absent, so reports show it.
pub fn upper_bound_when_none(attempts: u32) -> Option<f64> {
    (attempts != 0).then(|| 1.0 - 0.05_f64.powf(1.0 / f64::from(attempts)))
}

/// The interval of a mean by Student's t; undefined below two values. Not clipped.
pub fn mean_interval(values: &[f64]) -> Option<Interval> {
    let n = count(values.len());
    let (mean, sd) = (mean(values)?, standard_deviation(values)?);
    let half_width = defined(t_quantile(0.975, n - 1.0) * sd / n.sqrt())?;
    Some(Interval {
        lower: defined(mean - half_width)?,
        upper: defined(mean + half_width)?,
    })
}

/// The chance that `participants` see at least once a problem that each meets with chance `p`: 1 − (1−p)^n (Virzi 1992, Nielsen &
/// Landauer 1993). With p = 0.31 five see 84 %; p of another device is another.
pub fn discovery_chance(p: f64, participants: u32) -> Option<f64> {
    (0.0..=1.0)
        .contains(&p)
        .then(|| 1.0 - (1.0 - p).powf(f64::from(participants)))
}

/// How many participants see a problem of chance `p` with a chance of at least `goal`: ceil(ln(1−goal) / ln(1−p)). Undefined
/// outside 0 < p < 1 and 0 < goal < 1, and where more than four thousand million were needed.
pub fn participants_needed(p: f64, goal: f64) -> Option<u32> {
    let inside = |value: f64| 0.0 < value && value < 1.0;
    if !inside(p) || !inside(goal) {
        return None;
    }
    // A hair off, so that 1 - (1-p)^n = goal counts as reached in spite of rounding.
    let needed = ((-goal).ln_1p() / (-p).ln_1p() - 1e-9).ceil().max(1.0);
    whole(needed)
}

/// The whole number that `value` is; there is no conversion from f64 that cannot surprise, so it is looked for by halving.
fn whole(value: f64) -> Option<u32> {
    if !(0.0..=f64::from(u32::MAX)).contains(&value) {
        return None;
    }
    let (mut low, mut high) = (0_u32, u32::MAX);
    while low < high {
        let middle = low + (high - low) / 2;
        if f64::from(middle) < value {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Some(low)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Row = (u32, u32, [f64; 2], [f64; 2], [f64; 2]);

    /// Successes, attempts, then adjusted Wald, Wilson and Clopper–Pearson. The first four rows are the examples of Newcombe 1998.
    const TABLE: [Row; 12] = [
        (
            81,
            263,
            [0.2552, 0.3663],
            [0.2553, 0.3662],
            [0.2527, 0.3676],
        ),
        (
            15,
            148,
            [0.0614, 0.1615],
            [0.0624, 0.1605],
            [0.0578, 0.1617],
        ),
        (0, 20, [0.0, 0.1898], [0.0, 0.1611], [0.0, 0.1684]),
        (1, 29, [0.0, 0.1863], [0.0061, 0.1718], [0.0009, 0.1776]),
        (4, 5, [0.3596, 0.9797], [0.3755, 0.9638], [0.2836, 0.9949]),
        (5, 5, [0.5109, 1.0], [0.5655, 1.0], [0.4782, 1.0]),
        (9, 10, [0.5740, 1.0], [0.5958, 0.9821], [0.5550, 0.9975]),
        (10, 10, [0.6791, 1.0], [0.7225, 1.0], [0.6915, 1.0]),
        (12, 15, [0.5405, 0.9372], [0.5481, 0.9295], [0.5191, 0.9567]),
        (14, 15, [0.6816, 1.0], [0.7018, 0.9881], [0.6805, 0.9983]),
        (15, 15, [0.7614, 1.0], [0.7961, 1.0], [0.7820, 1.0]),
        (18, 20, [0.6868, 0.9843], [0.6990, 0.9721], [0.6830, 0.9877]),
    ];

    #[test]
    fn completion_rates_have_the_intervals_of_the_published_and_computed_table() {
        for (x, n, wald, wilson, exact) in TABLE {
            let rate = completion_rate(x, n).unwrap();
            for (name, found, printed) in [
                ("adjusted Wald", rate.adjusted_wald, wald),
                ("Wilson", rate.wilson, wilson),
                ("Clopper-Pearson", rate.clopper_pearson, exact),
            ] {
                for (found, printed) in [(found.lower, printed[0]), (found.upper, printed[1])] {
                    assert!(
                        (found - printed).abs() <= 0.5e-4 + 1e-9,
                        "{x}/{n} {name}: {found} is not {printed}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_adjusted_wald_interval_of_9_in_10_lies_around_about_11_in_14() {
        let z2 = Z_975 * Z_975;
        let (x, n) = (9.0 + z2 / 2.0, 10.0 + z2);
        assert!((x.round() - 11.0).abs() < 1e-12 && (n.round() - 14.0).abs() < 1e-12);
        let lower = adjusted_wald(9, 10).unwrap().lower;
        let half_width = Z_975 * (x / n * (1.0 - x / n) / n).sqrt();
        assert!((x / n - half_width - lower).abs() < 1e-12);
    }

    #[test]
    fn a_clean_test_of_15_leaves_room_for_a_rare_error() {
        let exact = clopper_pearson(0, 15).unwrap();
        assert!((exact.upper - 0.2180).abs() < 5e-5);
        assert!((upper_bound_when_none(15).unwrap() - 0.1810).abs() < 5e-5);
        assert_eq!(upper_bound_when_none(0), None);
    }

    #[test]
    fn problems_are_discovered_with_the_printed_chances() {
        for (p, n, chance) in [
            (0.31, 3, 0.6715),
            (0.31, 5, 0.8436),
            (0.31, 8, 0.9486),
            (0.31, 15, 0.9962),
            (0.25, 5, 0.7627),
            (0.10, 5, 0.4095),
            (0.10, 15, 0.7941),
            (0.15, 15, 0.9126),
            (0.05, 15, 0.5367),
            (0.10, 22, 0.9015),
        ] {
            assert!(
                (discovery_chance(p, n).unwrap() - chance).abs() < 5e-5,
                "{p} {n}"
            );
        }
        assert_eq!(discovery_chance(f64::NAN, 3), None);
        assert_eq!(discovery_chance(1.1, 3), None);
    }

    #[test]
    fn the_participants_needed_are_those_printed() {
        for (p, goal, needed) in [
            (0.31, 0.80, 5),
            (0.31, 0.85, 6),
            (0.31, 0.95, 9),
            (0.31, 0.99, 13),
            (0.25, 0.95, 11),
            (0.15, 0.90, 15),
            (0.10, 0.85, 19),
            (0.10, 0.90, 22),
            (0.10, 0.95, 29),
            (0.05, 0.95, 59),
            (0.01, 0.95, 299),
            (0.50, 0.75, 2),
            (0.99, 0.01, 1),
        ] {
            assert_eq!(participants_needed(p, goal), Some(needed), "{p} {goal}");
        }
        for (p, goal) in [
            (0.0, 0.9),
            (1.0, 0.9),
            (0.3, 0.0),
            (0.3, 1.0),
            (f64::NAN, 0.5),
            (1e-300, 0.9),
        ] {
            assert_eq!(participants_needed(p, goal), None, "{p} {goal}");
        }
    }

    #[test]
    fn a_rate_without_attempts_or_above_one_is_not_defined() {
        assert_eq!(completion_rate(0, 0), None);
        assert_eq!(completion_rate(3, 2), None);
        assert_eq!(mean_interval(&[1.0]), None);
    }

    proptest! {
        #[test]
        fn every_interval_lies_in_the_unit_and_around_the_rate(n in 1..5000_u32, share in 0.0..=1.0_f64) {
            let x = whole((f64::from(n) * share).floor()).unwrap();
            let rate = completion_rate(x, n).unwrap();
            for interval in [rate.adjusted_wald, rate.wilson, rate.clopper_pearson] {
                prop_assert!(0.0 <= interval.lower && interval.upper <= 1.0);
                prop_assert!(interval.lower <= rate.rate + 1e-9 && rate.rate <= interval.upper + 1e-9);
            }
        }
    }
}
