//! What a scenario means for every day of a simulation.

use countycast_engine::{Date, Measure, Scenario, Schools, Setting};

/// The measures of one day.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Day {
    /// Factor on every layer's transmission.
    pub(crate) layers: [f32; 5],
    /// Share of pupils at home: primary, secondary, college.
    pub(crate) schools: [f32; 3],
    /// Share of workers at home.
    pub(crate) home_office: f32,
    /// Share of people who stay at home altogether.
    pub(crate) stay_at_home: f32,
    /// Share of people who wear a mask, and how much transmission between two of them is reduced.
    pub(crate) masks: (f32, f32),
    /// Share of those with symptoms who are isolated, and days to it.
    pub(crate) testing: (f32, f32),
    /// Share of contacts who are traced, and days to their quarantine.
    pub(crate) tracing: (f32, f32),
    pub(crate) vaccinations: Vec<Vaccination>,
    /// Infections with the variant brought in, for each resident.
    pub(crate) variants_per_person: f64,
    /// Share of the immune who lose their immunity.
    pub(crate) waning: f32,
    /// Factor on travel.
    pub(crate) travel: f64,
}

/// Vaccination on one day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Vaccination {
    /// Share of the eligible.
    pub(crate) share: f64,
    pub(crate) minimum_age: u8,
    pub(crate) against_infection: f32,
}

impl Default for Day {
    /// Nothing differs from the recent past.
    fn default() -> Self {
        Self {
            layers: [1.0; 5],
            schools: [0.0; 3],
            home_office: 0.0,
            stay_at_home: 0.0,
            masks: (0.0, 0.0),
            testing: (0.0, 0.0),
            tracing: (0.0, 0.0),
            vaccinations: Vec::new(),
            variants_per_person: 0.0,
            waning: 0.0,
            travel: 1.0,
        }
    }
}

/// All days of a simulation.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The first simulated day on which anything may differ.
    from: usize,
    days: Vec<Day>,
    usual: Day,
    /// Reproduction number of the variant over the ancestor's; none where no variant is introduced.
    transmissibility: Option<f64>,
    /// Attempts of a person infected with the variant over those with the ancestor.
    pub(crate) variant: f32,
    /// Share of severe outcomes that vaccination leaves.
    pub(crate) severity_left: f32,
    /// Whether anyone may be isolated.
    pub(crate) any_testing: bool,
}

impl Plan {
    /// A plan in which nothing changes.
    #[must_use]
    pub fn usual() -> Self {
        Self::new(&Scenario::baseline(), Date::constant(2020, 1, 1), 0, 0)
    }

    /// The plan of a scenario for the `days` days after `as_of`, which is the day before simulated day `from`.
    #[must_use]
    pub fn new(scenario: &Scenario, as_of: Date, from: usize, days: usize) -> Self {
        let mut plan = Self {
            from,
            days: Vec::new(),
            usual: Day::default(),
            transmissibility: None,
            variant: 1.0,
            severity_left: 1.0,
            any_testing: false,
        };
        if scenario.changes().is_empty() {
            return plan;
        }
        let mut date = as_of;
        for _ in 0..days {
            date = date.tomorrow().unwrap_or(date);
            let mut day = Day::default();
            for (measure, strength) in scenario.on(date) {
                plan.apply(&mut day, measure, strength, as_of, date);
            }
            plan.any_testing |= day.testing.0 > 0.0;
            plan.days.push(day);
        }
        plan
    }

    /// The measures of a simulated day.
    #[inline]
    pub(crate) fn on(&self, day: usize) -> &Day {
        day.checked_sub(self.from).and_then(|i| self.days.get(i)).unwrap_or(&self.usual)
    }

    /// Reproduction number of the variant over the ancestor's; none where no variant is introduced.
    pub(crate) fn transmissibility(&self) -> Option<f64> {
        self.transmissibility
    }

    /// The same plan where people infected with the variant make `attempts` times the attempts of the others.
    #[must_use]
    pub fn with_variant_attempts(&self, attempts: f32) -> Self {
        Self { variant: attempts, ..self.clone() }
    }

    /// The greatest factor on any layer on any day, at least 1.
    pub(crate) fn greatest_factor(&self) -> f32 {
        self.days.iter().flat_map(|day| day.layers).fold(1.0, f32::max)
    }

    fn apply(&mut self, day: &mut Day, measure: Measure, strength: f64, as_of: Date, date: Date) {
        let share = strength as f32;
        let part = |factor: f64| (1.0 + strength * (factor - 1.0)) as f32;
        let mut all = |factor: f32| day.layers.iter_mut().for_each(|layer| *layer *= factor);
        match measure {
            Measure::Transmission { factor } => all(part(factor)),
            Measure::Contacts { setting, factor } => day.layers[layer(setting)] *= part(factor),
            Measure::CloseSchools { schools } => {
                let closed = match schools {
                    Schools::All => 0..3,
                    Schools::Primary => 0..1,
                    Schools::Secondary => 1..2,
                    Schools::College => 2..3,
                };
                day.schools[closed].iter_mut().for_each(|at_home| *at_home = at_home.max(share));
            }
            Measure::WorkFromHome => day.home_office = day.home_office.max(share),
            Measure::LimitGatherings => day.layers[layer(Setting::Community)] *= 1.0 - share,
            Measure::Masks { efficacy } => day.masks = (day.masks.0.max(share), day.masks.1.max(efficacy as f32)),
            Measure::StayAtHome => day.stay_at_home = day.stay_at_home.max(share),
            Measure::TestAndIsolate { delay_days } => day.testing = (day.testing.0.max(share), delay_days as f32),
            Measure::TraceAndQuarantine { delay_days } => day.tracing = (day.tracing.0.max(share), delay_days as f32),
            Measure::Vaccinate { daily_share, minimum_age, against_infection, against_severity } => {
                self.severity_left = self.severity_left.min((1.0 - against_severity) as f32);
                let against_infection = against_infection as f32;
                day.vaccinations.push(Vaccination { share: strength * daily_share, minimum_age, against_infection });
            }
            Measure::Variant { introductions_per_100k, transmissibility } => {
                self.transmissibility = Some(transmissibility);
                self.variant = transmissibility as f32;
                day.variants_per_person += strength * introductions_per_100k / 1e5;
            }
            Measure::Season { amplitude, peak } => {
                let at = |date: Date| {
                    let days = date.since(peak).map_or(0.0, |span| f64::from(span.get_days()));
                    1.0 + amplitude * strength * (std::f64::consts::TAU * days / 365.25).cos()
                };
                all((at(date) / at(as_of).max(1e-3)) as f32);
            }
            Measure::Wane { mean_days } => day.waning = (day.waning + (strength / mean_days) as f32).min(1.0),
            Measure::Travel { factor } => day.travel *= f64::from(part(factor)),
        }
    }
}

const fn layer(setting: Setting) -> usize {
    match setting {
        Setting::Household => 0,
        Setting::School => 1,
        Setting::Work => 2,
        Setting::Care => 3,
        Setting::Community => 4,
    }
}
