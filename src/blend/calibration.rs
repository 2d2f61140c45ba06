//! Calibration: inner intervals of counties are narrowed where they covered too much in past weeks.
//!
//! For each population quintile, course of the epidemic and week ahead, and for each of four levels: the factor on the
//! distance from the median, on the scale of log(x + 1), that would have made the level exact. (Conformal prediction
//! with delayed feedback; Romano et al. 2019, Angelopoulos et al. 2023.) Factors are shrunk toward 1 where few past
//! days are known, and limited to between a bound and 1. The 95 % interval and the tails beyond stay as blended: a calm
//! period before a rise would remove the part of the upper tail that the rise needs. Nothing is widened: factors
//! learned from one wave arrive too late for it, and the next wave differs (docs/experiments.md).

use std::collections::{BTreeMap, BTreeSet};

use countycast_engine::{Date, Target};

use crate::scores::quantiles::{LEVELS, MEDIAN, Quantiles, Row};
use crate::scores::{Course, Resolution, Run, Truth, quintiles};

/// Positions of the levels whose factors are learned; other levels are interpolated.
const LEARNED: [usize; 4] = [3, 6, 16, 19];
/// Positions of the outermost levels, which stay unchanged: 2.5 and 97.5 %.
const FIXED: [usize; 2] = [1, 21];
/// Half-life in weeks of the weight of a past day: knowledge about widths ages faster than knowledge about engines.
const HALF_LIFE_WEEKS: f64 = 2.0;
/// Fewest past forecasts of a class to learn from.
const LEAST: usize = 50;
/// Past as-of days at which a factor has half its weight.
const PRIOR_DAYS: f64 = 4.0;
/// Distances from the median below this give no ratio.
const LEAST_DISTANCE: f64 = 1e-6;

/// Quintile, course and week ahead.
type Class = (u8, Course, u8);

/// Factors on the distance from the median, by class; 1 for all others.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Calibration(BTreeMap<Class, [f64; 4]>);

/// A past ratio of the observed value's distance from the median to a level's, with its weight and as-of day.
type Ratio = (f64, f64, Date);

impl Calibration {
    /// Learns from past runs. `blend` gives a past run's blended weeks of new cases in the counties that engines projected.
    /// No factor is below `narrowest`.
    #[must_use]
    pub fn learn(
        past: &[Run],
        truth: &Truth,
        as_of: Date,
        narrowest: f64,
        blend: impl Fn(&Run) -> Vec<crate::scores::QuantileForecast>,
    ) -> Self {
        let mut ratios: BTreeMap<Class, [Vec<Ratio>; 4]> = BTreeMap::new();
        for run in past.iter().filter(|_| narrowest < 1.0) {
            let age = as_of.since(run.as_of).map_or(0.0, |span| f64::from(span.get_days())) / 7.0;
            let weight = 0.5_f64.powf(age / HALF_LIFE_WEEKS);
            let quintiles = quintiles(&run.places);
            for forecast in blend(run).iter().filter(|f| f.resolution == Resolution::Week && f.target == Target::Cases)
            {
                let Some(came) = truth.week(forecast.fips, Target::Cases, forecast.end(run.as_of)) else { continue };
                let Some(quintile) = quintiles.get(&forecast.fips) else { continue };
                let course = Course::of(run.places.get(&forecast.fips).and_then(|place| place.reproduction));
                let median = f64::from(forecast.row[MEDIAN]).ln_1p();
                let of_class = ratios.entry((*quintile, course, forecast.horizon)).or_default();
                for (ratios, level) in of_class.iter_mut().zip(LEARNED) {
                    let distance = f64::from(forecast.row[level]).ln_1p() - median;
                    if distance.abs() > LEAST_DISTANCE {
                        ratios.push(((came.ln_1p() - median) / distance, weight, run.as_of));
                    }
                }
            }
        }
        let factors = |(class, ratios): (Class, [Vec<Ratio>; 4])| {
            let mut levels = LEARNED.iter();
            (class, ratios.map(|ratios| factor(ratios, levels.next().map_or(0.5, |&i| LEVELS[i]), narrowest)))
        };
        Self(ratios.into_iter().map(factors).collect())
    }

    /// Narrows a county's cases; week `h` and its days by the factors of week `h`, weeks beyond the last known one by
    /// its factors.
    pub fn narrow(&self, quantiles: &mut Quantiles, quintile: u8, course: Course) {
        let last = self.0.keys().filter(|class| (class.0, class.1) == (quintile, course)).map(|class| class.2).max();
        let Some(last) = last else { return };
        let factors = |week: usize| {
            let week = u8::try_from(week + 1).unwrap_or(u8::MAX).min(last);
            self.0.get(&(quintile, course, week)).map(between)
        };
        for (rows, days) in [(&mut quantiles.day, 7), (&mut quantiles.week, 1), (&mut quantiles.sum, 7)] {
            for (i, row) in rows.iter_mut().enumerate() {
                if let Some(factors) = factors(i / days) {
                    stretch(row, &factors);
                }
            }
        }
    }

    /// The classes with their factors, for the run report: quintile, course, week, factors at 10, 25, 75 and 90 %.
    pub fn rows(&self) -> impl Iterator<Item = (u8, &'static str, u8, [f64; 4])> {
        self.0.iter().map(|((quintile, course, week), factors)| (*quintile, course.word(), *week, *factors))
    }
}

/// The factor at which the level would have had its nominal coverage in the past.
fn factor(mut ratios: Vec<Ratio>, level: f64, narrowest: f64) -> f64 {
    if ratios.len() < LEAST {
        return 1.0;
    }
    ratios.sort_by(|a, b| a.0.total_cmp(&b.0));
    let days = ratios.iter().map(|ratio| ratio.2).collect::<BTreeSet<_>>().len() as f64;
    let wanted = level.max(1.0 - level) * ratios.iter().map(|ratio| ratio.1).sum::<f64>();
    let mut held = 0.0;
    let within = ratios.iter().find(|(_, weight, _)| {
        held += weight;
        held >= wanted
    });
    let needed = within.map_or(1.0, |ratio| ratio.0).clamp(0.0, 1.0);
    needed.powf(days / (days + PRIOR_DAYS)).max(narrowest)
}

/// Factors at all levels.
fn between(learned: &[f64; 4]) -> [f64; 23] {
    let middle = f64::midpoint(learned[1], learned[2]);
    let [low, high] = FIXED;
    let knots: [(usize, f64); 9] = [
        (0, 1.0),
        (low, 1.0),
        (LEARNED[0], learned[0]),
        (LEARNED[1], learned[1]),
        (MEDIAN, middle),
        (LEARNED[2], learned[2]),
        (LEARNED[3], learned[3]),
        (high, 1.0),
        (22, 1.0),
    ];
    std::array::from_fn(|i| {
        let above = knots.partition_point(|(at, _)| *at < i);
        let ((a, low), (b, high)) = (knots[above.saturating_sub(1)], knots[above]);
        if a == b { high } else { low + (high - low) * (i - a) as f64 / (b - a) as f64 }
    })
}

fn stretch(row: &mut Row, factors: &[f64; 23]) {
    let median = f64::from(row[MEDIAN]).ln_1p();
    for (value, factor) in row.iter_mut().zip(factors) {
        *value = (median + factor * (f64::from(*value).ln_1p() - median)).exp_m1().max(0.0) as f32;
    }
    row.sort_by(f32::total_cmp);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::{PhaseKind, PlaceThen, QuantileForecast};
    use countycast_engine::Fips;

    fn ratios(scale: f64, days: i8) -> Vec<Ratio> {
        let even = |day: i8| (0..100).map(move |i| (scale * f64::from(i) / 95.0, 1.0, Date::constant(2020, 8, day)));
        (1..=days).flat_map(even).collect()
    }

    #[test]
    fn levels_that_held_too_much_are_narrowed_within_bounds() {
        // With uniform ratios up to half the distance of the level, 95 % lie below 0.495 of it: four days count half.
        let found = factor(ratios(0.5, 4), 0.95, 0.1);
        assert!((found - (0.5 * 94.0 / 95.0_f64).sqrt()).abs() < 1e-12, "{found}");
        assert!(factor(ratios(0.5, 12), 0.05, 0.1) < found, "more days, and the lower level alike");
        assert_eq!(factor(ratios(0.5, 4), 0.95, 0.8), 0.8);
        assert_eq!(factor(ratios(2.0, 4), 0.95, 0.1), 1.0, "what held too little stays");
        assert_eq!(factor(ratios(0.5, 1)[..49].to_vec(), 0.95, 0.1), 1.0);
        assert!(factor(ratios(0.5, 1)[..50].to_vec(), 0.95, 0.1) < 1.0);
    }

    #[test]
    fn factors_between_the_learned_levels_are_interpolated() {
        let found = between(&[0.6, 0.8, 1.0, 0.7]);
        // Known at 10, 25, 75 and 90 %; at the median their middle; 1 from 2.5 % down and from 97.5 % up.
        let (low, middle) = ([1.0, 1.0, 0.8, 0.6, 2.0 / 3.0, 2.2 / 3.0, 0.8], [0.82, 0.84, 0.86, 0.88, 0.9]);
        let high = [0.92, 0.94, 0.96, 0.98, 1.0, 0.9, 0.8, 0.7, 0.85, 1.0, 1.0];
        let expected = low.into_iter().chain(middle).chain(high);
        assert!(found.iter().zip(expected).all(|(f, e)| (f - e).abs() < 1e-12), "{found:?}");
    }

    /// Logarithmic distances from the median at the learned levels.
    const DISTANCES: [f64; 4] = [-1.6, -1.0, 1.0, 1.6];
    /// Median on the logarithmic scale.
    const MIDDLE: f64 = 4.0;

    fn forecast(
        county: u32,
        target: Target,
        resolution: Resolution,
        horizon: u8,
        distances: [f64; 4],
    ) -> QuantileForecast {
        let mut row = [MIDDLE.exp_m1() as f32; 23];
        for (i, distance) in LEARNED.into_iter().zip(distances) {
            row[i] = (MIDDLE + distance).exp_m1() as f32;
        }
        let fips = Fips::from_county(19_001 + county).unwrap();
        QuantileForecast { fips, model: "blend".to_owned(), target, resolution, horizon, row }
    }

    /// Two runs of 250 equal counties, two and six weeks before the day of learning. The first week came above the
    /// median by 0.4 in the later run and by 0.8 in the earlier one, the second week as far below it.
    fn learned(narrowest: f64) -> Calibration {
        let as_of = Date::constant(2020, 9, 19);
        let mut truth = Truth::new(Date::constant(2020, 1, 1));
        let mut run = |made: Date, error: f64| {
            let mut forecasts = Vec::new();
            for county in 0..250 {
                let week = |horizon| forecast(county, Target::Cases, Resolution::Week, horizon, DISTANCES);
                forecasts.extend([week(1), week(2), week(3)]);
                // Not of this kind, or without width, or not observed: none of them counts.
                forecasts.push(forecast(county, Target::Deaths, Resolution::Week, 1, DISTANCES.map(|d| 0.1 * d)));
                forecasts.push(forecast(county, Target::Cases, Resolution::Span, 1, DISTANCES.map(|d| 0.1 * d)));
                forecasts.push(forecast(county, Target::Cases, Resolution::Week, 1, [0.0; 4]));
                for (week, sign) in [(week(1), 1.0), (week(2), -1.0)] {
                    truth.insert_week(week.fips, Target::Cases, week.end(made), (MIDDLE + sign * error).exp_m1());
                }
            }
            let reproduction = Some([1.1, 1.2, 1.3]);
            let place = PlaceThen { reproduction, phase: PhaseKind::Independent, population: Some(1.0) };
            let places = forecasts.iter().map(|forecast| (forecast.fips, place)).collect();
            Run { as_of: made, forecasts, places }
        };
        let past = [run(Date::constant(2020, 9, 5), 0.4), run(Date::constant(2020, 8, 8), 0.8)];
        Calibration::learn(&past, &truth, as_of, narrowest, |run| run.forecasts.clone())
    }

    #[test]
    fn recent_days_count_more_and_sides_are_apart() {
        let found: Vec<_> = learned(0.1).rows().collect();
        assert_eq!(found.len(), 10, "two weeks of five quintiles");
        for (quintile, course, week, factors) in found {
            assert!((1..=5).contains(&quintile) && course == "growing", "{quintile} {course}");
            // The later run weighs 1/2, the earlier 1/8: it holds 80 % alone, enough at 25 and 75 % but not at 10 and
            // 90 %. Two days count 2 / (2 + 4). Of the other side, nothing is needed.
            let (inner, outer) = (0.4_f64.cbrt(), (0.8_f64 / 1.6).cbrt());
            let expected = if week == 1 { [0.1, 0.1, inner, outer] } else { [outer, inner, 0.1, 0.1] };
            assert!(factors.iter().zip(expected).all(|(f, e)| (f - e).abs() < 1e-5), "{week}: {factors:?}");
        }
        assert!(learned(0.75).rows().all(|row| row.3.iter().all(|factor| *factor >= 0.75)));
        assert_eq!(learned(1.0), Calibration::default());
    }

    #[test]
    fn each_week_and_its_days_have_their_factors_and_later_ones_those_of_the_last() {
        let of = |factor: f64| [1.0, 1.0, factor, 1.0];
        let (here, there) = (Course::Growing, Course::Turning);
        let calibration =
            Calibration([((1, here, 1), of(0.9)), ((1, here, 2), of(0.6)), ((1, there, 4), of(0.1))].into());
        let row: Row = LEVELS.map(|level| (100.0 * level) as f32);
        let mut quantiles = Quantiles { day: vec![row; 22], week: vec![row; 3], sum: vec![row; 22] };
        calibration.narrow(&mut quantiles, 1, here);
        let log = |row: &Row| f64::from(row[16]).ln_1p() - f64::from(row[MEDIAN]).ln_1p();
        let near = |now: &Row, factor: f64| (log(now) / log(&row) - factor).abs() < 1e-5;
        for days in [&quantiles.day, &quantiles.sum] {
            assert!(days[..7].iter().all(|now| near(now, 0.9)) && days[7..].iter().all(|now| near(now, 0.6)));
        }
        assert!(near(&quantiles.week[0], 0.9) && quantiles.week[1..].iter().all(|now| near(now, 0.6)));
    }

    #[test]
    fn rows_narrow_about_their_median_in_their_class_and_keep_their_tails() {
        let row: Row = LEVELS.map(|level| (100.0 * level) as f32);
        let quantiles = Quantiles { day: vec![row; 14], week: vec![row; 2], sum: vec![row; 14] };
        let class = (1, Course::Growing, 1);
        let calibration = Calibration([(class, [1.0, 1.0, 0.8, 0.9])].into());
        let (mut here, mut elsewhere) = (quantiles.clone(), quantiles.clone());
        calibration.narrow(&mut here, 1, Course::Growing);
        calibration.narrow(&mut elsewhere, 2, Course::Growing);
        assert_eq!(elsewhere, quantiles);
        for row_now in here.week.iter().chain(&here.day).chain(&here.sum) {
            let kept = (0..=6).chain([MEDIAN, 21, 22]);
            assert!(row_now.is_sorted() && kept.into_iter().all(|i| (row_now[i] - row[i]).abs() < 1e-3), "{row_now:?}");
            let log = |x: f32| f64::from(x).ln_1p() - 50.0_f64.ln_1p();
            assert!((log(row_now[16]) / log(row[16]) - 0.8).abs() < 1e-5);
            assert!((log(row_now[19]) / log(row[19]) - 0.9).abs() < 1e-5);
        }
    }
}
