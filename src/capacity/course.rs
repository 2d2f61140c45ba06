//! From one place's cases to its patients.

use countycast_engine::{Draws, History, Streams, Target, counts};

use super::stays::{Kernels, Stays};

/// Hospital flow of a place: patients from past cases, and those that each future day adds.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    kernels: Kernels,
    /// Patients from past days, by future day: still to be admitted, on the ward, in intensive care.
    admissions: Vec<f32>,
    ward: Vec<f32>,
    icu: Vec<f32>,
}

impl Course {
    /// Starts from past admissions, derived from cleaned cases; `days` is the horizon.
    #[must_use]
    pub fn new(history: &History, stays: &Stays, days: usize) -> Self {
        let kernels = stays.kernels(&history.location().covariates);
        let cases: Vec<f32> = history.cases().cleaned().iter().map(|cases| *cases as f32).collect();
        // Earlier cases have left hospital by then.
        let cases = &cases[cases.len().saturating_sub(2 * kernels.admission.len())..];
        let admitted = after(cases, &kernels.admission, cases.len() + days);
        let (past, admissions) = admitted.split_at(cases.len());
        let left = |kernel: &[f32]| after(past, kernel, past.len() + days).split_off(past.len());
        let (ward, icu) = (left(&kernels.ward), left(&kernels.icu));
        Self { admissions: admissions.to_vec(), ward, icu, kernels }
    }

    /// Daily admissions of one trajectory of cases: expected values from the past and the trajectory, with Poisson
    /// weekly totals.
    fn admissions(&self, cases: &[f32], streams: &Streams, draw: usize) -> Vec<f32> {
        let mut expected = after(cases, &self.kernels.admission, cases.len());
        add(&mut expected, &self.admissions);
        let mut rng = streams.rng("admissions", draw);
        for week in expected.chunks_mut(7) {
            let mean = week.iter().sum::<f32>();
            let factor = if mean > 0.0 { counts::poisson(f64::from(mean), &mut rng) as f32 / mean } else { 0.0 };
            week.iter_mut().for_each(|day| *day *= factor);
        }
        expected
    }

    /// Every trajectory's admissions: the engine's own where it projects them, from its cases otherwise.
    ///
    /// A trajectory uses the same random numbers in a scenario as in the baseline. None if the engine projects neither.
    #[must_use]
    pub fn all_admissions(&self, draws: &Draws, streams: &Streams) -> Option<Vec<Vec<f32>>> {
        if let Some(paths) = draws.paths(Target::Admissions) {
            return Some(paths.map(<[f32]>::to_vec).collect());
        }
        let cases = draws.paths(Target::Cases)?;
        Some(cases.enumerate().map(|(draw, path)| self.admissions(path, streams, draw)).collect())
    }

    /// Patients on the ward and in intensive care at the end of each day, given the days' admissions.
    #[must_use]
    pub fn patients(&self, admissions: &[f32]) -> (Vec<f32>, Vec<f32>) {
        let stay = |kernel: &[f32], left: &[f32]| {
            let mut census = after(admissions, kernel, admissions.len());
            add(&mut census, left);
            census
        };
        (stay(&self.kernels.ward, &self.ward), stay(&self.kernels.icu, &self.icu))
    }
}

/// Convolution of daily `events` with a kernel that starts at day 0, for the first `days` days.
fn after(events: &[f32], kernel: &[f32], days: usize) -> Vec<f32> {
    let mut sums = vec![0.0; days];
    for (day, event) in events.iter().enumerate() {
        sums[day..].iter_mut().zip(kernel).for_each(|(sum, share)| *sum += event * share);
    }
    sums
}

fn add(sums: &mut [f32], more: &[f32]) {
    sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
}

#[cfg(test)]
mod tests {
    use super::*;
    use countycast_engine::{Date, Epidemiology, Fips, Location, Series};
    use proptest::prelude::*;
    use std::sync::Arc;

    fn course(past: Vec<f64>, days: usize) -> Course {
        let deaths = Series::from_counts(vec![0.0; past.len()]).unwrap();
        let place = Arc::new(Location::new(Fips::US, "a place"));
        let first = Date::constant(2020, 3, 1);
        let history = History::new(place, first, Series::from_counts(past).unwrap(), deaths, None).unwrap();
        Course::new(&history, &Stays::new(&Epidemiology::default()), days)
    }

    #[test]
    fn a_steady_epidemic_has_as_many_patients_as_admissions_times_stay() {
        let course = course(vec![1000.0; 200], 28);
        let expected = after(&[1000.0; 28], &course.kernels.admission, 28);
        let admissions: Vec<f32> = expected.iter().zip(&course.admissions).map(|(a, b)| a + b).collect();
        let (ward, icu) = course.patients(&admissions);
        // Little's law in each class: admissions a day times share times mean stay.
        let (mut on_ward, mut in_icu) = (0.0, 0.0);
        let epidemiology = Epidemiology::default();
        let (severity, admissions) = (epidemiology.severity, epidemiology.severity.admissions_by_class());
        for (class, share) in [0.643, 0.192, 0.165].into_iter().enumerate() {
            let admitted = 1000.0 / epidemiology.ascertainment * admissions[class] * share;
            on_ward += admitted * (1.0 - severity.icu_share[class]) * severity.ward_stay_days[class];
            in_icu += admitted * severity.icu_share[class] * severity.icu_stay_days[class];
        }
        for day in [0, 13, 27] {
            assert!((f64::from(ward[day]) / on_ward - 1.0).abs() < 0.01, "{} and {on_ward}", ward[day]);
            assert!((f64::from(icu[day]) / in_icu - 1.0).abs() < 0.01, "{} and {in_icu}", icu[day]);
        }
    }

    #[test]
    fn chance_keeps_the_mean_of_admissions() {
        let (course, streams) = (course(vec![0.0], 14), Streams::new(1, "flat", Fips::US));
        let cases = Draws::new(4000, 14).unwrap().with(Target::Cases, vec![4.0; 4000 * 14]).unwrap();
        let paths = course.all_admissions(&cases, &streams).unwrap();
        let mean = paths.iter().flatten().sum::<f32>() / 4000.0;
        let expected: f32 = after(&[4.0; 14], &course.kernels.admission, 14).iter().sum();
        // Poisson: five standard errors.
        assert!((mean - expected).abs() < 5.0 * (expected / 4000.0).sqrt(), "{mean} and {expected}");
    }

    proptest! {
        #[test]
        fn patients_are_conserved(past in prop::collection::vec(0.0..500.0, 1..90),
                                  admissions in prop::collection::vec(0.0_f32..200.0, 28)) {
            let course = course(past, 28);
            let (ward, icu) = course.patients(&admissions);
            let at_first: f32 = {
                let (ward, icu) = course.patients(&[0.0]);
                // Patients before the first day are at least those left at its end.
                ward[0] + icu[0]
            };
            let mut inside = at_first;
            let mut admitted = at_first;
            for day in 0..28 {
                let census = ward[day] + icu[day];
                prop_assert!(census >= 0.0);
                // Patients are conserved: discharges are never negative.
                let left = inside + admissions[day] - census;
                prop_assert!(left >= -1e-3 * (1.0 + inside + admissions[day]), "day {}: {} left", day, left);
                admitted += admissions[day];
                prop_assert!(census <= admitted * (1.0 + 1e-4) + 1e-3);
                inside = census;
            }
        }
    }
}
