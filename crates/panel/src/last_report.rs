//! The last report of a place: whether it can be what it says.
//!
//! A typing error, a restatement and a backlog look alike until the next report. The level of the days before is therefore
//! kept until a second report agrees, and the interval says both.

use super::averages::{mean, median};
use super::raw::Raw;
use super::settings::LastReport;

/// Days from which the largest ordinary report is taken.
const ORDINARY_DAYS: usize = 56;
/// Days that a report has to be large against.
const RECENT_DAYS: usize = 28;
/// Days after the last report that may have none without confirming it: a weekend.
const UNCONFIRMED_DAYS: usize = 2;
/// Past weeks that tell how a weekday differs from the mean of its week.
const RHYTHM_WEEKS: usize = 4;
/// Rise of the other places, relative to that of this one, which confirms it.
const CONFIRMING_RISE: f64 = 0.5;

/// A report that is not believed: its day and the people beyond the expected count, below 0 for a restatement.
pub(super) type Doubted = (usize, f64);

/// The last report of daily counts if it is implausible beside the place's own past and `others`, the counts of the
/// places around it.
pub(super) fn doubted(counts: &[f64], others: Option<&[f64]>, settings: &LastReport) -> Option<Doubted> {
    let day = last_day(counts)?;
    let (count, before) = (counts[day], &counts[..day]);
    let expected = expected(counts, day);
    let people = count - expected;
    let recent: f64 = last(before, RECENT_DAYS).iter().sum();
    if recent <= 0.0 || people.abs() < settings.min_people.max(settings.share * recent) {
        return None;
    }
    let most = last(before, ORDINARY_DAYS).iter().copied().fold(0.0, f64::max);
    if people < 0.0 {
        // What a much too large report of the last weeks is followed by is its correction.
        return (count < 0.0 && most < -0.5 * people).then_some((day, people));
    }
    let silent = before.iter().rev().take_while(|count| **count == 0.0).count();
    let backlog = recent / RECENT_DAYS as f64 * (silent + 1) as f64;
    let implausible = count > settings.factor * most.max(backlog);
    (implausible && !others.is_some_and(|others| confirmed(others, day, count / expected))).then_some((day, people))
}

/// What a place's count of a day that its state's report cannot be believed on exceeds the expected one by; none where it is
/// within chance or points elsewhere.
pub(super) fn part(counts: &[f64], (day, of_state): Doubted) -> Option<Doubted> {
    let expected = expected(counts, day);
    let people = counts[day] - expected;
    let chance = 3.0 * (expected + 1.0).sqrt();
    (people.signum() == of_state.signum() && people.abs() > chance).then_some((day, people))
}

/// The last day with a count, unless days without one have confirmed it.
fn last_day(counts: &[f64]) -> Option<usize> {
    let day = counts.iter().rposition(|count| *count != 0.0)?;
    (day > 0 && day + UNCONFIRMED_DAYS >= counts.len() - 1).then_some(day)
}

fn confirmed(others: &[f64], day: usize, rise: f64) -> bool {
    let usual = expected(others, day);
    usual > 0.0 && others[day] / usual - 1.0 >= CONFIRMING_RISE * (rise - 1.0)
}

/// Expected count of a day: the mean of the week before it, by the weekday's share of past weeks.
fn expected(counts: &[f64], day: usize) -> f64 {
    let level = mean(last(&counts[..day], 7)).max(0.0);
    let weeks = (1..=RHYTHM_WEEKS).filter_map(|week| day.checked_sub(7 * week).filter(|middle| *middle >= 3));
    let (mut here, mut around) = (0.0, 0.0);
    for middle in weeks {
        here += counts[middle].max(0.0);
        around += mean(&counts[middle - 3..(middle + 4).min(day)]).max(0.0);
    }
    if around > 0.0 { level * here / around } else { level }
}

fn last(counts: &[f64], days: usize) -> &[f64] {
    &counts[counts.len().saturating_sub(days)..]
}

/// Holds back the last report of a place if it is implausible; returns it.
pub(super) fn hold(raw: &mut Raw, others: Option<&[f64]>, settings: &LastReport) -> Option<Doubted> {
    let found = doubted(&raw.believed(), others, settings)?;
    raw.hold(found.0, found.1);
    Some(found)
}

/// The level if the last report is right, relative to the expected one: its people may be a backlog of four weeks. No level rises
/// by more than `most` in a day.
pub(super) fn rise(believed: &[f64], (day, people): Doubted, most: f64) -> f64 {
    let level =
        median(&mut last(&believed[..day], RECENT_DAYS).to_vec()).max(mean(last(&believed[..day], RECENT_DAYS)));
    if people <= 0.0 || level <= 0.0 { 1.0 } else { (1.0 + people / (RECENT_DAYS as f64 * level)).min(most) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RHYTHM: [f64; 7] = [0.5, 0.75, 1.0, 1.25, 1.25, 1.25, 1.0];

    /// Twelve weeks at a level, the last day of which has this count.
    fn ending(level: f64, count: f64) -> Vec<f64> {
        let mut counts: Vec<f64> = (0..84).map(|day| level * RHYTHM[day % 7]).collect();
        counts[83] = count;
        counts
    }

    fn found(counts: &[f64], others: Option<&[f64]>) -> Option<Doubted> {
        doubted(counts, others, &LastReport::default())
    }

    #[test]
    fn what_cannot_be_is_held_back_and_the_level_kept() {
        // A Saturday of 100. A digit too many, a backlog of two weeks, a restatement of two weeks.
        for count in [19_000.0, 1_500.0, -1_300.0] {
            let (day, people) = found(&ending(100.0, count), None).unwrap();
            assert!(day == 83 && (people - (count - 100.0)).abs() < 1e-9, "{people} for {count}");
        }
    }

    #[test]
    fn what_can_be_is_believed() {
        // Five times the largest day is 625; a quarter of four weeks are 700 people.
        for count in [0.0, 300.0, 620.0, 790.0, -590.0] {
            assert_eq!(found(&ending(100.0, count), None), None, "{count}");
        }
        assert_eq!(found(&ending(1.0, 45.0), None), None, "an outbreak in a small place");
        assert_eq!(found(&[0.0, 80.0], None), None, "nothing is known of the days before");
        // Two weeks of silence, and then everything.
        let mut silent = ending(100.0, 1_500.0);
        silent[69..83].fill(0.0);
        assert_eq!(found(&silent, None), None);
        // A report of every Saturday.
        let weekly: Vec<f64> = (0..84).map(|day| if day % 7 == 6 { 700.0 } else { 0.0 }).collect();
        assert_eq!(found(&weekly, None), None);
        // The correction of a typing error of the day before.
        let mut corrected = ending(100.0, -18_900.0);
        corrected[82] = 19_100.0;
        assert_eq!(found(&corrected, None), None);
    }

    #[test]
    fn places_around_confirm_a_rise_and_the_next_report_does_too() {
        let counts = ending(100.0, 1_500.0);
        assert_eq!(found(&counts, Some(&ending(900.0, 9_000.0))), None);
        assert!(found(&counts, Some(&ending(900.0, 900.0))).is_some());
        assert!(found(&[counts.clone(), vec![0.0, 0.0]].concat(), None).is_some(), "a weekend says nothing");
        assert_eq!(found(&[counts.clone(), vec![0.0, 0.0, 0.0]].concat(), None), None);
        assert_eq!(found(&[counts, vec![75.0]].concat(), None), None);
    }

    #[test]
    fn counties_follow_their_state_where_they_are_beyond_chance() {
        let state = (83, 5_000.0);
        assert_eq!(part(&ending(4.0, 40.0), state), Some((83, 36.0)));
        assert_eq!(part(&ending(4.0, 10.0), state), None, "4 + 3 · √5 = 10.7");
        assert_eq!(part(&ending(4.0, -40.0), state), None, "the other way");
        assert_eq!(part(&ending(4.0, -40.0), (83, -5_000.0)), Some((83, -44.0)));
    }

    #[test]
    fn a_rise_is_that_of_a_backlog_of_four_weeks() {
        assert!((rise(&[10.0; 60], (59, 280.0), 5.0) - 2.0).abs() < 1e-12);
        assert_eq!((rise(&[10.0; 60], (59, -280.0), 5.0), rise(&[0.0; 60], (59, 280.0), 5.0)), (1.0, 1.0));
        assert_eq!(rise(&[10.0; 60], (59, 28_000.0), 5.0), 5.0);
    }
}
