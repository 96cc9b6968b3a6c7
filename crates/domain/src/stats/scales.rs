//! Questionnaire scales: SUS, UMUX-Lite, NASA-TLX and the net promoter score.

use super::special::Z_975;
use super::{Interval, count, defined, mean, mean_interval, standard_deviation};

/// Why answers to the System Usability Scale have no score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SusProblem {
    /// There are not ten answers; one that is missing is not guessed.
    NotTenAnswers {
        /// How many there are.
        found: usize,
    },
    /// An answer is not from 1 to 5.
    OutOfRange {
        /// Which item, from 1.
        item: usize,
        /// The answer.
        answer: u8,
    },
}

/// The score of one participant: 2.5 × \[Σ(odd − 1) + Σ(5 − even)\], from 0 to 100 in steps of 2.5 (Brooke 1996, “SUS: a quick and
/// dirty usability scale”). It is no percentage.
pub fn sus(answers: &[u8]) -> Result<f64, SusProblem> {
    if answers.len() != 10 {
        return Err(SusProblem::NotTenAnswers {
            found: answers.len(),
        });
    }
    let mut sum = 0_u16;
    for (item, answer) in (1_usize..).zip(answers.iter().copied()) {
        if !(1..=5).contains(&answer) {
            return Err(SusProblem::OutOfRange { item, answer });
        }
        // Odd items say something good of the device, even ones something bad.
        sum += u16::from(if item % 2 == 1 {
            answer - 1
        } else {
            5 - answer
        });
    }
    Ok(f64::from(sum) * 2.5)
}

/// A grade of the curved grading scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// Percentiles 0–14.
    F,
    /// Percentiles 15–34.
    D,
    /// Percentiles 35–40.
    CMinus,
    /// Percentiles 41–59.
    C,
    /// Percentiles 60–64.
    CPlus,
    /// Percentiles 65–69.
    BMinus,
    /// Percentiles 70–79.
    B,
    /// Percentiles 80–84.
    BPlus,
    /// Percentiles 85–89.
    AMinus,
    /// Percentiles 90–95.
    A,
    /// Percentiles 96–100.
    APlus,
}

impl Grade {
    /// The letter as it is printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::F => "F",
            Self::D => "D",
            Self::CMinus => "C-",
            Self::C => "C",
            Self::CPlus => "C+",
            Self::BMinus => "B-",
            Self::B => "B",
            Self::BPlus => "B+",
            Self::AMinus => "A-",
            Self::A => "A",
            Self::APlus => "A+",
        }
    }

    /// The first and last percentile of the grade among published studies.
    pub fn percentiles(self) -> (u8, u8) {
        match self {
            Self::F => (0, 14),
            Self::D => (15, 34),
            Self::CMinus => (35, 40),
            Self::C => (41, 59),
            Self::CPlus => (60, 64),
            Self::BMinus => (65, 69),
            Self::B => (70, 79),
            Self::BPlus => (80, 84),
            Self::AMinus => (85, 89),
            Self::A => (90, 95),
            Self::APlus => (96, 100),
        }
    }
}

/// The grade of a mean SUS score on the curved scale of Sauro & Lewis 2016, “Quantifying the User Experience”. The printed bands leave
/// gaps of 0.1, so the unrounded mean is compared with their lower bounds. Undefined outside 0–100.
pub fn sus_grade(mean: f64) -> Option<Grade> {
    const LOWER_BOUNDS: [(f64, Grade); 10] = [
        (84.1, Grade::APlus),
        (80.8, Grade::A),
        (78.9, Grade::AMinus),
        (77.2, Grade::BPlus),
        (74.1, Grade::B),
        (72.6, Grade::BMinus),
        (71.1, Grade::CPlus),
        (65.0, Grade::C),
        (62.7, Grade::CMinus),
        (51.7, Grade::D),
    ];
    if !(0.0..=100.0).contains(&mean) {
        return None;
    }
    let reached = LOWER_BOUNDS.iter().find(|(bound, _)| *bound <= mean);
    Some(reached.map_or(Grade::F, |(_, grade)| *grade))
}

/// The adjective that people give to a device with about this SUS score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Adjective {
    /// Mean score 12.5.
    WorstImaginable,
    /// Mean score 20.3.
    Awful,
    /// Mean score 35.7.
    Poor,
    /// Mean score 50.9.
    Ok,
    /// Mean score 71.4.
    Good,
    /// Mean score 85.5.
    Excellent,
    /// Mean score 90.9.
    BestImaginable,
}

/// The adjective whose mean is nearest (Bangor, Kortum & Miller 2009, “Determining what individual SUS scores mean”). Those means are
/// anchors, not floors. Halfway between two, the better one. Undefined outside 0–100.
pub fn sus_adjective(mean: f64) -> Option<Adjective> {
    const ANCHORS: [(f64, Adjective); 7] = [
        (90.9, Adjective::BestImaginable),
        (85.5, Adjective::Excellent),
        (71.4, Adjective::Good),
        (50.9, Adjective::Ok),
        (35.7, Adjective::Poor),
        (20.3, Adjective::Awful),
        (12.5, Adjective::WorstImaginable),
    ];
    if !(0.0..=100.0).contains(&mean) {
        return None;
    }
    let distance = |anchor: &&(f64, Adjective)| (anchor.0 - mean).abs();
    ANCHORS
        .iter()
        .min_by(|one, other| distance(one).total_cmp(&distance(other)))
        .map(|(_, adjective)| *adjective)
}

/// How acceptable a device with this SUS score is held to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Acceptability {
    /// Below 50.
    NotAcceptable,
    /// From 50 to 70.
    Marginal,
    /// Above 70.
    Acceptable,
}

/// The acceptability range of a mean SUS score (Bangor, Kortum & Miller 2008). Undefined outside 0–100.
pub fn sus_acceptability(mean: f64) -> Option<Acceptability> {
    if !(0.0..=100.0).contains(&mean) {
        None
    } else if mean < 50.0 {
        Some(Acceptability::NotAcceptable)
    } else if mean <= 70.0 {
        Some(Acceptability::Marginal)
    } else {
        Some(Acceptability::Acceptable)
    }
}

/// The SUS scores of a sample, summed up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SusSummary {
    /// How many participants answered.
    pub n: u32,
    /// The mean score.
    pub mean: f64,
    /// The sample standard deviation, from two participants.
    pub standard_deviation: Option<f64>,
    /// The 95 % interval of the mean by Student's t, clipped to 0–100; from two participants.
    pub interval: Option<Interval>,
    /// The grade of the mean.
    pub grade: Grade,
    /// The adjective nearest to the mean.
    pub adjective: Adjective,
    /// How acceptable the mean is.
    pub acceptability: Acceptability,
}

/// The summary of a sample of SUS scores; undefined without one, or with one outside 0–100.
pub fn sus_summary(scores: &[f64]) -> Option<SusSummary> {
    if !scores.iter().all(|score| (0.0..=100.0).contains(score)) {
        return None;
    }
    let mean = mean(scores)?;
    Some(SusSummary {
        n: u32::try_from(scores.len()).ok()?,
        mean,
        standard_deviation: standard_deviation(scores),
        interval: mean_interval(scores).map(|interval| Interval {
            lower: interval.lower.max(0.0),
            upper: interval.upper.min(100.0),
        }),
        grade: sus_grade(mean)?,
        adjective: sus_adjective(mean)?,
        acceptability: sus_acceptability(mean)?,
    })
}

/// A UMUX-Lite score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UmuxLite {
    /// The score itself, 0 to 100.
    pub score: f64,
    /// The SUS score it predicts: 0.65 × score + 22.9 (Lewis, Utesch & Maher 2013).
    pub sus_estimate: f64,
}

/// The score of the two 7-point items “meets my requirements” and “easy to use”: (i1 + i2 − 2) × 100 / 12 (Lewis, Utesch & Maher 2013,
/// “UMUX-LITE: when there's no time for the SUS”). Undefined unless both are from 1 to 7.
pub fn umux_lite(meets_requirements: u8, easy_to_use: u8) -> Option<UmuxLite> {
    let valid = |answer: u8| (1..=7).contains(&answer);
    if !valid(meets_requirements) || !valid(easy_to_use) {
        return None;
    }
    let score = f64::from(meets_requirements + easy_to_use - 2) * 100.0 / 12.0;
    Some(UmuxLite {
        score,
        sus_estimate: 0.65 * score + 22.9,
    })
}

/// Why a NASA-TLX record has no workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlxProblem {
    /// A rating is not from 0 to 100 in steps of 5.
    Rating {
        /// The rating.
        rating: u8,
    },
    /// A weight is above 5: each subscale takes part in five comparisons.
    Weight {
        /// The weight.
        weight: u8,
    },
    /// The weights do not add up to the 15 comparisons.
    WeightSum {
        /// Their sum.
        sum: u16,
    },
}

/// The unweighted workload: the mean of the six ratings (“raw TLX”, Hart 2006). The subscales are mental, physical and temporal demand,
/// performance (from good to poor), effort and frustration.
pub fn raw_tlx(ratings: [u8; 6]) -> Result<f64, TlxProblem> {
    check_ratings(ratings)?;
    Ok(ratings.iter().copied().map(f64::from).sum::<f64>() / 6.0)
}

/// The weighted workload: Σ weight × rating / 15 (Hart & Staveland 1988, NASA-TLX manual).
pub fn nasa_tlx(ratings: [u8; 6], weights: [u8; 6]) -> Result<f64, TlxProblem> {
    check_ratings(ratings)?;
    if let Some(weight) = weights.into_iter().find(|weight| 5 < *weight) {
        return Err(TlxProblem::Weight { weight });
    }
    let sum = weights.iter().copied().map(u16::from).sum();
    if sum != 15 {
        return Err(TlxProblem::WeightSum { sum });
    }
    let products = ratings.into_iter().zip(weights);
    let total: u32 = products.map(|(r, w)| u32::from(r) * u32::from(w)).sum();
    Ok(f64::from(total) / 15.0)
}

fn check_ratings(ratings: [u8; 6]) -> Result<(), TlxProblem> {
    match ratings.into_iter().find(|r| 100 < *r || r % 5 != 0) {
        Some(rating) => Err(TlxProblem::Rating { rating }),
        None => Ok(()),
    }
}

/// A net promoter score with its counts, which a small panel must show too.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nps {
    /// Who answered 9 or 10.
    pub promoters: u32,
    /// Who answered 7 or 8.
    pub passives: u32,
    /// Who answered 0 to 6.
    pub detractors: u32,
    /// The share of promoters minus that of detractors, −100 to 100.
    pub score: f64,
    /// The half width of its 95 % interval.
    pub margin: f64,
}

/// The score of answers from 0 to 10 (Reichheld 2003), with the margin of a difference of two multinomial shares:
/// z·sqrt((p + d − (p − d)²) / n). Undefined without answers, or with one above 10.
pub fn net_promoter_score(answers: &[u8]) -> Option<Nps> {
    if answers.is_empty() || !answers.iter().all(|answer| *answer <= 10) {
        return None;
    }
    let promoters = answers.iter().filter(|answer| 9 <= **answer).count();
    let detractors = answers.iter().filter(|answer| **answer <= 6).count();
    let n = count(answers.len());
    let (p, d) = (count(promoters) / n, count(detractors) / n);
    let variance = (p + d - (p - d).powi(2)).max(0.0) / n;
    Some(Nps {
        promoters: u32::try_from(promoters).ok()?,
        passives: u32::try_from(answers.len() - promoters - detractors).ok()?,
        detractors: u32::try_from(detractors).ok()?,
        score: defined((p - d) * 100.0)?,
        margin: defined(Z_975 * variance.sqrt() * 100.0)?,
    })
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

    #[test]
    fn sus_scores_are_those_of_the_worked_examples() {
        for (answers, score) in [
            ([5, 4, 2, 1, 2, 3, 2, 4, 5, 2], 55.0), // Brooke 1996
            ([3, 3, 3, 3, 3, 3, 3, 3, 3, 3], 50.0),
            ([5, 5, 5, 5, 5, 5, 5, 5, 5, 5], 50.0),
            ([5, 1, 5, 1, 5, 1, 5, 1, 5, 1], 100.0),
            ([1, 5, 1, 5, 1, 5, 1, 5, 1, 5], 0.0),
            ([4, 2, 4, 2, 4, 2, 4, 2, 4, 2], 75.0),
            ([4, 1, 5, 2, 4, 2, 5, 1, 4, 2], 85.0),
        ] {
            assert_eq!(sus(&answers), Ok(score), "{answers:?}");
        }
    }

    #[test]
    fn a_missing_or_impossible_sus_answer_is_refused_and_named() {
        assert_eq!(sus(&[3; 9]), Err(SusProblem::NotTenAnswers { found: 9 }));
        assert_eq!(sus(&[3; 11]), Err(SusProblem::NotTenAnswers { found: 11 }));
        let mut answers = [3; 10];
        answers[6] = 6;
        assert_eq!(
            sus(&answers),
            Err(SusProblem::OutOfRange { item: 7, answer: 6 })
        );
        answers[6] = 0;
        assert_eq!(
            sus(&answers),
            Err(SusProblem::OutOfRange { item: 7, answer: 0 })
        );
    }

    #[test]
    fn eight_users_have_the_computed_mean_spread_interval_and_grade() {
        let scores = [90.0, 85.0, 77.5, 82.5, 75.0, 92.5, 67.5, 80.0];
        let summary = sus_summary(&scores).unwrap();
        assert_eq!(summary.n, 8);
        near(summary.mean, 81.25, 1e-12);
        near(summary.standard_deviation.unwrap(), 8.1284, 5e-5);
        let interval = summary.interval.unwrap();
        near(interval.lower, 74.454, 5e-4);
        near(interval.upper, 88.046, 5e-4);
        assert_eq!(summary.grade, Grade::A);
        assert_eq!(summary.adjective, Adjective::Excellent);
        assert_eq!(summary.acceptability, Acceptability::Acceptable);
    }

    #[test]
    fn one_user_has_a_mean_but_no_spread_and_none_has_nothing() {
        let summary = sus_summary(&[70.0]).unwrap();
        assert_eq!((summary.standard_deviation, summary.interval), (None, None));
        assert_eq!(sus_summary(&[]), None);
        assert_eq!(sus_summary(&[101.0]), None);
        assert_eq!(sus_summary(&[f64::NAN]), None);
    }

    #[test]
    fn an_interval_of_sus_scores_stays_on_the_scale() {
        let interval = sus_summary(&[100.0, 80.0]).unwrap().interval.unwrap();
        assert_eq!((interval.lower, interval.upper), (0.0, 100.0));
    }

    #[test]
    fn grades_begin_at_their_lower_bounds_and_reach_to_the_next() {
        for (mean, grade) in [
            (100.0, Grade::APlus),
            (84.1, Grade::APlus),
            (84.05, Grade::A),
            (80.8, Grade::A),
            (80.75, Grade::AMinus),
            (78.9, Grade::AMinus),
            (77.2, Grade::BPlus),
            (74.1, Grade::B),
            (72.6, Grade::BMinus),
            (71.1, Grade::CPlus),
            (71.05, Grade::C),
            (65.0, Grade::C),
            (62.7, Grade::CMinus),
            (51.7, Grade::D),
            (51.65, Grade::F),
            (0.0, Grade::F),
        ] {
            assert_eq!(sus_grade(mean), Some(grade), "{mean}");
        }
        for (mean, percentile) in [(52.0, 15), (68.0, 50), (75.0, 73)] {
            let (first, last) = sus_grade(mean).unwrap().percentiles();
            assert!((first..=last).contains(&percentile), "{mean}");
        }
        for outside in [-0.1, 100.1, f64::NAN] {
            assert_eq!(sus_grade(outside), None);
            assert_eq!(sus_adjective(outside), None);
            assert_eq!(sus_acceptability(outside), None);
        }
    }

    #[test]
    fn adjectives_change_halfway_between_their_means() {
        use Adjective::{Awful, BestImaginable, Excellent, Good, Ok, Poor, WorstImaginable};
        for (cut, below, above) in [
            (16.4, WorstImaginable, Awful),
            (28.0, Awful, Poor),
            (43.3, Poor, Ok),
            (61.15, Ok, Good),
            (78.45, Good, Excellent),
            (88.2, Excellent, BestImaginable),
        ] {
            assert_eq!(sus_adjective(cut - 0.01), Some(below), "{cut}");
            assert_eq!(sus_adjective(cut + 0.01), Some(above), "{cut}");
        }
    }

    #[test]
    fn acceptability_is_marginal_from_50_to_70() {
        for (mean, expected) in [
            (49.9, Acceptability::NotAcceptable),
            (50.0, Acceptability::Marginal),
            (70.0, Acceptability::Marginal),
            (70.1, Acceptability::Acceptable),
        ] {
            assert_eq!(sus_acceptability(mean), Some(expected), "{mean}");
        }
    }

    #[test]
    fn umux_lite_scores_and_sus_estimates_are_those_printed() {
        for (one, two, score, estimate) in [
            (7, 7, 100.0, 87.9),
            (6, 6, 83.33, 77.07),
            (6, 5, 75.0, 71.65),
            (4, 4, 50.0, 55.4),
            (1, 1, 0.0, 22.9),
        ] {
            let found = umux_lite(one, two).unwrap();
            near(found.score, score, 5e-3);
            near(found.sus_estimate, estimate, 5e-3);
        }
        assert_eq!(umux_lite(0, 4), None);
        assert_eq!(umux_lite(4, 8), None);
    }

    #[test]
    fn nasa_tlx_is_that_of_the_manual_and_refuses_impossible_records() {
        let ratings = [30, 15, 60, 40, 30, 40];
        near(nasa_tlx(ratings, [3, 0, 5, 1, 3, 3]).unwrap(), 42.67, 5e-3);
        near(raw_tlx(ratings).unwrap(), 35.83, 5e-3);
        assert_eq!(
            nasa_tlx(ratings, [3, 0, 5, 1, 3, 2]),
            Err(TlxProblem::WeightSum { sum: 14 })
        );
        assert_eq!(
            nasa_tlx(ratings, [3, 0, 6, 1, 3, 2]),
            Err(TlxProblem::Weight { weight: 6 })
        );
        for rating in [33, 105] {
            assert_eq!(
                raw_tlx([30, 15, rating, 40, 30, 40]),
                Err(TlxProblem::Rating { rating })
            );
        }
    }

    #[test]
    fn a_net_promoter_score_shows_its_counts_and_its_margin() {
        let mut answers = vec![9; 20];
        answers.extend([10; 25]);
        answers.extend([7; 15]);
        answers.extend([8; 25]);
        answers.extend([6; 10]);
        answers.extend([0; 5]);
        let nps = net_promoter_score(&answers).unwrap();
        assert_eq!((nps.promoters, nps.passives, nps.detractors), (45, 40, 15));
        near(nps.score, 30.0, 1e-9);
        near(nps.margin, 14.0, 0.05);
        assert_eq!(net_promoter_score(&[]), None);
        assert_eq!(net_promoter_score(&[11]), None);
    }

    proptest! {
        #[test]
        fn every_full_answer_has_a_score_on_the_scale_in_steps_of_two_and_a_half(
            answers in proptest::collection::vec(1..=5_u8, 10),
        ) {
            let score = sus(&answers).unwrap();
            prop_assert!((0.0..=100.0).contains(&score));
            prop_assert!((score / 2.5).fract() == 0.0);
            prop_assert!(sus_summary(&[score]).is_some());
        }
    }
}
