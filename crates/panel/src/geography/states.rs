//! The 50 states and the District of Columbia.

use countycast_engine::Fips;

/// A state, or the District of Columbia.
#[derive(Debug, PartialEq, Eq)]
pub struct State {
    /// FIPS number, 1 to 56.
    pub number: u32,
    /// Postal abbreviation, such as `AL`.
    pub abbreviation: &'static str,
    /// Name, such as `Alabama`.
    pub name: &'static str,
    /// Codes of its counties within the state: every second number of each range, from its first to its last.
    pub(super) counties: &'static [(u32, u32)],
}

impl State {
    /// The state's code.
    #[must_use]
    pub fn fips(&self) -> Fips {
        Fips::from_state(self.number).unwrap_or(Fips::US)
    }

    /// The state with this code.
    #[must_use]
    pub fn of(fips: Fips) -> Option<&'static Self> {
        let number = fips.state()?.number();
        ALL.binary_search_by_key(&number, |state| state.number).ok().map(|index| &ALL[index])
    }

    /// The state with this name or postal abbreviation, letter case aside.
    #[must_use]
    pub fn named(text: &str) -> Option<&'static Self> {
        let text = text.trim();
        ALL.iter().find(|s| s.name.eq_ignore_ascii_case(text) || s.abbreviation.eq_ignore_ascii_case(text))
    }

    /// All of them, by FIPS number.
    #[must_use]
    pub fn all() -> &'static [Self] {
        &ALL
    }
}

/// Publishers' names of places outside the 50 states and the District of Columbia.
pub(super) const TERRITORIES: [(u32, &str, &str); 5] = [
    (60, "AS", "American Samoa"),
    (66, "GU", "Guam"),
    (69, "MP", "Northern Mariana Islands"),
    (72, "PR", "Puerto Rico"),
    (78, "VI", "Virgin Islands"),
];

const fn state(number: u32, abbreviation: &'static str, name: &'static str, counties: &'static [(u32, u32)]) -> State {
    State { number, abbreviation, name, counties }
}

/// Source: FIPS PUB 6-4 with the Census Bureau's changes up to 2018; Alaska before the division of Valdez-Cordova in
/// 2019. Counties have odd numbers in alphabetical order; later ones took even numbers between, and independent cities
/// start at 510.
#[rustfmt::skip]
static ALL: [State; 51] = [
    state(1, "AL", "Alabama", &[(1, 133)]),
    state(2, "AK", "Alaska", &[
        (13, 13), (16, 16), (20, 20), (50, 50), (60, 60), (68, 70), (90, 90), (100, 100), (105, 105), (110, 110),
        (122, 122), (130, 130), (150, 150), (158, 158), (164, 164), (170, 170), (180, 180), (185, 185), (188, 188),
        (195, 195), (198, 198), (220, 220), (230, 230), (240, 240), (261, 261), (275, 275), (282, 282), (290, 290),
    ]),
    state(4, "AZ", "Arizona", &[(1, 11), (12, 12), (13, 27)]),
    state(5, "AR", "Arkansas", &[(1, 149)]),
    state(6, "CA", "California", &[(1, 115)]),
    state(8, "CO", "Colorado", &[(1, 13), (14, 14), (15, 125)]),
    state(9, "CT", "Connecticut", &[(1, 15)]),
    state(10, "DE", "Delaware", &[(1, 5)]),
    state(11, "DC", "District of Columbia", &[(1, 1)]),
    state(12, "FL", "Florida", &[(1, 23), (27, 85), (86, 86), (87, 133)]),
    state(13, "GA", "Georgia", &[(1, 39), (43, 201), (205, 321)]),
    state(15, "HI", "Hawaii", &[(1, 9)]),
    state(16, "ID", "Idaho", &[(1, 87)]),
    state(17, "IL", "Illinois", &[(1, 203)]),
    state(18, "IN", "Indiana", &[(1, 183)]),
    state(19, "IA", "Iowa", &[(1, 197)]),
    state(20, "KS", "Kansas", &[(1, 209)]),
    state(21, "KY", "Kentucky", &[(1, 239)]),
    state(22, "LA", "Louisiana", &[(1, 127)]),
    state(23, "ME", "Maine", &[(1, 31)]),
    state(24, "MD", "Maryland", &[(1, 5), (9, 47), (510, 510)]),
    state(25, "MA", "Massachusetts", &[(1, 27)]),
    state(26, "MI", "Michigan", &[(1, 165)]),
    state(27, "MN", "Minnesota", &[(1, 173)]),
    state(28, "MS", "Mississippi", &[(1, 163)]),
    state(29, "MO", "Missouri", &[(1, 185), (186, 186), (187, 189), (195, 229), (510, 510)]),
    state(30, "MT", "Montana", &[(1, 111)]),
    state(31, "NE", "Nebraska", &[(1, 185)]),
    state(32, "NV", "Nevada", &[(1, 23), (27, 33), (510, 510)]),
    state(33, "NH", "New Hampshire", &[(1, 19)]),
    state(34, "NJ", "New Jersey", &[(1, 41)]),
    state(35, "NM", "New Mexico", &[(1, 5), (6, 6), (7, 27), (28, 28), (29, 61)]),
    state(36, "NY", "New York", &[(1, 123)]),
    state(37, "NC", "North Carolina", &[(1, 199)]),
    state(38, "ND", "North Dakota", &[(1, 105)]),
    state(39, "OH", "Ohio", &[(1, 175)]),
    state(40, "OK", "Oklahoma", &[(1, 153)]),
    state(41, "OR", "Oregon", &[(1, 71)]),
    state(42, "PA", "Pennsylvania", &[(1, 133)]),
    state(44, "RI", "Rhode Island", &[(1, 9)]),
    state(45, "SC", "South Carolina", &[(1, 91)]),
    state(46, "SD", "South Dakota", &[(3, 101), (102, 102), (103, 111), (115, 129), (135, 137)]),
    state(47, "TN", "Tennessee", &[(1, 189)]),
    state(48, "TX", "Texas", &[(1, 507)]),
    state(49, "UT", "Utah", &[(1, 57)]),
    state(50, "VT", "Vermont", &[(1, 27)]),
    state(51, "VA", "Virginia", &[
        (1, 35), (36, 36), (37, 37), (41, 53), (57, 121), (125, 127), (131, 149), (153, 187), (191, 199), (510, 510),
        (520, 520), (530, 530), (540, 540), (550, 550), (570, 570), (580, 580), (590, 590), (595, 595), (600, 600),
        (610, 610), (620, 620), (630, 630), (640, 640), (650, 650), (660, 660), (670, 670), (678, 680), (683, 685),
        (690, 690), (700, 700), (710, 710), (720, 720), (730, 730), (735, 735), (740, 740), (750, 750), (760, 760),
        (770, 770), (775, 775), (790, 790), (800, 800), (810, 810), (820, 820), (830, 830), (840, 840),
    ]),
    state(53, "WA", "Washington", &[(1, 77)]),
    state(54, "WV", "West Virginia", &[(1, 109)]),
    state(55, "WI", "Wisconsin", &[(1, 77), (78, 78), (79, 141)]),
    state(56, "WY", "Wyoming", &[(1, 45)]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_found_by_code_name_and_abbreviation() {
        let alabama = State::of("01001".parse().unwrap()).unwrap();
        assert_eq!((alabama.name, alabama.fips().to_string()), ("Alabama", "01".to_owned()));
        assert_eq!(State::named("district of columbia"), State::named("DC"));
        assert_eq!(State::of(Fips::US), None);
        assert_eq!(State::named("Guam"), None);
        assert!(State::all().is_sorted_by_key(|state| state.number));
    }
}
