//! Unreported last days: their expected counts, and the part that is still to be reported.

use std::ops::Range;

use countycast_engine::LastDays;

use super::Work;
use crate::averages::mean;
use crate::raw::Report;
use crate::settings::Settings;

/// Days before the silence that the level is taken from: two of each weekday.
const LEVEL_DAYS: usize = 14;
/// Weeks before the silence in which the same weekday shows whether the silence is habitual.
const HABIT_WEEKS: usize = 4;
/// Days of a silence after which it is not certain to end within the horizon.
const CERTAIN_DAYS: f64 = 3.0;
/// Further days of silence after which half of the late people are expected within the horizon: what has lasted long lasts on
/// (Lindy's law, the posterior mean of a rate that is known from one waiting time).
const HALF_LATE_DAYS: f64 = 10.0;
/// Prior probability that a county without a count is not reported any more: an assumption.
const FROZEN: f64 = 0.01;
/// Limits of the course of the region during a silence, relative to its level before.
const COURSE: [f64; 2] = [0.1, 10.0];

/// Fills a silence at the end of the series with expected counts: the level of the two weeks before it, by weekday, which
/// follows the course of the region the more the longer the silence lasts.
///
/// Returns how many of these people may be reported in addition to those of the days after the as-of day, and how uncertain
/// the level is. A place with an exceptional silence reports its people soon. A place with a habitual silence on that
/// weekday ends every week with one: the late reports at the start of a week equal those missing at its end.
pub(super) fn fill(work: &mut Work<'_>, reported: &[f64], weekday: &[f64; 7], settings: &Settings) -> LastDays {
    let days = work.counts.len();
    let Some(repair) = work.log.iter().position(|(kind, ..)| kind.is_silence()) else {
        return LastDays::default();
    };
    let first = work.log[repair].1;
    let silence = Silence::of(work, first);
    let factor = |day| weekday[work.weekday(day)];
    let before = first.saturating_sub(LEVEL_DAYS)..first;
    // Never empty: a series that is silent from its first day on has no level, and is not marked.
    let usual: f64 = before.clone().map(factor).sum();
    let level = work.counts[before].iter().sum::<f64>() / usual;
    let gaps = &settings.gaps;
    let believed = |day: usize| match silence {
        Silence::Own => believed(level, day + 1 - first, days - first, gaps.half_life_days),
        Silence::Shared | Silence::Elsewhere => 1.0,
    };
    let expected: Vec<f64> = (first..days)
        .map(|day| level * factor(day) * course(work, first, day, gaps.fade_days) * believed(day))
        .collect();
    let people: f64 = expected.iter().sum();
    work.counts[first..].copy_from_slice(&expected);
    work.log[repair].3 = people;
    // A long silence is no habit of its own weeks.
    let silent_weeks = (days - first).div_ceil(7);
    let same_weekday =
        (0..HABIT_WEEKS).filter_map(|week| reported.get((days - 1).checked_sub(7 * (silent_weeks + week))?));
    let silent = same_weekday.filter(|count| **count <= 0.0).count();
    let exceptional = 1.0 - silent as f64 / HABIT_WEEKS as f64;
    let length = (days - first) as f64;
    LastDays {
        // A county that is silent while its state reports may have nothing to report: no late cases are expected.
        late: if silence == Silence::Shared { people * exceptional } else { 0.0 },
        late_share: (HALF_LATE_DAYS / (HALF_LATE_DAYS + length - CERTAIN_DAYS)).min(1.0),
        spread: gaps.spread * exceptional * length.sqrt(),
        unreported: if length > CERTAIN_DAYS { days - first } else { 0 },
        held: None,
    }
}

/// Share of the usual counts that is expected of a county on a day of a silence while its state reports, of `level` people a
/// day before it.
///
/// Either the county is not reported any more, or its outbreak ends, and its counts halve with every half-life: the posterior
/// probabilities of both, given that there was none on all days of the silence (Poisson).
fn believed(level: f64, day: usize, silence: usize, half_life: f64) -> f64 {
    let left = |day: usize| 0.5_f64.powf(day as f64 / half_life);
    let expected: f64 = (1..=silence).map(|day| level * left(day)).sum();
    let frozen = FROZEN / (FROZEN + (1.0 - FROZEN) * (-expected).exp());
    frozen + (1.0 - frozen) * left(day)
}

/// Who is silent at the end of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Silence {
    /// The place alone: it may have nothing to report.
    Own,
    /// The place and all around it, or a place whose report is missing.
    Shared,
    /// The place, whose people its state reports.
    Elsewhere,
}

impl Silence {
    fn of(work: &Work<'_>, first: usize) -> Self {
        let days = work.counts.len();
        let reports = &work.reports[first..];
        if reports.contains(&Report::Elsewhere) {
            Self::Elsewhere
        } else if !work.around.of_county
            || work.around.silences.iter().any(|(_, last)| last + 1 == days)
            || reports.contains(&Report::Missing)
        {
            Self::Shared
        } else {
            Self::Own
        }
    }
}

/// The course of the region from the days before a silence to one of its days, to the power that the silence has reached.
fn course(work: &Work<'_>, first: usize, day: usize, fade_days: f64) -> f64 {
    let level = |days: Range<usize>| mean(work.around.course.get(days).unwrap_or_default());
    let before = level(first.saturating_sub(LEVEL_DAYS)..first);
    let now = level((day + 1).saturating_sub(7).max(first)..day + 1);
    if before <= 0.0 {
        return 1.0;
    }
    let faded = 1.0 - (-((day + 1 - first) as f64) / fade_days).exp();
    (now / before).clamp(COURSE[0], COURSE[1]).powf(faded)
}

#[cfg(test)]
mod tests {
    use super::super::{Around, Cleaned, clean};
    use super::believed;
    use crate::raw::{Raw, Report};
    use crate::settings::Settings;
    use jiff::civil::date;

    /// Ten weeks of 100 a day; the last `silent` days and, with a habit, the same days of each week are not reported in time.
    fn cleaned(silent: usize, habit: bool) -> Cleaned {
        let mut reported = vec![100.0; 70];
        for week in (0..10).filter(|week| habit || *week == 9) {
            let end = 7 * week + 7;
            reported[end - silent..end].fill(0.0);
            if end < 70 {
                reported[end] += 100.0 * silent as f64;
            }
        }
        clean(&Raw::of_new(reported), date(2020, 1, 5), &Around::default(), &Settings::default())
    }

    /// The zeros at the end have a small effect on the weekday factors.
    fn near(found: f64, expected: f64) -> bool {
        (found / expected - 1.0).abs() < 0.02
    }

    #[test]
    fn a_silence_at_the_end_is_filled_and_its_people_are_to_come() {
        for silent in [1, 3] {
            let result = cleaned(silent, false);
            assert!(result.counts.iter().all(|count| near(*count, 100.0)), "{:?}", result.counts);
            assert!(near(result.last_days.late, 100.0 * silent as f64), "{}", result.last_days.late);
            assert!((result.repairs[0].people - result.last_days.late).abs() < 1e-9);
        }
    }

    #[test]
    fn the_level_is_filled_in_by_weekday() {
        // From a Wednesday on; the last four days are a Sunday to a Wednesday.
        let rhythm = [0.6, 0.8, 1.1, 1.2, 1.2, 1.2, 0.9];
        let full: Vec<f64> = (0..85).map(|day| 1e5 * rhythm[(3 + day) % 7]).collect();
        let mut reported = full.clone();
        reported[81..].fill(0.0);
        let result = clean(&Raw::of_new(reported), date(2020, 1, 8), &Around::default(), &Settings::default());
        for (found, expected) in result.counts[81..].iter().zip(&full[81..]) {
            assert!((found / expected - 1.0).abs() < 0.05, "{:?} for {:?}", &result.counts[81..], &full[81..]);
        }
        assert!(near(result.last_days.late, full[81..].iter().sum()), "{}", result.last_days.late);
    }

    #[test]
    fn of_a_habit_no_more_than_the_usual_is_to_come() {
        let result = cleaned(1, true);
        assert!(result.counts[7..].iter().all(|count| near(*count, 100.0)), "{:?}", result.counts);
        assert_eq!(result.last_days.late, 0.0);
    }

    #[test]
    fn a_series_that_is_reported_to_its_end_waits_for_nobody() {
        assert_eq!(cleaned(0, false).last_days.late, 0.0);
    }

    /// Twelve weeks of 100 a day, the last `silent` of them not reported, in a region at this level before and in the silence.
    fn within(silent: usize, report: Report, region: [f64; 2]) -> Cleaned {
        let mut raw = Raw::of_new(vec![100.0; 84]);
        raw.new[84 - silent..].fill(0.0);
        raw.reports[84 - silent..].fill(report);
        let course = (0..84).map(|day| if day < 84 - silent { region[0] } else { region[1] }).collect();
        let around = Around { course, of_county: true, ..Around::default() };
        clean(&raw, date(2020, 1, 5), &around, &Settings::default())
    }

    #[test]
    fn there_is_no_cliff_in_the_length_of_a_silence() {
        let mut before: Option<[f64; 4]> = None;
        for silent in 1..=80 {
            let result = within(silent, Report::Missing, [500.0; 2]);
            let now = [
                result.counts[83],
                result.last_days.spread,
                result.last_days.late_share,
                result.last_days.late * result.last_days.late_share,
            ];
            if let Some(before) = before {
                // A day more changes neither the level nor its uncertainty by more than a small step.
                for (step, most) in
                    now.iter().zip(before).map(|(now, before)| now - before).zip([2.0, 0.03, 0.1, 101.0])
                {
                    assert!(step.abs() < most, "{silent} days: {before:?}, then {now:?}");
                }
                assert!(now[1] > before[1], "the longer, the less is known");
            }
            assert!(near(now[0], 100.0));
            before = Some(now);
        }
    }

    #[test]
    fn the_level_of_a_long_silence_is_that_of_the_region() {
        let at = |silent, report| within(silent, report, [500.0, 1_000.0]).counts[83];
        // 2^(1 − e^(−days / 14)).
        assert!(
            near(at(1, Report::Missing), 105.1) && near(at(14, Report::Missing), 155.0),
            "{}",
            at(14, Report::Missing)
        );
        assert!(near(at(40, Report::Elsewhere), 192.0), "{}", at(40, Report::Elsewhere));
    }

    #[test]
    fn a_county_alone_in_its_silence_may_have_nothing_to_report() {
        // Of 100 a day, none in three weeks cannot be; of one a day, 5.2 were expected while they halve with every four days.
        assert!(near(within(21, Report::Made, [500.0; 2]).counts[83], 100.0));
        assert!((believed(1.0, 21, 21, 4.0) - 0.64).abs() < 0.01, "{}", believed(1.0, 21, 21, 4.0));
        assert!((believed(0.3, 21, 21, 4.0) - 0.07).abs() < 0.01, "{}", believed(0.3, 21, 21, 4.0));
        assert_eq!(within(21, Report::Elsewhere, [500.0; 2]).last_days.late, 0.0, "the state reports them");
    }
}
