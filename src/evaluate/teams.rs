//! The Forecast Hub teams' forecasts of the time, on the same counties and weeks.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use countycast_engine::{Date, Fips, Target};
use jiff::ToSpan;
use polars::prelude::{DataFrame, DataType};
use serde::Serialize;

use crate::error::{Error, InputError};
use crate::output::parquet;
use crate::scores::quantiles::MEDIAN;
use crate::scores::{Resolution, Run, Truth};

/// The teams' projections, below the data folder.
const POINTS: &str = "hub/county_case_points.parquet";

/// Rows that are read at a time.
const PIECE: usize = 1 << 18;

/// The reference team, whose relative error is 1.
const REFERENCE: &str = "COVIDhub-baseline";

/// A model is listed with at least this share of the reference's counties on one day, summed over all days.
const LISTED: f64 = 0.8;

/// A model's sum of new cases in a county.
type Point = (Arc<str>, Fips, f64);

/// Points by origin (the Monday after a Saturday as-of) and horizon.
#[derive(Debug, Default)]
pub struct Teams(HashMap<(Date, u8), Vec<Point>>);

/// A model's error of summed new cases, relative to the reference's on the same counties and dates.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TeamScore {
    /// The model, ours or a team's.
    pub model: String,
    /// Weeks summed.
    pub horizon: u8,
    /// Counties times dates.
    pub n: usize,
    /// Mean absolute error, people.
    pub absolute_error: f64,
    /// Relative to the hub's baseline.
    pub relative: f64,
}

/// Errors accumulated over runs.
#[derive(Debug, Default)]
pub struct Comparison {
    /// Number, own sum and the reference's sum by model and horizon.
    sums: BTreeMap<(String, u8), (usize, f64, f64)>,
    /// The reference's counties at horizon 1 on the day with most of them.
    counties: usize,
}

/// Reads the teams' points that belong to these as-of days, where the data folder has them.
///
/// # Errors
/// [`Error::Input`] for a file with another layout.
pub(super) fn read(data: &Path, as_of: &[Date]) -> Result<Option<Teams>, Error> {
    let path = data.join(POINTS);
    if !path.is_file() {
        return Ok(None);
    }
    let columns = ["origin_date", "horizon", "model", "fips", "point"];
    let (mut teams, mut names) = (Teams::default(), BTreeSet::new());
    for piece in parquet::pieces(&path, &columns, PIECE)? {
        read_piece(&path, &piece?, as_of, &mut teams, &mut names)?;
    }
    Ok(Some(teams))
}

fn read_piece(
    path: &Path,
    frame: &DataFrame,
    as_of: &[Date],
    teams: &mut Teams,
    names: &mut BTreeSet<Arc<str>>,
) -> Result<(), Error> {
    let fail = |error: polars::error::PolarsError| {
        Error::from(InputError::new(path, error.to_string(), "download the file again"))
    };
    let column = |name: &str, kind: DataType| frame.column(name).and_then(|c| c.cast(&kind)).map_err(fail);
    let (origin, horizon) = (column("origin_date", DataType::Int64)?, column("horizon", DataType::Int32)?);
    let (origin, horizon) = (origin.i64().map_err(fail)?, horizon.i32().map_err(fail)?);
    let (model, fips) = (column("model", DataType::String)?, column("fips", DataType::String)?);
    let (model, fips) = (model.str().map_err(fail)?, fips.str().map_err(fail)?);
    let point = column("point", DataType::Float64)?;
    let point = point.f64().map_err(fail)?;
    let origins: Vec<Date> = as_of.iter().map(|day| origin_of(*day)).collect();
    let epoch = jiff::civil::date(1970, 1, 1);
    for i in 0..frame.height() {
        let Some(((micros, weeks), value)) = origin.get(i).zip(horizon.get(i)).zip(point.get(i)) else { continue };
        let day = epoch.saturating_add((micros / 86_400_000_000).days());
        if !origins.contains(&day) {
            continue;
        }
        let (Some(model), Some(Ok(county))) = (model.get(i), fips.get(i).map(str::parse)) else { continue };
        let key = (day, u8::try_from(weeks).unwrap_or(u8::MAX));
        let name = names.get(model).cloned().unwrap_or_else(|| {
            let name: Arc<str> = model.into();
            names.insert(Arc::clone(&name));
            name
        });
        teams.0.entry(key).or_default().push((name, county, value));
    }
    Ok(())
}

/// The origin of a projection as of a Saturday: the Monday after it.
fn origin_of(as_of: Date) -> Date {
    as_of.saturating_add(2.days())
}

impl Comparison {
    /// Adds a run: the models' medians and, in the counties of the run, the teams' points for the origin two days after its
    /// as-of day.
    pub fn add(&mut self, run: &Run, truth: &Truth, teams: &Teams) {
        let origin = origin_of(run.as_of);
        let ours = run.forecasts.iter().filter(|f| f.resolution == Resolution::Span && f.target == Target::Cases);
        let mut points: HashMap<u8, Vec<(&str, Fips, f64)>> = HashMap::new();
        for forecast in ours {
            let point = (forecast.model.as_str(), forecast.fips, f64::from(forecast.row[MEDIAN]));
            points.entry(forecast.horizon).or_default().push(point);
        }
        for (horizon, mut points) in points {
            let counties: BTreeSet<Fips> = points.iter().map(|(_, fips, _)| *fips).collect();
            let theirs = teams.0.get(&(origin, horizon)).map_or(&[][..], Vec::as_slice);
            let theirs = theirs.iter().filter(|(_, fips, _)| counties.contains(fips));
            points.extend(theirs.map(|(model, fips, value)| (&**model, *fips, *value)));
            let error = |fips: Fips, point: f64| {
                let truth = truth.span(fips, Target::Cases, run.as_of, usize::from(horizon))?;
                Some((point - truth).abs())
            };
            let reference: HashMap<Fips, f64> = points
                .iter()
                .filter(|(model, _, _)| *model == REFERENCE)
                .filter_map(|&(_, fips, point)| Some((fips, error(fips, point)?)))
                .collect();
            if horizon == 1 {
                self.counties = self.counties.max(reference.len());
            }
            for (model, fips, point) in points {
                let Some((own, reference)) = error(fips, point).zip(reference.get(&fips).copied()) else { continue };
                let sums = self.sums.entry((model.to_owned(), horizon)).or_default();
                *sums = (sums.0 + 1, sums.1 + own, sums.2 + reference);
            }
        }
    }

    /// The scores of all models with at least four fifths of the counties of one day at horizon 1, best first by week 1.
    #[must_use]
    pub fn scores(&self) -> Vec<TeamScore> {
        let least = LISTED * self.counties as f64;
        let first = |model: &str| self.sums.get(&(model.to_owned(), 1)).filter(|(n, _, _)| *n as f64 >= least);
        let mut scores: Vec<TeamScore> = self
            .sums
            .iter()
            .filter(|((model, _), _)| first(model).is_some())
            .map(|((model, horizon), &(n, own, reference))| TeamScore {
                model: model.clone(),
                horizon: *horizon,
                n,
                absolute_error: own / n as f64,
                relative: own / reference,
            })
            .collect();
        let order = |score: &TeamScore| first(&score.model).map_or(f64::MAX, |(_, own, reference)| own / reference);
        scores
            .sort_by(|a, b| order(a).total_cmp(&order(b)).then(a.model.cmp(&b.model)).then(a.horizon.cmp(&b.horizon)));
        scores
    }
}
