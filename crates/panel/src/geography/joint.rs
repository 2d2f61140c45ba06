//! Counties that are reported together.

use countycast_engine::Fips;

/// A health district or another unit that is reported for several counties, whose own rows stay at zero or do not exist.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct JointUnit {
    /// The name under which it is published, such as `Bear River`.
    pub(crate) name: &'static str,
    /// FIPS number of its state.
    pub(crate) state: u32,
    /// The code that The New York Times gives it, if any.
    code: Option<u32>,
    members: &'static [u32],
}

impl JointUnit {
    /// The unit of this name in this state.
    #[must_use]
    pub(crate) fn named(state: Fips, name: &str) -> Option<&'static Self> {
        ALL.iter().find(|unit| unit.state == state.number() && unit.name.eq_ignore_ascii_case(name.trim()))
    }

    /// The unit with this code.
    #[must_use]
    pub(crate) fn coded(code: u32) -> Option<&'static Self> {
        ALL.iter().find(|unit| unit.code == Some(code))
    }

    /// Its counties.
    pub(crate) fn counties(&self) -> impl Iterator<Item = Fips> {
        self.members.iter().filter_map(|&code| Fips::from_county(code))
    }
}

const fn joint(name: &'static str, state: u32, code: Option<u32>, members: &'static [u32]) -> JointUnit {
    JointUnit { name, state, code, members }
}

/// Sources: Utah Department of Health, local health districts; Massachusetts Department of Public Health, which
/// published Dukes and Nantucket together; The New York Times, covid-19-data, README.md, geographic exceptions, for Alaska.
static ALL: [JointUnit; 9] = [
    joint("Bristol Bay plus Lake and Peninsula", 2, Some(2_997), &[2_060, 2_164]),
    joint("Yakutat plus Hoonah-Angoon", 2, Some(2_998), &[2_282, 2_105]),
    joint("Dukes and Nantucket", 25, None, &[25_007, 25_019]),
    joint("Bear River", 49, None, &[49_003, 49_005, 49_033]),
    joint("Central Utah", 49, None, &[49_023, 49_027, 49_031, 49_039, 49_041, 49_055]),
    joint("Southeast Utah", 49, None, &[49_007, 49_015, 49_019]),
    joint("Southwest Utah", 49, None, &[49_001, 49_017, 49_021, 49_025, 49_053]),
    joint("TriCounty", 49, None, &[49_009, 49_013, 49_047]),
    joint("Weber-Morgan", 49, None, &[49_029, 49_057]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_counties_of_the_state_and_in_one_unit_only() {
        let mut members: Vec<_> = ALL.iter().flat_map(|u| u.counties().map(|c| (u.state, c))).collect();
        assert!(members.iter().all(|(state, county)| county.state().map(Fips::number) == Some(*state)));
        members.sort();
        members.dedup();
        assert_eq!(members.len(), 28);
        assert!(JointUnit::named("49".parse().unwrap(), "bear river").is_some());
        assert!(JointUnit::named("29".parse().unwrap(), "Kansas City").is_none());
    }
}
