//! The hubs' rules: which files they take, for what, in which unit.

use std::ops::RangeInclusive;

use countycast_engine::weekly::{Area, Signal, Week};
use countycast_engine::{Date, LEVELS};
use serde::Deserialize;

use crate::derived::{Changes, Peaks};
use crate::geography::Geography;

/// Scales that a file's values may have: per cent is 100, people in millions a millionth.
const SCALES: RangeInclusive<f64> = 1e-6..=1e6;

/// All hubs, as a table of the configuration lists them.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hubs {
    /// The hubs.
    pub hubs: Vec<Hub>,
}

/// A hub that collects weekly forecasts.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hub {
    /// Short name.
    pub name: String,
    /// Readable name.
    pub title: String,
    /// Where it lives.
    pub repository: String,
    /// The model to which scores are relative.
    pub baseline: String,
    /// The hub's own average of its teams, if it makes one.
    pub ensemble: Option<String>,
    /// Days from the reference date to the day on which forecasts are due.
    pub due: i8,
    /// First and last horizon, weeks after the reference date.
    pub horizons: [i8; 2],
    /// First and last of the horizons that a file must have; none of them where empty.
    pub required: Vec<i8>,
    /// Quantile levels that a file must have, ascending.
    pub levels: Vec<f64>,
    /// What it collects.
    pub targets: Vec<Target>,
    /// Categories of change that it collects.
    pub changes: Option<Changes>,
    /// The season's peak, if it collects it.
    pub peaks: Option<Peaks>,
    /// Tables of its target data that name no target in a column.
    #[serde(default)]
    pub files: Vec<TargetFile>,
}

/// A signal as a hub collects it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Its name in the hub's files.
    pub target: String,
    /// Our signal's name.
    #[serde(deserialize_with = "signal")]
    pub signal: Signal,
    /// The file's value of a share of 1, or of one person.
    pub scale: f64,
    /// Decimals of values in files.
    pub decimals: usize,
    /// Samples, joint over horizons, that a file may have of it; 0 where the hub takes none.
    #[serde(default)]
    pub samples: usize,
    /// Locations that are taken.
    pub locations: Vec<String>,
}

/// A table of target data without a column for the target.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetFile {
    /// Name of the file.
    pub name: String,
    /// The target.
    pub target: String,
}

fn signal<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Signal, D::Error> {
    let name = String::deserialize(deserializer)?;
    name.parse().map_err(serde::de::Error::custom)
}

impl Hubs {
    /// Reads the table.
    ///
    /// # Errors
    /// A message with the line for text that is no such table, and for a rule that cannot hold.
    pub fn parse(text: &str) -> Result<Self, String> {
        let hubs: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        for hub in &hubs.hubs {
            hub.check().map_err(|problem| format!("hub `{}`: {problem}", hub.name))?;
        }
        Ok(hubs)
    }

    /// This table with another's hubs: those of the same name are replaced, others added.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        for hub in other.hubs {
            match self.hubs.iter_mut().find(|known| known.name == hub.name) {
                Some(known) => *known = hub,
                None => self.hubs.push(hub),
            }
        }
        self
    }

    /// The hub of this name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Hub> {
        self.hubs.iter().find(|hub| hub.name == name)
    }

    /// The hubs' names, for messages.
    #[must_use]
    pub fn names(&self) -> String {
        self.hubs.iter().map(|hub| hub.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// What any hub calls by this name.
    #[must_use]
    pub fn target(&self, name: &str) -> Option<&Target> {
        self.hubs.iter().find_map(|hub| hub.target(name))
    }

    /// The hubs that collect a signal, with their names for it.
    pub fn of_signal(&self, signal: Signal) -> impl Iterator<Item = (&Hub, &Target)> {
        let targets = move |hub| Hub::targets_of(hub, signal);
        self.hubs.iter().flat_map(targets)
    }
}

impl Hub {
    fn check(&self) -> Result<(), String> {
        let [first, last] = self.horizons;
        if first > last {
            return Err(format!("horizons = [{first}, {last}]: the first is after the last"));
        }
        if let Some(level) = self.levels.iter().find(|level| level_place(**level).is_none()) {
            return Err(format!("levels: {level} is none of the {} levels that are projected", LEVELS.len()));
        }
        if !self.levels.is_sorted() || self.levels.is_empty() {
            return Err("levels: must be ascending, and at least one".to_owned());
        }
        if let Some(target) = self.targets.iter().find(|target| !SCALES.contains(&target.scale) || target.decimals > 9)
        {
            return Err(format!("target `{}`: scale must be 1e-6 to 1e6, decimals at most 9", target.target));
        }
        self.changes.as_ref().map_or(Ok(()), Changes::check)?;
        let derived = self.changes.iter().map(|changes| &changes.of).chain(self.peaks.iter().map(|peaks| &peaks.of));
        match derived.into_iter().find(|of| self.target(of).is_none()) {
            Some(of) => Err(format!("of = \"{of}\" is none of its targets")),
            None => Ok(()),
        }
    }

    /// What it calls by this name.
    #[must_use]
    pub fn target(&self, name: &str) -> Option<&Target> {
        self.targets.iter().find(|target| target.target == name)
    }

    /// The names of all that it collects, derived targets too.
    pub fn target_names(&self) -> impl Iterator<Item = &str> {
        let weekly = self.targets.iter().map(|target| &target.target);
        let changes = self.changes.iter().map(|changes| &changes.target);
        let peaks = self.peaks.iter().flat_map(|peaks| [&peaks.week, &peaks.size]);
        weekly.chain(changes).chain(peaks).map(String::as_str)
    }

    fn targets_of(&self, signal: Signal) -> impl Iterator<Item = (&Self, &Target)> {
        self.targets.iter().filter(move |target| target.signal == signal).map(move |target| (self, target))
    }

    /// The day on which the forecast of a reference week is due; what was published up to it may be used.
    #[must_use]
    pub fn due(&self, reference: Week) -> Date {
        reference.saturday().saturating_add(jiff::Span::new().days(self.due))
    }

    /// Its horizons, weeks after the reference week.
    pub fn horizons(&self) -> impl Iterator<Item = i8> + use<> {
        self.horizons[0]..=self.horizons[1]
    }

    /// Place of a level among its own; none for one that it does not take.
    #[must_use]
    pub fn level(&self, level: f64) -> Option<usize> {
        self.levels.iter().position(|known| is_same(*known, level))
    }

    /// Its central intervals, narrowest first: their probability and the places of their ends among its levels.
    pub fn intervals(&self) -> impl Iterator<Item = (f64, [usize; 2])> {
        let ends = |(low, level): (usize, &f64)| Some((1.0 - 2.0 * level, [low, self.level(1.0 - level)?]));
        self.levels.iter().enumerate().rev().filter(|(_, level)| **level < 0.5).filter_map(ends)
    }

    /// Places of its levels among all that are projected.
    pub fn level_places(&self) -> impl Iterator<Item = usize> {
        self.levels.iter().filter_map(|level| level_place(*level))
    }
}

/// Longest abbreviation that hubs accept (hubverse model metadata, `team_abbr` and `model_abbr`).
pub const LONGEST_ABBREVIATION: usize = 15;

/// Whether hubs accept it as the abbreviation of a team or a model: letters, digits and underscores.
#[must_use]
pub fn is_abbreviation(name: &str) -> bool {
    (1..=LONGEST_ABBREVIATION).contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Place of a level among all that are projected.
fn level_place(level: f64) -> Option<usize> {
    LEVELS.iter().position(|known| is_same(*known, level))
}

/// Whether two levels are the same but for rounding.
fn is_same(known: f64, level: f64) -> bool {
    (known - level).abs() < 1e-9
}

impl Target {
    /// Its locations, with the areas that they mean; none where the geography does not know them.
    pub fn areas<'a>(&'a self, geography: &'a Geography) -> impl Iterator<Item = (&'a str, Option<Area>)> {
        self.locations.iter().map(|location| (location.as_str(), geography.located(location)))
    }
}

#[cfg(test)]
pub(crate) fn shipped() -> Hubs {
    Hubs::parse(include_str!("../../../config/hubs.toml")).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_table_holds_four_hubs() {
        let hubs = shipped();
        assert_eq!(hubs.names(), "metrocast, flusight, covid, rsv");
        let flusight = hubs.find("flusight").unwrap();
        assert_eq!((flusight.horizons().collect::<Vec<_>>(), flusight.levels.len()), (vec![-1, 0, 1, 2, 3], 23));
        let flu = "flu-ed".parse().unwrap();
        let names: Vec<_> = hubs.of_signal(flu).map(|(hub, target)| (hub.name.as_str(), target.scale)).collect();
        assert_eq!(names, [("metrocast", 100.0), ("flusight", 1.0)]);
        let reference = Week::ending(Date::constant(2026, 1, 10)).unwrap();
        assert_eq!(flusight.due(reference), Date::constant(2026, 1, 7));
        assert_eq!(
            hubs.find("metrocast").unwrap().level_places().collect::<Vec<_>>(),
            [1, 2, 3, 6, 11, 16, 19, 20, 21]
        );
    }

    #[test]
    fn a_table_of_ones_own_replaces_hubs_of_the_same_name_and_adds_others() {
        let hub = |name: &str| {
            let text = format!(
                "[[hubs]]\nname = \"{name}\"\ntitle = \"Own\"\nrepository = \"\"\nbaseline = \"b\"\ndue = -3\n\
                 horizons = [0, 3]\nrequired = []\nlevels = [0.5]\ntargets = []\n"
            );
            Hubs::parse(&text).unwrap()
        };
        let hubs = shipped().with(hub("flusight")).with(hub("county"));
        assert_eq!(hubs.names(), "metrocast, flusight, covid, rsv, county");
        assert_eq!(hubs.find("flusight").unwrap().title, "Own");
    }

    #[test]
    fn a_rule_that_cannot_hold_is_refused() {
        let hub = |change: (&str, &str)| {
            let text = "[[hubs]]\nname = \"a\"\ntitle = \"A\"\nrepository = \"\"\nbaseline = \"b\"\ndue = -3\n\
                        horizons = [0, 3]\nrequired = []\nlevels = [0.5]\ntargets = []\n";
            Hubs::parse(&text.replace(change.0, change.1))
        };
        assert!(hub(("", "")).is_ok());
        assert!(hub(("[0, 3]", "[3, 0]")).unwrap_err().contains("the first is after the last"));
        assert!(hub(("[0.5]", "[0.42]")).unwrap_err().contains("0.42 is none of the 23"));
        assert!(hub(("due = -3", "deu = -3")).unwrap_err().contains("unknown field `deu`"));
    }
}
