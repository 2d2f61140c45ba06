//! Hindcasts for weeks that a lake lacks, before a run learns from it.

use std::path::Path;

use countycast_engine::Date;
use jiff::ToSpan;

use super::lessons::{Lessons, is_whole, nearest, oldest};
use super::{Day, Request, side_by_side};
use crate::error::Error;
use crate::lake::{Entry, Lake};
use crate::panel::{self, Panel, Sources};
use crate::pipeline::Monitor;

/// Days of data that a hindcast needs before its as-of day: eight weeks, as an independent county does.
const LEAST_DAYS: i64 = 56;

/// Opens the lake to which the run is added, and learns from it if asked to. Missing weeks are then projected now, from the data
/// available then.
pub(super) fn learn(
    root: &Path,
    sources: &Sources,
    request: &Request,
    panel: &Panel,
    monitor: &dyn Monitor,
) -> Result<Lessons, Error> {
    let lake = if is_whole(request) { Lake::open(root)? } else { Lake::new(root) };
    let settings = &request.config.blend;
    if !request.learn {
        return Lessons::none(lake, settings, panel);
    }
    let as_of = panel.as_of();
    let first = panel.first_day().saturating_add(LEAST_DAYS.days());
    let known = lake.days_since(oldest(as_of, settings.hindcast_weeks))?;
    let weekly = (1..=i64::from(settings.hindcast_weeks)).rev().map(|weeks| as_of.saturating_sub((7 * weeks).days()));
    let hindcasts: Vec<Date> = weekly.filter(|day| *day >= first && nearest(&known, *day).is_none()).collect();
    if !hindcasts.is_empty() {
        // Before the work of hours: it may not be writable.
        Lake::open(root)?;
    }
    side_by_side(
        &hindcasts,
        request.jobs,
        monitor,
        |day| format!("hindcast {day}"),
        |day, jobs, monitor| hindcast(&lake, sources, &Request { jobs, ..request.clone() }, *day, monitor),
        |_, ()| Ok(()),
    )?;
    Lessons::new(lake, hindcasts, settings, panel)
}

/// Makes a hindcast of a past day for all places, with the files cut or read as of that day, and stores the result.
fn hindcast(lake: &Lake, sources: &Sources, request: &Request, day: Date, monitor: &dyn Monitor) -> Result<(), Error> {
    let past = Request {
        panel: panel::Request { as_of: Some(day), ..request.panel.clone() },
        lake: None,
        learn: false,
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
    let (run, counties, panel, manifest) = day.in_memory(monitor)?;
    lake.keep(&Entry {
        run: &run,
        counties: &counties,
        capacity: &[],
        panel: &panel,
        manifest: &manifest,
        past: &[],
        weights: &[],
        parameters: None,
        models: &[],
    })
}
