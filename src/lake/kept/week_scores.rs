//! `signal_scores/reference_date=DATE/part.parquet`: how earlier forecasts of weekly signals did in the week before.

use countycast_engine::weekly::{Area, FIRST_HORIZON, Signal, Snapshot, Week};
use polars::prelude::{Column, DataFrame, PolarsResult};

use crate::output::{days_since_epoch, parquet};
use crate::scores::{Scale, covered};
use crate::weekly::Forecast;

/// Table of the scores.
pub(super) const TABLE: &str = "signal_scores";

/// The score of a forecast of one week of a signal in an area.
#[derive(Debug, Clone, PartialEq)]
pub struct WeekScore {
    /// The reference week for which it was made.
    pub made: Week,
    /// The signal.
    pub signal: Signal,
    /// The area.
    pub area: Area,
    /// The engine, or the blend.
    pub model: &'static str,
    /// Weeks after its reference week, 0 to 3.
    pub horizon: i32,
    /// What was published, in the signal's unit.
    pub truth: f64,
    /// Weighted interval score of 23 quantiles, in the signal's unit.
    pub wis: f64,
    /// |median − published|.
    pub error: f64,
    /// Whether the central 50 and 95 % intervals hold it.
    pub covered: [bool; 2],
}

impl WeekScore {
    /// The score of a forecast made for an earlier week, for the week before `reference`; none where that is not among its horizons
    /// from 0 on, or nothing is published of it.
    #[must_use]
    pub fn of(made: Week, forecast: &Forecast, known: &Snapshot, reference: Week) -> Option<Self> {
        let week = reference.plus(-1);
        let (horizon, row) = (0..)
            .map(|horizon| (horizon, made.plus(horizon)))
            .zip(forecast.rows.iter().skip(usize::from(FIRST_HORIZON.unsigned_abs())))
            .find_map(|((horizon, end), row)| (end == week).then_some((horizon, row)))?;
        let truth = known.find(forecast.signal, &forecast.area)?.at(week)?;
        Some(Self {
            made,
            signal: forecast.signal,
            area: forecast.area.clone(),
            model: forecast.model,
            horizon,
            truth,
            wis: Scale::All.wis(row, truth).total,
            error: (f64::from(row[crate::scores::quantiles::MEDIAN]) - truth).abs(),
            covered: [0.5, 0.95].map(|level| covered(row, truth, level)),
        })
    }
}

/// A row per score, by area.
pub(super) fn frame(scores: &[WeekScore]) -> PolarsResult<DataFrame> {
    let mut scores: Vec<&WeekScore> = scores.iter().collect();
    scores.sort_by_cached_key(|score| score.area.to_string());
    let day = |week: Week| Some(days_since_epoch(week.saturday()));
    let number = |name: &str, value: fn(&WeekScore) -> f64| {
        Column::new(name.into(), scores.iter().map(|score| value(score)).collect::<Vec<f64>>())
    };
    let columns = vec![
        parquet::text("signal", scores.iter().map(|score| score.signal)),
        parquet::text("area", scores.iter().map(|score| &score.area)),
        parquet::text("model", scores.iter().map(|score| score.model)),
        parquet::dates("forecast_reference_date", scores.iter().map(|score| day(score.made)))?,
        Column::new("horizon".into(), scores.iter().map(|score| score.horizon).collect::<Vec<_>>()),
        parquet::dates("target_end_date", scores.iter().map(|score| day(score.made.plus(score.horizon))))?,
        number("truth", |score| score.truth),
        number("wis", |score| score.wis),
        number("absolute_error", |score| score.error),
        Column::new("covered_50".into(), scores.iter().map(|score| score.covered[0]).collect::<Vec<bool>>()),
        Column::new("covered_95".into(), scores.iter().map(|score| score.covered[1]).collect::<Vec<bool>>()),
    ];
    DataFrame::new(scores.len(), columns)
}
