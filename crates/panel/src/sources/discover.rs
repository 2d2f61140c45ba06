//! Finding the files of a publisher in a data folder, by their headers.

use std::path::{Path, PathBuf};

use super::Publisher;
use crate::content;
use crate::error::{Error, InputError};
use crate::input::Reader;
use crate::quote::quoted;

/// The files to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Files {
    /// Who published them.
    pub(crate) publisher: Publisher,
    /// Cumulative cases.
    pub(crate) cases: PathBuf,
    /// Cumulative deaths; the same file where one holds both.
    pub(crate) deaths: PathBuf,
}

/// Content of a file, by its header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Cases,
    Deaths,
    Both,
    /// Cases or deaths: the header does not say.
    Either,
}

/// Finds the counts in the data folder and its first-level folders: of the wanted publisher, or of the first of JHU,
/// NYT and USAFacts that is there.
pub(crate) fn find(wanted: Option<Publisher>, reader: &mut Reader) -> Result<Files, Error> {
    let folder = reader.folder().to_owned();
    let mut found = Vec::new();
    let (mut looked_at, mut example) = (0, None);
    for path in tables(&folder)? {
        let header = header(&path)?;
        looked_at += 1;
        match recognise(&header) {
            Some((publisher, kind)) => found.push((publisher, kind, path)),
            None => example = example.or(Some((path, header))),
        }
    }
    let publishers = [Publisher::Jhu, Publisher::Nyt, Publisher::UsaFacts];
    let present: Vec<_> = publishers.into_iter().filter(|p| found.iter().any(|(f, ..)| f == p)).collect();
    let Some(publisher) = present.iter().copied().find(|p| wanted.is_none_or(|wanted| wanted == *p)) else {
        return Err(nothing(&folder, wanted, looked_at, example));
    };
    if present.len() > 1 {
        reader.notice(format!("more than one publisher's counts: {publisher:?} was read"), present.len());
    }
    found.retain(|(found, ..)| *found == publisher);
    if publisher == Publisher::Nyt {
        let both = only(&found, Kind::Both, publisher, &folder)?;
        return Ok(Files { publisher, cases: both.clone(), deaths: both });
    }
    for (_, kind, path) in found.iter_mut().filter(|(_, kind, _)| *kind == Kind::Either) {
        *kind = by_name(path)?;
    }
    let cases = only(&found, Kind::Cases, publisher, &folder)?;
    let deaths = only(&found, Kind::Deaths, publisher, &folder)?;
    Ok(Files { publisher, cases, deaths })
}

fn recognise(header: &[String]) -> Option<(Publisher, Kind)> {
    let has = |name: &str| header.iter().any(|column| column.eq_ignore_ascii_case(name));
    let all = |names: &[&str]| names.iter().all(|name| has(name));
    if all(&["FIPS", "Admin2", "Province_State"]) {
        Some((Publisher::Jhu, if has("Population") { Kind::Deaths } else { Kind::Cases }))
    } else if all(&["date", "county", "state", "fips", "cases", "deaths"]) {
        Some((Publisher::Nyt, Kind::Both))
    } else if all(&["countyFIPS", "County Name", "State", "stateFIPS"]) {
        Some((Publisher::UsaFacts, Kind::Either))
    } else {
        None
    }
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
fn only(
    found: &[(Publisher, Kind, PathBuf)],
    kind: Kind,
    publisher: Publisher,
    folder: &Path,
) -> Result<PathBuf, Error> {
    let paths: Vec<_> = found.iter().filter(|(_, k, _)| *k == kind).map(|(_, _, path)| path).collect();
    let what = if kind == Kind::Deaths { "deaths" } else { "cases" };
    match paths.as_slice() {
        [one] => Ok((*one).clone()),
        [] => {
            let problem = format!("there is no file of {publisher:?} {what}");
            Err(InputError::new(folder, problem, "put the file with cases and the file with deaths there").into())
        }
        [one, other, ..] => {
            let problem = format!("holds {publisher:?} {what}, and so does {}", one.display());
            Err(InputError::new(*other, problem, "keep one of them, or give the folder of one").into())
        }
    }
}

fn nothing(
    folder: &Path,
    wanted: Option<Publisher>,
    looked_at: usize,
    example: Option<(PathBuf, Vec<String>)>,
) -> Error {
    let wanted = wanted.map_or_else(|| "JHU, NYT or USAFacts".to_owned(), |wanted| format!("{wanted:?}"));
    let seen = example.map_or_else(String::new, |(path, header)| {
        let start = header.iter().take(6).map(quoted).collect::<Vec<_>>().join(",");
        format!("; {} starts with `{start}`", path.display())
    });
    let problem = format!("none of {looked_at} CSV files has the layout of {wanted}{seen}");
    let remedy = "a header has to start as JHU's (UID,…,FIPS,Admin2,Province_State,…), NYT's \
                  (date,county,state,fips,cases,deaths) or USAFacts' (countyFIPS,County Name,State,stateFIPS,…)";
    InputError::new(folder, problem, remedy).into()
}

/// CSV files in a folder and its first-level folders, in order of their names.
fn tables(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    let mut folders = Vec::new();
    for path in entries(folder)? {
        if path.is_dir() { folders.push(path) } else { files.push(path) }
    }
    for folder in folders {
        files.extend(entries(&folder)?.into_iter().filter(|path| path.is_file()));
    }
    files.retain(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        name.ends_with(".csv") || name.ends_with(".csv.gz")
    });
    Ok(files)
}

/// Contents of a folder, in order of names.
pub(crate) fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let read = || std::fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect::<Result<Vec<_>, _>>();
    let mut paths = read().map_err(|source| Error::read(folder, source))?;
    paths.sort();
    Ok(paths)
}

fn header(path: &Path) -> Result<Vec<String>, Error> {
    Ok(content::first_line(path)?.split(',').map(|name| name.trim().trim_matches('"').to_owned()).collect())
}
