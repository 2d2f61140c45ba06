//! R of epidemics whose R is known.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use countycast_engine::{Date, Epidemiology, Fips, Streams};
use countycast_seir::{NotTold, Seir, Settings};
use countycast_testkit::{Observation, Reproduction, county, gamma_intervals, renewal};
use statrs::distribution::{ContinuousCDF, Normal};

const DAYS: usize = 150;
const COUNTIES: u32 = 60;

/// Greatest bias of the median on a day and share of days on which the 90 % interval holds the truth.
///
/// What the engine has a prior of is taken from all over that prior, county by county: an interval can only be right on average over
/// what it takes for possible.
fn recovered(reproduction: Reproduction, step: Option<usize>) -> (f64, f64) {
    let first = Date::constant(2020, 3, 1);
    let settings = Settings { ascertainment_growth_per_week: 0.0, ..Settings::default() };
    let usual = Epidemiology::default();
    let engine = Seir::new(settings, &usual).unwrap();
    let epidemic = renewal(reproduction, &gamma_intervals(5.5, 2.14), 5e6, 4_000.0, DAYS);
    let (mut held, mut days) = (0.0, 0.0);
    let mut errors = vec![Vec::new(); DAYS];
    for number in 0..COUNTIES {
        let place = Fips::from_county(19_001 + 2 * number).unwrap();
        let streams = Streams::new(1, "truth", place);
        let [z, y] = prior_point(number).map(|share| Normal::standard().inverse_cdf(share));
        let observation = Observation {
            ascertainment: (usual.ascertainment * (settings.ascertainment_spread * z).exp()).min(1.0),
            // Around what the engine expects of the nation's ages, with the spread of its prior.
            fatality: 0.005 * (0.4 * y).exp(),
            case_delay: gamma_intervals(9.0, 4.0),
            death_delay: gamma_intervals(25.0, 10.8),
            weekday: [1.0; 7],
            dispersion: 40.0,
        };
        let reported = observation.of(&epidemic, first, &streams);
        let history = county(&place.to_string(), 5e6, first, reported.cases, reported.deaths);
        let estimate = engine.estimate(&history, &streams).unwrap();
        assert!(estimate.effective_size > 10.0, "{}", estimate.effective_size);
        // From six weeks on, up to when the last infections have been reported.
        for day in (42..DAYS - 9).filter(|&day| step.is_none_or(|step| day + 7 < step || day > step + 7)) {
            let of = |q| estimate.reproduction(DAYS - 1 - day, q).unwrap();
            let truth = epidemic.reproduction[day];
            held += f64::from(u8::from((of(0.05)..=of(0.95)).contains(&truth)));
            days += 1.0;
            errors[day].push(of(0.5) - truth);
        }
    }
    let bias = |errors: &Vec<f64>| errors.iter().sum::<f64>() / errors.len().max(1) as f64;
    (errors.iter().map(bias).fold(0.0, |most, error| error.abs().max(most)), held / days)
}

/// Point `number` of the R₂ sequence (Roberts 2018): spread evenly over the square, where random points cluster.
fn prior_point(number: u32) -> [f64; 2] {
    let plastic = 1.324_717_957_244_746_f64;
    [plastic, plastic.powi(2)].map(|root| (0.5 + f64::from(number + 1) / root).fract())
}

#[test]
fn step_ramp_and_wave_are_recovered() {
    for (name, reproduction, step) in [
        ("step", Reproduction::Step { before: 1.25, after: 0.9, day: 80.0 }, Some(80)),
        ("ramp", Reproduction::Ramp { from: 1.3, to: 0.8, start: 50.0, end: 110.0 }, None),
        ("wave", Reproduction::Wave { mean: 1.05, amplitude: 0.3, period: 75.0 }, None),
    ] {
        let (error, held) = recovered(reproduction, step);
        println!("{name}: error {error:.3}, 90 % intervals hold {held:.3}");
        assert!(error < 0.1, "{name}: the median is off by {error}");
        assert!((0.85..=0.95).contains(&held), "{name}: 90 % intervals hold {held}");
    }
}

#[test]
fn what_the_data_do_not_tell_is_said() {
    let history = county("19001", 5e6, Date::constant(2020, 3, 1), vec![400.0; DAYS], vec![8.0; DAYS]);
    let not_told = |days: usize| {
        let streams = Streams::new(1, "seir", Fips::US);
        Seir::new(Settings::default(), &Epidemiology::default())
            .unwrap()
            .estimate(&history.truncated(days).unwrap(), &streams)
            .unwrap()
            .not_told
    };
    // Cases and deaths tell how many die of those reported, not how many were infected.
    let together = |told: &NotTold| matches!(told, NotTold::Confounded { parameters: ["ascertainment", "fatality"], correlation } if *correlation > 0.8);
    assert!(not_told(DAYS).iter().any(together), "{:?}", not_told(DAYS));
    // Eight weeks in, no death is that of an infection within them.
    for name in ["ascertainment", "fatality"] {
        let kept = |told: &NotTold| matches!(told, NotTold::Prior { parameter, .. } if *parameter == name);
        assert!(not_told(55).iter().any(kept), "{name}: {:?}", not_told(55));
    }
}
