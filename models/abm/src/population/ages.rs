//! Ages within households, and how they are made to fit a pyramid.

use super::tables::{BANDS, HEAD_AGES, HEADS, OLDEST};
use crate::random::Sequence;

/// Share of households of two or more whose second member is the head's partner. Of our choosing: about three in four
/// households of two or more are kept by couples.
const COUPLES: f32 = 0.75;
/// Youngest and widest span of years between a parent and a child.
const PARENT_YEARS: (u32, u32) = (19, 20);

/// Cumulated shares of the brackets of heads by household size.
pub(super) struct Heads([[f32; 11]; 7]);

impl Heads {
    pub(super) fn new() -> Self {
        Self(HEADS.map(|row| {
            let total: f64 = row.iter().sum();
            let mut sum = 0.0;
            row.map(|count| {
                sum += count / total;
                sum as f32
            })
        }))
    }

    fn age(&self, size: usize, numbers: &mut Sequence) -> u8 {
        let u = numbers.unit();
        let bracket = self.0[size - 1].iter().position(|sum| u < *sum).unwrap_or(HEAD_AGES.len() - 1);
        let first = HEAD_AGES[bracket];
        let end = HEAD_AGES.get(bracket + 1).copied().unwrap_or(96);
        first + numbers.below(u32::from(end - first)) as u8
    }

    /// Ages of a household: the head, a partner or another adult, then children of the head.
    pub(super) fn household(&self, numbers: &mut Sequence, ages: &mut [u8]) {
        let head = self.age(ages.len().clamp(1, 7), numbers);
        for (i, age) in ages.iter_mut().enumerate() {
            *age = match i {
                0 => head,
                1 if numbers.unit() < COUPLES => (head + numbers.below(9) as u8).saturating_sub(4).max(18),
                _ => {
                    let apart = PARENT_YEARS.0 + numbers.below(PARENT_YEARS.1);
                    u32::from(head).checked_sub(apart).map_or_else(|| numbers.below(4) as u8, |age| age as u8)
                }
            }
        }
    }
}

/// How ages are moved, keeping their order, so that they have the shares of a pyramid.
pub(super) struct Pyramid {
    /// For each age as built, the part of the whole it covers.
    spans: [(f32, f32); OLDEST + 1],
    /// Cumulated shares of the ages wanted.
    wanted: [f32; OLDEST + 1],
    /// For each hundredth of the whole the age that stands at its start: where a search begins.
    guide: [u8; 101],
}

impl Pyramid {
    /// From the number of people of each age as built, and the shares wanted of each band.
    pub(super) fn new(built: &[u32; OLDEST + 1], shares: &[f64; BANDS]) -> Self {
        let all = f64::from(built.iter().sum::<u32>().max(1));
        let mut below = 0.0;
        let spans = built.map(|n| {
            let span = (below as f32, (f64::from(n) / all) as f32);
            below += f64::from(n) / all;
            span
        });
        let mut wanted = [0.0; OLDEST + 1];
        let mut sum = 0.0;
        for (age, cumulated) in wanted.iter_mut().enumerate() {
            let band = (age / 5).min(BANDS - 1);
            // From 85 on, numbers fall to nothing at 100.
            let within = if band == BANDS - 1 { (100 - age) as f64 / 120.0 } else { 0.2 };
            sum += shares[band] * within;
            *cumulated = sum as f32;
        }
        let first = |place: f32| wanted.iter().position(|sum| place < *sum).unwrap_or(OLDEST - 1) as u8;
        Self { spans, wanted, guide: std::array::from_fn(|hundredth| first(hundredth as f32 / 100.0)) }
    }

    /// The age that stands where `age` stood; `u` in [0, 1) orders those of one age.
    pub(super) fn fit(&self, age: u8, u: f32) -> u8 {
        let (below, share) = self.spans[usize::from(age).min(OLDEST)];
        let place = below + u * share;
        let mut found = usize::from(self.guide[((place * 100.0) as usize).min(100)]);
        while found < OLDEST - 1 && place >= self.wanted[found] {
            found += 1;
        }
        found as u8
    }
}
