//! Training of the engines on all places, before any place is fitted.

use std::collections::BTreeMap;
use std::sync::Arc;

use countycast_engine::{Engine, EngineError, Places};

use super::failure::{Failure, settle};
use super::monitor::Monitor;
use super::plan::Plan;
use super::pool::{self, Outcome};
use crate::error::Error;
use crate::panel::Panel;

/// Trains every engine of the plan on the whole panel, one after the other with all threads. Engines that fail are removed from
/// the plan and returned with their reasons; the others are handed to `trained` one by one.
///
/// # Errors
/// [`Error::Interrupted`] when the monitor asks to stop.
pub(super) fn train(
    panel: &Panel,
    plan: &mut Plan,
    monitor: &dyn Monitor,
    mut trained: impl FnMut(&dyn Engine),
) -> Result<Vec<Failure>, Error> {
    let (places, seed, jobs) = (places(panel), plan.seed, plan.jobs);
    monitor.begin("train", plan.engines.len());
    let train = move |engine: &Arc<dyn Engine>| {
        let threads = rayon::ThreadPoolBuilder::new().num_threads(jobs).build();
        let trained = match threads {
            Ok(threads) => threads.install(|| engine.train(&places, seed)),
            Err(_) => engine.train(&places, seed),
        };
        trained.map(|found| found.unwrap_or_else(|| Arc::clone(engine)))
    };
    let (mut engines, mut untrained) = (Vec::with_capacity(plan.engines.len()), Vec::new());
    for engine in &plan.engines {
        let each = |_, outcome: Outcome<Result<Arc<dyn Engine>, EngineError>>| {
            monitor.step();
            match settle(outcome, engine.name(), plan.training_limit) {
                Ok(engine) => {
                    trained(engine.as_ref());
                    engines.push(engine);
                }
                Err(failure) => untrained.push(failure),
            }
            Ok(())
        };
        let idle = || if monitor.cancelled() { Err(Error::Interrupted) } else { Ok(()) };
        pool::run(vec![Arc::clone(engine)], 1, plan.training_limit, train.clone(), each, idle)?;
    }
    plan.engines = engines;
    Ok(untrained)
}

/// States, counties and the nation, each with its neighbours.
fn places(panel: &Panel) -> Places {
    let places = panel.states().iter().chain(panel.counties()).chain([panel.nation()]);
    let places = places.map(|place| (place, panel.neighbours(place.fips()).to_vec()));
    let (histories, neighbours): (Vec<_>, BTreeMap<_, _>) =
        places.map(|(place, beside)| (Arc::clone(&place.history), (place.fips(), beside))).unzip();
    Places::new(histories, neighbours)
}
