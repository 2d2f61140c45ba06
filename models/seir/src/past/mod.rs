//! The model of the past: from parameters to expected reports, and how well they agree with those that came.

mod run;

pub(crate) use run::Reproduction;

use countycast_engine::{DUMP_FACTOR, Date, History, Immunity, Recent, weekday_index};

use crate::ages::GROUPS;
use crate::burden::Kernels;
use crate::course::invert;
use crate::settings::Settings;

/// Days between knots of log R, which stand on Sundays: a day later they are the same.
pub(crate) const KNOT_DAYS: usize = 7;
/// Days on which reports are held against the model, at most.
const SCORED: usize = 112;
/// Days before them, on which the course of infections forgets how it began.
const WARM_UP: usize = 21;
/// Days from the start on which deaths are not yet those of infections within it.
const DEATHS_FROM: usize = 56;
/// Size of the negative binomial of a week's deaths.
const DEATH_SIZE: f64 = 8.0;
/// Prior of the factor on the standard fatality: log standard deviation.
const FATALITY_SPREAD: f64 = 0.4;
/// Prior of log R at the first knot, and of the log of the first level: standard deviations.
const FIRST_SPREAD: f64 = 0.5;
const LEVEL_SPREAD: f64 = 2.0;
/// Parameters before the knots: log of the first day's infections, of ascertainment, of the factor on fatality, and growth of
/// log ascertainment per week.
pub(crate) const GLOBALS: usize = 4;
/// Their names.
pub(crate) const GLOBAL_NAMES: [&str; GLOBALS] =
    ["log infections a day", "log ascertainment", "log fatality factor", "log ascertainment growth a week"];
/// What the name of a knot begins with.
pub(crate) const LOG_R: &str = "log R ";

/// One place's past, ready to be tried with many parameters.
pub(crate) struct Past {
    settings: Settings,
    population: f64,
    /// Days of the history before the first one.
    skipped: usize,
    /// Dates of the knots of log R: the last Sunday up to the first day, and on until the last day lies between two.
    knots: Vec<Date>,
    /// Days from the first knot to the first day.
    lead: usize,
    /// Reports and their weekday factors; the warm-up comes first.
    cases: Vec<f64>,
    factors: Vec<f64>,
    /// Weekly sums that end on the as-of day, oldest first.
    weekly_deaths: Vec<f64>,
    smooth: Vec<f64>,
    /// Immune cases before the first day.
    before: f64,
    /// Least share of people who can be infected on the first day.
    least_susceptible: f64,
    case_size: f64,
    /// Shares of the delay from infection to the report of a case.
    case_delay: Vec<f64>,
    /// Deaths of a week that follow from one infection, if all die, by the days from it to the week's last day.
    week_of_deaths: Vec<f64>,
    fatality: f64,
    /// Median of the prior of ascertainment.
    ascertainment: f64,
    /// Whole days from infection to report.
    lag: usize,
    start_level: f64,
}

impl Past {
    /// The last days of a history; none where there are too few.
    pub(crate) fn new(
        history: &History,
        population: f64,
        shares: &[f64; GROUPS],
        kernels: &Kernels,
        settings: &Settings,
    ) -> Option<Self> {
        let days = (SCORED + WARM_UP).min(history.days());
        if days < WARM_UP + 4 * KNOT_DAYS {
            return None;
        }
        let recent = Recent::new(history.cases(), history.as_of(), history.days(), days, DUMP_FACTOR);
        let (cases, factors): (Vec<f64>, Vec<f64>) = recent.days().unzip();
        let smooth = recent.smooth();
        let deaths = history.deaths().cleaned();
        let last = &deaths[deaths.len() - days.saturating_sub(DEATHS_FROM).min(deaths.len())..];
        let weekly_deaths = last.rchunks_exact(7).rev().map(|week| week.iter().sum()).collect();
        let immunity = Immunity::of(history);
        let before = history.cases().total() - cases.iter().sum::<f64>() - immunity.waned();
        let first_day = history.day(history.days() - days);
        let lead = weekday_index(first_day);
        Some(Self {
            settings: *settings,
            population,
            knots: knots(first_day, lead, days),
            skipped: history.days() - days,
            lead,
            weekly_deaths,
            before: before.max(0.0),
            least_susceptible: immunity.least_susceptible(),
            case_size: 1.0 / recent.day_noise().powi(2).clamp(0.0025, 0.5),
            case_delay: kernels.reports().to_vec(),
            week_of_deaths: within_a_week(kernels.deaths()),
            fatality: kernels.fatality(shares),
            ascertainment: kernels.ascertainment(),
            lag: kernels.lag(),
            start_level: smooth.iter().take(14).sum::<f64>() / 14.0 + 0.1,
            cases,
            factors,
            smooth,
        })
    }

    pub(crate) fn days(&self) -> usize {
        self.cases.len()
    }

    /// Number of parameters.
    pub(crate) fn parameters(&self) -> usize {
        GLOBALS + self.knots.len()
    }

    /// Names of the parameters, in their order; a knot of log R is named by its day.
    pub(crate) fn names(&self) -> Vec<String> {
        let knots = self.knots.iter().map(|day| format!("{LOG_R}{day}"));
        GLOBAL_NAMES.iter().map(|name| (*name).to_owned()).chain(knots).collect()
    }

    /// Counts that came, in the order of [`Past::expect`], with the size of each one's negative binomial.
    pub(crate) fn came(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        let cases = self.cases[WARM_UP..].iter().map(|count| (*count, self.case_size));
        cases.chain(self.weekly_deaths.iter().map(|count| (*count, DEATH_SIZE)))
    }

    /// Mean and standard deviation of each parameter's own prior; the knots after the first walk.
    pub(crate) fn prior(&self, parameter: usize) -> (f64, f64) {
        match parameter {
            0 => ((self.start_level / self.ascertainment).ln(), LEVEL_SPREAD),
            1 => (self.ascertainment.ln(), self.settings.ascertainment_spread),
            2 => (0.0, FATALITY_SPREAD),
            3 => (self.settings.ascertainment_growth_per_week, self.settings.ascertainment_growth_spread),
            _ => (0.0, FIRST_SPREAD),
        }
    }

    /// Standard deviation of each parameter's own prior, of a step's where it walks.
    pub(crate) fn scales(&self) -> Vec<f64> {
        let walk = self.settings.reproduction_walk;
        (0..self.parameters()).map(|p| if p > GLOBALS { walk } else { self.prior(p).1 }).collect()
    }

    /// Prior residuals: their squares' half sum is the negative log prior.
    pub(crate) fn prior_residuals(&self, theta: &[f64]) -> Vec<f64> {
        let own = (0..=GLOBALS).map(|p| {
            let (mean, spread) = self.prior(p);
            (theta[p] - mean) / spread
        });
        let walk = theta[GLOBALS..].windows(2).map(|pair| (pair[1] - pair[0]) / self.settings.reproduction_walk);
        own.chain(walk).collect()
    }

    /// Start values: the inverted course of reports at each of some pairs of an ascertainment and a factor on fatality.
    pub(crate) fn starts(&self, pairs: impl Iterator<Item = (f64, f64)>) -> Vec<Vec<f64>> {
        let lag = self.lag.min(self.days() - 1);
        let last = self.smooth[self.days() - 1];
        let reported: Vec<f64> =
            (0..self.days()).map(|day| self.smooth.get(day + lag).copied().unwrap_or(last) + 0.02).collect();
        let drive = invert(&reported, &vec![0.0; reported.len()], &self.settings.rates());
        let knots = 0..self.parameters() - GLOBALS;
        let day = |knot: usize| (KNOT_DAYS * knot).saturating_sub(self.lead);
        // Effective R around each knot, and reports before it.
        let around = |day: usize| {
            let days = day.saturating_sub(3).min(self.days() - 1)..(day + 4).min(self.days());
            let number = days.len() as f64;
            let mean = drive.effective[days].iter().sum::<f64>() / number;
            (mean.clamp(0.3, 3.5), reported[..day.min(self.days())].iter().sum::<f64>())
        };
        let around: Vec<(f64, f64)> = knots.map(|knot| around(day(knot))).collect();
        let start = |(ascertainment, fatality): (f64, f64)| {
            let log_r = around.iter().map(|(effective, so_far)| {
                let left = (1.0 - (self.before + so_far) / ascertainment / self.population)
                    .max(self.least_susceptible.max(0.05));
                (effective / left.powf(self.settings.heterogeneity)).ln()
            });
            let globals = [(reported[0] / ascertainment).ln(), ascertainment.ln(), fatality.ln(), self.prior(3).0];
            globals.into_iter().chain(log_r).collect()
        };
        pairs.map(start).collect()
    }

    /// By how many days the window began earlier `age` days ago, and the days from the first knot to that day.
    pub(crate) fn begun_before(&self, age: usize) -> (usize, usize) {
        let begun = age.min(self.skipped);
        (begun, (self.lead + 7 * begun.div_ceil(7) - begun) % 7)
    }

    /// Negative log likelihood of the last `window` days, up to a constant.
    pub(crate) fn misfit(&self, counts: &[f64], window: usize) -> f64 {
        let daily = self.days() - WARM_UP;
        let first = daily.saturating_sub(window);
        let first_death = daily + self.weekly_deaths.len().saturating_sub(window / 7);
        let scored = |i: usize| (first..daily).contains(&i) || i >= first_death;
        let each = self.came().zip(counts).enumerate().filter(|(i, _)| scored(*i));
        each.map(|(_, ((came, size), mean))| (came + size) * (mean + size).ln() - came * mean.ln()).sum()
    }

    /// Negative log posterior, up to a constant.
    pub(crate) fn loss(&self, theta: &[f64]) -> f64 {
        self.losses(&[theta.to_vec()])[0]
    }

    /// The same, of each of some vectors.
    pub(crate) fn losses(&self, thetas: &[Vec<f64>]) -> Vec<f64> {
        let loss = |(theta, counts): (&Vec<f64>, Vec<f64>)| {
            let prior: f64 = self.prior_residuals(theta).iter().map(|r| 0.5 * r * r).sum();
            self.misfit(&counts, usize::MAX) + prior
        };
        thetas.iter().zip(self.expect(thetas)).map(loss).collect()
    }
}

/// Of events delayed by these shares, the part that falls within a week, by the days from an event to the week's last day.
fn within_a_week(shares: &[f64]) -> Vec<f64> {
    let days = |back: usize| (back + 1).saturating_sub(7)..(back + 1).min(shares.len());
    (0..shares.len() + 6).map(|back| shares[days(back)].iter().sum()).collect()
}

/// Sundays from the last one up to the first day, `lead` days before it, to the first after the last day but one.
fn knots(first_day: Date, lead: usize, days: usize) -> Vec<Date> {
    let step = |day: Date, steps: usize, next: fn(Date) -> Option<Date>| {
        (0..steps).fold(day, |day, _| next(day).unwrap_or(day))
    };
    let first = step(first_day, lead, |day| day.yesterday().ok());
    let later = |day: &Date| Some(step(*day, KNOT_DAYS, |day| day.tomorrow().ok()));
    std::iter::successors(Some(first), later).take((days - 1 + lead).div_ceil(KNOT_DAYS) + 1).collect()
}

/// Value of a piecewise-linear course so many days after its first knot.
pub(crate) fn log_linear(knots: &[f64], day: usize) -> f64 {
    let (knot, part) = (day / KNOT_DAYS, (day % KNOT_DAYS) as f64 / KNOT_DAYS as f64);
    knots[knot] + part * (knots[(knot + 1).min(knots.len() - 1)] - knots[knot])
}
