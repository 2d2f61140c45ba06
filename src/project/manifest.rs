//! The manifest of a run.

use std::collections::BTreeMap;

use super::Request;
use super::files::Rest;
use crate::identity::Identity;
use crate::output::run::{Input, Manifest, Stopwatch};
use crate::panel::{InputFile, Panel, RepairKind};
use crate::pipeline::Batch;

/// The part of a request that determines the result.
#[derive(serde::Serialize)]
struct Asked<'a> {
    config: &'a crate::config::Config,
    states: &'a [String],
    fips: &'a [String],
    as_of: countycast_engine::Date,
    vintage: bool,
    learn: bool,
}

/// Identity of a request's result, apart from the contents of a lake.
pub(super) fn identity(request: &Request, panel: &Panel) -> Identity {
    let Request { config, states, fips, learn, .. } = request;
    let (as_of, vintage, learn) = (panel.as_of(), request.panel.vintage, *learn);
    Identity::of(&Asked { config, states, fips, as_of, vintage, learn }, panel)
}

/// The manifest, without what a lake adds.
pub(super) fn manifest(
    request: &Request,
    panel: &Panel,
    batch: &Batch<'_>,
    rest: &Rest,
    engines: &[&'static str],
    watch: &Stopwatch,
) -> Manifest {
    let input = |input: &InputFile| Input {
        path: input.path.display().to_string(),
        sha256: input.sha256.clone(),
        last_day: input.last_day,
    };
    let shares = batch.shares();
    let unused = shares.unused().map(|determinant| {
        format!("fallback: `{determinant}` is unknown in too many counties, or the same in all, and is not used")
    });
    let notices = panel.notices_about(|place| batch.selects(place));
    Manifest {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        as_of: panel.as_of(),
        horizon_days: request.config.horizon_days,
        seed: request.config.seed,
        engines: engines.iter().map(|&engine| engine.to_owned()).collect(),
        vintage: request.panel.vintage,
        full_scale: request.config.every_resident,
        learned_from_days: 0,
        fits_begun_with: None,
        weights: Vec::new(),
        calibration: Vec::new(),
        synthetic: request.synthetic,
        data: (!request.synthetic).then(|| request.panel.data.clone()).map(|data| data.canonicalize().unwrap_or(data)),
        identity: identity(request, panel),
        config: request.config_text.clone(),
        inputs: panel.inputs().iter().map(input).collect(),
        notices: notices.iter().map(ToString::to_string).chain(unused).collect(),
        stages: watch.stages().to_vec(),
        phases: rest.summary.phases.clone(),
        failures: rest.summary.failures.clone(),
        repairs: repairs(panel, batch),
        without_projection: rest.summary.without.clone(),
        fallback_coefficients: shares.coefficients().map(|c| (c.determinant, [c.cases, c.deaths])).collect(),
        fallback_drift: None,
        models: Vec::new(),
        files: Vec::new(),
        coherence: rest.moved.clone(),
    }
}

/// Repairs in the projected counties by series and kind.
fn repairs(panel: &Panel, batch: &Batch<'_>) -> BTreeMap<String, usize> {
    let mut repairs = BTreeMap::<String, usize>::new();
    for place in panel.counties().iter().filter(|place| batch.selects(place.fips())) {
        for kind in RepairKind::ALL {
            let (cases, deaths) = place.repairs.count(kind);
            for (series, n) in [("cases", cases), ("deaths", deaths)] {
                *repairs.entry(format!("{series}: {}", kind.word())).or_default() += n;
            }
        }
    }
    repairs
}
