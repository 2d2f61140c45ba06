//! Admissions to hospital, person by person.

use countycast_engine::{AGE_CLASSES, Epidemiology};

use crate::disease::quantiles;
use crate::purpose;
use crate::random::Key;

/// Days that infections reach back: who was infected earlier has been admitted.
const REACH_DAYS: usize = 70;
/// Entries of a table of waiting times.
const STEPS: usize = 1_024;

/// Quantiles of the waits of patients, the same in every place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Waits {
    /// Days from infection to report, and from there to admission by class of age.
    to_report: Vec<f32>,
    to_admission: [Vec<f32>; AGE_CLASSES],
}

impl Waits {
    /// The waits that these facts tell of.
    pub(crate) fn new(epidemiology: &Epidemiology) -> Self {
        let table = |delay| quantiles(delay, STEPS);
        Self {
            to_report: table(epidemiology.report_delay_days),
            to_admission: epidemiology.severity.admission_delays().map(table),
        }
    }

    /// Draws everyone who is admitted of the infections of each day: admissions of `days` days from day `first` on. `expected`
    /// has those expected of a day's infections by class.
    ///
    /// A patient's numbers belong to day, class and running number: more infections add patients and change none.
    pub(crate) fn admissions(
        &self,
        expected: impl Fn(usize) -> [f64; AGE_CLASSES],
        first: usize,
        days: usize,
        key: Key,
    ) -> Vec<f32> {
        let mut admissions = vec![0.0; days];
        for day in first.saturating_sub(REACH_DAYS)..first + days {
            for (class, mean) in expected(day).into_iter().enumerate() {
                let kind = (class as u64) << 24 | day as u64;
                let patients = key.at(kind, purpose::ADMITTED).poisson(mean as f32);
                for number in 0..u64::from(patients) {
                    let wait = self.wait(class, key.at(number, purpose::PATIENT | kind).bits());
                    let on = (day as f32 + wait).floor() - first as f32;
                    if on >= 0.0
                        && let Some(count) = admissions.get_mut(on as usize)
                    {
                        *count += 1.0;
                    }
                }
            }
        }
        admissions
    }

    /// A patient's admission from 64 random bits, in days from the midnight before infection.
    fn wait(&self, class: usize, bits: u64) -> f32 {
        let hour = (bits & 1_023) as f32 / 1_024.0;
        let report = self.to_report[(bits >> 10 & 1_023) as usize];
        hour + report + self.to_admission[class][(bits >> 30 & 1_023) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_are_admitted_as_expected_after_their_waits() {
        let epidemiology = Epidemiology::default();
        let waits = Waits::new(&epidemiology);
        // All infections on one day: 60,000 patients, whose mean wait has a standard error of 0.02 days.
        let each = |day: usize| if day == 100 { [30_000.0, 10_000.0, 20_000.0] } else { [0.0; AGE_CLASSES] };
        let admissions = waits.admissions(each, 100, 70, Key::from_seed(1));
        let all: f32 = admissions.iter().sum();
        assert!((all - 60_000.0).abs() < 4.0 * 60_000.0_f32.sqrt(), "{all}");
        let mean = admissions.iter().zip(0..).map(|(count, day)| f64::from(*count) * f64::from(day)).sum::<f64>();
        let delays = epidemiology.severity.admission_delay_days;
        let expected = epidemiology.report_delay_days.mean + (3.0 * delays[0] + delays[1] + 2.0 * delays[2]) / 6.0;
        assert!((mean / f64::from(all) - expected).abs() < 0.08, "{} and {expected}", mean / f64::from(all));
    }

    #[test]
    fn more_infections_add_patients_and_change_none() {
        let waits = Waits::new(&Epidemiology::default());
        let with = |mean: f64| waits.admissions(|_| [mean; AGE_CLASSES], 70, 28, Key::from_seed(3));
        let (few, many) = (with(0.4), with(0.5));
        assert!(few.iter().zip(&many).all(|(few, many)| few <= many) && few != many);
    }
}
