//! The engine.

use countycast_engine::{Engine, EngineError, Epidemiology, Fitted, History, Streams};

use crate::blend::Outlook;
use crate::deaths::Lag;
use crate::draw::Projection;
use crate::params::Wave;
use crate::select::{self, Chosen};
use crate::settings::{Settings, SettingsError};
use crate::spread;
use crate::weeks::Weeks;

/// Fewest whole weeks of history: the oldest past origin must still see two of them, and a wave takes several.
const LEAST_SEEN: usize = 5;
/// Largest plausible share of the window's cases on a single day.
const ONE_DAY: f64 = 0.8;

/// The curve engine: see the [crate's front page](crate).
#[derive(Debug, Clone)]
pub struct Curve {
    settings: Settings,
    epidemiology: Epidemiology,
    lag: Lag,
}

/// Explanation of a fit, for reports.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The waves, in the order of their peaks as first placed.
    pub waves: Vec<Wave>,
    /// Cases a day outside of waves.
    pub floor: f64,
    /// Deaths per lagged case on the as-of day.
    pub fatality: f64,
    /// Mean absolute error of the curve's own projections at past origins, in logarithms of weekly cases.
    pub past_error: f64,
    /// Factor on the curve's part of the projection, learned from past origins.
    pub trust: f64,
    /// The predictors of the projection.
    pub outlook: Outlook,
}

impl Curve {
    /// The engine with these settings; `epidemiology`, checked before, tells how deaths follow cases and how it answers
    /// scenarios.
    ///
    /// # Errors
    /// [`SettingsError`] with the first setting outside of its range.
    pub fn new(settings: Settings, epidemiology: &Epidemiology) -> Result<Self, SettingsError> {
        settings.check()?;
        Ok(Self { settings, epidemiology: *epidemiology, lag: Lag::new(epidemiology) })
    }

    /// The fit of the engine to a history.
    ///
    /// # Errors
    /// [`EngineError`] as [`Engine::fit`].
    pub fn explain(&self, history: &History) -> Result<Explanation, EngineError> {
        let (weeks, chosen) = self.choose(history)?;
        Ok(Explanation {
            outlook: Outlook::new(&weeks, &chosen.now, weeks.len(), 4),
            floor: chosen.now.floor(),
            fatality: chosen.now.ratio(),
            trust: chosen.trust,
            past_error: chosen.error,
            waves: chosen.now.waves,
        })
    }

    fn choose(&self, history: &History) -> Result<(Weeks, Chosen), EngineError> {
        let settings = &self.settings;
        let weeks = Weeks::new(history, settings.repaired_weight);
        let least = LEAST_SEEN + settings.past_origins;
        if weeks.len() < least {
            return refuse(format!("{} whole weeks of history where {least} are needed", weeks.len()));
        }
        let window = settings.window_weeks.min(weeks.len());
        let days = &history.cases().cleaned()[history.days() - 7 * window..];
        let cases: f64 = days.iter().sum();
        if cases < settings.min_cases {
            let deaths: f64 = weeks.deaths[weeks.len() - window..].iter().sum();
            return refuse(format!(
                "{cases:.0} cases and {deaths:.0} deaths in the last {window} weeks: a curve takes {:.0} cases",
                settings.min_cases
            ));
        }
        let most = days.iter().copied().fold(0.0, f64::max);
        if most > ONE_DAY * cases {
            return refuse(format!("{most:.0} of {cases:.0} cases of the last {window} weeks fall on a single day"));
        }
        match select::choose(&weeks, &self.lag, settings) {
            Some(chosen) => Ok((weeks, chosen)),
            None => Err(EngineError::NotConverged("no start led to finite parameters".to_owned())),
        }
    }
}

fn refuse<T>(reason: String) -> Result<T, EngineError> {
    Err(EngineError::Refused(reason))
}

impl Engine for Curve {
    fn name(&self) -> &'static str {
        "curve"
    }

    fn fit(&self, history: &History, _: &Streams) -> Result<Box<dyn Fitted>, EngineError> {
        let (weeks, chosen) = self.choose(history)?;
        let scale = spread::scale(&weeks, &self.lag, &chosen, &self.settings);
        let cleaned = history.cases().cleaned();
        let recent = cleaned[cleaned.len().saturating_sub(self.lag.daily().len())..].to_vec();
        Ok(Box::new(Projection {
            settings: self.settings.clone(),
            epidemiology: self.epidemiology,
            lag: self.lag.clone(),
            fit: chosen.now,
            scale,
            trust: chosen.trust,
            recent,
            first: history.day(history.days()),
            case_weekday: *history.cases().weekday(),
            death_weekday: *history.deaths().weekday(),
            weeks,
        }))
    }
}
