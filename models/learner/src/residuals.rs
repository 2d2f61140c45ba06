//! Past errors, from which draws are made.

use serde::{Deserialize, Serialize};

use crate::rows::WEEKS;

/// Errors of one past projection, by week ahead: outcome minus projection, logarithms.
pub(crate) type Errors = [f32; WEEKS];

/// Errors of past projections that the boosters had not been trained on, ordered by the level they were made at.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Library {
    levels: Vec<f32>,
    errors: Vec<Errors>,
}

impl Library {
    /// Puts errors in order of their level.
    pub(crate) fn new(mut entries: Vec<(f32, Errors)>) -> Self {
        entries.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (levels, errors) = entries.into_iter().unzip();
        Self { levels, errors }
    }

    /// Number of errors.
    pub(crate) fn len(&self) -> usize {
        self.errors.len()
    }

    /// The `pool` errors made at the levels nearest in rank to this one, less their medians: what past weeks had in common
    /// was theirs.
    pub(crate) fn near(&self, level: f32, pool: usize) -> Vec<Errors> {
        let at = self.levels.partition_point(|known| *known < level);
        let pool = pool.min(self.errors.len());
        let start = at.saturating_sub(pool / 2).min(self.errors.len() - pool);
        let errors = &self.errors[start..start + pool];
        let medians: Errors = std::array::from_fn(|week| median(errors.iter().map(|error| error[week]).collect()));
        errors.iter().map(|error| std::array::from_fn(|week| error[week] - medians[week])).collect()
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
    fn errors_come_from_levels_nearby() {
        let library = Library::new((0..100).rev().map(|i| (i as f32, [i as f32; WEEKS])).collect());
        assert_eq!(library.len(), 100);
        let first = |level, pool| library.near(level, pool).iter().map(|e| e[0]).collect::<Vec<_>>();
        assert_eq!(first(50.0, 3), [-1.0, 0.0, 1.0]);
        assert_eq!(first(-5.0, 5), [-2.0, -1.0, 0.0, 1.0, 2.0]);
        assert_eq!(first(3.0, 1_000).len(), 100, "no more than there are");
    }
}
