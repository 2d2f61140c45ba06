//! The request: scenarios, places, days.

use std::collections::BTreeSet;
use std::path::PathBuf;

use countycast_engine::{Fips, Horizon};

use super::course::BASELINE;
use super::file::{HORIZONS, Scenarios};
use super::set::Setting;
use super::variant::Variant;
use crate::config::Config;
use crate::error::Error;
use crate::panel::{self, Panel};
use crate::pipeline::Selection;

/// Default horizon, days.
const HORIZON_DAYS: usize = 90;

/// What to compare, where, and from which data.
#[derive(Debug, Clone)]
pub struct Request {
    /// The data.
    pub panel: panel::Request,
    /// The scenarios, side by side; if empty, only `settings` apply.
    pub scenarios: Vec<Scenarios>,
    /// Values that override those of all scenarios.
    pub settings: Vec<Setting>,
    /// States (state level), by abbreviation; they replace the scenarios' places.
    pub states: Vec<String>,
    /// Places by FIPS code; they replace the scenarios' places.
    pub fips: Vec<String>,
    /// Days to project; none for the longest of the scenarios, or 90. The configuration's are those of a run.
    pub horizon_days: Option<usize>,
    /// The lake to learn from and to load models from; nothing is added to it.
    pub lake: Option<PathBuf>,
    /// Settings of everything else, as of a run.
    pub config: Config,
    /// Threads, at least 1.
    pub jobs: usize,
    /// The folder to write.
    pub out: PathBuf,
}

impl Request {
    /// The scenarios, or one without a file, with the overriding values applied.
    pub(super) fn all_scenarios(&self) -> Vec<Scenarios> {
        let mut scenarios = self.scenarios.clone();
        if scenarios.is_empty() {
            scenarios.push(Scenarios::from_settings());
        }
        for scenario in &mut scenarios {
            self.settings.iter().for_each(|setting| scenario.set(setting));
        }
        scenarios
    }

    pub(super) fn horizon(&self, scenarios: &[Scenarios]) -> Result<Horizon, Error> {
        let longest = scenarios.iter().filter_map(Scenarios::horizon_days).max();
        let days = self.horizon_days.or(longest).unwrap_or(HORIZON_DAYS);
        Horizon::from_days(days).ok().filter(|_| HORIZONS.contains(&days)).ok_or_else(|| Error::Request {
            message: format!("horizon of {days} days: must be {} to {}", HORIZONS.start(), HORIZONS.end()),
            remedy: "change --horizon".to_owned(),
        })
    }

    /// The places of the command line, or else of all scenarios together, or else the nation.
    pub(super) fn places(&self, scenarios: &[Scenarios], panel: &Panel) -> Result<BTreeSet<Fips>, Error> {
        let mut codes: BTreeSet<Fips> = match Selection::parse(panel, &self.states, &self.fips)? {
            Selection::All => BTreeSet::new(),
            Selection::States(codes) | Selection::Places(codes) => codes,
        };
        if codes.is_empty() {
            for scenario in scenarios {
                codes.extend(scenario.places(panel)?);
            }
        }
        if codes.is_empty() {
            codes.insert(Fips::US);
        }
        Ok(codes)
    }
}

/// Refuses scenarios with the same name.
pub(super) fn told_apart(variants: &[Variant]) -> Result<(), Error> {
    let mut names = BTreeSet::from([BASELINE, ""]);
    match variants.iter().find(|variant| !names.insert(&variant.name)) {
        Some(Variant { name, .. }) => Err(Error::Request {
            message: format!("two scenarios are called `{name}`"),
            remedy: "give each file a different `name`, and with --set a different file name; `baseline` is reserved"
                .to_owned(),
        }),
        None => Ok(()),
    }
}
