//! Delays: Erlang distributions cut into days.

/// Probability that `stages` stages of `mean / stages` each have passed by time `t`.
fn cdf(t: f64, mean: f64, stages: u32) -> f64 {
    if t <= 0.0 {
        return 0.0;
    }
    let x = f64::from(stages) * t / mean;
    let (mut term, mut sum) = (1.0, 1.0);
    for j in 1..stages {
        term *= x / f64::from(j);
        sum += term;
    }
    1.0 - (-x).exp() * sum
}

/// Share of a delay by whole days from 0 on: events spread evenly over their day and observed on the day on which the
/// delay ends would shift by half a day at both ends, which cancels; so day `d` holds the mass from `d - 1/2` to `d + 1/2`.
/// Sums to 1.
pub(crate) fn delay(mean: f64, stages: u32, days: usize) -> Vec<f64> {
    let mut shares: Vec<f64> =
        (0..days).map(|d| cdf(d as f64 + 0.5, mean, stages) - cdf(d as f64 - 0.5, mean, stages)).collect();
    let total: f64 = shares.iter().sum();
    shares.iter_mut().for_each(|share| *share /= total);
    shares
}

/// Share that is still waiting at the end of days 0, 1, 2 …
pub(crate) fn survival(mean: f64, stages: u32, days: usize) -> Vec<f64> {
    (0..days).map(|d| 1.0 - cdf(d as f64 + 0.5, mean, stages)).collect()
}

/// What comes of daily `events` by a kernel of days from 0 on.
pub(crate) fn convolve(events: &[f64], kernel: &[f64]) -> Vec<f64> {
    (0..events.len()).map(|day| at(events, kernel, day)).collect()
}

/// The same, for one day.
#[inline]
pub(crate) fn at(events: &[f64], kernel: &[f64], day: usize) -> f64 {
    let length = kernel.len().min(day + 1);
    let past = &events[day + 1 - length..=day];
    past.iter().rev().zip(kernel).map(|(event, share)| event * share).sum()
}

/// Adds to `days`, the first of which is day `from`, what comes of daily `events` by a kernel of days from 0 on.
///
/// Event by event: the days that one leads to are independent sums, which a sum for each day is not.
pub(crate) fn add_due(events: &[f64], kernel: &[f64], from: usize, days: &mut [f64]) {
    for (day, event) in events.iter().enumerate() {
        let first = day.max(from);
        let shares = kernel.get(first - day..).unwrap_or_default();
        for (due, share) in days[first - from..].iter_mut().zip(shares) {
            *due += event * share;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_keeps_its_mean_and_a_survival_its_area() {
        let shares = delay(9.0, 5, 60);
        let mean: f64 = shares.iter().enumerate().map(|(d, share)| d as f64 * share).sum();
        assert!((mean - 9.0).abs() < 0.01, "{mean}");
        // Census after a constant inflow of one a day: Little's law, mean stay 7.6; the half day is the midpoint rule.
        let area: f64 = survival(7.6, 2, 120).iter().sum();
        assert!((area - 7.6).abs() < 0.03, "{area}");
    }

    #[test]
    fn what_is_due_is_the_same_day_by_day_and_event_by_event() {
        let events: Vec<f64> = (0..90).map(|day| 3.0 + f64::from(day % 11)).collect();
        for kernel in [delay(9.0, 5, 40), delay(27.0, 7, 200)] {
            let (mut expected, mut found) = ([0.5; 30], [0.5; 30]);
            expected.iter_mut().zip(60..).for_each(|(due, day)| *due += at(&events, &kernel, day));
            // In two parts, as past and future are.
            let late: Vec<f64> =
                events.iter().enumerate().map(|(d, event)| if d < 55 { 0.0 } else { *event }).collect();
            add_due(&events[..55], &kernel, 60, &mut found);
            add_due(&late, &kernel, 60, &mut found);
            for (found, expected) in found.iter().zip(expected) {
                assert!((found / expected - 1.0).abs() < 1e-13, "{found} and {expected}");
            }
        }
    }

    #[test]
    fn convolution_moves_one_event_to_its_kernel() {
        assert_eq!(convolve(&[0.0, 2.0, 0.0, 0.0], &[0.5, 0.25, 0.25]), [0.0, 1.0, 0.5, 0.5]);
    }
}
