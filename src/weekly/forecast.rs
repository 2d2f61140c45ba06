//! One week's forecasts.

use std::collections::BTreeMap;

use countycast_engine::weekly::{Area, FIRST_HORIZON, Series, Signal, Snapshot, Week, WeeklyEngine, WeeklyModel};
use countycast_engine::{Basis, Date, EngineError};
use countycast_signals::Vintages;
use rayon::prelude::*;

use super::clean::clean;
use super::nowcast::Revisions;
use crate::blend::average;
use crate::error::Error;
use crate::panel::Notice;
use crate::pipeline::Monitor;
use crate::scores::quantiles::Row;

/// Name of the average of all engines.
pub const BLEND: &str = "blend";

/// What is asked.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The week in which forecasts are due: horizon 0.
    pub reference: Week,
    /// The signals.
    pub signals: &'a [Signal],
    /// Everything that was published, from which revisions are learned.
    pub vintages: &'a Vintages,
    /// The engines.
    pub engines: &'a [Box<dyn WeeklyEngine>],
    /// Seed of the random numbers.
    pub seed: u64,
}

/// A model's forecast of a signal in an area.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// The signal.
    pub signal: Signal,
    /// The area.
    pub area: Area,
    /// The engine, or [`BLEND`].
    pub model: &'static str,
    /// The last week that was published and believed.
    pub last: Week,
    /// Whether it is that of the area around, the state or the nation, because nothing has been reported for long; of an average,
    /// whether one of its members is.
    pub follows: bool,
    /// Quantiles at horizons -1 to 3, in the signal's unit.
    pub rows: Vec<Row>,
}

/// A week's forecasts.
#[derive(Debug, Clone)]
pub struct Forecasts {
    /// The reference week.
    pub reference: Week,
    /// The last day whose publications were used.
    pub as_of: Date,
    /// By signal, area and model.
    pub forecasts: Vec<Forecast>,
    /// What was published, without zeros that are no reports.
    pub known: Snapshot,
    /// What was noticed.
    pub notices: Vec<Notice>,
}

/// Weeks before the reference week at which a series is told to be late.
const LATE_WEEKS: i32 = 2;

/// Forecasts of all areas of the wanted signals from what `data` tells.
///
/// Engines learn from all signals. One that fails drops out, with a notice; an area that an engine refuses is left to the
/// others.
///
/// # Errors
/// [`Error::Request`] if no engine could be trained or none of the signals has an area; [`Error::Interrupted`].
pub fn forecast(data: Snapshot, request: &Request<'_>, monitor: &dyn Monitor) -> Result<Forecasts, Error> {
    let as_of = data.as_of;
    let (data, mut notices) = clean(data);
    let revisions = Revisions::new(request.vintages, &data, request.reference);
    let published = data;
    let data = revisions.applied(published.clone(), request.reference);
    let mut models: Vec<Trained<'_>> = Vec::new();
    for engine in request.engines {
        monitor.begin("train", 0);
        let data = if engine.basis() == Basis::Reported { &published } else { &data };
        match engine.train(data, request.reference, request.seed) {
            Ok(model) => models.push(Trained { engine: &**engine, model, data }),
            Err(error) => notices.push(Notice { message: format!("engine {}: {error}", engine.name()), count: 1 }),
        }
        if monitor.cancelled() {
            return Err(Error::Interrupted);
        }
    }
    if models.is_empty() {
        return Err(Error::Request {
            message: "no engine could be trained".to_owned(),
            remedy: notices.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
        });
    }
    let wanted: Vec<&Series> = data.series.iter().filter(|series| request.signals.contains(&series.signal)).collect();
    if wanted.is_empty() {
        let names = request.signals.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        return Err(Error::Request {
            message: format!("nothing is known of {names} on {as_of}"),
            remedy: "name a later day, or a folder that holds them".to_owned(),
        });
    }
    monitor.begin("areas", wanted.len());
    let answers: Vec<(Vec<Forecast>, Vec<&'static str>)> =
        wanted.par_iter().map(|series| of_series(series, request, &models, &revisions, monitor)).collect();
    notices.extend(late(&wanted, request.reference));
    let mut refused: BTreeMap<&'static str, usize> = BTreeMap::new();
    answers.iter().flat_map(|(_, refused)| refused).for_each(|engine| *refused.entry(engine).or_default() += 1);
    for (engine, count) in refused {
        notices.push(Notice { message: format!("areas that engine {engine} does not forecast"), count });
    }
    let forecasts = answers.into_iter().flat_map(|(forecasts, _)| forecasts).collect();
    Ok(Forecasts { reference: request.reference, as_of, forecasts, known: published, notices })
}

/// An engine, what it has learned, and the values that it starts from.
struct Trained<'a> {
    engine: &'a dyn WeeklyEngine,
    model: Box<dyn WeeklyModel>,
    data: &'a Snapshot,
}

impl Trained<'_> {
    fn forecast(&self, series: &Series) -> Result<Vec<Row>, EngineError> {
        self.engine.serves(series.signal)?;
        self.model.forecast(self.series(series))
    }

    /// The series with the values that the engine starts from.
    fn series<'b>(&'b self, series: &'b Series) -> &'b Series {
        self.data.find(series.signal, &series.area).unwrap_or(series)
    }
}

/// The engines' forecasts of a series and their average; the engines that refused.
fn of_series(
    series: &Series,
    request: &Request<'_>,
    models: &[Trained<'_>],
    revisions: &Revisions,
    monitor: &dyn Monitor,
) -> (Vec<Forecast>, Vec<&'static str>) {
    let mut refused = Vec::new();
    let made = |model: &'static str, follows: bool, rows: Vec<Row>| Forecast {
        signal: series.signal,
        area: series.area.clone(),
        model,
        last: series.last(),
        follows,
        rows,
    };
    let mut forecasts: Vec<Forecast> = Vec::with_capacity(models.len() + 1);
    for trained in models {
        let name = trained.engine.name();
        match trained.forecast(series) {
            Ok(mut rows) => {
                if trained.engine.basis() == Basis::Cleaned {
                    published(series, request.reference, revisions, &mut rows);
                }
                forecasts.push(made(name, trained.model.follows(trained.series(series)), rows));
            }
            Err(_) => refused.push(name),
        }
    }
    monitor.step();
    if let Some(weeks) = forecasts.first().map(|forecast| forecast.rows.len()) {
        // All count alike: weights that were learned from past scores did no better in the hubs (see `docs/live.md`).
        let shares = vec![1.0 / forecasts.len() as f64; forecasts.len()];
        let blend = (0..weeks).map(|week| average(forecasts.iter().map(|f| &f.rows[week]), &shares)).collect();
        let follows = forecasts.iter().any(|forecast| forecast.follows);
        forecasts.push(made(BLEND, follows, blend));
    }
    (forecasts, refused)
}

/// Gives a week that has been published the spread of its revisions.
fn published(series: &Series, reference: Week, revisions: &Revisions, rows: &mut [Row]) {
    for (row, horizon) in rows.iter_mut().zip(FIRST_HORIZON..) {
        let week = reference.plus(i32::from(horizon));
        if let Some(revised) = series.at(week).and_then(|value| revisions.row(series, value)) {
            *row = revised;
        }
    }
}

/// Notices about areas whose last report is late, by signal.
fn late(series: &[&Series], reference: Week) -> Vec<Notice> {
    let mut by_signal: BTreeMap<Signal, Vec<&Series>> = BTreeMap::new();
    for series in series.iter().filter(|series| reference.since(series.last()) >= LATE_WEEKS) {
        by_signal.entry(series.signal).or_default().push(series);
    }
    let notice = |(signal, late): (Signal, Vec<&Series>)| {
        let named = late.iter().take(5).map(|series| format!("{} since {}", series.area, series.last()));
        let names = named.collect::<Vec<_>>().join(", ");
        let more = if late.len() > 5 { ", …" } else { "" };
        Notice { message: format!("{signal}: nothing published for a week or more: {names}{more}"), count: late.len() }
    };
    by_signal.into_iter().map(notice).collect()
}
