//! The quantile levels of every projection.

/// The quantile levels of every projection, ascending: those of the US Forecast Hubs.
pub const LEVELS: [f64; 23] = [
    0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9,
    0.95, 0.975, 0.99,
];

/// Position of the median in [`LEVELS`].
pub const MEDIAN: usize = 11;

/// One value for each of [`LEVELS`], not decreasing.
pub type Row = [f32; 23];
