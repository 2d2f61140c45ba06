//! A day of a place: what features are computed from.

use countycast_engine::Around;
use countycast_engine::growth::{Growth, log_cases, log_rate};

use crate::place::Place;

/// Weeks of history that the oldest feature looks back on.
pub(crate) const WEEKS_SEEN: usize = 6;

/// A place once its first `seen` days are known.
#[derive(Debug)]
pub(crate) struct Day<'a> {
    pub(crate) place: &'a Place<'a>,
    pub(crate) seen: usize,
    /// Cases of the last weeks, newest first, and their logarithms.
    pub(crate) weeks: [f64; WEEKS_SEEN],
    pub(crate) log: [f64; WEEKS_SEEN],
    /// Logarithms of last week's and of all cases per head.
    pub(crate) rate: f64,
    pub(crate) infected: f64,
    pub(crate) region: Growth,
    pub(crate) nation: Growth,
    pub(crate) neighbours: Growth,
}

impl<'a> Day<'a> {
    pub(crate) fn new(place: &'a Place<'a>, seen: usize) -> Self {
        let weeks: [f64; WEEKS_SEEN] = std::array::from_fn(|back| place.cases.window(seen, 7 * back, 7));
        let around = |around| place.shifted(seen).map_or(Growth::UNKNOWN, |seen| Growth::of(around, seen));
        Self {
            place,
            seen,
            weeks,
            log: weeks.map(log_cases),
            rate: log_rate(weeks[0], place.population),
            infected: log_rate(place.cases.sum(0, seen), place.population),
            region: Growth::of(place.region.as_ref().map(|(around, _)| around), seen),
            nation: around(place.nation),
            neighbours: around(place.neighbours),
        }
    }

    /// How far the last days, as a weekly count, lie above the last week; logarithms.
    pub(crate) fn last(&self, days: usize) -> f64 {
        log_cases(self.place.cases.window(self.seen, 0, days) * 7.0 / days as f64) - self.log[0]
    }

    /// Mean of the last `n` weeks.
    pub(crate) fn average(&self, n: usize) -> f64 {
        self.weeks[..n].iter().sum::<f64>() / n as f64
    }

    /// The weeks in ascending order.
    pub(crate) fn sorted(&self) -> [f64; WEEKS_SEEN] {
        let mut sorted = self.weeks;
        sorted.sort_by(f64::total_cmp);
        sorted
    }

    /// Cases of each of the last days.
    pub(crate) fn recent(&self, days: usize) -> &[f64] {
        &self.place.daily[self.seen.saturating_sub(days)..self.seen]
    }

    /// Days without a case among the last.
    pub(crate) fn zeros(&self, days: usize) -> f64 {
        self.recent(days).iter().filter(|count| **count == 0.0).count() as f64
    }

    /// Days since the last case.
    pub(crate) fn silence(&self) -> f64 {
        self.place.daily[..self.seen].iter().rev().take_while(|count| **count == 0.0).count() as f64
    }

    /// Logarithm of the standard deviation over the mean of the last four weeks' daily cases.
    pub(crate) fn variation(&self) -> f64 {
        let month = self.recent(28);
        let mean = month.iter().sum::<f64>() / month.len() as f64;
        let sd = (month.iter().map(|day| (day - mean).powi(2)).sum::<f64>() / month.len() as f64).sqrt();
        ((sd + 0.5) / (mean + 0.5)).ln()
    }

    /// Deaths a week over the `days` days that end `back` days ago.
    pub(crate) fn died(&self, back: usize, days: usize) -> f64 {
        self.place.deaths.window(self.seen, back, days) * 7.0 / days as f64
    }

    /// The state's deaths over the `days` days that end `back` days ago.
    pub(crate) fn region_died(&self, back: usize, days: usize) -> f64 {
        self.place.region.as_ref().map_or(f64::NAN, |(_, died)| died.window(self.seen, back, days))
    }

    /// The state's cases over the `days` days that end `back` days ago.
    pub(crate) fn region_cases(&self, back: usize, days: usize) -> f64 {
        self.around().map_or(f64::NAN, |around| around.cases.window(self.seen, back, days))
    }

    /// Residents of the state.
    pub(crate) fn region_population(&self) -> f64 {
        self.around().map_or(f64::NAN, |around| around.population)
    }

    /// Logarithm of all of the state's cases per head.
    pub(crate) fn region_infected(&self) -> f64 {
        self.around().map_or(f64::NAN, |around| log_rate(around.cases.sum(0, self.seen), around.population))
    }

    fn around(&self) -> Option<&Around> {
        self.place.region.as_ref().map(|(around, _)| around)
    }
}
