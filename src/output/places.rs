//! Places of a run, and the blend's projections of some of them, read back.

use std::path::Path;

use countycast_engine::{Date, Fips};
use polars::prelude::{DataFrame, PolarsResult};

use super::parquet::{self, parsed};
use super::{BLEND, Outcome, date_of};
use crate::error::Error;
use crate::scores::{PhaseKind, Resolution};

/// Rows that are read at a time.
const PIECE: usize = 1 << 18;

/// A row of `projections.parquet`.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    /// The place.
    pub fips: Fips,
    /// What is projected.
    pub outcome: Outcome,
    /// By day, week or span.
    pub resolution: Resolution,
    /// Days or weeks after the as-of day, from 1.
    pub horizon: i32,
    /// Last day counted.
    pub end: Date,
    /// Quantile level.
    pub quantile: f64,
    /// People.
    pub value: f64,
}

/// Hands each of the blend's rows of the places wanted to `each`, in the order of the file.
///
/// # Errors
/// [`Error::Io`] where the file cannot be read, [`Error::Input`] where it has other columns or values, and the errors of
/// `each`.
pub fn of_places(
    out: &Path,
    wanted: impl Fn(Fips) -> bool,
    mut each: impl FnMut(Projection) -> Result<(), Error>,
) -> Result<(), Error> {
    let path = out.join("projections.parquet");
    let wrong = |error: polars::prelude::PolarsError| parquet::wrong(&path, error.to_string());
    let places = parquet::pieces(&path, &["fips"], PIECE)?;
    let rest = ["fips", "model", "target", "resolution", "horizon", "target_end_date", "quantile", "value"];
    let mut pieces = parquet::pieces(&path, &rest, PIECE)?;
    // Most pieces hold none of a few places: there, one column is read.
    let mut skipped = 0;
    for piece in places {
        if !holds(&piece?, &wanted).map_err(wrong)? {
            skipped += 1;
            continue;
        }
        let Some(piece) = pieces.nth(std::mem::take(&mut skipped)) else { break };
        for row in rows(&piece?, &wanted).map_err(wrong)? {
            each(row)?;
        }
    }
    Ok(())
}

/// A place of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// Its code.
    pub fips: Fips,
    /// Its name, such as `Cook, IL`.
    pub name: String,
    /// Residents, where known.
    pub population: Option<f64>,
    /// How it is projected.
    pub phase: PhaseKind,
    /// Reproduction number, where there is one: median, 5 % and 95 %.
    pub reproduction: Option<[f64; 3]>,
    /// What is to be known about it: how a place without a projection of its own is projected, and what is wrong with its last
    /// reports.
    pub remarks: Vec<String>,
}

/// The places of a run, in the order of the file.
///
/// # Errors
/// [`Error::Io`] where the file cannot be read, [`Error::Input`] where it has other columns.
pub fn places(out: &Path) -> Result<Vec<Listed>, Error> {
    let path = out.join("counties.parquet");
    listed(&parquet::read(&path)?).map_err(|error| parquet::wrong(&path, error.to_string()))
}

fn listed(frame: &DataFrame) -> PolarsResult<Vec<Listed>> {
    let text = |name: &str| frame.column(name)?.str();
    let (fips, name) = (text("fips")?, text("name")?);
    let (phases, reason, notices) = (text("phase")?, text("phase_reason")?, text("notices")?);
    let number = |name: &str| frame.column(name)?.f64();
    let (population, rt) = (number("population")?, number("rt")?);
    let (lower, upper) = (number("rt_lower_90")?, number("rt_upper_90")?);
    let of = |row: usize| {
        let phase: PhaseKind = parsed(phases.get(row))?;
        let apart = phase != PhaseKind::Independent;
        let own = reason.get(row).filter(|reason| apart && !reason.is_empty()).into_iter();
        let notices = notices.get(row).into_iter().flat_map(|all| all.split("; ")).filter(|one| !one.is_empty());
        Ok(Listed {
            fips: parsed(fips.get(row))?,
            name: name.get(row).unwrap_or_default().to_owned(),
            population: population.get(row),
            phase,
            reproduction: rt.get(row).zip(lower.get(row)).zip(upper.get(row)).map(|((m, l), u)| [m, l, u]),
            remarks: own.chain(notices).map(str::to_owned).collect(),
        })
    };
    (0..frame.height()).map(of).collect()
}

fn holds(piece: &DataFrame, wanted: &impl Fn(Fips) -> bool) -> PolarsResult<bool> {
    let mut last = None;
    for code in piece.column("fips")?.str()?.iter() {
        if code != last && wanted(parsed(code)?) {
            return Ok(true);
        }
        last = code;
    }
    Ok(false)
}

fn rows(piece: &DataFrame, wanted: &impl Fn(Fips) -> bool) -> PolarsResult<Vec<Projection>> {
    let text = |name: &str| piece.column(name)?.str();
    let number = |name: &str| piece.column(name)?.f64();
    let (fips, model, target, resolution) = (text("fips")?, text("model")?, text("target")?, text("resolution")?);
    let (quantile, value) = (number("quantile")?, number("value")?);
    let horizon = piece.column("horizon")?.i32()?;
    let end = piece.column("target_end_date")?.cast(&polars::prelude::DataType::Int32)?;
    let end = end.i32()?;
    let mut rows = Vec::new();
    for row in (0..piece.height()).filter(|&row| model.get(row) == Some(BLEND)) {
        let place = parsed(fips.get(row))?;
        let numbers = horizon.get(row).zip(end.get(row).and_then(date_of)).zip(quantile.get(row).zip(value.get(row)));
        if let Some(((horizon, end), (quantile, value))) = numbers.filter(|_| wanted(place)) {
            let (outcome, resolution) = (parsed(target.get(row))?, parsed(resolution.get(row))?);
            rows.push(Projection { fips: place, outcome, resolution, horizon, end, quantile, value });
        }
    }
    Ok(rows)
}
