//! Providers of care: hospitals of CMS and HIFLD, and practices of NPPES.

mod cms;
mod hifld;
mod merge;
mod nppes;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::Serialize;

use super::disease::{Disease, Hospitals};
use super::postal::{Point, PostalCodes};
use super::table;
use crate::error::{Error, InputError};

/// A provider as its list tells of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Provider {
    /// Its number in the list, which is text: `15E064`, `010001`.
    pub number: String,
    /// The list.
    pub list: List,
    /// Name.
    pub name: String,
    /// Street and house number.
    pub address: String,
    /// City.
    pub city: String,
    /// State, by its two letters.
    pub state: String,
    /// Postal code, of five digits.
    pub postal_code: String,
    /// Name of the county, where the list has it.
    pub county: String,
    /// Telephone as the list writes it.
    pub telephone: String,
    /// What it is.
    pub kind: Kind,
    /// NUCC taxonomy codes of what it does; none of hospitals.
    pub taxonomies: Vec<String>,
    /// Whether it has emergency services, where the list tells it.
    pub emergency: Option<bool>,
    /// Staffed beds, where known.
    pub beds: Option<u32>,
    /// The day up to which the list tells of it, as `2018-08-10`; empty where it does not say.
    pub as_of: String,
    /// Where it lies, and how that is known.
    pub place: Option<(Point, Located)>,
}

/// Lists of providers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum List {
    /// CMS, Hospital General Information.
    Cms,
    /// Homeland Infrastructure Foundation-Level Data, hospitals.
    Hifld,
    /// CMS, National Plan and Provider Enumeration System.
    Nppes,
}

/// Kinds of providers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A general hospital, critical access hospitals among them.
    General,
    /// A children's hospital.
    Children,
    /// A psychiatric hospital.
    Psychiatric,
    /// A hospital of the Veterans Administration.
    Veterans,
    /// A hospital of the armed forces.
    Military,
    /// A practice, clinic or person.
    Practice,
    /// Another hospital, which is not listed: of rehabilitation, long-term care and so on.
    Other,
}

/// How it is known where a provider lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Located {
    /// Its own point.
    Point,
    /// The point of its postal code.
    Postal,
    /// The centre of its county.
    County,
}

impl Provider {
    /// Whether it is listed for a disease.
    #[must_use]
    pub fn treats(&self, disease: &Disease) -> bool {
        let wanted = |kind| disease.facts.hospitals.contains(&kind);
        match self.kind {
            Kind::General | Kind::Children | Kind::Veterans | Kind::Military => wanted(Hospitals::General),
            Kind::Psychiatric => wanted(Hospitals::Psychiatric),
            Kind::Practice => self.taxonomies.iter().any(|code| disease.specialties.contains(code)),
            Kind::Other => false,
        }
    }
}

/// Centres of counties, by state and name.
#[derive(Debug, Clone, Default)]
pub struct Centres(BTreeMap<(String, String), Point>);

impl Centres {
    /// Adds the county `name` of a state, by its two letters.
    pub fn add(&mut self, state: &str, name: &str, point: Point) {
        self.0.insert((state.to_owned(), county_key(name)), point);
    }

    fn of(&self, state: &str, name: &str) -> Option<Point> {
        self.0.get(&(state.to_owned(), county_key(name))).copied()
    }
}

/// Letters of a county's name without the word for a county.
fn county_key(name: &str) -> String {
    let upper = name.to_uppercase().replace("SAINT ", "ST ").replace('&', "AND");
    let words =
        upper.split(|c: char| !c.is_alphanumeric()).filter(|word| !["COUNTY", "PARISH", "BOROUGH"].contains(word));
    words.collect()
}

/// Reads lists of providers, each told by its columns, and finds where each provider lies. Those of several lists stand once.
pub(super) fn read(
    paths: &[PathBuf],
    diseases: &[Disease],
    postal_codes: Option<&PostalCodes>,
    centres: &Centres,
) -> Result<Vec<Provider>, Error> {
    let specialties: BTreeSet<&str> =
        diseases.iter().flat_map(|disease| &disease.specialties).map(String::as_str).collect();
    let (mut hospitals, mut sites, mut practices) = (Vec::new(), Vec::new(), Vec::new());
    for path in files(paths)? {
        let header = table::header(&path)?;
        if cms::is(&header) {
            hospitals.extend(cms::read(&path)?);
        } else if hifld::is(&header) {
            sites.extend(hifld::read(&path)?);
        } else if nppes::is(&header) {
            practices.extend(nppes::read(&path, &specialties)?);
        } else {
            let remedy = "give CMS's Hospital General Information, HIFLD's hospitals or NPPES's npidata, as published";
            return Err(InputError::new(path, "its columns are of no known list of providers", remedy).into());
        }
    }
    let mut all = merge::together(hospitals, sites);
    all.append(&mut practices);
    for provider in &mut all {
        let postal =
            || postal_codes.and_then(|codes| codes.point(&provider.postal_code)).map(|point| (point, Located::Postal));
        let county = || centres.of(&provider.state, &provider.county).map(|point| (point, Located::County));
        provider.place = provider.place.or_else(postal).or_else(county);
    }
    all.retain(|provider| diseases.iter().any(|disease| provider.treats(disease)));
    all.sort_by(|a, b| (&a.state, a.list, &a.number).cmp(&(&b.state, b.list, &b.number)));
    all.dedup_by(|a, b| (a.list, &a.number) == (b.list, &b.number));
    Ok(all)
}

/// The files named, and those with an ending of tables in the folders named, by name.
fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let mut inside = Vec::new();
        for entry in std::fs::read_dir(path).map_err(|source| Error::read(path, source))? {
            let entry = entry.map_err(|source| Error::read(path, source))?.path();
            if entry.extension().is_some_and(|ending| ending == "csv" || ending == "parquet") {
                inside.push(entry);
            }
        }
        if inside.is_empty() {
            let remedy = "name a folder with lists of providers in CSV or Parquet, or the lists";
            return Err(InputError::new(path, "there is no table in this folder", remedy).into());
        }
        inside.sort();
        files.append(&mut inside);
    }
    Ok(files)
}

/// A postal code's first five digits; spreadsheets and HIFLD drop leading zeros.
fn postal_code(text: &str) -> String {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    match digits.len() {
        3..=5 => format!("{digits:0>5}"),
        9 => digits[..5].to_owned(),
        _ => String::new(),
    }
}

/// Whether a list has a column.
fn has(header: &[String], name: &str) -> bool {
    header.iter().any(|own| own == name)
}

/// Reads one list of a kind.
type Rows = Result<Vec<Provider>, Error>;

#[cfg(test)]
mod tests;
