//! Bad days of deaths.

use crate::changes::{Bad, set, silence};
use crate::{LAST, counties};

/// A state, whose deaths are more than chance.
const STATE: &[&str] = &["19", "US"];
pub(crate) const BAD: &[Bad] = &[
    Bad {
        name: "a state's newest deaths are 0",
        change: |t| set(t, counties(19), LAST, LAST, |_, _| 0.0),
        kept: STATE,
        notice: "counties of Iowa, deaths of 2020-07-30: a cumulative count of 0 is no report",
        doubt: (0.05, 1.0),
    },
    Bad {
        name: "a digit too many in a county's deaths",
        change: |t| set(t, 19_001..=19_001, LAST, LAST, |row, day| row[day] * 10.0),
        kept: STATE,
        notice: "County 19001, IA (19001), deaths of 2020-07-30: 1,",
        doubt: (0.0, 1.0),
    },
    Bad {
        name: "deaths restated downward by 16 %",
        change: |t| set(t, counties(19), LAST, LAST, |row, day| (0.84 * row[day]).round()),
        kept: STATE,
        notice: "deaths of 2020-07-30: a step of",
        doubt: (0.0, 1.0),
    },
    Bad {
        name: "deaths restated upward by 16 %",
        change: |t| set(t, counties(19), LAST, LAST, |row, day| (1.16 * row[day]).round()),
        kept: STATE,
        notice: "Iowa (19), deaths of 2020-07-30",
        doubt: (0.0, 1.0),
    },
    Bad {
        name: "21 days without deaths",
        change: |t| silence(t, counties(19), 21),
        kept: STATE,
        notice: "deaths of 2020-07-10 to 2020-07-30: no report",
        doubt: (0.2, 1.0),
    },
    Bad {
        name: "10⁹ deaths in the middle",
        change: |t| set(t, 19_001..=19_001, 150, 150, |_, _| 1e9),
        kept: STATE,
        notice: "deaths of 2020-07-01: a cumulative count of 1,000,000,000 is no report",
        doubt: (0.0, 1.0),
    },
    Bad {
        name: "5·10⁹ unassigned deaths",
        change: |t| set(t, 90_019..=90_019, 160, LAST, |_, _| 5e9),
        kept: STATE,
        notice: "5,000,000,000 is no report; 0 was carried on",
        doubt: (0.0, 1.0),
    },
];
