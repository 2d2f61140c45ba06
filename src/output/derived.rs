//! Rows of a hub's file that come from joint trajectories: samples, categories of change, and the season's peak.

use std::fmt::Write;

use countycast_engine::LEVELS;
use countycast_engine::weekly::{FIRST_HORIZON, Week};
use countycast_signals::{Changes, Geography, Hub, Peaks, Target};
use rayon::prelude::*;

use crate::weekly::{Derived, Forecast};

/// What is written, and from what.
#[derive(Debug, Clone, Copy)]
pub struct Extras<'a> {
    /// The week's trajectories.
    pub derived: &'a Derived<'a>,
    /// Whether samples are written for hubs that take them.
    pub samples: bool,
}

/// The rows, in the order of the hub's table.
pub(super) fn rows(
    hub: &Hub,
    geography: &Geography,
    reference: Week,
    forecasts: &[&Forecast],
    extras: Extras<'_>,
) -> String {
    let mut text = String::new();
    for (number, target) in hub.targets.iter().enumerate() {
        let found: Vec<(usize, &str, &Forecast)> = of_target(target, geography, forecasts);
        let of_target = |write: &(dyn Fn((usize, &str, &Forecast)) -> String + Sync)| -> String {
            found.par_iter().map(|place| write(*place)).collect()
        };
        if extras.samples && target.samples > 0 {
            let first = hub.targets[..number].iter().map(|target| target.locations.len() * target.samples).sum();
            text += &of_target(&|place| samples(hub, target, reference, first, place, extras.derived));
        }
        if let Some(changes) = hub.changes.as_ref().filter(|changes| changes.of == target.target) {
            text += &of_target(&|place| categories(changes, reference, place, extras.derived));
        }
        if let Some(peaks) = hub.peaks.as_ref().filter(|peaks| peaks.of == target.target) {
            text += &peak(peaks, target, hub, reference, &found, extras.derived);
        }
    }
    text
}

/// The forecasts of a target with the hub's place and name of their locations.
fn of_target<'a>(
    target: &'a Target,
    geography: &'a Geography,
    forecasts: &[&'a Forecast],
) -> Vec<(usize, &'a str, &'a Forecast)> {
    let places = target.areas(geography).enumerate().filter_map(|(place, (location, area))| {
        let found = forecasts.iter().find(|f| f.signal == target.signal && Some(&f.area) == area.as_ref())?;
        Some((place, location, *found))
    });
    places.collect()
}

/// A location's samples. Ids are numbers; those of another location or target are others, as hubs ask of trajectories that
/// are joint over horizons alone.
fn samples(
    hub: &Hub,
    target: &Target,
    reference: Week,
    first: usize,
    (place, location, forecast): (usize, &str, &Forecast),
    derived: &Derived<'_>,
) -> String {
    let mut text = String::new();
    let draws = derived.trajectories(forecast, target.samples);
    for horizon in hub.horizons() {
        let end = reference.plus(i32::from(horizon));
        let Ok(at) = usize::try_from(horizon - FIRST_HORIZON) else { continue };
        for (number, draw) in draws.iter().enumerate().filter(|(_, draw)| at < draw.len()) {
            let id = first + place * target.samples + number;
            let value = draw[at] * target.scale;
            let task = format!("{reference},{},{horizon},{end},{location}", target.target);
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{task},sample,{id},{value:.*}", target.decimals);
        }
    }
    text
}

/// A location's probabilities of each category of change.
fn categories(
    changes: &Changes,
    reference: Week,
    (_, location, forecast): (usize, &str, &Forecast),
    derived: &Derived<'_>,
) -> String {
    let mut text = String::new();
    for (horizon, probabilities) in changes.horizons().zip(derived.changes(forecast, changes).into_iter().flatten()) {
        let end = reference.plus(i32::from(horizon));
        for (category, probability) in changes.categories.iter().zip(probabilities) {
            let task = format!("{reference},{},{horizon},{end},{location}", changes.target);
            let _ = writeln!(text, "{task},pmf,{category},{probability}");
        }
    }
    text
}

/// All locations' peaks, where the hub's table has the season of the reference week.
fn peak(
    peaks: &Peaks,
    target: &Target,
    hub: &Hub,
    reference: Week,
    found: &[(usize, &str, &Forecast)],
    derived: &Derived<'_>,
) -> String {
    let Some((season, first)) = peaks.season(reference).zip(found.first()) else { return String::new() };
    let analogues = derived.analogues(first.2, season);
    let of_location = |(_, location, forecast): &(usize, &str, &Forecast)| {
        let mut text = String::new();
        let Some(peak) = derived.peak(forecast, season, &analogues) else { return text };
        for (week, probability) in season.weeks().zip(&peak.weeks) {
            let _ = writeln!(text, "{reference},{},NA,NA,{location},pmf,{week},{probability}", peaks.week);
        }
        for level in hub.level_places() {
            let value = peak.size[level] * target.scale;
            let task = format!("{reference},{},NA,NA,{location},quantile", peaks.size);
            let _ = writeln!(text, "{task},{},{value:.*}", LEVELS[level], target.decimals);
        }
        text
    };
    found.par_iter().map(of_location).collect()
}
