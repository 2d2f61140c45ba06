//! Joint trajectories: the boosters' medians moved by errors of past projections.

use countycast_engine::counts::share_out;
use countycast_engine::{
    Date, Draws, EngineError, Epidemiology, Fitted, Horizon, Scenario, Streams, Target, response, weekday_index,
};
use rand::{Rng, RngExt};
use rand_distr::{Distribution, Gamma};

use crate::WEEKS;
use crate::errors::{Errors, Size};
use crate::forecaster::Forecaster;
use crate::picks::{normals, picks};
use crate::rows::Kind;
use crate::settings::Settings;
use crate::subject::Subject;

/// What is expected of one target in one location.
#[derive(Debug, Clone)]
pub(crate) struct Outlook {
    kind: Kind,
    /// Logarithm of the recent level.
    level: f64,
    /// How far the weeks' medians lie above it.
    medians: [f64; WEEKS],
    /// Past errors to draw from.
    errors: Vec<Errors>,
    /// Standard deviation of what places have in common, a week ahead, logarithm.
    nation_error: f64,
}

impl Outlook {
    pub(crate) fn new(kind: Kind, of: &Forecaster, subject: &Subject<'_>, seen: usize, settings: &Settings) -> Self {
        let place = &subject.place;
        let level = match kind {
            Kind::Cases => place.case_level(seen),
            Kind::Deaths => place.death_level(seen),
        };
        let level = kind.log(level);
        let size = Size { is_county: place.is_county, level: level as f32 };
        let common = kind.common(&place.nation_expected(seen, settings.nation_damping));
        let found = of.medians(&subject.features(seen));
        let medians = std::array::from_fn(|week| found[week] + common[week]);
        // Deaths are not told relative to the nation's.
        let nation_error = if kind == Kind::Cases { settings.nation_error } else { 0.0 };
        Self { kind, level, medians, errors: of.library.near(size, settings.error_pool), nation_error }
    }

    /// Error of the nation's course `week` weeks after the first projected one, for a standard normal number: it grows with the weeks
    /// that were learned, and later as the root of time.
    fn nation_error(&self, week: usize, normal: f64) -> f64 {
        let weeks = (week + 1) as f64;
        let learned = weeks.min(WEEKS as f64);
        normal * self.nation_error * learned * (weeks / learned).sqrt()
    }

    /// Counts of `weeks` weeks in a draw that takes the past error at `place`, and an error of the nation's course of `normal` standard
    /// deviations.
    ///
    /// One past error, all its weeks together, moves the medians: weeks hang together as they did. Past the fourth week
    /// growth is damped, and the steps of further past errors are added, one a week.
    fn weeks(&self, place: usize, normal: f64, weeks: usize, damping: f64, rng: &mut impl Rng) -> Vec<f64> {
        let mut pick = || &self.errors[rng.random_range(0..self.errors.len())];
        let errors = &self.errors[place];
        let (mut log, mut growth) = (self.level, 0.0);
        let mut error = 0.0;
        (0..weeks)
            .map(|week| {
                if let Some(median) = self.medians.get(week) {
                    error = f64::from(errors[week]);
                    growth = self.level + median - log;
                    log = self.level + median;
                } else {
                    let steps = pick();
                    error += f64::from(steps[WEEKS - 1] - steps[WEEKS - 2]);
                    growth *= damping;
                    log += growth;
                }
                ((log + error + self.nation_error(week, normal)).exp() - self.kind.log(0.0).exp()).round().max(0.0)
            })
            .collect()
    }
}

/// One location, ready to be drawn.
#[derive(Debug, Clone)]
pub(crate) struct Projection {
    pub(crate) settings: Settings,
    pub(crate) epidemiology: Epidemiology,
    pub(crate) as_of: Date,
    pub(crate) cases: Outlook,
    pub(crate) deaths: Outlook,
    pub(crate) case_weekday: [f64; 7],
    pub(crate) death_weekday: [f64; 7],
    /// Residents who have not been counted yet.
    pub(crate) left: f64,
}

impl Fitted for Projection {
    fn draw(
        &self,
        scenario: &Scenario,
        horizon: Horizon,
        draws: usize,
        streams: &Streams,
    ) -> Result<Draws, EngineError> {
        let days = horizon.days();
        let [case_effect, death_effect] = response::counts(scenario, self.as_of, days, &self.epidemiology);
        let purposes = ["case errors", "cases", "case days"];
        let cases = self.paths(&self.cases, &self.case_weekday, &case_effect, days, draws, purposes, streams);
        let deaths = self.paths(
            &self.deaths,
            &self.death_weekday,
            &death_effect,
            days,
            draws,
            ["death errors", "deaths", "death days"],
            streams,
        );
        Ok(Draws::new(draws, days)?.with(Target::Cases, cases)?.with(Target::Deaths, deaths)?)
    }
}

impl Projection {
    #[allow(clippy::too_many_arguments, reason = "what differs between cases and deaths, and what draw was asked for")]
    fn paths(
        &self,
        outlook: &Outlook,
        weekday: &[f64; 7],
        effect: &[f64],
        days: usize,
        draws: usize,
        [places, levels, spreads]: [&str; 3],
        streams: &Streams,
    ) -> Vec<f32> {
        let first = weekday_index(self.as_of) + 1;
        let gamma = Gamma::new(self.settings.daily_shape, 1.0).ok();
        let mut values = Vec::with_capacity(draws * days);
        let mut rng = streams.rng(places, 0);
        let taken = picks(&outlook.errors, draws, &mut rng);
        for ((draw, place), normal) in taken.into_iter().enumerate().zip(normals(&mut rng)) {
            let rng = &mut streams.rng(levels, draw);
            let weeks = outlook.weeks(place, normal, days.div_ceil(7), self.settings.damping, rng);
            let mut rng = streams.rng(spreads, draw);
            let mut left = self.left;
            for (week, count) in weeks.into_iter().enumerate() {
                let shares: [f64; 7] = std::array::from_fn(|day| {
                    weekday[(first + day) % 7] * gamma.map_or(1.0, |gamma| gamma.sample(&mut rng))
                });
                for (day, count) in share_out(count, shares, &mut rng).into_iter().enumerate() {
                    let Some(effect) = effect.get(7 * week + day) else { break };
                    let count = (count * effect).min(left);
                    left -= count;
                    values.push(count as f32);
                }
            }
        }
        values
    }
}
