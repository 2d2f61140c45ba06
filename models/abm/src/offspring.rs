//! How many people somebody infects where all others are susceptible, each of them once.

use crate::disease::Disease;
use crate::population::{BANDS, Layer, Pool, Population};
use crate::random::Key;

/// People whose contacts are looked at, and courses of the disease for each.
const PEOPLE: u32 = 2_048;
const COURSES: u64 = 4;
/// People of a school or workplace that stand for all of it.
const GROUP: u32 = 32;
/// Greatest factor on attempts beyond the ratio asked for.
const MOST: f64 = 8.0;
/// Days of a week on which schools and workplaces are open.
const OPEN: f64 = 5.0 / 7.0;

/// The contacts of a sample of people: the reproduction number at any multiplier.
///
/// Attempts on one contact are a Poisson process of rate `θ x c s`, where θ is the multiplier, `x` the infectiousness of
/// the infector, `c` the contact's part of the attempts at θ = 1 and `s` the contact's susceptibility. However many succeed,
/// the contact is infected once, so that
///
/// ```text
/// R(θ) = mean over infectors of  Σ over contacts (1 - exp(-θ x c s))
/// ```
///
/// Doubled attempts thus lead to less than twice the infections: in homes and teams one contact is met again and again.
/// Infectors are weighted by their own susceptibility, as people who have been infected are.
#[derive(Debug, Clone)]
pub struct Offspring {
    infectors: Vec<Infector>,
}

/// Somebody infected.
#[derive(Debug, Clone)]
struct Infector {
    weight: f64,
    /// Infectiousness in each of several courses.
    infectiousness: [f64; COURSES as usize],
    /// Contacts who are met again: what an attempt's rate at a multiplier of 1 is for each, and how many there are of the
    /// kind.
    again: Vec<(f64, f64)>,
    /// The sum over all others, who are met once.
    once: f64,
}

impl Offspring {
    /// Takes a sample of the people, the same for every seed.
    #[must_use]
    pub fn new(disease: &Disease, population: &Population) -> Self {
        let people = population.len() as u32;
        let met = disease.susceptibility_met();
        let sample = (0..people).step_by((people / PEOPLE).max(1) as usize);
        Self { infectors: sample.map(|person| Infector::new(disease, population, person, &met)).collect() }
    }

    /// Mean infections by one infected person at a multiplier, at least 0.
    #[must_use]
    pub fn reproduction(&self, multiplier: f64) -> f64 {
        let sum = |infector: &Infector| infector.weight * infector.offspring(multiplier);
        let weight: f64 = self.infectors.iter().map(|infector| infector.weight).sum();
        self.infectors.iter().map(sum).sum::<f64>() / weight.max(f64::MIN_POSITIVE)
    }

    /// The factor on attempts that multiplies the reproduction number at `multiplier` by `ratio`, at most eight times the
    /// ratio.
    #[must_use]
    pub fn attempts_for(&self, multiplier: f64, ratio: f64) -> f64 {
        let wanted = ratio * self.reproduction(multiplier);
        // R is concave in the multiplier: a ratio above 1 takes more than itself, one below takes less.
        let (mut low, mut high) = if ratio < 1.0 { (0.0, ratio) } else { (ratio, MOST * ratio) };
        for _ in 0..24 {
            let middle = f64::midpoint(low, high);
            if self.reproduction(middle * multiplier) < wanted { low = middle } else { high = middle }
        }
        f64::midpoint(low, high)
    }
}

impl Infector {
    fn new(disease: &Disease, population: &Population, person: u32, met: &[f64; BANDS]) -> Self {
        let (resident, band) = (population.resident(person), population.band(person));
        let mut numbers = Key::from_seed(0).at(u64::from(person), 0);
        let susceptibility = |other: u32| f64::from(disease.susceptibility[population.band(other)]);
        let rate = |layer| f64::from(disease.rate(layer));
        let (first, size) = population.household(person);
        let home = (first..first + size).filter(|other| *other != person);
        let mut again: Vec<(f64, f64)> =
            home.map(|other| (rate(Layer::Household) * susceptibility(other), 1.0)).collect();
        if let Some(group) = resident.group() {
            let by_day = rate(group.layer) * if group.layer == Layer::Care { 1.0 } else { OPEN };
            let (team, all, in_team) = (group.team(), group.all(), f64::from(disease.in_team));
            let of_team = in_team / f64::from(team.len);
            let of_all = (1.0 - in_team) / f64::from(all.len);
            let mut add = |pool: Pool, step: u32, rate: f64| {
                let slots = (pool.start..pool.start + pool.len).step_by(step as usize);
                let others = slots.filter_map(|slot| population.contact(slot)).filter(|other| *other != person);
                again.extend(others.map(|other| (rate * susceptibility(other), f64::from(step))));
            };
            // A team is small beside what it is part of, so that the few who are met in both count as two.
            add(team, 1, by_day * of_team);
            add(all, all.len.div_ceil(GROUP), by_day * of_all);
        }
        Self {
            weight: susceptibility(person),
            infectiousness: std::array::from_fn(|_| f64::from(disease.course(band, numbers.bits()).infectiousness)),
            again,
            once: rate(Layer::Community) * met[band],
        }
    }

    fn offspring(&self, multiplier: f64) -> f64 {
        let of_course = |infectiousness: &f64| {
            let attempts = multiplier * infectiousness;
            let again = self.again.iter().map(|(rate, people)| -people * (-attempts * rate).exp_m1());
            attempts * self.once + again.sum::<f64>()
        };
        self.infectiousness.iter().map(of_course).sum::<f64>() / COURSES as f64
    }
}
