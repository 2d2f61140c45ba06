//! Erlang waiting times: what a chain of equal stages gives.

/// Distribution function of the time through `stages` stages of `mean / stages` each:
/// `1 - exp(-x) Σ_(j < stages) x^j / j!` with `x = stages · t / mean`.
#[must_use]
pub fn erlang_cdf(t: f64, mean: f64, stages: u32) -> f64 {
    if t <= 0.0 {
        return 0.0;
    }
    let x = f64::from(stages) * t / mean;
    let (mut term, mut sum) = (1.0, 1.0);
    for j in 1..stages {
        term *= x / f64::from(j);
        sum += term;
    }
    1.0 - (-x).exp() * sum
}

/// Mean and standard deviation of that time: the latter is `mean / √stages`.
#[must_use]
pub fn erlang_mean_sd(mean: f64, stages: u32) -> (f64, f64) {
    (mean, mean / f64::from(stages).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_stage_is_exponential_and_moments_agree_with_the_distribution() {
        assert!((erlang_cdf(2.0, 4.0, 1) - (1.0 - (-0.5_f64).exp())).abs() < 1e-12);
        let (mean, sd) = erlang_mean_sd(4.5, 3);
        // E[T] = ∫ (1 - F), E[T²] = ∫ 2 t (1 - F), by the midpoint rule: error below 1e-5.
        let step = 0.01;
        let (mut first, mut second) = (0.0, 0.0);
        for i in 0..10_000 {
            let t = (f64::from(i) + 0.5) * step;
            let left = 1.0 - erlang_cdf(t, 4.5, 3);
            first += left * step;
            second += 2.0 * t * left * step;
        }
        assert!((first - mean).abs() < 1e-4 && ((second - first * first).sqrt() - sd).abs() < 1e-4);
    }
}
