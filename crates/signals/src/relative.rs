//! How a hub's models did, relative to its baseline: of all tasks, or of those of a place, a date, a horizon or a season.

use std::collections::BTreeMap;

use countycast_scores::pairwise;

use crate::forecasts::{Forecasts, Task};
use crate::hubs::Hub;
use crate::read::Signals;
use crate::scored::{SCORED_HORIZONS, Scores, Selected, TaskScore, scores};

/// Tasks that two models must share to be compared.
const LEAST_COMMON: usize = 20;

/// By what tasks are grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// Not at all.
    All,
    /// Weeks after the reference week.
    Horizon,
    /// The hub's name of a location.
    Location,
    /// The Saturday of the reference week.
    ReferenceDate,
    /// From week 31 of a year to week 30 of the next, such as `2025/26`, in which the reference week lies.
    Season,
}

impl By {
    /// All of them, in the order of outputs.
    pub const ALL: [Self; 5] = [Self::All, Self::Season, Self::Horizon, Self::Location, Self::ReferenceDate];

    /// Its name in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Horizon => "horizon",
            Self::Location => "location",
            Self::ReferenceDate => "reference_date",
            Self::Season => "season",
        }
    }

    /// The group of a task.
    fn of(self, task: &Task) -> String {
        match self {
            Self::All => String::new(),
            Self::Horizon => task.horizon.to_string(),
            Self::Location => task.location.to_string(),
            Self::ReferenceDate => task.reference.to_string(),
            Self::Season => {
                let (year, _) = task.reference.season();
                format!("{year}/{:02}", (year + 1).rem_euclid(100))
            }
        }
    }
}

/// How the models did on some tasks of a target.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Which: a horizon, a location, a date or a season; empty for all.
    pub value: String,
    /// Tasks that the baseline answered and whose outcome is known.
    pub tasks: usize,
    /// The models, best first.
    pub models: Vec<ModelScore>,
}

impl Group {
    /// A model's score.
    #[must_use]
    pub fn model(&self, name: &str) -> Option<&ModelScore> {
        self.models.iter().find(|model| model.model == name)
    }
}

/// How one model did on some tasks of a target.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelScore {
    /// The model.
    pub model: String,
    /// Tasks answered.
    pub tasks: usize,
    /// The same, divided by the baseline's.
    pub share: f64,
    /// Pairwise relative weighted interval score; none where too few tasks are shared.
    pub relative: Option<f64>,
    /// The same of log(x + 1), for counts.
    pub relative_log: Option<f64>,
    /// Mean score, in the hub's unit.
    pub mean: f64,
    /// Mean score of log(x + 1), for counts.
    pub mean_log: Option<f64>,
    /// Shares of what came that lie within the hub's central intervals, in the order of [`Scores::intervals`].
    pub held: Vec<f64>,
}

/// How the models did on one target of a hub.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetScores {
    /// The hub's name of the target.
    pub target: String,
    /// Probabilities of the hub's central intervals, ascending.
    pub intervals: Vec<f64>,
    /// Over all tasks.
    pub all: Group,
    /// By horizon, in the order of [`SCORED_HORIZONS`].
    pub horizons: Vec<Group>,
    /// By season, oldest first.
    pub seasons: Vec<Group>,
}

impl TargetScores {
    /// The share of what came that lies within a model's central interval of this probability; none where the hub has none such.
    #[must_use]
    pub fn held(&self, model: &ModelScore, interval: f64) -> Option<f64> {
        let place = self.intervals.iter().position(|known| (known - interval).abs() < 1e-9)?;
        model.held.get(place).copied()
    }

    /// A model's relative score at each of [`SCORED_HORIZONS`].
    #[must_use]
    pub fn by_horizon(&self, model: &str) -> [Option<f64>; 4] {
        SCORED_HORIZONS.map(|horizon| {
            let group = self.horizons.iter().find(|group| group.value == horizon.to_string())?;
            group.model(model)?.relative
        })
    }
}

impl From<&Scores> for TargetScores {
    fn from(scores: &Scores) -> Self {
        let all = scores.by(By::All).into_iter().next();
        Self {
            target: scores.target.clone(),
            intervals: scores.intervals.clone(),
            all: all.unwrap_or_else(|| Group { value: String::new(), tasks: 0, models: Vec::new() }),
            horizons: scores.by(By::Horizon),
            seasons: scores.by(By::Season),
        }
    }
}

/// How all models did on each target of a hub; see [`scores`] and [`Scores::by`].
#[must_use]
pub fn relative_scores(hub: &Hub, forecasts: &Forecasts, truth: &Signals, selected: Selected) -> Vec<TargetScores> {
    scores(hub, forecasts, truth, selected).iter().map(TargetScores::from).collect()
}

impl Scores {
    /// The models' scores by group, groups in their order; those of which the baseline answered nothing are left out.
    ///
    /// A model's relative score in a group is the geometric mean, over all models with which it shares at least 20 tasks of the
    /// group, of the ratio of the mean scores on the shared tasks, divided by that of the hub's baseline.
    #[must_use]
    pub fn by(&self, by: By) -> Vec<Group> {
        let mut groups: BTreeMap<String, BTreeMap<&str, BTreeMap<&Task, &TaskScore>>> = BTreeMap::new();
        for (model, scores) in &self.models {
            for (task, score) in scores {
                groups.entry(by.of(task)).or_default().entry(model).or_default().insert(task, score);
            }
        }
        let answered = groups.into_iter().filter(|(_, models)| models.contains_key(self.baseline.as_str()));
        answered.map(|(value, models)| self.group(value, &models)).collect()
    }

    fn group(&self, value: String, scored: &BTreeMap<&str, BTreeMap<&Task, &TaskScore>>) -> Group {
        let relative = |value: fn(&TaskScore) -> f64| -> BTreeMap<String, f64> {
            let values: BTreeMap<&str, BTreeMap<&Task, f64>> = scored
                .iter()
                .map(|(model, scores)| (*model, scores.iter().map(|(task, score)| (*task, value(score))).collect()))
                .collect();
            let found = pairwise(&values, &self.baseline, LEAST_COMMON).into_iter();
            found.filter_map(|found| Some((found.model, found.relative?))).collect()
        };
        let tasks = scored.get(self.baseline.as_str()).map_or(0, BTreeMap::len);
        let plain = relative(|score| score.wis);
        let logs = if self.has_logs() { relative(|score| score.wis_log) } else { BTreeMap::new() };
        let of_model = |(model, scores): (&&str, &BTreeMap<&Task, &TaskScore>)| {
            let count = scores.len() as f64;
            let mean = |value: fn(&TaskScore) -> f64| scores.values().map(|score| value(score)).sum::<f64>() / count;
            let held = |interval: &f64| scores.values().filter(|score| score.is_held(*interval)).count() as f64 / count;
            ModelScore {
                model: (*model).to_owned(),
                tasks: scores.len(),
                share: count / tasks as f64,
                relative: plain.get(*model).copied(),
                relative_log: logs.get(*model).copied(),
                mean: mean(|score| score.wis),
                mean_log: self.has_logs().then(|| mean(|score| score.wis_log)),
                held: self.intervals.iter().map(held).collect(),
            }
        };
        let mut models: Vec<ModelScore> = scored.iter().map(of_model).collect();
        models.sort_by(|a, b| a.relative.unwrap_or(f64::INFINITY).total_cmp(&b.relative.unwrap_or(f64::INFINITY)));
        Group { value, tasks, models }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use countycast_engine::Date;
    use countycast_engine::weekly::Week;

    /// Scores of two models in two places over 26 weeks from September 2025 on: the other model has half of the baseline's score in
    /// the one, and a third more in the other.
    fn scored() -> Scores {
        let first = Week::of(Date::constant(2025, 9, 6));
        let of = |factors: [f64; 2]| -> BTreeMap<Task, TaskScore> {
            let score = |week: i32, location: &str, wis: f64| {
                let task =
                    Task { reference: first.plus(week), target: "t".into(), location: location.into(), horizon: 0 };
                (
                    task,
                    TaskScore {
                        observed: 1.0,
                        wis,
                        wis_log: wis * wis,
                        narrowest: if week % 2 == 0 { 0.5 } else { 0.95 },
                    },
                )
            };
            (0..26)
                .flat_map(|week| ["06", "36"].into_iter().zip(factors).map(move |(l, wis)| score(week, l, wis)))
                .collect()
        };
        Scores {
            target: "t".to_owned(),
            signal: "flu-admissions".parse().unwrap(),
            baseline: "base".to_owned(),
            intervals: vec![0.5, 0.8, 0.95],
            models: [("base", [2.0, 6.0]), ("other", [1.0, 8.0])]
                .map(|(name, of_model)| (name.to_owned(), of(of_model)))
                .into(),
        }
    }

    #[test]
    fn groups_are_scored_by_themselves() {
        let scores = scored();
        let relative = |by: By| -> Vec<(String, f64)> {
            let of = |group: Group| (group.value.clone(), group.model("other").unwrap().relative.unwrap_or(f64::NAN));
            scores.by(by).into_iter().map(of).collect()
        };
        let near = |found: &[(String, f64)], expected: &[(&str, f64)]| {
            assert_eq!(found.len(), expected.len(), "{found:?}");
            for ((value, relative), (wanted, expected)) in found.iter().zip(expected) {
                assert!(value == wanted && (relative - expected).abs() < 1e-12, "{found:?} for {wanted} {expected}");
            }
        };
        // Of two models the geometric means are the root of their ratio and its inverse: 9/8 over both places.
        near(&relative(By::All), &[("", 1.125)]);
        near(&relative(By::Location), &[("06", 0.5), ("36", 4.0 / 3.0)]);
        near(&relative(By::Horizon), &[("0", 1.125)]);
        near(&relative(By::Season), &[("2025/26", 1.125)]);
        let dates = relative(By::ReferenceDate);
        assert_eq!((dates.len(), dates[0].0.as_str()), (26, "2025-09-06"));
        assert!(dates[0].1.is_nan(), "two tasks are too few to compare models");
    }

    #[test]
    fn logs_coverage_and_shares_are_told_beside() {
        let mut scores = scored();
        let other = scores.models.get_mut("other").unwrap();
        other.retain(|task, _| &*task.location == "06");
        let all = scores.by(By::All).remove(0);
        let [own, base] = ["other", "base"].map(|name| all.model(name).unwrap());
        // On the 26 tasks that both answered: a half, and of the squares a quarter.
        assert!((own.relative.unwrap() - 0.5).abs() < 1e-12 && (own.relative_log.unwrap() - 0.25).abs() < 1e-12);
        assert_eq!((own.tasks, own.share, base.mean, base.mean_log), (26, 0.5, 4.0, Some(20.0)));
        assert_eq!(own.held, [0.5, 0.5, 1.0]);
        let target = TargetScores::from(&scores);
        assert_eq!((target.held(own, 0.95), target.held(own, 0.9)), (Some(1.0), None));
        assert_eq!(target.by_horizon("base"), [Some(1.0), None, None, None]);
        scores.signal = "flu-ed".parse().unwrap();
        assert_eq!(scores.by(By::All)[0].models[0].relative_log, None, "shares have no logarithms");
        scores.models.remove("base");
        assert!(scores.by(By::All).is_empty(), "nothing is relative to nothing");
    }
}
