//! The weekly learner: what it has learned, and its answers.

use countycast_boost::{Bins, Booster, Params};
use countycast_engine::weekly::{FIRST_HORIZON, LAST_HORIZON, Series, Snapshot, Week, WeeklyEngine, WeeklyModel};
use countycast_engine::{EngineError, LEVELS, Row, quantile};
use rayon::prelude::*;

use super::features::Maker;
use super::grid::Grid;
use super::rows::{GROUPS, LEADS, Rows, group};
use super::settings::Settings;
use crate::boost::normal;

/// Weeks without a report after which a series is not forecast.
const STALE_WEEKS: usize = 8;
/// Fewest errors of a group at a lead from which its quantiles are taken; else those of all groups.
const LEAST_ERRORS: usize = 200;
/// Fewest rows of a season that is left out once.
const LEAST_ROWS: usize = 50;
/// Least width, on the common scale, and least square root of one.
const LEAST_ROOT: f64 = 0.05;
/// Boosters of widths: each leaves out every second season.
const WIDTHS: usize = 2;

/// The weekly learner: gradient boosting over all signals, areas and past weeks at once.
#[derive(Debug, Clone, Default)]
pub struct Pooled {
    settings: Settings,
}

impl Pooled {
    /// A learner with these settings.
    ///
    /// # Errors
    /// The first setting out of its range.
    pub fn new(settings: Settings) -> Result<Self, countycast_engine::SettingsError> {
        settings.check()?;
        Ok(Self { settings })
    }
}

impl WeeklyEngine for Pooled {
    fn name(&self) -> &'static str {
        "pooled"
    }

    fn train(&self, data: &Snapshot, reference: Week, seed: u64) -> Result<Box<dyn WeeklyModel>, EngineError> {
        Ok(Box::new(Trained::new(data, reference, &self.settings, seed)?))
    }
}

struct Trained {
    grid: Grid,
    maker: Maker,
    reference: Week,
    /// Boosters of changes, each of which has not seen a part of the seasons.
    changes: Vec<Booster>,
    /// Boosters of the square root of the error's size.
    widths: Vec<Booster>,
    /// Quantiles of errors divided by their widths, by lead and group.
    errors: Vec<[[f64; 23]; GROUPS]>,
}

impl Trained {
    fn new(data: &Snapshot, reference: Week, settings: &Settings, seed: u64) -> Result<Self, EngineError> {
        let last = reference.plus(-1);
        let grid = Grid::new(data, last, settings);
        let maker = Maker::new(&grid, LEADS + STALE_WEEKS);
        let rows = Rows::sample(&grid, &maker, last, settings, seed);
        let fold = |row: usize| usize::from(rows.seasons[row].rem_euclid(settings.committee as i16) as u16);
        let weights = rows.weights();
        let bins = Bins::new(&rows.features, &weights);
        let fit = |targets: &[f64], weights: &[f64], take: &(dyn Fn(usize) -> bool + Sync), trees: usize, seed: u64| {
            let taken: Vec<u32> = (0..rows.len() as u32).filter(|row| take(*row as usize)).collect();
            let of_taken = |values: &[f64]| taken.iter().map(|row| values[*row as usize]).collect::<Vec<f64>>();
            let params = Params {
                trees,
                depth: settings.depth,
                learning_rate: settings.learning_rate,
                leaf_weight: settings.leaf_rows,
                ridge: settings.ridge,
                row_share: settings.row_share,
                column_share: settings.feature_share,
                seed,
            };
            Booster::fit(&bins, &taken, &of_taken(targets), &of_taken(weights), &params)
                .map_err(|error| EngineError::NotConverged(error.to_string()))
        };
        let folds: Vec<usize> = (0..settings.committee)
            .filter(|left_out| (0..rows.len()).filter(|row| fold(*row) == *left_out).count() >= LEAST_ROWS)
            .collect();
        if folds.len() < 2 {
            return Err(EngineError::Refused(format!("{} rows of too few seasons to learn from", rows.len())));
        }
        // Squared error of rows weighted by the inverse of their error is absolute error (iteratively reweighted least
        // squares, Beaton & Tukey 1974).
        let rough = fit(&rows.changes, &weights, &|_| true, settings.rough_trees, seed)?;
        let off = rough.fitted.iter().zip(&rows.changes).map(|(found, change)| (change - found).abs());
        let reweighted = normal(off.zip(&weights).map(|(off, w)| w / off.max(settings.least_error)).collect());
        let changes: Vec<Booster> = folds
            .par_iter()
            .map(|left_out| {
                let seen = |row: usize| fold(row) != *left_out;
                let seed = seed ^ (1 + *left_out as u64);
                fit(&rows.changes, &reweighted, &seen, settings.trees, seed).map(|fit| fit.booster)
            })
            .collect::<Result<_, _>>()?;
        // The errors of each row's season by the booster that has not seen it.
        let error = |row: usize| {
            let booster = folds.iter().position(|left_out| *left_out == fold(row))?;
            Some(rows.changes[row] - changes[booster].predict(&rows.features[row]))
        };
        let errors: Vec<Option<f64>> = (0..rows.len()).into_par_iter().map(error).collect();
        let roots: Vec<f64> = errors.iter().map(|error| error.map_or(0.0, |error| error.abs().sqrt())).collect();
        let half = |row: usize| fold(row) % WIDTHS;
        let widths: Vec<Booster> = (0..WIDTHS)
            .into_par_iter()
            .map(|left_out| {
                let take = |row: usize| errors[row].is_some() && half(row) != left_out;
                fit(&roots, &weights, &take, settings.width_trees, seed ^ (100 + left_out as u64))
                    .map(|fit| fit.booster)
            })
            .collect::<Result<_, _>>()?;
        let scaled = |row: usize| errors[row].map(|e| e / width(widths[half(row)].predict(&rows.features[row])));
        let scaled: Vec<Option<f64>> = (0..rows.len()).into_par_iter().map(scaled).collect();
        let quantiles_of = |lead: usize, group: Option<usize>| {
            let of = |row: &usize| rows.leads[*row] == lead && group.is_none_or(|group| rows.groups[*row] == group);
            let mut errors: Vec<f64> = (0..rows.len()).filter(of).filter_map(|row| scaled[row]).collect();
            errors.sort_by(f64::total_cmp);
            errors
        };
        let errors = (1..=LEADS)
            .map(|lead| {
                let all = quantiles_of(lead, None);
                std::array::from_fn(|group| {
                    let own = quantiles_of(lead, Some(group));
                    quantiles(if own.len() >= LEAST_ERRORS { &own } else { &all })
                })
            })
            .collect();
        Ok(Self { grid, maker, reference, changes, widths, errors })
    }
}

/// A width from the square root that was learned.
fn width(root: f64) -> f64 {
    root.max(LEAST_ROOT).powi(2)
}

/// Quantiles of an ascending sample; 0 where it is empty.
fn quantiles(sample: &[f64]) -> [f64; 23] {
    if sample.is_empty() { [0.0; 23] } else { LEVELS.map(|level| quantile(sample, level)) }
}

fn mean(boosters: &[Booster], features: &[f32]) -> f64 {
    boosters.iter().map(|booster| booster.predict(features)).sum::<f64>() / boosters.len() as f64
}

impl WeeklyModel for Trained {
    fn forecast(&self, series: &Series) -> Result<Vec<Row>, EngineError> {
        let refused = |why: &str| EngineError::Refused(why.to_owned());
        let number = self.grid.line(series.signal, &series.area).ok_or_else(|| refused("it was not learned from"))?;
        let line = &self.grid.lines[number];
        let end = self.grid.weeks - 1;
        let week = (0..=STALE_WEEKS.min(end)).map(|back| end - back).find(|week| !line.known[*week].is_nan());
        let week = week.ok_or_else(|| refused("nothing was reported for eight weeks"))?;
        let reference = self.reference.since(self.grid.first);
        let row = |horizon: i8| -> Row {
            let lead = reference + i32::from(horizon) - week as i32;
            let Some(lead) = usize::try_from(lead).ok().filter(|lead| *lead > 0) else {
                // The week itself has been published.
                return [line.value(f64::from(line.known[week])) as f32; 23];
            };
            let features = self.maker.features(&self.grid, number, week, lead);
            let middle = f64::from(line.known[week]) + mean(&self.changes, &features);
            let width = width(mean(&self.widths, &features));
            let errors = &self.errors[lead.min(LEADS) - 1][group(line)];
            let mut row = errors.map(|error| line.value(middle + width * error) as f32);
            row.sort_by(f32::total_cmp);
            row
        };
        Ok((FIRST_HORIZON..=LAST_HORIZON).map(row).collect())
    }
}
