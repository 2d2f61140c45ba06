//! `counties.parquet`: one row per location with its identity, phase, weights and repairs.

use std::path::Path;

use countycast_engine::{Fips, Target};
use polars::prelude::{Column, DataFrame, PolarsResult};
use serde::{Deserialize, Serialize};

use super::parquet;
use crate::error::Error;
use crate::panel::{Place, RepairKind};
use crate::pipeline::Projected;
use crate::scores::PhaseKind;
use crate::scores::quantiles::MEDIAN;

/// A location's row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CountyRow {
    /// FIPS code.
    pub fips: Fips,
    /// Name.
    pub name: String,
    /// Residents, where known.
    pub population: Option<f64>,
    /// How it was projected.
    pub phase: PhaseKind,
    /// Why.
    pub reason: String,
    /// Share of each engine in the blend, in the order of the engines; empty where no engine took part.
    pub weights: Vec<(String, f64)>,
    /// Reproduction number: median, 5 % and 95 %.
    pub reproduction: Option<[f64; 3]>,
    /// Days in which cases double; negative where they halve.
    pub doubling_days: Option<f64>,
    /// Engines without a projection, with kind and reason.
    pub failures: Vec<String>,
    /// Repairs to cases by kind.
    pub case_repairs: Vec<(String, u32)>,
    /// Repairs to deaths by kind.
    pub death_repairs: Vec<(String, u32)>,
    /// Cases in the last seven days.
    pub last_week: f64,
    /// Median of the cases projected for the next seven days.
    pub next_week: Option<f64>,
    /// Notices about its last reports.
    pub notices: Vec<String>,
}

impl CountyRow {
    /// The row of one location.
    #[must_use]
    pub fn new(place: &Place, projected: &Projected) -> Self {
        let location = place.history.location();
        let next = projected.blend.as_ref().and_then(|f| f.target(Target::Cases));
        let counts = |number: fn((usize, usize)) -> usize| {
            let of_kind = |kind: RepairKind| {
                (kind.word().to_owned(), u32::try_from(number(place.repairs.count(kind))).unwrap_or(u32::MAX))
            };
            RepairKind::ALL.into_iter().map(of_kind).collect()
        };
        Self {
            fips: projected.fips,
            name: location.name.clone(),
            population: location.population,
            phase: projected.phase.kind(),
            reason: projected.phase.reason(),
            weights: projected.weights.iter().map(|w| (w.engine.to_owned(), w.share)).collect(),
            reproduction: projected.reproduction.map(|r| [r.median, r.lower, r.upper]),
            doubling_days: projected.reproduction.and_then(|r| r.doubling_days),
            failures: projected.failures.iter().map(|f| format!("{} {}: {}", f.engine, f.kind, f.reason)).collect(),
            case_repairs: counts(|(cases, _)| cases),
            death_repairs: counts(|(_, deaths)| deaths),
            last_week: place.history.cases().cleaned().iter().rev().take(7).sum(),
            next_week: next.and_then(|q| q.week.first()).map(|row| f64::from(row[MEDIAN])),
            notices: place.notices(),
        }
    }
}

/// Writes all rows.
///
/// # Errors
/// [`Error::Io`] where the file cannot be written.
pub fn write(path: &Path, rows: &[CountyRow], engines: &[&'static str]) -> Result<(), Error> {
    parquet::write(path, frame(rows, engines).map_err(|error| parquet::write_error(path, error))?)
}

/// The table of all rows. Weights and repair counts get a column per engine and kind.
///
/// # Errors
/// Those of polars.
pub fn frame(rows: &[CountyRow], engines: &[&'static str]) -> PolarsResult<DataFrame> {
    let text = |name: &str, value: &dyn Fn(&CountyRow) -> String| {
        Column::new(name.into(), rows.iter().map(value).collect::<Vec<String>>())
    };
    let number = |name: &str, value: &dyn Fn(&CountyRow) -> Option<f64>| {
        Column::new(name.into(), rows.iter().map(value).collect::<Vec<Option<f64>>>())
    };
    let mut columns = vec![
        text("fips", &|r| r.fips.to_string()),
        text("name", &|r| r.name.clone()),
        number("population", &|r| r.population),
        text("phase", &|r| r.phase.to_string()),
        text("phase_reason", &|r| r.reason.clone()),
    ];
    for engine in engines {
        let share = |r: &CountyRow| Some(r.weights.iter().find(|(name, _)| name == engine).map_or(0.0, |(_, s)| *s));
        columns.push(number(&format!("weight_{engine}"), &share));
    }
    columns.extend([
        number("rt", &|r| r.reproduction.map(|rt| rt[0])),
        number("rt_lower_90", &|r| r.reproduction.map(|rt| rt[1])),
        number("rt_upper_90", &|r| r.reproduction.map(|rt| rt[2])),
        number("doubling_days", &|r| r.doubling_days),
        text("engine_failures", &|r| r.failures.join("; ")),
        text("notices", &|r| r.notices.join("; ")),
    ]);
    for (prefix, counts) in
        [("cases", (|r| &r.case_repairs) as fn(&CountyRow) -> &Vec<(String, u32)>), ("deaths", |r| &r.death_repairs)]
    {
        for kind in rows.first().map(counts).into_iter().flatten().map(|(kind, _)| kind) {
            let count = |r: &CountyRow| counts(r).iter().find(|(k, _)| k == kind).map_or(0, |(_, n)| *n);
            let name = format!("{prefix}_{}", kind.replace(' ', "_"));
            columns.push(Column::new(name.into(), rows.iter().map(count).collect::<Vec<u32>>()));
        }
    }
    DataFrame::new(rows.len(), columns)
}
