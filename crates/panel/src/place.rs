//! A place of the panel.

use std::sync::Arc;

use countycast_engine::{Fips, History};

use super::geography::State;
use super::repair::Repairs;

/// A county, a state or the nation: its counts and their repairs.
#[derive(Debug, Clone)]
pub struct Place {
    /// Counts and covariates, with the surrounding place as region.
    pub history: Arc<History>,
    /// The state it lies in or is; none for the nation.
    pub state: Option<&'static State>,
    /// Repairs to its counts.
    pub repairs: Repairs,
    /// The health district that reports for this county, whose own row stays at zero; none for other counties.
    pub reported_in: Option<Arc<District>>,
}

/// A health district that reports for several counties together.
#[derive(Debug, Clone, PartialEq)]
pub struct District {
    /// Its name, such as `Bear River`.
    pub name: String,
    /// The counties that it reports for.
    pub counties: Vec<Fips>,
    /// Its new cases a day, from the panel's first day.
    pub cases: Vec<f64>,
}

impl Place {
    /// The name of the district that reports for it, if one does.
    #[must_use]
    pub fn district(&self) -> Option<&str> {
        self.reported_in.as_deref().map(|district| district.name.as_str())
    }

    /// Its code.
    #[must_use]
    pub fn fips(&self) -> Fips {
        self.history.location().fips
    }
}
