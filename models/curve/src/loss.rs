//! The loss of waves and case-fatality ratio over the observed weeks, with its gradient.

use crate::deaths::Lag;
use crate::family::{Prepared, Shape};
use crate::params::{self, Belief, HEAD, PER_WAVE};
use crate::weeks::Weeks;

/// Nodes and weights of Gauss–Legendre quadrature over a week, in weeks (Abramowitz & Stegun 25.4.30, n = 3).
const NODES: [(f64, f64); 3] =
    [(0.112_701_665_379_258_3, 5.0 / 18.0), (0.5, 8.0 / 18.0), (0.887_298_334_620_741_7, 5.0 / 18.0)];

/// Standard deviation of `ln(a₂/a₁)` about its mean.
const SKEW_SD: f64 = 0.4;
/// Mean of `ln(a₂/a₁)`: declines have been slower than rises.
const SKEW_MEAN: f64 = 0.25;
/// Softness of the upper bound on cases, as a standard deviation of their logarithm.
const CAP_SD: f64 = 0.1;

/// The loss over weeks `from..to`: negative binomial deviance of cases and deaths, plus priors.
pub(crate) struct Loss<'a> {
    pub(crate) weeks: &'a Weeks,
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// Expected cases a week from waves that are over, one a week of `from..to`.
    pub(crate) frozen: Vec<f64>,
    /// Cases in those waves.
    pub(crate) frozen_size: f64,
    pub(crate) belief: Belief,
    /// Size parameter of the negative binomial for weekly cases: variance `m + m²/size`.
    pub(crate) size: f64,
    /// The same for weekly deaths.
    pub(crate) deaths_size: f64,
    /// Most cases that the place can report, where its population is known.
    pub(crate) cap: Option<f64>,
    pub(crate) lag: &'a Lag,
}

/// Cases of a wave of size 1 in week `week`, counted from the first whole week.
pub(crate) fn week_share(shape: Shape, week: usize) -> f64 {
    let wave = Prepared::new(shape);
    NODES.iter().map(|(x, w)| 7.0 * w * wave.density(7.0 * (week as f64 + x)).0).sum()
}

/// Deviance of a count against its mean up to a constant, and the derivative by the mean.
fn deviance(y: f64, m: f64, size: f64) -> (f64, f64) {
    let m = m.max(1e-9);
    (
        (size + y) * ((size + m) / (size + y)).ln() - if y > 0.0 { y * (m / y).ln() } else { 0.0 },
        (size + y) / (size + m) - y / m,
    )
}

impl Loss<'_> {
    /// Value and gradient in the scaled coordinates of [`Belief`].
    pub(crate) fn evaluate(&self, scaled: &[f64]) -> (f64, Vec<f64>) {
        let params = self.belief.to_params(scaled);
        let (n, width) = (self.to - self.from, params.len());
        let mut mean = self.frozen.clone();
        let mut by = vec![0.0; n * width];
        let floor = params[0].exp();
        for i in 0..n {
            mean[i] += 7.0 * floor;
            by[i * width] = 7.0 * floor;
        }
        for k in 0..params::count(&params) {
            self.add_wave(&params, k, &mut mean, &mut by);
        }
        let mut value = 0.0;
        let mut by_mean = vec![0.0; n];
        for i in 0..n {
            let week = self.from + i;
            let (d, slope) = deviance(self.weeks.cases[week], mean[i], self.size);
            value += self.weeks.weight[week] * d;
            by_mean[i] = self.weeks.weight[week] * slope;
        }
        let mut gradient = vec![0.0; width];
        value += self.add_deaths(&params, &mean, &mut by_mean, &mut gradient);
        for i in 0..n {
            for (g, b) in gradient.iter_mut().zip(&by[i * width..(i + 1) * width]) {
                *g += by_mean[i] * b;
            }
        }
        value += self.add_bounds(&params, &mut gradient);
        for ((g, u), sd) in gradient.iter_mut().zip(scaled).zip(&self.belief.sd) {
            value += 0.5 * u * u;
            *g = *g * sd + u;
        }
        (value, gradient)
    }

    fn add_wave(&self, params: &[f64], k: usize, mean: &mut [f64], by: &mut [f64]) {
        let wave = params::wave(params, k);
        let prepared = Prepared::new(wave.shape);
        let by_logit = params::beta(params[HEAD + k * PER_WAVE + 4]).1;
        let width = params.len();
        for i in 0..mean.len() {
            let row = &mut by[i * width + HEAD + k * PER_WAVE..][..PER_WAVE];
            for (x, w) in NODES {
                let (f, g) = prepared.density(7.0 * ((self.from + i) as f64 + x));
                let scale = 7.0 * w * wave.size;
                mean[i] += scale * f;
                row[0] += scale * f;
                row[1] += scale * g.centre;
                row[2] += scale * g.log_rise;
                row[3] += scale * g.log_fall;
                row[4] += scale * g.beta * by_logit;
            }
        }
    }

    /// Deaths are lagged cases times the case-fatality ratio; cases before the window are the reported ones.
    fn add_deaths(&self, params: &[f64], mean: &[f64], by_mean: &mut [f64], gradient: &mut [f64]) -> f64 {
        let mut value = 0.0;
        for i in 0..mean.len() {
            let week = self.from + i;
            let back = i as f64 - (mean.len() - 1) as f64;
            let ratio = (params[1] + params[2] * back).exp();
            let lagged =
                self.lag.weekly(week, |w| if w >= self.from { mean[w - self.from] } else { self.weeks.cases[w] });
            let (d, slope) = deviance(self.weeks.deaths[week], ratio * lagged, self.deaths_size);
            value += d;
            gradient[1] += slope * ratio * lagged;
            gradient[2] += slope * ratio * lagged * back;
            for (j, p) in self.lag.weights().iter().enumerate().take(i + 1) {
                by_mean[i - j] += slope * ratio * p;
            }
        }
        value
    }

    fn add_bounds(&self, params: &[f64], gradient: &mut [f64]) -> f64 {
        let mut value = 0.0;
        let waves = params::count(params);
        for k in 0..waves {
            let at = HEAD + k * PER_WAVE;
            let skew = (params[at + 3] - params[at + 2] - SKEW_MEAN) / SKEW_SD;
            value += 0.5 * skew * skew;
            gradient[at + 3] += skew / SKEW_SD;
            gradient[at + 2] -= skew / SKEW_SD;
        }
        let total: f64 = self.frozen_size + (0..waves).map(|k| params[HEAD + k * PER_WAVE].exp()).sum::<f64>();
        if let Some(cap) = self.cap.filter(|cap| total > *cap) {
            let over = (total / cap).ln() / CAP_SD;
            value += 0.5 * over * over;
            for k in 0..waves {
                gradient[HEAD + k * PER_WAVE] += over / CAP_SD * params[HEAD + k * PER_WAVE].exp() / total;
            }
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weeks() -> Weeks {
        let cases: Vec<f64> = (0..16).map(|w| 40.0 + 300.0 * (-((f64::from(w) - 11.0) / 4.0).powi(2)).exp()).collect();
        let deaths: Vec<f64> = cases.iter().map(|c| (c * 0.02).round()).collect();
        let mut weight = vec![1.0; 16];
        weight[9] = 0.4;
        Weeks {
            cases,
            deaths,
            weight,
            expected: None,
            region_cases: vec![],
            region_deaths: vec![],
            waned: 0.0,
            population: None,
        }
    }

    #[test]
    fn gradient_matches_finite_differences() {
        let (weeks, lag) = (weeks(), Lag::new(&countycast_engine::Epidemiology::default()));
        let mean = vec![0.5, -4.0, 0.01, 6.0, 60.0, 2.9, 3.2, -0.9, 7.0, 95.0, 3.0, 3.5, -0.2];
        for cap in [None, Some(1_000.0)] {
            let loss = Loss {
                weeks: &weeks,
                from: 3,
                to: 15,
                frozen: vec![4.0; 12],
                frozen_size: 80.0,
                belief: Belief { sd: mean.iter().map(|m: &f64| 0.1 + m.abs() / 10.0).collect(), mean: mean.clone() },
                size: 20.0,
                deaths_size: 8.0,
                cap,
                lag: &lag,
            };
            let at: Vec<f64> = (0..mean.len()).map(|i| 0.3 * (i as f64).sin()).collect();
            let (_, gradient) = loss.evaluate(&at);
            for i in 0..at.len() {
                let value = |h: f64| {
                    let mut moved = at.clone();
                    moved[i] += h;
                    loss.evaluate(&moved).0
                };
                let h = 1e-3;
                let numeric = (value(-2.0 * h) - 8.0 * value(-h) + 8.0 * value(h) - value(2.0 * h)) / (12.0 * h);
                let off = (gradient[i] - numeric).abs();
                assert!(off < 1e-7 * (1.0 + numeric.abs()), "number {i}: {} and {numeric}", gradient[i]);
            }
        }
    }

    #[test]
    fn a_week_of_quadrature_is_the_difference_of_the_cdf() {
        // The quadrature is loosest where the peak is a cusp in the middle of a week.
        for (beta, tolerance) in [(1.2, 3e-3), (2.0, 1e-4), (4.0, 1e-3)] {
            let shape = Shape { centre: 38.5, rise: 15.0, fall: 20.0, beta };
            for week in 0..12 {
                let exact = shape.cdf(7.0 * week as f64 + 7.0) - shape.cdf(7.0 * week as f64);
                assert!((week_share(shape, week) - exact).abs() < tolerance, "β {beta}, week {week}: {exact}");
            }
        }
    }
}
