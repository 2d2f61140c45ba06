//! The shape of one wave: a generalised Gaussian with a scale for the rise and a scale for the fall.
//!
//! The generalised Gaussian (Subbotin 1923; `gennorm` in `SciPy`) has density `β / (2aΓ(1/β)) · exp(−z^β)`,
//! `z = |t−μ|/a`. Here the rise has scale `a₁` and the fall `a₂`, joined at μ so that the density is continuous:
//!
//! ```text
//! f(t) = exp(−z^β) / ((a₁+a₂) Γ(1+1/β)),   z = (μ−t)/a₁ before μ, (t−μ)/a₂ after
//! F(t) = a₁ Q(1/β, z^β) / (a₁+a₂)          before μ
//! F(t) = 1 − a₂ Q(1/β, z^β) / (a₁+a₂)      after μ
//! ```
//!
//! with `Q` the regularised upper incomplete gamma function. β = 2 is Gaussian, β = 1 Laplace.

use statrs::function::gamma::{checked_gamma_ur, digamma, gamma};

/// Position, width and peakedness of a wave. The area under the wave is 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shape {
    /// Day of the peak μ, any finite number.
    pub centre: f64,
    /// Scale of the rise a₁ in days, above 0.
    pub rise: f64,
    /// Scale of the fall a₂ in days, above 0.
    pub fall: f64,
    /// Exponent β, above 0: 1 has a cusp, 2 is Gaussian, larger is flatter on top.
    pub beta: f64,
}

/// Derivatives by the parameters that the search moves.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Gradient {
    /// By the day of the peak, per day.
    pub centre: f64,
    /// By the logarithm of the scale of the rise.
    pub log_rise: f64,
    /// By the logarithm of the scale of the fall.
    pub log_fall: f64,
    /// By the exponent.
    pub beta: f64,
}

/// Constants of a [`Shape`], independent of the day.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Prepared {
    shape: Shape,
    /// `1 / ((a₁+a₂) Γ(1+1/β))`.
    top: f64,
    /// `ψ(1+1/β) / β²`, the derivative of `−ln Γ(1+1/β)` by β.
    turn: f64,
    /// `a₁ / (a₁+a₂)`, the part of the wave before its peak.
    before: f64,
}

impl Shape {
    /// Cumulative share of the wave by the end of day `t`, 0 to 1.
    ///
    /// ```
    /// use countycast_curve::Shape;
    /// let wave = Shape { centre: 10.0, rise: 8.0, fall: 12.0, beta: 2.0 };
    /// assert!((wave.cdf(10.0) - 0.4).abs() < 1e-12, "the rise holds 8 / (8 + 12) of the wave");
    /// ```
    #[must_use]
    pub fn cdf(&self, t: f64) -> f64 {
        let side = self.side(t);
        let outside = self.outside(side);
        if side.falling { 1.0 - outside } else { outside }
    }

    /// Density of the wave on day `t`, per day.
    #[must_use]
    pub fn density(&self, t: f64) -> f64 {
        Prepared::new(*self).density(t).0
    }

    /// Density with its derivatives.
    #[must_use]
    pub fn density_gradient(&self, t: f64) -> (f64, Gradient) {
        Prepared::new(*self).density(t)
    }

    /// Share passed with its derivatives, exact to about 1e-10.
    #[must_use]
    pub fn cdf_gradient(&self, t: f64) -> (f64, Gradient) {
        let side = self.side(t);
        let outside = self.outside(side);
        let density = self.density(t);
        let (own, other) = if side.falling { (self.fall, self.rise) } else { (self.rise, self.fall) };
        let sum = self.rise + self.fall;
        let by_own = outside * other / sum + own * side.z * density;
        let by_other = -outside * other / sum;
        let by_beta = own / sum * upper_by_beta(self.beta, side.z);
        if side.falling {
            let gradient = Gradient { centre: -density, log_rise: -by_other, log_fall: -by_own, beta: -by_beta };
            (1.0 - outside, gradient)
        } else {
            (outside, Gradient { centre: -density, log_rise: by_own, log_fall: by_other, beta: by_beta })
        }
    }

    fn side(&self, t: f64) -> Side {
        if t < self.centre {
            Side { falling: false, z: (self.centre - t) / self.rise }
        } else {
            Side { falling: true, z: (t - self.centre) / self.fall }
        }
    }

    /// The part of the wave that lies farther from the peak than this day, on the same side.
    fn outside(&self, side: Side) -> f64 {
        let own = if side.falling { self.fall } else { self.rise };
        own / (self.rise + self.fall) * upper(self.beta, side.z)
    }
}

#[derive(Debug, Clone, Copy)]
struct Side {
    falling: bool,
    z: f64,
}

impl Prepared {
    pub(crate) fn new(shape: Shape) -> Self {
        let order = 1.0 + 1.0 / shape.beta;
        let sum = shape.rise + shape.fall;
        Self {
            shape,
            top: 1.0 / (sum * gamma(order)),
            turn: digamma(order) / (shape.beta * shape.beta),
            before: shape.rise / sum,
        }
    }

    pub(crate) fn density(&self, t: f64) -> (f64, Gradient) {
        let shape = &self.shape;
        let side = shape.side(t);
        // Below the smallest distance the power is 0 and its logarithm would not be finite.
        if side.z < 1e-12 {
            let gradient = Gradient {
                centre: 0.0,
                log_rise: -self.top * self.before,
                log_fall: -self.top * (1.0 - self.before),
                beta: self.top * self.turn,
            };
            return (self.top, gradient);
        }
        let log_z = side.z.ln();
        let power = (shape.beta * log_z).exp();
        let f = self.top * (-power).exp();
        let slope = shape.beta * power;
        let own = if side.falling { shape.fall } else { shape.rise };
        let toward = if side.falling { 1.0 } else { -1.0 };
        let gradient = Gradient {
            centre: f * toward * slope / (side.z * own),
            log_rise: f * (if side.falling { 0.0 } else { slope } - self.before),
            log_fall: f * (if side.falling { slope } else { 0.0 } - (1.0 - self.before)),
            beta: f * (self.turn - power * log_z),
        };
        (f, gradient)
    }
}

/// `Q(1/β, z^β)`.
fn upper(beta: f64, z: f64) -> f64 {
    let x = z.powf(beta);
    if x <= 0.0 {
        1.0
    } else if x > 700.0 {
        0.0
    } else {
        checked_gamma_ur(1.0 / beta, x).unwrap_or(0.0)
    }
}

/// Terms past this argument of the incomplete gamma function are summed from the tail, not from the series.
const SERIES_END: f64 = 9.0;
/// Panels of Simpson's rule over the tail; its error is then below 1e-12.
const TAIL_PANELS: usize = 2_000;

/// Derivative of `Q(1/β, z^β)` by β at fixed z.
///
/// `1 − Q = ∫₀ᶻ exp(−u^β) du / Γ(1+1/β)`. Near the peak the integral is the alternating series
/// `Σ (−1)ᵏ z^(βk+1) / (k!(βk+1))`, differentiated term by term; in the tail its complement is integrated after the
/// substitution `w = u^β`, where the integrand is smooth.
fn upper_by_beta(beta: f64, z: f64) -> f64 {
    if z <= 0.0 {
        return 0.0;
    }
    let order = 1.0 + 1.0 / beta;
    let turn = digamma(order) / (beta * beta);
    let (x, log_z) = (z.powf(beta), z.ln());
    if x < SERIES_END {
        let (mut term, mut value, mut slope) = (z, z, 0.0);
        for k in 1..200_u32 {
            let k = f64::from(k);
            term *= -x / k;
            let d = beta * k + 1.0;
            value += term / d;
            slope += term * k * (log_z / d - 1.0 / (d * d));
            if term.abs() < 1e-18 {
                break;
            }
        }
        -(value * turn + slope) / gamma(order)
    } else {
        let s = 1.0 / beta;
        let h = 40.0 / TAIL_PANELS as f64;
        let tail: f64 = (0..=TAIL_PANELS)
            .map(|i| {
                let w = x + h * i as f64;
                let weight = if i == 0 || i == TAIL_PANELS { 1.0 } else { f64::from(2 + 2 * (i as u32 % 2)) };
                weight * (-w).exp() * w.powf(s) * w.ln()
            })
            .sum();
        upper(beta, z) * turn - s * s * tail * h / 3.0 / gamma(order)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::function::erf::erf;

    const BETAS: [f64; 5] = [1.2, 1.7, 2.0, 2.6, 4.0];
    const DAYS: [f64; 9] = [-31.0, -12.5, -3.0, 4.9, 5.1, 9.0, 17.0, 26.0, 40.0];

    fn wave(beta: f64) -> Shape {
        Shape { centre: 5.0, rise: 9.0, fall: 14.0, beta }
    }

    #[test]
    fn closed_forms_of_gauss_and_laplace() {
        for t in DAYS {
            let gauss = Shape { centre: 1.0, rise: 7.0, fall: 7.0, beta: 2.0 };
            assert!((gauss.cdf(t) - 0.5 * (1.0 + erf((t - 1.0) / 7.0))).abs() < 1e-10, "day {t}");
            let (_, g) = gauss.cdf_gradient(t);
            let density = (-((t - 1.0) / 7.0).powi(2)).exp() / (7.0 * std::f64::consts::PI.sqrt());
            assert!((g.centre + density).abs() < 1e-12, "day {t}");
            assert!((g.log_rise + g.log_fall + (t - 1.0) * density).abs() < 1e-10, "both scales together, day {t}");
            let laplace = Shape { beta: 1.0, ..gauss };
            let tail = 0.5 * (-((t - 1.0) / 7.0).abs()).exp();
            let expected = if t < 1.0 { tail } else { 1.0 - tail };
            assert!((laplace.cdf(t) - expected).abs() < 1e-12, "day {t}");
        }
    }

    #[test]
    fn starts_at_nothing_and_ends_at_everything() {
        for beta in BETAS {
            assert!(wave(beta).cdf(-1e6).abs() < 1e-15);
            assert!((wave(beta).cdf(1e6) - 1.0).abs() < 1e-15);
        }
    }

    /// Five-point differences: their error at this step is below 1e-10 for the CDF and the density.
    fn difference(f: impl Fn(f64) -> f64) -> f64 {
        let h = 2e-3;
        (f(-2.0 * h) - 8.0 * f(-h) + 8.0 * f(h) - f(2.0 * h)) / (12.0 * h)
    }

    #[test]
    fn gradients_match_finite_differences() {
        for beta in BETAS {
            let shape = wave(beta);
            for t in DAYS {
                for which in ["cdf", "density"] {
                    let value = |s: Shape| if which == "cdf" { s.cdf(t) } else { s.density(t) };
                    let (f, g) = if which == "cdf" { shape.cdf_gradient(t) } else { shape.density_gradient(t) };
                    assert!((f - value(shape)).abs() < 1e-12);
                    let checks = [
                        (g.centre, difference(|h| value(Shape { centre: 5.0 + h, ..shape })), "centre"),
                        (g.log_rise, difference(|h| value(Shape { rise: 9.0 * h.exp(), ..shape })), "rise"),
                        (g.log_fall, difference(|h| value(Shape { fall: 14.0 * h.exp(), ..shape })), "fall"),
                        (g.beta, difference(|h| value(Shape { beta: beta + h, ..shape })), "beta"),
                    ];
                    for (exact, numeric, name) in checks {
                        assert!(
                            (exact - numeric).abs() < 1e-8,
                            "{which} by {name}, β {beta}, t {t}: {exact} {numeric}"
                        );
                    }
                }
            }
        }
    }
}
