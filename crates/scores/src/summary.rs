//! Means of scores by model, horizon and stratum.

use std::collections::{BTreeMap, HashMap};

use countycast_engine::{Date, Fips, Level, Target};
use serde::Serialize;

use super::scored::{BASELINE, Scored};

/// Bins of the probability integral transform.
pub const PIT_BINS: usize = 20;

/// Key of a group of forecasts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Group {
    /// New cases or new deaths.
    pub target: Target,
    /// Grouping variable: `level`, `quintile`, `course`, `reproduction`, `state`, `as_of`, `quarter`, `phase`.
    pub by: &'static str,
    /// Its value, such as `county`, `Q5`, `growing`, `48`, `2020-08-01`, `2020 Q3`, `fallback`.
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
    /// Medians, and observed values.
    people: (f64, f64),
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
    /// Sum of the medians over that of the observed values. Medians of skewed distributions sum to less than their means.
    pub projected_over_observed: Option<f64>,
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
        groups.extend(scored.stratum.reproduction.map(|class| ("reproduction", class.to_owned())));
        groups.extend(scored.fips.state().map(|state| ("state", state.to_string())));
        groups.push(("as_of", scored.as_of.to_string()));
        groups.push(("quarter", quarter(scored.as_of)));
        groups.push(("phase", scored.stratum.phase.name().to_owned()));
    }
    groups
}

/// The quarter of a day, such as `2020 Q3`.
#[must_use]
pub fn quarter(day: Date) -> String {
    format!("{} Q{}", day.year(), (day.month() + 2) / 3)
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
        self.people = (self.people.0 + scored.median, self.people.1 + scored.truth);
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
            projected_over_observed: ratio(self.people.0, self.people.1),
            coverage: self.covered.map(mean),
            pit: self.pit.map(mean),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PhaseKind;
    use crate::score::Wis;
    use crate::scored::{Course, Stratum};

    /// A county's forecast whose WIS is `size` and whose other scores are multiples of it.
    fn scored(model: &str, horizon: u8, size: f64, span_error: Option<f64>) -> Scored {
        Scored {
            as_of: Date::constant(2020, 8, 1),
            fips: "48201".parse().unwrap(),
            model: model.to_owned(),
            target: Target::Cases,
            horizon,
            truth: 100.0,
            median: 20.0 * size,
            wis: Wis { total: size, spread: 0.5 * size, over: 0.3 * size, under: 0.2 * size },
            log_wis: 2.0 * size,
            error: 3.0 * size,
            span_error,
            covered: [false, size < 5.0, true],
            pit: size / 10.0,
            stratum: Stratum {
                quintile: Some(5),
                course: Course::Growing,
                phase: PhaseKind::Independent,
                reproduction: Some("1.2 to 1.4"),
            },
        }
    }

    fn find<'a>(means: &'a [Means], model: &str, by: &str, horizon: u8) -> Option<&'a Means> {
        means.iter().find(|m| (m.group.model.as_str(), m.group.by, m.group.horizon) == (model, by, horizon))
    }

    /// The baseline answers week 1 only; the sum of week 2 is not observed.
    fn means() -> Vec<Means> {
        let mut summary = Summary::default();
        summary.add(&[
            scored(BASELINE, 1, 8.0, Some(40.0)),
            scored("curve", 1, 2.0, Some(10.0)),
            scored("curve", 2, 6.0, None),
        ]);
        summary.means()
    }

    #[test]
    fn means_are_over_all_forecasts_and_ratios_over_those_shared_with_the_baseline() {
        let means = means();
        let curve = find(&means, "curve", "level", 0).unwrap();
        assert_eq!((curve.group.target, curve.group.value.as_str(), curve.n), (Target::Cases, "county", 2));
        let found = [curve.wis, curve.spread, curve.over, curve.under, curve.log_wis, curve.absolute_error];
        let expected = [4.0, 2.0, 1.2, 0.8, 8.0, 12.0];
        assert!(found.iter().zip(expected).all(|(f, e)| (f - e).abs() < 1e-12), "{found:?}");
        assert_eq!(curve.span_absolute_error, Some(10.0), "of the one that is known");
        let relative = [curve.relative_wis, curve.relative_log_wis, curve.relative_error, curve.relative_span_error];
        assert_eq!(relative, [Some(0.25); 4]);
        assert_eq!(curve.coverage, [0.0, 0.5, 1.0]);
        assert_eq!(curve.projected_over_observed, Some(0.8), "medians 40 and 120 where 100 each came");
        let bins: Vec<(usize, f64)> = curve.pit.iter().copied().enumerate().filter(|bin| bin.1 > 0.0).collect();
        assert_eq!(bins, [(4, 0.5), (12, 0.5)], "0.2 and 0.6 in bins of 0.05");

        let second = find(&means, "curve", "level", 2).unwrap();
        assert_eq!((second.n, second.wis, second.relative_wis, second.span_absolute_error), (1, 6.0, None, None));
        assert_eq!(find(&means, BASELINE, "level", 1).unwrap().relative_wis, Some(1.0));
        assert_eq!(find(&means, BASELINE, "level", 2), None);
    }

    #[test]
    fn runs_add_up_and_the_largest_transform_is_in_the_last_bin() {
        let mut summary = Summary::default();
        let run = [scored("curve", 1, 10.0, Some(1.0)), scored("curve", 2, 1.0, Some(4.0))];
        summary.add(&run);
        summary.add(&run[..1]);
        let means = summary.means();
        let curve = find(&means, "curve", "level", 0).unwrap();
        assert_eq!((curve.n, curve.wis, curve.span_absolute_error), (3, 7.0, Some(2.0)));
        assert!((curve.pit[PIT_BINS - 1] - 2.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn strata_are_of_counties() {
        let mut one = scored("curve", 1, 2.0, None);
        let county = [
            ("level", "county"),
            ("quintile", "Q5"),
            ("course", "growing"),
            ("reproduction", "1.2 to 1.4"),
            ("state", "48"),
            ("as_of", "2020-08-01"),
            ("quarter", "2020 Q3"),
            ("phase", "independent"),
        ];
        assert_eq!(memberships(&one), county.map(|(by, value)| (by, value.to_owned())));
        let phase = |one: &Scored| memberships(one).pop().unwrap().1;
        one.stratum.phase = PhaseKind::Fallback;
        assert_eq!(phase(&one), "fallback");
        one.stratum.phase = PhaseKind::Hidden;
        assert_eq!(phase(&one), "hidden");
        for (fips, level) in [("48", "state"), ("US", "nation")] {
            one.fips = fips.parse().unwrap();
            assert_eq!(memberships(&one), [("level", level.to_owned())]);
        }
    }
}
