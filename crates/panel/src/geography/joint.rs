//! Health districts that report for several counties at once.

use countycast_engine::Fips;

/// A unit that reports for several counties, whose own rows stay at zero.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct JointUnit {
    /// The name under which it is published, such as `Bear River`.
    pub(crate) name: &'static str,
    /// FIPS number of its state.
    pub(crate) state: u32,
    members: &'static [u32],
}

impl JointUnit {
    /// The unit of this name in this state.
    #[must_use]
    pub(crate) fn named(state: Fips, name: &str) -> Option<&'static Self> {
        ALL.iter().find(|unit| unit.state == state.number() && unit.name.eq_ignore_ascii_case(name.trim()))
    }

    /// Its counties.
    pub(crate) fn counties(&self) -> impl Iterator<Item = Fips> {
        self.members.iter().filter_map(|&code| Fips::from_county(code))
    }
}

/// Sources: Utah Department of Health, local health districts; Massachusetts Department of Public Health, which
/// published Dukes and Nantucket together.
static ALL: [JointUnit; 7] = [
    JointUnit { name: "Dukes and Nantucket", state: 25, members: &[25_007, 25_019] },
    JointUnit { name: "Bear River", state: 49, members: &[49_003, 49_005, 49_033] },
    JointUnit { name: "Central Utah", state: 49, members: &[49_023, 49_027, 49_031, 49_039, 49_041, 49_055] },
    JointUnit { name: "Southeast Utah", state: 49, members: &[49_007, 49_015, 49_019] },
    JointUnit { name: "Southwest Utah", state: 49, members: &[49_001, 49_017, 49_021, 49_025, 49_053] },
    JointUnit { name: "TriCounty", state: 49, members: &[49_009, 49_013, 49_047] },
    JointUnit { name: "Weber-Morgan", state: 49, members: &[49_029, 49_057] },
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
        assert_eq!(members.len(), 24);
        assert!(JointUnit::named("49".parse().unwrap(), "bear river").is_some());
        assert!(JointUnit::named("29".parse().unwrap(), "Kansas City").is_none());
    }
}
