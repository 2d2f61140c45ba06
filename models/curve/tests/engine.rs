//! What the contract asks of the engine.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use std::sync::Arc;

use common::{expected, history, noisy, streams};
use countycast_curve::{Curve, Settings, Shape};
use countycast_engine::{
    Change, Date, Draws, Engine, EngineError, Epidemiology, History, Horizon, Location, Scenario, Series, SeriesParts,
    Target, weekday_index,
};
use rand_distr::{Distribution, StandardNormal};

/// Expected cases of an epidemic whose logarithm walks: `step` a week, on top of a slow swing.
fn wandering(days: usize, level: f64, step: f64, seed: u64) -> Vec<f64> {
    let mut rng = streams(seed).rng("walk", 0);
    let mut log = level.ln();
    (0..days)
        .map(|_| {
            let normal: f64 = StandardNormal.sample(&mut rng);
            log += step / 7_f64.sqrt() * normal;
            log = log.clamp(level.ln() - 3.0, level.ln() + 3.0);
            log.exp()
        })
        .collect()
}

fn curve() -> Curve {
    Curve::new(Settings::default(), &Epidemiology::default()).unwrap()
}

fn horizon() -> Horizon {
    Horizon::from_days(28).unwrap()
}

fn sample() -> History {
    let wave = Shape { centre: 190.0, rise: 25.0, fall: 35.0, beta: 2.0 };
    let cases = noisy(&expected(200, 3.0, &[(9_000.0, wave)]), 10.0, 1, "cases");
    let deaths: Vec<f64> = cases.iter().map(|c| (0.02 * c).round()).collect();
    let around: Vec<f64> = noisy(&expected(200, 30.0, &[(90_000.0, wave)]), 10.0, 1, "around");
    history(&cases, &deaths, 2e5, Some((&around, 2e6)))
}

fn draw(history: &History, scenario: &Scenario, draws: usize) -> Result<Draws, EngineError> {
    let streams = streams(5);
    curve().fit(history, &streams)?.draw(scenario, horizon(), draws, &streams)
}

fn total(draws: &Draws, target: Target) -> f64 {
    draws.paths(target).unwrap().flatten().map(|v| f64::from(*v)).sum()
}

#[test]
fn the_same_seed_gives_the_same_draws_and_more_draws_extend() {
    let (few, many) =
        (draw(&sample(), &Scenario::baseline(), 20).unwrap(), draw(&sample(), &Scenario::baseline(), 50).unwrap());
    assert_eq!(few, draw(&sample(), &Scenario::baseline(), 20).unwrap());
    for target in [Target::Cases, Target::Deaths] {
        let (few, many) = (few.paths(target).unwrap(), many.paths(target).unwrap());
        assert!(few.zip(many).all(|(a, b)| a == b), "{target:?}");
    }
}

#[test]
fn a_scenario_that_changes_nothing_gives_the_bytes_of_the_baseline() {
    let change = |transmission| {
        let (start, end) = ("2020-08-01".parse().unwrap(), "2020-12-31".parse().unwrap());
        Scenario::baseline().with(Change::transmission(start, end, transmission)).unwrap()
    };
    let baseline = draw(&sample(), &Scenario::baseline(), 40).unwrap();
    assert_eq!(baseline, draw(&sample(), &change(1.0), 40).unwrap());
    let (less, none, more) = (change(0.7), change(0.0), change(1.3));
    let [less, none, more] = [less, none, more].map(|s| total(&draw(&sample(), &s, 40).unwrap(), Target::Cases));
    let same = total(&baseline, Target::Cases);
    assert!(0.0 < none && none < less && less < same && same < more, "{none} {less} {same} {more}");
}

#[test]
fn weekday_factors_move_days_and_not_weeks() {
    let weekday = [0.4, 0.7, 1.2, 1.2, 1.2, 1.2, 1.1];
    let first: Date = "2020-02-02".parse().unwrap();
    assert_eq!(weekday_index(first), 0, "the series below starts on a Sunday");
    let counts: Vec<f64> = (0..210).map(|day| 140.0 * weekday[day % 7]).collect();
    let parts = SeriesParts {
        reported: counts.clone(),
        cleaned: counts.clone(),
        repaired: vec![false; 210],
        last_days: Default::default(),
        weekday,
        total: counts.iter().sum(),
    };
    let place = Arc::new(Location::new("01001".parse().unwrap(), "Somewhere"));
    let deaths = Series::from_counts(vec![0.0; 210]).unwrap();
    let history = History::new(place, first, Series::new(parts).unwrap(), deaths, None).unwrap();
    let draws = draw(&history, &Scenario::baseline(), 400).unwrap();
    let mut weeks: Vec<f32> = draws.paths(Target::Cases).unwrap().map(|p| p[..7].iter().sum()).collect();
    weeks.sort_by(f32::total_cmp);
    assert!((weeks[200] / 980.0 - 1.0).abs() < 0.1, "a flat epidemic of 980 a week went on as {}", weeks[200]);
    let of = |day: usize| draws.paths(Target::Cases).unwrap().map(|p| f64::from(p[day])).sum::<f64>();
    assert!((of(0) / of(2) - 0.4 / 1.2).abs() < 0.05, "Sunday over Tuesday: {}", of(0) / of(2));
}

#[test]
fn refuses_with_a_reason_what_it_cannot_fit() {
    let zeros = vec![0.0; 200];
    let with = |place: &[usize], count: f64| {
        let mut out = zeros.clone();
        place.iter().for_each(|day| out[*day] = count);
        out
    };
    let refused = [
        ("zeros", history(&zeros, &zeros, 1e4, None)),
        ("one case ever", history(&with(&[120], 1.0), &zeros, 1e4, None)),
        ("a dump yesterday", history(&with(&[199], 5_000.0), &zeros, 1e5, None)),
        ("deaths without cases", history(&zeros, &with(&[150, 160, 170], 4.0), 1e4, None)),
        ("three weeks", history(&[9.0; 21], &[0.0; 21], 1e4, None)),
    ];
    for (name, history) in refused {
        match draw(&history, &Scenario::baseline(), 5) {
            Err(EngineError::Refused(reason)) => assert!(reason.len() > 20, "{name}: {reason}"),
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn odd_series_give_sensible_draws() {
    let small: Vec<f64> = (0..200).map(|day| f64::from(u8::from(day % 20 == 0))).collect();
    let mut dump: Vec<f64> = vec![10.0; 200];
    dump[199] = 900.0;
    let gap: Vec<f64> = (0..200).map(|day| if day > 170 { 0.0 } else { 30.0 }).collect();
    let huge: Vec<f64> = (0..200).map(|day| (f64::from(day) / 8.0).exp()).collect();
    let cases = [
        ("population of 80", small, 80.0),
        ("dump on a steady county", dump, 2e4),
        ("silence", gap, 2e4),
        ("explosion", huge, 1e6),
    ];
    for (name, cases, population) in cases {
        let deaths: Vec<f64> = cases.iter().rev().map(|c| (c * 0.3).round()).collect();
        let place = history(&cases, &deaths, population, Some((&vec![0.0; 200], 1e6)));
        match draw(&place, &Scenario::baseline(), 100) {
            Ok(draws) => {
                let mean = total(&draws, Target::Cases) / 100.0;
                assert!(mean <= population.max(cases.iter().sum::<f64>()), "{name}: {mean} cases in four weeks");
            }
            Err(error) => assert!(matches!(error, EngineError::Refused(_)), "{name}: {error}"),
        }
    }
}

#[test]
fn population_and_region_may_be_unknown() {
    let mut sizes = Vec::new();
    for population in [f64::NAN, 0.0, 1e5] {
        let cases = noisy(&[25.0; 150], 5.0, 2, "cases");
        sizes.push(total(
            &draw(&history(&cases, &[0.0; 150], population, None), &Scenario::baseline(), 50).unwrap(),
            Target::Cases,
        ));
    }
    assert!(sizes.iter().all(|s| s.is_finite()));
}

/// 95 % intervals of single weeks, over 480 weeks of wandering epidemics, hold the stated shares.
///
/// Steps that are larger or smaller than believed beforehand are learned from the past errors only in part.
#[test]
fn weekly_intervals_cover() {
    for (step, low, high) in [(0.15, 0.93, 1.0), (0.3, 0.90, 0.995), (0.45, 0.80, 0.98)] {
        let (mut inside, mut count) = (0.0, 0.0);
        for seed in 0..120 {
            let cases = noisy(&wandering(200 + 28, 60.0, step, seed), 12.0, seed, "cases");
            let draws = draw(&history(&cases[..200], &[0.0; 200], 1e6, None), &Scenario::baseline(), 200).unwrap();
            for week in 0..4 {
                let mut sums: Vec<f32> =
                    draws.paths(Target::Cases).unwrap().map(|p| p[7 * week..7 * week + 7].iter().sum()).collect();
                sums.sort_by(f32::total_cmp);
                let came: f64 = cases[200 + 7 * week..207 + 7 * week].iter().sum();
                inside += f64::from(u8::from(f64::from(sums[5]) <= came && came <= f64::from(sums[194])));
                count += 1.0;
            }
        }
        let coverage = inside / count;
        assert!((low..=high).contains(&coverage), "step {step}: {coverage}");
    }
}

#[test]
fn settings_are_checked_once() {
    let wrong = Settings { window_weeks: 3, ..Settings::default() };
    let error = Curve::new(wrong, &Epidemiology::default()).unwrap_err();
    assert_eq!((error.name, error.value), ("window_weeks", 3.0));
    let wrong = Settings { fatality_weight: f64::NAN, ..Settings::default() };
    assert_eq!(Curve::new(wrong, &Epidemiology::default()).unwrap_err().name, "fatality_weight");
}
