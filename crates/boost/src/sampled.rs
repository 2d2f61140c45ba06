//! The rows and columns that one tree sees, copied so that they lie beside each other in memory.

use std::ops::Range;

use crate::bins::{Bins, MISSING};
use crate::loss::{Loss, weighted_quantile};
use crate::sample::Sample;
use crate::split::Histogram;
use crate::sums::{Sums, Units};
use crate::tree::{BinSplit, Split, Tree};

/// Rows that a booster learns from.
#[derive(Debug)]
pub(crate) struct TrainingSet<'a> {
    pub(crate) bins: &'a Bins,
    /// The row of the table, by row of the training set.
    pub(crate) rows: &'a [u32],
    /// Target less the sum of the trees so far.
    pub(crate) residuals: Vec<f32>,
    pub(crate) weights: Vec<f32>,
}

/// Rows that are transposed together.
const TRANSPOSED: usize = 512;

/// Rows that go down a tree beside each other.
const ABREAST: usize = 16;

/// A tree's sample of a training set. Its memory is kept from one tree to the next.
#[derive(Debug, Default)]
pub(crate) struct Sampled {
    /// Rows of the training set that are in the sample, and those that are not, ascending.
    inside: Vec<u32>,
    outside: Vec<u32>,
    /// Residuals and weights by row of the sample.
    residuals: Vec<(f32, f32)>,
    /// Gradients and weights by row of the sample.
    sums: Vec<Sums>,
    width: usize,
    /// Bins of the sampled columns, once row after row, from which histograms are built, and once column after column, from
    /// which rows are divided.
    by_row: Vec<u8>,
    by_column: Vec<u8>,
    /// Rows of the table by row of the sample.
    table_rows: Vec<u32>,
}

impl Sampled {
    /// Chooses the rows, and looks up their residuals and weights.
    pub(crate) fn choose(&mut self, set: &TrainingSet<'_>, share: f64, sample: Sample) {
        sample.rows(set.rows.len(), share, &mut self.inside, &mut self.outside);
        self.residuals.clear();
        self.residuals.extend(self.inside.iter().map(|row| (set.residuals[*row as usize], set.weights[*row as usize])));
    }

    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.inside.len()
    }

    /// Gradients and weights of the rows.
    pub(crate) fn pulls(&self, loss: Loss) -> impl Iterator<Item = (f32, f32)> {
        self.residuals.iter().map(move |(residual, weight)| (loss.pull(*residual), *weight))
    }

    /// The weighted quantile of the residuals of these rows of the sample.
    pub(crate) fn quantile(&self, rows: &[u32], level: f64) -> f64 {
        let of = |row: &u32| {
            let (residual, weight) = self.residuals[*row as usize];
            (f64::from(residual), f64::from(weight))
        };
        weighted_quantile(rows.iter().map(of).collect(), level)
    }

    /// Copies these columns of the chosen rows.
    pub(crate) fn load(&mut self, set: &TrainingSet<'_>, columns: &[usize], loss: Loss, units: Units) {
        let (len, width) = (self.len(), columns.len());
        self.width = width;
        self.sums.clear();
        self.sums.extend(self.residuals.iter().map(|(residual, weight)| units.pack(loss.pull(*residual), *weight)));
        self.table_rows.clear();
        self.table_rows.extend(self.inside.iter().map(|row| set.rows[*row as usize]));
        self.by_column.clear();
        for column in columns {
            let column = set.bins.column(*column);
            self.by_column.extend(self.table_rows.iter().map(|row| column[*row as usize]));
        }
        self.by_row.resize(len * width, MISSING);
        for (block, rows) in self.by_row.chunks_mut(TRANSPOSED * width).enumerate() {
            for c in 0..width {
                let column = &self.by_column[c * len + block * TRANSPOSED..];
                rows.chunks_exact_mut(width).zip(column).for_each(|(row, bin)| row[c] = *bin);
            }
        }
    }

    /// Sum of all rows.
    pub(crate) fn sum(&self) -> Sums {
        self.sums.iter().fold(Sums::default(), |sum, part| sum + *part)
    }

    /// Adds these rows of the sample to histograms, one a column.
    pub(crate) fn accumulate(&self, rows: &[u32], histograms: &mut [Histogram]) {
        let (fours, rest) = histograms.as_chunks_mut::<4>();
        for row in rows {
            let row = *row as usize;
            let sums = self.sums[row];
            // Bins are fewer than 64: the mask spares a bounds check.
            let add = |(histogram, bin): (&mut Histogram, &u8)| histogram[usize::from(*bin & 63)] += sums;
            let (bins, last) = self.by_row[row * self.width..(row + 1) * self.width].as_chunks::<4>();
            for (four, bins) in fours.iter_mut().zip(bins) {
                four.iter_mut().zip(bins).for_each(add);
            }
            rest.iter_mut().zip(last).for_each(add);
        }
    }

    /// Puts the rows of the sample at `places` that go left before those that go right, and returns where the latter begin.
    /// Both keep their order. `aside` has room for all.
    pub(crate) fn partition(
        &self,
        order: &mut [u32],
        places: Range<usize>,
        column: usize,
        split: BinSplit,
        aside: &mut [u32],
    ) -> usize {
        let bins = &self.by_column[column * self.len()..(column + 1) * self.len()];
        let (start, order) = (places.start, &mut order[places]);
        let (mut left, mut right) = (0, 0);
        // Written to both sides and counted on one: which way a row goes cannot be predicted.
        for place in 0..order.len() {
            let row = order[place];
            let goes_right = split.right(bins[row as usize]);
            order[left] = row;
            aside[right] = row;
            left += usize::from(!goes_right);
            right += usize::from(goes_right);
        }
        order[left..].copy_from_slice(&aside[..right]);
        start + left
    }

    /// Takes from the residuals what a tree gives: to rows of the sample by the leaves that they ended in, to the others by
    /// way of the tree.
    pub(crate) fn subtract(&self, tree: &Tree<BinSplit>, leaf_values: &[f32], set: &mut TrainingSet<'_>) {
        for (row, value) in self.inside.iter().zip(leaf_values) {
            set.residuals[*row as usize] -= value;
        }
        let (abreast, rest) = self.outside.as_chunks::<ABREAST>();
        for rows in abreast {
            let values = tree.values(set.bins, rows.map(|row| set.rows[row as usize]));
            rows.iter().zip(values).for_each(|(row, value)| set.residuals[*row as usize] -= value);
        }
        for row in rest {
            let [value] = tree.values(set.bins, [set.rows[*row as usize]]);
            set.residuals[*row as usize] -= value;
        }
    }
}
