//! What can be set of the weekly learner.

use countycast_engine::SettingsError;
use countycast_engine::weekly::{Area, Measure, Signal};
use serde::{Deserialize, Serialize};

/// What a member of the average is told besides an area's own course. Two that see different things are wrong at different times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum View {
    /// Slopes and levels of related signals and of the neighbouring states. How earlier years went on is told neither of admissions
    /// for influenza, of which there are a few seasons that happened to fall after Christmas, nor of outpatient visits, so that
    /// twenty seasons of these teach influenza's course by the calendar.
    Around,
    /// Slopes of related signals, and how earlier years went on.
    Back,
}

/// One of the learners whose quantiles are averaged.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Power of rates on which it learns, 0.05 to 1. A fourth root makes the noise of counts alike, a tenth, which is nearly a
    /// logarithm, the growth of epidemics.
    pub power: f64,
    /// What it is told.
    pub view: View,
}

/// Settings of the weekly learner. Defaults were chosen on the seasons 2023/24 and 2024/25 of FluSight and the COVID-19 hub, the
/// members' views with the reference dates from November 2025 to January 2026 in view as well.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The learners whose quantiles are averaged, one to five.
    pub members: Vec<Member>,
    /// Trees of each booster, 10 to 2,000.
    pub trees: usize,
    /// Trees of the boosters that learn how far answers are off, 10 to 2,000.
    pub width_trees: usize,
    /// Greatest depth of a tree, 2 to 10.
    pub depth: usize,
    /// Share of a tree's answer that is added, above 0 to 1.
    pub learning_rate: f64,
    /// Least weight of rows in a leaf; an average row weighs 1. 0 to 10,000.
    pub leaf_rows: f64,
    /// Ridge penalty on leaves, in rows, 0 to 10,000.
    pub ridge: f64,
    /// Share of rows that each tree sees, above 0 to 1.
    pub row_share: f64,
    /// Share of features that each tree sees, above 0 to 1.
    pub feature_share: f64,
    /// Boosters, each of which has not seen every so many-th season, 2 to 20; their errors in those seasons are the widths.
    pub committee: usize,
    /// Weeks of history that are used, 104 to 2,000.
    pub history_weeks: i32,
    /// Fewest weeks of a series that is learned from, 10 to 500.
    pub least_weeks: usize,
    /// How often a week of a series is learned from, each time with another lead: of admissions, 0 to 20.
    pub admissions: f64,
    /// The same of emergency visits of states and the nation.
    pub visits: f64,
    /// The same of emergency visits of areas below the states.
    pub local_visits: f64,
    /// The same of outpatient visits.
    pub outpatient: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            members: vec![Member { power: 0.25, view: View::Around }, Member { power: 0.1, view: View::Back }],
            trees: 80,
            width_trees: 60,
            depth: 5,
            learning_rate: 0.12,
            leaf_rows: 50.0,
            ridge: 1.0,
            row_share: 0.7,
            feature_share: 0.6,
            committee: 5,
            history_weeks: 1_500,
            least_weeks: 30,
            admissions: 0.9,
            visits: 0.6,
            local_visits: 0.05,
            outpatient: 0.9,
        }
    }
}

impl Settings {
    /// Checks that every setting is in its range.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<(), SettingsError> {
        SettingsError::check(self.members.iter().map(|member| ("power", member.power, 0.05, 1.0)))?;
        SettingsError::check([
            ("number of members", self.members.len() as f64, 1.0, 5.0),
            ("trees", self.trees as f64, 10.0, 2_000.0),
            ("width_trees", self.width_trees as f64, 10.0, 2_000.0),
            ("depth", self.depth as f64, 2.0, 10.0),
            ("learning_rate", self.learning_rate, 1e-6, 1.0),
            ("leaf_rows", self.leaf_rows, 0.0, 10_000.0),
            ("ridge", self.ridge, 0.0, 10_000.0),
            ("row_share", self.row_share, 1e-6, 1.0),
            ("feature_share", self.feature_share, 1e-6, 1.0),
            ("committee", self.committee as f64, 2.0, 20.0),
            ("history_weeks", f64::from(self.history_weeks), 104.0, 2_000.0),
            ("least_weeks", self.least_weeks as f64, 10.0, 500.0),
            ("admissions", self.admissions, 0.0, 20.0),
            ("visits", self.visits, 0.0, 20.0),
            ("local_visits", self.local_visits, 0.0, 20.0),
            ("outpatient", self.outpatient, 0.0, 20.0),
        ])
    }

    /// How often a week of a series is learned from.
    pub(super) fn repeats(&self, signal: Signal, area: &Area) -> f64 {
        match signal.measure {
            Measure::Admissions => self.admissions,
            Measure::EmergencyVisits if area.below_state() => self.local_visits,
            Measure::EmergencyVisits => self.visits,
            Measure::OutpatientVisits => self.outpatient,
        }
    }
}
