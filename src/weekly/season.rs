//! Courses to the end of a season: trajectories continued as similar past seasons went on.

use countycast_engine::weekly::{Disease, LAST_HORIZON, Measure, Series, Signal, Snapshot, Week};
use countycast_engine::{Fips, Streams, quantile};
use rand::RngExt;

use super::joint::HORIZONS;
use super::marginal::root;

/// Weeks by which a past season may be earlier or later.
const SHIFT: i32 = 2;
/// Most similar past courses, of which one is drawn.
const NEAREST: usize = 20;
/// Share of its distance from a past course that a trajectory keeps from week to week.
const KEPT: f64 = 0.9;
/// Level of a series' values below which the tenth lie: outside of the season.
const LOW: f64 = 0.1;

/// Past courses around the same week of the season, of all areas and signals of a disease.
///
/// It is the method of analogues (Viboud et al. 2003, *American Journal of Epidemiology* 158:996) on the scale of fourth roots,
/// moved and scaled so that the weeks outside the season are 0 and the past seasons' peaks are 1 on average.
#[derive(Debug, Clone)]
pub struct Analogues {
    past: Vec<Analogue>,
}

/// A past course: the weeks that horizons -1 to 3 correspond to, and those after them.
#[derive(Debug, Clone)]
struct Analogue {
    window: [f64; HORIZONS],
    after: Vec<f64>,
}

/// What moves and scales a series of values.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Scale {
    low: f64,
    span: f64,
}

impl Analogues {
    /// Courses of earlier seasons of the disease of `signal` that go on for `weeks` after the last horizon.
    #[must_use]
    pub fn new(data: &Snapshot, signal: Signal, reference: Week, weeks: usize) -> Self {
        let end = reference.plus(i32::from(LAST_HORIZON));
        let mut past = Vec::new();
        for series in data.series.iter().filter(|series| tells_of(series, signal)) {
            let Some(scale) = Scale::of(series, reference) else { continue };
            let mut week = series.first().plus(HORIZONS as i32 - 1);
            while week <= series.last() {
                let away = (week.since_christmas() - end.since_christmas()).abs();
                if away <= SHIFT && week.season().0 < reference.season().0 && is_usual(week) {
                    past.extend(Analogue::ending(series, scale, week, weeks));
                }
                week = week.plus(1);
            }
        }
        Self { past }
    }

    /// Values of the weeks after the last horizon, for each trajectory; none where no past course or scale is known.
    #[must_use]
    pub fn after(
        &self,
        series: &Series,
        reference: Week,
        draws: &[[f64; HORIZONS]],
        seed: u64,
    ) -> Option<Vec<Vec<f64>>> {
        let scale = Scale::of(series, reference).filter(|_| !self.past.is_empty())?;
        let streams = Streams::new(seed, &format!("{} {}", series.signal, series.area), Fips::US);
        let most = series.signal.unit().greatest();
        let continued = |(number, draw): (usize, &[f64; HORIZONS])| {
            let window = draw.map(|value| scale.scaled(value));
            let distance = |analogue: &Analogue| -> f64 {
                analogue.window.iter().zip(&window).map(|(past, now)| (past - now) * (past - now)).sum()
            };
            let mut order: Vec<(f64, usize)> =
                self.past.iter().enumerate().map(|(place, analogue)| (distance(analogue), place)).collect();
            let nearest = NEAREST.min(order.len());
            order.select_nth_unstable_by(nearest - 1, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            order[..nearest].sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let chosen = &self.past[order[streams.rng("analogue", number).random_range(0..nearest)].1];
            let mut apart = window[HORIZONS - 1] - chosen.window[HORIZONS - 1];
            let next = |past: &f64| {
                apart *= KEPT;
                scale.value(past + apart).min(most)
            };
            chosen.after.iter().map(next).collect()
        };
        Some(draws.iter().enumerate().map(continued).collect())
    }
}

impl Analogue {
    /// The course whose last horizon is a week; none where a value is missing.
    fn ending(series: &Series, scale: Scale, week: Week, weeks: usize) -> Option<Self> {
        let value = |later: i32| series.at(week.plus(later)).map(|value| scale.scaled(value));
        let window: Vec<f64> = (1 - HORIZONS as i32..=0).map(value).collect::<Option<_>>()?;
        let after = (1..=weeks as i32).map(value).collect::<Option<_>>()?;
        Some(Self { window: window.try_into().ok()?, after })
    }
}

impl Scale {
    /// The scale of a series by what its seasons before the reference week's were; none where it knows none.
    fn of(series: &Series, reference: Week) -> Option<Self> {
        let season = reference.season().0;
        let mut roots = Vec::new();
        let mut peaks: std::collections::BTreeMap<i16, f64> = std::collections::BTreeMap::new();
        for (place, value) in series.values().iter().enumerate().filter(|(_, value)| !value.is_nan()) {
            let week = series.first().plus(place as i32);
            if week.season().0 < season && is_usual(week) {
                let peak = peaks.entry(week.season().0).or_insert(0.0);
                *peak = peak.max(root(*value));
                roots.push(root(*value));
            }
        }
        roots.sort_by(f64::total_cmp);
        let low = if roots.is_empty() { return None } else { quantile(&roots, LOW) };
        let span = peaks.values().sum::<f64>() / peaks.len() as f64 - low;
        (span > 1e-6).then_some(Self { low, span })
    }

    fn scaled(self, value: f64) -> f64 {
        (root(value) - self.low) / self.span
    }

    fn value(self, scaled: f64) -> f64 {
        (self.low + scaled * self.span).max(0.0).powi(4)
    }
}

/// Whether a series tells how seasons of a signal's disease go: another signal of it, in a state or the nation.
fn tells_of(series: &Series, signal: Signal) -> bool {
    let disease = series.signal.disease == signal.disease
        || (signal.disease == Disease::Influenza && series.signal.measure == Measure::OutpatientVisits);
    disease && !series.area.below_state()
}

/// Whether a season went as others do: not in the pandemics of 2009 and COVID-19, which moved seasons or kept them away.
fn is_usual(week: Week) -> bool {
    !matches!(week.season().0, 2008 | 2009 | 2019..=2021)
}

#[cfg(test)]
mod tests {
    use super::*;
    use countycast_engine::Date;

    fn reference() -> Week {
        Week::of(Date::constant(2026, 1, 10))
    }

    /// Admissions in a week: the root is a triangle over the season, high or low, with its peak so many weeks after Christmas.
    fn admissions(week: Week, peak: i32, height: f64) -> f64 {
        let away = f64::from((week.since_christmas() - peak).abs());
        (2.0 + height * (1.0 - away / 12.0).max(0.0)).powi(4)
    }

    fn series(area: &str, peaks: &[(i32, f64)]) -> Series {
        let first = Week::of(Date::constant(2022, 8, 6));
        let value = |week: Week| {
            let (peak, height) = peaks[(week.season().0 - 2022) as usize];
            admissions(week, peak, height)
        };
        let weeks = reference().since(first);
        let values = (0..weeks).map(|place| value(first.plus(place))).collect();
        Series::new("flu-admissions".parse().unwrap(), area.parse().unwrap(), first, values)
    }

    #[test]
    fn a_season_goes_on_as_similar_ones_did_on_its_own_scale() {
        // Two kinds of past seasons: with a peak at Christmas, falling now, and with one six weeks later, rising still.
        let early = ["04", "05", "06", "08"].map(|area| series(area, &[(0, 2.0); 4]));
        let late = ["09", "10", "12", "13"].map(|area| series(area, &[(6, 4.0); 4]));
        let data = Snapshot { as_of: Date::constant(2026, 1, 7), series: [early, late].concat() };
        let analogues = Analogues::new(&data, data.series[0].signal, reference(), 10);
        for (series, peak, height) in [(&data.series[0], 0, 2.0), (&data.series[4], 6, 4.0)] {
            let expected: Vec<f64> =
                (-1..=13).map(|horizon| admissions(reference().plus(horizon), peak, height)).collect();
            let draw: [f64; HORIZONS] = expected[..HORIZONS].try_into().unwrap();
            let found = analogues.after(series, reference(), &[draw; 40], 1).unwrap();
            let mean: Vec<f64> =
                (0..10).map(|week| found.iter().map(|draw| root(draw[week])).sum::<f64>() / 40.0).collect();
            for (found, expected) in mean.iter().zip(&expected[HORIZONS..]) {
                assert!((found - root(*expected)).abs() < 0.08 * height, "{found} for {}", root(*expected));
            }
        }
    }

    #[test]
    fn this_season_is_no_analogue_and_the_pandemics_are_none() {
        let only_now = series("04", &[(0, 2.0); 4]);
        let first = Week::of(Date::constant(2025, 8, 2));
        let weeks = reference().since(first) as usize;
        let now = only_now.values()[only_now.values().len() - weeks..].to_vec();
        let now = Series::new(only_now.signal, only_now.area.clone(), first, now);
        let data = Snapshot { as_of: Date::constant(2026, 1, 7), series: vec![now] };
        let analogues = Analogues::new(&data, data.series[0].signal, reference(), 10);
        assert_eq!(analogues.after(&data.series[0], reference(), &[[1.0; HORIZONS]], 1), None);
        let is_usual = |year: i16| is_usual(Week::of(Date::new(year, 12, 25).unwrap()));
        assert_eq!([2009, 2010, 2018, 2020, 2022].map(is_usual), [false, true, true, false, true]);
    }
}
