//! Points of postal codes: the Census Gazetteer's ZIP Code Tabulation Areas.

use std::collections::BTreeMap;
use std::path::Path;

use super::table::{self, Names};
use crate::error::{Error, InputError};

const CODE: Names<'static> = &["GEOID", "ZCTA5", "ZCTA"];
const LATITUDE: Names<'static> = &["INTPTLAT", "LAT", "latitude"];
const LONGITUDE: Names<'static> = &["INTPTLONG", "LNG", "longitude"];

/// A point on the globe, degrees north and east.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Degrees north, -90 to 90.
    pub north: f64,
    /// Degrees east, -180 to 180.
    pub east: f64,
}

impl Point {
    /// A point; none where it is not on the globe, or is 0 north and 0 east, which stands for unknown.
    #[must_use]
    pub fn new(north: f64, east: f64) -> Option<Self> {
        let known = (-90.0..=90.0).contains(&north) && (-180.0..=180.0).contains(&east) && (north, east) != (0.0, 0.0);
        known.then_some(Self { north, east })
    }
}

/// Postal codes of five digits with their points.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PostalCodes(BTreeMap<String, Point>);

impl PostalCodes {
    /// Reads a table, with tabs, vertical bars or commas.
    ///
    /// # Errors
    /// [`Error::Input`] where a column is missing, a code has not five digits, or a point is not on the globe.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let mut codes = BTreeMap::new();
        table::each_row(path, &[CODE, LATITUDE, LONGITUDE], 3, |row| {
            let code = row.text(0);
            if code.len() != 5 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(row.wrong(0, "a postal code of five digits"));
            }
            let (north, east) = (row.number(1)?, row.number(2)?);
            let point = north.zip(east).and_then(|(north, east)| Point::new(north, east));
            codes.insert(code.to_owned(), point.ok_or_else(|| row.wrong(1, "a point in degrees north and east"))?);
            Ok(())
        })?;
        if codes.is_empty() {
            let remedy = "give the Census Gazetteer's file of ZIP Code Tabulation Areas";
            return Err(InputError::new(path, "the table has no postal code", remedy).into());
        }
        Ok(Self(codes))
    }

    /// The point of a code.
    #[must_use]
    pub fn point(&self, code: &str) -> Option<Point> {
        self.0.get(code).copied()
    }

    /// All codes in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Point)> {
        self.0.iter().map(|(code, point)| (code.as_str(), *point))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gazetteer_is_read_in_all_its_editions() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("zcta.txt");
        let header =
            "GEOID\tALAND\tAWATER\tALAND_SQMI\tAWATER_SQMI\tINTPTLAT\tINTPTLONG                                ";
        for delimiter in ["\t", "|", ","] {
            let text =
                format!("{header}\n00601\t1\t1\t1\t1\t18.180555\t-66.749961\n68102\t1\t1\t1\t1\t41.259\t-95.933  \n");
            std::fs::write(&path, text.replace('\t', delimiter)).unwrap();
            let codes = PostalCodes::read(&path).unwrap();
            assert_eq!(codes.point("00601"), Point::new(18.180_555, -66.749_961), "a code is text");
            assert_eq!(codes.iter().count(), 2);
        }
        std::fs::write(&path, "GEOID,INTPTLAT,INTPTLONG\n601,18.1,-66.7\n").unwrap();
        let error = PostalCodes::read(&path).unwrap_err().to_string();
        assert!(error.ends_with("line 2, column `GEOID`: `601` is not a postal code of five digits"), "{error}");
    }
}
