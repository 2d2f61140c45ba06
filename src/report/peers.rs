//! Counties like a county: near in the number of residents and in their age.

use std::collections::BTreeMap;

use countycast_engine::{Covariate, Fips, Level};

use crate::panel::Panel;

/// Peers of a county.
const PEERS: usize = 8;

/// What counties are compared by.
#[derive(Debug, Clone, Copy)]
struct Traits {
    fips: Fips,
    /// Logarithm of the number of residents.
    size: f64,
    /// Share of people of 65 and over, where known.
    old: Option<f64>,
}

/// Counties and what they are compared by.
#[derive(Debug, Default)]
pub(super) struct Peers {
    traits: BTreeMap<Fips, Traits>,
    /// Standard deviations of size and age over the nation.
    spread: [f64; 2],
}

impl Peers {
    /// Of all counties with residents.
    pub(super) fn of(panel: &Panel) -> Self {
        let traits = panel.counties().iter().filter_map(|place| {
            let location = place.history.location();
            let size = location.population.filter(|people| *people > 0.0)?.ln();
            Some(Traits { fips: location.fips, size, old: location.covariates.get(Covariate::Age65Plus) })
        });
        Self::new(traits.filter(|one| one.fips.level() == Level::County))
    }

    fn new(traits: impl Iterator<Item = Traits>) -> Self {
        let traits: BTreeMap<Fips, Traits> = traits.map(|one| (one.fips, one)).collect();
        let spread =
            [deviation(traits.values().map(|one| one.size)), deviation(traits.values().filter_map(|one| one.old))];
        Self { traits, spread }
    }

    /// Share of people of 65 and over, where known.
    pub(super) fn old(&self, fips: Fips) -> Option<f64> {
        self.traits.get(&fips)?.old
    }

    /// The counties nearest to one, the nearest first; the age counts where it is known of both.
    pub(super) fn nearest(&self, fips: Fips) -> Vec<Fips> {
        let Some(own) = self.traits.get(&fips) else { return Vec::new() };
        let distance = |other: &Traits| {
            let size = (other.size - own.size) / self.spread[0];
            let age = other.old.zip(own.old).map_or(0.0, |(a, b)| (a - b) / self.spread[1]);
            size.hypot(age)
        };
        let mut others: Vec<_> = self
            .traits
            .values()
            .filter(|other| other.fips != fips)
            .map(|other| (distance(other), other.fips))
            .collect();
        let order = |a: &(f64, Fips), b: &(f64, Fips)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
        if others.len() > PEERS {
            others.select_nth_unstable_by(PEERS, order);
            others.truncate(PEERS);
        }
        others.sort_by(order);
        others.into_iter().map(|(_, fips)| fips).collect()
    }
}

/// Standard deviation; 1 where all are alike, which then do not differ.
fn deviation(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let count = values.clone().count().max(1) as f64;
    let mean = values.clone().sum::<f64>() / count;
    let variance = values.map(|value| (value - mean).powi(2)).sum::<f64>() / count;
    if variance > 0.0 { variance.sqrt() } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn county(code: u32, people: f64, old: Option<f64>) -> Traits {
        Traits { fips: Fips::from_county(code).unwrap(), size: people.ln(), old }
    }

    #[test]
    fn peers_are_near_in_size_and_age() {
        // A large old county among small ones, one as large but young, and one as large and as old.
        let small = (1..=20).map(|n| county(1000 + n, 1000.0 + f64::from(n), Some(0.1 + 0.01 * f64::from(n % 5))));
        let large = [county(2001, 1e6, Some(0.30)), county(2003, 1.1e6, Some(0.10)), county(2005, 9e5, Some(0.29))];
        let peers = Peers::new(small.chain(large));
        let nearest = peers.nearest(Fips::from_county(2001).unwrap());
        assert_eq!(nearest.len(), PEERS);
        assert_eq!(nearest[..2], [Fips::from_county(2005).unwrap(), Fips::from_county(2003).unwrap()]);
        assert_eq!(peers.nearest(Fips::from_county(9001).unwrap()), Vec::new(), "nothing is known of it");
    }

    #[test]
    fn without_ages_the_size_alone_counts() {
        let peers = Peers::new((1..=3).map(|n| county(1000 + n, 10_f64.powi(n as i32), None)));
        let [one, two, three] = [1001, 1002, 1003].map(|code| Fips::from_county(code).unwrap());
        assert_eq!([peers.nearest(one), peers.nearest(three)], [vec![two, three], vec![two, one]]);
        assert_eq!(peers.old(one), None);
    }
}
