//! What a run learns from a lake, and what it adds to it.

use std::path::Path;
use std::sync::Arc;

use countycast_engine::{Covariate, Date};
use jiff::ToSpan;

use super::Request;
use crate::blend::{self, Learned};
use crate::error::Error;
use crate::lake::{Coefficients, Entry, Lake, Trained};
use crate::observed;
use crate::output::capacity::CapacityRow;
use crate::output::counties::CountyRow;
use crate::output::run::{CalibrationRow, Drift, Manifest, WeightRow};
use crate::panel::Panel;
use crate::pipeline::Earlier;
use crate::scores::Run;

/// The lake to which a run is added, and what was learned from it.
pub(super) struct Lessons {
    pub(super) lake: Lake,
    /// Whether the run learns from it.
    pub(super) learns: bool,
    /// Kept days in the window, oldest first.
    past: Vec<Date>,
    /// The parts of the lake that could not be used.
    damaged: Vec<String>,
    /// Hindcasts made in this run because the lake lacked them.
    hindcasts: Vec<Date>,
    pub(super) learned: Arc<Learned>,
    /// Parameters from an earlier day's fits.
    pub(super) earlier: Arc<Earlier>,
}

/// What was learned from a lake.
pub(crate) struct Taught {
    /// Kept days in the window, oldest first.
    past: Vec<Date>,
    /// Parts of the lake that could not be used.
    pub(crate) damaged: Vec<String>,
    pub(crate) learned: Learned,
    /// Parameters from an earlier day's fits.
    pub(crate) earlier: Earlier,
}

/// Learns from the kept runs of the weeks before the panel's last day.
///
/// # Errors
/// [`Error::Request`] where another run does not let go of the lake.
pub(crate) fn taught(lake: &Lake, settings: &blend::Settings, panel: &Panel) -> Result<Taught, Error> {
    let as_of = panel.as_of();
    let first = oldest(as_of, settings.window_weeks);
    let mut past = lake.members(&weekly(&lake.days_since(first)?, as_of, settings.window_weeks));
    let incomplete = lake.incomplete_since(first).into_iter().filter(|day| *day < as_of);
    past.damaged.extend(incomplete.map(|day| format!("lake: skipped {day}: the day is not complete")));
    let earlier = lake.parameters_before(as_of).unwrap_or_else(|error| {
        past.damaged.push(format!("lake: skipped {error}"));
        Earlier::default()
    });
    let learned = Learned::from(&past.runs, &observed::truth(panel), as_of, settings);
    let days = past.runs.iter().map(|run| run.as_of).collect();
    Ok(Taught { past: days, damaged: past.damaged, learned, earlier })
}

/// Of these days one for each of the last `weeks` weeks that has one, oldest first.
fn weekly(days: &[Date], as_of: Date, weeks: impl Into<i64>) -> Vec<Date> {
    let wanted = (1..=weeks.into()).rev();
    wanted.filter_map(|weeks| nearest(days, as_of.saturating_sub((7 * weeks).days()))).collect()
}

/// Distance in days within which a kept day stands for one that is wanted.
const NEAR: i32 = 3;

/// The oldest day that can stand for one of the last `weeks` weeks.
pub(super) fn oldest(as_of: Date, weeks: impl Into<i64>) -> Date {
    as_of.saturating_sub((7 * weeks.into() + i64::from(NEAR)).days())
}

/// The kept day nearest to `day`, if one is within three days of it: one run per week is used.
pub(super) fn nearest(days: &[Date], day: Date) -> Option<Date> {
    let distance = |other: &Date| day.until(*other).map_or(i32::MAX, |span| span.get_days().abs());
    days.iter().copied().min_by_key(distance).filter(|other| distance(other) <= NEAR)
}

impl Lessons {
    /// Nothing is learned: the run is added to the lake, and the projections of earlier weeks that it has are scored.
    pub(super) fn none(lake: Lake, settings: &blend::Settings, panel: &Panel) -> Result<Self, Error> {
        let as_of = panel.as_of();
        let past = weekly(&lake.days_since(oldest(as_of, settings.window_weeks))?, as_of, settings.window_weeks);
        let (learned, earlier) = (Arc::new(Learned::nothing(settings)), Arc::default());
        Ok(Self { lake, learns: false, past, damaged: Vec::new(), hindcasts: Vec::new(), learned, earlier })
    }

    /// Learns from the lake, which now has these hindcasts.
    pub(super) fn new(
        lake: Lake,
        hindcasts: Vec<Date>,
        settings: &blend::Settings,
        panel: &Panel,
    ) -> Result<Self, Error> {
        let Taught { past, damaged, learned, earlier } = taught(&lake, settings, panel)?;
        let (learned, earlier) = (Arc::new(learned), Arc::new(earlier));
        Ok(Self { lake, learns: true, past, damaged, hindcasts, learned, earlier })
    }

    /// Adds what was learned to the run report.
    pub(super) fn report(&self, manifest: &mut Manifest) {
        manifest.learned_from_days = self.learned.days;
        manifest.notices.extend(self.damaged.iter().cloned());
        if let Some((first, last)) = self.hindcasts.first().zip(self.hindcasts.last()) {
            let n = self.hindcasts.len();
            manifest.notices.push(format!("lake: {n} past days from {first} to {last} were projected now"));
        }
        manifest.weights = self.weights();
        manifest.fits_begun_with = self.earlier.as_of();
        let calibration = self.learned.calibration.rows();
        let row = |(quintile, course, week, factors): (_, &str, _, _)| {
            let course = course.to_owned();
            CalibrationRow { quintile, course, week, factors }
        };
        manifest.calibration = calibration.map(row).collect();
        manifest.fallback_drift = self.drift(&manifest.fallback_coefficients);
    }

    /// How far the fallback's coefficients have moved since the oldest run in the window with the same determinants.
    fn drift(&self, now: &Coefficients) -> Option<Drift> {
        let known = |day: &Date| Some((*day, self.lake.coefficients(*day)?));
        let (since, then) = self.past.iter().find_map(known)?;
        let change = |(determinant, [cases, deaths]): (&Covariate, &[f64; 2])| {
            let then = then.get(determinant)?;
            Some((*determinant, [cases - then[0], deaths - then[1]]))
        };
        Some(Drift { since, changes: now.iter().filter_map(change).collect() })
    }

    fn weights(&self) -> Vec<WeightRow> {
        let row = |(target, stratum, model, share): (_, crate::blend::Stratum, &str, f64)| WeightRow {
            target,
            stratum: stratum.to_string(),
            model: model.to_owned(),
            share,
        };
        self.learned.rows().map(row).collect()
    }

    /// Adds a run of all places to the lake; a run of a selection would replace a complete one. `models` are those that it
    /// trained, which are kept where it learns.
    pub(super) fn keep(
        &self,
        made: &Made<'_>,
        request: &Request,
        panel: &Panel,
        models: impl FnOnce() -> Vec<(Trained, Vec<u8>)>,
    ) -> Result<(), Error> {
        if !is_whole(request) {
            return Ok(());
        }
        let &Made { run, counties, capacity, manifest, parameters } = made;
        let models = if self.learns { models() } else { Vec::new() };
        let (past, weights, models) = (&self.past[..], &self.weights()[..], &models[..]);
        self.lake.keep(&Entry { run, counties, capacity, panel, manifest, past, weights, parameters, models })
    }
}

/// What a run made.
pub(super) struct Made<'a> {
    pub(super) run: &'a Run,
    pub(super) counties: &'a [CountyRow],
    pub(super) capacity: &'a [CapacityRow],
    pub(super) manifest: &'a Manifest,
    /// File with the engines' parameters, if they were collected.
    pub(super) parameters: Option<&'a Path>,
}

/// Whether all places are projected.
pub(super) fn is_whole(request: &Request) -> bool {
    request.states.is_empty() && request.fips.is_empty()
}
