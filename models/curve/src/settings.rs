//! Settings and their validation.

use serde::{Deserialize, Serialize};

/// Settings of the engine. Defaults were chosen on US counties, as-of Saturdays 2020-06-06 to 2020-08-22.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Weeks of history that waves are fitted to, 8 to 60. Twelve contain a wave; seventeen projected worse.
    pub window_weeks: usize,
    /// Most waves in the window, 1 to 4. The number is chosen by error at past origins.
    pub max_waves: usize,
    /// Past weeks from which projections are made and compared with observed counts, 2 to 12.
    pub past_origins: usize,
    /// Fewest cases in the window, 1 or more. Below it there is no curve to fit.
    pub min_cases: f64,
    /// Weight of a week all of whose days were moved by repair, 0 to 1.
    pub repaired_weight: f64,
    /// Steps of the search from each start at the oldest origin, 5 to 500.
    pub first_iterations: u64,
    /// Steps of the search at each later origin, which starts where the one before ended, 2 to 500.
    pub next_iterations: u64,
    /// Size of the negative binomial for weekly cases in the loss, above 0: variance `m + m²/size`.
    pub weekly_size: f64,
    /// The same for weekly deaths.
    pub weekly_deaths_size: f64,
    /// Largest share of residents that can become reported cases, above 0 to 1 (susceptible × ascertained).
    pub reported_share: f64,
    /// Weight of the disease's case fatality against the region's own deaths, in deaths, above 0.
    pub fatality_weight: f64,
    /// Weeks over which the region's case-fatality ratio is taken, 2 to 26.
    pub fatality_weeks: usize,
    /// Weights of the predictors of the projected level.
    pub pull: Pulls,
    /// Spread of the draws.
    pub spread: Spread,
}

/// Weights of the predictors of the change in log cases from the last week, by weeks ahead.
///
/// Each is a pair: the weight one week ahead and that four weeks ahead, linear between and level after six.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Pulls {
    /// Of the curve's growth from the last week to the projected one, where it rises.
    pub curve_rise: [f64; 2],
    /// The same where it falls: curves see the end of a wave better than its height.
    pub curve_fall: [f64; 2],
    /// Of the region's incidence over the place's own.
    pub region_level: [f64; 2],
    /// Of the region's growth over the last week.
    pub region_growth: [f64; 2],
    /// Of the place's growth over the last week; below 0 it smooths the level.
    pub own_growth: [f64; 2],
    /// How strongly a place's own past may change the weight of its curve, as the standard deviation of a factor about
    /// 1, 0 (not at all) to 5.
    pub trust_sd: f64,
}

/// Spread of the draws about the median path, on the scale of logarithms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Spread {
    /// Standard deviation of the level of large counts, 0 to 2.
    pub level: f64,
    /// Standard deviation at a single case a week, 0 to 3. Small counts come in clusters; the variance falls with the
    /// square root of the weekly count. Half of it is the level's, half is each week's own.
    pub clustering: f64,
    /// Standard deviation added each week, 0 to 2.
    pub step: f64,
    /// By how much positive errors are stretched and negative errors shortened, 0 to 0.9; the median is unchanged.
    pub skew: f64,
    /// Degrees of freedom of the Student t tail, above 2.
    pub tail: f64,
    /// Weight of the two values above relative to the place's own past errors, in errors, above 0.
    pub prior: f64,
    /// Weight of one past error, above 0 to 1; errors of neighbouring origins overlap.
    pub error: f64,
    /// Size of the negative binomial of a day's cases, above 0.
    pub daily_size: f64,
    /// Standard deviation of the logarithm of the case-fatality ratio, 0 to 2.
    pub fatality: f64,
    /// Size of the negative binomial of a day's deaths, above 0.
    pub daily_deaths_size: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            window_weeks: 12,
            max_waves: 3,
            past_origins: 5,
            min_cases: 5.0,
            repaired_weight: 0.3,
            first_iterations: 30,
            next_iterations: 12,
            weekly_size: 20.0,
            weekly_deaths_size: 8.0,
            reported_share: 0.25,
            fatality_weight: 20.0,
            fatality_weeks: 6,
            pull: Pulls::default(),
            spread: Spread::default(),
        }
    }
}

impl Default for Pulls {
    fn default() -> Self {
        Self {
            curve_rise: [0.25, 0.05],
            curve_fall: [0.3, 0.35],
            region_level: [0.2, 0.65],
            region_growth: [0.45, 0.55],
            own_growth: [-0.17, -0.15],
            trust_sd: 0.5,
        }
    }
}

impl Default for Spread {
    fn default() -> Self {
        Self {
            level: 0.1,
            clustering: 1.0,
            step: 0.32,
            skew: 0.1,
            tail: 5.0,
            prior: 10.0,
            error: 0.5,
            daily_size: 8.0,
            fatality: 0.4,
            daily_deaths_size: 3.0,
        }
    }
}

/// A setting outside of its range.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("`{name}` is {value}: it must be {rule}")]
pub struct SettingsError {
    /// The setting.
    pub name: &'static str,
    /// Its value.
    pub value: f64,
    /// What must hold.
    pub rule: &'static str,
}

impl Settings {
    /// # Errors
    /// The first setting outside of its range.
    pub(crate) fn check(&self) -> Result<(), SettingsError> {
        let (p, s) = (&self.pull, &self.spread);
        let ranges: [(&'static str, f64, f64, f64, &'static str); 21] = [
            ("window_weeks", self.window_weeks as f64, 8.0, 60.0, "8 to 60"),
            ("max_waves", self.max_waves as f64, 1.0, 4.0, "1 to 4"),
            ("past_origins", self.past_origins as f64, 2.0, 12.0, "2 to 12"),
            ("min_cases", self.min_cases, 1.0, f64::MAX, "at least 1"),
            ("repaired_weight", self.repaired_weight, 0.0, 1.0, "0 to 1"),
            ("first_iterations", self.first_iterations as f64, 5.0, 500.0, "5 to 500"),
            ("next_iterations", self.next_iterations as f64, 2.0, 500.0, "2 to 500"),
            ("weekly_size", self.weekly_size, 1e-3, 1e9, "above 0"),
            ("weekly_deaths_size", self.weekly_deaths_size, 1e-3, 1e9, "above 0"),
            ("reported_share", self.reported_share, 1e-3, 1.0, "0.001 to 1"),
            ("fatality_weight", self.fatality_weight, 1e-3, 1e9, "above 0"),
            ("fatality_weeks", self.fatality_weeks as f64, 2.0, 26.0, "2 to 26"),
            ("pull.trust_sd", p.trust_sd, 0.0, 5.0, "0 to 5"),
            ("spread.level", s.level, 0.0, 2.0, "0 to 2"),
            ("spread.clustering", s.clustering, 0.0, 3.0, "0 to 3"),
            ("spread.step", s.step, 0.0, 2.0, "0 to 2"),
            ("spread.skew", s.skew, 0.0, 0.9, "0 to 0.9"),
            ("spread.tail", s.tail, 2.01, 1e6, "above 2"),
            ("spread.prior", s.prior, 1e-3, 1e9, "above 0"),
            ("spread.error", s.error, 1e-6, 1.0, "above 0 to 1"),
            ("spread.fatality", s.fatality, 0.0, 2.0, "0 to 2"),
        ];
        let sizes = [("spread.daily_size", s.daily_size), ("spread.daily_deaths_size", s.daily_deaths_size)]
            .map(|(name, value)| (name, value, 1e-3, 1e9, "above 0"));
        let pulls = [
            ("pull.curve_rise", p.curve_rise),
            ("pull.curve_fall", p.curve_fall),
            ("pull.region_level", p.region_level),
            ("pull.region_growth", p.region_growth),
            ("pull.own_growth", p.own_growth),
        ]
        .into_iter()
        .flat_map(|(name, pair)| pair.map(|value| (name, value, -1.0, 1.0, "-1 to 1")));
        match ranges.into_iter().chain(sizes).chain(pulls).find(|(_, v, low, high, _)| !(low..=high).contains(&v)) {
            Some((name, value, _, _, rule)) => Err(SettingsError { name, value, rule }),
            None => Ok(()),
        }
    }
}
