//! What the trend makes of epidemics whose course is known.
#![allow(clippy::unwrap_used)] // a helper that fails is a test that fails

use std::collections::BTreeMap;

use countycast_engine::{
    Change, Date, Draws, Engine, Epidemiology, History, Horizon, Scenario, Streams, Target, response,
};
use countycast_reference::{Pair, Settings, Trend};
use countycast_testkit::{Observation, Reproduction, county, county_in_region, gamma_intervals, renewal};
use serde::Deserialize;
use serde::de::value::{Error, MapDeserializer};

fn first_day() -> Date {
    Date::constant(2020, 3, 1)
}

fn exponential(growth: f64) -> History {
    let cases: Vec<f64> = (0..84).map(|day| 1_000.0 * (growth * f64::from(day - 83)).exp()).collect();
    let deaths = cases.iter().map(|c| c / 50.0).collect();
    county_in_region("19153", 5e6, first_day(), cases, deaths)
}

fn project(history: &History, scenario: &Scenario, draws: usize) -> Draws {
    let streams = Streams::new(7, "trend", history.location().fips);
    let engine = Trend::new(Settings::default(), &Epidemiology::default()).unwrap();
    let horizon = Horizon::from_days(28).unwrap();
    engine.fit(history, &streams).unwrap().draw(scenario, horizon, draws, &streams).unwrap()
}

/// Sorted sums of one week's days, from week 1.
fn week(draws: &Draws, target: Target, week: usize) -> Vec<f64> {
    let days = 7 * (week - 1)..7 * week;
    let mut sums: Vec<f64> =
        draws.paths(target).unwrap().map(|path| path[days.clone()].iter().map(|x| f64::from(*x)).sum()).collect();
    sums.sort_by(f64::total_cmp);
    sums
}

#[test]
fn a_decline_goes_on_and_a_rise_less_so_and_both_flatten() {
    for (growth, target) in [(-0.05, Target::Cases), (0.05, Target::Cases), (-0.05, Target::Deaths)] {
        let draws = project(&exponential(growth), &Scenario::baseline(), 400);
        let medians: Vec<f64> = (1..=4).map(|w| week(&draws, target, w)[200]).collect();
        let steps: Vec<f64> = medians.windows(2).map(|pair| (pair[1] / pair[0]).ln()).collect();
        // Medians of 400 draws carry errors of up to 3 %: a step's sign is clear while it exceeds 4 %.
        assert!(steps[0] * growth > 0.0, "{growth}: weeks {medians:?}");
        assert!(steps[0].abs() < 7.0 * growth.abs(), "{growth}: faster than so far: {medians:?}");
        assert!(steps[2].abs() < steps[0].abs(), "{growth}: not damped: {medians:?}");
    }
    let [down, up] = [-0.05, 0.05].map(|growth| {
        let draws = project(&exponential(growth), &Scenario::baseline(), 400);
        (week(&draws, Target::Cases, 4)[200] / week(&draws, Target::Cases, 1)[200]).ln().abs()
    });
    assert!(down > up, "declines are to go on longer than rises: {down} and {up}");
}

#[test]
fn a_county_without_cases_moves_to_its_states_level() {
    // The state has ten times this county's counts at ten times its people, and more once the county falls silent.
    let quiet = county("19153", 5e4, first_day(), vec![0.0; 84], vec![0.0; 84]);
    let alone = project(&quiet, &Scenario::baseline(), 200);
    assert!(week(&alone, Target::Cases, 4)[190] <= 3.0, "nothing came and nothing is around");
    let active = exponential(0.0);
    let region = active.region().cloned().map(std::sync::Arc::new);
    let location = std::sync::Arc::new(active.location().clone());
    let zero = countycast_engine::Series::from_counts(vec![0.0; 84]).unwrap();
    let silent = History::new(location, first_day(), zero.clone(), zero, region).unwrap();
    let drawn = project(&silent, &Scenario::baseline(), 200);
    let [first, last] = [1, 4].map(|w| week(&drawn, Target::Cases, w)[100]);
    assert!(last > 2.0 * first && last < 7_000.0, "week 1 {first}, week 4 {last}");
}

#[test]
fn less_transmission_gives_less_on_the_same_luck() {
    let history = exponential(0.0);
    let start = history.day(history.days());
    let change = Change::transmission(start, history.day(history.days() + 60), 0.7);
    let scenario = Scenario::baseline().with(change).unwrap();
    let factors = response::cases(&scenario, history.as_of(), 28, &Epidemiology::default()).unwrap();
    let [base, less] = [Scenario::baseline(), scenario].map(|s| project(&history, &s, 300));
    for w in 1..=4 {
        let [base, less] = [&base, &less].map(|draws| week(draws, Target::Cases, w)[150]);
        let expected = factors[7 * (w - 1)..7 * w].iter().sum::<f64>() / 7.0;
        assert!((less / base - expected).abs() < 0.04, "week {w}: {} of {expected}", less / base);
    }
    let deaths = [&base, &less].map(|draws| week(draws, Target::Deaths, 2)[150]);
    assert!(deaths[1] / deaths[0] > 0.95, "deaths follow 25 days after");
}

#[test]
fn intervals_hold_the_truth_of_simulated_epidemics() {
    let mut held = [0.0; 2];
    let mut all = 0.0;
    for number in 0..60_u32 {
        let fips = format!("{:05}", 31_001 + 2 * number);
        let reproduction = Reproduction::Wave { mean: 1.02, amplitude: 0.2, period: 62.0 + 1.5 * f64::from(number) };
        let population = 20_000.0 * f64::from(1 + number % 10);
        let epidemic = renewal(reproduction, &gamma_intervals(5.5, 2.14), population, population / 1_500.0, 168);
        let observation = Observation {
            ascertainment: 0.25,
            fatality: 0.006,
            case_delay: gamma_intervals(9.0, 4.0),
            death_delay: gamma_intervals(21.0, 8.0),
            weekday: [1.0; 7],
            dispersion: 10.0,
        };
        let streams = Streams::new(3, "truth", fips.parse().unwrap());
        let reported = observation.of(&epidemic, first_day(), &streams);
        let (cases, deaths) = (&reported.cases[..140], &reported.deaths[..140]);
        let history = county_in_region(&fips, population, first_day(), cases.to_vec(), deaths.to_vec());
        let draws = project(&history, &Scenario::baseline(), 300);
        for w in 1..=4 {
            let days = 140 + 7 * (w - 1)..140 + 7 * w;
            for (held, (target, came)) in
                held.iter_mut().zip([(Target::Cases, &reported.cases), (Target::Deaths, &reported.deaths)])
            {
                let (sums, came) = (week(&draws, target, w), came[days.clone()].iter().sum::<f64>());
                *held += f64::from(u8::from((sums[7]..=sums[292]).contains(&came)));
            }
            all += 1.0;
        }
    }
    // Every one of these epidemics turns within weeks, which is harder than an average month. Chance alone (60 epidemics,
    // weeks that hang together) moves the shares by about 3 %; deaths, with fewer counts to see a turn by, do worse.
    for (held, (name, least)) in held.iter().zip([("cases", 0.92), ("deaths", 0.86)]) {
        assert!(held / all >= least, "{name}: 95 % intervals hold {held} of {all}");
    }
}

#[test]
fn settings_come_by_name_and_unknown_names_are_refused() {
    let pair = || BTreeMap::from([("cases", 0.5), ("deaths", 0.25)]);
    let read =
        |name: &'static str| Settings::deserialize(MapDeserializer::<_, Error>::new([(name, pair())].into_iter()));
    assert_eq!(read("rise").unwrap(), Settings { rise: Pair::new(0.5, 0.25), ..Settings::default() });
    let error = read("rises").unwrap_err().to_string();
    assert!(error.contains("unknown field `rises`"), "{error}");
    assert!(
        Trend::new(Settings { drift_per_week: Pair::new(-0.1, 0.3), ..Settings::default() }, &Epidemiology::default())
            .is_err()
    );
}
