//! The hubs' flat baseline.

use countycast_engine::weekly::{
    Area, Disease, FIRST_HORIZON, LAST_HORIZON, Measure, Series, Snapshot, Week, WeeklyEngine, WeeklyModel,
};
use countycast_engine::{Basis, Date, EngineError, LEVELS, Row, Streams, quantile};
use rand::seq::SliceRandom;

/// Sampled steps. The hubs take 100,000; with a fifth of them quantiles differ by less than 1 % of their distance from the
/// median.
const STEPS: usize = 20_000;

/// The baseline of the hubs: the last value goes on, and its errors are the steps that the series has made.
///
/// It is `cdc_baseline_forecaster` of the R package epipredict, which FluSight, the COVID-19 and RSV hubs and MetroCast run:
/// all weekly differences and their negatives are the steps of one week; sums of independent ones, moved so that their
/// median is the last value and cut at 0 week by week, are those of more.
#[derive(Debug, Clone, Copy, Default)]
pub struct Flat;

impl WeeklyEngine for Flat {
    fn name(&self) -> &'static str {
        "flat"
    }

    fn basis(&self) -> Basis {
        Basis::Reported
    }

    fn train(&self, _: &Snapshot, reference: Week, seed: u64) -> Result<Box<dyn WeeklyModel>, EngineError> {
        Ok(Box::new(Model { reference, seed }))
    }
}

struct Model {
    reference: Week,
    seed: u64,
}

impl WeeklyModel for Model {
    fn forecast(&self, series: &Series) -> Result<Vec<Row>, EngineError> {
        let steps = steps(series);
        let last = series.values().last().copied().filter(|_| !steps.is_empty());
        let last = last.ok_or_else(|| EngineError::Refused("two weeks in a row are needed".to_owned()))?;
        let mut sample: Vec<f64> = (0..STEPS).map(|i| quantile(&steps, i as f64 / (STEPS - 1) as f64)).collect();
        let streams = Streams::new(self.seed, "flat", countycast_engine::Fips::US);
        let mut values: Vec<f64> = sample.iter().map(|step| last + step).collect();
        let mut rows = Vec::new();
        for horizon in FIRST_HORIZON..=LAST_HORIZON {
            let ahead = self.reference.plus(i32::from(horizon)).since(series.last());
            if ahead <= 0 {
                rows.push([last as f32; 23]);
                continue;
            }
            if ahead > 1 && !rows.is_empty() {
                sample.shuffle(&mut streams.rng("shuffle", ahead as usize));
                values.iter_mut().zip(&sample).for_each(|(value, step)| *value += step);
            }
            let mut sorted = values.clone();
            sorted.sort_by(f64::total_cmp);
            let shift = quantile(&sorted, 0.5) - last;
            values.iter_mut().for_each(|value| *value = (*value - shift).max(0.0));
            let most = series.signal.unit().greatest();
            rows.push(LEVELS.map(|level| (quantile(&sorted, level) - shift).clamp(0.0, most) as f32));
        }
        Ok(rows)
    }
}

/// All weekly differences and their negatives, ascending.
fn steps(series: &Series) -> Vec<f64> {
    let pairs = series.values().windows(2).enumerate();
    let usual = |place: usize| !is_left_out(series, series.first().plus(place as i32 + 1));
    let steps =
        pairs.filter(|(place, _)| usual(*place)).map(|(_, pair)| pair[1] - pair[0]).filter(|step| !step.is_nan());
    let mut steps: Vec<f64> = steps.flat_map(|step| [step, -step]).collect();
    steps.sort_by(f64::total_cmp);
    steps
}

/// Whether FluSight leaves out the step to a week: before August 2022, when few hospitals reported influenza, and from May to
/// November 2024, when reporting was voluntary. The other hubs leave out none.
fn is_left_out(series: &Series, week: Week) -> bool {
    let day = week.saturday();
    let of_flusight =
        series.signal.disease == Disease::Influenza && matches!(series.area, Area::Nation | Area::State(_));
    let voluntary = (Date::constant(2024, 5, 4)..=Date::constant(2024, 11, 9)).contains(&day);
    let early = series.signal.measure == Measure::Admissions && day < Date::constant(2022, 8, 13);
    // The rule came with the season 2024/25: what was known before shows no step after it.
    let in_force = series.last().saturday() > Date::constant(2024, 11, 1);
    of_flusight && in_force && (voluntary || early)
}

#[cfg(test)]
mod tests {
    use super::*;
    use countycast_engine::MEDIAN;

    fn forecast(values: &[f64]) -> Result<Vec<Row>, EngineError> {
        let first = Week::of(Date::constant(2025, 10, 4));
        let series = Series::new("covid-ed".parse().unwrap(), Area::Nation, first, values.to_vec());
        let reference = series.last().plus(1);
        let data = Snapshot { as_of: Date::constant(2026, 1, 7), series: vec![series] };
        Flat.train(&data, reference, 1).unwrap().forecast(&data.series[0])
    }

    #[test]
    fn the_first_step_has_the_quantiles_of_past_steps_and_the_published_week_is_known() {
        // Steps of 0.01, 0.02, -0.03 and their negatives.
        let rows = forecast(&[0.10, 0.11, 0.13, 0.10]).unwrap();
        assert_eq!(rows[0], [0.10_f32; 23]);
        let expected = |level: f64| 0.10 + quantile(&[-0.03, -0.02, -0.01, 0.01, 0.02, 0.03], level);
        for (level, value) in LEVELS.iter().zip(rows[1]) {
            assert!((f64::from(value) - expected(*level)).abs() < 1e-5, "{value} at {level}");
        }
    }

    #[test]
    fn the_median_stays_widths_grow_and_nothing_is_negative() {
        let rows = forecast(&[0.02, 0.05, 0.01, 0.06, 0.02]).unwrap();
        for pair in rows.windows(2) {
            assert!(pair[1][22] > pair[0][22] && pair[1].is_sorted() && pair[1][0] >= 0.0);
            assert!((pair[1][MEDIAN] - 0.02).abs() < 1e-4, "{}", pair[1][MEDIAN]);
        }
    }

    #[test]
    fn one_week_is_not_enough() {
        assert!(forecast(&[0.02]).is_err());
        assert!(forecast(&[0.02, f64::NAN, 0.03]).is_err());
    }
}
