//! Severe courses, person by person: each patient is admitted, may come to intensive care, and leaves.

use super::severity::CLASSES;
use crate::disease::quantiles;
use crate::purpose;
use crate::random::{Key, unit};
use crate::settings::{Settings, Waiting};

/// Days that infections reach back: who was infected earlier has left.
const REACH_DAYS: usize = 70;
/// Mean days in hospital of those who never come to intensive care, by class (CDC planning scenarios).
const WARD_STAY_DAYS: [f64; CLASSES] = [4.9, 7.6, 8.1];
/// Mean days in hospital of those who do.
const ICU_STAY_DAYS: [f64; CLASSES] = [9.5, 10.5, 10.0];
/// Share of the admitted who come to intensive care, by class (CDC planning scenarios).
const ICU_SHARE: [f32; CLASSES] = [0.238, 0.361, 0.353];
/// Part of the stay before intensive care: 1.5 days of ten (Covasim: severe to critical).
const BEFORE_ICU: f32 = 0.15;
/// Entries of a table of waiting times.
const STEPS: usize = 1_024;

/// Quantiles of what differs between patients, the same in every place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Courses {
    /// Days from infection to admission.
    to_admission: Vec<f32>,
    /// Days in hospital by class, without and with intensive care.
    stays: [[Vec<f32>; 2]; CLASSES],
}

/// Patients of the days after the as-of day; a census counts those present at the end of the day.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Patients {
    pub(crate) admissions: Vec<f32>,
    pub(crate) hospital: Vec<f32>,
    pub(crate) icu: Vec<f32>,
}

/// One patient, in days.
struct Stay {
    admission: f32,
    /// Start of intensive care, for those who come to it; it lasts until they leave.
    icu: Option<f32>,
    end: f32,
}

impl Courses {
    /// The courses of these settings.
    pub(crate) fn new(settings: &Settings) -> Self {
        // A gamma distribution of shape 2: many short stays, few long ones.
        let stay = |mean: f64| quantiles(Waiting { mean, sd: mean / std::f64::consts::SQRT_2 }, STEPS);
        Self {
            to_admission: quantiles(settings.admission_delay_days, STEPS),
            stays: std::array::from_fn(|class| [stay(WARD_STAY_DAYS[class]), stay(ICU_STAY_DAYS[class])]),
        }
    }

    /// Draws everyone who is admitted of the infections of each day, and follows them through `days` days from day
    /// `first` on. `expected` has the admissions expected of a day's infections by class.
    ///
    /// A patient's numbers belong to day, class and running number: more infections add patients and change none.
    pub(crate) fn follow(
        &self,
        expected: impl Fn(usize) -> [f64; CLASSES],
        first: usize,
        days: usize,
        key: Key,
    ) -> Patients {
        let mut counts = Patients::none(days);
        for day in first.saturating_sub(REACH_DAYS)..first + days {
            for (class, mean) in expected(day).into_iter().enumerate() {
                let kind = (class as u64) << 24 | day as u64;
                for number in 0..key.at(kind, purpose::ADMITTED).poisson(mean as f32) {
                    let bits = key.at(u64::from(number), purpose::PATIENT | kind).bits();
                    counts.add(self.stay(class, bits), day as f32 - first as f32);
                }
            }
        }
        counts.sum_up();
        counts
    }

    /// A patient's course from 64 random bits, counted from the midnight before infection.
    fn stay(&self, class: usize, bits: u64) -> Stay {
        let intensive = unit(bits) < ICU_SHARE[class];
        let hour = (bits & 1_023) as f32 / 1_024.0;
        let admission = hour + self.to_admission[(bits >> 10 & 1_023) as usize];
        let length = self.stays[class][usize::from(intensive)][(bits >> 20 & 1_023) as usize];
        Stay { admission, icu: intensive.then_some(admission + BEFORE_ICU * length), end: admission + length }
    }
}

impl Patients {
    fn none(days: usize) -> Self {
        let zeros = || vec![0.0; days];
        Self { admissions: zeros(), hospital: zeros(), icu: zeros() }
    }

    /// Counts a patient infected `day` days after the first: for a census the change on the day of coming and leaving.
    fn add(&mut self, stay: Stay, day: f32) {
        let on = |time: f32| (day + time).floor();
        if on(stay.end) < 0.0 {
            return;
        }
        let change = |counts: &mut Vec<f32>, time: f32, by: f32| {
            // Whoever came before the first day is there when it begins.
            if let Some(count) = counts.get_mut(on(time).max(0.0) as usize) {
                *count += by;
            }
        };
        if on(stay.admission) >= 0.0 {
            change(&mut self.admissions, stay.admission, 1.0);
        }
        change(&mut self.hospital, stay.admission, 1.0);
        change(&mut self.hospital, stay.end, -1.0);
        if let Some(icu) = stay.icu {
            change(&mut self.icu, icu, 1.0);
            change(&mut self.icu, stay.end, -1.0);
        }
    }

    /// From changes to those present.
    fn sum_up(&mut self) {
        for census in [&mut self.hospital, &mut self.icu] {
            let mut present = 0.0;
            census.iter_mut().for_each(|count| {
                present += *count;
                *count = present;
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(counts: &[f32]) -> f64 {
        counts.iter().map(|count| f64::from(*count)).sum::<f64>() / counts.len() as f64
    }

    #[test]
    fn wards_are_full_from_the_first_day_and_hold_admissions_times_stay() {
        let courses = Courses::new(&Settings::default());
        let expected = [300.0, 700.0, 100.0];
        let patients = courses.follow(|_| expected, 100, 60, Key::from_seed(1));
        let sum = |of: fn(usize) -> f64| -> f64 { (0..CLASSES).map(|class| expected[class] * of(class)).sum() };
        let share = |class: usize| f64::from(ICU_SHARE[class]);
        let icu = sum(|class| f64::from(ICU_SHARE[class]) * ICU_STAY_DAYS[class] * f64::from(1.0 - BEFORE_ICU));
        let hospital: f64 = (0..CLASSES)
            .map(|class| {
                let stay = share(class) * ICU_STAY_DAYS[class] + (1.0 - share(class)) * WARD_STAY_DAYS[class];
                expected[class] * stay
            })
            .sum();
        // Little's law at a constant inflow, 66,000 admissions: standard errors below 0.6 %, on a single day 1.9 %.
        assert!((mean(&patients.admissions) / sum(|_| 1.0) - 1.0).abs() < 0.02, "{}", mean(&patients.admissions));
        for (census, expected) in [(&patients.hospital, hospital), (&patients.icu, icu)] {
            assert!((mean(census) / expected - 1.0).abs() < 0.03, "{} and {expected}", mean(census));
            assert!((f64::from(census[0]) / expected - 1.0).abs() < 0.08, "{} and {expected}", census[0]);
        }
    }

    #[test]
    fn admissions_and_departures_make_up_the_census() {
        let courses = Courses::new(&Settings::default());
        // Infections end with the as-of day: the wards fill no more when the last of them are in.
        let expected = |day: usize| if day < 80 { [0.3, 0.2, 0.5] } else { [0.0; CLASSES] };
        let patients = courses.follow(expected, 80, 150, Key::from_seed(2));
        assert!(patients.hospital[0] > 0.0);
        for day in 1..150 {
            let kept = patients.hospital[day - 1] + patients.admissions[day];
            assert!(patients.hospital[day] <= kept, "day {day}: more are there than came");
            assert!((0.0..=patients.hospital[day]).contains(&patients.icu[day]), "day {day}");
        }
        assert_eq!((patients.hospital[149], patients.icu[149]), (0.0, 0.0));
    }

    #[test]
    fn more_infections_add_patients_and_change_none() {
        let courses = Courses::new(&Settings::default());
        let with = |mean: f64| courses.follow(|_| [mean; CLASSES], 70, 28, Key::from_seed(3));
        let (few, many) = (with(0.4), with(0.5));
        let no_fewer = |few: &[f32], many: &[f32]| few.iter().zip(many).all(|(few, many)| few <= many);
        assert!(no_fewer(&few.admissions, &many.admissions) && no_fewer(&few.hospital, &many.hospital));
        assert_ne!(few, many);
    }
}
