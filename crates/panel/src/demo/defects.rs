//! Reporting artifacts in the published tables.

use countycast_engine::Streams;
use rand::{Rng, RngExt};

use super::places::STATES;
use super::{DAYS, Defect, DefectKind, FIRST_DAY, TrueCounty};
use crate::sources::day_after;

/// Probability of each defect in a county.
const CHANCE: [(DefectKind, f64); 3] = [(DefectKind::Dump, 0.4), (DefectKind::Gap, 0.4), (DefectKind::Correction, 0.4)];
/// First day with defects: before it there are few cases.
const FROM: usize = 120;
/// Days over which a dump's cases are held back.
const HELD_BACK_DAYS: usize = 35;
/// Share of cases held back.
const HELD_BACK: f64 = 0.4;
/// Probability that a case is never assigned a county.
const UNASSIGNED: f64 = 0.02;

/// Daily new counts as published: integers, some below zero.
#[derive(Debug, Clone)]
pub(super) struct Published {
    /// By county.
    pub(super) cases: Vec<Vec<i64>>,
    /// By county.
    pub(super) deaths: Vec<Vec<i64>>,
    /// Cases without a county, by state.
    pub(super) unassigned: [Vec<i64>; STATES.len()],
    /// Residents of other states, by state.
    pub(super) out_of_state: [Vec<i64>; STATES.len()],
    pub(super) defects: Vec<Defect>,
}

/// Adds defects to the counts up to the as-of day.
pub(super) fn publish(counties: &[TrueCounty], seed: u64) -> Published {
    let mut published = Published {
        cases: Vec::with_capacity(counties.len()),
        deaths: Vec::with_capacity(counties.len()),
        unassigned: std::array::from_fn(|_| vec![0; DAYS]),
        out_of_state: std::array::from_fn(|_| vec![0; DAYS]),
        defects: Vec::new(),
    };
    for county in counties {
        let whole = |counts: &[f64]| -> Vec<i64> { counts[..DAYS].iter().map(|c| *c as i64).collect() };
        let (mut cases, deaths) = (whole(&county.cases), whole(&county.deaths));
        let state = STATES.iter().position(|state| county.fips.starts_with(&format!("{:02}", state.fips)));
        if let (Some(state), Ok(fips)) = (state, county.fips.parse()) {
            let streams = Streams::new(seed, "demo", fips);
            lose_county(&mut cases, &mut published, state, &mut streams.rng("unassigned", 0));
            let mut rng = streams.rng("defects", 0);
            for (kind, chance) in CHANCE {
                let (hit, day) = (rng.random_bool(chance), rng.random_range(FROM..DAYS - 1));
                if !hit {
                    continue;
                }
                let shows = match kind {
                    DefectKind::Dump => dump(&mut cases, day),
                    DefectKind::Gap => gap(&mut cases, day, rng.random_range(2..=6)),
                    DefectKind::Correction => correct(&mut cases, day, rng.random_range(5..=20)),
                };
                if let Some(day) = shows {
                    let date = day_after(FIRST_DAY, day);
                    published.defects.push(Defect { fips: county.fips.clone(), date, kind });
                }
            }
        }
        published.cases.push(cases);
        published.deaths.push(deaths);
    }
    published.defects.sort();
    published
}

/// Some cases are never assigned a county, some belong to another state.
fn lose_county(cases: &mut [i64], published: &mut Published, state: usize, rng: &mut impl Rng) {
    for (day, count) in cases.iter_mut().enumerate() {
        for _ in 0..*count {
            if rng.random_bool(UNASSIGNED) {
                *count -= 1;
                let of = if rng.random_bool(0.25) { &mut published.out_of_state } else { &mut published.unassigned };
                of[state][day] += 1;
            }
        }
    }
}

/// Holds cases back and publishes them on one day; returns that day, if there were cases to hold back.
fn dump(cases: &mut [i64], day: usize) -> Option<usize> {
    let mut held = 0;
    for count in &mut cases[day.saturating_sub(HELD_BACK_DAYS)..day] {
        let back = (*count as f64 * HELD_BACK).round() as i64;
        *count -= back;
        held += back;
    }
    cases[day] += held;
    (held >= 5).then_some(day)
}

/// Publishes nothing for `length` days and everything on the next; returns that day, if there were cases.
fn gap(cases: &mut [i64], day: usize, length: usize) -> Option<usize> {
    let end = (day + length).min(cases.len() - 1);
    let missed: i64 = cases[day..end].iter().sum();
    cases[day..end].fill(0);
    cases[end] += missed;
    (missed > 0).then_some(end)
}

/// Counts some cases twice and corrects that up to `later` days after; returns the day of the correction.
fn correct(cases: &mut [i64], day: usize, later: usize) -> Option<usize> {
    let back = (day + later).min(cases.len() - 1);
    // More than that day's own cases, so that the correction shows below zero.
    let twice = cases[back].max(0) + 2 + cases[day].max(0);
    cases[day] += twice;
    cases[back] -= twice;
    Some(back)
}
