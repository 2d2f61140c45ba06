//! What the boosters are told of a place on a day: the one table of features.

use countycast_engine::growth::{log_cases, log_deaths, log_rate};
use countycast_engine::{Covariate, Location};

use self::FeatureGroup::{
    Deaths, LastDays, Level, Nation, Neighbours, OwnGrowth, Patients, Place, Reporting, Stage, State,
};
use crate::day::{Day, WEEKS_SEEN};

/// What features tell of. Ablations leave out one group after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FeatureGroup {
    /// Cases of the last weeks, by number and per head.
    Level,
    /// Growth from week to week.
    OwnGrowth,
    /// The last days beside the last week.
    LastDays,
    /// How regularly cases are reported.
    Reporting,
    /// The state's level, growth and deaths.
    State,
    /// The nation's level and growth.
    Nation,
    /// Level and growth of the neighbouring counties.
    Neighbours,
    /// Deaths and their ratio to cases.
    Deaths,
    /// Growth of the number of patients in the state's hospitals.
    Patients,
    /// How far the epidemic has come.
    Stage,
    /// Facts of the place besides counts: residents, households, income, schooling, masks, position.
    Place,
}

impl FeatureGroup {
    /// All groups.
    pub const ALL: [Self; 11] =
        [Level, OwnGrowth, LastDays, Reporting, State, Nation, Neighbours, Deaths, Patients, Stage, Place];

    /// The group's name in tables of scores.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Level => "level",
            OwnGrowth => "own growth",
            LastDays => "last days",
            Reporting => "reporting",
            State => "state",
            Nation => "nation",
            Neighbours => "neighbours",
            Deaths => "deaths",
            Patients => "patients",
            Stage => "stage",
            Place => "place",
        }
    }

    /// Names of the group's features, as [`Settings::without`](crate::Settings::without) takes them.
    pub fn features(self) -> impl Iterator<Item = &'static str> {
        FEATURES.into_iter().filter(move |feature| feature.group == self).map(|feature| feature.name)
    }
}

/// A feature: its name, what it tells of, and how it is found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Feature {
    pub(crate) name: &'static str,
    group: FeatureGroup,
    value: Value,
}

/// How a feature is found.
#[derive(Debug, Clone, Copy)]
enum Value {
    /// From counts up to a day.
    Counted(fn(&Day<'_>) -> f64),
    /// It is a covariate of the place.
    Fact(Covariate),
}

impl Feature {
    /// The value on a day, where it is computed from counts.
    pub(crate) fn on(&self, day: &Day<'_>) -> Option<f64> {
        match self.value {
            Value::Counted(value) => Some(value(day)),
            Value::Fact(_) => None,
        }
    }

    /// The value for a place, where it is a known fact.
    pub(crate) fn fact(&self, location: &Location) -> Option<f64> {
        match self.value {
            Value::Counted(_) => None,
            Value::Fact(covariate) => location.covariates.get(covariate),
        }
    }
}

const fn counted(name: &'static str, group: FeatureGroup, value: fn(&Day<'_>) -> f64) -> Feature {
    Feature { name, group, value: Value::Counted(value) }
}

const fn fact(covariate: Covariate) -> Feature {
    Feature { name: covariate.name(), group: Place, value: Value::Fact(covariate) }
}

/// Number of features.
pub(crate) const COUNT: usize = FEATURES.len();

/// All features, in the order of the boosters' columns. Levels and ratios are logarithms, growth their differences.
pub(crate) const FEATURES: [Feature; 74] = [
    counted("week", Level, |day| day.log[0]),
    counted("growth_1", OwnGrowth, |day| day.log[0] - day.log[1]),
    counted("growth_2", OwnGrowth, |day| day.log[1] - day.log[2]),
    counted("growth_3", OwnGrowth, |day| day.log[2] - day.log[3]),
    counted("growth_4", OwnGrowth, |day| day.log[3] - day.log[4]),
    counted("growth_to_2", OwnGrowth, |day| day.log[0] - day.log[2]),
    counted("growth_to_4", OwnGrowth, |day| day.log[0] - day.log[4]),
    counted("growth_to_5", OwnGrowth, |day| day.log[0] - day.log[5]),
    counted("last_day", LastDays, |day| day.last(1)),
    counted("last_3_days", LastDays, |day| day.last(3)),
    counted("last_4_days", LastDays, |day| day.last(4)),
    counted("two_weeks", Level, |day| log_cases(day.average(2)) - day.log[0]),
    counted("four_weeks", Level, |day| log_cases(day.average(4)) - day.log[0]),
    counted("highest_week", Level, |day| log_cases(day.sorted()[WEEKS_SEEN - 1]) - day.log[0]),
    counted("middle_week", Level, |day| {
        let sorted = day.sorted();
        log_cases(0.5 * (sorted[2] + sorted[3])) - day.log[0]
    }),
    counted("highest_day", LastDays, |day| {
        let highest = day.recent(7).iter().copied().fold(0.0, f64::max);
        ((highest + 1.0) / (day.weeks[0] / 7.0 + 1.0)).ln()
    }),
    counted("zero_days_7", Reporting, |day| day.zeros(7)),
    counted("zero_days_28", Reporting, |day| day.zeros(28)),
    counted("day_variation", Reporting, |day| day.variation()),
    counted("repaired_days_7", Reporting, |day| day.place.repaired.window(day.seen, 0, 7)),
    counted("repaired_days_28", Reporting, |day| day.place.repaired.window(day.seen, 0, 28)),
    counted("rate", Level, |day| day.rate),
    counted("rate_four_weeks", Level, |day| log_rate(day.average(4), day.place.population)),
    counted("region_rate", State, |day| day.region.rate),
    counted("region_rate_ratio", State, |day| day.region.rate - day.rate),
    counted("region_growth_1", State, |day| day.region.last_week),
    counted("region_growth_2", State, |day| day.region.week_before),
    counted("region_last_3_days", State, |day| day.region.last_days),
    counted("nation_rate", Nation, |day| day.nation.rate),
    counted("nation_rate_ratio", Nation, |day| day.nation.rate - day.rate),
    counted("nation_growth_1", Nation, |day| day.nation.last_week),
    counted("nation_growth_2", Nation, |day| day.nation.week_before),
    counted("neighbour_rate_ratio", Neighbours, |day| day.neighbours.rate - day.rate),
    counted("neighbour_growth_1", Neighbours, |day| day.neighbours.last_week),
    counted("neighbour_growth_2", Neighbours, |day| day.neighbours.week_before),
    counted("infected", Stage, |day| day.infected),
    counted("region_infected_ratio", State, |day| day.region_infected() - day.infected),
    counted("log_population", Place, |day| day.place.population.ln()),
    counted("death_rate", Deaths, |day| log_rate(day.died(0, 14) * 2.0, day.place.population)),
    counted("deaths_per_case", Deaths, |day| {
        ((day.died(0, 14) * 2.0 + 1.0) / (day.weeks[0] + day.weeks[1] + 20.0)).ln()
    }),
    counted("days_since_first", Stage, |day| day.seen.saturating_sub(day.place.silent) as f64),
    counted("days_since_last", Reporting, |day| day.silence()),
    counted("death_week", Deaths, |day| log_deaths(day.died(0, 7))),
    counted("death_two_weeks", Deaths, |day| log_deaths(day.died(0, 14))),
    counted("death_growth_2", Deaths, |day| log_deaths(day.died(0, 14)) - log_deaths(day.died(14, 14))),
    counted("death_four_weeks", Deaths, |day| log_deaths(day.died(0, 28))),
    counted("cases_two_weeks_ago", Level, |day| log_cases(day.place.cases.window(day.seen, 7, 14) / 2.0)),
    counted("region_death_rate", State, |day| log_rate(day.region_died(0, 14), day.region_population())),
    counted("region_deaths_per_case", State, |day| {
        ((day.region_died(0, 21) + 1.0) / (day.region_cases(10, 21) + 50.0)).ln()
    }),
    counted("region_death_growth", State, |day| {
        ((day.region_died(0, 14) + 3.0) / (day.region_died(14, 14) + 3.0)).ln()
    }),
    counted("patients_growth_1", Patients, |day| {
        day.place.log_patients(day.seen, 0) - day.place.log_patients(day.seen, 7)
    }),
    counted("patients_growth_2", Patients, |day| {
        day.place.log_patients(day.seen, 7) - day.place.log_patients(day.seen, 14)
    }),
    counted("is_county", Place, |day| f64::from(u8::from(day.place.is_county))),
    fact(Covariate::MedianAge),
    fact(Covariate::Age65Plus),
    fact(Covariate::Age15To19),
    fact(Covariate::Age20To24),
    fact(Covariate::DensityPerSquareMile),
    fact(Covariate::RuralUrban),
    fact(Covariate::HouseholdSize),
    fact(Covariate::Crowding),
    fact(Covariate::GroupQuarters),
    fact(Covariate::Poverty),
    fact(Covariate::MedianHouseholdIncome),
    fact(Covariate::CollegeDegree),
    fact(Covariate::NoHighSchool),
    fact(Covariate::Uninsured),
    fact(Covariate::Minority),
    fact(Covariate::LimitedEnglish),
    fact(Covariate::SingleParent),
    fact(Covariate::MaskAlways),
    fact(Covariate::MaskNever),
    fact(Covariate::Latitude),
    fact(Covariate::Longitude),
];

/// Names of all features, in the order of the boosters' columns.
pub const NAMES: [&str; COUNT] = {
    let mut names = [""; COUNT];
    let mut i = 0;
    while i < COUNT {
        names[i] = FEATURES[i].name;
        i += 1;
    }
    names
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_feature_has_a_name_of_its_own_and_leaving_out_a_group_leaves_out_no_other() {
        assert_eq!(NAMES.iter().collect::<BTreeSet<_>>().len(), COUNT);
        assert_eq!(FeatureGroup::ALL.into_iter().flat_map(FeatureGroup::features).count(), COUNT);
        for group in FeatureGroup::ALL {
            let left_out = |name: &str| group.features().any(|start| name.starts_with(start));
            let found: BTreeSet<&str> = NAMES.into_iter().filter(|name| left_out(name)).collect();
            assert_eq!(found, group.features().collect(), "{}", group.name());
        }
    }
}
