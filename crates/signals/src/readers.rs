//! Everything that reads text from outside, as functions of bytes: what is fuzzed, and what replays the inputs of fuzzing
//! as tests.
//!
//! A reader may find its bytes unusable, but neither panic, give a value that cannot be, nor run for over a second a megabyte.

#[path = "../../../fuzz/written.rs"]
mod written;

use std::path::Path;

use countycast_engine::Date;
use countycast_engine::weekly::{Signal, Week};
use countycast_panel::InputError;

pub use self::written::Named;
use self::written::{files, write};
use crate::{Forecasts, Geography, Hubs, Signals, Use, check, read_places, read_published, use_of};

/// All readers.
pub const ALL: [Named; 3] = [("signals", signals), ("hub_files", hub_files), ("hubs", hubs)];

/// A day within the tables of the corpora.
const WITHIN: Date = Date::constant(2026, 1, 14);
/// The hubs whose files are read.
const HUBS: &str = include_str!("../../../config/hubs.toml");

/// Tables of weekly signals and of places, each after a line `== PATH`: as a folder, and one by one as if fetched.
pub fn signals(bytes: &[u8]) {
    let (written, Ok(hubs)) = (write(files(bytes)), Hubs::parse(HUBS)) else { return };
    let found = Signals::read(written.path(), &hubs);
    told(&found);
    if let Ok(found) = found {
        checked(&found);
    }
    let paths: Vec<_> = files(bytes).into_iter().map(|(path, _)| written.path().join(path)).collect();
    let use_of = |path: &Path| use_of(path, &hubs).ok().flatten();
    let places: Vec<&Path> =
        paths.iter().map(|path| path.as_path()).filter(|path| use_of(path) == Some(Use::Places)).collect();
    for path in paths.iter().filter(|path| use_of(path) == Some(Use::Signals)) {
        let published = read_published(path, WITHIN, &Geography::default(), &hubs);
        told(&published);
        if let Ok(published) = published {
            told(&read_places(&places, &published.counties, &hubs));
        }
    }
}

/// Forecasts for hubs: a file of each, of teams and of one model.
pub fn hub_files(bytes: &[u8]) {
    let name = Path::new("2026-01-10-Dept-blend.csv");
    let (written, Ok(hubs)) = (write([(name, bytes)]), Hubs::parse(HUBS)) else { return };
    let path = written.path().join(name);
    for hub in &hubs.hubs {
        let found = check(&path, hub, None);
        told(&found);
        for finding in found.into_iter().flatten() {
            assert!(!finding.message.is_empty() && finding.count > 0);
        }
        for read in [Forecasts::read_file, Forecasts::read_teams] {
            let forecasts = read(&path, hub);
            told(&forecasts);
            let mut answers =
                forecasts.iter().flat_map(|forecasts| forecasts.models.values()).flat_map(|tasks| tasks.values());
            assert!(answers.all(|answer| answer.quantiles.iter().all(|value| value.is_finite())));
        }
    }
}

/// The table of hubs.
pub fn hubs(bytes: &[u8]) {
    let hubs = match Hubs::parse(&String::from_utf8_lossy(bytes)) {
        Ok(hubs) => hubs,
        Err(message) => return assert!(!message.is_empty()),
    };
    let week = Week::of(WITHIN);
    for hub in &hubs.hubs {
        let _ = (hub.due(week), hub.horizons().count(), hub.intervals().count(), hub.level_places().count());
        if let Some(change) = &hub.changes {
            let _ = change.horizons().map(|horizon| change.category(horizon, 12.0, 1e6)).max();
        }
        let _ = hub.peaks.as_ref().and_then(|peaks| peaks.season(week)).map(|season| season.weeks().count());
    }
    let name = Path::new("2026-01-10-Dept-blend.csv");
    let written = write([(name, &include_bytes!("../../../fuzz/corpus/hub_files/flusight.csv")[..])]);
    hubs.hubs.iter().for_each(|hub| told(&check(&written.path().join(name), hub, None)));
}

/// Asserts that every value is one that can be, and no series longer than what was reported allows.
fn checked(found: &Signals) {
    for day in [Date::constant(1999, 1, 1), WITHIN, Date::constant(9_999, 12, 31)] {
        for series in found.vintages.as_of(day, &found.geography).snapshot.series {
            let most = series.signal.unit().greatest().min(4.0e8);
            let fine = |value: &&f64| value.is_nan() || (0.0..=most).contains(*value);
            assert!(series.values().iter().all(|value| fine(&value)), "{:?}", series.values());
            assert!(
                series.population.is_none_or(|people| people.is_finite() && people >= 1.0),
                "{:?}",
                series.population
            );
        }
    }
    Signal::ALL.iter().for_each(|signal| drop(found.vintages.days(*signal)));
    found.notices.iter().for_each(|notice| drop(notice.to_string()));
}

/// Formats the message of an error, with its remedy.
fn told<T>(result: &Result<T, InputError>) {
    if let Err(error) = result {
        assert!(!error.to_string().is_empty() && !error.remedy.is_empty());
    }
}
