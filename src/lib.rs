//! County-level epidemic projections for the United States.
//!
//! This page is for programs that use the library; the program `countycast` is described in the README.
//!
//! # From files to quantiles
//!
//! A projection is made in one order of stages, for `project`, `evaluate`, `tune`, `what-if` and the library alike:
//!
//! 1. **Sources.** [`panel::Sources`] parses a folder of publishers' files once. [`panel::demo`] writes a synthetic one.
//! 2. **Panel.** [`Sources::as_of`](panel::Sources::as_of) gives the [`Panel`](panel::Panel) of one day: all counties,
//!    states and the nation on the same days, repaired, with covariates, and nothing from later days.
//!    [`panel::load`] does both steps; [`Panel::from_counties`](panel::Panel::from_counties) takes arrays instead.
//! 3. **Plan.** [`project::plan`] turns a [`Config`](config::Config) into a [`Plan`](pipeline::Plan): engines, horizon,
//!    number of draws, seed, threads and time limits. A [`Selection`](pipeline::Selection) names the places.
//! 4. **Train.** Engines that learn do so on all places of the panel.
//! 5. **Fit.** Each engine is fitted to each place with enough history ([`phase`]). The other counties follow their state
//!    ([`fallback`]).
//! 6. **Draw.** A fit gives joint trajectories of the coming days: cases, deaths and, from some engines, hospital patients.
//! 7. **Blend.** Quantiles are taken last, after days have been added up within each draw, at
//!    [23 levels](scores::quantiles::LEVELS); those of the engines are averaged by their shares ([`blend`]).
//! 8. **Cohere.** A state becomes the sum of its counties, and the nation that of the states.
//! 9. **Quantiles.** A [`Projected`](pipeline::Projected) holds the quantiles of the blend and of each engine by day, week
//!    and sum, with shares, hospital patients, the reproduction number and the engines that failed.
//!
//! [`project::in_memory`] goes through stages 4 to 9 and returns the results; [`project::project()`] also writes them to
//! files. [`pipeline`] has the stages one by one.
//!
//! ```
//! use countycast::config::Config;
//! use countycast::panel::{self, Request, demo};
//! use countycast::pipeline::Selection;
//! use countycast::project;
//! use countycast::scores::quantiles::{LEVELS, MEDIAN};
//! use countycast_engine::Target;
//!
//! let folder = tempfile::tempdir()?;
//! demo::write(folder.path(), demo::SEED)?;
//! let config = Config { engine_names: vec!["flat".into(), "trend".into()], ..Config::default() };
//! let request = Request { data: folder.path().to_owned(), as_of: None, vintage: false };
//! let panel = panel::load(&request, &config.panel)?;
//!
//! let plan = project::plan(&config, 2)?;
//! let iowa = Selection::parse(&panel, &["IA".to_owned()], &[])?;
//! let projected = project::in_memory(&panel, plan, iowa, &())?;
//!
//! // The state comes first, then its counties.
//! let blend = projected[0].blend.as_ref().ok_or("no engine succeeded")?;
//! let cases = blend.target(Target::Cases).ok_or("no cases")?;
//! let first_week = cases.week[0];
//! println!("Iowa, median of the first week: {:.0}", first_week[MEDIAN]);
//! assert_eq!((LEVELS[0], LEVELS[MEDIAN], LEVELS[22]), (0.01, 0.5, 0.99));
//! assert!(first_week.is_sorted() && first_week[0] < first_week[22]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The folder `examples/` has three programs more: `one_county` prints a county's quantiles by all default engines,
//! `own_engine` takes an engine of one's own through the blend, and `own_data` projects counts from arrays.
//!
//! # Crates
//!
//! | crate | purpose |
//! |---|---|
//! | `countycast` | plan, stages, blend, output files, scenarios, tuning, the program |
//! | [`countycast-panel`](panel) | sources and panel |
//! | [`countycast-fetch`](countycast_fetch) | publishers' files in a folder of immutable vintages |
//! | [`countycast-signals`](countycast_signals) | weekly signals with their vintages, hubs' rules and files |
//! | [`countycast-scores`](scores) | quantiles, weighted interval score, coverage, relative scores |
//! | [`countycast-engine`](countycast_engine) | the contract that every engine keeps: [`Engine`](countycast_engine::Engine) |
//! | `countycast-reference`, `-curve`, `-learner`, `-seir`, `-abm` | the engines; [`pipeline::engines`] makes them |
//! | `countycast-boost` | gradient boosting, used by `learner` and `seir` |
//!
//! # Features
//!
//! All are on by default; `default-features = false` leaves a library without command line and drawing.
//!
//! | feature | adds |
//! |---|---|
//! | `pictures` | charts of `evaluate`, `what_if` and `tune` as SVG and PNG |
//! | `tune` | the module `tune`, which searches for settings |
//! | `cli` | the program `countycast`; includes the other two |
//!
//! # Modules
//!
//! A module uses only those before it in this order: [`panel`], [`scores`] · [`error`], [`reproduction`] · [`observed`] ·
//! [`phase`], [`fallback`], [`blend`], [`capacity`] · [`pipeline`] · [`config`], [`weekly`] · [`identity`] · [`output`] · [`finder`], [`lake`] ·
//! [`project`] · [`evaluate`], `tune`, [`what_if`] · [`report`].

pub use countycast_panel as panel;
pub use countycast_scores as scores;

pub mod blend;
pub mod capacity;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
pub mod config;
pub mod error;
pub mod evaluate;
pub mod fallback;
pub mod finder;
pub mod identity;
pub mod lake;
pub mod observed;
pub mod output;
pub mod phase;
#[cfg(feature = "pictures")]
mod pictures;
pub mod pipeline;
mod policies;
pub mod project;
mod recent;
pub mod report;
pub mod reproduction;
#[cfg(feature = "tune")]
pub mod tune;
pub mod weekly;
pub mod what_if;
