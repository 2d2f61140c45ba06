//! A place's past projection errors relative to their assumed variance.

/// Past weeks used as origins.
const ORIGINS: usize = 8;
/// Horizons scored from each, weeks.
const WEEKS: usize = 4;
/// Days before an origin that an expectation needs.
const LEAST_DAYS: usize = 14;
/// Weight of an error: errors overlap in time, so each carries about half the information of an independent one.
const INFORMATION: f64 = 0.5;
/// Upper limit on a squared error, in variances, so that a single dump does not widen everything.
const MAX_SQUARE: f64 = 9.0;
/// Offset of weekly counts before taking logarithms, for zeros.
const LOG_OFFSET: f64 = 1.0;

/// The variances that an engine assumes for weekly counts, and their weight relative to a place's own errors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Widths {
    /// Relative variance of a large week.
    pub week_variance: f64,
    /// Variance over mean of a small week beyond Poisson.
    pub week_dispersion: f64,
    /// Variance of a week's step of the log level.
    pub drift_variance: f64,
    /// Weight of these widths, in errors, above 0.
    pub prior_errors: f64,
}

impl Widths {
    /// Variance of the noise of one week's count around `expected`, relative to its square, beyond the Poisson one.
    #[must_use]
    pub fn of_week(&self, expected: f64) -> f64 {
        // The offset of ten keeps the dispersion of places with a case or two a week finite.
        self.week_variance + self.week_dispersion / (expected + 10.0)
    }

    /// Factor on all variances of a place: its own past squared errors relative to the assumed variance, shrunk toward
    /// 1.
    ///
    /// `cleaned` are its daily counts; `expected(end, days)` are the counts that would have been projected for the
    /// `days` days after the first `end` days from those alone.
    pub fn variance_factor(&self, cleaned: &[f64], expected: impl Fn(usize, usize) -> Vec<f64>) -> f64 {
        let (mut squares, mut errors) = (self.prior_errors, self.prior_errors);
        for back in 1..=ORIGINS {
            let Some(end) = cleaned.len().checked_sub(7 * back).filter(|end| *end >= LEAST_DAYS) else { break };
            let days = expected(end, 7 * back.min(WEEKS));
            for (week, (expected, came)) in days.chunks_exact(7).zip(cleaned[end..].chunks_exact(7)).enumerate() {
                let (expected, came) = (expected.iter().sum::<f64>(), came.iter().sum::<f64>());
                if expected < LOG_OFFSET && came < LOG_OFFSET {
                    continue; // nothing expected, nothing came: no word on how wide noise is
                }
                let error = ((came + LOG_OFFSET) / (expected + LOG_OFFSET)).ln();
                let variance =
                    1.0 / (expected + LOG_OFFSET) + self.of_week(expected) + self.drift_variance * (week + 1) as f64;
                squares += INFORMATION * (error * error / variance).min(MAX_SQUARE);
                errors += INFORMATION;
            }
        }
        squares / errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDTHS: Widths =
        Widths { week_variance: 0.02, week_dispersion: 6.0, drift_variance: 0.08, prior_errors: 10.0 };

    #[test]
    fn a_place_that_does_as_expected_narrows_and_one_that_does_not_widens() {
        let flat = |_: usize, days: usize| vec![100.0; days];
        let calm = WIDTHS.variance_factor(&[100.0; 90], flat);
        let wild: Vec<f64> = (0..90).map(|day| if day / 7 % 2 == 0 { 10.0 } else { 400.0 }).collect();
        // 26 errors of weight a half beside ten of the prior: 10 / 23 where all are 0, nine at most where all are huge.
        assert!((calm - 10.0 / 23.0).abs() < 1e-12, "{calm}");
        assert!((1.5..9.0).contains(&WIDTHS.variance_factor(&wild, flat)));
    }

    #[test]
    fn silence_and_short_histories_say_nothing() {
        assert_eq!(WIDTHS.variance_factor(&[0.0; 90], |_, days| vec![0.0; days]), 1.0);
        assert_eq!(WIDTHS.variance_factor(&[50.0; 20], |_, _| unreachable!("there is no origin")), 1.0);
    }
}
