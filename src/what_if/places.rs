//! The places of a scenario: by code, by state, by rule.

use std::collections::BTreeSet;

use countycast_engine::Fips;
use serde::Deserialize;
use toml::Spanned;

use crate::panel::{Panel, State};

/// Places as named in a scenario file.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Places {
    /// Places by FIPS code.
    fips: Vec<Spanned<String>>,
    /// States (state level), by abbreviation.
    states: Vec<Spanned<String>>,
    /// All counties of these states, or of all states if omitted and one of the next two is given …
    counties_of: Vec<Spanned<String>>,
    /// … with at least this many residents …
    min_population: Option<f64>,
    /// … and at most this many.
    max_population: Option<f64>,
}

/// An error in the places, and its position.
#[derive(Debug)]
pub(super) struct Mistake {
    /// Byte offset in the text; none for the places as a whole.
    pub(super) at: Option<usize>,
    pub(super) message: String,
    pub(super) remedy: String,
}

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
        let mut states = BTreeSet::new();
        for text in &self.counties_of {
            states.insert(state(panel, text)?);
        }
        if states.is_empty() && (self.min_population.is_some() || self.max_population.is_some()) {
            states.extend(panel.states().iter().map(|state| state.fips()));
        }
        let fits = |residents: f64| {
            self.min_population.is_none_or(|least| residents >= least)
                && self.max_population.is_none_or(|most| residents <= most)
        };
        let counties = panel.counties().iter().filter(|c| c.fips().state().is_some_and(|s| states.contains(&s)));
        found.extend(counties.filter(|c| c.history.location().population.is_some_and(fits)).map(|c| c.fips()));
        if found.is_empty() {
            let remedy = "relax min_population and max_population, or name places by fips, states or counties_of";
            let message = "the places match nothing".to_owned();
            return Err(Mistake { at: None, message, remedy: remedy.to_owned() });
        }
        Ok(found.into_iter().collect())
    }
}

fn place(panel: &Panel, text: &Spanned<String>) -> Result<Fips, Mistake> {
    let mistake = |message, remedy: &str| Mistake { at: Some(text.span().start), message, remedy: remedy.to_owned() };
    let fips: Fips =
        text.get_ref().parse().map_err(|error| mistake(format!("{error}"), "FIPS codes are text: \"01001\""))?;
    let unknown =
        || mistake(format!("{fips}: the data have no such place"), "`countycast data check` lists the places");
    panel.place(fips).map(|_| fips).ok_or_else(unknown)
}

fn state(panel: &Panel, text: &Spanned<String>) -> Result<Fips, Mistake> {
    let name = text.get_ref().trim();
    let found = State::named(name).map(|state| state.fips()).filter(|&fips| panel.place(fips).is_some());
    found.ok_or_else(|| {
        let known: Vec<&str> = panel.states().iter().filter_map(|place| Some(place.state?.abbreviation)).collect();
        let (message, remedy) = (format!("the data have no state `{name}`"), known.join(", "));
        Mistake { at: Some(text.span().start), message, remedy: format!("states in the data: {remedy}") }
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
        let everywhere = find("min_population = 20000").unwrap();
        assert!(everywhere.len() > large.len() && large.iter().all(|fips| everywhere.contains(fips)));
        assert!(find("counties_of = [\"IA\"]\nmin_population = 1e9").unwrap_err().message.contains("match nothing"));
        let error = find("\nstates = [\"TX\"]").unwrap_err();
        assert_eq!(error.at, Some("\nstates = [".len()));
        assert!(error.remedy.contains("IA"));
        assert!(find("fips = [\"1001\"]").unwrap_err().message.contains("1001"));
        assert!(find("fips = [\"01001\"]").unwrap_err().message.contains("no such place"));
    }
}
