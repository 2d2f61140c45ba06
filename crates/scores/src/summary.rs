//! Means of scores by model, horizon and stratum.

use std::collections::{BTreeMap, HashMap};

use countycast_engine::{Fips, Level, Target};
use serde::Serialize;

use super::scored::{BASELINE, Scored};

/// Bins of the probability integral transform.
pub const PIT_BINS: usize = 20;

/// Key of a group of forecasts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Group {
    /// New cases or new deaths.
    pub target: Target,
    /// Grouping variable: `level`, `quintile`, `course`, `state`, `as_of`, `phase`.
    pub by: &'static str,
    /// Its value, such as `county`, `Q5`, `growing`, `48`, `2020-08-01`, `fallback`.
    pub value: String,
    /// The model.
    pub model: String,
    /// Weeks after the as-of day; 0 for all together.
    pub horizon: u8,
}

/// Sums over the forecasts of a group.
#[derive(Debug, Clone, Default)]
struct Sums {
    n: f64,
    wis: [f64; 4],
    log_wis: f64,
    error: f64,
    covered: [f64; 3],
    span: (f64, f64),
    /// The baseline's scores on the same weeks: number, WIS, log WIS, error, error of sums.
    baseline: [f64; 5],
    /// The model's own scores on the weeks that the baseline also projected.
    paired: [f64; 4],
    pit: [f64; PIT_BINS],
}

/// Means of a group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Means {
    /// The group.
    #[serde(flatten)]
    pub group: Group,
    /// Forecasts.
    pub n: u64,
    /// Weighted interval score, people.
    pub wis: f64,
    /// Its dispersion component.
    pub spread: f64,
    /// Its overprediction component.
    pub over: f64,
    /// Its underprediction component.
    pub under: f64,
    /// Score of log(x + 1).
    pub log_wis: f64,
    /// |median − observed| of single weeks, people.
    pub absolute_error: f64,
    /// |median − observed| of sums since as-of, people.
    pub span_absolute_error: Option<f64>,
    /// WIS relative to the baseline's on the same weeks.
    pub relative_wis: Option<f64>,
    /// Log WIS relative to the baseline's.
    pub relative_log_wis: Option<f64>,
    /// Absolute error relative to the baseline's.
    pub relative_error: Option<f64>,
    /// Absolute error of sums relative to the baseline's.
    pub relative_span_error: Option<f64>,
    /// Coverage of the central 50, 80 and 95 % intervals.
    pub coverage: [f64; 3],
    /// Shares of the probability integral transform in bins of equal width.
    pub pit: [f64; PIT_BINS],
}

/// Sums of scores, accumulated over runs.
#[derive(Debug, Clone, Default)]
pub struct Summary(BTreeMap<Group, Sums>);

impl Summary {
    /// Adds the scores of one run.
    pub fn add(&mut self, scores: &[Scored]) {
        let baseline: HashMap<(Fips, Target, u8), &Scored> =
            scores.iter().filter(|s| s.model == BASELINE).map(|s| ((s.fips, s.target, s.horizon), s)).collect();
        for scored in scores {
            let paired = baseline.get(&(scored.fips, scored.target, scored.horizon)).copied();
            for (by, value) in memberships(scored) {
                for horizon in [0, scored.horizon] {
                    let (model, target) = (scored.model.clone(), scored.target);
                    let group = Group { target, by, value: value.clone(), model, horizon };
                    self.0.entry(group).or_default().add(scored, paired);
                }
            }
        }
    }

    /// All means, by group.
    #[must_use]
    pub fn means(&self) -> Vec<Means> {
        self.0.iter().map(|(group, sums)| sums.means(group.clone())).collect()
    }
}

/// The groups that a score belongs to. Strata are of counties.
fn memberships(scored: &Scored) -> Vec<(&'static str, String)> {
    let level = match scored.fips.level() {
        Level::Nation => "nation",
        Level::State => "state",
        Level::County => "county",
    };
    let mut groups = vec![("level", level.to_owned())];
    if scored.fips.level() == Level::County {
        groups.extend(scored.stratum.quintile.map(|quintile| ("quintile", format!("Q{quintile}"))));
        groups.push(("course", scored.stratum.course.word().to_owned()));
        groups.extend(scored.fips.state().map(|state| ("state", state.to_string())));
        groups.push(("as_of", scored.as_of.to_string()));
        groups.push(("phase", scored.stratum.phase.name().to_owned()));
    }
    groups
}

impl Sums {
    fn add(&mut self, scored: &Scored, baseline: Option<&Scored>) {
        self.n += 1.0;
        let wis = scored.wis;
        for (sum, part) in self.wis.iter_mut().zip([wis.total, wis.spread, wis.over, wis.under]) {
            *sum += part;
        }
        self.log_wis += scored.log_wis;
        self.error += scored.error;
        for (sum, covered) in self.covered.iter_mut().zip(scored.covered) {
            *sum += f64::from(u8::from(covered));
        }
        if let Some(error) = scored.span_error {
            self.span = (self.span.0 + 1.0, self.span.1 + error);
        }
        if let Some(base) = baseline {
            let span = base.span_error.zip(scored.span_error);
            let (base_span, own_span) = span.unwrap_or_default();
            let theirs = [1.0, base.wis.total, base.log_wis, base.error, base_span];
            let own = [wis.total, scored.log_wis, scored.error, own_span];
            self.baseline.iter_mut().zip(theirs).for_each(|(sum, value)| *sum += value);
            self.paired.iter_mut().zip(own).for_each(|(sum, value)| *sum += value);
        }
        let bin = (scored.pit * PIT_BINS as f64) as usize;
        self.pit[bin.min(PIT_BINS - 1)] += 1.0;
    }

    fn means(&self, group: Group) -> Means {
        let mean = |sum: f64| sum / self.n;
        let [_, wis, log_wis, error, span] = self.baseline;
        let ratio = |own: f64, base: f64| (base > 0.0).then(|| own / base);
        Means {
            group,
            n: self.n as u64,
            wis: mean(self.wis[0]),
            spread: mean(self.wis[1]),
            over: mean(self.wis[2]),
            under: mean(self.wis[3]),
            log_wis: mean(self.log_wis),
            absolute_error: mean(self.error),
            span_absolute_error: (self.span.0 > 0.0).then(|| self.span.1 / self.span.0),
            relative_wis: ratio(self.paired[0], wis),
            relative_log_wis: ratio(self.paired[1], log_wis),
            relative_error: ratio(self.paired[2], error),
            relative_span_error: ratio(self.paired[3], span),
            coverage: self.covered.map(mean),
            pit: self.pit.map(mean),
        }
    }
}
