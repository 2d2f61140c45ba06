//! Severe courses, person by person: each patient is admitted, may come to intensive care, and leaves.

use countycast_engine::{AGE_CLASSES, Epidemiology};

use super::census::Census;
use super::severity::Outcomes;
use crate::disease::quantiles;
use crate::purpose;
use crate::random::{Key, unit};

/// Days that infections reach back: who was infected earlier has left.
const REACH_DAYS: usize = 70;
/// Part of the stay before intensive care: 1.5 days of ten (Covasim: severe to critical).
const BEFORE_ICU: f32 = 0.15;
/// Entries of a table of waiting times.
const STEPS: usize = 1_024;

/// Quantiles of what differs between patients, the same in every place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Courses {
    /// Days from infection to report, and from there to admission by class.
    to_report: Vec<f32>,
    to_admission: [Vec<f32>; AGE_CLASSES],
    /// Share of the admitted who come to intensive care, by class.
    icu_share: [f32; AGE_CLASSES],
    /// Days in hospital by class, without and with intensive care.
    stays: [[Vec<f32>; 2]; AGE_CLASSES],
    /// Shares of the patients of a class who are in hospital, and in intensive care, so many days after infection.
    present: [Vec<[f32; 2]>; AGE_CLASSES],
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
    /// The courses that these facts tell of.
    pub(crate) fn new(epidemiology: &Epidemiology) -> Self {
        let severity = &epidemiology.severity;
        let table = |delay| quantiles(delay, STEPS);
        let (ward, icu) = (severity.ward_stays(), severity.icu_stays());
        let mut courses = Self {
            to_report: table(epidemiology.report_delay_days),
            to_admission: severity.admission_delays().map(table),
            icu_share: severity.icu_share.map(|share| share as f32),
            stays: std::array::from_fn(|class| [table(ward[class]), table(icu[class])]),
            present: Default::default(),
        };
        courses.present = std::array::from_fn(|class| courses.shares_present(class));
        courses
    }

    /// Of patients infected on one day, those in hospital and in intensive care at the end of each of the next days.
    fn shares_present(&self, class: usize) -> Vec<[f32; 2]> {
        const PATIENTS: u64 = 16_384;
        let key = Key::from_seed(0);
        let mut present = vec![[0.0; 2]; REACH_DAYS];
        for stay in (0..PATIENTS).map(|number| self.stay(class, key.at(number, purpose::PATIENT).bits())) {
            for (day, present) in present.iter_mut().enumerate() {
                let end = (day + 1) as f32;
                let there = |since: f32| f32::from(u8::from(since < end && end <= stay.end)) / PATIENTS as f32;
                present[0] += there(stay.admission);
                present[1] += stay.icu.map_or(0.0, there);
            }
        }
        present
    }

    /// Patients expected at the end of the last of these days of infections, all and those in intensive care, where each
    /// infected person has the admissions of `each`.
    pub(crate) fn present(&self, infections: &[f64], each: &Outcomes) -> (f64, f64) {
        let mut sum = (0.0, 0.0);
        for (present, admissions) in self.present.iter().zip(each.admissions) {
            for ([hospital, icu], infections) in present.iter().zip(infections.iter().rev()) {
                sum.0 += f64::from(*hospital) * admissions * infections;
                sum.1 += f64::from(*icu) * admissions * infections;
            }
        }
        sum
    }

    /// Draws everyone who is admitted of the infections of each day, and follows them through `days` days from day
    /// `first` on. `expected` has the admissions expected of a day's infections by class; of those who are in hospital when
    /// the first day begins there are as many as the `census` says, and they leave in their time.
    ///
    /// A patient's numbers belong to day, class and running number: more infections add patients and change none.
    pub(crate) fn follow(
        &self,
        expected: impl Fn(usize) -> [f64; AGE_CLASSES],
        first: usize,
        days: usize,
        census: Census,
        key: Key,
    ) -> Patients {
        let mut counts = Patients::none(days);
        let greatest = census.ward.max(census.icu).max(1.0);
        for day in first.saturating_sub(REACH_DAYS)..first + days {
            // Who is infected from the first day on is in no hospital when it begins.
            let most = if day < first { greatest } else { 1.0 };
            let after = day as f32 - first as f32;
            for (class, mean) in expected(day).into_iter().enumerate() {
                let kind = (class as u64) << 24 | day as u64;
                let numbers = |mean: f64| u64::from(key.at(kind, purpose::ADMITTED).poisson(mean as f32));
                // A greater mean adds patients to the same ones: those beyond are there for the census alone.
                let usual = numbers(mean);
                for number in 0..if most > 1.0 { numbers(most * mean) } else { usual } {
                    let stay = self.stay(class, key.at(number, purpose::PATIENT | kind).bits());
                    let factor = stay.factor(after, census);
                    let share = if number < usual { factor } else { (factor - 1.0) / (most - 1.0) };
                    if share >= 1.0 || f64::from(key.unit(number, purpose::PRESENT | kind)) < share {
                        counts.add(stay, after);
                    }
                }
            }
        }
        counts.sum_up();
        counts
    }

    /// A patient's course from 64 random bits, counted from the midnight before infection.
    fn stay(&self, class: usize, bits: u64) -> Stay {
        let intensive = unit(bits) < self.icu_share[class];
        let hour = (bits & 1_023) as f32 / 1_024.0;
        let report = hour + self.to_report[(bits >> 10 & 1_023) as usize];
        let admission = report + self.to_admission[class][(bits >> 30 & 1_023) as usize];
        let length = self.stays[class][usize::from(intensive)][(bits >> 20 & 1_023) as usize];
        Stay { admission, icu: intensive.then_some(admission + BEFORE_ICU * length), end: admission + length }
    }
}

impl Stay {
    /// The factor on such patients: of those in hospital at midnight before day 0, when they were infected on `day`.
    fn factor(&self, day: f32, census: Census) -> f64 {
        let here = |since: f32| day + since < 0.0 && day + self.end >= 0.0;
        match self.icu {
            _ if !here(self.admission) => 1.0,
            Some(icu) if here(icu) => census.icu,
            _ => census.ward,
        }
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
        let epidemiology = Epidemiology::default();
        let (severity, courses) = (epidemiology.severity, Courses::new(&epidemiology));
        let expected = [300.0, 700.0, 100.0];
        let patients = courses.follow(|_| expected, 100, 60, Census::EXPECTED, Key::from_seed(1));
        let sum =
            |of: &dyn Fn(usize) -> f64| -> f64 { (0..AGE_CLASSES).map(|class| expected[class] * of(class)).sum() };
        let in_icu = |class: usize| severity.icu_share[class] * severity.icu_stay_days[class];
        let on_ward = |class: usize| (1.0 - severity.icu_share[class]) * severity.ward_stay_days[class];
        let icu = sum(&|class| in_icu(class) * f64::from(1.0 - BEFORE_ICU));
        let hospital = sum(&|class| in_icu(class) + on_ward(class));
        // Little's law at a constant inflow, 66,000 admissions: standard errors below 0.6 %, on a single day 1.9 %.
        assert!((mean(&patients.admissions) / sum(&|_| 1.0) - 1.0).abs() < 0.02, "{}", mean(&patients.admissions));
        for (census, expected) in [(&patients.hospital, hospital), (&patients.icu, icu)] {
            assert!((mean(census) / expected - 1.0).abs() < 0.03, "{} and {expected}", mean(census));
            assert!((f64::from(census[0]) / expected - 1.0).abs() < 0.08, "{} and {expected}", census[0]);
        }
    }

    #[test]
    fn admissions_and_departures_make_up_the_census() {
        let courses = Courses::new(&Epidemiology::default());
        // Infections end with the as-of day: the wards fill no more when the last of them are in.
        let expected = |day: usize| if day < 80 { [0.3, 0.2, 0.5] } else { [0.0; AGE_CLASSES] };
        let patients = courses.follow(expected, 80, 150, Census::EXPECTED, Key::from_seed(2));
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
        let courses = Courses::new(&Epidemiology::default());
        let with = |mean: f64| {
            courses.follow(|_| [mean; AGE_CLASSES], 70, 28, Census { ward: 1.5, icu: 0.7 }, Key::from_seed(3))
        };
        let (few, many) = (with(0.4), with(0.5));
        let no_fewer = |few: &[f32], many: &[f32]| few.iter().zip(many).all(|(few, many)| few <= many);
        assert!(no_fewer(&few.admissions, &many.admissions) && no_fewer(&few.hospital, &many.hospital));
        assert_ne!(few, many);
    }

    #[test]
    fn the_census_of_the_first_evening_is_scaled_and_the_difference_leaves_with_the_patients() {
        let courses = Courses::new(&Epidemiology::default());
        let expected = [300.0, 700.0, 100.0];
        let from = |census| courses.follow(|_| expected, 100, 60, census, Key::from_seed(4));
        let (plain, scaled) = (from(Census::EXPECTED), from(Census { ward: 1.6, icu: 0.5 }));
        assert_eq!(plain.admissions, scaled.admissions, "who comes later comes as before");
        let more = |plain: &[f32], scaled: &[f32]| -> Vec<f64> {
            plain.iter().zip(scaled).map(|(plain, scaled)| f64::from(scaled - plain)).collect()
        };
        let (hospital, icu) = (more(&plain.hospital, &scaled.hospital), more(&plain.icu, &scaled.icu));
        // What infections of every day leave in hospital on the evening before, and on the evening of the first day.
        let each = Outcomes { admissions: expected, deaths: 0.0 };
        let (all, intensive) = courses.present(&[1.0; REACH_DAYS], &each);
        let ward = all - intensive;
        // On the evening before: 0.6 of the ward more, 0.5 of intensive care less. A stay of a week loses a tenth on a day.
        let begin = 0.6 * ward - 0.5 * intensive;
        assert!((0.7 * begin..begin).contains(&hospital[0]), "{} more, {begin} the evening before", hospital[0]);
        // Those at the door of intensive care are ward patients of the first evening: they come, half as many again.
        assert!((-0.5 * intensive..-0.3 * intensive).contains(&icu[0]), "{} of {intensive} in intensive care", icu[0]);
        assert!(hospital[14].abs() < 0.1 * begin, "{} are left after two weeks", hospital[14]);
        assert!(hospital[45].abs() < 0.005 * begin, "{} are left after six", hospital[45]);
    }

    #[test]
    fn patients_expected_are_those_drawn() {
        let courses = Courses::new(&Epidemiology::default());
        let each = [30.0, 70.0, 10.0];
        let (mut hospital, mut icu) = (0.0, 0.0);
        for seed in 0..40 {
            let drawn = courses.follow(|_| each, 100, 1, Census::EXPECTED, Key::from_seed(100 + seed));
            hospital += f64::from(drawn.hospital[0]) / 40.0;
            icu += f64::from(drawn.icu[0]) / 40.0;
        }
        let (all, intensive) = courses.present(&[1.0; REACH_DAYS], &Outcomes { admissions: each, deaths: 0.0 });
        // 40 days of some 800 and 300 patients: standard errors of 0.6 and 1 %.
        assert!((hospital / all - 1.0).abs() < 0.03, "{hospital} drawn, {all} expected");
        assert!((icu / intensive - 1.0).abs() < 0.05, "{icu} drawn, {intensive} expected");
    }
}
