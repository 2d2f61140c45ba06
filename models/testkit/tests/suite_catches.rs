//! The suite itself: a sound engine passes, each broken one is caught and named.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};

use countycast_engine::{
    Change, Date, Draws, Engine, EngineError, Fitted, History, Horizon, Scenario, Streams, Target,
};
use countycast_testkit::conformance;

/// What is wrong with an engine.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Fault {
    None,
    RefusesAll,
    PanicsOnShort,
    NoDeaths,
    FewerDays,
    DrawsDependOnTheirNumber,
    Remembers,
    IgnoresTheSeed,
    ScenarioChangesLuck,
    DoublesTheLevel,
}

/// Last week again, with uniform noise.
struct Toy {
    fault: Fault,
    calls: AtomicUsize,
}

struct ToyFit {
    fault: Fault,
    cases: f64,
    deaths: f64,
    calls: usize,
    as_of: Date,
}

impl Engine for Toy {
    fn name(&self) -> &'static str {
        "toy"
    }

    fn fit(&self, history: &History, _: &Streams) -> Result<Box<dyn Fitted>, EngineError> {
        if self.fault == Fault::RefusesAll {
            return Err(EngineError::Refused("never".to_owned()));
        }
        assert!(self.fault != Fault::PanicsOnShort || history.days() > 5);
        let mean = |counts: &[f64]| counts.iter().rev().take(28).sum::<f64>() / counts.len().min(28) as f64;
        Ok(Box::new(ToyFit {
            fault: self.fault,
            cases: mean(history.cases().cleaned()),
            deaths: mean(history.deaths().cleaned()),
            calls: self.calls.fetch_add(1, Ordering::Relaxed),
            as_of: history.as_of(),
        }))
    }
}

impl Fitted for ToyFit {
    fn draw(
        &self,
        scenario: &Scenario,
        horizon: Horizon,
        draws: usize,
        streams: &Streams,
    ) -> Result<Draws, EngineError> {
        let days = horizon.days() - usize::from(self.fault == Fault::FewerDays && horizon.days() > 1);
        let values = |level: f64, purpose: &str| -> Vec<f32> {
            (0..draws)
                .flat_map(|i| {
                    let number = match self.fault {
                        Fault::DrawsDependOnTheirNumber => i + draws,
                        Fault::Remembers => i + 1_000 * self.calls,
                        Fault::ScenarioChangesLuck => i + usize::from(*scenario != Scenario::baseline()),
                        _ => i,
                    };
                    let mut rng = if self.fault == Fault::IgnoresTheSeed {
                        Streams::new(0, "toy", countycast_engine::Fips::US).rng(purpose, number)
                    } else {
                        streams.rng(purpose, number)
                    };
                    let factor = if self.fault == Fault::DoublesTheLevel { 2.0 } else { 1.0 };
                    let transmission = scenario.transmission(self.as_of);
                    (0..days).map(move |_| {
                        let u = f64::from(rng.next_u32()) / 4_294_967_296.0;
                        (factor * transmission * level * (0.5 + u)) as f32
                    })
                })
                .collect()
        };
        let made = Draws::new(draws, days)?.with(Target::Cases, values(self.cases, "cases"))?;
        if self.fault == Fault::NoDeaths {
            return Ok(made);
        }
        Ok(made.with(Target::Deaths, values(self.deaths, "deaths"))?)
    }
}

fn message(fault: Fault) -> Option<String> {
    let toy = Toy { fault, calls: AtomicUsize::new(0) };
    let panic = catch_unwind(AssertUnwindSafe(|| conformance::check(&toy))).err()?;
    Some(panic.downcast_ref::<String>().cloned().unwrap_or_else(|| "no text".to_owned()))
}

#[test]
fn a_sound_engine_passes() {
    assert_eq!(message(Fault::None), None);
}

#[test]
fn each_fault_is_caught_and_says_whose_it_is() {
    for (fault, words) in [
        (Fault::RefusesAll, "refused: never"),
        (Fault::PanicsOnShort, "panicked"),
        (Fault::NoDeaths, "expected Deaths"),
        (Fault::FewerDays, "draws × days"),
        (Fault::DrawsDependOnTheirNumber, "40 draws after 15"),
        (Fault::Remembers, "the same run twice"),
        (Fault::IgnoresTheSeed, "another seed"),
        (Fault::ScenarioChangesLuck, "by 1"),
        (Fault::DoublesTheLevel, "a constant epidemic"),
    ] {
        let message = message(fault).unwrap_or_else(|| panic!("{fault:?} was not caught"));
        assert!(message.contains("engine `toy`") && message.contains(words), "{fault:?} said: {message}");
    }
}

#[test]
fn the_toy_answers_a_scenario() {
    let as_of: Date = "2020-08-29".parse().unwrap();
    let halved = Scenario::baseline().with(Change::transmission(as_of, as_of, 0.5)).unwrap();
    let fit = ToyFit { fault: Fault::None, cases: 10.0, deaths: 0.0, calls: 0, as_of };
    let streams = Streams::new(1, "toy", countycast_engine::Fips::US);
    let horizon = Horizon::from_days(7).unwrap();
    let [whole, half] = [Scenario::baseline(), halved].map(|s| fit.draw(&s, horizon, 1, &streams).unwrap());
    let first = |draws: &Draws| draws.paths(Target::Cases).unwrap().next().unwrap()[0];
    assert!((first(&half) * 2.0 - first(&whole)).abs() < 1e-5);
}
