//! An engine of one's own through the whole blend: a renewal equation with the reproduction number of the last two weeks.
//!
//! `cargo run --release --example own_engine` adds it to the engines of the demonstration panel's projection, and prints its
//! share in a county and its forecast beside those of the other engines and the blend. In the project an engine is a crate
//! under `models/` and a line in `pipeline/registry.rs`.

use std::sync::Arc;

use countycast::config::Config;
use countycast::panel::{self, Request, demo};
use countycast::pipeline::Selection;
use countycast::project;
use countycast::scores::quantiles::MEDIAN;
use countycast_engine::{Draws, Engine, EngineError, Fitted, History, Horizon, Scenario, Streams, Target};
use rand_distr::{Distribution, Gamma, Poisson};

/// New cases come from those of a generation time ago.
struct Renewal {
    /// Days from one infection to the next.
    generation_days: usize,
}

/// The last generations, and the posterior of the reproduction number: gamma with this shape and rate.
struct FittedRenewal {
    recent: Vec<f64>,
    history: History,
    posterior: Gamma<f64>,
}

impl Engine for Renewal {
    fn name(&self) -> &'static str {
        "renewal"
    }

    fn fit(&self, history: &History, _: &Streams) -> Result<Box<dyn Fitted>, EngineError> {
        let cases = history.cases().cleaned();
        let (window, lag) = (14, self.generation_days);
        let before =
            cases.len().checked_sub(window + lag).ok_or_else(|| EngineError::Refused("under three weeks".into()))?;
        let infected: f64 = cases[before + lag..].iter().sum();
        let infectors: f64 = cases[before..before + window].iter().sum();
        let posterior = Gamma::new(4.0 + infected, 1.0 / (4.0 + infectors));
        let posterior = posterior.map_err(|error| EngineError::NotFinite(error.to_string()))?;
        Ok(Box::new(FittedRenewal { recent: cases[cases.len() - lag..].to_vec(), history: history.clone(), posterior }))
    }
}

impl Fitted for FittedRenewal {
    fn draw(
        &self,
        scenario: &Scenario,
        horizon: Horizon,
        draws: usize,
        streams: &Streams,
    ) -> Result<Draws, EngineError> {
        let mut values = Vec::with_capacity(draws * horizon.days());
        for draw in 0..draws {
            let mut rng = streams.rng("renewal", draw);
            let reproduction = self.posterior.sample(&mut rng);
            let mut cases = self.recent.clone();
            for day in 0..horizon.days() {
                let date = self.history.day(self.history.days() + day);
                let mean = reproduction * scenario.transmission(date) * cases[day];
                cases.push(Poisson::new(mean).map_or(0.0, |poisson| poisson.sample(&mut rng)));
                values.push(cases[cases.len() - 1] as f32);
            }
        }
        Ok(Draws::new(draws, horizon.days())?.with(Target::Cases, values)?)
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (folder, county) = (tempfile::tempdir()?, "19001".parse()?);
    demo::write(folder.path(), demo::SEED)?;
    let request = Request { data: folder.path().to_owned(), as_of: None, vintage: false };
    let panel = panel::load(&request, &panel::Settings::default())?;
    let config = Config { engine_names: ["flat", "trend", "curve"].map(str::to_owned).to_vec(), ..Config::default() };
    let mut plan = project::plan(&config, 2)?;
    plan.engines.push(Arc::new(Renewal { generation_days: 5 }));

    let place = project::in_memory(&panel, plan, Selection::Places([county].into()), &())?.swap_remove(0);
    let share =
        |name: &str| place.weights.iter().find(|weight| weight.engine == name).map_or(0.0, |weight| weight.share);
    let members = place.members.iter().map(|(name, forecast)| (*name, share(name), forecast));
    println!("new cases in {county} in the four weeks after {}\n", panel.as_of());
    println!("{:<10}{:>6}{:>9}{:>9}{:>9}", "", "share", "2.5%", "median", "97.5%");
    for (name, share, forecast) in members.chain(place.blend.iter().map(|blend| ("blend", 1.0, blend))) {
        let cases = forecast.target(Target::Cases).ok_or("no cases")?;
        let [low, median, high] = [1, MEDIAN, 21].map(|level| cases.sum[27][level]);
        println!("{name:<10}{share:>6.2}{low:>9.0}{median:>9.0}{high:>9.0}");
    }
    Ok(())
}
