//! What the learner makes of panels whose law is known.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod common;

use common::{small, trained};
use countycast_engine::{Level, Target};
use countycast_learner::Settings;
use countycast_testkit::panel::{Counts, Law, panel, project, sums};

const KNOWN: usize = 252;
const DAYS: usize = KNOWN + 28;

/// Absolute error of the median of the summed cases of weeks 1 to `h`, over that of last week's count, and the share of
/// single weeks within the 95 % and the 50 % interval, for each `h`.
fn scores(counts: &Counts, target: Target) -> Vec<[f64; 3]> {
    let places = panel(counts, KNOWN);
    // Places of these laws have no course in common.
    let learner = trained(&places, Settings { nation_error: 0.0, ..small() });
    let mut found = vec![[0.0; 4]; 4];
    for history in places.histories().filter(|h| h.location().fips.level() == Level::County) {
        let (cases, deaths) = &counts[&history.location().fips];
        let came = if target == Target::Cases { cases } else { deaths };
        let draws = project(&learner, history, 28, 300);
        let sum = |from: usize, to: usize| came[from..to].iter().sum::<f64>();
        for (h, found) in found.iter_mut().enumerate() {
            let days = 7 * (h + 1);
            let span = sums(&draws, target, 0, days);
            let truth = sum(KNOWN, KNOWN + days);
            found[0] += ((span[149] + span[150]) / 2.0 - truth).abs();
            found[1] += (sum(KNOWN - 7, KNOWN) * (h + 1) as f64 - truth).abs();
            let (week, one) = (sums(&draws, target, days - 7, days), sum(KNOWN + days - 7, KNOWN + days));
            let inside = |low: usize, high: usize| f64::from(u8::from((week[low]..=week[high]).contains(&one)));
            found[2] += inside(7, 292) / counts.len() as f64;
            found[3] += inside(75, 224) / counts.len() as f64;
        }
    }
    found.into_iter().map(|[ours, flat, wide, narrow]| [ours / flat, wide, narrow]).collect()
}

#[test]
fn growth_that_persists_is_found() {
    let counts = Law { counties: 200, days: DAYS, keep: 0.8, noise: 0.08 }.counts();
    let scores = scores(&counts, Target::Cases);
    // Of growth that keeps 80 % a week most can be foretold: who knows the law has about half of the flat error.
    for (h, [error, ..]) in scores.iter().enumerate() {
        assert!(*error < 0.75, "week {}: {error} of the flat error", h + 1);
    }
}

#[test]
fn growth_that_is_chance_is_left_alone() {
    let counts = Law { counties: 200, days: DAYS, keep: 0.0, noise: 0.08 }.counts();
    // The last week is the best there is but for the slow pull to the base; a learner may lose a few percent by chance.
    for (h, [error, ..]) in scores(&counts, Target::Cases).iter().enumerate() {
        assert!(*error < 1.05, "week {}: {error} of the flat error", h + 1);
    }
}

#[test]
fn intervals_hold_what_they_say() {
    let counts = Law { counties: 200, days: DAYS, keep: 0.6, noise: 0.1 }.counts();
    for target in [Target::Cases, Target::Deaths] {
        for (h, [_, wide, narrow]) in scores(&counts, target).iter().enumerate() {
            // 200 counties: standard errors of 1.5 % and 3.5 %; counts are whole, so that intervals hold a little more.
            assert!((0.90..=0.995).contains(wide), "{target:?} week {}: 95 % intervals hold {wide}", h + 1);
            assert!((0.38..=0.70).contains(narrow), "{target:?} week {}: 50 % intervals hold {narrow}", h + 1);
        }
    }
}

#[test]
fn weeks_hang_together_in_the_draws() {
    let counts = Law { counties: 100, days: DAYS, keep: 0.8, noise: 0.1 }.counts();
    let places = panel(&counts, KNOWN);
    let learner = trained(&places, small());
    let history = places.histories().last().unwrap();
    let draws = project(&learner, history, 28, 1_000);
    let weeks: Vec<[f64; 2]> = draws
        .paths(Target::Cases)
        .unwrap()
        .map(|path| [14, 21].map(|from| path[from..from + 7].iter().map(|x| f64::from(*x)).sum()))
        .collect();
    let mean = |of: &dyn Fn(&[f64; 2]) -> f64| weeks.iter().map(of).sum::<f64>() / weeks.len() as f64;
    let (a, b) = (mean(&|w| w[0]), mean(&|w| w[1]));
    let covariance = mean(&|w| (w[0] - a) * (w[1] - b));
    let correlation = covariance / (mean(&|w| (w[0] - a).powi(2)) * mean(&|w| (w[1] - b).powi(2))).sqrt();
    // A walk whose steps persist: weeks 3 and 4 of this law correlate with about 0.95 but for counting noise.
    assert!(correlation > 0.7, "{correlation}");
}

#[test]
fn the_nations_error_widens_each_week_by_its_size() {
    let counts = Law { counties: 100, days: DAYS, keep: 0.6, noise: 0.1 }.counts();
    let places = panel(&counts, KNOWN);
    let history = places.histories().last().unwrap();
    let variances = |nation_error: f64| -> [f64; 4] {
        let draws = project(&trained(&places, Settings { nation_error, ..small() }), history, 28, 1_000);
        std::array::from_fn(|week| {
            let logs: Vec<f64> =
                sums(&draws, Target::Cases, 7 * week, 7 * week + 7).iter().map(|count| (count + 3.0).ln()).collect();
            let mean = logs.iter().sum::<f64>() / logs.len() as f64;
            logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / logs.len() as f64
        })
    };
    let (without, with) = (variances(0.0), variances(0.2));
    for (week, (without, with)) in without.iter().zip(with).enumerate() {
        let (added, expected) = (with - without, (0.2 * (week + 1) as f64).powi(2));
        // Errors and the nation's are drawn from one sequence: over 1,000 draws their covariance is small, not zero.
        assert!((added / expected - 1.0).abs() < 0.15, "week {}: {added} for {expected}", week + 1);
    }
}
