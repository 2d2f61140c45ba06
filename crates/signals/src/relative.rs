//! How a hub's models did, relative to its baseline.

use std::collections::{BTreeMap, BTreeSet};

use countycast_engine::weekly::{Area, Unit, Week};
use countycast_scores::{pairwise, quantile_score};
use rayon::prelude::*;

use crate::forecasts::{Answer, Forecasts, Task};
use crate::hubs::{Hub, Target};
use crate::read::Signals;

/// Horizons over which scores are summed, weeks after the reference week.
pub const SCORED_HORIZONS: [i8; 4] = [0, 1, 2, 3];

/// Tasks that two models must share to be compared.
const LEAST_COMMON: usize = 20;

/// Which tasks are scored.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Selected {
    /// First reference week.
    pub from: Option<Week>,
    /// Last reference week.
    pub to: Option<Week>,
    /// Only locations smaller than a state.
    pub below_state: bool,
}

/// How one model did on a target.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelScore {
    /// The model.
    pub model: String,
    /// Pairwise relative weighted interval score by horizon, in the order of [`SCORED_HORIZONS`]; none where too few
    /// tasks are shared.
    pub by_horizon: [Option<f64>; 4],
    /// The same over all horizons.
    pub relative: Option<f64>,
    /// The same of log(x + 1), for counts.
    pub relative_log: Option<f64>,
    /// Mean score, in the hub's unit.
    pub mean: f64,
    /// Share of the observed values within the central 50 and 95 % intervals.
    pub covered: [f64; 2],
    /// Tasks answered, divided by the baseline's.
    pub share: f64,
}

/// How the models did on one target of a hub.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetScores {
    /// The hub's name of the target.
    pub target: String,
    /// Tasks that the baseline answered and whose outcome is known.
    pub tasks: usize,
    /// The models, best first.
    pub models: Vec<ModelScore>,
}

/// A task's score.
#[derive(Debug, Clone, Copy)]
struct Scored {
    wis: f64,
    log: f64,
    covered: [bool; 2],
}

/// Scores all models on each target of a hub against the values as the hub last published them, or where it published none of
/// a target as anyone did. The nation is left out.
///
/// A model's relative score is the geometric mean, over all models with which it shares at least 20 tasks, of the ratio of
/// the mean scores on the shared tasks, divided by that of the hub's baseline.
#[must_use]
pub fn relative_scores(hub: &Hub, forecasts: &Forecasts, truth: &Signals, selected: Selected) -> Vec<TargetScores> {
    hub.targets.iter().filter_map(|target| of_target(hub, target, forecasts, truth, selected)).collect()
}

fn of_target(
    hub: &Hub,
    target: &Target,
    forecasts: &Forecasts,
    truth: &Signals,
    selected: Selected,
) -> Option<TargetScores> {
    let wanted = |task: &Task| {
        *task.target == *target.target
            && SCORED_HORIZONS.contains(&task.horizon)
            && selected.from.is_none_or(|from| task.reference >= from)
            && selected.to.is_none_or(|to| task.reference <= to)
    };
    let own = truth.observed.knows(&target.target);
    let observed = |area: &Area, week: Week| {
        if own {
            truth.observed.value(&target.target, area, week)
        } else {
            truth.vintages.last(target.signal, area, week)
        }
    };
    let locations: BTreeSet<&str> = forecasts.models.values().flatten().map(|(task, _)| &*task.location).collect();
    let areas: BTreeMap<&str, Area> = locations
        .into_iter()
        .filter_map(|location| {
            let area = truth.geography.located(location)?;
            let kept = area != Area::Nation && (!selected.below_state || area.below_state());
            kept.then_some((location, area))
        })
        .collect();
    let scored_of = |task: &Task, answer: &Answer| {
        let outcome = observed(areas.get(&*task.location)?, answer.week)? * target.scale;
        Some(score(&hub.levels, &answer.quantiles, outcome))
    };
    let scored: BTreeMap<&str, BTreeMap<&Task, Scored>> = forecasts
        .models
        .par_iter()
        .map(|(model, answers)| {
            let of_target = answers.iter().filter(|(task, _)| wanted(task));
            (model.as_str(), of_target.filter_map(|(task, answer)| Some((task, scored_of(task, answer)?))).collect())
        })
        .filter(|(_, scores): &(_, BTreeMap<_, _>)| !scores.is_empty())
        .collect();
    let tasks = scored.get(hub.baseline.as_str())?.len();
    let relative = |value: &(dyn Fn(&Scored) -> f64 + Sync), horizon: Option<i8>| -> BTreeMap<String, Option<f64>> {
        let of = |scores: &BTreeMap<&'_ Task, Scored>| -> BTreeMap<Task, f64> {
            let at = scores.iter().filter(|(task, _)| horizon.is_none_or(|horizon| task.horizon == horizon));
            at.map(|(task, scored)| ((*task).clone(), value(scored))).collect()
        };
        let values: BTreeMap<&str, BTreeMap<Task, f64>> = scored.iter().map(|(model, s)| (*model, of(s))).collect();
        pairwise(&values, &hub.baseline, LEAST_COMMON).into_iter().map(|p| (p.model, p.relative)).collect()
    };
    let all = relative(&|scored| scored.wis, None);
    let log = (target.signal.unit() == Unit::Count).then(|| relative(&|scored| scored.log, None));
    let by_horizon = SCORED_HORIZONS.map(|horizon| relative(&|scored| scored.wis, Some(horizon)));
    let get = |from: &BTreeMap<String, Option<f64>>, model: &str| from.get(model).copied().flatten();
    let mut models: Vec<ModelScore> = scored
        .iter()
        .map(|(model, scores)| {
            let share = |held: &dyn Fn(&Scored) -> bool| {
                scores.values().filter(|scored| held(scored)).count() as f64 / scores.len() as f64
            };
            ModelScore {
                model: (*model).to_owned(),
                by_horizon: std::array::from_fn(|i| get(&by_horizon[i], model)),
                relative: get(&all, model),
                relative_log: log.as_ref().and_then(|log| get(log, model)),
                mean: scores.values().map(|scored| scored.wis).sum::<f64>() / scores.len() as f64,
                covered: [share(&|scored| scored.covered[0]), share(&|scored| scored.covered[1])],
                share: scores.len() as f64 / tasks as f64,
            }
        })
        .collect();
    models.sort_by(|a, b| a.relative.unwrap_or(f64::INFINITY).total_cmp(&b.relative.unwrap_or(f64::INFINITY)));
    Some(TargetScores { target: target.target.clone(), tasks, models })
}

fn score(levels: &[f64], values: &[f64], truth: f64) -> Scored {
    let logs: Vec<f64> = values.iter().map(|value| value.max(0.0).ln_1p()).collect();
    let end = |level: f64| {
        levels.iter().position(|known| (known - level).abs() < 1e-9).map_or(f64::NAN, |place| values[place])
    };
    let holds = |low: f64, high: f64| (end(low)..=end(high)).contains(&truth);
    Scored {
        wis: quantile_score(levels, values, truth),
        log: quantile_score(levels, &logs, truth.ln_1p()),
        covered: [holds(0.25, 0.75), holds(0.025, 0.975)],
    }
}
