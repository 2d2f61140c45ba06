//! From a publisher's name of a place to the panel's.

use countycast_engine::Fips;

use super::states::TERRITORIES;
use super::{JointUnit, State, codes, new_york};
use crate::quote::quoted;

/// The place that a row of a publisher's table counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Unit {
    /// One county of the panel.
    County(Fips),
    /// New York City as one: five counties together.
    NewYorkCity,
    /// A health district that reports for several counties.
    Joint(&'static JointUnit),
    /// Part of a state, but not of a county: unassigned, out of state, prisons, Kansas City.
    Apart(Fips),
    /// A territory or a cruise ship: in no state.
    LeftOut,
}

impl Unit {
    /// The state whose total includes the row.
    #[must_use]
    pub(crate) fn state(self) -> Option<Fips> {
        match self {
            Self::County(county) => county.state(),
            Self::NewYorkCity => Fips::from_state(36),
            Self::Joint(unit) => Fips::from_state(unit.state),
            Self::Apart(state) => Some(state),
            Self::LeftOut => None,
        }
    }
}

/// The place that the row with this code, place name and state name counts; none if the crosswalk does not know it.
///
/// `code` is the FIPS number as published, where there is one. A county's has to agree with the name of a state, where that
/// is one: a wrong digit is not to give a county the counts of another.
#[must_use]
pub(crate) fn unit(code: Option<u32>, place: &str, state: &str) -> Option<Unit> {
    if let Some(county) = code.and_then(codes::county) {
        let agrees = State::named(state).is_none_or(|named| county.state() == Some(named.fips()));
        return agrees.then_some(Unit::County(county));
    }
    if outside(code, place, state) {
        return Some(Unit::LeftOut);
    }
    // From here on the state's name decides, because the code is not a county's.
    let state = State::named(state)?.fips();
    match code {
        // JHU: 80 + state for `Out of`, 90 + state for `Unassigned`. The code must agree with the name.
        Some(code @ (80_000..81_000 | 90_000..91_000)) => {
            (code % 1_000 == state.number()).then_some(Unit::Apart(state))
        }
        // The New York Times: codes from 990 for its own units. The code must agree with the name of the state.
        Some(code) if (990..1_000).contains(&(code % 1_000)) => {
            (code / 1_000 == state.number()).then(|| by_own_code(code).unwrap_or_else(|| by_name(state, place)))
        }
        // USAFacts: 0 for `Statewide Unallocated`, 1 for `New York City Unallocated`.
        None | Some(0 | 1) => Some(by_name(state, place)),
        Some(_) => None,
    }
}

/// Why the crosswalk does not know a row.
#[must_use]
pub(crate) fn unknown(code: Option<u32>, place: &str, state: &str) -> String {
    let names = format!("`{}, {}`", quoted(place), quoted(state));
    let of_county = code.and_then(codes::county).and_then(State::of).map(|state| state.name);
    match (code, of_county) {
        (Some(code), Some(other)) => format!("FIPS {code:05} ({names}) is a county of {other}"),
        (Some(code), None) => format!("FIPS {code:05} ({names}) is unknown to the crosswalk"),
        (None, _) => format!("{names} is unknown to the crosswalk"),
    }
}

/// Units to which The New York Times gives codes: New York City and Alaska's joint units. Its others, Kansas City (29998) and
/// Joplin (29997), are apart from the counties around them, as what it calls by a name alone.
fn by_own_code(code: u32) -> Option<Unit> {
    if code == new_york::NYT_CODE { Some(Unit::NewYorkCity) } else { JointUnit::coded(code).map(Unit::Joint) }
}

fn by_name(state: Fips, place: &str) -> Unit {
    if state.number() == 36 && place.trim().eq_ignore_ascii_case("New York City") {
        return Unit::NewYorkCity;
    }
    JointUnit::named(state, place).map_or(Unit::Apart(state), Unit::Joint)
}

/// Territories, by code or name, and cruise ships, by name: JHU gives them 88888 and 99999, USAFacts 06000.
fn outside(code: Option<u32>, place: &str, state: &str) -> bool {
    let ship = |text: &str| text.trim().to_ascii_lowercase().contains(" princess");
    let territory = TERRITORIES.iter().any(|&(number, abbreviation, name)| {
        code.is_some_and(|c| c == number || c / 1_000 == number)
            || state.trim().eq_ignore_ascii_case(abbreviation)
            || state.trim().eq_ignore_ascii_case(name)
    });
    territory || ship(place) || ship(state)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(number: u32) -> Fips {
        Fips::from_state(number).unwrap()
    }

    #[test]
    fn counties_by_code_and_old_code() {
        let county = |code| Fips::from_county(code).map(Unit::County);
        assert_eq!(unit(Some(1_001), "Autauga", "Alabama"), county(1_001));
        assert_eq!(unit(Some(46_113), "Shannon County", "SD"), county(46_102));
        assert_eq!(unit(Some(36_061), "New York City", "New York"), county(36_061));
    }

    #[test]
    fn rows_of_a_state_that_are_no_county() {
        for (code, place, name, number) in [
            (Some(80_001), "Out of AL", "Alabama", 1),
            (Some(90_025), "Unassigned", "Massachusetts", 25),
            (None, "Kansas City", "Missouri", 29),
            (None, "Federal Correctional Institution (FCI)", "Michigan", 26),
            (Some(29_998), "Kansas City", "Missouri", 29),
            (Some(29_997), "Joplin", "Missouri", 29),
            (Some(44_999), "Unknown", "Rhode Island", 44),
            (None, "Unknown", "Rhode Island", 44),
            (Some(0), "Statewide Unallocated", "AL", 1),
        ] {
            assert_eq!(unit(code, place, name), Some(Unit::Apart(state(number))), "{place}");
        }
        assert_eq!(unit(Some(29_997), "Joplin", "Alaska"), None, "code and name disagree");
        assert_eq!(unit(Some(80_001), "Out of AL", "Alaska"), None, "code and name disagree");
        assert!(matches!(unit(None, "TriCounty", "Utah"), Some(Unit::Joint(u)) if u.counties().count() == 3));
        for (code, name) in [(None, "New York City"), (Some(36_998), "New York City"), (Some(36_998), "NYC")] {
            assert_eq!(unit(code, name, "New York"), Some(Unit::NewYorkCity));
        }
        for (code, name, first) in
            [(2_997, "Bristol Bay plus Lake and Peninsula", 2_060), (2_998, "Yakutat plus Hoonah-Angoon", 2_282)]
        {
            for (code, name) in [(None, name), (Some(code), name), (Some(code), "renamed")] {
                let found = unit(code, name, "Alaska");
                let member = |u: &'static JointUnit| u.counties().next().map(Fips::number);
                assert!(matches!(found, Some(Unit::Joint(u)) if member(u) == Some(first)), "{name}: {found:?}");
            }
        }
    }

    #[test]
    fn territories_and_ships_are_in_no_state() {
        for (code, place, name) in [
            (Some(66), "", "Guam"),
            (Some(72_001), "Adjuntas", "Puerto Rico"),
            (Some(72_999), "Unassigned", "Puerto Rico"),
            (None, "Unknown", "Virgin Islands"),
            (Some(88_888), "", "Diamond Princess"),
            (Some(6_000), "Grand Princess Cruise Ship", "CA"),
        ] {
            assert_eq!(unit(code, place, name), Some(Unit::LeftOut), "{place} {name}");
        }
    }

    #[test]
    fn what_is_not_known_is_not_guessed() {
        assert_eq!(unit(Some(1_002), "Autauga", "Alabama"), None);
        assert_eq!(unit(Some(99_001), "Nowhere", "Alabama"), None);
        assert_eq!(unit(Some(13_001), "Autauga", "AL"), None);
        assert_eq!(unknown(Some(13_001), "Autauga", "AL"), "FIPS 13001 (`Autauga, AL`) is a county of Georgia");
        assert_eq!(unit(None, "Nowhere", "Atlantis"), None);
    }
}
