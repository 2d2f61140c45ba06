//! Fast sums over days.

/// Running sums of a daily series, so that the sum of any window is one subtraction.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Track {
    /// Element `d` is the sum of the first `d` days.
    sums: Vec<f64>,
}

impl Track {
    /// Sums up a daily series.
    #[must_use]
    pub fn new(days: impl IntoIterator<Item = f64>) -> Self {
        let mut sum = 0.0;
        let later = days.into_iter().map(|day| {
            sum += day;
            sum
        });
        Self { sums: std::iter::once(0.0).chain(later).collect() }
    }

    /// Number of days.
    #[must_use]
    pub fn days(&self) -> usize {
        self.sums.len() - 1
    }

    /// Sum of the days `from .. to`.
    ///
    /// # Panics
    /// Where `to` is past the last day.
    #[must_use]
    pub fn sum(&self, from: usize, to: usize) -> f64 {
        self.sums[to] - self.sums[from.min(to)]
    }

    /// Sum of `length` days of which the last is `back` days before the first `seen` days end; days before the first count
    /// as 0.
    ///
    /// # Panics
    /// Where that last day is past the last one of the series.
    #[must_use]
    pub fn window(&self, seen: usize, back: usize, length: usize) -> f64 {
        let to = seen.saturating_sub(back);
        self.sum(to.saturating_sub(length), to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_end_before_what_is_not_seen() {
        let track = Track::new([1.0, 2.0, 4.0, 8.0, 16.0]);
        assert_eq!(track.days(), 5);
        assert_eq!(track.window(4, 0, 2), 12.0, "the fifth day is not seen");
        assert_eq!(track.window(4, 1, 2), 6.0);
        assert_eq!(track.window(4, 3, 7), 1.0, "days before the first are 0");
        assert_eq!(track.sum(1, 3), 6.0);
    }
}
