//! A forecast week's distribution between and beyond its quantiles.

use std::sync::LazyLock;

use countycast_engine::{LEVELS, Row};
use statrs::distribution::{ContinuousCDF, Normal};

/// Standard normal scores of all levels.
static SCORES: LazyLock<[f64; 23]> = LazyLock::new(|| LEVELS.map(normal_score));

/// The standard normal score of a probability between 0 and 1.
pub(super) fn normal_score(probability: f64) -> f64 {
    Normal::standard().inverse_cdf(probability)
}

/// The distribution that has a forecast's quantiles: its fourth root is linear in the normal score between two levels, and
/// goes on so beyond the outermost, where it has the tails of a normal distribution.
#[derive(Debug, Clone, Copy)]
pub(super) struct Marginal {
    roots: [f64; 23],
    most: f64,
}

impl Marginal {
    pub(super) fn new(row: &Row, most: f64) -> Self {
        Self { roots: row.map(|value| root(f64::from(value))), most }
    }

    /// The value at a normal score.
    pub(super) fn at(&self, score: f64) -> f64 {
        let after = SCORES.partition_point(|known| *known <= score).clamp(1, SCORES.len() - 1);
        let [low, high] = [after - 1, after];
        let share = (score - SCORES[low]) / (SCORES[high] - SCORES[low]);
        let root = self.roots[low] + share * (self.roots[high] - self.roots[low]);
        root.max(0.0).powi(4).min(self.most)
    }

    /// Width of the central half, on the scale of fourth roots.
    pub(super) fn spread(&self) -> f64 {
        self.roots[16] - self.roots[6]
    }
}

/// The fourth root, on which seasons of all sizes are alike in their swings.
pub(super) fn root(value: f64) -> f64 {
    value.max(0.0).sqrt().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_the_quantiles_is_monotone_and_keeps_to_what_is_possible() {
        let row: Row = std::array::from_fn(|place| 0.01 * (1.0 + place as f32));
        let marginal = Marginal::new(&row, 0.24);
        for (level, value) in LEVELS.iter().zip(row) {
            assert!((marginal.at(normal_score(*level)) - f64::from(value)).abs() < 1e-6);
        }
        let values: Vec<f64> = (1..400).map(|place| marginal.at(normal_score(f64::from(place) / 400.0))).collect();
        assert!(values.is_sorted() && values[0] < 0.01 && values[0] >= 0.0);
        assert_eq!(values[398], 0.24, "no share above the greatest");
    }
}
