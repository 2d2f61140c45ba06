//! How many people a long history leaves immune: after years, cases are no longer people who cannot be infected.

use crate::History;

/// Days for which an infection is taken to protect in full, and in how many more half of those protected are not any more:
/// together the median of 16 months to reinfection under endemic conditions (Townsend et al. 2021, *Lancet Microbe* 2,
/// e666).
const FULL_DAYS: usize = 400;
const HALF_LIFE_DAYS: f64 = 87.0;
/// Days after which new variants have made reinfection usual: Omicron came 23 months after the first cases.
const VARIANT_DAYS: usize = 730;
/// Share of residents among cases from which on reinfection must be common, and at which it is usual. No county had more
/// than a fifth in 2020.
const COMMON: f64 = 0.3;
const USUAL: f64 = 0.6;
/// Share of people who can be infected where all have been: an earlier infection prevented 56 % of infections with Omicron
/// (Altarawneh et al. 2022, *NEJM* 386, 1288).
const LEAST_SUSCEPTIBLE: f64 = 0.4;

/// What is left of the immunity of a place's reported cases on its as-of day.
///
/// In the first 400 days of an epidemic, with cases below 30 % of the residents, nothing has changed: everyone who was a
/// case is immune, and nobody is counted twice.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Immunity {
    waned: f64,
    reinfection: f64,
}

impl Immunity {
    /// Of a place's cases.
    #[must_use]
    pub fn of(history: &History) -> Self {
        let cases = history.cases().cleaned();
        let old = &cases[..cases.len().saturating_sub(FULL_DAYS)];
        let gone = |days: usize| 1.0 - (-(days as f64) / HALF_LIFE_DAYS).exp2();
        let waned = old.iter().rev().zip(1..).map(|(cases, days)| cases * gone(days)).sum();
        let part = |value: f64, from: f64, to: f64| ((value - from) / (to - from)).clamp(0.0, 1.0);
        let by_time = part(cases.len() as f64, FULL_DAYS as f64, VARIANT_DAYS as f64);
        let residents = history.location().population.filter(|residents| *residents > 0.0);
        let by_cases = residents.map_or(0.0, |residents| part(history.cases().total() / residents, COMMON, USUAL));
        Self { waned, reinfection: by_time.max(by_cases) }
    }

    /// Cases who are no longer immune, people.
    #[must_use]
    pub fn waned(self) -> f64 {
        self.waned
    }

    /// Least share of people who can be infected, from 0 to 0.4: some can be even where more infections are behind the cases
    /// than there are people.
    #[must_use]
    pub fn least_susceptible(self) -> f64 {
        LEAST_SUSCEPTIBLE * self.reinfection
    }

    /// People who can still be reported as new cases, of so many residents and after so many cases in all: at first the
    /// residents less the cases, and all residents once reinfection is usual.
    #[must_use]
    pub fn reportable(self, residents: f64, cases: f64) -> f64 {
        (residents - (cases - self.waned)).max(self.reinfection * residents)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{Date, Location, Series};

    fn immunity(residents: Option<f64>, cases: Vec<f64>) -> Immunity {
        let mut location = Location::new("48301".parse().unwrap(), "Loving, TX");
        location.population = residents;
        let deaths = Series::from_counts(vec![0.0; cases.len()]).unwrap();
        let cases = Series::from_counts(cases).unwrap();
        Immunity::of(&History::new(Arc::new(location), Date::constant(2020, 1, 22), cases, deaths, None).unwrap())
    }

    #[test]
    fn in_the_first_year_every_case_is_immune_and_counted_once() {
        let first = immunity(Some(1_000.0), vec![0.7; 400]);
        assert_eq!((first.waned(), first.least_susceptible()), (0.0, 0.0));
        assert_eq!(first.reportable(1_000.0, 280.0), 720.0);
        assert_eq!(immunity(None, vec![9.0; 400]), Immunity::default());
    }

    #[test]
    fn half_of_the_immunity_is_gone_after_sixteen_months() {
        let mut cases = vec![0.0; 487];
        cases[0] = 100.0;
        let gone = immunity(None, cases.clone()).waned();
        assert!((gone - 50.0).abs() < 1e-9, "{gone}");
        cases.rotate_right(90);
        assert_eq!(immunity(None, cases).waned(), 0.0, "a case of the last 400 days");
    }

    #[test]
    fn reinfection_becomes_usual_with_time_and_with_cases() {
        for (days, cases_a_day, least) in [
            (400, 0.5, 0.0),
            (565, 0.1, 0.2),
            (730, 0.1, 0.4),
            (1_100, 0.1, 0.4),
            (100, 3.0, 0.0),
            (100, 4.5, 0.2),
            (100, 6.0, 0.4),
            (100, 60.0, 0.4),
        ] {
            let found = immunity(Some(1_000.0), vec![cases_a_day; days]).least_susceptible();
            assert!((found - least).abs() < 1e-9, "{days} days of {cases_a_day}: {found}");
        }
        // Loving: 369 cases of 169 residents in three years.
        let loving = immunity(Some(169.0), vec![369.0 / 1_100.0; 1_100]);
        assert_eq!(loving.reportable(169.0, 369.0), 169.0);
    }
}
