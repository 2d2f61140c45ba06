//! How patients depart from those that cases lead to expect, draw by draw.

use countycast_engine::{Fips, Streams};
use rand_distr::{Distribution, StandardNormal};

use super::level::Level;

/// Standard deviation of the change in a day of the logarithm of patients over those that cases lead to expect: 0.115 in
/// a week, by which reports of July to January parted from what the true cases led to expect (docs/experiments.md,
/// "Hospital patients").
const DRIFT: f64 = 0.0435;

/// Relative variance of a number of patients for each of them: people come and leave one by one, some together, and are
/// reported on other days. By the same reports, of states with fewer than 100 patients.
const CHANCE: f64 = 1.5;

/// Standard normal numbers of each draw, the same in every place: they are put in order of the patients in each.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Chance {
    /// Of the level on the as-of day, of the part in intensive care, and of the chance of few patients.
    start: Vec<[f64; 3]>,
    /// Random walks of [`DRIFT`], a value a day from the as-of day on.
    walk: Vec<Vec<f64>>,
    /// Relative variance of a number of patients for each of them.
    variance: f64,
}

impl Chance {
    pub(super) fn new(draws: usize, days: usize, seed: u64) -> Self {
        let streams = Streams::new(seed, "hospital", Fips::US);
        let (mut start, mut walk) = (Vec::with_capacity(draws), Vec::with_capacity(draws));
        // Pairs mirror each other, so that the middle of few draws is steady.
        for draw in 0..draws {
            let mut rng = streams.rng("level", draw / 2);
            let mirror = if draw.is_multiple_of(2) { 1.0 } else { -1.0 };
            let mut normal = || -> f64 { mirror * Distribution::<f64>::sample(&StandardNormal, &mut rng) };
            start.push([normal(), normal(), normal()]);
            let mut sum = 0.0;
            walk.push(
                (0..days)
                    .map(|_| {
                        sum += DRIFT * normal();
                        sum
                    })
                    .collect(),
            );
        }
        Self { start, walk, variance: CHANCE }
    }

    /// Numbers that change nothing.
    #[cfg(test)]
    pub(super) fn none() -> Self {
        Self { start: Vec::new(), walk: Vec::new(), variance: 0.0 }
    }

    /// Factors of a draw on the number of patients by day, of whom so many are `expected`, and on the part in intensive care.
    ///
    /// Neither spread between places nor chance changes the mean; the drift does not change the median.
    pub(super) fn factors(&self, draw: usize, level: &Level, expected: &[f32]) -> (Vec<f32>, f32) {
        let draw = draw % self.start.len().max(1);
        let [patients, icu, chance] = self.start.get(draw).copied().unwrap_or_default();
        let even = |normal: f64, deviation: f64| normal * deviation - deviation * deviation / 2.0;
        let start = even(patients, level.spread) + patients * DRIFT * (level.days_ago as f64).sqrt();
        let walk = self.walk.get(draw).map_or(&[][..], Vec::as_slice);
        let factor = |(day, expected): (usize, &f32)| {
            let step = walk.get(day).or(walk.last()).copied().unwrap_or_default();
            let chance = even(chance, (self.variance / (f64::from(*expected) + 1.0)).sqrt());
            (start + step + chance).exp() as f32
        };
        (expected.iter().enumerate().map(factor).collect(), even(icu, level.icu_spread).exp() as f32)
    }
}
