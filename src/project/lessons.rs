//! What a run learns from the archive, and what it adds to it.

use std::path::Path;
use std::sync::Arc;

use countycast_engine::{Covariate, Date};
use jiff::ToSpan;

use super::Request;
use crate::archive::{Archive, Coefficients, Entry, Trained};
use crate::blend::{self, Learned};
use crate::error::Error;
use crate::observed;
use crate::output::run::{CalibrationRow, Drift, Manifest, WeightRow};
use crate::panel::Panel;
use crate::pipeline::Earlier;
use crate::scores::Run;

/// What was learned from the archive.
pub(super) struct Lessons {
    pub(super) archive: Archive,
    /// Archived days in the window, oldest first.
    past: Vec<Date>,
    /// The parts of the archive that could not be used.
    damaged: Vec<String>,
    /// Hindcasts made in this run because the archive lacked them.
    hindcasts: Vec<Date>,
    pub(super) learned: Arc<Learned>,
    /// Parameters from an earlier day's fits.
    pub(super) earlier: Arc<Earlier>,
}

/// What was learned from an archive.
pub(crate) struct Taught {
    /// Archived days in the window, oldest first.
    past: Vec<Date>,
    /// Parts of the archive that could not be used.
    pub(crate) damaged: Vec<String>,
    pub(crate) learned: Learned,
    /// Parameters from an earlier day's fits.
    pub(crate) earlier: Earlier,
}

/// Learns from the archived runs of the weeks before the panel's last day.
///
/// # Errors
/// [`Error::Request`] where another run does not let go of the archive.
pub(crate) fn taught(archive: &Archive, settings: &blend::Settings, panel: &Panel) -> Result<Taught, Error> {
    let as_of = panel.as_of();
    let first = oldest(as_of, settings.window_weeks);
    let days = archive.days_since(first)?;
    let wanted = (1..=i64::from(settings.window_weeks)).rev();
    let wanted: Vec<Date> =
        wanted.filter_map(|weeks| nearest(&days, as_of.saturating_sub((7 * weeks).days()))).collect();
    let mut past = archive.read(&wanted);
    let incomplete = archive.incomplete_since(first).into_iter().filter(|day| *day < as_of);
    past.damaged.extend(incomplete.map(|day| format!("archive: skipped {day}: the day is not complete")));
    let earlier = archive.parameters_before(as_of).unwrap_or_else(|error| {
        past.damaged.push(format!("archive: skipped {error}"));
        Earlier::default()
    });
    let learned = Learned::from(&past.runs, &observed::truth(panel), as_of, settings);
    let days = past.runs.iter().map(|run| run.as_of).collect();
    Ok(Taught { past: days, damaged: past.damaged, learned, earlier })
}

/// Distance in days within which an archived day stands for one that is wanted.
const NEAR: i32 = 3;

/// The oldest day that can stand for one of the last `weeks` weeks.
pub(super) fn oldest(as_of: Date, weeks: impl Into<i64>) -> Date {
    as_of.saturating_sub((7 * weeks.into() + i64::from(NEAR)).days())
}

/// The archived day nearest to `day`, if one is within three days of it: one run per week is used.
pub(super) fn nearest(days: &[Date], day: Date) -> Option<Date> {
    let distance = |other: &Date| day.until(*other).map_or(i32::MAX, |span| span.get_days().abs());
    days.iter().copied().min_by_key(distance).filter(|other| distance(other) <= NEAR)
}

impl Lessons {
    /// Learns from the archive, which now has these hindcasts.
    pub(super) fn new(
        archive: Archive,
        hindcasts: Vec<Date>,
        settings: &blend::Settings,
        panel: &Panel,
    ) -> Result<Self, Error> {
        let Taught { past, damaged, learned, earlier } = taught(&archive, settings, panel)?;
        Ok(Self { archive, past, damaged, hindcasts, learned: Arc::new(learned), earlier: Arc::new(earlier) })
    }

    /// Adds what was learned to the run report.
    pub(super) fn report(&self, manifest: &mut Manifest) {
        manifest.learned_from_days = self.learned.days;
        manifest.notices.extend(self.damaged.iter().cloned());
        if let Some((first, last)) = self.hindcasts.first().zip(self.hindcasts.last()) {
            let n = self.hindcasts.len();
            manifest.notices.push(format!("archive: {n} past days from {first} to {last} were projected now"));
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
        let known = |day: &Date| Some((*day, self.archive.coefficients(*day)?));
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

    /// Adds a run of all places to the archive; a run of a selection would replace a complete one. `models` are those that
    /// it trained.
    pub(super) fn keep(
        &self,
        run: &Run,
        request: &Request,
        panel: &Panel,
        manifest: &Manifest,
        parameters: Option<&Path>,
        models: impl FnOnce() -> Vec<(Trained, Vec<u8>)>,
    ) -> Result<(), Error> {
        if !is_whole(request) {
            return Ok(());
        }
        let (weights, models) = (self.weights(), models());
        let (past, weights, models) = (&self.past[..], Some(&weights[..]), &models[..]);
        self.archive.keep(&Entry { run, panel, manifest, past, weights, parameters, models })
    }
}

/// Whether all places are projected.
pub(super) fn is_whole(request: &Request) -> bool {
    request.states.is_empty() && request.fips.is_empty()
}
