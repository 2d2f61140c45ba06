//! What an evaluation in hubs found.

use std::collections::{BTreeMap, BTreeSet};

use countycast_engine::weekly::Week;
use countycast_signals::{By, Geography, Group, Hub, ModelScore, Scores, TargetScores};
use serde::Serialize;
use serde_json::json;

/// What a backtest in hubs found.
#[derive(Debug, Clone, Serialize)]
pub struct HubsDone {
    /// By hub.
    pub hubs: Vec<HubDone>,
    /// Names of our models.
    pub ours: Vec<String>,
    /// Reference dates that a lake had, made with the same program, settings and files.
    pub reused: usize,
    /// What was noticed.
    pub notices: Vec<String>,
}

/// What a backtest found in one hub.
#[derive(Debug, Clone, Serialize)]
pub struct HubDone {
    /// The hub.
    pub hub: String,
    /// Reference dates that were scored.
    pub reference_dates: Vec<String>,
    /// Scores by target.
    #[serde(serialize_with = "rows")]
    pub targets: Vec<TargetScores>,
    /// Where and when the blend did worse than the baseline, in the order of the targets.
    pub behind: Vec<Behind>,
}

/// Where and when a model did worse than the baseline.
#[derive(Debug, Clone, Serialize)]
pub struct Behind {
    /// The hub's name of the target.
    pub target: String,
    /// Places that were scored.
    pub places: usize,
    /// Names of those where the model did worse, with its relative score, worst first.
    pub worse_places: Vec<(String, f64)>,
    /// Reference dates that were scored.
    pub dates: usize,
    /// Those on which it did worse, with its relative score, worst first.
    pub worse_dates: Vec<(String, f64)>,
}

impl HubDone {
    /// Sums up a hub's scores; `blend` is the model that is held against the baseline.
    pub(super) fn new(
        hub: &Hub,
        weeks: &BTreeSet<Week>,
        scores: &[Scores],
        blend: &str,
        geography: &Geography,
    ) -> Self {
        Self {
            hub: hub.name.clone(),
            reference_dates: weeks.iter().map(ToString::to_string).collect(),
            targets: scores.iter().map(TargetScores::from).collect(),
            behind: scores.iter().map(|scores| Behind::new(scores, blend, geography)).collect(),
        }
    }
}

impl Behind {
    fn new(scores: &Scores, model: &str, geography: &Geography) -> Self {
        let groups = |by: By| -> Vec<(String, f64)> {
            let relative = |group: Group| Some((group.value.clone(), group.model(model)?.relative?));
            scores.by(by).into_iter().filter_map(relative).collect()
        };
        let worse = |all: &[(String, f64)]| -> Vec<(String, f64)> {
            let mut worse: Vec<_> = all.iter().filter(|(_, relative)| *relative > 1.0).cloned().collect();
            worse.sort_by(|a, b| b.1.total_cmp(&a.1));
            worse
        };
        let (places, dates) = (groups(By::Location), groups(By::ReferenceDate));
        let named = |(place, relative): (String, f64)| (place_name(&place, geography), relative);
        Self {
            target: scores.target.clone(),
            places: places.len(),
            worse_places: worse(&places).into_iter().map(named).collect(),
            dates: dates.len(),
            worse_dates: worse(&dates),
        }
    }
}

/// The name by which people know a hub's location.
pub(super) fn place_name(location: &str, geography: &Geography) -> String {
    geography.located(location).map_or_else(|| location.to_owned(), |area| geography.name(&area))
}

/// A row a model and target.
fn rows<S: serde::Serializer>(targets: &[TargetScores], serializer: S) -> Result<S::Ok, S::Error> {
    let row = |target: &TargetScores, model: &ModelScore| {
        let of_season = |group: &Group| Some((group.value.clone(), group.model(&model.model)?.relative));
        let seasons: BTreeMap<String, Option<f64>> = target.seasons.iter().filter_map(of_season).collect();
        json!({
            "target": target.target, "tasks": target.all.tasks, "model": model.model,
            "relative_wis": model.relative, "relative_wis_by_horizon": target.by_horizon(&model.model),
            "relative_wis_by_season": seasons, "relative_wis_of_logs": model.relative_log, "mean_wis": model.mean,
            "covered_50": target.held(model, 0.5), "covered_95": target.held(model, 0.95), "share_of_tasks": model.share,
        })
    };
    serializer
        .collect_seq(targets.iter().flat_map(|target| target.all.models.iter().map(move |model| row(target, model))))
}
