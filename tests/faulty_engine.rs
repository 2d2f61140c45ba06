//! An engine that panics or never ends costs what it was asked for, with the reason kept, and nothing else.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use countycast::config::Config;
use countycast::panel::{self, Panel};
use countycast::pipeline::{Levels, Plan, Projected, Response, Selection};
use countycast::project::{in_memory, plan};
use countycast::scores::PhaseKind;
use countycast::scores::quantiles::Forecast;
use countycast_engine::{
    Change, Draws, Engine, EngineError, Fitted, History, Horizon, Places, Scenario, Streams, Target,
};

/// What goes wrong.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    None,
    Refuses,
    Panics,
    Hangs,
    /// Draws that are shorter than asked for.
    Short,
}

/// Says one case a day everywhere; in one county, or while it learns, something goes wrong.
struct Faulty {
    fit: Fault,
    draw: Fault,
    train: Fault,
    /// Under a scenario that changes something; the baseline is sound.
    scenario: Fault,
    name: &'static str,
}

const COUNTY: &str = "19001";

impl Fault {
    fn strike(self) -> Result<(), EngineError> {
        match self {
            Self::None | Self::Short => Ok(()),
            Self::Refuses => Err(EngineError::Refused("no mood".to_owned())),
            Self::Panics => panic!("dice fell off the table"),
            Self::Hangs => loop {
                std::thread::sleep(Duration::from_secs(1));
            },
        }
    }
}

impl Engine for Faulty {
    fn name(&self) -> &'static str {
        self.name
    }

    fn fit(&self, history: &History, _: &Streams) -> Result<Box<dyn Fitted>, EngineError> {
        let here = history.location().fips.to_string() == COUNTY;
        if here {
            self.fit.strike()?;
        }
        Ok(Box::new(if here { One(self.draw, self.scenario) } else { One(Fault::None, Fault::None) }))
    }

    fn train(&self, _: &Places, _: u64) -> Result<Option<Arc<dyn Engine>>, EngineError> {
        self.train.strike().map(|()| None)
    }
}

/// One case a day, and half as many under any scenario.
struct One(Fault, Fault);

impl Fitted for One {
    fn draw(&self, scenario: &Scenario, horizon: Horizon, draws: usize, _: &Streams) -> Result<Draws, EngineError> {
        self.0.strike()?;
        let changed = !scenario.changes().is_empty();
        if changed {
            self.1.strike()?;
        }
        let days = horizon.days() - usize::from(self.0 == Fault::Short);
        let ones = || vec![if changed { 0.5 } else { 1.0 }; draws * days];
        Ok(Draws::new(draws, days)?.with(Target::Cases, ones())?.with(Target::Deaths, ones())?)
    }
}

fn demo() -> &'static Panel {
    static PANEL: OnceLock<Panel> = OnceLock::new();
    PANEL.get_or_init(|| {
        let request = panel::Request { data: common::demo().to_owned(), as_of: None, vintage: false };
        panel::load(&request, &panel::Settings::default()).unwrap()
    })
}

/// Projects Iowa with `flat`, `trend` and the faulty engine.
fn projected(faulty: Faulty) -> BTreeMap<String, Projected> {
    under(faulty, Vec::new())
}

/// The same under scenarios.
fn under(faulty: Faulty, scenarios: Vec<Levels>) -> BTreeMap<String, Projected> {
    let mut config: Config = toml::from_str(common::QUICK).unwrap();
    config.engine_names = vec!["flat".to_owned(), "trend".to_owned()];
    let mut plan: Plan = plan(&config, 2).unwrap();
    plan.engines.push(Arc::new(faulty));
    plan.scenarios = scenarios;
    plan.limit = Duration::from_secs(2);
    plan.training_limit = Duration::from_secs(2);
    let selection = Selection::parse(demo(), &["IA".to_owned()], &[]).unwrap();
    by_code(in_memory(demo(), plan, selection, &()).unwrap())
}

fn by_code(projected: Vec<Projected>) -> BTreeMap<String, Projected> {
    projected.into_iter().map(|projected| (projected.fips.to_string(), projected)).collect()
}

fn sound() -> Faulty {
    Faulty { fit: Fault::None, draw: Fault::None, train: Fault::None, scenario: Fault::None, name: "faulty" }
}

fn models(projected: &Projected) -> Vec<&'static str> {
    projected.members.iter().map(|(name, _)| *name).collect()
}

/// Both results are the same in everything that reaches a file.
fn same(a: &Projected, b: &Projected) -> bool {
    a.members == b.members && a.blend == b.blend && a.weights == b.weights && a.failures == b.failures
}

#[test]
fn a_fault_in_one_county_costs_that_county_that_engine() {
    let whole = projected(sound());
    assert_eq!(models(&whole[COUNTY]), ["flat", "trend", "faulty"], "the county is one that the engines project");
    assert!(whole.values().all(|projected| projected.failures.is_empty()));
    for (fault, kind, reason) in [
        (Fault::Panics, "panicked", "dice fell off the table"),
        (Fault::Hangs, "timed out", "no result within 2 s"),
        (Fault::Refuses, "refused", "refused: no mood"),
    ] {
        for faulty in [Faulty { fit: fault, ..sound() }, Faulty { draw: fault, ..sound() }] {
            let found = projected(faulty);
            assert_eq!(found.len(), whole.len());
            // The state is the sum of its counties.
            for (fips, here) in found.iter().filter(|(fips, _)| *fips != COUNTY && fips.len() == 5) {
                assert!(same(here, &whole[fips]), "{fips} was touched by a fault in {COUNTY}");
            }
            let here = &found[COUNTY];
            assert_eq!(models(here), ["flat", "trend"]);
            assert!(here.blend.is_some() && here.blend != whole[COUNTY].blend);
            assert!((here.weights.iter().map(|w| w.share).sum::<f64>() - 1.0).abs() < 1e-12);
            let [failure] = here.failures.as_slice() else { panic!("{:?}", here.failures) };
            assert_eq!((failure.engine, failure.kind, failure.reason.as_str()), ("faulty", kind, reason));
        }
    }
}

#[test]
fn a_fault_under_a_scenario_costs_that_county_that_engine_and_the_county_follows_its_state() {
    let day = demo().as_of().tomorrow().unwrap();
    let halved = Scenario::baseline().with(Change::transmission(day, day, 0.5)).unwrap();
    let scenarios = || vec![vec![Scenario::baseline()], vec![halved.clone()]];
    // The name of an engine with mechanisms.
    let mechanistic = || Faulty { name: "seir", ..sound() };
    let whole = under(mechanistic(), scenarios());
    let ratio = |projected: &Projected| {
        let blend = projected.blend.as_ref().unwrap();
        assert!(projected.alternatives[0].blend == *blend, "{}: another blend where nothing changes", projected.fips);
        let sum = |forecast: &Forecast| forecast.target(Target::Cases).unwrap().sum[13][11];
        sum(&projected.alternatives[1].blend) / sum(blend)
    };
    for projected in whole.values() {
        assert!(
            (ratio(projected) - 0.5).abs() < 0.05 || projected.phase.kind() == PhaseKind::Fallback,
            "{}",
            projected.fips
        );
    }
    for (fault, kind) in [(Fault::Panics, "panicked"), (Fault::Hangs, "timed out"), (Fault::Refuses, "refused")] {
        let found = under(Faulty { scenario: fault, ..mechanistic() }, scenarios());
        let here = &found[COUNTY];
        assert_eq!(models(here), ["flat", "trend"]);
        let [failure] = here.failures.as_slice() else { panic!("{:?}", here.failures) };
        assert_eq!((failure.engine, failure.kind), ("seir", kind));
        let responses: Vec<Response> = here.joint.as_ref().unwrap().members.iter().map(|(_, how, _)| *how).collect();
        assert_eq!(responses, [Response::Ratio; 2]);
        assert!((ratio(here) - 0.5).abs() < 0.05, "{}", ratio(here));
        for (fips, there) in found.iter().filter(|(fips, _)| *fips != COUNTY && fips.len() == 5) {
            assert!(same(there, &whole[fips]), "{fips} was touched by a fault in {COUNTY}");
        }
    }
}

#[test]
fn draws_of_the_wrong_shape_are_a_failure_of_their_engine() {
    let found = projected(Faulty { draw: Fault::Short, ..sound() });
    let here = &found[COUNTY];
    assert_eq!(models(here), ["flat", "trend"]);
    let [failure] = here.failures.as_slice() else { panic!("{:?}", here.failures) };
    assert_eq!((failure.engine, failure.kind), ("faulty", "invalid draws"));
    assert!(failure.reason.contains("100 draws of 13 days where 100 of 14 were requested"), "{}", failure.reason);
}

#[test]
fn an_engine_that_cannot_learn_is_left_out_everywhere() {
    for (fault, kind, reason) in [
        (Fault::Panics, "panicked", "dice fell off the table"),
        (Fault::Hangs, "timed out", "no result within 2 s"),
        (Fault::Refuses, "refused", "refused: no mood"),
    ] {
        let found = projected(Faulty { train: fault, ..sound() });
        let mut concerned = 0;
        for here in found.values() {
            assert!(here.blend.is_some(), "{} has no projection", here.fips);
            assert!(!models(here).contains(&"faulty"));
            if here.phase.kind() == PhaseKind::Independent {
                concerned += 1;
                let [failure] = here.failures.as_slice() else { panic!("{:?}", here.failures) };
                assert_eq!((failure.engine, failure.kind, failure.reason.as_str()), ("faulty", kind, reason));
            }
        }
        assert!(concerned > 10, "{concerned} places");
    }
}

#[test]
fn where_every_engine_fails_a_county_follows_its_state() {
    struct Alone(Faulty);
    impl Engine for Alone {
        fn name(&self) -> &'static str {
            "alone"
        }
        fn fit(&self, history: &History, streams: &Streams) -> Result<Box<dyn Fitted>, EngineError> {
            self.0.fit(history, streams)
        }
    }
    let config: Config = toml::from_str(common::QUICK).unwrap();
    let mut plan: Plan = plan(&config, 2).unwrap();
    plan.engines = vec![Arc::new(Alone(Faulty { fit: Fault::Panics, ..sound() }))];
    let selection = Selection::parse(demo(), &[], &[COUNTY.to_owned(), "19003".to_owned()]).unwrap();
    let found = by_code(in_memory(demo(), plan, selection, &()).unwrap());
    let here = &found[COUNTY];
    assert_eq!((here.phase.kind(), here.phase.reason().as_str()), (PhaseKind::Fallback, "no engine succeeded"));
    assert!(here.blend.is_some() && here.failures.len() == 1);
    assert_eq!(models(&found["19003"]), ["alone"]);
}
