//! A what-if from scenarios to files.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use countycast_engine::{Date, Fips, Horizon};

use super::effect::{self, Effect};
use super::entry::Window;
use super::file::Scenarios;
use super::set::Setting;
use super::simulate::{self, ALL_PLACES, Answer, Course, POOL, Response, Setup};
use super::trajectories::Trajectories;
use super::variant::variants;
use super::{picture, write};
use crate::capacity::Stays;
use crate::config::Config;
use crate::error::Error;
use crate::panel::{self, Panel, Place};
use crate::pipeline::{self, Monitor, Selection};

/// Days where neither scenario nor request says.
const HORIZON_DAYS: usize = 90;

/// What to ask.
#[derive(Debug, Clone)]
pub struct Request {
    /// The data.
    pub panel: panel::Request,
    /// The scenarios, side by side; none asks about `settings` alone.
    pub scenarios: Vec<Scenarios>,
    /// Values over those of all scenarios.
    pub settings: Vec<Setting>,
    /// States as wholes, by abbreviation; in place of the scenarios' places.
    pub states: Vec<String>,
    /// Places by FIPS code; in place of the scenarios' places.
    pub fips: Vec<String>,
    /// Days to project; none for the longest of the scenarios, or 90.
    pub horizon_days: Option<usize>,
    /// Joint draws of each engine.
    pub draws: usize,
    /// Settings of everything else; its engines are the members.
    pub config: Config,
    /// Threads, at least 1.
    pub jobs: usize,
    /// The folder to write.
    pub out: PathBuf,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Done {
    /// Last day of data used.
    pub as_of: Date,
    /// A row for each place, scenario, model and quantity.
    pub effects: Vec<Effect>,
    /// The pool's daily cases under the baseline and each scenario.
    pub courses: Vec<Course>,
    /// Engines and places that did not answer, with their reasons.
    pub failures: Vec<String>,
    /// Place names by code.
    pub names: Vec<(String, String)>,
}

/// Answers a what-if and writes `effects.parquet`, `.csv` and `.json`, `days.parquet`, and pictures.
///
/// # Errors
/// [`Error`] for scenarios, places, settings or data that cannot be used, when no place has an answer, and when the
/// monitor asks to stop.
pub fn what_if(request: &Request, monitor: &dyn Monitor) -> Result<Done, Error> {
    monitor.begin("read", 0);
    let panel = panel::load(&request.panel, &request.config.panel)?;
    let scenarios = scenarios(request);
    let window = Window { as_of: panel.as_of(), horizon: horizon(request, &scenarios)? };
    let mut all = Vec::new();
    for scenario in &scenarios {
        all.extend(variants(scenario.name(), &scenario.entries(window)?));
    }
    let engines = pipeline::engines(&request.config.engines, &request.config.engine_names)?;
    if !engines.iter().any(|engine| pipeline::is_mechanistic(engine.name())) {
        let message = "no mechanistic engine is wanted: scenarios act through mechanisms".to_owned();
        return Err(Error::Request { message, remedy: "add seir or abm to --engines".to_owned() });
    }
    let setup = Setup {
        engines,
        variants: all,
        stays: Stays::new(&request.config.capacity),
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

/// The scenarios of the request, or one without a file, with the values given beside them.
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

fn horizon(request: &Request, scenarios: &[Scenarios]) -> Result<Horizon, Error> {
    let longest = scenarios.iter().filter_map(Scenarios::horizon_days).max();
    let days = request.horizon_days.or(longest).unwrap_or(HORIZON_DAYS);
    Horizon::from_days(days).ok().filter(|_| days >= 7).ok_or_else(|| Error::Request {
        message: format!("horizon of {days} days: must be 7 to {}", Horizon::MAX_DAYS),
        remedy: "change horizon_days in the scenario, or --horizon".to_owned(),
    })
}

/// Those of the command line, or else of all scenarios together, or else the nation.
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

/// Asks every place, in parallel.
fn ask(
    panel: &Panel,
    places: &[&Place],
    setup: Setup,
    request: &Request,
    monitor: &dyn Monitor,
) -> Result<Done, Error> {
    monitor.begin("places", places.len());
    // A place's time grows with what is asked of it.
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
    let mut done = Done {
        as_of: panel.as_of(),
        effects: Vec::new(),
        courses: Vec::new(),
        failures: failures.into_iter().map(|(at, reason)| format!("{}: {reason}", name(places[at]))).collect(),
        names: places.iter().map(|place| (place.fips().to_string(), name(place))).collect(),
    };
    let mut total: Option<Vec<Trajectories>> = None;
    let answered = answers.iter().flatten().count();
    for (place, answer) in places.iter().zip(answers).filter_map(|(place, answer)| Some((place, answer?))) {
        done.failures.extend(answer.failures.iter().map(|failure| format!("{}: {failure}", name(place))));
        done.courses.extend(simulate::courses(&place.fips().to_string(), &answer.pooled, &variants));
        done.effects.extend(answer.effects);
        match &mut total {
            Some(total) => total.iter_mut().zip(&answer.pooled).for_each(|(sum, more)| sum.add(more)),
            None => total = Some(answer.pooled),
        }
    }
    let Some(total) = total else {
        let message = format!("no place has an answer: {}", done.failures.join("; "));
        return Err(Error::Request { message, remedy: "ask about a place with more cases".to_owned() });
    };
    if answered > 1 {
        let subject = effect::Subject { fips: ALL_PLACES, model: POOL, response: Response::Pool, beds: None };
        done.effects.extend(effect::effects(&subject, &total, &variants));
        done.courses.extend(simulate::courses(ALL_PLACES, &total, &variants));
        done.names.push((ALL_PLACES.to_owned(), format!("all {answered} places")));
    }
    Ok(done)
}

impl Done {
    /// The place that speaks for all: the only one, or all together.
    #[must_use]
    pub fn main_place(&self) -> &str {
        self.names.last().map_or(ALL_PLACES, |(fips, _)| fips)
    }

    /// The pool's effects on a place.
    pub fn pooled<'a>(&'a self, fips: &'a str) -> impl Iterator<Item = &'a Effect> {
        self.effects.iter().filter(move |effect| effect.fips == fips && effect.model == POOL)
    }
}

/// Effects of the variants of a sweep in the order of their strengths.
pub(super) fn swept<'a>(effects: impl Iterator<Item = &'a Effect>) -> Vec<(f64, &'a Effect)> {
    let mut swept: Vec<(f64, &Effect)> = effects.filter_map(|effect| Some((effect.strength?, effect))).collect();
    swept.sort_by(|a, b| a.0.total_cmp(&b.0));
    swept
}
