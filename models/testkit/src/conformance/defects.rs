//! Degenerate places: an engine must refuse with a reason or project plausible counts.

use std::panic::{AssertUnwindSafe, catch_unwind};

use countycast_engine::{Engine, EngineError, History, Horizon, Scenario, Streams, Target};

use super::{SEED, histories, median_sum};

/// Median weekly cases may be this many times the greatest week ever reported, plus a few.
const FACTOR: f64 = 3.0;
const FEW: f64 = 10.0;

pub(super) fn answers_sensibly_or_refuses(engine: &dyn Engine) {
    for (case, history) in histories::defects() {
        let name = engine.name();
        let outcome = catch_unwind(AssertUnwindSafe(|| answer(engine, &history)));
        let Ok(answer) = outcome else { panic!("engine `{name}`, {case}: panicked; expected draws or a refusal") };
        match answer {
            Err(error) => {
                assert!(!error.to_string().trim().is_empty(), "engine `{name}`, {case}: refused without a reason");
            }
            Ok(medians) => {
                for (target, median) in medians {
                    let greatest = greatest_week(&history, target);
                    let most = FACTOR * greatest + FEW;
                    assert!(
                        (0.0..=most).contains(&median),
                        "engine `{name}`, {case}: median {target:?} of a week is {median}; the greatest week so far had \
                         {greatest}, expected at most {most}"
                    );
                }
            }
        }
    }
}

/// Median weekly cases and deaths, four weeks of each.
fn answer(engine: &dyn Engine, history: &History) -> Result<Vec<(Target, f64)>, EngineError> {
    let streams = Streams::new(SEED, engine.name(), history.location().fips);
    let horizon = Horizon::from_days(28).map_err(|error| EngineError::Refused(error.to_string()))?;
    let drawn = engine.fit(history, &streams)?.draw(&Scenario::baseline(), horizon, 40, &streams)?;
    let medians = [Target::Cases, Target::Deaths]
        .into_iter()
        .flat_map(|target| (0..4).map(move |week| (target, week)))
        .map(|(target, week)| (target, median_sum(&drawn, target, 7 * week, 7 * week + 7).unwrap_or(f64::NAN)))
        .collect();
    Ok(medians)
}

/// Greatest sum of seven days in a row; of fewer days, what a week of them would have.
fn greatest_week(history: &History, target: Target) -> f64 {
    let counts = history.series(target).cleaned();
    let days = counts.len().min(7);
    counts.windows(days).map(|week| 7.0 / days as f64 * week.iter().sum::<f64>()).fold(0.0, f64::max)
}
