//! Width of the draws, from the errors of past projections.

use crate::blend::{HALF, Outlook};
use crate::deaths::Lag;
use crate::select::Chosen;
use crate::settings::{Settings, Spread};
use crate::weeks::Weeks;

/// Factors on the assumed standard deviations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    /// For cases.
    pub(crate) cases: f64,
    /// For the case-fatality ratio.
    pub(crate) fatality: f64,
}

/// Limit on past errors, in assumed standard deviations, so that a single dump does not widen everything.
const CUT: f64 = 3.0;
/// Weeks ahead over which errors are taken.
const AHEAD: usize = 4;

impl Spread {
    /// Variance of log cases due to clustering at `cases` per week.
    pub(crate) fn cluster_variance(&self, cases: f64) -> f64 {
        self.clustering.powi(2) / (cases + 1.0).sqrt()
    }

    /// Variance of the logarithm of the cases of one week, `h + 1` weeks ahead, about `cases` a week.
    pub(crate) fn variance(&self, h: usize, cases: f64) -> f64 {
        let counting = 1.0 / (cases + HALF) + 1.0 / (7.0 * self.daily_size);
        self.level.powi(2) + self.cluster_variance(cases) + (h + 1) as f64 * self.step.powi(2) + counting
    }
}

/// Compares past projections with observed counts.
///
/// The factor's square is the mean of squared standardised errors, together with [`crate::Spread::prior`] errors of
/// size 1: the mean of an inverse gamma posterior.
pub(crate) fn scale(weeks: &Weeks, lag: &Lag, chosen: &Chosen, settings: &Settings) -> Scale {
    let spread = &settings.spread;
    let (mut cases, mut fatality) = (Mean::new(spread.prior), Mean::new(spread.prior));
    for (seen, fit) in &chosen.past {
        let ahead = AHEAD.min(weeks.len() - seen);
        let median = Outlook::new(weeks, fit, *seen, ahead).median(&settings.pull, chosen.trust);
        for (h, log) in median.iter().enumerate() {
            let believed = spread.variance(h, log.exp());
            let error = (weeks.cases[seen + h] + HALF).ln() - log;
            cases.add(error * error / believed, spread.error);
        }
        let path = |week: usize| {
            if week < *seen { weeks.cases[week] } else { (median[week - seen].exp() - HALF).max(0.0) }
        };
        let (mut came, mut said) = (HALF, HALF);
        for week in *seen..seen + ahead {
            came += weeks.deaths[week];
            said += fit.ratio() * lag.weekly(week, path);
        }
        let believed = spread.fatality.powi(2) + 1.0 / said + 1.0 / (28.0 * spread.daily_deaths_size);
        fatality.add((came / said).ln().powi(2) / believed, spread.error);
    }
    Scale { cases: cases.root(), fatality: fatality.root() }
}

struct Mean {
    sum: f64,
    weight: f64,
}

impl Mean {
    fn new(prior: f64) -> Self {
        Self { sum: prior, weight: prior }
    }

    fn add(&mut self, squared: f64, weight: f64) {
        self.sum += weight * squared.min(CUT * CUT);
        self.weight += weight;
    }

    fn root(&self) -> f64 {
        (self.sum / self.weight).sqrt()
    }
}
