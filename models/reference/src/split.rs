//! Distributing weekly counts over days.

use countycast_engine::{Date, weekday_index};

/// Distributes sums of weeks that start the day after `as_of` over days, in proportion to the weekday factors.
///
/// Days of a whole week add up to its sum; a last week that the horizon cuts short gives its first days only. `days` is
/// filled from `weeks`, which must be long enough.
pub(crate) fn over_days(weeks: &[f64], weekday: &[f64; 7], as_of: Date, days: &mut [f32]) {
    let total: f64 = weekday.iter().sum();
    let first = weekday_index(as_of) + 1;
    for (week, days) in weeks.iter().zip(days.chunks_mut(7)) {
        for (d, day) in days.iter_mut().enumerate() {
            *day = (week * weekday[(first + d) % 7] / total) as f32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_keeps_its_sum_and_a_cut_week_its_first_days() {
        let weekday = [0.4, 1.2, 1.1, 1.0, 1.3, 1.2, 0.8];
        let as_of: Date = "2020-09-02".parse().unwrap(); // a Wednesday
        let mut days = [0.0; 9];
        over_days(&[700.0, 70.0], &weekday, as_of, &mut days);
        assert!((days[..7].iter().sum::<f32>() - 700.0).abs() < 1e-3);
        assert!((days[0] - 130.0).abs() < 1e-3, "Thursday is the first day: {}", days[0]);
        assert!((days[7] - 13.0).abs() < 1e-3 && (days[8] - 12.0).abs() < 1e-3, "{days:?}");
    }
}
