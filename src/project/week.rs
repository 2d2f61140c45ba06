//! A week's forecasts of weekly signals from what was known on a day, and what determines them.

use countycast_engine::Date;
use countycast_engine::weekly::{Signal, Week};
use countycast_signals::{Hubs, Signals};

use crate::config::Config;
use crate::error::Error;
use crate::identity::{Identity, build, digest};
use crate::panel::Notice;
use crate::pipeline::{Monitor, weekly_engines};
use crate::weekly::{self, Forecasts};

/// The day up to which publications may be used for a reference week: that of the request, and none after the week's
/// Wednesday, when forecasts are due.
pub(crate) fn known_on(day: Date, reference: Week) -> Date {
    day.min(reference.wednesday())
}

/// The forecasts of a reference week from what was known on a day.
///
/// # Errors
/// As [`weekly::forecast`].
pub(crate) fn of_week(
    read: &Signals,
    signals: &[Signal],
    day: Date,
    reference: Week,
    config: &Config,
    monitor: &dyn Monitor,
) -> Result<Forecasts, Error> {
    let engines = weekly_engines(&config.weekly)?;
    let known = read.vintages.as_of(known_on(day, reference), &read.geography);
    let request =
        weekly::Request { reference, signals, vintages: &read.vintages, engines: &engines, seed: config.seed };
    let mut found = weekly::forecast(known.snapshot, &request, monitor)?;
    if known.later_vintage > 0 {
        let message = "series that have no vintage as old as this: their first one was used, without later weeks";
        found.notices.push(Notice { message: message.to_owned(), count: known.later_vintage });
    }
    Ok(found)
}

/// What determines a week's forecasts from what was known on a day. Hubs' rules are a part of it, because target data are read
/// by their names. The forecast of an area depends on all data, and not on which other signals are forecast with it.
pub(crate) fn identity(config: &Config, hubs: &Hubs, read: &Signals, as_of: Date) -> Identity {
    let inputs: Vec<_> = read.inputs.iter().map(|input| (&input.path, &input.sha256)).collect();
    let settings = digest(&(&config.weekly, config.seed, as_of, format!("{hubs:?}")));
    Identity { build: build().to_owned(), settings, inputs: digest(&inputs) }
}
