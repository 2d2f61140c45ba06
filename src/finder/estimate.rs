//! Infected people who have a disease, and what becomes of them.

use countycast_engine::{Covariate, Epidemiology, Location};

use super::disease::{Disease, Ratio};

/// Groups of five years of age, the last from 85 on.
pub const GROUPS: usize = 18;

/// Cases per resident of an age relative to those of 18 to 29 (CDC, *Risk for COVID-19 Infection, Hospitalization, and Death
/// By Age Group*, cases to April 2023), by five years; 15 to 19 has three years of the younger group and two of the older.
const INCIDENCE: [f64; GROUPS] =
    [0.5, 0.7, 0.7, 0.82, 1.0, 1.0, 1.0, 1.0, 0.9, 0.9, 0.8, 0.8, 0.8, 0.6, 0.6, 0.7, 0.7, 0.8];

/// Shares of a place's residents by five years of age, which add up to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ages([f64; GROUPS]);

impl Ages {
    /// Those of a place; none where one is not known.
    #[must_use]
    pub fn of(location: &Location) -> Option<Self> {
        let mut shares = [0.0; GROUPS];
        for (share, covariate) in shares.iter_mut().zip(Covariate::AGES) {
            *share = location.covariates.get(covariate).filter(|share| share.is_finite() && *share >= 0.0)?;
        }
        Self::new(shares)
    }

    /// Those in proportion to these numbers of people; none where there are none.
    #[must_use]
    pub fn new(people: [f64; GROUPS]) -> Option<Self> {
        let all: f64 = people.iter().sum();
        (all > 0.0 && all.is_finite()).then(|| Self(people.map(|count| count / all)))
    }
}

/// A value with the ends of its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The estimate.
    pub value: f64,
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
}

/// What is expected of the infected people of a place who have a disease.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Infected people with the disease for each reported case, at least 0.
    pub per_case: f64,
    /// Share of them that is admitted to hospital, 0 to 1, with the interval of the disease's ratio.
    pub admitted: Interval,
    /// Share of them that dies.
    pub died: Interval,
    /// Share of the adults who have the disease, 0 to 1.
    pub adults: f64,
}

/// The estimate for a place of these ages: `local` is the share of its adults who have the disease, where that is known.
///
/// Prevalence by age is that of the disease; where a local share is known, the odds of all ages are multiplied alike so that
/// adults have that share. Infections are shared by age as residents times relative incidence. The risk of an age is divided
/// between people with and without the disease so that they differ by its ratio and have the risk of that age on average.
#[must_use]
pub fn estimate(disease: &Disease, ages: &Ages, local: Option<f64>, epidemiology: &Epidemiology) -> Estimate {
    let nation = profile(disease);
    let adults = adults(ages);
    let prevalence = match local {
        Some(share) => moved(&nation, &adults, share),
        None => nation,
    };
    let mut infected = std::array::from_fn::<f64, GROUPS, _>(|group| ages.0[group] * INCIDENCE[group]);
    let all: f64 = infected.iter().sum();
    infected = infected.map(|share| share / all);
    let with: [f64; GROUPS] = std::array::from_fn(|group| infected[group] * prevalence[group]);
    let sum: f64 = with.iter().sum();
    let risk = |of: &dyn Fn(std::ops::Range<u8>) -> f64, ratio: f64| {
        let ill = (0..GROUPS).map(|group| {
            let own = ratio / (1.0 + prevalence[group] * (ratio - 1.0));
            with[group] * (of(years(group)) * own).min(1.0)
        });
        if sum > 0.0 { ill.sum::<f64>() / sum } else { 0.0 }
    };
    let interval = |of: &dyn Fn(std::ops::Range<u8>) -> f64, ratio: &Option<Ratio>| {
        let [value, lower, upper] = ratio.as_ref().map_or([1.0; 3], |ratio| [ratio.ratio, ratio.lower, ratio.upper]);
        Interval { value: risk(of, value), lower: risk(of, lower), upper: risk(of, upper) }
    };
    let severity = &epidemiology.severity;
    Estimate {
        per_case: sum / epidemiology.ascertainment,
        admitted: interval(&|ages| severity.admissions(ages), &disease.facts.admission),
        died: interval(&|ages| severity.deaths(ages), &disease.facts.death),
        adults: mean(&prevalence, &adults),
    }
}

/// Years of age of a group, as severity takes them.
fn years(group: usize) -> std::ops::Range<u8> {
    // There are eighteen groups.
    let start = 5 * group as u8;
    start..start + 5
}

/// Share of each age that has the disease, the mean over its years.
fn profile(disease: &Disease) -> [f64; GROUPS] {
    let at =
        |age: u8| disease.facts.prevalence.iter().rev().find(|step| step.from <= age).map_or(0.0, |step| step.percent);
    std::array::from_fn(|group| years(group).map(at).sum::<f64>() / 5.0 / 100.0)
}

/// Shares of a place's adults by age: of 15 to 19, two years of five.
fn adults(ages: &Ages) -> [f64; GROUPS] {
    let mut shares = ages.0;
    shares[..3].fill(0.0);
    shares[3] *= 0.4;
    let all: f64 = shares.iter().sum();
    if all > 0.0 { shares.map(|share| share / all) } else { shares }
}

fn mean(values: &[f64; GROUPS], weights: &[f64; GROUPS]) -> f64 {
    values.iter().zip(weights).map(|(value, weight)| value * weight).sum()
}

/// The profile with all odds multiplied alike, so that its mean over the adults is this share.
fn moved(profile: &[f64; GROUPS], adults: &[f64; GROUPS], share: f64) -> [f64; GROUPS] {
    let by = |factor: f64| profile.map(|p| factor * p / (1.0 - p + factor * p));
    if mean(profile, adults) <= 0.0 {
        return *profile;
    }
    // The mean rises with the factor: its logarithm is halved between bounds that no prevalence reaches.
    let (mut low, mut high) = (-20.0_f64, 20.0_f64);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if mean(&by(middle.exp()), adults) < share { low = middle } else { high = middle }
    }
    by(f64::midpoint(low, high).exp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finder::disease::shipped;

    fn even() -> Ages {
        Ages::new([1.0; GROUPS]).unwrap()
    }

    fn named(name: &str) -> Disease {
        shipped().unwrap().into_iter().find(|disease| disease.name == name).unwrap()
    }

    #[test]
    fn a_disease_of_everyone_has_the_risks_of_everyone() {
        let mut disease = named("hypothyroidism");
        disease.facts.prevalence = vec![crate::finder::disease::Step { from: 0, percent: 10.0 }];
        let epidemiology = Epidemiology::default();
        let found = estimate(&disease, &even(), None, &epidemiology);
        assert!((found.per_case - 0.1 / epidemiology.ascertainment).abs() < 1e-12);
        assert!((found.adults - 0.1).abs() < 1e-12);
        let all: f64 = INCIDENCE.iter().sum();
        let deaths: f64 = (0..GROUPS).map(|g| INCIDENCE[g] / all * epidemiology.severity.deaths(years(g))).sum();
        assert!((found.died.value - deaths).abs() < 1e-12 && found.died.lower == found.died.upper);
    }

    #[test]
    fn people_with_and_without_have_the_risk_of_their_age_on_average() {
        let mut disease = named("diabetes-type-2");
        disease.facts.prevalence = vec![crate::finder::disease::Step { from: 0, percent: 25.0 }];
        let epidemiology = Epidemiology::default();
        let with = estimate(&disease, &even(), None, &epidemiology).admitted.value;
        disease.facts.admission = None;
        let average = estimate(&disease, &even(), None, &epidemiology).admitted.value;
        let without = (average - 0.25 * with) / 0.75;
        assert!((with / without - 3.2).abs() < 1e-9, "{with} {without}");
    }

    #[test]
    fn a_local_share_is_that_of_its_adults_whatever_it_is() {
        let disease = named("hypertension");
        for share in [0.0, 0.01, 0.3, 0.42, 0.9] {
            let found = estimate(&disease, &even(), Some(share), &Epidemiology::default());
            assert!((found.adults - share).abs() < 1e-6, "{share}: {}", found.adults);
        }
        let older = Ages::new(std::array::from_fn(|group| if group < 13 { 0.5 } else { 2.0 })).unwrap();
        let [young, old] = [even(), older].map(|ages| estimate(&disease, &ages, None, &Epidemiology::default()));
        assert!(old.adults > young.adults && old.per_case > young.per_case && old.died.value > young.died.value);
    }
}
