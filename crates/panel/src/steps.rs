//! Steps in counties that are steps of their states.

use std::collections::BTreeMap;

use countycast_engine::{Fips, HistoryError};
use rayon::prelude::*;

use super::align::{Aligned, County};
use super::raw::Raw;
use super::repair::{self, Around};
use super::repaired::Repairer;

/// Steps of cases and of deaths: day and people.
type Steps = [Vec<(usize, f64)>; 2];

/// Makes known to the states which steps their counties have: a backlog that a county's own reports tell from an outbreak may be
/// too little to stand out in its state, where it would stay in the last weeks.
///
/// # Errors
/// [`HistoryError`] for counts that make no series.
pub(super) fn carry(aligned: &mut Aligned, repair: &Repairer<'_>) -> Result<(), HistoryError> {
    let first_day = repair.first_day;
    let (_, states) = repair.states(&aligned.states)?;
    let around: BTreeMap<Fips, [Around; 2]> =
        states.into_iter().map(|(fips, state)| (fips, state.within(first_day))).collect();
    let of_county = |county: &County| -> Option<(Fips, Steps)> {
        let state = county.fips.state()?;
        let around = around.get(&state)?;
        let steps = |raw: &Raw, around| repair::steps(raw, first_day, around, repair.settings);
        Some((state, [steps(&county.cases, &around[0]), steps(&county.deaths, &around[1])]))
    };
    let found: Vec<(Fips, Steps)> = aligned.counties.par_iter().filter_map(of_county).collect();
    let mut sums = BTreeMap::<(Fips, usize, usize), f64>::new();
    for (state, kinds) in found {
        for (kind, steps) in kinds.into_iter().enumerate() {
            steps.into_iter().for_each(|(day, people)| *sums.entry((state, kind, day)).or_default() += people);
        }
    }
    for ((state, kind, day), people) in sums {
        if let Some((cases, deaths)) = aligned.states.get_mut(&state) {
            [cases, deaths][kind].steps.push((day, people));
        }
    }
    Ok(())
}
