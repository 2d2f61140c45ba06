//! Joint trajectories of hospital patients, thinned to represent their distribution.

use countycast_engine::Target;

use super::Bed;
use crate::scores::quantiles::Quantiles;

/// Most trajectories kept. Quantiles and probabilities are computed from them, so their resolution is one percent.
const KEPT: usize = 100;

/// Admissions of each future day, and patients on the ward and in intensive care at its end, by trajectory.
///
/// Trajectories are in ascending order of their peak, at evenly spaced ranks of all that were drawn: trajectory `i` of
/// one place or engine belongs with trajectory `i` of another.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Census {
    days: usize,
    admissions: Vec<f32>,
    ward: Vec<f32>,
    icu: Vec<f32>,
}

/// A trajectory, a value a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// Admissions.
    pub admissions: Vec<f32>,
    /// Patients on the ward at the day's end.
    pub ward: Vec<f32>,
    /// Patients in intensive care.
    pub icu: Vec<f32>,
}

impl Census {
    /// The census of drawn trajectories of `days` days each.
    #[must_use]
    pub fn of_paths(days: usize, paths: &[Flow]) -> Self {
        Self::taken(days, paths, &Self::kept(paths))
    }

    /// Numbers of the trajectories that a census of these keeps, in its order.
    #[must_use]
    pub fn kept(paths: &[Flow]) -> Vec<usize> {
        let peak = |Flow { ward, icu, .. }: &Flow| ward.iter().zip(icu).map(|(w, i)| w + i).fold(0.0, f32::max);
        let peaks: Vec<f32> = paths.iter().map(peak).collect();
        let mut order: Vec<usize> = (0..paths.len()).collect();
        order.sort_by(|&a, &b| peaks[a].total_cmp(&peaks[b]));
        let kept = paths.len().min(KEPT);
        // The middle of the rank's share of all trajectories.
        (0..kept).map(|rank| order[(2 * rank + 1) * paths.len() / (2 * kept)]).collect()
    }

    /// The census of the `kept` trajectories. Under a scenario these are the ones that the baseline's census keeps, so that
    /// trajectories of both correspond.
    #[must_use]
    pub fn taken(days: usize, paths: &[Flow], kept: &[usize]) -> Self {
        let room = || Vec::with_capacity(kept.len() * days);
        let mut census = Self { days, admissions: room(), ward: room(), icu: room() };
        for Flow { admissions, ward, icu } in kept.iter().filter_map(|&draw| paths.get(draw)) {
            census.admissions.extend(admissions);
            census.ward.extend(ward);
            census.icu.extend(icu);
        }
        census
    }

    /// The sum of two places, trajectory by trajectory; none if they differ in shape.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Option<Self> {
        let sum = |of: fn(&Self) -> &Vec<f32>| of(self).iter().zip(of(other)).map(|(a, b)| a + b).collect();
        (self.days == other.days && self.ward.len() == other.ward.len()).then(|| Self {
            days: self.days,
            admissions: sum(|census| &census.admissions),
            ward: sum(|census| &census.ward),
            icu: sum(|census| &census.icu),
        })
    }

    /// The weighted mean, trajectory by trajectory in the order of their peaks, as quantiles are averaged; none where
    /// there is no member or members differ in shape.
    #[must_use]
    pub fn average(members: &[(&Self, f64)]) -> Option<Self> {
        let (first, _) = members.first()?;
        if members.iter().any(|(member, _)| member.days != first.days || member.ward.len() != first.ward.len()) {
            return None;
        }
        let total: f64 = members.iter().map(|(_, weight)| weight).sum();
        let mean = |of: fn(&Self) -> &Vec<f32>| {
            let mut sums = vec![0.0; first.ward.len()];
            for (member, weight) in members {
                let weight = (weight / total) as f32;
                sums.iter_mut().zip(of(member)).for_each(|(sum, value)| *sum += weight * value);
            }
            sums
        };
        (total > 0.0).then(|| Self {
            days: first.days,
            admissions: mean(|census| &census.admissions),
            ward: mean(|census| &census.ward),
            icu: mean(|census| &census.icu),
        })
    }

    /// Means over the trajectories by day: of admissions, and of patients on the ward and in intensive care.
    #[must_use]
    pub fn means(&self) -> [Vec<f64>; 3] {
        [&self.admissions, &self.ward, &self.icu].map(|values| {
            let mut sums = vec![0.0; self.days];
            for path in values.chunks_exact(self.days) {
                sums.iter_mut().zip(path).for_each(|(sum, value)| *sum += f64::from(*value));
            }
            let paths = (values.len() / self.days).max(1) as f64;
            sums.into_iter().map(|sum| sum / paths).collect()
        })
    }

    /// With a factor on each day, for admissions and each kind of bed as in [`Census::means`].
    #[must_use]
    pub fn times(mut self, factors: &[Vec<f64>; 3]) -> Self {
        let values = [&mut self.admissions, &mut self.ward, &mut self.icu];
        for (values, factors) in values.into_iter().zip(factors) {
            for path in values.chunks_exact_mut(self.days) {
                path.iter_mut().zip(factors).for_each(|(value, factor)| *value *= *factor as f32);
            }
        }
        self
    }

    /// Quantiles of admissions, of all patients in hospital and of those in intensive care.
    #[must_use]
    pub fn quantiles(&self) -> [(Target, Quantiles); 3] {
        let all: Vec<f32> = self.ward.iter().zip(&self.icu).map(|(ward, icu)| ward + icu).collect();
        let of = |target, values: &[f32]| (target, Quantiles::from_paths(target, values.chunks_exact(self.days)));
        [of(Target::Admissions, &self.admissions), of(Target::HospitalCensus, &all), of(Target::IcuCensus, &self.icu)]
    }

    /// Days of each trajectory.
    #[must_use]
    pub fn days(&self) -> usize {
        self.days
    }

    /// All trajectories of one kind of bed, a day after the other.
    #[must_use]
    pub fn values(&self, bed: Bed) -> &[f32] {
        match bed {
            Bed::Ward => &self.ward,
            Bed::Icu => &self.icu,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(levels: impl Iterator<Item = f32>) -> Census {
        let path = |level| Flow { admissions: vec![level; 2], ward: vec![level, 0.5 * level], icu: vec![0.0; 2] };
        Census::of_paths(2, &levels.map(path).collect::<Vec<_>>())
    }

    #[test]
    fn trajectories_are_kept_at_even_ranks() {
        let census = flat((0..300).rev().map(|i| i as f32));
        let peaks: Vec<f32> = census.values(Bed::Ward).chunks_exact(2).map(|path| path[0]).collect();
        assert_eq!((peaks.len(), peaks[0], peaks[99]), (100, 1.0, 298.0));
        assert!(peaks.is_sorted());
    }

    #[test]
    fn an_average_is_taken_rank_by_rank() {
        let (low, high) = (flat([1.0, 2.0].into_iter()), flat([6.0, 3.0].into_iter()));
        let mean = Census::average(&[(&low, 0.75), (&high, 0.25)]).unwrap();
        assert_eq!(mean.values(Bed::Ward), [1.5, 0.75, 3.0, 1.5]);
        assert_eq!(Census::average(&[]), None);
    }

    #[test]
    fn a_census_of_a_region_can_be_given_the_means_of_its_places() {
        let census = flat([1.0, 2.0].into_iter());
        assert_eq!(census.means(), [vec![1.5, 1.5], vec![1.5, 0.75], vec![0.0, 0.0]]);
        let twice = census.clone().times(&[vec![1.0, 1.0], vec![2.0, 4.0], vec![1.0, 1.0]]);
        assert_eq!(twice.means(), [vec![1.5, 1.5], vec![3.0, 3.0], vec![0.0, 0.0]]);
        assert_eq!(census.plus(&census).unwrap().means()[1], [3.0, 1.5]);
        let [(_, admissions), (_, patients), _] = twice.quantiles();
        assert_eq!((admissions.day[0][11], patients.day[1][11], patients.week.len()), (1.5, 3.0, 0));
    }
}
