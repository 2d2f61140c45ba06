//! What is counted of a day.

use crate::population::BANDS;

/// Infections of one day.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Tally {
    /// By layer, in the order of [`crate::Layer::ALL`]; the last are brought in from elsewhere.
    pub by_layer: [u32; 6],
    /// By age band.
    pub by_band: [u32; BANDS],
    /// By age band, weighted with the risk of a severe course that vaccination leaves.
    pub severe: [f32; BANDS],
}

impl Tally {
    /// Adds what was counted elsewhere on the same day.
    pub(crate) fn add(&mut self, other: &Self) {
        self.by_layer.iter_mut().zip(other.by_layer).for_each(|(sum, n)| *sum += n);
        self.by_band.iter_mut().zip(other.by_band).for_each(|(sum, n)| *sum += n);
        self.severe.iter_mut().zip(other.severe).for_each(|(sum, n)| *sum += n);
    }

    /// All infections.
    #[must_use]
    pub fn infections(&self) -> u32 {
        self.by_layer.iter().sum()
    }
}
