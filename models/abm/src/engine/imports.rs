//! How much of a place's infections is brought in: from the region around, and over the border by those who work.

use countycast_engine::{Commuting, Course, History};

use super::ensemble::ImportShares;
use crate::disease::Disease;
use crate::settings::Settings;

/// Days whose cases are compared between here and there.
const COMMUTING_DAYS: usize = 14;
/// Commuters bring at most this share of all infections: where a place has next to none of its own, its reports say more
/// about the days to come than its neighbours'.
const MOST_COMMUTED: f64 = 0.5;

/// The shares of a place whose smoothed cases up to the as-of day are `cases`.
pub(crate) fn shares(
    history: &History,
    settings: &Settings,
    course: &Course,
    disease: &Disease,
    cases: &[f64],
) -> ImportShares {
    let around = course.anchor().map_or(1.0, |around| {
        let own = cases[cases.len() - 7..].iter().sum::<f64>() / 7.0;
        f64::midpoint(1.0, around / own.max(0.01 * around).max(1e-9)).min(50.0)
    });
    let anyone = settings.travel_share * around;
    let commuting = history.commuting().zip(history.location().population);
    let (there, here) = commuting.map_or((0.0, 0.0), |(commuting, residents)| {
        let own = cases[cases.len() - COMMUTING_DAYS..].iter().sum::<f64>() / residents;
        at_work(commuting, own, disease.work_share)
    });
    ImportShares { anyone, there, here }
}

/// Infections of residents at work in other counties, and by people who come from there to work, over all infections.
///
/// Of the infections, a share `work_share` happens at work where all places are alike. Of those at work, the share
/// `leaving` is exposed to the incidence there; of the others' contacts, those who arrive are a part, with the incidence
/// of where they live. `own` are the place's own cases of the same days a resident.
fn at_work(commuting: &Commuting, own: f64, work_share: f64) -> (f64, f64) {
    let Commuting { leaving, arriving, .. } = *commuting;
    let relative = |cases: &[f64]| {
        let cases: f64 = cases.iter().rev().take(COMMUTING_DAYS).sum();
        // Bounded by the cap below, whatever the number.
        cases / own.max(1e-3 * cases).max(1e-12)
    };
    let staying = 1.0 - leaving;
    let strangers = arriving / (arriving + staying).max(1e-9);
    let there = work_share * leaving * relative(&commuting.cases_there);
    let here = work_share * staying * strangers * relative(&commuting.cases_of_arriving);
    let cap = (MOST_COMMUTED / (there + here).max(1e-12)).min(1.0);
    (cap * there, cap * here)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commuting(there: f64, of_arriving: f64) -> Commuting {
        let days = |cases| vec![cases; 20];
        Commuting { leaving: 0.5, arriving: 0.5, cases_there: days(there), cases_of_arriving: days(of_arriving) }
    }

    #[test]
    fn where_all_counties_are_alike_commuters_bring_what_they_take_away() {
        // Half of the workers leave; half of those at work here are from elsewhere.
        let (there, here) = at_work(&commuting(1e-4, 1e-4), 14e-4, 0.3);
        assert!((there - 0.15).abs() < 1e-12 && (here - 0.075).abs() < 1e-12, "{there} and {here}");
        let (there, _) = at_work(&commuting(2e-4, 1e-4), 14e-4, 0.3);
        assert!((there - 0.3).abs() < 1e-12, "twice the cases there are twice the infections: {there}");
    }

    #[test]
    fn a_silent_place_and_silent_neighbours_have_finite_shares() {
        assert_eq!(at_work(&commuting(0.0, 0.0), 14e-4, 0.3), (0.0, 0.0));
        let (there, here) = at_work(&commuting(1e-3, 0.0), 0.0, 0.3);
        assert_eq!((there, here), (MOST_COMMUTED, 0.0));
    }
}
