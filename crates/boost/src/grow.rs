//! Growing one tree.

use std::ops::Range;

use crate::loss::Loss;
use crate::params::Params;
use crate::sample::Sample;
use crate::sampled::{Sampled, TrainingSet};
use crate::split::{Histogram, Limits};
use crate::sums::{Sums, Units};
use crate::tree::{BinSplit, Tree};

/// Grows trees one after the other, and keeps its memory from one to the next.
#[derive(Debug, Default)]
pub(crate) struct Grower {
    sampled: Sampled,
    /// Rows of the sample, those of a node beside each other.
    order: Vec<u32>,
    /// Room for the rows of a node that go right.
    aside: Vec<u32>,
    /// The value of the leaf that each row of the sample ended in.
    leaf_values: Vec<f32>,
    /// Memory for histograms that is free.
    free: Vec<Vec<Histogram>>,
}

/// A node with its rows.
struct Node {
    /// Its number in the tree.
    number: usize,
    /// Places of its rows in the order.
    places: Range<usize>,
    sums: Sums,
}

/// What holds for all nodes of a tree.
struct Plan {
    depth: usize,
    limits: Limits,
    /// The sampled columns of the table, and the number of bins of each without the missing one.
    columns: Vec<usize>,
    bins: Vec<usize>,
    loss: Loss,
    learning_rate: f64,
    units: Units,
}

impl Grower {
    /// Grows the tree that lowers the loss of a sample of the training set, its values damped by the learning rate,
    /// and takes what it gives from all residuals of the set.
    pub(crate) fn grow(&mut self, set: &mut TrainingSet<'_>, params: &Params, sample: Sample) -> Tree<BinSplit> {
        self.sampled.choose(set, params.row_share, sample);
        let units = Units::new(self.sampled.pulls(params.loss));
        let plan = Plan::new(set, params, sample, units);
        let mut tree = Tree::new(plan.depth);
        if units.per_gradient > 0.0 && !plan.columns.is_empty() {
            self.sampled.load(set, &plan.columns, plan.loss, units);
            let len = self.sampled.len();
            self.order.clear();
            self.order.extend(0..len as u32);
            self.aside.resize(len, 0);
            self.leaf_values.resize(len, 0.0);
            let root = Node { number: 1, places: 0..len, sums: self.sampled.sum() };
            let histograms = self.histograms(&plan, root.places.clone());
            self.divide(&plan, root, histograms, &mut tree);
            self.sampled.subtract(&tree, &self.leaf_values, set);
        }
        tree
    }

    /// Divides a node as long as that lowers the error, and then its children.
    fn divide(&mut self, plan: &Plan, node: Node, mut histograms: Vec<Histogram>, tree: &mut Tree<BinSplit>) {
        let Some(best) = plan.limits.best(node.sums, &histograms, &plan.bins) else {
            self.end(plan, &node, tree);
            self.free.push(histograms);
            return;
        };
        let split = BinSplit::new(plan.columns[best.column] as u16, best.cut, best.missing_right);
        tree.divide(node.number, split);
        let (order, aside) = (&mut self.order, &mut self.aside);
        let middle = self.sampled.partition(order, node.places.clone(), best.column, split, aside);
        let left = Node { number: 2 * node.number, places: node.places.start..middle, sums: best.left };
        let right = Node { number: 2 * node.number + 1, places: middle..node.places.end, sums: node.sums - best.left };
        if left.number >= 1 << plan.depth {
            self.end(plan, &left, tree);
            self.end(plan, &right, tree);
            self.free.push(histograms);
            return;
        }
        let (small, large) = if left.places.len() < right.places.len() { (left, right) } else { (right, left) };
        // Only the smaller child's histograms are built: the larger one's are what is left of the parent's.
        let built = self.histograms(plan, small.places.clone());
        for (all, part) in histograms.as_flattened_mut().iter_mut().zip(built.as_flattened()) {
            *all -= *part;
        }
        self.divide(plan, small, built, tree);
        self.divide(plan, large, histograms, tree);
    }

    /// Makes a leaf of a node.
    fn end(&mut self, plan: &Plan, node: &Node, tree: &mut Tree<BinSplit>) {
        let rows = &self.order[node.places.clone()];
        let value = match plan.loss {
            Loss::Squared => plan.step(node.sums),
            Loss::Quantile(level) => (plan.learning_rate * self.sampled.quantile(rows, level)) as f32,
        };
        tree.end(node.number, value);
        for row in rows {
            self.leaf_values[*row as usize] = value;
        }
    }

    /// Sums by column and bin of the rows at `places`.
    fn histograms(&mut self, plan: &Plan, places: Range<usize>) -> Vec<Histogram> {
        let mut histograms = self.free.pop().unwrap_or_default();
        histograms.clear();
        histograms.resize(plan.columns.len(), [Sums::default(); _]);
        self.sampled.accumulate(&self.order[places], &mut histograms);
        histograms
    }
}

impl Plan {
    fn new(set: &TrainingSet<'_>, params: &Params, sample: Sample, units: Units) -> Self {
        let varies = |column: &usize| !set.bins.cuts(*column).is_empty();
        let usable: Vec<usize> = (0..set.bins.columns()).filter(varies).collect();
        let columns = sample.columns(&usable, params.column_share);
        Self {
            depth: params.depth,
            limits: Limits {
                ridge: params.ridge * units.per_weight,
                least: (params.leaf_weight * units.per_weight).max(1.0),
            },
            bins: columns.iter().map(|column| set.bins.cuts(*column).len() + 1).collect(),
            columns,
            loss: params.loss,
            learning_rate: params.learning_rate,
            units,
        }
    }

    /// A leaf's share of the Newton step: gradient over weight plus penalty.
    fn step(&self, sums: Sums) -> f32 {
        let weight = sums.weight() + self.limits.ridge;
        let step = self.learning_rate * self.units.per_weight / self.units.per_gradient;
        if weight > 0.0 { (step * sums.gradient() / weight) as f32 } else { 0.0 }
    }
}
