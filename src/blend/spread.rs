//! Quantiles as equally likely values.

use crate::scores::quantiles::{LEVELS, Row};

/// Equally likely values with these quantiles, ascending: linear between levels, and half a step of levels beyond the last.
pub(super) fn spread(row: &Row, count: usize) -> Vec<f32> {
    let mut segment = 0;
    let value = |i: usize| {
        let level = (i as f64 + 0.5) / count as f64;
        while segment + 2 < LEVELS.len() && level > LEVELS[segment + 1] {
            segment += 1;
        }
        let along = (level - LEVELS[segment]) / (LEVELS[segment + 1] - LEVELS[segment]);
        let (low, high) = (row[segment], row[segment + 1]);
        (low + (high - low) * along.clamp(-0.5, 1.5) as f32).max(0.0)
    };
    (0..count).map(value).collect()
}
