//! The network keeps the contract: what it learned is the same at any number of threads and after a reload, and a place's
//! forecast depends on nothing that stands beside it.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use std::sync::{Arc, LazyLock};

use common::{small, trained};
use countycast_deepar::{DeepAr, Model, Settings};
use countycast_engine::{
    Engine, EngineError, Epidemiology, Fips, History, LastDays, Places, Series, SeriesParts, Streams, Target,
};
use countycast_testkit::conformance;
use countycast_testkit::panel::{Law, PANEL_SEED as SEED, bits, panel, project, sums};

const DAYS: usize = 196;
static PLACES: LazyLock<Places> =
    LazyLock::new(|| panel(&Law { counties: 60, days: DAYS, keep: 0.7, noise: 0.15 }.counts(), DAYS));
static ENGINE: LazyLock<DeepAr> = LazyLock::new(|| trained(&PLACES, small()));

fn few_steps() -> Settings {
    Settings { steps: 20, warm_steps: 10, ..small() }
}

fn county() -> Fips {
    PLACES.histories().last().unwrap().location().fips
}

#[test]
fn conforms() {
    // A panel whose nation stands still, as the suite's constant epidemic does.
    let places = panel(&Law { counties: 60, days: DAYS, keep: 0.7, noise: 0.03 }.counts(), DAYS);
    conformance::check(&trained(&places, small()));
}

#[test]
fn refuses_with_a_reason_before_training_and_where_there_is_nothing_to_learn() {
    let untrained = DeepAr::new(Settings::default(), &Epidemiology::default()).unwrap();
    let error = untrained.fit(PLACES.history(county()).unwrap(), &Streams::new(1, "deepar", county())).err().unwrap();
    assert_eq!(error.to_string(), "refused: the network has not been trained on the panel");
    let short = panel(&Law { counties: 20, days: 30, keep: 0.7, noise: 0.15 }.counts(), 30);
    for (places, words) in [(Places::default(), "no place"), (short, "past days of places")] {
        let error = untrained.train(&places, SEED).err().unwrap();
        assert!(matches!(&error, EngineError::Refused(reason) if reason.contains(words)), "{error}");
    }
    let error = DeepAr::new(Settings { units: 0, ..Settings::default() }, &Epidemiology::default()).unwrap_err();
    assert_eq!(error.name, "units");
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let history = PLACES.history(county()).unwrap();
    let [one, two] = [1, 2].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let engine = pool.install(|| trained(&PLACES, few_steps()));
        (engine.save().unwrap(), bits(&project(&engine, history, 28, 40)))
    });
    assert!(one.0 == two.0, "the models differ");
    assert_eq!(one.1, two.1);
}

/// A county of three cases a week that nobody has reported from for so many days, beside the others.
fn silent(days: usize) -> Arc<History> {
    let (first, location) = (PLACES.history(Fips::US).unwrap().first_day(), PLACES.history(county()).unwrap());
    let mut place = location.location().clone();
    (place.fips, place.population) = (Fips::from_county(34_999).unwrap(), Some(5e3));
    let counts = |weekday: usize| -> Vec<f64> {
        (0..DAYS).map(|day| if day < DAYS - days && day % 7 < weekday { 1.0 } else { 0.0 }).collect()
    };
    let series = |weekday: usize| {
        Series::new(SeriesParts {
            reported: counts(weekday),
            cleaned: counts(weekday),
            repaired: vec![false; DAYS],
            weekday: [1.0; 7],
            total: counts(weekday).iter().sum(),
            last_days: LastDays { unreported: days, ..LastDays::default() },
        })
        .unwrap()
    };
    let region = location.region().cloned().map(Arc::new);
    Arc::new(History::new(Arc::new(place), first, series(3), series(0), region).unwrap())
}

#[test]
fn a_place_whose_context_holds_no_observation_keeps_its_own_scale() {
    let context = 7 * ENGINE.model().unwrap().summary().settings.context_weeks;
    for days in [28, context, context + 28] {
        let history = silent(days);
        let found = sums(&project(&*ENGINE, &history, 7, 200), Target::Cases, 0, 7);
        // The nation beside it has 40,000 a week.
        assert!((1.0..=9.0).contains(&found[100]) && found[190] < 30.0, "{days} days: {} {}", found[100], found[190]);
    }
}

#[test]
fn no_forecast_depends_on_what_stands_beside_it_or_on_the_order() {
    let model = Arc::clone(ENGINE.model().unwrap());
    let shown =
        |places: &Places| DeepAr::with_model(Arc::clone(&model), &Epidemiology::default()).trained(places, SEED);
    let silent = silent(63);
    let beside = PLACES.histories().cloned().chain([Arc::clone(&silent)]);
    let together = shown(&Places::new(beside, Default::default())).unwrap();
    let nation = PLACES.history(Fips::US).unwrap();
    let alone = shown(&Places::new([Arc::clone(nation), Arc::clone(&silent)], Default::default())).unwrap();
    let expected = bits(&project(&alone, &silent, 28, 70));
    // Before and after a place ten thousand times as large.
    assert_eq!(expected, bits(&project(&together, &silent, 28, 70)));
    let large = bits(&project(&together, nation, 28, 70));
    assert_eq!(expected, bits(&project(&together, &silent, 28, 70)));
    assert_eq!(large, bits(&project(&together, nation, 28, 70)));
}

#[test]
fn a_saved_model_says_what_it_was_trained_on_and_gives_the_same_bytes() {
    let bytes = ENGINE.save().unwrap();
    let model = Arc::new(Model::load(bytes.as_slice()).unwrap());
    let summary = model.summary();
    assert_eq!(
        (summary.first_day.to_string(), summary.last_day.to_string()),
        ("2020-03-01".into(), "2020-09-12".into())
    );
    assert_eq!((summary.counties, summary.seed), (60, SEED));
    assert!(summary.origins > 60 * 100 && summary.loss.is_finite(), "{summary:?}");
    let reloaded = DeepAr::with_model(model, &Epidemiology::default()).trained(&PLACES, SEED + 1).unwrap();
    for history in PLACES.histories() {
        assert_eq!(bits(&project(&*ENGINE, history, 35, 20)), bits(&project(&reloaded, history, 35, 20)));
    }
    let text = String::from_utf8(bytes).unwrap().replacen("\"units\":", "\"units\":1", 1);
    assert_eq!(
        Model::load(text.as_bytes()).unwrap_err().to_string(),
        "the model is that of another network: train it anew"
    );
    assert!(Model::load(&b"{}"[..]).unwrap_err().to_string().starts_with("not a saved model"));
    let other = DeepAr::new(Settings { steps: 7, ..small() }, &Epidemiology::default()).unwrap();
    let error = other.load(&ENGINE.save().unwrap()).err().unwrap();
    assert_eq!(error.to_string(), "refused: the model was trained with other settings");
}

#[test]
fn nothing_past_the_as_of_day_is_seen() {
    // Another future after day 160 changes neither what is learned from the days before nor what is projected then.
    let known = 160;
    let counts = Law { counties: 60, days: DAYS, keep: 0.7, noise: 0.15 }.counts();
    let mut other = counts.clone();
    other
        .values_mut()
        .for_each(|(cases, deaths)| cases[known..].iter_mut().chain(&mut deaths[known..]).for_each(|x| *x *= 3.0));
    let learned = trained(&panel(&counts, known), Settings { warm_steps: 0, ..few_steps() });
    let model = Arc::clone(learned.model().unwrap());
    let [one, two] = [&counts, &other].map(|counts| {
        // Without warm steps, later days are shown and not learned from.
        let places = panel(counts, DAYS);
        let shown = DeepAr::with_model(Arc::clone(&model), &Epidemiology::default()).trained(&places, SEED).unwrap();
        bits(&project(&shown, &places.history(county()).unwrap().truncated(known).unwrap(), 28, 20))
    });
    assert_eq!(one, two);
    assert_eq!(one, bits(&project(&learned, panel(&counts, known).history(county()).unwrap(), 28, 20)));
}

#[test]
fn training_goes_on_from_the_day_before() {
    let counts = Law { counties: 60, days: DAYS, keep: 0.7, noise: 0.15 }.counts();
    let [yesterday, today] = [DAYS - 1, DAYS].map(|days| panel(&counts, days));
    let before = trained(&yesterday, small());
    let load = |settings: Settings| {
        let engine = DeepAr::new(settings, &Epidemiology::default()).unwrap();
        engine.load(&before.save().unwrap()).unwrap().train(&today, SEED).unwrap().unwrap()
    };
    let warm = load(small());
    let on = |engine: &dyn Engine| engine.trained_on().unwrap().last_day.to_string();
    assert_eq!((on(&before).as_str(), on(warm.as_ref()).as_str()), ("2020-09-11", "2020-09-12"));
    let loss = |bytes: &[u8]| Model::load(bytes).unwrap().summary().loss;
    let [yesterdays, warm, cold] = [before.save(), warm.save(), ENGINE.save()].map(|bytes| loss(&bytes.unwrap()));
    // A third of the steps lead to where all steps from a random start do; batches leave 2 % of noise.
    assert!(
        warm < cold + 0.02 * cold.abs() && warm < yesterdays + 0.02 * yesterdays.abs(),
        "{warm} {cold} {yesterdays}"
    );
}
