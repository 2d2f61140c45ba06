//! Kept forecasts of earlier weeks against what has been published since.

use std::collections::BTreeMap;

use countycast_engine::LEVELS;
use countycast_engine::weekly::{LAST_HORIZON, Snapshot, Week};

use crate::archive::Archive;
use crate::error::Error;
use crate::output::signals::Held;
use crate::weekly::BLEND;

/// The blend's forecasts of the last weeks, horizon 0 and later, by signal: how many of the values published since they hold.
///
/// # Errors
/// [`Error`] where a kept week is damaged.
pub(super) fn held(archive: &Archive, known: &Snapshot, reference: Week) -> Result<BTreeMap<String, Held>, Error> {
    let mut found: BTreeMap<String, Held> = BTreeMap::new();
    for made in archive.weeks(reference.plus(-1 - i32::from(LAST_HORIZON)), reference) {
        for kept in archive.read_week(made, BLEND)?.into_iter().filter(|kept| kept.week >= made) {
            let series = known.find(kept.signal, &kept.area);
            let Some(value) = series.and_then(|series| series.at(kept.week)) else { continue };
            let end = |level: f64| {
                let place = LEVELS.iter().position(|known| (known - level).abs() < 1e-9);
                place.map_or(f64::NAN, |place| f64::from(kept.row[place]))
            };
            let holds = |tail: f64| f64::from((end(tail)..=end(1.0 - tail)).contains(&value));
            let sum = found.entry(kept.signal.to_string()).or_default();
            sum.weeks += 1;
            sum.held_50 += holds(0.25);
            sum.held_95 += holds(0.025);
        }
    }
    for held in found.values_mut() {
        held.held_50 /= held.weeks as f64;
        held.held_95 /= held.weeks as f64;
    }
    Ok(found)
}
