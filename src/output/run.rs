//! `run.json`: inputs, settings, timings and failures of a run.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use countycast_engine::{Covariate, Date, Target};
use serde::{Deserialize, Serialize};

use super::Written;
pub use super::manifest::FILE;
use super::manifest::{self, Kind};
use crate::error::Error;
use crate::identity::Identity;
use crate::pipeline::Moved;

/// The manifest of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Program version.
    pub version: String,
    /// Last day of data used.
    pub as_of: Date,
    /// Days projected.
    pub horizon_days: usize,
    /// Seed of all random streams.
    pub seed: u64,
    /// Engines, in the order of the output.
    pub engines: Vec<String>,
    /// Whether counts were read as published on the as-of day.
    pub vintage: bool,
    /// Whether every resident was simulated: `--full-scale`.
    pub full_scale: bool,
    /// Past as-of days that the blend has learned from; 0 where it does not learn.
    pub learned_from_days: usize,
    /// As-of day of the kept parameters that fits started from, if there were any.
    pub fits_begun_with: Option<Date>,
    /// Share of each engine in the blend by target and stratum, where the blend has learned.
    pub weights: Vec<WeightRow>,
    /// Calibration factors of county intervals, where the blend has learned them.
    pub calibration: Vec<CalibrationRow>,
    /// Whether the panel is synthetic.
    pub synthetic: bool,
    /// Data folder; none for the synthetic panel.
    pub data: Option<PathBuf>,
    /// Build, settings and inputs that determine the result.
    pub identity: Identity,
    /// Settings given by the user, as written; empty for the defaults.
    pub config: String,
    /// Files read.
    pub inputs: Vec<Input>,
    /// Notices of the reader.
    pub notices: Vec<String>,
    /// Time per stage.
    pub stages: Vec<Stage>,
    /// Locations by phase.
    pub phases: BTreeMap<String, usize>,
    /// Engine failures by engine and kind.
    pub failures: BTreeMap<String, usize>,
    /// Repairs by kind.
    pub repairs: BTreeMap<String, usize>,
    /// Locations without a projection.
    pub without_projection: Vec<String>,
    /// Effect of one standard deviation of each determinant on the log risk of cases and of deaths.
    pub fallback_coefficients: BTreeMap<Covariate, [f64; 2]>,
    /// How far they have moved, if the lake has past ones.
    pub fallback_drift: Option<Drift>,
    /// States and the nation as sums of their counties: which projections were replaced, by target.
    pub coherence: Vec<Moved>,
    /// Models of many places: what they were trained on.
    pub models: Vec<ModelRow>,
    /// The other files of the result, by which a damaged or mixed folder is known. In a lake, those of the day.
    pub files: Vec<Written>,
}

impl Manifest {
    /// Reads the manifest of a run from its folder.
    ///
    /// # Errors
    /// [`Error::Request`] if there is none, or it is of a run over weekly signals; [`Error::Input`] for one of a version whose
    /// manifests have other fields.
    pub fn read(out: &Path) -> Result<Self, Error> {
        manifest::read(out, Kind::Projections)
    }

    /// Reads the manifest of a run, and refuses a folder of which these files are not the run's.
    ///
    /// # Errors
    /// As [`Manifest::read`]; and [`Error::Input`] for a file that is missing, damaged or of another run.
    pub fn read_with(out: &Path, files: &[&str]) -> Result<Self, Error> {
        let found = Self::read(out)?;
        manifest::check(&found.files, out, files)?;
        Ok(found)
    }

    /// Writes the file.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), Error> {
        let text = serde_json::to_vec_pretty(self).map_err(std::io::Error::other);
        text.and_then(|text| fs::write(path, text)).map_err(|source| Error::write(path, source))
    }
}

/// How far the fallback's coefficients have moved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drift {
    /// As-of day of the oldest run in the blend's window whose coefficients are known.
    pub since: Date,
    /// Change since then of the effect on cases and on deaths.
    pub changes: BTreeMap<Covariate, [f64; 2]>,
}

/// A model of many places that took part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelRow {
    /// The engine.
    pub engine: String,
    /// As-of day of the run that trained it.
    pub trained_as_of: Date,
    /// First day of the counts that it was trained on.
    pub first_day: Date,
    /// Last day of them.
    pub last_day: Date,
    /// Counties.
    pub counties: usize,
    /// Number of training rows (past days of places).
    pub rows: usize,
    /// Whether an earlier run trained it on the same data.
    pub reused: bool,
}

/// Share of an engine in the blend of a class of places.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeightRow {
    /// New cases or new deaths.
    pub target: Target,
    /// `Q1` (smallest counties) to `Q5`, or `region`.
    pub stratum: String,
    /// The engine.
    pub model: String,
    /// Its share, 0 to 1.
    pub share: f64,
}

/// Factors on the distance from the median, on the scale of log(x + 1), of weekly cases in a class of counties.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalibrationRow {
    /// Population quintile, 1 (smallest) to 5.
    pub quintile: u8,
    /// `growing`, `turning` or `declining`.
    pub course: String,
    /// Weeks after the as-of day.
    pub week: u8,
    /// At 10, 25, 75 and 90 %.
    pub factors: [f64; 4],
}

/// A file read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Path within the data folder.
    pub path: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Last day in it, where it has days.
    pub last_day: Option<Date>,
}

/// Time of a stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// Its name.
    pub name: String,
    /// Wall-clock seconds.
    pub wall_seconds: f64,
    /// CPU seconds over all cores.
    pub cpu_seconds: f64,
}

/// Measures stages.
pub struct Stopwatch {
    since: (Instant, f64),
    stages: Vec<Stage>,
}

impl Default for Stopwatch {
    fn default() -> Self {
        Self { since: (Instant::now(), cpu_seconds()), stages: Vec::new() }
    }
}

impl Stopwatch {
    /// Ends the current stage and begins the next.
    pub fn lap(&mut self, name: &str) {
        let (wall, cpu) = (self.since.0.elapsed().as_secs_f64(), cpu_seconds());
        self.stages.push(Stage { name: name.to_owned(), wall_seconds: wall, cpu_seconds: cpu - self.since.1 });
        self.since = (Instant::now(), cpu);
    }

    /// The stages so far.
    #[must_use]
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }
}

fn cpu_seconds() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

#[cfg(test)]
mod tests {
    use countycast_engine::Fips;

    use super::*;

    fn manifest() -> Manifest {
        let as_of = Date::constant(2020, 10, 24);
        let coefficients = BTreeMap::from([(Covariate::Poverty, [0.1, -1.0 / 3.0])]);
        let [build, settings, inputs] = ["0.1.0-1f", "2e", "3d"].map(str::to_owned);
        let [stratum, model] = ["Q1", "flat"].map(str::to_owned);
        let iowa = Fips::from_state(19).unwrap();
        Manifest {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            as_of,
            horizon_days: 28,
            seed: u64::MAX,
            engines: vec![model.clone()],
            vintage: true,
            full_scale: false,
            learned_from_days: 3,
            fits_begun_with: Some(as_of),
            weights: vec![WeightRow { target: Target::Cases, stratum, model: model.clone(), share: 0.1 + 0.2 }],
            calibration: vec![CalibrationRow { quintile: 5, course: "growing".to_owned(), week: 1, factors: [0.9; 4] }],
            synthetic: false,
            data: Some(PathBuf::from("data")),
            identity: Identity { build, settings, inputs },
            config: "seed = 1\n".to_owned(),
            inputs: vec![Input { path: "a.csv".to_owned(), sha256: "4c".to_owned(), last_day: None }],
            notices: vec!["there is no b.csv".to_owned()],
            stages: vec![Stage { name: "read".to_owned(), wall_seconds: 0.1, cpu_seconds: 1e-9 }],
            phases: BTreeMap::from([("independent".to_owned(), 2)]),
            failures: BTreeMap::new(),
            repairs: BTreeMap::from([("cases: dump".to_owned(), 1)]),
            without_projection: vec!["19001".to_owned()],
            fallback_coefficients: coefficients.clone(),
            fallback_drift: Some(Drift { since: as_of, changes: coefficients }),
            coherence: vec![Moved { fips: iowa, target: Target::Deaths, own: 1.5, summed: None, scale: Some(1.0) }],
            files: vec![Written { path: "counties.parquet".to_owned(), bytes: 3, sha256: "5d".to_owned() }],
            models: vec![ModelRow {
                engine: model,
                trained_as_of: as_of,
                first_day: as_of,
                last_day: as_of,
                counties: 7,
                rows: 8,
                reused: true,
            }],
        }
    }

    #[test]
    fn a_manifest_reads_back_what_it_wrote() {
        let folder = tempfile::tempdir().unwrap();
        manifest().write(&folder.path().join(FILE)).unwrap();
        assert_eq!(Manifest::read(folder.path()).unwrap(), manifest());
    }

    #[test]
    fn a_manifest_of_another_version_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        manifest().write(&path).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let newer = text.replacen(
            &format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION")),
            "\"version\": \"9.0.0\",\n  \"mood\": \"good\"",
            1,
        );
        fs::write(&path, newer).unwrap();
        let error = Manifest::read(folder.path()).unwrap_err();
        let found = error.to_string();
        let told = concat!("was written by version 9.0.0, and this is version ", env!("CARGO_PKG_VERSION"));
        assert!(found.contains(told), "{found}");
        assert!(found.contains("unknown field `mood`") && error.exit_code() == 2, "{found}");
        fs::write(&path, &text[..text.len() / 2]).unwrap();
        assert!(Manifest::read(folder.path()).unwrap_err().to_string().contains("is not a manifest of version"));
    }
}
