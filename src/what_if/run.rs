//! A what-if run, from scenarios to files.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use countycast_engine::{Date, Fips, Horizon};

use super::effect::{self, Effect};
use super::entry::Window;
use super::file::{HORIZONS, Scenarios};
use super::needs::{self, Answered, Needs};
use super::set::Setting;
use super::simulate::{self, ALL_PLACES, Answer, BASELINE, Course, POOL, Response, Setup};
use super::variant::{Variant, variants};
use super::{picture, write};
use crate::capacity::{Beds, Stays};
use crate::config::Config;
use crate::error::Error;
use crate::panel::{self, Panel, Place};
use crate::pipeline::{self, Monitor, Selection};

/// Default horizon, days.
const HORIZON_DAYS: usize = 90;

/// The request.
#[derive(Debug, Clone)]
pub struct Request {
    /// The data.
    pub panel: panel::Request,
    /// The scenarios, side by side; if empty, only `settings` apply.
    pub scenarios: Vec<Scenarios>,
    /// Values that override those of all scenarios.
    pub settings: Vec<Setting>,
    /// States (state level), by abbreviation; they replace the scenarios' places.
    pub states: Vec<String>,
    /// Places by FIPS code; they replace the scenarios' places.
    pub fips: Vec<String>,
    /// Days to project; none for the longest of the scenarios, or 90.
    pub horizon_days: Option<usize>,
    /// Joint draws of each engine.
    pub draws: usize,
    /// All other settings; its engines are the members.
    pub config: Config,
    /// Threads, at least 1.
    pub jobs: usize,
    /// The folder to write.
    pub out: PathBuf,
}

/// The results.
#[derive(Debug, Clone)]
pub struct Done {
    /// Last day of data used.
    pub as_of: Date,
    /// The scenarios, and each step of their sweeps.
    pub variants: Vec<Variant>,
    /// A row for each place, scenario, model and quantity.
    pub effects: Vec<Effect>,
    /// The pool's days under the baseline and each scenario.
    pub courses: Vec<Course>,
    /// Patients compared with beds under the baseline and each scenario.
    pub needs: Vec<Needs>,
    /// Engines and places that failed, with their reasons.
    pub failures: Vec<String>,
    /// The places with results, and all of them together if there are several.
    pub places: Vec<Asked>,
}

/// A requested place.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// FIPS code, or [`ALL_PLACES`].
    pub fips: String,
    /// Its name.
    pub name: String,
    /// Beds on the ward and in intensive care; none for several places together.
    pub beds: Option<[Beds; 2]>,
    /// Daily new cases of the weeks up to the as-of day, after repair.
    pub past: Vec<f64>,
}

/// Runs a what-if and writes `effects.parquet`, `.csv` and `.json`, `days.parquet`, `capacity.parquet`, and pictures.
///
/// # Errors
/// [`Error`] for scenarios, places, settings or data that cannot be used, if no place has results, and if the monitor
/// asks to stop.
pub fn what_if(request: &Request, monitor: &dyn Monitor) -> Result<Done, Error> {
    monitor.begin("read", 0);
    let panel = panel::load(&request.panel, &request.config.panel)?;
    let scenarios = scenarios(request);
    let window = Window { as_of: panel.as_of(), horizon: horizon(request, &scenarios)? };
    let mut all = Vec::new();
    for scenario in &scenarios {
        all.extend(variants(scenario.name(), &scenario.entries(window)?));
    }
    told_apart(&all)?;
    let engines =
        pipeline::engines(&request.config.engines, &request.config.epidemiology, &request.config.engine_names)?;
    if !engines.iter().any(|engine| pipeline::is_mechanistic(engine.name())) {
        let message = "no mechanistic engine is requested: scenarios need one".to_owned();
        return Err(Error::Request { message, remedy: "add seir or abm to --engines".to_owned() });
    }
    let setup = Setup {
        engines,
        variants: all,
        stays: Stays::new(&request.config.epidemiology),
        beds: request.config.capacity,
        horizon: window.horizon,
        draws: request.draws,
        seed: request.config.seed,
    };
    let places = places(request, &scenarios, &panel)?;
    let done = ask(&panel, &places, setup, request, monitor)?;
    write::all(&request.out, &done)?;
    picture::all(&request.out, &done)?;
    Ok(done)
}

/// The scenarios of the request, or one without a file, with the overriding values.
fn scenarios(request: &Request) -> Vec<Scenarios> {
    let mut scenarios = request.scenarios.clone();
    if scenarios.is_empty() {
        scenarios.push(Scenarios::from_settings());
    }
    for scenario in &mut scenarios {
        request.settings.iter().for_each(|setting| scenario.set(setting));
    }
    scenarios
}

/// Refuses scenarios with the same name.
fn told_apart(variants: &[Variant]) -> Result<(), Error> {
    let mut names = BTreeSet::from([BASELINE, ""]);
    match variants.iter().find(|variant| !names.insert(&variant.name)) {
        Some(Variant { name, .. }) => Err(Error::Request {
            message: format!("two scenarios are called `{name}`"),
            remedy: "give each file a different `name`; `baseline` is reserved".to_owned(),
        }),
        None => Ok(()),
    }
}

fn horizon(request: &Request, scenarios: &[Scenarios]) -> Result<Horizon, Error> {
    let longest = scenarios.iter().filter_map(Scenarios::horizon_days).max();
    let days = request.horizon_days.or(longest).unwrap_or(HORIZON_DAYS);
    Horizon::from_days(days).ok().filter(|_| HORIZONS.contains(&days)).ok_or_else(|| Error::Request {
        message: format!("horizon of {days} days: must be {} to {}", HORIZONS.start(), HORIZONS.end()),
        remedy: "change --horizon".to_owned(),
    })
}

/// The places of the command line, or else of all scenarios together, or else the nation.
fn places<'a>(request: &Request, scenarios: &[Scenarios], panel: &'a Panel) -> Result<Vec<&'a Place>, Error> {
    let mut codes: BTreeSet<Fips> = match Selection::parse(panel, &request.states, &request.fips)? {
        Selection::All => BTreeSet::new(),
        Selection::States(codes) | Selection::Places(codes) => codes,
    };
    if codes.is_empty() {
        for scenario in scenarios {
            codes.extend(scenario.places(panel)?);
        }
    }
    if codes.is_empty() {
        codes.insert(Fips::US);
    }
    Ok(codes.into_iter().filter_map(|fips| panel.place(fips)).collect())
}

/// Runs every place, in parallel.
fn ask(
    panel: &Panel,
    places: &[&Place],
    setup: Setup,
    request: &Request,
    monitor: &dyn Monitor,
) -> Result<Done, Error> {
    monitor.begin("places", places.len());
    // The time limit of a place grows with the work requested.
    let answers_each = (setup.engines.len() * (1 + setup.variants.len())) as f64;
    let limit = Duration::from_secs_f64(request.config.engine_seconds * answers_each * 5.0);
    let variants = setup.variants.clone();
    let mut answers: Vec<Option<Answer>> = places.iter().map(|_| None).collect();
    let mut failures = Vec::new();
    let jobs: Vec<Place> = places.iter().map(|&place| place.clone()).collect();
    let each = |at: usize, outcome| {
        monitor.step();
        match pipeline::settle(outcome, "what-if", limit) {
            Ok(answer) => answers[at] = Some(answer),
            Err(failure) => failures.push((at, failure.reason)),
        }
        Ok(())
    };
    let idle = || if monitor.cancelled() { Err(Error::Interrupted) } else { Ok(()) };
    pipeline::in_parallel(jobs, request.jobs, limit, move |place| simulate::simulate(place, &setup), each, idle)?;
    failures.sort_unstable();
    let name = |place: &Place| place.history.location().name.clone();
    let mut failures: Vec<String> =
        failures.into_iter().map(|(at, reason)| format!("{}: {reason}", name(places[at]))).collect();
    let answered: Vec<(&Place, Answer)> =
        places.iter().zip(answers).filter_map(|(&place, answer)| Some((place, answer?))).collect();
    if answered.is_empty() {
        let message = format!("no place has results: {}", failures.join("; "));
        return Err(Error::Request { message, remedy: "choose a place with more cases".to_owned() });
    }
    let each: Vec<Answered<'_>> = answered
        .iter()
        .map(|(place, answer)| Answered { fips: place.fips(), beds: &answer.beds, pooled: &answer.pooled })
        .collect();
    let needs = needs::needs(panel, &each, &variants, &request.config.capacity);
    let together = together(&answered, &variants);
    let (mut effects, mut courses, mut asked) = (Vec::new(), Vec::new(), Vec::new());
    for (place, answer) in answered {
        failures.extend(answer.failures.iter().map(|failure| format!("{}: {failure}", name(place))));
        let fips = place.fips().to_string();
        courses.extend(simulate::courses(&fips, &answer.pooled, &answer.past, &variants));
        effects.extend(answer.effects);
        asked.push(Asked { fips, name: name(place), beds: Some(answer.beds), past: answer.past });
    }
    if let Some((all, their_effects, their_courses)) = together {
        asked.push(all);
        effects.extend(their_effects);
        courses.extend(their_courses);
    }
    Ok(Done { as_of: panel.as_of(), variants, effects, courses, needs, failures, places: asked })
}

/// All places together, if there are several. Residents of two of them, a county and its state, count once.
fn together(answered: &[(&Place, Answer)], variants: &[Variant]) -> Option<(Asked, Vec<Effect>, Vec<Course>)> {
    let codes: BTreeSet<Fips> = answered.iter().map(|(place, _)| place.fips()).collect();
    let within_another = |fips: Fips| {
        fips != Fips::US && (codes.contains(&Fips::US) || fips.state().is_some_and(|s| s != fips && codes.contains(&s)))
    };
    let mut parts = answered.iter().filter(|(place, _)| !within_another(place.fips())).map(|(_, answer)| answer);
    let first = parts.next().filter(|_| answered.len() > 1)?;
    let (mut total, mut past, mut count) = (first.pooled.clone(), first.past.clone(), 1);
    for answer in parts {
        total.iter_mut().zip(&answer.pooled).for_each(|(sum, more)| sum.add(more));
        past.iter_mut().zip(&answer.past).for_each(|(sum, more)| *sum += more);
        count += 1;
    }
    let subject = effect::Subject { fips: ALL_PLACES, model: POOL, response: Response::Pool, beds: None };
    let effects = effect::effects(&subject, &total, variants);
    let courses = simulate::courses(ALL_PLACES, &total, &past, variants);
    let places = if count == 1 { "place" } else { "places" };
    let name = format!("all {count} {places}");
    Some((Asked { fips: ALL_PLACES.to_owned(), name, beds: None, past }, effects, courses))
}

impl Done {
    /// The main place: the only one, or all together.
    #[must_use]
    pub fn main_place(&self) -> Option<&Asked> {
        self.places.last()
    }

    /// The pool's effects on a place.
    pub fn pooled<'a>(&'a self, fips: &'a str) -> impl Iterator<Item = &'a Effect> {
        self.effects.iter().filter(move |effect| effect.fips == fips && effect.model == POOL)
    }
}
