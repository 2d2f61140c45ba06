//! The hubs that are asked for, their teams' forecasts, and the reference dates.

use std::collections::BTreeSet;

use countycast_engine::weekly::Week;
use countycast_signals::{Forecasts, Hub, Hubs, Selected};

use super::HubRequest;
use crate::error::Error;
use crate::project::hub_named;

/// A hub with its teams' forecasts, and the reference weeks that its baseline answered.
pub(super) struct Asked<'a> {
    pub(super) hub: &'a Hub,
    pub(super) teams: Forecasts,
    pub(super) weeks: BTreeSet<Week>,
}

/// The hubs that are asked for.
///
/// # Errors
/// [`Error::Request`] for an unknown hub, and where the baseline of one that is named answered no date in the range; of `all`,
/// where none did. [`Error::Input`] for forecasts that cannot be read.
pub(super) fn asked<'a>(request: &HubRequest, known: &'a Hubs, selected: Selected) -> Result<Vec<Asked<'a>>, Error> {
    let teams = |hub: &Hub| request.data.join(format!("forecasts_{}.parquet", hub.name));
    let all = request.hubs == ["all"];
    let hubs: Vec<&Hub> = if all {
        known.hubs.iter().filter(|hub| teams(hub).exists()).collect()
    } else {
        let names: BTreeSet<&String> = request.hubs.iter().collect();
        names.into_iter().map(|name| hub_named(known, name)).collect::<Result<_, _>>()?
    };
    let mut asked = Vec::with_capacity(hubs.len());
    let mut outside = None;
    for hub in hubs {
        let teams = Forecasts::read_teams(&teams(hub), hub)?;
        match reference_weeks(hub, &teams, selected) {
            Ok(weeks) => asked.push(Asked { hub, teams, weeks }),
            // Hubs begin in different years: one without a date in the range is left out of `all`.
            Err(error) if all => outside = Some(error),
            Err(error) => return Err(error),
        }
    }
    match outside {
        _ if !asked.is_empty() => Ok(asked),
        Some(error) => Err(error),
        None => Err(Error::Request {
            message: format!("{} holds no hub's forecasts", request.data.display()),
            remedy: format!("put forecasts_HUB.parquet there; hubs: {}", known.names()),
        }),
    }
}

/// The reference weeks that the hub's baseline answered.
fn reference_weeks(hub: &Hub, forecasts: &Forecasts, selected: Selected) -> Result<BTreeSet<Week>, Error> {
    let of_baseline = forecasts.models.get(&hub.baseline).into_iter().flat_map(|tasks| tasks.keys());
    let weeks: BTreeSet<Week> = of_baseline.map(|task| task.reference).collect();
    let first_and_last = weeks.first().zip(weeks.last()).map(|(first, last)| format!("{first} to {last}"));
    let wanted =
        |week: &Week| selected.from.is_none_or(|from| *week >= from) && selected.to.is_none_or(|to| *week <= to);
    let weeks: BTreeSet<Week> = weeks.into_iter().filter(wanted).collect();
    if weeks.is_empty() {
        return Err(Error::Request {
            message: format!("{}: no reference date in this range has a forecast of the baseline", hub.title),
            remedy: format!("the baseline's are from {}", first_and_last.unwrap_or_else(|| "none".to_owned())),
        });
    }
    Ok(weeks)
}
