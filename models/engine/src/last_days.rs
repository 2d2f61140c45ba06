//! What is uncertain about the last days before the as-of day.

use rand::RngExt;
use statrs::distribution::{Beta, ContinuousCDF, Normal};

use crate::{DrawError, Draws, HistoryError, Streams, Target};

/// Steps of the three-dimensional Kronecker sequence of lowest known discrepancy: 1/g, 1/g² and 1/g³, g⁴ = g + 1 (Roberts 2018,
/// *The unreasonable effectiveness of quasirandom sequences*).
const STEPS: [f64; 3] = [0.819_172_513_396_164_4, 0.671_043_606_703_789_2, 0.549_700_477_901_970_3];

/// Reports of the last days that are missing or not yet believed, and what they leave unknown.
///
/// The default says that every day up to the as-of day was reported and is believed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LastDays {
    /// Expected counts of unreported last days, included in the cleaned counts, that may be reported after the as-of day in
    /// addition to those of future days, people.
    pub late: f64,
    /// Mean share of the late people who are reported within the horizon, 0 to 1. The longer a silence has lasted, the
    /// longer it may go on.
    pub late_share: f64,
    /// Standard deviation of the logarithm of the level on the as-of day, beyond what the counts show.
    pub spread: f64,
    /// Last days of a silence that is too long to be taken for a report of nobody, days.
    pub unreported: usize,
    /// A last report that is held back until another agrees, if there is one.
    pub held: Option<Held>,
}

/// A last report that the cleaned counts leave out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Held {
    /// Its day, counted from the first.
    pub day: usize,
    /// People in it beyond the expected count; below 0 for a restatement of earlier days.
    pub people: f64,
    /// The level if the report is right, relative to that of the cleaned counts, at least 1.
    pub rise: f64,
    /// Probability that it is right, 0 to 1.
    pub probability: f64,
}

impl Default for LastDays {
    fn default() -> Self {
        Self { late: 0.0, late_share: 1.0, spread: 0.0, unreported: 0, held: None }
    }
}

impl LastDays {
    /// Checks the numbers of a series of so many days.
    ///
    /// # Errors
    /// [`HistoryError::LastDays`] for a number out of its range.
    pub(crate) fn check(&self, days: usize) -> Result<(), HistoryError> {
        let held = self.held.iter().flat_map(|held| {
            [
                ("held day", held.day as f64, 0.0..=days as f64 - 1.0),
                ("people held back", held.people, f64::MIN..=f64::MAX),
                ("rise", held.rise, 1.0..=f64::MAX),
                ("probability", held.probability, 0.0..=1.0),
            ]
        });
        let own = [
            ("late people", self.late, 0.0..=f64::MAX),
            ("share of the late", self.late_share, 0.0..=1.0),
            ("spread", self.spread, 0.0..=f64::MAX),
            ("unreported days", self.unreported as f64, 0.0..=days as f64),
        ];
        match own.into_iter().chain(held).find(|(_, value, range)| !range.contains(value)) {
            Some((what, value, _)) => Err(HistoryError::LastDays { what, value }),
            None => Ok(()),
        }
    }

    /// Trajectories of a target with the unknown level: each is multiplied by one draw of it.
    ///
    /// # Errors
    /// [`DrawError`] where a product is not a valid count.
    pub fn with_level(&self, draws: Draws, target: Target, streams: &Streams) -> Result<Draws, DrawError> {
        if self.spread == 0.0 && self.held.is_none() {
            return Ok(draws);
        }
        let normal = Normal::standard();
        let level = |[z, _, right]: [f64; 3]| {
            let rise = self.held.filter(|held| right < held.probability).map_or(1.0, |held| held.rise);
            (rise * (self.spread * normal.inverse_cdf(z)).exp()) as f32
        };
        let factors: Vec<f32> = points(draws.draws(), target, streams).map(level).collect();
        draws.with_factors(target, &factors)
    }

    /// Trajectories of a target with the late people on their first day, a random share of them in each.
    ///
    /// # Errors
    /// [`DrawError`] where a sum is not a valid count.
    pub fn with_late(&self, draws: Draws, target: Target, streams: &Streams) -> Result<Draws, DrawError> {
        if self.late == 0.0 || self.late_share == 0.0 {
            return Ok(draws);
        }
        // The generalised arcsine distribution with this mean: mostly nearly none or nearly all, and continuous in the mean. At 1
        // it is a point, which has no density.
        let share = Beta::new(self.late_share, 1.0 - self.late_share).ok();
        let late = |[_, u, _]: [f64; 3]| (self.late * share.map_or(1.0, |share| share.inverse_cdf(u))) as f32;
        let people: Vec<f32> = points(draws.draws(), target, streams).map(late).collect();
        draws.with_late(target, &people)
    }
}

/// For each draw a point of the unit cube, evenly spread over it from a random start, so that rare cases are as frequent
/// among few draws as they should be.
fn points(draws: usize, target: Target, streams: &Streams) -> impl Iterator<Item = [f64; 3]> {
    let mut rng = streams.rng("last days", target as usize);
    let start: [f64; 3] = std::array::from_fn(|_| rng.random());
    // An inverse of a distribution function at 0 or 1 may be infinite.
    let inside = |u: f64| u.clamp(1e-9, 1.0 - 1e-9);
    (0..draws).map(move |i| std::array::from_fn(|axis| inside((start[axis] + i as f64 * STEPS[axis]).fract())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRAWS: usize = 1000;

    fn flat() -> Draws {
        Draws::new(DRAWS, 2).unwrap().with(Target::Cases, vec![10.0; 2 * DRAWS]).unwrap()
    }

    fn days(draws: &Draws, day: usize) -> Vec<f64> {
        let mut values: Vec<f64> = draws.paths(Target::Cases).unwrap().map(|path| f64::from(path[day])).collect();
        values.sort_by(f64::total_cmp);
        values
    }

    fn streams() -> Streams {
        Streams::new(1, "test", crate::Fips::US)
    }

    #[test]
    fn certain_last_days_change_nothing() {
        let certain = LastDays::default();
        assert_eq!(certain.with_level(flat(), Target::Cases, &streams()).unwrap(), flat());
        assert_eq!(certain.with_late(flat(), Target::Cases, &streams()).unwrap(), flat());
        let early = LastDays { late: 5.0, ..certain };
        let draws = early.with_late(flat(), Target::Cases, &streams()).unwrap();
        assert!(days(&draws, 0).iter().all(|day| *day == 15.0) && days(&draws, 1).iter().all(|day| *day == 10.0));
        assert_eq!(early.with_late(flat(), Target::Deaths, &streams()).unwrap(), flat());
    }

    #[test]
    fn the_level_is_lognormal_around_what_it_was() {
        let uncertain = LastDays { spread: 0.4, ..LastDays::default() };
        let values = days(&uncertain.with_level(flat(), Target::Cases, &streams()).unwrap(), 1);
        // Quantiles of a low-discrepancy sequence of 1,000 are within one per cent of the distribution's in the middle, and
        // within five in the tail.
        assert!((values[DRAWS / 2] / 10.0 - 1.0).abs() < 0.01, "{}", values[DRAWS / 2]);
        assert!((values[975] / (10.0 * (0.4 * 1.96_f64).exp()) - 1.0).abs() < 0.05, "{}", values[975]);
    }

    #[test]
    fn a_held_report_is_right_as_often_as_its_probability_says() {
        let held = Held { day: 3, people: 500.0, rise: 20.0, probability: 0.06 };
        let uncertain = LastDays { held: Some(held), ..LastDays::default() };
        let values = days(&uncertain.with_level(flat(), Target::Cases, &streams()).unwrap(), 0);
        let risen = values.iter().filter(|value| **value == 200.0).count();
        assert!((58..=62).contains(&risen), "{risen}");
        assert_eq!(values[DRAWS - risen - 1], 10.0);
    }

    #[test]
    fn a_share_of_the_late_has_its_mean_and_lies_between_none_and_all() {
        for mean in [0.1, 0.5, 0.9] {
            let uncertain = LastDays { late: 1000.0, late_share: mean, ..LastDays::default() };
            let values = days(&uncertain.with_late(flat(), Target::Cases, &streams()).unwrap(), 0);
            let found = values.iter().sum::<f64>() / DRAWS as f64 - 10.0;
            assert!((found - 1000.0 * mean).abs() < 10.0, "{found} for {mean}");
            assert!(values[0] >= 10.0 && values[DRAWS - 1] <= 1010.0);
        }
    }

    #[test]
    fn numbers_out_of_range_are_named() {
        let wrong = |days: LastDays| days.check(9).unwrap_err().to_string();
        assert!(wrong(LastDays { late: -1.0, ..LastDays::default() }).contains("late people"));
        assert!(wrong(LastDays { late_share: f64::NAN, ..LastDays::default() }).contains("share"));
        let held = Held { day: 0, people: 1.0, rise: 0.5, probability: 0.1 };
        assert!(wrong(LastDays { held: Some(held), ..LastDays::default() }).contains("rise"));
    }
}
