//! Observation of the epidemic: reported cases and deaths.

use countycast_engine::{Streams, weekday_index};
use rand_distr::{Distribution, Gamma, Poisson};

use super::epidemic::{Course, gamma_days};
use super::places::Place;
use super::{DAYS, DAYS_TO_COME, FIRST_DAY, TrueCounty};

/// Infection to case report: incubation 5.5 days (Lauer et al. 2020), then test and report.
const CASE_DELAY: [f64; 2] = [9.0, 3.5];
/// Infection to death report: incubation 5.5, onset to death 15 (CDC planning scenarios), less than a day to report.
const DEATH_DELAY: [f64; 2] = [21.0, 7.0];
/// Infection fatality: 0.1 % of those under 65, 3 % of those above, at the table's ages (O'Driscoll 2021).
const FATALITY: [f64; 2] = [0.001, 0.03];
/// Negative binomial size of daily cases: variance is mean + mean² / 12.
const CASE_DISPERSION: f64 = 12.0;
/// The same of daily deaths.
const DEATH_DISPERSION: f64 = 20.0;

/// Every county's truth.
pub(super) fn all(places: &[Place], courses: &[Course], seed: u64) -> Vec<TrueCounty> {
    let delays = [gamma_days(CASE_DELAY), gamma_days(DEATH_DELAY)];
    places.iter().zip(courses).map(|(place, course)| one(place, course, &delays, seed)).collect()
}

fn one(place: &Place, course: &Course, [case_delay, death_delay]: &[Vec<f64>; 2], seed: u64) -> TrueCounty {
    let streams = place.streams(seed);
    let [first, last] = place.state().ascertainment;
    let ascertainment = |day: usize| first + (last - first) * day as f64 / (DAYS + DAYS_TO_COME) as f64;
    let fatality = FATALITY[0] * (1.0 - place.over_65) + FATALITY[1] * place.over_65;
    let expected = |delay: &[f64], share: &dyn Fn(usize) -> f64| -> Vec<f64> {
        (0..course.infections.len())
            .map(|day| {
                let due: f64 = delay.iter().zip(course.infections[..day].iter().rev()).map(|(d, i)| d * i).sum();
                share(day) * due * place.state().weekday[(weekday_index(FIRST_DAY) + day) % 7]
            })
            .collect()
    };
    let expected_cases = expected(case_delay, &ascertainment);
    let expected_deaths = expected(death_delay, &|_| fatality);
    TrueCounty {
        fips: place.fips.to_string(),
        population: place.population,
        sparse: place.sparse,
        infections: course.infections.clone(),
        reproduction: course.reproduction.clone(),
        cases: noisy(&expected_cases, CASE_DISPERSION, "cases", &streams),
        deaths: noisy(&expected_deaths, DEATH_DISPERSION, "deaths", &streams),
        expected_cases,
        expected_deaths,
    }
}

/// Negative binomial counts around the expected ones.
fn noisy(expected: &[f64], dispersion: f64, purpose: &str, streams: &Streams) -> Vec<f64> {
    let mut rng = streams.rng(purpose, 0);
    let gamma = Gamma::new(dispersion, 1.0 / dispersion).ok();
    expected
        .iter()
        .map(|mean| {
            let noise = gamma.map_or(1.0, |gamma| gamma.sample(&mut rng));
            Poisson::new(mean * noise).map_or(0.0, |poisson| poisson.sample(&mut rng))
        })
        .collect()
}
