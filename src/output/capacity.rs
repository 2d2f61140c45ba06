//! `capacity.parquet`: hospital patients compared with beds, one row for each place, model, kind of bed and area.

use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr;

use countycast_engine::{Date, Fips, Level};
use polars::prelude::{Column, DataFrame, DataType, IntoColumn, NamedFrom, PolarsResult, Series};
use serde::{Deserialize, Serialize};

use super::{BLEND, days_since_epoch, parquet};
use crate::capacity::{Bed, Catchments, Census, Need};
use crate::error::Error;

/// Whose patients and beds a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Area {
    /// The nation's own.
    Nation,
    /// A state's own.
    State,
    /// A county's own.
    County,
    /// Those of the hospitals that serve a county's residents.
    Catchment,
    /// Those of a county's hospitals, with their patients from all counties.
    Hospitals,
}

/// Text that names no area.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an area: `nation`, `state`, `county`, `catchment` or `hospitals`")]
pub struct AreaError(pub String);

impl Area {
    /// All areas.
    pub const ALL: [Self; 5] = [Self::Nation, Self::State, Self::County, Self::Catchment, Self::Hospitals];

    /// The name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nation => "nation",
            Self::State => "state",
            Self::County => "county",
            Self::Catchment => "catchment",
            Self::Hospitals => "hospitals",
        }
    }
}

impl FromStr for Area {
    type Err = AreaError;

    fn from_str(name: &str) -> Result<Self, AreaError> {
        Self::ALL.into_iter().find(|area| area.name() == name).ok_or_else(|| AreaError(name.to_owned()))
    }
}

/// A row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CapacityRow {
    /// FIPS code.
    pub fips: Fips,
    /// Engine, or `blend`.
    pub model: String,
    /// The kind of bed.
    pub bed: Bed,
    /// Whose beds and patients.
    pub area: Area,
    /// The need.
    pub need: Need,
    /// Rank by expected gap per bed among the counties of this model, bed and area: 1 is most in need. None for states, the
    /// nation and catchments, which share hospitals, and where beds are unknown or there are none.
    pub rank: Option<u32>,
}

impl CapacityRow {
    /// A place compared with its own beds.
    #[must_use]
    pub fn own(fips: Fips, model: &str, bed: Bed, need: Need) -> Self {
        let area = match fips.level() {
            Level::Nation => Area::Nation,
            Level::State => Area::State,
            Level::County => Area::County,
        };
        Self::new(fips, model, bed, area, need)
    }

    /// A county compared with the hospitals that serve its residents.
    #[must_use]
    pub fn catchment(fips: Fips, model: &str, bed: Bed, need: Need) -> Self {
        Self::new(fips, model, bed, Area::Catchment, need)
    }

    /// The hospitals of a county, with their patients from all counties.
    #[must_use]
    pub fn hospitals(fips: Fips, model: &str, bed: Bed, need: Need) -> Self {
        Self::new(fips, model, bed, Area::Hospitals, need)
    }

    fn new(fips: Fips, model: &str, bed: Bed, area: Area, need: Need) -> Self {
        Self { fips, model: model.to_owned(), bed, area, need, rank: None }
    }
}

/// Rows that compare the blend's patients with the hospitals that serve each county's residents, and with those of each
/// county.
#[must_use]
pub fn shared_rows(catchments: &Catchments, censuses: &BTreeMap<Fips, Census>, days: usize) -> Vec<CapacityRow> {
    let bed = catchments.bed();
    let admitted = catchments.admitted(censuses);
    let hospitals = admitted.iter().filter_map(|(fips, patients)| {
        let need = Need::new(patients, days, &catchments.hospitals(*fips)?);
        Some(CapacityRow::hospitals(*fips, BLEND, bed, need))
    });
    let served = catchments.patients(&admitted).into_iter().map(|(fips, patients)| {
        CapacityRow::catchment(fips, BLEND, bed, Need::new(&patients, days, &catchments.beds(fips)))
    });
    served.chain(hospitals).collect()
}

/// Ranks counties within each model, bed and area; of equal gaps, the higher load per bed comes first.
pub fn rank(rows: &mut [CapacityRow]) {
    let mut groups = BTreeMap::<(String, Bed, Area), Vec<(usize, f64, f64)>>::new();
    for (i, row) in rows.iter().enumerate().filter(|(_, row)| [Area::County, Area::Hospitals].contains(&row.area)) {
        if let Some((gap, beds)) = row.need.gap_per_bed().zip(row.need.beds) {
            let key = (row.model.clone(), row.bed, row.area);
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
        Column::new("fips".into(), rows.iter().map(|row| row.fips.to_string()).collect::<Vec<String>>()),
        text("model", |row| &row.model),
        text("bed", |row| row.bed.name()),
        text("area", |row| row.area.name()),
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

    fn row(fips: &str, patients: f32, staffed: Option<f64>, area: Area) -> CapacityRow {
        let need = Need::new(&[patients], 1, &Beds { staffed, others: staffed.map(|_| 0.0) });
        CapacityRow::new(fips.parse().unwrap(), "blend", Bed::Icu, area, need)
    }

    #[test]
    fn an_area_is_read_back_from_its_name() {
        assert_eq!(Area::ALL.map(|area| area.name().parse()), Area::ALL.map(Ok));
        assert_eq!("city".parse::<Area>(), Err(AreaError("city".to_owned())));
    }

    #[test]
    fn counties_are_ranked_by_gap_per_bed() {
        let mut rows = [
            row("01", 90.0, Some(10.0), Area::State),
            row("01001", 12.0, Some(10.0), Area::County),
            row("01003", 1.0, Some(10.0), Area::County),
            row("01005", 30.0, None, Area::County),
            row("01007", 30.0, Some(0.0), Area::County),
            row("01009", 12.0, Some(2.0), Area::County),
            row("01011", 9.0, Some(10.0), Area::County),
        ];
        rank(&mut rows);
        assert_eq!(rows.map(|row| row.rank), [None, Some(2), Some(4), None, None, Some(1), Some(3)]);
    }
}
