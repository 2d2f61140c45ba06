//! Invented places whose epidemics are known on paper.
#![allow(clippy::unwrap_used, dead_code, reason = "helpers of tests may panic; each test uses a part")]

use std::sync::Arc;

use countycast_abm::{
    Contacts, Disease, Epidemic, Key, Offspring, Plan, Population, Profile, Settings, Tables, Tally, World,
};
use countycast_engine::{Change, Contacts as AgeContacts, Date, Delay, Measure, Scenario, Setting, Severity};

/// Nobody meets anyone.
pub(crate) const NOBODY: Contacts = Contacts {
    household: 0.0,
    school: 0.0,
    work: 0.0,
    care: 0.0,
    community: 0.0,
    community_weekend: 1.0,
    in_team: 0.0,
};

/// Everyone alike and mixed: the assumptions of the formulae. Erlang times of three stages each.
pub(crate) fn mixed() -> Settings {
    Settings {
        latent_days: Delay::of_shape(4.5, 3.0),
        infectious_days: Delay::of_shape(6.0, 3.0),
        front_loading: 0.0,
        dispersion: 1e6,
        asymptomatic_infectiousness: 1.0,
        susceptibility: [1.0; 5],
        contacts: Contacts { community: 1.0, ..NOBODY },
        ..Settings::default()
    }
}

/// The same with all attempts between days 5 and 8 after infection: those infected up to day 8 by people infected on day 0
/// are the first generation, for a second comes from day 10 on.
pub(crate) fn by_generation() -> Settings {
    Settings { latent_days: Delay::new(5.0, 0.3), infectious_days: Delay::new(2.0, 0.15), ..mixed() }
}

/// Days of the first generation.
pub(crate) const GENERATION_DAYS: usize = 9;

/// People and a disease among them.
pub(crate) struct Place {
    pub(crate) population: Population,
    disease: Disease,
    plan: Plan,
}

impl Place {
    pub(crate) fn new(people: usize, settings: &Settings) -> Self {
        Self::meeting(AgeContacts::united_states(), people, settings)
    }

    pub(crate) fn meeting(contacts: &AgeContacts, people: usize, settings: &Settings) -> Self {
        let population = Population::build(people, &Profile::default(), Key::from_seed(1));
        let tables = Arc::new(Tables::new(settings, &Severity::default()));
        let disease = Disease::new(settings, tables, contacts, &population);
        Self { population, disease, plan: Plan::usual() }
    }

    /// The same place where people meet at home alone.
    pub(crate) fn locked_down(mut self) -> Self {
        let (start, end) = (Date::constant(2020, 3, 1), Date::constant(2021, 3, 1));
        let elsewhere = [Setting::School, Setting::Work, Setting::Care, Setting::Community];
        let closed = elsewhere.into_iter().fold(Scenario::baseline(), |scenario, setting| {
            let measure = Measure::Contacts { setting, factor: 0.0 };
            scenario.with(Change { start, end, measure, strength: 1.0 }).unwrap()
        });
        self.plan = Plan::new(&closed, start, 0, 300);
        self
    }

    /// Infections by one of its people where all others are susceptible.
    pub(crate) fn offspring(&self) -> Offspring {
        Offspring::new(&self.disease, &self.population)
    }

    /// Shares of attempts by days since infection, from 1 on.
    pub(crate) fn generation_interval(&self) -> Vec<f64> {
        self.disease.generation_interval()
    }

    /// Other members of the household of a person, on average.
    pub(crate) fn others_at_home(&self) -> f64 {
        let people = self.population.len() as u32;
        let others = (0..people).map(|person| f64::from(self.population.household(person).1 - 1));
        others.sum::<f64>() / f64::from(people)
    }

    pub(crate) fn world(&self, unit: f32) -> World<'_> {
        let (population, disease, plan) = (&self.population, &self.disease, &self.plan);
        World { population, disease, plan, first_weekday: 0, unit, levels: 1 }
    }

    /// Days of an epidemic that begins with `seeds` infections from elsewhere on day 0.
    pub(crate) fn run(&self, seed: u64, multiplier: f32, seeds: usize) -> impl Iterator<Item = Tally> {
        let world = self.world(multiplier);
        let mut epidemic = Epidemic::new(&self.population, Key::from_seed(seed));
        (0..).map(move |day| epidemic.step(&world, day, multiplier, if day == 0 { seeds } else { 0 }))
    }
}

/// All infections of some days.
pub(crate) fn total<'a>(tallies: impl IntoIterator<Item = &'a Tally>) -> f64 {
    tallies.into_iter().map(|tally| f64::from(tally.infections())).sum()
}

/// Mean of what `of` finds with each of the seeds from 0 to `runs`.
pub(crate) fn mean(runs: u64, of: impl Fn(u64) -> f64) -> f64 {
    (0..runs).map(of).sum::<f64>() / runs as f64
}
