//! What a row tells about a series in a week.

use countycast_engine::weekly::{Area, Disease, Measure};

use super::grid::Grid;
use super::settings::View;

/// Weeks of a series that a row looks back on.
const WINDOW: usize = 10;
/// Weeks back within which the greatest and the least value are sought: nearly a season.
const SEASON: usize = 45;
/// Earlier years whose course at the same time of the year is told.
const YEARS: usize = 3;
/// Weeks of a year, as far as seasons are laid over each other.
const YEAR: usize = 52;

/// Number of features.
pub(super) const COUNT: usize = 51;

/// Place of the last value.
pub(super) const NOW: usize = 0;
/// Values before it, given as differences from it, that follow it.
pub(super) const LAGS: usize = 5;
/// Place of the mean size of the last steps.
pub(super) const STEPS: usize = 20;
/// Places of the neighbours' slope and of the change in earlier years.
#[cfg(test)]
const NEIGHBOURS: usize = 29;
#[cfg(test)]
const YEARS_CHANGE: usize = 34;
/// Places of the measure, the kind of area and the lead.
pub(super) const MEASURE: usize = 41;
pub(super) const KIND: usize = 43;
pub(super) const LEAD: usize = 48;

/// A row of features; not a number where one is not known.
pub(super) type Features = [f32; COUNT];

/// Kinds of signals that go alike: admissions, visits of states and the nation, visits of areas below them, outpatient visits.
pub(super) const SOURCES: usize = 4;

/// The kind of signal that a row is of, below [`SOURCES`].
pub(super) fn source(features: &Features) -> usize {
    match features[MEASURE] {
        0.0 => 0,
        1.0 => 1 + usize::from(features[KIND] == BELOW_STATE),
        _ => 3,
    }
}

/// The lead of a row, weeks.
pub(super) fn lead(features: &Features) -> usize {
    features[LEAD] as usize
}

/// Least-squares polynomial through the last weeks: value, slope and curvature in the last of them.
struct Local {
    /// By coefficient the weight of each week, the last one last.
    weights: Vec<Vec<f32>>,
}

impl Local {
    /// A polynomial of `degree` through `weeks` weeks.
    fn new(weeks: usize, degree: usize) -> Self {
        let design = nalgebra::DMatrix::from_fn(weeks, degree + 1, |week, power| {
            (week as f64 - (weeks as f64 - 1.0)).powi(power as i32)
        });
        // The columns are independent: the pseudo-inverse exists.
        let inverse = design.pseudo_inverse(1e-12).unwrap_or_else(|_| nalgebra::DMatrix::zeros(degree + 1, weeks));
        let row = |power: usize| (0..weeks).map(|week| inverse[(power, week)] as f32).collect();
        Self { weights: (0..=degree).map(row).collect() }
    }

    fn at(&self, window: &[f32], coefficient: usize) -> f32 {
        let weights = &self.weights[coefficient];
        let last = &window[window.len() - weights.len()..];
        weights.iter().zip(last).map(|(weight, value)| weight * value).sum()
    }
}

/// Makes rows of features of a grid.
pub(super) struct Maker {
    line3: Local,
    line5: Local,
    curve4: Local,
    curve6: Local,
    curve8: Local,
    line6: Local,
    /// By week its place in the season and its distance from Christmas.
    calendar: Vec<(f32, f32)>,
    view: View,
}

impl Maker {
    /// For leads up to this one.
    pub(super) fn new(grid: &Grid, leads: usize, view: View) -> Self {
        let calendar = (0..grid.weeks + leads + 1)
            .map(|week| {
                let week = grid.first.plus(week as i32);
                (f32::from(week.season().1), week.since_christmas() as f32)
            })
            .collect();
        Self {
            line3: Local::new(3, 1),
            line5: Local::new(5, 1),
            curve4: Local::new(4, 2),
            curve6: Local::new(6, 2),
            curve8: Local::new(8, 2),
            line6: Local::new(6, 1),
            calendar,
            view,
        }
    }

    /// What is told of a line in a week, for its value `lead` weeks later.
    pub(super) fn features(&self, grid: &Grid, line: usize, week: usize, lead: usize) -> Features {
        let of = &grid.lines[line];
        let window: [f32; WINDOW] = std::array::from_fn(|k| at(&of.filled, (week + k).saturating_sub(WINDOW - 1)));
        let now = window[WINDOW - 1];
        let mut row = Row { values: [f32::NAN; COUNT], next: 0 };
        self.push_local(&mut row, &window);
        self.push_relatives(&mut row, grid, line, week, now);
        self.push_years(&mut row, grid, line, week, lead);
        let season = &of.filled[week.saturating_sub(SEASON - 1)..=week];
        row.push(now - season.iter().copied().fold(f32::NEG_INFINITY, f32::max));
        row.push(now - season.iter().copied().fold(f32::INFINITY, f32::min));
        row.push(measure(of.signal.measure));
        row.push(disease(of.signal.disease));
        row.push(kind(&of.area));
        let (here, there) = (self.calendar[week], self.calendar[week + lead]);
        row.push(here.0);
        row.push(there.0);
        row.push(there.1);
        row.push(here.1);
        row.push(lead as f32);
        row.push(of.residents.ln() as f32);
        row.push(of.spread as f32);
        debug_assert_eq!(row.next, COUNT);
        row.values
    }

    /// Slopes of related series over three and six weeks; looking around, also their levels above this one's and what the neighbouring
    /// states have.
    fn push_relatives(&self, row: &mut Row, grid: &Grid, line: usize, week: usize, now: f32) {
        let looks_around = |value: f32| if self.view == View::Around { value } else { f32::NAN };
        let slopes = |values: Option<&[f32]>| -> [f32; 3] {
            let Some(values) = values else { return [f32::NAN; 3] };
            let tail: [f32; 6] = std::array::from_fn(|k| at(values, (week + k).saturating_sub(5)));
            [self.line3.at(&tail, 1), self.line6.at(&tail, 1), tail[5] - now]
        };
        let relatives = grid.relatives[line].map(|relative| relative.map(|place| grid.lines[place].filled.as_slice()));
        for [short, long, level] in relatives.map(slopes) {
            row.push(short);
            row.push(long);
            row.push(looks_around(level));
        }
        slopes(grid.neighbours[line].as_deref()).map(looks_around).into_iter().for_each(|value| row.push(value));
        let step = relatives[1].map_or(f32::NAN, |values| at(values, week) - at(values, week.wrapping_sub(1)));
        row.push(looks_around(step));
    }

    /// What earlier years had: the level above theirs, and how they went on, as far as the view tells of it.
    fn push_years(&self, row: &mut Row, grid: &Grid, line: usize, week: usize, lead: usize) {
        let of = &grid.lines[line];
        let past = Past::new(&of.history, week, lead);
        row.push(at(&of.filled, week) - past.level);
        let by_calendar = match of.signal.measure {
            _ if self.view == View::Back => false,
            Measure::Admissions => of.signal.disease == Disease::Influenza,
            Measure::EmergencyVisits => false,
            Measure::OutpatientVisits => true,
        };
        let around = grid.relatives[line][0].unwrap_or(line);
        let around = Past::new(&grid.lines[around].history, week, lead);
        for value in [past.change, past.greatest, past.least, past.years, around.change] {
            row.push(if by_calendar { f32::NAN } else { value });
        }
    }

    fn push_local(&self, row: &mut Row, window: &[f32; WINDOW]) {
        let now = window[WINDOW - 1];
        row.push(now);
        for back in 1..=5 {
            row.push(window[WINDOW - 1 - back] - now);
        }
        let mean = |weeks: usize| window[WINDOW - weeks..].iter().sum::<f32>() / weeks as f32;
        row.push(mean(2) - now);
        row.push(mean(4) - now);
        for curve in [&self.curve4, &self.curve6] {
            row.push(curve.at(window, 0) - now);
            row.push(curve.at(window, 1));
            row.push(curve.at(window, 2));
        }
        row.push(self.line3.at(window, 1));
        row.push(self.line5.at(window, 0) - now);
        row.push(self.line5.at(window, 1));
        for coefficient in 0..3 {
            row.push(self.curve8.at(window, coefficient) - if coefficient == 0 { now } else { 0.0 });
        }
        let steps = window.windows(2).map(|pair| pair[1] - pair[0]);
        row.push(steps.skip(WINDOW - 6).map(f32::abs).sum::<f32>() / 5.0);
        let bends = window.windows(3).map(|three| (three[2] - 2.0 * three[1] + three[0]).abs());
        row.push(bends.sum::<f32>() / (WINDOW - 2) as f32);
        row.push(window.iter().copied().fold(f32::NEG_INFINITY, f32::max) - now);
    }
}

/// How the feature of the kind of area says that it lies below a state.
const BELOW_STATE: f32 = 2.0;

struct Row {
    values: Features,
    next: usize,
}

impl Row {
    /// The next feature. What is not finite is not known.
    fn push(&mut self, value: f32) {
        self.values[self.next] = if value.is_finite() { value } else { f32::NAN };
        self.next += 1;
    }
}

/// What happened at the same time of earlier years.
struct Past {
    /// Mean level.
    level: f32,
    /// Mean, greatest and least change over the lead.
    change: f32,
    greatest: f32,
    least: f32,
    /// Years with a change.
    years: f32,
}

impl Past {
    fn new(known: &[f32], week: usize, lead: usize) -> Self {
        let (mut levels, mut changes) = (Vec::with_capacity(YEARS), Vec::with_capacity(YEARS));
        for years in 1..=YEARS {
            let Some(then) = week.checked_sub(YEAR * years) else { break };
            let level = around(known, then);
            if !level.is_nan() {
                levels.push(level);
                let change = around(known, then + lead) - level;
                if !change.is_nan() {
                    changes.push(change);
                }
            }
        }
        let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len() as f32;
        Self {
            level: mean(&levels),
            change: mean(&changes),
            greatest: changes.iter().copied().fold(f32::NAN, f32::max),
            least: changes.iter().copied().fold(f32::NAN, f32::min),
            years: changes.len() as f32,
        }
    }
}

/// Mean of what is known of a week and its neighbours.
fn around(known: &[f32], week: usize) -> f32 {
    let near = &known[week.saturating_sub(1).min(known.len())..(week + 2).min(known.len())];
    let (sum, count) = near.iter().filter(|v| !v.is_nan()).fold((0.0, 0.0), |(s, n), v| (s + v, n + 1.0));
    sum / count
}

fn at(values: &[f32], week: usize) -> f32 {
    values.get(week).copied().unwrap_or(f32::NAN)
}

fn measure(measure: Measure) -> f32 {
    match measure {
        Measure::Admissions => 0.0,
        Measure::EmergencyVisits => 1.0,
        Measure::OutpatientVisits => 2.0,
    }
}

fn disease(disease: Disease) -> f32 {
    match disease {
        Disease::Influenza => 0.0,
        Disease::Covid => 1.0,
        Disease::Rsv => 2.0,
        Disease::InfluenzaLike => 3.0,
    }
}

fn kind(area: &Area) -> f32 {
    match area {
        Area::Nation => 0.0,
        Area::State(_) => 1.0,
        Area::ServiceArea(_) | Area::Region(_) => BELOW_STATE,
    }
}

#[cfg(test)]
mod tests {
    use countycast_engine::weekly::{Series, Snapshot, Week};
    use countycast_engine::{Date, Fips};

    use super::super::settings::Settings;
    use super::*;

    #[test]
    fn features_lie_where_their_names_say() {
        let first = Week::of(Date::constant(2024, 10, 5));
        let values: Vec<f64> = (0..60).map(|n| 0.01 + 0.004 * (f64::from(n) / 5.0).sin()).collect();
        let state = Fips::from_state(6).unwrap();
        let series = |signal: &str, area: Area| {
            Series::new(signal.parse().unwrap(), area, first, values.clone()).located(Some(state), Some(1e6))
        };
        let series = vec![
            series("flu-admissions", Area::State(state)),
            series("flu-ed", Area::State(state)),
            series("flu-ed", "H590".parse().unwrap()),
            series("ili-outpatient", Area::State(state)),
        ];
        let last = first.plus(59);
        let grid = Grid::new(&Snapshot { as_of: last.saturday(), series }, last, 0.25, &Settings::default());
        let maker = Maker::new(&grid, 5, View::Around);
        let rows: Vec<Features> = (0..4).map(|line| maker.features(&grid, line, 50, 1 + line)).collect();
        assert_eq!(
            rows.iter().map(|row| (source(row), lead(row))).collect::<Vec<_>>(),
            [(0, 1), (1, 2), (2, 3), (3, 4)]
        );
        let known = &grid.lines[1].known;
        assert_eq!(rows[1][NOW], known[50]);
        assert_eq!(rows[1][NOW + LAGS], known[45] - known[50]);
        let steps = (46..=50).map(|week| (known[week] - known[week - 1]).abs()).sum::<f32>() / 5.0;
        assert!((rows[1][STEPS] - steps).abs() < 1e-6);
    }

    #[test]
    fn views_differ_in_what_they_tell() {
        let first = Week::of(Date::constant(2022, 10, 1));
        let values: Vec<f64> = (0..150).map(|n| 20.0 + 9.0 * (f64::from(n) / 8.0).sin()).collect();
        let series = |signal: &str, state: u32| {
            let area = Area::state(Fips::from_state(state).unwrap()).unwrap();
            Series::new(signal.parse().unwrap(), area, first, values.clone()).located(None, Some(1e6))
        };
        // Maine and its one neighbour.
        let series = vec![series("flu-admissions", 23), series("flu-admissions", 33), series("covid-admissions", 23)];
        let last = first.plus(149);
        let grid = Grid::new(&Snapshot { as_of: last.saturday(), series }, last, 0.25, &Settings::default());
        let told = |view: View, line: usize| {
            let row = Maker::new(&grid, 5, view).features(&grid, line, 140, 2);
            (!row[NEIGHBOURS].is_nan(), !row[YEARS_CHANGE].is_nan())
        };
        assert_eq!([0, 2].map(|line| told(View::Around, line)), [(true, false), (false, true)]);
        assert_eq!([0, 2].map(|line| told(View::Back, line)), [(false, true), (false, true)]);
    }
}
