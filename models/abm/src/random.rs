//! Random numbers by counter: keyed by person and day.

use countycast_engine::Streams;

/// The key of one simulation's random numbers.
///
/// It is taken once from [`Streams`]; within the hot loops a number is a finaliser over key, person and day (splitmix64,
/// Steele, Lea & Flood 2014), which runs at about 1e9 numbers a second where Philox runs at 0.5e9. Nothing is handed on
/// from one person to the next, so that neither the order of work nor the number of threads can matter, and a scenario
/// meets its baseline's luck.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key(u64);

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

impl Key {
    /// The key for one `purpose` and one number `index` of an engine's streams.
    #[must_use]
    pub fn new(streams: &Streams, purpose: &str, index: usize) -> Self {
        Self(streams.rng(purpose, index).next_u64())
    }

    /// A key from a plain number, for benches and tests.
    #[must_use]
    pub const fn from_seed(seed: u64) -> Self {
        Self(mix(seed))
    }

    /// The numbers that belong to `a` (a person, a chunk) and `b` (a day, a purpose).
    #[inline]
    #[must_use]
    pub(crate) const fn at(self, a: u64, b: u64) -> Sequence {
        Sequence(mix(self.0 ^ a.wrapping_mul(GOLDEN) ^ b.wrapping_mul(0xd1b5_4a32_d192_ed03).rotate_left(32)))
    }

    /// One number in [0, 1) that belongs to `a` and `b`.
    #[inline]
    pub(crate) fn unit(self, a: u64, b: u64) -> f32 {
        unit(self.at(a, b).0)
    }
}

/// Numbers in a row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sequence(u64);

impl Sequence {
    /// The next 64 bits.
    #[inline]
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// The next number in [0, 1).
    #[inline]
    pub(crate) fn unit(&mut self) -> f32 {
        unit(self.bits())
    }

    /// The next whole number below `n`, which is above 0; multiply-shift, biased by less than `n / 2³²`.
    #[inline]
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        (((self.bits() >> 32) * u64::from(n)) >> 32) as u32
    }

    /// A Poisson number by multiplied uniforms, in parts where the limit would be too small a number.
    #[inline]
    pub(crate) fn poisson(&mut self, mean: f32) -> u32 {
        const PART: f32 = 500.0;
        let (mut left, mut n) = (mean, 0);
        while left > 0.0 {
            let least = (-f64::from(left.min(PART))).exp();
            let mut product = self.above_zero();
            while product > least {
                product *= self.above_zero();
                n += 1;
            }
            left -= PART;
        }
        n
    }

    /// The next number in (0, 1), with all the bits of a double.
    #[inline]
    fn above_zero(&mut self) -> f64 {
        ((self.bits() >> 11) as f64 + 0.5) * (1.0 / 9_007_199_254_740_992.0)
    }
}

/// The upper 24 bits as a number in [0, 1).
#[inline]
pub(crate) fn unit(bits: u64) -> f32 {
    (bits >> 40) as f32 * (1.0 / 16_777_216.0)
}

#[inline]
const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_of_persons_and_days_are_uniform() {
        let key = Key::from_seed(1);
        let mut bins = [0_u32; 64];
        for person in 0..1_000 {
            for day in 0..64 {
                bins[(key.unit(person, day) * 64.0) as usize] += 1;
            }
        }
        let chi: f64 = bins.iter().map(|&n| (f64::from(n) - 1_000.0).powi(2) / 1_000.0).sum();
        // 63 degrees of freedom: mean 63, standard deviation 11; five of them allowed.
        assert!((20.0..118.0).contains(&chi), "chi-square {chi}");
    }

    #[test]
    fn poisson_numbers_have_their_mean_and_variance() {
        let mut numbers = Key::from_seed(2).at(0, 0);
        for (expected, n) in [(3.0_f32, 100_000), (1_200.0, 4_000)] {
            let draws: Vec<f64> = (0..n).map(|_| f64::from(numbers.poisson(expected))).collect();
            let (expected, n) = (f64::from(expected), f64::from(n));
            let mean = draws.iter().sum::<f64>() / n;
            let variance = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
            // Five standard errors: √(mean/n), and √(2/n) of the variance, somewhat more for a small mean.
            assert!((mean - expected).abs() < 5.0 * (expected / n).sqrt(), "{mean}");
            assert!((variance / expected - 1.0).abs() < 5.0 * (2.2 / n).sqrt(), "{variance}");
        }
    }
}
