//! Joint trajectories from a median path and its spread.

use std::time::Duration;

use countycast_engine::{
    Date, Draws, EngineError, Epidemiology, Fitted, Horizon, Scenario, Streams, Target, response, weekday_index,
};
use rand::Rng;
use rand_distr::{ChiSquared, Distribution, Gamma, Poisson, StandardNormal};

use crate::blend::{HALF, Outlook};
use crate::deaths::Lag;
use crate::fit::Fit;
use crate::settings::Settings;
use crate::spread::Scale;
use crate::weeks::Weeks;

/// One location after the fit.
#[derive(Debug, Clone)]
pub(crate) struct Projection {
    pub(crate) settings: Settings,
    pub(crate) epidemiology: Epidemiology,
    pub(crate) weeks: Weeks,
    pub(crate) lag: Lag,
    pub(crate) fit: Fit,
    pub(crate) scale: Scale,
    pub(crate) trust: f64,
    /// Cases of the last days, as cleaned, for the deaths still to come from them.
    pub(crate) recent: Vec<f64>,
    /// The first day to be projected.
    pub(crate) first: Date,
    pub(crate) case_weekday: [f64; 7],
    pub(crate) death_weekday: [f64; 7],
}

impl Fitted for Projection {
    fn draw(
        &self,
        scenario: &Scenario,
        horizon: Horizon,
        draws: usize,
        streams: &Streams,
    ) -> Result<Draws, EngineError> {
        let days = horizon.days();
        let plan = Plan::new(self, scenario, days);
        if plan.log_weeks.iter().any(|m| !m.is_finite()) {
            return Err(EngineError::NotFinite("the median path of cases".to_owned()));
        }
        let (mut cases, mut deaths) = (Vec::with_capacity(draws * days), Vec::with_capacity(draws * days));
        for draw in 0..draws {
            let mean = self.case_means(&plan, &mut streams.rng("cases", draw));
            let mut rng = streams.rng("counts", draw);
            let start = cases.len();
            cases.extend(mean.iter().map(|m| count(*m, self.settings.spread.daily_size, &mut rng)));
            self.add_deaths(&plan, &cases[start..], &mut deaths, &mut streams.rng("deaths", draw));
        }
        Ok(Draws::new(draws, days)?.with(Target::Cases, cases)?.with(Target::Deaths, deaths)?)
    }
}

/// Values shared by all draws.
struct Plan {
    days: usize,
    /// Median of the logarithm of cases, by week.
    log_weeks: Vec<f64>,
    /// Share of the week's cases on a day, including a scenario's factor.
    share: Vec<f64>,
    death_weekday: Vec<f64>,
    /// Cases that residents can still report, where their number is known.
    left: f64,
}

impl Plan {
    fn new(of: &Projection, scenario: &Scenario, days: usize) -> Self {
        let weeks = days.div_ceil(7);
        let outlook = Outlook::new(&of.weeks, &of.fit, of.weeks.len(), weeks);
        let log_weeks = outlook.median(&of.settings.pull, of.trust);
        let date = |day: usize| of.first.saturating_add(Duration::from_secs(86_400 * day as u64));
        let dates: Vec<Date> = (0..days).map(date).collect();
        let as_of = of.first.yesterday().unwrap_or(of.first);
        let shift = response::cases(scenario, as_of, days, &of.epidemiology).unwrap_or_default();
        let mut share = Vec::with_capacity(weeks * 7);
        for week in 0..weeks {
            let slope = |a: usize, b: usize| (log_weeks[b] - log_weeks[a]) / 7.0;
            let trend = match (week, weeks) {
                (_, 1) => 0.0,
                (0, _) => slope(0, 1),
                _ => slope(week - 1, week),
            };
            let raw: Vec<f64> = (0..7)
                .map(|d| {
                    let weekday = weekday_index(date(7 * week + d));
                    of.case_weekday[weekday] * (trend * (d as f64 - 3.0)).exp()
                })
                .collect();
            let sum: f64 = raw.iter().sum();
            share.extend(raw.iter().map(|r| r / sum));
        }
        share.truncate(days);
        for (s, shift) in share.iter_mut().zip(&shift) {
            *s *= shift;
        }
        let death_weekday = dates.iter().map(|d| of.death_weekday[weekday_index(*d)]).collect();
        let seen: f64 = of.weeks.cases.iter().sum();
        let reportable = of.weeks.reportable(of.settings.reported_share, seen);
        let left = reportable.map_or(f64::INFINITY, |all| all - seen + of.weeks.waned);
        Self { days, log_weeks, share, death_weekday, left }
    }
}

impl Projection {
    /// Daily expected cases in one draw: an error of the level for all weeks, a step for each week, and clustering in
    /// both.
    fn case_means(&self, plan: &Plan, rng: &mut impl Rng) -> Vec<f64> {
        let spread = &self.settings.spread;
        let scale = self.scale.cases * tail(spread.tail, rng);
        let (mut walk, cluster) = (spread.level * normal(rng), normal(rng));
        let mut out = Vec::with_capacity(plan.days);
        let mut reported = 0.0;
        for (week, log) in plan.log_weeks.iter().enumerate() {
            walk += spread.step * normal(rng);
            let clusters = (spread.cluster_variance(log.exp()) / 2.0).sqrt() * (cluster + normal(rng));
            let error = walk + clusters;
            let error = error * if error > 0.0 { 1.0 + spread.skew } else { 1.0 - spread.skew };
            let cases = ((log + (scale * error).clamp(-6.0, 6.0)).exp() - HALF).max(0.0);
            for share in plan.share.iter().skip(7 * week).take(7) {
                // Depletion: reported people cannot be reported again.
                let mean = cases * share * (1.0 - reported / plan.left).max(0.0);
                reported += mean;
                out.push(mean);
            }
        }
        out
    }

    fn add_deaths(&self, plan: &Plan, cases: &[f32], deaths: &mut Vec<f32>, rng: &mut impl Rng) {
        let spread = &self.settings.spread;
        let error = spread.fatality * self.scale.fatality * tail(spread.tail, rng) * normal(rng);
        let ratio = (self.fit.ratio() * error.clamp(-4.0, 4.0).exp()).min(1.0);
        for day in 0..plan.days {
            let behind: f64 = self
                .lag
                .daily()
                .iter()
                .enumerate()
                .map(|(lag, p)| match day.checked_sub(lag) {
                    Some(ahead) => p * f64::from(cases[ahead]),
                    None => self.recent.len().checked_sub(lag - day).map_or(0.0, |at| p * self.recent[at]),
                })
                .sum();
            deaths.push(count(ratio * behind * plan.death_weekday[day], spread.daily_deaths_size, rng));
        }
    }
}

fn normal(rng: &mut impl Rng) -> f64 {
    StandardNormal.sample(rng)
}

/// Factor that makes a normal error a Student t error of the same variance.
fn tail(freedom: f64, rng: &mut impl Rng) -> f64 {
    ChiSquared::new(freedom).map_or(1.0, |chi| ((freedom - 2.0) / chi.sample(rng).max(1e-3)).sqrt())
}

/// A negative binomial count with this mean and variance `mean + mean²/size`.
fn count(mean: f64, size: f64, rng: &mut impl Rng) -> f32 {
    if mean.is_nan() || mean <= 1e-9 {
        return 0.0;
    }
    let rate = Gamma::new(size, mean / size).map_or(mean, |gamma| gamma.sample(rng));
    Poisson::new(rate).map_or(rate, |poisson| poisson.sample(rng)) as f32
}
