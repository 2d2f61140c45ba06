//! A damped trend of recent counts.

mod outlook;
mod paths;
mod rate;
mod response;
mod settings;

use countycast_engine::{
    Date, Draws, Engine, EngineError, Fitted, History, Horizon, Scenario, Series, Streams, Target,
};

use outlook::{Kind, Outlook};
use paths::Paths;
use rate::Recent;
use settings::Course;
pub use settings::{Pair, Settings, SettingsError};

/// Days below which there is no trend to speak of.
const MIN_DAYS: usize = 7;

/// Level and growth of the last days, pooled with the region around, damped; widths from its own past errors.
///
/// The README has the equations. It answers scenarios by moving the growth of its central course.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trend {
    settings: Settings,
    cases: Course,
    deaths: Course,
}

impl Trend {
    /// A trend with these settings.
    ///
    /// # Errors
    /// [`SettingsError`] for a setting outside its range.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        settings.check()?;
        Ok(Self { settings, cases: settings.of(|pair| pair.cases), deaths: settings.of(|pair| pair.deaths) })
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
            settings: self.settings,
            cases: TargetFit::new(history, Kind::Cases, &self.cases),
            deaths: TargetFit::new(history, Kind::Deaths, &self.deaths),
        }))
    }
}

/// Both targets of one location, ready to be drawn.
#[derive(Debug, Clone)]
struct TrendFit {
    as_of: Date,
    settings: Settings,
    cases: TargetFit,
    deaths: TargetFit,
}

/// One target: where it is heading, and what surrounds that.
#[derive(Debug, Clone)]
struct TargetFit {
    outlook: Outlook,
    paths: Paths,
}

impl TargetFit {
    fn new(history: &History, kind: Kind, course: &Course) -> Self {
        let series: &Series = match kind {
            Kind::Cases => history.cases(),
            Kind::Deaths => history.deaths(),
        };
        let outlook = |end| Outlook::new(history, kind, end, course);
        let left = history.location().population.map_or(f64::INFINITY, |all| (all - series.total()).max(0.0));
        let paths = Paths {
            weekday: *series.weekday(),
            variance_factor: course.widths.variance_factor(series.cleaned(), |end, days| outlook(end).days(days)),
            day_noise: Recent::new(series, history.as_of(), history.days(), course.dump_factor).day_noise(),
            left,
            course: *course,
        };
        Self { outlook: outlook(history.days()), paths }
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
        let mut rates = self.outlook.days(days.next_multiple_of(7));
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
        let response =
            |delay: f64| response::factors(scenario, self.as_of, days.next_multiple_of(7), delay, &self.settings);
        let on_cases = response(self.settings.response_delay_days);
        let on_deaths = response(self.settings.response_delay_days + self.settings.death_delay_days);
        let cases =
            self.cases.draw(on_cases.as_deref(), self.as_of, days, draws, ["case drift", "case count"], streams);
        let deaths =
            self.deaths.draw(on_deaths.as_deref(), self.as_of, days, draws, ["death drift", "death count"], streams);
        Ok(Draws::new(draws, days)?.with(Target::Cases, cases)?.with(Target::Deaths, deaths)?)
    }
}
