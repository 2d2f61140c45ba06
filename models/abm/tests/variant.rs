//! A variant against theory: as many infections by one person, and the growth, that its reproduction number says.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod place;

use countycast_abm::{Abm, Settings, Tally};
use countycast_engine::{Change, Commuting, Date, Delay, Epidemiology, History, Horizon, Measure, Scenario, Streams};
use countycast_testkit::county;
use place::{GENERATION_DAYS, Place, by_generation, total};

/// Infections by each of the first infected, of 16 runs.
fn offspring(place: &Place, multiplier: f32) -> f64 {
    const SEEDS: usize = 400;
    let runs = (0..16).map(|seed| {
        let first: Vec<Tally> = place.run(seed, multiplier, SEEDS).skip(1).take(GENERATION_DAYS - 1).collect();
        total(&first) / SEEDS as f64
    });
    runs.sum::<f64>() / 16.0
}

#[test]
fn one_person_infects_as_many_more_as_the_variant_is_more_transmissible() {
    // Homes, schools and teams, and people of unequal infectiousness: contacts are met again and again.
    let homes =
        Settings { latent_days: Delay::new(5.0, 0.3), infectious_days: Delay::new(2.0, 0.15), ..Settings::default() };
    let mixed = Place::new(200_000, &by_generation());
    let homes = Place::new(200_000, &homes);
    for (multiplier, ratio) in [(1.2_f32, 1.5), (1.2, 2.0), (2.0, 2.0), (1.2, 0.6)] {
        let ancestor = offspring(&homes, multiplier);
        let attempts = homes.offspring().attempts_for(f64::from(multiplier), ratio);
        let found = offspring(&homes, multiplier * attempts as f32) / ancestor;
        // Standard error 0.02: 6,400 infectors whose offspring have a dispersion of 0.55.
        assert!((found / ratio - 1.0).abs() < 0.06, "{found} times as many where {ratio} was asked for");
        let doubled = offspring(&homes, 2.0 * multiplier) / ancestor;
        assert!(doubled < 1.93, "twice the attempts are {doubled} times the infections: contacts are met again");
        let alike = mixed.offspring().attempts_for(f64::from(multiplier), ratio);
        assert!((alike / ratio - 1.0).abs() < 1e-3, "where nobody is met twice {alike} times the attempts for {ratio}");
    }
}

const DAYS: usize = 120;
const PEOPLE: f64 = 1e6;
/// Introductions a day, residents.
const INTRODUCED: f64 = 10.0;

/// A county of steady cases, 30 % of whose workers leave, if they are known.
fn steady(commuters: bool) -> History {
    let history = county("19153", PEOPLE, Date::constant(2020, 5, 3), vec![100.0; DAYS], vec![1.0; DAYS]);
    let rate = 100.0 / PEOPLE;
    let flows =
        Commuting { leaving: 0.3, arriving: 0.1, cases_there: vec![rate; DAYS], cases_of_arriving: vec![rate; DAYS] };
    if commuters { history.with_commuting(flows).unwrap() } else { history }
}

/// Infections a day of all simulations together, as residents of one.
fn infections(history: &History, transmissibility: Option<f64>, days: usize) -> Vec<f64> {
    let streams = Streams::new(3, "abm", history.location().fips);
    let settings = Settings { simulations: 60, ..Settings::default() };
    let fit = Abm::new(settings, &Epidemiology::default()).unwrap().fit_people(history, &streams).unwrap();
    let (start, end) = (history.day(DAYS), history.day(DAYS + 400));
    let scenario = transmissibility.into_iter().fold(Scenario::baseline(), |scenario, transmissibility| {
        let measure = Measure::Variant { introductions_per_100k: 1e5 * INTRODUCED / PEOPLE, transmissibility };
        scenario.with(Change { start, end, measure, strength: 1.0 }).unwrap()
    });
    let simulated = fit.simulated(&scenario, Horizon::from_days(days).unwrap());
    let each = simulated.residents_per_person / simulated.days.len() as f64;
    (0..days).map(|day| each * simulated.days.iter().map(|run| f64::from(run[day].infections())).sum::<f64>()).collect()
}

/// Infections that some follow from and lead to: the renewal equation (Fraser 2007), over the generation interval `shares`.
fn passed_on(before: &[f64], shares: &[f64]) -> f64 {
    shares.iter().zip(before.iter().rev()).map(|(share, infections)| share * infections).sum()
}

#[test]
fn a_variant_grows_as_the_renewal_equation_says_with_and_without_commuters() {
    const AHEAD: usize = 56;
    let shares = Place::new(50_000, &Settings::default()).generation_interval();
    for (commuters, transmissibility) in [(false, 1.5), (false, 2.0), (true, 1.5), (true, 2.0)] {
        let history = steady(commuters);
        let (ancestor, both) = (infections(&history, None, AHEAD), infections(&history, Some(transmissibility), AHEAD));
        // R of the days ahead as the baseline has it; before it cases were level.
        let level = vec![ancestor[..7].iter().sum::<f64>() / 7.0; 31];
        let all: Vec<f64> = level.iter().chain(&ancestor).copied().collect();
        let mut expected: Vec<f64> = Vec::new();
        for day in 0..AHEAD {
            let reproduction = ancestor[day] / passed_on(&all[..31 + day], &shares);
            expected.push(INTRODUCED + transmissibility * reproduction * passed_on(&expected, &shares));
        }
        let found: f64 = both.iter().sum::<f64>() - ancestor.iter().sum::<f64>();
        let ratio = found / expected.iter().sum::<f64>();
        // Homes and teams run out of people faster than in the first generation, which the equation does not know: 0.89 to
        // 0.92 of its infections, in four cases of 60 simulations. Without either correction they are 0.34 to 0.69.
        assert!((ratio - 1.0).abs() < 0.15, "commuters {commuters}, {transmissibility}: {ratio} times the infections");
    }
}
