//! A county's share of its state's counts, from population, social determinants and its own few counts.

use std::collections::{BTreeMap, BTreeSet};

use countycast_engine::{Covariate, Fips, Series};
use nalgebra::{DMatrix, DVector};

use super::Settings;
use crate::panel::{Panel, Place};

/// Determinants used if the panel has them: age structure first, then those that hold across studies (Karmakar et al.
/// 2021; BMC Public Health 2022, 12889-022-13168-y). Population density is not among them: it makes cases worse
/// (docs/experiments.md).
const DETERMINANTS: [Covariate; 11] = [
    Covariate::Age65Plus,
    Covariate::Age17Minus,
    Covariate::Poverty,
    Covariate::NoHighSchool,
    Covariate::Minority,
    Covariate::LimitedEnglish,
    Covariate::Crowding,
    Covariate::GroupQuarters,
    Covariate::Uninsured,
    Covariate::Disability,
    Covariate::SingleParent,
];

/// Share of counties in which a determinant must be known to be used.
const KNOWN: f64 = 0.9;

/// Prior and evidence of every county's risk relative to its state, for cases and for deaths.
#[derive(Debug, Clone)]
pub struct Shares {
    determinants: Vec<Covariate>,
    cases: Fit,
    deaths: Fit,
}

/// A learned coefficient: change of the log relative risk for one standard deviation of the determinant.
#[derive(Debug, Clone, PartialEq)]
pub struct Coefficient {
    /// The determinant.
    pub determinant: Covariate,
    /// Effect on cases.
    pub cases: f64,
    /// Effect on deaths.
    pub deaths: f64,
}

/// Gamma distribution of one county's risk relative to its state's rate per head.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RelativeRisk {
    /// County population divided by its state's.
    pub population_share: f64,
    /// Shape: prior shape plus own counts.
    pub shape: f64,
    /// Rate: prior rate plus the counts expected at the state's rate.
    pub rate: f64,
}

impl RelativeRisk {
    /// Mean share of the state's counts.
    #[must_use]
    pub fn share(&self) -> f64 {
        self.population_share * self.shape / self.rate
    }
}

#[derive(Debug, Clone)]
struct Fit {
    coefficients: Vec<f64>,
    risks: BTreeMap<Fips, RelativeRisk>,
}

/// One county in the regression.
struct Observation {
    fips: Fips,
    state: Fips,
    population: f64,
    population_share: f64,
    /// Own counts in the window.
    count: f64,
    /// Counts expected at the state's rate per head.
    expected: f64,
}

impl Shares {
    /// Learns shares from all counties of the panel, whichever are to be projected. Counts of the `hidden` ones are not
    /// used, neither for the determinants nor for the counties themselves.
    #[must_use]
    pub fn learn(panel: &Panel, settings: &Settings, hidden: &BTreeSet<Fips>) -> Self {
        let design = Design::new(panel);
        let fit = |series: fn(&Place) -> &Series| Fit::learn(panel, &design, settings, hidden, series);
        let (cases, deaths) = (fit(|place| place.history.cases()), fit(|place| place.history.deaths()));
        Self { determinants: design.determinants, cases, deaths }
    }

    /// Relative risk of cases; none for other places.
    #[must_use]
    pub fn cases(&self, county: Fips) -> Option<RelativeRisk> {
        self.cases.risks.get(&county).copied()
    }

    /// Relative risk of deaths; none for other places.
    #[must_use]
    pub fn deaths(&self, county: Fips) -> Option<RelativeRisk> {
        self.deaths.risks.get(&county).copied()
    }

    /// The coefficients, for the run report.
    pub fn coefficients(&self) -> impl Iterator<Item = Coefficient> {
        let effects = self.cases.coefficients.iter().zip(&self.deaths.coefficients);
        let coefficient = |(&determinant, (&cases, &deaths))| Coefficient { determinant, cases, deaths };
        self.determinants.iter().zip(effects).map(coefficient)
    }

    /// Determinants that are not used, because too few counties know them or they are the same everywhere.
    pub fn unused(&self) -> impl Iterator<Item = Covariate> {
        DETERMINANTS.into_iter().filter(|determinant| !self.determinants.contains(determinant))
    }
}

/// Standardised determinants of every county; missing values are set to the mean.
struct Design {
    determinants: Vec<Covariate>,
    rows: BTreeMap<Fips, Vec<f64>>,
}

impl Design {
    fn new(panel: &Panel) -> Self {
        let counties = panel.counties();
        let value = |place: &Place, determinant| place.history.location().covariates.get(determinant);
        let mut rows: BTreeMap<Fips, Vec<f64>> = counties.iter().map(|c| (c.history.location().fips, vec![])).collect();
        let mut determinants = Vec::new();
        for determinant in DETERMINANTS {
            let known: Vec<f64> = counties.iter().filter_map(|place| value(place, determinant)).collect();
            let n = known.len() as f64;
            let mean = known.iter().sum::<f64>() / n;
            let sd = (known.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
            if n < KNOWN * counties.len() as f64 || sd.is_nan() || sd <= 1e-9 {
                continue;
            }
            determinants.push(determinant);
            for place in counties {
                let standardised = value(place, determinant).map_or(0.0, |v| ((v - mean) / sd).clamp(-4.0, 4.0));
                rows.entry(place.history.location().fips).or_default().push(standardised);
            }
        }
        Self { determinants, rows }
    }
}

impl Fit {
    fn learn(
        panel: &Panel,
        design: &Design,
        settings: &Settings,
        hidden: &BTreeSet<Fips>,
        series: fn(&Place) -> &Series,
    ) -> Self {
        let recent = |place: &Place| series(place).cleaned().iter().rev().take(settings.window_days).sum::<f64>();
        let counties = panel.counties().iter().filter_map(|p| observe(panel, p, &recent));
        let (unseen, observations): (Vec<Observation>, Vec<Observation>) =
            counties.partition(|o| hidden.contains(&o.fips));
        let coefficients = ridge(&observations, design, settings.ridge);
        let linear = |fips| -> f64 { design.rows[&fips].iter().zip(&coefficients).map(|(x, b)| x * b).sum() };
        // Prior risks average to 1 over each state's people, so that shares add up to the state.
        let mut sums: BTreeMap<Fips, (f64, f64)> = BTreeMap::new();
        for o in observations.iter().chain(&unseen) {
            let sum = sums.entry(o.state).or_default();
            sum.0 += o.population * linear(o.fips).exp();
            sum.1 += o.population;
        }
        let prior = |o: &Observation| linear(o.fips).exp() * sums[&o.state].1 / sums[&o.state].0;
        let kappa = prior_shape(&observations, &prior);
        let risk = |o: &Observation| {
            let (shape, rate) = (kappa + o.count, kappa / prior(o) + o.expected);
            (o.fips, RelativeRisk { population_share: o.population_share, shape, rate })
        };
        let prior_alone = |o: &Observation| {
            (o.fips, RelativeRisk { population_share: o.population_share, shape: kappa, rate: kappa / prior(o) })
        };
        let mut risks: BTreeMap<Fips, RelativeRisk> =
            observations.iter().map(risk).chain(unseen.iter().map(prior_alone)).collect();
        for place in panel.counties() {
            let fips = place.history.location().fips;
            let around = fips.state().and_then(|state| panel.place(state)).map_or(0.0, &recent);
            // Without a population, only the county's own counts are available.
            risks.entry(fips).or_insert(RelativeRisk {
                population_share: 1.0,
                shape: 0.5 + recent(place),
                rate: 1.0 + around,
            });
        }
        Self { coefficients, risks }
    }
}

fn observe(panel: &Panel, place: &Place, recent: &impl Fn(&Place) -> f64) -> Option<Observation> {
    let location = place.history.location();
    let state = location.fips.state()?;
    let population = location.population.filter(|&p| p > 0.0)?;
    let around = panel.place(state)?;
    let of_state = around.history.location().population.filter(|&p| p > 0.0)?;
    if place.reported_in.is_some() {
        return None;
    }
    let population_share = (population / of_state).min(1.0);
    let expected = population_share * recent(around);
    Some(Observation { fips: location.fips, state, population, population_share, count: recent(place), expected })
}

/// Weighted ridge regression of the log relative risk on the determinants, within states.
///
/// Counts are shrunk toward the state's rate by one case each, and weighted by their information. Subtracting each
/// state's weighted mean replaces state intercepts.
fn ridge(observations: &[Observation], design: &Design, penalty: f64) -> Vec<f64> {
    let p = design.determinants.len();
    let weight = |o: &Observation| o.expected / (o.expected + 10.0);
    let outcome = |o: &Observation| ((o.count + 1.0) / (o.expected + 1.0)).ln();
    let mut centres: BTreeMap<Fips, (f64, Vec<f64>)> = BTreeMap::new();
    for o in observations {
        let centre = centres.entry(o.state).or_insert_with(|| (0.0, vec![0.0; p + 1]));
        centre.0 += weight(o);
        for (sum, x) in centre.1.iter_mut().zip(design.rows[&o.fips].iter().chain([&outcome(o)])) {
            *sum += weight(o) * x;
        }
    }
    let mut normal = DMatrix::<f64>::identity(p, p) * penalty.max(1e-6);
    let mut right = DVector::<f64>::zeros(p);
    for o in observations {
        let (total, sums) = &centres[&o.state];
        if *total <= 0.0 {
            continue;
        }
        let x = DVector::from_iterator(p, design.rows[&o.fips].iter().zip(sums).map(|(x, s)| x - s / total));
        let y = outcome(o) - sums[p] / total;
        normal.syger(weight(o), &x, &x, 1.0);
        right.axpy(weight(o) * y, &x, 1.0);
    }
    normal.fill_upper_triangle_with_lower_triangle();
    normal.cholesky().map_or_else(|| vec![0.0; p], |factor| factor.solve(&right).iter().copied().collect())
}

/// Shape of the gamma distribution of risks about their prior, by moments of n ~ Poisson(expected · prior · Gamma(κ,
/// κ)): E[(n − e)² − e] = e²/κ. Limited to 0.5 to 50.
fn prior_shape(observations: &[Observation], prior: &impl Fn(&Observation) -> f64) -> f64 {
    let (mut squares, mut excess) = (0.0, 0.0);
    for o in observations {
        let e = o.expected * prior(o);
        // Weights bound the influence of large counties, whose risk is known without a prior.
        let w = 1.0 / (1.0 + e).powi(2);
        squares += w * e * e;
        excess += w * ((o.count - e).powi(2) - e);
    }
    if excess > 0.0 { (squares / excess).clamp(0.5, 50.0) } else { 50.0 }
}

#[cfg(test)]
mod tests;
