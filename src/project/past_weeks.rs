//! Kept forecasts of earlier weeks against what has been published since.

use std::collections::BTreeMap;

use countycast_engine::LEVELS;
use countycast_engine::weekly::{FIRST_HORIZON, LAST_HORIZON, Snapshot, Week};

use crate::error::Error;
use crate::lake::{KeptWeek, Lake, WeekScore};
use crate::output::signals::Held;
use crate::weekly::BLEND;

/// How the lake's forecasts of the last weeks did.
#[derive(Debug, Default)]
pub(super) struct Compared {
    /// By signal.
    pub(super) held: BTreeMap<String, Held>,
    /// Scores of all models in the last week.
    pub(super) scores: Vec<WeekScore>,
    /// Weeks that were left out, with the reason.
    pub(super) damaged: Vec<String>,
}

/// The blend's forecasts of the last weeks, horizon 0 and later, by signal: how many of the values published since they hold; and the
/// scores of these models' forecasts of the week before `reference`. A week that is damaged or not complete is named and left out.
///
/// # Errors
/// [`Error::Request`] where another run does not let go of the lake.
pub(super) fn compared(
    lake: &Lake,
    known: &Snapshot,
    reference: Week,
    models: &[&'static str],
) -> Result<Compared, Error> {
    let mut found = Compared::default();
    for made in lake.weeks(reference.plus(-1 - i32::from(LAST_HORIZON)), reference)? {
        let forecasts = lake.week(made).and_then(|kept| {
            let of = |kept: KeptWeek| models.iter().map(|model| kept.of(model)).collect::<Result<Vec<_>, _>>();
            Ok(kept.map(of).transpose()?.unwrap_or_default().concat())
        });
        let forecasts = match forecasts {
            Ok(forecasts) => forecasts,
            Err(error @ Error::Request { .. }) => return Err(error),
            Err(error) => {
                found.damaged.push(format!("lake: skipped the week of {made}: {error}"));
                continue;
            }
        };
        found.scores.extend(forecasts.iter().filter_map(|forecast| WeekScore::of(made, forecast, known, reference)));
        for forecast in forecasts.iter().filter(|forecast| forecast.model == BLEND) {
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
