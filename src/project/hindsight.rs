//! Learning from the archive before a run, and adding to it afterwards.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use countycast_engine::Date;
use jiff::ToSpan;

use super::{Day, Request, side_by_side};
use crate::archive::Archive;
use crate::blend::{self, Learned};
use crate::error::Error;
use crate::observed;
use crate::output::run::{CalibrationRow, Drift, Manifest, WeightRow};
use crate::panel::{self, Panel, Sources};
use crate::pipeline::{Earlier, Monitor};
use crate::scores::{Run, target_name};

/// Days of data that a hindcast needs before its as-of day: eight weeks, as an independent county does.
const LEAST_DAYS: i64 = 56;

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

/// Learns from the archive under `root`. Missing weeks are projected now, from the data available then.
pub(super) fn learn(
    root: &Path,
    sources: &Sources,
    request: &Request,
    panel: &Panel,
    monitor: &dyn Monitor,
) -> Result<Lessons, Error> {
    let (archive, settings) = (Archive::open(root)?, &request.config.blend);
    let as_of = panel.as_of();
    let (known, first) = (archive.days(), panel.first_day().saturating_add(LEAST_DAYS.days()));
    let weekly = (1..=i64::from(settings.hindcast_weeks)).rev().map(|weeks| as_of.saturating_sub((7 * weeks).days()));
    let hindcasts: Vec<Date> = weekly.filter(|day| *day >= first && nearest(&known, *day).is_none()).collect();
    side_by_side(
        &hindcasts,
        request.jobs,
        monitor,
        |day| format!("hindcast {day}"),
        |day, jobs, monitor| hindcast(&archive, sources, &Request { jobs, ..request.clone() }, *day, monitor),
        |_, ()| Ok(()),
    )?;
    let Taught { past, damaged, learned, earlier } = taught(&archive, settings, panel);
    Ok(Lessons { archive, past, damaged, hindcasts, learned: Arc::new(learned), earlier: Arc::new(earlier) })
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
pub(crate) fn taught(archive: &Archive, settings: &blend::Settings, panel: &Panel) -> Taught {
    let (days, as_of) = (archive.days(), panel.as_of());
    let wanted = (1..=i64::from(settings.window_weeks)).rev();
    let wanted: Vec<Date> =
        wanted.filter_map(|weeks| nearest(&days, as_of.saturating_sub((7 * weeks).days()))).collect();
    let mut past = archive.read(&wanted);
    let earlier = archive.parameters_before(as_of).unwrap_or_else(|error| {
        past.damaged.push(format!("archive: skipped {error}"));
        Earlier::default()
    });
    let learned = Learned::from(&past.runs, &observed::truth(panel), as_of, settings);
    Taught { past: past.runs.iter().map(|run| run.as_of).collect(), damaged: past.damaged, learned, earlier }
}

/// The archived day nearest to `day`, if one is within three days of it: one run per week is used.
fn nearest(days: &[Date], day: Date) -> Option<Date> {
    let distance = |other: &Date| day.until(*other).map_or(i32::MAX, |span| span.get_days().abs());
    days.iter().copied().min_by_key(distance).filter(|other| distance(other) <= 3)
}

/// Makes a hindcast of a past day for all places, with the files cut or read as of that day, and stores the result.
fn hindcast(
    archive: &Archive,
    sources: &Sources,
    request: &Request,
    day: Date,
    monitor: &dyn Monitor,
) -> Result<(), Error> {
    let past = Request {
        panel: panel::Request { as_of: Some(day), ..request.panel.clone() },
        archive: None,
        states: Vec::new(),
        fips: Vec::new(),
        ..request.clone()
    };
    // Before the first vintage only the newest file is available, cut at the day.
    let cut = Request { panel: panel::Request { vintage: false, ..past.panel.clone() }, ..past.clone() };
    monitor.begin("hindcast", 0);
    let day = match Day::read(sources, &past, monitor) {
        Err(Error::Request { .. }) if past.panel.vintage => Day::read(sources, &cut, monitor)?,
        read => read?,
    };
    let (run, panel, manifest) = day.in_memory(monitor)?;
    archive.keep(&run, &panel, &[], &manifest)
}

impl Lessons {
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
    fn drift(&self, now: &BTreeMap<String, [f64; 2]>) -> Option<Drift> {
        let known = |day: &Date| Some((*day, self.archive.coefficients(*day)?));
        let (since, then) = self.past.iter().find_map(known)?;
        let change = |(name, [cases, deaths]): (&String, &[f64; 2])| {
            let then = then.get(name)?;
            Some((name.clone(), [cases - then[0], deaths - then[1]]))
        };
        Some(Drift { since, changes: now.iter().filter_map(change).collect() })
    }

    fn weights(&self) -> Vec<WeightRow> {
        let row = |(target, stratum, model, share): (_, crate::blend::Stratum, &str, f64)| WeightRow {
            target: target_name(target).to_owned(),
            stratum: stratum.to_string(),
            model: model.to_owned(),
            share,
        };
        self.learned.rows().map(row).collect()
    }

    /// Adds the engines' parameters from a run of all places.
    pub(super) fn keep_parameters(&self, request: &Request, as_of: Date, table: &Path) -> Result<(), Error> {
        if is_whole(request) { self.archive.keep_parameters(as_of, table) } else { Ok(()) }
    }

    /// Adds a run of all places to the archive; a run of a selection would replace a complete one. `keep_models` adds
    /// the trained models.
    pub(super) fn keep(
        &self,
        run: &Run,
        request: &Request,
        panel: &Panel,
        manifest: &Manifest,
        keep_models: impl FnOnce() -> Result<(), Error>,
    ) -> Result<(), Error> {
        if !is_whole(request) {
            return Ok(());
        }
        self.archive.keep(run, panel, &self.past, manifest)?;
        self.archive.keep_weights(panel.as_of(), &self.weights())?;
        keep_models()
    }
}

/// Whether all places are projected.
fn is_whole(request: &Request) -> bool {
    request.states.is_empty() && request.fips.is_empty()
}
