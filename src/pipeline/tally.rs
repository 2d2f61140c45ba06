//! Totals and peaks of joint draws, by which scenarios are compared.

use countycast_engine::{Draws, Target};

use super::trajectories::Trajectories;
use crate::capacity::{Bed, Census};

/// Totals and peaks, one value per draw; of patients, one per trajectory of the census. Empty where unknown.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tally {
    /// Reported cases over the whole horizon.
    pub cases: Vec<f64>,
    /// Reported deaths over the whole horizon.
    pub deaths: Vec<f64>,
    /// Admissions to hospital over the whole horizon.
    pub admissions: Vec<f64>,
    /// Peak of the seven-day mean of new cases.
    pub peak_cases: Vec<f64>,
    /// Last day of that peak, in days after the as-of day.
    pub peak_day: Vec<f64>,
    /// Peak number of hospital patients.
    pub peak_patients: Vec<f64>,
    /// Peak number of ward patients.
    pub peak_ward: Vec<f64>,
    /// Peak number of patients in intensive care.
    pub peak_icu: Vec<f64>,
}

impl Tally {
    /// Totals and peaks of these draws and this census.
    #[must_use]
    pub fn of(trajectories: &Trajectories, census: Option<&Census>) -> Self {
        let Trajectories { draws, admissions } = trajectories;
        let (peak_day, peak_cases) = draws.paths(Target::Cases).into_iter().flatten().map(peak).unzip();
        let highest = |beds: &[Bed]| census.map_or_else(Vec::new, |census| highest(census, beds));
        Self {
            cases: totals(draws, Target::Cases),
            deaths: totals(draws, Target::Deaths),
            admissions: admissions.iter().flatten().map(|path| total(path)).collect(),
            peak_cases,
            peak_day,
            peak_patients: highest(&Bed::ALL),
            peak_ward: highest(&[Bed::Ward]),
            peak_icu: highest(&[Bed::Icu]),
        }
    }
}

fn totals(draws: &Draws, target: Target) -> Vec<f64> {
    draws.paths(target).into_iter().flatten().map(total).collect()
}

fn total(path: &[f32]) -> f64 {
    path.iter().map(|value| f64::from(*value)).sum()
}

/// Day, from 1, and size of the peak seven-day mean.
fn peak(path: &[f32]) -> (f64, f64) {
    let days = path.len().min(7);
    let means = path.windows(days.max(1)).map(|week| total(week) / days as f64);
    let highest =
        means.enumerate().fold((0, -1.0), |best, (i, mean)| if mean > best.1 { (i + days, mean) } else { best });
    (highest.0 as f64, highest.1)
}

/// Peak number of patients in these beds together, by trajectory.
fn highest(census: &Census, beds: &[Bed]) -> Vec<f64> {
    let days = census.days();
    let values: Vec<&[f32]> = beds.iter().map(|bed| census.values(*bed)).collect();
    let trajectories = values.first().map_or(0, |values| values.len() / days);
    let patients = |at: usize| values.iter().map(|values| f64::from(values[at])).sum::<f64>();
    (0..trajectories).map(|i| (i * days..(i + 1) * days).map(patients).fold(0.0, f64::max)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capacity::Flow;

    #[test]
    fn a_peak_is_the_highest_whole_week() {
        let mut path = vec![0.0; 20];
        path[0] = 100.0;
        path[10..17].fill(21.0);
        assert_eq!(peak(&path), (17.0, 21.0));
        // A single day counts as a seventh of its week, never of less.
        path[10..17].fill(0.0);
        assert_eq!(peak(&path), (7.0, 100.0 / 7.0));
    }

    #[test]
    fn patients_peak_on_days_of_their_own() {
        let path =
            |ward: [f32; 2], icu: [f32; 2]| Flow { admissions: vec![0.0; 2], ward: ward.into(), icu: icu.into() };
        let census = Census::of_paths(2, &[path([5.0, 1.0], [0.0, 2.0]), path([4.0, 8.0], [3.0, 1.0])]);
        let draws = Draws::new(1, 2).unwrap().with(Target::Cases, vec![3.0, 5.0]).unwrap();
        let tally = Tally::of(&Trajectories { draws, admissions: None }, Some(&census));
        assert_eq!(
            (tally.cases, tally.deaths, tally.peak_cases, tally.peak_day),
            (vec![8.0], vec![], vec![4.0], vec![2.0])
        );
        assert_eq!(
            (tally.peak_patients, tally.peak_ward, tally.peak_icu),
            (vec![5.0, 9.0], vec![5.0, 8.0], vec![2.0, 3.0])
        );
    }
}
