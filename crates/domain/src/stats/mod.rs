//! Formulas of usability and agreement, each with the source it was taken from and published figures in its tests.
//!
//! All of them are total: where a figure is not defined the answer is `None` or a reason, never NaN and never a panic. Their results
//! are shown, never stored: events hold what was observed.

mod agreement;
mod descriptive;
mod intervals;
mod scales;
mod special;

pub use agreement::{
    Alpha, FleissKappa, Kappa, Weights, agreement_word, cronbach_alpha, fleiss_kappa, kappa,
    rating_table,
};
pub use descriptive::{
    Quartiles, Times, geometric_mean, mean, median, quartiles, standard_deviation, time_on_task,
    top_two_box,
};
pub use intervals::{
    CompletionRate, Interval, adjusted_wald, clopper_pearson, completion_rate, discovery_chance,
    mean_interval, participants_needed, upper_bound_when_none, wilson,
};
pub use scales::{
    Acceptability, Adjective, Grade, Nps, SusProblem, SusSummary, TlxProblem, UmuxLite, nasa_tlx,
    net_promoter_score, raw_tlx, sus, sus_acceptability, sus_adjective, sus_grade, sus_summary,
    umux_lite,
};

/// How many, as a number to calculate with; more than four thousand million do not occur.
fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

/// The value, unless it overflowed or is not defined.
fn defined(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}
