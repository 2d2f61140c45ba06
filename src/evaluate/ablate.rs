//! Ablation: scores without each member of the blend and without each group of the learner's features.

use super::Request;
use crate::blend::Learned;
use crate::error::Error;
use crate::output::{self, BLEND};
use crate::scores::{BASELINE, Group, Means, QuantileForecast, Run, Summary, Truth, score};

/// The engine whose features are ablated.
const LEARNER: &str = "learner";

/// Groups of its features, by how their names start.
const FEATURES: [(&str, &[&str]); 9] = [
    ("own growth", &["growth_"]),
    ("last days", &["last_", "highest_day"]),
    ("reporting", &["zero_days", "repaired_days", "day_variation", "days_since_last"]),
    ("state", &["region_"]),
    ("nation", &["nation_"]),
    ("neighbours", &["neighbour_"]),
    ("deaths", &["death"]),
    ("patients", &["patients_"]),
    ("place", &PLACE),
];

/// Covariates of a place: ages, households, income, schooling, mask use, location.
const PLACE: [&str; 19] = [
    "log_population",
    "median_age",
    "age_",
    "density",
    "rural_urban",
    "household_size",
    "crowding",
    "group_quarters",
    "poverty",
    "median_household_income",
    "college_degree",
    "no_high_school",
    "uninsured",
    "minority",
    "limited_english",
    "single_parent",
    "mask_",
    "latitude",
    "longitude",
];

/// Days between past origins at the points of the learner's learning curve.
const CURVE: [(&str, usize); 2] = [("half of the past days", 6), ("a quarter of the past days", 12)];

/// Scores of ablated blends and learners, accumulated over runs.
#[derive(Default)]
pub(super) struct Ablation(Summary);

impl Ablation {
    /// Adds a day: its run, the blend without each of its members, and the learner retrained without each group of
    /// features.
    pub(super) fn add(&mut self, request: &Request, run: &Run, truth: &Truth) -> Result<(), Error> {
        let learned = Learned::nothing(&request.config.blend);
        let whole = |model: &str| model == BLEND || model == LEARNER;
        self.score(run, run.forecasts.iter().filter(|f| whole(&f.model)).cloned().collect(), truth);
        for engine in &request.config.engine_names {
            let others = |model: &str| model != BLEND && model != engine.as_str();
            let blended = learned.blend_of(run, others, &format!("{BLEND}, without {engine}"));
            self.score(run, blended, truth);
        }
        for (name, variant) in variants(request) {
            let found = output::read(&super::folder(&variant, run.as_of))?;
            let renamed = found.forecasts.into_iter().filter(|f| f.model == LEARNER);
            let renamed = renamed.map(|f| QuantileForecast { model: format!("{LEARNER}, {name}"), ..f });
            self.score(run, renamed.collect(), truth);
        }
        Ok(())
    }

    fn score(&mut self, run: &Run, mut forecasts: Vec<QuantileForecast>, truth: &Truth) {
        forecasts.extend(run.forecasts.iter().filter(|f| f.model == BASELINE).cloned());
        let Run { as_of, places, .. } = run;
        self.0.add(&score(&Run { as_of: *as_of, forecasts, places: places.clone() }, truth));
    }

    /// Means over the counties that the engines project, and over states.
    pub(super) fn means(&self) -> Vec<Means> {
        let wanted = |group: &Group| {
            group.model != BASELINE
                && matches!((group.by, group.value.as_str()), ("phase", "independent") | ("level", "state"))
        };
        self.0.means().into_iter().filter(|mean| wanted(&mean.group)).collect()
    }
}

/// Backtests of the learner alone, each with a name and a folder of its own; none where the learner does not run.
pub(super) fn variants(request: &Request) -> Vec<(String, Request)> {
    if !request.config.engine_names.iter().any(|engine| engine == LEARNER) {
        return Vec::new();
    }
    let variant = |name: String, change: &dyn Fn(&mut Request)| {
        let mut variant = Request { ablate: false, archive: false, ..request.clone() };
        variant.config.engine_names = vec![BASELINE.to_owned(), LEARNER.to_owned()];
        variant.out = request.out.join("ablation").join(name.replace(' ', "_"));
        change(&mut variant);
        (name, variant)
    };
    let features = FEATURES.iter().map(|(name, starts)| {
        variant(format!("without {name}"), &|variant| {
            variant.config.engines.learner.without.extend(starts.iter().map(|&start| start.to_owned()));
        })
    });
    let curve = CURVE.iter().map(|(name, days)| {
        variant(format!("from {name}"), &|variant| variant.config.engines.learner.origin_days = *days)
    });
    features.chain(curve).collect()
}
