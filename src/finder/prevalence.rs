//! Prevalence of diseases by county: CDC PLACES.
//!
//! Read are its two layouts: a row for each county and measure (`MeasureId`, `Data_Value`), and a row for each county with a column
//! for each measure (`DIABETES_CrudePrev`). Counties are those of the release: since that of 2024, Connecticut's are its nine
//! planning regions; that of 2025 has no row of Kentucky and Pennsylvania for most measures, as the survey of 2023 lacks them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use countycast_engine::Fips;

use super::table::{self, Names};
use crate::error::{Error, InputError};

/// Share of a county's adults who have a disease, with the ends of its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// 0 to 1.
    pub value: f64,
    /// Whether it is that of the county's state, as the table has other counties there.
    pub of_state: bool,
}

/// Crude prevalence among adults, by county and measure.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Prevalence {
    /// By measure and county code.
    shares: BTreeMap<(String, String), f64>,
    /// Unweighted mean over a state's rows, by measure and code of the state, of states whose counties have other codes.
    states: BTreeMap<(String, String), f64>,
    /// Release or year of the survey as the table tells it, such as `2023`; empty where it does not.
    pub year: String,
}

const CODE: Names<'static> = &["LocationID", "CountyFIPS"];
const MEASURE: Names<'static> = &["MeasureId"];
const VALUE: Names<'static> = &["Data_Value"];
const KIND: Names<'static> = &["DataValueTypeID"];
const YEAR: Names<'static> = &["Year"];
/// End of a column's name in the layout with a column for each measure.
const CRUDE: &str = "_crudeprev";

/// Counties of Connecticut to 2022, where PLACES has planning regions since its release of 2024.
const REGIONS: &str = "091";

impl Prevalence {
    /// Reads a table.
    ///
    /// # Errors
    /// [`Error::Input`] where it has none of the two layouts, or a value that is no percentage.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let header = table::header(path)?;
        let mut found = Self::default();
        if table::has(&header, MEASURE) {
            found.read_long(path)?;
        } else {
            found.read_wide(path, &header)?;
        }
        if found.shares.is_empty() {
            let remedy = "give the county data of CDC PLACES, in its CSV of all measures or in the one for GIS";
            return Err(InputError::new(path, "no row has the crude prevalence of a county", remedy).into());
        }
        found.states = found.regional();
        Ok(found)
    }

    fn read_long(&mut self, path: &Path) -> Result<(), Error> {
        let mut years = BTreeSet::new();
        table::each_row(path, &[CODE, MEASURE, VALUE, KIND, YEAR], 4, |row| {
            if row.text(3) != "CrdPrv" || row.text(0).len() < 4 {
                return Ok(());
            }
            let Some(percent) = row.number(2)? else { return Ok(()) };
            if !(0.0..=100.0).contains(&percent) {
                return Err(row.wrong(2, "a percentage from 0 to 100"));
            }
            let code = code(row.text(0)).ok_or_else(|| row.wrong(0, "a county's code of five digits"))?;
            years.insert(row.text(4).to_owned());
            self.shares.insert((row.text(1).to_owned(), code), percent / 100.0);
            Ok(())
        })?;
        self.year = years.last().cloned().unwrap_or_default();
        Ok(())
    }

    fn read_wide(&mut self, path: &Path, header: &[String]) -> Result<(), Error> {
        let ends = |name: &&str| name.len() > CRUDE.len() && name.to_ascii_lowercase().ends_with(CRUDE);
        let measures: Vec<[&str; 1]> = header.iter().map(String::as_str).filter(ends).map(|name| [name]).collect();
        let mut columns = vec![CODE];
        columns.extend(measures.iter().map(|name| &name[..]));
        table::each_row(path, &columns, 1, |row| {
            let code = code(row.text(0)).ok_or_else(|| row.wrong(0, "a county's code of five digits"))?;
            for (i, [name]) in measures.iter().enumerate() {
                let Some(percent) = row.number(i + 1)? else { continue };
                if !(0.0..=100.0).contains(&percent) {
                    return Err(row.wrong(i + 1, "a percentage from 0 to 100"));
                }
                let measure = name[..name.len() - CRUDE.len()].to_ascii_uppercase();
                self.shares.insert((measure, code.clone()), percent / 100.0);
            }
            Ok(())
        })
    }

    /// Means over planning regions, by measure.
    fn regional(&self) -> BTreeMap<(String, String), f64> {
        let mut sums: BTreeMap<String, (f64, f64)> = BTreeMap::new();
        for ((measure, _), share) in self.shares.iter().filter(|((_, code), _)| code.starts_with(REGIONS)) {
            let sum = sums.entry(measure.clone()).or_default();
            *sum = (sum.0 + share, sum.1 + 1.0);
        }
        sums.into_iter().map(|(measure, (sum, count))| ((measure, "09".to_owned()), sum / count)).collect()
    }

    /// The share of a county's adults; none where the table has no row for it.
    #[must_use]
    pub fn of(&self, measure: &str, county: Fips) -> Option<Share> {
        let code = county.to_string();
        let exact = self.shares.get(&(measure.to_owned(), code.clone()));
        if let Some(&value) = exact {
            return Some(Share { value, of_state: false });
        }
        let state = self.states.get(&(measure.to_owned(), code.get(..2)?.to_owned()));
        state.map(|&value| Share { value, of_state: true })
    }

    /// Whether the table has any county for a measure.
    #[must_use]
    pub fn has(&self, measure: &str) -> bool {
        self.shares.keys().any(|(own, _)| own == measure)
    }
}

/// A county's code as five digits: spreadsheets drop the leading zero.
fn code(text: &str) -> Option<String> {
    let digits = (4..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| format!("{text:0>5}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: &str = "Year,StateAbbr,LocationName,Measure,Data_Value_Type,Data_Value,LocationID,MeasureId,DataValueTypeID\n\
        2022,NE,Adams,Diagnosed diabetes,Crude prevalence,11.2,31001,DIABETES,CrdPrv\n\
        2022,NE,Adams,Diagnosed diabetes,Age-adjusted prevalence,9.1,31001,DIABETES,AgeAdjPrv\n\
        2022,AL,Autauga,Diagnosed diabetes,Crude prevalence,13.0,1001,DIABETES,CrdPrv\n\
        2022,CT,Capitol,Diagnosed diabetes,Crude prevalence,10.0,09110,DIABETES,CrdPrv\n\
        2022,CT,Western Connecticut,Diagnosed diabetes,Crude prevalence,8.0,09190,DIABETES,CrdPrv\n\
        2022,US,,Diagnosed diabetes,Crude prevalence,12.0,59,DIABETES,CrdPrv\n";

    fn fips(code: &str) -> Fips {
        code.parse().unwrap()
    }

    #[test]
    fn both_layouts_tell_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let (long, wide) = (folder.path().join("long.csv"), folder.path().join("wide.csv"));
        std::fs::write(&long, LONG).unwrap();
        std::fs::write(
            &wide,
            "StateAbbr,CountyFIPS,DIABETES_CrudePrev,DIABETES_Crude95CI\nNE,31001,11.2,\"(10.1, 12.4)\"\nKY,21001,,\n",
        )
        .unwrap();
        let [long, wide] = [long, wide].map(|path| Prevalence::read(&path).unwrap());
        let adams = long.of("DIABETES", fips("31001")).unwrap();
        assert!((adams.value - 0.112).abs() < 1e-12 && !adams.of_state);
        assert_eq!(wide.of("DIABETES", fips("31001")), long.of("DIABETES", fips("31001")));
        assert_eq!(wide.of("DIABETES", fips("21001")), None, "a state that the survey lacks");
        assert_eq!(long.year, "2022");
        assert_eq!(long.of("DIABETES", fips("01001")).unwrap().value, 0.13, "the leading zero may be missing");
    }

    #[test]
    fn counties_of_connecticut_have_the_mean_of_its_planning_regions() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("long.csv");
        std::fs::write(&path, LONG).unwrap();
        let found = Prevalence::read(&path).unwrap();
        let share = found.of("DIABETES", fips("09003")).unwrap();
        assert!((share.value - 0.09).abs() < 1e-12 && share.of_state);
        assert_eq!(found.of("DIABETES", fips("09110")), Some(Share { value: 0.1, of_state: false }));
        assert_eq!(found.of("DIABETES", fips("31003")), None);
        assert!(found.has("DIABETES") && !found.has("CHD"));
    }

    #[test]
    fn a_value_that_is_no_percentage_is_told_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("long.csv");
        std::fs::write(&path, LONG.replace("13.0", "1300")).unwrap();
        let error = Prevalence::read(&path).unwrap_err().to_string();
        assert!(error.contains("line 4, column `Data_Value`: `1300` is not a percentage"), "{error}");
    }
}
