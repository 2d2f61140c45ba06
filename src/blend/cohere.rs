//! States as sums of their counties and the nation as the sum of its states, on joint sample paths.
//!
//! Quantiles do not add. Each place's quantiles are therefore turned into equally likely paths, joined across places by
//! rank: a standard normal value for each place and path, correlated within a region through a factor of the region's
//! own, selects the quantile of the place on that path (a Gaussian rank copula). Places go wrong together the more, the further
//! ahead, so the correlation grows with the week. A region's paths are the sums of its places' paths, and its quantiles are taken from
//! those. Places are not adjusted.

use countycast_engine::{Fips, Streams, Target};
use rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};

use super::spread::spread;
use crate::scores::quantiles::{Forecast, Quantiles, row};

/// Paths of each place: enough for quantiles of 1 % to rest on four.
const PATHS: usize = 400;

/// Targets for which a region is the sum of its places.
pub const SUMMED: [Target; 2] = [Target::Cases, Target::Deaths];

/// Weeks ahead after which the correlation of places grows no more.
const WEEKS: usize = 4;

/// Rank correlation of places with their region's factor in the first and in the fourth week ahead; on a straight line between, and
/// later as in the fourth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Coupling(pub [f64; 2]);

impl Coupling {
    /// That of a week ahead, from 0.
    #[must_use]
    pub fn at(self, week: usize) -> f64 {
        let [first, last] = self.0;
        first + (last - first) * week.min(WEEKS - 1) as f64 / (WEEKS - 1) as f64
    }

    /// The same in all weeks as in the first.
    #[must_use]
    pub fn of_first_week(self) -> Self {
        Self([self.0[0]; 2])
    }

    /// The same where only a share of the uncertainty is each place's own: 0 joins all places.
    #[must_use]
    pub fn of_share(self, share: f64) -> Self {
        Self(self.0.map(|coupling| 1.0 - share * (1.0 - coupling)))
    }
}

/// Standard normal values, one for each path: the rank of a region or place on that path.
#[derive(Debug, Clone)]
pub struct Factor(Vec<f64>);

impl Factor {
    /// A place's own.
    #[must_use]
    pub fn of(place: Fips, seed: u64) -> Self {
        let mut rng = Streams::new(seed, "coherence", place).rng("factor", 0);
        Self((0..PATHS).map(|_| StandardNormal.sample(&mut rng)).collect())
    }

    /// That of a place within this region, whose own is `own`: `coupling` is the correlation with the region's, 0 to 1.
    fn joined(&self, own: &Self, coupling: f64) -> Self {
        let rest = (1.0 - coupling * coupling).max(0.0).sqrt();
        Self(self.0.iter().zip(&own.0).map(|(region, own)| coupling * region + rest * own).collect())
    }

    /// For each path the rank of its value among all.
    fn ranks(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.0.len()).collect();
        order.sort_by(|&a, &b| self.0[a].total_cmp(&self.0[b]));
        let mut ranks = vec![0; order.len()];
        order.into_iter().enumerate().for_each(|(rank, path)| ranks[path] = rank);
        ranks
    }
}

/// For each week ahead and path the rank of a place on that path among all.
#[derive(Debug, Clone)]
pub struct Ranks([Vec<usize>; WEEKS]);

impl Ranks {
    /// Of a place within its region.
    #[must_use]
    pub fn within(region: &Factor, place: Fips, coupling: Coupling, seed: u64) -> Self {
        let own = Factor::of(place, seed);
        Self(std::array::from_fn(|week| region.joined(&own, coupling.at(week)).ranks()))
    }

    fn of_week(&self, week: usize) -> &[usize] {
        &self.0[week.min(WEEKS - 1)]
    }
}

/// Running sums of places' paths for one target: for each row, one value per path.
#[derive(Debug, Clone, Default)]
pub struct PathSum {
    day: Vec<Vec<f32>>,
    week: Vec<Vec<f32>>,
    sum: Vec<Vec<f32>>,
}

impl PathSum {
    /// Adds a place with its ranks.
    pub fn add(&mut self, quantiles: &Quantiles, ranks: &Ranks) {
        for (sums, rows, days) in [
            (&mut self.day, &quantiles.day, 7),
            (&mut self.week, &quantiles.week, 1),
            (&mut self.sum, &quantiles.sum, 7),
        ] {
            sums.resize_with(rows.len(), || vec![0.0; PATHS]);
            for (at, (sums, row)) in sums.iter_mut().zip(rows).enumerate() {
                let values = spread(row, PATHS);
                sums.iter_mut().zip(ranks.of_week(at / days)).for_each(|(sum, &rank)| *sum += values[rank]);
            }
        }
    }

    /// The quantiles of the sums, each sum times `scale`.
    #[must_use]
    pub fn quantiles(self, scale: f32) -> Quantiles {
        let rows = |sums: Vec<Vec<f32>>| {
            let of_sums = |sums: Vec<f32>| {
                let mut bits: Vec<u32> = sums.into_iter().map(|sum| (scale * sum).to_bits()).collect();
                row(&mut bits)
            };
            sums.into_iter().map(of_sums).collect()
        };
        Quantiles { day: rows(self.day), week: rows(self.week), sum: rows(self.sum) }
    }
}

/// A region's forecast with the summed targets in place of its own.
pub fn replace(region: &mut Forecast, target: Target, quantiles: Quantiles) {
    match region.targets.iter_mut().find(|(known, _)| *known == target) {
        Some((_, own)) => *own = quantiles,
        None => {
            region.targets.push((target, quantiles));
            region.targets.sort_by_key(|(target, _)| *target);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::quantiles::{LEVELS, MEDIAN, Row};

    fn fips(number: usize) -> Fips {
        format!("19{:03}", 2 * number + 1).parse().unwrap()
    }

    /// The sum of 50 places whose quantiles are those of an even spread from 0 to 100.
    fn summed(coupling: f64) -> Row {
        let even: Row = LEVELS.map(|level| 100.0 * level as f32);
        let place = Quantiles { day: vec![], week: vec![even], sum: vec![] };
        let (nation, mut sum) = (Factor::of(Fips::US, 7), PathSum::default());
        let state = nation.joined(&Factor::of("19".parse().unwrap(), 7), 0.5);
        let coupling = Coupling([coupling; 2]);
        (0..50).for_each(|i| sum.add(&place, &Ranks::within(&state, fips(i), coupling, 7)));
        sum.quantiles(1.0).week[0]
    }

    #[test]
    fn places_that_are_not_coupled_even_out_and_coupled_ones_add_up() {
        let width = |row: Row| row[21] - row[1];
        // Standard deviation of a sum of 50 even spreads: √50 · 100/√12 = 204.
        let alone = summed(0.0);
        assert!((width(alone) / (2.0 * 1.96 * 204.0) - 1.0).abs() < 0.15, "{}", width(alone));
        assert!((alone[MEDIAN] - 2_500.0).abs() < 60.0, "{}", alone[MEDIAN]);
        let together = summed(1.0);
        assert!((width(together) / (0.95 * 5_000.0) - 1.0).abs() < 0.02, "{}", width(together));
        assert!(width(summed(0.6)) > 2.0 * width(alone) && width(summed(0.6)) < width(together));
    }

    #[test]
    fn a_factor_is_its_region_s_and_its_own_part() {
        let nation = Factor::of(Fips::US, 7);
        let own = Factor::of(fips(0), 7);
        let county = nation.joined(&own, 0.6);
        // 0.6² + 0.8² = 1: the variance stays 1 and the correlation is 0.6.
        let mixed = nation.0.iter().zip(&own.0).map(|(region, own)| 0.6 * region + 0.8 * own);
        assert!(county.0.iter().zip(mixed).all(|(found, expected)| (found - expected).abs() < 1e-12));
        assert_ne!(own.0, Factor::of(fips(0), 8).0);
        assert_ne!(own.0, Factor::of(fips(1), 7).0);
        // Mean and variance of 400 standard normal values, at four standard errors.
        let n = PATHS as f64;
        let mean = own.0.iter().sum::<f64>() / n;
        let variance = own.0.iter().map(|z| z * z).sum::<f64>() / n;
        assert!(mean.abs() < 4.0 / n.sqrt() && (variance - 1.0).abs() < 4.0 * (2.0 / n).sqrt(), "{mean} {variance}");
    }

    #[test]
    fn coupling_grows_to_the_fourth_week() {
        let coupling = Coupling([0.5, 0.8]);
        let found = [0, 1, 3, 30].map(|week| coupling.at(week));
        assert!(found.iter().zip([0.5, 0.6, 0.8, 0.8]).all(|(found, expected)| (found - expected).abs() < 1e-12));
        assert_eq!(coupling.of_first_week(), Coupling([0.5; 2]));
        assert_eq!(coupling.of_share(1.0), coupling);
        assert_eq!(coupling.of_share(0.0), Coupling([1.0; 2]));
        // 50 places with the same even spread: days of the first week, of the fourth and of the sixth.
        let even: Row = LEVELS.map(|level| 100.0 * level as f32);
        let place = Quantiles { day: vec![even; 42], week: vec![even; 6], sum: vec![even; 42] };
        let (nation, mut sum) = (Factor::of(Fips::US, 7), PathSum::default());
        (0..50).for_each(|i| sum.add(&place, &Ranks::within(&nation, fips(i), coupling, 7)));
        let summed = sum.quantiles(1.0);
        let width = |row: &Row| row[21] - row[1];
        for rows in [&summed.day, &summed.sum] {
            assert_eq!((rows[0], rows[21], rows[41]), (rows[6], rows[27], rows[27]));
            assert!(width(&rows[7]) > width(&rows[6]) && width(&rows[21]) > 1.3 * width(&rows[0]));
        }
        assert_eq!((summed.week[0], summed.week[3], summed.week[5]), (summed.day[0], summed.day[21], summed.day[21]));
    }

    #[test]
    fn ranks_count_the_smaller_values() {
        assert_eq!(Factor(vec![3.0, -1.0, 2.0, 0.5]).ranks(), [3, 0, 2, 1]);
    }

    #[test]
    fn days_weeks_and_sums_are_added_up_apart() {
        let place = |day, week, sum| Quantiles { day: vec![[day; 23]], week: vec![[week; 23]], sum: vec![[sum; 23]] };
        let mut sum = PathSum::default();
        let ranks = |i| Ranks::within(&Factor::of(Fips::US, 3), fips(i), Coupling([0.3; 2]), 3);
        sum.add(&place(1.0, 10.0, 100.0), &ranks(0));
        sum.add(&place(2.0, 20.0, 200.0), &ranks(1));
        assert_eq!(sum.quantiles(2.0), place(6.0, 60.0, 600.0));
    }

    #[test]
    fn summed_targets_replace_the_region_s_own_or_join_them_in_order() {
        let quantiles = |value: f32| Quantiles { day: vec![[value; 23]], week: vec![], sum: vec![] };
        let mut region =
            Forecast { targets: vec![(Target::Cases, quantiles(1.0)), (Target::Admissions, quantiles(2.0))] };
        replace(&mut region, Target::Cases, quantiles(3.0));
        replace(&mut region, Target::Deaths, quantiles(4.0));
        let expected = [(Target::Cases, 3.0), (Target::Deaths, 4.0), (Target::Admissions, 2.0)];
        assert_eq!(region.targets, expected.map(|(target, value)| (target, quantiles(value))));
    }

    #[test]
    fn paths_have_the_quantiles_that_they_were_made_from() {
        let row: Row = std::array::from_fn(|i| (i * i) as f32);
        let place = Quantiles { day: vec![row], week: vec![], sum: vec![] };
        let mut sum = PathSum::default();
        sum.add(&place, &Ranks::within(&Factor::of(Fips::US, 3), fips(0), Coupling([0.5; 2]), 3));
        let found = sum.quantiles(2.0).day[0];
        for (found, given) in found.iter().zip(row).skip(1).take(21) {
            assert!((found / 2.0 - given).abs() <= 0.5 + 0.01 * given, "{found} for {given}");
        }
    }
}
