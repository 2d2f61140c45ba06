//! The weekly learners: what they have learned, and their answers.

use countycast_engine::weekly::{FIRST_HORIZON, LAST_HORIZON, Series, Snapshot, Week, WeeklyEngine, WeeklyModel};
use countycast_engine::{EngineError, Row};

use super::features::Maker;
use super::grid::Grid;
use super::learning::{Learned, Learning};
use super::regression::{Boosting, Lines, Predict};
use super::rows::{LEADS, Rows, group};
use super::settings::{Member, Settings};

/// Weeks without a report, its own or that of the area around it, after which a series is not forecast.
const STALE_WEEKS: usize = 8;

/// The weekly learner: gradient boosting over all signals, areas and past weeks at once.
#[derive(Debug, Clone, Default)]
pub struct Pooled {
    settings: Settings,
}

impl Pooled {
    /// A learner with these settings.
    ///
    /// # Errors
    /// The first setting out of its range.
    pub fn new(settings: Settings) -> Result<Self, countycast_engine::SettingsError> {
        settings.check()?;
        Ok(Self { settings })
    }
}

impl WeeklyEngine for Pooled {
    fn name(&self) -> &'static str {
        "pooled"
    }

    fn train(&self, data: &Snapshot, reference: Week, seed: u64) -> Result<Box<dyn WeeklyModel>, EngineError> {
        train(data, reference, &self.settings, seed, |learning| {
            learning.learn(&Boosting::new(learning.rows, learning.weights, &self.settings))
        })
    }
}

/// The pooled autoregression: straight lines through the last values, pooled over areas. It takes of the settings what they
/// say of rows and seasons.
#[derive(Debug, Clone, Default)]
pub struct Autoregression {
    settings: Settings,
}

impl Autoregression {
    /// An autoregression with these settings.
    ///
    /// # Errors
    /// The first setting out of its range.
    pub fn new(settings: Settings) -> Result<Self, countycast_engine::SettingsError> {
        settings.check()?;
        Ok(Self { settings })
    }
}

impl WeeklyEngine for Autoregression {
    fn name(&self) -> &'static str {
        "autoregression"
    }

    fn train(&self, data: &Snapshot, reference: Week, seed: u64) -> Result<Box<dyn WeeklyModel>, EngineError> {
        train(data, reference, &self.settings, seed, |learning| {
            learning.learn(&Lines::new(learning.rows, learning.weights))
        })
    }
}

/// Learns from a snapshot in one way, once on each scale.
fn train<P: Predict + 'static>(
    data: &Snapshot,
    reference: Week,
    settings: &Settings,
    seed: u64,
    learn: impl Fn(&Learning<'_>) -> Result<Learned<P>, EngineError>,
) -> Result<Box<dyn WeeklyModel>, EngineError> {
    let last = reference.plus(-1);
    let on_scale = |(number, member): (usize, &Member)| {
        // Each scale sees rows of its own.
        let seed = seed.wrapping_add(number as u64);
        let grid = Grid::new(data, last, member.power, settings);
        let maker = Maker::new(&grid, LEADS + STALE_WEEKS, member.view);
        let rows = Rows::sample(&grid, &maker, last, settings, seed);
        let weights = rows.weights();
        let learned = learn(&Learning { rows: &rows, weights: &weights, committee: settings.committee, seed })?;
        Ok(OnScale { grid, maker, learned })
    };
    let scales = settings.members.iter().enumerate().map(on_scale).collect::<Result<_, EngineError>>()?;
    Ok(Box::new(Trained { reference, scales }))
}

struct Trained<P> {
    reference: Week,
    scales: Vec<OnScale<P>>,
}

/// What has been learned on one scale.
struct OnScale<P> {
    grid: Grid,
    maker: Maker,
    learned: Learned<P>,
}

impl<P: Predict> WeeklyModel for Trained<P> {
    fn forecast(&self, series: &Series) -> Result<Vec<Row>, EngineError> {
        let on_scales: Vec<Vec<Row>> =
            self.scales.iter().map(|scale| scale.forecast(series, self.reference)).collect::<Result<_, _>>()?;
        let weeks = on_scales.first().map_or(0, Vec::len);
        // Quantiles are averaged level by level, as between engines.
        let mean = |week: usize, level: usize| {
            let sum: f64 = on_scales.iter().map(|rows| f64::from(rows[week][level])).sum();
            (sum / on_scales.len() as f64) as f32
        };
        Ok((0..weeks).map(|week| std::array::from_fn(|level| mean(week, level))).collect())
    }

    fn follows(&self, series: &Series) -> bool {
        let mut grids = self.scales.iter().map(|scale| &scale.grid);
        grids.any(|grid| grid.line(series.signal, &series.area).is_some_and(|line| grid.lines[line].follows))
    }
}

impl<P: Predict> OnScale<P> {
    fn forecast(&self, series: &Series, reference: Week) -> Result<Vec<Row>, EngineError> {
        let refused = |why: &str| EngineError::Refused(why.to_owned());
        let number = self.grid.line(series.signal, &series.area).ok_or_else(|| refused("it was not learned from"))?;
        let line = &self.grid.lines[number];
        let end = self.grid.weeks - 1;
        let week = (0..=STALE_WEEKS.min(end)).map(|back| end - back).find(|week| !line.filled[*week].is_nan());
        let week = week.ok_or_else(|| refused("nothing was reported for eight weeks"))?;
        let reference = reference.since(self.grid.first);
        let last = f64::from(line.filled[week]);
        let features = |lead: usize| self.maker.features(&self.grid, number, week, lead);
        let row = |horizon: i8| -> Row {
            let lead = usize::try_from(reference + i32::from(horizon) - week as i32).unwrap_or(0);
            if lead == 0 && !line.follows {
                // The week itself has been published.
                return [line.value(last) as f32; 23];
            }
            let middle = if lead == 0 { last } else { last + self.learned.change(&features(lead)) };
            // What was reported long ago is as uncertain as what lies far ahead.
            let lead = if line.follows { LEADS } else { lead.min(LEADS) };
            let width = self.learned.width(&features(lead));
            let errors = self.learned.errors(lead, group(line));
            let mut row = errors.map(|error| line.value(middle + width * error) as f32);
            row.sort_by(f32::total_cmp);
            row
        };
        Ok((FIRST_HORIZON..=LAST_HORIZON).map(row).collect())
    }
}
