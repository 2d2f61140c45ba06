//! Patients compared with beds, from `capacity.parquet`.

use std::collections::BTreeMap;
use std::path::Path;

use countycast_engine::Fips;
use polars::prelude::{Column, DataFrame, PolarsResult};
use serde::Serialize;
use serde_json::{Value, json};

use crate::capacity::Bed;
use crate::error::Error;
use crate::output::BLEND;
use crate::output::capacity::Area;
use crate::output::parquet::{self, parsed};

/// Needs of each place.
pub(super) type Needs = BTreeMap<Fips, Vec<Need>>;

/// The blend's patients compared with one kind of bed of one place.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Need {
    bed: Bed,
    area: Area,
    /// Staffed beds; none where unknown, 0 where there is no hospital.
    beds: Option<f64>,
    /// Beds occupied by other patients.
    others: Option<f64>,
    /// Peak number of patients: quantiles 0.5, 0.9 and 0.975.
    peak: [Option<f64>; 3],
    peak_day: Option<String>,
    /// Probability that patients exceed free beds on any day.
    overflow: Option<f64>,
    /// First such day, median over the trajectories with overflow.
    first_overflow: Option<String>,
    /// Shortfall of beds at the peak: quantiles 0.5, 0.9 and 0.975.
    gap: [Option<f64>; 3],
    /// 1 is most in need.
    rank: Option<u32>,
}

/// The blend's rows.
pub(super) fn read(path: &Path) -> Result<Needs, Error> {
    let frame = parquet::read(path)?;
    needs(&frame).map_err(|error| Error::read(path, std::io::Error::other(error.to_string())))
}

fn needs(frame: &DataFrame) -> PolarsResult<Needs> {
    let text = |name: &str| frame.column(name)?.str();
    let number = |name: &str| frame.column(name)?.f64();
    let (fips, model, bed, area) = (text("fips")?, text("model")?, text("bed")?, text("area")?);
    let (beds, others) = (number("beds")?, number("others")?);
    let peaks = [number("peak_q50")?, number("peak_q90")?, number("peak_q975")?];
    let gaps = [number("gap_q50")?, number("gap_q90")?, number("gap_q975")?];
    let (peak_days, first_overflows) = (days(frame.column("peak_day")?)?, days(frame.column("first_overflow")?)?);
    let overflow = number("overflow_probability")?;
    let rank = frame.column("rank")?.u32()?;
    let mut needs = Needs::new();
    for row in (0..frame.height()).filter(|&row| model.get(row) == Some(BLEND)) {
        let need = Need {
            bed: parsed(bed.get(row))?,
            area: parsed(area.get(row))?,
            beds: beds.get(row),
            others: others.get(row),
            peak: peaks.map(|peak| peak.get(row)),
            peak_day: peak_days[row].clone(),
            overflow: overflow.get(row),
            first_overflow: first_overflows[row].clone(),
            gap: gaps.map(|gap| gap.get(row)),
            rank: rank.get(row),
        };
        needs.entry(parsed(fips.get(row))?).or_default().push(need);
    }
    Ok(needs)
}

/// Dates of a column as `YYYY-MM-DD`.
fn days(column: &Column) -> PolarsResult<Vec<Option<String>>> {
    Ok(parquet::days(column)?.into_iter().map(|day| day.map(|day| day.to_string())).collect())
}

/// Intensive care in the hospitals that serve a place: the catchment of a county, else the place's own.
pub(super) fn intensive_care(needs: &[Need]) -> Option<Value> {
    let icu = || needs.iter().filter(|need| need.bed == Bed::Icu);
    icu().find(|need| need.area == Area::Catchment).or_else(|| icu().next()).map(told)
}

/// Intensive care in the hospitals of a county, ranked by need: for patients from all counties where these were projected, else
/// for its own residents.
pub(super) fn own_hospitals(needs: &[Need]) -> Option<Value> {
    let of = |area| needs.iter().find(|need| need.bed == Bed::Icu && need.area == area && need.rank.is_some());
    of(Area::Hospitals).or_else(|| of(Area::County)).map(told)
}

/// Staffed beds, free beds, patients at the peak (quantiles 0.5 and 0.9), probability of overflow, its first day, shortfall
/// at the peak (0.5 and 0.9), rank, and whether patients of all counties are counted.
fn told(need: &Need) -> Value {
    let free = need.beds.zip(need.others).map(|(beds, others)| beds - others);
    let Need { beds, peak, overflow, first_overflow, gap, rank, .. } = need;
    json!([
        beds,
        free.map(tenths),
        peak[0],
        peak[1],
        overflow,
        first_overflow,
        gap[0],
        gap[1],
        rank,
        need.area != Area::County
    ])
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
