//! Targets that a hub derives from the weeks of another: categories of change, and the season's peak.

use countycast_engine::weekly::Week;
use serde::Deserialize;

/// How much a target changes, in categories.
///
/// The change is that from the week before the reference week to the week of the horizon. It is none that counts where it
/// is below `least` or, per 100,000 residents, below the horizon's `stable`, and a large one from the horizon's `large` on
/// (FluSight, "Rate-trend forecast specifications").
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Changes {
    /// The name of the target.
    pub target: String,
    /// The target whose changes they are.
    pub of: String,
    /// Categories, from a large decrease to a large increase.
    pub categories: [String; 5],
    /// First and last horizon.
    pub horizons: [i8; 2],
    /// Change from which it counts.
    pub least: f64,
    /// By horizon, the change per 100,000 residents from which it counts.
    pub stable: Vec<f64>,
    /// By horizon, the change per 100,000 residents from which it is large.
    pub large: Vec<f64>,
}

/// The season's week with the highest value, and the value.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Peaks {
    /// The name of the week's target.
    pub week: String,
    /// The name of the value's target.
    pub size: String,
    /// The target whose peak it is.
    pub of: String,
    /// First and last week of each season, by their Saturdays.
    pub seasons: Vec<Season>,
}

/// Weeks of a season.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "[String; 2]")]
pub struct Season {
    /// The first.
    pub first: Week,
    /// The last.
    pub last: Week,
}

impl Changes {
    /// Its horizons, weeks after the reference week.
    pub fn horizons(&self) -> impl Iterator<Item = i8> + use<> {
        self.horizons[0]..=self.horizons[1]
    }

    /// Place of a change's category, in an area with so many residents.
    #[must_use]
    pub fn category(&self, horizon: i8, change: f64, residents: f64) -> usize {
        let place = usize::try_from(i16::from(horizon) - i16::from(self.horizons[0])).unwrap_or(0);
        let rate = change.abs() / residents * 1e5;
        let size = if change.abs() < self.least || rate < self.stable[place] {
            0
        } else if rate < self.large[place] {
            1
        } else {
            2
        };
        if change < 0.0 { 2 - size } else { 2 + size }
    }

    /// Checks that a threshold stands for every horizon.
    ///
    /// # Errors
    /// What does not hold.
    pub(crate) fn check(&self) -> Result<(), String> {
        let [first, last] = self.horizons;
        let count = usize::try_from(i16::from(last) - i16::from(first) + 1).unwrap_or(0);
        if count == 0 || self.stable.len() != count || self.large.len() != count {
            return Err(format!("changes: `stable` and `large` must have a value for each horizon, {first} to {last}"));
        }
        let ordered = self.stable.iter().zip(&self.large).all(|(stable, large)| 0.0 <= *stable && stable <= large);
        if ordered { Ok(()) } else { Err("changes: `stable` must not be above `large`".to_owned()) }
    }
}

impl Peaks {
    /// The season of a reference week; none where the table does not have it.
    #[must_use]
    pub fn season(&self, reference: Week) -> Option<Season> {
        self.seasons.iter().find(|season| (season.first..=season.last).contains(&reference)).copied()
    }
}

impl Season {
    /// Its weeks.
    pub fn weeks(self) -> impl Iterator<Item = Week> {
        (0..=self.last.since(self.first)).map(move |week| self.first.plus(week))
    }
}

impl TryFrom<[String; 2]> for Season {
    type Error = String;

    fn try_from(days: [String; 2]) -> Result<Self, String> {
        let week = |day: &String| {
            let week = day.parse().ok().and_then(Week::ending);
            week.ok_or_else(|| format!("`{day}` is no Saturday: write its date, such as 2025-11-22"))
        };
        let (first, last) = (week(&days[0])?, week(&days[1])?);
        if (0..=60).contains(&last.since(first)) {
            Ok(Self { first, last })
        } else {
            Err(format!("a season from {first} to {last}: at most 60 weeks, the last after the first"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hubs::shipped;

    #[test]
    fn categories_are_those_of_the_hubs_specification() {
        let hubs = shipped();
        let changes = hubs.find("flusight").unwrap().changes.as_ref().unwrap();
        let name = |horizon: i8, change: f64, residents: f64| {
            changes.categories[changes.category(horizon, change, residents)].as_str()
        };
        for (horizon, stable, large) in [(0, 0.3, 1.7), (1, 0.5, 3.0), (2, 0.7, 4.0), (3, 1.0, 5.0)] {
            // Ten million residents: a rate of 0.01 per 100,000 is a person.
            let people = |rate: f64| (rate * 100.0).round();
            for (change, expected) in [
                (people(stable) - 1.0, "stable"),
                (people(stable), "increase"),
                (-people(stable), "decrease"),
                (people(large) - 1.0, "increase"),
                (people(large), "large_increase"),
                (1.0 - people(large), "decrease"),
                (-people(large), "large_decrease"),
                (0.0, "stable"),
            ] {
                assert_eq!(name(horizon, change, 1e7), expected, "{change} at horizon {horizon}");
            }
            // Where few live, fewer than ten people are no change, and ten may be a large one.
            assert_eq!(
                [9.0, 10.0, -10.0].map(|change| name(horizon, change, 1e5)),
                ["stable", "large_increase", "large_decrease"]
            );
        }
    }

    #[test]
    fn a_season_has_the_weeks_that_the_hub_lists() {
        let hubs = shipped();
        let peaks = hubs.find("flusight").unwrap().peaks.as_ref().unwrap();
        let week = |day: &str| Week::ending(day.parse().unwrap()).unwrap();
        let weeks: Vec<Week> = peaks.season(week("2026-01-10")).unwrap().weeks().collect();
        assert_eq!((weeks.len(), weeks[0], weeks[26]), (27, week("2025-11-22"), week("2026-05-23")));
        assert_eq!(peaks.season(week("2025-11-15")), None);
    }
}
