//! Kept forecasts of earlier weeks against what has been published since.

use std::collections::BTreeMap;

use countycast_engine::LEVELS;
use countycast_engine::weekly::{FIRST_HORIZON, LAST_HORIZON, Snapshot, Week};

use crate::archive::Archive;
use crate::error::Error;
use crate::output::signals::Held;
use crate::weekly::BLEND;

/// How the archive's forecasts of the last weeks did.
#[derive(Debug, Default)]
pub(super) struct Compared {
    /// By signal.
    pub(super) held: BTreeMap<String, Held>,
    /// Weeks that were left out, with the reason.
    pub(super) damaged: Vec<String>,
}

/// The blend's forecasts of the last weeks, horizon 0 and later, by signal: how many of the values published since they hold.
/// A week that is damaged or not complete is named and left out.
///
/// # Errors
/// [`Error::Request`] where another run does not let go of the archive.
pub(super) fn compared(archive: &Archive, known: &Snapshot, reference: Week) -> Result<Compared, Error> {
    let mut found = Compared::default();
    for made in archive.weeks(reference.plus(-1 - i32::from(LAST_HORIZON)), reference)? {
        let forecasts = archive.week(made).and_then(|kept| kept.map_or(Ok(Vec::new()), |kept| kept.of(BLEND)));
        let forecasts = match forecasts {
            Ok(forecasts) => forecasts,
            Err(error @ Error::Request { .. }) => return Err(error),
            Err(error) => {
                found.damaged.push(format!("archive: skipped the week of {made}: {error}"));
                continue;
            }
        };
        for forecast in &forecasts {
            let Some(series) = known.find(forecast.signal, &forecast.area) else { continue };
            let weeks = (i32::from(FIRST_HORIZON)..).map(|horizon| made.plus(horizon)).zip(&forecast.rows);
            for (week, row) in weeks.filter(|(week, _)| *week >= made) {
                let Some(value) = series.at(week) else { continue };
                let end = |level: f64| {
                    let place = LEVELS.iter().position(|known| (known - level).abs() < 1e-9);
                    place.map_or(f64::NAN, |place| f64::from(row[place]))
                };
                let holds = |tail: f64| f64::from((end(tail)..=end(1.0 - tail)).contains(&value));
                let sum = found.held.entry(forecast.signal.to_string()).or_default();
                sum.weeks += 1;
                sum.held_50 += holds(0.25);
                sum.held_95 += holds(0.025);
            }
        }
    }
    for held in found.held.values_mut() {
        held.held_50 /= held.weeks as f64;
        held.held_95 /= held.weeks as f64;
    }
    Ok(found)
}
