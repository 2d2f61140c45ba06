//! Unreported last days: their expected counts, and the part that is still to be reported.

use super::{RepairKind, Work};

/// Days before the silence that the level is taken from: two of each weekday.
const LEVEL_DAYS: usize = 14;
/// Past weeks in which the same weekday shows whether the silence is habitual.
const HABIT_WEEKS: usize = 4;

/// Fills a silence at the end of the series with expected counts: the level of the two weeks before it, by weekday.
///
/// Returns how many of these people will be reported in addition to those of the days after the as-of day. A place with
/// an exceptional silence reports them soon. A place with a habitual silence on that weekday ends every week with one:
/// the late reports at the start of a week equal those missing at its end.
pub(super) fn fill(work: &mut Work<'_>, reported: &[f64], weekday: &[f64; 7]) -> f64 {
    let days = work.counts.len();
    let Some(repair) = work.log.iter().position(|(kind, ..)| *kind == RepairKind::Unreported) else { return 0.0 };
    let first = work.log[repair].1;
    let factor = |day: usize| weekday[(work.first_weekday + day) % 7];
    let before = first.saturating_sub(LEVEL_DAYS)..first;
    // Never empty: a series that is silent from its first day on has no level, and is not marked.
    let usual: f64 = before.clone().map(factor).sum();
    let level = work.counts[before].iter().sum::<f64>() / usual;
    let expected: Vec<f64> = (first..days).map(|day| level * factor(day)).collect();
    let people: f64 = expected.iter().sum();
    work.counts[first..].copy_from_slice(&expected);
    work.log[repair].3 = people;
    let same_weekday = (1..=HABIT_WEEKS).filter_map(|week| reported.get((days - 1).checked_sub(7 * week)?));
    let silent = same_weekday.filter(|count| **count <= 0.0).count();
    people * (1.0 - silent as f64 / HABIT_WEEKS as f64)
}

#[cfg(test)]
mod tests {
    use super::super::{Around, Cleaned, clean};
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
        clean(&reported, date(2020, 1, 5), &Around::default(), &Settings::default())
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
            assert!(near(result.late, 100.0 * silent as f64), "{}", result.late);
            assert!((result.repairs[0].people - result.late).abs() < 1e-9);
        }
    }

    #[test]
    fn the_level_is_filled_in_by_weekday() {
        // From a Wednesday on; the last four days are a Sunday to a Wednesday.
        let rhythm = [0.6, 0.8, 1.1, 1.2, 1.2, 1.2, 0.9];
        let full: Vec<f64> = (0..85).map(|day| 1e5 * rhythm[(3 + day) % 7]).collect();
        let mut reported = full.clone();
        reported[81..].fill(0.0);
        let result = clean(&reported, date(2020, 1, 8), &Around::default(), &Settings::default());
        for (found, expected) in result.counts[81..].iter().zip(&full[81..]) {
            assert!((found / expected - 1.0).abs() < 0.05, "{:?} for {:?}", &result.counts[81..], &full[81..]);
        }
        assert!(near(result.late, full[81..].iter().sum()), "{}", result.late);
    }

    #[test]
    fn of_a_habit_no_more_than_the_usual_is_to_come() {
        let result = cleaned(1, true);
        assert!(result.counts[7..].iter().all(|count| near(*count, 100.0)), "{:?}", result.counts);
        assert_eq!(result.late, 0.0);
    }

    #[test]
    fn a_series_that_is_reported_to_its_end_waits_for_nobody() {
        assert_eq!(cleaned(0, false).late, 0.0);
    }
}
