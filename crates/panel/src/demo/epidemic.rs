//! The true epidemic.

use super::places::{Place, STATES};
use super::{DAYS, DAYS_TO_COME};

/// Generation interval: gamma of mean 5.5 and standard deviation 2.14 days (OpenABM, Hinch et al. 2021).
const GENERATION: [f64; 2] = [5.5, 2.14];
/// Reproduction number between waves.
const CALM: f64 = 0.9;
/// Share of the force of infection in a county that comes from the whole state: commuters, visitors.
const MIXING: f64 = 0.15;
/// Imported infections per person and day.
const IMPORTS: f64 = 1.5e-6;
/// Day on which importation starts; late in September for counties with almost no history.
const IMPORTS_START: usize = 28;
const SPARSE_START: usize = 245;

/// One county's infections and effective reproduction number, by day.
#[derive(Debug, Clone, Default)]
pub(super) struct Course {
    pub(super) infections: Vec<f64>,
    pub(super) reproduction: Vec<f64>,
}

/// A gamma distribution discretised by day from 1 on (density at whole days, normalised), 40 days long.
pub(super) fn gamma_days([mean, sd]: [f64; 2]) -> Vec<f64> {
    let shape = (mean / sd).powi(2);
    let density: Vec<f64> = (1..=40)
        .map(|day| {
            let x = f64::from(day);
            // Relative to the mean, so that powers do not overflow.
            ((shape - 1.0) * (x / mean).ln() - shape * (x / mean - 1.0)).exp()
        })
        .collect();
    let total: f64 = density.iter().sum();
    density.iter().map(|d| d / total).collect()
}

/// Reproduction number of a county on a day if everyone were susceptible.
pub(super) fn reproduction(place: &Place, day: f64) -> f64 {
    let state = place.state();
    let day = day - place.lag;
    let past = |turn: f64, width: f64| 1.0 / (1.0 + (-(day - turn) / width).exp());
    let first = (state.first_peak - CALM) * (1.0 - past(state.first_end, 3.0));
    let second = (state.second_peak - CALM) * (past(state.second[0], 5.0) - past(state.second[1], 7.0));
    place.pace * (CALM + first + second)
}

/// All counties, day by day: the renewal equation with depletion, imports and mixing within the state.
pub(super) fn run(places: &[Place]) -> Vec<Course> {
    let generation = gamma_days(GENERATION);
    let mut courses = vec![Course::default(); places.len()];
    let mut susceptible: Vec<f64> = places.iter().map(|place| place.population).collect();
    for day in 0..DAYS + DAYS_TO_COME {
        let own: Vec<f64> = courses
            .iter()
            .map(|course| generation.iter().zip(course.infections.iter().rev()).map(|(g, i)| g * i).sum())
            .collect();
        let mut sums = [[0.0; 2]; STATES.len()];
        for (place, own) in places.iter().zip(&own) {
            sums[place.state][0] += own;
            sums[place.state][1] += place.population;
        }
        for (i, place) in places.iter().enumerate() {
            let [pressure, people] = sums[place.state];
            let started = day >= if place.sparse { SPARSE_START } else { IMPORTS_START };
            let around = if started { MIXING * place.population * pressure / people } else { 0.0 };
            let imports = if started { IMPORTS * place.population } else { 0.0 };
            let left = susceptible[i] / place.population;
            let effective = reproduction(place, day as f64) * left;
            let expected = effective * ((1.0 - MIXING) * own[i] + around) + imports;
            let infections = expected.min(susceptible[i]);
            susceptible[i] -= infections;
            courses[i].infections.push(infections);
            courses[i].reproduction.push(effective);
        }
    }
    courses
}
