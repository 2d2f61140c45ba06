//! Valid county codes, and the successors of codes that changed.

use countycast_engine::Fips;

use super::State;

/// Codes that some sources use for counties with another code in the panel: (theirs, ours).
///
/// | theirs | ours | years |
/// |---|---|---|
/// | 02063 Chugach, 02066 Copper River | 02261 Valdez-Cordova | one until 2019-01-02, two since; publishers changed in 2020 and 2021 |
/// | 02270 Wade Hampton | 02158 Kusilvak | renamed on 2015-07-01 |
/// | 46113 Shannon | 46102 Oglala Lakota | renamed on 2015-05-01 |
/// | 51515 Bedford, the city | 51019 Bedford, the county | the city is part of the county since 2013-07-01 |
///
/// Source: Census Bureau, Substantial Changes to Counties and County Equivalent Entities: 1970-Present. Connecticut's
/// planning regions (09110 to 09190), which replaced its counties in 2022, are no code of the panel: they divide counties.
const CHANGED: [(u32, u32); 5] = [(2_063, 2_261), (2_066, 2_261), (2_270, 2_158), (46_113, 46_102), (51_515, 51_019)];

/// The panel's code of the county that a source calls `code`; none if it is not a county's.
#[must_use]
pub fn county(code: u32) -> Option<Fips> {
    let code = CHANGED.iter().find(|(theirs, _)| *theirs == code).map_or(code, |(_, ours)| *ours);
    let (state, within) = (State::of(Fips::from_state(code / 1_000)?)?, code % 1_000);
    let known =
        state.counties.iter().any(|&(from, to)| (from..=to).contains(&within) && (within - from).is_multiple_of(2));
    known.then(|| Fips::from_county(code)).flatten()
}

/// All counties of the panel, by code: 3,142.
pub fn counties() -> impl Iterator<Item = Fips> {
    State::all().iter().flat_map(|state| {
        let ranges = state.counties.iter().flat_map(|&(from, to)| (from..=to).step_by(2));
        ranges.filter_map(|within| Fips::from_county(state.number * 1_000 + within))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_3142_counties_in_order() {
        let all: Vec<_> = counties().collect();
        assert_eq!(all.len(), 3_142);
        assert!(all.is_sorted());
        assert!(all.iter().all(|fips| county(fips.number()) == Some(*fips)));
    }

    #[test]
    fn changed_codes_lead_to_the_panel_s() {
        for (theirs, ours) in CHANGED {
            assert_eq!(county(theirs).map(Fips::number), Some(ours));
            assert_eq!(county(ours).map(Fips::number), Some(ours));
        }
    }

    #[test]
    fn what_is_no_county_has_no_code() {
        for code in [
            0, 1_000, 1_002, 1_135, 3_001, 9_110, 9_190, 12_025, 30_113, 36_125, 51_560, 60_010, 72_001, 80_001, 90_001,
        ] {
            assert_eq!(county(code), None, "{code}");
        }
    }
}
