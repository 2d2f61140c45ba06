//! Weighted averages of the engines' quantiles, level by level.

use countycast_engine::Target;

use crate::quantiles::{Forecast, Quantiles, Row};

/// An engine's share in the blend of one location.
#[derive(Debug, Clone, PartialEq)]
pub struct Weight {
    /// The engine.
    pub engine: &'static str,
    /// Its share, 0 to 1; the shares of one location add up to 1.
    pub share: f64,
}

/// Averages the quantiles of the engines that answered, each level on its own (Vincentization): the result keeps the
/// members' mean width, where pooling their draws would widen it.
///
/// All members weigh the same. A target is averaged over the engines that project it.
#[must_use]
pub fn blend(members: &[(&'static str, &Forecast)]) -> (Forecast, Vec<Weight>) {
    let share = 1.0 / members.len().max(1) as f64;
    let weights = members.iter().map(|&(engine, _)| Weight { engine, share }).collect();
    let average = |target: Target| {
        let answers: Vec<&Quantiles> = members.iter().filter_map(|(_, forecast)| forecast.target(target)).collect();
        (!answers.is_empty()).then(|| (target, Quantiles::combine(&answers, mean)))
    };
    (Forecast { targets: Target::ALL.into_iter().filter_map(average).collect() }, weights)
}

fn mean(rows: &[&Row]) -> Row {
    std::array::from_fn(|level| rows.iter().map(|row| row[level]).sum::<f32>() / rows.len() as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use countycast_engine::Draws;

    fn forecast(value: f32, deaths: bool) -> Forecast {
        let draws = Draws::new(3, 7).unwrap();
        let mut draws = draws.with(Target::Cases, (0..21).map(|i| value + (i / 7) as f32).collect()).unwrap();
        if deaths {
            draws = draws.with(Target::Deaths, vec![value; 21]).unwrap();
        }
        Forecast::from_draws(&draws)
    }

    #[test]
    fn each_level_is_the_mean_of_the_members() {
        let (low, high) = (forecast(10.0, true), forecast(20.0, false));
        let (blended, weights) = blend(&[("flat", &low), ("curve", &high)]);
        let level = |f: &Forecast, i: usize| f.target(Target::Cases).unwrap().week[0][i];
        for i in [0, 11, 22] {
            assert!((level(&blended, i) - (level(&low, i) + level(&high, i)) / 2.0).abs() < 1e-3);
        }
        assert_eq!(weights.iter().map(|w| w.share).collect::<Vec<_>>(), [0.5, 0.5]);
        assert_eq!(blended.target(Target::Deaths), low.target(Target::Deaths), "one answer stands alone");
    }

    #[test]
    fn quantiles_do_not_cross() {
        let (low, high) = (forecast(0.0, true), forecast(1e6, true));
        let (blended, _) = blend(&[("flat", &low), ("curve", &high)]);
        for row in &blended.target(Target::Cases).unwrap().sum {
            assert!(row.is_sorted());
        }
    }
}
