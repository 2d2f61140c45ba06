//! Samples: as many as the hub asks for, each a trajectory over the same horizons of one location.

use std::collections::{BTreeMap, BTreeSet};

use countycast_engine::Date;
use countycast_panel::quoted;

use super::findings::Findings;
use super::rows::Rows;
use crate::hubs::{Hub, Target};

/// Longest id of a sample that hubs accept (`max_length` in their tasks).
const LONGEST_ID: usize = 15;

/// The samples of a target and location: by horizon their ids.
#[derive(Debug)]
struct Trajectories {
    row: usize,
    horizons: BTreeMap<i64, BTreeSet<String>>,
}

/// All samples of a file.
#[derive(Debug, Default)]
pub(super) struct Samples {
    found: BTreeMap<(String, String), Trajectories>,
    /// The target and location in which an id stands first.
    owners: BTreeMap<String, (String, String)>,
}

impl Samples {
    /// Adds a row.
    pub(super) fn add(&mut self, rows: &Rows<'_>, row: usize, day: Date, rule: &Target, findings: &mut Findings) {
        if rule.samples == 0 {
            let text = format!("{} takes no samples of `{}`: write `quantile`", rows.hub.title, rule.target);
            return findings.error("output type", row, text);
        }
        let Some(place) = rows.location(row, rule, findings) else { return };
        let Some(weeks) = rows.horizon(row, day, rows.hub.horizons, findings) else { return };
        let Some(value) = rows.value_of(row, rule, findings) else { return };
        if rule.decimals == 0 && value.fract() != 0.0 {
            findings.error("whole", row, format!("value {value}: samples of `{}` are whole numbers", rule.target));
        }
        let id = rows.id(row).into_owned();
        if id.is_empty() || id.chars().count() > LONGEST_ID {
            let text = format!("output_type_id `{}`: samples have 1 to {LONGEST_ID} characters", quoted(&id));
            findings.error("sample id", row, text);
        }
        let key = (rule.target.clone(), place);
        let owner = self.owners.entry(id.clone()).or_insert_with(|| key.clone());
        if *owner != key {
            let text = format!("sample {} is one of {}, `{}`, already", quoted(&id), owner.1, owner.0);
            findings.error("shared sample", row, text);
        }
        let of_place = self.found.entry(key).or_insert_with(|| Trajectories { row, horizons: BTreeMap::new() });
        if !of_place.horizons.entry(weeks).or_default().insert(id.clone()) {
            findings.error("sample twice", row, format!("sample {} of this task stands twice", quoted(&id)));
        }
    }

    /// Checks that each task has the hub's number of samples, and that they are the same at all horizons.
    pub(super) fn whole(&self, hub: &Hub, findings: &mut Findings) {
        for ((target, place), trajectories) in &self.found {
            let wanted = hub.target(target).map_or(0, |rule| rule.samples);
            let first = trajectories.horizons.values().next();
            for (weeks, ids) in &trajectories.horizons {
                let task = format!("{place}, `{target}`, horizon {weeks}");
                if ids.len() != wanted {
                    let text = format!("{task}: {} samples, where {} takes {wanted}", ids.len(), hub.title);
                    findings.error("number of samples", trajectories.row, text);
                } else if first.is_some_and(|first| first != ids) {
                    let text =
                        format!("{task}: other samples than at the first horizon; a sample is a whole trajectory");
                    findings.error("trajectories", trajectories.row, text);
                }
            }
        }
    }
}
