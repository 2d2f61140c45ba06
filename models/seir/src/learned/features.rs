//! What the boosters are told of a place on a day.

use countycast_engine::growth::{Growth, log_cases, log_deaths, log_rate};
use countycast_engine::{Around, Covariate, History, Level, Surroundings, Track};

use crate::outlook::Outlook;

/// Facts of a place that are features as they stand.
const FACTS: [Covariate; 14] = [
    Covariate::Age65Plus,
    Covariate::Age15To19,
    Covariate::Age20To24,
    Covariate::DensityPerSquareMile,
    Covariate::RuralUrban,
    Covariate::HouseholdSize,
    Covariate::GroupQuarters,
    Covariate::Poverty,
    Covariate::MedianHouseholdIncome,
    Covariate::Minority,
    Covariate::MaskAlways,
    Covariate::MaskNever,
    Covariate::Latitude,
    Covariate::Longitude,
];
/// Features that are computed from counts.
const COUNTED: usize = 35;
/// Number of features.
pub(crate) const COUNT: usize = COUNTED + FACTS.len();
/// Weeks of history that the oldest feature looks back on.
pub(crate) const WEEKS_SEEN: usize = 6;

/// A place, ready to be asked for its features on any of its days.
pub(crate) struct Place<'a> {
    pub(crate) cases: Track,
    deaths: Track,
    repaired: Track,
    daily: &'a [f64],
    population: f64,
    is_county: bool,
    facts: [f64; FACTS.len()],
    region: Option<(Around, Track)>,
    neighbours: Option<&'a Around>,
    /// Days from the surroundings' first day to the history's.
    offset: i64,
}

impl<'a> Place<'a> {
    pub(crate) fn new(history: &'a History, surroundings: &'a Surroundings) -> Self {
        let track = |days: &[f64]| Track::new(days.iter().copied());
        let location = history.location();
        let region = history.region().map(|region| {
            let population = region.location.population.unwrap_or(f64::NAN);
            (Around { cases: track(region.cases.cleaned()), population }, track(region.deaths.cleaned()))
        });
        Self {
            cases: track(history.cases().cleaned()),
            deaths: track(history.deaths().cleaned()),
            repaired: Track::new(history.cases().repaired().iter().map(|day| f64::from(u8::from(*day)))),
            daily: history.cases().cleaned(),
            population: location.population.unwrap_or(f64::NAN),
            is_county: location.fips.level() == Level::County,
            facts: FACTS.map(|fact| location.covariates.get(fact).unwrap_or(f64::NAN)),
            region,
            neighbours: surroundings.neighbours.get(&location.fips),
            offset: i64::from((history.first_day() - surroundings.first_day).get_days()),
        }
    }

    /// The features once the first `seen` days are known and `outlook` is what they alone let expect; what is not known is
    /// not a number.
    ///
    /// Nothing tells the date (days since the first case, level or growth of the nation, share of all people infected): trees
    /// would take from it that the next weeks will be as the last ones were. What all places share on a day also moves all of
    /// them at once where it crosses a cut.
    pub(crate) fn features(&self, seen: usize, outlook: &Outlook) -> [f32; COUNT] {
        let weeks: [f64; WEEKS_SEEN] = std::array::from_fn(|back| self.cases.window(seen, 7 * back, 7));
        let log = weeks.map(log_cases);
        let last = |days: usize| log_cases(self.cases.window(seen, 0, days) * 7.0 / days as f64) - log[0];
        let average = |n: usize| weeks[..n].iter().sum::<f64>() / n as f64;
        let recent = |days: usize| &self.daily[seen.saturating_sub(days)..seen];
        let zeros = |days: usize| recent(days).iter().filter(|count| **count == 0.0).count() as f64;
        let highest_day = recent(7).iter().copied().fold(0.0, f64::max);
        let highest_week = weeks.iter().copied().fold(0.0, f64::max);
        let rate = log_rate(weeks[0], self.population);
        let infected = log_rate(self.cases.sum(0, seen), self.population);

        let around = self.region.as_ref().map(|(around, _)| around);
        let region = Growth::of(around, seen);
        let region_infected = around.map_or(f64::NAN, |region| log_rate(region.cases.sum(0, seen), region.population));
        let region_died = |back, days| self.region.as_ref().map_or(f64::NAN, |(_, died)| died.window(seen, back, days));
        let shifted = usize::try_from(seen as i64 + self.offset).ok();
        let neighbours = shifted.map_or(Growth::UNKNOWN, |seen| Growth::of(self.neighbours, seen));

        let died = |back| self.deaths.window(seen, back, 14) / 2.0;
        let ahead: f64 = outlook.days(7).iter().sum();
        let counted: [f64; COUNTED] = [
            // Level, what the outlook makes of it, growth of the last six weeks.
            log[0],
            log_cases(ahead) - log[0],
            outlook.growth(),
            log[0] - log[1],
            log[1] - log[2],
            log[2] - log[3],
            log[3] - log[4],
            log[0] - log[2],
            log[0] - log[4],
            log[0] - log[5],
            // How the last days and longer spans lie above the last week; how regular the reports are.
            last(1),
            last(3),
            last(4),
            log_cases(average(2)) - log[0],
            log_cases(average(4)) - log[0],
            log_cases(highest_week) - log[0],
            ((highest_day + 1.0) / (weeks[0] / 7.0 + 1.0)).ln(),
            zeros(7),
            zeros(28),
            self.repaired.window(seen, 0, 7),
            self.repaired.window(seen, 0, 28),
            // Level per head and growth of what lies around.
            rate,
            region.rate - rate,
            region.last_week,
            region.week_before,
            region.last_days,
            neighbours.rate - rate,
            neighbours.last_week,
            neighbours.week_before,
            // People: how many, how many infected beside the region, deaths.
            region_infected - infected,
            self.population.ln(),
            ((2.0 * died(0) + 1.0) / (weeks[0] + weeks[1] + 20.0)).ln(),
            log_deaths(died(0)) - log_deaths(died(14)),
            ((region_died(0, 14) + 3.0) / (region_died(14, 14) + 3.0)).ln(),
            f64::from(u8::from(self.is_county)),
        ];
        let mut all = [f32::NAN; COUNT];
        for (to, value) in all.iter_mut().zip(counted.into_iter().chain(self.facts)) {
            let value = value as f32;
            *to = if value.is_finite() { value } else { f32::NAN };
        }
        all
    }
}
