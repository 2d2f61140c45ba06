//! Repair of lower reporting on holidays.

use jiff::ToSpan;
use jiff::civil::Date;

use super::{RepairKind, Work};
use crate::holidays::reported_share;

/// Adds the missing share to holidays and the days after them. The share is the same in every place, so the days are
/// not marked as repaired.
pub(super) fn fill(work: &mut Work<'_>, first_day: Date, loss: f64) {
    let mut missing: Option<(usize, usize, f64)> = None;
    for (day, date) in first_day.series(1.day()).enumerate().take(work.counts.len()) {
        let share = reported_share(date, loss);
        if share < 1.0 {
            let people = work.counts[day] * (1.0 / share - 1.0);
            work.counts[day] += people;
            let (first, _, before) = missing.unwrap_or((day, day, 0.0));
            missing = Some((first, day, before + people));
        } else {
            note(work, missing.take());
        }
    }
    note(work, missing);
}

fn note(work: &mut Work<'_>, missing: Option<(usize, usize, f64)>) {
    if let Some((first, last, people)) = missing.filter(|(.., people)| *people > 0.0) {
        work.log.push((RepairKind::Holiday, first, last, people));
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::{Around, RepairKind, clean};
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
}
