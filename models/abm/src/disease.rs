//! What the disease does in one person, tabulated so that an infection costs a handful of look-ups.

use std::sync::Arc;

use countycast_engine::{Contacts, Delay, Severity};
use statrs::distribution::{ContinuousCDF, Gamma as GammaLaw};

use crate::population::{BANDS, Daytime, Layer, Population};
use crate::random::Key;
use crate::settings::Settings;

/// Entries of the tables of waiting times.
const STEPS: usize = 1_024;
/// Entries of the table of individual infectiousness: its tail matters.
const FINE_STEPS: usize = 4_096;
/// Days of the event wheel; nobody infects anyone later than this many days after being infected.
pub(crate) const WHEEL: usize = 32;
/// Entries of a row of the mixing table.
const MIXING_STEPS: usize = 1_024;
/// Days from infectious to symptoms: Covasim (Lauer et al. 2020).
pub(crate) const PRESYMPTOMATIC_DAYS: f32 = 1.1;
/// Age groups of five years that contacts are taken between, the last from 75 on.
pub(crate) const GROUPS: usize = 16;
/// Youngest age of each.
pub(crate) const YOUNGEST: [u8; GROUPS] = [0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75];

/// Quantiles of what differs between people, the same in every place: tabulated once for all.
#[derive(Debug, Clone, PartialEq)]
pub struct Tables {
    latent: Vec<f32>,
    infectious: Vec<f32>,
    infectiousness: Vec<f32>,
    /// Share with symptoms by age band.
    symptomatic: [f32; BANDS],
    /// One over the mean of `infectious`.
    per_infectious_day: f32,
}

impl Tables {
    /// The tables of these settings, with symptoms as often as `severity` says.
    #[must_use]
    pub fn new(settings: &Settings, severity: &Severity) -> Self {
        let infectious = within_wheel(settings.infectious_days);
        Self {
            latent: within_wheel(settings.latent_days),
            infectiousness: overdispersed(settings.dispersion),
            symptomatic: std::array::from_fn(|band| severity.symptomatic[(band / 2).min(8)] as f32),
            per_infectious_day: infectious.len() as f32 / infectious.iter().sum::<f32>(),
            infectious,
        }
    }
}

/// Settings made ready for the hot loops of one population.
#[derive(Debug, Clone)]
pub struct Disease {
    tables: Arc<Tables>,
    front_loading: f32,
    asymptomatic: f32,
    /// Share with symptoms by age band.
    symptomatic: [f32; BANDS],
    /// Susceptibility by age band over the greatest.
    pub(crate) susceptibility: [f32; BANDS],
    /// Attempts a person makes on each other member of the household, and in the other layers, at a multiplier of 1.
    rates: [f32; 5],
    /// Community attempts of a weekday and of a day of the weekend, over the mean day's.
    community_by_day: [f32; 2],
    /// Share of all attempts that are made at work, here or in another county.
    pub(crate) work_share: f64,
    /// Share of school and work contacts within the class or team.
    pub(crate) in_team: f32,
    mixing: Vec<u8>,
}

/// What is decided about a person at the moment of infection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Course {
    /// Days from infection to infectious.
    pub(crate) latent: f32,
    /// Days infectious.
    pub(crate) infectious: f32,
    /// Attempts relative to the mean person.
    pub(crate) infectiousness: f32,
    /// Whether there will be symptoms.
    pub(crate) symptoms: bool,
}

impl Disease {
    /// Tables for `population`, whose people meet in the community as `contacts` say, scaled so that a transmissibility
    /// multiplier of 1 gives every infected person one infection on average where all are susceptible, before anyone is met
    /// twice.
    #[must_use]
    pub fn new(settings: &Settings, tables: Arc<Tables>, contacts: &Contacts, population: &Population) -> Self {
        let greatest = settings.susceptibility.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        let mut disease = Self {
            symptomatic: tables.symptomatic,
            tables,
            front_loading: settings.front_loading as f32,
            asymptomatic: settings.asymptomatic_infectiousness as f32,
            susceptibility: std::array::from_fn(|band| (settings.susceptibility[class(band)] / greatest) as f32),
            rates: settings.contacts.rates(),
            community_by_day: settings.contacts.community_by_day(),
            work_share: 0.0,
            in_team: settings.contacts.in_team as f32,
            mixing: mixing(population, contacts),
        };
        let (scale, work_share) = disease.unscaled_reproduction(population);
        disease.work_share = work_share;
        if scale > 0.0 {
            disease.rates = disease.rates.map(|rate| (f64::from(rate) / scale) as f32);
        }
        disease
    }

    /// Mean number of successful attempts of a person at the present rates, and the share of them at work, here or elsewhere.
    fn unscaled_reproduction(&self, population: &Population) -> (f64, f64) {
        let people = population.len() as u32;
        // A sample of some ten thousand gives the mean to a percent; it is the same at every seed.
        let stride = (people / 16_384).max(1);
        let (mut sum, mut at_work, mut susceptibility, mut n) = (0.0, 0.0, 0.0, 0.0);
        for person in (0..people).step_by(stride as usize) {
            let band = population.band(person);
            let symptoms = f64::from(self.symptomatic[band]);
            let infectiousness = symptoms + (1.0 - symptoms) * f64::from(self.asymptomatic);
            let (_, members) = population.household(person);
            let layer = match population.resident(person).day() {
                Daytime::Group(group) => Some(group.layer),
                Daytime::Elsewhere => Some(Layer::Work),
                Daytime::Nowhere => None,
            };
            let by_day = layer.map_or(0.0, |layer| {
                let week = if matches!(layer, Layer::School | Layer::Work) { 5.0 / 7.0 } else { 1.0 };
                week * f64::from(self.rates[layer as usize])
            });
            if layer == Some(Layer::Work) {
                at_work += infectiousness * by_day;
            }
            let home = f64::from(self.rates[0]) * f64::from(members - 1);
            sum += infectiousness * (home + by_day + f64::from(self.rates[Layer::Community as usize]));
            susceptibility += f64::from(self.susceptibility[band]);
            n += 1.0;
        }
        if n > 0.0 && sum > 0.0 { (sum / n * susceptibility / n, at_work / sum) } else { (0.0, 0.0) }
    }

    /// Decides a person's course from 64 random bits.
    #[inline]
    pub(crate) fn course(&self, band: usize, bits: u64) -> Course {
        let symptoms = ((bits >> 32) as u16 as f32) < 65_536.0 * self.symptomatic[band];
        let relative = if symptoms { 1.0 } else { self.asymptomatic };
        let infectious = self.tables.infectious[(bits >> 10 & 1_023) as usize];
        Course {
            latent: self.tables.latent[(bits & 1_023) as usize],
            infectious,
            // Who is infectious for longer makes more attempts.
            infectiousness: relative
                * self.tables.infectiousness[(bits >> 20 & 4_095) as usize]
                * (infectious * self.tables.per_infectious_day),
            symptoms,
        }
    }

    /// Attempts in a layer at a multiplier of 1; in the household for each other member.
    #[inline]
    pub(crate) fn rate(&self, layer: Layer) -> f32 {
        self.rates[layer as usize]
    }

    /// Community attempts at a multiplier of 1, were all days weekdays, and were all of them weekends.
    #[inline]
    pub(crate) fn community_rates(&self) -> [f32; 2] {
        self.community_by_day.map(|factor| factor * self.rates[Layer::Community as usize])
    }

    /// Days from infection to an attempt, by a number in [0, 1).
    #[inline]
    pub(crate) fn attempt_after(&self, course: Course, u: f32) -> f32 {
        let place = if self.front_loading == 0.0 { u } else { u * (1.0 - self.front_loading * (1.0 - u)) };
        course.latent + course.infectious * place
    }

    /// The age band of a community contact.
    #[inline]
    pub(crate) fn contact_band(&self, band: usize, u: f32) -> usize {
        usize::from(self.mixing[band * MIXING_STEPS + (u * MIXING_STEPS as f32) as usize])
    }

    /// Mean susceptibility of those whom a person of each age band meets in the community.
    pub(crate) fn susceptibility_met(&self) -> [f64; BANDS] {
        std::array::from_fn(|band| {
            let met = &self.mixing[band * MIXING_STEPS..(band + 1) * MIXING_STEPS];
            met.iter().map(|other| f64::from(self.susceptibility[usize::from(*other)])).sum::<f64>()
                / MIXING_STEPS as f64
        })
    }

    /// Share of attempts of a mean infected person by whole days since infection, from 1 on.
    #[must_use]
    pub fn generation_interval(&self) -> Vec<f64> {
        let mut shares = vec![0.0; WHEEL - 1];
        let mut numbers = Key::from_seed(0).at(0, 0);
        for _ in 0..8_000 {
            let course = self.course(6, numbers.bits());
            let day = numbers.unit() + self.attempt_after(course, numbers.unit());
            // Individual factors of great spread tell nothing about time: only the length of the infectious time counts.
            shares[(day as usize).clamp(1, WHEEL - 1) - 1] += f64::from(course.infectious);
        }
        let total: f64 = shares.iter().sum();
        shares.iter_mut().for_each(|share| *share /= total);
        shares
    }
}

/// Class of susceptibility of an age band: 0–9, 10–19, 20–59, 60–69, 70 and over.
const fn class(band: usize) -> usize {
    match band {
        0..=1 => 0,
        2..=3 => 1,
        4..=11 => 2,
        12..=13 => 3,
        _ => 4,
    }
}

/// Quantiles of a waiting time of transmission, cut so that hardly anything falls off the wheel.
fn within_wheel(time: Delay) -> Vec<f32> {
    quantiles(time, STEPS).into_iter().map(|days| days.min(20.0)).collect()
}

/// Quantiles of a time in the middle of equal steps.
pub(crate) fn quantiles(time: Delay, steps: usize) -> Vec<f32> {
    time.quantiles(steps).into_iter().map(|days| days as f32).collect()
}

/// A gamma distribution of mean 1 and this shape, cut into equal steps, each at its mean.
fn overdispersed(shape: f64) -> Vec<f32> {
    let steps = FINE_STEPS;
    let (Ok(law), Ok(weighted)) = (GammaLaw::new(shape, shape), GammaLaw::new(shape + 1.0, shape)) else {
        return vec![1.0; steps];
    };
    if shape >= 1e4 {
        return vec![1.0; steps];
    }
    // The mean of a gamma distribution below x is the distribution function of shape + 1 at x.
    let below: Vec<f64> = (0..=steps)
        .map(|i| if i == steps { 1.0 } else { weighted.cdf(law.inverse_cdf(i as f64 / steps as f64).max(0.0)) })
        .collect();
    below.windows(2).map(|pair| ((pair[1] - pair[0]) * steps as f64) as f32).collect()
}

/// For each age band of an infected person, the bands of community contacts in proportion to their shares: a group that is
/// larger here than in the nation of the contacts is met more often.
fn mixing(population: &Population, contacts: &Contacts) -> Vec<u8> {
    let contacts = contacts.between(&YOUNGEST);
    let group = |band: usize| band.min(GROUPS - 1);
    let people: [f64; BANDS] = std::array::from_fn(|band| population.of_band(band).len() as f64);
    let mut table = Vec::with_capacity(BANDS * MIXING_STEPS);
    for band in 0..BANDS {
        let row = contacts.community[group(band)];
        let met: [f64; BANDS] = std::array::from_fn(|other| {
            let group = group(other);
            people[other] * row[group] / contacts.shares[group]
        });
        let per_step = met.iter().sum::<f64>() / MIXING_STEPS as f64;
        let mut left: f64 = 0.0;
        let mut last = people.iter().position(|n| *n > 0.0).unwrap_or(0);
        let before = table.len();
        for (other, met) in met.iter().enumerate().filter(|(_, met)| **met > 0.0) {
            left += met / per_step;
            let steps = (left.round() as usize).min(before + MIXING_STEPS - table.len());
            left -= steps as f64;
            table.extend(std::iter::repeat_n(other as u8, steps));
            last = other;
        }
        table.resize(before + MIXING_STEPS, last as u8);
    }
    table
}
