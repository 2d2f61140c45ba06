//! A history in whole weeks that end on the as-of day.

use countycast_engine::{History, Immunity, Series};

/// Weekly sums, oldest first. Whole weeks contain every weekday once and thus no weekday pattern.
#[derive(Debug, Clone)]
pub(crate) struct Weeks {
    /// New cases a week.
    pub(crate) cases: Vec<f64>,
    /// New deaths a week.
    pub(crate) deaths: Vec<f64>,
    /// Weight of a week in the loss, by the number of days without repair.
    pub(crate) weight: Vec<f64>,
    /// Weekly cases of this place at its region's incidence; none without region or population.
    pub(crate) expected: Option<Vec<f64>>,
    /// The region's cases a week.
    pub(crate) region_cases: Vec<f64>,
    /// The region's deaths a week.
    pub(crate) region_deaths: Vec<f64>,
    /// Cases who are no longer immune: they can be reported again.
    pub(crate) waned: f64,
    /// Residents.
    pub(crate) population: Option<f64>,
}

impl Weeks {
    /// `repaired_weight` is the weight of a week in which every day was moved by repair.
    pub(crate) fn new(history: &History, repaired_weight: f64) -> Self {
        let population = history.location().population.filter(|p| p.is_finite() && *p >= 1.0);
        let cases = history.cases().weekly();
        let (region_cases, region_deaths, share) = match history.region() {
            Some(region) => {
                let around = region.location.population.filter(|p| p.is_finite() && *p >= 1.0);
                let share = population.zip(around).map(|(own, all)| (own / all).min(1.0));
                (region.cases.weekly(), region.deaths.weekly(), share)
            }
            None => (Vec::new(), Vec::new(), None),
        };
        Self {
            weight: weights(history.cases(), cases.len(), repaired_weight),
            expected: share.map(|share| region_cases.iter().map(|c| c * share).collect()),
            cases,
            deaths: history.deaths().weekly(),
            region_cases,
            region_deaths,
            waned: Immunity::of(history).waned(),
            population,
        }
    }

    /// Total cases that residents can report, including past ones; none if the population is unknown.
    ///
    /// Places that have already reported nearly their `share` may still report half of it again, because the share is
    /// only an assumption.
    pub(crate) fn reportable(&self, share: f64, seen: f64) -> Option<f64> {
        self.population.map(|p| (p * share).max(1.5 * seen + 1.0))
    }

    /// Number of whole weeks.
    pub(crate) fn len(&self) -> usize {
        self.cases.len()
    }
}

fn weights(series: &Series, weeks: usize, repaired_weight: f64) -> Vec<f64> {
    let mut out: Vec<f64> = series
        .repaired()
        .rchunks_exact(7)
        .take(weeks)
        .map(|week| {
            let share = week.iter().filter(|moved| **moved).count() as f64 / 7.0;
            1.0 - share * (1.0 - repaired_weight)
        })
        .collect();
    out.reverse();
    out
}
