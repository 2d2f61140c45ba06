//! Sums of gradients and weights, exact whatever the order.

use std::ops::{Add, AddAssign, Sub, SubAssign};

/// A gradient, and the weight beside it, in fixed point and packed into one word, so that one addition of integers adds
/// both: the gradient in the upper half, signed, the weight in the lower.
///
/// Sums of integers do not depend on their order, and what is left when a part is taken away is exactly the sum of the rest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sums(u64);

impl Sums {
    pub(crate) fn gradient(self) -> f64 {
        f64::from((self.0 >> 32) as u32 as i32)
    }

    pub(crate) fn weight(self) -> f64 {
        f64::from(self.0 as u32)
    }
}

impl Add for Sums {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.wrapping_add(other.0))
    }
}

impl Sub for Sums {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.wrapping_sub(other.0))
    }
}

impl AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Sums {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

/// Units of the fixed-point numbers of one tree.
///
/// All weights together are 2³¹ units and all absolute gradients 2³⁰, so that no sum overflows; of 100,000 rows the average
/// one is known to one part in 20,000 of its weight, and rounding is alike to both sides.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Units {
    pub(crate) per_gradient: f64,
    pub(crate) per_weight: f64,
}

impl Units {
    /// For rows of these residuals and weights.
    pub(crate) fn new(rows: impl Iterator<Item = (f32, f32)>) -> Self {
        let (mut gradients, mut weights) = (0.0, 0.0);
        for (residual, weight) in rows {
            let (residual, weight) = (f64::from(residual), f64::from(weight));
            gradients += (residual * weight).abs();
            weights += weight;
        }
        let per = |units: f64, all: f64| if all > 0.0 { units / all } else { 0.0 };
        Self { per_gradient: per(2.0_f64.powi(30), gradients), per_weight: per(2.0_f64.powi(31), weights) }
    }

    /// A row's gradient and weight, rounded.
    pub(crate) fn pack(self, residual: f32, weight: f32) -> Sums {
        const HALF: f64 = 2_147_483_648.0;
        let (residual, weight) = (f64::from(residual), f64::from(weight));
        let gradient = (residual * weight * self.per_gradient + HALF + 0.5) as u32;
        let weight = (weight * self.per_weight + 0.5) as u32;
        Sums((u64::from(gradient.wrapping_sub(1 << 31)) << 32) + u64::from(weight))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gradients_and_weights_add_up_beside_each_other() {
        let rows: Vec<(f32, f32)> =
            (0..5_000).map(|i| (((i * 37) % 101) as f32 / 50.0 - 1.0, ((i * 13) % 17) as f32 / 8.0)).collect();
        let units = Units::new(rows.iter().copied());
        let sum = |rows: &[(f32, f32)]| {
            rows.iter().fold(Sums::default(), |sum, (residual, weight)| sum + units.pack(*residual, *weight))
        };
        let (all, part) = (sum(&rows), sum(&rows[..1_234]));
        assert_eq!(all - part, sum(&rows[1_234..]));
        for (found, rows) in [(all, &rows[..]), (part, &rows[..1_234])] {
            let gradient: f64 = rows.iter().map(|(r, w)| f64::from(*r) * f64::from(*w)).sum();
            let weight: f64 = rows.iter().map(|(_, w)| f64::from(*w)).sum();
            // Half a unit of each row at the most.
            let bound = 0.5 * rows.len() as f64;
            assert!((found.gradient() - gradient * units.per_gradient).abs() <= bound);
            assert!((found.weight() - weight * units.per_weight).abs() <= bound);
        }
    }

    #[test]
    fn extremes_fit() {
        for residual in [1e6, -1e6] {
            let units = Units::new(std::iter::once((residual, 3.0)));
            let packed = units.pack(residual, 3.0);
            assert_eq!(packed.gradient(), f64::from(residual).signum() * 2.0_f64.powi(30));
            assert_eq!(packed.weight(), 2.0_f64.powi(31));
        }
        let nothing = Units::new(std::iter::empty()).pack(0.0, 0.0);
        assert_eq!(nothing, Sums::default());
    }
}
