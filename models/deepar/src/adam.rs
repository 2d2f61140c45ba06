//! The optimiser Adam (Kingma & Ba 2015), with steps that grow at first and fade at the end.

/// Decay of the mean gradient and of its mean square, and what keeps the quotient finite: the values of the article.
const MEAN: f32 = 0.9;
const SQUARE: f32 = 0.999;
const LEAST: f32 = 1e-8;
/// A gradient longer than this is shortened to it: single outbreaks do not throw the weights off.
const LONGEST: f64 = 5.0;
/// Share of the steps over which their length grows to its greatest.
const WARM_UP: f32 = 0.1;

/// State of the optimiser.
#[derive(Debug)]
pub(crate) struct Adam {
    mean: Vec<f32>,
    square: Vec<f32>,
    /// Greatest length of a step.
    rate: f32,
    steps: usize,
    done: usize,
}

impl Adam {
    /// For so many weights and steps.
    pub(crate) fn new(weights: usize, steps: usize, rate: f64) -> Self {
        Self { mean: vec![0.0; weights], square: vec![0.0; weights], rate: rate as f32, steps, done: 0 }
    }

    /// Moves the weights against the gradient.
    pub(crate) fn step(&mut self, weights: &mut [f32], gradient: &[f32]) {
        let length = gradient.iter().map(|by| f64::from(*by).powi(2)).sum::<f64>().sqrt();
        let shorter = (LONGEST / length).min(1.0) as f32;
        let part = (self.done as f32 + 0.5) / self.steps as f32;
        let rate = self.rate * (part / WARM_UP).min(1.0) * 0.5 * (1.0 + (std::f32::consts::PI * part).cos());
        self.done += 1;
        let time = i32::try_from(self.done).unwrap_or(i32::MAX);
        let (mean_known, square_known) = (1.0 - MEAN.powi(time), 1.0 - SQUARE.powi(time));
        let moments = self.mean.iter_mut().zip(&mut self.square);
        for ((weight, by), (mean, square)) in weights.iter_mut().zip(gradient).zip(moments) {
            let by = by * shorter;
            *mean = MEAN * *mean + (1.0 - MEAN) * by;
            *square = SQUARE * *square + (1.0 - SQUARE) * by * by;
            *weight -= rate * (*mean / mean_known) / ((*square / square_known).sqrt() + LEAST);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_lowest_point_of_a_narrow_valley() {
        let mut weights = [3.0, -2.0];
        let mut adam = Adam::new(2, 2_000, 0.05);
        for _ in 0..2_000 {
            let gradient = [2.0 * (weights[0] - 1.0), 200.0 * (weights[1] - 0.5)];
            adam.step(&mut weights, &gradient);
        }
        assert!((weights[0] - 1.0).abs() < 1e-3 && (weights[1] - 0.5).abs() < 1e-3, "{weights:?}");
    }
}
