//! From infections to counts as they are reported.

use countycast_engine::{Date, Streams, weekday_index};
use rand_distr::{Distribution, Gamma, Poisson};

use crate::Epidemic;

/// Observation model of an epidemic.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// Infections that become reported cases, a share.
    pub ascertainment: f64,
    /// Infections that become reported deaths, a share.
    pub fatality: f64,
    /// Infection to case report: share by day from 1 on, see [`gamma_intervals`](crate::gamma_intervals).
    pub case_delay: Vec<f64>,
    /// Infection to death report: share by day from 1 on.
    pub death_delay: Vec<f64>,
    /// Factor of each weekday on the expected count, Sunday first, mean 1.
    pub weekday: [f64; 7],
    /// Size of the negative binomial: variance is mean + mean² / size. Infinite: Poisson.
    pub dispersion: f64,
}

/// Daily counts: expected and reported.
#[derive(Debug, Clone, PartialEq)]
pub struct Reported {
    /// Expected cases, weekday rhythm included.
    pub expected_cases: Vec<f64>,
    /// Expected deaths, weekday rhythm included.
    pub expected_deaths: Vec<f64>,
    /// Reported cases: negative binomial around the expected.
    pub cases: Vec<f64>,
    /// Reported deaths: negative binomial around the expected.
    pub deaths: Vec<f64>,
}

impl Observation {
    /// Counts of an epidemic whose first day is `first_day`; noise from `streams`, a stream a day.
    #[must_use]
    pub fn of(&self, epidemic: &Epidemic, first_day: Date, streams: &Streams) -> Reported {
        let expected = |share: f64, delay: &[f64]| -> Vec<f64> {
            let first = weekday_index(first_day);
            (0..epidemic.infections.len())
                .map(|day| {
                    let past = epidemic.infections[..day].iter().rev();
                    let due: f64 = delay.iter().zip(past).map(|(d, i)| d * i).sum();
                    share * due * self.weekday[(first + day) % 7]
                })
                .collect()
        };
        let noisy = |expected: &[f64], purpose: &str| -> Vec<f64> {
            expected.iter().enumerate().map(|(day, mean)| self.count(*mean, purpose, day, streams)).collect()
        };
        let expected_cases = expected(self.ascertainment, &self.case_delay);
        let expected_deaths = expected(self.fatality, &self.death_delay);
        let (cases, deaths) = (noisy(&expected_cases, "case noise"), noisy(&expected_deaths, "death noise"));
        Reported { expected_cases, expected_deaths, cases, deaths }
    }

    fn count(&self, mean: f64, purpose: &str, day: usize, streams: &Streams) -> f64 {
        let mut rng = streams.rng(purpose, day);
        let noise = if self.dispersion.is_finite() {
            Gamma::new(self.dispersion, 1.0 / self.dispersion).map_or(1.0, |gamma| gamma.sample(&mut rng))
        } else {
            1.0
        };
        Poisson::new(mean * noise).map_or(0.0, |poisson| poisson.sample(&mut rng))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Reproduction, gamma_intervals, renewal};
    use countycast_engine::Fips;

    fn reported(dispersion: f64) -> Reported {
        // A flat epidemic of 2,000 infections a day, of which a quarter is reported.
        let epidemic = Epidemic {
            infections: vec![2_000.0; 2_000],
            reproduction: vec![1.0; 2_000],
            susceptible: vec![f64::INFINITY; 2_000],
        };
        let observation = Observation {
            ascertainment: 0.25,
            fatality: 0.005,
            case_delay: gamma_intervals(9.0, 4.0),
            death_delay: gamma_intervals(21.0, 8.0),
            weekday: [0.6, 0.8, 1.1, 1.2, 1.2, 1.2, 0.9],
            dispersion,
        };
        observation.of(&epidemic, "2020-03-01".parse().unwrap(), &Streams::new(1, "testkit", Fips::US))
    }

    #[test]
    fn share_rhythm_and_noise_are_as_set() {
        let reported = reported(10.0);
        let sundays: Vec<f64> = reported.cases.iter().copied().skip(70).step_by(7).collect();
        let mean = sundays.iter().sum::<f64>() / sundays.len() as f64;
        let variance = sundays.iter().map(|c| (c - mean).powi(2)).sum::<f64>() / sundays.len() as f64;
        // 500 x 0.6 = 300 with standard deviation sqrt(300 + 300²/10) = 96; 276 Sundays: mean within 4 errors of 5.8,
        // variance within 4 relative errors of 9 %.
        assert!((mean - 300.0).abs() < 24.0, "{mean}");
        assert!((variance / 9_300.0 - 1.0).abs() < 0.36, "{variance}");
        assert!((reported.expected_deaths[1_995] - 10.0 * 0.6).abs() < 1e-6, "day 1,995 is a Sunday, too");
    }

    #[test]
    fn reports_follow_infections_by_the_delay() {
        let epidemic = renewal(Reproduction::Constant(1.3), &gamma_intervals(5.5, 2.14), f64::INFINITY, 10.0, 100);
        let mut observation = Observation {
            ascertainment: 1.0,
            fatality: 0.0,
            case_delay: vec![0.0, 0.0, 1.0],
            death_delay: vec![1.0],
            weekday: [1.0; 7],
            dispersion: f64::INFINITY,
        };
        let streams = Streams::new(1, "testkit", Fips::US);
        let reported = observation.of(&epidemic, "2020-03-01".parse().unwrap(), &streams);
        assert_eq!(reported.expected_cases[50], epidemic.infections[47]);
        assert!(reported.deaths.iter().all(|d| *d == 0.0));
        observation.ascertainment = 0.5;
        assert_eq!(
            observation.of(&epidemic, "2020-03-01".parse().unwrap(), &streams).expected_cases[50],
            epidemic.infections[47] / 2.0
        );
    }
}
