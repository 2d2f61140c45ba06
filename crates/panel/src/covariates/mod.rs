//! Covariates of counties from optional files.

mod adjacency;
mod cell;
mod contacts;
mod faults;
mod files;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use countycast_engine::{Contacts, Covariate, Covariates, Fips};
use jiff::civil::Date;

pub(super) use adjacency::{Neighbours, among, read as neighbours};
pub(super) use files::RESIDENTS;

use super::input::{Notice, Reader};
use super::listed;
use crate::error::Error;

/// Covariates of the counties.
#[derive(Debug, Default)]
pub(super) struct Facts {
    counties: BTreeMap<Fips, Covariates>,
    /// Contact matrices.
    pub(super) contacts: Option<Arc<Contacts>>,
}

/// Reads every covariate file that exists and was published by the as-of day.
pub(super) fn read(as_of: Date, reader: &mut Reader) -> Result<Facts, Error> {
    let mut facts = Facts::default();
    for file in files::ALL {
        table::read(file, as_of, &mut facts.counties, reader)?;
    }
    for covariates in facts.counties.values_mut() {
        files::derive(covariates);
    }
    facts.contacts = contacts::read(reader)?;
    Ok(facts)
}

/// Whether a county can have this value of a covariate.
pub(super) fn possible(covariate: Covariate, value: f64) -> bool {
    files::range(covariate).holds(value)
}

/// Removes what a county cannot have; a notice for each covariate names it.
pub(super) fn leave_out_impossible(counties: &mut BTreeMap<Fips, Covariates>) -> Vec<Notice> {
    let mut found = BTreeMap::<Covariate, Vec<String>>::new();
    for (county, covariates) in counties.iter_mut() {
        let mut kept = Covariates::default();
        for (covariate, value) in covariates.iter() {
            if possible(covariate, value) {
                kept.set(covariate, value);
            } else {
                found.entry(covariate).or_default().push(format!("{value:?} in {county}"));
            }
        }
        *covariates = kept;
    }
    let notice = |(covariate, places): (Covariate, Vec<String>)| {
        let files::Range { least, greatest } = files::range(covariate);
        listed::notice(&format!("`{covariate}` is not {least} to {greatest}, left out"), &places)
    };
    found.into_iter().filter_map(notice).collect()
}

impl Facts {
    /// The covariates of these counties, without contact matrices.
    pub(super) fn new(counties: BTreeMap<Fips, Covariates>) -> Self {
        Self { counties, contacts: None }
    }

    /// The covariates of a county.
    pub(super) fn of(&self, county: Fips) -> Covariates {
        self.counties.get(&county).cloned().unwrap_or_default()
    }

    /// Residents, from the first file that has a value.
    pub(super) fn population(&self, county: Fips) -> Option<f64> {
        let covariates = self.counties.get(&county)?;
        files::POPULATIONS.into_iter().find_map(|residents| covariates.get(residents))
    }

    /// Adds notices about covariates that some of these counties lack: one for all that are missing in as many.
    pub(super) fn note_missing<'a>(&self, counties: impl Iterator<Item = &'a Covariates> + Clone, reader: &mut Reader) {
        let mut lacking = BTreeMap::<usize, Vec<String>>::new();
        for covariate in known(self.counties.values()) {
            let missing = counties.clone().filter(|covariates| covariates.get(covariate).is_none()).count();
            lacking.entry(missing).or_default().push(covariate.to_string());
        }
        lacking.remove(&0);
        for (missing, covariates) in lacking {
            let counties = if missing == 1 { "1 county".to_owned() } else { format!("{missing} counties") };
            reader.notice(format!("covariates missing in {counties}: {}", covariates.join(", ")), 1);
        }
    }
}

/// Covariates of a region from those of its parts: sums for counts of people and beds, means weighted by residents
/// otherwise. A part without residents or without the value is left out.
pub(super) fn together<'a>(parts: impl Iterator<Item = (&'a Covariates, Option<f64>)> + Clone) -> Covariates {
    let mut whole = Covariates::default();
    for covariate in known(parts.clone().map(|(covariates, _)| covariates)) {
        let values = parts.clone().filter_map(|(covariates, residents)| Some((covariates.get(covariate)?, residents)));
        if files::is_sum(covariate) {
            whole.set(covariate, values.map(|(value, _)| value).sum());
        } else {
            let weighted = values.filter_map(|(value, residents)| Some((value, residents?)));
            let (sum, weight) = weighted.fold((0.0, 0.0), |(s, w), (value, r)| (s + value * r, w + r));
            // 0 / 0 is not finite and is left out.
            whole.set(covariate, sum / weight);
        }
    }
    whole
}

/// What is known of any of these places.
fn known<'a>(places: impl Iterator<Item = &'a Covariates>) -> BTreeSet<Covariate> {
    places.flat_map(|covariates| covariates.iter().map(|(covariate, _)| covariate)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_weighted_and_beds_are_added() {
        let mut city = Covariates::default();
        city.set(Covariate::Poverty, 0.2);
        city.set(Covariate::StaffedBeds, 100.0);
        let mut village = Covariates::default();
        village.set(Covariate::Poverty, 0.4);
        village.set(Covariate::StaffedBeds, 10.0);
        village.set(Covariate::Age65Plus, 0.3);
        let state = together([(&city, Some(3000.0)), (&village, Some(1000.0))].into_iter());
        assert!((state.get(Covariate::Poverty).unwrap() - 0.25).abs() < 1e-12);
        assert_eq!((state.get(Covariate::StaffedBeds), state.get(Covariate::Age65Plus)), (Some(110.0), Some(0.3)));
    }
}
