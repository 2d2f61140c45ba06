//! What the boosters are told of a place on a day.

use countycast_engine::growth::{Growth, log_cases, log_deaths, log_rate};
use countycast_engine::{Around, Fips, History, Level, Location, Surroundings, Track};

use crate::nation::Nation;
use crate::rows::WEEKS;

/// Facts of a place that are features as they stand.
const FACTS: [&str; 21] = [
    "median_age",
    "age_65_plus",
    "age_15_19",
    "age_20_24",
    "density_per_square_mile",
    "rural_urban",
    "household_size",
    "crowding",
    "group_quarters",
    "poverty",
    "median_household_income",
    "college_degree",
    "no_high_school",
    "uninsured",
    "minority",
    "limited_english",
    "single_parent",
    "mask_always",
    "mask_never",
    "latitude",
    "longitude",
];

/// Weeks of history that the oldest feature looks back on.
pub(crate) const WEEKS_SEEN: usize = 6;

/// Patients that are added before a logarithm of their number: below it, growth is mostly chance.
const PATIENTS_OFFSET: f64 = 10.0;

/// What is computed from counts, in the order of [`Place::features`].
const COUNTED: [&str; 53] = [
    "week",
    "growth_1",
    "growth_2",
    "growth_3",
    "growth_4",
    "growth_to_2",
    "growth_to_4",
    "growth_to_5",
    "last_day",
    "last_3_days",
    "last_4_days",
    "two_weeks",
    "four_weeks",
    "highest_week",
    "middle_week",
    "highest_day",
    "zero_days_7",
    "zero_days_28",
    "day_variation",
    "repaired_days_7",
    "repaired_days_28",
    "rate",
    "rate_four_weeks",
    "region_rate",
    "region_rate_ratio",
    "region_growth_1",
    "region_growth_2",
    "region_last_3_days",
    "nation_rate",
    "nation_rate_ratio",
    "nation_growth_1",
    "nation_growth_2",
    "neighbour_rate_ratio",
    "neighbour_growth_1",
    "neighbour_growth_2",
    "infected",
    "region_infected_ratio",
    "log_population",
    "death_rate",
    "deaths_per_case",
    "days_since_first",
    "days_since_last",
    "death_week",
    "death_two_weeks",
    "death_growth_2",
    "death_four_weeks",
    "cases_two_weeks_ago",
    "region_death_rate",
    "region_deaths_per_case",
    "region_death_growth",
    "patients_growth_1",
    "patients_growth_2",
    "is_county",
];

/// Number of features.
pub(crate) const COUNT: usize = COUNTED.len() + FACTS.len();

/// Names of all features, in the order of the boosters' columns.
pub const NAMES: [&str; COUNT] = {
    let mut names = [""; COUNT];
    let mut i = 0;
    while i < COUNT {
        names[i] = if i < COUNTED.len() { COUNTED[i] } else { FACTS[i - COUNTED.len()] };
        i += 1;
    }
    names
};

/// A place, ready to be asked for its features on any of its days.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    pub(crate) cases: Track,
    pub(crate) deaths: Track,
    daily: &'a [f64],
    repaired: Track,
    population: f64,
    pub(crate) is_county: bool,
    facts: [f64; FACTS.len()],
    region: Option<(Around, Track)>,
    /// Patients in the state's hospitals by day.
    patients: Option<&'a [f64]>,
    nation: Option<&'a Around>,
    common: Nation<'a>,
    neighbours: Option<&'a Around>,
    /// Which features are given.
    given: [bool; COUNT],
    /// Days from the surroundings' first day to the history's.
    offset: i64,
    /// Days before the first case.
    silent: usize,
}

impl<'a> Place<'a> {
    pub(crate) fn new(history: &'a History, surroundings: &'a Surroundings, without: &[String]) -> Self {
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
            facts: facts(location),
            region,
            patients: history.patients_by_day(),
            nation: surroundings.nation.as_ref().filter(|_| location.fips != Fips::US),
            common: Nation::new(surroundings.nation.as_ref()),
            neighbours: surroundings.neighbours.get(&location.fips),
            given: NAMES.map(|name| !without.iter().any(|start| name.starts_with(start.as_str()))),
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
    fn log_patients(&self, seen: usize, back: usize) -> f64 {
        let days = self.patients.and_then(|days| {
            let end = seen.checked_sub(back + 1)?;
            days.get(end.checked_sub(3)?..end)
        });
        let known = || days.unwrap_or_default().iter().filter(|day| !day.is_nan());
        // Of no report the mean is not a number.
        (known().sum::<f64>() / known().count() as f64 + PATIENTS_OFFSET).ln()
    }

    /// Days that the surroundings know when the first `seen` days of this place are known.
    fn shifted(&self, seen: usize) -> Option<usize> {
        usize::try_from(seen as i64 + self.offset).ok()
    }

    /// How far the nation's cases came to lie above their last week in each of the next `weeks` weeks, logarithms.
    pub(crate) fn nation_came(&self, seen: usize, weeks: usize) -> Vec<f64> {
        (0..weeks).map(|week| self.common.came(self.shifted(seen), week)).collect()
    }

    /// The same as it is expected on the day.
    pub(crate) fn nation_expected(&self, seen: usize, damping: f64) -> [f64; WEEKS] {
        self.common.expected(self.shifted(seen), damping)
    }

    /// The features once the first `seen` days are known, at least one; what is not known is not a number.
    pub(crate) fn features(&self, seen: usize) -> [f32; COUNT] {
        let weeks: [f64; WEEKS_SEEN] = std::array::from_fn(|back| self.cases.window(seen, 7 * back, 7));
        let log = weeks.map(log_cases);
        let level = log[0];
        let last = |days: usize| log_cases(self.cases.window(seen, 0, days) * 7.0 / days as f64) - level;
        let average = |n: usize| weeks[..n].iter().sum::<f64>() / n as f64;
        let mut sorted = weeks;
        sorted.sort_by(f64::total_cmp);
        let recent = |days: usize| &self.daily[seen.saturating_sub(days)..seen];
        let zeros = |days: usize| recent(days).iter().filter(|count| **count == 0.0).count() as f64;
        let (month, highest_day) = (recent(28), recent(7).iter().copied().fold(0.0, f64::max));
        let mean = month.iter().sum::<f64>() / month.len() as f64;
        let sd = (month.iter().map(|day| (day - mean).powi(2)).sum::<f64>() / month.len() as f64).sqrt();
        let silence = self.daily[..seen].iter().rev().take_while(|count| **count == 0.0).count();
        let rate = log_rate(weeks[0], self.population);
        let infected = log_rate(self.cases.sum(0, seen), self.population);

        let region = self.region.as_ref();
        let region_cases = Growth::of(region.map(|(around, _)| around), seen);
        let region_infected = region.map_or(f64::NAN, |(a, _)| log_rate(a.cases.sum(0, seen), a.population));
        let shifted = self.shifted(seen);
        let nation = shifted.map_or(Growth::UNKNOWN, |seen| Growth::of(self.nation, seen));
        let neighbours = shifted.map_or(Growth::UNKNOWN, |seen| Growth::of(self.neighbours, seen));

        let died = |back: usize, length: usize| self.deaths.window(seen, back, length) * 7.0 / length as f64;
        let region_died = |back: usize, length: usize| region.map_or(f64::NAN, |(_, d)| d.window(seen, back, length));
        let region_people = region.map_or(f64::NAN, |(around, _)| around.population);
        let region_cases_of =
            |back: usize, length| region.map_or(f64::NAN, |(a, _)| a.cases.window(seen, back, length));
        let counted = [
            level,
            log[0] - log[1],
            log[1] - log[2],
            log[2] - log[3],
            log[3] - log[4],
            log[0] - log[2],
            log[0] - log[4],
            log[0] - log[5],
            last(1),
            last(3),
            last(4),
            log_cases(average(2)) - level,
            log_cases(average(4)) - level,
            log_cases(sorted[WEEKS_SEEN - 1]) - level,
            log_cases(0.5 * (sorted[2] + sorted[3])) - level,
            ((highest_day + 1.0) / (weeks[0] / 7.0 + 1.0)).ln(),
            zeros(7),
            zeros(28),
            ((sd + 0.5) / (mean + 0.5)).ln(),
            self.repaired.window(seen, 0, 7),
            self.repaired.window(seen, 0, 28),
            rate,
            log_rate(average(4), self.population),
            region_cases.rate,
            region_cases.rate - rate,
            region_cases.last_week,
            region_cases.week_before,
            region_cases.last_days,
            nation.rate,
            nation.rate - rate,
            nation.last_week,
            nation.week_before,
            neighbours.rate - rate,
            neighbours.last_week,
            neighbours.week_before,
            infected,
            region_infected - infected,
            self.population.ln(),
            log_rate(died(0, 14) * 2.0, self.population),
            ((died(0, 14) * 2.0 + 1.0) / (weeks[0] + weeks[1] + 20.0)).ln(),
            seen.saturating_sub(self.silent) as f64,
            silence as f64,
            log_deaths(died(0, 7)),
            log_deaths(died(0, 14)),
            log_deaths(died(0, 14)) - log_deaths(died(14, 14)),
            log_deaths(died(0, 28)),
            log_cases(self.cases.window(seen, 7, 14) / 2.0),
            log_rate(region_died(0, 14), region_people),
            ((region_died(0, 21) + 1.0) / (region_cases_of(10, 21) + 50.0)).ln(),
            ((region_died(0, 14) + 3.0) / (region_died(14, 14) + 3.0)).ln(),
            self.log_patients(seen, 0) - self.log_patients(seen, 7),
            self.log_patients(seen, 7) - self.log_patients(seen, 14),
            f64::from(u8::from(self.is_county)),
        ];
        let mut all = [f32::NAN; COUNT];
        for ((to, value), given) in all.iter_mut().zip(counted.into_iter().chain(self.facts)).zip(self.given) {
            let value = value as f32;
            *to = if given && value.is_finite() { value } else { f32::NAN };
        }
        all
    }
}

fn facts(location: &Location) -> [f64; FACTS.len()] {
    FACTS.map(|name| location.covariates.get(name).unwrap_or(f64::NAN))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use countycast_engine::{Date, Places, Series};

    use super::*;

    #[test]
    fn growth_of_patients_leaves_out_the_last_day_and_days_without_a_report() {
        let days = 60;
        let mut patients: Vec<f64> = (0..days).map(|day| 1e6 * 2.0_f64.powf(f64::from(day) / 7.0)).collect();
        (patients[59], patients[50]) = (1.0, f64::NAN);
        let counts = || Series::from_counts(vec![10.0; days as usize]).unwrap();
        let location = Arc::new(Location::new("19".parse().unwrap(), "a state"));
        let history = History::new(location, Date::constant(2020, 3, 1), counts(), counts(), None).unwrap();
        let surroundings = Surroundings::of(&Places::new([Arc::new(history.clone())], [].into())).unwrap();
        let growth = |history: &History, seen: usize| {
            let features = Place::new(history, &surroundings, &[]).features(seen);
            ["patients_growth_1", "patients_growth_2"]
                .map(|name| features[NAMES.iter().position(|known| *known == name).unwrap()])
        };
        let reported = history.clone().with_patients_by_day(patients.into()).unwrap();
        // The blank day moves the mean of its three days by less than a thirtieth.
        let [last, before] = growth(&reported, 60);
        assert!((last - 2.0_f32.ln()).abs() < 0.1 && (before - 2.0_f32.ln()).abs() < 0.1, "{last}, {before}");
        assert!(growth(&reported, 12)[1].is_nan(), "no report so early");
        assert!(growth(&history, 60).iter().all(|growth| growth.is_nan()), "nothing reported");
    }
}
