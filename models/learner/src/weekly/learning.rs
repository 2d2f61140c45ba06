//! What is learned from rows, and how far off it is in seasons that it has not seen.

use std::collections::BTreeSet;

use countycast_engine::{EngineError, LEVELS, quantile};
use rayon::prelude::*;

use super::features::Features;
use super::regression::{Predict, Regression, Subject};
use super::rows::{GROUPS, LEADS, Rows};

/// Fewest errors of a group at a lead from which its quantiles are taken; else those of all groups.
const LEAST_ERRORS: usize = 200;
/// Fewest rows of a season that is left out once.
const LEAST_ROWS: usize = 50;
/// Least square root of a width, on the common scale.
const LEAST_ROOT: f64 = 0.05;
/// Weeks of the present season after which its own errors count as much for its widths as those of all seasons.
const PRIOR_WEEKS: f64 = 10.0;
/// Greatest scaled error that counts for a season's widths: single jumps are not to widen all.
const GREATEST_ERROR: f64 = 4.0;
/// Models of widths: each leaves out every second season.
const WIDTHS: usize = 2;

/// What is learned from.
pub(super) struct Learning<'a> {
    pub(super) rows: &'a Rows,
    pub(super) weights: &'a [f64],
    /// Models, each of which does not see every so many-th season.
    pub(super) committee: usize,
    pub(super) seed: u64,
}

/// What has been learned.
pub(super) struct Learned<P> {
    /// Models of changes, each of which has not seen a part of the seasons.
    changes: Vec<P>,
    /// Models of the square root of the error's size.
    widths: Vec<P>,
    /// Quantiles of errors divided by their widths, by lead and group.
    errors: Vec<[[f64; 23]; GROUPS]>,
    /// By group how wide the present season's errors are relative to all.
    season: [f64; GROUPS],
}

impl Learning<'_> {
    /// The season of a row, as far as seasons are left out together.
    fn fold(&self, row: usize) -> usize {
        usize::from(self.rows.seasons[row].rem_euclid(self.committee as i16) as u16)
    }

    /// Learns changes with seasons left out in turn, and from the errors in these how far answers are off.
    pub(super) fn learn<R: Regression>(&self, regression: &R) -> Result<Learned<R::Fit>, EngineError> {
        let rows = self.rows;
        let taken = |take: &dyn Fn(usize) -> bool| -> Vec<u32> {
            (0..rows.len() as u32).filter(|row| take(*row as usize)).collect()
        };
        let folds: Vec<usize> = (0..self.committee)
            .filter(|left_out| (0..rows.len()).filter(|row| self.fold(*row) == *left_out).count() >= LEAST_ROWS)
            .collect();
        if folds.len() < 2 {
            return Err(EngineError::Refused(format!("{} rows of too few seasons to learn from", rows.len())));
        }
        let changes: Vec<R::Fit> = folds
            .par_iter()
            .map(|left_out| {
                let seen = taken(&|row| self.fold(row) != *left_out);
                regression.fit(&rows.changes, &seen, Subject::Change, self.seed ^ (1 + *left_out as u64))
            })
            .collect::<Result<_, _>>()?;
        // The errors of each row's season by the model that has not seen it.
        let error = |row: usize| {
            let model = folds.iter().position(|left_out| *left_out == self.fold(row))?;
            Some(rows.changes[row] - changes[model].predict(&rows.features[row]))
        };
        let errors: Vec<Option<f64>> = (0..rows.len()).into_par_iter().map(error).collect();
        let roots: Vec<f64> = errors.iter().map(|error| error.map_or(0.0, |error| error.abs().sqrt())).collect();
        let half = |row: usize| self.fold(row) % WIDTHS;
        let widths: Vec<R::Fit> = (0..WIDTHS)
            .into_par_iter()
            .map(|left_out| {
                let seen = taken(&|row| errors[row].is_some() && half(row) != left_out);
                regression.fit(&roots, &seen, Subject::Width, self.seed ^ (100 + left_out as u64))
            })
            .collect::<Result<_, _>>()?;
        let scaled = |row: usize| errors[row].map(|e| e / width(widths[half(row)].predict(&rows.features[row])));
        let scaled: Vec<Option<f64>> = (0..rows.len()).into_par_iter().map(scaled).collect();
        let season = std::array::from_fn(|group| season_width(rows, &scaled, group));
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
        Ok(Learned { changes, widths, errors, season })
    }
}

impl<P: Predict> Learned<P> {
    /// The median of the change from the last value, on the common scale.
    pub(super) fn change(&self, features: &Features) -> f64 {
        mean(&self.changes, features)
    }

    /// The width of the error.
    pub(super) fn width(&self, features: &Features) -> f64 {
        width(mean(&self.widths, features))
    }

    /// Quantiles of errors divided by their widths, at a lead of 1 to [`LEADS`], as wide as the present season's.
    pub(super) fn errors(&self, lead: usize, group: usize) -> [f64; 23] {
        self.errors[lead - 1][group].map(|error| error * self.season[group])
    }
}

/// How wide errors of a group are in the newest season relative to all seasons, shrunk to 1 by [`PRIOR_WEEKS`]. They are those of the
/// model that has not seen the season. Weeks count, not rows: areas are wrong together.
fn season_width(rows: &Rows, scaled: &[Option<f64>], group: usize) -> f64 {
    let newest = rows.seasons.iter().max();
    let of_group = || (0..rows.len()).filter(|row| rows.groups[*row] == group && scaled[*row].is_some());
    let of_newest = || of_group().filter(|row| Some(&rows.seasons[*row]) == newest);
    let size = |row: usize| scaled[row].map_or(0.0, |error| error.abs().min(GREATEST_ERROR));
    let (all, own) = (average(of_group().map(size)), average(of_newest().map(size)));
    let weeks = of_newest().map(|row| rows.weeks[row]).collect::<BTreeSet<_>>().len() as f64;
    if weeks > 0.0 && all > 0.0 { (weeks * own / all + PRIOR_WEEKS) / (weeks + PRIOR_WEEKS) } else { 1.0 }
}

/// The mean; not a number of nothing.
fn average(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    sum / count
}

/// A width from the square root that was learned.
fn width(root: f64) -> f64 {
    root.max(LEAST_ROOT).powi(2)
}

/// Quantiles of an ascending sample; 0 where it is empty.
fn quantiles(sample: &[f64]) -> [f64; 23] {
    if sample.is_empty() { [0.0; 23] } else { LEVELS.map(|level| quantile(sample, level)) }
}

fn mean<P: Predict>(models: &[P], features: &Features) -> f64 {
    models.iter().map(|model| model.predict(features)).sum::<f64>() / models.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calm_season_has_narrower_intervals_the_longer_it_lasts() {
        let width = |weeks: usize, size: f64| {
            let mut rows = Rows::default();
            let mut scaled = Vec::new();
            // Twenty earlier seasons of 50 weeks with errors of 1, and the newest.
            for (season, weeks, size) in (2000..2020).map(|year| (year, 50, 1.0)).chain([(2020, weeks, size)]) {
                for week in 0..weeks {
                    for sign in [-1.0, 1.0] {
                        rows.seasons.push(season);
                        rows.weeks.push(100 * season as usize + week);
                        rows.groups.push(0);
                        rows.changes.push(0.0);
                        scaled.push(Some(sign * size));
                    }
                }
            }
            season_width(&rows, &scaled, 0)
        };
        assert_eq!(width(0, 1.0), 1.0);
        assert!((width(10, 0.5) - 0.75).abs() < 0.01, "{}", width(10, 0.5));
        assert!((width(30, 0.5) - 0.625).abs() < 0.02, "{}", width(30, 0.5));
        assert!((width(30, 2.0) - 1.75).abs() < 0.15, "{}", width(30, 2.0));
        assert_eq!(season_width(&Rows::default(), &[], 0), 1.0);
    }
}
