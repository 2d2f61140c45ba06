//! Size, speed and chance of outbreaks.

/// Share of a closed, well-mixed population that is infected in the end: the positive root of `z = 1 - exp(-R0 z)`
/// (Kermack & McKendrick 1927); 0 where `r0` is at most 1.
#[must_use]
pub fn attack_rate(r0: f64) -> f64 {
    if r0 <= 1.0 {
        return 0.0;
    }
    // 1 - exp(-R0 z) - z is positive between 0 and the root, negative above.
    bisect(|z| -(-r0 * z).exp_m1() - z, 1e-12, 1.0)
}

/// Chance that an outbreak from one infection dies out where offspring are negative binomial with mean `r` and size
/// `dispersion`: the least root of `q = (1 + r (1 - q) / k)^(-k)` (Lloyd-Smith et al. 2005); 1 where `r` is at most 1.
#[must_use]
pub fn extinction_probability(r: f64, dispersion: f64) -> f64 {
    if r <= 1.0 {
        return 1.0;
    }
    // The generating function is above the diagonal below the root.
    bisect(|q| (1.0 + r * (1.0 - q) / dispersion).powf(-dispersion) - q, 0.0, 1.0 - 1e-12)
}

/// Reproduction number that goes with exponential growth of `growth` a day and a gamma generation interval:
/// `R = (1 + r θ)^k` with `k = mean² / sd²`, `θ = sd² / mean` (Wallinga & Lipsitch 2007).
#[must_use]
pub fn reproduction_number(growth: f64, mean: f64, sd: f64) -> f64 {
    (1.0 + growth * sd * sd / mean).powf((mean / sd).powi(2))
}

/// Growth a day that goes with a reproduction number: the inverse of [`reproduction_number`].
#[must_use]
pub fn growth_rate(reproduction: f64, mean: f64, sd: f64) -> f64 {
    (reproduction.powf((sd / mean).powi(2)) - 1.0) * mean / (sd * sd)
}

/// Reproduction number that goes with growth in an SEIR model of `exposed_stages` and `infectious_stages` Erlang stages
/// and mean times `latent`, `infectious` (days):
/// `R = r D (1 + r L / m)^m / (1 - (1 + r D / n)^(-n))` (Wearing et al. 2005).
#[must_use]
pub fn seir_reproduction_number(
    growth: f64,
    latent: f64,
    exposed_stages: u32,
    infectious: f64,
    infectious_stages: u32,
) -> f64 {
    if growth == 0.0 {
        return 1.0;
    }
    let (m, n) = (f64::from(exposed_stages), f64::from(infectious_stages));
    growth * infectious * (1.0 + growth * latent / m).powf(m) / (1.0 - (1.0 + growth * infectious / n).powf(-n))
}

/// The root of a function that is positive at `low` and negative at `high`, to the last bit or so.
fn bisect(f: impl Fn(f64) -> f64, mut low: f64, mut high: f64) -> f64 {
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if f(middle) > 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn final_sizes_of_the_textbook() {
        assert!((attack_rate(2.0) - 0.796_812_1).abs() < 1e-6);
        assert!((attack_rate(1.5) - 0.582_811_6).abs() < 1e-6);
        assert_eq!(attack_rate(0.9), 0.0);
    }

    #[test]
    fn extinction_is_one_over_r_for_geometric_offspring() {
        // Size 1 is the geometric distribution: q = 1 / R.
        assert!((extinction_probability(2.5, 1.0) - 0.4).abs() < 1e-9);
        assert!(extinction_probability(2.5, 0.1) > extinction_probability(2.5, 1.0), "superspreading dies out oftener");
        assert_eq!(extinction_probability(1.0, 0.5), 1.0);
    }

    #[test]
    fn growth_and_reproduction_number_are_inverse() {
        for r in [0.6, 1.0, 1.3, 2.5] {
            assert!((reproduction_number(growth_rate(r, 5.5, 2.14), 5.5, 2.14) - r).abs() < 1e-12);
        }
        // A nearly fixed interval: R = exp(r T).
        assert!((reproduction_number(0.1, 5.0, 0.01) - 0.5_f64.exp()).abs() < 1e-4);
    }
}
