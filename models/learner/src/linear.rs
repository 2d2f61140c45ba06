//! A linear model of the same features: straight lines go on where trees end with what they have seen.

use countycast_engine::EngineError;
use nalgebra::{Cholesky, DMatrix, DVector};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::examples::Examples;
use crate::features::COUNT;

/// Standard deviations from the mean beyond which a feature counts as this far.
const REACH: f64 = 5.0;
/// Rounds of reweighting.
const ROUNDS: usize = 6;
/// Penalty of the intercept, which is to be free but not undetermined.
const FREE: f64 = 1e-3;
/// Rows whose products are summed in single precision before they are added to the sums of all, in double precision.
const BLOCK: usize = 512;
/// Intercept and slopes.
const TERMS: usize = COUNT + 1;

/// Intercept and slopes of standardised features; one that is not known counts as its mean.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Linear {
    scale: Scale,
    /// Intercept first.
    coefficients: Vec<f64>,
    /// Least and greatest answer: all but a hundredth of the targets on either side lay between.
    bounds: [f64; 2],
}

/// Means and standard deviations of the features.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Scale {
    means: Vec<f64>,
    deviations: Vec<f64>,
}

/// Standardised rows: a column of ones, then the features, in blocks of [`BLOCK`] rows.
#[derive(Debug)]
pub(crate) struct Design {
    scale: Scale,
    blocks: Vec<DMatrix<f32>>,
    rows: usize,
}

/// Targets and weights by row of the design; rows that are not examples weigh 0.
struct ByRow {
    targets: DVector<f32>,
    weights: DVector<f32>,
}

impl Linear {
    /// The lines that lower the weighted absolute error of the examples' targets, by iteratively reweighted least squares
    /// (Beaton & Tukey 1974) with a ridge penalty. Weights have mean 1; residuals below `least_residual` count as this.
    pub(crate) fn fit(
        design: &Design,
        examples: &Examples,
        ridge: f64,
        least_residual: f64,
    ) -> Result<Self, EngineError> {
        let by_row = ByRow::new(design.rows, examples);
        let mut found: Option<DVector<f64>> = None;
        for _ in 0..ROUNDS {
            let (mut normal, moments) = design.equations(&by_row, found.as_ref(), least_residual);
            for term in 0..TERMS {
                normal[(term, term)] += if term == 0 { FREE } else { ridge };
            }
            let Some(solver) = Cholesky::new(normal) else {
                return Err(EngineError::NotConverged("the linear model's equations have no solution".to_owned()));
            };
            found = Some(solver.solve(&moments));
        }
        let coefficients = found.map_or_else(Vec::new, |found| found.iter().copied().collect());
        Ok(Self { scale: design.scale.clone(), coefficients, bounds: bounds(&examples.targets) })
    }

    /// The answer to a row of features.
    pub(crate) fn predict(&self, features: &[f32; COUNT]) -> f64 {
        let terms = std::iter::once(1.0).chain((0..COUNT).map(|c| self.scale.standard(c, features[c])));
        let line: f64 = self.coefficients.iter().zip(terms).map(|(coefficient, term)| coefficient * term).sum();
        // Lines have no end of their own: a place like none before must not be told what none before saw.
        line.clamp(self.bounds[0], self.bounds[1])
    }
}

impl Scale {
    fn of(rows: &[&[f32; COUNT]]) -> Self {
        let (means, deviations) = (0..COUNT).into_par_iter().map(|c| moments(rows, c)).unzip();
        Self { means, deviations }
    }

    /// A feature's distance from its mean in standard deviations; 0 of one that is not known.
    fn standard(&self, feature: usize, value: f32) -> f64 {
        let distance = (f64::from(value) - self.means[feature]) / self.deviations[feature];
        if distance.is_nan() { 0.0 } else { distance.clamp(-REACH, REACH) }
    }
}

impl Design {
    pub(crate) fn new(rows: &[&[f32; COUNT]]) -> Self {
        let scale = Scale::of(rows);
        let block = |rows: &[&[f32; COUNT]]| {
            DMatrix::from_fn(rows.len(), TERMS, |r, term| match term.checked_sub(1) {
                None => 1.0,
                Some(c) => scale.standard(c, rows[r][c]) as f32,
            })
        };
        let blocks = rows.par_chunks(BLOCK).map(block).collect();
        Self { scale, blocks, rows: rows.len() }
    }

    /// The weighted normal equations, rows weighted further by the inverse of the absolute residual that `lines` leave: the matrix
    /// and the right-hand side.
    fn equations(
        &self,
        by_row: &ByRow,
        lines: Option<&DVector<f64>>,
        least_residual: f64,
    ) -> (DMatrix<f64>, DVector<f64>) {
        let lines = lines.map(|lines| lines.map(|coefficient| coefficient as f32));
        let (mut normal, mut moments) = (DMatrix::zeros(TERMS, TERMS), DVector::zeros(TERMS));
        for (block, start) in self.blocks.iter().zip((0..).step_by(BLOCK)) {
            let rows = block.nrows();
            let (targets, mut weights) =
                (by_row.targets.rows(start, rows), by_row.weights.rows(start, rows).into_owned());
            if weights.iter().all(|weight| *weight == 0.0) {
                continue;
            }
            if let Some(lines) = &lines {
                let residuals = targets - block * lines;
                weights.zip_apply(&residuals, |weight, r| *weight /= r.abs().max(least_residual as f32));
            }
            let mut weighted = block.clone();
            weighted.column_iter_mut().for_each(|mut column| column.component_mul_assign(&weights));
            // A copy: of a view in which a column does not lie in one piece, nalgebra (0.34 and 0.35, issue 1616) writes outside of
            // the product if there are only a few columns, as in a last block of a few rows.
            normal += (weighted.transpose() * block).cast::<f64>();
            moments += weighted.tr_mul(&targets).cast::<f64>();
        }
        (normal, moments)
    }
}

impl ByRow {
    fn new(rows: usize, examples: &Examples) -> Self {
        let mut by_row = Self { targets: DVector::zeros(rows), weights: DVector::zeros(rows) };
        for ((row, target), weight) in examples.rows.iter().zip(&examples.targets).zip(&examples.weights) {
            let row = *row as usize;
            (by_row.targets[row], by_row.weights[row]) = (*target as f32, *weight as f32);
        }
        by_row
    }
}

/// The first and the ninety-ninth hundredth of the targets.
fn bounds(targets: &[f64]) -> [f64; 2] {
    let mut sorted = targets.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| sorted[(share * (sorted.len() - 1) as f64).round() as usize];
    if sorted.is_empty() { [0.0; 2] } else { [at(0.01), at(0.99)] }
}

/// Mean and standard deviation of what is known of a feature; 0 and 1 where nothing is, or nothing differs.
fn moments(rows: &[&[f32; COUNT]], feature: usize) -> (f64, f64) {
    let known = || rows.iter().map(|row| f64::from(row[feature])).filter(|value| !value.is_nan());
    let n = known().count().max(1) as f64;
    let mean = known().sum::<f64>() / n;
    let sd = (known().map(|value| (value - mean).powi(2)).sum::<f64>() / n).sqrt();
    (mean, if sd > 1e-9 { sd } else { 1.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(n: u16, features: impl Fn(u16) -> Vec<f32>) -> Vec<[f32; COUNT]> {
        let row = |i| {
            let mut row = [f32::NAN; COUNT];
            let features = features(i);
            row[..features.len()].copy_from_slice(&features);
            row
        };
        (0..n).map(row).collect()
    }

    #[test]
    fn lines_are_found_whatever_a_few_outliers_say() {
        let rows = rows(400, |i| vec![f32::from(i % 20), f32::from(i / 20)]);
        let line = |row: &[f32; COUNT]| 1.0 + 0.3 * f64::from(row[0]) - 0.2 * f64::from(row[1]);
        let targets: Vec<f64> =
            rows.iter().enumerate().map(|(i, row)| line(row) + if i % 10 == 0 { 50.0 } else { 0.0 }).collect();
        let examples = Examples { rows: (0..400).collect(), targets, weights: vec![1.0; 400] };
        let model = Linear::fit(&Design::new(&rows.iter().collect::<Vec<_>>()), &examples, 1e-6, 1e-3).unwrap();
        for row in &rows {
            let (found, expected) = (model.predict(row), line(row).clamp(model.bounds[0], model.bounds[1]));
            assert!((found - expected).abs() < 0.05, "{found} for {expected}");
        }
    }

    #[test]
    fn sums_by_block_are_those_of_all_rows_one_by_one() {
        let noise = |i: u16, step: u32| f32::from((u32::from(i) * step % 1_009) as u16) / 500.0 - 1.0;
        // Blocks of 512: the last one is long, or of one or a few rows.
        for count in [1_300, 1_025, 1_026, 1_028, 1_030] {
            let rows =
                rows(count, |i| vec![noise(i, 377), noise(i, 611), if i % 9 == 0 { f32::NAN } else { noise(i, 83) }]);
            let design = Design::new(&rows.iter().collect::<Vec<_>>());
            // Every third row is left out, and so is the whole second block.
            let learned: Vec<u32> = (0..u32::from(count)).filter(|r| r % 3 != 0 && !(512..1_024).contains(r)).collect();
            let targets: Vec<f64> = learned.iter().map(|r| f64::from(noise(*r as u16, 271))).collect();
            let weights: Vec<f64> = learned.iter().map(|r| 0.5 + f64::from(r % 7)).collect();
            let examples = Examples { rows: learned, targets, weights };
            let lines = DVector::from_fn(TERMS, |term, _| 0.1 * term as f64 / TERMS as f64);
            let (normal, moments) = design.equations(&ByRow::new(usize::from(count), &examples), Some(&lines), 0.1);
            let (mut slow, mut right) = (DMatrix::<f64>::zeros(TERMS, TERMS), DVector::<f64>::zeros(TERMS));
            for ((row, target), weight) in examples.rows.iter().zip(&examples.targets).zip(&examples.weights) {
                let features = &rows[*row as usize];
                let terms = DVector::from_fn(TERMS, |term, _| match term {
                    0 => 1.0,
                    _ => design.scale.standard(term - 1, features[term - 1]),
                });
                let weight = weight / (target - terms.dot(&lines)).abs().max(0.1);
                slow += weight * &terms * terms.transpose();
                right += weight * *target * &terms;
            }
            // Single precision within a block: seven digits.
            let most = 1e-5 * slow.amax();
            assert!((normal - &slow).amax() < most && (moments - &right).amax() < most, "{count} rows");
        }
    }
}
