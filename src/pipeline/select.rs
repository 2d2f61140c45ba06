//! Which places a run projects.

use std::collections::BTreeSet;

use countycast_engine::{Fips, Level};

use crate::error::Error;
use crate::panel::{Panel, State};

/// The places to project. A county's projection does not depend on which others are selected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// Every county, every state and the nation.
    All,
    /// Whole states with their counties.
    States(BTreeSet<Fips>),
    /// Single counties, or states without their counties.
    Places(BTreeSet<Fips>),
}

impl Selection {
    /// Reads `--state` and `--fips`; with neither, everything.
    ///
    /// # Errors
    /// [`Error::Request`] for a state or a FIPS code that does not exist or is not in the panel.
    pub fn parse(panel: &Panel, states: &[String], fips: &[String]) -> Result<Self, Error> {
        let request = |message, remedy: &str| Error::Request { message, remedy: remedy.to_owned() };
        if !fips.is_empty() {
            let place = |text: &String| {
                let fips: Fips = text.parse().map_err(|error| {
                    request(format!("--fips: {error}"), "write county codes with leading zeros, separated by commas")
                })?;
                panel.place(fips).map(|_| fips).ok_or_else(|| {
                    request(
                        format!("--fips {fips}: the data have no such place"),
                        "`countycast data check` lists the places",
                    )
                })
            };
            return fips.iter().map(place).collect::<Result<_, _>>().map(Self::Places);
        }
        if states.is_empty() {
            return Ok(Self::All);
        }
        let state = |text: &String| {
            let state = State::named(text.trim()).ok_or_else(|| {
                let known: Vec<&str> = State::all().iter().map(|s| s.abbreviation).collect();
                request(format!("--state {text}: no such state"), &format!("known states: {}", known.join(", ")))
            })?;
            panel.place(state.fips()).map(|_| state.fips()).ok_or_else(|| {
                let known: Vec<String> = panel.states().iter().map(|s| s.history.location().name.clone()).collect();
                request(
                    format!("--state {text}: the data have no counties of {}", state.name),
                    &format!("states in the data: {}", known.join(", ")),
                )
            })
        };
        states.iter().map(state).collect::<Result<_, _>>().map(Self::States)
    }

    /// The first selected place that the panel lacks.
    #[must_use]
    pub fn missing(&self, panel: &Panel) -> Option<Fips> {
        match self {
            Self::All => None,
            Self::States(places) | Self::Places(places) => {
                places.iter().copied().find(|&fips| panel.place(fips).is_none())
            }
        }
    }

    /// Whether a place is projected.
    #[must_use]
    pub fn contains(&self, place: Fips) -> bool {
        match self {
            Self::All => true,
            Self::States(states) => place.state().is_some_and(|state| states.contains(&state)),
            Self::Places(places) => places.contains(&place),
        }
    }

    /// Whether a place has to be projected: selected itself, or part of a selected state or nation, which are sums of
    /// their counties.
    #[must_use]
    pub fn needs(&self, place: Fips) -> bool {
        let within = |places: &BTreeSet<Fips>| {
            places.contains(&Fips::US) || place.state().is_some_and(|state| places.contains(&state))
        };
        self.contains(place) || matches!(self, Self::Places(places) if within(places))
    }

    /// Whether a state's own projection is needed, if only as the fallback of its counties.
    #[must_use]
    pub fn needs_region(&self, region: Fips) -> bool {
        match self {
            Self::All => true,
            Self::States(states) => states.contains(&region),
            Self::Places(places) => match region.level() {
                Level::Nation => places.contains(&region),
                _ => places.contains(&Fips::US) || places.iter().any(|place| place.state() == Some(region)),
            },
        }
    }
}
