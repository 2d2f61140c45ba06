//! Intervals that hold the true value in 95 of 100 cases, were people alike and apart.

/// Quantile of the normal law for 95 %.
const Z: f64 = 1.959_963_984_540_054;
/// Upper 97.5 % limit of the mean of a Poisson law that gave 0: -ln 0.025.
const NONE_SEEN: f64 = 3.688_879_454_113_936;

/// A value with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Estimate {
    pub(super) value: f64,
    pub(super) lower: f64,
    pub(super) upper: f64,
}

#[expect(clippy::cast_precision_loss, reason = "counts of people are far below 2^53")]
const fn real(count: u64) -> f64 {
    count as f64
}

/// A share of people, with Wilson's score interval.
pub(super) fn share(count: u64, of: u64) -> Estimate {
    let (n, p) = (real(of), real(count) / real(of));
    let (centre, z2) = (p + Z * Z / (2.0 * n), Z * Z);
    let half = Z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z2 / n;
    // Rounding may not part the interval from a share of 0 or 1.
    Estimate {
        value: p,
        lower: ((centre - half) / scale).clamp(0.0, p),
        upper: ((centre + half) / scale).clamp(p, 1.0),
    }
}

/// The difference of two shares, with Newcombe's interval (method 10) from those of the two.
pub(super) fn share_difference(now: Estimate, before: Estimate) -> Estimate {
    let value = now.value - before.value;
    let down = ((now.value - now.lower).powi(2) + (before.upper - before.value).powi(2)).sqrt();
    let up = ((now.upper - now.value).powi(2) + (before.value - before.lower).powi(2)).sqrt();
    Estimate { value, lower: value - down, upper: value + up }
}

/// Events per unit of exposure, as of a Poisson law.
pub(super) fn rate(count: u64, exposure: f64) -> Estimate {
    let value = real(count) / exposure;
    if count == 0 {
        return Estimate { value, lower: 0.0, upper: NONE_SEEN / exposure };
    }
    let spread = (Z / real(count).sqrt()).exp();
    Estimate { value, lower: value / spread, upper: value * spread }
}

/// The ratio of two rates; none where one has no event.
pub(super) fn rate_ratio(now: (u64, f64), before: (u64, f64)) -> Option<Estimate> {
    if now.0 == 0 || before.0 == 0 {
        return None;
    }
    let value = real(now.0) / now.1 / (real(before.0) / before.1);
    let spread = (Z * (1.0 / real(now.0) + 1.0 / real(before.0)).sqrt()).exp();
    Some(Estimate { value, lower: value / spread, upper: value * spread })
}

/// Sums over people of a value and of its square.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moments {
    pub(super) people: u64,
    pub(super) sum: u64,
    pub(super) squares: u64,
}

impl Moments {
    fn mean(self) -> f64 {
        real(self.sum) / real(self.people)
    }

    /// Variance of the mean.
    fn variance(self) -> f64 {
        let n = real(self.people);
        let within = (real(self.squares) - n * self.mean().powi(2)).max(0.0);
        if self.people > 1 { within / (n - 1.0) / n } else { f64::INFINITY }
    }
}

/// A mean over people, with the normal interval.
pub(super) fn mean(of: Moments) -> Estimate {
    let (value, half) = (of.mean(), Z * of.variance().sqrt());
    Estimate { value, lower: value - half, upper: value + half }
}

/// The difference of two means.
pub(super) fn mean_difference(now: Moments, before: Moments) -> Estimate {
    let (value, half) = (now.mean() - before.mean(), Z * (now.variance() + before.variance()).sqrt());
    Estimate { value, lower: value - half, upper: value + half }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(estimate: Estimate, lower: f64, upper: f64) {
        assert!((estimate.lower - lower).abs() < 5e-4 && (estimate.upper - upper).abs() < 5e-4, "{estimate:?}");
    }

    /// Newcombe 1998 (Statistics in Medicine 17: 857 and 873), table II and table II, method 3 and 10.
    #[test]
    fn shares_have_the_published_intervals() {
        near(share(81, 263), 0.2553, 0.3662);
        near(share(15, 148), 0.0624, 0.1605);
        near(share(0, 20), 0.0, 0.1611);
        near(share_difference(share(56, 70), share(48, 80)), 0.0524, 0.3339);
        near(share_difference(share(9, 10), share(3, 10)), 0.1705, 0.8090);
    }

    #[test]
    fn no_interval_leaves_its_range_or_its_value() {
        for of in [1, 2, 11, 400] {
            for count in 0..=of {
                let found = share(count, of);
                assert!(0.0 <= found.lower && found.lower <= found.value, "{count} of {of}");
                assert!(found.value <= found.upper && found.upper <= 1.0, "{count} of {of}");
            }
        }
        assert_eq!(rate_ratio((0, 1.0), (4, 1.0)), None);
        let ratio = rate_ratio((200, 2.0), (100, 1.0)).unwrap();
        assert!((ratio.value - 1.0).abs() < 1e-12 && ratio.lower < 0.8 && ratio.upper > 1.25, "{ratio:?}");
        let found = mean(Moments { people: 4, sum: 20, squares: 120 });
        // Values 2, 4, 6, 8: variance 20 / 3.
        assert!((found.upper - 5.0 - Z * (20.0_f64 / 3.0 / 4.0).sqrt()).abs() < 1e-12, "{found:?}");
    }
}
