//! Regression trees, over rows of numbers and over rows of bins.

use serde::{Deserialize, Serialize};

use crate::bins::{BINS, Bins, MISSING};

/// A full binary tree in an array: the root is node 1, the children of node `n` are `2n` and `2n + 1`, and below the splits
/// lies one leaf more than there are splits. A branch that ends early goes on to the left, so that every row takes equally
/// many steps: loops without branches that a processor would have to predict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "(Vec<S>, Vec<f32>)", into = "(Vec<S>, Vec<f32>)")]
#[serde(bound(serialize = "S: Serialize + Clone", deserialize = "S: Deserialize<'de>"))]
pub(crate) struct Tree<S> {
    splits: Vec<S>,
    leaves: Vec<f32>,
}

/// A split: which side a row goes to by its value in a column.
pub(crate) trait Split: Copy {
    /// What rows hold.
    type Value;
    /// The split that sends every row left.
    const LEFT: Self;
    /// The column that it looks at.
    fn column(self) -> usize;
    /// Whether a row with this value goes right.
    fn right(self, value: Self::Value) -> bool;
}

/// Takes `N` rows down a tree, or a row down `N` trees, level by level, so that no step waits for the one before it; returns
/// the number of the leaf that each ends in.
///
/// For each of the `N`, `split` gives the split at a node and `value` what the row holds in a column.
#[inline]
pub(crate) fn descend<S: Split, const N: usize>(
    depth: usize,
    split: impl Fn(usize, usize) -> S,
    value: impl Fn(usize, usize) -> S::Value,
) -> [usize; N] {
    let mut nodes = [1; N];
    for _ in 0..depth {
        for (i, node) in nodes.iter_mut().enumerate() {
            let split = split(i, *node);
            *node = 2 * *node + usize::from(split.right(value(i, split.column())));
        }
    }
    nodes.map(|node| node - (1 << depth))
}

/// A split of numbers: what lies above a bound goes right.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(from = "(u16, f32, bool)", into = "(u16, f32, bool)")]
pub(crate) struct ValueSplit {
    pub(crate) column: u16,
    pub(crate) bound: f32,
    pub(crate) missing_right: bool,
}

/// A split of bins: what lies above the cut goes right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct BinSplit {
    column: u16,
    /// Subtracted from a bin's number, wrapping: 1 makes the missing bin the last one.
    shift: u8,
    cut: u8,
}

impl Split for ValueSplit {
    type Value = f32;
    const LEFT: Self = Self { column: 0, bound: f32::MAX, missing_right: false };

    #[inline]
    fn column(self) -> usize {
        self.column.into()
    }

    #[inline]
    fn right(self, value: f32) -> bool {
        // Not `||`: which way a row goes cannot be predicted, and a branch would be mispredicted half the time.
        (value > self.bound) | (self.missing_right & value.is_nan())
    }
}

impl Split for BinSplit {
    type Value = u8;
    const LEFT: Self = Self { column: 0, shift: 0, cut: u8::MAX };

    #[inline]
    fn column(self) -> usize {
        self.column.into()
    }

    #[inline]
    fn right(self, bin: u8) -> bool {
        bin.wrapping_sub(self.shift) > self.cut
    }
}

impl BinSplit {
    /// Bins above `cut`, from 1, go right, and the missing one if `missing_right`.
    pub(crate) fn new(column: u16, cut: u8, missing_right: bool) -> Self {
        const { assert!(MISSING == 0 && BINS <= u8::MAX as usize) };
        let shift = u8::from(missing_right);
        Self { column, shift, cut: cut - shift }
    }

    /// The same split of numbers.
    fn on_values(self, bins: &Bins) -> ValueSplit {
        if self == Self::LEFT {
            return ValueSplit::LEFT;
        }
        // Above the last bin there is only what is missing.
        let bound = bins.cuts(usize::from(self.column)).get(usize::from(self.cut + self.shift) - 1);
        ValueSplit { column: self.column, bound: bound.copied().unwrap_or(f32::MAX), missing_right: self.shift == 1 }
    }
}

impl<S: Split> Tree<S> {
    /// A tree that gives 0 to every row and has room for `depth` levels of splits.
    pub(crate) fn new(depth: usize) -> Self {
        Self { splits: vec![S::LEFT; (1 << depth) - 1], leaves: vec![0.0; 1 << depth] }
    }

    /// Levels of splits.
    pub(crate) fn depth(&self) -> usize {
        self.leaves.len().ilog2() as usize
    }

    /// Splits at `node`, on a level above the last.
    pub(crate) fn divide(&mut self, node: usize, split: S) {
        self.splits[node - 1] = split;
    }

    /// Makes `node` a leaf with this value.
    pub(crate) fn end(&mut self, node: usize, value: f32) {
        let mut last = node;
        while last < self.leaves.len() {
            last *= 2;
        }
        let leaf = last - self.leaves.len();
        self.leaves[leaf] = value;
    }

    /// The split at `node`, on a level above the last.
    #[inline]
    pub(crate) fn split(&self, node: usize) -> S {
        self.splits[node - 1]
    }

    /// The value of leaf `number`, from 0.
    #[inline]
    pub(crate) fn leaf(&self, number: usize) -> f32 {
        self.leaves[number]
    }
}

impl Tree<BinSplit> {
    /// What the tree gives to these rows of the table.
    #[inline]
    pub(crate) fn values<const N: usize>(&self, bins: &Bins, rows: [u32; N]) -> [f32; N] {
        descend(self.depth(), |_, node| self.split(node), |i, column| bins.at(rows[i] as usize, column))
            .map(|leaf| self.leaf(leaf))
    }

    /// The same tree for rows of numbers.
    pub(crate) fn on_values(&self, bins: &Bins) -> Tree<ValueSplit> {
        Tree { splits: self.splits.iter().map(|split| split.on_values(bins)).collect(), leaves: self.leaves.clone() }
    }
}

impl Tree<ValueSplit> {
    /// One more than the greatest column that a split looks at.
    pub(crate) fn columns(&self) -> usize {
        self.splits.iter().map(|split| usize::from(split.column) + 1).max().unwrap_or(0)
    }
}

impl<S> From<Tree<S>> for (Vec<S>, Vec<f32>) {
    fn from(tree: Tree<S>) -> Self {
        (tree.splits, tree.leaves)
    }
}

impl<S> TryFrom<(Vec<S>, Vec<f32>)> for Tree<S> {
    type Error = &'static str;

    fn try_from((splits, leaves): (Vec<S>, Vec<f32>)) -> Result<Self, Self::Error> {
        let full = leaves.len().is_power_of_two() && leaves.len() == splits.len() + 1;
        if full { Ok(Self { splits, leaves }) } else { Err("the tree is not full") }
    }
}

impl From<ValueSplit> for (u16, f32, bool) {
    fn from(split: ValueSplit) -> Self {
        (split.column, split.bound, split.missing_right)
    }
}

impl From<(u16, f32, bool)> for ValueSplit {
    fn from((column, bound, missing_right): (u16, f32, bool)) -> Self {
        Self { column, bound, missing_right }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_bins_and_of_numbers_take_the_same_way() {
        let rows: Vec<[f32; 2]> =
            (0..40).map(|i| [if i % 7 == 0 { f32::NAN } else { (i % 11) as f32 }, i as f32]).collect();
        let bins = Bins::new(&rows, &[1.0; 40]);
        for missing_right in [false, true] {
            for cut in 1..=11 {
                let mut tree = Tree::new(2);
                tree.divide(1, BinSplit::new(0, cut, missing_right));
                tree.end(2, 1.0);
                tree.divide(3, BinSplit::new(1, 9, false));
                tree.end(6, 2.0);
                tree.end(7, 3.0);
                let above = tree.on_values(&bins);
                for (r, row) in rows.iter().enumerate() {
                    let right = if row[0].is_nan() { missing_right } else { row[0] > f32::from(cut - 1) };
                    let expected = if !right {
                        1.0
                    } else if row[1] > 8.0 {
                        3.0
                    } else {
                        2.0
                    };
                    assert_eq!(tree.values(&bins, [r as u32]), [expected], "{row:?}");
                    let [leaf] = descend(2, |_, node| above.split(node), |_, column| row[column]);
                    assert_eq!(above.leaf(leaf), expected, "{row:?}");
                }
                assert_eq!(above.columns(), 2);
            }
        }
    }
}
