//! Local refinement of the SEIR fit against CMA-ES, on counties of a data folder.
//!
//! `cargo run --release --example refinement -- DATA [DAY]` (2020-09-12) takes every 40th county. Both begin with the same
//! points, those that the screen leaves; CMA-ES also gets ten and fifty times as many evaluations.

use std::error::Error;
use std::time::Instant;

use cmaes::{CMAESOptions, DVector};
use countycast::panel::{self, Request};
use countycast_engine::Epidemiology;
use countycast_seir::{Posterior, Seir, Settings};

/// Every so many counties one is taken.
const STRIDE: usize = 40;
/// First step of CMA-ES, in standard deviations of the prior.
const FIRST_STEP: f64 = 0.3;
/// Evaluations of CMA-ES over those of the refinement.
const BUDGETS: [usize; 3] = [1, 10, 50];
/// A loss so far above the least found is worse.
const WORSE: f64 = 0.1;

/// What one search of a place came to.
struct Found {
    loss: f64,
    evaluations: usize,
    seconds: f64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let data = arguments.next().ok_or("which data folder? refinement DATA [DAY]")?.into();
    let as_of = Some(arguments.next().as_deref().unwrap_or("2020-09-12").parse()?);
    let panel = panel::load(&Request { data, as_of, vintage: false }, &panel::Settings::default())?;
    let seir = Seir::new(Settings::default(), &Epidemiology::default())?;
    let counties = panel.counties().iter().step_by(STRIDE);
    let found: Vec<Vec<Found>> =
        counties.filter_map(|county| seir.posterior(&county.history).ok()).map(|posterior| race(&posterior)).collect();
    println!("{} counties of {}\n", found.len(), panel.as_of());
    println!("{:<24}{:>14}{:>10}{:>14}{:>12}", "", "above least", "worse", "evaluations", "ms");
    let names = std::iter::once("refinement".to_owned()).chain(BUDGETS.map(|times| format!("CMA-ES, {times} times")));
    for (method, name) in names.enumerate() {
        let least = |place: &Vec<Found>| place.iter().map(|found| found.loss).fold(f64::INFINITY, f64::min);
        let above: Vec<f64> = found.iter().map(|place| place[method].loss - least(place)).collect();
        let mean = |value: &dyn Fn(&Found) -> f64| {
            found.iter().map(|place| value(&place[method])).sum::<f64>() / found.len() as f64
        };
        println!(
            "{name:<24}{:>14.3}{:>10}{:>14.0}{:>12.2}",
            above.iter().sum::<f64>() / found.len() as f64,
            above.iter().filter(|above| **above > WORSE).count(),
            mean(&|found| found.evaluations as f64),
            mean(&|found| 1e3 * found.seconds),
        );
    }
    Ok(())
}

/// One place: the refinement, then CMA-ES with each budget.
fn race(posterior: &Posterior) -> Vec<Found> {
    let starts = posterior.starts();
    let best = |search: &dyn Fn(&Vec<f64>) -> (f64, usize)| {
        let clock = Instant::now();
        let ends: Vec<(f64, usize)> = starts.iter().map(search).collect();
        Found {
            loss: ends.iter().map(|end| end.0).fold(f64::INFINITY, f64::min),
            evaluations: ends.iter().map(|end| end.1).sum(),
            seconds: clock.elapsed().as_secs_f64(),
        }
    };
    let refined = best(&|start| {
        posterior.refine(start.clone()).map_or((f64::INFINITY, 0), |optimum| (optimum.loss, optimum.evaluations))
    });
    let each = refined.evaluations / starts.len().max(1);
    let mut found = vec![refined];
    found.extend(BUDGETS.map(|times| best(&|start| evolved(posterior, start, times * each))));
    found
}

/// The least loss that CMA-ES comes to with so many evaluations, on the scales of the prior.
fn evolved(posterior: &Posterior, start: &[f64], evaluations: usize) -> (f64, usize) {
    let scales = posterior.scales();
    let loss = |at: &DVector<f64>| {
        let theta: Vec<f64> = start.iter().zip(at.iter().zip(&scales)).map(|(x, (u, scale))| x + u * scale).collect();
        posterior.loss(&theta)
    };
    let options = CMAESOptions::new(vec![0.0; start.len()], FIRST_STEP).max_function_evals(evaluations).seed(1);
    // Without a valid search there is the start.
    let Ok(mut search) = options.build(loss) else { return (posterior.loss(start), 1) };
    let end = search.run();
    (end.overall_best.map_or(f64::INFINITY, |best| best.value), search.function_evals())
}
