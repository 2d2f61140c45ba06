//! Ways to learn a number from rows of features.

use countycast_boost::{Bins, Booster, Loss, Params};
use countycast_engine::EngineError;
use nalgebra::{SMatrix, SVector};

use super::features::{Features, LAGS, NOW, SOURCES, STEPS, lead, source};
use super::rows::{LEADS, Rows};
use super::settings::Settings;

/// What is learned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    /// The change over the lead: its median.
    Change,
    /// The square root of the size of an error: its mean.
    Width,
}

/// A way to learn.
pub(super) trait Regression: Sync {
    /// What has been learned.
    type Fit: Predict;

    /// Learns `targets`, one a row, from the rows `take`.
    fn fit(&self, targets: &[f64], take: &[u32], subject: Subject, seed: u64) -> Result<Self::Fit, EngineError>;
}

/// Something that has been learned.
pub(super) trait Predict: Send + Sync {
    fn predict(&self, features: &Features) -> f64;
}

/// Gradient-boosted trees.
pub(super) struct Boosting<'a> {
    bins: Bins,
    weights: &'a [f64],
    settings: &'a Settings,
}

impl<'a> Boosting<'a> {
    pub(super) fn new(rows: &Rows, weights: &'a [f64], settings: &'a Settings) -> Self {
        Self { bins: Bins::new(&rows.features, weights), weights, settings }
    }
}

impl Regression for Boosting<'_> {
    type Fit = Booster;

    fn fit(&self, targets: &[f64], take: &[u32], subject: Subject, seed: u64) -> Result<Booster, EngineError> {
        let of_taken = |values: &[f64]| take.iter().map(|row| values[*row as usize]).collect::<Vec<f64>>();
        let (loss, trees) = match subject {
            Subject::Change => (Loss::Quantile(0.5), self.settings.trees),
            Subject::Width => (Loss::Squared, self.settings.width_trees),
        };
        let params = Params {
            loss,
            trees,
            depth: self.settings.depth,
            learning_rate: self.settings.learning_rate,
            leaf_weight: self.settings.leaf_rows,
            ridge: self.settings.ridge,
            row_share: self.settings.row_share,
            column_share: self.settings.feature_share,
            seed,
        };
        Booster::fit(&self.bins, take, &of_taken(targets), &of_taken(self.weights), &params)
            .map(|fit| fit.booster)
            .map_err(|error| EngineError::NotConverged(error.to_string()))
    }
}

impl Predict for Booster {
    fn predict(&self, features: &Features) -> f64 {
        self.predict(features)
    }
}

/// Terms of the autoregression: the value, five differences from it, the mean size of its steps, and a constant.
const TERMS: usize = LAGS + 3;
/// Penalty of every term but the constant, in rows.
const RIDGE: f64 = 5.0;
/// Changes and roots of errors beyond this size, on the common scale, count as this: least squares is not to follow single jumps.
const GREATEST: f64 = 0.8;

/// Straight lines through the last values, one for each lead and kind of signal: an autoregression of order six, pooled over
/// areas and fitted directly at each lead (Marcellino, Stock & Watson 2006, *A comparison of direct and iterated multistep AR
/// methods for forecasting macroeconomic time series*).
pub(super) struct Lines<'a> {
    rows: &'a Rows,
    weights: &'a [f64],
}

impl<'a> Lines<'a> {
    pub(super) const fn new(rows: &'a Rows, weights: &'a [f64]) -> Self {
        Self { rows, weights }
    }
}

/// Coefficients by lead and kind of signal.
pub(super) struct Coefficients(Vec<[SVector<f64, TERMS>; SOURCES]>);

fn terms(features: &Features) -> SVector<f64, TERMS> {
    let known = |value: f32| if value.is_nan() { 0.0 } else { f64::from(value) };
    let mut terms = SVector::<f64, TERMS>::zeros();
    for (term, feature) in terms.iter_mut().zip((NOW..=NOW + LAGS).chain([STEPS])) {
        *term = known(features[feature]);
    }
    terms[TERMS - 1] = 1.0;
    terms
}

impl Regression for Lines<'_> {
    type Fit = Coefficients;

    fn fit(&self, targets: &[f64], take: &[u32], _: Subject, _: u64) -> Result<Coefficients, EngineError> {
        let mut normal = vec![[(SMatrix::<f64, TERMS, TERMS>::zeros(), SVector::zeros()); SOURCES]; LEADS];
        for row in take.iter().map(|row| *row as usize) {
            let features = &self.rows.features[row];
            let (matrix, moments) = &mut normal[lead(features).min(LEADS) - 1][source(features)];
            let (terms, weight) = (terms(features), self.weights[row]);
            *matrix += weight * terms * terms.transpose();
            *moments += weight * targets[row].clamp(-GREATEST, GREATEST) * terms;
        }
        let solve = |(mut matrix, moments): (SMatrix<f64, TERMS, TERMS>, SVector<f64, TERMS>)| {
            (0..TERMS).for_each(|term| matrix[(term, term)] += if term + 1 == TERMS { 1e-6 } else { RIDGE });
            // Positive definite by the penalty: without rows all coefficients are 0.
            matrix.cholesky().map_or_else(SVector::zeros, |solver| solver.solve(&moments))
        };
        Ok(Coefficients(normal.into_iter().map(|of_lead| of_lead.map(solve)).collect()))
    }
}

impl Predict for Coefficients {
    fn predict(&self, features: &Features) -> f64 {
        self.0[lead(features).min(LEADS) - 1][source(features)].dot(&terms(features))
    }
}

#[cfg(test)]
mod tests {
    use super::super::features::{COUNT, KIND, LEAD, MEASURE};
    use super::*;

    #[test]
    fn lines_find_a_planted_autoregression_at_each_lead() {
        let mut rows = Rows::default();
        let mut wave = 0.0_f64;
        let mut next = || {
            wave += 1.0;
            (0.3 * (1.7 * wave).sin() + 0.2 * (0.61 * wave).cos()) as f32
        };
        let truth =
            |row: &Features, lead: usize| 0.1 * lead as f64 - 0.3 * f64::from(row[NOW]) + 0.5 * f64::from(row[NOW + 1]);
        for number in 0..4_000 {
            let mut row = [f32::NAN; COUNT];
            (NOW..=NOW + LAGS).for_each(|place| row[place] = next());
            row[STEPS] = next().abs();
            let lead = 1 + number % LEADS;
            // Admissions.
            (row[LEAD], row[MEASURE], row[KIND]) = (lead as f32, 0.0, 1.0);
            rows.changes.push(truth(&row, lead));
            rows.features.push(row);
        }
        let weights = vec![1.0; rows.len()];
        let all: Vec<u32> = (0..rows.len() as u32).collect();
        let fit = Lines::new(&rows, &weights).fit(&rows.changes, &all, Subject::Change, 0).unwrap();
        // The penalty, five rows of 800, draws coefficients of terms with variances of about 0.06 to 0 by up to a tenth.
        for row in rows.features.iter().take(50) {
            let (found, wanted) = (fit.predict(row), truth(row, lead(row)));
            assert!((found - wanted).abs() < 0.05, "{found} for {wanted}");
        }
        let mut of_another = rows.features[0];
        of_another[MEASURE] = 2.0;
        assert_eq!(fit.predict(&of_another), 0.0, "nothing was seen of outpatient visits");
    }
}
