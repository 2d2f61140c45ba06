//! Contacts of the United States, for those who bring no matrices along.

use std::sync::LazyLock;

use super::{Contacts, YEARS};

/// Age groups of the tables below.
const GROUPS: usize = 8;

/// Youngest age of each group, years.
const YOUNGEST: [usize; GROUPS] = [0, 5, 11, 18, 23, 50, 65, 75];

/// Shares of the population behind the contact matrices (Mistry et al. 2021).
const SHARES: [f64; GROUPS] = [0.0669, 0.0817, 0.0967, 0.0639, 0.3672, 0.1944, 0.0714, 0.0579];

/// The tables spread evenly over the years of their groups.
pub(super) static UNITED_STATES: LazyLock<Contacts> = LazyLock::new(|| Contacts {
    settings: [by_year(&HOUSEHOLD), by_year(&SCHOOL), by_year(&WORK), by_year(&[COMMUNITY; GROUPS])],
    people: (0..YEARS).map(|age| SHARES[group(age)] / width(group(age))).collect(),
});

fn group(age: usize) -> usize {
    YOUNGEST.iter().rposition(|youngest| *youngest <= age).unwrap_or(0)
}

/// Years of age in a group.
fn width(group: usize) -> f64 {
    (YOUNGEST.get(group + 1).copied().unwrap_or(YEARS) - YOUNGEST[group]) as f64
}

fn by_year(table: &[[f64; GROUPS]; GROUPS]) -> Vec<f64> {
    let contacts = |age: usize, met: usize| table[group(age)][group(met)] / width(group(met));
    (0..YEARS).flat_map(|age| (0..YEARS).map(move |met| contacts(age, met))).collect()
}

/// Effective contacts a day by setting, of a person of the row's group with people of the column's: US matrices by
/// single years of Mistry et al. (2021, *Nature Communications* 12, 323; mobs-lab/mixing-patterns), with their weights
/// 4.11 household, 11.41 school, 8.07 work and 2.79 community, averaged over each group's people.
const HOUSEHOLD: [[f64; GROUPS]; GROUPS] = [
    [0.554, 0.527, 0.254, 0.248, 2.292, 0.179, 0.039, 0.017],
    [0.432, 0.628, 0.517, 0.125, 2.112, 0.231, 0.045, 0.020],
    [0.176, 0.437, 0.701, 0.276, 1.876, 0.540, 0.064, 0.035],
    [0.260, 0.160, 0.417, 0.652, 1.522, 0.781, 0.083, 0.047],
    [0.418, 0.470, 0.494, 0.265, 1.524, 0.409, 0.097, 0.050],
    [0.062, 0.097, 0.269, 0.257, 0.773, 1.612, 0.263, 0.137],
    [0.037, 0.052, 0.087, 0.074, 0.499, 0.716, 1.417, 0.370],
    [0.019, 0.028, 0.058, 0.052, 0.316, 0.460, 0.456, 1.275],
];

/// As [`HOUSEHOLD`], at schools of all levels.
const SCHOOL: [[f64; GROUPS]; GROUPS] = [
    [0.691, 1.091, 0.191, 0.018, 0.181, 0.090, 0.010, 0.000],
    [0.894, 7.814, 1.247, 0.053, 0.630, 0.309, 0.037, 0.001],
    [0.132, 1.054, 8.448, 0.549, 0.600, 0.277, 0.033, 0.001],
    [0.019, 0.068, 0.831, 2.798, 2.249, 0.250, 0.056, 0.012],
    [0.033, 0.140, 0.158, 0.391, 0.473, 0.071, 0.013, 0.003],
    [0.031, 0.130, 0.138, 0.082, 0.134, 0.038, 0.005, 0.001],
    [0.010, 0.042, 0.045, 0.050, 0.066, 0.014, 0.003, 0.001],
    [0.001, 0.002, 0.002, 0.013, 0.021, 0.004, 0.001, 0.001],
];

/// As [`HOUSEHOLD`], at work.
const WORK: [[f64; GROUPS]; GROUPS] = [
    [0.0; GROUPS],
    [0.0; GROUPS],
    [0.000, 0.000, 0.002, 0.015, 0.155, 0.071, 0.005, 0.002],
    [0.000, 0.000, 0.022, 0.154, 1.669, 0.757, 0.056, 0.018],
    [0.000, 0.000, 0.041, 0.290, 3.207, 1.452, 0.107, 0.034],
    [0.000, 0.000, 0.035, 0.249, 2.744, 1.255, 0.093, 0.030],
    [0.000, 0.000, 0.007, 0.050, 0.552, 0.254, 0.021, 0.006],
    [0.000, 0.000, 0.003, 0.020, 0.217, 0.100, 0.008, 0.003],
];

/// As [`HOUSEHOLD`], everywhere else; the same for a person of any group.
const COMMUNITY: [f64; GROUPS] = [0.187, 0.228, 0.270, 0.178, 1.024, 0.542, 0.199, 0.162];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn between_their_own_groups_contacts_are_those_of_the_tables() {
        let between = UNITED_STATES.between(&YOUNGEST.map(|age| age as u8));
        for (found, table) in [(between.household, HOUSEHOLD), (between.school, SCHOOL), (between.work, WORK)] {
            for (found, contacts) in found.iter().flatten().zip(table.iter().flatten()) {
                assert!((found - contacts).abs() < 1e-12, "{found} and {contacts}");
            }
        }
        assert!((between.community[7][4] - COMMUNITY[4]).abs() < 1e-12 && (between.shares[4] - 0.3672).abs() < 1e-4);
        let community: f64 = between.community[0].iter().sum();
        assert!((community - 2.79).abs() < 0.01, "{community}: the weight of the setting");
    }
}
