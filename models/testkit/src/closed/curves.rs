//! Distribution functions that epidemic curves are made of.

use statrs::function::erf::erf;

/// Gaussian distribution function: `(1 + erf((t - μ) / (σ √2))) / 2`.
///
/// The generalised Gaussian of scale α and shape β = 2 is this with `σ = α / √2`.
#[must_use]
pub fn gaussian_cdf(t: f64, mean: f64, sd: f64) -> f64 {
    f64::midpoint(1.0, erf((t - mean) / (sd * std::f64::consts::SQRT_2)))
}

/// Laplace distribution function: `exp(z) / 2` below the mean, `1 - exp(-z) / 2` above, `z = |t - μ| / scale`.
///
/// The generalised Gaussian of shape β = 1.
#[must_use]
pub fn laplace_cdf(t: f64, mean: f64, scale: f64) -> f64 {
    let tail = (-((t - mean) / scale).abs()).exp() / 2.0;
    if t < mean { tail } else { 1.0 - tail }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        assert!((gaussian_cdf(1.959_963_985, 0.0, 1.0) - 0.975).abs() < 1e-9);
        assert!((gaussian_cdf(-4.0, 6.0, 10.0) - 0.158_655_254).abs() < 1e-8);
        assert_eq!(laplace_cdf(3.0, 3.0, 2.0), 0.5);
        assert!((laplace_cdf(3.0 + 2.0 * 2.0_f64.ln(), 3.0, 2.0) - 0.75).abs() < 1e-12);
        assert!((laplace_cdf(3.0 - 2.0 * 2.0_f64.ln(), 3.0, 2.0) - 0.25).abs() < 1e-12);
    }
}
