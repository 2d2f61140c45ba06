//! From one place's cases to its patients.

use countycast_engine::{Draws, History, Streams, Target, counts};

use super::census::Flow;
use super::chance::Chance;
use super::level::Level;
use super::stays::{Kernels, Stays, after};

/// Hospital flow of a place: patients from past cases, and those that each future day adds.
#[derive(Debug, Clone, PartialEq)]
pub struct Course<'a> {
    kernels: Kernels,
    /// Patients from past days, by future day, as they are expected: still to be admitted, on the ward, in intensive care.
    admissions: Vec<f32>,
    ward: Vec<f32>,
    icu: Vec<f32>,
    level: Level,
    chance: &'a Chance,
    streams: Streams,
}

impl<'a> Course<'a> {
    /// Starts from past admissions, derived from cleaned cases, at the level that is reported; `days` is the horizon.
    pub(super) fn new(
        history: &History,
        stays: &Stays,
        level: Level,
        chance: &'a Chance,
        streams: Streams,
        days: usize,
    ) -> Self {
        let kernels = stays.kernels(&history.location().covariates, level.icu);
        let cases: Vec<f32> = history.cases().cleaned().iter().map(|cases| *cases as f32).collect();
        let cases = kernels.recent(&cases);
        let admitted = after(cases, &kernels.admission, cases.len() + days);
        let (past, admissions) = admitted.split_at(cases.len());
        let left = |kernel: &[f32]| after(past, kernel, past.len() + days).split_off(past.len());
        let (ward, icu) = (left(&kernels.ward), left(&kernels.icu));
        Self { admissions: admissions.to_vec(), ward, icu, kernels, level, chance, streams }
    }

    /// Daily admissions that the past and a trajectory of cases lead to expect.
    fn expected(&self, cases: &[f32]) -> Vec<f32> {
        let mut expected = after(cases, &self.kernels.admission, cases.len());
        add(&mut expected, &self.admissions);
        expected
    }

    /// The same with Poisson weekly totals, which are as large as the level says.
    fn admissions(&self, cases: &[f32], draw: usize) -> Vec<f32> {
        let mut expected = self.expected(cases);
        let level = self.level.patients;
        let mut rng = self.streams.rng("admissions", draw);
        for week in expected.chunks_mut(7) {
            let mean = f64::from(week.iter().sum::<f32>());
            let total = if mean > 0.0 { counts::poisson(level * mean, &mut rng) as f64 / (level * mean) } else { 0.0 };
            week.iter_mut().for_each(|day| *day *= total as f32);
        }
        expected
    }

    /// Factor on the admissions that an engine projects itself, at which those of its baseline are as many as its cases lead
    /// to expect; none for an engine that projects none.
    ///
    /// An engine's own admissions tell how they move, with age, severity and immunity. Their number depends on how many
    /// infections it supposes behind a case, which the reports of patients tell better.
    #[must_use]
    pub fn scale(&self, baseline: &Draws) -> Option<f32> {
        let (own, cases) = (baseline.paths(Target::Admissions)?, baseline.paths(Target::Cases)?);
        let own: f64 = own.flatten().map(|people| f64::from(*people)).sum();
        let expected = |path| -> f64 { self.expected(path).into_iter().map(f64::from).sum() };
        let expected: f64 = cases.map(expected).sum();
        (own > 0.0).then(|| (expected / own) as f32)
    }

    /// Every trajectory's admissions, before the level of the reports: the engine's own times `scale` where it projects them,
    /// from its cases otherwise.
    ///
    /// A trajectory uses the same random numbers in a scenario as in the baseline. None if the engine projects neither.
    #[must_use]
    pub fn all_admissions(&self, draws: &Draws, scale: Option<f32>) -> Option<Vec<Vec<f32>>> {
        if let Some((paths, scale)) = draws.paths(Target::Admissions).zip(scale) {
            return Some(paths.map(|path| path.iter().map(|people| scale * people).collect()).collect());
        }
        let cases = draws.paths(Target::Cases)?;
        Some(cases.enumerate().map(|(draw, path)| self.admissions(path, draw)).collect())
    }

    /// Patients of one trajectory at the end of each day, and its admissions, at the level of the reports, given its
    /// admissions before that.
    #[must_use]
    pub fn flow(&self, draw: usize, admissions: &[f32]) -> Flow {
        let days = admissions.len();
        let stay = |kernel: &[f32], left: &[f32]| {
            let mut census = after(admissions, kernel, days);
            add(&mut census, left);
            census
        };
        let (mut ward, mut icu) = (stay(&self.kernels.ward, &self.ward), stay(&self.kernels.icu, &self.icu));
        let level = self.level.patients as f32;
        let expected: Vec<f32> = ward.iter().zip(&icu).map(|(ward, icu)| level * (ward + icu)).collect();
        let (factors, in_icu) = self.chance.factors(draw, &self.level, &expected);
        for ((ward, icu), factor) in ward.iter_mut().zip(&mut icu).zip(&factors) {
            let all = *ward + *icu;
            let critical = (*icu * in_icu).min(all);
            (*ward, *icu) = (level * factor * (all - critical), level * factor * critical);
        }
        let admissions = admissions.iter().zip(&factors).map(|(day, factor)| level * factor * day).collect();
        Flow { admissions, ward, icu }
    }
}

fn add(sums: &mut [f32], more: &[f32]) {
    sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
}

#[cfg(test)]
mod tests {
    use super::*;
    use countycast_engine::{Date, Epidemiology, Fips, Location, Series};
    use proptest::prelude::*;
    use std::sync::{Arc, LazyLock};

    const CERTAIN: Level = Level { spread: 0.0, icu_spread: 0.0, ..Level::EXPECTED };

    /// The course of a place at this level, without chance.
    fn course(past: Vec<f64>, days: usize, level: Level) -> Course<'static> {
        static NO_CHANCE: LazyLock<Chance> = LazyLock::new(Chance::none);
        let deaths = Series::from_counts(vec![0.0; past.len()]).unwrap();
        let place = Arc::new(Location::new(Fips::US, "a place"));
        let first = Date::constant(2020, 3, 1);
        let history = History::new(place, first, Series::from_counts(past).unwrap(), deaths, None).unwrap();
        let streams = Streams::new(1, "hospital", Fips::US);
        Course::new(&history, &Stays::new(&Epidemiology::default()), level, &NO_CHANCE, streams, days)
    }

    #[test]
    fn a_steady_epidemic_has_as_many_patients_as_admissions_times_stay() {
        let course = course(vec![1000.0; 200], 28, Level { patients: 0.8, icu: 0.5, ..CERTAIN });
        let flow = course.flow(0, &course.expected(&[1000.0; 28]));
        // Little's law in each class: admissions a day times share times mean stay.
        let (mut admitted, mut on_ward, mut in_icu) = (0.0, 0.0, 0.0);
        let epidemiology = Epidemiology::default();
        let (severity, admissions) = (epidemiology.severity, epidemiology.severity.admissions_by_class());
        for (class, share) in [0.643, 0.192, 0.165].into_iter().enumerate() {
            let of_class = 0.8 * 1000.0 / epidemiology.ascertainment * admissions[class] * share;
            let icu_share = 0.5 * severity.icu_share[class];
            admitted += of_class;
            on_ward += of_class * (1.0 - icu_share) * severity.ward_stay_days[class];
            in_icu += of_class * icu_share * severity.icu_stay_days[class];
        }
        for day in [0, 13, 27] {
            for (found, expected) in [(&flow.admissions, admitted), (&flow.ward, on_ward), (&flow.icu, in_icu)] {
                assert!((f64::from(found[day]) / expected - 1.0).abs() < 0.01, "{} and {expected}", found[day]);
            }
        }
    }

    #[test]
    fn chance_keeps_the_mean_of_admissions() {
        let course = course(vec![0.0], 14, Level { patients: 2.0, ..CERTAIN });
        let cases = Draws::new(4000, 14).unwrap().with(Target::Cases, vec![4.0; 4000 * 14]).unwrap();
        let paths = course.all_admissions(&cases, None).unwrap();
        let mean = paths.iter().flatten().sum::<f32>() / 4000.0;
        let expected: f32 = course.expected(&[4.0; 14]).iter().sum();
        // Poisson, of twice as many: five standard errors.
        assert!((mean - expected).abs() < 5.0 * (expected / 8000.0).sqrt(), "{mean} and {expected}");
    }

    #[test]
    fn an_engines_own_admissions_are_as_many_as_its_cases_lead_to_expect() {
        let course = course(vec![50.0; 100], 28, CERTAIN);
        let own = |admissions: f32| {
            let draws = Draws::new(2, 28).unwrap().with(Target::Cases, vec![50.0; 56]).unwrap();
            draws.with(Target::Admissions, vec![admissions; 56]).unwrap()
        };
        let (baseline, scenario) = (own(3.0), own(1.5));
        let scale = course.scale(&baseline);
        let total = |draws: &Draws| course.all_admissions(draws, scale).unwrap().concat().iter().sum::<f32>();
        let expected = 2.0 * course.expected(&[50.0; 28]).iter().sum::<f32>();
        assert!((total(&baseline) / expected - 1.0).abs() < 1e-5);
        assert!((total(&scenario) / expected - 0.5).abs() < 1e-5, "a scenario keeps its ratio");
    }

    proptest! {
        #[test]
        fn patients_are_conserved(past in prop::collection::vec(0.0..500.0, 1..90),
                                  admissions in prop::collection::vec(0.0_f32..200.0, 28)) {
            let course = course(past, 28, CERTAIN);
            let Flow { ward, icu, .. } = course.flow(0, &admissions);
            let at_first: f32 = {
                let Flow { ward, icu, .. } = course.flow(0, &[0.0]);
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
