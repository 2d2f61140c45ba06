//! Same seed, same bytes.

use countycast_engine::{Change, Draws, Engine, History, Horizon, Measure, Scenario, Schools, Setting, Streams};

use super::{SEED, bits, histories, run};
use crate::county_in_region;

const DRAWS: usize = 15;
const DAYS: usize = 28;

fn baseline(engine: &dyn Engine, case: &str, history: &History, draws: usize) -> Draws {
    run(engine, case, history, DAYS, draws, &Scenario::baseline())
}

fn assert_same(engine: &dyn Engine, case: &str, expected: &Draws, found: &Draws) {
    for ((target, expected), (_, found)) in bits(expected).into_iter().zip(bits(found)) {
        for (i, (expected, found)) in expected.iter().zip(&found).enumerate() {
            assert!(expected == found, "engine `{}`, {case}: draw {i} of {target:?} has other bytes", engine.name());
        }
    }
    assert_eq!(bits(expected).len(), bits(found).len(), "engine `{}`, {case}: other targets", engine.name());
}

pub(super) fn same_seed_same_bytes(engine: &dyn Engine) {
    let history = histories::wave("19153", 400_000.0);
    let [one, two] = [0, 1].map(|_| baseline(engine, "the same run twice", &history, DRAWS));
    assert_same(engine, "the same run twice", &one, &two);
}

pub(super) fn more_draws_extend(engine: &dyn Engine) {
    let history = histories::wave("19153", 400_000.0);
    let case = "40 draws after 15";
    let few = baseline(engine, case, &history, DRAWS);
    let many = baseline(engine, case, &history, 40);
    assert_eq!(many.draws(), 40, "engine `{}`, {case}: other number of draws", engine.name());
    assert_same(engine, case, &few, &many);
}

pub(super) fn some_draws_are_those_of_all(engine: &dyn Engine) {
    const NUMBERS: [usize; 4] = [37, 2, 38, 21];
    let history = histories::wave("19153", 500_000.0);
    let streams = Streams::new(SEED, engine.name(), history.location().fips);
    let horizon = Horizon::from_days(28).expect("a horizon within a year");
    let some = engine.fit(&history, &streams).and_then(|fit| {
        let some = fit.draw_some(&Scenario::baseline(), horizon, &NUMBERS, &streams)?;
        let all = fit.draw(&Scenario::baseline(), horizon, 40, &streams)?;
        Ok((all.taken(&NUMBERS)?, some))
    });
    let (expected, found) = some.unwrap_or_else(|error| panic!("engine `{}`, some draws: `{error}`", engine.name()));
    assert_same(engine, "draws 37, 2, 38 and 21 alone", &expected, &found);
}

pub(super) fn no_change_is_the_baseline(engine: &dyn Engine) {
    let history = histories::wave("19153", 400_000.0);
    let start = history.as_of();
    let end = history.day(history.days() + 60);
    let scenario = |change| Scenario::baseline().with(change).expect("a valid change");
    let case = "a scenario that multiplies transmission by 1";
    let expected = baseline(engine, case, &history, DRAWS);
    let multiplied = scenario(Change::transmission(start, end, 1.0));
    assert_same(engine, case, &expected, &run(engine, case, &history, DAYS, DRAWS, &multiplied));
    for measure in [
        Measure::Contacts { setting: Setting::Work, factor: 0.2 },
        Measure::CloseSchools { schools: Schools::All },
        Measure::WorkFromHome,
        Measure::LimitGatherings,
        Measure::Masks { efficacy: 0.5 },
        Measure::StayAtHome,
        Measure::TestAndIsolate { delay_days: 1.0 },
        Measure::TraceAndQuarantine { delay_days: 1.0 },
        Measure::Vaccinate { daily_share: 0.01, minimum_age: 16, against_infection: 0.9, against_severity: 0.9 },
        Measure::Variant { introductions_per_100k: 1.0, transmissibility: 1.5 },
        Measure::Season { amplitude: 0.2, peak: start },
        Measure::Wane { mean_days: 90.0 },
        Measure::Travel { factor: 0.2 },
    ] {
        let case = format!("`{}` at strength 0", measure.name());
        let nothing = scenario(Change { start, end, measure, strength: 0.0 });
        assert_same(engine, &case, &expected, &run(engine, &case, &history, DAYS, DRAWS, &nothing));
    }
}

/// One county alone, among others in order, and among others on two threads.
pub(super) fn threads_and_company_do_not_matter(engine: &dyn Engine) {
    let counties: Vec<History> =
        ["19001", "19013", "19153", "31055"].iter().map(|fips| histories::wave(fips, 50_000.0)).collect();
    let case = "a county among others";
    let alone = |i: usize| baseline(engine, case, &counties[i], DRAWS);
    let expected: Vec<Draws> = (0..counties.len()).rev().map(alone).collect();
    let threaded: Vec<Draws> = std::thread::scope(|scope| {
        let (low, high) = (scope.spawn(|| [alone(0), alone(1)]), scope.spawn(|| [alone(2), alone(3)]));
        [low, high].into_iter().flat_map(|half| half.join().expect("no panic in a thread")).collect()
    });
    for (i, found) in threaded.iter().enumerate() {
        assert_same(engine, "two threads and one", &expected[counties.len() - 1 - i], found);
    }
    // The same engine value after all that work.
    assert_same(engine, case, &expected[1], &alone(2));
}

/// A fit uses nothing after the as-of day: a truncated history gives the same result as one that never had the later
/// days.
pub(super) fn truncated_is_as_good_as_never_seen(engine: &dyn Engine) {
    let (cases, deaths) = histories::wave_counts("19153", 400_000.0);
    let whole = county_in_region("19153", 400_000.0, histories::first_day(), cases.clone(), deaths.clone());
    let days = 100;
    let case = "a history cut at day 100";
    let cut = whole.truncated(days).expect("days are left");
    let never =
        county_in_region("19153", 400_000.0, histories::first_day(), cases[..days].to_vec(), deaths[..days].to_vec());
    assert_same(engine, case, &baseline(engine, case, &never, DRAWS), &baseline(engine, case, &cut, DRAWS));
}
