//! A small data folder, the program on it, and what it writes.
#![allow(dead_code, unreachable_pub, reason = "each test file uses a part")]

pub mod fixture;
pub mod live;
pub mod server;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use countycast::panel::demo;
use polars::prelude::{DataFrame, DataType, ParquetReader, SerReader};
use tempfile::TempDir;

/// Settings that make a run quick and change nothing in kind: fewer draws, two weeks, no engine that has to learn first.
pub const QUICK: &str = "draws = 100\nhorizon_days = 14\nengine_names = [\"flat\", \"trend\", \"curve\"]\n";

/// The demonstration panel as files, written once for each test program; not to be changed.
pub fn demo() -> &'static Path {
    static DEMO: OnceLock<PathBuf> = OnceLock::new();
    DEMO.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(concat!("demo-", env!("CARGO_CRATE_NAME")));
        let _ = fs::remove_dir_all(&folder);
        demo::write(&folder, demo::SEED).unwrap();
        folder
    })
}

/// A folder for one test, with the quick settings in `quick.toml`.
pub fn scratch() -> TempDir {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    fs::write(folder.path().join("quick.toml"), QUICK).unwrap();
    folder
}

/// A copy of the demonstration panel that a test may spoil.
pub fn demo_copy(to: &Path) {
    for folder in ["", "jhu", "counties", "geography"] {
        fs::create_dir_all(to.join(folder)).unwrap();
        for entry in fs::read_dir(demo().join(folder)).unwrap() {
            let entry = entry.unwrap();
            if entry.path().is_file() {
                fs::copy(entry.path(), to.join(folder).join(entry.file_name())).unwrap();
            }
        }
    }
}

/// The program with these arguments, without settings or kept models from the environment.
pub fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countycast"));
    for variable in ["COUNTYCAST_DATA_DIR", "XDG_CACHE_HOME", "HOME"] {
        command.env_remove(variable);
    }
    command.args(arguments);
    command
}

/// `countycast project --data DATA --out FOLDER/OUT --config FOLDER/quick.toml --quiet` and what comes after.
pub fn project(data: &Path, folder: &Path, out: &str, more: &[&str]) -> Command {
    let mut command = program(&["project", "--quiet", "--data"]);
    command.arg(data).arg("--out").arg(folder.join(out)).arg("--config").arg(folder.join("quick.toml")).args(more);
    command
}

/// Runs it; it has to succeed.
pub fn succeed(mut command: Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}: {}", output.status, text(&output.stderr));
    output
}

/// What was printed.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Every file of a folder with its bytes, by path below it.
pub fn files(out: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![out.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.insert(path.strip_prefix(out).unwrap().display().to_string(), fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// The same, and of `run.json` what does not depend on the clock.
pub fn bytes(out: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = files(out);
    files.insert("run.json".to_owned(), timeless(out));
    files
}

/// `run.json`.
pub fn manifest(out: &Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(out.join("run.json")).unwrap()).unwrap()
}

/// `run.json` with the seconds of its stages removed, and where the data lay.
fn timeless(out: &Path) -> Vec<u8> {
    let mut manifest = manifest(out);
    manifest.as_object_mut().unwrap().remove("data");
    for stage in manifest["stages"].as_array_mut().unwrap() {
        let stage = stage.as_object_mut().unwrap();
        assert!(stage.remove("wall_seconds").is_some() && stage.remove("cpu_seconds").is_some());
    }
    serde_json::to_vec_pretty(&manifest).unwrap()
}

/// The same with `run.json` apart: less its times, and less the hashes of the input files.
pub fn apart_from_inputs(out: &Path) -> (BTreeMap<String, Vec<u8>>, serde_json::Value) {
    let (mut files, mut manifest) = (files(out), manifest(out));
    files.remove("run.json");
    for input in manifest["inputs"].as_array_mut().unwrap() {
        input.as_object_mut().unwrap().remove("sha256");
    }
    manifest["identity"].as_object_mut().unwrap().remove("inputs");
    let manifest_object = manifest.as_object_mut().unwrap();
    manifest_object.remove("stages");
    manifest_object.remove("data");
    (files, manifest)
}

/// Lets the manifest of a kept day name what a file of it holds now.
pub fn name_again(lake: &Path, day: &str, file: &str) {
    let path = lake.join(format!("runs/as_of={day}/_run.json"));
    let mut manifest: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let bytes = fs::read(lake.join(file)).unwrap();
    let digest = countycast::panel::sha256(&bytes);
    for named in manifest["files"].as_array_mut().unwrap().iter_mut().filter(|named| named["path"] == file) {
        named["bytes"] = bytes.len().into();
        named["sha256"] = digest.clone().into();
    }
    fs::write(path, serde_json::to_vec(&manifest).unwrap()).unwrap();
}

/// Names in a folder, sorted.
pub fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Says which files differ, not how: a difference of megabytes helps nobody.
pub fn assert_same(a: &BTreeMap<String, Vec<u8>>, b: &BTreeMap<String, Vec<u8>>) {
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    let different: Vec<_> = a.iter().filter(|(name, content)| b[*name] != **content).map(|(name, _)| name).collect();
    assert!(different.is_empty(), "these files differ: {different:?}");
}

/// A Parquet table.
pub fn table(path: &Path) -> DataFrame {
    ParquetReader::new(fs::File::open(path).unwrap()).finish().unwrap()
}

/// A text column.
pub fn texts(table: &DataFrame, column: &str) -> Vec<String> {
    let column = table.column(column).unwrap();
    column.str().unwrap().iter().map(|value| value.unwrap().to_owned()).collect()
}

/// A numeric column; dates as days since 1970-01-01, absent values as NaN.
pub fn numbers(table: &DataFrame, column: &str) -> Vec<f64> {
    let column = table.column(column).unwrap().cast(&DataType::Float64).unwrap();
    column.f64().unwrap().iter().map(|value| value.unwrap_or(f64::NAN)).collect()
}

/// Location, model, target, resolution and horizon.
pub type Task = (String, String, String, String, u32);

/// A row of `projections.parquet`.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    pub fips: String,
    pub model: String,
    pub target: String,
    pub resolution: String,
    pub horizon: u32,
    pub target_end_date: i64,
    pub quantile: f64,
    pub value: f64,
}

impl Projection {
    /// What the row is about, its quantile aside.
    pub fn task(&self) -> Task {
        (self.fips.clone(), self.model.clone(), self.target.clone(), self.resolution.clone(), self.horizon)
    }
}

/// All rows of `projections.parquet` in an output folder.
pub fn projections(out: &Path) -> Vec<Projection> {
    let table = table(&out.join("projections.parquet"));
    let [fips, model, target, resolution] = ["fips", "model", "target", "resolution"].map(|c| texts(&table, c));
    let [horizon, end, quantile, value] =
        ["horizon", "target_end_date", "quantile", "value"].map(|c| numbers(&table, c));
    (0..table.height())
        .map(|i| Projection {
            fips: fips[i].clone(),
            model: model[i].clone(),
            target: target[i].clone(),
            resolution: resolution[i].clone(),
            horizon: horizon[i] as u32,
            target_end_date: end[i] as i64,
            quantile: quantile[i],
            value: value[i],
        })
        .collect()
}
