//! The quantile levels of every projection, and quantiles of samples.

/// The quantile levels of every projection, ascending: those of the US Forecast Hubs.
pub const LEVELS: [f64; 23] = [
    0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9,
    0.95, 0.975, 0.99,
];

/// Position of the median in [`LEVELS`].
pub const MEDIAN: usize = 11;

/// One value for each of [`LEVELS`], not decreasing.
pub type Row = [f32; 23];

/// A quantile of an ascending sample by linear interpolation between order statistics (type 7 of Hyndman and Fan 1996); not a
/// number where the sample is empty.
#[must_use]
pub fn quantile(sorted: &[f64], level: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let position = level * last as f64;
    let below = position.floor() as usize;
    sorted[below] + position.fract() * (sorted[(below + 1).min(last)] - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_between_order_statistics_are_interpolated() {
        // Position 2 · level among 1, 2, 6, from 0.
        let found = [0.0, 0.25, 0.5, 0.75, 1.0].map(|level| quantile(&[1.0, 2.0, 6.0], level));
        assert_eq!(found, [1.0, 1.5, 2.0, 4.0, 6.0]);
        assert_eq!(quantile(&[3.0], 0.9), 3.0);
        assert!(quantile(&[], 0.5).is_nan());
    }
}
