//! Addressable random streams.

use rand_philox::{Philox, splitmix64};

use crate::Fips;

/// The random streams of one engine in one location.
///
/// Streams are addressed rather than passed along: (seed, engine, purpose) give the key of the counter-based generator
/// Philox4x32-10 (Salmon et al. 2011, *Parallel random numbers: as easy as 1, 2, 3*), and (location, draw) give the
/// position of its counter. Two streams with a different location or draw never overlap within 2⁶⁴ blocks.
///
/// ```
/// use countycast_engine::{Fips, Streams};
/// let streams = Streams::new(7, "curve", "01001".parse()?);
/// let a = streams.rng("reports", 3).next_u64();
/// assert_eq!(a, streams.rng("reports", 3).next_u64(), "the same address gives the same numbers");
/// assert_ne!(a, streams.rng("reports", 4).next_u64());
/// # Ok::<(), countycast_engine::FipsError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Streams {
    key: u64,
    location: Fips,
}

impl Streams {
    /// Streams of `engine` in `location` under the run's `seed`.
    #[must_use]
    pub fn new(seed: u64, engine: &str, location: Fips) -> Self {
        Self { key: splitmix64(seed ^ hash(engine)), location }
    }

    /// The generator for one `purpose` within one `draw`, at its start.
    ///
    /// It implements the traits of `rand`, so that the distributions of `rand_distr` take it.
    #[must_use]
    pub fn rng(&self, purpose: &str, draw: usize) -> Philox {
        let place = (u64::from(self.location.number()) << 32) | (draw as u64 & 0xffff_ffff);
        Philox::from_u64_seed_stream(self.key ^ hash(purpose), place)
    }
}

/// FNV-1a followed by a finaliser, so that short names differ in all bits.
fn hash(name: &str) -> u64 {
    let fnv = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    splitmix64(fnv)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_part_of_the_address_matters() {
        let mut seen = HashSet::new();
        for seed in [0, 1] {
            for engine in ["curve", "seir"] {
                for location in ["US", "01", "01001", "02001"] {
                    for purpose in ["fit", "reports"] {
                        for draw in [0, 1, 200] {
                            let streams = Streams::new(seed, engine, location.parse().unwrap());
                            assert!(seen.insert(streams.rng(purpose, draw).next_u64()));
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn numbers_do_not_change_between_versions() {
        let streams = Streams::new(1, "curve", "36061".parse().unwrap());
        let mut rng = streams.rng("reports", 0);
        assert_eq!([rng.next_u32(), rng.next_u32()], PINNED, "projections of the same seed would change");
    }

    const PINNED: [u32; 2] = [178_669_145, 3_365_708_715];
}
