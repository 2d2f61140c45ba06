//! Test places for engines.

use countycast_engine::{Date, Fips, History, Streams};

use crate::{Observation, Reproduction, county, county_in_region, gamma_intervals, renewal};

/// First day of all histories, a Sunday.
pub(super) fn first_day() -> Date {
    Date::constant(2020, 3, 1)
}

/// An epidemic of 20 weeks that rises and falls, as reported by a county of `population` people.
pub(super) fn wave(fips: &str, population: f64) -> History {
    let (cases, deaths) = wave_counts(fips, population);
    county_in_region(fips, population, first_day(), cases, deaths)
}

/// Its counts.
pub(super) fn wave_counts(fips: &str, population: f64) -> (Vec<f64>, Vec<f64>) {
    let reproduction = Reproduction::Wave { mean: 1.05, amplitude: 0.25, period: 90.0 };
    let epidemic = renewal(reproduction, &gamma_intervals(5.5, 2.14), population, population / 2_000.0, 140);
    let place: Fips = fips.parse().expect("a FIPS code");
    let reported = observation().of(&epidemic, first_day(), &Streams::new(1, "conformance", place));
    (reported.cases, reported.deaths)
}

/// A level of about 200 cases and 4 deaths a day for 20 weeks, Poisson.
pub(super) fn constant() -> History {
    let epidemic = crate::Epidemic {
        infections: vec![800.0; 200],
        reproduction: vec![1.0; 200],
        susceptible: vec![f64::INFINITY; 200],
    };
    let observation = Observation { dispersion: f64::INFINITY, weekday: [1.0; 7], fatality: 0.005, ..observation() };
    let place = Fips::from_county(19_153).expect("a county");
    let reported = observation.of(&epidemic, first_day(), &Streams::new(2, "conformance", place));
    // The first 60 days are the warm-up of the delays.
    county_in_region("19153", 500_000.0, first_day(), reported.cases[60..].to_vec(), reported.deaths[60..].to_vec())
}

/// Degenerate places, each with its name.
pub(super) fn defects() -> Vec<(&'static str, History)> {
    let days = 140;
    let zeros = || vec![0.0; days];
    let with = |day: usize, count: f64| {
        let mut counts = zeros();
        counts[day] = count;
        counts
    };
    let at = |population: f64, cases: Vec<f64>, deaths: Vec<f64>| {
        county_in_region("19001", population, first_day(), cases, deaths)
    };
    let (cases, deaths) = wave_counts("19001", 20_000.0);
    let mut dump = cases.clone();
    dump[days - 1] += 5_000.0;
    let everyone: Vec<f64> = (0..days).map(|day| if day < 100 { 10.0 } else { 0.0 }).collect();
    vec![
        ("only zeros", at(20_000.0, zeros(), zeros())),
        ("one case ever, long ago", at(20_000.0, with(60, 1.0), zeros())),
        ("one case ever, yesterday", at(20_000.0, with(days - 1, 1.0), zeros())),
        ("everyone infected", at(1_000.0, everyone, zeros())),
        ("everyone infected, still counting", at(1_000.0, vec![10.0; days], vec![0.1; days])),
        ("a population of 80", at(80.0, with(days - 3, 2.0), zeros())),
        ("deaths without cases", at(20_000.0, zeros(), with(days - 10, 3.0))),
        ("a dump of 5,000 yesterday", at(20_000.0, dump, deaths.clone())),
        ("three days", at(20_000.0, vec![3.0, 5.0, 4.0], vec![0.0; 3])),
        ("ten days", at(20_000.0, vec![3.0; 10], vec![0.0; 10])),
        ("one day", at(20_000.0, vec![3.0], vec![0.0])),
        ("no region", county("19001", 20_000.0, first_day(), cases.clone(), deaths.clone())),
        ("no people", at(0.0, cases, deaths)),
    ]
}

fn observation() -> Observation {
    Observation {
        ascertainment: 0.25,
        fatality: 0.006,
        case_delay: gamma_intervals(9.0, 4.0),
        death_delay: gamma_intervals(21.0, 8.0),
        weekday: [0.7, 0.8, 1.1, 1.15, 1.15, 1.15, 0.95],
        dispersion: 20.0,
    }
}
