//! Results of a batch.

use countycast_engine::{Fips, Parameters, Target};

use super::failure::Failure;
use super::joint::{Alternative, Joint};
use super::rules::InForce;
use crate::blend::Weight;
use crate::capacity::Census;
use crate::phase::Phase;
use crate::reproduction::Reproduction;
use crate::scores::quantiles::Forecast;

/// One location's projection.
#[derive(Debug, Clone)]
pub struct Projected {
    /// The location.
    pub fips: Fips,
    /// Its phase, with the reason.
    pub phase: Phase,
    /// Every engine's projection, in the order of the engines.
    pub members: Vec<(&'static str, Forecast)>,
    /// The blend; none where no engine succeeded and there was nothing to fall back on.
    pub blend: Option<Forecast>,
    /// Every engine's hospital patients, in the order of the engines.
    pub censuses: Vec<(&'static str, Census)>,
    /// The blend's.
    pub blend_census: Option<Census>,
    /// Parameters found by the engines, as starting points for another day's fits.
    pub parameters: Vec<(&'static str, Parameters)>,
    /// Shares of the engines in the blend.
    pub weights: Vec<Weight>,
    /// Engines that failed, or whose projection is implausible and not blended.
    pub failures: Vec<Failure>,
    /// Reproduction number of the last two weeks, where there were cases.
    pub reproduction: Option<Reproduction>,
    /// Joint draws behind the blend; kept if the plan asks for them ([`Plan::joint`](super::Plan::joint)), or if there are scenarios
    /// and a mechanistic engine for them, here or in the state.
    pub joint: Option<Joint>,
    /// The location under each scenario of the plan; empty where there are no joint draws.
    pub alternatives: Vec<Alternative>,
    /// How often and how long measures were in force by rule: by mechanistic engine, for each scenario of the plan, of each of its
    /// rules. Empty where no scenario has rules.
    pub in_force: Vec<(&'static str, Vec<Vec<InForce>>)>,
}

/// A group of results: the nation, or a state with its counties.
#[derive(Debug)]
pub struct Group {
    /// The nation or the state.
    pub region: Fips,
    /// Its blend, whether it was selected or is only needed for the nation.
    pub forecast: Option<Forecast>,
    /// Whether its own blend was replaced by a sum.
    pub moved: Vec<Moved>,
    /// The selected places among it and its counties.
    pub results: Vec<Projected>,
}

/// Outcome of coherence for a region and target.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Moved {
    /// The region.
    pub fips: Fips,
    /// New cases or new deaths.
    pub target: Target,
    /// Median of the region's own blend, summed over the horizon, people.
    pub own: f64,
    /// Median of the sum of its places, which replaces it; none if the own blend is kept because the places have less
    /// than half of the region's recent counts.
    pub summed: Option<f64>,
    /// The region's counts over those of its places in the last eight weeks: some belong to no county. None if the
    /// places have none.
    pub scale: Option<f64>,
}
