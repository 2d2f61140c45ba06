//! Quantiles of weeks: complete, ordered, for all places and horizons, and near what was published.

use std::collections::{BTreeMap, BTreeSet};

use countycast_engine::Date;
use countycast_engine::weekly::{Unit, Week};

use super::findings::Findings;
use crate::hubs::Hub;
use crate::read::Signals;

/// A median this many times the last published value, or one part in so many of it, looks like a slip.
const SLIP: f64 = 5.0;
/// Values below which such a ratio means nothing: people, and a share.
const SMALL: [f64; 2] = [20.0, 0.002];

/// A task's quantiles by level, with the row of its first.
#[derive(Debug)]
pub(super) struct Quantiles {
    pub(super) row: usize,
    pub(super) values: BTreeMap<usize, f64>,
}

/// Quantiles by reference date, target, location and horizon.
pub(super) type Tasks = BTreeMap<(Date, String, String, i64), Quantiles>;

impl Quantiles {
    pub(super) const fn new(row: usize) -> Self {
        Self { row, values: BTreeMap::new() }
    }

    /// Checks that all levels are there and do not cross.
    pub(super) fn check(&self, hub: &Hub, task: &str, findings: &mut Findings) {
        let missing = (0..hub.levels.len()).filter(|level| !self.values.contains_key(level)).count();
        if missing > 0 {
            let text = format!("{task}: {missing} of {} levels are missing", hub.levels.len());
            findings.error("levels", self.row, text);
        }
        let values: Vec<f64> = self.values.values().copied().collect();
        if let Some(pair) = values.windows(2).find(|pair| pair[1] < pair[0] - 1e-9) {
            let text = format!("{task}: quantiles cross, {} comes before {}", pair[0], pair[1]);
            findings.error("crossing", self.row, text);
        }
    }
}

/// Checks each task's quantiles as a whole, and that no place or horizon is forgotten.
pub(super) fn whole(hub: &Hub, tasks: &Tasks, findings: &mut Findings) {
    for ((_, target, place, weeks), quantiles) in tasks {
        let task = format!("{place}, `{target}`, horizon {weeks}");
        quantiles.check(hub, &task, findings);
        let values: Vec<f64> = quantiles.values.values().copied().collect();
        if values.len() > 1 && values.first() == values.last() && *weeks > 0 {
            findings.warning("point", quantiles.row, format!("{task}: all quantiles are {}", values[0]));
        }
    }
    let mut horizons: BTreeMap<(&str, &str), BTreeSet<i64>> = BTreeMap::new();
    for (_, target, place, weeks) in tasks.keys() {
        horizons.entry((target, place)).or_default().insert(*weeks);
    }
    if let [first, last] = hub.required[..] {
        for ((target, place), found) in &horizons {
            let lacking: Vec<String> = (i64::from(first)..=i64::from(last))
                .filter(|weeks| !found.contains(weeks))
                .map(|w| w.to_string())
                .collect();
            if !lacking.is_empty() {
                let lacking = lacking.join(", ");
                findings.error(
                    "horizons",
                    None,
                    format!("{place}, `{target}`: horizons {lacking} are required and missing"),
                );
            }
        }
    }
    let targets: BTreeSet<&str> = horizons.keys().map(|(target, _)| *target).collect();
    for rule in hub.targets.iter().filter(|rule| targets.contains(rule.target.as_str())) {
        let lacking: Vec<&str> = rule
            .locations
            .iter()
            .map(String::as_str)
            .filter(|place| !horizons.contains_key(&(rule.target.as_str(), *place)))
            .collect();
        if !lacking.is_empty() {
            let names = lacking.iter().take(12).copied().collect::<Vec<_>>().join(", ");
            let more = if lacking.len() > 12 { ", …" } else { "" };
            let text = format!("`{}`: {} locations are missing: {names}{more}", rule.target, lacking.len());
            findings.warning("places", None, text);
        }
    }
}

/// Checks medians against the last value that was published when the forecast was due.
pub(super) fn plausible(hub: &Hub, tasks: &Tasks, signals: &Signals, findings: &mut Findings) {
    let Some(reference) = tasks.keys().next().and_then(|(day, ..)| Week::ending(*day)) else { return };
    let known = signals.vintages.as_of(hub.due(reference), &signals.geography).snapshot;
    let Some(first) = tasks.keys().map(|(.., weeks)| *weeks).filter(|weeks| *weeks >= 0).min() else { return };
    for ((_, target, place, weeks), quantiles) in tasks.iter().filter(|((.., weeks), _)| *weeks == first) {
        let Some(rule) = hub.target(target) else { continue };
        let Some(series) = signals.geography.located(place).and_then(|area| known.find(rule.signal, &area)) else {
            continue;
        };
        let stale = reference.since(series.last());
        if stale > 2 {
            let text = format!("{place}, `{target}`: nothing was published for {stale} weeks, since {}", series.last());
            findings.warning("stale", quantiles.row, text);
        }
        let median = hub.level(0.5).and_then(|middle| quantiles.values.get(&middle));
        let (Some(last), Some(median)) = (series.values().last(), median) else {
            continue;
        };
        let small = SMALL[usize::from(rule.signal.unit() == Unit::Share)];
        let (last, median) = (last.max(small), (median / rule.scale).max(small));
        let ratio = median / last;
        if !(1.0 / SLIP..=SLIP).contains(&ratio) {
            let text = format!(
                "{place}, `{target}`, horizon {weeks}: the median is {ratio:.2} times the last published value; \
                 look at unit and date"
            );
            findings.warning("slip", quantiles.row, text);
        }
    }
}
