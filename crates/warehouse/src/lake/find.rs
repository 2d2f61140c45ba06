//! Which tables a folder has, and which files each of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use walkdir::{DirEntry, WalkDir};

use crate::error::{Error, shown};

/// End of the names of files that are read.
pub(crate) const EXTENSION: &str = "parquet";

/// Folder of a lake's publishers' tables as they came, which are no table together.
const RAW: &str = "raw";

/// A table: a folder of Parquet files, or one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The folder or file.
    pub path: PathBuf,
    /// Its files, by path.
    pub files: Vec<File>,
    /// Names of the partitions, in the order of the folders: `as_of` of `as_of=2020-10-24`.
    pub partitions: Vec<String>,
    /// The first file whose folders have other partitions than those before; such a table cannot be read.
    pub(crate) misplaced: Option<PathBuf>,
}

/// A file as it was found. Another length or time is another file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct File {
    /// Where it lies.
    pub path: PathBuf,
    /// Length in bytes.
    pub bytes: u64,
    /// When it was written.
    pub written: Option<SystemTime>,
}

/// The tables of a folder, by name: that of a folder in it, or of a file without its ending. A file that is given itself is
/// the one table.
pub(super) fn tables(root: &Path) -> Result<BTreeMap<String, Table>, Error> {
    if root.is_file() {
        return single(root).map(|table| table.into_iter().collect());
    }
    let entries = std::fs::read_dir(root).map_err(|source| Error::unreadable(root, &source))?;
    let mut tables = BTreeMap::new();
    for entry in entries {
        let path = entry.map_err(|source| Error::unreadable(root, &source))?.path();
        // Names that are no text, and those of unfinished or internal files, are no names of tables.
        let Some(name) = path.file_name().and_then(|name| name.to_str()).filter(|name| !is_hidden(name)) else {
            continue;
        };
        if path.is_dir() {
            // The vintages of a lake have many layouts.
            if name == RAW {
                continue;
            }
            if let Some(table) = folder(&path)? {
                tables.insert(name.to_owned(), table);
            }
        } else if let Some((name, table)) = single(&path)? {
            // A folder of the name comes first.
            tables.entry(name).or_insert(table);
        }
    }
    Ok(tables)
}

fn is_hidden(name: &str) -> bool {
    name.starts_with(['.', '_'])
}

fn is_parquet(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == EXTENSION)
}

fn single(path: &Path) -> Result<Option<(String, Table)>, Error> {
    let Some(name) = path.file_stem().and_then(|name| name.to_str()).filter(|_| is_parquet(path)) else {
        return Ok(None);
    };
    let data = std::fs::metadata(path).map_err(|source| Error::unreadable(path, &source))?;
    if !data.is_file() {
        return Ok(None);
    }
    let file = File { path: path.to_owned(), bytes: data.len(), written: data.modified().ok() };
    let table = Table { path: path.to_owned(), files: vec![file], partitions: Vec::new(), misplaced: None };
    Ok(Some((name.to_owned(), table)))
}

fn folder(path: &Path) -> Result<Option<Table>, Error> {
    let mut table = Table { path: path.to_owned(), files: Vec::new(), partitions: Vec::new(), misplaced: None };
    for entry in WalkDir::new(path).min_depth(1).follow_links(true).sort_by_file_name() {
        let entry = match entry {
            Ok(entry) => entry,
            // A file that was removed while the folder was read.
            Err(error) if error.io_error().is_some_and(|e| e.kind() == std::io::ErrorKind::NotFound) => continue,
            Err(error) => {
                return Err(Error::System {
                    message: format!("cannot read {}: {error}", shown(path)),
                    remedy: "check that the folder is readable and that no link leads back into it".into(),
                });
            }
        };
        if let Some(file) = file(&entry) {
            let partitions = partitions(path, &file.path);
            if table.files.is_empty() {
                table.partitions = partitions;
            } else if table.partitions != partitions {
                table.misplaced.get_or_insert_with(|| file.path.clone());
            }
            table.files.push(file);
        }
    }
    Ok((!table.files.is_empty()).then(|| at_its_partitions(table)))
}

/// The tables of a folder of a bucket, from its objects, which are given in the order of their keys.
pub(super) fn of_objects(root: &Path, files: Vec<File>) -> BTreeMap<String, Table> {
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    for file in files.into_iter().filter(|file| is_parquet(&file.path)) {
        let Ok(below) = file.path.strip_prefix(root) else { continue };
        let mut parts = below.components().map(|part| part.as_os_str().to_string_lossy().into_owned());
        let Some(first) = parts.next().filter(|name| !is_hidden(name)) else { continue };
        if parts.next().is_none() {
            let Some(name) = file.path.file_stem().and_then(|name| name.to_str()).map(str::to_owned) else { continue };
            let table = Table { path: file.path.clone(), files: vec![file], partitions: Vec::new(), misplaced: None };
            // A folder of the name comes first.
            tables.entry(name).or_insert(table);
            continue;
        }
        let path = root.join(&first);
        let partitions = partitions(&path, &file.path);
        let new = || Table { path: path.clone(), files: Vec::new(), partitions: partitions.clone(), misplaced: None };
        let table = tables.entry(first).or_insert_with(new);
        if table.path != path {
            *table = new();
        }
        if table.partitions != partitions {
            table.misplaced.get_or_insert_with(|| file.path.clone());
        }
        table.files.push(file);
    }
    tables.into_iter().map(|(name, table)| (name, at_its_partitions(table))).collect()
}

fn file(entry: &DirEntry) -> Option<File> {
    if !is_parquet(entry.path()) {
        return None;
    }
    let data = entry.metadata().ok().filter(std::fs::Metadata::is_file)?;
    Some(File { path: entry.path().to_owned(), bytes: data.len(), written: data.modified().ok() })
}

/// The table with the folder in which its partitions lie, as `places/counties` of `places/counties/as_of=2026-01-14`: the query engine
/// looks for them nowhere else, and would find no rows.
fn at_its_partitions(mut table: Table) -> Table {
    if table.partitions.is_empty() {
        return table;
    }
    let before = |file: &File| -> Option<PathBuf> {
        let folders = file.path.parent()?.strip_prefix(&table.path).ok()?.components();
        Some(folders.take_while(|part| !part.as_os_str().to_string_lossy().contains('=')).collect())
    };
    let Some(above) = table.files.first().and_then(before) else { return table };
    let other = table.files.iter().find(|file| before(file).is_some_and(|folders| folders != above));
    let other = other.map(|file| file.path.clone());
    table.misplaced = table.misplaced.or(other);
    if !above.as_os_str().is_empty() {
        table.path.push(above);
    }
    table
}

/// Names of the partitions of a file below its table's folder.
fn partitions(table: &Path, file: &Path) -> Vec<String> {
    pairs(table, file).into_iter().map(|(name, _)| name).collect()
}

/// Names and values of the partitions of a file below its table's folder.
pub(super) fn pairs(table: &Path, file: &Path) -> Vec<(String, String)> {
    let below = file.parent().and_then(|folder| folder.strip_prefix(table).ok()).unwrap_or(Path::new(""));
    let parts = below.components().filter_map(|part| part.as_os_str().to_str());
    parts.filter_map(|part| part.split_once('=')).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// That a path is no name of a table.
pub(super) fn unusable(path: &Path) -> Error {
    Error::input(
        format!("the name {} cannot be used for a table", shown(path)),
        "name the folder or file with letters, digits, points, hyphens and underscores",
    )
}
