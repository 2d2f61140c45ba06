//! Dumps: the counts of many days reported on one.

use super::{RepairKind, Work, median};
use crate::settings::Dumps;

/// A day below this share of the local level counts as silent.
const SILENT_SHARE: f64 = 0.25;

/// Converts a median absolute deviation to a standard deviation, for normal errors: 1 / Φ⁻¹(3/4).
const MAD_TO_DEVIATION: f64 = 1.4826;

/// Days after a day that show whether the rise is sustained.
const FOLLOWING_DAYS: usize = 3;

/// Finds days far above the local level that do not last, and spreads their excess over the silence before them, or
/// else over the weeks before in proportion to their smoothed counts.
pub(super) fn repair(work: &mut Work<'_>, settings: &Dumps) {
    // All days are judged on the same counts and moved afterwards, so the order of days does not matter.
    let mut moved = vec![0.0; work.counts.len()];
    for day in 0..work.counts.len() {
        if let Some(level) = stands_out(work, day, settings) {
            let excess = work.counts[day] - level * work.factor(day);
            let first = spread(work, &mut moved, day, level, excess, settings.spread_days);
            moved[day] -= excess;
            work.log.push((RepairKind::Dump, first, day, excess));
        }
    }
    for (day, change) in moved.into_iter().enumerate().filter(|(_, change)| *change != 0.0) {
        work.counts[day] = (work.counts[day] + change).max(0.0);
        work.repaired[day] = true;
    }
}

/// Counts of the last days relative to the local level, for the places within this one.
pub(super) fn rises(work: &Work<'_>, settings: &Dumps) -> Vec<f64> {
    let days = work.counts.len();
    let last = days.saturating_sub(settings.recent_days)..days;
    last.map(|day| work.counts[day] / (level(work, day, settings).0 * work.factor(day)).max(1.0)).collect()
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
    if filled > 0.0 {
        for d in silence.clone() {
            moved[d] += filled * lack(d) / lacking;
        }
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
    use super::super::{Around, Cleaned, clean};
    use super::*;
    use crate::settings::Settings;
    use jiff::civil::date;

    fn cleaned(reported: &[f64], around: &Around) -> Cleaned {
        clean(reported, date(2020, 1, 5), around, &Settings::default())
    }

    #[test]
    fn a_dump_is_spread_over_the_weeks_before_it() {
        let mut reported = vec![10.0; 90];
        reported[60] = 290.0;
        let result = cleaned(&reported, &Around::default());
        assert!((result.counts[60] - 10.0).abs() < 1e-9);
        assert!((result.counts[40] - 20.0).abs() < 1e-9, "280 people over 28 days of 10: {:?}", result.counts);
        assert_eq!((result.counts[31], result.counts[61]), (10.0, 10.0));
        assert_eq!(result.repairs.len(), 1);
        assert_eq!((result.repairs[0].kind, result.repairs[0].people), (RepairKind::Dump, 280.0));
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
}
