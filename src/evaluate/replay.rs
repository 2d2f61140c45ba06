//! The runs of past days: projected now, or reused from an earlier evaluation.

use std::path::PathBuf;

use countycast_engine::Date;

use super::{Request, ablate};
use crate::error::Error;
use crate::output;
use crate::output::run::Manifest;
use crate::panel::{self, Sources};
use crate::pipeline::Monitor;
use crate::project::{self, Day, Forecasts, side_by_side};
use crate::scores::Run;

/// A day's run.
pub(super) struct Replayed<'a> {
    /// Name of the ablation; none for the day's own run.
    pub(super) variant: Option<&'a str>,
    pub(super) run: Run,
    /// Whether it is of an earlier evaluation.
    pub(super) reused: bool,
}

/// A run to project or to reuse.
struct Wanted {
    variant: Option<String>,
    request: project::Request,
}

/// Location of a run.
enum Found {
    Memory(Run),
    Folder(PathBuf),
}

/// Passes the runs of all days to `each`: each day's own, followed with `--ablate` by those of the ablated learner. Days run
/// in parallel, unless each learns from those before.
pub(super) fn runs(
    sources: &Sources,
    request: &Request,
    dates: &[Date],
    monitor: &dyn Monitor,
    mut each: impl FnMut(Replayed<'_>) -> Result<(), Error> + Send,
) -> Result<(), Error> {
    let mut variants = vec![(None, request.clone())];
    if request.ablate {
        variants.extend(ablate::variants(request).into_iter().map(|(name, variant)| (Some(name), variant)));
    }
    let of_day = |date: &Date| {
        let wanted = |(variant, request): &(Option<String>, Request)| Wanted {
            variant: variant.clone(),
            request: one_day(request, *date),
        };
        variants.iter().map(wanted).collect::<Vec<_>>()
    };
    let wanted: Vec<Wanted> = dates.iter().flat_map(of_day).collect();
    let mut hand_on = |wanted: &Wanted, found: Found| {
        let variant = wanted.variant.as_deref();
        each(match found {
            Found::Memory(run) => Replayed { variant, run, reused: false },
            Found::Folder(out) => Replayed { variant, run: output::read(&out)?, reused: true },
        })
    };
    if request.learn {
        // Each day learns from those before: after a new run, no later one can be reused.
        let mut reuse = true;
        return wanted.iter().try_for_each(|wanted| {
            let found = run(sources, &wanted.request, reuse, monitor)?;
            reuse = matches!(found, Found::Folder(_));
            hand_on(wanted, found)
        });
    }
    let name = |wanted: &Wanted| {
        let out = &wanted.request.out;
        out.strip_prefix(&request.out).unwrap_or(out).display().to_string()
    };
    let work = |wanted: &Wanted, jobs, monitor: &dyn Monitor| {
        run(sources, &project::Request { jobs, ..wanted.request.clone() }, true, monitor)
    };
    side_by_side(&wanted, request.jobs, monitor, name, work, hand_on)
}

/// Projects a day, unless `reuse` is allowed and its folder has a run of the same identity.
fn run(sources: &Sources, request: &project::Request, reuse: bool, monitor: &dyn Monitor) -> Result<Found, Error> {
    let day = Day::read(sources, request, monitor)?;
    // A folder without a readable manifest, or with other files than it names, has no run to reuse.
    let found = Manifest::read_with(&request.out, &["projections.parquet", "counties.parquet"]);
    if reuse && found.is_ok_and(|manifest| manifest.identity == day.identity()) {
        return Ok(Found::Folder(request.out.clone()));
    }
    project::run(project::reserve(request)?, sources, day, Forecasts::Scored, monitor)
        .map(|(_, run)| Found::Memory(run))
}

fn one_day(request: &Request, as_of: Date) -> project::Request {
    project::Request {
        panel: panel::Request { data: request.data.clone(), as_of: Some(as_of), vintage: request.vintage },
        synthetic: false,
        out: request.out.join("runs").join(as_of.to_string()),
        lake: request.learn.then(|| request.out.join("lake")),
        learn: request.learn,
        models: None,
        config: request.config.clone(),
        config_text: request.config_text.clone(),
        states: request.states.clone(),
        fips: request.fips.clone(),
        jobs: request.jobs,
    }
}
