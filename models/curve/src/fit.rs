//! Fitting waves to the last weeks.

use std::cell::RefCell;

use argmin::core::{CostFunction, Error, Executor, Gradient, State};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;

use crate::deaths::{self, Lag};
use crate::loss::{Loss, week_share};
use crate::params::{self, Belief, HEAD, PER_WAVE, Wave};
use crate::settings::Settings;
use crate::weeks::Weeks;

/// Waves, floor and case-fatality ratio as seen at the end of one week.
#[derive(Debug, Clone)]
pub(crate) struct Fit {
    /// Completed and current waves.
    pub(crate) waves: Vec<Wave>,
    /// Number of the first waves that are over and held fixed.
    finished: usize,
    params: Vec<f64>,
}

impl Fit {
    /// Expected cases in a week, counted from the first whole week.
    pub(crate) fn week(&self, week: usize) -> f64 {
        7.0 * self.floor() + self.waves.iter().map(|w| w.size * week_share(w.shape, week)).sum::<f64>()
    }

    /// Cases a day outside of waves.
    pub(crate) fn floor(&self) -> f64 {
        self.params[0].exp()
    }

    /// Deaths per lagged case in the last week.
    pub(crate) fn ratio(&self) -> f64 {
        self.params[1].exp()
    }

    fn is_finite(&self) -> bool {
        self.params.iter().all(|p| p.is_finite())
    }
}

/// Memory of L-BFGS, in steps (Nocedal & Wright 2006 recommend 3 to 20).
const MEMORY: usize = 7;
/// Weeks between the starting places of two waves.
const SEPARATION: usize = 5;
/// A wave is over when this share has passed.
const OVER: f64 = 0.995;

/// Fits `waves` waves at each of the `origins` (weeks seen, ascending), each starting where the one before ended.
///
/// The first origin is searched from several starts. None if no search ends at finite numbers.
pub(crate) fn path(weeks: &Weeks, lag: &Lag, settings: &Settings, waves: usize, origins: &[usize]) -> Option<Vec<Fit>> {
    let mut fits: Vec<Fit> = Vec::with_capacity(origins.len());
    for &to in origins {
        let fit = match fits.last() {
            Some(last) => again(weeks, lag, settings, last, to),
            None => fresh(weeks, lag, settings, waves, to),
        }?;
        fits.push(fit);
    }
    Some(fits)
}

/// The best of several starts: the last wave as observed, still three weeks from its peak, and broad.
fn fresh(weeks: &Weeks, lag: &Lag, settings: &Settings, waves: usize, to: usize) -> Option<Fit> {
    let from = to.saturating_sub(settings.window_weeks);
    let loss = loss(weeks, lag, settings, &[], peaks(&weeks.cases[from..to], from, waves), to);
    let start = loss.belief.mean.clone();
    let last = HEAD + (waves - 1) * PER_WAVE;
    let mut later = start.clone();
    later[last] += 0.7;
    later[last + 1] = 7.0 * (to + 3) as f64;
    let mut broad = start.clone();
    for k in 0..waves {
        broad[HEAD + k * PER_WAVE + 2] += 0.4;
        broad[HEAD + k * PER_WAVE + 3] += 0.7;
    }
    let (params, _) = [start, later, broad]
        .iter()
        .filter_map(|start| search(&loss, start, settings.first_iterations))
        .min_by(|a, b| a.1.total_cmp(&b.1))?;
    finish(params, Vec::new())
}

fn again(weeks: &Weeks, lag: &Lag, settings: &Settings, last: &Fit, to: usize) -> Option<Fit> {
    let horizon = 7.0 * (to - 1) as f64;
    let mut over = last.waves[..last.finished].to_vec();
    let mut moving = last.params.clone();
    while params::count(&moving) > 1 && params::wave(&moving, 0).shape.cdf(horizon) > OVER {
        over.push(params::wave(&moving, 0));
        moving.drain(HEAD..HEAD + PER_WAVE);
    }
    let centres = (0..params::count(&moving)).map(|k| params::wave(&moving, k).shape.centre).collect();
    let loss = loss(weeks, lag, settings, &over, centres, to);
    let (params, _) = search(&loss, &moving, settings.next_iterations)?;
    finish(params, over)
}

fn finish(params: Vec<f64>, over: Vec<Wave>) -> Option<Fit> {
    let mut waves = over;
    let finished = waves.len();
    waves.extend((0..params::count(&params)).map(|k| params::wave(&params, k)));
    Some(Fit { waves, finished, params }).filter(Fit::is_finite)
}

/// Days of the highest weeks at least [`SEPARATION`] weeks apart, ascending.
fn peaks(cases: &[f64], from: usize, waves: usize) -> Vec<f64> {
    let smooth: Vec<f64> = (0..cases.len())
        .map(|i| {
            let near = &cases[i.saturating_sub(1)..(i + 2).min(cases.len())];
            near.iter().sum::<f64>() / near.len() as f64
        })
        .collect();
    let mut order: Vec<usize> = (0..smooth.len()).collect();
    order.sort_by(|a, b| smooth[*b].total_cmp(&smooth[*a]).then(b.cmp(a)));
    let mut chosen: Vec<usize> = Vec::new();
    for week in order {
        if chosen.len() < waves && chosen.iter().all(|c| c.abs_diff(week) >= SEPARATION) {
            chosen.push(week);
        }
    }
    // A window too short for this many separate waves starts the others after its end.
    while chosen.len() < waves {
        chosen.push(cases.len() + chosen.len());
    }
    chosen.sort_unstable();
    chosen.iter().map(|week| 7.0 * (from + week) as f64 + 3.5).collect()
}

/// The loss at an origin with prior peaks at `centres`.
fn loss<'a>(
    weeks: &'a Weeks,
    lag: &'a Lag,
    settings: &Settings,
    over: &[Wave],
    centres: Vec<f64>,
    to: usize,
) -> Loss<'a> {
    let from = to.saturating_sub(settings.window_weeks);
    let total: f64 = weeks.cases[from..to].iter().sum();
    let typical = (total + 1.0) / centres.len() as f64;
    let ratio = deaths::prior_ratio(weeks, lag, to, settings);
    let mut belief = Belief {
        mean: vec![((total + 1.0) / (to - from) as f64 / 7.0 * 0.05).ln(), ratio.ln(), 0.0],
        sd: vec![1.0, 0.5, 0.08],
    };
    for centre in centres {
        // Waves of 2020 rose over about three weeks and fell over about four; β = 2 is a logit of ln(0.8/2).
        belief.mean.extend([typical.ln(), centre, 25_f64.ln(), 32_f64.ln(), (0.8_f64 / 2.0).ln()]);
        belief.sd.extend([1.5, 21.0, 0.5, 0.5, 0.7]);
    }
    Loss {
        weeks,
        from,
        to,
        frozen: (from..to).map(|w| over.iter().map(|o| o.size * week_share(o.shape, w)).sum()).collect(),
        frozen_size: over.iter().map(|o| o.size).sum(),
        belief,
        size: settings.weekly_size,
        deaths_size: settings.weekly_deaths_size,
        cap: weeks.reportable(settings.reported_share, weeks.cases[..to].iter().sum()),
        lag,
    }
}

/// The problem as `argmin` asks for it. Value and gradient come out of one pass; the last one is kept.
struct Problem<'a> {
    loss: &'a Loss<'a>,
    last: RefCell<Option<Evaluated>>,
}

/// Place, value and gradient.
type Evaluated = (Vec<f64>, f64, Vec<f64>);

impl Problem<'_> {
    fn with<T>(&self, at: &[f64], take: impl Fn(f64, &[f64]) -> T) -> T {
        if let Some((seen, value, gradient)) = self.last.borrow().as_ref()
            && seen == at
        {
            return take(*value, gradient);
        }
        // Far outside the prior the exponentials overflow: a barrier keeps the line search inside.
        let (value, gradient) = if at.iter().all(|u| u.abs() < 12.0) {
            self.loss.evaluate(at)
        } else {
            (1e12 * (1.0 + at.iter().map(|u| u * u).sum::<f64>()), at.iter().map(|u| 2e12 * u).collect())
        };
        let out = take(value, &gradient);
        *self.last.borrow_mut() = Some((at.to_vec(), value, gradient));
        out
    }
}

impl CostFunction for &Problem<'_> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, at: &Vec<f64>) -> Result<f64, Error> {
        Ok(self.with(at, |value, _| value))
    }
}

impl Gradient for &Problem<'_> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, at: &Vec<f64>) -> Result<Vec<f64>, Error> {
        Ok(self.with(at, |_, gradient| gradient.to_vec()))
    }
}

/// L-BFGS from one start: parameters and loss at the best point.
fn search(loss: &Loss<'_>, start: &[f64], iterations: u64) -> Option<(Vec<f64>, f64)> {
    let problem = Problem { loss, last: RefCell::new(None) };
    let start: Vec<f64> = loss.belief.to_scaled(start).iter().map(|u| u.clamp(-5.0, 5.0)).collect();
    let (first, _) = loss.evaluate(&start);
    let solver = LBFGS::new(MoreThuenteLineSearch::new(), MEMORY).with_tolerance_cost(1e-5).ok()?;
    let done = Executor::new(&problem, solver)
        .configure(|state| state.param(start.clone()).max_iters(iterations))
        .timer(false)
        .run();
    // If the line search fails, the start is used, which is valid if poor.
    let (best, value) = match done {
        Ok(done) => match done.state().get_best_param() {
            Some(best) if done.state().get_best_cost() <= first => (best.clone(), done.state().get_best_cost()),
            _ => (start, first),
        },
        Err(_) => (start, first),
    };
    value.is_finite().then(|| (loss.belief.to_params(&best), value))
}
