//! Claims as they are stored: in the program's schema as Parquet or CSV, or in the layout of Synthea's CSV files.

mod csv;
mod parquet;
mod synthea;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;

use crate::error::{Error, shown};

/// Columns of the schema that must be there; the others may be missing.
const REQUIRED: [&str; 4] = ["patient", "date", "patient_county", "status"];
/// Columns of the schema that the measures use.
const COLUMNS: [&str; 12] = [
    "patient",
    "date",
    "patient_county",
    "provider_county",
    "diagnosis",
    "procedure",
    "drug",
    "days_supplied",
    "status",
    "copay",
    "provider",
    "taxonomy",
];
/// Rows of a batch.
const BATCH: usize = 8_192;

/// In what words codes are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Vocabulary {
    /// ICD-10-CM and NDC.
    Claims,
    /// SNOMED CT, and drugs by name.
    Synthea,
}

/// A batch as it was read, and where it was.
#[derive(Debug)]
pub(super) struct Raw {
    pub(super) batch: RecordBatch,
    pub(super) file: Arc<PathBuf>,
    place: Place,
}

#[derive(Debug)]
enum Place {
    /// The number of the first row, from 1.
    Row(u64),
    /// The lines of the rows.
    Lines(Vec<u64>),
}

impl Raw {
    /// Why a value cannot be used, with its place.
    pub(super) fn refused(&self, row: usize, column: &str, value: &str, remedy: &str) -> Error {
        let place = match &self.place {
            Place::Row(first) => format!("row {}", first + row as u64),
            Place::Lines(lines) => format!("line {}", lines.get(row).copied().unwrap_or_default()),
        };
        let value: String = value.chars().take(60).collect();
        Error::input(format!("{}: {place}, column {column}: {value:?} cannot be used", shown(&self.file)), remedy)
    }
}

/// Batches of a part of a source.
pub(super) type Batches = Box<dyn Iterator<Item = Result<Raw, Error>> + Send>;

/// A part of a source that one thread reads.
#[derive(Debug, Clone)]
pub(super) enum Part {
    /// Row groups of a Parquet file, with the number of the first row.
    Parquet(Arc<PathBuf>, usize, u64),
    /// A CSV file.
    Csv(Arc<PathBuf>),
    /// A folder of Synthea.
    Synthea(Arc<synthea::Folder>),
}

impl Part {
    /// Begins to read.
    pub(super) fn read(&self) -> Result<Batches, Error> {
        match self {
            Self::Parquet(file, group, row) => parquet::read(file, *group, *row),
            Self::Csv(file) => csv::read(file),
            Self::Synthea(folder) => Ok(folder.read()),
        }
    }
}

/// A source of claims.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) vocabulary: Vocabulary,
    pub(super) parts: Vec<Part>,
    /// Names of drugs, where they are known by name.
    pub(super) drug_names: Vec<String>,
    /// Whether claims have codes of drugs.
    pub(super) has_drugs: bool,
}

impl Source {
    /// Opens a file, or a folder with files of one kind at any depth.
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        if !path.exists() {
            return Err(crate::error::missing(path));
        }
        if path.join("patients.csv").is_file() {
            let folder = synthea::Folder::open(path)?;
            let drug_names = folder.drug_names().map(str::to_owned).collect();
            let parts = vec![Part::Synthea(Arc::new(folder))];
            return Ok(Self { vocabulary: Vocabulary::Synthea, parts, drug_names, has_drugs: false });
        }
        let files = files(path)?;
        let ending = |ending: &str| files.iter().filter(|file| has_ending(file, ending)).count();
        let (parquet, csv) = (ending("parquet"), ending("csv"));
        if (parquet == 0) == (csv == 0) {
            return Err(Error::input(
                format!("{} has {parquet} Parquet files and {csv} CSV files of claims", shown(path)),
                "give files of one kind: .parquet or .csv in the schema of docs/care.md, or a folder of Synthea's CSV files",
            ));
        }
        let (mut parts, mut has_drugs) = (Vec::new(), false);
        for file in files.into_iter().filter(|file| has_ending(file, "parquet") || has_ending(file, "csv")) {
            let file = Arc::new(file);
            let columns = if csv > 0 {
                parts.push(Part::Csv(Arc::clone(&file)));
                csv::columns(&file)?
            } else {
                let (columns, groups) = parquet::open(&file)?;
                let mut row = 1;
                for (group, rows) in groups.into_iter().enumerate() {
                    parts.push(Part::Parquet(Arc::clone(&file), group, row));
                    row += rows;
                }
                columns
            };
            check(&file, &columns)?;
            has_drugs |= columns.iter().any(|name| name == "drug");
        }
        Ok(Self { vocabulary: Vocabulary::Claims, parts, drug_names: Vec::new(), has_drugs })
    }
}

/// Refuses a file without the columns that every claim needs.
fn check(file: &Path, columns: &[String]) -> Result<(), Error> {
    let has = |name: &str| columns.iter().any(|column| column == name);
    let missing: Vec<&str> = REQUIRED.into_iter().filter(|name| !has(name)).collect();
    if missing.is_empty() && (has("diagnosis") || has("drug")) {
        return Ok(());
    }
    let what = if missing.is_empty() { "diagnosis, drug".to_owned() } else { missing.join(", ") };
    Err(Error::input(
        format!("{}: line 1: columns are missing: {what}", shown(file)),
        format!("columns of claims are {}; docs/care.md tells what they hold", COLUMNS.join(", ")),
    ))
}

fn has_ending(file: &Path, ending: &str) -> bool {
    file.extension().is_some_and(|found| found.eq_ignore_ascii_case(ending))
}

/// A file, or the files of a folder at any depth, by path; hidden ones left out.
fn files(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let hidden = |name: &std::ffi::OsStr| name.to_str().is_some_and(|name| name.starts_with(['.', '_']));
    let walk = walkdir::WalkDir::new(path).sort_by_file_name().into_iter();
    let mut files = Vec::new();
    for entry in walk.filter_entry(|entry| entry.depth() == 0 || !hidden(entry.file_name())) {
        let entry = entry.map_err(|error| Error::System {
            message: format!("cannot read {}: {error}", shown(path)),
            remedy: "check that the folder is readable".into(),
        })?;
        if entry.file_type().is_file() {
            files.push(entry.into_path());
        }
    }
    Ok(files)
}
