//! What a booster lowers.

/// What a booster lowers.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Loss {
    /// Squared error: answers tend to the mean.
    #[default]
    Squared,
    /// Pinball loss: answers tend to the quantile of this level, above 0 and below 1; 0.5 is absolute error.
    ///
    /// Splits follow the gradient of the loss, and the value of a leaf is the weighted quantile of the residuals in it
    /// (Friedman 2001, *Greedy function approximation: a gradient boosting machine*, algorithm 3). The ridge penalty acts on
    /// splits alone.
    Quantile(f64),
}

impl Loss {
    /// The constant that is best for these targets.
    pub(crate) fn best_constant(self, targets: &[f64], weights: &[f64]) -> f64 {
        match self {
            Self::Squared => {
                let all: f64 = weights.iter().sum();
                targets.iter().zip(weights).map(|(target, weight)| target * weight).sum::<f64>() / all
            }
            Self::Quantile(level) => {
                weighted_quantile(targets.iter().copied().zip(weights.iter().copied()).collect(), level)
            }
        }
    }

    /// What a row pulls an answer by that is off by `residual`: the negative gradient, for a weight of 1.
    pub(crate) fn pull(self, residual: f32) -> f32 {
        match self {
            Self::Squared => residual,
            Self::Quantile(_) if residual == 0.0 => 0.0,
            Self::Quantile(level) => level as f32 - f32::from(u8::from(residual < 0.0)),
        }
    }
}

/// The least value up to which `level` of the weight lies; 0 where there is no weight.
pub(crate) fn weighted_quantile(mut values: Vec<(f64, f64)>, level: f64) -> f64 {
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let wanted = level * values.iter().map(|(_, weight)| weight).sum::<f64>();
    let mut weight_below = 0.0;
    let reached = |(_, weight): &&(f64, f64)| {
        weight_below += weight;
        *weight > 0.0 && weight_below >= wanted
    };
    values.iter().find(reached).map_or(0.0, |(value, _)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weighted_quantile_is_that_of_repeated_values() {
        let values = [(3.0, 2.0), (-1.0, 1.0), (7.0, 0.0), (5.0, 4.0), (4.0, 3.0)];
        let mut repeated: Vec<f64> = values.iter().flat_map(|(value, weight)| vec![*value; *weight as usize]).collect();
        repeated.sort_by(f64::total_cmp);
        for (place, value) in repeated.iter().enumerate() {
            let level = (place as f64 + 0.5) / repeated.len() as f64;
            assert_eq!(weighted_quantile(values.to_vec(), level), *value, "level {level}");
        }
        assert_eq!(weighted_quantile(vec![(2.0, 0.0)], 0.5), 0.0);
        assert_eq!(weighted_quantile(Vec::new(), 0.5), 0.0);
    }

    #[test]
    fn constants_are_means_and_quantiles() {
        let (targets, weights) = ([1.0, 2.0, 9.0], [1.0, 2.0, 1.0]);
        assert_eq!(Loss::Squared.best_constant(&targets, &weights), 3.5);
        assert_eq!(Loss::Quantile(0.5).best_constant(&targets, &weights), 2.0);
        assert_eq!(Loss::Quantile(0.9).best_constant(&targets, &weights), 9.0);
    }

    #[test]
    fn pulls_balance_at_the_quantile() {
        let loss = Loss::Quantile(0.2);
        let pull: f32 = (0..100).map(|value| loss.pull(value as f32 - 19.5)).sum();
        assert!(pull.abs() < 1e-4, "{pull}");
        assert_eq!(loss.pull(0.0), 0.0);
    }
}
