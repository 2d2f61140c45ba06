//! Cases by which a region is compared with its places.

/// Days over which a region's counts are compared with those of its places: some cases belong to no county.
const WINDOW_DAYS: usize = 56;

/// Counts of the last eight weeks.
pub(crate) fn recent(counts: &[f64]) -> f64 {
    counts.iter().rev().take(WINDOW_DAYS).sum()
}
