//! Patients compared with beds, from `capacity.parquet`.

use std::collections::BTreeMap;
use std::path::Path;

use countycast_engine::Fips;
use polars::prelude::{Column, DataFrame, PolarsResult};
use serde_json::{Value, json};

use super::numbers::rounded;
use crate::capacity::Bed;
use crate::error::Error;
use crate::output::BLEND;
use crate::output::capacity::Area;
use crate::output::parquet::{self, parsed};

/// Needs of each place.
pub(super) type Needs = BTreeMap<Fips, Vec<Need>>;

/// The blend's patients compared with one kind of bed of one place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Need {
    bed: Bed,
    area: Area,
    /// Staffed beds; none where unknown, 0 where there is no hospital.
    beds: Option<f64>,
    /// Beds occupied by other patients.
    others: Option<f64>,
    /// Peak number of patients: quantiles 0.5 and 0.9.
    peak: [Option<f64>; 2],
    /// Probability that patients exceed free beds on any day.
    overflow: Option<f64>,
    /// First such day, median over the trajectories with overflow.
    first_overflow: Option<String>,
    /// Shortfall of beds at the peak: quantiles 0.5 and 0.9.
    gap: [Option<f64>; 2],
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
    let peaks = [number("peak_q50")?, number("peak_q90")?];
    let gaps = [number("gap_q50")?, number("gap_q90")?];
    let first_overflows = days(frame.column("first_overflow")?)?;
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

impl Need {
    /// As the page reads it.
    pub(super) fn json(&self) -> Value {
        let short = |value: Option<f64>| value.map(|value| rounded(value, 2));
        json!({
            "bed": self.bed, "area": self.area, "beds": short(self.beds), "others": short(self.others),
            "peak": self.peak.map(short), "overflow": short(self.overflow), "firstOverflow": self.first_overflow,
            "gap": self.gap.map(short),
        })
    }
}

/// Intensive care in the hospitals that serve a place: the catchment of a county, else the place's own.
fn serving(needs: &[Need]) -> Option<&Need> {
    let icu = || needs.iter().filter(|need| need.bed == Bed::Icu);
    icu().find(|need| need.area == Area::Catchment).or_else(|| icu().next())
}

/// Of these hospitals, for map and tables: staffed beds, probability of overflow, shortfall at the peak (90 % quantile).
pub(super) fn brief(needs: &[Need]) -> Option<Value> {
    let Need { beds, overflow, gap, .. } = serving(needs)?;
    let tenths = |value: Option<f64>| value.map(|value| rounded(value, 1));
    Some(json!([tenths(*beds), overflow.map(|share| rounded(share, 3)), tenths(gap[1])]))
}

/// The probability that patients exceed the free beds there, and the first such day; none where beds are unknown or there are none.
pub(super) fn overflow(needs: &[Need]) -> Option<(f64, Option<&str>)> {
    let need = serving(needs).filter(|need| need.beds.is_some_and(|beds| beds > 0.0))?;
    Some((need.overflow?, need.first_overflow.as_deref()))
}

/// Intensive care in the hospitals of a county, ranked by need: for patients from all counties where these were projected, else
/// for its own residents.
pub(super) fn own_hospitals(needs: &[Need]) -> Option<Value> {
    ranked(needs).map(told)
}

/// Its rank; 1 is most in need. None where there is no hospital with beds that may overflow.
pub(super) fn rank(needs: &[Need]) -> Option<u32> {
    ranked(needs).filter(|need| need.overflow.is_some_and(|probability| probability > 0.0))?.rank
}

fn ranked(needs: &[Need]) -> Option<&Need> {
    let of = |area| needs.iter().find(|need| need.bed == Bed::Icu && need.area == area && need.rank.is_some());
    of(Area::Hospitals).or_else(|| of(Area::County))
}

/// Staffed beds, free beds, patients at the peak (quantiles 0.5 and 0.9), probability of overflow, its first day, shortfall
/// at the peak (0.5 and 0.9), rank, and whether patients of all counties are counted.
fn told(need: &Need) -> Value {
    let free = need.beds.zip(need.others).map(|(beds, others)| rounded(beds - others, 1));
    let Need { beds, peak, overflow, first_overflow, gap, rank, .. } = need;
    let [peak, gap] = [peak, gap].map(|both| both.map(|value| value.map(|value| rounded(value, 2))));
    let beds = beds.map(|beds| rounded(beds, 1));
    json!([beds, free, peak[0], peak[1], overflow, first_overflow, gap[0], gap[1], rank, need.area != Area::County])
}
