//! Means, medians, quartiles and times.

use super::{count, defined};

/// The arithmetic mean.
pub fn mean(values: &[f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    defined(values.iter().sum::<f64>() / count(values.len()))
}

/// The sample standard deviation, with n − 1; undefined below two values.
pub fn standard_deviation(values: &[f64]) -> Option<f64> {
    variance(values).map(f64::sqrt)
}

/// The sample variance, with n − 1.
pub(super) fn variance(values: &[f64]) -> Option<f64> {
    if values.len() < 2 {
        return None;
    }
    let mean = mean(values)?;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    defined(squares / (count(values.len()) - 1.0))
}

/// The median.
pub fn median(values: &[f64]) -> Option<f64> {
    quartiles(values).map(|quartiles| quartiles.median)
}

/// The quartiles of a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quartiles {
    /// A quarter lies below.
    pub lower: f64,
    /// Half lies below.
    pub median: f64,
    /// Three quarters lie below.
    pub upper: f64,
}

/// The quartiles by linear interpolation between order statistics: type 7 of Hyndman & Fan 1996, the default of R and spreadsheets.
pub fn quartiles(values: &[f64]) -> Option<Quartiles> {
    if values.is_empty() || !values.iter().all(|value| value.is_finite()) {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    // The quantile k/4 lies at (n-1)·k/4, counted from 0: a whole place and so many quarters towards the next.
    let at = |k: usize| {
        let (place, quarters) = ((sorted.len() - 1) * k / 4, (sorted.len() - 1) * k % 4);
        let low = sorted.get(place).copied()?;
        let high = sorted.get(place + 1).copied().unwrap_or(low);
        let part = count(quarters) / 4.0;
        defined(low * (1.0 - part) + high * part)
    };
    Some(Quartiles {
        lower: at(1)?,
        median: at(2)?,
        upper: at(3)?,
    })
}

/// The geometric mean; undefined unless every value is positive.
pub fn geometric_mean(values: &[f64]) -> Option<f64> {
    if !values.iter().all(|value| 0.0 < *value) {
        return None;
    }
    let logarithms: Vec<f64> = values.iter().map(|value| value.ln()).collect();
    mean(&logarithms).map(f64::exp).and_then(defined)
}

/// The share of answers in the two best boxes of a scale that ends at `best`; 0 to 1.
pub fn top_two_box(answers: &[u8], best: u8) -> Option<f64> {
    let top = answers
        .iter()
        .filter(|answer| best.saturating_sub(1) <= **answer && **answer <= best)
        .count();
    defined(count(top) / count(answers.len()))
}

/// Times on a task.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Times {
    /// How many were measured.
    pub n: u32,
    /// The geometric mean, in seconds.
    pub geometric_mean: f64,
    /// The median, in seconds.
    pub median: f64,
    /// The arithmetic mean, in seconds.
    pub mean: f64,
    /// The one to report: the geometric mean below 25 times, from there the median (Sauro & Lewis 2010, “Average task times in
    /// usability tests: what to report?”).
    pub typical: f64,
}

/// The times of a task, in seconds; undefined without one, or if one is zero.
pub fn time_on_task(seconds: &[u32]) -> Option<Times> {
    let values: Vec<f64> = seconds.iter().copied().map(f64::from).collect();
    let geometric_mean = geometric_mean(&values)?;
    let median = median(&values)?;
    Some(Times {
        n: u32::try_from(values.len()).ok()?,
        geometric_mean,
        median,
        mean: mean(&values)?,
        typical: if values.len() < 25 {
            geometric_mean
        } else {
            median
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_sample_of_times_is_summed_up_by_the_geometric_mean_and_a_large_one_by_the_median() {
        let times = time_on_task(&[84, 103, 104, 117]).unwrap();
        assert!((times.geometric_mean - 101.294).abs() < 5e-4);
        assert!((times.mean - 102.0).abs() < 1e-12);
        assert!((times.median - 103.5).abs() < 1e-12);
        assert_eq!((times.n, times.typical), (4, times.geometric_mean));

        let many: Vec<u32> = (1..=25).collect();
        let times = time_on_task(&many).unwrap();
        assert_eq!((times.n, times.typical), (25, 13.0));
        let fewer = time_on_task(&many[..24]).unwrap();
        assert!((fewer.typical - fewer.geometric_mean).abs() < 1e-12 && fewer.typical < 12.0);
    }

    #[test]
    fn likert_answers_give_median_type_7_quartiles_and_top_two_box() {
        let answers = [3, 4, 4, 5, 2, 4, 5, 4, 3, 5];
        let values = answers.map(f64::from);
        assert_eq!(
            quartiles(&values),
            Some(Quartiles {
                lower: 3.25,
                median: 4.0,
                upper: 4.75
            })
        );
        assert_eq!(median(&values), Some(4.0));
        assert_eq!(top_two_box(&answers, 5), Some(0.7));
    }

    #[test]
    fn a_single_value_is_its_own_quartiles_and_has_no_spread() {
        assert_eq!(
            quartiles(&[7.5]),
            Some(Quartiles {
                lower: 7.5,
                median: 7.5,
                upper: 7.5
            })
        );
        assert_eq!(standard_deviation(&[7.5]), None);
    }

    #[test]
    fn what_is_not_defined_is_none() {
        assert_eq!(mean(&[]), None);
        assert_eq!(mean(&[f64::MAX, f64::MAX]), None);
        assert_eq!(mean(&[f64::NAN]), None);
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[1.0, f64::INFINITY]), None);
        assert_eq!(geometric_mean(&[]), None);
        assert_eq!(geometric_mean(&[1.0, 0.0]), None);
        assert_eq!(geometric_mean(&[1.0, f64::NAN]), None);
        assert_eq!(top_two_box(&[], 5), None);
        assert_eq!(time_on_task(&[]), None);
        assert_eq!(time_on_task(&[0, 3]), None);
    }
}
