//! Reliability of scales and agreement of raters.

use super::descriptive::variance;
use super::special::{Z_975, f_quantile};
use super::{Interval, count, defined};
use std::ops::RangeInclusive;

/// Cronbach's alpha. It can be negative, and is shown so.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alpha {
    /// How many subjects answered every item.
    pub subjects: u32,
    /// How many items.
    pub items: u32,
    /// The coefficient.
    pub alpha: f64,
    /// Its 95 % interval (Feldt 1965, by the F distribution).
    pub interval: Interval,
}

/// Cronbach 1951: k/(k−1) · (1 − Σ var(item) / var(total)), with sample variances. A row is a subject, an answer that is missing is
/// `None`, and a row with one is left out. Undefined below two items or two full rows, with rows of different length, or when every
/// total is the same.
pub fn cronbach_alpha(rows: &[Vec<Option<f64>>]) -> Option<Alpha> {
    let k = rows.first()?.len();
    if k < 2 || !rows.iter().all(|row| row.len() == k) {
        return None;
    }
    let full: Vec<Vec<f64>> = rows
        .iter()
        .filter_map(|row| row.iter().copied().collect())
        .collect();
    let totals: Vec<f64> = full.iter().map(|row| row.iter().sum()).collect();
    let total_variance = variance(&totals)?;
    let mut item_variances = 0.0;
    for item in 0..k {
        let column: Vec<f64> = full
            .iter()
            .filter_map(|row| row.get(item).copied())
            .collect();
        item_variances += variance(&column)?;
    }
    let alpha = defined(count(k) / (count(k) - 1.0) * (1.0 - item_variances / total_variance))?;
    let df1 = count(full.len()) - 1.0;
    let df2 = df1 * (count(k) - 1.0);
    Some(Alpha {
        subjects: u32::try_from(full.len()).ok()?,
        items: u32::try_from(k).ok()?,
        alpha,
        interval: Interval {
            lower: defined(1.0 - (1.0 - alpha) * f_quantile(0.975, df1, df2))?,
            upper: defined(1.0 - (1.0 - alpha) * f_quantile(0.025, df1, df2))?,
        },
    })
}

/// How much a disagreement counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weights {
    /// Every disagreement alike.
    Unweighted,
    /// By the distance on the scale.
    Linear,
    /// By the square of the distance.
    Quadratic,
}

/// The agreement of two raters beyond chance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kappa {
    /// The coefficient.
    pub kappa: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Its 95 % interval, by the standard error.
    pub interval: Interval,
    /// The statistic of the test that there is no agreement beyond chance, where it is defined.
    pub z: Option<f64>,
}

/// The table of two raters: rows are the first one's categories, columns the second one's. `scale` is the declared scale, whether or
/// not every category was used: leaving out an unused one would change weighted kappa. Undefined when the raters did not rate the
/// same number of subjects, or off the scale.
pub fn rating_table(
    first: &[u8],
    second: &[u8],
    scale: &RangeInclusive<u8>,
) -> Option<Vec<Vec<u32>>> {
    if first.len() != second.len() || scale.is_empty() {
        return None;
    }
    let size = usize::from(scale.end() - scale.start()) + 1;
    let mut table = vec![vec![0_u32; size]; size];
    for (one, other) in first.iter().zip(second) {
        let row = table.get_mut(usize::from(one.checked_sub(*scale.start())?))?;
        *row.get_mut(usize::from(other.checked_sub(*scale.start())?))? += 1;
    }
    Some(table)
}

/// Cohen 1960 and, weighted, Cohen 1968: 1 − Σ w·observed / Σ w·expected with w = |i−j|/(k−1) or its square; standard errors of Fleiss,
/// Cohen & Everitt 1969. Undefined for a table that is not square, has fewer than two categories or no rating, and where chance alone
/// would agree fully.
pub fn kappa(table: &[Vec<u32>], weights: Weights) -> Option<Kappa> {
    let k = table.len();
    if k < 2 || !table.iter().all(|row| row.len() == k) {
        return None;
    }
    let n: f64 = table.iter().flatten().copied().map(f64::from).sum();
    if n == 0.0 {
        return None;
    }
    let p: Vec<Vec<f64>> = table
        .iter()
        .map(|row| row.iter().map(|cell| f64::from(*cell) / n).collect())
        .collect();
    let rows: Vec<f64> = p.iter().map(|row| row.iter().sum()).collect();
    let columns: Vec<f64> = (0..k)
        .map(|j| p.iter().filter_map(|row| row.get(j)).sum())
        .collect();
    // How much the pair agrees: 1 on the diagonal.
    let w = |i: usize, j: usize| {
        let distance = count(i.abs_diff(j)) / (count(k) - 1.0);
        match weights {
            Weights::Unweighted if i == j => 1.0,
            Weights::Unweighted => 0.0,
            Weights::Linear => 1.0 - distance,
            Weights::Quadratic => 1.0 - distance * distance,
        }
    };
    let expected = |i: usize| -> f64 { (0..k).zip(&columns).map(|(j, c)| w(i, j) * c).sum() };
    let received = |j: usize| -> f64 { (0..k).zip(&rows).map(|(i, r)| w(i, j) * r).sum() };
    let row_weights: Vec<f64> = (0..k).map(expected).collect();
    let column_weights: Vec<f64> = (0..k).map(received).collect();

    let (mut po, mut pe) = (0.0, 0.0);
    for (i, (row, r)) in p.iter().zip(&rows).enumerate() {
        for (j, (cell, c)) in row.iter().zip(&columns).enumerate() {
            po += w(i, j) * cell;
            pe += w(i, j) * r * c;
        }
    }
    let disagreement = 1.0 - pe;
    if disagreement <= 1e-12 {
        return None;
    }
    let (mut spread, mut spread_by_chance) = (0.0, 0.0);
    for (i, (row, r)) in p.iter().zip(&rows).enumerate() {
        for (j, (cell, c)) in row.iter().zip(&columns).enumerate() {
            let marginal = row_weights.get(i)? + column_weights.get(j)?;
            spread += cell * (w(i, j) * disagreement - marginal * (1.0 - po)).powi(2);
            spread_by_chance += r * c * (w(i, j) - marginal).powi(2);
        }
    }
    let kappa = defined((po - pe) / disagreement)?;
    let variance = (spread - (po * pe - 2.0 * pe + po).powi(2)).max(0.0);
    let standard_error = defined(variance.sqrt() / (disagreement.powi(2) * n.sqrt()))?;
    let variance_by_chance = (spread_by_chance - pe * pe).max(0.0);
    Some(Kappa {
        kappa,
        standard_error,
        interval: Interval {
            lower: kappa - Z_975 * standard_error,
            upper: kappa + Z_975 * standard_error,
        },
        z: defined(kappa * disagreement * n.sqrt() / variance_by_chance.sqrt()),
    })
}

/// The agreement of several raters beyond chance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FleissKappa {
    /// The mean agreement over the subjects.
    pub observed: f64,
    /// The agreement by chance.
    pub expected: f64,
    /// The coefficient.
    pub kappa: f64,
    /// The statistic of the test that there is no agreement beyond chance, where it is defined.
    pub z: Option<f64>,
}

/// Fleiss 1971, with the corrected variance of Fleiss, Nee & Landis 1979 for z. A row is a subject and says how many raters chose each
/// category; every subject has the same number of raters. Undefined below two raters, without subjects, with ragged rows, and where
/// everyone always chose the same category.
pub fn fleiss_kappa(rows: &[Vec<u32>]) -> Option<FleissKappa> {
    let first = rows.first()?;
    let raters: u64 = first.iter().copied().map(u64::from).sum();
    let regular = |row: &Vec<u32>| {
        row.len() == first.len() && row.iter().copied().map(u64::from).sum::<u64>() == raters
    };
    if raters < 2 || !rows.iter().all(regular) {
        return None;
    }
    let m = f64::from(u32::try_from(raters).ok()?);
    let n = count(rows.len());
    let agreement = |row: &Vec<u32>| {
        let squares: f64 = row.iter().map(|votes| f64::from(*votes).powi(2)).sum();
        (squares - m) / (m * (m - 1.0))
    };
    let observed = rows.iter().map(agreement).sum::<f64>() / n;
    let shares: Vec<f64> = (0..first.len())
        .map(|category| {
            let votes = rows.iter().filter_map(|row| row.get(category));
            votes.copied().map(f64::from).sum::<f64>() / (n * m)
        })
        .collect();
    let expected: f64 = shares.iter().map(|share| share * share).sum();
    if 1.0 - expected <= 1e-12 {
        return None;
    }
    let kappa = defined((observed - expected) / (1.0 - expected))?;
    let spread: f64 = shares.iter().map(|p| p * (1.0 - p)).sum();
    let skew: f64 = shares.iter().map(|p| p * (1.0 - p) * (1.0 - 2.0 * p)).sum();
    let variance = 2.0 / (spread.powi(2) * n * m * (m - 1.0)) * (spread.powi(2) - skew);
    Some(FleissKappa {
        observed,
        expected,
        kappa,
        z: defined(kappa / variance.sqrt()),
    })
}

/// The word of Landis & Koch 1977 for a coefficient; the words are customary, not a law.
pub fn agreement_word(kappa: f64) -> Option<&'static str> {
    if !kappa.is_finite() || 1.0 < kappa {
        None
    } else if kappa < 0.0 {
        Some("poor")
    } else if kappa <= 0.2 {
        Some("slight")
    } else if kappa <= 0.4 {
        Some("fair")
    } else if kappa <= 0.6 {
        Some("moderate")
    } else if kappa <= 0.8 {
        Some("substantial")
    } else {
        Some("almost perfect")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn near(found: f64, printed: f64, tolerance: f64) {
        assert!(
            (found - printed).abs() <= tolerance,
            "{found} is not {printed}"
        );
    }

    /// Rows of one-digit answers.
    fn rows(text: &str) -> Vec<Vec<Option<f64>>> {
        let digit = |c: char| Some(f64::from(c.to_digit(10).unwrap()));
        text.split_whitespace()
            .map(|row| row.chars().map(digit).collect())
            .collect()
    }

    fn ratings(text: &str) -> Vec<u8> {
        text.bytes().map(|b| b - b'0').collect()
    }

    fn coefficient(table: &[&[u32]], weights: Weights) -> Kappa {
        let table: Vec<Vec<u32>> = table.iter().map(|row| row.to_vec()).collect();
        kappa(&table, weights).unwrap()
    }

    #[test]
    fn alpha_of_the_published_example_with_its_interval() {
        let alpha = cronbach_alpha(&rows(
            "3224145143 5546351255 7535564336 2343322266 6556544467 1223425235 4335352124 2544372246
             6255516523 5246435317 4135253234 4423253423 5556233244 6555422146 4435531323",
        ))
        .unwrap();
        assert_eq!((alpha.subjects, alpha.items), (15, 10));
        near(alpha.alpha, 0.591_719, 5e-7);
        near(alpha.interval.lower, 0.195, 5e-4);
        near(alpha.interval.upper, 0.840, 5e-4);
    }

    #[test]
    fn alpha_of_the_attitude_data_of_r() {
        // Chatterjee & Price 1977: rating, complaints, privileges, learning, raises, critical, advance.
        const ATTITUDE: [[u8; 7]; 30] = [
            [43, 51, 30, 39, 61, 92, 45],
            [63, 64, 51, 54, 63, 73, 47],
            [71, 70, 68, 69, 76, 86, 48],
            [61, 63, 45, 47, 54, 84, 35],
            [81, 78, 56, 66, 71, 83, 47],
            [43, 55, 49, 44, 54, 49, 34],
            [58, 67, 42, 56, 66, 68, 35],
            [71, 75, 50, 55, 70, 66, 41],
            [72, 82, 72, 67, 71, 83, 31],
            [67, 61, 45, 47, 62, 80, 41],
            [64, 53, 53, 58, 58, 67, 34],
            [67, 60, 47, 39, 59, 74, 41],
            [69, 62, 57, 42, 55, 63, 25],
            [68, 83, 83, 45, 59, 77, 35],
            [77, 77, 54, 72, 79, 77, 46],
            [81, 90, 50, 72, 60, 54, 36],
            [74, 85, 64, 69, 79, 79, 63],
            [65, 60, 65, 75, 55, 80, 60],
            [65, 70, 46, 57, 75, 85, 46],
            [50, 58, 68, 54, 64, 78, 52],
            [50, 40, 33, 34, 43, 64, 33],
            [64, 61, 52, 62, 66, 80, 41],
            [53, 66, 52, 50, 63, 80, 37],
            [40, 37, 42, 58, 50, 57, 49],
            [63, 54, 42, 48, 66, 75, 33],
            [66, 77, 66, 63, 88, 76, 72],
            [78, 75, 58, 74, 80, 78, 49],
            [48, 57, 44, 45, 51, 83, 38],
            [85, 85, 71, 71, 77, 74, 55],
            [82, 82, 39, 59, 64, 78, 39],
        ];
        let rows: Vec<Vec<Option<f64>>> = ATTITUDE
            .iter()
            .map(|row| row.iter().map(|value| Some(f64::from(*value))).collect())
            .collect();
        near(cronbach_alpha(&rows).unwrap().alpha, 0.843_142_8, 5e-8);
    }

    #[test]
    fn alpha_of_a_small_table_and_of_the_same_with_a_gap() {
        let mut table = rows("4544 3343 5554 2322 4454 3233");
        near(cronbach_alpha(&table).unwrap().alpha, 0.936_782, 5e-7);
        table.push(vec![Some(1.0), None, Some(5.0), Some(1.0)]);
        let alpha = cronbach_alpha(&table).unwrap();
        assert_eq!(alpha.subjects, 6);
        near(alpha.alpha, 0.936_782, 5e-7);
    }

    #[test]
    fn alpha_can_be_negative_and_is_undefined_without_variance_items_or_subjects() {
        assert!(cronbach_alpha(&rows("15 51 24 43")).unwrap().alpha < 0.0);
        for undefined in ["", "3 4 5", "34", "15 51 33", "345 34"] {
            assert_eq!(cronbach_alpha(&rows(undefined)), None, "{undefined}");
        }
    }

    #[test]
    fn kappa_of_the_textbook_tables() {
        for (table, kappa) in [
            ([[20, 5], [10, 15]], 0.4),
            ([[45, 15], [25, 15]], 0.1304),
            ([[25, 35], [5, 35]], 0.2593),
        ] {
            let table: Vec<&[u32]> = table.iter().map(|row| &row[..]).collect();
            near(coefficient(&table, Weights::Unweighted).kappa, kappa, 5e-5);
        }
    }

    #[test]
    fn kappa_of_the_sas_example_with_standard_errors_and_intervals() {
        let table: [&[u32]; 3] = [&[0, 4, 1], &[0, 8, 0], &[0, 1, 5]];
        let simple = coefficient(&table, Weights::Unweighted);
        near(simple.kappa, 0.4842, 5e-5);
        near(simple.standard_error, 0.1380, 5e-5);
        near(simple.interval.lower, 0.2137, 5e-5);
        near(simple.interval.upper, 0.7547, 5e-5);
        near(simple.z.unwrap(), 3.2626, 5e-5);
        let linear = coefficient(&table, Weights::Linear);
        near(linear.kappa, 0.4701, 5e-5);
        near(linear.standard_error, 0.1457, 5e-5);
        near(linear.interval.lower, 0.1845, 5e-5);
        near(linear.interval.upper, 0.7558, 5e-5);
        near(
            coefficient(&table, Weights::Quadratic).kappa,
            0.450_161,
            5e-7,
        );
    }

    #[test]
    fn kappa_of_the_anxiety_data_depends_on_the_declared_scale() {
        let second = ratings("36462424332333221334");
        let third = ratings("21443216111233113322");
        let full = rating_table(&second, &third, &(1..=6)).unwrap();
        let of = |table: &[Vec<u32>], weights| kappa(table, weights).unwrap().kappa;
        near(of(&full, Weights::Unweighted), -0.006_289_308, 5e-10);
        near(of(&full, Weights::Linear), 0.126_213_6, 5e-8);
        near(of(&full, Weights::Quadratic), 0.229_798_0, 5e-8);

        // The R package irr drops category 5, which nobody used; so 6 comes next to 4.
        let squeezed =
            |ratings: &[u8]| -> Vec<u8> { ratings.iter().map(|r| (*r).min(5)).collect() };
        let dropped = rating_table(&squeezed(&second), &squeezed(&third), &(1..=5)).unwrap();
        near(of(&dropped, Weights::Linear), 0.145_907_5, 5e-8);
        near(of(&dropped, Weights::Quadratic), 0.252_032_5, 5e-8);
    }

    #[test]
    fn kappa_is_undefined_where_chance_agrees_fully_or_the_table_is_none() {
        assert_eq!(kappa(&[vec![7, 0], vec![0, 0]], Weights::Unweighted), None);
        assert_eq!(kappa(&[vec![0, 0], vec![0, 0]], Weights::Linear), None);
        assert_eq!(kappa(&[vec![5]], Weights::Quadratic), None);
        assert_eq!(kappa(&[vec![1, 2], vec![3]], Weights::Unweighted), None);
        assert_eq!(rating_table(&[1, 2], &[1], &(1..=2)), None);
        assert_eq!(rating_table(&[1, 3], &[1, 1], &(1..=2)), None);
        assert_eq!(rating_table(&[0, 1], &[1, 1], &(1..=2)), None);
    }

    #[test]
    fn fleiss_kappa_of_the_ten_subjects_and_fourteen_raters() {
        let table = [
            [0, 0, 0, 0, 14],
            [0, 2, 6, 4, 2],
            [0, 0, 3, 5, 6],
            [0, 3, 9, 2, 0],
            [2, 2, 8, 1, 1],
            [7, 7, 0, 0, 0],
            [3, 2, 6, 3, 0],
            [2, 5, 3, 2, 2],
            [6, 5, 2, 1, 0],
            [0, 2, 2, 3, 7],
        ];
        let table: Vec<Vec<u32>> = table.iter().map(|row| row.to_vec()).collect();
        let fleiss = fleiss_kappa(&table).unwrap();
        near(fleiss.observed, 0.378, 5e-4);
        near(fleiss.expected, 0.213, 5e-4);
        near(fleiss.kappa, 0.209_930_7, 5e-8);
    }

    #[test]
    fn fleiss_kappa_of_the_thirty_diagnoses() {
        let subjects = "444444 222555 233335 555555 222444 113333 333355 113334 114444 555555 144444 124444 222333
            144444 224445 333335 111455 111112 224444 133555 555555 244444 224555 114444 144445 222224 111155 224444 133333 555555";
        let table: Vec<Vec<u32>> = subjects
            .split_whitespace()
            .map(|subject| {
                ('1'..='5')
                    .map(|category| {
                        u32::try_from(subject.chars().filter(|c| *c == category).count()).unwrap()
                    })
                    .collect()
            })
            .collect();
        let totals: Vec<u32> = (0..5)
            .map(|category| table.iter().map(|row| row[category]).sum())
            .collect();
        assert_eq!(totals, [26, 26, 30, 55, 43]);
        let fleiss = fleiss_kappa(&table).unwrap();
        near(fleiss.kappa, 0.430_244_5, 5e-8);
        near(fleiss.z.unwrap(), 17.651_83, 5e-6);
    }

    #[test]
    fn fleiss_kappa_is_undefined_when_everyone_always_chose_the_same_and_for_ragged_tables() {
        assert_eq!(fleiss_kappa(&[vec![3, 0], vec![3, 0]]), None);
        assert_eq!(fleiss_kappa(&[vec![2, 1], vec![1, 1]]), None);
        assert_eq!(fleiss_kappa(&[vec![1, 0], vec![0, 1]]), None);
        assert_eq!(fleiss_kappa(&[]), None);
        assert_eq!(fleiss_kappa(&[vec![]]), None);
    }

    #[test]
    fn agreement_has_the_customary_words() {
        for (kappa, word) in [
            (-0.01, "poor"),
            (0.0, "slight"),
            (0.21, "fair"),
            (0.4, "fair"),
            (0.41, "moderate"),
            (0.61, "substantial"),
            (0.81, "almost perfect"),
            (1.0, "almost perfect"),
        ] {
            assert_eq!(agreement_word(kappa), Some(word), "{kappa}");
        }
        assert_eq!(agreement_word(f64::NAN), None);
        assert_eq!(agreement_word(1.1), None);
    }

    proptest! {
        #[test]
        fn coefficients_are_numbers_and_never_above_one(
            table in proptest::collection::vec(proptest::collection::vec(0..9_u32, 3), 3),
        ) {
            for weights in [Weights::Unweighted, Weights::Linear, Weights::Quadratic] {
                if let Some(found) = kappa(&table, weights) {
                    prop_assert!(found.kappa <= 1.0 + 1e-12 && found.standard_error.is_finite());
                    prop_assert!(found.z.is_none_or(f64::is_finite));
                }
            }
            if let Some(found) = fleiss_kappa(&table) {
                prop_assert!(found.kappa <= 1.0 + 1e-12 && found.z.is_none_or(f64::is_finite));
            }
        }
    }
}
