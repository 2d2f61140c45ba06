//! Patients compared with beds: peak, overflow, shortfall.

use serde::{Deserialize, Serialize};

use super::Beds;

/// Quantile levels of peaks and shortfalls.
pub const PEAK_LEVELS: [f64; 3] = [0.5, 0.9, 0.975];

/// Need for one kind of bed in one place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Need {
    /// Staffed beds; none if unknown, 0 if there is no hospital.
    pub beds: Option<f64>,
    /// Beds occupied by other patients.
    pub others: Option<f64>,
    /// Quantiles of the highest number of patients, at [`PEAK_LEVELS`].
    pub peak: [f64; 3],
    /// Day of the highest number, the median over trajectories; 1 is the day after as-of.
    pub peak_day: usize,
    /// Probability that patients exceed the free beds on some day; none where beds are not known or there is no hospital.
    pub overflow: Option<f64>,
    /// The first such day, the median over the trajectories that have one.
    pub first_overflow: Option<usize>,
    /// Shortfall of beds at the peak, at [`PEAK_LEVELS`]; 0 without a shortfall, none if beds are unknown or there is no
    /// hospital.
    pub gap: Option<[f64; 3]>,
    /// Mean shortfall.
    pub expected_gap: Option<f64>,
}

impl Need {
    /// Compares trajectories of patients, `days` values each, one after the other, with beds.
    #[must_use]
    pub fn new(patients: &[f32], days: usize, beds: &Beds) -> Self {
        let (mut peaks, mut peak_days, mut first_days) = (Vec::new(), Vec::new(), Vec::new());
        let free = beds.free();
        for path in patients.chunks_exact(days.max(1)) {
            let (day, peak) =
                path.iter().enumerate().fold((0, f32::MIN), |best, (day, &n)| if n > best.1 { (day, n) } else { best });
            peaks.push(f64::from(peak));
            peak_days.push(day + 1);
            let over = |patients: &f32| free.is_some_and(|free| f64::from(*patients) > free);
            first_days.extend(path.iter().position(over).map(|day| day + 1));
        }
        peaks.sort_by(f64::total_cmp);
        let gaps = |free: f64| peaks.iter().map(move |peak| (peak - free).max(0.0));
        let share = first_days.len() as f64 / peaks.len().max(1) as f64;
        Self {
            beds: beds.staffed,
            others: beds.others,
            peak: quantiles(&peaks),
            peak_day: middle(peak_days).unwrap_or(1),
            overflow: free.map(|_| share),
            first_overflow: middle(first_days),
            gap: free.map(|free| quantiles(&gaps(free).collect::<Vec<_>>())),
            expected_gap: free.map(|free| gaps(free).sum::<f64>() / peaks.len().max(1) as f64),
        }
    }

    /// Expected gap per bed, by which places are ranked; none where beds are unknown or there are none.
    #[must_use]
    pub fn gap_per_bed(&self) -> Option<f64> {
        let beds = self.beds.filter(|beds| *beds > 0.0)?;
        Some(self.expected_gap? / beds)
    }
}

/// Quantiles of a sorted sample, linear between order statistics.
fn quantiles(sorted: &[f64]) -> [f64; 3] {
    let last = sorted.len().saturating_sub(1);
    PEAK_LEVELS.map(|level| {
        let position = level * last as f64;
        let below = position.floor() as usize;
        let at = |i: usize| sorted.get(i.min(last)).copied().unwrap_or(0.0);
        at(below) + (at(below + 1) - at(below)) * (position - below as f64)
    })
}

/// The lower median.
fn middle(mut days: Vec<usize>) -> Option<usize> {
    days.sort_unstable();
    days.get(days.len().saturating_sub(1) / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEDS: Beds = Beds { staffed: Some(10.0), others: Some(6.0) };

    #[test]
    fn two_of_four_trajectories_overflow() {
        let patients = [1.0, 2.0, 1.0, 3.0, 4.0, 2.0, 5.0, 6.0, 1.0, 8.0, 9.0, 12.0];
        let need = Need::new(&patients, 3, &BEDS);
        assert_eq!((need.overflow, need.first_overflow, need.peak[0]), (Some(0.5), Some(1), 5.0));
        // Peaks 2, 4, 6, 12 against four free beds: 0, 0, 2, 8 lack.
        assert_eq!((need.gap.map(|gap| gap[0]), need.expected_gap), (Some(1.0), Some(2.5)));
        assert_eq!((need.peak_day, need.gap_per_bed()), (2, Some(0.25)));
    }

    #[test]
    fn where_beds_are_unknown_only_patients_are_told() {
        let need = Need::new(&[1.0, 3.0], 2, &Beds::default());
        assert_eq!((need.peak[0], need.overflow, need.gap, need.first_overflow), (3.0, None, None, None));
        let no_hospital = Need::new(&[1.0, 3.0], 2, &Beds { staffed: Some(0.0), others: Some(0.0) });
        assert_eq!((no_hospital.beds, no_hospital.overflow, no_hospital.gap_per_bed()), (Some(0.0), None, None));
    }
}
