//! Where a signal is heading: medians of the coming weeks and probabilities of a rise.

use countycast_engine::weekly::{Signal, Unit};
use serde_json::Value;

use super::super::numbers::rounded;
use super::forecasts::Rows;
use crate::scores::quantiles::{MEDIAN, probability_above};

/// Growth that counts as a marked rise: a quarter.
const MARKED: f64 = 1.25;

/// A value as the site shows it: shares in per cent, to so many decimals, and people to two less.
pub(super) fn shown(signal: Signal, value: f64, decimals: i32) -> Value {
    let (unit, decimals) = match signal.unit() {
        Unit::Share => (100.0, decimals),
        Unit::Count => (1.0, decimals - 2),
    };
    rounded(value * unit, decimals)
}

/// Where a signal is heading in an area.
pub(super) struct Outlook {
    /// Median of the last week, once it is revised.
    pub(super) revised: f64,
    /// Medians of the reference week and the weeks after it.
    pub(super) medians: Vec<f64>,
    /// Probabilities that these are above the last week.
    pub(super) rising: Vec<f64>,
    /// Probabilities that they are above it by a quarter or more.
    pub(super) marked: Vec<f64>,
}

impl Outlook {
    /// Read off the quantiles. The last week counts as its median.
    pub(super) fn new(rows: &Rows) -> Self {
        let revised = f64::from(rows[0][MEDIAN]);
        let coming = || rows.iter().skip(1);
        Self {
            revised,
            medians: coming().map(|row| f64::from(row[MEDIAN])).collect(),
            rising: coming().map(|row| probability_above(row, revised)).collect(),
            marked: coming().map(|row| probability_above(row, MARKED * revised)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::quantiles::{LEVELS, Row};

    #[test]
    fn a_rise_is_told_by_its_probability() {
        let uniform = |low: f64, high: f64| -> Row { std::array::from_fn(|i| (low + (high - low) * LEVELS[i]) as f32) };
        let rows =
            [uniform(0.01, 0.03), uniform(0.01, 0.05), uniform(0.0, 0.02), uniform(0.02, 0.03), uniform(0.5, 0.6)];
        let outlook = Outlook::new(&rows);
        let rounded = |values: &[f64]| values.iter().map(|v| (v * 1000.0).round() / 1000.0).collect::<Vec<_>>();
        assert_eq!(rounded(&outlook.medians), [0.03, 0.01, 0.025, 0.55]);
        assert_eq!(rounded(&outlook.rising), [0.75, 0.01, 0.99, 0.99]);
        assert_eq!(rounded(&outlook.marked), [0.625, 0.01, 0.5, 0.99]);
    }

    #[test]
    fn shares_are_shown_in_per_cent_and_people_as_they_are() {
        let of = |signal: &str, value: f64| shown(signal.parse().unwrap(), value, 2).to_string();
        assert_eq!([of("flu-ed", 0.062_615), of("flu-ed", 0.05), of("flu-admissions", 1234.56)], ["6.26", "5", "1235"]);
    }
}
