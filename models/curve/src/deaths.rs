//! From cases to deaths: delay and fatality.

use countycast_engine::Epidemiology;

use crate::settings::Settings;
use crate::weeks::Weeks;

/// How long after a case is reported its death is reported, and how many cases die where nothing else tells.
#[derive(Debug, Clone)]
pub(crate) struct Lag {
    daily: Vec<f64>,
    weekly: Vec<f64>,
    fatality: f64,
}

/// Longest delay of deaths, days and weeks.
const DAYS: usize = 70;
const WEEKS: usize = DAYS / 7 + 1;

impl Lag {
    /// From the delay between both reports, cut after ten weeks at most.
    pub(crate) fn new(epidemiology: &Epidemiology) -> Self {
        let daily = epidemiology.death_delay_days.shares(DAYS);
        let mut weekly = vec![0.0; WEEKS];
        for (lag, p) in daily.iter().enumerate() {
            for day in 0..7 {
                weekly[(day + lag) / 7] += p / 7.0;
            }
        }
        Self { daily, weekly, fatality: epidemiology.case_fatality }
    }

    /// Share of deaths by whole days after the report of the case.
    pub(crate) fn daily(&self) -> &[f64] {
        &self.daily
    }

    /// Share of deaths by whole weeks after the week of the case.
    pub(crate) fn weights(&self) -> &[f64] {
        &self.weekly
    }

    /// Cases behind the deaths of `week`.
    pub(crate) fn weekly(&self, week: usize, cases: impl Fn(usize) -> f64) -> f64 {
        self.weekly.iter().enumerate().take(week + 1).map(|(j, p)| p * cases(week - j)).sum()
    }

    /// Deaths in the `window` weeks before `to`, and the cases behind them.
    pub(crate) fn sums(&self, cases: &[f64], deaths: &[f64], to: usize, window: usize) -> (f64, f64) {
        (to.saturating_sub(window)..to.min(cases.len()).min(deaths.len()))
            .fold((0.0, 0.0), |(d, e), week| (d + deaths[week], e + self.weekly(week, |w| cases[w])))
    }
}

/// Prior case-fatality ratio of a place, `to` weeks into the history.
///
/// It is the region's over the last weeks, drawn to the `common` one with the weight of some deaths.
pub(crate) fn prior_ratio(weeks: &Weeks, lag: &Lag, to: usize, settings: &Settings) -> f64 {
    let (deaths, cases) = lag.sums(&weeks.region_cases, &weeks.region_deaths, to, settings.fatality_weeks);
    (deaths + settings.fatality_weight) / (cases + settings.fatality_weight / lag.fatality)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_sum_to_one_and_keep_the_mean() {
        let lag = Lag::new(&Epidemiology::default());
        assert!((lag.daily().iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!((lag.weights().iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let mean: f64 = lag.daily().iter().enumerate().map(|(d, p)| d as f64 * p).sum();
        assert!((mean - 16.0).abs() < 0.1, "{mean}");
    }

    #[test]
    fn constant_cases_bring_constant_deaths() {
        let lag = Lag::new(&Epidemiology::default());
        assert!((lag.weekly(20, |_| 50.0) - 50.0).abs() < 1e-9);
    }
}
