//! Counties, or the catchments that they are put together to; and what areas are called.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use super::areas::Area;
use super::lines;
use crate::error::{Error, shown};

/// The smallest areas of a run: counties, or catchments of counties.
#[derive(Debug, Clone, Default)]
pub(super) struct Places(Option<Catchments>);

#[derive(Debug, Clone)]
struct Catchments {
    /// Codes in order; a catchment's number is its place, from 1.
    codes: Vec<String>,
    of: HashMap<u32, u32>,
}

impl Places {
    /// Reads catchments: a CSV file with the columns `fips` and `catchment`, a line for each county.
    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        let rows = lines::read(path, &["fips", "catchment"])?;
        let codes: BTreeSet<&str> = rows.iter().map(|row| row.text(1)).collect();
        let codes: Vec<String> = codes.into_iter().map(str::to_owned).collect();
        let mut of = HashMap::new();
        for row in &rows {
            let county = county(row.text(0)).ok_or_else(|| row.refused(path, 0, COUNTY))?;
            let name = row.text(1);
            if name.is_empty() || name == "US" || name.chars().any(char::is_control) {
                return Err(row.refused(path, 1, "a catchment has a code or name of its own, other than US"));
            }
            let place = codes.binary_search_by(|code| code.as_str().cmp(name)).unwrap_or(0);
            if of.insert(county, u32::try_from(place).unwrap_or(0) + 1).is_some() {
                return Err(row.refused(path, 0, "a county is in one catchment: keep one of its lines"));
            }
        }
        if of.is_empty() {
            return Err(Error::input(format!("{} has no county", shown(path)), "give a line for each county"));
        }
        Ok(Self(Some(Catchments { codes, of })))
    }

    /// The number of the area that a county belongs to; 0 where it belongs to none.
    pub(super) fn of_county(&self, county: u32) -> u32 {
        self.0.as_ref().map_or(county, |catchments| catchments.of.get(&county).copied().unwrap_or(0))
    }

    /// Whether the areas are counties, which make states.
    pub(super) const fn are_counties(&self) -> bool {
        self.0.is_none()
    }

    /// The code of an area.
    pub(super) fn code(&self, area: Area, number: u32) -> String {
        let catchment =
            |catchments: &Catchments| catchments.codes.get(number as usize - 1).cloned().unwrap_or_default();
        match (area, &self.0) {
            (Area::Nation, _) => "US".into(),
            (Area::State, _) => format!("{number:02}"),
            (Area::County | Area::ProviderCounty, None) => format!("{number:05}"),
            (Area::County | Area::ProviderCounty, Some(catchments)) => catchment(catchments),
        }
    }

    /// The name of a kind of area.
    pub(super) const fn kind(&self, area: Area) -> &'static str {
        match (area, self.are_counties()) {
            (Area::Nation, _) => "nation",
            (Area::State, _) => "state",
            (Area::County, true) => "county",
            (Area::County, false) => "catchment",
            (Area::ProviderCounty, true) => "provider county",
            (Area::ProviderCounty, false) => "provider catchment",
        }
    }

    /// Whether a text is the code of an area that values may be told of.
    pub(super) fn knows(&self, code: &str) -> bool {
        let digits = matches!(code.len(), 2 | 5) && code.bytes().all(|b| b.is_ascii_digit());
        code == "US" || self.0.as_ref().map_or(digits, |catchments| catchments.codes.iter().any(|known| known == code))
    }
}

/// What a county's code is, for messages.
pub(super) const COUNTY: &str = "a county is its FIPS code of five digits, such as 01001";

/// A county's FIPS code as a number. Numbers have lost the leading zero of states below 10.
pub(super) fn county(text: &str) -> Option<u32> {
    let known = matches!(text.len(), 4 | 5) && text.bytes().all(|b| b.is_ascii_digit());
    text.parse::<u32>().ok().filter(|number| known && (1_001..=78_999).contains(number))
}
