//! Places on and off the road.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use countycast_abm::{Abm, Settings};
use countycast_engine::{
    Change, Date, Draws, Engine, EngineError, Epidemiology, History, Horizon, Measure, Scenario, Schools, Streams,
    Target,
};
use countycast_testkit::{county, county_in_region};

const FIRST: Date = Date::constant(2020, 5, 3);

fn draw(settings: Settings, history: &History, draws: usize) -> Result<Draws, EngineError> {
    let streams = Streams::new(3, "abm", history.location().fips);
    let horizon = Horizon::from_days(28).unwrap();
    Abm::new(settings, &Epidemiology::default()).unwrap().fit(history, &streams)?.draw(
        &Scenario::baseline(),
        horizon,
        draws,
        &streams,
    )
}

/// Mean, and standard deviation over mean, of all cases of a month.
fn month(draws: &Draws, target: Target) -> (f64, f64) {
    let sums: Vec<f64> =
        draws.paths(target).unwrap().map(|path| path.iter().map(|x| f64::from(*x)).sum::<f64>()).collect();
    let mean = sums.iter().sum::<f64>() / sums.len() as f64;
    let variance = sums.iter().map(|sum| (sum - mean).powi(2)).sum::<f64>() / sums.len() as f64;
    (mean, variance.sqrt() / mean)
}

#[test]
fn people_who_stand_for_several_give_the_same_mean_and_the_spread_of_fewer_people() {
    let history = county_in_region("19001", 100_000.0, FIRST, vec![40.0; 100], vec![0.5; 100]);
    let streams = Streams::new(3, "abm", history.location().fips);
    let at = |most_people| {
        let settings = Settings { most_people, simulations: 200, ..Settings::default() };
        let fit = Abm::new(settings, &Epidemiology::default()).unwrap().fit_people(&history, &streams).unwrap();
        let simulated = fit.simulated(&Scenario::baseline(), Horizon::from_days(28).unwrap());
        let each = simulated.residents_per_person;
        let sums: Vec<f64> = simulated
            .days
            .iter()
            .map(|days| each * days.iter().map(|tally| f64::from(tally.infections())).sum::<f64>())
            .collect();
        let mean = sums.iter().sum::<f64>() / 200.0;
        (mean, sums.iter().map(|sum| (sum - mean).powi(2)).sum::<f64>() / 199.0)
    };
    let ((mean, variance), (scaled_mean, scaled_variance)) = (at(100_000), at(20_000));
    // A branching process of n people has a variance in proportion to n; each of a fifth of them counts five times, so that
    // the variance is five times as large. Of 200 simulations, the ratio of two variances has a standard error of 14 %, and
    // means of about 4,500 with a standard deviation of 6 and 14 % have 0.4 and 1 %.
    assert!((scaled_mean / mean - 1.0).abs() < 0.04, "mean {mean}, scaled {scaled_mean}");
    let ratio = scaled_variance / variance;
    assert!((3.2..7.5).contains(&ratio), "variance {variance}, scaled {scaled_variance}: {ratio} times, 5 expected");
}

#[test]
fn infections_by_layer_and_age_stand_behind_the_draws() {
    let history = county_in_region("19153", 200_000.0, FIRST, vec![60.0; 100], vec![0.5; 100]);
    let streams = Streams::new(3, "abm", history.location().fips);
    let fit = Abm::new(Settings::default(), &Epidemiology::default()).unwrap().fit_people(&history, &streams).unwrap();
    let horizon = Horizon::from_days(28).unwrap();
    let (open, (layers, ages)) = {
        let simulated = fit.simulated(&Scenario::baseline(), horizon);
        let totals = simulated.totals();
        (simulated, totals)
    };
    let all: f64 = layers.iter().sum();
    assert!((ages.iter().sum::<f64>() / all - 1.0).abs() < 1e-9);
    // One in four infections is reported: 240 a day at a steady course, of which the outlook keeps 0.98; the multiplier of
    // each day has all simulations meet it, with a standard error of 0.0025.
    assert!((all / (28.0 * 240.0) - 0.983).abs() < 0.01, "{all} infections in four weeks");
    let change = |strength| {
        let (start, end) = (history.as_of(), history.day(history.days() + 60));
        let measure = Measure::CloseSchools { schools: Schools::All };
        fit.simulated(&Scenario::baseline().with(Change { start, end, measure, strength }).unwrap(), horizon)
    };
    assert_eq!(change(0.0), open, "a scenario of no strength");
    let (closed, _) = change(1.0).totals();
    // Of 400 infections at school in a simulation staff have seven in a hundred; standard errors 0.0015 and 0.009.
    assert!((layers[1] / all - 0.061).abs() < 0.006, "{} of {all} infections at school", layers[1]);
    let left = closed[1] / layers[1];
    assert!((left - 0.070).abs() < 0.036, "{left} of infections at school are left where schools are closed");
}

#[test]
fn a_tiny_a_silent_and_an_exhausted_place_behave() {
    let zeros = || vec![0.0; 100];
    let mut two = zeros();
    two[97] = 2.0;
    let tiny = draw(Settings::default(), &county("19001", 80.0, FIRST, two, zeros()), 100).unwrap();
    for path in tiny.paths(Target::Cases).unwrap() {
        assert!(path.iter().sum::<f32>() <= 78.0, "more cases than people without one: {path:?}");
    }
    let silent = draw(Settings::default(), &county("19001", 5_000.0, FIRST, zeros(), zeros()), 100).unwrap();
    assert_eq!(month(&silent, Target::Cases).0, 0.0);
    let all = county("19001", 1_000.0, FIRST, vec![10.0; 100], vec![0.1; 100]);
    // As many cases as residents within a hundred days: they are infected again, but fewer than the 280 of a month before.
    let again = month(&draw(Settings::default(), &all, 100).unwrap(), Target::Cases).0;
    assert!((20.0..200.0).contains(&again), "{again} cases");
    let nobody = county("19001", 0.0, FIRST, zeros(), zeros());
    assert!(matches!(draw(Settings::default(), &nobody, 10), Err(EngineError::Refused(_))));
}

#[test]
fn cases_deaths_and_patients_are_those_that_the_past_and_the_literature_lead_to_expect() {
    let history = county_in_region("19153", 400_000.0, FIRST, vec![120.0; 120], vec![1.5; 120]);
    let drawn = draw(Settings::default(), &history, 200).unwrap();
    let median = |target| {
        let sums = drawn.paths(target).unwrap().map(|path| path.iter().map(|x| f64::from(*x)).sum::<f64>() / 28.0);
        let mut sums: Vec<f64> = sums.collect();
        sums.sort_by(f64::total_cmp);
        sums[100]
    };
    // A steady course goes on as it was. Of 200 draws around 20 simulations: standard errors 2 and 0.05.
    let (cases, deaths) = (median(Target::Cases), median(Target::Deaths));
    assert!((cases - 120.0).abs() < 8.0, "{cases} cases a day where there were 120");
    assert!((deaths - 1.5).abs() < 0.2, "{deaths} deaths a day where there were 1.5");
    let [cases, admissions] = [Target::Cases, Target::Admissions].map(|target| month(&drawn, target).0 / 28.0);
    // Severity by age makes 9.5 admissions of 100 cases in the nation; standard error 0.0009.
    assert!((admissions / cases - 0.0935).abs() < 0.0036, "{admissions} admissions from {cases} cases a day");
}

#[test]
fn patients_are_whole_people_of_the_place_and_a_longer_look_ahead_keeps_them() {
    let mut counts = vec![0.0; 100];
    counts[80..].fill(1.0);
    let history = county("19001", 80.0, FIRST, counts, vec![0.0; 100]);
    let streams = Streams::new(3, "abm", history.location().fips);
    let fit = Abm::new(Settings::default(), &Epidemiology::default()).unwrap().fit(&history, &streams).unwrap();
    let on = |days| fit.draw(&Scenario::baseline(), Horizon::from_days(days).unwrap(), 100, &streams).unwrap();
    let (short, long) = (on(10), on(28));
    let mut most: f32 = 0.0;
    for (short, long) in short.paths(Target::Admissions).unwrap().zip(long.paths(Target::Admissions).unwrap()) {
        assert_eq!(short, &long[..10]);
        assert!(long.iter().all(|patients| patients.fract() == 0.0 && *patients <= 80.0), "{long:?}");
        most = long.iter().copied().fold(most, f32::max);
    }
    assert!(most > 0.0, "twenty cases of eighty people bring somebody to hospital in one draw of a hundred");
}

#[test]
fn less_transmission_means_fewer_cases_late_and_as_many_at_first() {
    let history = county_in_region("19153", 400_000.0, FIRST, vec![120.0; 120], vec![1.5; 120]);
    let streams = Streams::new(3, "abm", history.location().fips);
    let fit = Abm::new(Settings::default(), &Epidemiology::default()).unwrap().fit(&history, &streams).unwrap();
    let horizon = Horizon::from_days(28).unwrap();
    let half = Change::transmission(history.as_of(), history.day(history.days() + 60), 0.5);
    let scenario = Scenario::baseline().with(half).unwrap();
    let weeks = |scenario: &Scenario| {
        let drawn = fit.draw(scenario, horizon, 100, &streams).unwrap();
        let sum = |from: usize| -> f64 {
            drawn
                .paths(Target::Cases)
                .unwrap()
                .map(|p| p[from..from + 7].iter().map(|x| f64::from(*x)).sum::<f64>())
                .sum()
        };
        [sum(0), sum(21)]
    };
    let ([first, last], [first_half, last_half]) = (weeks(&Scenario::baseline()), weeks(&scenario));
    // What is reported first has happened already; the fourth week has two to three generations of half as many. Both run on
    // the same random numbers: standard errors 0.0005 and 0.006.
    assert!((first_half / first - 0.956).abs() < 0.003, "{first_half} of {first} cases in the first week");
    assert!((last_half / last - 0.269).abs() < 0.023, "{last_half} of {last} cases in the fourth week");
}
