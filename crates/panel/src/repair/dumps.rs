//! Dumps: the counts of many days reported on one.

use super::{RepairKind, Work, restated};
use crate::averages::median;
use crate::settings::{Dumps, Restatements};

/// A day below this share of the local level counts as silent.
const SILENT_SHARE: f64 = 0.25;

/// Converts a median absolute deviation to a standard deviation, for normal errors: 1 / Φ⁻¹(3/4).
const MAD_TO_DEVIATION: f64 = 1.4826;

/// Days after a day that show whether the rise is sustained.
const FOLLOWING_DAYS: usize = 3;

/// Weeks in a row whose same weekday stood out before the next is taken for the report of its week.
const HABIT_WEEKS: usize = 4;

/// Finds days far above the local level that do not last, and spreads their excess over the silence before them, or
/// else over the weeks before in proportion to their smoothed counts. What is too much for these is a restatement. Where the
/// same weekday stands out every week, a part of the place reports by week: the excess is that week's.
pub(super) fn repair(work: &mut Work<'_>, settings: &Dumps, restatements: &Restatements) {
    // All days are judged on the same counts and moved afterwards, so the order of days does not matter.
    let mut moved = vec![0.0; work.counts.len()];
    let (mut steps, mut standing) = (Vec::new(), vec![false; work.counts.len()]);
    for day in 0..work.counts.len() {
        if let Some(level) = stands_out(work, day, settings) {
            let excess = work.counts[day] - level * work.factor(day);
            standing[day] = true;
            if day >= 7 * HABIT_WEEKS && (1..=HABIT_WEEKS).all(|weeks| standing[day - 7 * weeks]) {
                moved[day - 6..=day].iter_mut().for_each(|moved| *moved += excess / 7.0);
                moved[day] -= excess;
                work.log.push((RepairKind::Dump, day - 6, day, excess * 6.0 / 7.0));
                continue;
            }
            if restated::is_restated(work, day, excess, restatements) {
                moved[day] -= excess;
                steps.push((day, excess));
                continue;
            }
            let first = spread(work, &mut moved, day, level, excess, settings.spread_days);
            moved[day] -= excess;
            work.log.push((RepairKind::Dump, first, day, excess));
        }
    }
    for (day, change) in moved.into_iter().enumerate().filter(|(_, change)| *change != 0.0) {
        work.counts[day] = (work.counts[day] + change).max(0.0);
        work.repaired[day] = true;
    }
    for (day, excess) in steps {
        restated::into_past(work, day, excess, restatements);
    }
}

/// Counts of the last days relative to the local level, for the places within this one.
pub(super) fn rises(work: &Work<'_>, settings: &Dumps) -> Vec<f64> {
    let days = work.counts.len();
    let last = days.saturating_sub(settings.recent_days)..days;
    last.map(|day| work.counts[day] / (level(work, day, settings).0 * work.factor(day)).max(1.0)).collect()
}

/// People of a day beyond what its local level leads to expect; below 0 where there are fewer.
pub(super) fn beyond(work: &Work<'_>, day: usize, settings: &Dumps) -> f64 {
    if day == 0 { 0.0 } else { work.counts[day] - level(work, day, settings).0 * work.factor(day) }
}

/// The local level at a day that is a dump.
fn stands_out(work: &Work<'_>, day: usize, settings: &Dumps) -> Option<f64> {
    let count = work.counts[day];
    // No earlier days, or too few people at any level: the fast path for nearly all days.
    if day == 0 || count < settings.min_people {
        return None;
    }
    let (level, variation) = level(work, day, settings);
    let expected = level * work.factor(day);
    let deviation = (expected + (variation * expected).powi(2)).sqrt().max(1.0);
    let recent = day + settings.recent_days >= work.counts.len();
    let deviations = settings.deviations * if recent { settings.recent_factor } else { 1.0 };
    if count - expected < settings.min_people.max(deviations * deviation) {
        return None;
    }
    if recent && shared(work, day, count / expected.max(1.0)) {
        return None;
    }
    let following = day + 1..work.counts.len().min(day + 1 + FOLLOWING_DAYS);
    let mut next: Vec<f64> = following.map(|d| work.counts[d] / work.factor(d)).collect();
    let sustained = !next.is_empty() && median(&mut next) > settings.sustained_share * count / work.factor(day);
    (!sustained).then_some(level)
}

/// Whether the region rises at least half as much on this recent day.
fn shared(work: &Work<'_>, day: usize, rise: f64) -> bool {
    let back = work.counts.len() - day;
    let around = work.around.rises.len().checked_sub(back).and_then(|index| work.around.rises.get(index));
    around.is_some_and(|around| around - 1.0 >= 0.5 * (rise - 1.0))
}

/// Median of the days around, without their weekdays, and the variation around it as a share.
fn level(work: &Work<'_>, day: usize, settings: &Dumps) -> (f64, f64) {
    let before = day.saturating_sub(settings.window_days)..day;
    let after = day + 1..work.counts.len().min(day + 1 + settings.window_days / 2);
    let mut values: Vec<f64> = before.chain(after).map(|d| work.counts[d] / work.factor(d)).collect();
    let level = median(&mut values);
    for value in &mut values {
        *value = (*value - level).abs();
    }
    let variation = if level > 0.0 { MAD_TO_DEVIATION * median(&mut values) / level } else { 0.0 };
    (level, variation.max(settings.min_variation))
}

/// Moves the excess of a day to the days before it; returns the first of them.
fn spread(work: &Work<'_>, moved: &mut [f64], day: usize, level: f64, excess: f64, back: usize) -> usize {
    let start = day.saturating_sub(back);
    let lack = |d: usize| (level * work.factor(d) - work.counts[d]).max(0.0);
    let silent = |d: &usize| work.counts[*d] < SILENT_SHARE * level * work.factor(*d);
    let silence = (start..day).rev().take_while(silent).last().unwrap_or(day)..day;
    let lacking: f64 = silence.clone().map(lack).sum();
    let filled = excess.min(lacking);
    for d in silence.clone() {
        moved[d] += filled * lack(d) / lacking;
    }
    let left = excess - filled;
    if left <= 0.0 {
        return silence.start;
    }
    let smooth = |d: usize| {
        let week = d.saturating_sub(3).max(start)..(d + 4).min(day);
        let days = week.len() as f64;
        work.factor(d) * work.counts[week].iter().sum::<f64>() / days
    };
    let mut weights: Vec<f64> = (start..day).map(smooth).collect();
    let mut sum: f64 = weights.iter().sum();
    if sum <= 0.0 {
        weights = (start..day).map(|d| work.factor(d)).collect();
        sum = weights.iter().sum();
    }
    for (d, weight) in (start..day).zip(&weights) {
        moved[d] += left * weight / sum;
    }
    start + weights.iter().position(|w| *w > 0.0).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{RHYTHM, START, rhythmic};
    use super::super::{Around, Cleaned, clean};
    use super::*;
    use crate::raw::Raw;
    use crate::settings::Settings;
    use jiff::civil::date;

    fn cleaned(reported: &[f64], around: &Around) -> Cleaned {
        clean(&Raw::of_new(reported.to_vec()), date(2020, 1, 5), around, &Settings::default())
    }

    /// The region of places with the weekdays of [`RHYTHM`].
    fn rhythm(rises: &[f64]) -> Around {
        Around { weekday: RHYTHM, rises: rises.to_vec(), ..Around::default() }
    }

    fn near(found: &[f64], expected: &[f64]) -> bool {
        found.len() == expected.len() && found.iter().zip(expected).all(|(f, e)| (f - e).abs() < 1e-9)
    }

    #[test]
    fn the_level_is_the_median_of_the_days_around_without_their_weekdays() {
        let counts: Vec<f64> = (0..40).map(|day| f64::from(day + 1) * RHYTHM[day as usize % 7]).collect();
        let around = rhythm(&[]);
        let (level, variation) =
            level(&Work::new(&Raw::of_new(counts.to_vec()), START, &around), 20, &Dumps::default());
        // 7 to 20 and 22 to 28: the eleventh of 21 is 17. Distances from it: 0, 4 and 11 once, 1 to 3 and 5 to 10 twice, of
        // which the eleventh is 6.
        assert!((level - 17.0).abs() < 1e-12 && (variation - 1.4826 * 6.0 / 17.0).abs() < 1e-12, "{level} {variation}");
    }

    /// Whether the day stands out if it has this count among days of 100 with [`RHYTHM`].
    fn dump(day: usize, count: f64, rises: &[f64]) -> bool {
        let (mut counts, around) = (rhythmic(100.0, 90), rhythm(rises));
        counts[day] = count;
        let level = stands_out(&Work::new(&Raw::of_new(counts.to_vec()), START, &around), day, &Dumps::default());
        assert!(level.is_none_or(|level| (level - 100.0).abs() < 1e-9));
        level.is_some()
    }

    #[test]
    fn a_day_stands_out_by_five_deviations() {
        // Expected e, variance e + (e / 5)²: 100 + 5 · √500 = 211.8 on a Saturday, 50 + 5 · √150 = 111.2 on a Sunday.
        assert!(!dump(62, 211.0, &[]) && dump(62, 212.5, &[]));
        assert!(!dump(63, 111.0, &[]) && dump(63, 111.5, &[]));
    }

    #[test]
    fn on_the_last_three_days_ten_deviations_are_needed_and_a_state_that_does_not_rise() {
        // Tuesday is day 86, the last three are Wednesday to Friday at 125: 125 + 10 · √(125 + 625) = 398.9.
        assert!(dump(86, 212.5, &[]));
        assert!(!dump(87, 398.0, &[]) && dump(87, 399.5, &[]));
        // 400 is 3.2 times what is expected: the state has to rise by 1.1.
        let others = [0.9, 0.9];
        assert!(
            dump(87, 400.0, &[&[2.09], &others[..]].concat()) && !dump(87, 400.0, &[&[2.11], &others[..]].concat())
        );
        assert!(dump(87, 400.0, &others), "the state's day is not known");
    }

    #[test]
    fn ten_people_more_than_none_may_be_a_dump() {
        let mut counts = vec![0.0; 90];
        counts[60] = 10.0;
        let around = Around::default();
        let level = stands_out(&Work::new(&Raw::of_new(counts.to_vec()), START, &around), 60, &Dumps::default());
        assert_eq!(level, Some(0.0));
        counts[60] = 9.9;
        assert_eq!(stands_out(&Work::new(&Raw::of_new(counts.to_vec()), START, &around), 60, &Dumps::default()), None);
    }

    #[test]
    fn a_rise_lasts_if_the_median_of_the_next_three_days_holds_half_of_it() {
        let around = rhythm(&[]);
        let sustained = |next: [f64; 3]| {
            let mut counts = rhythmic(100.0, 90);
            counts[63] = 300.0;
            counts[64..67].copy_from_slice(&next);
            stands_out(&Work::new(&Raw::of_new(counts.to_vec()), START, &around), 63, &Dumps::default()).is_none()
        };
        // A Sunday of 300 is a level of 600. Then Monday, Tuesday and Wednesday at 0.75, 1 and 1.25 of their levels.
        assert!(!sustained([225.0, 299.0, 400.0]), "300, 299 and 320: no more than half");
        assert!(sustained([226.0, 299.0, 400.0]), "301, 299 and 320");
        assert!(!sustained([600.0, 90.0, 90.0]), "800, 90 and 72");
    }

    #[test]
    fn silence_before_a_dump_is_filled_to_the_level_of_each_weekday() {
        let (full, around) = (rhythmic(100.0, 90), rhythm(&[]));
        let mut counts = full.clone();
        counts[55..60].copy_from_slice(&[20.0, 0.0, 5.0, 24.0, 27.0]);
        // What is lacking from Saturday to Wednesday: 80, 50, 70, 76 and 98.
        counts[60] += 374.0;
        // A quarter of a Friday's 125 is not yet silence.
        counts[54] = 31.25;
        let mut work = Work::new(&Raw::of_new(counts.to_vec()), START, &around);
        repair(&mut work, &Dumps::default(), &Restatements::default());
        assert!(near(&work.counts[55..], &full[55..]) && work.counts[54] == 31.25, "{:?}", &work.counts[50..65]);
        assert_eq!(work.log, [(RepairKind::Dump, 55, 60, 374.0)]);
        let repaired: Vec<usize> = (0..90).filter(|&day| work.repaired[day]).collect();
        assert_eq!(repaired, (55..=60).collect::<Vec<_>>());
    }

    #[test]
    fn without_silence_the_excess_follows_smoothed_counts_and_weekdays() {
        let around = rhythm(&[]);
        let mut counts = vec![100.0; 90];
        // A Thursday; 560 people more than its 125 over four weeks of 700.
        counts[60] = 685.0;
        let mut work = Work::new(&Raw::of_new(counts.to_vec()), START, &around);
        repair(&mut work, &Dumps::default(), &Restatements::default());
        let expected: Vec<f64> = (32..60).map(|day| 100.0 + 20.0 * RHYTHM[day % 7]).collect();
        assert!(near(&work.counts[32..60], &expected) && near(&work.counts[60..61], &[125.0]), "{:?}", work.counts);
        assert_eq!((work.counts[31], work.counts[61]), (100.0, 100.0));
    }

    #[test]
    fn counts_are_smoothed_over_a_week_within_the_days_that_take_the_excess() {
        let mut counts = [vec![10.0; 45], vec![20.0; 45]].concat();
        // Weights of days 42 to 44, whose week begins on day 42; of days 45 to 47; and of 22 days of 20.
        let weights = [50.0 / 4.0, 70.0 / 5.0, 90.0 / 6.0, 110.0 / 7.0, 120.0 / 7.0, 130.0 / 7.0];
        counts[70] = 20.0 + weights.iter().sum::<f64>() + 22.0 * 20.0;
        let around = Around::default();
        let mut work = Work::new(&Raw::of_new(counts.to_vec()), START, &around);
        repair(&mut work, &Dumps::default(), &Restatements::default());
        // The excess is the sum of the weights: each day gets its own.
        let expected: Vec<f64> = counts[42..48].iter().zip(weights).map(|(count, weight)| count + weight).collect();
        assert!(near(&work.counts[42..48], &expected) && near(&work.counts[48..70], &[40.0; 22]), "{:?}", work.counts);
        assert!(work.counts[41] == 10.0 && (work.counts[70] - 20.0).abs() < 1e-9);
    }

    #[test]
    fn a_dump_reaches_no_further_back_than_the_first_counts() {
        let mut counts = [vec![0.0; 45], vec![10.0; 45]].concat();
        counts[60] = 290.0;
        let around = Around::default();
        let mut work = Work::new(&Raw::of_new(counts.to_vec()), START, &around);
        repair(&mut work, &Dumps::default(), &Restatements::default());
        // Counts are smoothed over three days on each side.
        assert_eq!(work.log, [(RepairKind::Dump, 42, 60, 280.0)]);
        assert!(work.counts[41] == 0.0 && work.counts[42] > 0.0);
    }

    #[test]
    fn rises_are_relative_to_the_level_of_the_weekday() {
        let around = rhythm(&[]);
        let mut counts = rhythmic(100.0, 90);
        // Wednesday and Thursday at 125, Friday at 125.
        counts[87..].copy_from_slice(&[250.0, 125.0, 62.5]);
        assert!(near(
            &rises(&Work::new(&Raw::of_new(counts.to_vec()), START, &around), &Dumps::default()),
            &[2.0, 1.0, 0.5]
        ));
        counts.fill(0.0);
        counts[89] = 3.0;
        let few = rises(&Work::new(&Raw::of_new(counts.to_vec()), START, &around), &Dumps::default());
        assert!(near(&few, &[0.0, 0.0, 3.0]), "of less than one person, the count itself: {few:?}");
    }

    #[test]
    fn a_dump_is_spread_over_the_weeks_before_it() {
        let mut reported = vec![10.0; 90];
        reported[60] = 66.0;
        let result = cleaned(&reported, &Around::default());
        assert!((result.counts[60] - 10.0).abs() < 1e-9);
        assert!((result.counts[40] - 12.0).abs() < 1e-9, "56 people over 28 days of 10: {:?}", result.counts);
        assert_eq!((result.counts[31], result.counts[61]), (10.0, 10.0));
        assert_eq!(result.repairs.len(), 1);
        assert_eq!((result.repairs[0].kind, result.repairs[0].people), (RepairKind::Dump, 56.0));
    }

    #[test]
    fn what_is_too_much_for_four_weeks_changes_the_time_before_them() {
        let mut reported = vec![10.0; 90];
        // 80 people over 32 days of 10.
        reported[60] = 90.0;
        let result = cleaned(&reported, &Around::default());
        let expected = [vec![12.5; 32], vec![10.0; 58]].concat();
        assert!(near(&result.counts, &expected), "{:?}", result.counts);
        assert_eq!((result.repairs.len(), result.repairs[0].kind), (1, RepairKind::Restated));
    }

    #[test]
    fn a_dump_after_days_of_little_fills_these() {
        let mut reported = vec![20.0; 90];
        reported[55..60].fill(1.0);
        reported[60] = 115.0;
        let result = cleaned(&reported, &Around::default());
        assert!(result.counts.iter().all(|c| (c - 20.0).abs() < 1e-9), "{:?}", &result.counts[50..65]);
    }

    #[test]
    fn a_step_up_is_no_dump() {
        let mut reported = vec![10.0; 90];
        reported[60..].fill(200.0);
        assert_eq!(cleaned(&reported, &Around::default()).counts, reported);
    }

    #[test]
    fn on_the_last_day_only_what_is_huge_and_not_shared_is_a_dump() {
        let mut reported = vec![50.0; 90];
        reported[89] = 120.0;
        assert_eq!(cleaned(&reported, &Around::default()).counts, reported, "growth, for all one knows");
        reported[89] = 900.0;
        assert!(cleaned(&reported, &Around::default()).counts[89] < 60.0);
        let around = Around { rises: vec![1.0, 1.0, 12.0], ..Around::default() };
        assert_eq!(cleaned(&reported, &around).counts, reported, "the state rises alike");
    }

    #[test]
    fn where_a_large_county_reports_by_week_the_state_keeps_its_level() {
        // On Wednesdays 700 of the week come at once, beside 50 a day.
        let reported: Vec<f64> = (0..140).map(|day| if day % 7 == 3 { 750.0 } else { 50.0 }).collect();
        for days in 133..140 {
            let cleaned = cleaned(&reported[..days], &Around::default());
            let since = (days - 1 - 3) % 7;
            let known = &cleaned.counts[days - 28 - since..days - since];
            assert!(known.iter().all(|count| (count - 150.0).abs() < 1.0), "{since} days after a report: {known:?}");
        }
    }
}
