//! The engine and how it fits a place.

use std::sync::Arc;

use countycast_engine::{
    Contacts, Engine, EngineError, Epidemiology, Fitted, History, Immunity, SettingsError, Streams, weekday_index,
};

use super::admissions::Waits;
use super::draw::AbmFit;
use super::ensemble::{Ensemble, STEERED_DAYS, Target};
use super::imports;
use super::outlook::{course, smooth};
use super::past::{PAST_DAYS, Past, REPORT_DAYS, ascertainment, infections};
use crate::disease::{Disease, Tables};
use crate::population::{Population, Profile};
use crate::random::Key;
use crate::settings::Settings;

/// Fewest days of counts.
const MIN_DAYS: usize = 14;

/// The agent-based engine.
#[derive(Debug, Clone, PartialEq)]
pub struct Abm {
    settings: Settings,
    epidemiology: Epidemiology,
    tables: Arc<Tables>,
    waits: Arc<Waits>,
}

impl Abm {
    /// An engine with these settings; `epidemiology`, checked before, tells what infections lead to.
    ///
    /// # Errors
    /// [`SettingsError`] for a setting outside its range.
    pub fn new(settings: Settings, epidemiology: &Epidemiology) -> Result<Self, SettingsError> {
        settings.check()?;
        let tables = Arc::new(Tables::new(&settings, &epidemiology.severity));
        let waits = Arc::new(Waits::new(epidemiology));
        Ok(Self { settings, epidemiology: *epidemiology, tables, waits })
    }
}

impl Engine for Abm {
    fn name(&self) -> &'static str {
        "abm"
    }

    fn fit(&self, history: &History, streams: &Streams) -> Result<Box<dyn Fitted>, EngineError> {
        Ok(Box::new(self.fit_people(history, streams)?))
    }
}

impl Abm {
    /// Fits a place, as [`Engine::fit`] does; what it returns also tells where and at which age people are infected.
    ///
    /// # Errors
    /// [`EngineError::Refused`] for fewer than 14 days of counts, or where nobody is known to live.
    pub fn fit_people(&self, history: &History, streams: &Streams) -> Result<AbmFit, EngineError> {
        let (settings, epidemiology) = (&self.settings, &self.epidemiology);
        let refuse = |reason: String| Err(EngineError::Refused(reason));
        if history.days() < MIN_DAYS {
            return refuse(format!("an agent-based fit needs {MIN_DAYS} days of counts, found {}", history.days()));
        }
        let Some(residents) = history.location().population.filter(|residents| *residents >= 1.0) else {
            return refuse("nobody is known to live here: people are simulated one by one".to_owned());
        };
        let people = (residents.round() as usize).min(settings.most_people);
        let weight = residents / people as f64;
        // Who lives here is the same for all simulations of a seed.
        let profile = Profile::of(history.location()).with_commuting(history.commuting());
        let population = Population::build(people, &profile, Key::new(streams, "people", 0));
        let contacts = history.location().contacts.as_deref().unwrap_or_else(|| Contacts::united_states());
        let disease = Disease::new(settings, Arc::clone(&self.tables), contacts, &population);

        let burn_in = settings.burn_in_days;
        let course = course(history, history.days(), &settings.outlook);
        let past = PAST_DAYS + burn_in;
        let cases = smooth(history, &course, past, STEERED_DAYS + REPORT_DAYS);
        let total = history.cases().cleaned().iter().sum::<f64>();
        let before: f64 = total - cases[PAST_DAYS..past].iter().sum::<f64>() - Immunity::of(history).waned();
        let ascertainment = ascertainment(history, residents, settings, epidemiology);
        let infections = infections(&cases, ascertainment, epidemiology);
        let immune = (before.max(0.0) / ascertainment / weight).min(settings.most_immune * people as f64);
        let simulated: Vec<f64> =
            infections[PAST_DAYS..past + STEERED_DAYS].iter().map(|infections| infections / weight).collect();
        let target = Target {
            imports: imports::shares(history, settings, &course, &disease, &cases[..past]),
            infections: simulated,
            immune: immune as usize,
            known: burn_in.saturating_sub(epidemiology.report_delay_days.mean.round() as usize),
            first_weekday: (weekday_index(history.as_of()) + 1 + 6 * burn_in) % 7,
        };
        let keys = (0..settings.simulations).map(|i| Key::new(streams, "simulation", i)).collect();
        let ensemble = Ensemble::new(settings, population, disease, &target, keys);
        Ok(AbmFit::new(
            (settings, epidemiology),
            &self.waits,
            history,
            ensemble,
            Past { infections, cases, ascertainment, weight },
        ))
    }
}
