//! Joint trajectories: the SEIR equations run on with noise in R and in reporting.

use countycast_engine::delay::add_due;
use countycast_engine::{Date, DrawError, Draws, Immunity, Streams, Target, weekday_index};
use rand_distr::{ChiSquared, Distribution, StandardNormal};

use crate::ages::GROUPS;
use crate::burden::{Burden, Kernels};
use crate::compartments::{Forces, State, Strain};
use crate::course::Drive;
use crate::mixing::Mixing;
use crate::report::draw_week;
use crate::scenario::Day;
use crate::settings::Settings;

/// Share of a week's departure of log R that is left after another week.
const RETURN_PER_WEEK: f64 = 0.65;
/// Log factors of noise stay within this: a factor of about 150.
const MAX_LOG: f64 = 5.0;
/// Greatest share of a variant's infections that is brought in.
const MOST_BROUGHT: f64 = 0.9;
/// Nobody is sure that less than this share is susceptible.
const LEAST_SUSCEPTIBLE: f64 = 0.02;
/// Relative variance and its part over the mean, of a week's deaths; drift of their reporting per week.
const DEATH_NOISE: (f64, f64, f64) = (0.02, 1.0, 0.25);

/// A parameter vector that the past supports.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Vector {
    /// Share of infections that become reported cases.
    pub(crate) ascertainment: f64,
    /// Its share of the weight.
    pub(crate) weight: f64,
}

/// All that draws need to know of one place.
pub(crate) struct Paths<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) kernels: &'a Kernels,
    pub(crate) mixing: &'a Mixing<GROUPS>,
    /// Shares of the age groups among infections.
    pub(crate) shares: &'a [f64; GROUPS],
    pub(crate) vectors: &'a [Vector],
    /// Infections as far as they are reported, a value a day, past and expected.
    pub(crate) reported: &'a [f64],
    pub(crate) drive: &'a Drive,
    /// First day that is simulated.
    pub(crate) start: usize,
    /// First day past as-of.
    pub(crate) future: usize,
    /// Factor on expected cases of each week that takes out what the spread of the delay has smoothed.
    pub(crate) levels: &'a [f64],
    /// Deaths over those that reported infections would lead to at the standard fatality.
    pub(crate) fatality: f64,
    /// Weekday factors of cases and deaths, Sunday first.
    pub(crate) weekday: [&'a [f64; 7]; 2],
    pub(crate) variance_factor: f64,
    pub(crate) day_noise: f64,
    pub(crate) total_cases: f64,
    pub(crate) total_deaths: f64,
    pub(crate) immunity: Immunity,
    pub(crate) as_of: Date,
}

/// What infections before the first simulated day lead to, of one for each that is reported; a value for each day past as-of.
struct Known {
    cases: Vec<f64>,
    burden: Burden,
}

/// One draw's noise: a factor for each week past as-of.
struct Noise {
    reproduction: Vec<f64>,
    cases: Vec<f64>,
    deaths: Vec<f64>,
}

impl Paths<'_> {
    /// The joint trajectories of these numbers. `scenario` holds the days past as-of, where anything changes.
    pub(crate) fn draw(
        &self,
        scenario: Option<&[Day]>,
        draws: &[usize],
        streams: &Streams,
    ) -> Result<Draws, DrawError> {
        let days = self.reported.len() - self.future;
        let variant = scenario.is_some_and(|days| days.iter().any(|day| day.variant.is_some()));
        let known = self.known(days);
        let mut values: [Vec<f32>; 3] = std::array::from_fn(|_| vec![0.0; draws.len() * days]);
        for (row, &i) in draws.iter().enumerate() {
            let vector = self.vector(i / 2);
            let noise = self.noise(i, streams);
            let infections = if variant {
                self.simulate::<2>(vector, &noise, scenario)
            } else {
                self.simulate::<1>(vector, &noise, scenario)
            };
            let path = row * days..(row + 1) * days;
            let [cases, deaths, admissions] = &mut values;
            let due = self.due(&infections, vector, &known);
            self.cases(&due, &noise, &mut cases[path.clone()], i, streams);
            let lag = self.future - self.start;
            let severity = |day: usize| scenario?.get(day.checked_sub(lag)?).map(|day| day.severity);
            let mut burden = self.kernels.burden(&infections, lag, days, severity);
            burden.add(&known.burden, 1.0 / vector.ascertainment);
            self.deaths(&burden, vector, &noise, &mut deaths[path.clone()], i, streams);
            for (value, expected) in admissions[path].iter_mut().zip(&burden.admissions) {
                *value = expected.max(0.0) as f32;
            }
        }
        let [cases, deaths, admissions] = values;
        Draws::new(draws.len(), days)?
            .with(Target::Cases, cases)?
            .with(Target::Deaths, deaths)?
            .with(Target::Admissions, admissions)
    }

    /// What the days before the first simulated one lead to.
    fn known(&self, days: usize) -> Known {
        let reported = &self.reported[..self.start];
        let mut cases = vec![0.0; days];
        add_due(reported, self.kernels.reports(), self.future, &mut cases);
        let infections: Vec<_> = reported.iter().map(|new| self.shares.map(|share| share * new)).collect();
        Known { cases, burden: self.kernels.burden(&infections, self.future, days, |_| None) }
    }

    /// The vector of a pair of draws: a van der Corput sequence over the cumulative weights, so that any number of draws
    /// is spread over them evenly.
    fn vector(&self, pair: usize) -> Vector {
        let mut at = f64::from((pair as u32).reverse_bits()) / 4_294_967_296.0;
        let chosen = self.vectors.iter().find(|vector| {
            at -= vector.weight;
            at < 0.0
        });
        chosen
            .or(self.vectors.last())
            .copied()
            .unwrap_or(Vector { ascertainment: self.kernels.ascertainment(), weight: 1.0 })
    }

    /// Draws `2k` and `2k + 1` share stream `k` and mirror each other, so that medians of few draws are steady.
    fn noise(&self, i: usize, streams: &Streams) -> Noise {
        let mut rng = streams.rng("process", i / 2);
        let mirror = if i.is_multiple_of(2) { 1.0 } else { -1.0 };
        let freedom = self.settings.tail_freedom;
        let chi = ChiSquared::new(freedom).map_or(freedom, |chi| chi.sample(&mut rng));
        let scale = mirror * (self.variance_factor * freedom / chi).sqrt();
        let weeks = (self.reported.len() - self.future).div_ceil(7);
        let [mut reproduction, mut cases, mut deaths] = std::array::from_fn(|_| Vec::with_capacity(weeks));
        let mut logs = [0.0; 3];
        let factor = |log: f64| log.clamp(-MAX_LOG, MAX_LOG).exp();
        for _ in 0..weeks {
            let mut normal = || -> f64 { StandardNormal.sample(&mut rng) };
            logs[0] = RETURN_PER_WEEK * logs[0] + scale * self.settings.reproduction_noise * normal();
            logs[1] += scale * self.settings.reporting_drift * normal();
            logs[2] += scale * DEATH_NOISE.2 * normal();
            reproduction.push(factor(logs[0]));
            cases.push(factor(logs[1]));
            deaths.push(factor(logs[2]));
        }
        Noise { reproduction, cases, deaths }
    }

    /// The noise of R on a day: what will be reported in a week was infected before. The last days, which are reported after the
    /// end, go with their own week.
    fn noise_of_infections(&self, noise: &Noise, day: usize) -> f64 {
        let reported = day + self.future - self.start;
        let day = if reported < self.reported.len() { reported } else { day };
        day.checked_sub(self.future).map_or(1.0, |ahead| noise.reproduction[ahead / 7])
    }

    /// Infections with a variant over those by somebody who lives here: it is taken to spread around as it does here, so that as
    /// large a share of its infections is brought in as of the others.
    fn brought_back(&self, day: usize, travel: f64) -> f64 {
        let share = (self.drive.imported[day] / self.reported[day].max(1e-9)).clamp(0.0, MOST_BROUGHT);
        1.0 + travel * share / (1.0 - share)
    }

    /// Infections by age on every simulated day.
    fn simulate<const K: usize>(&self, vector: Vector, noise: &Noise, scenario: Option<&[Day]>) -> Vec<[f64; GROUPS]> {
        let (people, shares) = (self.mixing.people(), self.shares);
        let population: f64 = people.iter().sum();
        let real = 1.0 / vector.ascertainment;
        let since: f64 = self.reported[self.start..self.future].iter().sum();
        let least = LEAST_SUSCEPTIBLE.max(self.immunity.least_susceptible());
        let left = |reported: f64| (1.0 - reported * real / population).max(least);
        let immune = (self.total_cases - self.immunity.waned()).max(0.0);
        let (susceptible, now) = (left(immune), left(immune + since));
        let mut state = State::<GROUPS, K> {
            susceptible: people.map(|people| susceptible * people),
            strains: [Strain::NONE; K],
            removed: [0.0; GROUPS],
        };
        let stages = &self.drive.stages[self.start];
        for j in 0..crate::STAGES {
            for a in 0..GROUPS {
                // A small place cannot hold more infected than people.
                let most = people[a] / (2 * crate::STAGES) as f64;
                state.strains[0].exposed[j][a] = (stages.exposed[j][0] * real * shares[a]).min(most);
                state.strains[0].infectious[j][a] = (stages.infectious[j][0] * real * shares[a]).min(most);
            }
        }
        let infected = state.strains[0].infected();
        for a in 0..GROUPS {
            state.removed[a] = (people[a] - state.susceptible[a] - infected[a]).max(0.0);
        }
        let rates = self.settings.rates();
        let intrinsic = now.powf(-self.settings.heterogeneity);
        let mut infections = Vec::with_capacity(self.reported.len() - self.start);
        for day in self.start..self.reported.len() {
            let change = scenario.and_then(|days| days.get(day.checked_sub(self.future)?));
            let mut reproduction = self.drive.effective[day] * intrinsic * self.noise_of_infections(noise, day);
            let mut imported = self.drive.imported[day] * real;
            let mut forces = Forces::reproduction(reproduction);
            if let Some(change) = change {
                reproduction *= change.transmission;
                imported *= change.travel;
                forces =
                    Forces { immunised: change.immunised, waning: change.waning, ..Forces::reproduction(reproduction) };
                if let Some((introductions, transmissibility)) = change.variant
                    && K > 1
                {
                    forces.imported[K - 1] = shares.map(|share| share * introductions);
                    forces.reproduction[K - 1] =
                        reproduction * transmissibility * self.brought_back(day, change.travel);
                }
            }
            forces.imported[0] = shares.map(|share| share * imported);
            let mixing = change.and_then(|change| change.mixing.as_deref()).unwrap_or(self.mixing);
            let new = state.day(&rates, &forces, mixing);
            infections.push(std::array::from_fn(|a| new.iter().map(|strain| strain[a]).sum()));
        }
        infections
    }

    /// Cases that are due on each day past as-of.
    fn due(&self, infections: &[[f64; GROUPS]], vector: Vector, known: &Known) -> Vec<f64> {
        let simulated: Vec<f64> = infections.iter().map(|new| vector.ascertainment * new.iter().sum::<f64>()).collect();
        let mut due = known.cases.clone();
        add_due(&simulated, self.kernels.reports(), self.future - self.start, &mut due);
        due
    }

    fn cases(&self, due: &[f64], noise: &Noise, values: &mut [f32], i: usize, streams: &Streams) {
        let mut expected = [0.0; 7];
        let people: f64 = self.mixing.people().iter().sum();
        let mut left = self.immunity.reportable(people, self.total_cases);
        let mut rng = streams.rng("case report", i);
        for (week, (due, days)) in due.chunks(7).zip(values.chunks_mut(7)).enumerate() {
            let expected = &mut expected[..due.len()];
            for (day, (expected, due)) in expected.iter_mut().zip(due).enumerate() {
                *expected = due * self.levels[week] * noise.cases[week] * self.factor(0, day);
            }
            let total = expected.iter().sum::<f64>() * 7.0 / expected.len() as f64;
            let variance = self.settings.widths().of_week(total) * self.variance_factor;
            draw_week(expected, variance, self.day_noise, days, &mut rng);
            take(days, &mut left);
        }
    }

    fn deaths(&self, burden: &Burden, vector: Vector, noise: &Noise, values: &mut [f32], i: usize, streams: &Streams) {
        let scale = self.fatality * vector.ascertainment;
        let mut expected = [0.0; 7];
        let people: f64 = self.mixing.people().iter().sum();
        let mut left = (people - self.total_deaths).max(0.0);
        let mut rng = streams.rng("death report", i);
        for (week, (due, days)) in burden.deaths.chunks(7).zip(values.chunks_mut(7)).enumerate() {
            let expected = &mut expected[..due.len()];
            for (day, (expected, due)) in expected.iter_mut().zip(due).enumerate() {
                *expected = scale * due * noise.deaths[week] * self.factor(1, day);
            }
            let variance = DEATH_NOISE.0 + DEATH_NOISE.1 / (expected.iter().sum::<f64>() + 10.0);
            draw_week(expected, variance, 0.2, days, &mut rng);
            take(days, &mut left);
        }
    }

    /// Weekday factor of cases (0) or deaths (1) on a day of each week past as-of.
    fn factor(&self, target: usize, day: usize) -> f64 {
        self.weekday[target][(weekday_index(self.as_of) + 1 + day) % 7]
    }
}

/// Nobody is counted who is not left.
fn take(days: &mut [f32], left: &mut f64) {
    for day in days {
        *day = day.min(*left as f32);
        *left = (*left - f64::from(*day)).max(0.0);
    }
}
