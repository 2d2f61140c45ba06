//! A variant against theory: it grows as its reproduction number says, as long as hardly anyone has had it.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use countycast_engine::{Change, Date, Engine, Epidemiology, Horizon, Measure, Scenario, Streams, Target};
use countycast_seir::{Seir, Settings};
use countycast_testkit::closed::seir_reproduction_number;
use countycast_testkit::county_in_region;

const PAST: usize = 140;
const DAYS: usize = 70;

/// Mean cases a day in a county of steady cases, with few introductions of a variant on the first `introduced` days.
fn cases(transmissibility: Option<f64>, introduced: usize) -> Vec<f64> {
    let first = Date::constant(2020, 3, 1);
    let history = county_in_region("19153", 1e6, first, vec![100.0; PAST], vec![1.0; PAST]);
    let streams = Streams::new(7, "seir", history.location().fips);
    let scenario = transmissibility.into_iter().fold(Scenario::baseline(), |scenario, transmissibility| {
        let measure = Measure::Variant { introductions_per_100k: 0.05, transmissibility };
        let (start, end) = (history.day(PAST), history.day(PAST + introduced - 1));
        scenario.with(Change { start, end, measure, strength: 1.0 }).unwrap()
    });
    // Without noise in R, whose exponential would lift the mean.
    let settings = Settings { reproduction_noise: 0.0, reporting_drift: 0.0, ..Settings::default() };
    let fit = Seir::new(settings, &Epidemiology::default()).unwrap().fit(&history, &streams).unwrap();
    let drawn = fit.draw(&scenario, Horizon::from_days(DAYS).unwrap(), 200, &streams).unwrap();
    let mut mean = vec![0.0; DAYS];
    for path in drawn.paths(Target::Cases).unwrap() {
        mean.iter_mut().zip(path).for_each(|(mean, cases)| *mean += f64::from(*cases) / 200.0);
    }
    mean
}

fn week(cases: &[f64], week: usize) -> f64 {
    cases[7 * week..7 * week + 7].iter().sum()
}

/// Reproduction number of the variant's cases over that of the others, from the growth between two weeks.
fn ratio(transmissibility: f64, introduced: usize, weeks: [usize; 2]) -> f64 {
    let Settings { latent_days, infectious_days, .. } = Settings::default();
    let (ancestor, both) = (cases(None, DAYS), cases(Some(transmissibility), introduced));
    let excess: Vec<f64> = both.iter().zip(&ancestor).map(|(both, ancestor)| both - ancestor).collect();
    let reproduction = |cases: &[f64]| {
        let growth = (week(cases, weeks[1]) / week(cases, weeks[0])).ln() / (7 * (weeks[1] - weeks[0])) as f64;
        seir_reproduction_number(growth, latent_days, 3, infectious_days, 3)
    };
    reproduction(&excess) / reproduction(&ancestor)
}

#[test]
fn a_variant_grows_by_its_reproduction_number() {
    for transmissibility in [1.5, 2.0] {
        // From the sixth week on introductions of the day are few beside those who have been infected here.
        let found = ratio(transmissibility, DAYS, [6, 8]);
        assert!((found / transmissibility - 1.0).abs() < 0.06, "R is {found} times as high, not {transmissibility}");
    }
}

#[test]
fn a_variant_stays_what_it_is_when_no_more_of_it_comes_in() {
    let found = ratio(2.0, 7, [6, 8]);
    assert!((found / 2.0 - 1.0).abs() < 0.06, "R is {found} times as high without further introductions");
}
