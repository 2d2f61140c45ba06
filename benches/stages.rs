//! Throughput of each stage of a run, on one thread.
//!
//! `cargo bench` measures on the demonstration panel; with `COUNTYCAST_DATA=DIR`, on the data in that folder.

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use countycast::blend::{Learned, Rule, Settings, Stratum, blend};
use countycast::config::Config;
use countycast::output::projections::{LocationForecasts, Table, Totals};
use countycast::panel::{self, Panel, demo, repair_series};
use countycast::phase::Phase;
use countycast::pipeline::engines;
use countycast::scores::Course;
use countycast::scores::quantiles::Forecast;
use countycast_engine::{Engine, Epidemiology, History, Horizon, Scenario, Streams};
use divan::Bencher;
use divan::counter::ItemsCount;

const DRAWS: usize = 300;

/// The data folder, written once where none is given, and kept until the program ends.
static DATA: LazyLock<(PathBuf, Option<tempfile::TempDir>)> = LazyLock::new(|| {
    if let Some(folder) = std::env::var_os("COUNTYCAST_DATA") {
        return (folder.into(), None);
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    demo::write(folder.path(), demo::SEED).expect("the demonstration panel");
    (folder.path().to_owned(), Some(folder))
});

static PANEL: LazyLock<Panel> = LazyLock::new(load);

/// Counties that every engine answers for, spread over the panel.
static HISTORIES: LazyLock<Vec<Arc<History>>> = LazyLock::new(|| {
    let settings = Config::default().phase;
    let counties = PANEL.counties().iter();
    let independent = counties.filter(|p| matches!(settings.phase(&p.history, None), Phase::Independent { .. }));
    let histories: Vec<Arc<History>> = independent.map(|place| Arc::clone(&place.history)).collect();
    let step = (histories.len() / 64).max(1);
    histories.into_iter().step_by(step).collect()
});

fn main() {
    divan::main();
}

fn load() -> Panel {
    let request = panel::Request { data: DATA.0.clone(), as_of: None, vintage: false };
    panel::load(&request, &panel::Settings::default()).expect("a panel")
}

fn engine(name: &str) -> Arc<dyn Engine> {
    engines(&Config::default().engines, &Epidemiology::default(), &[name.to_owned()]).expect("an engine").remove(0)
}

fn horizon() -> Horizon {
    Horizon::from_days(28).expect("four weeks")
}

fn streams(history: &History) -> Streams {
    Streams::new(1, "bench", history.location().fips)
}

fn forecast(engine: &dyn Engine, history: &History) -> Option<Forecast> {
    let streams = streams(history);
    let fitted = engine.fit(history, &streams).ok()?;
    Some(Forecast::from_draws(&fitted.draw(&Scenario::baseline(), horizon(), DRAWS, &streams).ok()?))
}

/// Files to panel, repair included; items are county-days.
#[divan::bench(sample_count = 10)]
fn read(bencher: Bencher) {
    let panel = &*PANEL;
    let days = panel.counties().first().map_or(0, |place| place.history.days());
    bencher.counter(ItemsCount::new(panel.counties().len() * days)).bench(load);
}

/// Repair alone; items are series.
#[divan::bench(sample_count = 10)]
fn repair(bencher: Bencher) {
    let panel = &*PANEL;
    let settings = panel::Settings::default();
    bencher.counter(ItemsCount::new(panel.counties().len())).bench(|| {
        panel
            .counties()
            .iter()
            .map(|place| repair_series(place.history.cases().reported(), panel.first_day(), &settings).1.len())
            .sum::<usize>()
    });
}

/// Fit and 300 draws of 28 days with quantiles; items are counties.
#[divan::bench(args = ["flat", "trend", "curve"], sample_count = 10)]
fn project(bencher: Bencher, name: &str) {
    let engine = engine(name);
    bencher
        .counter(ItemsCount::new(HISTORIES.len()))
        .bench(|| HISTORIES.iter().filter_map(|history| forecast(engine.as_ref(), history)).count());
}

/// The curve's fit alone; items are counties.
#[divan::bench(sample_count = 10)]
fn curve_fit(bencher: Bencher) {
    let engine = engine("curve");
    bencher
        .counter(ItemsCount::new(HISTORIES.len()))
        .bench(|| HISTORIES.iter().filter(|history| engine.fit(history, &streams(history)).is_ok()).count());
}

/// Quantile averaging of three members; items are locations.
#[divan::bench]
fn blend_three(bencher: Bencher) {
    let members: Vec<Forecast> =
        ["flat", "trend", "curve"].iter().filter_map(|name| forecast(engine(name).as_ref(), &HISTORIES[0])).collect();
    let members: Vec<(&'static str, &Forecast)> = members.iter().map(|forecast| ("member", forecast)).collect();
    let learned = Learned::nothing(&Settings::default());
    let rule = Rule { learned: &learned, stratum: Stratum::Quintile(3), course: Course::Turning };
    bencher.counter(ItemsCount::new(1_usize)).bench(|| blend(divan::black_box(&members), &rule));
}

/// Projections to Parquet; items are locations.
#[divan::bench(sample_count = 10)]
fn write(bencher: Bencher) {
    let (flat, trend) = (engine("flat"), engine("trend"));
    let projected = |history: &Arc<History>| {
        let members = [("flat", &flat), ("trend", &trend)];
        let members =
            members.into_iter().filter_map(|(name, engine)| Some((name, forecast(engine.as_ref(), history)?)));
        (history.location().fips, members.collect::<Vec<(&str, Forecast)>>())
    };
    let results: Vec<_> = HISTORIES.iter().map(projected).collect();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("projections.parquet");
    bencher.counter(ItemsCount::new(results.len())).bench(|| {
        let mut table = Table::begin(&path, PANEL.as_of()).expect("a file");
        for (fips, members) in &results {
            let members: Vec<(&str, &Forecast)> = members.iter().map(|(name, forecast)| (*name, forecast)).collect();
            let blend = members.first().map(|(_, forecast)| *forecast);
            let location = LocationForecasts { fips: *fips, members: &members, blend, totals: Totals::default() };
            table.add(&location).expect("rows");
        }
        table.finish().expect("a file");
    });
}
