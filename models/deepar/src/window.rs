//! What the network is told of a place before each week, and the distribution that its answer stands for.

use countycast_engine::Level;
use countycast_engine::growth::{CASES_OFFSET, DEATHS_OFFSET, log_cases, log_deaths, log_rate};

use crate::facts::{FACTS, Standard};
use crate::likelihood::Count;
use crate::network::OUTPUTS;
use crate::site::{AROUND, Site, Week};

/// Inputs of a week: lags, place in time, surroundings, and what stays the same.
pub(crate) const INPUTS: usize = LAGS + 2 + AROUND + STATIC;
/// Numbers from the last weeks' counts.
const LAGS: usize = 7;
/// Numbers that stay the same over a window.
const STATIC: usize = 6 + FACTS;
/// No input is further from 0: a dump a thousand times the usual is no more news than one a hundred times.
const FURTHEST: f64 = 5.0;
/// Weeks that lags look back on.
pub(crate) const RECENT: usize = 3;
/// Weeks ahead that the network learns.
pub(crate) const LEARNED: usize = 4;
/// Greatest growth in a week, logarithm: nothing like it has been seen in training.
const MOST_GROWTH: f32 = 2.0;

/// Mean weekly counts of a place over its context, at least 1: the scale of Salinas et al. (2020), section 3.3.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    pub(crate) cases: f64,
    pub(crate) deaths: f64,
}

impl Scale {
    /// Of the observed weeks of the context; where there is none, of as many observed weeks before it: a place keeps its own
    /// scale, whatever stands beside it.
    fn of(site: &Site<'_>, seen: usize, weeks: usize, hidden: usize) -> Self {
        let week = |back: usize| site.week(seen.checked_sub(7 * back)?);
        let mean = |observed: &[Week]| Self {
            cases: 1.0 + observed.iter().map(|week| week.cases).sum::<f64>() / observed.len().max(1) as f64,
            deaths: 1.0 + observed.iter().map(|week| week.deaths).sum::<f64>() / observed.len().max(1) as f64,
        };
        let context: Vec<Week> = (hidden..weeks).filter_map(week).collect();
        if context.is_empty() {
            let before: Vec<Week> = (weeks..=seen / 7).filter_map(week).take(weeks).collect();
            return mean(&before);
        }
        mean(&context)
    }
}

/// A week that lies behind: observed, or drawn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lag {
    pub(crate) week: Week,
    /// How far the nation's cases of the week lie above those of the origin's last week, logarithm.
    pub(crate) course: f64,
    /// Whether the counts were observed or drawn; else counts and course are those of the last week that was.
    pub(crate) observed: bool,
}

/// A place on a past or present day, which weeks are projected from.
#[derive(Debug)]
pub(crate) struct Window {
    pub(crate) scale: Scale,
    /// Weeks of the context, oldest first, with [`RECENT`] − 1 before it.
    lags: Vec<Lag>,
    /// What is known at the end of each week of the context.
    around: Vec<[f64; AROUND]>,
    fixed: [f64; STATIC],
}

impl Window {
    /// Of a place of which the first `seen` days are known, with a context of so many weeks, of which the last `hidden` are taken
    /// as not observed.
    pub(crate) fn new(site: &Site<'_>, standard: &Standard, seen: usize, weeks: usize, hidden: usize) -> Self {
        let scale = Scale::of(site, seen, weeks, hidden);
        let shifted = site.shifted(seen);
        let course = |back: usize| {
            let known = shifted.and_then(|days| days.checked_sub(7 * back)).filter(|_| back > 0);
            known.map_or(0.0, |days| -site.course.came(Some(days), back - 1))
        };
        let usual = Week { cases: scale.cases - 1.0, deaths: scale.deaths - 1.0 };
        let mut last = Lag { week: usual, course: 0.0, observed: false };
        let backs = (0..weeks + RECENT - 1).rev();
        let lag = |back: usize| {
            let found = if back < hidden { None } else { seen.checked_sub(7 * back).and_then(|end| site.week(end)) };
            last = match found {
                Some(week) => Lag { week, course: course(back), observed: true },
                None => Lag { observed: false, ..last },
            };
            last
        };
        let lags = backs.map(lag).collect();
        let around = (0..weeks).rev().map(|back| site.around(seen.saturating_sub(7 * back))).collect();
        let kind = |level: Level| f64::from(u8::from(site.level == level));
        let own = [
            0.5 * scale.cases.ln() - 2.0,
            scale.deaths.ln() - 0.5,
            log_rate(scale.cases, site.population) - 4.0,
            0.5 * site.population.ln() - 5.0,
            kind(Level::County),
            kind(Level::State),
        ];
        let mut fixed = [0.0; STATIC];
        fixed[..own.len()].copy_from_slice(&own);
        fixed[own.len()..].copy_from_slice(&standard.scaled(&site.facts));
        Self { scale, lags, around, fixed }
    }

    /// Weeks of the context.
    pub(crate) fn weeks(&self) -> usize {
        self.around.len()
    }

    /// The last weeks before the first that is projected, oldest first.
    pub(crate) fn recent(&self) -> [Lag; RECENT] {
        let first = self.lags.len() - RECENT;
        std::array::from_fn(|week| self.lags[first + week])
    }

    /// The inputs once week `week` of the context, from 0, is known.
    pub(crate) fn known(&self, week: usize, inputs: &mut [f32]) {
        let lags = std::array::from_fn(|lag| self.lags[week + lag]);
        self.fill(&lags, 0, Some(&self.around[week]), inputs);
    }

    /// The inputs before the week `ahead` weeks after the first projected one, 0 for this itself.
    pub(crate) fn ahead(&self, recent: &[Lag; RECENT], ahead: usize, inputs: &mut [f32]) {
        let around = if ahead == 0 { self.around.last() } else { None };
        self.fill(recent, ahead, around, inputs);
    }

    fn fill(&self, recent: &[Lag; RECENT], ahead: usize, around: Option<&[f64; AROUND]>, inputs: &mut [f32]) {
        let [.., before, last] = recent;
        let time = [ahead.min(LEARNED - 1) as f64 / 2.0, f64::from(u8::from(around.is_some()))];
        let cases = |lag: &Lag| self.case_level(lag);
        let deaths = |lag: &Lag| log_deaths(lag.week.deaths) - log_deaths(self.scale.deaths);
        let lags = [
            cases(last),
            2.0 * (cases(last) - cases(before)),
            2.0 * (cases(before) - cases(&recent[0])),
            deaths(last),
            deaths(before),
            f64::from(u8::from(!last.observed)),
            f64::from(u8::from(!before.observed)),
        ];
        let around = around.unwrap_or(&[0.0; AROUND]);
        let all = lags.iter().chain(&time).chain(around).chain(&self.fixed);
        for (input, value) in inputs.iter_mut().zip(all) {
            *input = if value.is_finite() { value.clamp(-FURTHEST, FURTHEST) as f32 } else { 0.0 };
        }
    }

    /// How far a week's cases lie above the scale, beside the nation's course.
    fn case_level(&self, lag: &Lag) -> f64 {
        log_cases(lag.week.cases) - log_cases(self.scale.cases) - lag.course
    }

    /// The distributions that the network's answer stands for, of cases and of deaths, after these weeks; `course` is that of the
    /// nation in the week itself.
    pub(crate) fn counts(&self, recent: &[Lag; RECENT], course: f64, answer: &[f32], damping: f64) -> [Count; 2] {
        let last = &recent[RECENT - 1];
        let growth = |answer: f32| damping * f64::from(answer.clamp(-MOST_GROWTH, MOST_GROWTH));
        // At most the place's own scale: where there never was a case, three a week are not to be expected.
        let offset = |usual: f64, scale: f64| usual * scale / (usual + scale);
        let cases = last.week.cases + offset(CASES_OFFSET, self.scale.cases);
        let cases = cases.ln() + course - last.course;
        let deaths = recent.iter().map(|lag| lag.week.deaths).sum::<f64>() / RECENT as f64;
        let deaths = (deaths + offset(DEATHS_OFFSET, self.scale.deaths)).ln();
        [
            Count::new(cases + growth(answer[0]), f64::from(answer[1]), self.scale.cases),
            Count::new(deaths + growth(answer[2]), f64::from(answer[3]), self.scale.deaths),
        ]
    }

    /// Negative log-likelihood of what came and its derivatives by the answer.
    pub(crate) fn loss(
        &self,
        recent: &[Lag; RECENT],
        course: f64,
        answer: &[f32],
        came: Week,
    ) -> (f64, [f64; OUTPUTS]) {
        let [cases, deaths] = self.counts(recent, course, answer, 1.0);
        let [case_loss, by_cases, by_case_spread] = cases.loss(came.cases, f64::from(answer[1]), self.scale.cases);
        let [death_loss, by_deaths, by_death_spread] =
            deaths.loss(came.deaths, f64::from(answer[3]), self.scale.deaths);
        (case_loss + death_loss, [by_cases, by_case_spread, by_deaths, by_death_spread])
    }
}
