//! Each fact of the disease has one home: whoever rests on it moves with its setting, and nobody else does.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use countycast::capacity::Hospitals;
use countycast::config::{Config, DEFAULT_TOML};
use countycast::pipeline::engines;
use countycast::reproduction::reproduction;
use countycast_engine::{Change, Date, Draws, Engine, History, Horizon, Places, Scenario, Streams, Target};
use countycast_testkit::county;

const DAYS: usize = 160;
const SEED: u64 = 5;

/// Small engines: what moves is asked, not how well it is projected.
const SMALL: &str = "\
[engines.learner]\ntrees = 10\nrough_trees = 5\nerror_pool = 50\n\
[engines.abm]\nmost_people = 4000\nsimulations = 2\n";

/// Every setting of the table, another value for it, and who rests on it.
const SETTINGS: [(&str, &str, &[&str]); 12] = [
    ("ascertainment", "0.3", &["capacity", "seir", "abm"]),
    ("case_fatality", "0.2", &["curve", "abm"]),
    ("generation_days", "{ mean = 6.5, sd = 2.14 }", &["trend", "curve", "learner", "reproduction"]),
    ("report_delay_days", "{ mean = 7.0, sd = 4.0 }", &["trend", "curve", "learner", "seir", "abm"]),
    ("death_delay_days", "{ mean = 20.0, sd = 10.0 }", &["trend", "curve", "learner", "seir", "abm"]),
    ("severity.symptomatic", "[0.9, 0.8, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6]", &["capacity", "seir", "abm"]),
    ("severity.fatality", "[1e-5, 1e-5, 1e-5, 1e-3, 1e-3, 1e-3, 1e-3, 1e-2, 0.2]", &["seir", "abm"]),
    ("severity.hospitalised", "[0.03, 0.04, 0.05]", &["capacity", "seir", "abm"]),
    ("severity.admission_delay_days", "[1.0, 3.0, 5.0]", &["capacity", "seir", "abm"]),
    ("severity.icu_share", "[0.4, 0.5, 0.6]", &["capacity"]),
    ("severity.ward_stay_days", "[9.0, 9.0, 9.0]", &["capacity"]),
    ("severity.icu_stay_days", "[20.0, 20.0, 20.0]", &["capacity"]),
];

/// Counties with waves of their own timing, cases and deaths, and no region whose deaths would tell more than the usual.
fn places() -> Places {
    let place = |i: u32| {
        let wave = |day: usize| 40.0 + 30.0 * (day as f64 / 15.0 + f64::from(i)).sin();
        let cases: Vec<f64> = (0..DAYS).map(|day| wave(day).round()).collect();
        let deaths = (0..DAYS).map(|day| 0.004 * wave(day.saturating_sub(16))).collect();
        Arc::new(county(&format!("{}", 19_001 + 2 * i), 2e5, Date::constant(2020, 5, 3), cases, deaths))
    };
    Places::new((0..40).map(place), BTreeMap::new())
}

/// What each consumer makes of one place under half the transmission, in bits.
fn answers(config: &Config, places: &Places, model: &[u8]) -> BTreeMap<&'static str, Vec<u64>> {
    let history = places.history("19001".parse().unwrap()).unwrap();
    let names = ["trend", "curve", "learner", "seir", "abm"].map(str::to_owned);
    let mut answers = BTreeMap::new();
    for engine in engines(&config.engines, &config.epidemiology, &names).unwrap() {
        let name = engine.name();
        let engine = if name == "learner" { shown(&*engine, places, model) } else { engine };
        answers.insert(name, bits(&draw(&*engine, history)));
    }
    let patients = |draws: &Draws| {
        let hospitals = Hospitals::unreported(&config.epidemiology, 2, 28, SEED);
        let course = hospitals.course(history, 28);
        let flow = course.flow(0, &[1.0; 28]);
        let admitted = course.all_admissions(draws, None).unwrap();
        admitted.concat().iter().chain(&flow.ward).chain(&flow.icu).map(|x| u64::from(x.to_bits())).collect()
    };
    let cases = Draws::new(2, 28).unwrap().with(Target::Cases, vec![50.0; 56]).unwrap();
    answers.insert("capacity", patients(&cases));
    let r = reproduction(history.cases(), config.epidemiology.generation_days).unwrap();
    answers.insert("reproduction", vec![r.median.to_bits(), r.upper.to_bits()]);
    answers
}

fn shown(learner: &dyn Engine, places: &Places, model: &[u8]) -> Arc<dyn Engine> {
    learner.load(model).unwrap().train(places, SEED).unwrap().unwrap()
}

fn draw(engine: &dyn Engine, history: &History) -> Draws {
    let change = Change::transmission(history.day(DAYS), history.day(DAYS + 60), 0.5);
    let scenario = Scenario::baseline().with(change).unwrap();
    let streams = Streams::new(SEED, engine.name(), history.location().fips);
    let horizon = Horizon::from_days(56).unwrap();
    engine.fit(history, &streams).unwrap().draw(&scenario, horizon, 40, &streams).unwrap()
}

fn bits(draws: &Draws) -> Vec<u64> {
    let of = |target| draws.paths(target).into_iter().flatten().flatten().map(|count| u64::from(count.to_bits()));
    Target::ALL.into_iter().flat_map(of).collect()
}

fn config(key: &str, value: &str) -> Config {
    let text = if key.is_empty() { SMALL.to_owned() } else { format!("epidemiology.{key} = {value}\n{SMALL}") };
    Config::parse(&text, Path::new("run.toml")).unwrap()
}

#[test]
fn each_setting_moves_all_who_rest_on_it_and_nobody_else() {
    let (usual, places) = (config("", ""), places());
    let learner = engines(&usual.engines, &usual.epidemiology, &["learner".to_owned()]).unwrap().remove(0);
    let model = learner.train(&places, SEED).unwrap().unwrap().save().unwrap();
    let before = answers(&usual, &places, &model);
    for (key, value, consumers) in SETTINGS {
        let after = answers(&config(key, value), &places, &model);
        let moved: BTreeSet<&str> =
            before.iter().filter(|(name, bits)| after[**name] != **bits).map(|(n, _)| *n).collect();
        assert_eq!(moved, consumers.iter().copied().collect(), "{key} = {value}");
    }
}

#[test]
fn no_setting_of_the_table_is_left_out() {
    let table: toml::Table = DEFAULT_TOML.parse().unwrap();
    let facts = table["epidemiology"].as_table().unwrap();
    let keys = |(key, value): (&String, &toml::Value)| match value.as_table().filter(|_| key == "severity") {
        Some(severity) => severity.keys().map(|inner| format!("{key}.{inner}")).collect(),
        None => vec![key.clone()],
    };
    let keys: BTreeSet<String> = facts.iter().flat_map(keys).collect();
    assert_eq!(keys, SETTINGS.iter().map(|(key, ..)| (*key).to_owned()).collect());
}
