//! `capacity.parquet`: hospital patients compared with beds, one row for each place, model, kind of bed and area.

use std::collections::BTreeMap;
use std::path::Path;

use countycast_engine::{Date, Fips, Level};
use polars::prelude::{Column, DataFrame, DataType, IntoColumn, NamedFrom, PolarsResult, Series};
use serde::{Deserialize, Serialize};

use super::{days_since_epoch, parquet};
use crate::capacity::{Bed, Need};
use crate::error::Error;

/// Area of a county's row for the hospitals that serve it.
pub const CATCHMENT: &str = "catchment";

/// A row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CapacityRow {
    /// FIPS code.
    pub fips: String,
    /// Engine, or `blend`.
    pub model: String,
    /// `ward` or `icu`.
    pub bed: String,
    /// `county`, `state` or `nation` for a place's own beds and patients; `catchment` for the hospitals that serve its
    /// residents.
    pub area: String,
    /// The need.
    pub need: Need,
    /// Rank by expected gap per bed among the counties of this model, bed and area: 1 is most in need. None for states
    /// and the nation, and where beds are unknown or there are none.
    pub rank: Option<u32>,
}

impl CapacityRow {
    /// A place compared with its own beds.
    #[must_use]
    pub fn own(fips: Fips, model: &str, bed: Bed, need: Need) -> Self {
        let area = match fips.level() {
            Level::Nation => "nation",
            Level::State => "state",
            Level::County => "county",
        };
        Self::new(fips, model, bed, area, need)
    }

    /// A county compared with the hospitals that serve its residents.
    #[must_use]
    pub fn catchment(fips: Fips, model: &str, bed: Bed, need: Need) -> Self {
        Self::new(fips, model, bed, CATCHMENT, need)
    }

    fn new(fips: Fips, model: &str, bed: Bed, area: &str, need: Need) -> Self {
        let (model, bed, area) = (model.to_owned(), bed.word().to_owned(), area.to_owned());
        Self { fips: fips.to_string(), model, bed, area, need, rank: None }
    }
}

/// Ranks counties within each model, bed and area; of equal gaps, the higher load per bed comes first.
pub fn rank(rows: &mut [CapacityRow]) {
    let mut groups = BTreeMap::<(String, String, String), Vec<(usize, f64, f64)>>::new();
    for (i, row) in rows.iter().enumerate().filter(|(_, row)| ["county", CATCHMENT].contains(&row.area.as_str())) {
        if let Some((gap, beds)) = row.need.gap_per_bed().zip(row.need.beds) {
            let key = (row.model.clone(), row.bed.clone(), row.area.clone());
            groups.entry(key).or_default().push((i, gap, row.need.peak[1] / beds));
        }
    }
    for mut members in groups.into_values() {
        members.sort_by(|a, b| b.1.total_cmp(&a.1).then(b.2.total_cmp(&a.2)).then(a.0.cmp(&b.0)));
        for (rank, (i, ..)) in (1..).zip(members) {
            rows[i].rank = Some(rank);
        }
    }
}

/// Writes all rows.
///
/// # Errors
/// [`Error::Io`] where the file cannot be written.
pub fn write(path: &Path, as_of: Date, rows: &[CapacityRow]) -> Result<(), Error> {
    let frame = frame(as_of, rows).map_err(|error| parquet::write_error(path, error))?;
    parquet::write(path, frame)
}

/// The table of all rows.
pub(crate) fn frame(as_of: Date, rows: &[CapacityRow]) -> PolarsResult<DataFrame> {
    table(days_since_epoch(as_of), rows)
}

fn table(as_of: i32, rows: &[CapacityRow]) -> PolarsResult<DataFrame> {
    let text = |name: &str, value: fn(&CapacityRow) -> &str| {
        Column::new(name.into(), rows.iter().map(value).collect::<Vec<&str>>())
    };
    let number = |name: &str, value: &dyn Fn(&Need) -> Option<f64>| {
        let rounded = |row: &CapacityRow| value(&row.need).map(|value| (value * 1000.0).round() / 1000.0);
        Column::new(name.into(), rows.iter().map(rounded).collect::<Vec<Option<f64>>>())
    };
    let date = |name: &str, days_ahead: &dyn Fn(&Need) -> Option<usize>| {
        let day = |row: &CapacityRow| days_ahead(&row.need).map(|days| as_of + i32::try_from(days).unwrap_or(0));
        let days = Series::new(name.into(), rows.iter().map(day).collect::<Vec<Option<i32>>>());
        days.cast(&DataType::Date).map(IntoColumn::into_column)
    };
    let columns = vec![
        date("as_of", &|_| Some(0))?,
        text("fips", |row| &row.fips),
        text("model", |row| &row.model),
        text("bed", |row| &row.bed),
        text("area", |row| &row.area),
        number("beds", &|need| need.beds),
        number("others", &|need| need.others),
        number("peak_q50", &|need| Some(need.peak[0])),
        number("peak_q90", &|need| Some(need.peak[1])),
        number("peak_q975", &|need| Some(need.peak[2])),
        date("peak_day", &|need| Some(need.peak_day))?,
        number("overflow_probability", &|need| need.overflow),
        date("first_overflow", &|need| need.first_overflow)?,
        number("gap_q50", &|need| need.gap.map(|gap| gap[0])),
        number("gap_q90", &|need| need.gap.map(|gap| gap[1])),
        number("gap_q975", &|need| need.gap.map(|gap| gap[2])),
        Column::new("rank".into(), rows.iter().map(|row| row.rank).collect::<Vec<Option<u32>>>()),
    ];
    DataFrame::new(rows.len(), columns)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capacity::Beds;

    fn row(fips: &str, patients: f32, staffed: Option<f64>, area: &str) -> CapacityRow {
        let need = Need::new(&[patients], 1, &Beds { staffed, others: staffed.map(|_| 0.0) });
        let [model, bed] = ["blend", "icu"].map(str::to_owned);
        CapacityRow { fips: fips.to_owned(), model, bed, area: area.to_owned(), need, rank: None }
    }

    #[test]
    fn counties_are_ranked_by_gap_per_bed() {
        let mut rows = [
            row("01", 90.0, Some(10.0), "state"),
            row("01001", 12.0, Some(10.0), "county"),
            row("01003", 1.0, Some(10.0), "county"),
            row("01005", 30.0, None, "county"),
            row("01007", 30.0, Some(0.0), "county"),
            row("01009", 12.0, Some(2.0), "county"),
            row("01011", 9.0, Some(10.0), "county"),
        ];
        rank(&mut rows);
        assert_eq!(rows.map(|row| row.rank), [None, Some(2), Some(4), None, None, Some(1), Some(3)]);
    }
}
