//! Implausible members are excluded from the blend.

use countycast_engine::{History, Target};

use crate::scores::quantiles::{Forecast, MEDIAN, Quantiles};

/// A member's median may jump by this multiple of the largest weekly jump of the past.
const MOST_JUMPS: f64 = 5.0;
/// Recent weeks in which a jump of the neighbours supports a jump.
const SUPPORT_WEEKS: usize = 4;
/// A jump of this size is always plausible: a place with one or two cases a week may have ten.
const LEAST_JUMP: [f64; 2] = [20.0, 10.0];

/// The recent past of a place and its neighbours, with which members are compared.
#[derive(Debug, Clone)]
pub struct Precedent {
    /// Last week's count and the largest plausible jump, for cases and deaths.
    known: [(f64, f64); 2],
    population: f64,
}

impl Precedent {
    /// From the place's own history and those of the places around it.
    #[must_use]
    pub fn new<'a>(own: &History, around: impl Iterator<Item = &'a History>) -> Self {
        let weeks = |target: Target, history: &History| history.series(target).weekly();
        let around: Vec<&History> = around.collect();
        let known = |target: Target, least: f64| {
            let own = weeks(target, own);
            let last = own.last().copied().unwrap_or(0.0);
            let jumps = own.windows(2).map(|pair| (pair[1] - pair[0]).abs());
            let largest = jumps.fold(least, f64::max);
            // If cases have just multiplied in the neighbours, they may here.
            let mut sums = [0.0; SUPPORT_WEEKS + 1];
            for history in &around {
                for (sum, week) in sums.iter_mut().zip(weeks(target, history).iter().rev()) {
                    *sum += week;
                }
            }
            let factors = sums.windows(2).map(|pair| pair[0] / pair[1].max(least) - 1.0);
            let support = last * factors.fold(0.0, f64::max);
            (last, MOST_JUMPS * largest.max(support))
        };
        let population = own.location().population.unwrap_or(f64::INFINITY);
        Self { known: [known(Target::Cases, LEAST_JUMP[0]), known(Target::Deaths, LEAST_JUMP[1])], population }
    }

    /// Why a member is implausible, in readable form; none if it is plausible.
    ///
    /// Its quantiles must be finite, nonnegative and ascending; its weekly medians must not jump by more than five
    /// times the largest past weekly jump, unless neighbours did as much; and its median total must not exceed the
    /// number of residents.
    #[must_use]
    pub fn objection(&self, member: &Forecast) -> Option<String> {
        let of_target = |(target, (last, jump)): (Target, (f64, f64))| {
            member.target(target).and_then(|quantiles| self.of_target(target, quantiles, last, jump))
        };
        [Target::Cases, Target::Deaths].into_iter().zip(self.known).find_map(of_target)
    }

    fn of_target(&self, target: Target, quantiles: &Quantiles, last: f64, jump: f64) -> Option<String> {
        let word = if target == Target::Deaths { "deaths" } else { "cases" };
        let rows = [&quantiles.day, &quantiles.week, &quantiles.sum].into_iter().flatten();
        let counts = |row: &[f32; 23]| row.is_sorted() && row.iter().all(|v| v.is_finite() && *v >= 0.0);
        if rows.into_iter().any(|row| !counts(row)) {
            return Some(format!("quantiles of {word} are not ascending counts"));
        }
        let mut before = last;
        for (week, row) in (1..).zip(&quantiles.week) {
            let median = f64::from(row[MEDIAN]);
            if (median - before).abs() > jump {
                let most = jump / MOST_JUMPS;
                return Some(format!(
                    "{word} go from {before:.0} to {median:.0} in week {week}, where no week moved by more than {most:.0}"
                ));
            }
            before = median;
        }
        let total = quantiles.sum.last().map_or(0.0, |row| f64::from(row[MEDIAN]));
        (total > self.population).then(|| format!("{total:.0} {word} among {:.0} residents", self.population))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use countycast_engine::{Date, Draws, Location, Series};
    use std::sync::Arc;

    fn history(weeks: &[f64]) -> History {
        let days = |scale: f64| weeks.iter().flat_map(|week| [scale * week / 7.0; 7]).collect();
        let location = Arc::new(Location::new("01001".parse().unwrap(), "Demo"));
        let series = |scale| Series::from_counts(days(scale)).unwrap();
        History::new(location, Date::constant(2020, 3, 1), series(1.0), series(0.01), None).unwrap()
    }

    /// A history of the same weekly cases and deaths, in multiples of seven.
    fn even(cases: &[f64], deaths: &[f64]) -> History {
        let series =
            |weeks: &[f64]| Series::from_counts(weeks.iter().flat_map(|week| [week / 7.0; 7]).collect()).unwrap();
        let location = Arc::new(Location::new("01001".parse().unwrap(), "Demo"));
        History::new(location, Date::constant(2020, 3, 1), series(cases), series(deaths), None).unwrap()
    }

    fn member(weeks: [f32; 2]) -> Forecast {
        let days = weeks.iter().flat_map(|week| [week / 7.0; 7]).collect();
        Forecast::from_draws(&Draws::new(1, 14).unwrap().with(Target::Cases, days).unwrap())
    }

    #[test]
    fn a_jump_is_held_against_past_ones_and_those_of_neighbours() {
        // Weeks moved by 40 at most: 200 are allowed.
        let own = history(&[100.0, 140.0, 120.0]);
        let alone = Precedent::new(&own, std::iter::empty());
        assert_eq!(alone.objection(&member([300.0, 480.0])), None);
        let found = alone.objection(&member([300.0, 520.0])).unwrap();
        assert_eq!(found, "cases go from 300 to 520 in week 2, where no week moved by more than 40");
        assert!(alone.objection(&member([330.0, 330.0])).unwrap().contains("week 1"));
        // Around it cases have just doubled: 5 × 120.
        let doubled = history(&[500.0, 500.0, 500.0, 500.0, 1000.0]);
        let supported = Precedent::new(&own, [&doubled].into_iter());
        assert_eq!(supported.objection(&member([700.0, 120.0])), None);
        assert!(supported.objection(&member([730.0, 120.0])).is_some());
        // Two places of which one has doubled have grown by half.
        let steady = history(&[500.0; 5]);
        let half = Precedent::new(&own, [&doubled, &steady].into_iter());
        assert_eq!(half.objection(&member([410.0, 120.0])), None);
        assert!(half.objection(&member([430.0, 120.0])).is_some());
    }

    #[test]
    fn a_jump_may_equal_the_limit_and_deaths_have_their_own() {
        let deaths = [14.0, 14.0, 14.0];
        let past = Precedent::new(&even(&[70.0, 140.0, 70.0], &deaths), std::iter::empty());
        assert_eq!(past.objection(&member([420.0, 70.0])), None);
        assert!(past.objection(&member([427.0, 70.0])).is_some());
        let of_deaths = |week: f32| {
            let days = [week / 7.0; 7].to_vec();
            Forecast::from_draws(&Draws::new(1, 7).unwrap().with(Target::Deaths, days).unwrap())
        };
        // Five times the least jump of 10 is allowed.
        assert_eq!(past.objection(&of_deaths(63.0)), None);
        let found = past.objection(&of_deaths(70.0)).unwrap();
        assert_eq!(found, "deaths go from 14 to 70 in week 1, where no week moved by more than 10");
    }

    #[test]
    fn neighbours_support_a_jump_for_four_weeks() {
        let own = even(&[70.0; 6], &[0.0; 6]);
        let objects = |weeks: [f64; 6]| {
            let around = even(&weeks, &[0.0; 6]);
            Precedent::new(&own, [&around].into_iter()).objection(&member([700.0, 70.0])).is_some()
        };
        assert!(!objects([70.0, 70.0, 700.0, 700.0, 700.0, 700.0]));
        assert!(objects([70.0, 700.0, 700.0, 700.0, 700.0, 700.0]));
    }

    #[test]
    fn what_is_no_count_is_not_blended() {
        let past = Precedent::new(&history(&[10.0, 10.0]), std::iter::empty());
        let mut broken = member([10.0, 10.0]);
        assert_eq!(past.objection(&broken), None);
        broken.targets[0].1.sum[3][5] = f32::NAN;
        assert_eq!(past.objection(&broken).unwrap(), "quantiles of cases are not ascending counts");
        assert_eq!(past.objection(&member([0.0, 0.0])), None);
        let mut rows: [[f32; 23]; 3] = [[10.0; 23]; 3];
        (rows[0][0], rows[1][22], rows[2][5]) = (-1.0, f32::INFINITY, 11.0);
        for row in rows {
            broken.targets[0].1.sum[3] = row;
            assert!(past.objection(&broken).is_some(), "{row:?}");
        }
    }

    #[test]
    fn more_cases_than_residents_are_not_blended() {
        let past = Precedent { population: 100.0, ..Precedent::new(&history(&[10.0, 60.0]), std::iter::empty()) };
        assert_eq!(past.objection(&member([60.0, 60.0])).unwrap(), "120 cases among 100 residents");
        assert_eq!(Precedent { population: 126.0, ..past }.objection(&member([63.0, 63.0])), None);
    }
}
