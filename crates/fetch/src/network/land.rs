//! A table that has come is checked and put in place as a vintage.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use crate::day::folder_name;
use crate::error::FetchError;
use crate::lake::{Lake, Vintage};
use crate::manifest::{self, Check, LAST_CHECK, MANIFEST, Manifest};
use crate::network::shape::{self, ParquetShape, Shape};
use crate::network::sources::{Format, Source};

/// A table that has come.
#[derive(Debug)]
pub(crate) struct Arrived<'a> {
    /// The file with its content.
    pub(crate) content: &'a Path,
    /// When it came, to the second.
    pub(crate) at: Timestamp,
    /// The server's `ETag`.
    pub(crate) etag: Option<String>,
    /// The server's `Last-Modified`.
    pub(crate) last_modified: Option<String>,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Landed {
    /// The manifest of the vintage; the newest one's if nothing is new.
    pub(crate) manifest: Manifest,
    /// Name of its folder.
    pub(crate) folder: String,
    /// Whether it differs from the newest vintage before.
    pub(crate) is_new: bool,
    /// What is worth telling.
    pub(crate) notices: Vec<String>,
}

/// How far the clock may lag behind the newest vintage.
const CLOCK_LAG: SignedDuration = SignedDuration::from_mins(1);

/// Checks the table and, if it differs from the newest vintage, puts it in place beside the earlier ones: its folder is written
/// aside, synced and renamed. The same content is stored once.
pub(crate) fn land(
    lake: &Lake,
    source: &Source,
    vintages: &[Vintage],
    arrived: &Arrived<'_>,
    parquet: &ParquetShape<'_>,
) -> Result<Landed, FetchError> {
    let newest = vintages.last();
    let shape = shape_of(source, arrived.content, parquet)?;
    let notices = shape::check(source, &shape, newest.map(|vintage| &vintage.manifest))?;
    let (sha256, bytes) = digest(arrived.content).map_err(FetchError::disk(arrived.content))?;
    if let Some(newest) = newest.filter(|vintage| vintage.manifest.sha256 == sha256) {
        let (manifest, folder) = (newest.manifest.clone(), newest.folder.clone());
        return Ok(Landed { manifest, folder, is_new: false, notices });
    }
    let at = after(arrived.at, newest)?;
    let earlier = vintages.iter().rfind(|vintage| vintage.manifest.sha256 == sha256);
    let name = match source.format() {
        Format::Csv => format!("{}.gz", source.file),
        Format::Parquet => source.file.clone(),
    };
    let manifest = Manifest {
        source: source.name.clone(),
        url: source.address.to_string(),
        file: earlier.map_or(name, |vintage| vintage.manifest.file.clone()),
        fetched_at: at,
        sha256,
        bytes,
        rows: shape.rows,
        columns: shape.columns,
        etag: arrived.etag.clone(),
        last_modified: arrived.last_modified.clone(),
        same_as: earlier.map(|vintage| vintage.manifest.same_as.clone().unwrap_or_else(|| vintage.folder.clone())),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let raw = lake.raw(&source.name);
    let (aside, folder) = (raw.join(".partial/vintage"), folder_name(at));
    let fail = |error| FetchError::disk(&raw.join(&folder))(error);
    remove(&aside).and_then(|()| fs::create_dir_all(&aside)).map_err(fail)?;
    if manifest.same_as.is_none() {
        let path = aside.join(&manifest.file);
        keep(arrived.content, &path, source.format()).map_err(FetchError::disk(&path))?;
    }
    manifest::write(&aside.join(MANIFEST), &manifest)?;
    sync(&aside).and_then(|()| fs::rename(&aside, raw.join(&folder))).and_then(|()| sync(&raw)).map_err(fail)?;
    Ok(Landed { manifest, folder, is_new: true, notices })
}

/// Notes that a source was asked, and with what to ask next time.
pub(crate) fn checked(
    lake: &Lake,
    source: &Source,
    at: Timestamp,
    vintage: &str,
    validators: (Option<String>, Option<String>),
) -> Result<(), FetchError> {
    let (etag, last_modified) = validators;
    let check = Check { checked_at: at, vintage: vintage.to_owned(), etag, last_modified };
    manifest::write(&lake.raw(&source.name).join(LAST_CHECK), &check)
}

/// The time of a vintage after the newest: times are ordered as vintages came.
fn after(now: Timestamp, newest: Option<&Vintage>) -> Result<Timestamp, FetchError> {
    let Some(newest) = newest.map(|vintage| vintage.fetched_at).filter(|newest| *newest >= now) else { return Ok(now) };
    if newest.duration_since(now) > CLOCK_LAG {
        let problem = format!("the clock says {now}, but the newest vintage is of {newest}: set the clock");
        return Err(FetchError::Limit(problem));
    }
    Ok(newest.saturating_add(SignedDuration::from_secs(1)).unwrap_or(now))
}

fn shape_of(source: &Source, content: &Path, parquet: &ParquetShape<'_>) -> Result<Shape, FetchError> {
    let found = match source.format() {
        Format::Csv => {
            let file = File::open(content).map_err(FetchError::disk(content))?;
            shape::of_csv(BufReader::new(file))
        }
        Format::Parquet => parquet(content),
    };
    found.map_err(|problem| FetchError::Layout(format!("it is no table: {problem}")))
}

fn digest(path: &Path) -> io::Result<(String, u64)> {
    let (mut file, mut hasher) = (File::open(path)?, Sha256::new());
    let (mut piece, mut bytes) = (vec![0; 1 << 16], 0);
    loop {
        match file.read(&mut piece)? {
            0 => break,
            read => {
                hasher.update(&piece[..read]);
                bytes += read as u64;
            }
        }
    }
    Ok((hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect(), bytes))
}

/// Copies the content, text packed, and syncs it.
fn keep(content: &Path, path: &Path, format: Format) -> io::Result<()> {
    let (mut from, to) = (File::open(content)?, File::create(path)?);
    let file = match format {
        Format::Csv => {
            let mut packed = GzEncoder::new(BufWriter::new(to), Compression::default());
            io::copy(&mut from, &mut packed)?;
            let mut buffered = packed.finish()?;
            buffered.flush()?;
            buffered.into_inner().map_err(io::IntoInnerError::into_error)?
        }
        Format::Parquet => {
            let mut to = to;
            io::copy(&mut from, &mut to)?;
            to
        }
    };
    file.sync_all()
}

/// Removes a folder, if it is there.
pub(crate) fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Writes the names in a folder to the disk. Some file systems cannot be asked to.
fn sync(folder: &Path) -> io::Result<()> {
    let unsupported =
        |error: &io::Error| matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported);
    File::open(folder)?.sync_all().or_else(|error| if unsupported(&error) { Ok(()) } else { Err(error) })
}
