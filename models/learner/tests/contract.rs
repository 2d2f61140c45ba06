//! The learner keeps the contract, and what it learned is the same at any number of threads and after a reload.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use std::sync::{Arc, LazyLock};

use common::{small, trained};
use countycast_engine::{Change, Engine, EngineError, Epidemiology, Fips, Places, Scenario, Streams, Target, response};
use countycast_learner::{FEATURES, Learner, Model, Settings};
use countycast_testkit::conformance;
use countycast_testkit::panel::{Law, PANEL_SEED as SEED, bits, panel, project};

static PLACES: LazyLock<Places> =
    LazyLock::new(|| panel(&Law { counties: 60, days: 196, keep: 0.7, noise: 0.15 }.counts(), 196));
static LEARNER: LazyLock<Learner> = LazyLock::new(|| trained(&PLACES, small()));

fn county() -> Fips {
    PLACES.histories().last().unwrap().location().fips
}

#[test]
fn conforms() {
    // A panel whose nation stands still, as the suite's constant epidemic does.
    let places = panel(&Law { counties: 60, days: 196, keep: 0.7, noise: 0.03 }.counts(), 196);
    conformance::check(&trained(&places, small()));
}

#[test]
fn refuses_with_a_reason_before_training_and_where_there_is_nothing_to_learn() {
    let untrained = Learner::new(Settings::default(), &Epidemiology::default()).unwrap();
    let history = PLACES.history(county()).unwrap();
    let error = untrained.fit(history, &Streams::new(1, "learner", county())).err().unwrap();
    assert_eq!(error.to_string(), "refused: the learner has not been trained on the panel");
    let short = panel(&Law { counties: 60, days: 100, keep: 0.7, noise: 0.15 }.counts(), 100);
    let few = panel(&Law { counties: 1, days: 196, keep: 0.7, noise: 0.15 }.counts(), 196);
    for (places, words) in
        [(Places::default(), "no place"), (short, "100 days of history"), (few, "past days of places")]
    {
        let error = untrained.train(&places, SEED).err().unwrap();
        assert!(matches!(&error, EngineError::Refused(reason) if reason.contains(words)), "{error}");
    }
    assert_eq!(
        Learner::new(Settings { trees: 0, ..Settings::default() }, &Epidemiology::default()).unwrap_err().name,
        "trees"
    );
}

#[test]
fn features_that_are_left_out_change_nothing() {
    let settings = Settings { trees: 20, rough_trees: 10, without: vec!["neighbour".to_owned()], ..small() };
    let apart = Places::new(PLACES.histories().cloned(), Default::default());
    let history = PLACES.history(county()).unwrap();
    let [one, two] =
        [&PLACES, &apart].map(|places| bits(&project(&trained(places, settings.clone()), history, 28, 20)));
    assert_eq!(one, two, "without neighbours' features it does not matter who borders on whom");
    let all = Settings { without: Vec::new(), ..settings };
    assert_ne!(one, bits(&project(&trained(&PLACES, all), history, 28, 20)));
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let history = PLACES.history(county()).unwrap();
    let settings = Settings { trees: 20, rough_trees: 10, ..small() };
    let [one, two] = [1, 2].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let learner = pool.install(|| trained(&PLACES, settings.clone()));
        let mut model = Vec::new();
        learner.model().unwrap().save(&mut model).unwrap();
        (model, bits(&project(&learner, history, 28, 40)))
    });
    assert!(one.0 == two.0, "the models differ");
    assert_eq!(one.1, two.1);
}

#[test]
fn a_saved_model_says_what_it_was_trained_on_and_gives_the_same_bytes() {
    let mut bytes = Vec::new();
    LEARNER.model().unwrap().save(&mut bytes).unwrap();
    let model = Arc::new(Model::load(bytes.as_slice()).unwrap());
    let summary = model.summary();
    assert_eq!(
        (summary.first_day.to_string(), summary.last_day.to_string()),
        ("2020-03-01".into(), "2020-09-12".into())
    );
    assert_eq!((summary.counties, summary.features.len(), summary.seed), (60, FEATURES.len(), SEED));
    assert!(summary.rows > 60 * 15 && summary.errors > 60, "{summary:?}");
    let reloaded = Learner::with_model(model, &Epidemiology::default()).trained(&PLACES, SEED + 1).unwrap();
    for history in PLACES.histories() {
        assert_eq!(bits(&project(&*LEARNER, history, 35, 20)), bits(&project(&reloaded, history, 35, 20)));
    }
    let text = String::from_utf8(bytes).unwrap().replacen("growth_1", "growth_one", 1);
    let error = Model::load(text.as_bytes()).unwrap_err().to_string();
    assert!(error.contains("train it anew"), "{error}");
    assert!(Model::load(&b"{}"[..]).unwrap_err().to_string().starts_with("not a saved model"));
}

#[test]
fn nothing_past_as_of_is_seen() {
    // Another future after day 160 changes neither what is learned from the days before nor what is projected then.
    let known = 160;
    let counts = Law { counties: 60, days: 196, keep: 0.7, noise: 0.15 }.counts();
    let mut other = counts.clone();
    other
        .values_mut()
        .for_each(|(cases, deaths)| cases[known..].iter_mut().chain(&mut deaths[known..]).for_each(|x| *x *= 3.0));
    let settings = Settings { trees: 20, rough_trees: 10, ..small() };
    // A learner that has seen more days, shown a history that ends earlier, uses no later day of nation and neighbours.
    let learner = trained(&panel(&counts, known), settings);
    let model = Arc::clone(learner.model().unwrap());
    let [one, two] = [&counts, &other].map(|counts| {
        let shown = Learner::with_model(Arc::clone(&model), &Epidemiology::default())
            .trained(&panel(counts, 196), SEED)
            .unwrap();
        let cut = panel(counts, 196).history(county()).unwrap().truncated(known).unwrap();
        bits(&project(&shown, &cut, 28, 20))
    });
    assert_eq!(one, two);
    assert_eq!(one, bits(&project(&learner, panel(&counts, known).history(county()).unwrap(), 28, 20)));
}

#[test]
fn less_transmission_gives_fewer_cases_after_the_delay() {
    let history = PLACES.history(county()).unwrap();
    let change = Change::transmission(history.day(history.days()), history.day(history.days() + 60), 0.7);
    let scenario = Scenario::baseline().with(change).unwrap();
    let streams = Streams::new(SEED, "learner", county());
    let horizon = countycast_engine::Horizon::from_days(28).unwrap();
    let fit = LEARNER.fit(history, &streams).unwrap();
    let [base, less] = [Scenario::baseline(), scenario].map(|s| fit.draw(&s, horizon, 200, &streams).unwrap());
    let scenario = Scenario::baseline().with(change).unwrap();
    let factors = response::cases(&scenario, history.as_of(), 28, &Epidemiology::default()).unwrap();
    assert!(factors[3] > 0.99 && factors[27] < 0.4, "{factors:?}");
    for (base, less) in base.paths(Target::Cases).unwrap().zip(less.paths(Target::Cases).unwrap()) {
        for ((base, less), factor) in base.iter().zip(less).zip(&factors) {
            assert!((f64::from(*less) - factor * f64::from(*base)).abs() < 1e-4 * f64::from(*base), "{less} of {base}");
        }
    }
}
