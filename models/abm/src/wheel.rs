//! The wheel of days: attempts at infection, waiting for their day.

use crate::disease::WHEEL;
use crate::population::Layer;

/// One attempt to infect, in 64 bits: target and infector (24 each), layer (3), level (2), variant (1), days until the
/// infector's isolation (5; 31 for never), and a running number (5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Attempt(pub(crate) u64);

/// What is packed into an [`Attempt`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parts {
    pub(crate) infector: u32,
    pub(crate) layer: Layer,
    /// Which slice of the multiplier's range it stands for.
    pub(crate) level: u32,
    pub(crate) variant: bool,
    /// Days from the attempt to the infector's isolation; [`NEVER`] where there is none.
    pub(crate) isolation: u32,
    pub(crate) number: u32,
}

/// No isolation.
pub(crate) const NEVER: u32 = 31;
const PERSON: u64 = (1 << 24) - 1;

impl Attempt {
    #[inline]
    pub(crate) const fn new(target: u32, parts: Parts) -> Self {
        let what = parts.layer as u64
            | (parts.level as u64) << 3
            | (parts.variant as u64) << 5
            | (parts.isolation as u64) << 6
            | ((parts.number & 31) as u64) << 11;
        Self(target as u64 | (parts.infector as u64) << 24 | what << 48)
    }

    /// The same attempt on another target.
    #[inline]
    pub(crate) const fn on(self, target: u32) -> Self {
        Self(self.0 & !PERSON | target as u64)
    }

    #[inline]
    pub(crate) const fn target(self) -> u32 {
        (self.0 & PERSON) as u32
    }

    #[inline]
    pub(crate) const fn infector(self) -> u32 {
        (self.0 >> 24 & PERSON) as u32
    }

    #[inline]
    pub(crate) fn layer(self) -> Layer {
        Layer::ALL[((self.0 >> 48 & 7) as usize).min(4)]
    }

    #[inline]
    pub(crate) const fn level(self) -> u32 {
        (self.0 >> 51 & 3) as u32
    }

    #[inline]
    pub(crate) const fn variant(self) -> bool {
        self.0 >> 53 & 1 == 1
    }

    #[inline]
    pub(crate) const fn isolation(self) -> u32 {
        (self.0 >> 54 & 31) as u32
    }
}

/// One worker's part of the wheel: a list of attempts for each of the next days.
#[derive(Debug, Clone)]
pub(crate) struct Lane(Vec<Vec<Attempt>>);

impl Lane {
    pub(crate) fn new() -> Self {
        Self(vec![Vec::new(); WHEEL])
    }

    #[inline]
    pub(crate) fn push(&mut self, day: usize, attempt: Attempt) {
        self.0[day % WHEEL].push(attempt);
    }

    /// The attempts of a day.
    pub(crate) fn on(&self, day: usize) -> &[Attempt] {
        &self.0[day % WHEEL]
    }

    /// Empties a day for its next turn.
    pub(crate) fn clear(&mut self, day: usize) {
        self.0[day % WHEEL].clear();
    }

    /// Attempts waiting on all days.
    pub(crate) fn len(&self) -> usize {
        self.0.iter().map(Vec::len).sum()
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        self.0.iter().map(|day| day.capacity() * size_of::<Attempt>()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_out() {
        for (layer, variant) in Layer::ALL.into_iter().zip([true, false, true, false, true]) {
            let parts = Parts { infector: 9_876_543, layer, level: 3, variant, isolation: 17, number: 30 };
            let attempt = Attempt::new(1, parts).on(16_777_214);
            let found = (attempt.target(), attempt.infector(), attempt.layer(), attempt.level());
            assert_eq!(found, (16_777_214, parts.infector, layer, 3));
            assert_eq!((attempt.variant(), attempt.isolation()), (variant, 17));
        }
    }
}
