//! The conformance suite that every engine must pass.
//!
//! One call in an engine's tests runs the suite:
//!
//! ```
//! # struct Mine;
//! # use countycast_engine::*;
//! # impl Engine for Mine {
//! #     fn name(&self) -> &'static str { "mine" }
//! #     fn fit(&self, _: &History, _: &Streams) -> Result<Box<dyn Fitted>, EngineError> {
//! #         Err(EngineError::Refused("an example".into()))
//! #     }
//! # }
//! # let check = |engine: &dyn Engine| assert!(std::panic::catch_unwind(
//! #     std::panic::AssertUnwindSafe(|| countycast_testkit::conformance::check(engine))).is_err());
//! // countycast_testkit::conformance::check(&Mine)
//! check(&Mine); // an engine that refuses everything does not pass
//! ```

mod defects;
mod histories;
mod repeat;
mod sense;

use countycast_engine::{Draws, Engine, History, Horizon, Scenario, Streams, Target};

/// Runs the whole suite on an engine.
///
/// # Panics
/// At the first violated rule, with the engine, the case and the expectation.
pub fn check(engine: &dyn Engine) {
    name_is_a_column_value(engine);
    sense::shapes(engine);
    sense::seed_matters(engine);
    sense::constant_epidemic_stays_at_its_level(engine);
    repeat::same_seed_same_bytes(engine);
    repeat::more_draws_extend(engine);
    repeat::some_draws_are_those_of_all(engine);
    repeat::no_change_is_the_baseline(engine);
    repeat::threads_and_company_do_not_matter(engine);
    repeat::truncated_is_as_good_as_never_seen(engine);
    defects::answers_sensibly_or_refuses(engine);
}

/// Seed of all runs.
const SEED: u64 = 20_200_912;

fn name_is_a_column_value(engine: &dyn Engine) {
    let name = engine.name();
    let fine = !name.is_empty() && name.len() <= 16 && name.bytes().all(|b| b.is_ascii_lowercase());
    assert!(fine, "engine `{name}`: its name must be 1 to 16 lower-case letters");
}

/// Fits and draws; a refusal is a failure of `case`.
fn run(engine: &dyn Engine, case: &str, history: &History, days: usize, draws: usize, scenario: &Scenario) -> Draws {
    let streams = Streams::new(SEED, engine.name(), history.location().fips);
    let horizon = Horizon::from_days(days).expect("a horizon within a year");
    let drawn = engine.fit(history, &streams).and_then(|fit| fit.draw(scenario, horizon, draws, &streams));
    drawn.unwrap_or_else(|error| panic!("engine `{}`, {case}: expected {draws} draws, got `{error}`", engine.name()))
}

/// The bits of every value, to compare without tolerance.
fn bits(draws: &Draws) -> Vec<(Target, Vec<Vec<u32>>)> {
    let of = |path: &[f32]| path.iter().map(|value| value.to_bits()).collect();
    Target::ALL.into_iter().filter_map(|t| draws.paths(t).map(|paths| (t, paths.map(of).collect()))).collect()
}

/// Median over draws of the sum of a target's days `from .. to` past the as-of day.
fn median_sum(draws: &Draws, target: Target, from: usize, to: usize) -> Option<f64> {
    let mut sums: Vec<f64> =
        draws.paths(target)?.map(|path| path[from..to].iter().map(|x| f64::from(*x)).sum()).collect();
    sums.sort_by(f64::total_cmp);
    let n = sums.len();
    Some(f64::midpoint(sums[(n - 1) / 2], sums[n / 2]))
}
