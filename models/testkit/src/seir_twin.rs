//! The SEIR equations, solved slowly.

/// A closed, well-mixed SEIR epidemic with Erlang stages, by small explicit steps.
///
/// ```text
/// S' = -β(t) (S/N)^(h-1) S I / N      E_1' = -S' - m E_1 / L       E_j' = m (E_(j-1) - E_j) / L
/// I_1' = m E_m / L - n I_1 / D        I_j' = n (I_(j-1) - I_j) / D       β(t) = R(t) / D
/// ```
///
/// Deliberately simple and slow: a fast solver that disagrees with it is wrong.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SeirTwin {
    /// People.
    pub population: f64,
    /// People in the first exposed stage at the start.
    pub exposed: f64,
    /// Mean time exposed, `L`, days.
    pub latent: f64,
    /// Exposed stages, `m`.
    pub exposed_stages: usize,
    /// Mean time infectious, `D`, days.
    pub infectious: f64,
    /// Infectious stages, `n`.
    pub infectious_stages: usize,
    /// Exponent `h` of the susceptible share, 1 for mass action.
    pub heterogeneity: f64,
    /// Steps a day; 100 give about four digits of daily infections.
    pub steps_per_day: usize,
}

/// The end of a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SeirDay {
    /// Infections within the day.
    pub infections: f64,
    /// Not yet infected.
    pub susceptible: f64,
    /// In any exposed stage.
    pub exposed: f64,
    /// In any infectious stage.
    pub infectious: f64,
    /// No longer infectious.
    pub removed: f64,
}

impl SeirTwin {
    /// Runs `days` days with the reproduction number `reproduction(t)`, `t` in days from the start.
    #[must_use]
    pub fn run(&self, reproduction: impl Fn(f64) -> f64, days: usize) -> Vec<SeirDay> {
        let step = 1.0 / self.steps_per_day as f64;
        let leave_exposed = self.exposed_stages as f64 / self.latent;
        let leave_infectious = self.infectious_stages as f64 / self.infectious;
        let mut s = self.population - self.exposed;
        let mut e = vec![0.0; self.exposed_stages];
        let mut i = vec![0.0; self.infectious_stages];
        e[0] = self.exposed;
        let mut out = Vec::with_capacity(days);
        for day in 0..days {
            let mut infections = 0.0;
            for k in 0..self.steps_per_day {
                // The midpoint of the step, for the change of the reproduction number within it.
                let t = day as f64 + (k as f64 + 0.5) * step;
                let beta = reproduction(t) / self.infectious * (s / self.population).powf(self.heterogeneity - 1.0);
                let new = (step * beta * s * i.iter().sum::<f64>() / self.population).min(s);
                let mut inflow = new;
                for stage in &mut e {
                    let outflow = step * leave_exposed * *stage;
                    *stage += inflow - outflow;
                    inflow = outflow;
                }
                for stage in &mut i {
                    let outflow = step * leave_infectious * *stage;
                    *stage += inflow - outflow;
                    inflow = outflow;
                }
                s -= new;
                infections += new;
            }
            let (exposed, infectious) = (e.iter().sum::<f64>(), i.iter().sum::<f64>());
            let removed = self.population - s - exposed - infectious;
            out.push(SeirDay { infections, susceptible: s, exposed, infectious, removed });
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::closed::{attack_rate, seir_reproduction_number};

    fn twin() -> SeirTwin {
        SeirTwin {
            population: 1e6,
            exposed: 1.0,
            latent: 4.5,
            exposed_stages: 3,
            infectious: 8.0,
            infectious_stages: 3,
            heterogeneity: 1.0,
            steps_per_day: 100,
        }
    }

    #[test]
    fn ends_at_the_final_size() {
        let end = twin().run(|_| 2.0, 700)[699];
        assert!((end.removed / 1e6 - attack_rate(2.0)).abs() < 1e-4, "{end:?}");
    }

    #[test]
    fn grows_as_the_closed_form_says() {
        let days = SeirTwin { population: 1e12, ..twin() }.run(|_| 2.5, 80);
        let growth = (days[79].infections / days[78].infections).ln();
        let implied = seir_reproduction_number(growth, 4.5, 3, 8.0, 3);
        assert!((implied - 2.5).abs() < 0.01, "growth of {growth} a day implies {implied}");
    }

    #[test]
    fn halving_the_step_halves_the_error() {
        let at = |steps_per_day| SeirTwin { steps_per_day, ..twin() }.run(|_| 2.5, 120)[119].susceptible;
        let (coarse, fine, finest) = (at(25), at(50), at(100));
        let order = ((coarse - fine) / (fine - finest)).abs();
        assert!((1.7..2.3).contains(&order), "{order}");
    }
}
