//! A projection without files, for programs that use the library.

use std::collections::BTreeMap;

use super::threads;
use crate::error::Error;
use crate::panel::Panel;
use crate::pipeline::{Batch, Monitor, Plan, Projected, Selection};

/// Projects the selected places of a panel and returns them: states in the order of their codes, each followed by its
/// counties, and the nation last.
///
/// The stages are those of [`project()`](super::project()), with the same results: engines are trained, fitted and drawn,
/// blended by their prior shares (nothing is learned from a lake), and regions are the sums of their places. The plan
/// comes from [`plan`](super::plan) and may be changed first, for example by an engine of one's own in [`Plan::engines`].
/// An engine that fails in a place is listed in [`Projected::failures`].
///
/// All results are held in memory. For thousands of places [`Batch::run`] passes them on state by state.
///
/// # Errors
/// [`Error::Request`] for a selected place that the panel lacks or a number of threads that cannot be started, and
/// [`Error::Interrupted`] when the monitor asks to stop; `&()` is a monitor that never does.
pub fn in_memory(
    panel: &Panel,
    plan: Plan,
    selection: Selection,
    monitor: &dyn Monitor,
) -> Result<Vec<Projected>, Error> {
    if let Some(place) = selection.missing(panel) {
        return Err(Error::Request {
            message: format!("the panel has no place {place}"),
            remedy: "select places of `Panel::counties`, `Panel::states` or the nation".to_owned(),
        });
    }
    let threads = threads(plan.jobs)?;
    let mut batch = threads.install(|| Batch::new(panel, plan, selection));
    batch.train(monitor, |_| {})?;
    let mut projected = Vec::new();
    threads.install(|| {
        batch.run(&BTreeMap::new(), monitor, |group| {
            projected.extend(group.results);
            Ok(())
        })
    })?;
    Ok(projected)
}
