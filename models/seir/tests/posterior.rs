//! The function that is searched, and the descent on it.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use countycast_engine::{Date, Epidemiology};
use countycast_seir::{Posterior, Seir, Settings};
use countycast_testkit::county;

/// A county whose cases rise and fall within ten weeks.
fn posterior() -> Posterior {
    let level = |day: usize| (120.0 * (day as f64 / 11.0).sin().exp()).round();
    let cases: Vec<f64> = (0..150).map(level).collect();
    let deaths = cases.iter().map(|cases| (0.02 * cases).round()).collect();
    let history = county("19153", 4e5, Date::constant(2020, 3, 1), cases, deaths);
    Seir::new(Settings::default(), &Epidemiology::default()).unwrap().posterior(&history).unwrap()
}

#[test]
fn a_descent_ends_where_no_step_along_a_parameter_gains_much() {
    let posterior = posterior();
    for start in posterior.starts() {
        let (first, optimum) = (posterior.loss(&start), posterior.refine(start).unwrap());
        assert!(optimum.loss < first && optimum.loss == posterior.loss(&optimum.theta));
        for (parameter, scale) in posterior.scales().into_iter().enumerate() {
            for step in [-0.1, -0.01, 0.01, 0.1] {
                let mut theta = optimum.theta.clone();
                theta[parameter] += step * scale;
                let gain = optimum.loss - posterior.loss(&theta);
                assert!(gain < 0.02, "{}: {gain}", posterior.names()[parameter]);
            }
        }
    }
}

#[test]
fn descents_from_what_the_screen_leaves_come_to_the_same_place() {
    let posterior = posterior();
    let losses: Vec<f64> = posterior.starts().into_iter().map(|start| posterior.refine(start).unwrap().loss).collect();
    let least = losses.iter().copied().fold(f64::INFINITY, f64::min);
    assert!(losses.len() > 1 && losses.iter().all(|loss| loss - least < 0.1), "{losses:?}");
}

#[test]
fn there_is_no_descent_from_where_nothing_is_finite() {
    let posterior = posterior();
    let mut start = posterior.starts().remove(0);
    start[0] = f64::NAN;
    assert!(posterior.refine(start).is_none());
}
