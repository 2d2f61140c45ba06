//! Increments below zero: corrections of earlier counts.

use super::{RepairKind, Work, restated};
use crate::averages::median;
use crate::settings::{Negatives, Restatements};

/// Days from whose median the size of an ordinary day is taken.
const ORDINARY_DAYS: usize = 28;

/// Distributes every deficit: first to a jump that follows and undoes the drop, then to earlier days that stand out as
/// the error, then to earlier days in proportion to their counts, nearest first. What is too much for the last weeks is a
/// restatement: it changes the distant past, and the day keeps the median of the weeks before.
pub(super) fn repair(work: &mut Work<'_>, settings: &Negatives, restatements: &Restatements) {
    for day in 0..work.counts.len() {
        if work.counts[day] < 0.0 {
            take_back(work, day, settings, restatements);
        }
    }
}

fn take_back(work: &mut Work<'_>, day: usize, settings: &Negatives, restatements: &Restatements) {
    let deficit = -work.counts[day];
    work.counts[day] = 0.0;
    work.repaired[day] = true;
    let (mut left, mut first, mut last) = (deficit, day, day);
    let recent = day.saturating_sub(ORDINARY_DAYS)..day;
    let ordinary = median(&mut work.counts[recent.clone()].to_vec());
    // One more person than the median: a day of 4 after days of 1 is chance.
    let limit = settings.error_factor * (ordinary + 1.0);

    for later in day + 1..work.counts.len().min(day + 1 + settings.rebound_days) {
        if work.counts[later] > limit && left > 0.0 {
            let taken = (work.counts[later] - ordinary).min(left);
            work.counts[later] -= taken;
            work.repaired[later] = true;
            left -= taken;
            last = later;
        }
    }
    let mut take = |work: &mut Work<'_>, from: usize, to: usize, above: &dyn Fn(f64) -> f64, share: f64, left: f64| {
        let taken = proportionally(work, from, to, above, share, left);
        if taken > 0.0 {
            first = first.min((from..to).find(|&d| work.repaired[d]).unwrap_or(from));
        }
        taken
    };
    left -= take(work, recent.start, day, &|count| if count > limit { count - ordinary } else { 0.0 }, 1.0, left);
    if left > 0.0 && restated::is_restated(work, day, left + ordinary, restatements) {
        work.counts[day] = ordinary;
        restated::into_past(work, day, -left - ordinary, restatements);
        if left < deficit {
            work.log.push((RepairKind::Negative, first, last, deficit - left));
        }
        return;
    }
    let (mut end, mut length) = (day, settings.window_days);
    while left > 0.0 && end > 0 {
        let start = end.saturating_sub(length);
        left -= take(work, start, end, &|count| count, settings.window_share, left);
        (end, length) = (start, length * 2);
    }
    if left > 0.0 {
        left -= take(work, 0, day, &|count| count, 1.0, left);
    }
    // Only in rows without a county can a cumulative count fall below zero; the deficit is then taken from later days.
    if left > 1e-9 * deficit && day + 1 < work.counts.len() {
        work.counts[day + 1] -= left;
        work.repaired[day + 1] = true;
    }
    work.log.push((RepairKind::Negative, first, last, deficit));
}

/// Takes up to `most` from the days `from..to`, in proportion to the available amounts given by `above`, and at most
/// `share` of those. Returns the amount taken.
fn proportionally(
    work: &mut Work<'_>,
    from: usize,
    to: usize,
    above: &dyn Fn(f64) -> f64,
    share: f64,
    most: f64,
) -> f64 {
    let there: f64 = work.counts[from..to].iter().copied().map(above).sum();
    let taken = (share * there).min(most);
    if taken <= 0.0 {
        return 0.0;
    }
    let part = (taken / there).min(1.0);
    for day in from..to {
        let amount = above(work.counts[day]) * part;
        if amount > 0.0 {
            // Never below zero by rounding.
            work.counts[day] = (work.counts[day] - amount).max(0.0);
            work.repaired[day] = true;
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::super::{Around, Cleaned, Entry, Repair, clean};
    use super::*;
    use crate::raw::Raw;
    use crate::settings::Settings;
    use jiff::civil::date;

    fn cleaned(reported: &[f64]) -> Cleaned {
        clean(&Raw::of_new(reported.to_vec()), date(2020, 1, 5), &Around::default(), &Settings::default())
    }

    #[test]
    fn a_small_correction_comes_from_the_last_week_in_proportion() {
        let mut reported = vec![10.0; 40];
        reported[29] = 30.0;
        reported[30] = -9.0;
        let result = cleaned(&reported);
        // 70 + 20 over the last seven days.
        assert!((result.counts[28] - 9.0).abs() < 1e-9, "{:?}", &result.counts[20..]);
        assert!((result.counts[29] - 27.0).abs() < 1e-9);
        assert_eq!((result.counts[22], result.counts[30], result.counts[31]), (10.0, 0.0, 10.0));
        let repaired: Vec<usize> = (0..40).filter(|&day| result.repaired[day]).collect();
        assert_eq!(repaired, (23..=30).collect::<Vec<_>>());
        let (first, last) = (date(2020, 1, 28), date(2020, 2, 4));
        let (published, used) = (81.0, 81.0);
        let people = 9.0;
        assert_eq!(result.repairs, [Repair { kind: RepairKind::Negative, first, last, people, published, used }]);
    }

    /// Days of 10, but for these, after this step alone.
    fn repaired(days: &[(usize, f64)]) -> (Vec<f64>, Vec<bool>, Vec<Entry>) {
        let mut reported = vec![10.0; 60];
        days.iter().for_each(|&(day, count)| reported[day] = count);
        alone(&reported)
    }

    fn alone(reported: &[f64]) -> (Vec<f64>, Vec<bool>, Vec<Entry>) {
        let around = Around::default();
        let raw = Raw::of_new(reported.to_vec());
        let mut work = Work::new(&raw, date(2020, 1, 5), &around);
        repair(&mut work, &Negatives::default(), &Restatements::default());
        (work.counts, work.repaired, work.log)
    }

    #[test]
    fn three_times_one_person_more_than_the_median_is_no_error_yet() {
        // 33 on a day before: the week has 93 people, and 5 are taken in proportion.
        let (counts, ..) = repaired(&[(45, 33.0), (50, -5.0)]);
        assert!(
            (counts[45] - 33.0 * 88.0 / 93.0).abs() < 1e-9 && (counts[46] - 880.0 / 93.0).abs() < 1e-9,
            "{counts:?}"
        );
        // 33 on the day after: no rebound.
        let (counts, ..) = repaired(&[(50, -5.0), (51, 33.0)]);
        assert!(counts[51] == 33.0 && counts[49] < 10.0, "{counts:?}");
        // With a median of 1 the limit is 6: a day of 4 is chance.
        let mut few = vec![1.0; 40];
        (few[27], few[30]) = (4.0, -2.0);
        let (counts, ..) = alone(&few);
        assert!((counts[27] - 3.2).abs() < 1e-9 && (counts[28] - 0.8).abs() < 1e-9, "{counts:?}");
    }

    #[test]
    fn an_error_of_the_day_before_is_not_taken_for_a_rebound() {
        let (counts, marked, log) = repaired(&[(49, 210.0), (50, -200.0)]);
        assert_eq!((counts[49], counts[50], log), (10.0, 0.0, vec![(RepairKind::Negative, 49, 50, 200.0)]));
        assert_eq!((0..60).filter(|&day| marked[day]).collect::<Vec<_>>(), [49, 50]);
    }

    #[test]
    fn a_rebound_comes_within_three_days_and_gives_no_more_than_its_excess() {
        let (counts, _, log) = repaired(&[(50, -400.0), (53, 420.0)]);
        assert_eq!((counts[49], counts[53], log), (10.0, 20.0, vec![(RepairKind::Negative, 50, 53, 400.0)]));
        let (counts, ..) = repaired(&[(50, -400.0), (54, 420.0)]);
        assert!(counts[54] == 420.0 && counts[49] < 10.0, "{counts:?}");
        let (counts, ..) = repaired(&[(50, -400.0), (51, 110.0)]);
        assert!(counts[51] == 10.0 && counts[49] < 10.0, "{counts:?}");
        // What the first rebound undoes is done with.
        let (counts, marked, log) = repaired(&[(50, -100.0), (51, 210.0), (52, 150.0)]);
        assert_eq!((counts[51], counts[52], marked[52], log[0].2), (110.0, 150.0, false, 51));
    }

    #[test]
    fn a_cumulative_count_below_zero_is_made_up_for_by_later_days() {
        // Day 0 gives 2 of 5, day 2 the next 1, and day 3 the rest.
        let (counts, marked, log) = alone(&[2.0, -5.0, 1.0, 7.0]);
        assert_eq!((counts, marked), (vec![0.0, 0.0, 0.0, 5.0], vec![true; 4]));
        assert_eq!(log, [(RepairKind::Negative, 0, 1, 5.0), (RepairKind::Negative, 2, 3, 2.0)]);
        let (counts, marked, _) = alone(&[2.0, -5.0, 4.0]);
        assert_eq!((counts, marked), (vec![0.0, 0.0, 1.0], vec![true; 3]));
        assert_eq!(alone(&[2.0, -5.0]).0, [0.0, 0.0], "no later day");
    }

    #[test]
    fn a_large_correction_reaches_far_back_before_it_empties_the_last_week() {
        let mut reported = vec![10.0; 60];
        reported[50] = -55.0;
        let result = cleaned(&reported);
        assert_eq!(result.counts[43..50], [5.0; 7]);
        // 20 of the 140 people in the two weeks before.
        assert!((result.counts[30] - 120.0 / 14.0).abs() < 1e-9);
        assert_eq!(result.counts[28], 10.0);
        assert_eq!(result.counts[51], 10.0);
    }

    #[test]
    fn what_is_too_much_for_four_weeks_changes_the_time_before_them() {
        let mut reported = vec![10.0; 60];
        // 100 people fewer, where 10 more were expected, out of 220 in the time before.
        reported[50] = -100.0;
        let result = cleaned(&reported);
        assert!(result.counts[..22].iter().all(|count| (count - 5.0).abs() < 1e-9), "{:?}", result.counts);
        assert!(result.counts[22..].iter().all(|count| *count == 10.0), "{:?}", result.counts);
        assert_eq!((result.repairs.len(), result.repairs[0].kind), (1, RepairKind::Restated));
    }

    #[test]
    fn an_error_and_its_correction_cancel() {
        let mut reported = vec![10.0; 60];
        (reported[47], reported[50]) = (510.0, -490.0);
        let result = cleaned(&reported);
        assert!((result.counts[47] - 20.0).abs() < 1e-9 && result.counts[40] == 10.0, "{:?}", &result.counts[36..52]);
    }

    #[test]
    fn a_drop_that_is_undone_the_next_day_leaves_no_trace() {
        let mut reported = vec![10.0; 60];
        (reported[50], reported[51]) = (-400.0, 420.0);
        let result = cleaned(&reported);
        assert!(result.counts[44..55].iter().all(|c| (c - 10.0).abs() < 1e-9), "{:?}", &result.counts[44..55]);
    }
}
