//! Days on which a drug was at hand.
//!
//! Supplies of one drug follow each other: an early refill begins when the supply before it has run out. Of different drugs, each day
//! counts once. So the share of days covered lies between 0 and 1, and a supply that ran out before a period changes nothing
//! in it.

/// A supply: the day on which it was had, and the days it lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fill {
    /// Day, counted from any.
    pub day: i32,
    /// Days, at least 1.
    pub days: i32,
}

/// Days on end, from the first until before the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Days {
    /// The first.
    pub from: i32,
    /// The day after the last.
    pub until: i32,
}

/// Days that supplies of one drug cover, which are in order of days: early refills are carried forward.
pub fn carried(fills: impl IntoIterator<Item = Fill>) -> impl Iterator<Item = Days> {
    let mut end = i32::MIN;
    fills.into_iter().map(move |fill| {
        let from = fill.day.max(end);
        end = from + fill.days;
        Days { from, until: end }
    })
}

/// Days in at least one of several periods: apart, and in order.
#[must_use]
pub fn union(mut periods: Vec<Days>) -> Vec<Days> {
    periods.sort_unstable();
    let mut joined: Vec<Days> = Vec::with_capacity(periods.len());
    for period in periods {
        match joined.last_mut() {
            Some(last) if period.from <= last.until => last.until = last.until.max(period.until),
            _ => joined.push(period),
        }
    }
    joined
}

/// How a person was covered in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Course {
    /// Days covered.
    pub covered: i32,
    /// Days from the first one covered to the end of the period.
    pub observed: i32,
    /// Most days on end without cover, the last ones included.
    pub longest_gap: i32,
}

/// The course from the first covered day of a period to its end, of days that are apart and in order; none where no day of
/// the period is covered.
#[must_use]
pub fn course(covered: &[Days], period: Days) -> Option<Course> {
    let start = covered.partition_point(|days| days.until <= period.from);
    let within = || covered[start..].iter().take_while(|days| days.from < period.until);
    let first = within().next()?.from.max(period.from);
    let (mut sum, mut longest_gap, mut end) = (0, 0, first);
    for days in within() {
        let (from, until) = (days.from.max(period.from), days.until.min(period.until));
        longest_gap = longest_gap.max(from - end);
        sum += until - from;
        end = until;
    }
    Some(Course { covered: sum, observed: period.until - first, longest_gap: longest_gap.max(period.until - end) })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rand::rngs::Xoshiro256PlusPlus;
    use rand::{RngExt, SeedableRng};

    use super::*;

    /// The slow way: each supply is laid on the first free days of its drug, one by one, and days are counted.
    fn slowly(drugs: &[Vec<Fill>], period: Days) -> Option<Course> {
        let mut covered = BTreeSet::new();
        for fills in drugs {
            let mut own: BTreeSet<i32> = BTreeSet::new();
            for fill in fills {
                let mut day = fill.day;
                for _ in 0..fill.days {
                    while own.contains(&day) {
                        day += 1;
                    }
                    own.insert(day);
                }
            }
            covered.extend(own);
        }
        let first = (period.from..period.until).find(|day| covered.contains(day))?;
        let (mut days, mut gap, mut longest_gap) = (0, 0, 0);
        for day in first..period.until {
            if covered.contains(&day) {
                days += 1;
                gap = 0;
            } else {
                gap += 1;
                longest_gap = longest_gap.max(gap);
            }
        }
        Some(Course { covered: days, observed: period.until - first, longest_gap })
    }

    fn quickly(drugs: &[Vec<Fill>], period: Days) -> Option<Course> {
        let periods = drugs.iter().flat_map(|fills| carried(fills.iter().copied())).collect();
        course(&union(periods), period)
    }

    #[test]
    fn courses_are_those_of_the_slow_way() {
        for seed in 0..2_000 {
            let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
            let drugs: Vec<Vec<Fill>> = (0..random.random_range(1..4))
                .map(|_| {
                    let number = random.random_range(0..9);
                    let mut fills: Vec<Fill> = (0..number)
                        .map(|_| Fill { day: random.random_range(-200..200), days: random.random_range(1..70) })
                        .collect();
                    fills.sort_unstable();
                    fills
                })
                .collect();
            let from = random.random_range(-60..60);
            let period = Days { from, until: from + random.random_range(1..150) };
            let found = quickly(&drugs, period);
            assert_eq!(found, slowly(&drugs, period), "seed {seed}: {drugs:?}, {period:?}");
            if let Some(course) = found {
                assert!(0 < course.covered && course.covered <= course.observed, "seed {seed}: {course:?}");
            }
        }
    }

    #[test]
    fn a_supply_that_ran_out_before_the_period_changes_nothing() {
        let period = Days { from: 0, until: 100 };
        let within = vec![Fill { day: 10, days: 30 }, Fill { day: 45, days: 30 }];
        let expected = Some(Course { covered: 60, observed: 90, longest_gap: 25 });
        assert_eq!(quickly(std::slice::from_ref(&within), period), expected);
        let before = vec![Fill { day: -300, days: 90 }, Fill { day: -250, days: 90 }];
        assert_eq!(quickly(&[[before, within].concat()], period), expected);
    }

    #[test]
    fn an_early_refill_is_carried_forward_and_other_drugs_are_not() {
        let period = Days { from: 0, until: 60 };
        let early = vec![Fill { day: 0, days: 30 }, Fill { day: 20, days: 30 }];
        assert_eq!(quickly(std::slice::from_ref(&early), period).unwrap().covered, 60);
        let two_drugs: Vec<Vec<Fill>> = early.iter().map(|fill| vec![*fill]).collect();
        assert_eq!(quickly(&two_drugs, period).unwrap().covered, 50);
    }
}
