//! Draws: simulations, what is reported of them, and what they cannot know.

use std::collections::BTreeSet;
use std::sync::Arc;

use countycast_engine::delay::follow;
use countycast_engine::{
    Date, Draws, EngineError, Epidemiology, Fitted, History, Horizon, Immunity, Scenario, Streams, Target as Count,
    weekday_index,
};
use rand_distr::{ChiSquared, Distribution, StandardNormal};

use super::admissions::Waits;
use super::ensemble::Ensemble;
use super::outlook::course;
use super::past::{PAST_DAYS, Past};
use super::paths;
use super::severity::{Outcomes, Risk, risks};
use crate::epidemic::Tally;
use crate::plan::Plan;
use crate::population::BANDS;
use crate::random::Key;
use crate::settings::Settings;

/// Weeks that deaths a case are taken over, and how many deaths the region's ratio counts for beside the own.
const FATALITY_WEEKS: usize = 6;
const FATALITY_WEIGHT: f64 = 20.0;
/// The exponent of drift stays within this: a factor of about 20 beyond any month of any county.
const MOST_DRIFT: f64 = 3.0;

/// One place, fitted: its people, and simulations that have followed the recent past.
pub struct AbmFit {
    pub(super) settings: Settings,
    epidemiology: Epidemiology,
    pub(super) ensemble: Arc<Ensemble>,
    pub(super) past: Past,
    pub(super) as_of: Date,
    weekday: [f64; 7],
    deaths_weekday: [f64; 7],
    variance_factor: f64,
    /// Deaths a case.
    fatality: f64,
    /// Residents who can still be reported as a case.
    left: f64,
    risks: [Risk; BANDS],
    /// Of the mean infected person during the burn-in.
    usual: Outcomes,
    waits: Arc<Waits>,
}

/// What is expected to be reported of one simulation, a value a day after the as-of day.
struct Reports {
    cases: Vec<f64>,
    deaths: Vec<f64>,
    /// What becomes of the infections of each day from `PAST_DAYS` before the first simulated one.
    outcomes: Vec<Outcomes>,
}

impl AbmFit {
    pub(crate) fn new(
        (settings, epidemiology): (&Settings, &Epidemiology),
        waits: &Arc<Waits>,
        history: &History,
        ensemble: Ensemble,
        past: Past,
    ) -> Self {
        let risks = risks(&epidemiology.severity);
        let usual = Outcomes::of_one(ensemble.past.iter().flatten(), &risks)
            .unwrap_or_else(|| Outcomes::usual(&epidemiology.severity));
        let total = history.cases().cleaned().iter().sum::<f64>().max(history.cases().total());
        let population = history.location().population.unwrap_or(0.0);
        let outlook = |end, days| course(history, end, &settings.outlook).ahead(days);
        let variance_factor = settings.spread.widths().variance_factor(history.cases().cleaned(), outlook);
        Self {
            variance_factor,
            fatality: fatality(history, epidemiology),
            settings: settings.clone(),
            epidemiology: *epidemiology,
            ensemble: Arc::new(ensemble),
            past,
            as_of: history.as_of(),
            weekday: *history.cases().weekday(),
            deaths_weekday: *history.deaths().weekday(),
            left: Immunity::of(history).reportable(population, total),
            risks,
            usual,
            waits: Arc::clone(waits),
        }
    }

    /// What a scenario means for the days after the as-of day.
    pub(super) fn plan(&self, scenario: &Scenario, days: usize) -> Plan {
        Plan::new(scenario, self.as_of, self.settings.burn_in_days, days)
    }

    /// What is expected to be reported of one simulation, given its burn-in and the days after.
    fn reports(&self, burn_in: &[Tally], after: &[Tally]) -> Reports {
        let (weight, ascertainment) = (self.past.weight, self.past.ascertainment);
        let before = &self.past.infections[..PAST_DAYS];
        let first = PAST_DAYS + burn_in.len();
        let tallies = || burn_in.iter().chain(after);
        let infections: Vec<f64> =
            before.iter().copied().chain(tallies().map(|tally| weight * f64::from(tally.infections()))).collect();
        let outcomes: Vec<Outcomes> = before
            .iter()
            .map(|infections| self.usual.times(*infections))
            .chain(tallies().map(|tally| Outcomes::of(tally, &self.risks).times(weight)))
            .collect();
        let case_delay = self.epidemiology.report_delay_days.shares(PAST_DAYS);
        let cases: Vec<f64> = follow(&infections, &case_delay).iter().map(|reports| reports * ascertainment).collect();
        // Cases counted by how deadly they are; before the as-of day those that were reported.
        let deadly: Vec<f64> = outcomes.iter().map(|day| day.deaths).collect();
        let per_death = ascertainment / self.usual.deaths.max(1e-9);
        let mut deadly: Vec<f64> = follow(&deadly, &case_delay).iter().map(|reports| reports * per_death).collect();
        deadly[..first].copy_from_slice(&self.past.cases[..first]);
        let deaths: Vec<f64> = follow(&deadly, &self.epidemiology.death_delay_days.shares(PAST_DAYS))
            .iter()
            .map(|deaths| deaths * self.fatality)
            .collect();
        Reports { cases: cases[first..].to_vec(), deaths: deaths[first..].to_vec(), outcomes }
    }

    /// The admissions of one draw: of infections as simulated, those reported after the as-of day with the draw's drift.
    fn admissions(&self, outcomes: &[Outcomes], drift: &[f64], days: usize, key: Key) -> Vec<f32> {
        let first = PAST_DAYS + self.settings.burn_in_days;
        let expected = |day: usize| {
            let reported_after = (day + self.report_days()).checked_sub(first);
            outcomes[day].times(reported_after.map_or(1.0, |days| drift[days / 7])).admissions
        };
        self.waits.admissions(expected, first, days, key)
    }

    /// Whole days from infection to report, on average.
    fn report_days(&self) -> usize {
        self.epidemiology.report_delay_days.mean.round() as usize
    }

    /// The drift of a draw's log counts by week. Draws `2k` and `2k + 1` share a stream and mirror each other.
    fn drift(&self, draw: usize, weeks: usize, streams: &Streams) -> Vec<f64> {
        let spread = &self.settings.spread;
        let mut rng = streams.rng("drift", draw / 2);
        let mirror = if draw.is_multiple_of(2) { 1.0 } else { -1.0 };
        let freedom = spread.tail_freedom;
        let tail = ChiSquared::new(freedom).map_or(1.0, |chi| (freedom / chi.sample(&mut rng)).sqrt());
        let step = mirror * tail * spread.drift_per_week * self.variance_factor.sqrt();
        let mut drift = 0.0;
        (0..weeks)
            .map(|_| {
                let z: f64 = StandardNormal.sample(&mut rng);
                drift += step * z;
                drift.clamp(-MOST_DRIFT, MOST_DRIFT).exp()
            })
            .collect()
    }
}

impl Fitted for AbmFit {
    fn draw(
        &self,
        scenario: &Scenario,
        horizon: Horizon,
        draws: usize,
        streams: &Streams,
    ) -> Result<Draws, EngineError> {
        self.draw_some(scenario, horizon, &(0..draws).collect::<Vec<usize>>(), streams)
    }

    fn draw_some(
        &self,
        scenario: &Scenario,
        horizon: Horizon,
        draws: &[usize],
        streams: &Streams,
    ) -> Result<Draws, EngineError> {
        let (days, spread) = (horizon.days(), &self.settings.spread);
        let whole = days.next_multiple_of(7);
        let simulations = self.ensemble.past.len();
        let needed: BTreeSet<usize> = draws.iter().map(|draw| draw % simulations).collect();
        let simulated = self.ensemble.go_on(&self.plan(scenario, whole), whole, needed.iter().copied());
        let mut reports: Vec<Reports> =
            needed.iter().zip(&simulated).map(|(i, after)| self.reports(&self.ensemble.past[*i], after)).collect();
        let place: Vec<usize> = (0..simulations).map(|i| needed.range(..i).count()).collect();
        let first = weekday_index(self.as_of) + 1;
        for reports in &mut reports {
            for day in 0..whole {
                reports.cases[day] *= self.weekday[(first + day) % 7];
                reports.deaths[day] *= self.deaths_weekday[(first + day) % 7];
            }
        }
        let mut values = [const { Vec::new() }; 3];
        values.iter_mut().for_each(|values: &mut Vec<f32>| values.reserve(draws.len() * days));
        let mut week = [0.0_f32; 7];
        for &draw in draws {
            let reports = &reports[place[draw % simulations]];
            // Patients also need the weeks in which the last infections are reported.
            let drift = self.drift(draw, (whole + self.report_days()).div_ceil(7), streams);
            let mut rng = streams.rng("reports", draw);
            let z: f64 = StandardNormal.sample(&mut rng);
            let fatality = (spread.fatality * z).exp();
            let mut left = self.left as f32;
            for (w, &drift) in drift[..whole / 7].iter().enumerate() {
                let (days, shown) = (7 * w..7 * w + 7, (days - 7 * w).min(7));
                let cases = &reports.cases[days.clone()];
                let variance = spread.widths().of_week(cases.iter().sum()) * self.variance_factor;
                paths::week(cases, drift, variance, &mut week, &mut rng);
                for day in &mut week {
                    *day = day.min(left);
                    left -= *day;
                }
                values[0].extend(&week[..shown]);
                // Deaths answer to the drift of cases some two weeks before.
                let earlier = drift.powf(((w as f64 - 1.5) / (w as f64 + 1.0)).max(0.0));
                let size = 1.0 / spread.weekly_deaths_size;
                paths::week(&reports.deaths[days], earlier * fatality, size, &mut week, &mut rng);
                values[1].extend(&week[..shown]);
            }
            values[2].extend(self.admissions(&reports.outcomes, &drift, days, Key::new(streams, "hospital", draw)));
        }
        let mut drawn = Draws::new(draws.len(), days)?;
        for (target, values) in Count::ALL.into_iter().zip(values) {
            drawn = drawn.with(target, values)?;
        }
        Ok(drawn)
    }
}

/// Deaths a case: of the last weeks here, and of the region's as many as [`FATALITY_WEIGHT`] deaths.
fn fatality(history: &History, epidemiology: &Epidemiology) -> f64 {
    let usual = epidemiology.case_fatality;
    let delay = epidemiology.death_delay_days.shares(PAST_DAYS);
    let recent = |series: &[f64]| series.iter().rev().take(7 * FATALITY_WEEKS).sum::<f64>();
    let at_risk = |cases: &[f64]| recent(&follow(cases, &delay));
    let ratio = |deaths: f64, cases: f64, prior: f64| {
        let weight = FATALITY_WEIGHT / prior;
        (deaths + FATALITY_WEIGHT) / (cases + weight)
    };
    let prior = history
        .region()
        .map_or(usual, |region| ratio(recent(region.deaths.cleaned()), at_risk(region.cases.cleaned()), usual));
    ratio(recent(history.deaths().cleaned()), at_risk(history.cases().cleaned()), prior.max(1e-4)).min(0.2)
}
