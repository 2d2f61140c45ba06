//! Days without a report: the value after them is the total of several days.

use super::{RepairKind, Work};
use crate::averages::mean;
use crate::raw::Report;
use crate::settings::Gaps;

/// Spreads the value after each silence over it, and marks a silence at the end as not yet reported.
pub(super) fn repair(work: &mut Work<'_>, settings: &Gaps) {
    // Silences of the whole state come first: on those days a county's zero carries no information.
    for (first, last) in work.around.silences.clone() {
        if work.counts[first..=last].iter().all(|&count| is_zero(count)) {
            silence(work, first, last, settings.probability_in_state_gap, settings);
        }
    }
    let mut day = 0;
    while day < work.counts.len() {
        let first = day;
        while day < work.counts.len() && is_zero(work.counts[day]) {
            day += 1;
        }
        if day > first {
            silence(work, first, day - 1, settings.probability, settings);
        }
        day += 1;
    }
}

/// Judges the zeros from `first` to `last`.
fn silence(work: &mut Work<'_>, first: usize, last: usize, probability: f64, settings: &Gaps) {
    let days = work.counts.len();
    let unreported = (first..=last).find(|day| work.reports[*day] != Report::Made);
    let first = unreported.unwrap_or(first);
    if first == 0 {
        return;
    }
    let before = mean(&work.counts[first.saturating_sub(settings.rate_days)..first]);
    let ends = last + 1 == days;
    // After a silence the window includes the zeros, because their people are in the value after them.
    let until = (first + settings.rate_days).max(last + 2).min(days);
    let after = if ends { before } else { mean(&work.counts[first..until]) };
    // The lower of the two: an outbreak that is over, or has just begun, is not a gap.
    let rate = before.min(after);
    let expected: f64 = (first..=last).map(|day| rate * work.factor(day)).sum();
    let known = expected > 0.0 && unreported.is_some();
    // Poisson: the probability of no count at all is exp(-expected).
    if !known && expected < -probability.ln() {
        return;
    }
    if ends {
        work.repaired[first..].fill(true);
        // The series has one end: a silence shared with the state and a longer one of the county are the same silence.
        work.log.retain(|(kind, ..)| !kind.is_silence());
        work.silences.retain(|(_, end)| *end != last);
        work.silences.push((first, last));
        let elsewhere = work.reports[first..].contains(&Report::Elsewhere);
        let kind = if elsewhere { RepairKind::Elsewhere } else { RepairKind::Unreported };
        work.log.push((kind, first, last, 0.0));
        return;
    }
    let total = work.counts[last + 1];
    if total <= settings.backlog * rate * work.factor(last + 1) {
        return;
    }
    let weights: f64 = (first..=last + 1).map(|day| work.factor(day)).sum();
    for day in first..=last + 1 {
        work.counts[day] = total * work.factor(day) / weights;
    }
    work.repaired[first..=last + 1].fill(true);
    work.silences.push((first, last));
    work.log.push((RepairKind::Gap, first, last + 1, total - work.counts[last + 1]));
}

/// Proportional corrections may leave rounding residue on an emptied day.
fn is_zero(count: f64) -> bool {
    count.abs() < 1e-9
}

#[cfg(test)]
mod tests {
    use super::super::tests::{RHYTHM, START, rhythmic};
    use super::super::{Around, Cleaned, Entry, clean};
    use super::*;
    use crate::raw::Raw;
    use crate::settings::Settings;
    use jiff::civil::date;

    fn cleaned(reported: &[f64], around: &Around) -> Cleaned {
        clean(&Raw::of_new(reported.to_vec()), date(2020, 1, 5), around, &Settings::default())
    }

    /// The series after this step alone, and its log.
    fn repaired(reported: &[f64], weekday: [f64; 7]) -> (Vec<f64>, Vec<Entry>) {
        let around = Around { weekday, ..Around::default() };
        let mut work = Work::new(&Raw::of_new(reported.to_vec()), START, &around);
        repair(&mut work, &Gaps::default());
        (work.counts, work.log)
    }

    #[test]
    fn a_total_is_spread_by_weekday() {
        let full = rhythmic(10.0, 70);
        let mut reported = full.clone();
        reported[37..43].fill(0.0);
        reported[43] = 70.0;
        let (counts, log) = repaired(&reported, RHYTHM);
        assert!(counts.iter().zip(&full).all(|(c, f)| (c - f).abs() < 1e-9), "{counts:?}");
        // The Monday keeps its own 7.5.
        assert_eq!(log, [(RepairKind::Gap, 37, 43, 62.5)]);
    }

    #[test]
    fn what_follows_a_silence_has_to_exceed_one_and_a_half_ordinary_days() {
        // Six days of silence, then T on a Monday. The four weeks from the silence on have (210 + T) / 28 a day, of which
        // a Monday has 0.75: T > 1.5 · 0.75 · (210 + T) / 28 from T = 8.8 on.
        let mut reported = rhythmic(10.0, 70);
        reported[37..43].fill(0.0);
        for (total, gap) in [(8.5, false), (9.0, true)] {
            reported[43] = total;
            let (counts, log) = repaired(&reported, RHYTHM);
            assert_eq!((log.len() == 1, counts == reported), (gap, !gap), "{total}");
        }
    }

    #[test]
    fn a_silence_is_judged_by_what_its_weekdays_would_have() {
        // No count where 5 are expected has a probability of 0.7 %, where 12.5 are expected none.
        let mut sunday = rhythmic(10.0, 70);
        (sunday[42], sunday[43]) = (0.0, 12.5);
        assert_eq!(repaired(&sunday, RHYTHM).0, sunday);
        let mut wednesday = rhythmic(10.0, 70);
        (wednesday[45], wednesday[46]) = (0.0, 25.0);
        assert_eq!(repaired(&wednesday, RHYTHM).0, rhythmic(10.0, 70));
    }

    #[test]
    fn no_gap_is_too_long() {
        for days in [1, 20, 21, 22, 23, 40] {
            let mut reported = vec![10.0; 90];
            reported[40..40 + days].fill(0.0);
            reported[40 + days] = 10.0 * (days + 1) as f64;
            let (counts, log) = repaired(&reported, [1.0; 7]);
            assert!(counts.iter().all(|count| (count - 10.0).abs() < 1e-9), "{days}: {counts:?}");
            assert_eq!(log.len(), 1);
        }
    }

    #[test]
    fn a_day_without_a_report_is_a_gap_whatever_chance_says() {
        let mut raw = Raw::of_new(vec![0.5; 60]);
        (raw.new[40], raw.new[41]) = (0.0, 1.0);
        let repaired = |raw: &Raw| clean(raw, START, &Around::default(), &Settings::default());
        assert_eq!(repaired(&raw).counts, raw.new);
        raw.reports[40] = Report::Missing;
        assert!(repaired(&raw).counts.iter().all(|count| (count - 0.5).abs() < 1e-9));
    }

    #[test]
    fn a_later_wave_makes_no_gap() {
        // In the four weeks from the silence on there are 22 people; the wave comes after them.
        let mut reported = vec![10.0; 90];
        reported[40..46].fill(0.0);
        reported[46] = 20.0;
        reported[47..68].fill(0.1);
        reported[68..].fill(100.0);
        assert_eq!(repaired(&reported, [1.0; 7]), (reported, vec![]));
    }

    #[test]
    fn a_week_s_total_is_spread_over_the_silence_before_it() {
        let mut reported = vec![10.0; 60];
        reported[40..46].fill(0.0);
        reported[46] = 70.0;
        let result = cleaned(&reported, &Around::default());
        assert!(result.counts.iter().all(|c| (c - 10.0).abs() < 1e-9), "{:?}", result.counts);
        assert_eq!(result.repairs.len(), 1);
        assert!(result.repaired[40..=46].iter().all(|r| *r) && !result.repaired[39] && !result.repaired[47]);
    }

    #[test]
    fn reporting_once_a_week_becomes_a_level() {
        let reported: Vec<f64> = (0..70).map(|day| if day % 7 == 3 { 70.0 } else { 0.0 }).collect();
        let result = cleaned(&reported, &Around::default());
        assert!(result.counts[20..60].iter().all(|c| (c - 10.0).abs() < 1e-9), "{:?}", &result.counts[20..60]);
        assert!(result.repaired[67..].iter().all(|r| *r), "the last days are not yet reported");
        assert!(result.counts[67..].iter().all(|c| (c - 10.0).abs() < 1e-9), "{:?}", &result.counts[67..]);
    }

    #[test]
    fn an_end_that_is_silent_with_the_state_is_one_repair() {
        let mut reported = vec![10.0; 60];
        reported[56..].fill(0.0);
        let around = Around { silences: vec![(58, 59)], ..Around::default() };
        let result = cleaned(&reported, &around);
        let repair = &result.repairs[0];
        assert_eq!((result.repairs.len(), repair.kind), (1, RepairKind::Unreported));
        assert_eq!((repair.first, repair.last), (date(2020, 3, 1), date(2020, 3, 4)));
        assert_eq!(result.silences, [(56, 59)]);
    }

    #[test]
    fn chance_zeros_outbreaks_and_first_cases_are_no_gaps() {
        let sparse: Vec<f64> = (0..70).map(|day| f64::from(u8::from(day % 5 == 0))).collect();
        assert_eq!(cleaned(&sparse, &Around::default()).counts, sparse);
        let mut over = vec![0.0; 70];
        over[20..27].fill(40.0);
        over[45] = 1.0;
        let result = cleaned(&over, &Around::default());
        assert_eq!(result.counts[27..46], over[27..46]);
    }

    #[test]
    fn where_the_state_is_silent_a_small_county_is_too() {
        let mut reported = vec![1.0; 70];
        (reported[40], reported[41], reported[42]) = (0.0, 0.0, 3.0);
        let alone = cleaned(&reported, &Around::default());
        assert_eq!(alone.counts, reported);
        let around = Around { silences: vec![(40, 41)], ..Around::default() };
        let within = cleaned(&reported, &around);
        assert!(within.counts[40..=42].iter().all(|c| (c - 1.0).abs() < 1e-9));
    }
}
