//! Tests of shares: regression and moments by hand, and identities that hold in every panel.

use std::f64::consts::LN_2;
use std::sync::LazyLock;

use super::*;
use crate::panel::{self, demo};

/// The demonstration panel, read once.
static PANEL: LazyLock<Panel> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    demo::write(folder.path(), demo::SEED).unwrap();
    let request = panel::Request { data: folder.path().to_owned(), as_of: None, vintage: false };
    panel::load(&request, &panel::Settings::default()).unwrap()
});

fn fips(state: u32, county: u32) -> Fips {
    Fips::from_county(1_000 * state + county).unwrap()
}

/// Counties by state, with determinants, expected counts and log relative risks (of counts plus one each).
fn regression(counties: &[(u32, &[f64], f64, f64)], penalty: f64) -> Vec<f64> {
    let mut design = Design { determinants: DETERMINANTS[..counties[0].1.len()].to_vec(), rows: BTreeMap::new() };
    let observe = |(i, &(state, row, expected, log_risk)): (usize, &(u32, &[f64], f64, f64))| {
        let (fips, state) = (fips(state, 1 + i as u32), Fips::from_state(state).unwrap());
        design.rows.insert(fips, row.to_vec());
        let count = (expected + 1.0) * f64::exp(log_risk) - 1.0;
        Observation { fips, state, population: 1.0, population_share: 0.1, count, expected }
    };
    let observations: Vec<Observation> = counties.iter().enumerate().map(observe).collect();
    ridge(&observations, &design, penalty)
}

#[test]
fn one_determinant_is_weighted_least_squares_within_states() {
    // The slope is ln 2 in each state, whatever its intercept. Weights e / (e + 10): 1/2, 1/2; 3/4, 3/4; 1/2, 9/10.
    let counties: [(u32, &[f64], f64, f64); 7] = [
        (19, &[0.0], 10.0, 0.0),
        (19, &[1.0], 10.0, LN_2),
        (31, &[0.0], 30.0, LN_2),
        (31, &[2.0], 30.0, 3.0 * LN_2),
        (46, &[0.0], 10.0, 0.0),
        (46, &[1.0], 90.0, LN_2),
        // No count is expected here: no weight, and no evidence.
        (48, &[5.0], 0.0, 9.0),
    ];
    // Weighted sums of squares about the states' means: 2 · 1/2 · 1/4; 2 · 3/4 · 1; 1/2 · 9/10 / (1/2 + 9/10).
    let squares = 0.25 + 1.5 + 0.45 / 1.4;
    for penalty in [0.5, 3.0] {
        let found = regression(&counties, penalty);
        assert!((found[0] - LN_2 * squares / (squares + penalty)).abs() < 1e-12, "{found:?}");
    }
}

#[test]
fn two_correlated_determinants_are_told_apart() {
    let row = |x: [f64; 2]| 0.3 * x[0] - 0.2 * x[1];
    let rows = [[1.0, 0.5], [-1.0, 0.0], [0.5, 1.0], [0.0, -1.5]];
    let counties = rows.each_ref().map(|x| (19, &x[..], 50.0, 0.7 + row(*x)));
    let found = regression(&counties, 0.0);
    assert!((found[0] - 0.3).abs() < 1e-4 && (found[1] + 0.2).abs() < 1e-4, "{found:?}");
}

#[test]
fn the_shape_follows_from_the_spread_beyond_poisson() {
    let shape = |counts: &[(f64, f64)]| {
        let observe = |&(expected, count): &(f64, f64)| {
            let (fips, state) = (fips(19, 1), Fips::from_state(19).unwrap());
            // Half of what is expected comes from the prior.
            Observation { fips, state, population: 1.0, population_share: 0.1, count, expected: expected / 2.0 }
        };
        prior_shape(&counts.iter().map(observe).collect::<Vec<_>>(), &|_| 2.0)
    };
    // Weights 1/25 and 1/4: (16/25 + 1/4) / ((16 − 4)/25 + (4 − 1)/4).
    assert!((shape(&[(4.0, 8.0), (1.0, 3.0)]) - 0.89 / 1.23).abs() < 1e-12);
    assert_eq!(shape(&[(4.0, 100.0)]), 0.5, "no wider than a gamma distribution of shape 1/2");
    assert_eq!(shape(&[(4.0, 4.0)]), 50.0, "narrower than Poisson");
    assert_eq!(shape(&[]), 50.0);
}

fn cases(place: &Place) -> &Series {
    place.history.cases()
}

fn deaths(place: &Place) -> &Series {
    place.history.deaths()
}

/// Counts of the last days.
fn recent(series: &Series, days: usize) -> f64 {
    series.cleaned().iter().rev().take(days).sum()
}

#[test]
fn risks_are_gamma_posteriors_whose_priors_average_to_one_in_each_state() {
    let settings = Settings { window_days: 42, ..Settings::default() };
    let counties = PANEL.counties();
    let hidden: BTreeSet<Fips> = counties.iter().step_by(3).map(Place::fips).collect();
    let shares = Shares::learn(&PANEL, &settings, &hidden);
    for (risks, series) in [(&shares.cases, cases as fn(&Place) -> &Series), (&shares.deaths, deaths)] {
        let kappa = risks.risks[hidden.first().unwrap()].shape;
        assert!((0.5..=50.0).contains(&kappa));
        let mut sums: BTreeMap<Fips, (f64, f64)> = BTreeMap::new();
        for place in counties {
            let (risk, state) = (risks.risks[&place.fips()], PANEL.place(place.fips().state().unwrap()).unwrap());
            let population = |place: &Place| place.history.location().population.unwrap();
            assert!((risk.population_share - population(place) / population(state)).abs() < 1e-12);
            let seen = f64::from(u8::from(!hidden.contains(&place.fips())));
            let count = seen * recent(series(place), settings.window_days);
            assert!((risk.shape - kappa - count).abs() < 1e-9 * risk.shape, "{}: {risk:?}", place.fips());
            let expected = seen * risk.population_share * recent(series(state), settings.window_days);
            let prior = kappa / (risk.rate - expected);
            let sum = sums.entry(state.fips()).or_default();
            *sum = (sum.0 + prior * population(place), sum.1 + population(place));
        }
        for (state, (weighted, people)) in sums {
            assert!((weighted / people - 1.0).abs() < 1e-6, "{state}: {}", weighted / people);
        }
    }
}

#[test]
fn determinants_are_standardised_over_counties() {
    let design = Design::new(&PANEL);
    assert!(design.determinants.len() > 5, "{:?}", design.determinants);
    let n = PANEL.counties().len() as f64;
    assert_eq!(design.rows.len() as f64, n);
    for k in 0..design.determinants.len() {
        let values = design.rows.values().map(|row| row[k]);
        let (sum, squares) = values.fold((0.0, 0.0), |(sum, squares), x| (sum + x, squares + x * x));
        // Missing values count as the mean; few are missing or cut at four standard deviations.
        assert!(
            (sum / n).abs() < 0.02 && (squares / n - 1.0).abs() < 0.05,
            "{}: {sum} {squares}",
            design.determinants[k]
        );
    }
}
