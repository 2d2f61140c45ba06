//! Choosing the files of a publisher among those of a data folder.

use std::path::{Path, PathBuf};

use super::Publisher;
use super::candidates::Candidates;
use super::layout::Kind;
use super::nyt::{self, Years};
use crate::error::{Error, InputError};
use crate::input::Reader;

/// The files to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Files {
    /// Who published them.
    pub(crate) publisher: Publisher,
    /// Cumulative cases.
    pub(crate) cases: PathBuf,
    /// Cumulative deaths; the same file where one holds both.
    pub(crate) deaths: PathBuf,
    /// All files of the New York Times with the days for which they are used, in order; none of other publishers.
    pub(crate) years: Vec<Years>,
    /// USAFacts' residents of counties, where the publisher's counts are read.
    pub(crate) residents: Option<PathBuf>,
}

impl Files {
    /// Whether this is one of the files.
    pub(crate) fn are_of(&self, path: &Path) -> bool {
        self.cases == path || self.deaths == path || self.years.iter().any(|years| years.path == path)
    }
}

/// Finds the counts in the data folder: of the wanted publisher, or of the first of JHU, NYT and USAFacts that is there.
pub(crate) fn find(wanted: Option<Publisher>, reader: &mut Reader) -> Result<Files, Error> {
    let folder = reader.folder().to_owned();
    let found = Candidates::find(&folder, wanted, reader)?;
    chosen(found, wanted, reader)
}

/// Finds the counts among tables of a lake.
pub(crate) fn find_among(tables: Vec<PathBuf>, wanted: Option<Publisher>, reader: &mut Reader) -> Result<Files, Error> {
    let found = Candidates::of_lake(tables);
    if found.counts.is_empty() {
        let remedy =
            "fetch some, as `countycast data fetch jhu --into LAKE` does; or name a folder of the publishers' files";
        return Err(InputError::new(reader.folder(), "is a lake without counts by county", remedy).into());
    }
    chosen(found, wanted, reader)
}

fn chosen(mut found: Candidates, wanted: Option<Publisher>, reader: &mut Reader) -> Result<Files, Error> {
    let folder = reader.folder().to_owned();
    let publishers = [Publisher::Jhu, Publisher::Nyt, Publisher::UsaFacts];
    let present: Vec<_> = publishers.into_iter().filter(|p| found.counts.iter().any(|(f, ..)| f == p)).collect();
    let Some(publisher) = present.iter().copied().find(|p| wanted.is_none_or(|wanted| wanted == *p)) else {
        return Err(nothing(&folder, wanted, found));
    };
    if present.len() > 1 {
        reader.notice(format!("more than one publisher's counts: {publisher:?} was read"), present.len());
    }
    found.counts.retain(|(found, ..)| *found == publisher);
    for (_, kind, path) in found.counts.iter_mut().filter(|(_, kind, _)| *kind == Kind::Either) {
        *kind = by_name(path)?;
    }
    let files = if publisher == Publisher::Nyt {
        years(&found, reader)?
    } else {
        let cases = only(&found, Kind::Cases, publisher, &folder)?;
        let deaths = only(&found, Kind::Deaths, publisher, &folder)?;
        let residents = found.residents.take().filter(|_| publisher == Publisher::UsaFacts);
        Files { publisher, cases, deaths, years: Vec::new(), residents }
    };
    for error in found.no_tables {
        reader.notice(format!("{error}; it was not read"), 1);
    }
    Ok(files)
}

/// The files of the New York Times, in order of their days.
fn years(found: &Candidates, reader: &mut Reader) -> Result<Files, Error> {
    // What is read here only to know its days is no input of the panel.
    let mut aside = reader.clone();
    let days = |(.., path): &(Publisher, Kind, PathBuf)| {
        let file = aside.parsed(path, |bytes| nyt::read(path, bytes))?;
        Ok::<_, Error>(Years { path: path.clone(), days: file.days() })
    };
    let years = nyt::joined(found.counts.iter().map(days).collect::<Result<_, _>>()?)?;
    for (.., path) in found.counts.iter().filter(|(.., path)| years.iter().all(|years| years.path != *path)) {
        reader.notice(format!("{}: a longer file has the same days; it was not used", path.display()), 1);
    }
    let newest = years.last().map(|years| years.path.clone()).unwrap_or_default();
    Ok(Files { publisher: Publisher::Nyt, cases: newest.clone(), deaths: newest, years, residents: None })
}

/// USAFacts' two files have the same header: here, and only here, the file name decides.
fn by_name(path: &Path) -> Result<Kind, Error> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    match (name.contains("deaths"), name.contains("confirmed") || name.contains("cases")) {
        (true, false) => Ok(Kind::Deaths),
        (false, true) => Ok(Kind::Cases),
        _ => {
            let problem = "neither the header nor the name of this USAFacts file distinguishes cases from deaths";
            let remedy = "name the file covid_confirmed_usafacts.csv or covid_deaths_usafacts.csv";
            Err(InputError::new(path, problem, remedy).into())
        }
    }
}

/// The one file of this kind.
fn only(found: &Candidates, kind: Kind, publisher: Publisher, folder: &Path) -> Result<PathBuf, Error> {
    let paths: Vec<_> = found.counts.iter().filter(|(_, k, _)| *k == kind).map(|(_, _, path)| path).collect();
    let what = if kind == Kind::Deaths { "deaths" } else { "cases" };
    match paths.as_slice() {
        [one] => Ok((*one).clone()),
        [] => {
            if let Some(error) = found.unusable(|p, k| (p, k) == (publisher, kind)) {
                return Err(error.clone().into());
            }
            let problem = format!("there is no file of {publisher:?} {what}");
            Err(InputError::new(folder, problem, "put the file with cases and the file with deaths there").into())
        }
        [one, other, ..] => {
            let problem = format!("holds {publisher:?} {what}, and so does {}", one.display());
            Err(InputError::new(*other, problem, "keep one of them, or give the folder of one").into())
        }
    }
}

/// Why a folder has no counts: the file that would have them, or else how the first file starts.
fn nothing(folder: &Path, wanted: Option<Publisher>, found: Candidates) -> Error {
    if let Some(error) = found.unusable(|publisher, _| wanted.is_none_or(|wanted| wanted == publisher)) {
        return error.clone().into();
    }
    let wanted = wanted.map_or_else(|| "JHU, NYT or USAFacts".to_owned(), |wanted| format!("{wanted:?}"));
    let seen =
        found.other.map_or_else(String::new, |(path, start)| format!("; {} starts with `{start}`", path.display()));
    let problem = format!("none of {} CSV files has the layout of {wanted}{seen}", found.seen);
    let remedy = "a header has to start as JHU's (UID,…,FIPS,Admin2,Province_State,…), NYT's \
                  (date,county,state,fips,cases,deaths) or USAFacts' (countyFIPS,County Name,State,stateFIPS,…)";
    InputError::new(folder, problem, remedy).into()
}
