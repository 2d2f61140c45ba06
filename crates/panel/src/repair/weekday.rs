//! Weekday factors of reporting.

use std::ops::Range;

use jiff::civil::Date;

use super::Work;
use crate::settings::Weekday;

/// Smallest factor: even a weekday with almost no reports has a positive probability.
const LEAST: f64 = 0.05;

/// Factors of the weekdays, Sunday first, positive, with mean 1.
///
/// A day's count is compared with the mean of the week around it, over the last weeks that were reported. Repaired days are
/// excluded. The
/// estimate is shrunk toward the region's factors by a gamma prior of `prior_people` expected people (gamma–Poisson
/// posterior mean), so a county with few cases has its state's factors.
///
/// Days are left out as well whose week holds one of `unusual`.
pub(super) fn factors(work: &Work<'_>, settings: &Weekday, unusual: &[Range<usize>]) -> [f64; 7] {
    let unreported = work.log.iter().find(|(kind, ..)| kind.is_silence());
    let days = unreported.map_or(work.counts.len(), |(_, first, ..)| *first);
    let (mut seen, mut expected) = ([0.0; 7], [0.0; 7]);
    for day in days.saturating_sub(settings.days).max(3)..days.saturating_sub(3) {
        let apart = |days: &Range<usize>| day + 3 < days.start || days.end + 3 <= day;
        if work.repaired[day] || !unusual.iter().all(apart) {
            continue;
        }
        let weekday = work.weekday(day);
        seen[weekday] += work.counts[day];
        expected[weekday] += work.counts[day - 3..=day + 3].iter().sum::<f64>() / 7.0;
    }
    let prior = settings.prior_people;
    let posterior = |d: usize| ((seen[d] + prior * work.around.weekday[d]) / (expected[d] + prior)).max(LEAST);
    let factors: [f64; 7] = std::array::from_fn(posterior);
    let mean = factors.iter().sum::<f64>() / 7.0;
    factors.map(|factor| factor / mean)
}

/// Counts of days from `first_day` on, without these factors.
pub(in super::super) fn without(counts: &[f64], factors: &[f64; 7], first_day: Date) -> Vec<f64> {
    let first = countycast_engine::weekday_index(first_day);
    counts.iter().enumerate().map(|(day, count)| count / factors[(first + day) % 7]).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Around, clean};
    use crate::raw::Raw;
    use crate::settings::Settings;
    use jiff::civil::date;

    const TRUE: [f64; 7] = [0.6, 0.8, 1.1, 1.2, 1.2, 1.2, 0.9];

    fn factors(per_day: f64, around: [f64; 7]) -> [f64; 7] {
        let reported: Vec<f64> = (0..84).map(|day| per_day * TRUE[day % 7]).collect();
        let around = Around { weekday: around, ..Around::default() };
        clean(&Raw::of_new(reported.to_vec()), date(2020, 1, 5), &around, &Settings::default()).weekday
    }

    #[test]
    fn a_large_place_shows_its_own_rhythm() {
        let found = factors(1000.0, [1.0; 7]);
        assert!(found.iter().zip(TRUE).all(|(f, t)| (f - t).abs() < 0.01), "{found:?}");
        assert!((found.iter().sum::<f64>() - 7.0).abs() < 1e-12);
    }

    #[test]
    fn a_small_place_takes_the_rhythm_around_it() {
        let state = [1.3, 1.2, 1.0, 1.0, 0.9, 0.8, 0.8];
        let found = factors(0.1, state);
        assert!(found.iter().zip(state).all(|(f, s)| (f - s).abs() < 0.03), "{found:?}");
    }

    #[test]
    fn without_any_count_all_days_are_alike() {
        assert_eq!(factors(0.0, [1.0; 7]), [1.0; 7]);
    }
}
