//! Features of all rows that a set of boosters may learn from, prepared once for all of them.

use countycast_boost::Bins;

use crate::features::COUNT;
use crate::linear::Design;

/// The features of some rows, as trees and as lines take them.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) bins: Bins,
    pub(crate) design: Design,
}

impl Table {
    /// Of rows that weigh about this much wherever they are learned from.
    pub(crate) fn new(rows: &[&[f32; COUNT]], weights: &[f64]) -> Self {
        Self { bins: Bins::new(rows, weights), design: Design::new(rows) }
    }
}
