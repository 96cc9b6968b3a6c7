//! Quantiles of the beta, t and F distributions, from the regularized incomplete beta function.

/// The quantile 0.975 of the normal distribution: 95 % lie within it on both sides.
pub(super) const Z_975: f64 = 1.959_963_984_540_054;

/// The regularized incomplete beta function `I_x(a, b)` for a, b > 0 and x in \[0, 1\], by the continued fraction DLMF 8.17.22, which
/// converges fast left of (a+1)/(a+b+2); right of it the mirror image is taken (DLMF 8.17.4).
pub(super) fn beta_regularized(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if 1.0 <= x {
        return 1.0;
    }
    let ln_beta = libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b);
    let front = (a * x.ln() + b * (-x).ln_1p() - ln_beta).exp();
    if x < (a + 1.0) / (a + b + 2.0) {
        front * fraction(a, b, x) / a
    } else {
        1.0 - front * fraction(b, a, 1.0 - x) / b
    }
}

/// The continued fraction, by the modified Lentz method (Thompson & Barnett 1986), in at most 500 steps.
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let away_from_zero = |value: f64| if value.abs() < TINY { TINY } else { value };
    // The ratios of numerators and of denominators that follow one another.
    let mut upper = 1.0;
    let mut lower = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut value = lower;
    for step in 1..=500_u32 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for term in [even, odd] {
            lower = 1.0 / away_from_zero(1.0 + term * lower);
            upper = away_from_zero(1.0 + term / upper);
            change = upper * lower;
            value *= change;
        }
        if (change - 1.0).abs() < 1e-15 {
            break;
        }
    }
    value
}

/// The x with `I_x(a, b)` = p, by halving \[0, 1\]: slow, but it always ends and cannot leave the interval.
pub(super) fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if beta_regularized(a, b, middle) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// The quantile of Student's t for p in \[0.5, 1), from t² / (df + t²) ~ Beta(1/2, df/2).
pub(super) fn t_quantile(p: f64, df: f64) -> f64 {
    let x = beta_quantile(2.0 * p - 1.0, 0.5, 0.5 * df);
    (df * x / (1.0 - x)).sqrt()
}

/// The quantile of Fisher's F, from df1·F / (df1·F + df2) ~ Beta(df1/2, df2/2).
pub(super) fn f_quantile(p: f64, df1: f64, df2: f64) -> f64 {
    let x = beta_quantile(p, 0.5 * df1, 0.5 * df2);
    df2 * x / (df1 * (1.0 - x))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quantiles_agree_with_printed_tables() {
        // Two-sided 95 % points of t, as in every textbook's table.
        for (df, t) in [
            (1.0, 12.7062),
            (4.0, 2.7764),
            (7.0, 2.3646),
            (14.0, 2.1448),
            (29.0, 2.0452),
            (1000.0, 1.9623),
        ] {
            assert!((t_quantile(0.975, df) - t).abs() < 5e-5, "{df}");
        }
        // Upper 5 % points of F.
        for (df1, df2, f) in [
            (1.0, 1.0, 161.45),
            (5.0, 10.0, 3.3258),
            (14.0, 126.0, 1.7700),
        ] {
            assert!(
                (f_quantile(0.95, df1, df2) / f - 1.0).abs() < 1e-3,
                "{df1} {df2}"
            );
        }
        // I_x(a, 1) = x^a and I_x(1, b) = 1 - (1-x)^b.
        assert!((beta_regularized(3.0, 1.0, 0.25) - 0.015_625).abs() < 1e-14);
        assert!((beta_regularized(1.0, 4.0, 0.5) - 0.9375).abs() < 1e-14);
    }

    proptest! {
        #[test]
        fn a_beta_quantile_is_where_the_function_takes_the_value(
            p in 0.001..0.999_f64, a in 0.5..400.0_f64, b in 0.5..400.0_f64,
        ) {
            let x = beta_quantile(p, a, b);
            prop_assert!((0.0..=1.0).contains(&x));
            prop_assert!((beta_regularized(a, b, x) - p).abs() < 1e-9);
        }
    }
}
