//! Past origins of all places, and windows chosen among them at random.

use rand::{Rng, RngExt};
use rayon::prelude::*;

use crate::facts::Standard;
use crate::network::OUTPUTS;
use crate::settings::Settings;
use crate::site::{Site, Week};
use crate::window::{INPUTS, LEARNED, Lag, RECENT, Window};

/// Half-lives after which a past origin is left out.
const OLDEST_HALF_LIVES: f64 = 6.0;
/// Cases a week that are added to a place's level before its power is taken: below them, chance decides.
const SIZE_OFFSET: f64 = 10.0;
/// Most weeks that are hidden at the end of a context.
const MOST_HIDDEN: usize = 4;

/// Where training windows begin their projections, with the chance that one is chosen.
#[derive(Debug)]
pub(crate) struct Origins {
    /// Place and days known.
    origins: Vec<(u32, u32)>,
    /// Sums of chances up to each origin.
    sums: Vec<f64>,
}

impl Origins {
    /// Of all places on every `origin_days`-th day before the last; the newest have fewer weeks that are known.
    pub(crate) fn of(sites: &[Site<'_>], settings: &Settings) -> Self {
        let of = |(place, site): (usize, &Site<'_>)| {
            let days = site.days();
            let forgotten = (OLDEST_HALF_LIVES * settings.half_life_days) as usize;
            let oldest = days.saturating_sub(forgotten).max(7 * RECENT);
            let ages = (7..).step_by(settings.origin_days);
            let origins = ages.map_while(move |age| days.checked_sub(age).filter(|seen| *seen >= oldest));
            let origins = origins.filter(|seen| site.month(*seen) >= settings.least_cases.max(1.0));
            let chosen = move |seen: usize| {
                let size = (site.month(seen) / 4.0 + SIZE_OFFSET).powf(settings.size_power);
                ((place as u32, seen as u32), size * 0.5_f64.powf((days - seen) as f64 / settings.half_life_days))
            };
            origins.map(chosen).collect::<Vec<_>>()
        };
        let found: Vec<_> = sites.par_iter().enumerate().flat_map_iter(of).collect();
        let mut sum = 0.0;
        let (origins, sums) = found
            .into_iter()
            .map(|(origin, chance)| {
                sum += chance;
                (origin, sum)
            })
            .unzip();
        Self { origins, sums }
    }

    /// Number of origins.
    pub(crate) fn len(&self) -> usize {
        self.origins.len()
    }

    fn pick(&self, rng: &mut impl Rng) -> (usize, usize) {
        let at = rng.random::<f64>() * self.sums.last().unwrap_or(&0.0);
        let (place, seen) = self.origins[self.sums.partition_point(|sum| *sum <= at).min(self.len() - 1)];
        (place as usize, seen as usize)
    }
}

/// A window and what came after it.
#[derive(Debug)]
struct Example {
    window: Window,
    /// For each week after the origin the weeks before it, its national course, and its counts if they are known.
    weeks: [([Lag; RECENT], f64, Option<Week>); LEARNED],
}

impl Example {
    fn new(site: &Site<'_>, standard: &Standard, seen: usize, hidden: usize, settings: &Settings) -> Self {
        let window = Window::new(site, standard, seen, settings.context_weeks, hidden);
        let mut recent = window.recent();
        let weeks = std::array::from_fn(|ahead| {
            let course = site.course.came(site.shifted(seen), ahead);
            let came = site.week(seen + 7 * (ahead + 1));
            let known = (recent, course, came);
            recent.rotate_left(1);
            let last = came.unwrap_or(recent[RECENT - 2].week);
            recent[RECENT - 1] = Lag { week: last, course, observed: came.is_some() };
            known
        });
        Self { window, weeks }
    }
}

/// A batch of windows as the network reads them.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    examples: Vec<Example>,
    /// A column for each week of each window: all windows' first weeks, then all second ones.
    pub(crate) inputs: Vec<f32>,
    pub(crate) by_outputs: Vec<f32>,
}

impl Batch {
    /// Fills the batch with windows chosen at random.
    pub(crate) fn fill(
        &mut self,
        origins: &Origins,
        sites: &[Site<'_>],
        standard: &Standard,
        settings: &Settings,
        rng: &mut impl Rng,
    ) {
        self.examples.clear();
        for _ in 0..settings.batch {
            let (place, seen) = origins.pick(rng);
            let hides = rng.random::<f64>() < settings.hidden_share;
            let hidden = if hides { rng.random_range(1..=MOST_HIDDEN) } else { 0 };
            self.examples.push(Example::new(&sites[place], standard, seen, hidden, settings));
        }
        let read = settings.context_weeks - 1;
        self.inputs.resize(INPUTS * self.examples.len() * (read + LEARNED), 0.0);
        let mut columns = self.inputs.chunks_exact_mut(INPUTS);
        for week in 0..read {
            self.examples.iter().zip(&mut columns).for_each(|(example, column)| example.window.known(week, column));
        }
        for ahead in 0..LEARNED {
            for (example, column) in self.examples.iter().zip(&mut columns) {
                example.window.ahead(&example.weeks[ahead].0, ahead, column);
            }
        }
    }

    /// Mean loss of the network's answers over all weeks that came, and its derivatives, which are kept.
    pub(crate) fn loss(&mut self, outputs: &[f32]) -> f64 {
        self.by_outputs.clear();
        self.by_outputs.resize(outputs.len(), 0.0);
        let known = self.examples.iter().flat_map(|example| &example.weeks).filter(|(.., came)| came.is_some()).count();
        let share = 1.0 / known.max(1) as f64;
        let mut sum = 0.0;
        let answers = outputs.chunks_exact(OUTPUTS).zip(self.by_outputs.chunks_exact_mut(OUTPUTS));
        let weeks = (0..LEARNED).flat_map(|ahead| self.examples.iter().map(move |example| (example, ahead)));
        for ((example, ahead), (answer, by_answer)) in weeks.zip(answers) {
            let (recent, course, came) = &example.weeks[ahead];
            let Some(came) = came else { continue };
            let (loss, by) = example.window.loss(recent, *course, answer, *came);
            sum += share * loss;
            by_answer.iter_mut().zip(by).for_each(|(kept, by)| *kept = (share * by) as f32);
        }
        sum
    }
}
