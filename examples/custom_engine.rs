//! A fourth model in one file: a renewal equation with the reproduction number of the last two weeks.
//!
//! `cargo run --release --example custom_engine` fits it to one county and prints its next four weeks, as they are and
//! with transmission halved. In the project an engine is a crate under `models/` and a line in `pipeline/registry.rs`.

use std::sync::Arc;

use countycast_engine::{
    Change, Draws, Engine, EngineError, Fitted, History, Horizon, Location, Scenario, Series, Streams, Target,
};
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
    let place = Arc::new(Location::new("31005".parse()?, "Example, NE"));
    let cases = Series::from_counts((0..60).map(|day| (40.0 * (0.02 * f64::from(day)).exp()).round()).collect())?;
    let history = History::new(place, "2020-08-26".parse()?, cases.clone(), cases, None)?;
    let (horizon, streams) = (Horizon::from_days(28)?, Streams::new(1, "renewal", "31005".parse()?));
    let fitted = Renewal { generation_days: 5 }.fit(&history, &streams)?;
    let halved = Change::transmission(history.day(60), history.day(88), 0.5);
    for (name, scenario) in [("as it is", Scenario::baseline()), ("halved", Scenario::baseline().with(halved)?)] {
        let draws = fitted.draw(&scenario, horizon, 1000, &streams)?;
        let paths = draws.paths(Target::Cases).ok_or("no cases")?;
        let mean = paths.map(|path| f64::from(path.iter().sum::<f32>())).sum::<f64>() / 1000.0;
        println!("transmission {name:<9} {mean:>8.0} cases in four weeks");
    }
    Ok(())
}
