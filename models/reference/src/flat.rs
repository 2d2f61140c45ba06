//! The Forecast Hub's baseline: last week's count, with the spread of past weekly changes.

use countycast_engine::{
    Basis, Date, Draws, Engine, EngineError, Fitted, History, Horizon, Scenario, Series, Streams, Target,
};
use rand::RngExt;

use crate::split::over_days;

/// COVIDhub-baseline (Cramer et al. 2022): a random walk of weekly counts that resamples all past weekly differences and
/// their negatives, centred on last week's count and truncated at 0.
///
/// It uses counts as *reported*, so that cleaning does not affect the benchmark. It has no settings and no
/// transmission: a scenario changes nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flat;

impl Engine for Flat {
    fn name(&self) -> &'static str {
        "flat"
    }

    fn basis(&self) -> Basis {
        Basis::Reported
    }

    fn fit(&self, history: &History, _streams: &Streams) -> Result<Box<dyn Fitted>, EngineError> {
        Ok(Box::new(FlatFit {
            as_of: history.as_of(),
            cases: Walk::new(history.cases())?,
            deaths: Walk::new(history.deaths())?,
        }))
    }
}

/// Two walks, ready to be drawn.
#[derive(Debug, Clone)]
struct FlatFit {
    as_of: Date,
    cases: Walk,
    deaths: Walk,
}

/// Purpose of the random start of the low-discrepancy sequence.
const START: &str = "start";
/// Weeks whose innovations come from that sequence.
const EVEN_WEEKS: usize = 4;
/// Steps of the sequence in four dimensions: powers of 1/φ with φ⁵ = φ + 1 (Roberts 2018, *The unreasonable
/// effectiveness of quasirandom sequences*).
const STEPS: [f64; EVEN_WEEKS] =
    [0.856_674_883_854_502_9, 0.733_891_856_627_126, 0.628_706_721_037_882_3, 0.538_597_257_223_612_2];

/// A random walk of weekly counts.
#[derive(Debug, Clone)]
struct Walk {
    /// Count of the last week.
    last: f64,
    /// Past weekly differences, at least one; their negatives are implied.
    differences: Vec<f64>,
    weekday: [f64; 7],
}

impl Walk {
    /// # Errors
    /// [`EngineError::Refused`] under two whole weeks, where there is no difference to resample.
    fn new(series: &Series) -> Result<Self, EngineError> {
        let mut weeks: Vec<f64> =
            series.believed().rchunks_exact(7).rev().map(|week| week.iter().sum::<f64>().max(0.0)).collect();
        // A published series may start with all earlier cases, which is not a weekly change.
        if weeks.len() > 3 {
            weeks.remove(0);
        }
        let differences: Vec<f64> = weeks.windows(2).map(|pair| pair[1] - pair[0]).collect();
        match weeks.last() {
            Some(&last) if !differences.is_empty() => Ok(Self { last, differences, weekday: *series.weekday() }),
            _ => Err(EngineError::Refused(format!(
                "the baseline needs two whole weeks of counts, found {} days",
                series.reported().len()
            ))),
        }
    }

    /// Daily counts, a draw after the other.
    ///
    /// Draws `2k` and `2k + 1` mirror each other, which puts the median of an even number of draws on last week's count
    /// exactly. The innovations of the first weeks come from a low-discrepancy sequence with a random start, so that a
    /// few hundred draws have nearly the quantiles of many thousand: the tails of a benchmark must not depend on
    /// chance. A draw depends only on its number.
    fn draw(&self, as_of: Date, days: usize, draws: usize, purpose: &str, streams: &Streams) -> Vec<f32> {
        let mut values = vec![0.0; draws * days];
        let mut weeks = vec![0.0; days.div_ceil(7)];
        let mut start = streams.rng(START, 0);
        let starts: [f64; EVEN_WEEKS] = std::array::from_fn(|_| start.random());
        for (i, path) in values.chunks_exact_mut(days).enumerate() {
            let mut rng = streams.rng(purpose, i / 2);
            let mirror = if i % 2 == 0 { 1.0 } else { -1.0 };
            let mut walk = 0.0;
            for (w, week) in weeks.iter_mut().enumerate() {
                let chance = match starts.get(w) {
                    Some(start) => (start + (i / 2) as f64 * STEPS[w]).fract(),
                    None => rng.random(),
                };
                walk += self.innovation(chance);
                *week = (self.last + mirror * walk).max(0.0);
            }
            over_days(&weeks, &self.weekday, as_of, path);
        }
        values
    }

    /// One of the differences or their negatives: all are equally likely for a `chance` uniform from 0 to 1.
    fn innovation(&self, chance: f64) -> f64 {
        let n = self.differences.len();
        let chosen = ((chance * 2.0 * n as f64) as usize).min(2 * n - 1);
        if chosen < n { self.differences[chosen] } else { -self.differences[chosen - n] }
    }
}

impl Fitted for FlatFit {
    fn draw(
        &self,
        _scenario: &Scenario,
        horizon: Horizon,
        draws: usize,
        streams: &Streams,
    ) -> Result<Draws, EngineError> {
        let days = horizon.days();
        let cases = self.cases.draw(self.as_of, days, draws, "cases", streams);
        let deaths = self.deaths.draw(self.as_of, days, draws, "deaths", streams);
        Ok(Draws::new(draws, days)?.with(Target::Cases, cases)?.with(Target::Deaths, deaths)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use countycast_engine::{Fips, Location};
    use std::sync::Arc;

    fn fitted(weeks: &[f64]) -> Box<dyn Fitted> {
        let counts: Vec<f64> = weeks.iter().flat_map(|w| [w / 7.0; 7]).collect();
        let series = Series::from_counts(counts).unwrap();
        let place = Arc::new(Location::new(Fips::US, "United States"));
        let history = History::new(place, "2020-06-07".parse().unwrap(), series.clone(), series, None).unwrap();
        Flat.fit(&history, &streams()).unwrap()
    }

    fn streams() -> Streams {
        Streams::new(1, "flat", Fips::US)
    }

    fn weekly(fit: &dyn Fitted, week: usize, draws: usize) -> Vec<f64> {
        let horizon = Horizon::from_days(28).unwrap();
        let draws = fit.draw(&Scenario::baseline(), horizon, draws, &streams()).unwrap();
        let mut sums: Vec<f64> = draws
            .paths(Target::Cases)
            .unwrap()
            .map(|path| path[7 * week - 7..7 * week].iter().map(|&x| f64::from(x)).sum())
            .collect();
        sums.sort_by(f64::total_cmp);
        sums
    }

    #[test]
    fn median_is_last_week() {
        let fit = fitted(&[0.0, 100.0, 140.0, 120.0, 150.0, 152.0]);
        for week in 1..=4 {
            let sums = weekly(fit.as_ref(), week, 200);
            assert!(((sums[99] + sums[100]) / 2.0 - 152.0).abs() < 1e-3, "week {week}");
        }
    }

    #[test]
    fn the_first_week_has_the_past_differences_in_equal_shares() {
        // The first of five weeks is left out: differences 40, -20, 30, hence six innovations around 150.
        let sums = weekly(fitted(&[0.0, 100.0, 140.0, 120.0, 150.0]).as_ref(), 1, 6_000);
        for value in [110.0, 120.0, 130.0, 170.0, 180.0, 190.0] {
            let n = sums.iter().filter(|s| (**s - value).abs() < 1e-3).count();
            // Independent draws would have a standard deviation of 25.8; the even sequence stays within a few.
            assert!(n.abs_diff(1_000) < 20, "{value} came {n} times of an expected 1,000");
        }
    }

    #[test]
    fn steps_add_up_in_variance() {
        let sums = weekly(fitted(&[1e6, 1e6 + 500.0, 1e6 - 300.0, 1e6 + 100.0, 1e6]).as_ref(), 4, 20_000);
        let variance = sums.iter().map(|s| (s - 1e6).powi(2)).sum::<f64>() / sums.len() as f64;
        let step = (800.0_f64.powi(2) + 400.0_f64.powi(2) + 100.0_f64.powi(2)) / 3.0;
        // Relative standard deviation of a variance from 10,000 pairs: about 1.3 %; f32 days add 0.06 people.
        assert!((variance / (4.0 * step) - 1.0).abs() < 0.06, "{variance} where {} was expected", 4.0 * step);
    }

    /// A few hundred draws against two hundred thousand of a plain random walk, in units of the walk's own spread.
    #[test]
    fn few_draws_have_the_quantiles_of_many() {
        let history = [9e5, 1e6, 1e6 + 700.0, 1e6 - 300.0, 1e6 + 150.0, 1e6 + 900.0, 1e6 - 80.0, 1e6];
        let walk = Walk::new(&Series::from_counts(history.iter().flat_map(|w| [w / 7.0; 7]).collect()).unwrap());
        let walk = walk.unwrap();
        let mut rng = streams().rng("plain", 0);
        for week in 1..=4 {
            let mut plain: Vec<f64> =
                (0..200_000).map(|_| (0..week).map(|_| walk.innovation(rng.random())).sum::<f64>()).collect();
            plain.sort_by(f64::total_cmp);
            let few = weekly(fitted(&history).as_ref(), week, 300);
            let spread = plain[150_000] - plain[50_000];
            for level in [0.1, 0.25, 0.75, 0.9] {
                let (expected, found) = (plain[(level * 2e5) as usize], few[(level * 300.0) as usize] - 1e6);
                assert!((expected - found).abs() < 0.15 * spread, "week {week}, {level}: {found}, not {expected}");
            }
        }
    }

    #[test]
    fn counts_are_never_negative_and_one_week_is_refused() {
        assert!(weekly(fitted(&[90.0, 0.0, 80.0, 1.0]).as_ref(), 4, 500).iter().all(|s| *s >= 0.0));
        let series = Series::from_counts(vec![1.0; 13]).unwrap();
        assert!(matches!(Walk::new(&series), Err(EngineError::Refused(_))));
    }
}
