//! The places of a scenario: by code, by state, by rule.

use std::collections::BTreeSet;

use countycast_engine::Fips;
use serde::Deserialize;

use crate::panel::{Panel, State};

/// Places as a scenario file names them; what is left out names none.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Places {
    /// Places by FIPS code.
    fips: Vec<String>,
    /// States as wholes, by abbreviation.
    states: Vec<String>,
    /// All counties of these states …
    counties_of: Vec<String>,
    /// … with at least so many residents …
    min_population: Option<f64>,
    /// … and at most so many.
    max_population: Option<f64>,
}

/// A message and what to do about it.
type Mistake = (String, String);

impl Places {
    /// The places, by code, each once.
    pub(super) fn find(&self, panel: &Panel) -> Result<Vec<Fips>, Mistake> {
        let mut found = BTreeSet::new();
        for text in &self.fips {
            found.insert(place(panel, text)?);
        }
        for text in &self.states {
            found.insert(state(panel, text)?);
        }
        for text in &self.counties_of {
            let state = state(panel, text)?;
            let fits = |residents: f64| {
                self.min_population.is_none_or(|least| residents >= least)
                    && self.max_population.is_none_or(|most| residents <= most)
            };
            let counties = panel.counties().iter().filter(|county| county.fips().state() == Some(state));
            found.extend(counties.filter(|c| c.history.location().population.is_some_and(fits)).map(|c| c.fips()));
        }
        if found.is_empty() {
            let remedy = "loosen min_population and max_population, or name places by fips, states or counties_of";
            return Err(("the places match nothing".to_owned(), remedy.to_owned()));
        }
        Ok(found.into_iter().collect())
    }
}

fn place(panel: &Panel, text: &str) -> Result<Fips, Mistake> {
    let fips: Fips = text.parse().map_err(|error| (format!("{error}"), "FIPS codes are text: \"01001\"".to_owned()))?;
    let here =
        || (format!("{fips}: the data have no such place"), "`countycast data check` lists the places".to_owned());
    panel.place(fips).map(|_| fips).ok_or_else(here)
}

fn state(panel: &Panel, text: &str) -> Result<Fips, Mistake> {
    let known: Vec<&str> = panel.states().iter().filter_map(|place| Some(place.state?.abbreviation)).collect();
    let found = State::named(text.trim()).map(|state| state.fips()).filter(|&fips| panel.place(fips).is_some());
    found.ok_or_else(|| {
        (format!("the data have no state `{text}`"), format!("states in the data: {}", known.join(", ")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panel::{self, demo};

    #[test]
    fn rules_choose_counties_and_what_matches_nothing_is_said() {
        let folder = tempfile::tempdir().unwrap();
        demo::write(folder.path(), demo::SEED).unwrap();
        let request = panel::Request { data: folder.path().to_owned(), as_of: None, vintage: false };
        let panel = panel::load(&request, &panel::Settings::default()).unwrap();
        let find = |text: &str| toml::from_str::<Places>(text).unwrap().find(&panel);
        let large = find("counties_of = [\"IA\"]\nmin_population = 20000").unwrap();
        let all = find("counties_of = [\"IA\"]").unwrap();
        assert!(!large.is_empty() && large.len() < all.len(), "{} of {}", large.len(), all.len());
        assert_eq!(find("states = [\"IA\"]\nfips = [\"19\"]").unwrap().len(), 1);
        assert!(find("counties_of = [\"IA\"]\nmin_population = 1e9").unwrap_err().0.contains("match nothing"));
        assert!(find("states = [\"TX\"]").unwrap_err().1.contains("IA"));
        assert!(find("fips = [\"1001\"]").unwrap_err().0.contains("1001"));
        assert!(find("fips = [\"01001\"]").unwrap_err().0.contains("no such place"));
    }
}
