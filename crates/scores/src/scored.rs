//! Every forecast of a run with its observed value and scores.

use std::collections::HashMap;

use countycast_engine::{Date, Fips, Level, Target};
use rayon::prelude::*;

use super::forecasts::{PlaceThen, QuantileForecast, Resolution, Run};
use super::score::{Scale, Wis, covered, pit};
use super::truth::Truth;
use crate::PhaseKind;
use crate::quantiles::{MEDIAN, Row};

/// The model against which all others are held: the Forecast Hub's baseline.
pub const BASELINE: &str = "flat";

/// One model's forecast of one week of one location, with its scores.
#[derive(Debug, Clone)]
pub struct Scored {
    /// Last day of data used.
    pub as_of: Date,
    /// The location.
    pub fips: Fips,
    /// The model.
    pub model: String,
    /// New cases or new deaths.
    pub target: Target,
    /// Weeks after the as-of day, from 1.
    pub horizon: u8,
    /// The observed value.
    pub truth: f64,
    /// The median.
    pub median: f64,
    /// Weighted interval score with its components: seven quantiles for counties, 23 for states and the nation.
    pub wis: Wis,
    /// Weighted interval score of log(x + 1).
    pub log_wis: f64,
    /// |median − observed| of the single week.
    pub error: f64,
    /// |median − observed| of the sum since as-of; for cases.
    pub span_error: Option<f64>,
    /// Whether the central 50, 80 and 95 % intervals cover the observed value.
    pub covered: [bool; 3],
    /// Probability integral transform.
    pub pit: f64,
    /// The place's stratum on the as-of day.
    pub stratum: Stratum,
}

/// The stratum of a place on the as-of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stratum {
    /// Population quintile among counties, 1 (smallest) to 5; none for states and the nation.
    pub quintile: Option<u8>,
    /// Course of the epidemic.
    pub course: Course,
    /// How it was projected.
    pub phase: PhaseKind,
    /// Class of its reproduction number, where that is known.
    pub reproduction: Option<&'static str>,
}

/// Upper ends of the classes of the reproduction number, with their names; those above the last are in a class of their own.
const REPRODUCTION: [(f64, &str); 5] =
    [(0.8, "below 0.8"), (1.0, "0.8 to 1"), (1.2, "1 to 1.2"), (1.4, "1.2 to 1.4"), (1.6, "1.4 to 1.6")];

/// Class of a reproduction number, such as `1.2 to 1.4`.
fn class(reproduction: f64) -> &'static str {
    REPRODUCTION.iter().find(|(end, _)| reproduction < *end).map_or("1.6 and more", |(_, name)| *name)
}

/// Course of an epidemic by the 90 % interval of R_t.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Course {
    /// The interval lies above 1.
    Growing,
    /// The interval contains 1: a peak, a trough, or too few cases.
    Turning,
    /// The interval lies below 1.
    Declining,
}

impl Course {
    /// By the 5 % and 95 % quantiles of R_t; a place without an estimate is taken as turning.
    #[must_use]
    pub fn of(reproduction: Option<[f64; 3]>) -> Self {
        match reproduction {
            Some([low, _, _]) if low > 1.0 => Self::Growing,
            Some([_, _, high]) if high < 1.0 => Self::Declining,
            _ => Self::Turning,
        }
    }

    /// Name in tables.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Growing => "growing",
            Self::Turning => "turning",
            Self::Declining => "declining",
        }
    }
}

/// Quintiles of the counties of a run by population, 1 the smallest.
#[must_use]
pub fn quintiles(places: &HashMap<Fips, PlaceThen>) -> HashMap<Fips, u8> {
    quintiles_of(places.iter().filter_map(|(fips, place)| Some((*fips, place.population?))))
}

/// Quintiles of the counties among these places by population, 1 the smallest; of equal ones, the lower code is the
/// smaller.
#[must_use]
pub fn quintiles_of(populations: impl Iterator<Item = (Fips, f64)>) -> HashMap<Fips, u8> {
    let mut counties: Vec<(f64, Fips)> = populations
        .filter(|(fips, _)| fips.level() == Level::County)
        .map(|(fips, population)| (population, fips))
        .collect();
    counties.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let n = counties.len().max(1);
    counties.iter().enumerate().map(|(rank, (_, fips))| (*fips, 1 + (5 * rank / n) as u8)).collect()
}

/// Scores every weekly forecast of a run whose outcome is observed. Order as in the run.
#[must_use]
pub fn score(run: &Run, truth: &Truth) -> Vec<Scored> {
    let quintiles = quintiles(&run.places);
    fn task(forecast: &QuantileForecast) -> (Fips, &str, Target, u8) {
        (forecast.fips, &forecast.model, forecast.target, forecast.horizon)
    }
    let spans: HashMap<_, &Row> =
        run.forecasts.iter().filter(|f| f.resolution == Resolution::Span).map(|f| (task(f), &f.row)).collect();
    let score = |forecast: &QuantileForecast| {
        let (fips, _, target, horizon) = task(forecast);
        let came = truth.week(fips, target, forecast.end(run.as_of))?;
        let scale = if fips.level() == Level::County { Scale::Seven } else { Scale::All };
        let span = spans.get(&task(forecast));
        let span_truth = truth.span(fips, target, run.as_of, usize::from(horizon));
        let place = run.places.get(&fips);
        Some(Scored {
            as_of: run.as_of,
            fips,
            model: forecast.model.clone(),
            target,
            horizon,
            truth: came,
            median: f64::from(forecast.row[MEDIAN]),
            wis: scale.wis(&forecast.row, came),
            log_wis: scale.log_wis(&forecast.row, came),
            error: (f64::from(forecast.row[MEDIAN]) - came).abs(),
            span_error: span.zip(span_truth).map(|(row, sum)| (f64::from(row[MEDIAN]) - sum).abs()),
            covered: [0.5, 0.8, 0.95].map(|level| covered(&forecast.row, came, level)),
            pit: pit(&forecast.row, came),
            stratum: Stratum {
                quintile: quintiles.get(&fips).copied(),
                course: Course::of(place.and_then(|place| place.reproduction)),
                phase: place.map_or(PhaseKind::Independent, |place| place.phase),
                reproduction: place.and_then(|place| Some(class(place.reproduction?[1]))),
            },
        })
    };
    run.forecasts.par_iter().filter(|f| f.resolution == Resolution::Week).filter_map(score).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const AS_OF: Date = Date::constant(2020, 10, 3);

    fn fips(code: &str) -> Fips {
        code.parse().unwrap()
    }

    #[test]
    fn an_interval_that_holds_one_is_a_turn() {
        assert_eq!(Course::of(Some([1.01, 1.1, 1.2])).word(), "growing");
        assert_eq!(Course::of(Some([0.8, 0.9, 0.99])).word(), "declining");
        for reproduction in [Some([1.0, 1.1, 1.2]), Some([0.8, 0.9, 1.0]), Some([0.9, 1.0, 1.1]), None] {
            assert_eq!(Course::of(reproduction).word(), "turning");
        }
    }

    #[test]
    fn quintiles_rank_counties_alone_and_equal_ones_by_code() {
        // Populations 7, 7, 6, 5, …: the two largest are equal.
        let counties = (0..8_u32).map(|i| (fips(&format!("010{:02}", 2 * i + 1)), f64::from(7.min(8 - i))));
        let found = quintiles_of(counties.chain([(fips("01"), 0.5), (Fips::US, 1.0)]));
        let of = |code: &str| found.get(&fips(code)).copied();
        let ascending = ["01015", "01013", "01011", "01009", "01007", "01005", "01001", "01003"].map(of);
        // 1 + ⌊5 · rank / 8⌋.
        assert_eq!(ascending, [1, 1, 2, 2, 3, 4, 4, 5].map(Some));
        assert_eq!((of("01"), of("US")), (None, None));
        assert!(quintiles_of(std::iter::empty()).is_empty());
    }

    /// Two weeks of observed cases, 70 and 140, in a county, its state and the nation.
    fn truth(places: &[Fips]) -> Truth {
        let mut truth = Truth::new(Date::constant(2020, 10, 4));
        for &place in places {
            truth.insert_daily(place, Target::Cases, [[10.0; 7], [20.0; 7]].concat());
        }
        truth
    }

    #[test]
    fn a_forecast_is_scored_against_its_own_week_and_sum() {
        let (county, state) = (fips("01001"), fips("01"));
        let row: Row = std::array::from_fn(|i| (95 + 5 * i) as f32);
        let forecast = |fips, resolution, horizon, row| {
            let model = "curve".to_owned();
            QuantileForecast { fips, model, target: Target::Cases, resolution, horizon, row }
        };
        let place = PlaceThen { reproduction: Some([1.1, 1.2, 1.3]), phase: PhaseKind::Hidden, population: Some(9.0) };
        let run = Run {
            as_of: AS_OF,
            forecasts: vec![
                forecast(county, Resolution::Week, 2, row),
                forecast(county, Resolution::Span, 2, [200.0; 23]),
                forecast(county, Resolution::Week, 3, row),
                forecast(state, Resolution::Week, 1, row),
            ],
            places: [(county, place)].into(),
        };
        let found = score(&run, &truth(&[county, state]));
        assert_eq!(found.len(), 2, "week 3 is not observed, and a sum is no week");
        let [of_county, of_state] = [&found[0], &found[1]];
        assert_eq!((of_county.fips, of_county.horizon, of_county.truth), (county, 2, 140.0));
        assert_eq!((of_county.as_of, of_county.model.as_str(), of_county.target), (AS_OF, "curve", Target::Cases));
        assert_eq!(of_county.wis, Scale::Seven.wis(&row, 140.0));
        assert_eq!(of_county.log_wis, Scale::Seven.log_wis(&row, 140.0));
        // Median 150; both weeks together 210.
        assert_eq!((of_county.error, of_county.span_error), (10.0, Some(10.0)));
        // 140 is at 40 %, within 120 to 175, 110 to 190 and 100 to 200.
        assert_eq!((of_county.pit, of_county.covered), (0.4, [true; 3]));
        let stratum = Stratum {
            quintile: Some(1),
            course: Course::Growing,
            phase: PhaseKind::Hidden,
            reproduction: Some("1.2 to 1.4"),
        };
        assert_eq!(of_county.stratum, stratum);

        assert_eq!((of_state.fips, of_state.horizon, of_state.truth), (state, 1, 70.0));
        assert_eq!(of_state.wis, Scale::All.wis(&row, 70.0));
        assert_eq!((of_state.error, of_state.span_error, of_state.covered), (80.0, None, [false; 3]));
        let unknown =
            Stratum { quintile: None, course: Course::Turning, phase: PhaseKind::Independent, reproduction: None };
        assert_eq!(of_state.stratum, unknown);
    }
}
