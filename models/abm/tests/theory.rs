//! Simulations of people who are alike and mixed, against what is known on paper.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod place;

use countycast_abm::{Epidemic, Key, Settings, Tally};
use countycast_engine::Delay;
use countycast_testkit::SeirTwin;
use countycast_testkit::closed::{extinction_probability, seir_reproduction_number};
use place::{GENERATION_DAYS, Place, by_generation, mean, mixed, total};

/// Share ever infected where a share `seeds` begins: `z = 1 - (1 - seeds) exp(-r z)`.
fn final_size(r: f64, seeds: f64) -> f64 {
    (0..1_000).fold(1.0, |z, _| 1.0 - (1.0 - seeds) * (-r * z).exp())
}

/// The equations of [`mixed`] people at a reproduction number of 2.
fn twin(people: f64, seeds: f64) -> SeirTwin {
    SeirTwin {
        population: people,
        exposed: seeds,
        latent: 4.5,
        exposed_stages: 3,
        infectious: 6.0,
        infectious_stages: 3,
        heterogeneity: 1.0,
        steps_per_day: 50,
    }
}

/// Infections of each day of the equations.
fn course(twin: SeirTwin, days: usize) -> Vec<f64> {
    twin.run(|_| 2.0, days).iter().map(|day| day.infections).collect()
}

#[test]
fn a_mixed_epidemic_ends_at_the_final_size() {
    let place = Place::new(100_000, &mixed());
    // With the standard error of eight runs.
    for (r, error) in [(1.5, 0.0022), (2.5, 0.0006)] {
        let share = mean(8, |seed| {
            let tallies: Vec<Tally> = place.run(seed, r, 100).take(400).collect();
            total(&tallies) / 1e5
        });
        let expected = final_size(f64::from(r), 0.001);
        assert!((share - expected).abs() < 4.0 * error, "R {r}: {share}, the formula gives {expected}");
    }
}

#[test]
fn early_growth_is_that_of_the_stages() {
    let place = Place::new(1_000_000, &mixed());
    let growth = |days: &[f64]| (days[41..55].iter().sum::<f64>() / days[27..41].iter().sum::<f64>()).ln() / 14.0;
    let found = mean(8, |seed| {
        let days: Vec<f64> = place.run(seed, 2.0, 400).take(60).map(|tally| f64::from(tally.infections())).collect();
        growth(&days)
    });
    // The equations lose 3 % of growth to those who are infected by then.
    let expected = growth(&course(twin(1e6, 400.0), 60));
    let implied = |growth| seir_reproduction_number(growth, 4.5, 3, 6.0, 3);
    let ratio = implied(found) / implied(expected);
    // Growth of one run has a standard deviation of 2 %, the ratio of eight a standard error of 0.4 %.
    assert!((ratio - 1.0).abs() < 0.017, "growth of {found} a day where {expected} was expected");
}

#[test]
fn the_mean_course_is_that_of_the_seir_twin() {
    const DAYS: usize = 180;
    let place = Place::new(200_000, &mixed());
    let expected = course(twin(2e5, 600.0), DAYS);
    let half_way = |days: &[f64]| {
        let half = days.iter().sum::<f64>() / 2.0;
        let mut sum = 0.0;
        let day = days.iter().position(|infections| {
            sum += infections;
            sum > half
        });
        let day = day.unwrap();
        day as f64 + 1.0 - (sum - half) / days[day]
    };
    let peak = |days: &[f64]| days.windows(7).map(|week| week.iter().sum::<f64>()).fold(0.0, f64::max);
    let runs: Vec<Vec<f64>> = (0..8)
        .map(|seed| place.run(seed, 2.0, 600).take(DAYS).map(|tally| f64::from(tally.infections())).collect())
        .collect();
    let late = mean(8, |seed| half_way(&runs[seed as usize])) - half_way(&expected);
    // Eight runs: standard errors of 0.15 days and 0.4 %.
    assert!(late.abs() < 0.6, "half of all infections {late} days later than by the equations");
    let ratio = mean(8, |seed| peak(&runs[seed as usize])) / peak(&expected);
    assert!((ratio - 1.0).abs() < 0.016, "{ratio} times the infections of the peak week");
}

#[test]
fn outbreaks_from_one_person_die_out_as_often_as_they_should() {
    // Who has infected so many has infected too many for all chains to end.
    const LARGE: f64 = 150.0;
    for dispersion in [1e6, 0.5] {
        // A fixed infectious time and no chance in it: offspring are negative binomial with the asked dispersion.
        let place = Place::new(20_000, &Settings { dispersion, infectious_days: Delay::new(6.0, 0.4), ..mixed() });
        let died = |seed| {
            let world = place.world(2.0);
            let mut epidemic = Epidemic::new(&place.population, Key::from_seed(seed));
            let (mut infections, mut day) = (0.0, 0);
            while infections < LARGE && (day == 0 || epidemic.waiting() > 0) {
                infections += f64::from(epidemic.step(&world, day, 2.0, usize::from(day == 0)).infections());
                day += 1;
            }
            f64::from(u8::from(infections < LARGE))
        };
        let share = mean(4_000, died);
        let expected = extinction_probability(2.0, dispersion);
        // Standard error of 4,000 runs: 0.008 at most.
        assert!((share - expected).abs() < 0.032, "dispersion {dispersion}: {share} died out, {expected} expected");
    }
}

#[test]
fn offspring_have_the_mean_and_dispersion_asked_for() {
    const RUNS: u64 = 20_000;
    let place = Place::new(20_000, &Settings { dispersion: 0.5, ..by_generation() });
    let count = |seed| total(&place.run(seed, 1.5, 1).skip(1).take(GENERATION_DAYS - 1).collect::<Vec<_>>());
    let counts: Vec<f64> = (0..RUNS).map(count).collect();
    let mean = counts.iter().sum::<f64>() / RUNS as f64;
    let variance = counts.iter().map(|n| (n - mean).powi(2)).sum::<f64>() / RUNS as f64;
    // Variance 1.5 + 1.5² / 0.5 = 6: standard error of the mean 0.017, of the dispersion about 0.013.
    assert!((mean - 1.5).abs() < 0.07, "mean {mean}");
    let dispersion = mean * mean / (variance - mean);
    assert!((dispersion - 0.5).abs() < 0.05, "dispersion {dispersion}");
}
