//! The same boosting, slow and obvious: every split of every node is tried by going over its rows.

use proptest::prelude::*;

use crate::bins::Bins;
use crate::loss::weighted_quantile;
use crate::sample::Sample;
use crate::split::Limits;
use crate::sums::{Sums, Units};
use crate::{Booster, Loss, Params};

/// A table with targets and weights.
#[derive(Debug)]
struct Problem {
    rows: Vec<Vec<f32>>,
    targets: Vec<f64>,
    weights: Vec<f64>,
}

/// A split of numbers, as it reads.
#[derive(Clone, Copy)]
struct Split {
    column: usize,
    bound: f32,
    missing_right: bool,
}

impl Split {
    fn right(self, row: &[f32]) -> bool {
        let value = row[self.column];
        if value.is_nan() { self.missing_right } else { value > self.bound }
    }
}

/// One tree being grown.
struct Tree<'a> {
    problem: &'a Problem,
    params: &'a Params,
    units: Units,
    limits: Limits,
    /// Splits that may be tried, in order.
    splits: Vec<Split>,
    sums: &'a [Sums],
    residuals: &'a [f32],
    weights: &'a [f32],
}

impl Tree<'_> {
    fn sum(&self, rows: &[usize]) -> Sums {
        rows.iter().fold(Sums::default(), |sum, row| sum + self.sums[*row])
    }

    /// Adds to `values` what the tree gives to the rows `all`, which hold those of the sample.
    fn grow(&self, all: &[usize], sample: &[usize], depth: usize, values: &mut [f32]) {
        let node = self.sum(sample);
        let mut best: Option<(f64, Split)> = None;
        for split in self.splits.iter().filter(|_| depth < self.params.depth) {
            let left: Vec<usize> = sample.iter().copied().filter(|r| !split.right(&self.problem.rows[*r])).collect();
            let left = self.sum(&left);
            let highest = best.map_or(self.limits.score(node), |(score, _)| score);
            if let Some(score) = self.limits.divided(left, node - left).filter(|score| *score > highest) {
                best = Some((score, *split));
            }
        }
        if let Some((_, split)) = best {
            for right in [false, true] {
                let side = |rows: &[usize]| -> Vec<usize> {
                    rows.iter().copied().filter(|r| split.right(&self.problem.rows[*r]) == right).collect()
                };
                self.grow(&side(all), &side(sample), depth + 1, values);
            }
        } else {
            let value = match self.params.loss {
                Loss::Squared => {
                    let weight = node.weight() + self.limits.ridge;
                    let step = self.params.learning_rate * self.units.per_weight / self.units.per_gradient;
                    if weight > 0.0 { (step * node.gradient() / weight) as f32 } else { 0.0 }
                }
                Loss::Quantile(level) => {
                    let of = |row: &usize| (self.residuals[*row].into(), self.weights[*row].into());
                    (self.params.learning_rate * weighted_quantile(sample.iter().map(of).collect(), level)) as f32
                }
            };
            all.iter().for_each(|row| values[*row] = value);
        }
    }
}

/// Target less answer, by row, after all trees.
fn residuals(problem: &Problem, bins: &Bins, params: &Params) -> Vec<f32> {
    let n = problem.rows.len();
    let base = params.loss.best_constant(&problem.targets, &problem.weights);
    let mut residuals: Vec<f32> = problem.targets.iter().map(|target| (target - base) as f32).collect();
    for tree in 0..params.trees {
        let sample = Sample::new(params.seed, tree);
        let (mut inside, mut outside) = (Vec::new(), Vec::new());
        sample.rows(n, params.row_share, &mut inside, &mut outside);
        let inside: Vec<usize> = inside.into_iter().map(|row| row as usize).collect();
        let weights: Vec<f32> = problem.weights.iter().map(|weight| *weight as f32).collect();
        let units = Units::new(inside.iter().map(|r| (params.loss.pull(residuals[*r]), weights[*r])));
        let usable: Vec<usize> = (0..bins.columns()).filter(|c| !bins.cuts(*c).is_empty()).collect();
        let columns = sample.columns(&usable, params.column_share);
        if units.per_gradient == 0.0 || columns.is_empty() {
            continue;
        }
        let bounds = |column: usize| bins.cuts(column).iter().copied().chain([f32::MAX]);
        let splits = columns.into_iter().flat_map(|column| {
            bounds(column)
                .flat_map(move |bound| [false, true].map(|missing_right| Split { column, bound, missing_right }))
        });
        let sums: Vec<Sums> = (0..n).map(|r| units.pack(params.loss.pull(residuals[r]), weights[r])).collect();
        let limits =
            Limits { ridge: params.ridge * units.per_weight, least: (params.leaf_weight * units.per_weight).max(1.0) };
        let (residuals_now, weights) = (&residuals[..], &weights[..]);
        let splits = splits.collect();
        let grown = Tree { problem, params, units, limits, splits, sums: &sums, residuals: residuals_now, weights };
        let mut values = vec![0.0; n];
        grown.grow(&(0..n).collect::<Vec<_>>(), &inside, 0, &mut values);
        residuals.iter_mut().zip(values).for_each(|(residual, value)| *residual -= value);
    }
    residuals
}

fn problem() -> impl Strategy<Value = Problem> {
    let value = prop_oneof![
        1 => Just(f32::NAN),
        3 => (-3_i8..4).prop_map(f32::from),
        3 => -10.0_f32..10.0,
    ];
    (1_usize..7).prop_flat_map(move |columns| {
        let row = prop::collection::vec(value.clone(), columns);
        prop::collection::vec((row, -5.0..5.0, prop_oneof![Just(0.0), 0.01..4.0]), 1..90).prop_map(|rows| {
            let mut problem = Problem { rows: Vec::new(), targets: Vec::new(), weights: Vec::new() };
            for (row, target, weight) in rows {
                problem.rows.push(row);
                problem.targets.push(target);
                problem.weights.push(weight);
            }
            // At least one row counts.
            problem.weights[0] = 1.0;
            problem
        })
    })
}

fn params() -> impl Strategy<Value = Params> {
    let share = || prop_oneof![Just(1.0), 0.2..1.0];
    let loss = prop_oneof![Just(Loss::Squared), (0.05..0.95).prop_map(Loss::Quantile)];
    let trees = (loss, 1_usize..6);
    (trees, 1_usize..6, 0.05..1.0, prop_oneof![Just(0.0), 0.0..6.0], 0.0..3.0, share(), share(), any::<u64>()).prop_map(
        |(trees, depth, learning_rate, leaf_weight, ridge, row_share, column_share, seed)| Params {
            loss: trees.0,
            trees: trees.1,
            depth,
            learning_rate,
            leaf_weight,
            ridge,
            row_share,
            column_share,
            seed,
        },
    )
}

proptest! {
    #[test]
    fn fast_and_slow_agree_to_the_last_bit(problem in problem(), params in params()) {
        let bins = Bins::new(&problem.rows, &problem.weights);
        let numbers: Vec<u32> = (0..problem.rows.len() as u32).collect();
        let fit = Booster::fit(&bins, &numbers, &problem.targets, &problem.weights, &params).unwrap();
        let slow = residuals(&problem, &bins, &params);
        for (((row, target), left), fitted) in problem.rows.iter().zip(&problem.targets).zip(slow).zip(&fit.fitted) {
            prop_assert_eq!(*fitted, target - f64::from(left));
            // Answers to numbers are sums in double precision.
            prop_assert!((fit.booster.predict(row) - fitted).abs() < 1e-5, "{} {}", fit.booster.predict(row), fitted);
        }
    }
}
