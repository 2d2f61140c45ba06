//! What fits of an earlier day found, for today's to begin with.

use std::collections::HashMap;

use countycast_engine::{Date, Fips, Parameters};

/// Parameters of one earlier day, by engine and place.
#[derive(Debug, Clone, Default)]
pub struct Earlier {
    found: HashMap<(String, Fips), Parameters>,
    /// What tells them from others.
    digest: String,
}

impl Earlier {
    /// Parameters of each engine in each place; `digest` is the same for the same parameters only.
    #[must_use]
    pub fn new(found: HashMap<(String, Fips), Parameters>, digest: String) -> Self {
        Self { found, digest }
    }

    /// What an engine found in a place.
    #[must_use]
    pub fn get(&self, engine: &str, place: Fips) -> Option<&Parameters> {
        // Without an archive there is nothing to look for.
        if self.found.is_empty() { None } else { self.found.get(&(engine.to_owned(), place)) }
    }

    /// The day, where there are any.
    #[must_use]
    pub fn as_of(&self) -> Option<Date> {
        self.found.values().next().map(Parameters::as_of)
    }

    /// The same for the same parameters only; empty for none.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }
}
