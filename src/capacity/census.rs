//! Joint trajectories of hospital patients, thinned to represent their distribution.

use super::Bed;

/// Most trajectories kept. Quantiles and probabilities are computed from them, so their resolution is one percent.
const KEPT: usize = 100;

/// Patients on the ward and in intensive care at the end of each future day, by trajectory.
///
/// Trajectories are in ascending order of their peak, at evenly spaced ranks of all that were drawn: trajectory `i` of
/// one place or engine belongs with trajectory `i` of another.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Census {
    days: usize,
    ward: Vec<f32>,
    icu: Vec<f32>,
}

/// A trajectory: patients on the ward and in intensive care, a value a day.
pub type Occupancy = (Vec<f32>, Vec<f32>);

impl Census {
    /// The census of drawn trajectories, each a pair of ward and intensive care with a value for each of `days` days.
    #[must_use]
    pub fn of_paths(days: usize, paths: &[Occupancy]) -> Self {
        Self::taken(days, paths, &Self::kept(paths))
    }

    /// Numbers of the trajectories that a census of these keeps, in its order.
    #[must_use]
    pub fn kept(paths: &[Occupancy]) -> Vec<usize> {
        let peak = |(ward, icu): &Occupancy| ward.iter().zip(icu).map(|(w, i)| w + i).fold(0.0, f32::max);
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
    pub fn taken(days: usize, paths: &[Occupancy], kept: &[usize]) -> Self {
        let room = || Vec::with_capacity(kept.len() * days);
        let mut census = Self { days, ward: room(), icu: room() };
        for (ward, icu) in kept.iter().filter_map(|&draw| paths.get(draw)) {
            census.ward.extend(ward);
            census.icu.extend(icu);
        }
        census
    }

    /// Reassembles a census from its trajectories, day after day; none if they do not fit.
    #[must_use]
    pub fn from_parts(days: usize, ward: Vec<f32>, icu: Vec<f32>) -> Option<Self> {
        (days > 0 && ward.len() == icu.len() && ward.len().is_multiple_of(days)).then_some(Self { days, ward, icu })
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
        let mean = |bed: Bed| {
            let mut sums = vec![0.0; first.ward.len()];
            for (member, weight) in members {
                let weight = (weight / total) as f32;
                sums.iter_mut().zip(member.values(bed)).for_each(|(sum, value)| *sum += weight * value);
            }
            sums
        };
        (total > 0.0).then(|| Self { days: first.days, ward: mean(Bed::Ward), icu: mean(Bed::Icu) })
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
        let paths: Vec<Occupancy> = levels.map(|level| (vec![level, 0.5 * level], vec![0.0; 2])).collect();
        Census::of_paths(2, &paths)
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
}
