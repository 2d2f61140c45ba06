//! Places on and off the road.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use countycast_abm::{Abm, Settings};
use countycast_engine::{
    Change, Date, Draws, Engine, EngineError, Epidemiology, History, Horizon, Measure, Patients, Scenario, Schools,
    Streams, Target,
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
    // One in four infections is reported: 240 a day at a steady course, which the outlook keeps within a quarter.
    assert!((all / (28.0 * 240.0) - 1.0).abs() < 0.25, "{all} infections in four weeks");
    let change = |strength| {
        let (start, end) = (history.as_of(), history.day(history.days() + 60));
        let measure = Measure::CloseSchools { schools: Schools::All };
        fit.simulated(&Scenario::baseline().with(Change { start, end, measure, strength }).unwrap(), horizon)
    };
    assert_eq!(change(0.0), open, "a scenario of no strength");
    let (closed, _) = change(1.0).totals();
    assert!(layers[1] > 0.02 * all && closed[1] < 0.2 * layers[1], "{} infections at closed schools", closed[1]);
}

#[test]
fn a_tiny_a_silent_and_an_immune_place_behave() {
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
    assert_eq!(month(&draw(Settings::default(), &all, 100).unwrap(), Target::Cases).0, 0.0);
    let nobody = county("19001", 0.0, FIRST, zeros(), zeros());
    assert!(matches!(draw(Settings::default(), &nobody, 10), Err(EngineError::Refused(_))));
}

#[test]
fn hospital_numbers_hang_together() {
    let history = county_in_region("19153", 400_000.0, FIRST, vec![120.0; 120], vec![1.5; 120]);
    let drawn = draw(Settings::default(), &history, 200).unwrap();
    let [cases, deaths, admissions, hospital, icu] = Target::ALL.map(|target| month(&drawn, target).0 / 28.0);
    // 120 cases are 480 infections a day; between 0.5 and 4 % of them are admitted and stay for a week.
    assert!((100.0..150.0).contains(&cases) && (1.0..2.5).contains(&deaths), "{cases} cases, {deaths} deaths a day");
    assert!((2.4..19.0).contains(&admissions), "{admissions} admissions a day");
    assert!((5.0..9.0).contains(&(hospital / admissions)), "{hospital} in hospital from {admissions} admissions a day");
    assert!(icu < 0.6 * hospital && icu > 0.2 * hospital, "{icu} of {hospital} in intensive care");
}

#[test]
fn hospitals_begin_with_the_patients_that_history_left_there() {
    // The same number of cases a day throughout, more of late, fewer of late.
    let of = |before: f64, of_late: f64| {
        let counts = (0..120).map(|day| if day < 108 { before } else { of_late }).collect();
        let history = county_in_region("19153", 400_000.0, FIRST, counts, vec![1.0; 120]);
        let drawn = draw(Settings::default(), &history, 200).unwrap();
        let first = |target| drawn.paths(target).unwrap().map(|path| f64::from(path[0])).sum::<f64>() / 200.0;
        first(Target::HospitalCensus) / first(Target::Admissions)
    };
    let (rising, even, falling) = (of(40.0, 120.0), of(120.0, 120.0), of(120.0, 40.0));
    // Mean stays are about seven and a half days; the ratio's standard error is 3 %, that of few admissions.
    assert!((6.0..9.0).contains(&even), "{even} patients for each admission of the day");
    assert!(rising < 0.95 * even && falling > 1.1 * even, "{rising}, {even}, {falling} patients an admission");
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
    for target in [Target::Admissions, Target::HospitalCensus, Target::IcuCensus] {
        for (short, long) in short.paths(target).unwrap().zip(long.paths(target).unwrap()) {
            assert_eq!(short, &long[..10]);
            assert!(long.iter().all(|patients| patients.fract() == 0.0 && *patients <= 80.0), "{long:?}");
            most = long.iter().copied().fold(most, f32::max);
        }
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
    assert!(first_half > 0.9 * first, "{first_half} of {first}: what is reported first has happened already");
    assert!(last_half < 0.55 * last, "{last_half} of {last}");
}

#[test]
fn hospitals_begin_with_the_patients_that_the_state_reports() {
    let history = || county_in_region("19153", 400_000.0, FIRST, vec![120.0; 120], vec![1.0; 120]);
    let means = |report: Option<f64>| {
        let patients = |hospital| Patients { days_ago: 1, hospital, icu: Some(0.3 * hospital) };
        let history = report.map_or_else(history, |hospital| history().with_patients(patients(hospital)).unwrap());
        let drawn = draw(Settings::default(), &history, 200).unwrap();
        let on =
            |target, day: usize| drawn.paths(target).unwrap().map(|path| f64::from(path[day])).sum::<f64>() / 200.0;
        [on(Target::HospitalCensus, 0), on(Target::HospitalCensus, 27), on(Target::IcuCensus, 0)]
    };
    let [usual, later, _] = means(None);
    // The state has ten times the county's cases, hence about ten times its patients.
    let ([many, many_later, many_icu], [few, few_later, few_icu]) =
        (means(Some(20.0 * usual)), means(Some(5.0 * usual)));
    // A stay of a week loses a seventh of the difference on the first day; ages of county and state differ a little.
    assert!(
        (1.5..2.2).contains(&(many / usual)),
        "{many} patients where twice as many were reported, {usual} otherwise"
    );
    assert!((0.45..0.75).contains(&(few / usual)), "{few} patients where half were reported, {usual} otherwise");
    assert!((2.0..4.0).contains(&(many_icu / few_icu)), "{many_icu} and {few_icu} in intensive care");
    for last in [many_later, few_later] {
        assert!((last / later - 1.0).abs() < 0.05, "{last} patients after four weeks, {later} otherwise");
    }
}
