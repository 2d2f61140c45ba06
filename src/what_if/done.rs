//! Results of a what-if run.

use std::collections::BTreeMap;

use countycast_engine::{Date, Fips};
use serde::Serialize;

use super::course::Course;
use super::effect::Effect;
use super::needs::Needs;
use super::variant::Variant;
use crate::capacity::Beds;
use crate::output::BLEND;
use crate::scores::quantiles::Forecast;

/// A measure under a rule, in one place by one engine.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RuleInForce {
    /// FIPS code.
    pub fips: String,
    /// The scenario.
    pub scenario: String,
    /// The engine whose trajectories these are.
    pub model: &'static str,
    /// Kind of the entry.
    pub measure: &'static str,
    /// The rule.
    pub rule: String,
    /// Share of the trajectories in which it came into force, 0 to 1.
    pub share: f64,
    /// First day in force, the median of the trajectories in which it came into force.
    pub first_day: Option<String>,
    /// Days in force, the mean of all trajectories.
    pub days: f64,
}

/// Results.
#[derive(Debug, Clone)]
pub struct Done {
    /// Last day of data used.
    pub as_of: Date,
    /// The scenarios, and each step of their sweeps.
    pub variants: Vec<Variant>,
    /// A row for each place, scenario, model and quantity.
    pub effects: Vec<Effect>,
    /// Quantiles of the blend by place: under the baseline, where they are those of a run, and under each scenario.
    pub forecasts: Vec<(Fips, Vec<Forecast>)>,
    /// The blend's days under the baseline and each scenario.
    pub courses: Vec<Course>,
    /// Measures under rules: how often, from when and how long they were in force.
    pub rules: Vec<RuleInForce>,
    /// Patients compared with beds under the baseline and each scenario.
    pub needs: Vec<Needs>,
    /// Engines and places that failed, with their reasons.
    pub failures: Vec<String>,
    /// What was loaded from the lake, and what could not be.
    pub notices: Vec<String>,
    /// By scenario, why it changes nothing anywhere, where that is known beforehand.
    pub idle: BTreeMap<String, String>,
    /// The places with results, and all of them together if there are several.
    pub places: Vec<Asked>,
}

/// A requested place.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// FIPS code, or [`ALL_PLACES`](super::ALL_PLACES).
    pub fips: String,
    /// Its name.
    pub name: String,
    /// Beds on the ward and in intensive care; none for several places together.
    pub beds: Option<[Beds; 2]>,
    /// Daily new cases of the weeks up to the as-of day, after repair.
    pub past: Vec<f64>,
}

impl Done {
    /// The main place: the only one, or all together.
    #[must_use]
    pub fn main_place(&self) -> Option<&Asked> {
        self.places.last()
    }

    /// The blend's effects on a place.
    pub fn blended<'a>(&'a self, fips: &'a str) -> impl Iterator<Item = &'a Effect> {
        self.effects.iter().filter(move |effect| effect.fips == fips && effect.model == BLEND)
    }
}
