//! A place of the panel, as days and rows see it.

use countycast_engine::{Around, Fips, History, Level, Nation, Surroundings, Track};

use crate::WEEKS;

/// Patients that are added before a logarithm of their number: below it, growth is mostly chance.
const PATIENTS_OFFSET: f64 = 10.0;

/// A place with its counts and its surroundings.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    pub(crate) cases: Track,
    pub(crate) deaths: Track,
    pub(crate) daily: &'a [f64],
    pub(crate) repaired: Track,
    pub(crate) population: f64,
    pub(crate) is_county: bool,
    pub(crate) region: Option<(Around, Track)>,
    /// Patients in the state's hospitals by day.
    patients: Option<&'a [f64]>,
    pub(crate) nation: Option<&'a Around>,
    common: Nation<'a>,
    pub(crate) neighbours: Option<&'a Around>,
    /// Days from the surroundings' first day to the history's.
    offset: i64,
    /// Days before the first case.
    pub(crate) silent: usize,
}

impl<'a> Place<'a> {
    pub(crate) fn new(history: &'a History, surroundings: &'a Surroundings) -> Self {
        let track = |days: &[f64]| Track::new(days.iter().copied());
        let location = history.location();
        let daily = history.cases().cleaned();
        let region = history.region().map(|region| {
            let population = region.location.population.unwrap_or(f64::NAN);
            (Around { cases: track(region.cases.cleaned()), population }, track(region.deaths.cleaned()))
        });
        let offset = (history.first_day() - surroundings.first_day).get_days();
        Self {
            cases: track(daily),
            deaths: track(history.deaths().cleaned()),
            daily,
            repaired: Track::new(history.cases().repaired().iter().map(|day| f64::from(u8::from(*day)))),
            population: location.population.unwrap_or(f64::NAN),
            is_county: location.fips.level() == Level::County,
            region,
            patients: history.patients_by_day(),
            nation: surroundings.nation.as_ref().filter(|_| location.fips != Fips::US),
            common: Nation::new(surroundings.nation.as_ref()),
            neighbours: surroundings.neighbours.get(&location.fips),
            offset: i64::from(offset),
            silent: daily.iter().position(|count| *count > 0.0).unwrap_or(daily.len()),
        }
    }

    /// Cases of the last seven of the first `seen` days.
    pub(crate) fn case_level(&self, seen: usize) -> f64 {
        self.cases.window(seen, 0, 7)
    }

    /// Deaths a week over the last three of the first `seen` days' weeks.
    pub(crate) fn death_level(&self, seen: usize) -> f64 {
        self.deaths.window(seen, 0, 21) / 3.0
    }

    /// Logarithm of the mean of the patients reported on three days, of which the last lies `back + 1` days before the last of
    /// the first `seen`: reports of the last day itself are often completed later. Not a number without a report.
    pub(crate) fn log_patients(&self, seen: usize, back: usize) -> f64 {
        let days = self.patients.and_then(|days| {
            let end = seen.checked_sub(back + 1)?;
            days.get(end.checked_sub(3)?..end)
        });
        let known = || days.unwrap_or_default().iter().filter(|day| !day.is_nan());
        // Of no report the mean is not a number.
        (known().sum::<f64>() / known().count() as f64 + PATIENTS_OFFSET).ln()
    }

    /// Days that the surroundings know when the first `seen` days of this place are known.
    pub(crate) fn shifted(&self, seen: usize) -> Option<usize> {
        usize::try_from(seen as i64 + self.offset).ok()
    }

    /// How far the nation's cases came to lie above their last week in each of the next `weeks` weeks, logarithms.
    pub(crate) fn nation_came(&self, seen: usize, weeks: usize) -> Vec<f64> {
        (0..weeks).map(|week| self.common.came(self.shifted(seen), week)).collect()
    }

    /// The same as it is expected on the day.
    pub(crate) fn nation_expected(&self, seen: usize, damping: f64) -> [f64; WEEKS] {
        let mut expected = self.common.expected(self.shifted(seen), damping);
        std::array::from_fn(|_| expected.next().unwrap_or(0.0))
    }
}
