//! Each model's score of each task of a target.

use std::collections::{BTreeMap, BTreeSet};

use countycast_engine::weekly::{Area, Signal, Unit, Week};
use countycast_scores::quantile_score;
use rayon::prelude::*;

use crate::forecasts::{Answer, Forecasts, Task};
use crate::hubs::{Hub, Target};
use crate::read::Signals;

/// Horizons over which scores are summed, weeks after the reference week.
pub const SCORED_HORIZONS: [i8; 4] = [0, 1, 2, 3];

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

/// A model's score of a task.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TaskScore {
    /// What came, in the hub's unit.
    pub observed: f64,
    /// Weighted interval score, in the hub's unit.
    pub wis: f64,
    /// The same of log(x + 1); it tells something of counts only.
    pub wis_log: f64,
    /// The narrowest of the central intervals that holds what came, as its probability; above 1 where none does.
    pub narrowest: f64,
}

impl TaskScore {
    /// Whether the central interval of this probability, one of [`Scores::intervals`], holds what came.
    #[must_use]
    pub fn is_held(&self, interval: f64) -> bool {
        self.narrowest <= interval + 1e-9
    }
}

/// Scores of all models on one target of a hub.
#[derive(Debug, Clone, PartialEq)]
pub struct Scores {
    /// The hub's name of the target.
    pub target: String,
    /// What it is a target of.
    pub signal: Signal,
    /// The model to which scores are relative.
    pub baseline: String,
    /// Probabilities of the hub's central intervals, ascending.
    pub intervals: Vec<f64>,
    /// By model and task.
    pub models: BTreeMap<String, BTreeMap<Task, TaskScore>>,
}

impl Scores {
    /// Whether logarithms are scored as well.
    #[must_use]
    pub fn has_logs(&self) -> bool {
        self.signal.unit() == Unit::Count
    }

    /// Place of the central interval of this probability; none where the hub has no such one.
    #[must_use]
    pub fn interval(&self, probability: f64) -> Option<usize> {
        self.intervals.iter().position(|known| (known - probability).abs() < 1e-9)
    }
}

/// Scores all models on each target of a hub against the values as the hub last published them, or where it published none of
/// a target as anyone did. The nation is left out, and so is a target that the baseline did not answer.
#[must_use]
pub fn scores(hub: &Hub, forecasts: &Forecasts, truth: &Signals, selected: Selected) -> Vec<Scores> {
    hub.targets.iter().filter_map(|target| of_target(hub, target, forecasts, truth, selected)).collect()
}

/// What a hub scores a target of an area by in a week, in the hub's unit: its own last publication, or where it published none of
/// the target anyone's.
#[must_use]
pub fn outcome(target: &Target, area: &Area, week: Week, truth: &Signals) -> Option<f64> {
    let value = if truth.observed.knows(&target.target) {
        truth.observed.value(&target.target, area, week)
    } else {
        truth.vintages.last(target.signal, area, week)
    };
    value.map(|value| value * target.scale)
}

fn of_target(hub: &Hub, target: &Target, forecasts: &Forecasts, truth: &Signals, selected: Selected) -> Option<Scores> {
    let wanted = |task: &Task| {
        *task.target == *target.target
            && SCORED_HORIZONS.contains(&task.horizon)
            && selected.from.is_none_or(|from| task.reference >= from)
            && selected.to.is_none_or(|to| task.reference <= to)
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
    let score_of = |task: &Task, answer: &Answer| {
        let observed = outcome(target, areas.get(&*task.location)?, answer.week, truth)?;
        Some(score(hub, &answer.quantiles, observed))
    };
    let models: BTreeMap<String, BTreeMap<Task, TaskScore>> = forecasts
        .models
        .par_iter()
        .map(|(model, answers)| {
            let of_target = answers.iter().filter(|(task, _)| wanted(task));
            let scored = of_target.filter_map(|(task, answer)| Some((task.clone(), score_of(task, answer)?)));
            (model.clone(), scored.collect())
        })
        .filter(|(_, scores): &(_, BTreeMap<_, _>)| !scores.is_empty())
        .collect();
    models.contains_key(&hub.baseline).then(|| Scores {
        target: target.target.clone(),
        signal: target.signal,
        baseline: hub.baseline.clone(),
        intervals: hub.intervals().map(|(probability, _)| probability).collect(),
        models,
    })
}

fn score(hub: &Hub, values: &[f64], observed: f64) -> TaskScore {
    let logs: Vec<f64> = values.iter().map(|value| value.max(0.0).ln_1p()).collect();
    let mut holding = hub.intervals().filter(|(_, [low, high])| (values[*low]..=values[*high]).contains(&observed));
    TaskScore {
        observed,
        wis: quantile_score(&hub.levels, values, observed),
        wis_log: quantile_score(&hub.levels, &logs, observed.ln_1p()),
        narrowest: holding.next().map_or(f64::INFINITY, |(probability, _)| probability),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hubs::shipped;

    #[test]
    fn the_narrowest_interval_that_holds_what_came_is_told() {
        let hubs = shipped();
        let hub = hubs.find("metrocast").unwrap();
        let intervals: Vec<f64> = hub.intervals().map(|(probability, _)| (probability * 1e9).round() / 1e9).collect();
        assert_eq!(intervals, [0.5, 0.8, 0.9, 0.95]);
        // Quantiles from 1 to 9.
        let values: Vec<f64> = (1..10).map(f64::from).collect();
        let narrowest = |observed: f64| score(hub, &values, observed).narrowest;
        assert!((narrowest(5.0) - 0.5).abs() < 1e-9 && (narrowest(4.0) - 0.5).abs() < 1e-9, "ends are within");
        assert!((narrowest(7.5) - 0.9).abs() < 1e-9, "between the 90 and the 95 % quantile");
        assert!(narrowest(9.5).is_infinite());
        let held = score(hub, &values, 3.5);
        assert_eq!([0.5, 0.8, 0.95].map(|interval| held.is_held(interval)), [false, true, true]);
    }
}
