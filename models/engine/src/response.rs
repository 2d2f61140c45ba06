//! What a change of transmission does to counts, for engines without a mechanism of their own.

use crate::{Date, Epidemiology, Scenario, delay};

/// A day's factor on transmission below this counts as this: its logarithm must be finite.
const LEAST_TRANSMISSION: f64 = 1e-3;

/// Days that delays reach back.
const REACH: usize = 120;

/// Factors of a scenario on the expected cases of the next `days` days after `as_of`; none where transmission stays.
///
/// With a reproduction number multiplied by `f`, every generation is `f` times the size it would have been: the log of
/// infections gains `ln f / T` a day with a mean generation time `T` (Wallinga & Lipsitch 2007, all intervals at their
/// mean). Reports follow by the delay from infection to report, where infections would have been level.
#[must_use]
pub fn cases(scenario: &Scenario, as_of: Date, days: usize, epidemiology: &Epidemiology) -> Option<Vec<f64>> {
    let infections = infections(scenario, as_of, days, epidemiology)?;
    Some(reported(&infections, &epidemiology.report_delay_days.shares(REACH)))
}

/// The same for deaths, which follow reports by the delay from a case's report to its death's.
#[must_use]
pub fn deaths(scenario: &Scenario, as_of: Date, days: usize, epidemiology: &Epidemiology) -> Option<Vec<f64>> {
    let infections = infections(scenario, as_of, days, epidemiology)?;
    let (report, death) = (epidemiology.report_delay_days, epidemiology.death_delay_days);
    let shares = delay::one_after_the_other(&report.shares(REACH), &death.shares(REACH), REACH);
    Some(reported(&infections, &shares))
}

/// Factors on cases and on deaths of the next `days` days: [`cases`] and [`deaths`], all 1 where transmission stays.
#[must_use]
pub fn counts(scenario: &Scenario, as_of: Date, days: usize, epidemiology: &Epidemiology) -> [Vec<f64>; 2] {
    [cases, deaths].map(|of| of(scenario, as_of, days, epidemiology).unwrap_or_else(|| vec![1.0; days]))
}

/// Factors on infections of the next days; none where all are 1.
fn infections(scenario: &Scenario, as_of: Date, days: usize, epidemiology: &Epidemiology) -> Option<Vec<f64>> {
    let mut day = as_of;
    let transmission: Vec<f64> = (0..days)
        .map(|_| {
            day = day.tomorrow().unwrap_or(day);
            scenario.transmission(day)
        })
        .collect();
    if transmission.iter().all(|factor| *factor == 1.0) {
        return None;
    }
    let mut log = 0.0;
    let factor = |factor: &f64| {
        log += factor.max(LEAST_TRANSMISSION).ln() / epidemiology.generation_days.mean;
        f64::exp(log)
    };
    Some(transmission.iter().map(factor).collect())
}

/// Factors on reports: those of infections up to the as-of day are 1.
fn reported(infections: &[f64], shares: &[f64]) -> Vec<f64> {
    let changes: Vec<f64> = infections.iter().map(|factor| factor - 1.0).collect();
    delay::follow(&changes, shares).iter().map(|change| 1.0 + change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Change, Delay};

    fn halved() -> (Date, Scenario) {
        let as_of = Date::constant(2020, 8, 29);
        let change = Change::transmission(as_of, Date::constant(2021, 8, 29), 0.5);
        (as_of, Scenario::baseline().with(change).unwrap())
    }

    #[test]
    fn half_the_transmission_halves_infections_in_a_generation_and_reports_a_delay_later() {
        let (as_of, scenario) = halved();
        // A tenth of a day at most goes into the rule of days: the delay is all but fixed.
        let usual = Epidemiology::default();
        let fixed = |mean| Delay::new(mean, 0.05 * mean);
        let epidemiology = Epidemiology {
            generation_days: fixed(5.0),
            report_delay_days: fixed(8.0),
            death_delay_days: fixed(10.0),
            ..usual
        };
        let found = cases(&scenario, as_of, 40, &epidemiology).unwrap();
        assert!(found[..6].iter().all(|factor| (factor - 1.0).abs() < 1e-3), "{found:?}");
        assert!((found[12] - 0.5).abs() < 0.01 && (found[17] - 0.25).abs() < 0.01, "{found:?}");
        let deaths = deaths(&scenario, as_of, 40, &epidemiology).unwrap();
        assert!((deaths[22] - 0.5).abs() < 0.01, "{deaths:?}");
    }

    #[test]
    fn a_change_shows_as_delays_are_spread_and_none_is_none() {
        let (as_of, scenario) = halved();
        let usual = Epidemiology::default();
        let found = cases(&scenario, as_of, 60, &usual).unwrap();
        assert!(found.is_sorted_by(|earlier, later| earlier > later), "{found:?}");
        // A steady fall at rate r is e^(r·s) times the level with no delay, by the moment generating function of the delay.
        let rate = std::f64::consts::LN_2 / 5.5;
        let lag = usual.report_delay_days;
        let scale = lag.sd.powi(2) / lag.mean;
        let expected = (1.0 - rate * scale).powf(-lag.mean / scale) * 0.5_f64.powf(60.0 / 5.5);
        assert!((found[59] / expected - 1.0).abs() < 0.1, "{} and {expected}", found[59]);
        assert_eq!(cases(&Scenario::baseline(), as_of, 28, &usual), None);
        assert_eq!(counts(&Scenario::baseline(), as_of, 3, &usual), [[1.0; 3], [1.0; 3]]);
        assert_eq!(counts(&scenario, as_of, 60, &usual)[0], found);
        let stopped = Scenario::baseline().with(Change::transmission(as_of, as_of.tomorrow().unwrap(), 0.0)).unwrap();
        assert!(deaths(&stopped, as_of, 28, &usual).unwrap().iter().all(|factor| *factor > 0.0 && *factor <= 1.0));
    }
}
