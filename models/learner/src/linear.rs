//! A linear model of the same features: straight lines go on where trees end with what they have seen.

use countycast_engine::EngineError;
use nalgebra::{Cholesky, DMatrix, DVector};
use serde::{Deserialize, Serialize};

use crate::boost::Table;
use crate::features::COUNT;

/// Standard deviations from the mean beyond which a feature counts as this far.
const REACH: f64 = 5.0;
/// Rounds of reweighting.
const ROUNDS: usize = 4;
/// Penalty of the intercept, which is to be free but not undetermined.
const FREE: f64 = 1e-3;

/// Intercept and slopes of standardised features; one that is not known counts as its mean.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Linear {
    means: Vec<f64>,
    scales: Vec<f64>,
    /// Intercept first.
    coefficients: Vec<f64>,
    /// Least and greatest answer: all but a hundredth of the targets on either side lay between.
    bounds: [f64; 2],
}

impl Linear {
    /// The lines that lower the weighted absolute error of `targets`, by iteratively reweighted least squares (Beaton &
    /// Tukey 1974) with a ridge penalty. Weights have mean 1; residuals below `least_residual` count as this.
    pub(crate) fn fit(
        table: &Table,
        targets: &[f64],
        weights: &[f64],
        ridge: f64,
        least_residual: f64,
    ) -> Result<Self, EngineError> {
        let (means, scales) = (0..COUNT).map(|c| moments(table.column(c))).unzip();
        let mut model = Self { means, scales, coefficients: vec![0.0; COUNT + 1], bounds: bounds(targets) };
        let rows = model.standardised(table);
        let targets = DVector::from_column_slice(targets);
        let mut factors = DVector::from_element(table.rows, 1.0);
        for _ in 0..ROUNDS {
            let weighted = DVector::from_fn(table.rows, |r, _| weights[r] * factors[r]);
            let mut scaled = rows.clone();
            for mut column in scaled.column_iter_mut() {
                column.component_mul_assign(&weighted);
            }
            let mut normal = scaled.tr_mul(&rows);
            for c in 0..=COUNT {
                normal[(c, c)] += if c == 0 { FREE } else { ridge };
            }
            let Some(solver) = Cholesky::new(normal) else {
                return Err(EngineError::NotConverged("the linear model's equations have no solution".to_owned()));
            };
            let found = solver.solve(&scaled.tr_mul(&targets));
            factors = (&targets - &rows * &found).map(|residual| 1.0 / residual.abs().max(least_residual));
            model.coefficients = found.iter().copied().collect();
        }
        Ok(model)
    }

    /// The answer to each row.
    pub(crate) fn predict(&self, table: &Table) -> Vec<f64> {
        let lines = self.standardised(table) * DVector::from_column_slice(&self.coefficients);
        // Lines have no end of their own: a place like none before must not be told what none before saw.
        lines.iter().map(|line| line.clamp(self.bounds[0], self.bounds[1])).collect()
    }

    /// A column of ones, then the features less their means over their standard deviations.
    fn standardised(&self, table: &Table) -> DMatrix<f64> {
        DMatrix::from_fn(table.rows, COUNT + 1, |r, c| match c.checked_sub(1) {
            None => 1.0,
            Some(c) => {
                let value = (table.column(c)[r] - self.means[c]) / self.scales[c];
                if value.is_nan() { 0.0 } else { value.clamp(-REACH, REACH) }
            }
        })
    }
}

/// The first and the ninety-ninth hundredth of the targets.
fn bounds(targets: &[f64]) -> [f64; 2] {
    let mut sorted = targets.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |share: f64| sorted[(share * (sorted.len() - 1) as f64).round() as usize];
    if sorted.is_empty() { [0.0; 2] } else { [at(0.01), at(0.99)] }
}

/// Mean and standard deviation of what is known; 0 and 1 where nothing is, or nothing differs.
fn moments(column: &[f64]) -> (f64, f64) {
    let known = || column.iter().filter(|value| !value.is_nan());
    let n = known().count().max(1) as f64;
    let mean = known().sum::<f64>() / n;
    let sd = (known().map(|value| (value - mean).powi(2)).sum::<f64>() / n).sqrt();
    (mean, if sd > 1e-9 { sd } else { 1.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_whatever_a_few_outliers_say() {
        let rows: Vec<[f64; COUNT]> = (0..400)
            .map(|i| {
                let mut row = [f64::NAN; COUNT];
                (row[0], row[1]) = (f64::from(i % 20), f64::from(i / 20));
                row
            })
            .collect();
        let table = Table::new(rows.iter());
        let line = |row: &[f64; COUNT]| 1.0 + 0.3 * row[0] - 0.2 * row[1];
        let targets: Vec<f64> =
            rows.iter().enumerate().map(|(i, row)| line(row) + if i % 10 == 0 { 50.0 } else { 0.0 }).collect();
        let model = Linear::fit(&table, &targets, &[1.0; 400], 1e-6, 1e-3).unwrap();
        for (found, row) in model.predict(&table).into_iter().zip(&rows) {
            let expected = line(row).clamp(model.bounds[0], model.bounds[1]);
            assert!((found - expected).abs() < 0.05, "{found} for {expected}");
        }
    }
}
