//! Every measure works through its mechanism.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use std::sync::Arc;

use countycast_abm::{Disease, Epidemic, Key, Layer, Plan, Population, Profile, Settings, Tables, Tally, World};
use countycast_engine::{Change, Contacts, Date, Measure, Scenario, Schools, Setting, Severity};

const PEOPLE: usize = 60_000;
const DAYS: usize = 70;
const MULTIPLIER: f32 = 1.9;
/// A Saturday: simulated day 0 is the Sunday after.
const AS_OF: Date = Date::constant(2020, 8, 29);

fn scenario(changes: &[(Measure, f64)]) -> Scenario {
    let (start, end) = (AS_OF, Date::constant(2021, 8, 29));
    changes.iter().fold(Scenario::baseline(), |scenario, &(measure, strength)| {
        scenario.with(Change { start, end, measure, strength }).unwrap()
    })
}

/// Runs ten weeks from 60 infections.
fn run(changes: &[(Measure, f64)]) -> Vec<Tally> {
    run_on(PEOPLE, changes, 2)
}

/// Six runs, one after the other.
fn runs(changes: &[(Measure, f64)]) -> Vec<Tally> {
    (2..8).flat_map(|seed| run_on(PEOPLE, changes, seed)).collect()
}

fn run_on(people: usize, changes: &[(Measure, f64)], seed: u64) -> Vec<Tally> {
    let settings = Settings::default();
    let population = Population::build(people, &Profile::default(), Key::from_seed(1));
    let disease = Disease::new(
        &settings,
        Arc::new(Tables::new(&settings, &Severity::default())),
        Contacts::united_states(),
        &population,
    );
    let plan = Plan::new(&scenario(changes), AS_OF, 0, DAYS);
    let world = World {
        population: &population,
        disease: &disease,
        plan: &plan,
        first_weekday: 0,
        unit: MULTIPLIER,
        levels: 2,
    };
    let mut epidemic = Epidemic::new(&population, Key::from_seed(seed));
    (0..DAYS).map(|day| epidemic.step(&world, day, MULTIPLIER, if day == 0 { people / 1_000 } else { 0 })).collect()
}

fn total(tallies: &[Tally]) -> f64 {
    tallies.iter().map(|tally| f64::from(tally.infections())).sum()
}

fn in_layer(tallies: &[Tally], layer: Layer) -> f64 {
    tallies.iter().map(|tally| f64::from(tally.by_layer[layer as usize])).sum()
}

#[test]
fn what_lowers_transmission_lowers_infections_and_more_of_it_more() {
    let baseline = total(&run(&[]));
    assert!(baseline > 3_000.0, "{baseline} infections: too few to compare");
    for measure in [
        Measure::Transmission { factor: 0.4 },
        Measure::Contacts { setting: Setting::Household, factor: 0.0 },
        Measure::CloseSchools { schools: Schools::All },
        Measure::WorkFromHome,
        Measure::LimitGatherings,
        Measure::Masks { efficacy: 0.8 },
        Measure::StayAtHome,
        Measure::TestAndIsolate { delay_days: 0.0 },
        Measure::Vaccinate { daily_share: 0.01, minimum_age: 16, against_infection: 0.9, against_severity: 0.9 },
    ] {
        let (half, full) = (total(&run(&[(measure, 0.5)])), total(&run(&[(measure, 1.0)])));
        let name = measure.name();
        assert!(half < 0.97 * baseline, "`{name}` at half strength: {half} infections, {baseline} without");
        assert!(full < half, "`{name}` in full: {full} infections, {half} at half strength");
    }
}

#[test]
fn what_raises_transmission_raises_infections() {
    let baseline = total(&run(&[]));
    for measure in [
        Measure::Transmission { factor: 1.4 },
        Measure::Variant { introductions_per_100k: 10.0, transmissibility: 2.0 },
        Measure::Season { amplitude: 0.3, peak: Date::constant(2021, 1, 1) },
        Measure::Wane { mean_days: 30.0 },
    ] {
        let raised = total(&run(&[(measure, 1.0)]));
        assert!(raised > 1.03 * baseline, "`{}`: {raised} infections, {baseline} without", measure.name());
    }
}

#[test]
fn closed_places_infect_nobody() {
    // Staff still meet each other: a seventeenth of those at school, in teams of their own.
    let open = in_layer(&runs(&[]), Layer::School);
    let closed = in_layer(&runs(&[(Measure::CloseSchools { schools: Schools::All }, 1.0)]), Layer::School);
    // 0.075 (standard error 0.013) of 2,800 infections.
    assert!(
        open > 1_000.0 && (0.02..0.13).contains(&(closed / open)),
        "{closed} of {open} infections at closed schools"
    );
    assert_eq!(in_layer(&run(&[(Measure::WorkFromHome, 1.0)]), Layer::Work), 0.0);
    assert_eq!(in_layer(&run(&[(Measure::LimitGatherings, 1.0)]), Layer::Community), 0.0);
    let home = run(&[(Measure::StayAtHome, 1.0)]);
    assert_eq!(in_layer(&home, Layer::Work) + in_layer(&home, Layer::School) + in_layer(&home, Layer::Community), 0.0);
}

#[test]
fn tracing_adds_to_isolation_and_alone_does_nothing() {
    let isolate = (Measure::TestAndIsolate { delay_days: 1.0 }, 0.7);
    let trace = (Measure::TraceAndQuarantine { delay_days: 1.0 }, 0.9);
    let (alone, both) = (total(&run(&[isolate])), total(&run(&[isolate, trace])));
    assert!(both < 0.95 * alone, "{both} infections with tracing, {alone} without");
    assert_eq!(run(&[trace]), run(&[]), "nobody is traced where nobody is isolated");
}

#[test]
fn vaccines_protect_the_old_first_and_from_severe_courses() {
    let vaccinate = |against_infection| {
        let measure =
            Measure::Vaccinate { daily_share: 0.004, minimum_age: 16, against_infection, against_severity: 0.9 };
        run(&[(measure, 1.0)])
    };
    let severe = |tallies: &[Tally]| -> f64 {
        tallies[40..].iter().map(|tally| tally.severe[13..].iter().map(|n| f64::from(*n)).sum::<f64>()).sum()
    };
    let old = |tallies: &[Tally]| -> f64 {
        tallies[40..].iter().map(|tally| tally.by_band[13..].iter().map(|n| f64::from(*n)).sum::<f64>()).sum()
    };
    let (without, with) = (run(&[]), vaccinate(0.0));
    assert_eq!(total(&without), total(&with), "without effect on infection nobody's infection is moved");
    assert!(severe(&with) < 0.4 * old(&with), "{} of {} severe", severe(&with), old(&with));
    let young = |tallies: &[Tally]| -> f64 {
        tallies[40..].iter().map(|tally| tally.by_band[4..8].iter().map(|n| f64::from(*n)).sum::<f64>()).sum()
    };
    let with = vaccinate(0.9);
    assert!(old(&with) / old(&without) < 0.8 * young(&with) / young(&without));
}

#[test]
fn strength_zero_and_threads_give_the_same_numbers() {
    // Three lanes, so that threads have something to share.
    let on = |threads, changes: &[(Measure, f64)]| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| run_on(300_000, changes, 2))
    };
    let baseline = on(1, &[]);
    assert!(total(&baseline) > 10_000.0);
    assert_eq!(baseline, on(2, &[]));
    assert_eq!(baseline, on(2, &[(Measure::Masks { efficacy: 0.5 }, 0.0), (Measure::WorkFromHome, 0.0)]));
}

#[test]
fn more_levels_add_attempts_and_change_none() {
    let settings = Settings::default();
    let population = Population::build(20_000, &Profile::default(), Key::from_seed(1));
    let disease = Disease::new(
        &settings,
        Arc::new(Tables::new(&settings, &Severity::default())),
        Contacts::united_states(),
        &population,
    );
    let plan = Plan::usual();
    let run = |levels| {
        let world =
            World { population: &population, disease: &disease, plan: &plan, first_weekday: 0, unit: 2.0, levels };
        let mut epidemic = Epidemic::new(&population, Key::from_seed(2));
        (0..60).map(|day| epidemic.step(&world, day, 1.8, usize::from(day == 0) * 20)).collect::<Vec<Tally>>()
    };
    assert_eq!(run(1), run(3));
}
