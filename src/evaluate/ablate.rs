//! Ablation: scores without each member of the blend and without each group of the learner's features.

use super::Request;
use crate::blend::Learned;
use crate::config::Config;
use crate::output::BLEND;
use crate::pipeline::FeatureGroup;
use crate::scores::{BASELINE, Group, Means, QuantileForecast, Run, Summary, Truth, score};

/// The engine whose features are ablated.
const LEARNER: &str = "learner";

/// Days between past origins at the points of the learner's learning curve.
const CURVE: [(&str, usize); 2] = [("half of the past days", 6), ("a quarter of the past days", 12)];

/// Scores of ablated blends and learners, accumulated over runs.
#[derive(Default)]
pub(super) struct Ablation {
    summary: Summary,
    /// The run of the last day added, with the baseline's forecasts only.
    baseline: Option<Run>,
}

impl Ablation {
    /// Adds a day's own run, and the blend without each of its members.
    pub(super) fn add(&mut self, config: &Config, mut run: Run, truth: &Truth) {
        let learned = Learned::nothing(&config.blend);
        let whole = |model: &str| model == BLEND || model == LEARNER;
        let mut found = vec![run.forecasts.iter().filter(|f| whole(&f.model)).cloned().collect()];
        for engine in &config.engine_names {
            let others = |model: &str| model != BLEND && model != engine.as_str();
            found.push(learned.blend_of(&run, others, &format!("{BLEND}, without {engine}")));
        }
        run.forecasts.retain(|forecast| forecast.model == BASELINE);
        self.baseline = Some(run);
        found.into_iter().for_each(|forecasts| self.score(forecasts, truth));
    }

    /// Adds a run of the same day of an ablated learner.
    pub(super) fn add_variant(&mut self, name: &str, run: Run, truth: &Truth) {
        let renamed = run.forecasts.into_iter().filter(|f| f.model == LEARNER);
        let renamed = renamed.map(|f| QuantileForecast { model: format!("{LEARNER}, {name}"), ..f });
        self.score(renamed.collect(), truth);
    }

    fn score(&mut self, mut forecasts: Vec<QuantileForecast>, truth: &Truth) {
        let Some(Run { as_of, places, forecasts: baseline }) = &self.baseline else { return };
        forecasts.extend(baseline.iter().cloned());
        self.summary.add(&score(&Run { as_of: *as_of, forecasts, places: places.clone() }, truth));
    }

    /// Means over the counties that the engines project, and over states.
    pub(super) fn means(&self) -> Vec<Means> {
        let wanted = |group: &Group| {
            group.model != BASELINE
                && matches!((group.by, group.value.as_str()), ("phase", "independent") | ("level", "state"))
        };
        self.summary.means().into_iter().filter(|mean| wanted(&mean.group)).collect()
    }
}

/// Backtests of the learner alone: retrained without each group of features that it uses, and on fewer past days. Each has a
/// name and a folder of its own; none if the learner does not run.
pub(super) fn variants(request: &Request) -> Vec<(String, Request)> {
    if !request.config.engine_names.iter().any(|engine| engine == LEARNER) {
        return Vec::new();
    }
    let variant = |name: String, change: &dyn Fn(&mut Request)| {
        let mut variant = Request { ablate: false, learn: false, ..request.clone() };
        variant.config.engine_names = vec![BASELINE.to_owned(), LEARNER.to_owned()];
        variant.out = request.out.join("ablation").join(name.replace(' ', "_"));
        change(&mut variant);
        (name, variant)
    };
    let given = &request.config.engines.learner.without;
    let used = |group: &FeatureGroup| group.features().any(|name| !given.iter().any(|start| name.starts_with(start)));
    let features = FeatureGroup::ALL.into_iter().filter(used).map(|group| {
        variant(format!("without {}", group.name()), &|variant| {
            variant.config.engines.learner.without.extend(group.features().map(str::to_owned));
        })
    });
    let curve = CURVE.iter().map(|(name, days)| {
        variant(format!("from {name}"), &|variant| variant.config.engines.learner.origin_days = *days)
    });
    features.chain(curve).collect()
}
