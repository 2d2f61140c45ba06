//! A search that begins with an earlier day's vectors.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use countycast_engine::{Date, Engine, Epidemiology, Fips, History, Parameters, Streams};
use countycast_seir::{Estimate, Seir, Settings};
use countycast_testkit::{Observation, Reproduction, county, gamma_intervals, renewal};

const DAYS: usize = 170;

/// A county whose R goes up and down.
fn wave(number: u32) -> History {
    let wave = Reproduction::Wave { mean: 1.05, amplitude: 0.3, period: 75.0 };
    let epidemic = renewal(wave, &gamma_intervals(5.5, 2.14), 5e6, 4_000.0, DAYS);
    let observation = Observation {
        ascertainment: 0.25,
        fatality: 0.005,
        case_delay: gamma_intervals(9.0, 4.0),
        death_delay: gamma_intervals(25.0, 10.8),
        weekday: [1.0; 7],
        dispersion: 40.0,
    };
    let fips = format!("{}", 19_001 + 2 * number);
    let first = Date::constant(2020, 3, 1);
    let reported = observation.of(&epidemic, first, &Streams::new(1, "truth", fips.parse().unwrap()));
    county(&fips, 5e6, first, reported.cases, reported.deaths)
}

fn streams(history: &History) -> Streams {
    Streams::new(1, "seir", history.location().fips)
}

fn engine() -> Seir {
    Seir::new(Settings::default(), &Epidemiology::default()).unwrap()
}

fn wide(history: &History) -> Estimate {
    engine().estimate(history, &streams(history)).unwrap()
}

fn from(history: &History, earlier: &Parameters) -> Estimate {
    engine().estimate_from(history, earlier, &streams(history)).unwrap()
}

#[test]
fn day_after_day_it_says_what_a_wide_search_says() {
    let (mut warm, mut days) = (0, 0);
    for number in 0..6 {
        let whole = wave(number);
        let mut earlier = wide(&whole.truncated(DAYS - 15).unwrap()).parameters().unwrap();
        for seen in DAYS - 14..=DAYS {
            let today = whole.truncated(seen).unwrap();
            let estimate = from(&today, &earlier);
            (warm, days) = (warm + usize::from(estimate.warm), days + 1);
            assert!(estimate.effective_size >= 20.0, "place {number}, day {seen}: {}", estimate.effective_size);
            earlier = estimate.parameters().unwrap();
            if !seen.is_multiple_of(7) {
                continue;
            }
            let wide = wide(&today);
            for back in [0, 9, 30, 60] {
                let quantiles = |e: &Estimate| [0.05, 0.5, 0.95].map(|q| e.reproduction(back, q).unwrap());
                let (expected, found) = (quantiles(&wide), quantiles(&estimate));
                // Two sets of some 50 effective vectors: medians are a sixth of a standard deviation off each, tails more.
                let width = expected[2] - expected[0];
                for (part, (of, found)) in [0.35, 0.2, 0.35].into_iter().zip(expected.into_iter().zip(found)) {
                    let off = (of - found).abs() / width;
                    assert!(off < part, "place {number}, day {seen}, {back} back: {of} and {found}");
                }
            }
        }
    }
    assert!(10 * warm >= 9 * days, "{warm} of {days} days began with the day before");
}

#[test]
fn what_is_of_no_use_changes_nothing() {
    let whole = wave(1);
    let today = whole.truncated(DAYS - 10).unwrap();
    let expected = wide(&today);
    let yesterday = wide(&whole.truncated(DAYS - 11).unwrap()).parameters().unwrap();
    let renamed = |from: &str| {
        let names = yesterday.names().iter().map(|name| name.replace(from, "another")).collect();
        Parameters::new(yesterday.as_of(), names, yesterday.vectors().to_vec()).unwrap()
    };
    let last_knot = yesterday.names()[yesterday.names().len() - 3].clone();
    for (why, earlier) in [
        ("today's own", expected.parameters().unwrap()),
        ("of days to come", wide(&whole).parameters().unwrap()),
        ("of a fortnight ago", wide(&whole.truncated(DAYS - 24).unwrap()).parameters().unwrap()),
        ("without a loss", renamed("loss")),
        ("without ascertainment", renamed("log ascertainment")),
        ("with a hole among the knots", renamed(&last_knot)),
        ("of another engine", Parameters::new(yesterday.as_of(), vec!["x".to_owned()], vec![vec![1.0]]).unwrap()),
    ] {
        assert!(from(&today, &earlier) == expected, "vectors {why}");
    }
    assert!(from(&today, &yesterday).warm);
}

#[test]
fn a_day_that_nobody_foresaw_is_searched_anew() {
    // From one day to the next the whole past is another: a backlog has been put where it belongs.
    let whole = wave(2);
    let yesterday = wide(&whole.truncated(DAYS - 1).unwrap()).parameters().unwrap();
    let mut cases = whole.cases().cleaned().to_vec();
    cases[100..].iter_mut().for_each(|count| *count *= 3.0);
    let today = county("19005", 5e6, whole.first_day(), cases, whole.deaths().cleaned().to_vec());
    let estimate = from(&today, &yesterday);
    assert!(!estimate.warm && estimate == wide(&today));
}

#[test]
fn a_fit_hands_on_and_takes_up() {
    let whole = wave(3);
    let (yesterday, streams) = (whole.truncated(DAYS - 1).unwrap(), streams(&whole));
    let earlier = engine().fit(&yesterday, &streams).unwrap().parameters().unwrap();
    assert_eq!(earlier.as_of(), yesterday.as_of());
    let handed_on = engine().fit_from(&whole, &earlier, &streams).unwrap().parameters().unwrap();
    assert_eq!(handed_on, from(&whole, &earlier).parameters().unwrap());
    assert!(handed_on != engine().fit(&whole, &streams).unwrap().parameters().unwrap());
    // Too little to search: nothing to hand on.
    let silent = county("19001", 5e4, Date::constant(2020, 3, 1), vec![0.0; DAYS], vec![0.0; DAYS]);
    let none = engine().fit(&silent, &Streams::new(1, "seir", Fips::US)).unwrap().parameters();
    assert_eq!(none, None);
}
