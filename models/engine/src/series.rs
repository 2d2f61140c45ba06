//! Daily new counts of one kind.

use crate::{HistoryError, LastDays};

/// Daily new counts of one kind, as reported and as cleaned.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    parts: SeriesParts,
}

/// The columns of a [`Series`] before they are checked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SeriesParts {
    /// Daily new counts as published, including negative corrections and dumps.
    pub reported: Vec<f64>,
    /// Daily new counts after repair: nonnegative, with the weekday pattern, and expected counts on unreported last
    /// days.
    pub cleaned: Vec<f64>,
    /// Days whose cleaned count was moved by repair (part of a dump, a reporting gap, a correction) or expected.
    pub repaired: Vec<bool>,
    /// Factor of each weekday on the expected count, Sunday first, mean 1.
    pub weekday: [f64; 7],
    /// Published cumulative count on the as-of day, the start of cumulative projections.
    pub total: f64,
    /// Reports of the last days that are missing or not yet believed.
    pub last_days: LastDays,
}

impl Series {
    /// Checks the columns.
    ///
    /// # Errors
    /// [`HistoryError`] where lengths differ, a cleaned count is negative or not finite, a number about the last days is out of
    /// its range, or the weekday factors are not positive with mean 1.
    pub fn new(parts: SeriesParts) -> Result<Self, HistoryError> {
        let expected = parts.reported.len();
        for (what, found) in [("cleaned", parts.cleaned.len()), ("repaired", parts.repaired.len())] {
            if found != expected {
                return Err(HistoryError::Length { what, found, expected });
            }
        }
        if let Some((day, &value)) = parts.cleaned.iter().enumerate().find(|(_, v)| !(v.is_finite() && **v >= 0.0)) {
            return Err(HistoryError::Count { day, value });
        }
        let mean = parts.weekday.iter().sum::<f64>() / 7.0;
        if !((mean - 1.0).abs() < 1e-6 && parts.weekday.iter().all(|f| *f > 0.0)) {
            return Err(HistoryError::Weekday(parts.weekday));
        }
        parts.last_days.check(expected)?;
        Ok(Self { parts })
    }

    /// A series that needs no repair: cleaned counts equal reported ones, with equal weekday factors.
    ///
    /// # Errors
    /// [`HistoryError`] where a count is negative or not finite.
    pub fn from_counts(counts: Vec<f64>) -> Result<Self, HistoryError> {
        let total = counts.iter().sum();
        let (reported, repaired) = (counts.clone(), vec![false; counts.len()]);
        Self::new(SeriesParts {
            reported,
            cleaned: counts,
            repaired,
            weekday: [1.0; 7],
            total,
            last_days: LastDays::default(),
        })
    }

    /// Daily new counts as published, including negative corrections and dumps.
    #[must_use]
    pub fn reported(&self) -> &[f64] {
        &self.parts.reported
    }

    /// Daily new counts after repair, at least 0, with the weekday pattern; unreported last days have expected counts.
    #[must_use]
    pub fn cleaned(&self) -> &[f64] {
        &self.parts.cleaned
    }

    /// Days whose cleaned count was moved by repair.
    #[must_use]
    pub fn repaired(&self) -> &[bool] {
        &self.parts.repaired
    }

    /// Factor of each weekday on the expected count, Sunday first, mean 1. See [`weekday_index`](crate::weekday_index).
    #[must_use]
    pub fn weekday(&self) -> &[f64; 7] {
        &self.parts.weekday
    }

    /// Published cumulative count on the as-of day.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.parts.total
    }

    /// Reports of the last days that are missing or not yet believed; the default for most series.
    #[must_use]
    pub fn last_days(&self) -> &LastDays {
        &self.parts.last_days
    }

    /// Daily new counts as published, but the expected counts in place of a last report that is held back and of a long
    /// silence at the end.
    #[must_use]
    pub fn believed(&self) -> Vec<f64> {
        let mut counts = self.parts.reported.clone();
        let first = counts.len() - self.parts.last_days.unreported;
        counts[first..].copy_from_slice(&self.parts.cleaned[first..]);
        if let Some(held) = self.parts.last_days.held {
            counts[held.day] -= held.people;
        }
        counts
    }

    /// Cleaned sums of whole weeks that end on the as-of day, oldest first; days before the first whole week are left out.
    #[must_use]
    pub fn weekly(&self) -> Vec<f64> {
        self.parts.cleaned.rchunks_exact(7).rev().map(|week| week.iter().sum()).collect()
    }

    /// The first `days` days, with the cleaning of the whole series; for scoring an engine's own past projections.
    #[must_use]
    pub fn truncated(&self, days: usize) -> Self {
        let whole = days >= self.parts.reported.len();
        let days = days.min(self.parts.reported.len());
        let dropped: f64 = self.parts.reported[days..].iter().sum();
        Self {
            parts: SeriesParts {
                reported: self.parts.reported[..days].to_vec(),
                cleaned: self.parts.cleaned[..days].to_vec(),
                repaired: self.parts.repaired[..days].to_vec(),
                weekday: self.parts.weekday,
                total: self.parts.total - dropped,
                last_days: if whole { self.parts.last_days } else { LastDays::default() },
            },
        }
    }
}
