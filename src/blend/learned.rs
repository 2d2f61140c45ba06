//! What the archive teaches the blend.

use std::collections::{BTreeMap, HashMap};

use countycast_engine::{Date, Fips, Target};
use jiff::ToSpan;

use super::settings::Settings;
use super::shares::{self, Shares};
use super::stratum::Stratum;
use super::stretch::Stretch;
use crate::evaluate::{Course, Forecast, Run, Scored, Sum, Truth, quintiles, score};
use crate::quantiles::Row;

/// Forecasts that share a correction of their intervals.
type Class = (Target, Stratum, u8, Course);

/// A past row of the blend, what came true, and its weight.
type Outcome = (Row, f64, f64);

/// Shares and corrections of intervals, learned from past projections and what came true.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Learned {
    shares: Shares,
    stretches: BTreeMap<Class, Stretch>,
    /// As-of days that were learned from.
    pub days: usize,
}

impl Learned {
    /// Learns from runs whose truth has at least partly come in by `as_of`. `truth` ends there.
    #[must_use]
    pub fn from(past: &[Run], truth: &Truth, as_of: Date, settings: &Settings) -> Self {
        let scored: Vec<(Date, Vec<Scored>)> =
            past.iter().map(|run| (run.as_of, score(run, truth))).filter(|(_, scored)| !scored.is_empty()).collect();
        let mut learned =
            Self { days: scored.len(), shares: shares::learn(&scored, as_of, settings), ..Self::default() };
        if settings.max_stretch > 1.0 {
            learned.stretches = learned.stretches(past, truth, as_of, settings);
        }
        learned
    }

    fn stretches(&self, past: &[Run], truth: &Truth, as_of: Date, settings: &Settings) -> BTreeMap<Class, Stretch> {
        let mut classes: BTreeMap<Class, Vec<Outcome>> = BTreeMap::new();
        for run in past {
            let age = as_of.since(run.as_of).map_or(0.0, |span| f64::from(span.get_days())) / 7.0;
            let weight = 0.5_f64.powf(age / settings.half_life_weeks);
            let quintiles = quintiles(&run.places);
            let mut members: HashMap<(Fips, Target, u8), Vec<&Forecast>> = HashMap::new();
            for forecast in run.forecasts.iter().filter(|f| f.sum == Sum::Week) {
                members.entry((forecast.fips, forecast.target, forecast.horizon)).or_default().push(forecast);
            }
            for ((fips, target, horizon), members) in members {
                let Some(place) = run.places.get(&fips).filter(|place| place.independent) else { continue };
                let end = run.as_of.saturating_add((7 * i64::from(horizon)).days());
                let Some(came) = truth.week(fips, target, end).filter(|_| end <= as_of) else { continue };
                let stratum = Stratum::of(fips, &quintiles);
                let names: Vec<&str> = members.iter().map(|forecast| forecast.model.as_str()).collect();
                let shares = self.shares(target, stratum, &names);
                let row = average(members.iter().map(|forecast| &forecast.row), &shares);
                let class = (target, stratum, horizon, Course::of(place.reproduction));
                classes.entry(class).or_default().push((row, came, weight));
            }
        }
        // The order of a hash map must not show in sums of weights.
        let learn = |(class, mut past): (Class, Vec<Outcome>)| {
            past.sort_by(|a, b| {
                let rows = a.0.partial_cmp(&b.0).unwrap_or(std::cmp::Ordering::Equal);
                a.1.total_cmp(&b.1).then(rows).then(a.2.total_cmp(&b.2))
            });
            (class, Stretch::learn(&past, settings.calibration_prior, settings.max_stretch))
        };
        classes.into_iter().map(learn).collect()
    }

    /// Shares of these engines, which add up to 1. One that was never scored has the mean share of the others.
    #[must_use]
    pub fn shares(&self, target: Target, stratum: Stratum, engines: &[&str]) -> Vec<f64> {
        let known = self.shares.get(&(target, stratum));
        let share = |engine: &&str| known.and_then(|known| known.get(*engine)).copied();
        let found: Vec<f64> = engines.iter().filter_map(share).collect();
        let mean = if found.is_empty() { 1.0 } else { found.iter().sum::<f64>() / found.len() as f64 };
        let raw: Vec<f64> = engines.iter().map(|engine| share(engine).unwrap_or(mean)).collect();
        let sum: f64 = raw.iter().sum();
        raw.into_iter().map(|share| share / sum).collect()
    }

    /// The correction of a class of forecasts, where the past holds any. Weeks beyond the last that was scored follow it.
    #[must_use]
    pub fn stretch(&self, target: Target, stratum: Stratum, week: usize, course: Course) -> Option<&Stretch> {
        let week = u8::try_from(week).unwrap_or(u8::MAX);
        (1..=week).rev().find_map(|week| self.stretches.get(&(target, stratum, week, course)))
    }

    /// All shares as rows: target, stratum, engine, share.
    pub fn rows(&self) -> impl Iterator<Item = (Target, Stratum, &str, f64)> {
        self.shares.iter().flat_map(|((target, stratum), engines)| {
            engines.iter().map(|(engine, share)| (*target, *stratum, engine.as_str(), *share))
        })
    }
}

/// The weighted mean of rows, level by level.
pub(super) fn average<'a>(rows: impl Iterator<Item = &'a Row>, shares: &[f64]) -> Row {
    let mut sums = [0.0_f64; 23];
    for (row, share) in rows.zip(shares) {
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum += share * f64::from(*value);
        }
    }
    sums.map(|sum| sum as f32)
}
