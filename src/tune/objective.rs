//! The objective: scores of projections of past days against observed counts.

use std::collections::BTreeMap;

use countycast_engine::{Date, Fips, Level, Target};
use jiff::ToSpan;

use super::Request;
use super::choice::Choice;
use crate::config::Config;
use crate::error::Error;
use crate::observed;
use crate::output::BLEND;
use crate::panel::{Panel, Sources};
use crate::pipeline::{Batch, Monitor, Projected, Selection};
use crate::project;
use crate::scores::quantiles::{MEDIAN, Row};
use crate::scores::{BASELINE, PhaseKind, Scale, Truth, covered};

/// The loss to minimise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Objective {
    /// The weighted interval score: all quantiles, in people.
    Wis,
    /// The weighted interval score of log(x + 1): ratios count, small counties as much as large ones.
    Log,
    /// The median's absolute error, in people.
    Ae,
}

/// Which counts are scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counts {
    /// New cases.
    Cases,
    /// New deaths.
    Deaths,
    /// The mean of both relative losses.
    Both,
}

impl Choice for Objective {
    const ALL: &'static [Self] = &[Self::Wis, Self::Log, Self::Ae];

    fn name(self) -> &'static str {
        match self {
            Self::Wis => "wis",
            Self::Log => "log",
            Self::Ae => "ae",
        }
    }

    fn about(self) -> &'static str {
        match self {
            Self::Wis => "weighted interval score: all quantiles, in people",
            Self::Log => "weighted interval score of log(x + 1): small counties count as much as large ones",
            Self::Ae => "absolute error of the median, in people",
        }
    }
}

impl Choice for Counts {
    const ALL: &'static [Self] = &[Self::Cases, Self::Deaths, Self::Both];

    fn name(self) -> &'static str {
        match self {
            Self::Cases => "cases",
            Self::Deaths => "deaths",
            Self::Both => "both",
        }
    }

    fn about(self) -> &'static str {
        match self {
            Self::Cases => "new cases",
            Self::Deaths => "new deaths",
            Self::Both => "the mean of both relative losses",
        }
    }
}

impl Counts {
    fn targets(self) -> &'static [Target] {
        match self {
            Self::Cases => &[Target::Cases],
            Self::Deaths => &[Target::Deaths],
            Self::Both => &[Target::Cases, Target::Deaths],
        }
    }
}

/// Weeks after the as-of day that are scored.
const WEEKS: usize = 4;

/// Scores of one set of settings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Score {
    pub(super) loss: f64,
    pub(super) coverage_95: f64,
    pub(super) answered: f64,
}

/// The past days with the data available then, and the observed counts.
pub(super) struct Past<'a> {
    request: &'a Request,
    days: Vec<(Panel, Selection)>,
    truth: Truth,
}

/// Passes on only cancellation: a trial is one step of a search.
struct Quiet<'a>(&'a dyn Monitor);

impl Monitor for Quiet<'_> {
    fn begin(&self, _: &'static str, _: usize) {}
    fn step(&self) {}
    fn cancelled(&self) -> bool {
        self.0.cancelled()
    }
}

/// Sums over the forecasts of one target.
#[derive(Default)]
struct Sums {
    own: f64,
    baseline: f64,
    covered: f64,
    answered: f64,
    count: f64,
}

impl<'a> Past<'a> {
    /// Reads every day's panel once, for all trials.
    pub(super) fn read(request: &'a Request, dates: &[Date], monitor: &dyn Monitor) -> Result<Self, Error> {
        let sources = Sources::open(&request.data, &request.config.panel)?;
        let truth = observed::truth_with_hub(&sources.as_of(None, false)?, &request.data)?;
        monitor.begin("read", 0);
        let day = |&date: &Date| {
            if monitor.cancelled() {
                return Err(Error::Interrupted);
            }
            let panel = sources.as_of(Some(date), request.vintage)?;
            let selection = Selection::parse(&panel, &request.states, &request.fips)?;
            Ok((panel, selection))
        };
        Ok(Self { request, days: dates.iter().map(day).collect::<Result<_, _>>()?, truth })
    }

    /// The inputs of all days, to check whether an earlier search used the same.
    pub(super) fn inputs(&self) -> Vec<&str> {
        self.days.iter().flat_map(|(panel, _)| panel.inputs()).map(|input| input.sha256.as_str()).collect()
    }

    /// Projects all days with these settings and scores the projections.
    ///
    /// # Errors
    /// [`Error::Request`] and [`Error::Input`] for invalid settings, [`Error::Interrupted`] when the monitor asks to
    /// stop.
    pub(super) fn score(&self, config: &Config, monitor: &dyn Monitor) -> Result<Score, Error> {
        let mut config = config.clone();
        if self.request.engine != BLEND {
            config.engine_names = vec![self.request.engine.clone()];
        }
        if !config.engine_names.iter().any(|name| name == BASELINE) {
            config.engine_names.push(BASELINE.to_owned());
        }
        config.horizon_days = 7 * WEEKS;
        let targets = self.request.counts.targets();
        let mut sums: Vec<Sums> = targets.iter().map(|_| Sums::default()).collect();
        for (panel, selection) in &self.days {
            let plan = project::plan(&config, self.request.jobs)?;
            let mut batch = Batch::new(panel, plan, selection.clone());
            batch.train(&Quiet(monitor), |_| {})?;
            let counties = panel.counties().iter().any(|county| selection.contains(county.fips()));
            batch.run(&BTreeMap::new(), &Quiet(monitor), |group| {
                for projected in group.results.iter().filter(|r| !counties || r.fips.level() == Level::County) {
                    for (target, sums) in targets.iter().zip(&mut sums) {
                        self.add(projected, *target, panel.as_of(), sums);
                    }
                }
                Ok(())
            })?;
        }
        let total = |of: fn(&Sums) -> f64| sums.iter().map(of).sum::<f64>();
        if sums.iter().any(|sums| sums.baseline.is_nan() || sums.baseline <= 0.0) {
            return Err(Error::Request {
                message: format!(
                    "there is nothing to score: the baseline `{BASELINE}` has no error, or no outcome is observed"
                ),
                remedy: "choose other places or earlier days: outcomes must be in the data".to_owned(),
            });
        }
        Ok(Score {
            loss: sums.iter().map(|sums| sums.own / sums.baseline).sum::<f64>() / sums.len() as f64,
            coverage_95: total(|s| s.covered) / total(|s| s.count),
            answered: total(|s| s.answered) / total(|s| s.count),
        })
    }

    /// Adds one location's weeks. Where the engine failed, the baseline takes its place, so an engine gains nothing by
    /// refusing difficult places.
    fn add(&self, projected: &Projected, target: Target, as_of: Date, sums: &mut Sums) {
        let member = |name: &str| projected.members.iter().find(|(model, _)| *model == name).map(|(_, f)| f);
        let engine = self.request.engine.as_str();
        let own = if engine == BLEND { projected.blend.as_ref() } else { member(engine) };
        if engine != BLEND && projected.phase.kind() != PhaseKind::Independent {
            return;
        }
        let Some(baseline) = member(BASELINE).and_then(|forecast| forecast.target(target)) else { return };
        let own = own.and_then(|forecast| forecast.target(target));
        for (week, theirs) in baseline.week.iter().take(WEEKS).enumerate() {
            let end = as_of.saturating_add((7 * (week as i64 + 1)).days());
            let Some(truth) = self.truth.week(projected.fips, target, end) else { continue };
            let row = own.and_then(|quantiles| quantiles.week.get(week));
            sums.answered += f64::from(u8::from(row.is_some()));
            let row = row.unwrap_or(theirs);
            sums.count += 1.0;
            sums.own += self.request.objective.loss(row, truth, projected.fips);
            sums.baseline += self.request.objective.loss(theirs, truth, projected.fips);
            sums.covered += f64::from(u8::from(covered(row, truth, 0.95)));
        }
    }
}

impl Objective {
    fn loss(self, row: &Row, truth: f64, fips: Fips) -> f64 {
        let scale = if fips.level() == Level::County { Scale::Seven } else { Scale::All };
        match self {
            Self::Wis => scale.wis(row, truth).total,
            Self::Log => scale.log_wis(row, truth),
            Self::Ae => (f64::from(row[MEDIAN]) - truth).abs(),
        }
    }
}
