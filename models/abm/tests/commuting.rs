//! Workers cross the border: what they bring, and what closing it takes away.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use countycast_abm::{Abm, Settings};
use countycast_engine::{
    Change, Commuting, Date, Engine, Epidemiology, History, Horizon, Measure, Scenario, Streams, Target,
};
use countycast_testkit::county_in_region;

const DAYS: usize = 120;
/// Cases a day and resident.
const RATE: f64 = 3e-4;

/// A suburb: 30 % of its workers leave, a tenth of that number comes in; `there` times as many cases where they work.
fn suburb(there: Option<f64>) -> History {
    let cases = vec![RATE * 200_000.0; DAYS];
    let history = county_in_region("19153", 200_000.0, Date::constant(2020, 5, 3), cases, vec![0.5; DAYS]);
    let Some(there) = there else { return history };
    let commuting = Commuting {
        leaving: 0.3,
        arriving: 0.03,
        cases_there: vec![there * RATE; DAYS],
        cases_of_arriving: vec![RATE; DAYS],
    };
    history.with_commuting(commuting).unwrap()
}

/// Mean cases of the first and of the fourth week.
fn weeks(history: &History, measure: Option<Measure>) -> [f64; 2] {
    let streams = Streams::new(3, "abm", history.location().fips);
    let fit = Abm::new(Settings::default(), &Epidemiology::default()).unwrap().fit(history, &streams).unwrap();
    let (start, end) = (history.as_of(), history.day(DAYS + 60));
    let scenario = measure.into_iter().fold(Scenario::baseline(), |scenario, measure| {
        scenario.with(Change { start, end, measure, strength: 1.0 }).unwrap()
    });
    let drawn = fit.draw(&scenario, Horizon::from_days(28).unwrap(), 200, &streams).unwrap();
    let week = |from: usize| -> f64 {
        let paths = drawn.paths(Target::Cases).unwrap();
        paths.map(|path| path[from..from + 7].iter().map(|x| f64::from(*x)).sum::<f64>()).sum::<f64>() / 200.0
    };
    [week(0), week(21)]
}

#[test]
fn commuters_leave_the_expected_course_as_it_is() {
    let (alone, among) = (weeks(&suburb(None), None), weeks(&suburb(Some(1.0)), None));
    for (alone, among) in alone.iter().zip(among) {
        // 20 simulations of 1,700 infections a week: standard error of a mean 2 %.
        assert!((among / alone - 1.0).abs() < 0.08, "{among} cases a week with commuters, {alone} without");
    }
}

#[test]
fn closed_borders_take_away_what_commuters_bring() {
    let closed = Measure::Travel { factor: 0.0 };
    let left = |there| weeks(&suburb(there), Some(closed))[1] / weeks(&suburb(there), None)[1];
    let (alone, alike, worse) = (left(None), left(Some(1.0)), left(Some(2.5)));
    assert!(alone < 0.99, "without flows, travel is a share of infections: {alone}");
    assert!(alike < alone - 0.05, "{alike} of cases are left with the border closed, {alone} where nobody commutes");
    assert!(worse < alike - 0.05, "{worse} with more cases at work, {alike} with as many");
}

#[test]
fn who_works_at_home_brings_nothing_from_work() {
    let left = |there| weeks(&suburb(there), Some(Measure::WorkFromHome))[1] / weeks(&suburb(there), None)[1];
    let (alone, worse) = (left(None), left(Some(2.5)));
    // Otherwise what comes from work elsewhere would go on as before: more would be left.
    assert!(worse < alone + 0.02, "{worse} of cases are left, {alone} where nobody commutes");
}
