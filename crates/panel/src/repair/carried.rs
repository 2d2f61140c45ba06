//! Steps that parts of a place have, in the place itself.

use jiff::civil::Date;

use super::{Around, Repair, RepairKind, Work, clean, dumps, restated};
use crate::raw::Raw;
use crate::settings::{Dumps, Restatements, Settings};
use crate::sources::days_between;

/// Share of the people of a step by which the place has to stand out on that day: people who were only moved between its parts are
/// not in its total.
const SHOWN: f64 = 0.5;

/// Moves the steps of a place's parts into its past, as far as the place stands out on their days itself.
pub(super) fn repair(work: &mut Work<'_>, steps: &[(usize, f64)], dumps: &Dumps, settings: &Restatements) {
    for &(day, people) in steps {
        let beyond = dumps::beyond(work, day, dumps);
        let moved = if people > 0.0 { people.min(beyond) } else { people.max(beyond) };
        let there: f64 = work.counts[..day.saturating_sub(settings.recent_days)].iter().sum();
        if moved * people <= 0.0 || moved / people < SHOWN || moved < -there {
            continue;
        }
        work.counts[day] -= moved;
        work.repaired[day] = true;
        restated::into_past(work, day, moved, settings);
    }
}

/// Steps of a series that are moved into its distant past, by day: people, below 0 for those whom a step took.
pub(crate) fn steps(raw: &Raw, first_day: Date, around: &Around, settings: &Settings) -> Vec<(usize, f64)> {
    let Restatements { share, min_people, recent_days, .. } = settings.restatements;
    // Most series have no day that could be one, and need no repair to tell.
    let may_be = |day: usize| {
        let recent: f64 = raw.new[day.saturating_sub(recent_days)..day].iter().sum();
        raw.new[day].abs() >= min_people && raw.new[day].abs() >= share * recent
    };
    if !(recent_days + 1..raw.new.len()).any(may_be) {
        return Vec::new();
    }
    let cleaned = clean(raw, first_day, around, settings);
    let step = |repair: &Repair| {
        let day = days_between(first_day, repair.last)?;
        let is_step = repair.kind == RepairKind::Restated;
        is_step.then(|| (day, (raw.new[day] - cleaned.counts[day]).signum() * repair.people))
    };
    cleaned.repairs.iter().filter_map(step).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Around, RepairKind, clean};
    use crate::raw::Raw;
    use crate::settings::Settings;
    use jiff::civil::date;

    /// Days of 100, the 60th with this count, where parts of the place have a step of 60 people on it.
    fn cleaned(count: f64) -> (Vec<f64>, Vec<RepairKind>) {
        let mut new = vec![100.0; 90];
        new[60] = count;
        let raw = Raw { steps: vec![(60, 60.0)], ..Raw::of_new(new) };
        let cleaned = clean(&raw, date(2020, 1, 5), &Around::default(), &Settings::default());
        (cleaned.counts, cleaned.repairs.iter().map(|repair| repair.kind).collect())
    }

    #[test]
    fn a_step_of_the_parts_is_moved_into_the_past_of_the_whole() {
        // Too little for the whole to stand out by: 160 of 100.
        let (counts, repairs) = cleaned(160.0);
        assert_eq!(repairs, [RepairKind::Restated]);
        assert!((counts[60] - 100.0).abs() < 1e-9 && counts[32..60].iter().all(|count| *count == 100.0), "{counts:?}");
        // 60 people over 32 days of 100.
        assert!(counts[..32].iter().all(|count| (count - 101.875).abs() < 1e-9), "{counts:?}");
        assert!((cleaned(140.0).0[60] - 100.0).abs() < 1e-9, "as far as the whole stands out");
    }

    #[test]
    fn people_moved_between_parts_are_no_step_of_the_whole() {
        for count in [100.0, 129.0, 40.0] {
            assert_eq!(cleaned(count).0[60], count);
        }
    }
}
