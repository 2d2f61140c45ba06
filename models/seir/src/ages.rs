//! Age groups: how many, how susceptible, how ill they fall.

use std::ops::Range;

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
const FIVE_YEARS: [(&str, &[(usize, f64)]); 18] = [
    ("age_00_04", &[(0, 1.0)]),
    ("age_05_09", &[(1, 1.0)]),
    ("age_10_14", &[(1, 0.2), (2, 0.8)]),
    ("age_15_19", &[(2, 0.6), (3, 0.4)]),
    ("age_20_24", &[(3, 0.6), (4, 0.4)]),
    ("age_25_29", &[(4, 1.0)]),
    ("age_30_34", &[(4, 1.0)]),
    ("age_35_39", &[(4, 1.0)]),
    ("age_40_44", &[(4, 1.0)]),
    ("age_45_49", &[(4, 1.0)]),
    ("age_50_54", &[(5, 1.0)]),
    ("age_55_59", &[(5, 1.0)]),
    ("age_60_64", &[(5, 1.0)]),
    ("age_65_69", &[(6, 1.0)]),
    ("age_70_74", &[(6, 1.0)]),
    ("age_75_79", &[(7, 1.0)]),
    ("age_80_84", &[(7, 1.0)]),
    ("age_85_plus", &[(7, 1.0)]),
];

/// Shares of a location's residents by age group, where known; the `usual` ones otherwise.
pub(crate) fn shares(covariates: &countycast_engine::Covariates, usual: [f64; GROUPS]) -> [f64; GROUPS] {
    let mut shares = [0.0; GROUPS];
    for (name, parts) in FIVE_YEARS {
        let Some(share) = covariates.get(name) else { return usual };
        for &(group, part) in parts {
            shares[group] += part * share.max(0.0);
        }
    }
    let total: f64 = shares.iter().sum();
    // Every group has somebody: an empty one would divide by zero and means nothing.
    if total > 0.5 { shares.map(|share| (share / total).max(1e-4)) } else { usual }
}
