//! Parameters of an earlier day's fits, as starting points for today's.

use std::collections::HashMap;

use countycast_engine::{Date, Fips, Parameters};

/// Parameters of one earlier day, by engine and place.
#[derive(Debug, Clone, Default)]
pub struct Earlier {
    found: HashMap<(String, Fips), Parameters>,
    /// Digest that identifies them.
    digest: String,
}

impl Earlier {
    /// Parameters of each engine in each place; `digest` identifies them.
    #[must_use]
    pub fn new(found: HashMap<(String, Fips), Parameters>, digest: String) -> Self {
        Self { found, digest }
    }

    /// An engine's parameters for a place.
    #[must_use]
    pub fn get(&self, engine: &str, place: Fips) -> Option<&Parameters> {
        // Without a lake there are no parameters.
        if self.found.is_empty() { None } else { self.found.get(&(engine.to_owned(), place)) }
    }

    /// Their as-of day, if there are any.
    #[must_use]
    pub fn as_of(&self) -> Option<Date> {
        self.found.values().next().map(Parameters::as_of)
    }

    /// Digest that identifies the parameters; empty for none.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }
}
