//! Who infects whom, and the reproduction number that follows.

/// Who meets whom among `A` groups.
pub(crate) trait Contacts<const A: usize> {
    /// Risk by group at a reproduction number of 1 and an infectious period of one day.
    fn force(&self, infectious: &[f64; A]) -> [f64; A];

    /// Share of those whom a group meets that is susceptible.
    fn susceptible_share(&self, susceptible: &[f64; A]) -> [f64; A];
}

/// Copies of one well-mixed population that never meet, each with a reproduction number of its own: their epidemics run side by
/// side, one a lane.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Apart<const L: usize> {
    pub(crate) people: f64,
    pub(crate) reproduction: [f64; L],
}

impl<const L: usize> Contacts<L> for Apart<L> {
    #[inline]
    fn force(&self, infectious: &[f64; L]) -> [f64; L] {
        let per_person = 1.0 / self.people;
        let mut force = self.reproduction;
        for (force, infectious) in force.iter_mut().zip(infectious) {
            *force *= per_person * infectious;
        }
        force
    }

    #[inline]
    fn susceptible_share(&self, susceptible: &[f64; L]) -> [f64; L] {
        susceptible.map(|people| people / self.people)
    }
}

/// Contacts between age groups, scaled so that the next-generation matrix of a susceptible population has spectral
/// radius 1: a reproduction number then multiplies it (Diekmann, Heesterbeek & Metz 1990).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mixing<const A: usize> {
    /// Risk of a susceptible person of `a` per infectious person of `b`, times the infectious period; a row for each `b`, so
    /// that all `a` are added to at once.
    rates: [[f64; A]; A],
    people: [f64; A],
    per_person: f64,
}

impl Mixing<1> {
    /// One well-mixed population.
    #[must_use]
    pub fn homogeneous(people: f64) -> Self {
        Self { rates: [[1.0 / people]], people: [people], per_person: 1.0 / people }
    }
}

impl<const A: usize> Contacts<A> for Mixing<A> {
    #[inline]
    fn force(&self, infectious: &[f64; A]) -> [f64; A] {
        let mut force = [0.0; A];
        for (infectious, row) in infectious.iter().zip(&self.rates) {
            for (force, rate) in force.iter_mut().zip(row) {
                *force += rate * infectious;
            }
        }
        force
    }

    #[inline]
    fn susceptible_share(&self, susceptible: &[f64; A]) -> [f64; A] {
        [self.per_person * susceptible.iter().sum::<f64>(); A]
    }
}

impl<const A: usize> Mixing<A> {
    /// From contacts a day of a person of `a` with people of `b`, relative susceptibility and residents by age group.
    #[must_use]
    pub fn new(contacts: &[[f64; A]; A], susceptibility: &[f64; A], people: [f64; A]) -> Self {
        let rates =
            std::array::from_fn(|b| std::array::from_fn(|a| susceptibility[a] * contacts[a][b] / people[b].max(1e-9)));
        let mut mixing = Self { rates, people, per_person: 1.0 / people.iter().sum::<f64>() };
        let (radius, _) = mixing.dominant(&people);
        mixing.scale(1.0 / radius.max(1e-12));
        mixing
    }

    /// These contacts changed pair by pair, on the same scale: what fewer contacts take away stays away.
    #[must_use]
    pub fn changed(&self, factors: &[[f64; A]; A]) -> Self {
        let rates = std::array::from_fn(|b| std::array::from_fn(|a| self.rates[b][a] * factors[a][b]));
        Self { rates, ..*self }
    }

    /// The reproduction number with everyone susceptible, relative to the one that this mixing was scaled for: the
    /// spectral radius of the next-generation matrix `K_ab = S_a · rate_ab`.
    #[must_use]
    pub fn spectral_radius(&self) -> f64 {
        self.dominant(&self.people).0
    }

    /// Shares of the age groups among infections of a growing or falling epidemic with few immune: the dominant
    /// eigenvector.
    #[must_use]
    pub fn stable_shares(&self) -> [f64; A] {
        self.dominant(&self.people).1
    }

    /// Residents by age group.
    #[must_use]
    pub fn people(&self) -> &[f64; A] {
        &self.people
    }

    fn scale(&mut self, by: f64) {
        self.rates.iter_mut().flatten().for_each(|rate| *rate *= by);
    }

    /// Spectral radius and eigenvector (sum 1) by power iteration; the matrix is positive, so it converges.
    fn dominant(&self, susceptible: &[f64; A]) -> (f64, [f64; A]) {
        let mut shares = [1.0 / A as f64; A];
        let mut radius = 0.0;
        for _ in 0..200 {
            let force = self.force(&shares);
            let next: [f64; A] = std::array::from_fn(|a| susceptible[a] * force[a]);
            radius = next.iter().sum();
            if radius <= 0.0 {
                return (0.0, shares);
            }
            shares = next.map(|x| x / radius);
        }
        (radius, shares)
    }
}
