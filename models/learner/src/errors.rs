//! Past errors, from which draws are made.

use crate::WEEKS;
use serde::{Deserialize, Serialize};

/// Errors of one past projection, by week ahead: outcome minus projection, logarithms.
pub(crate) type Errors = [f32; WEEKS];

/// Fewest errors of states that states' draws are made of; below, they are made of counties'.
const LEAST_REGIONAL: usize = 100;

/// Where errors are alike.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Size {
    pub(crate) is_county: bool,
    /// Logarithm of the recent weekly count.
    pub(crate) level: f32,
}

/// Errors of past projections that the boosters had not been trained on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Library {
    counties: Shelf,
    regions: Shelf,
}

impl Library {
    pub(crate) fn new(entries: Vec<(Size, Errors)>) -> Self {
        let (counties, regions) = entries.into_iter().partition(|(size, _)| size.is_county);
        Self { counties: Shelf::new(counties), regions: Shelf::new(regions) }
    }

    /// Number of errors.
    pub(crate) fn len(&self) -> usize {
        self.counties.errors.len() + self.regions.errors.len()
    }

    /// The `pool` errors made at the levels nearest in rank to this one, less their medians: what past weeks had in common
    /// was theirs.
    pub(crate) fn near(&self, size: Size, pool: usize) -> Vec<Errors> {
        let regional = !size.is_county && self.regions.errors.len() >= LEAST_REGIONAL;
        let shelf = if regional { &self.regions } else { &self.counties };
        let errors = shelf.near(size.level, pool);
        let medians: Errors = std::array::from_fn(|week| median(errors.iter().map(|error| error[week]).collect()));
        errors.iter().map(|error| std::array::from_fn(|week| error[week] - medians[week])).collect()
    }
}

/// Errors in the order of the level they were made at.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Shelf {
    levels: Vec<f32>,
    errors: Vec<Errors>,
}

impl Shelf {
    fn new(mut entries: Vec<(Size, Errors)>) -> Self {
        entries.sort_by(|a, b| a.0.level.total_cmp(&b.0.level));
        let (levels, errors) = entries.into_iter().map(|(size, errors)| (size.level, errors)).unzip();
        Self { levels, errors }
    }

    fn near(&self, level: f32, pool: usize) -> &[Errors] {
        let at = self.levels.partition_point(|known| *known < level);
        let pool = pool.min(self.errors.len());
        let start = at.saturating_sub(pool / 2).min(self.errors.len() - pool);
        &self.errors[start..start + pool]
    }
}

/// The middle value, 0 where there is none.
fn median(mut values: Vec<f32>) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f32::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_come_from_levels_nearby_and_are_centred() {
        let county = |level: f32| Size { is_county: true, level };
        let library = Library::new((0..100).rev().map(|i| (county(i as f32), [(i * i) as f32; WEEKS])).collect());
        assert_eq!(library.len(), 100);
        let first = |level, pool| library.near(county(level), pool).iter().map(|e| e[0]).collect::<Vec<_>>();
        assert_eq!(first(50.0, 3), [-99.0, 0.0, 101.0], "49², 50², 51² less 50²");
        assert_eq!(first(-5.0, 3), [-1.0, 0.0, 3.0]);
        assert_eq!(first(500.0, 3), [-195.0, 0.0, 197.0]);
        assert_eq!(first(3.0, 1_000).len(), 100, "no more than there are");
    }

    #[test]
    fn states_draw_from_states_where_there_are_enough() {
        let entry = |is_county: bool, error: f32| (Size { is_county, level: 5.0 }, [error; WEEKS]);
        let counties = || (0..300).map(|i| entry(true, i as f32));
        let few = Library::new(counties().chain((0..99).map(|_| entry(false, 7.0))).collect());
        let many = Library::new(counties().chain((0..100).map(|_| entry(false, 7.0))).collect());
        let state = Size { is_county: false, level: 5.0 };
        assert!(few.near(state, 50).iter().any(|errors| errors[0] != 0.0), "counties' errors differ");
        assert!(many.near(state, 50).iter().all(|errors| errors[0] == 0.0), "states' errors were all the same");
    }
}
