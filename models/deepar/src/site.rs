//! A place of the panel, by weeks that end on any day.

use countycast_engine::growth::{Growth, log_cases, log_rate};
use countycast_engine::{Around, Fips, History, Level, Nation, Surroundings, Target, Track};

use crate::facts::{FACTS, raw};

/// Patients that are added before a logarithm of their number: below it, growth is mostly chance.
const PATIENTS_OFFSET: f64 = 10.0;
/// Unreported days from which on a week is not observed: what it holds is mostly expected.
const UNREPORTED_DAYS: usize = 4;

/// Counts of one week of a place, people.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Week {
    pub(crate) cases: f64,
    pub(crate) deaths: f64,
}

/// A place with its counts and its surroundings.
#[derive(Debug)]
pub(crate) struct Site<'a> {
    cases: Track,
    deaths: Track,
    daily: &'a [f64],
    /// Days that were reported, up to a silence at the end.
    reported: usize,
    pub(crate) population: f64,
    pub(crate) level: Level,
    pub(crate) facts: [f64; FACTS],
    region: Option<Around>,
    nation: Option<&'a Around>,
    pub(crate) course: Nation<'a>,
    neighbours: Option<&'a Around>,
    patients: Option<&'a [f64]>,
    /// Days from the surroundings' first day to the history's.
    offset: i64,
}

impl<'a> Site<'a> {
    pub(crate) fn new(history: &'a History, surroundings: &'a Surroundings) -> Self {
        let location = history.location();
        let region = history.region().map(|region| Around {
            cases: Track::new(region.cases.cleaned().iter().copied()),
            population: region.location.population.unwrap_or(f64::NAN),
        });
        let daily = history.cases().cleaned();
        Self {
            cases: Track::new(daily.iter().copied()),
            deaths: Track::new(history.deaths().cleaned().iter().copied()),
            daily,
            reported: history.days() - history.series(Target::Cases).last_days().unreported,
            population: location.population.unwrap_or(f64::NAN),
            level: location.fips.level(),
            facts: raw(location),
            region,
            nation: surroundings.nation.as_ref().filter(|_| location.fips != Fips::US),
            course: Nation::new(surroundings.nation.as_ref()),
            neighbours: surroundings.neighbours.get(&location.fips),
            patients: history.patients_by_day(),
            offset: i64::from((history.first_day() - surroundings.first_day).get_days()),
        }
    }

    /// Days known of the place.
    pub(crate) fn days(&self) -> usize {
        self.daily.len()
    }

    /// Days that the surroundings know when the first `seen` days of this place are known.
    pub(crate) fn shifted(&self, seen: usize) -> Option<usize> {
        usize::try_from(seen as i64 + self.offset).ok()
    }

    /// The counts of the seven days before day `end`; none before the first whole week, after the last day, and where too few of
    /// the days were reported.
    pub(crate) fn week(&self, end: usize) -> Option<Week> {
        let observed = end >= 7 && end <= self.days() && end < self.reported + UNREPORTED_DAYS;
        observed.then(|| Week { cases: self.cases.sum(end - 7, end), deaths: self.deaths.sum(end - 7, end) })
    }

    /// Cases of the last 28 of the first `seen` days.
    pub(crate) fn month(&self, seen: usize) -> f64 {
        self.cases.window(seen, 0, 28)
    }

    /// What is known of the place and its surroundings once `seen` days are, beside the weekly counts: growth and levels,
    /// logarithms. Not a number where unknown.
    pub(crate) fn around(&self, seen: usize) -> [f64; AROUND] {
        let week = |back: usize| self.cases.window(seen, 7 * back, 7);
        let shifted = |around| self.shifted(seen).map_or(Growth::UNKNOWN, |seen| Growth::of(around, seen));
        let nation = shifted(self.nation);
        let region = Growth::of(self.region.as_ref(), seen);
        let neighbours = shifted(self.neighbours);
        let rate = log_rate(week(0), self.population);
        let beside = |growth: Growth| {
            // Beside the nation's, like the place's own.
            let common = if nation.last_week.is_nan() {
                [0.0; 3]
            } else {
                [nation.last_week, nation.week_before, nation.last_days]
            };
            [
                growth.last_week - common[0],
                growth.week_before - common[1],
                growth.last_days - common[2],
                growth.rate - rate,
            ]
        };
        let [region, neighbours] = [region, neighbours].map(beside);
        let last_days = log_cases(self.cases.window(seen, 0, 3) * 7.0 / 3.0) - log_cases(week(0));
        let month = &self.daily[seen.saturating_sub(28)..seen];
        let silent = month.iter().filter(|count| **count == 0.0).count() as f64 / 28.0;
        let fatality = ((self.deaths.window(seen, 0, 14) + 1.0) / (self.cases.window(seen, 7, 21) + 50.0)).ln() + 3.5;
        let patients = |back: usize| self.log_patients(seen, back) - self.log_patients(seen, back + 7);
        let [r1, r2, r3, r4] = region;
        let [n1, n2, n3, n4] = neighbours;
        [
            2.0 * last_days,
            2.0 * r1,
            2.0 * r2,
            2.0 * r3,
            r4,
            2.0 * n1,
            2.0 * n2,
            2.0 * n3,
            n4,
            silent,
            fatality,
            4.0 * patients(0),
            4.0 * patients(7),
        ]
    }

    /// Logarithm of the mean of the patients reported on three days, of which the last lies `back + 1` days before the last of
    /// the first `seen`: reports of the last day itself are often completed later.
    fn log_patients(&self, seen: usize, back: usize) -> f64 {
        let days = self.patients.and_then(|days| {
            let end = seen.checked_sub(back + 1)?;
            days.get(end.checked_sub(3)?..end)
        });
        let known = || days.unwrap_or_default().iter().filter(|day| !day.is_nan());
        (known().sum::<f64>() / known().count() as f64 + PATIENTS_OFFSET).ln()
    }
}

/// Numbers of [`Site::around`].
pub(crate) const AROUND: usize = 13;
