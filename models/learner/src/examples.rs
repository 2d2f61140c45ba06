//! What a set of boosters learns from.

/// Rows of a table to learn from, with a target and a weight each.
#[derive(Debug)]
pub(crate) struct Examples {
    pub(crate) rows: Vec<u32>,
    pub(crate) targets: Vec<f64>,
    pub(crate) weights: Vec<f64>,
}
