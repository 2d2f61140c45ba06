//! The average of the engines' quantiles.

use crate::scores::quantiles::Row;

/// The mean of several rows, level by level, all counting alike.
///
/// Weights that were learned from past scores did not do better in the hubs (see `docs/live.md`).
pub(super) fn average(rows: &[Row]) -> Row {
    std::array::from_fn(|level| {
        let sum: f64 = rows.iter().map(|row| f64::from(row[level])).sum();
        (sum / rows.len() as f64) as f32
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_level_is_the_mean() {
        let row = |from: f32| std::array::from_fn(|level| from + level as f32);
        assert_eq!(average(&[row(0.0), row(2.0)]), row(1.0));
        assert_eq!(average(&[row(3.0)]), row(3.0));
    }
}
