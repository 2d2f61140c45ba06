//! A what-if run, from scenarios to files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use countycast_engine::{Change, Date, Fips, Indicator, Measure, Rule};

use super::answer::{Answer, answer};
use super::done::{Asked, Done};
use super::entry::{self, Entry, Window};
use super::needs::{self, Answered};
use super::request::{Request, told_apart};
use super::together::{ALL_PLACES, Together, Whole};
use super::variant::{Variant, variants};
use super::write;
use crate::capacity::{Bed, Beds};
use crate::config::Config;
use crate::error::Error;
use crate::lake::Lake;
use crate::output::{Staging, apart};
use crate::panel::{self, Panel, State};
use crate::pipeline::{self, Batch, Levels, Monitor, Plan, Projected, Schools, Selection};
use crate::policies;
use crate::project::{self, recall, taught};

/// Greatest age in days of a kept model that is loaded instead of trained, unless the settings allow more.
const KEPT_DAYS: u16 = 7;

/// Level of the Oxford tracker at which all schools are closed by order.
const ALL_CLOSED: u8 = 3;

/// Runs a what-if and writes `effects.parquet`, `.csv` and `.json`, `projections.parquet`, `days.parquet`,
/// `capacity.parquet`, and, with the feature `pictures`, charts. The output folder is replaced as a whole at the very end,
/// or not at all.
///
/// The baseline is the projection of [`project::project`] for the same places, day, horizon, settings and, if one is given,
/// lake.
///
/// # Errors
/// [`Error`] for scenarios, places, settings or data that cannot be used, if no place has results, and if the monitor
/// asks to stop.
pub fn what_if(request: &Request, monitor: &dyn Monitor) -> Result<Done, Error> {
    let data = Some(&request.panel.data);
    for (folder, name) in [(request.lake.as_ref(), "--lake"), (data, "--data")] {
        folder.map_or(Ok(()), |folder| apart((folder, name), (&request.out, "--out")))?;
    }
    let staging = Staging::reserve(&request.out, write::LAYOUT)?;
    let threads = project::threads(request.jobs)?;
    monitor.begin("read", 0);
    let panel = threads.install(|| panel::load(&request.panel, &request.config.panel))?;
    let scenarios = request.all_scenarios();
    let window = Window { as_of: panel.as_of(), horizon: request.horizon(&scenarios)? };
    let mut all = Vec::new();
    for scenario in &scenarios {
        all.extend(variants(scenario.name(), &scenario.entries(window)?));
    }
    told_apart(&all)?;
    let places = request.places(&scenarios, &panel)?;
    let mut config = request.config.clone();
    config.horizon_days = window.horizon.days();
    let mut plan = project::plan(&config, request.jobs)?;
    if !plan.engines.iter().any(|engine| pipeline::is_mechanistic(engine.name())) {
        let message = "no mechanistic engine is requested: scenarios need one".to_owned();
        return Err(Error::Request { message, remedy: "add seir or abm to --engines".to_owned() });
    }
    plan.scenarios = all.iter().map(levels).collect::<Result<_, _>>()?;
    let mut notices = match &request.lake {
        Some(root) => learn(root, &mut plan, &panel, request)?,
        None => Vec::new(),
    };
    let closed = closed_schools(request, &panel)?;
    if all.iter().any(closes_schools) {
        let concerned = |state: &Fips| places.iter().any(|place| place.state() == Some(*state));
        notices.extend(closed.iter().filter(|(state, _)| concerned(state)).map(|(state, since)| {
            let name = State::of(*state).map_or("", |state| state.name);
            format!("schools of {name} are closed by order since {since}: closing them changes nothing there")
        }));
    }
    notices.extend(without_beds(&all, &places, &panel, &config)?);
    let idle = all.iter().filter_map(|variant| Some((variant.name.clone(), no_school(variant, &places, &closed)?)));
    let idle: BTreeMap<String, String> = idle.collect();
    plan.schools = Schools::closed_in(closed.into_keys().collect());
    let mut answers = Answers::new(&panel, all, Together::new(places.clone()), request);
    let mut batch = threads.install(|| Batch::new(&panel, plan, Selection::Places(places)));
    batch.train(monitor, |_| {})?;
    batch.run(&BTreeMap::new(), monitor, |group| {
        group.results.into_iter().for_each(|projected| answers.add(projected));
        Ok(())
    })?;
    let done = threads.install(|| answers.done(notices, idle))?;
    staging.fresh()?;
    write::all(&staging, &done, &panel)?;
    #[cfg(feature = "pictures")]
    super::picture::all(&staging, &done)?;
    staging.commit()?;
    Ok(done)
}

/// Places where rules about intensive care never hold, because no bed there is known.
///
/// # Errors
/// [`Error::Request`] if that is so everywhere, and a scenario has such a rule.
fn without_beds(
    variants: &[Variant],
    places: &BTreeSet<Fips>,
    panel: &Panel,
    config: &Config,
) -> Result<Vec<String>, Error> {
    let looks = |rule: Rule| rule.indicator() == Indicator::Icu;
    let rules = || variants.iter().flat_map(|variant| &variant.entries).filter_map(Entry::rule);
    if !rules().any(looks) {
        return Ok(Vec::new());
    }
    let known = |place: &&panel::Place| {
        Beds::of(&place.history.location().covariates, Bed::Icu, &config.capacity).free().is_some()
    };
    let asked: Vec<&panel::Place> = places.iter().filter_map(|place| panel.place(*place)).collect();
    let without: Vec<&str> =
        asked.iter().filter(|place| !known(place)).map(|place| place.history.location().name.as_str()).collect();
    if without.is_empty() {
        return Ok(Vec::new());
    }
    if without.len() == asked.len() {
        return Err(Error::Request {
            message: "a rule looks at intensive care, and no place asked for has known beds there".to_owned(),
            remedy: "choose other places, or a rule on cases: \"cases > 100 per 100,000\"".to_owned(),
        });
    }
    let names = without.join(", ");
    Ok(vec![format!("no beds in intensive care are known in {names}: rules about them never hold there")])
}

/// States whose schools are all closed by order on the as-of day, and since when (Oxford tracker, level 3 of school closing).
fn closed_schools(request: &Request, panel: &Panel) -> Result<BTreeMap<Fips, String>, Error> {
    let policies = policies::read(&request.panel.data, panel.as_of())?;
    let closed = |(state, policies): (&Fips, &BTreeMap<&str, policies::Levels>)| {
        let (since, level) = policies.get("schools")?.last()?;
        (*level == ALL_CLOSED).then(|| (*state, since.clone()))
    };
    Ok(policies.iter().filter_map(closed).collect())
}

/// Why a scenario that does nothing but close schools changes nothing in any of the places: no school is open there on its days.
fn no_school(variant: &Variant, places: &BTreeSet<Fips>, closed: &BTreeMap<Fips, String>) -> Option<String> {
    let levels = levels(variant).ok()?;
    let changes: Vec<&Change> = levels.iter().flat_map(|scenario| scenario.all_changes()).collect();
    if changes.iter().any(|change| !matches!(change.measure, Measure::CloseSchools { .. })) {
        return None;
    }
    let mut until = None;
    for place in places.iter().filter(|place| place.state().is_none_or(|state| !closed.contains_key(&state))) {
        for change in &changes {
            until = until.max(Some(Schools::holidays_until(*place, change)?));
        }
    }
    Some(match until {
        Some(until) => format!("school is out on all of its days, with summer holidays until {until}"),
        None => "schools are closed by order".to_owned(),
    })
}

fn closes_schools(variant: &Variant) -> bool {
    let closes = |change: &Change| matches!(change.measure, Measure::CloseSchools { .. });
    levels(variant).is_ok_and(|levels| levels.iter().any(|scenario| scenario.all_changes().any(closes)))
}

/// The scenarios that represent a variant's uncertain strength.
fn levels(variant: &Variant) -> Result<Levels, Error> {
    entry::scenarios(&variant.entries).map_err(|error| Error::Request {
        message: format!("`{}`: {error}", variant.name),
        remedy: "`countycast what-if --list` explains every value".to_owned(),
    })
}

/// Learns from the lake as a run of the same day would, and loads models from it. Unlike a run, it makes no hindcasts where
/// past projections are missing.
fn learn(root: &Path, plan: &mut Plan, panel: &Panel, request: &Request) -> Result<Vec<String>, Error> {
    if !root.is_dir() {
        return Err(Error::Request {
            message: format!("--lake {}: there is no such folder", root.display()),
            remedy: "`countycast project --lake` makes and fills one".to_owned(),
        });
    }
    let (lake, as_of) = (Lake::new(root), panel.as_of());
    let taught = taught(&lake, &request.config.blend, panel)?;
    let days = request.config.model_days.max(KEPT_DAYS);
    let recalled = recall(&lake, &mut plan.engines, as_of, 0..=days, &request.config);
    let mut notices = vec![format!("lake: shares learned from {} past days", taught.learned.days)];
    notices.extend(recalled.days().map(|(engine, day): (_, Date)| format!("lake: {engine} as trained on {day}")));
    notices.extend(taught.damaged);
    notices.extend(recalled.skipped);
    (plan.learned, plan.earlier) = (Arc::new(taught.learned), Arc::new(taught.earlier));
    Ok(notices)
}

/// Results as they arrive.
struct Answers<'a> {
    panel: &'a Panel,
    variants: Vec<Variant>,
    request: &'a Request,
    together: Together,
    answers: BTreeMap<Fips, (Answer, Answered)>,
    failures: BTreeMap<Fips, Vec<String>>,
}

impl<'a> Answers<'a> {
    fn new(panel: &'a Panel, variants: Vec<Variant>, together: Together, request: &'a Request) -> Self {
        Self { panel, variants, request, together, answers: BTreeMap::new(), failures: BTreeMap::new() }
    }

    fn name(&self, fips: Fips) -> String {
        self.panel.place(fips).map_or_else(|| fips.to_string(), |place| place.history.location().name.clone())
    }

    fn add(&mut self, projected: Projected) {
        let Some(place) = self.panel.place(projected.fips) else { return };
        let (fips, name) = (place.fips(), self.name(place.fips()));
        let failures = projected.failures.iter().map(|f| format!("{name}: {}: {}", f.engine, f.reason));
        let failures = self.failures.entry(fips).or_insert_with(|| failures.collect());
        match answer(place, projected, &self.variants, &self.request.config.capacity) {
            Some(mut answer) => {
                let patients = answer.draws.iter().map(|(_, census)| census.clone()).collect();
                let answered = Answered { fips, beds: answer.beds, patients };
                self.together.add(&mut answer);
                self.answers.insert(fips, (answer, answered));
            }
            None => failures.push(format!("{name}: no mechanistic engine succeeded, here or in the state")),
        }
    }

    fn done(self, notices: Vec<String>, idle: BTreeMap<String, String>) -> Result<Done, Error> {
        let failures: Vec<String> = self.failures.values().flatten().cloned().collect();
        if self.answers.is_empty() {
            let message = format!("no place has results: {}", failures.join("; "));
            return Err(Error::Request { message, remedy: "choose a place with more cases".to_owned() });
        }
        let names: Vec<String> = self.answers.keys().map(|fips| self.name(*fips)).collect();
        let Self { panel, variants, request, together, answers, .. } = self;
        let (answers, answered): (Vec<Answer>, Vec<Answered>) = answers.into_values().unzip();
        let needs = needs::needs(panel, &answered, &variants, &request.config.capacity);
        let (mut effects, mut courses, mut forecasts, mut places) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut rules = Vec::new();
        for (answer, name) in answers.into_iter().zip(names) {
            places.push(Asked { fips: answer.fips.to_string(), name, beds: Some(answer.beds), past: answer.past });
            effects.extend(answer.effects);
            courses.extend(answer.courses);
            rules.extend(answer.rules);
            forecasts.push((answer.fips, answer.forecasts));
        }
        if let Some(Whole { name, effects: of_all, courses: days_of_all, past }) = together.whole(&variants) {
            places.push(Asked { fips: ALL_PLACES.to_owned(), name, beds: None, past });
            effects.extend(of_all);
            courses.extend(days_of_all);
        }
        let as_of = panel.as_of();
        Ok(Done { as_of, variants, effects, forecasts, courses, rules, needs, failures, notices, idle, places })
    }
}
