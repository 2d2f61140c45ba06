//! Restatements: steps of the cumulative count that change the past and not the present level.

use super::{RepairKind, Work};
use crate::settings::Restatements;

/// Whether this many people, more or fewer on one day than expected, are too many for the weeks before it.
pub(super) fn is_restated(work: &Work<'_>, day: usize, people: f64, settings: &Restatements) -> bool {
    let (distant, recent) = work.counts[..day].split_at(day.saturating_sub(settings.recent_days));
    let sum = |counts: &[f64]| counts.iter().sum::<f64>();
    // The distant past, which may be long, is added up last.
    people >= settings.min_people && people >= settings.share * sum(recent) && sum(distant) >= people
}

/// Adds people to the days more than `recent_days` before a day, or takes them from there, in proportion to their counts.
pub(super) fn into_past(work: &mut Work<'_>, day: usize, people: f64, settings: &Restatements) {
    let end = day.saturating_sub(settings.recent_days);
    let there: f64 = work.counts[..end].iter().sum();
    if there <= 0.0 {
        return;
    }
    let factor = (1.0 + people / there).max(0.0);
    let first = work.counts[..end].iter().position(|count| *count > 0.0).unwrap_or(0);
    for past in first..end {
        work.counts[past] *= factor;
        work.repaired[past] = true;
    }
    work.log.push((RepairKind::Restated, first, day, people.abs()));
}

/// Leaves out of their days the people who are not believed to belong there. A last report that may be an error is held back
/// until another agrees; people whom a restatement took are taken from the past.
pub(super) fn hold(work: &mut Work<'_>, held: &[(usize, f64)], settings: &Restatements) {
    for &(day, people) in held {
        let distant: f64 = work.counts[..day.saturating_sub(settings.recent_days)].iter().sum();
        // A correction of more than the past is left to the repair of counts below zero.
        if people < -distant {
            continue;
        }
        work.counts[day] -= people;
        work.repaired[day] = true;
        if people > 0.0 {
            work.log.push((RepairKind::Held, day, day, people));
        } else {
            into_past(work, day, people, settings);
        }
    }
}
