//! From infections by age to reports, deaths and admissions.

use countycast_engine::delay::{add_due, follow, one_after_the_other};
use countycast_engine::{AGE_CLASSES, Delay, Epidemiology};

use crate::ages::{GROUPS, by_group};

/// Days that the kernels reach back.
pub(crate) const REACH: usize = 70;
/// Age groups that make up the classes of age of the severity.
const CLASSES: [std::ops::Range<usize>; AGE_CLASSES] = [0..5, 5..6, 6..GROUPS];

/// What the facts of the disease make of infections: delays cut into days and risks by age group, the same for every place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Kernels {
    ascertainment: f64,
    lag: usize,
    reports: Vec<f64>,
    deaths: Vec<f64>,
    admissions: [Vec<f64>; AGE_CLASSES],
    fatality: [f64; GROUPS],
    hospitalised: [f64; GROUPS],
}

/// What a course of infections leads to, a value a day.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Burden {
    pub(crate) deaths: Vec<f64>,
    pub(crate) admissions: Vec<f64>,
}

impl Kernels {
    pub(crate) fn new(epidemiology: &Epidemiology) -> Self {
        let severity = &epidemiology.severity;
        let reports = epidemiology.report_delay_days.shares(REACH);
        let after_report = |delay: Delay| one_after_the_other(&reports, &delay.shares(REACH), REACH);
        let admissions = severity.admission_delays().map(after_report);
        Self {
            ascertainment: epidemiology.ascertainment,
            lag: epidemiology.report_delay_days.mean.round() as usize,
            deaths: after_report(epidemiology.death_delay_days),
            fatality: by_group(|ages| severity.deaths(ages)),
            hospitalised: by_group(|ages| severity.admissions(ages)),
            reports,
            admissions,
        }
    }

    /// Share of infections that become reported cases, before anything is known of a place.
    pub(crate) fn ascertainment(&self) -> f64 {
        self.ascertainment
    }

    /// Whole days from infection to report, on average.
    pub(crate) fn lag(&self) -> usize {
        self.lag
    }

    /// Infection to report, by day.
    pub(crate) fn reports(&self) -> &[f64] {
        &self.reports
    }

    /// Infection to report of a death, by day.
    pub(crate) fn deaths(&self) -> &[f64] {
        &self.deaths
    }

    /// Share of infections that end in death where the groups are infected in these shares.
    pub(crate) fn fatality(&self, shares: &[f64; GROUPS]) -> f64 {
        shares.iter().zip(self.fatality).map(|(share, fatality)| share * fatality).sum()
    }

    /// Deaths at the unscaled fatality that infections by age lead to on each day.
    pub(crate) fn expected_deaths(&self, infections: &[f64], shares: &[f64; GROUPS]) -> Vec<f64> {
        let fatality = self.fatality(shares);
        follow(infections, &self.deaths).iter().map(|deaths| fatality * deaths).collect()
    }

    /// The burden of the `days` days from `from` on; `severity` is the factor on each group's risks on a day.
    pub(crate) fn burden(
        &self,
        infections: &[[f64; GROUPS]],
        from: usize,
        days: usize,
        severity: impl Fn(usize) -> Option<[f64; GROUPS]>,
    ) -> Burden {
        let mut dying = vec![0.0; infections.len()];
        let mut admitted: [Vec<f64>; AGE_CLASSES] = std::array::from_fn(|_| vec![0.0; infections.len()]);
        for (day, new) in infections.iter().enumerate() {
            let factor = severity(day).unwrap_or([1.0; GROUPS]);
            dying[day] = (0..GROUPS).map(|a| new[a] * factor[a] * self.fatality[a]).sum();
            for (class, groups) in CLASSES.into_iter().enumerate() {
                admitted[class][day] = groups.map(|a| new[a] * factor[a] * self.hospitalised[a]).sum();
            }
        }
        let (mut deaths, mut admissions) = (vec![0.0; days], vec![0.0; days]);
        for (admitted, kernel) in admitted.iter().zip(&self.admissions) {
            add_due(admitted, kernel, from, &mut admissions);
        }
        add_due(&dying, &self.deaths, from, &mut deaths);
        Burden { deaths, admissions }
    }
}

impl Burden {
    /// Adds what `times` as many other infections lead to.
    pub(crate) fn add(&mut self, other: &Self, times: f64) {
        for (ours, theirs) in [(&mut self.deaths, &other.deaths), (&mut self.admissions, &other.admissions)] {
            ours.iter_mut().zip(theirs).for_each(|(ours, theirs)| *ours += times * theirs);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_inflow_leads_to_its_shares_of_admissions_and_deaths() {
        let kernels = Kernels::new(&Epidemiology::default());
        let infections = vec![[100.0; GROUPS]; 200];
        let burden = kernels.burden(&infections, 190, 10, |_| None);
        let classes: Vec<f64> =
            CLASSES.into_iter().map(|g| 100.0 * g.map(|a| kernels.hospitalised[a]).sum::<f64>()).collect();
        let admissions: f64 = classes.iter().sum();
        assert!((burden.admissions[5] / admissions - 1.0).abs() < 1e-6, "{burden:?}");
        let deaths = 100.0 * kernels.fatality.iter().sum::<f64>();
        assert!((burden.deaths[5] / deaths - 1.0).abs() < 1e-6);
    }

    #[test]
    fn the_burden_of_a_course_is_that_of_its_parts() {
        let kernels = Kernels::new(&Epidemiology::default());
        let infections: Vec<[f64; GROUPS]> =
            (0..160).map(|day| std::array::from_fn(|a| f64::from(20 + (day * 7 + a as i32) % 13))).collect();
        let severity = |day: usize| (day >= 140).then_some([0.5; GROUPS]);
        let whole = kernels.burden(&infections, 130, 30, severity);
        // The first part is counted in halves.
        let halves: Vec<[f64; GROUPS]> = infections[..121].iter().map(|new| new.map(|new| new / 2.0)).collect();
        let mut parts = kernels.burden(&infections[121..], 9, 30, |day| severity(day + 121));
        parts.add(&kernels.burden(&halves, 130, 30, severity), 2.0);
        for (whole, parts) in [(&whole.deaths, &parts.deaths), (&whole.admissions, &parts.admissions)] {
            assert_eq!(whole.len(), 30);
            for (whole, parts) in whole.iter().zip(parts) {
                assert!((whole / parts - 1.0).abs() < 1e-13, "{whole} and {parts}");
            }
        }
    }
}
