//! What hubs derive from trajectories: samples, categories of change, and the season's peak.

use countycast_engine::weekly::{FIRST_HORIZON, LAST_HORIZON, Series, Snapshot, Week};
use countycast_engine::{LEVELS, quantile};
use countycast_signals::{Changes, Season};

use super::joint::{Dependence, HORIZONS};
use super::season::Analogues;
use super::{Forecast, Forecasts};

/// Trajectories of which probabilities are shares.
const DRAWS: usize = 1_000;

/// Makes what is derived from a week's forecasts.
#[derive(Debug, Clone)]
pub struct Derived<'a> {
    reference: Week,
    known: &'a Snapshot,
    dependence: Dependence,
    seed: u64,
}

/// When a season's peak is and how high.
#[derive(Debug, Clone, PartialEq)]
pub struct Peak {
    /// Probability of each week of the season.
    pub weeks: Vec<f64>,
    /// Quantiles of the highest value at all levels, in the signal's unit.
    pub size: [f64; 23],
}

impl<'a> Derived<'a> {
    /// From a week's forecasts and what they were made of.
    #[must_use]
    pub fn new(forecasts: &'a Forecasts, seed: u64) -> Self {
        Self {
            reference: forecasts.reference,
            known: &forecasts.known,
            dependence: Dependence::new(&forecasts.known),
            seed,
        }
    }

    /// Draws of trajectories over all horizons, in the signal's unit.
    #[must_use]
    pub fn trajectories(&self, forecast: &Forecast, draws: usize) -> Vec<[f64; HORIZONS]> {
        self.dependence.trajectories(forecast, self.reference, draws, self.seed)
    }

    /// Probabilities of each category by horizon: shares of the trajectories, in whole people. None where residents are
    /// not known.
    #[must_use]
    pub fn changes(&self, forecast: &Forecast, changes: &Changes) -> Option<Vec<[f64; 5]>> {
        let residents = self.series(forecast)?.population?;
        let draws = self.trajectories(forecast, DRAWS);
        let horizon = |horizon: i8| {
            let place = usize::try_from(horizon - FIRST_HORIZON).ok().filter(|place| *place < HORIZONS)?;
            let mut counts = [0.0; 5];
            for draw in &draws {
                let change = draw[place].round() - draw[0].round();
                counts[changes.category(horizon, change, residents)] += 1.0;
            }
            Some(counts.map(|count: f64| count / DRAWS as f64))
        };
        changes.horizons().map(horizon).collect()
    }

    /// Analogues for the weeks of a season after the last horizon.
    #[must_use]
    pub fn analogues(&self, forecast: &Forecast, season: Season) -> Analogues {
        let end = self.reference.plus(i32::from(LAST_HORIZON));
        let weeks = usize::try_from(season.last.since(end)).unwrap_or(0);
        Analogues::new(self.known, forecast.signal, self.reference, weeks)
    }

    /// When the season's peak is and how high: past weeks as published, the next from trajectories, later ones as similar past
    /// seasons went on. Of several weeks with the highest value it is the first. None where no past season is known.
    #[must_use]
    pub fn peak(&self, forecast: &Forecast, season: Season, analogues: &Analogues) -> Option<Peak> {
        let series = self.series(forecast)?;
        let draws = self.trajectories(forecast, DRAWS);
        let end = self.reference.plus(i32::from(LAST_HORIZON));
        let after = if season.last > end {
            analogues.after(series, self.reference, &draws, self.seed)?
        } else {
            vec![vec![]; DRAWS]
        };
        let weeks: Vec<Week> = season.weeks().collect();
        let mut counts = vec![0.0; weeks.len()];
        let mut highest = Vec::with_capacity(DRAWS);
        for (draw, after) in draws.iter().zip(&after) {
            let value = |week: &Week| {
                let horizon = week.since(self.reference) - i32::from(FIRST_HORIZON);
                match usize::try_from(horizon) {
                    // A week without a report is not the highest.
                    Err(_) => series.at(*week).unwrap_or(0.0),
                    Ok(place) if place < HORIZONS => draw[place],
                    Ok(place) => after[place - HORIZONS],
                }
            };
            let course: Vec<f64> = weeks.iter().map(|week| value(week).round()).collect();
            let mut first = 0;
            course.iter().enumerate().for_each(|(place, value)| {
                if *value > course[first] {
                    first = place
                }
            });
            counts[first] += 1.0;
            highest.push(course[first]);
        }
        highest.sort_by(f64::total_cmp);
        let probabilities = counts.into_iter().map(|count: f64| count / DRAWS as f64).collect();
        Some(Peak { weeks: probabilities, size: LEVELS.map(|level| quantile(&highest, level)) })
    }

    fn series(&self, forecast: &Forecast) -> Option<&Series> {
        self.known.find(forecast.signal, &forecast.area)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use countycast_engine::weekly::Area;
    use countycast_engine::{Date, MEDIAN};
    use countycast_signals::Hubs;

    fn reference() -> Week {
        Week::of(Date::constant(2026, 2, 14))
    }

    fn changes() -> Changes {
        let hubs = Hubs::parse(include_str!("../../config/hubs.toml")).unwrap();
        hubs.find("flusight").unwrap().changes.clone().unwrap()
    }

    fn season() -> Season {
        let week = |day: &str| day.to_owned();
        Season::try_from([week("2025-11-22"), week("2026-05-23")]).unwrap()
    }

    /// Admissions with a peak so many weeks after Christmas, in four seasons.
    fn admissions(week: Week, peak: i32) -> f64 {
        let away = f64::from((week.since_christmas() - peak).abs());
        (2.0 + 4.0 * (1.0 - away / 12.0).max(0.0)).powi(4)
    }

    /// Forecasts of what will be, this many times too high or low at the 5 and 95 % levels.
    fn forecasts(peak: i32, off: f64) -> Forecasts {
        let first = Week::of(Date::constant(2022, 8, 6));
        let values = (0..reference().since(first)).map(|place| admissions(first.plus(place), peak)).collect();
        let series = Series::new("flu-admissions".parse().unwrap(), "06".parse().unwrap(), first, values);
        let series = series.located(None, Some(1e6));
        let row = |horizon: i32| {
            let value = admissions(reference().plus(horizon), peak);
            LEVELS.map(|level| (value * off.powf((level - 0.5) / 0.45)) as f32)
        };
        let forecast = Forecast {
            signal: series.signal,
            area: series.area.clone(),
            model: "blend",
            last: series.last(),
            follows: false,
            rows: (-1..=3).map(row).collect(),
        };
        let as_of = reference().wednesday();
        let known = Snapshot { as_of, series: vec![series] };
        Forecasts { reference: reference(), as_of, forecasts: vec![forecast], known, notices: Vec::new() }
    }

    fn peak(peak: i32, off: f64) -> Peak {
        let made = forecasts(peak, off);
        let derived = Derived::new(&made, 1);
        let analogues = derived.analogues(&made.forecasts[0], season());
        derived.peak(&made.forecasts[0], season(), &analogues).unwrap()
    }

    #[test]
    fn categories_have_the_probabilities_of_the_trajectories_and_those_of_certain_changes() {
        let (made, changes) = (forecasts(4, 1.3), changes());
        let derived = Derived::new(&made, 1);
        let found = derived.changes(&made.forecasts[0], &changes).unwrap();
        let draws = derived.trajectories(&made.forecasts[0], DRAWS);
        for (horizon, probabilities) in (0_i8..).zip(&found) {
            assert!((probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            let place = usize::try_from(horizon + 1).unwrap();
            let category =
                |draw: &[f64; HORIZONS]| changes.category(horizon, draw[place].round() - draw[0].round(), 1e6);
            for (number, probability) in probabilities.iter().enumerate() {
                let counted = draws.iter().filter(|draw| category(draw) == number).count() as f64;
                assert!((counted / DRAWS as f64 - probability).abs() < 1e-12);
            }
        }
        // From 677 at the published week the season falls by 150 and more: far more than 5 per 100,000.
        let certain = forecasts(4, 1.0001);
        let found = Derived::new(&certain, 1).changes(&certain.forecasts[0], &changes).unwrap();
        assert_eq!(found[3], [1.0, 0.0, 0.0, 0.0, 0.0]);
        let nowhere = Forecasts { known: Snapshot { series: vec![], ..made.known.clone() }, ..made.clone() };
        assert_eq!(Derived::new(&nowhere, 1).changes(&made.forecasts[0], &changes), None);
    }

    #[test]
    fn a_peak_that_has_passed_is_known() {
        let found = peak(2, 1.2);
        let weeks: Vec<Week> = season().weeks().collect();
        let highest = weeks.iter().position(|week| week.since_christmas() == 2).unwrap();
        assert!(found.weeks[highest] > 0.99, "{:?}", found.weeks);
        assert!((found.weeks.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        assert!(found.size.is_sorted() && (found.size[MEDIAN] - 6.0_f64.powi(4)).abs() < 1.0, "{:?}", found.size);
    }

    #[test]
    fn a_peak_to_come_is_where_past_seasons_had_it() {
        // Twelve weeks after Christmas; the last horizon is ten weeks after it.
        let found = peak(12, 1.1);
        let weeks: Vec<Week> = season().weeks().collect();
        let near: f64 = weeks
            .iter()
            .zip(&found.weeks)
            .filter(|(week, _)| (week.since_christmas() - 12).abs() <= 2)
            .map(|(_, p)| p)
            .sum();
        assert!(near > 0.8, "{near}");
        assert!((found.size[MEDIAN] / 6.0_f64.powi(4) - 1.0).abs() < 0.1, "{:?}", found.size);
    }

    #[test]
    fn an_area_of_which_no_season_is_known_has_no_peak() {
        let made = forecasts(4, 1.2);
        let series = &made.known.series[0];
        let first = Week::of(Date::constant(2025, 10, 4));
        let from = usize::try_from(first.since(series.first())).unwrap();
        let short = Series::new(series.signal, Area::Nation, first, series.values()[from..].to_vec());
        let forecast = Forecast { area: Area::Nation, ..made.forecasts[0].clone() };
        let known = Snapshot { as_of: made.as_of, series: vec![made.known.series[0].clone(), short] };
        let made = Forecasts { known, forecasts: vec![forecast], ..made };
        let derived = Derived::new(&made, 1);
        let analogues = derived.analogues(&made.forecasts[0], season());
        assert_eq!(derived.peak(&made.forecasts[0], season(), &analogues), None);
    }
}
