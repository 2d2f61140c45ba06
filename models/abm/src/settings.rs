//! Settings, checked once.

use countycast_engine::{Delay, SettingsError, Widths};
use serde::{Deserialize, Serialize};

/// Contacts a day, weighted by how well they transmit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contacts {
    /// With each other member of the household, 0 to 1,000. Covasim: one contact of weight 3.
    pub household: f64,
    /// At school, on weekdays. Covasim: 20 of weight 0.6.
    pub school: f64,
    /// At work, on weekdays. Covasim: 16 of weight 0.6.
    pub work: f64,
    /// In long-term care. As at work, on every day.
    pub care: f64,
    /// With anyone else, mean of a week. Covasim: 20 of weight 0.3.
    pub community: f64,
    /// Community contacts of a day of the weekend for each of a weekday, 0 to 10. The week keeps its contacts. FRED: 1.5.
    pub community_weekend: f64,
    /// Share of contacts at school, work and care within the class or team of twenty, 0 to 1. Of our choosing.
    pub in_team: f64,
}

impl Contacts {
    pub(crate) fn rates(self) -> [f32; 5] {
        [self.household, self.school, self.work, self.care, self.community].map(|rate| rate as f32)
    }

    /// Community contacts of a weekday and of a day of the weekend, over the mean day's.
    pub(crate) fn community_by_day(self) -> [f32; 2] {
        let weekday = 7.0 / (5.0 + 2.0 * self.community_weekend);
        [weekday, weekday * self.community_weekend].map(|factor| factor as f32)
    }
}

/// Settings of the agent-based engine. The README says where each value comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Most people simulated in a location, 100 to 16,777,215; where more live, each stands for several.
    pub most_people: usize,
    /// Simulations behind the draws, 2 to 1,000.
    pub simulations: usize,
    /// Days simulated before the as-of day, conditioned on the cases of the time, 21 to 120.
    pub burn_in_days: usize,
    /// Greatest share of residents taken to have been infected before the simulation, 0 to 0.95.
    pub most_immune: f64,
    /// From infection to infectious, mean 0.5 to 15 days.
    pub latent_days: Delay,
    /// Infectious, mean 0.5 to 20 days.
    pub infectious_days: Delay,
    /// How much earlier within the infectious time attempts are than evenly spread: 0 evenly, 1 falling to none at its end.
    pub front_loading: f64,
    /// Shape of the gamma distribution of individual infectiousness, 0.05 to 1e6 (all alike).
    pub dispersion: f64,
    /// Infectiousness without symptoms relative to with, 0 to 1.
    pub asymptomatic_infectiousness: f64,
    /// Relative susceptibility at ages 0–9, 10–19, 20–59, 60–69, 70+, above 0 to 10.
    pub susceptibility: [f64; 5],
    /// Where and how often people meet.
    pub contacts: Contacts,
    /// Share of the infections outside home that happen in or come from the region around, 0 to 1.
    pub travel_share: f64,
    /// What is expected of the next four weeks.
    pub outlook: Outlook,
    /// Widths of the draws around the simulations.
    pub spread: Spread,
}

/// How the reproduction number is expected to go on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Outlook {
    /// Age at which a day counts half for the level, 0.5 to 60 days.
    pub level_half_life_days: f64,
    /// The same for the slower average that gives the growth, above the former to 90 days.
    pub slope_half_life_days: f64,
    /// Weight of the region's growth, 0 to 2.
    pub region_growth: f64,
    /// Weight of the own growth at large counts, 0 to 2.
    pub own_growth: f64,
    /// Cases in two weeks at which it has half of that weight, 0 to 1e6.
    pub own_growth_half_count: f64,
    /// Growth left after a week, 0 to 1: the return of the reproduction number to one.
    pub damping_per_week: f64,
    /// Factor on growth above zero, 0 to 1.
    pub rise: f64,
    /// Pull to the region's level per head, 0 to 5 a week.
    pub reversion_per_week: f64,
}

impl Default for Outlook {
    fn default() -> Self {
        Self {
            level_half_life_days: 3.0,
            slope_half_life_days: 5.0,
            region_growth: 1.0,
            own_growth: 0.15,
            own_growth_half_count: 1_000.0,
            damping_per_week: 0.65,
            rise: 0.6,
            reversion_per_week: 0.25,
        }
    }
}

/// Widths of the draws around the simulations.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Spread {
    /// Standard deviation of a week's step of the log of transmission's effect on counts, 0 to 2.
    pub drift_per_week: f64,
    /// Degrees of freedom of that drift's tails, 2.1 to 1,000.
    pub tail_freedom: f64,
    /// Relative standard deviation of a large week, 0 to 2.
    pub week_noise: f64,
    /// Variance over mean of a small week beyond the Poisson one, people, 0 to 100.
    pub week_dispersion: f64,
    /// How many past errors of its own a location needs before they outweigh these widths, above 0 to 1e6.
    pub prior_errors: f64,
    /// Standard deviation of the log of deaths a case, 0 to 2.
    pub fatality: f64,
    /// Negative binomial size of a week's deaths, above 0 to 1e6.
    pub weekly_deaths_size: f64,
}

impl Default for Spread {
    fn default() -> Self {
        Self {
            drift_per_week: 0.25,
            tail_freedom: 5.0,
            week_noise: 0.14,
            week_dispersion: 5.0,
            prior_errors: 100.0,
            fatality: 0.3,
            weekly_deaths_size: 8.0,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            most_people: 100_000,
            simulations: 20,
            burn_in_days: 35,
            most_immune: 0.6,
            latent_days: Delay::new(4.5, 1.5),
            infectious_days: Delay::new(8.0, 2.0),
            front_loading: 1.0,
            dispersion: 0.55,
            asymptomatic_infectiousness: 0.75,
            susceptibility: [0.34, 0.67, 1.0, 1.24, 1.47],
            contacts: Contacts {
                household: 3.0,
                school: 12.0,
                work: 9.6,
                care: 9.6,
                community: 6.0,
                community_weekend: 1.5,
                in_team: 0.8,
            },
            travel_share: 0.05,
            outlook: Outlook::default(),
            spread: Spread::default(),
        }
    }
}

impl Spread {
    /// How wrong weekly reports are thought to be.
    pub(crate) fn widths(&self) -> Widths {
        Widths {
            week_variance: self.week_noise.powi(2),
            week_dispersion: self.week_dispersion,
            drift_variance: self.drift_per_week.powi(2),
            prior_errors: self.prior_errors,
        }
    }
}

impl Settings {
    /// Checks every range.
    ///
    /// # Errors
    /// [`SettingsError`] for the first setting outside its range.
    pub fn check(&self) -> Result<(), SettingsError> {
        let Outlook { level_half_life_days: level, slope_half_life_days: slope, .. } = self.outlook;
        let (outlook, spread, contacts) = (&self.outlook, &self.spread, &self.contacts);
        let mut all = vec![
            ("most_people", self.most_people as f64, 100.0, crate::Population::MOST as f64),
            ("simulations", self.simulations as f64, 2.0, 1_000.0),
            ("burn_in_days", self.burn_in_days as f64, 21.0, 120.0),
            ("most_immune", self.most_immune, 0.0, 0.95),
            ("front_loading", self.front_loading, 0.0, 1.0),
            ("dispersion", self.dispersion, 0.05, 1e6),
            ("asymptomatic_infectiousness", self.asymptomatic_infectiousness, 0.0, 1.0),
            ("contacts.community_weekend", contacts.community_weekend, 0.0, 10.0),
            ("contacts.in_team", contacts.in_team, 0.0, 1.0),
            ("travel_share", self.travel_share, 0.0, 1.0),
            ("outlook.level_half_life_days", level, 0.5, 60.0),
            // Two averages of one age have no slope between them.
            ("outlook.slope_half_life_days", slope, 1.1 * level, 90.0),
            ("outlook.region_growth", outlook.region_growth, 0.0, 2.0),
            ("outlook.own_growth", outlook.own_growth, 0.0, 2.0),
            ("outlook.own_growth_half_count", outlook.own_growth_half_count, 0.0, 1e6),
            ("outlook.damping_per_week", outlook.damping_per_week, 0.0, 1.0),
            ("outlook.rise", outlook.rise, 0.0, 1.0),
            ("outlook.reversion_per_week", outlook.reversion_per_week, 0.0, 5.0),
            ("spread.drift_per_week", spread.drift_per_week, 0.0, 2.0),
            ("spread.tail_freedom", spread.tail_freedom, 2.1, 1_000.0),
            ("spread.week_noise", spread.week_noise, 0.0, 2.0),
            ("spread.week_dispersion", spread.week_dispersion, 0.0, 100.0),
            ("spread.prior_errors", spread.prior_errors, 1e-3, 1e6),
            ("spread.fatality", spread.fatality, 0.0, 2.0),
            ("spread.weekly_deaths_size", spread.weekly_deaths_size, 1e-3, 1e6),
        ];
        for (name, time, low, high) in
            [("latent_days", self.latent_days, 0.5, 15.0), ("infectious_days", self.infectious_days, 0.5, 20.0)]
        {
            all.push((name, time.mean, low, high));
            all.push((name, time.sd, 0.05 * time.mean, 2.0 * time.mean));
        }
        let rates = [contacts.household, contacts.school, contacts.work, contacts.care, contacts.community];
        all.extend(rates.map(|rate| ("contacts", rate, 0.0, 1_000.0)));
        all.extend(self.susceptibility.map(|value| ("susceptibility", value, 1e-3, 10.0)));
        SettingsError::check(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_pass_and_a_wrong_value_is_named() {
        assert_eq!(Settings::default().check(), Ok(()));
        let wrong = Settings { simulations: 1, ..Settings::default() };
        assert_eq!(
            wrong.check().unwrap_err().to_string(),
            "setting `simulations` is 1: it must be a number from 2 to 1000"
        );
        let wrong = Settings { travel_share: f64::NAN, ..Settings::default() };
        assert_eq!(wrong.check().unwrap_err().name, "travel_share");
    }
}
