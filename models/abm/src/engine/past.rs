//! The recent past: from what is reported back to infections.

use countycast_engine::delay::follow;
use countycast_engine::{Epidemiology, History, Immunity};

use crate::settings::Settings;

/// Days before the first simulated one whose infections may still be reported, admitted or die.
pub(crate) const PAST_DAYS: usize = 70;
/// Days past the steered ones whose reports tell about infections within them.
pub(crate) const REPORT_DAYS: usize = 25;

/// What the reports say about the time before the as-of day and the next weeks.
pub(crate) struct Past {
    /// Infections a day from `PAST_DAYS` before the first simulated day, in residents.
    pub(crate) infections: Vec<f64>,
    /// Reported cases of the same days without rhythm.
    pub(crate) cases: Vec<f64>,
    pub(crate) ascertainment: f64,
    /// Residents for each simulated person.
    pub(crate) weight: f64,
}

/// Share of infections that became cases: where more people are immune as cases than the usual share of everyone, more must
/// have been found of each infection.
pub(crate) fn ascertainment(
    history: &History,
    residents: f64,
    settings: &Settings,
    epidemiology: &Epidemiology,
) -> f64 {
    let total = history.cases().cleaned().iter().sum::<f64>() - Immunity::of(history).waned();
    epidemiology.ascertainment.max(total / (residents * settings.most_immune.max(0.01))).min(1.0)
}

/// Infections a day behind smooth cases.
pub(crate) fn infections(cases: &[f64], ascertainment: f64, epidemiology: &Epidemiology) -> Vec<f64> {
    let causes = causes(cases, &epidemiology.report_delay_days.shares(PAST_DAYS));
    causes.iter().map(|infections| infections / ascertainment).collect()
}

/// Infections whose reports are `reports`: Richardson–Lucy steps from a plain shift (Goldstein et al. 2009).
fn causes(reports: &[f64], shares: &[f64]) -> Vec<f64> {
    const STEPS: usize = 4;
    const LEAST: f64 = 1e-9;
    let mean: f64 = shares.iter().enumerate().map(|(day, share)| day as f64 * share).sum();
    let shift = mean.round() as usize;
    let last = reports.last().copied().unwrap_or(0.0);
    let mut causes: Vec<f64> =
        (0..reports.len()).map(|day| reports.get(day + shift).copied().unwrap_or(last).max(LEAST)).collect();
    for _ in 0..STEPS {
        let followed = follow(&causes, shares);
        // In the first days reports also come from before: they say nothing.
        let ratio: Vec<f64> = followed
            .iter()
            .zip(reports)
            .enumerate()
            .map(
                |(day, (followed, report))| if day < 2 * shift { 1.0 } else { report.max(LEAST) / followed.max(LEAST) },
            )
            .collect();
        for (day, cause) in causes.iter_mut().enumerate() {
            let seen: f64 = shares.iter().zip(&ratio[day..]).map(|(share, ratio)| share * ratio).sum();
            let weight: f64 = shares.iter().take(ratio.len() - day).sum();
            // Causes near the end are hardly seen yet: what is not seen leaves them as they are.
            *cause *= seen + (1.0 - weight);
        }
    }
    causes
}

#[cfg(test)]
mod tests {
    use super::*;
    use countycast_engine::Delay;

    #[test]
    fn causes_are_found_again() {
        let shares = Delay::new(9.0, 4.0).shares(70);
        let truth: Vec<f64> = (0..120).map(|day| 100.0 * (1.0 + 0.5 * (f64::from(day) / 12.0).sin())).collect();
        let found = causes(&follow(&truth, &shares), &shares);
        for day in 40..90 {
            assert!((found[day] / truth[day] - 1.0).abs() < 0.05, "day {day}: {} of {}", found[day], truth[day]);
        }
    }
}
