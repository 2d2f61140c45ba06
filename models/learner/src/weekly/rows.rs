//! Rows that are learned from: weeks of series with what came after them.

use std::collections::BTreeMap;

use countycast_engine::weekly::{Disease, Measure, Week};
use rand_philox::splitmix64;

use super::features::{Features, Maker};
use super::grid::{Grid, Line};
use super::settings::Settings;
use crate::boost::normal;

/// Longest lead, weeks.
pub(super) const LEADS: usize = 5;

/// Series that are wrong alike.
pub(super) const GROUPS: usize = 12;

/// The group of a line: by disease admissions, visits of states and the nation, visits of areas below them; outpatient visits
/// stand with those for influenza-like illness.
pub(super) fn group(line: &Line) -> usize {
    let measure = match line.signal.measure {
        Measure::Admissions => 0,
        Measure::EmergencyVisits if line.area.below_state() => 2,
        Measure::EmergencyVisits | Measure::OutpatientVisits => 1,
    };
    let disease = match line.signal.disease {
        Disease::Influenza => 0,
        Disease::Covid => 1,
        Disease::Rsv => 2,
        Disease::InfluenzaLike => 3,
    };
    3 * disease + measure
}

/// Rows that are learned from.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) features: Vec<Features>,
    /// Change on the common scale over the lead.
    pub(super) changes: Vec<f64>,
    /// The season of the week, by the year in which it began.
    pub(super) seasons: Vec<i16>,
    /// Places of the weeks on the grid.
    pub(super) weeks: Vec<usize>,
    pub(super) leads: Vec<usize>,
    pub(super) groups: Vec<usize>,
}

impl Rows {
    /// A sample of the weeks up to `last`, each with one lead or several, whose outcomes are known by then.
    pub(super) fn sample(grid: &Grid, maker: &Maker, last: Week, settings: &Settings, seed: u64) -> Self {
        let Some(end) = grid.place(last) else { return Self::default() };
        let mut rows = Self::default();
        for (number, line) in grid.lines.iter().enumerate().filter(|(_, line)| line.teaches) {
            let repeats = settings.repeats(line.signal, &line.area);
            for week in 3..end {
                if line.known[week].is_nan() || line.filled[week - 1].is_nan() || line.filled[week - 2].is_nan() {
                    continue;
                }
                let mut chance = Chance(mix(seed ^ mix(number as u64 ^ mix(week as u64))));
                let times = (repeats + chance.uniform()).floor() as usize;
                for _ in 0..times {
                    let lead = 1 + (chance.uniform() * LEADS as f64) as usize;
                    let Some(after) = (week + lead <= end).then(|| line.known[week + lead]).filter(|z| !z.is_nan())
                    else {
                        continue;
                    };
                    rows.features.push(maker.features(grid, number, week, lead));
                    rows.changes.push(f64::from(after - line.known[week]));
                    rows.seasons.push(grid.first.plus(week as i32).season().0);
                    rows.weeks.push(week);
                    rows.leads.push(lead);
                    rows.groups.push(group(line));
                }
            }
        }
        rows
    }

    /// Weights with mean 1 by which a season counts as the square root of its rows: few seasons of a new signal do not drown
    /// the many of an old one.
    pub(super) fn weights(&self) -> Vec<f64> {
        let mut rows: BTreeMap<i16, f64> = BTreeMap::new();
        self.seasons.iter().for_each(|season| *rows.entry(*season).or_default() += 1.0);
        normal(self.seasons.iter().map(|season| 1.0 / rows[season].sqrt()).collect())
    }

    pub(super) fn len(&self) -> usize {
        self.changes.len()
    }
}

/// Numbers that depend on their address alone.
struct Chance(u64);

impl Chance {
    /// A number from 0 to below 1.
    fn uniform(&mut self) -> f64 {
        self.0 = mix(self.0);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// SplitMix64 (Steele, Lea & Flood 2014, *Fast splittable pseudorandom number generators*).
fn mix(state: u64) -> u64 {
    splitmix64(state.wrapping_add(0x9e37_79b9_7f4a_7c15))
}
