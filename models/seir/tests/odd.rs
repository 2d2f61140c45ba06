//! Places off the road are answered with sense.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use countycast_engine::{Date, Draws, Engine, EngineError, Epidemiology, History, Horizon, Scenario, Streams, Target};
use countycast_seir::{Seir, Settings};
use countycast_testkit::{county, county_in_region};

const DAYS: usize = 140;
const NONE: [f64; DAYS] = [0.0; DAYS];

/// In a state that has ten times as much of all.
fn at(population: f64, cases: &[f64], deaths: &[f64]) -> History {
    county_in_region("19001", population, Date::constant(2020, 3, 1), cases.to_vec(), deaths.to_vec())
}

/// Without a state: what is odd here is not odd everywhere around.
fn alone(population: f64, cases: &[f64], deaths: &[f64]) -> History {
    county("19001", population, Date::constant(2020, 3, 1), cases.to_vec(), deaths.to_vec())
}

/// No cases but so many on one day.
fn on(day: usize, count: f64) -> [f64; DAYS] {
    let mut counts = NONE;
    counts[day] = count;
    counts
}

fn project(history: &History) -> Result<Draws, EngineError> {
    let streams = Streams::new(1, "seir", history.location().fips);
    let fit = Seir::new(Settings::default(), &Epidemiology::default()).unwrap().fit(history, &streams)?;
    fit.draw(&Scenario::baseline(), Horizon::from_days(28).unwrap(), 200, &streams)
}

/// Sums of days by draw, least first.
fn sums(draws: &Draws, target: Target, days: std::ops::Range<usize>) -> Vec<f64> {
    let sum = |path: &[f32]| path[days.clone()].iter().map(|x| f64::from(*x)).sum();
    let mut sums: Vec<f64> = draws.paths(target).unwrap().map(sum).collect();
    sums.sort_by(f64::total_cmp);
    sums
}

#[test]
fn zeros_stay_zero() {
    let draws = project(&at(20_000.0, &NONE, &NONE)).unwrap();
    for target in [Target::Cases, Target::Deaths, Target::Admissions] {
        let most = sums(&draws, target, 0..28)[199];
        assert!(most < 1e-9, "{target:?}: {most}");
    }
}

#[test]
fn one_case_is_no_epidemic() {
    // Yesterday's is a fifth of the level's weight: a level of six in four weeks.
    for (day, middle, most) in [(60, 1.0, 5.0), (DAYS - 1, 8.0, 40.0)] {
        let draws = project(&alone(20_000.0, &on(day, 1.0), &NONE)).unwrap();
        let cases = sums(&draws, Target::Cases, 0..28);
        assert!(cases[100] <= middle && cases[195] <= most, "day {day}: {} and {}", cases[100], cases[195]);
    }
}

#[test]
fn nobody_is_counted_who_is_not_left() {
    let mut few = NONE;
    few[DAYS - 8..].fill(2.0);
    let draws = project(&at(80.0, &few, &NONE)).unwrap();
    assert!(sums(&draws, Target::Cases, 0..28)[199] <= 64.0, "80 people, 16 of them reported");
    assert!(sums(&draws, Target::Admissions, 0..28)[199] <= 80.0);
}

#[test]
fn people_who_were_cases_before_are_infected_again_where_there_are_more_cases_than_people() {
    let draws = project(&at(1_000.0, &[10.0; DAYS], &[0.1; DAYS])).unwrap();
    let cases = sums(&draws, Target::Cases, 0..28);
    assert!((100.0..450.0).contains(&cases[100]), "{} cases in four weeks after 280", cases[100]);
    assert!(cases[199] <= 1_000.0, "{} of 1,000 people in four weeks", cases[199]);
}

#[test]
fn deaths_without_cases_bring_no_cases() {
    let draws = project(&at(20_000.0, &NONE, &on(DAYS - 10, 3.0))).unwrap();
    assert_eq!(sums(&draws, Target::Cases, 0..28)[199], 0.0);
    assert!(sums(&draws, Target::Deaths, 0..28)[195] <= 6.0);
}

#[test]
fn a_dump_of_yesterday_hardly_moves_the_level() {
    let [quiet, dumped] = [20.0, 5_020.0].map(|last| {
        let mut cases = [20.0; DAYS];
        cases[DAYS - 1] = last;
        sums(&project(&alone(200_000.0, &cases, &[0.2; DAYS])).unwrap(), Target::Cases, 0..7)[100]
    });
    // A dump counts as four ordinary days and chance at most, in an average over about four days.
    assert!((quiet / 140.0 - 1.0).abs() < 0.15, "{quiet}");
    assert!(dumped < 2.0 * quiet, "{dumped} and {quiet}");
}

#[test]
fn what_carries_no_projection_is_refused_with_a_reason() {
    let unknown = project(&at(0.0, &[5.0; DAYS], &NONE)).unwrap_err();
    assert_eq!(unknown.to_string(), "refused: needs the number of residents");
    let short = at(20_000.0, &[5.0; DAYS], &NONE).truncated(3).unwrap();
    assert_eq!(project(&short).unwrap_err().to_string(), "refused: needs 7 days of counts, found 3");
}
