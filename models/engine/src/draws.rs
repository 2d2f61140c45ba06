//! Joint trajectories of future days.

use std::fmt;
use std::str::FromStr;

/// Text that names no prediction target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a prediction target")]
pub struct TargetError(pub String);

/// The prediction target of a trajectory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// New reported cases a day.
    Cases,
    /// New reported deaths a day.
    Deaths,
    /// New hospital admissions a day.
    Admissions,
    /// People in hospital with the disease at the end of the day, intensive care included.
    HospitalCensus,
    /// People in intensive care with the disease at the end of the day.
    IcuCensus,
}

impl Target {
    /// All targets, in the order in which [`Draws`] keeps them.
    pub const ALL: [Self; 5] = [Self::Cases, Self::Deaths, Self::Admissions, Self::HospitalCensus, Self::IcuCensus];

    /// The name in files: `inc case`, `inc death` and `inc hosp` as in the COVID-19 Forecast Hub, `hosp census` and
    /// `icu census`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cases => "inc case",
            Self::Deaths => "inc death",
            Self::Admissions => "inc hosp",
            Self::HospitalCensus => "hosp census",
            Self::IcuCensus => "icu census",
        }
    }

    /// Whether days can be summed: true for new events, false for a census.
    #[must_use]
    pub const fn is_incident(self) -> bool {
        matches!(self, Self::Cases | Self::Deaths | Self::Admissions)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(name: &str) -> Result<Self, TargetError> {
        Self::ALL.into_iter().find(|target| target.name() == name).ok_or_else(|| TargetError(name.to_owned()))
    }
}

/// Joint trajectories: for each draw and each target, one value for each day after the as-of day.
///
/// Draw `i` of one target belongs with draw `i` of every other. Take sums, peaks and totals within draws, and quantiles
/// last, because quantiles do not add.
#[derive(Debug, Clone, PartialEq)]
pub struct Draws {
    draws: usize,
    days: usize,
    /// By target, in the order of [`Target::ALL`]; each row-major, a row a draw.
    values: [Option<Vec<f32>>; 5],
}

/// Trajectories that violate the contract.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DrawError {
    /// There is no draw or no day.
    #[error("{draws} draws of {days} days hold nothing")]
    Empty {
        /// Draws.
        draws: usize,
        /// Days.
        days: usize,
    },
    /// The number of values is not draws times days.
    #[error("{target:?}: {found} values where {expected} were expected")]
    Length {
        /// What was to be set.
        target: Target,
        /// Values found.
        found: usize,
        /// Values expected.
        expected: usize,
    },
    /// The number or length of the trajectories differs from the request.
    #[error("{} draws of {} days where {} of {} were requested", found.0, found.1, expected.0, expected.1)]
    Shape {
        /// Draws and days found.
        found: (usize, usize),
        /// Draws and days requested.
        expected: (usize, usize),
    },
    /// A value is negative or not finite.
    #[error("{target:?}, draw {draw}, day {day}: {value} is not a valid count")]
    Value {
        /// What was to be set.
        target: Target,
        /// The draw, from 0.
        draw: usize,
        /// Days after the as-of day, from 1.
        day: usize,
        /// The value.
        value: f32,
    },
}

impl Draws {
    /// Room for `draws` trajectories of `days` days, without values yet.
    ///
    /// # Errors
    /// [`DrawError::Empty`] where either is zero.
    pub fn new(draws: usize, days: usize) -> Result<Self, DrawError> {
        if draws == 0 || days == 0 {
            return Err(DrawError::Empty { draws, days });
        }
        Ok(Self { draws, days, values: [const { None }; 5] })
    }

    /// Sets the trajectories of one target: `draws × days` values, a draw after the other.
    ///
    /// # Errors
    /// [`DrawError`] where the number of values is wrong, or one is negative or not finite.
    pub fn with(mut self, target: Target, values: Vec<f32>) -> Result<Self, DrawError> {
        let expected = self.draws * self.days;
        if values.len() != expected {
            return Err(DrawError::Length { target, found: values.len(), expected });
        }
        if let Some((i, &value)) = values.iter().enumerate().find(|(_, v)| !(v.is_finite() && **v >= 0.0)) {
            return Err(DrawError::Value { target, draw: i / self.days, day: i % self.days + 1, value });
        }
        self.values[target as usize] = Some(values);
        Ok(self)
    }

    /// Without all other targets.
    #[must_use]
    pub fn only(mut self, targets: &[Target]) -> Self {
        for target in Target::ALL.into_iter().filter(|target| !targets.contains(target)) {
            self.values[target as usize] = None;
        }
        self
    }

    /// Adds late reports of earlier days, people in each trajectory, to the first day of that trajectory. Does nothing if the
    /// target is not projected.
    ///
    /// # Errors
    /// [`DrawError::Length`] for other than one number a trajectory, [`DrawError::Value`] if a sum is not a valid count.
    pub fn with_late(mut self, target: Target, people: &[f32]) -> Result<Self, DrawError> {
        self.one_each(target, people)?;
        let Some(mut values) = self.values[target as usize].take() else { return Ok(self) };
        values.iter_mut().step_by(self.days).zip(people).for_each(|(first_day, late)| *first_day += late);
        self.with(target, values)
    }

    /// Multiplies all days of each trajectory of a target by that trajectory's factor. Does nothing if the target is not
    /// projected.
    ///
    /// # Errors
    /// [`DrawError::Length`] for other than one factor a trajectory, [`DrawError::Value`] if a product is not a valid count.
    pub fn with_factors(mut self, target: Target, factors: &[f32]) -> Result<Self, DrawError> {
        self.one_each(target, factors)?;
        let Some(mut values) = self.values[target as usize].take() else { return Ok(self) };
        for (path, factor) in values.chunks_exact_mut(self.days).zip(factors) {
            path.iter_mut().for_each(|value| *value *= factor);
        }
        self.with(target, values)
    }

    fn one_each(&self, target: Target, values: &[f32]) -> Result<(), DrawError> {
        let (found, expected) = (values.len(), self.draws);
        if found == expected { Ok(()) } else { Err(DrawError::Length { target, found, expected }) }
    }

    /// Multiplies each day of every trajectory of a target by that day's factor, such as the share that is reported. Does nothing
    /// if the target is not projected.
    ///
    /// # Errors
    /// [`DrawError::Length`] for other than one factor a day, [`DrawError::Value`] if a product is not a valid count.
    pub fn with_daily_factors(mut self, target: Target, factors: &[f32]) -> Result<Self, DrawError> {
        if factors.len() != self.days {
            return Err(DrawError::Length { target, found: factors.len(), expected: self.days });
        }
        let Some(mut values) = self.values[target as usize].take() else { return Ok(self) };
        for path in values.chunks_exact_mut(self.days) {
            path.iter_mut().zip(factors).for_each(|(value, factor)| *value *= factor);
        }
        self.with(target, values)
    }

    /// These trajectories alone, in this order; numbers beyond the last are left out.
    ///
    /// # Errors
    /// [`DrawError::Empty`] if none is left.
    pub fn taken(&self, draws: &[usize]) -> Result<Self, DrawError> {
        let draws: Vec<usize> = draws.iter().copied().filter(|draw| *draw < self.draws).collect();
        let mut taken = Self::new(draws.len(), self.days)?;
        for (taken, values) in taken.values.iter_mut().zip(&self.values) {
            let rows = values.as_ref().map(|values| {
                draws.iter().flat_map(|draw| &values[draw * self.days..(draw + 1) * self.days]).copied().collect()
            });
            *taken = rows;
        }
        Ok(taken)
    }

    /// Replaces trajectory `draws[i]` by trajectory `i` of `others`, target by target; a target that one of the two lacks stays as it
    /// is.
    ///
    /// # Errors
    /// [`DrawError::Shape`] for another number of trajectories or days than asked for, or a trajectory that is not there.
    pub fn replace(&mut self, draws: &[usize], others: &Self) -> Result<(), DrawError> {
        let (found, expected) = ((others.draws, others.days), (draws.len(), self.days));
        if found != expected || draws.iter().any(|draw| *draw >= self.draws) {
            return Err(DrawError::Shape { found, expected });
        }
        for (values, others) in self.values.iter_mut().zip(&others.values) {
            let Some((values, others)) = values.as_mut().zip(others.as_ref()) else { continue };
            for (draw, path) in draws.iter().zip(others.chunks_exact(self.days)) {
                values[draw * self.days..(draw + 1) * self.days].copy_from_slice(path);
            }
        }
        Ok(())
    }

    /// Number of trajectories.
    #[must_use]
    pub fn draws(&self) -> usize {
        self.draws
    }

    /// Number of days after the as-of day.
    #[must_use]
    pub fn days(&self) -> usize {
        self.days
    }

    /// The trajectories of a target, each a slice of `days` values; none if the engine does not project it.
    #[must_use]
    pub fn paths(&self, target: Target) -> Option<std::slice::ChunksExact<'_, f32>> {
        self.values[target as usize].as_ref().map(|values| values.chunks_exact(self.days))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_values_that_are_no_counts() {
        let draws = Draws::new(2, 3).unwrap();
        let length = draws.clone().with(Target::Cases, vec![0.0; 5]);
        assert!(matches!(length, Err(DrawError::Length { found: 5, expected: 6, .. })));
        let mut values = vec![1.0; 6];
        values[4] = f32::NAN;
        assert!(matches!(draws.with(Target::Cases, values), Err(DrawError::Value { draw: 1, day: 2, .. })));
        assert!(Draws::new(0, 3).is_err());
    }

    #[test]
    fn trajectories_are_taken_and_replaced_by_their_number() {
        let draws = Draws::new(3, 2).unwrap().with(Target::Cases, vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
        let mut taken = draws.taken(&[2, 0, 7]).unwrap();
        assert_eq!(taken.paths(Target::Cases).unwrap().collect::<Vec<_>>(), [&[5.0, 6.0], &[1.0, 2.0]]);
        assert!(draws.taken(&[3]).is_err());
        taken.replace(&[1], &draws.taken(&[1]).unwrap()).unwrap();
        assert_eq!(taken.paths(Target::Cases).unwrap().collect::<Vec<_>>(), [&[5.0, 6.0], &[3.0, 4.0]]);
        assert!(taken.replace(&[2], &draws.taken(&[1]).unwrap()).is_err());
        assert!(taken.replace(&[0], &draws).is_err());
    }

    #[test]
    fn those_reported_late_come_on_the_first_day() {
        let draws = Draws::new(2, 2).unwrap().with(Target::Cases, vec![1.0, 2.0, 3.0, 4.0]).unwrap();
        let late = draws.clone().with_late(Target::Cases, &[5.0, 1.0]).unwrap();
        assert_eq!(late.paths(Target::Cases).unwrap().collect::<Vec<_>>(), [&[6.0, 2.0], &[4.0, 4.0]]);
        assert_eq!(draws.clone().with_late(Target::Deaths, &[5.0, 1.0]).unwrap(), draws);
        assert!(draws.clone().with_late(Target::Cases, &[5.0]).is_err());
        assert!(draws.with_late(Target::Cases, &[0.0, -5.0]).is_err());
    }

    #[test]
    fn each_trajectory_has_its_factor() {
        let draws = Draws::new(2, 2).unwrap().with(Target::Cases, vec![1.0, 2.0, 3.0, 4.0]).unwrap();
        let scaled = draws.clone().with_factors(Target::Cases, &[2.0, 0.5]).unwrap();
        assert_eq!(scaled.paths(Target::Cases).unwrap().collect::<Vec<_>>(), [&[2.0, 4.0], &[1.5, 2.0]]);
        assert_eq!(draws.clone().with_factors(Target::Deaths, &[2.0, 0.5]).unwrap(), draws);
        assert!(draws.clone().with_factors(Target::Cases, &[1.0]).is_err());
        assert!(draws.with_factors(Target::Cases, &[1.0, -0.5]).is_err());
    }

    #[test]
    fn each_day_has_its_factor() {
        let draws = Draws::new(2, 2).unwrap().with(Target::Cases, vec![1.0, 2.0, 3.0, 4.0]).unwrap();
        let scaled = draws.clone().with_daily_factors(Target::Cases, &[1.0, 0.5]).unwrap();
        assert_eq!(scaled.paths(Target::Cases).unwrap().collect::<Vec<_>>(), [&[1.0, 1.0], &[3.0, 2.0]]);
        assert_eq!(draws.clone().with_daily_factors(Target::Deaths, &[1.0, 0.5]).unwrap(), draws);
        assert!(draws.clone().with_daily_factors(Target::Cases, &[1.0]).is_err());
        assert!(draws.with_daily_factors(Target::Cases, &[1.0, -0.5]).is_err());
    }

    #[test]
    fn a_target_is_read_back_from_its_name() {
        assert_eq!(Target::ALL.map(|target| target.name().parse()), Target::ALL.map(Ok));
        assert_eq!("cum case".parse::<Target>(), Err(TargetError("cum case".to_owned())));
    }

    #[test]
    fn paths_come_back_a_draw_at_a_time() {
        let draws = Draws::new(2, 2).unwrap().with(Target::Deaths, vec![1.0, 2.0, 3.0, 4.0]).unwrap();
        let paths: Vec<&[f32]> = draws.paths(Target::Deaths).unwrap().collect();
        assert_eq!(paths, [[1.0, 2.0], [3.0, 4.0]]);
        assert!(draws.paths(Target::Cases).is_none());
    }
}
