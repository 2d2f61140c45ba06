//! From noisy curves of known parameters back to the parameters.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use common::{expected, history, noisy};
use countycast_curve::{Curve, Settings, Shape};
use countycast_engine::Epidemiology;

const WAVE: Shape = Shape { centre: 150.0, rise: 22.0, fall: 30.0, beta: 2.0 };

fn engine(max_waves: usize) -> Curve {
    let settings =
        Settings { max_waves, window_weeks: 26, first_iterations: 200, next_iterations: 50, ..Settings::default() };
    Curve::new(settings, &Epidemiology::default()).unwrap()
}

/// Over 20 seeds the middle estimate must lie within the tolerance of the truth.
#[test]
fn one_wave_comes_back() {
    let days = 203;
    let mean = expected(days, 2.0, &[(20_000.0, WAVE)]);
    let mut found: Vec<[f64; 4]> = (0..20)
        .map(|seed| {
            let cases = noisy(&mean, 30.0, seed, "cases");
            let fit = engine(1).explain(&history(&cases, &vec![0.0; days], 1e6, None)).unwrap();
            let wave = fit.waves[0];
            [wave.size, wave.shape.centre, wave.shape.rise, wave.shape.fall]
        })
        .collect();
    let truth = [(20_000.0, 1_000.0), (150.0, 2.5), (22.0, 2.5), (30.0, 3.0)];
    for (which, (truth, tolerance)) in truth.into_iter().enumerate() {
        found.sort_by(|a, b| a[which].total_cmp(&b[which]));
        let middle = found[10][which];
        assert!((middle - truth).abs() < tolerance, "number {which}: {middle} for {truth}");
    }
}

#[test]
fn two_waves_are_told_from_one_by_what_came_after() {
    let days = 203;
    let second = Shape { centre: 178.0, rise: 14.0, fall: 20.0, beta: 2.0 };
    let first = Shape { centre: 95.0, rise: 15.0, fall: 18.0, beta: 2.0 };
    let mean = expected(days, 2.0, &[(8_000.0, first), (12_000.0, second)]);
    let cases = noisy(&mean, 50.0, 3, "cases");
    let fit = engine(3).explain(&history(&cases, &vec![0.0; days], 1e6, None)).unwrap();
    assert!(fit.waves.len() >= 2, "{:?}", fit.waves);
    let near = |day: f64| fit.waves.iter().any(|w| (w.shape.centre - day).abs() < 7.0);
    assert!(near(95.0) && near(178.0), "{:?}", fit.waves);
}

#[test]
fn the_case_fatality_ratio_comes_back_through_the_lag() {
    let days = 203;
    let mean = expected(days, 20.0, &[(40_000.0, WAVE)]);
    let cases = noisy(&mean, 50.0, 1, "cases");
    // Deaths 16 days after the case stand in for a distribution with that mean.
    let dying: Vec<f64> = (0..days).map(|day| if day < 16 { 0.0 } else { 0.03 * mean[day - 16] }).collect();
    let deaths = noisy(&dying, 50.0, 1, "deaths");
    let fit = engine(1).explain(&history(&cases, &deaths, 1e6, None)).unwrap();
    assert!((fit.fatality / 0.03).ln().abs() < 0.3, "{}", fit.fatality);
}

#[test]
fn cases_stay_below_what_residents_can_report() {
    let days = 140;
    let cases: Vec<f64> = (0..days).map(|day| (f64::from(day as u32) / 20.0).exp().round()).collect();
    let fit = engine(1).explain(&history(&cases, &vec![0.0; days], 100_000.0, None)).unwrap();
    let size: f64 = fit.waves.iter().map(|w| w.size).sum();
    assert!(size < 40_000.0, "{size} of 100 000 residents, of whom a quarter can be reported");
}
