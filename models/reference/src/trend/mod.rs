//! A damped trend of recent counts.

mod paths;
mod settings;

use countycast_engine::{
    AVERAGE_DAYS, Course, Date, Draws, Engine, EngineError, Epidemiology, Fitted, History, Horizon, Immunity, Recent,
    Scenario, Streams, Target, response,
};

use paths::Paths;
use settings::OneTarget;
pub use settings::{Pair, Settings, SettingsError};

/// Minimum days for a trend.
const MIN_DAYS: usize = 7;

/// Level and growth of the last days, pooled with the region around, damped; widths from its own past errors.
///
/// The README has the equations. It responds to scenarios by changing the growth of its central course.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trend {
    epidemiology: Epidemiology,
    cases: OneTarget,
    deaths: OneTarget,
}

impl Trend {
    /// A trend with these settings; `epidemiology`, checked before, tells how it answers scenarios.
    ///
    /// # Errors
    /// [`SettingsError`] for a setting outside its range.
    pub fn new(settings: Settings, epidemiology: &Epidemiology) -> Result<Self, SettingsError> {
        settings.check()?;
        Ok(Self {
            epidemiology: *epidemiology,
            cases: settings.of(|pair| pair.cases),
            deaths: settings.of(|pair| pair.deaths),
        })
    }
}

impl Engine for Trend {
    fn name(&self) -> &'static str {
        "trend"
    }

    fn fit(&self, history: &History, _streams: &Streams) -> Result<Box<dyn Fitted>, EngineError> {
        if history.days() < MIN_DAYS {
            let found = history.days();
            return Err(EngineError::Refused(format!("a trend needs {MIN_DAYS} days of counts, found {found}")));
        }
        Ok(Box::new(TrendFit {
            as_of: history.as_of(),
            epidemiology: self.epidemiology,
            cases: TargetFit::new(history, Target::Cases, &self.cases),
            deaths: TargetFit::new(history, Target::Deaths, &self.deaths),
        }))
    }
}

/// Both targets of one location, ready to be drawn.
#[derive(Debug, Clone)]
struct TrendFit {
    as_of: Date,
    epidemiology: Epidemiology,
    cases: TargetFit,
    deaths: TargetFit,
}

/// One target: its central course and the noise around it.
#[derive(Debug, Clone)]
struct TargetFit {
    course: Course,
    paths: Paths,
}

impl TargetFit {
    fn new(history: &History, target: Target, settings: &OneTarget) -> Self {
        let series = history.series(target);
        let course = |end| Course::new(history, target, end, &settings.course);
        let immunity = if target == Target::Deaths { Immunity::default() } else { Immunity::of(history) };
        let residents = history.location().population;
        let left = residents.map_or(f64::INFINITY, |all| immunity.reportable(all, series.total()));
        let recent = Recent::new(series, history.as_of(), history.days(), AVERAGE_DAYS, settings.course.dump_factor);
        let paths = Paths {
            weekday: *series.weekday(),
            variance_factor: settings.widths.variance_factor(series.cleaned(), |end, days| course(end).ahead(days)),
            day_noise: recent.day_noise(),
            left,
            settings: *settings,
        };
        Self { course: course(history.days()), paths }
    }

    /// Daily counts, a draw after the other.
    fn draw(
        &self,
        response: Option<&[f64]>,
        as_of: Date,
        days: usize,
        draws: usize,
        purposes: [&str; 2],
        streams: &Streams,
    ) -> Vec<f32> {
        let mut rates = self.course.ahead(days.next_multiple_of(7));
        for (rate, factor) in rates.iter_mut().zip(response.unwrap_or_default()) {
            *rate *= factor;
        }
        self.paths.draw(&rates, as_of, days, draws, purposes, streams)
    }
}

impl Fitted for TrendFit {
    fn draw(
        &self,
        scenario: &Scenario,
        horizon: Horizon,
        draws: usize,
        streams: &Streams,
    ) -> Result<Draws, EngineError> {
        let days = horizon.days();
        let on_cases = response::cases(scenario, self.as_of, days.next_multiple_of(7), &self.epidemiology);
        let on_deaths = response::deaths(scenario, self.as_of, days.next_multiple_of(7), &self.epidemiology);
        let cases =
            self.cases.draw(on_cases.as_deref(), self.as_of, days, draws, ["case drift", "case count"], streams);
        let deaths =
            self.deaths.draw(on_deaths.as_deref(), self.as_of, days, draws, ["death drift", "death count"], streams);
        Ok(Draws::new(draws, days)?.with(Target::Cases, cases)?.with(Target::Deaths, deaths)?)
    }
}
