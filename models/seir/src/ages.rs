//! Age groups: how many, how susceptible, how ill they fall.

use std::ops::Range;

use countycast_engine::{Covariate, Covariates};

/// Number of age groups.
pub const GROUPS: usize = 8;

/// Youngest age of each group, years: under school, the three levels of school, work, and three of the old.
pub const YOUNGEST: [u8; GROUPS] = [0, 5, 11, 18, 23, 50, 65, 75];

/// Relative susceptibility: 0.34, 0.67, 1, 1.24, 1.47 for 0–9, 10–19, 20–59, 60–69, 70+ (Zhang et al. 2020), averaged
/// over each group's years.
pub(crate) const SUSCEPTIBILITY: [f64; GROUPS] = [0.34, 0.40, 0.67, 0.87, 1.0, 1.08, 1.36, 1.47];

/// A value of each group from its years of age.
pub(crate) fn by_group(of: impl Fn(Range<u8>) -> f64) -> [f64; GROUPS] {
    std::array::from_fn(|group| of(YOUNGEST[group]..YOUNGEST.get(group + 1).copied().unwrap_or(u8::MAX)))
}

/// Covariates that hold the shares of five-year age groups, with the group that each five years belong to in parts.
const FIVE_YEARS: [(Covariate, &[(usize, f64)]); 18] = [
    (Covariate::Age00To04, &[(0, 1.0)]),
    (Covariate::Age05To09, &[(1, 1.0)]),
    (Covariate::Age10To14, &[(1, 0.2), (2, 0.8)]),
    (Covariate::Age15To19, &[(2, 0.6), (3, 0.4)]),
    (Covariate::Age20To24, &[(3, 0.6), (4, 0.4)]),
    (Covariate::Age25To29, &[(4, 1.0)]),
    (Covariate::Age30To34, &[(4, 1.0)]),
    (Covariate::Age35To39, &[(4, 1.0)]),
    (Covariate::Age40To44, &[(4, 1.0)]),
    (Covariate::Age45To49, &[(4, 1.0)]),
    (Covariate::Age50To54, &[(5, 1.0)]),
    (Covariate::Age55To59, &[(5, 1.0)]),
    (Covariate::Age60To64, &[(5, 1.0)]),
    (Covariate::Age65To69, &[(6, 1.0)]),
    (Covariate::Age70To74, &[(6, 1.0)]),
    (Covariate::Age75To79, &[(7, 1.0)]),
    (Covariate::Age80To84, &[(7, 1.0)]),
    (Covariate::Age85Plus, &[(7, 1.0)]),
];

/// Shares of a location's residents by age group, where known; the `usual` ones otherwise.
pub(crate) fn shares(covariates: &Covariates, usual: [f64; GROUPS]) -> [f64; GROUPS] {
    let mut shares = [0.0; GROUPS];
    for (ages, parts) in FIVE_YEARS {
        let Some(share) = covariates.get(ages) else { return usual };
        for &(group, part) in parts {
            shares[group] += part * share.max(0.0);
        }
    }
    let total: f64 = shares.iter().sum();
    // Every group has somebody: an empty one would divide by zero and means nothing.
    if total > 0.5 { shares.map(|share| (share / total).max(1e-4)) } else { usual }
}
