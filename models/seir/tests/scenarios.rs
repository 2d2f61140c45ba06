//! Every measure acts, in its own direction, on the same luck.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use countycast_engine::{
    Change, Date, Draws, Engine, Epidemiology, Horizon, Measure, Scenario, Schools, Setting, Target,
};
use countycast_engine::{Fips, Streams};
use countycast_seir::{Seir, Settings};
use countycast_testkit::county_in_region;

fn project(measures: &[Measure]) -> Draws {
    let first = Date::constant(2020, 3, 1);
    let history = county_in_region("19153", 5e5, first, vec![200.0; 140], vec![4.0; 140]);
    let streams = Streams::new(7, "seir", Fips::US);
    let (start, end) = (history.day(140), history.day(500));
    let scenario = measures.iter().fold(Scenario::baseline(), |scenario, &measure| {
        scenario.with(Change { start, end, measure, strength: 1.0 }).unwrap()
    });
    let fit = Seir::new(Settings::default(), &Epidemiology::default()).unwrap().fit(&history, &streams).unwrap();
    fit.draw(&scenario, Horizon::from_days(56).unwrap(), 20, &streams).unwrap()
}

fn total(draws: &Draws, target: Target, days: std::ops::Range<usize>) -> f64 {
    draws.paths(target).unwrap().map(|path| path[days.clone()].iter().map(|x| f64::from(*x)).sum::<f64>()).sum()
}

#[test]
fn measures_move_cases_in_their_direction() {
    let base = total(&project(&[]), Target::Cases, 28..56);
    let fewer = [
        Measure::Transmission { factor: 0.7 },
        Measure::Contacts { setting: Setting::Household, factor: 0.5 },
        Measure::Contacts { setting: Setting::Care, factor: 0.0 },
        Measure::CloseSchools { schools: Schools::All },
        Measure::WorkFromHome,
        Measure::LimitGatherings,
        Measure::Masks { efficacy: 0.5 },
        Measure::StayAtHome,
        Measure::TestAndIsolate { delay_days: 1.0 },
        Measure::Vaccinate { daily_share: 0.02, minimum_age: 16, against_infection: 0.9, against_severity: 0.5 },
        Measure::Travel { factor: 0.0 },
    ];
    let more = [
        Measure::Variant { introductions_per_100k: 5.0, transmissibility: 1.6 },
        Measure::Season { amplitude: 0.2, peak: Date::constant(2020, 9, 10) },
        Measure::Wane { mean_days: 60.0 },
    ];
    for measure in fewer {
        let with = total(&project(&[measure]), Target::Cases, 28..56);
        assert!(with < base, "{measure:?}: {with} and {base}");
    }
    for measure in more {
        let with = total(&project(&[measure]), Target::Cases, 28..56);
        assert!(with > base, "{measure:?}: {with} and {base}");
    }
}

#[test]
fn nothing_reported_changes_before_the_delay_and_deaths_come_last() {
    let (base, less) = (project(&[]), project(&[Measure::Transmission { factor: 0.5 }]));
    let ratio = |target, days: std::ops::Range<usize>| total(&less, target, days.clone()) / total(&base, target, days);
    // Halved from day 1: reports follow by 9 days (sd 4), deaths by 27 (sd 10).
    assert!(ratio(Target::Cases, 0..3) > 0.97, "{}", ratio(Target::Cases, 0..3));
    assert!(ratio(Target::Cases, 21..28) < 0.45, "{}", ratio(Target::Cases, 21..28));
    assert!(ratio(Target::Deaths, 0..14) > 0.9, "{}", ratio(Target::Deaths, 0..14));
    assert!(ratio(Target::Deaths, 42..56) < 0.5, "{}", ratio(Target::Deaths, 42..56));
}

#[test]
fn tracing_helps_only_those_who_isolate() {
    let cases = |measures: &[Measure]| total(&project(measures), Target::Cases, 28..56);
    let (isolate, trace) =
        (Measure::TestAndIsolate { delay_days: 1.0 }, Measure::TraceAndQuarantine { delay_days: 1.0 });
    assert_eq!(cases(&[trace]), cases(&[]));
    assert!(cases(&[isolate, trace]) < cases(&[isolate]));
}

#[test]
fn protection_against_severity_spares_hospitals_more_than_it_spares_cases() {
    let vaccinate =
        Measure::Vaccinate { daily_share: 0.03, minimum_age: 0, against_infection: 0.0, against_severity: 0.9 };
    let (base, with) = (project(&[]), project(&[vaccinate]));
    assert_eq!(total(&base, Target::Cases, 0..56), total(&with, Target::Cases, 0..56));
    let admissions = [&base, &with].map(|draws| total(draws, Target::Admissions, 42..56));
    assert!(admissions[1] < 0.6 * admissions[0], "{admissions:?}");
}
