//! Functions of the network's cells, in arithmetic that is quick over long slices and the same on every machine.

/// `eˣ` for x within ±87, outside of which it is that of the limit; relative error below 1e-6.
fn exp(x: f32) -> f32 {
    /// Adding and taking away this rounds to whole numbers.
    const ROUND: f32 = 12_582_912.0;
    let power = x.clamp(-87.0, 87.0) * std::f32::consts::LOG2_E;
    let whole = (power + ROUND) - ROUND;
    let rest = (power - whole) * std::f32::consts::LN_2;
    // Taylor's series: the rest is at most ln 2 / 2, so that the first term left out is 1.2e-7.
    let series = 1.0
        + rest
            * (1.0
                + rest * (1.0 / 2.0 + rest * (1.0 / 6.0 + rest * (1.0 / 24.0 + rest * (1.0 / 120.0 + rest / 720.0)))));
    series * f32::from_bits(((whole as i32 + 127) as u32) << 23)
}

/// `1 / (1 + e⁻ˣ)`.
pub(crate) fn logistic(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// The hyperbolic tangent.
pub(crate) fn tanh(x: f32) -> f32 {
    1.0 - 2.0 / (exp(2.0 * x) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_agree_with_the_standard_library() {
        for step in -4_000..=4_000 {
            let x = step as f32 / 100.0;
            assert!((exp(x) / x.exp() - 1.0).abs() < 4e-6, "e^{x}: {} {}", exp(x), x.exp());
            assert!((tanh(x) - x.tanh()).abs() < 1e-6 && (logistic(x) - 1.0 / (1.0 + (-x).exp())).abs() < 1e-6, "{x}");
        }
        assert!(logistic(f32::MAX) == 1.0 && logistic(f32::MIN) < 1e-30 && tanh(f32::MIN) == -1.0);
    }
}
