//! Demand against the capacity of providers, by the provider's county.

use super::super::cells::{Cells, Counter, Practice};
use super::super::claim::{Claim, History, Span};

/// Weeks whose mean is what a provider can do, if it was the highest of a year.
const STEADY: usize = 4;
/// Weeks of that year.
const YEAR: usize = 52;

/// Whether a claim is a visit: paid, no drug, to a provider of a known county and specialty.
pub(in super::super) const fn is_visit(claim: &Claim) -> bool {
    claim.is_paid() && !claim.is_drug() && claim.provider != 0 && claim.provider_county != 0 && claim.specialties != 0
}

/// Counts all visits of a person, for whatever reason: a provider is visited once a day.
pub(in super::super) fn all_visits(claims: &[Claim], span: Span, cells: &mut Cells) {
    let practice = |claim: &Claim| Practice {
        county: claim.provider_county,
        specialties: claim.specialties,
        provider: claim.provider,
    };
    let mut visits: Vec<(usize, Practice, i32)> = claims
        .iter()
        .filter(|claim| is_visit(claim))
        .map(|claim| (span.place(claim.day), practice(claim), claim.day))
        .collect();
    visits.sort_unstable();
    visits.dedup();
    let place = |(week, practice, _): &(usize, Practice, i32)| (*week, practice.county, practice.specialties);
    for same in visits.chunk_by(|a, b| place(a) == place(b)) {
        let (week, county, specialties) = place(&same[0]);
        cells.visitor(county, specialties, week);
        same.iter().for_each(|(week, practice, _)| cells.visit(*practice, *week));
    }
}

/// Counts a person in each county and week of a visit for the disease.
pub(super) fn count(disease: usize, history: &History, span: Span, cells: &mut Cells) {
    let mut seen: Vec<(u32, usize)> =
        history.visits.iter().map(|claim| (claim.provider_county, span.place(claim.day))).collect();
    seen.sort_unstable();
    seen.dedup();
    for (county, week) in seen {
        cells.block(disease, county).add(week, Counter::Seen);
    }
}

/// What a provider can do in each week, in visits: the highest mean of four weeks on end in the 52 weeks before.
fn capacity(visits: &[u16]) -> Vec<f64> {
    let steady: Vec<u32> =
        (0..visits.len())
            .map(|week| {
                if week + 1 < STEADY { 0 } else { visits[week + 1 - STEADY..=week].iter().map(|n| u32::from(*n)).sum() }
            })
            .collect();
    let mut highest: std::collections::VecDeque<usize> = std::collections::VecDeque::new();
    let mut made = Vec::with_capacity(visits.len());
    for week in 0..visits.len() {
        while highest.front().is_some_and(|first| first + YEAR < week) {
            highest.pop_front();
        }
        made.push(highest.front().map_or(0.0, |first| f64::from(steady[*first]) / STEADY as f64));
        while highest.back().is_some_and(|last| steady[*last] <= steady[week]) {
            highest.pop_back();
        }
        highest.push_back(week);
    }
    made
}

/// Visits, capacity and people who visited, by week, of the providers of a county that treat a disease.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Load {
    pub(in super::super) visits: Vec<u64>,
    pub(in super::super) capacity: Vec<f64>,
    /// At least so many people visited.
    pub(in super::super) people: Vec<u64>,
}

/// The load of the providers of each county that treat each disease.
pub(in super::super) fn utilisation(
    cells: &Cells,
    diseases: usize,
    weeks: usize,
) -> Vec<std::collections::BTreeMap<u32, Load>> {
    let mut loads = vec![std::collections::BTreeMap::<u32, Load>::new(); diseases];
    let empty = || Load { visits: vec![0; weeks], capacity: vec![0.0; weeks], people: vec![0; weeks] };
    let mut practices: Vec<_> = cells.visits.iter().collect();
    // In one order, so that sums of fractions are the same in every run.
    practices.sort_unstable_by_key(|(practice, _)| **practice);
    for (practice, visits) in practices {
        let able = capacity(visits);
        for disease in super::super::claim::bits(practice.specialties) {
            let load = loads[disease].entry(practice.county).or_insert_with(empty);
            for week in 0..weeks {
                load.visits[week] += u64::from(visits[week]);
                load.capacity[week] += able[week];
            }
        }
    }
    for ((county, specialties), people) in &cells.visitors {
        for disease in super::super::claim::bits(*specialties) {
            let load = loads[disease].entry(*county).or_insert_with(empty);
            // Who visited several specialties is in several of these counts: the highest is certain.
            load.people.iter_mut().zip(people).for_each(|(most, n)| *most = (*most).max(u64::from(*n)));
        }
    }
    loads
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capacity_is_the_highest_steady_month_of_the_year_before() {
        let visits: Vec<u16> = (0..120).map(|week| [3, 9, 5, 7, 0, 40][week * week % 6]).collect();
        let made = capacity(&visits);
        for (week, found) in made.iter().enumerate() {
            let means = (week.saturating_sub(YEAR)..week)
                .filter(|last| last + 1 >= STEADY)
                .map(|last| (last + 1 - STEADY..=last).map(|at| f64::from(visits[at])).sum::<f64>() / 4.0);
            let slow = means.fold(0.0, f64::max);
            assert!((found - slow).abs() < 1e-12, "week {week}: {found} and {slow}");
        }
    }
}
