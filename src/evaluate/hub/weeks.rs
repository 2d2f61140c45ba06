//! Weeks of an evaluation in hubs: from a lake where the same program, settings and files have made them, else made now.

use std::collections::BTreeSet;

use countycast_engine::Date;
use countycast_engine::weekly::{Signal, Week};
use countycast_signals::{Hubs, Signals};

use crate::config::Config;
use crate::error::Error;
use crate::identity::Identity;
use crate::lake::{KeptWeek, Lake, WeekEntry};
use crate::pipeline::weekly_engines;
use crate::project::{known_on, of_week, week_identity};
use crate::weekly::{BLEND, Forecast};

/// Where weeks come from.
pub(super) struct Weeks<'a> {
    /// What is known of the signals.
    pub(super) read: &'a Signals,
    /// The hubs' rules.
    pub(super) hubs: &'a Hubs,
    /// Settings.
    pub(super) config: &'a Config,
    /// The evaluation's own lake, to which weeks that are made are added.
    pub(super) own: Lake,
    /// A lake that is only read.
    pub(super) other: Option<Lake>,
}

/// A week's forecasts.
pub(super) struct MadeWeek {
    /// By all models.
    pub(super) forecasts: Vec<Forecast>,
    /// What was noticed.
    pub(super) notices: Vec<String>,
    /// Whether a lake had them.
    pub(super) reused: bool,
}

impl Weeks<'_> {
    /// The forecasts of these signals for a reference week from what was known on a day.
    ///
    /// # Errors
    /// As [`of_week`]; and where the evaluation's own lake cannot be written, or another run does not let go of one.
    pub(super) fn of(&self, reference: Week, day: Date, signals: BTreeSet<Signal>) -> Result<MadeWeek, Error> {
        let as_of = known_on(day, reference);
        let identity = week_identity(self.config, self.hubs, self.read, as_of);
        let mut notices = Vec::new();
        let mut wanted = signals.clone();
        for lake in [&self.own].into_iter().chain(&self.other) {
            match self.kept(lake, reference, &identity) {
                Ok(Some((kept, known))) if known.is_superset(&signals) => {
                    notices.extend(kept.manifest.notices.iter().map(|notice| format!("{reference}: {notice}")));
                    return Ok(MadeWeek { forecasts: self.forecasts(&kept)?, notices, reused: true });
                }
                // What the week had is made with what is asked for, so that it can be used for both.
                Ok(kept) => wanted.extend(kept.into_iter().flat_map(|(_, known)| known)),
                Err(error @ Error::Request { .. }) => return Err(error),
                Err(error) => notices.push(format!("lake: the kept week of {reference} is made again: {error}")),
            }
        }
        let wanted: Vec<Signal> = wanted.into_iter().collect();
        let made = of_week(self.read, &wanted, day, reference, self.config, &())?;
        let told: Vec<String> = made.notices.iter().map(ToString::to_string).collect();
        notices.extend(told.iter().map(|notice| format!("{reference}: {notice}")));
        let (identity, forecasts, signals, told) = (&identity, &*made.forecasts, &*wanted, &*told);
        self.own.keep_week(&WeekEntry {
            reference,
            as_of,
            identity,
            signals,
            forecasts,
            scores: &[],
            notices: told,
        })?;
        Ok(MadeWeek { forecasts: made.forecasts, notices, reused: false })
    }

    /// What a lake has of a week, if it is of the same identity, and its signals.
    fn kept(
        &self,
        lake: &Lake,
        reference: Week,
        identity: &Identity,
    ) -> Result<Option<(KeptWeek, BTreeSet<Signal>)>, Error> {
        let same = lake.week(reference)?.filter(|kept| kept.manifest.identity == *identity);
        Ok(same.map(|kept| {
            let signals = kept.manifest.signals.iter().filter_map(|name| name.parse().ok()).collect();
            (kept, signals)
        }))
    }

    /// The forecasts of all models.
    fn forecasts(&self, kept: &KeptWeek) -> Result<Vec<Forecast>, Error> {
        let engines = weekly_engines(&self.config.weekly)?;
        let models = engines.iter().map(|engine| engine.name()).chain([BLEND]);
        let found: Vec<Vec<Forecast>> = models.map(|model| kept.of(model)).collect::<Result<_, _>>()?;
        Ok(found.into_iter().flatten().collect())
    }
}
