//! Weighted averages of the engines' quantiles, level by level.

use countycast_engine::Target;

use super::learned::{Learned, average};
use super::stratum::Stratum;
use crate::scores::Course;
use crate::scores::quantiles::{Forecast, Quantiles};

/// An engine's share in the blend of one location.
#[derive(Debug, Clone, PartialEq)]
pub struct Weight {
    /// The engine.
    pub engine: &'static str,
    /// Its share, 0 to 1; the shares of one location add up to 1.
    pub share: f64,
}

/// How the members of one location are blended.
#[derive(Debug, Clone, Copy)]
pub struct Rule<'a> {
    /// Prior shares and what was learned from past projections.
    pub learned: &'a Learned,
    /// The location's stratum.
    pub stratum: Stratum,
    /// The course of its epidemic.
    pub course: Course,
}

/// Averages the quantiles of the engines that produced a projection, level by level (Vincentization): the result has
/// the members' mean width, whereas pooling their draws would widen it.
///
/// A target is averaged over the engines that project it. The shares returned are those of cases.
#[must_use]
pub fn blend(members: &[(&'static str, &Forecast)], rule: &Rule<'_>) -> (Forecast, Vec<Weight>) {
    let shares = |target: Target, engines: &[&str]| rule.learned.shares(target, rule.stratum, engines);
    let names: Vec<&str> = members.iter().map(|(name, _)| *name).collect();
    let of_cases = shares(Target::Cases, &names);
    let weights = members.iter().zip(of_cases).map(|(&(engine, _), share)| Weight { engine, share }).collect();
    let combine = |target: Target| {
        let answers: Vec<(&str, &Quantiles)> =
            members.iter().filter_map(|(name, forecast)| Some((*name, forecast.target(target)?))).collect();
        let names: Vec<&str> = answers.iter().map(|(name, _)| *name).collect();
        let rows: Vec<&Quantiles> = answers.iter().map(|(_, quantiles)| *quantiles).collect();
        let shares = shares(target, &names);
        let mut combined = Quantiles::combine(&rows, |rows| average(rows.iter().copied(), &shares));
        if let (Target::Cases, Stratum::Quintile(quintile)) = (target, rule.stratum) {
            rule.learned.calibration.narrow(&mut combined, quintile, rule.course);
        }
        (!rows.is_empty()).then_some((target, combined))
    };
    (Forecast { targets: Target::ALL.into_iter().filter_map(combine).collect() }, weights)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blend::Settings;
    use countycast_engine::Draws;

    fn forecast(value: f32, deaths: bool) -> Forecast {
        let draws = Draws::new(3, 7).unwrap();
        let mut draws = draws.with(Target::Cases, (0..21).map(|i| value + (i / 7) as f32).collect()).unwrap();
        if deaths {
            draws = draws.with(Target::Deaths, vec![value; 21]).unwrap();
        }
        Forecast::from_draws(&draws)
    }

    fn blended(members: &[(&'static str, &Forecast)]) -> (Forecast, Vec<Weight>) {
        let learned = Learned::nothing(&Settings::default());
        blend(members, &Rule { learned: &learned, stratum: Stratum::Region, course: Course::Turning })
    }

    #[test]
    fn each_level_is_the_mean_of_the_members() {
        let (low, high) = (forecast(10.0, true), forecast(20.0, false));
        let (both, weights) = blended(&[("one", &low), ("other", &high)]);
        let level = |f: &Forecast, i: usize| f.target(Target::Cases).unwrap().week[0][i];
        for i in [0, 11, 22] {
            assert!((level(&both, i) - (level(&low, i) + level(&high, i)) / 2.0).abs() < 1e-3);
        }
        assert_eq!(weights.iter().map(|w| w.share).collect::<Vec<_>>(), [0.5, 0.5]);
        assert_eq!(both.target(Target::Deaths), low.target(Target::Deaths), "one answer stands alone");
    }

    #[test]
    fn quantiles_do_not_cross() {
        let (low, high) = (forecast(0.0, true), forecast(1e6, true));
        let (both, _) = blended(&[("trend", &low), ("curve", &high)]);
        for row in &both.target(Target::Cases).unwrap().sum {
            assert!(row.is_sorted());
        }
    }
}
