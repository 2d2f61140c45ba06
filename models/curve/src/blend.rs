//! From a fitted curve to a median path: weights of the curve, the region and the last week.

use crate::fit::Fit;
use crate::settings::Pulls;
use crate::weeks::Weeks;

/// Largest plausible change of the curve over the horizon, in logarithms either way.
const MOST_CHANGE: f64 = 1.5;

/// Largest plausible log growth from one week to the next: beyond it a dump or a gap is more likely.
const MOST_GROWTH: f64 = 1.0;
/// Largest plausible log ratio of the region's incidence to a place's own.
const MOST_GAP: f64 = 4.0;

/// Offset of counts before taking logarithms, for zeros.
pub(crate) const HALF: f64 = 0.5;

/// Predictors at the end of a week for the weeks after it, in logarithms of weekly cases.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlook {
    /// Logarithm of last week's cases plus a half.
    pub level: f64,
    /// The curve's growth from last week to 1, 2, … weeks ahead.
    pub curve_growth: Vec<f64>,
    /// Cases at the region's incidence over the reported ones; 0 without region.
    pub region_level: f64,
    /// Growth of the region's cases over the last week; 0 without region.
    pub region_growth: f64,
    /// Growth of the reported cases over the last week.
    pub own_growth: f64,
}

impl Outlook {
    /// At the end of `seen` weeks (at least 2), for `ahead` weeks.
    pub(crate) fn new(weeks: &Weeks, fit: &Fit, seen: usize, ahead: usize) -> Self {
        let log = |cases: f64| (cases + HALF).ln();
        // Small counts carry little information on growth: a few cases are added to both weeks.
        let growth = |cases: &[f64], add: f64| {
            ((cases[seen - 1] + add) / (cases[seen - 2] + add)).ln().clamp(-MOST_GROWTH, MOST_GROWTH)
        };
        let level = log(weeks.cases[seen - 1]);
        let last = log(fit.week(seen - 1));
        Self {
            level,
            curve_growth: (0..ahead)
                .map(|h| (log(fit.week(seen + h)) - last).clamp(-MOST_CHANGE, MOST_CHANGE))
                .collect(),
            region_level: weeks
                .expected
                .as_ref()
                .map_or(0.0, |e| (log(e[seen - 1]) - level).clamp(-MOST_GAP, MOST_GAP)),
            region_growth: if weeks.region_cases.is_empty() { 0.0 } else { growth(&weeks.region_cases, 20.0) },
            own_growth: growth(&weeks.cases, 3.0),
        }
    }

    /// Median of the logarithm of weekly cases `1, 2, …` weeks ahead, with the curve's part multiplied by `trust`.
    pub(crate) fn median(&self, pulls: &Pulls, trust: f64) -> Vec<f64> {
        (0..self.curve_growth.len()).map(|h| self.without_curve(pulls, h) + trust * self.curve_part(pulls, h)).collect()
    }

    /// The median `h + 1` weeks ahead without the curve's term.
    pub(crate) fn without_curve(&self, pulls: &Pulls, h: usize) -> f64 {
        self.level
            + at(pulls.region_level, h) * self.region_level
            + at(pulls.region_growth, h) * self.region_growth
            + at(pulls.own_growth, h) * self.own_growth
    }

    /// The curve's term `h + 1` weeks ahead.
    pub(crate) fn curve_part(&self, pulls: &Pulls, h: usize) -> f64 {
        let growth = self.curve_growth[h];
        growth * at(if growth > 0.0 { pulls.curve_rise } else { pulls.curve_fall }, h)
    }
}

/// A weight `h + 1` weeks ahead.
fn at(pair: [f64; 2], h: usize) -> f64 {
    pair[0] + (pair[1] - pair[0]) * (h.min(5) as f64) / 3.0
}
