//! Response of the central course to a change of transmission.

use countycast_engine::{Date, Scenario};

use super::settings::Settings;

/// A day's factor on transmission below this counts as this: its logarithm must be finite.
const LEAST_FACTOR: f64 = 1e-3;

/// Factors on the expected counts of the next `days` days, with a lag of `delay_days`.
///
/// With a reproduction number multiplied by `f`, every generation is `f` times the size it would have been, so that the
/// log of counts gains `ln f` in a generation interval `T`: `ln f / T` a day (Wallinga & Lipsitch 2007, all infections
/// at the mean interval). Changes before the as-of day are assumed to be in the counts already if the delay has passed.
/// None where nothing changes.
pub(crate) fn factors(
    scenario: &Scenario,
    as_of: Date,
    days: usize,
    delay_days: f64,
    settings: &Settings,
) -> Option<Vec<f64>> {
    let delay = delay_days.round() as usize;
    let mut day = as_of;
    let transmission: Vec<f64> = (0..days)
        .map(|_| {
            day = day.tomorrow().unwrap_or(day);
            scenario.transmission(day)
        })
        .collect();
    if transmission.iter().all(|f| *f == 1.0) {
        return None;
    }
    let mut log = 0.0;
    let mut factors = vec![1.0; days];
    for (cause, effect) in transmission.iter().zip(delay..days) {
        log += cause.max(LEAST_FACTOR).ln() / settings.generation_interval_days;
        factors[effect] = f64::exp(log);
    }
    Some(factors)
}

#[cfg(test)]
mod tests {
    use super::*;
    use countycast_engine::Change;

    #[test]
    fn half_the_transmission_halves_counts_in_a_generation_after_the_delay() {
        let as_of: Date = "2020-08-29".parse().unwrap();
        let change = Change::transmission(as_of, "2021-08-29".parse().unwrap(), 0.5);
        let scenario = Scenario::baseline().with(change).unwrap();
        let settings = Settings { generation_interval_days: 5.0, ..Settings::default() };
        let factors = factors(&scenario, as_of, 28, 8.0, &settings).unwrap();
        assert!(factors[..8].iter().all(|f| *f == 1.0), "{factors:?}");
        assert!((factors[12] - 0.5).abs() < 1e-12 && (factors[17] - 0.25).abs() < 1e-12, "{factors:?}");
        assert_eq!(super::factors(&Scenario::baseline(), as_of, 28, 8.0, &settings), None);
    }
}
