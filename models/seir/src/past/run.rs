//! What parameter vectors lead to: the equations run for several of them side by side.

use super::{GLOBALS, KNOT_DAYS, Past, WARM_UP};
use crate::compartments::{Forces, State, Strain};
use crate::mixing::Apart;

/// Parameter vectors whose epidemics run side by side: enough that their arithmetic fills the vector registers.
const LANES: usize = 8;
/// Log R goes no further from 0 than this.
const MAX_LOG_R: f64 = 3.0;

/// Reproduction numbers under one parameter vector, a value a day.
pub(crate) struct Reproduction {
    /// If everyone were susceptible.
    pub(crate) intrinsic: Vec<f64>,
    /// Among those still susceptible.
    pub(crate) effective: Vec<f64>,
}

/// The epidemics of some parameter vectors, one a lane.
struct Run<const L: usize> {
    /// Infections a day, [`Past::lead_in`] days before the first one among them, on which they are taken to have been level.
    infections: Vec<[f64; L]>,
    /// Reproduction number if everyone were susceptible, a value a day.
    reproduction: Vec<[f64; L]>,
    /// Susceptible share at the beginning of each day.
    susceptible: Vec<[f64; L]>,
}

impl Past {
    /// Counts that are expected under each parameter vector: daily cases from the warm-up's end on, then weekly deaths.
    pub(crate) fn expect(&self, thetas: &[Vec<f64>]) -> Vec<Vec<f64>> {
        self.side_by_side(thetas, Self::counts::<1>, Self::counts::<LANES>)
    }

    /// Reproduction numbers under each parameter vector.
    pub(crate) fn reproduction(&self, thetas: &[Vec<f64>]) -> Vec<Reproduction> {
        self.side_by_side(thetas, Self::courses::<1>, Self::courses::<LANES>)
    }

    /// Calls `some` with as many vectors as there are lanes at a time, `one` with a single one.
    fn side_by_side<T>(
        &self,
        thetas: &[Vec<f64>],
        one: impl Fn(&Self, [&[f64]; 1]) -> Vec<T>,
        some: impl Fn(&Self, [&[f64]; LANES]) -> Vec<T>,
    ) -> Vec<T> {
        let mut found = Vec::with_capacity(thetas.len());
        for chunk in thetas.chunks(LANES) {
            match chunk {
                [theta] => found.extend(one(self, [theta])),
                // Lanes that are left over run the last vector again.
                _ => {
                    let lanes = std::array::from_fn(|l| chunk[l.min(chunk.len() - 1)].as_slice());
                    found.extend(some(self, lanes).into_iter().take(chunk.len()));
                }
            }
        }
        found
    }

    fn counts<const L: usize>(&self, thetas: [&[f64]; L]) -> Vec<Vec<f64>> {
        let run = self.run(thetas);
        let first_ascertainment = thetas.map(ascertainment);
        let growth = thetas.map(|theta| theta[3].clamp(-1.0, 1.0) / KNOT_DAYS as f64);
        let mut then: [f64; L] =
            std::array::from_fn(|l| first_ascertainment[l] * (growth[l] * -((self.days() - WARM_UP) as f64)).exp());
        let growth = growth.map(f64::exp);
        let weeks = self.weekly_deaths.len();
        let mut counts = vec![Vec::with_capacity(self.days() - WARM_UP + weeks); L];
        for day in WARM_UP..self.days() {
            let due = due(&run.infections[..=self.lead_in() + day], &self.case_delay);
            for l in 0..L {
                counts[l].push((due[l] * then[l].min(1.0) * self.factors[day]).max(1e-6));
                then[l] *= growth[l];
            }
        }
        let fatality = thetas.map(|theta| self.fatality * theta[2].clamp(-20.0, 20.0).exp());
        for week in 0..weeks {
            let end = run.infections.len() - KNOT_DAYS * (weeks - 1 - week);
            let due = due(&run.infections[..end], &self.week_of_deaths);
            for l in 0..L {
                counts[l].push((due[l] * fatality[l]).max(1e-6));
            }
        }
        counts
    }

    fn courses<const L: usize>(&self, thetas: [&[f64]; L]) -> Vec<Reproduction> {
        let run = self.run(thetas);
        let heterogeneity = self.settings.heterogeneity;
        let course = |l: usize| {
            let intrinsic: Vec<f64> = run.reproduction.iter().map(|r| r[l]).collect();
            let left = run.susceptible.iter().map(|share| share[l].max(1e-9).powf(heterogeneity));
            let effective = intrinsic.iter().zip(left).map(|(r, left)| r * left).collect();
            Reproduction { intrinsic, effective }
        };
        (0..L).map(course).collect()
    }

    /// Runs the equations.
    fn run<const L: usize>(&self, thetas: [&[f64]; L]) -> Run<L> {
        let rates = self.settings.rates();
        let level = thetas.map(|theta| self.believed(theta[0].clamp(-20.0, 20.0).exp()));
        let mut state = self.begin(level, thetas.map(ascertainment));
        let mut infections = Vec::with_capacity(self.lead_in() + self.days());
        infections.resize(self.lead_in(), level);
        let mut susceptible = Vec::with_capacity(self.days());
        let reproduction = self.intrinsic(thetas);
        for &reproduction in &reproduction {
            susceptible.push(state.susceptible.map(|people| people / self.population));
            let apart = Apart { people: self.population, reproduction };
            let [new] = state.day_among(&rates, &Forces::reproduction(1.0), &apart);
            infections.push(new);
        }
        Run { infections, reproduction, susceptible }
    }

    /// R of each day if everyone were susceptible: between knots it changes by the same factor from day to day.
    fn intrinsic<const L: usize>(&self, thetas: [&[f64]; L]) -> Vec<[f64; L]> {
        let mut course = Vec::with_capacity(KNOT_DAYS * self.knots.len());
        let knot = |knot: usize| thetas.map(|theta| theta[GLOBALS + knot].clamp(-MAX_LOG_R, MAX_LOG_R));
        for k in 0..self.knots.len() {
            let (here, next) = (knot(k), knot((k + 1).min(self.knots.len() - 1)));
            let mut r = here.map(f64::exp);
            let growth: [f64; L] = std::array::from_fn(|l| ((next[l] - here[l]) / KNOT_DAYS as f64).exp());
            for _ in 0..KNOT_DAYS {
                course.push(r);
                (0..L).for_each(|l| r[l] *= growth[l]);
            }
        }
        course.drain(..self.lead);
        course.truncate(self.days());
        course
    }

    /// Days before the first one whose infections are reported after it.
    fn lead_in(&self) -> usize {
        self.case_delay.len()
    }

    /// A level of infections on the first day that the place can have.
    fn believed(&self, level: f64) -> f64 {
        level.min(0.02 * self.population)
    }

    /// The first day's states where infections have been level up to it.
    fn begin<const L: usize>(&self, level: [f64; L], ascertainment: [f64; L]) -> State<L, 1> {
        let rates = self.settings.rates();
        let most = (1.0 - self.least_susceptible).min(0.95) * self.population;
        let immune = ascertainment.map(|share| (self.before / share).min(most));
        let mut strain = Strain::<L>::NONE;
        strain.exposed = [level.map(|level| level * rates.latent / 3.0); 3];
        strain.infectious = [level.map(|level| level * rates.infectious / 3.0); 3];
        let susceptible = std::array::from_fn(|l| {
            let infected = level[l] * (rates.latent + rates.infectious);
            (self.population - immune[l] - infected).max(0.01 * self.population)
        });
        State { susceptible, strains: [strain], removed: immune }
    }

    /// The level at which infections have arrived after days of these log R, by as many infected.
    pub(crate) fn level_after(&self, level: f64, ascertainment: f64, log_r: impl Iterator<Item = f64>) -> f64 {
        let rates = self.settings.rates();
        let mut state = self.begin([self.believed(level)], [ascertainment.min(1.0)]);
        for log_r in log_r {
            let reproduction = [log_r.clamp(-MAX_LOG_R, MAX_LOG_R).exp()];
            let apart = Apart { people: self.population, reproduction };
            state.day_among(&rates, &Forces::reproduction(1.0), &apart);
        }
        state.strains[0].infected()[0] / (rates.latent + rates.infectious)
    }
}

/// Share of infections that become reported cases on the last day.
fn ascertainment(theta: &[f64]) -> f64 {
    theta[1].clamp(-20.0, 20.0).exp().min(1.0)
}

/// What follows from daily infections on the last of them, by the shares of a delay. Infections before the first are none.
#[inline]
fn due<const L: usize>(infections: &[[f64; L]], shares: &[f64]) -> [f64; L] {
    let mut due = [0.0; L];
    for (infections, share) in infections.iter().rev().zip(shares) {
        for l in 0..L {
            due[l] += share * infections[l];
        }
    }
    due
}

#[cfg(test)]
mod tests {
    use countycast_engine::{Date, Delay, Epidemiology, delay};
    use countycast_testkit::county;

    use super::*;
    use crate::ages::GROUPS;
    use crate::burden::Kernels;
    use crate::mixing::Mixing;
    use crate::past::log_linear;
    use crate::settings::Settings;

    fn past(heterogeneity: f64, days: usize, kernels: &Kernels) -> Past {
        let cases: Vec<f64> = (0..days).map(|day| (90.0 * (day as f64 / 11.0).sin().exp()).round()).collect();
        let deaths = cases.iter().map(|cases| (0.02 * cases).round()).collect();
        let history = county("19153", 4e5, Date::constant(2020, 3, 3), cases, deaths);
        let settings = Settings { heterogeneity, ..Settings::default() };
        Past::new(&history, 4e5, &[1.0 / GROUPS as f64; GROUPS], kernels, &settings).unwrap()
    }

    /// Vectors around the start, each another way off.
    fn thetas(past: &Past, number: usize) -> Vec<Vec<f64>> {
        let start = past.starts(std::iter::once((0.25, 1.0))).remove(0);
        let off = |i: usize| move |(p, value): (usize, &f64)| value + 0.3 * ((7 * i + 3 * p) as f64).sin();
        (0..number).map(|i| start.iter().enumerate().map(off(i)).collect()).collect()
    }

    /// The same, one day and one vector at a time.
    fn twin(past: &Past, theta: &[f64], kernels: &Kernels) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
        let (level, share, fatality) = (past.believed(theta[0].exp()), theta[1].exp().min(1.0), theta[2].exp());
        let mut state = past.begin([level], [share]);
        let mixing = Mixing::homogeneous(past.population);
        let lead = past.lead_in();
        let (mut infections, mut intrinsic, mut effective) = (vec![level; lead], Vec::new(), Vec::new());
        for day in 0..past.days() {
            let r = log_linear(&theta[GLOBALS..], day + past.lead).exp();
            intrinsic.push(r);
            effective.push(r * (state.susceptible[0] / past.population).powf(past.settings.heterogeneity));
            infections.push(state.day(&past.settings.rates(), &Forces::reproduction(r), &mixing)[0][0]);
        }
        let mut counts: Vec<f64> = (WARM_UP..past.days())
            .map(|day| {
                let then = share * (theta[3] * (day as f64 - past.days() as f64) / 7.0).exp();
                delay::due(&infections, kernels.reports(), lead + day) * then.min(1.0) * past.factors[day]
            })
            .collect();
        let weeks = past.weekly_deaths.len();
        for week in 0..weeks {
            let end = infections.len() - 7 * (weeks - 1 - week);
            let due: f64 = (end - 7..end).map(|day| delay::due(&infections, kernels.deaths(), day)).sum();
            counts.push(due * past.fatality * fatality);
        }
        (counts, intrinsic, effective)
    }

    fn assert_equal(found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!((found / expected - 1.0).abs() < 1e-10, "{found} and {expected}");
        }
    }

    #[test]
    fn vectors_side_by_side_are_each_run_day_by_day() {
        let usual = Epidemiology::default();
        // Where reports come at once, deaths reach back before the first infections.
        let early = Epidemiology { report_delay_days: Delay::new(1.0, 0.5), ..usual };
        for (heterogeneity, days, epidemiology) in
            [(1.0, 160, usual), (1.6, 160, usual), (1.0, 71, usual), (1.0, 160, early)]
        {
            let kernels = Kernels::new(&epidemiology);
            let past = past(heterogeneity, days, &kernels);
            let thetas = thetas(&past, LANES + 3);
            let (expected, courses) = (past.expect(&thetas), past.reproduction(&thetas));
            assert_eq!((expected.len(), courses.len()), (LANES + 3, LANES + 3));
            for ((theta, found), course) in thetas.iter().zip(&expected).zip(&courses) {
                let (counts, intrinsic, effective) = twin(&past, theta, &kernels);
                assert_equal(found, &counts);
                assert_equal(&course.intrinsic, &intrinsic);
                assert_equal(&course.effective, &effective);
            }
        }
    }

    #[test]
    fn a_vector_leads_to_the_same_alone_and_in_any_company() {
        let past = past(1.0, 160, &Kernels::new(&Epidemiology::default()));
        let thetas = thetas(&past, LANES + 1);
        let together = past.expect(&thetas);
        for (theta, found) in thetas.iter().zip(&together) {
            assert_eq!(&past.expect(std::slice::from_ref(theta))[0], found);
        }
    }
}
