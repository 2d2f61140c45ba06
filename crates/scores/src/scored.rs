//! Every forecast of a run with its observed value and scores.

use std::collections::HashMap;

use countycast_engine::{Date, Fips, Level, Target};
use jiff::ToSpan;
use rayon::prelude::*;

use super::forecasts::{PlaceThen, QuantileForecast, Resolution, Run};
use super::score::{Scale, Wis, covered, pit};
use super::truth::Truth;
use crate::PhaseKind;
use crate::quantiles::{MEDIAN, Row};

/// The model against which all others are held: the QuantileForecast Hub's baseline.
pub const BASELINE: &str = "flat";

/// One model's forecast of one week of one location, with its scores.
#[derive(Debug, Clone)]
pub struct Scored {
    /// Last day of data used.
    pub as_of: Date,
    /// The location.
    pub fips: Fips,
    /// The model.
    pub model: String,
    /// New cases or new deaths.
    pub target: Target,
    /// Weeks after the as-of day, from 1.
    pub horizon: u8,
    /// The observed value.
    pub truth: f64,
    /// Weighted interval score with its components: seven quantiles for counties, 23 for states and the nation.
    pub wis: Wis,
    /// Weighted interval score of log(x + 1).
    pub log_wis: f64,
    /// |median − observed| of the single week.
    pub error: f64,
    /// |median − observed| of the sum since as-of; for cases.
    pub span_error: Option<f64>,
    /// Whether the central 50, 80 and 95 % intervals cover the observed value.
    pub covered: [bool; 3],
    /// Probability integral transform.
    pub pit: f64,
    /// The place's stratum on the as-of day.
    pub stratum: Stratum,
}

/// The stratum of a place on the as-of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stratum {
    /// Population quintile among counties, 1 (smallest) to 5; none for states and the nation.
    pub quintile: Option<u8>,
    /// Course of the epidemic.
    pub course: Course,
    /// How it was projected.
    pub phase: PhaseKind,
}

/// Course of an epidemic by the 90 % interval of R_t.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Course {
    /// The interval lies above 1.
    Growing,
    /// The interval contains 1: a peak, a trough, or too few cases.
    Turning,
    /// The interval lies below 1.
    Declining,
}

impl Course {
    /// By the 5 % and 95 % quantiles of R_t; a place without an estimate is taken as turning.
    #[must_use]
    pub fn of(reproduction: Option<[f64; 3]>) -> Self {
        match reproduction {
            Some([low, _, _]) if low > 1.0 => Self::Growing,
            Some([_, _, high]) if high < 1.0 => Self::Declining,
            _ => Self::Turning,
        }
    }

    /// Name in tables.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Growing => "growing",
            Self::Turning => "turning",
            Self::Declining => "declining",
        }
    }
}

/// Quintiles of the counties of a run by population, 1 the smallest.
#[must_use]
pub fn quintiles(places: &HashMap<Fips, PlaceThen>) -> HashMap<Fips, u8> {
    quintiles_of(places.iter().filter_map(|(fips, place)| Some((*fips, place.population?))))
}

/// Quintiles of the counties among these places by population, 1 the smallest; of equal ones, the lower code is the
/// smaller.
#[must_use]
pub fn quintiles_of(populations: impl Iterator<Item = (Fips, f64)>) -> HashMap<Fips, u8> {
    let mut counties: Vec<(f64, Fips)> = populations
        .filter(|(fips, _)| fips.level() == Level::County)
        .map(|(fips, population)| (population, fips))
        .collect();
    counties.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let n = counties.len().max(1);
    counties.iter().enumerate().map(|(rank, (_, fips))| (*fips, 1 + (5 * rank / n) as u8)).collect()
}

/// Scores every weekly forecast of a run whose outcome is observed. Order as in the run.
#[must_use]
pub fn score(run: &Run, truth: &Truth) -> Vec<Scored> {
    let quintiles = quintiles(&run.places);
    type Key<'a> = (Fips, &'a str, Target, u8);
    let key = |f: &'_ QuantileForecast| -> (Fips, Target, u8) { (f.fips, f.target, f.horizon) };
    let spans: HashMap<Key<'_>, &Row> = run
        .forecasts
        .iter()
        .filter(|f| f.resolution == Resolution::Span)
        .map(|f| ((f.fips, f.model.as_str(), f.target, f.horizon), &f.row))
        .collect();
    let score = |forecast: &QuantileForecast| {
        let (fips, target, horizon) = key(forecast);
        let end = run.as_of.saturating_add((7 * i64::from(horizon)).days());
        let came = truth.week(fips, target, end)?;
        let scale = if fips.level() == Level::County { Scale::Seven } else { Scale::All };
        let span = spans.get(&(fips, forecast.model.as_str(), target, horizon));
        let span_truth = truth.span(fips, target, run.as_of, usize::from(horizon));
        let place = run.places.get(&fips);
        Some(Scored {
            as_of: run.as_of,
            fips,
            model: forecast.model.clone(),
            target,
            horizon,
            truth: came,
            wis: scale.wis(&forecast.row, came),
            log_wis: scale.log_wis(&forecast.row, came),
            error: (f64::from(forecast.row[MEDIAN]) - came).abs(),
            span_error: span.zip(span_truth).map(|(row, sum)| (f64::from(row[MEDIAN]) - sum).abs()),
            covered: [0.5, 0.8, 0.95].map(|level| covered(&forecast.row, came, level)),
            pit: pit(&forecast.row, came),
            stratum: Stratum {
                quintile: quintiles.get(&fips).copied(),
                course: Course::of(place.and_then(|place| place.reproduction)),
                phase: place.map_or(PhaseKind::Independent, |place| place.phase),
            },
        })
    };
    run.forecasts.par_iter().filter(|f| f.resolution == Resolution::Week).filter_map(score).collect()
}
