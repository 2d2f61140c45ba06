//! All weekly series on one axis of weeks and one scale.

use std::collections::HashMap;
use std::sync::Arc;

use countycast_engine::Fips;
use countycast_engine::weekly::{Area, Disease, Measure, Series, Signal, Snapshot, Unit, Week};

use super::neighbours::mean_around;
use super::settings::Settings;

/// Residents of an area about which nothing is known: those of a middling Health Service Area.
const RESIDENTS: f64 = 300_000.0;
/// Weeks after which a series' own level and spread count for all.
const OWN_WEEKS: f64 = 60.0;
/// Share of the level outside of the season that is taken for illness of other causes: what is above it goes as influenza does.
const OTHER_CAUSES: f64 = 0.9;
/// Weeks in which a series of admissions and that of visits are joined.
const JOINED_WEEKS: usize = 4;
/// Longest gap that is filled from both sides, weeks.
const LONGEST_GAP: usize = 4;
/// Weeks without a report after which an area is taken to go as the one around it.
const SILENT_WEEKS: usize = 4;
/// Weeks without a report after which it is not.
const GONE_WEEKS: usize = 104;
/// What is added to the spread of a series, so that one that hardly moves is not blown up.
const LEAST_SPREAD: f64 = 0.01;
/// A share in per cent that is all but zero: a series that hardly ever exceeds it is not learned from.
const TRIFLE: f64 = 0.05;

/// One series on the common scale, a value a week from [`Grid::first`] on.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) signal: Signal,
    pub(super) area: Area,
    state: Option<Fips>,
    pub(super) residents: f64,
    /// What makes a value a rate: per cent for shares, people per 100,000 for counts.
    per_unit: f64,
    /// The power of the rate that is taken.
    power: f64,
    /// Added to the rate before.
    offset: f64,
    /// The least rate of which a power is taken: illness of other causes.
    least: f64,
    centre: f64,
    pub(super) spread: f64,
    /// Values on the common scale; not a number where none is known.
    pub(super) known: Vec<f32>,
    /// The same, and before a short series of admissions that of the visits of its place.
    pub(super) history: Vec<f32>,
    /// The same with short gaps filled; after weeks of silence, what the area around it has.
    pub(super) filled: Vec<f32>,
    /// Whether its last weeks are those of the area around it.
    pub(super) follows: bool,
    /// Whether it is learned from.
    pub(super) teaches: bool,
    /// Per cent or people per 100,000, until the scale is found.
    rates: Vec<f64>,
}

/// Series related to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relative {
    /// The same signal in the state around an area, or in the nation around a state.
    Around,
    /// The same disease in the same place or its state, measured otherwise: admissions beside visits.
    Partner,
}

impl Relative {
    pub(super) const ALL: [Self; 2] = [Self::Around, Self::Partner];
}

/// All series on one axis of weeks.
#[derive(Debug, Clone)]
pub(super) struct Grid {
    pub(super) first: Week,
    pub(super) weeks: usize,
    pub(super) lines: Vec<Line>,
    /// By line the places of its relatives, in the order of [`Relative::ALL`].
    pub(super) relatives: Vec<[Option<usize>; 2]>,
    /// By line the mean of the same signal in the states around its state; none for the nation and islands.
    pub(super) neighbours: Vec<Option<Arc<[f32]>>>,
}

impl Grid {
    /// The series of a snapshot, to the week of `last`, as powers of their rates.
    pub(super) fn new(data: &Snapshot, last: Week, power: f64, settings: &Settings) -> Self {
        let earliest = last.plus(-settings.history_weeks);
        let first = data.series.iter().map(Series::first).min().unwrap_or(last).max(earliest);
        let weeks = usize::try_from(last.since(first)).unwrap_or(0) + 1;
        let mut lines: Vec<Line> = data.series.iter().map(|series| Line::new(series, first, weeks, power)).collect();
        let places: HashMap<(Signal, Area), usize> =
            lines.iter().enumerate().map(|(i, line)| ((line.signal, line.area.clone()), i)).collect();
        scale(&mut lines, &places, settings);
        let relatives: Vec<[Option<usize>; 2]> =
            lines.iter().map(|line| Relative::ALL.map(|relative| find(line, relative, &places))).collect();
        let follow: Vec<Option<Vec<f32>>> = lines
            .iter()
            .zip(&relatives)
            .map(|(line, [around, _])| Some(line.silence(&lines[(*around)?])?.to_vec()))
            .collect();
        for (line, silence) in lines.iter_mut().zip(follow) {
            if let Some(silence) = silence {
                let begun = weeks - silence.len();
                line.filled[begun..].copy_from_slice(&silence);
                line.follows = true;
            }
        }
        let mut around: HashMap<(Signal, Fips), Option<Arc<[f32]>>> = HashMap::new();
        let mut of_line = |line: &Line| {
            let state = if let Area::State(state) = line.area { state } else { line.state? };
            let values = |state: Fips| Some(&*lines[*places.get(&(line.signal, Area::state(state)?))?].filled);
            around.entry((line.signal, state)).or_insert_with(|| mean_around(state, weeks, values)).clone()
        };
        let neighbours = lines.iter().map(&mut of_line).collect();
        Self { first, weeks, lines, relatives, neighbours }
    }

    /// Place of a week on the axis.
    pub(super) fn place(&self, week: Week) -> Option<usize> {
        usize::try_from(week.since(self.first)).ok().filter(|place| *place < self.weeks)
    }

    /// The line of a series.
    pub(super) fn line(&self, signal: Signal, area: &Area) -> Option<usize> {
        self.lines.iter().position(|line| line.signal == signal && line.area == *area)
    }
}

impl Line {
    fn new(series: &Series, first: Week, weeks: usize, power: f64) -> Self {
        let residents = series.population.unwrap_or(RESIDENTS);
        let (per_unit, offset) = match series.signal.unit() {
            Unit::Count => (1e5 / residents, 0.5 * 1e5 / residents),
            Unit::Share => (100.0, 0.02),
        };
        let usual = |week: &Week| series.signal.measure != Measure::OutpatientVisits || !is_pandemic(*week);
        let value = |week: Week| Some(week).filter(usual).and_then(|week| series.at(week));
        let rates: Vec<f64> =
            (0..weeks).map(|week| value(first.plus(week as i32)).map_or(f64::NAN, |value| value * per_unit)).collect();
        let rest =
            if series.signal.disease == Disease::InfluenzaLike { OTHER_CAUSES * quantile(&rates, 0.15) } else { 0.0 };
        Self {
            signal: series.signal,
            area: series.area.clone(),
            state: series.state,
            residents,
            per_unit,
            power,
            offset: offset - rest.max(0.0),
            least: rest.max(0.0),
            centre: 0.0,
            spread: 1.0,
            known: Vec::new(),
            history: Vec::new(),
            filled: Vec::new(),
            follows: false,
            teaches: false,
            rates,
        }
    }

    /// What the area around it has since its last report, where that was weeks ago and the area around went on reporting.
    fn silence<'a>(&self, around: &'a Self) -> Option<&'a [f32]> {
        let silent = self.known.iter().rev().take_while(|value| value.is_nan()).count();
        let known = around.known.iter().rev().take(SILENT_WEEKS).any(|value| !value.is_nan());
        let silent = (SILENT_WEEKS + 1..=GONE_WEEKS).contains(&silent) && silent < self.known.len() && known;
        silent.then(|| {
            let since = self.known.iter().rposition(|value| !value.is_nan()).map_or(0, |last| last + 1);
            &around.filled[since..]
        })
    }

    /// The power of a rate, which is at least 0 or not a number: it makes seasons of all sizes alike in their swings.
    fn root(&self, rate: f64) -> f64 {
        let rate = if rate < self.least { self.least } else { rate };
        (rate + self.offset).powf(self.power)
    }

    /// The value, in the signal's unit, of a number on the common scale.
    pub(super) fn value(&self, scaled: f64) -> f64 {
        let root = (scaled * self.spread + self.centre).max(0.0);
        ((root.powf(1.0 / self.power) - self.offset) / self.per_unit).clamp(0.0, self.signal.unit().greatest())
    }
}

/// Whether a pandemic kept or brought people to the doctor: influenza in 2009, COVID-19 from March 2020 to July 2021.
/// Seasons of outpatient visits teach how influenza goes; these do not.
fn is_pandemic(week: Week) -> bool {
    let (season, _) = week.season();
    let march_2020 = Week::of(countycast_engine::Date::constant(2020, 3, 1));
    matches!(season, 2008 | 2009 | 2020) || (season == 2019 && week >= march_2020)
}

/// Finds each line's centre and spread and puts it on the common scale.
fn scale(lines: &mut [Line], places: &HashMap<(Signal, Area), usize>, settings: &Settings) {
    let roots: Vec<Vec<f64>> =
        lines.iter().map(|line| line.rates.iter().map(|rate| line.root(*rate)).collect()).collect();
    let own: Vec<Option<(f64, f64)>> = roots.iter().map(|roots| spread_and_mean(roots)).collect();
    // The spread of short series of admissions follows from the visits of the same place.
    let mut ratios: HashMap<Disease, Vec<f64>> = HashMap::new();
    let partner = |line: &Line| {
        let signal = Signal { measure: Measure::EmergencyVisits, ..line.signal };
        let here = places.get(&(signal, line.area.clone()));
        here.or_else(|| places.get(&(signal, Area::Nation))).copied()
    };
    for (i, line) in lines.iter().enumerate().filter(|(_, line)| line.signal.measure == Measure::Admissions) {
        let Some(visits) = partner(line) else { continue };
        let both = || roots[i].iter().zip(&roots[visits]).filter(|(a, b)| !a.is_nan() && !b.is_nan());
        let (sum, of_visits) = both().fold((0.0, 0.0), |(a, b), (x, y)| (a + x, b + y));
        if of_visits > 0.0 {
            ratios.entry(line.signal.disease).or_default().push(sum / of_visits);
        }
    }
    let ratios: HashMap<Disease, f64> =
        ratios.into_iter().map(|(disease, values)| (disease, quantile(&values, 0.5))).collect();
    for i in 0..lines.len() {
        let known = roots[i].iter().filter(|root| !root.is_nan()).count() as f64;
        let borrowed = (lines[i].signal.measure == Measure::Admissions).then(|| partner(&lines[i])).flatten();
        let borrowed = borrowed.and_then(|visits| {
            let (ratio, (spread, mean)) = (ratios.get(&lines[i].signal.disease)?, own[visits]?);
            Some((ratio * spread, ratio * mean))
        });
        let share = if borrowed.is_some() { (known / OWN_WEEKS).min(1.0) } else { 1.0 };
        let mix = |own: f64, other: f64| share * own + (1.0 - share) * other;
        let (spread, centre) = match (own[i], borrowed) {
            (Some((s, m)), Some((bs, bm))) => (mix(s, bs), mix(m, bm)),
            (Some(own), None) => own,
            (None, Some(borrowed)) => borrowed,
            (None, None) => (1.0, 0.0),
        };
        let line = &mut lines[i];
        line.spread = spread + LEAST_SPREAD;
        line.centre = centre;
        let scaled = |root: &f64| ((root - line.centre) / line.spread) as f32;
        line.known = roots[i].iter().map(scaled).collect();
        let trifling = line.signal.measure == Measure::EmergencyVisits && quantile(&line.rates, 0.97) <= TRIFLE;
        line.teaches = !trifling && known as usize >= settings.least_weeks;
        line.rates = Vec::new();
    }
    let histories: Vec<Vec<f32>> = lines.iter().map(|line| history(line, partner(line).map(|p| &lines[p]))).collect();
    for (line, history) in lines.iter_mut().zip(histories) {
        line.filled = filled(&history);
        line.history = history;
    }
}

/// What is known of a line, and before it, where it is one of admissions that begins late, what is known of the visits of the
/// same place, moved to where the admissions begin: a new series has a course before it.
fn history(line: &Line, visits: Option<&Line>) -> Vec<f32> {
    let mut history = line.known.clone();
    let begun: Vec<usize> = (0..history.len()).filter(|week| !history[*week].is_nan()).take(JOINED_WEEKS).collect();
    let (Some(visits), Some(first)) = (visits.filter(|_| line.signal.measure == Measure::Admissions), begun.first())
    else {
        return history;
    };
    let apart: Vec<f32> =
        begun.iter().map(|week| line.known[*week] - visits.known[*week]).filter(|apart| !apart.is_nan()).collect();
    if apart.is_empty() {
        return history;
    }
    let apart = apart.iter().sum::<f32>() / apart.len() as f32;
    history[..*first].iter_mut().zip(&visits.known).for_each(|(value, visits)| *value = visits + apart);
    history
}

/// The 95 % quantile and the mean of what is known; none where nothing is.
fn spread_and_mean(roots: &[f64]) -> Option<(f64, f64)> {
    let (sum, known) = roots.iter().filter(|root| !root.is_nan()).fold((0.0, 0.0), |(s, n), root| (s + root, n + 1.0));
    (known > 0.0).then(|| (quantile(roots, 0.95), sum / known))
}

/// A quantile of what is known; not a number where nothing is.
fn quantile(values: &[f64], level: f64) -> f64 {
    let mut known: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    known.sort_by(f64::total_cmp);
    countycast_engine::quantile(&known, level)
}

/// The same values with gaps of up to four weeks filled along a line from their one side to the other.
fn filled(known: &[f32]) -> Vec<f32> {
    let mut filled = known.to_vec();
    let mut last: Option<usize> = None;
    for (week, value) in known.iter().enumerate().filter(|(_, value)| !value.is_nan()) {
        if let Some(before) = last.filter(|before| (2..=LONGEST_GAP + 1).contains(&(week - before))) {
            let step = (value - known[before]) / (week - before) as f32;
            let gap = filled[before + 1..week].iter_mut().zip(1_u8..);
            gap.for_each(|(value, weeks)| *value = known[before] + step * f32::from(weeks));
        }
        last = Some(week);
    }
    filled
}

/// The place of a line's relative.
fn find(line: &Line, relative: Relative, places: &HashMap<(Signal, Area), usize>) -> Option<usize> {
    let state = || line.state.and_then(Area::state).unwrap_or(Area::Nation);
    let (signal, area) = match relative {
        Relative::Around if line.area.below_state() => (line.signal, state()),
        Relative::Around => (line.signal, Area::Nation),
        Relative::Partner => {
            let measure = match line.signal.measure {
                Measure::Admissions => Measure::EmergencyVisits,
                Measure::EmergencyVisits => Measure::Admissions,
                Measure::OutpatientVisits => return None,
            };
            let area = if line.area.below_state() { state() } else { line.area.clone() };
            (Signal { measure, ..line.signal }, area)
        }
    };
    let found = places.get(&(signal, area)).copied()?;
    (places.get(&(line.signal, line.area.clone())) != Some(&found)).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use countycast_engine::Date;

    fn week(n: i32) -> Week {
        Week::of(Date::constant(2024, 10, 5)).plus(n)
    }

    fn grid(series: Vec<Series>, last: i32) -> Grid {
        Grid::new(&Snapshot { as_of: week(last).saturday(), series }, week(last), 0.25, &Settings::default())
    }

    #[test]
    fn what_is_not_known_stays_unknown_and_values_come_back() {
        let values = vec![0.01, f64::NAN, 0.04, 0.02, f64::NAN, f64::NAN, f64::NAN, f64::NAN, f64::NAN, 0.03];
        let grid = grid(vec![Series::new("flu-ed".parse().unwrap(), Area::Nation, week(0), values.clone())], 11);
        let line = &grid.lines[0];
        for (place, value) in values.iter().enumerate() {
            if value.is_nan() {
                assert!(line.known[place].is_nan(), "week {place}");
            } else {
                assert!((line.value(f64::from(line.known[place])) - value).abs() < 1e-6);
            }
        }
        assert!(line.known[10].is_nan() && line.filled[10].is_nan(), "weeks after the last are unknown");
        assert!((line.filled[1] - f32::midpoint(line.known[0], line.known[2])).abs() < 1e-6);
        assert!(line.filled[5].is_nan(), "a gap of five weeks is not filled");
    }

    #[test]
    fn admissions_that_begin_late_go_on_backwards_as_visits_do() {
        let share = |n: usize| 0.01 + 0.005 * (n as f64 / 6.0).sin();
        let visits: Vec<f64> = (0..100).map(share).collect();
        let counts: Vec<f64> = (80..100).map(|n| (20_000.0 * share(n)).round()).collect();
        let series = |signal: &str, first: i32, values: Vec<f64>| {
            Series::new(signal.parse().unwrap(), Area::Nation, week(first), values).located(None, Some(5e6))
        };
        let grid = grid(vec![series("flu-ed", 0, visits), series("flu-admissions", 80, counts)], 99);
        let line = grid.lines.iter().find(|line| line.signal.measure == Measure::Admissions).unwrap();
        assert!(line.known[79].is_nan() && !line.history[79].is_nan());
        let step = |n: usize| line.history[n + 1] - line.history[n];
        assert!((step(79) - step(80)).abs() < 0.2, "no jump where they join: {} and {}", step(79), step(80));
    }

    #[test]
    fn a_silent_area_goes_on_as_the_one_around_it() {
        let share = |n: usize| 0.01 + 0.005 * (n as f64 / 6.0).sin();
        let weeks = 160;
        let last = |silent: usize| {
            let state = countycast_engine::Fips::from_state(6).unwrap();
            let values = |known: usize| (0..known).map(share).collect::<Vec<f64>>();
            let series =
                |area: Area, known: usize| Series::new("flu-ed".parse().unwrap(), area, week(0), values(known));
            let of_state = series(Area::State(state), weeks - silent);
            let grid = grid(vec![series(Area::Nation, weeks), of_state], weeks as i32 - 1);
            let [nation, state] = [&grid.lines[0], &grid.lines[1]];
            let same = state.filled[weeks - 1] == nation.filled[weeks - 1];
            (state.follows && same, nation.follows || !state.known[weeks - 1].is_nan())
        };
        for (silent, follows) in [(1, false), (4, false), (5, true), (104, true), (105, false)] {
            assert_eq!(last(silent), (follows, false), "silent for {silent} weeks");
        }
    }

    #[test]
    fn pandemic_seasons_of_outpatient_visits_teach_nothing() {
        let weeks = [(2009, 11, 7), (2019, 1, 5), (2020, 2, 29), (2020, 3, 7), (2021, 1, 2), (2021, 12, 4)];
        let found = weeks.map(|(year, month, day)| is_pandemic(Week::of(Date::constant(year, month, day))));
        assert_eq!(found, [true, false, false, true, true, false]);
    }
}
