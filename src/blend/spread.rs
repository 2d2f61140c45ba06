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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_linear_between_levels_and_half_a_step_beyond() {
        let values = spread(&LEVELS.map(|level| 100.0 * level as f32), 400);
        let even = |path: usize| 100.0 * (path as f32 + 0.5) / 400.0;
        assert!((1..399).all(|path| (values[path] - even(path)).abs() < 1e-4));
        // Steps of 1.5 beyond the levels 1 and 99 %: no lower than 0.25 and no higher than 99.75.
        assert!((values[0] - 0.25).abs() < 1e-4 && (values[399] - 99.75).abs() < 1e-4, "{} {}", values[0], values[399]);
        let counts = spread(&std::array::from_fn(|i| if i == 0 { 0.0 } else { 10.0 }), 400);
        assert_eq!(counts[0], 0.0, "no count is below zero");
    }
}
