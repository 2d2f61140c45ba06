//! Repair of lower reporting on holidays.
//!
//! How much is missing differs by holiday and state, and some states make up for it on the day after. What was reported is therefore
//! held against what the days around it let expect: of the nation, then of each state, with the nation's answer as prior. Counties
//! are too small to tell and follow their state.

use std::ops::Range;

use jiff::ToSpan;
use jiff::civil::Date;

use super::{RepairKind, Work, weekday};
use crate::holidays::reported_share;
use crate::settings::Settings;

/// Days of a week, over which levels are taken.
const WEEK: usize = 7;
/// Share of the last week's growth that is expected to go on.
const GROWTH: f64 = 0.5;
/// Standard deviation of the missing share relative to the usual one, of the nation about 1 and of states about the nation: of 200
/// state holidays from Labor Day 2020 to New Year's Day 2021 it was 1.1, chance included; the nation's were 1.55, 1.0, 1.1 and below 0
/// (`docs/experiments.md`).
const PRIOR_SD: f64 = 1.0;
/// Relative standard deviation of the expected level where only the days before the holiday are known, and where a week after it
/// is known as well.
const LEVEL_SD: [f64; 2] = [0.15, 0.05];
/// Relative standard deviation of a day's count about its expectation, besides chance.
const DAY_SD: f64 = 0.15;
/// Largest missing share relative to the usual one, and largest factor on what would usually be added.
const MOST: f64 = 2.5;

/// What is known of the reporting on one holiday and the days after it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in super::super) struct Holiday {
    /// First day.
    pub(super) first: usize,
    /// People missing over those that are usually missing, 0 to [`MOST`].
    pub(super) missing: f64,
    /// Factor on what is usually added to reported counts, 0 to [`MOST`].
    pub(super) factor: f64,
}

/// Adds the missing people to holidays and the days after them, in proportion to what was reported and to the usual missing shares.
/// The factor is the same in all counties of a state, so the days are not marked as repaired.
pub(super) fn fill(work: &mut Work<'_>, first_day: Date, settings: &Settings) -> Vec<Holiday> {
    let shares: Vec<f64> = first_day
        .series(1.day())
        .take(work.counts.len())
        .map(|date| reported_share(date, settings.holiday_loss))
        .collect();
    let mut found = Vec::new();
    let runs = runs(&shares);
    let weekday = weekday::factors(work, &settings.weekday, &runs);
    let mut runs = runs.into_iter().peekable();
    while let Some(days) = runs.next() {
        let next = runs.peek().map_or(shares.len(), |run| run.start);
        let known = work.around.holidays.iter().find(|known| known.first == days.start).copied();
        let usual = |day: usize| 1.0 / shares[day] - 1.0;
        let holiday = match known {
            Some(known) if work.around.of_county => known,
            _ => of(work, &days, next, &shares, &weekday, known.map_or(1.0, |known| known.missing)),
        };
        let mut people = 0.0;
        for day in days.clone() {
            let added = holiday.factor * work.counts[day] * usual(day);
            work.counts[day] += added;
            people += added;
        }
        if people > 0.0 {
            work.log.push((RepairKind::Holiday, days.start, days.end - 1, people));
        }
        found.push(holiday);
    }
    found
}

/// Runs of days of which a share below 1 is reported.
fn runs(shares: &[f64]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for day in (0..shares.len()).filter(|day| shares[*day] < 1.0) {
        match runs.last_mut().filter(|run| run.end == day) {
            Some(run) => run.end = day + 1,
            None => runs.push(day..day + 1),
        }
    }
    runs
}

/// What the days around a holiday tell of it; `next` is the first day of the next one, or the number of days known.
fn of(work: &Work<'_>, days: &Range<usize>, next: usize, shares: &[f64], weekday: &[f64; 7], prior: f64) -> Holiday {
    let factor = |day: usize| weekday[work.weekday(day)];
    let usual = |count: f64, day: usize| count * (1.0 / shares[day] - 1.0);
    let as_usual: f64 = days.clone().map(|day| usual(work.counts[day], day)).sum();
    let unknown = Holiday { first: days.start, missing: prior, factor: prior };
    let Some(levels) = levels(work, days, next, weekday) else { return unknown };
    let expected: Vec<f64> = days.clone().zip(&levels).map(|(day, level)| level * factor(day)).collect();
    let level_sd = LEVEL_SD[0] + (LEVEL_SD[1] - LEVEL_SD[0]) * (next - days.end).min(WEEK) as f64 / WEEK as f64;
    let usually: f64 = days.clone().zip(&expected).map(|(day, count)| (1.0 - shares[day]) * count).sum();
    let whole: f64 = expected.iter().sum();
    if usually <= 0.0 || as_usual <= 0.0 {
        return unknown;
    }
    let reported: f64 = work.counts[days.clone()].iter().sum();
    let seen = (whole - reported) / usually;
    let by_day: f64 = expected.iter().map(|count| count + (DAY_SD * count).powi(2)).sum();
    let variance = ((level_sd * whole).powi(2) + by_day) / usually.powi(2);
    let trust = PRIOR_SD.powi(2) / (PRIOR_SD.powi(2) + variance);
    let missing = (prior + trust * (seen - prior)).clamp(0.0, MOST);
    Holiday { first: days.start, missing, factor: (missing * usually / as_usual).clamp(0.0, MOST) }
}

/// Levels between those of the week before a holiday and of the days after it, as far as they are known; without any, the level
/// before it goes on with a part of its growth. None where too little is known before it.
fn levels(work: &Work<'_>, days: &Range<usize>, next: usize, weekday: &[f64; 7]) -> Option<Vec<f64>> {
    let level = |days: Range<usize>| {
        let n = days.len() as f64;
        days.map(|day| work.counts[day] / weekday[work.weekday(day)]).sum::<f64>() / n
    };
    let start = days.start.checked_sub(2 * WEEK)?;
    let (before, last) = (level(start..start + WEEK), level(start + WEEK..days.start));
    if before <= 0.0 || last <= 0.0 {
        return None;
    }
    // Levels belong to the middle of their days.
    let middle = days.start as f64 - (WEEK as f64 + 1.0) / 2.0;
    let growth = GROWTH * (last / before).ln() / WEEK as f64;
    let after = (next - days.end).min(WEEK);
    let later = (after > 0).then(|| level(days.end..days.end + after)).filter(|later| *later > 0.0);
    let share = if later.is_some() { after as f64 / WEEK as f64 } else { 0.0 };
    let slope =
        later.map_or(0.0, |later| (later / last).ln() / (days.end as f64 + (after as f64 - 1.0) / 2.0 - middle));
    let slope = growth + share * (slope - growth);
    Some(days.clone().map(|day| last * (slope * (day as f64 - middle)).exp()).collect())
}
#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::{Around, Holiday, RepairKind, clean};
    use crate::raw::Raw;
    use crate::settings::Settings;

    #[test]
    fn a_holiday_is_no_fall() {
        // Labor Day, 2020-09-07, is day 44 from 2020-07-25.
        let mut settings = Settings { holiday_loss: 0.4, ..Settings::default() };
        let mut reported = vec![100.0; 70];
        reported[44..48].copy_from_slice(&[60.0, 80.0, 90.0, 95.0]);
        let result = clean(&Raw::of_new(reported.to_vec()), date(2020, 7, 25), &Around::default(), &settings);
        assert!(result.counts.iter().all(|count| (count - 100.0).abs() < 1e-9), "{:?}", result.counts);
        let repair = &result.repairs[0];
        assert_eq!(
            (repair.kind, repair.first, repair.last),
            (RepairKind::Holiday, date(2020, 9, 7), date(2020, 9, 10))
        );
        assert!((repair.people - 75.0).abs() < 1e-9 && result.repairs.len() == 1);
        assert!(!result.repaired.contains(&true));
        let none = clean(&Raw::of_new([0.0; 70].to_vec()), date(2020, 7, 25), &Around::default(), &settings);
        assert_eq!(none.repairs, [], "nothing is missing where nothing is expected");
        settings.holiday_loss = 0.0;
        assert_eq!(
            clean(&Raw::of_new(reported.to_vec()), date(2020, 7, 25), &Around::default(), &settings).counts,
            reported
        );
    }

    /// What the repair adds to 70 days from 2020-07-25 with 10,000 a day, but these reports from Labor Day (day 44) on, over what is
    /// usually missing.
    fn missing(reports: &[f64], days: usize) -> f64 {
        let mut reported = vec![10_000.0; days];
        reported[44..44 + reports.len()].copy_from_slice(reports);
        let result = clean(&Raw::of_new(reported), date(2020, 7, 25), &Around::default(), &Settings::default());
        let added: f64 =
            result.repairs.iter().filter(|repair| repair.kind == RepairKind::Holiday).map(|r| r.people).sum();
        added / (10_000.0 * 0.35 * (1.0 + 0.5 + 0.25 + 0.125))
    }

    #[test]
    fn a_day_after_that_makes_up_for_the_holiday_is_believed() {
        // Reports of two days on the second; nothing is missing. A quarter of the usual is left, by which days scatter.
        let made_up = missing(&[6_000.0, 14_000.0, 10_000.0, 10_000.0], 70);
        assert!((0.15..0.35).contains(&made_up), "{made_up}");
        // More than that on the second day, on which the data end.
        let early = missing(&[6_000.0, 16_000.0], 46);
        assert!(early < 0.25, "{early}");
    }

    #[test]
    fn more_than_usual_is_missing_where_the_days_around_say_so() {
        let usual = [6_500.0, 8_250.0, 9_125.0, 9_562.5];
        assert!((missing(&usual, 70) - 1.0).abs() < 0.01);
        let half_more = usual.map(|count| 1.5 * count - 5_000.0);
        let found = missing(&half_more, 70);
        assert!((1.3..1.45).contains(&found), "{found}");
        // On the second day the level after the holiday is not known, and less is believed.
        let early = missing(&half_more[..2], 46) / missing(&usual[..2], 46);
        assert!((1.1..found).contains(&early), "{early}");
    }

    #[test]
    fn a_county_follows_its_state() {
        let around = Around {
            holidays: vec![Holiday { first: 44, missing: 0.5, factor: 0.5 }],
            of_county: true,
            ..Around::default()
        };
        let mut reported = vec![100.0; 70];
        reported[44] = 65.0;
        let result = clean(&Raw::of_new(reported.clone()), date(2020, 7, 25), &around, &Settings::default());
        assert!((result.counts[44] - 65.0 * (1.0 + 0.5 * 0.35 / 0.65)).abs() < 1e-9, "{}", result.counts[44]);
        // A state starts from what the nation says and goes toward what it reports itself.
        let around = Around { of_county: false, ..around };
        let result = clean(&Raw::of_new(reported), date(2020, 7, 25), &around, &Settings::default());
        assert!(result.counts[44] > 65.0 * (1.0 + 0.4 * 0.35 / 0.65), "{}", result.counts[44]);
    }
}
